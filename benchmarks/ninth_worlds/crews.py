"""Crews: whom they take in, what they share by which design, how they run, and how they end."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.ninth_worlds.designs import APART, CONNECTED
from benchmarks.ninth_worlds.organisations import FEWEST
from benchmarks.ninth_worlds.settings import LONELY, SCHEMES
from benchmarks.ninth_worlds.society import make_people
from benchmarks.ninth_worlds.world import Org, Way, World
from benchmarks.writing.units import NO_INTS, Floats, Ints, log_uniform

CARRIERS: Final = ("machines", "payees", "collectors", "funders", "buyers", "farm", "cards", "names")
WEIGHT: Final = (0.75, 0.5, 1.2, 0.5, 1.6, 1.0, 0.7, 0.0)
"""How often each is what holds a crew together; names alone never are."""
LARGEST, SMALLEST = 20, 3


def plan_crews(world: World) -> None:
    """All crews, with the lives of their members; their buyers come when custom is counted."""
    rng, settings = world.rng, world.settings
    left = settings.ring_partners
    for number in range(settings.rings):
        if number < settings.lonely:
            world.orgs.append(_lonely(world))
            continue
        reserve = SMALLEST * (settings.rings - number - 1)
        size = min(LARGEST, SMALLEST + int(rng.exponential(max(1.0, left / (settings.rings - number) - 3))))
        size = max(SMALLEST, min(size, left - reserve))
        left -= size
        world.orgs.append(_crew(world, size))


def _seen(world: World) -> Floats:
    """(carriers,) how often each is used, those more that the data show at all."""
    see = world.settings
    known = {
        "machines": see.see_log_in, "collectors": see.see_transfer, "funders": see.see_transfer,
        "farm": see.see_device, "cards": see.see_account,
    }  # fmt: skip
    share = np.array([known.get(one, 1.0) > 0 for one in CARRIERS]) * np.array(WEIGHT)
    return np.asarray(share / share.sum())


def _ways(world: World, care: float, scheme: str) -> dict[str, Way]:
    """One carrier that ties all members, mostly others beside it that tie some or all."""
    rng, share = world.rng, _seen(world)
    many = min(int(rng.choice([1, 2, 3, 4], p=[0.25, 0.4, 0.25, 0.1])), int(np.count_nonzero(share)))
    chosen = [str(one) for one in rng.choice(list(CARRIERS), many, replace=False, p=share)]
    ways = {}
    for place, name in enumerate(chosen):
        pool = CONNECTED if place == 0 or rng.random() < 0.6 else APART
        low = 0.35 if place == 0 else 0.15
        ways[name] = Way(str(rng.choice(pool)), float(rng.uniform(low, 1.0) * (1 - 0.45 * care)))
    if chosen[0] in ("farm", "cards", "buyers") or scheme in ("sham_sales", "round_trip"):
        ways.setdefault("buyers", Way(str(rng.choice([*APART, *APART, *CONNECTED])), 1.0))
    elif rng.random() < 0.5:  # buyers for the look of a lively shop
        ways.setdefault("buyers", Way("own", 1.0))
    if rng.random() < 0.15 * (1 - care) + (scheme == "phoenix") * 0.3:
        ways["names"] = Way(str(rng.choice([*CONNECTED, *APART])), float(rng.uniform(0.3, 1)))
    return ways


def _crew(world: World, size: int) -> Org:
    """A crew of partners, from its first recruit to its end."""
    rng, settings, days = world.rng, world.settings, world.days
    care = float(rng.beta(*settings.care))
    scheme = str(rng.choice(SCHEMES, p=settings.schemes / settings.schemes.sum()))
    ways = _ways(world, care, scheme)
    members = _members(world, size)
    length = log_uniform(rng, 0.25 * days, 0.9 * days)
    first = rng.uniform(0, days - length)
    begin = first + np.sort(rng.uniform(0, rng.choice([0.03, 0.2, 0.5]), size)) * length
    end = np.full(size, first + length)
    if rng.random() < 0.2:  # dissolves half way and forms again, with others in front
        middle = first + rng.uniform(0.4, 0.6) * length
        end[: size // 2], begin[size // 2 :] = middle, np.maximum(begin[size // 2 :], middle - 5)
    org = Org(
        scheme, members, begin, end, ways, ring=True, care=care,
        warm=float(rng.choice([0.0, 1.0]) * rng.uniform(0, 0.5)), layers=int(rng.integers(1, 4)),
        work_days=int(rng.choice([0, 0, 1]) * rng.integers(8, 40)),
        buys=log_uniform(rng, 0.1, 0.7) * (1.2 - 0.6 * care),
        disputed=float(rng.beta(1, 1)), refunds=float(rng.choice([0, 1]) * rng.uniform(0, 0.12)),
    )  # fmt: skip
    _run(world, org)
    return org


def _members(world: World, size: int) -> Ints:
    """Partners of one country or of any, of a few trades or of any, none of another crew."""
    rng, firms = world.rng, world.firms
    free = ~firms.ring
    lead = int(rng.choice(np.flatnonzero(free)))
    weight = np.where(free, 1.0, 0.0)
    if rng.random() < 0.65:
        weight *= np.where(firms.country == firms.country[lead], 1.0, 0.02)
    if rng.random() < 0.5:
        weight *= np.where(firms.trade == firms.trade[lead], 1.0, 0.1)
    members = rng.choice(len(firms), size, replace=False, p=weight / weight.sum())
    firms.ring[members] = True
    return np.asarray(members, np.int64)


def _run(world: World, org: Org) -> None:
    """Shops are set up or bought before they take part, and close or not when it is over."""
    rng, firms, loud = world.rng, world.firms, world.settings.loud
    n, members = len(org.members), org.members
    if org.kind == "phoenix":
        _lives(world, org)
    set_up = rng.random(n) < rng.uniform(0.1, 0.7)
    before = org.begin - rng.exponential(20, n)
    firms.opened[members] = np.where(set_up, before, np.minimum(firms.opened[members], before))
    gone = rng.random(n) < rng.choice([0.05, 0.25, 0.5])
    gone |= org.kind == "phoenix"
    leave = org.end + rng.exponential(8, n) + 0.5
    firms.closed[members] = np.where(gone & (leave < world.days - 3), leave, np.inf)
    firms.bad_from[members] = np.inf
    quiet = 1 - 0.6 * org.care
    if org.kind == "sham_sales":
        org.bad = float(rng.uniform(0.25, 0.95)) * loud * quiet
    elif org.kind == "round_trip":
        org.feed, org.bad = float(rng.uniform(1, 4)), float(rng.choice([0, 0.03]))
    else:
        tail = np.minimum(rng.uniform(8, 100, n), (org.end - org.begin) * 0.5)
        hit = rng.random(n) < 0.85  # some never show
        firms.bad_from[members] = np.where(hit, org.end - tail, np.inf)
        firms.bad_to[members] = np.inf
        firms.bad_share[members] = np.minimum(0.95, rng.uniform(0.2, 0.9, n) * loud * quiet + 0.05)


def _lives(world: World, org: Org) -> None:
    """One or a few lines of shops, each opened as the one before it closes."""
    rng, firms, n = world.rng, world.firms, len(org.members)
    lines = max(1, n // int(rng.integers(3, 7)))
    first, last = float(org.begin.min()), float(org.end.max())
    for line in range(lines):
        row = np.arange(line, n, lines)
        cuts = np.linspace(first, last, len(row) + 1)
        cuts[1:-1] += rng.uniform(-0.2, 0.2, len(row) - 1) * (last - first) / len(row)
        org.begin[row], org.end[row] = cuts[:-1], cuts[1:]
        heirs = rng.random(len(row) - 1) < 0.7
        firms.follows[org.members[row[1:]][heirs]] = org.members[row[:-1]][heirs]


def _lonely(world: World) -> Org:
    """Consumers who work together against honest partners."""
    rng, days = world.rng, world.days
    kind = str(rng.choice(LONELY))
    care = float(rng.beta(*world.settings.care))
    number = int(rng.integers(3, 10))
    can = (world.ending() - world.opening() > 0.8 * days) & ~world.firms.ring
    if np.count_nonzero(can) < number:
        can = ~world.firms.ring
    victims = rng.choice(np.flatnonzero(can), number, replace=False)
    length = rng.uniform(20, 0.6 * days)
    first = rng.uniform(0, days - length)
    ways = {"buyers": Way(str(rng.choice(["one", "pool", "subsets"])), 1.0)}
    see = [("farm", world.settings.see_device), ("cards", world.settings.see_account)]
    for name, share in see:
        if share > 0 and rng.random() < 0.8:
            ways[name] = Way(
                str(rng.choice(["one", "pool", "subsets", "roles"])), float(rng.uniform(0.3, 0.9))
            )
    loss = float(rng.uniform(0.4, 0.9))
    return Org(
        kind, np.asarray(victims, np.int64), np.full(number, first), np.full(number, first + length), ways,
        ring=True, care=care, bad=0.05 if kind == "refund_crew" else loss,
        refunds=loss if kind == "refund_crew" else 0.0,
        work_days=int(rng.choice([0, 1]) * rng.integers(3, 12)),
    )  # fmt: skip


def man_crew(world: World, org: Org) -> Ints:
    """Give a crew its buyers, new identities and recruits; those that are new."""
    if "buyers" not in org.ways:
        return NO_INTS
    rng = world.rng
    orders = float((FEWEST + org.buys * world.number[org.members]).sum())
    n = int(np.clip(orders / log_uniform(rng, 1.6, 6), max(6, 3 * len(org.members)), 300))
    recruited = rng.random(n) < rng.choice([0.0, world.settings.recruits, 1.0], p=[0.5, 0.35, 0.15])
    town = world.firms.town[rng.choice(org.members, n)]
    fresh = world.grow(make_people(world, town[~recruited]))
    if rng.random() < 0.35:  # made in advance, in one or a few sittings
        sittings = float(org.begin.min()) - rng.exponential(120, int(rng.integers(1, 6)))
        world.people.made[fresh] = rng.choice(sittings, len(fresh)) + rng.uniform(0, 2, len(fresh))
    old = world.of_towns(town[recruited], town[recruited] + 1)
    org.people = rng.permutation(np.unique(np.concatenate([fresh, old]))).astype(np.int64)
    return fresh
