"""Who is in which ring, where and when its partners live, and which of them keep apart from the others."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.sixth_worlds.firms import brands, words
from benchmarks.sixth_worlds.settings import RING_TYPES
from benchmarks.sixth_worlds.world import Ring, World
from benchmarks.writing.units import NO_INTS, Flags, Ints

LARGE = 0.05
"""Chance of a ring of 8 to 15 partners."""
PAIR = 0.06
"""Chance of a ring of two partners."""


def plan_rings(world: World) -> None:
    """Rings of partners until their share of partners is used up (four at least), and rings of consumers."""
    rng, settings = world.rng, world.settings
    room = max(12, round(settings.ring_share * settings.partners))
    while room > 0 or len(world.rings) < 4:
        typology = str(rng.choice(RING_TYPES, p=settings.ring_mix))
        size = _size(world)
        if typology == "phoenix":  # no line of lives too short to be lived
            size = min(size, 7, max(2, settings.days // 80))
        care = float(np.round(rng.beta(*settings.care), 3))
        world.rings.append(_cast(world, typology, care, size))
        room -= size
    for _ in range(settings.consumer_rings):
        care = float(np.round(rng.beta(*settings.care), 3))
        nobody = np.zeros(0, np.bool_)
        world.rings.append(Ring("refund_abuse", care, NO_INTS, nobody, nobody))


def _size(world: World) -> int:
    rng = world.rng
    u = rng.random()
    if u < PAIR:
        return 2
    return (
        int(rng.integers(8, 16))
        if u < PAIR + LARGE
        else min(11, 2 + int(rng.geometric(world.settings.ring_sizes)))
    )


def _cast(world: World, typology: str, care: float, size: int) -> Ring:
    rng, firms = world.rng, world.firms
    low, high = np.quantile(firms.popularity, [0.12, 0.93])
    members = world.free(size, (firms.popularity > low) & (firms.popularity < high))
    firms.of_ring[members] = True
    _gather(world, members, care)
    if typology != "phoenix" and rng.random() < 0.5 - 0.35 * care:  # founded together
        day = rng.uniform(-30, 0.55 * world.days)
        some = members[rng.random(len(members)) < 0.7]
        firms.on[some] = day + rng.uniform(-1, 1, len(some)) * (12 + 60 * care)
    short = firms.off[members] < np.maximum(firms.on[members], 0) + 100
    firms.off[members[short]] = np.inf
    late = members[firms.on[members] > 0.7 * world.days]
    firms.on[late] = rng.uniform(-40, 0.65 * world.days, len(late))
    no_common, no_bad = _apart(world, len(members))
    ring = Ring(typology, care, members, no_common, no_bad)
    if typology == "shell_network" and rng.random() < 0.6 - 0.45 * care:  # one family of legal names
        firms.legal[members[rng.random(len(members)) < 0.5]] = words(rng, 1)[0]
    if typology == "bust_out":
        _bust(world, ring)
    if typology == "phoenix":
        _succeed(world, ring)
    return ring


def _apart(world: World, size: int) -> tuple[Flags, Flags]:
    """Members without common shoppers and members without bad ends: some, in about a third of the rings.

    One member, or two of three and more, is left as it is: somebody has to do what the ring is for.
    """
    rng = world.rng
    no_common, no_bad = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    if rng.random() > world.settings.quiet_rings:
        return no_common, no_bad
    most = size - 1 if size < 4 else size - 2
    chosen = rng.permutation(size)[: 1 + rng.binomial(most - 1, rng.uniform(0.1, 0.7))]
    how = rng.choice(3, len(chosen), p=[0.4, 0.25, 0.35])
    no_common[chosen] = how != 1
    no_bad[chosen] = how != 0
    return no_common, no_bad


def _gather(world: World, members: Ints, care: float) -> None:
    """Where they say they are: the careless in one country and often one town."""
    rng, firms, settings = world.rng, world.firms, world.settings
    home = int(rng.choice(len(settings.countries), p=settings.country_share))
    towns = np.flatnonzero(world.town_country == home)
    share = world.town_share[towns] / world.town_share[towns].sum()
    town = int(rng.choice(towns, p=share))
    some = members[rng.random(len(members)) < 0.9 - 0.3 * care]
    together = rng.random(len(some)) < 0.5 - 0.35 * care
    rate = settings.rates
    firms.price[some] *= rate[home] / rate[firms.country[some]]
    firms.town[some] = np.where(together, town, rng.choice(towns, len(some), p=share))
    firms.country[some] = home


def _bust(world: World, ring: Ring) -> None:
    """All end about one day, most of them closed."""
    rng, firms, days = world.rng, world.firms, world.days
    n, care = len(ring.firms), ring.care
    last = rng.uniform(0.55, 0.9) * days
    since = np.minimum(firms.on[ring.firms], last - rng.uniform(90, 170, n))
    ends = last + rng.normal(0, 5 + min(75, 0.2 * days) * care, n)
    ends = np.minimum(np.maximum(ends, np.maximum(since, 0) + 60), days - 25)
    closed = np.where(rng.random(n) < rng.uniform(0.3, 0.8), ends + rng.uniform(1, 20, n), np.inf)
    firms.on[ring.firms] = since
    firms.off[ring.firms] = np.where(closed > days - 1, np.inf, closed)
    ring.ends = ends
    firms.blow_off[ring.firms] = ends


def _succeed(world: World, ring: Ring) -> None:
    """One or two lines of partners, each beginning as the one before it ends."""
    rng = world.rng
    lines = np.array_split(ring.firms, 1 if len(ring.firms) <= 4 or rng.random() < 0.5 else 2)
    for number, line in enumerate(lines):
        first = -rng.uniform(10, 250) if number == 0 else -rng.uniform(-60, 120)
        _line(world, ring, line, float(first))
    if len(lines) == 2:
        ring.succession.append((int(lines[0][0]), int(lines[1][0])))


def _line(world: World, ring: Ring, line: Ints, first: float) -> None:
    rng, firms, days, care, n = world.rng, world.firms, world.days, ring.care, len(line)
    head = line[0]
    gaps = np.minimum(45, np.exp(rng.normal(np.log(6 + 22 * care), 0.6, n)))
    share = rng.dirichlet(np.full(n, 9.0))
    tail = min(75, 0.2 * days)
    lives = share * max(30.0 * n, 0.97 * days - min(gaps[1:].sum(), 0.3 * days) - max(first, 0) - tail)
    stem = words(rng, 1)[0]
    rate = world.settings.rates
    same = rng.random(n) < 0.93 - 0.2 * care
    firms.trade[line] = np.where(same, firms.trade[head], firms.trade[line])
    firms.price[line] = (
        firms.price[head]
        / rate[firms.country[head]]
        * rate[firms.country[line]]
        * np.exp(rng.normal(0, 0.15, n))
    )
    quiet = ring.tied[np.isin(ring.firms, line)]
    firms.loyalty[line] = max(firms.loyalty[head], 0.75 * quiet.any())
    firms.popularity[line] = max(firms.popularity[head], 1.1) * np.exp(rng.normal(0, 0.3, n))
    firms.brand[line] = np.where(rng.random(n) < 0.55 - 0.4 * care, stem, brands(rng, n))
    begun = max(first, 0) + np.concatenate([[0], np.cumsum(lives + gaps)[:-1]])
    ended = np.minimum(begun + lives, days)
    firms.on[line] = np.where(np.arange(n) == 0, first, begun - rng.uniform(0, 8 + 30 * care, n))
    last = np.arange(n) == n - 1
    firms.off[line] = np.where((ended > days - 3) | (last & (rng.random(n) < 0.6)), np.inf, ended)
    ring.succession += [(int(one), int(two)) for one, two in pairwise(line)]
    quiet = quiet[1:] | quiet[:-1]  # their customers tell, whatever else does not
    firms.heir_of[line[1:]] = line[:-1]
    firms.heir_share[line[1:]] = np.where(quiet, rng.uniform(0.5, 0.9, n - 1), rng.uniform(0.04, 0.16, n - 1))
