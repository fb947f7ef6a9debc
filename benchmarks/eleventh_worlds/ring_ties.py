"""What ties the partners of a ring: one hand that logs in, one purse, one who collects, or buyers."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.draws import between, one_around
from benchmarks.eleventh_worlds.records import Forward, Ring, Standing
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import NO_INTS, NONE, Ints

CHANNELS: Final = ("login", "payout", "flow", "custom")
MAIN: Final = {"collusive": "custom", "self_dealing": "custom", "mule_collector": "flow"}
"""What ties all partners of such a ring; of others it is drawn."""


def tie_rings(world: World) -> None:
    """The ties of every ring of partners."""
    for ring in world.rings:
        if not len(ring.firms):
            continue
        _choose(world, ring)
        if "login" in ring.ties:
            _share_hands(world, ring, _covered(world, ring, "login"))
        if "payout" in ring.ties:
            _share_purse(world, ring, _covered(world, ring, "payout"))
        if "flow" in ring.ties:
            _collect(world, ring, _covered(world, ring, "flow"))
        if ring.typology != "takeover":
            ring.accounts += world.firms.account[ring.firms].tolist()
            ring.devices += world.firms.device[ring.firms, 0].tolist()
        fake = between(ring.care, world.uniform(0.45, 0.92), world.uniform(0.06, 0.45))
        ring.volume = float(np.clip(fake * world.settings.ring_fake, 0.06, 0.92))


def _choose(world: World, ring: Ring) -> None:
    """One tie of all, and the more others the less care; most of the careful slip a second time."""
    can = [one for one in CHANNELS if one in world.channels or one == "custom"]
    ring.main = MAIN.get(ring.typology) or str(world.rng.choice(can))
    ring.ties = {ring.main}
    for one in can:
        if world.flip(between(ring.care, 0.65, 0.12) * (1.2 if one == "login" else 0.9)):
            ring.ties.add(one)
    if len(ring.ties) == 1 and world.flip(0.6):
        ring.ties.add(str(world.rng.choice(world.channels)))


def _covered(world: World, ring: Ring, tie: str) -> Ints:
    """The partners that a tie holds: all if it is the main one."""
    held = world.rng.random(len(ring.firms)) < between(ring.care, 0.95, 0.45)
    return ring.firms if tie == ring.main else ring.firms[held]


def _times(world: World, mean: int) -> int:
    return max(2, int(world.rng.poisson(mean)))


def _share_hands(world: World, ring: Ring, firms: Ints) -> None:
    """One or two devices log in to all, or, of some careful rings, each to two neighbours in a circle."""
    rng, care = world.rng, ring.care
    mean = _times(world, int(one_around(rng, 12, 0.6) * between(care, 1.5, 0.35)))
    opening, closing = world.firms.on, world.firms.off
    if care > 0.5 and world.flip(0.5) and len(firms) > 2:
        ring.operator = world.new_devices(len(firms))
        for one, other, device in zip(firms, np.roll(firms, -1), ring.operator.tolist(), strict=True):
            for firm in (one, other):
                on = max(float(opening[firm]), ring.since - 30)
                world.log_in_from(np.array([firm]), device, _times(world, mean), on, ring.until)
    else:
        ring.operator = world.new_devices(int(rng.integers(1, 3)))
        early = 2 if ring.typology == "takeover" else 30
        for one in firms:
            on = max(float(opening[one]), ring.since - early)
            off = max(min(ring.until, float(closing[one]) - 1), float(opening[one]) + 2)
            for device in ring.operator if world.flip(0.5) else ring.operator[:1]:
                world.log_in_from(np.array([one]), int(device), _times(world, mean), on, off)
        if world.flip((1 - care) * 0.4) and ring.typology != "takeover":
            world.firms.device[firms, 0] = ring.operator[0]
    ring.devices += ring.operator.tolist()


def _share_purse(world: World, ring: Ring, firms: Ints) -> None:
    """Some payouts of all go to one account, or, of some careful rings, to the next one's own."""
    of, care = world.firms, ring.care
    if ring.typology == "takeover":
        share = world.uniform(0.6, 1)
    else:
        share = between(care, world.uniform(0.6, 1), world.uniform(0.12, 0.5))
    if care > 0.5 and world.flip(0.5) and len(firms) > 2 and ring.typology != "takeover":
        of.other_account[firms] = of.account[np.roll(firms, -1)]
    else:
        town = int(of.town[firms[0]]) if len(firms) else ring.town
        of.other_account[firms] = purse = world.open_account(town, 0.3 + 0.5 * (1 - care))
        ring.accounts.append(purse)
    of.other_share[firms], of.other_on[firms], of.other_off[firms] = share, ring.since - 5, world.days
    if share < 0.5:
        # enough payouts to show
        of.period[firms] = np.minimum(of.period[firms], 7)


def _collect(world: World, ring: Ring, firms: Ints) -> None:
    """Money goes on to one or two accounts, by way of none, one or two mules."""
    rng, care, n = world.rng, ring.care, len(firms)
    collectors = world.open_accounts(
        ring.town, 1 if n < 6 else int(rng.integers(1, 3)), 0.2 + 0.6 * (1 - care)
    )
    steps = int(rng.choice(3, p=[0.5 - 0.3 * care, 0.4 - 0.1 * care, 0.1 + 0.4 * care]))
    many = max(1, n // (1 if care > 0.5 else 2))
    mules = world.open_accounts(ring.town, many, 0.2 + 0.6 * (1 - care)) if steps else NO_INTS
    others = (
        world.open_accounts(ring.town, max(1, many // 2), 0.2 + 0.5 * (1 - care)) if steps > 1 else NO_INTS
    )
    lag = between(care, world.uniform(0.05, 1), world.uniform(0.5, 8))
    low = between(care, world.uniform(0.7, 0.95), world.uniform(0.25, 0.85))
    for place, one in enumerate(firms.tolist()):
        last = int(collectors[place % len(collectors)] if world.flip(0.6) else rng.choice(collectors))
        way = [int(part[place % len(part)]) for part in (mules, others)[:steps]]
        first, second, third = [*way, last, NONE, NONE][:3]
        chance, high = world.uniform(0.5, 1), min(1.0, low + world.uniform(0.03, 0.25))
        on, off = ring.since - 2, world.days if world.flip(0.5) else ring.until + 30
        rounding = int(rng.integers(3))
        world.forwards.append(Forward(one, first, second, third, chance, low, high, lag, on, off, rounding))
        world.firms.period[one] = min(int(world.firms.period[one]), 14)
    if len(collectors) > 1:
        source, target, amount = int(collectors[1]), int(collectors[0]), one_around(rng, 3000, 0.7)
        world.standing.append(
            Standing(NONE, source, NONE, target, amount, ring.since, ring.until + 30, 10, 4)
        )
    ring.accounts += [*collectors.tolist(), *mules.tolist(), *others.tolist()]
