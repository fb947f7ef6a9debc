"""Which partners are in which ring, when it acts, and how its partners' lives go with it."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.draws import between, likely, one_around
from benchmarks.eleventh_worlds.names import altered
from benchmarks.eleventh_worlds.records import Ring
from benchmarks.eleventh_worlds.settings import TYPOLOGIES
from benchmarks.eleventh_worlds.trades import TRADES
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import DISPUTED, REFUNDED, Floats, Ints

MOST_PARTNERS: Final = 12
"""Of a ring."""

NEW: Final = {"shell_network": 1.2, "self_dealing": 0.6, "collusive": 0.7, "bust_out": 0.8}
"""How much likelier than others the partners of such a ring are opened for it."""


def plan_rings(world: World) -> None:
    """All rings and their partners, before honest partners are set apart."""
    rng, given, n = world.rng, world.settings, world.settings.rings
    weight = rng.dirichlet(np.full(len(TYPOLOGIES), 2.5))
    if not given.has_flows:
        weight[TYPOLOGIES.index("mule_collector")] = 0
    typologies = rng.choice(TYPOLOGIES, n, p=weight / weight.sum()).tolist()
    place = np.argsort(np.argsort(world.firms.size)) / given.partners
    usual = np.where(place < 0.95, 0.3 + place, 0.05)
    for typology, care in zip(typologies, rng.beta(given.care_a, given.care_b, n).tolist(), strict=True):
        ring = Ring(typology, care, world.a_town())
        if typology != "refund_abuse":
            ring.firms = _partners(world, ring, usual)
            world.firms.ring[ring.firms] = len(world.rings)
            ring.town = int(world.firms.town[ring.firms[0]])
        world.rings.append(ring)


def _partners(world: World, ring: Ring, usual: Floats) -> Ints:
    """Three or more of one land, half of the time of few trades; hardly ever a very large one."""
    rng, n, firms = world.rng, world.settings.partners, world.firms
    many = int(min(MOST_PARTNERS, 3 + rng.geometric(world.uniform(0.2, 0.45)) - 1))
    abroad = 0.02 + 0.1 * ring.care * world.flip(0.4)
    fits = world.honest & ((world.land == world.a_land()) | (rng.random(n) < abroad))
    if ring.typology == "takeover":
        fits &= firms.on < world.days * 0.15
    if fits.sum() < many + 2:
        fits = world.honest
    weight = usual * fits
    if world.flip(0.5):
        share = np.bincount(firms.trade, minlength=len(TRADES)) / n
        trades = rng.choice(len(TRADES), int(rng.integers(1, 4)), p=share)
        weight = weight * np.where(np.isin(firms.trade, trades), 1, 0.03)
    return likely(rng, np.arange(n), many, weight)


def live_rings(world: World) -> None:
    """When each ring acts, who opens and closes for it, and where its goods stay out."""
    for ring in world.rings:
        if ring.typology == "refund_abuse":
            days = float(np.clip(one_around(world.rng, 80, 0.6), 15, world.days * 0.8))
            ring.until = world.uniform(min(days + 5, world.days * 0.95), world.days)
            ring.since = max(ring.until - days, 1)
            continue
        _set_window(world, ring)
        if ring.typology == "phoenix":
            _hand_on(world, ring)
        elif ring.typology == "takeover":
            _find_faded(world, ring)
        else:
            _open(world, ring)
            _close(world, ring)


def _set_window(world: World, ring: Ring) -> None:
    firms, days = world.firms, world.days
    firms.size[ring.firms] = np.maximum(firms.size[ring.firms], np.quantile(firms.size, 0.1))
    firms.off[ring.firms] = np.inf
    usual = {"takeover": 22, "bust_out": 110}.get(ring.typology, 85) * (1 + 0.6 * ring.care)
    span = float(np.clip(one_around(world.rng, usual, 0.5), 10, days * 0.75))
    until = world.uniform(min(span + 25, days * 0.96), days + 8)
    ring.since, ring.until = max(until - span, 8), min(until, days - 0.5)
    ring.act_throughout()


def _find_faded(world: World, ring: Ring) -> None:
    """Half of the taken over had lost their custom long before."""
    if world.flip(0.5):
        n = len(ring.firms)
        world.firms.fade_at[ring.firms] = world.rng.uniform(0, ring.since, n)
        world.firms.fade[ring.firms] = world.rng.uniform(0.05, 0.5, n)


def _open(world: World, ring: Ring) -> None:
    """Partners that are opened for the ring, most of them about the same time."""
    rng, firms = world.rng, world.firms
    new = world.settings.new_ring_partner * NEW.get(ring.typology, 1)
    about = ring.since - rng.exponential(40) - 3
    for one in ring.firms:
        if world.flip(new) or firms.on[one] > ring.since - 5:
            spread = between(ring.care, 5, 60)
            latest = ring.since - world.uniform(0.5, 6)
            together = min(about + float(rng.normal(0, spread)), latest)
            firms.on[one] = together if world.flip(0.75) else ring.since - world.uniform(2, 60)


def _close(world: World, ring: Ring) -> None:
    """Some close when the ring is done, and of what they sold last not all arrives."""
    rng, firms, care, until = world.rng, world.firms, ring.care, ring.until
    closing = world.uniform(0.05, 0.5)
    for one in ring.firms.tolist():
        if ring.typology == "bust_out":
            if world.flip(0.6):
                firms.off[one] = until + rng.exponential(10 + 30 * care)
            how = REFUNDED if world.flip(0.1) else DISPUTED
            burst, share = world.uniform(8, 45), world.uniform(0.1, 0.7) * (1 - 0.4 * care)
            firms.slump(one, until - burst, until + 60, how, share)
            continue
        if world.flip(closing):
            firms.off[one] = until + world.uniform(0, 60)
        if ring.typology in ("mule_collector", "triangulation") and world.flip(0.6):
            share = world.uniform(0.02, 0.4) * (1 - 0.6 * care)
            firms.slump(one, ring.since, until + 1, DISPUTED, share)


def _hand_on(world: World, ring: Ring) -> None:
    """Lines of partners of which each takes up what the one before it leaves behind."""
    n = len(ring.firms)
    lines = 1 if n <= 5 else int(world.rng.integers(2, 1 + n // 3))
    ring.lines = np.array_split(ring.firms, lines)
    ring.stage = np.concatenate([_live_in_line(world, ring, line) for line in ring.lines])
    ring.since, ring.until = float(ring.stage[:, 0].min()), float(ring.stage[:, 1].max())


def _live_in_line(world: World, ring: Ring, line: Ints) -> Floats:
    """(partners, 2) when each acts: towards its end."""
    rng, firms, care, n, days = world.rng, world.firms, ring.care, len(line), world.days
    span = min(days * world.uniform(0.5, 0.97), n * world.uniform(60, 220))
    start = days - span - world.uniform(0, max(1, days - span - 3))
    turn = start + np.concatenate([[0], np.cumsum(rng.dirichlet(np.full(n, 6)) * span)])
    stage = np.zeros((n, 2))
    for place, one in enumerate(line.tolist()):
        older = world.uniform(30, 400) if place == 0 and world.flip(0.5) else 0.0
        pause = rng.exponential(8 + 15 * care) if place else 0.0
        firms.on[one] = turn[place] - older + pause
        firms.off[one] = turn[place + 1] if place < n - 1 or world.flip(0.3) else np.inf
        end = float(turn[place + 1])
        since = end - (end - float(turn[place])) * world.uniform(0.3, 0.8)
        stage[place] = since, end - 0.2
        firms.slump(one, since, end, DISPUTED, world.uniform(0.05, 0.6) * (1 - 0.5 * care))
        if place:
            _succeed(world, ring, int(line[place - 1]), one)
    return stage


def _succeed(world: World, ring: Ring, old: int, new: int) -> None:
    """The heir sells the same, often under a name alike, and goes on with an account or a device."""
    rng, firms, care = world.rng, world.firms, ring.care
    firms.trade[new], firms.price[new] = firms.trade[old], firms.price[old]
    if world.flip(0.7):
        firms.town[new] = firms.town[old]
    if world.flip(1 - 0.8 * care):
        firms.name[new] = altered(rng, firms.name[old])
    firms.source[new], firms.source_share[new] = old, world.uniform(0, 0.5) * (1 - 0.5 * care)
    firms.size[new] = firms.size[old] * one_around(rng, 1, 0.3)
    can = [one for one in world.channels if one != "flow"]
    ties = [one for one in can if world.flip(1 - 0.75 * care)] or [str(rng.choice(can))]
    if "payout" in ties and world.flip(0.5):
        firms.account[new] = firms.account[old]
    elif "payout" in ties:
        firms.account[new] = firms.later_account[old]
        firms.switch[old] = firms.off[old] - world.uniform(5, 40)
    if "login" in ties and world.flip(1 - 0.5 * care):
        firms.device[new, 0] = firms.device[old, 0]
    elif "login" in ties:
        on = float(firms.on[new])
        world.log_in_from(np.array([new]), int(firms.device[old, 0]), int(rng.integers(2, 6)), on, on + 60)
