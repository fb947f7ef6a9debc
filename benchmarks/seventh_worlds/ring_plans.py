"""Who is of which ring, and which of log-ins, accounts and collectors tie it besides its custom."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.seventh_worlds.settings import TYPOLOGIES
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.units import NO_INTS, Flags, Floats, Ints

MOST: Final = {"phoenix": 5, "take_over": 6, "device_farm": 12}
LARGEST: Final = 15
"""Members of a ring at most, by typology and of others."""
SMALL_CUSTOM, GREAT_CUSTOM = 18, 700
"""Expected orders of a member."""
RELAUNCHES: Final = np.array(["New", "24", "Plus", "Group", "Shop", "X"])


def plan_rings(world: World) -> None:
    """As many rings as are wanted, until about a tenth of all partners is in one."""
    rng, settings, firms = world.rng, world.settings, world.firms
    mix = rng.dirichlet(np.full(len(TYPOLOGIES), 4.0))
    mix[TYPOLOGIES.index("refund_abuse")] = np.clip(mix[TYPOLOGIES.index("refund_abuse")], 0.06, 0.13)
    if settings.lacks == "devices":
        mix[TYPOLOGIES.index("take_over")] = 0
    if settings.lacks in ("transfers", "payouts"):
        mix[TYPOLOGIES.index("mule_chain")] = 0
    left = int(len(firms) * rng.uniform(0.085, 0.115))
    careful = rng.uniform(0.8, 1.6, 2)
    for typology in rng.choice(np.array(TYPOLOGIES), settings.rings, p=mix / mix.sum()):
        care = float(rng.beta(*careful))
        ties = _ties(world, str(typology), care)
        if ties is None:
            continue
        members = NO_INTS
        if typology != "refund_abuse":
            size = min(2 + int(rng.negative_binomial(1.6, 0.36)), MOST.get(typology, LARGEST))
            members = _members(world, typology, size) if size <= left else NO_INTS
            if len(members) < 2:
                continue
            left -= len(members)
            firms.busy[members] = True
            firms.trouble[members] *= rng.random((len(members), 1)) < 0.5
        if typology == "phoenix":
            _succeed(world, members, care)
        if {"account", "collector"} & set(ties):
            firms.steady[members] = True
        world.rings.append(Ring(len(world.rings), str(typology), care, members, ties))


def _members(world: World, typology: str, size: int) -> Ints:
    """Partners of middling custom, mostly of one country, sometimes of one trade."""
    rng, firms = world.rng, world.firms
    custom = _expected(world)
    can: Flags = ~firms.busy & (custom > SMALL_CUSTOM) & (custom < GREAT_CUSTOM) & (firms.off > world.days)
    if typology == "phoenix" or rng.random() < 0.7:
        can &= firms.land == rng.choice(firms.land)
    if (typology == "phoenix" or rng.random() < 0.35) and can.any():
        can &= firms.trade == rng.choice(firms.trade[can])
    if typology != "phoenix":
        can &= firms.on < world.days * 0.6
    return world.pick(size, can)


def _expected(world: World) -> Floats:
    firms, days = world.firms, world.days
    weight = firms.popularity * (np.minimum(firms.off, days) - np.maximum(firms.on, 0)).clip(0)
    result: Floats = weight / weight.sum() * world.settings.orders * 0.85
    return result


def _succeed(world: World, members: Ints, care: float) -> None:
    """Shops one after the other: each opens some days after the last one has closed."""
    rng, firms, days, n = world.rng, world.firms, world.days, len(members)
    total = min(days * rng.uniform(0.75, 1), 110.0 * n)
    cut = rng.uniform(0, days - total) + total * np.append(
        0, np.sort(rng.dirichlet(np.full(n, 8.0)).cumsum())
    )
    gap = rng.uniform(2, 12 + 25 * care, n)
    gap[0] = 0
    firms.on[members] = cut[:-1] + gap
    if rng.random() < 0.6:
        firms.on[members[0]] = min(firms.on[members[0]], -rng.exponential(150))
    firms.off[members] = np.maximum(cut[1:], firms.on[members] + 12)
    if rng.random() < 0.7:
        firms.off[members[-1]] = np.inf
    firms.off[members[firms.off[members] > days - 3]] = np.inf
    if care < 0.45:
        for one in members[1:]:
            firms.name[one] = f"{firms.brand[members[0]]} {rng.choice(RELAUNCHES)} {firms.word[one]}"
    firms.popularity[members] *= 1.6


def _ties(world: World, typology: str, care: float) -> list[str] | None:
    """Which ties it plants besides its custom; None where nothing in the tables could tie it."""
    rng, lacks = world.rng, world.settings.lacks
    have = [
        tie
        for tie, needs in (
            ("login", ("logins",)),
            ("account", ("payouts",)),
            ("collector", ("payouts", "transfers")),
        )
        if lacks not in needs
    ]
    if typology == "refund_abuse":
        return []
    if typology == "mule_chain":
        also = "login" in have and rng.random() < 0.3 * (1 - care)
        return ["collector", "login"] if also else ["collector"]
    if typology == "shell_network":
        return _some(rng, have, care)
    if typology == "phoenix":
        have = [tie for tie in have if tie != "collector"]
        by_buyers = rng.random() < (0.6 if len(have) == 1 else 0.35)  # they alone lead from shop to shop
        return [] if by_buyers else _some(rng, have, care)
    return [tie for tie in have if rng.random() < 0.33 * (1.1 - care)]


def _some(rng: np.random.Generator, have: list[str], care: float) -> list[str] | None:
    if not have:
        return None
    n = 1 if rng.random() < care else min(2, len(have))
    return [have[one] for one in rng.choice(len(have), n, replace=False)]
