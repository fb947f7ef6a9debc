"""Honest organisations that share what crews share, by the same designs, for reasons of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.ninth_worlds.designs import CONNECTED
from benchmarks.ninth_worlds.organisations import FEWEST
from benchmarks.ninth_worlds.society import make_people
from benchmarks.ninth_worlds.world import Lease, Org, Way, World
from benchmarks.writing.units import NO_INTS, NONE, Ints, log_uniform


@dataclass(frozen=True)
class Recipe:
    """`rate` organisations for 1,000 partners, of `size` from `near`; `ways`: the resource, its designs,
    least and most strength, and how often it is shared. A `whole` one is all
    that its members belong to, and none of them is a crew's."""

    kind: str
    rate: float
    size: tuple[int, int]
    near: str
    ways: tuple[tuple[str, str, float, float, float], ...]
    buys: tuple[float, float] = (0.0, 0.0)
    bad: float = 0.0
    refunds: float = 0.0
    whole: bool = False


ANY: Final = " ".join(CONNECTED)
RECIPES: Final = (
    Recipe("family", 40, (2, 5), "town", (
        ("machines", "one chain roles", 0.2, 0.9, 0.7), ("payees", "one pairs", 0.5, 1, 0.6),
        ("names", "one pairs", 0.2, 1, 0.3), ("collectors", "one", 0.2, 0.8, 0.3),
        ("buyers", "one own", 1, 1, 0.4)), buys=(0.01, 0.1), whole=True),
    Recipe("branches", 9, (3, 18), "country", (
        ("machines", "one roles subsets", 0.3, 0.9, 0.7), ("payees", "one roles", 0.6, 1, 0.5),
        ("names", "one", 0.6, 1, 0.8), ("collectors", "one roles", 0.3, 0.9, 0.6)), whole=True),
    Recipe("franchise", 6, (4, 25), "trade", (
        ("names", "one", 0.7, 1, 1), ("collectors", "one roles", 0.1, 0.5, 0.9),
        ("machines", "one roles", 0.05, 0.2, 0.2), ("funders", "one", 0.1, 0.4, 0.3)), whole=True),
    Recipe("agency", 6, (5, 40), "any", (("machines", "pool subsets roles", 0.1, 0.6, 1),)),
    Recipe("it_freelancer", 26, (3, 9), "any", (("machines", "one star chain subsets", 0.1, 0.6, 1),)),
    Recipe("bookkeeper", 4, (10, 60), "any", (
        ("machines", "one roles", 0.05, 0.25, 1), ("collectors", "one", 0.05, 0.2, 0.2))),
    Recipe("temp_staff", 16, (3, 12), "town", (("machines", "pool chain", 0.2, 0.7, 1),)),
    Recipe("payroll", 4, (8, 60), "country", (("collectors", "one roles", 0.3, 0.8, 1),)),
    Recipe("factoring", 4, (6, 50), "country", (
        ("payees", "one roles", 0.4, 1, 1), ("funders", "one", 0.1, 0.5, 0.5))),
    Recipe("lender", 7, (4, 20), "country", (
        ("funders", "one subsets roles", 0.1, 0.8, 1), ("collectors", "one roles", 0.1, 0.5, 0.8))),
    Recipe("wholesaler", 16, (3, 20), "trade", (("collectors", ANY, 0.2, 0.8, 1),)),
    Recipe("joint_venture", 22, (2, 6), "country", (
        ("collectors", "one chain pairs", 0.3, 0.9, 0.8), ("payees", "one chain pool", 0.3, 0.9, 0.5),
        ("funders", "one", 0.1, 0.8, 0.3))),
    Recipe("shared_office", 12, (3, 12), "town", (
        ("machines", "one pairs roles", 0.1, 0.5, 1), ("buyers", "one own", 1, 1, 0.6),
        ("farm", "one pairs", 0.3, 0.9, 0.6)), buys=(0.02, 0.1)),
    Recipe("mall", 12, (4, 20), "town", (("buyers", "one subsets pool", 1, 1, 1),), buys=(0.1, 0.5)),
    Recipe("loyalty_club", 12, (3, 12), "country", (
        ("buyers", ANY, 1, 1, 1), ("cards", "one own roles", 0.3, 0.9, 0.5)), buys=(0.1, 0.5)),
    Recipe("dormitory", 22, (3, 10), "town", (
        ("buyers", "one pool subsets", 1, 1, 1), ("farm", ANY, 0.3, 0.9, 1)), buys=(0.03, 0.3), bad=0.3),
    Recipe("campus", 8, (3, 14), "town", (
        ("buyers", "one", 1, 1, 1), ("farm", "one roles", 0.3, 0.9, 1)), buys=(0.2, 0.9), bad=0.15),
    Recipe("thin_crowd", 14, (2, 5), "any", (("buyers", "own", 1, 1, 1), ("farm", "own one", 0.3, 0.9, 0.5),
        ("cards", "own one", 0.3, 0.9, 0.5)), buys=(0.2, 1.0), bad=0.1, refunds=0.1),
    Recipe("buying_club", 12, (3, 8), "country", (
        ("buyers", "one chain subsets", 1, 1, 1), ("cards", "one roles pool", 0.3, 0.9, 1),
        ("farm", "one roles", 0.2, 0.6, 0.4)), buys=(0.03, 0.3), refunds=0.3),
    Recipe("flash_sale", 10, (3, 15), "trade", (("buyers", "one pool", 1, 1, 0.8),), buys=(0.05, 0.3)),
    Recipe("subscription", 12, (2, 6), "any", (("buyers", "one chain", 1, 1, 1),), buys=(0.1, 0.4)),
    Recipe("relaunch", 20, (2, 4), "trade", (
        ("machines", "one chain", 0.3, 1, 0.7), ("payees", "one chain", 0.3, 1, 0.7),
        ("names", "one chain", 0.3, 1, 0.6), ("collectors", "one", 0.2, 0.7, 0.2)), whole=True),
    Recipe("hard_hit", 6, (3, 10), "town", (("buyers", "one subsets", 1, 1, 1),), buys=(0.05, 0.3), bad=0.5),
)  # fmt: skip


def plan_honest(world: World) -> None:
    """All honest organisations; relaunches, sales and insolvencies change their members' lives."""
    rng, settings = world.rng, world.settings
    taken = world.firms.ring.copy()
    for recipe in RECIPES:
        usual = recipe.rate * settings.partners / 1000 * settings.crowding * np.exp(rng.normal(0, 0.4))
        for _ in range(rng.poisson(usual)):
            members = _members(world, recipe, taken)
            if len(members) >= 2:
                taken[members] |= recipe.whole
                world.orgs.append(_honest(world, recipe, members))


def _members(world: World, recipe: Recipe, taken: np.typing.NDArray[np.bool_]) -> Ints:
    """Partners near each other, as the recipe has it."""
    rng, firms = world.rng, world.firms
    low, high = recipe.size
    size = int(log_uniform(rng, low, high + 0.99))
    can = ~taken if recipe.whole else np.ones(len(firms), np.bool_)
    if not can.any():
        return np.flatnonzero(can)
    lead = int(rng.choice(np.flatnonzero(can)))
    if recipe.near == "town":
        can &= firms.town == firms.town[lead]
    elif recipe.near == "country":
        can &= firms.country == firms.country[lead]
    elif recipe.near == "trade":
        can &= (firms.trade == firms.trade[lead]) & (firms.country == firms.country[lead])
    found = np.flatnonzero(can)
    return np.asarray(rng.choice(found, min(size, len(found)), replace=False), np.int64)


def _honest(world: World, recipe: Recipe, members: Ints) -> Org:
    rng, firms, n = world.rng, world.firms, len(members)
    if recipe.kind == "relaunch":
        _relaunch(world, members)
    if recipe.kind == "flash_sale":
        day = rng.uniform(10, world.days - 5)
        firms.spike[members], firms.spike_height[members] = day, rng.uniform(3, 15, n)
    begin, end = world.opening()[members], world.ending()[members]
    if rng.random() < 0.5:  # only for a while
        cut = np.sort(rng.uniform(0, 1, 2))
        if cut[1] - cut[0] > 0.25:
            begin, end = begin + cut[0] * (end - begin), begin + cut[1] * (end - begin)
    ways = {
        name: Way(str(rng.choice(designs.split())), float(rng.uniform(low, high)))
        for name, designs, low, high, chance in recipe.ways
        if rng.random() < chance
    }
    if "buyers" not in ways:
        ways.pop("farm", None)
        ways.pop("cards", None)
    most = recipe.bad * rng.choice([0, 1], p=[0.6, 0.4]) if recipe.kind != "hard_hit" else recipe.bad
    return Org(
        recipe.kind, members, begin, end, ways,
        buys=log_uniform(rng, *recipe.buys) if recipe.buys[0] else 0.0,
        bad=float(rng.uniform(0, most)), refunds=float(rng.uniform(0, recipe.refunds)),
        disputed=float(rng.random()), layers=int(rng.integers(1, 4)),
        work_days=int(rng.integers(3, 30)) * int(rng.random() < 0.4),
    )  # fmt: skip


def _relaunch(world: World, members: Ints) -> None:
    """One closes, the next opens; now and then it goes under, and the last customers are not served."""
    rng, firms = world.rng, world.firms
    cuts = np.sort(rng.uniform(0.1, 0.9, len(members) - 1)) * world.days
    for old, new, cut in zip(members[:-1], members[1:], cuts, strict=True):
        firms.closed[old] = min(cut, world.days - 4)
        firms.opened[old] = min(firms.opened[old], cut - 25)
        firms.opened[new] = cut + rng.exponential(12) - 6
        firms.closed[new] = np.inf
        if rng.random() < 0.8:
            firms.follows[new] = old
        if rng.random() < 0.25:
            firms.bad_from[old], firms.bad_to[old] = cut - rng.uniform(5, 40), np.inf
            firms.bad_share[old] = rng.uniform(0.1, 0.8)
    firms.opened[members] = np.minimum(firms.opened[members], firms.closed[members] - 8)
    firms.opened[members] = np.minimum(firms.opened[members], world.days - 8)


def man_honest(world: World, org: Org) -> Ints:
    """The buyers of an honest organisation, of the members' towns, known ones or new; those that are new."""
    if "buyers" not in org.ways:
        return NO_INTS
    rng = world.rng
    orders = float((FEWEST + org.buys * world.number[org.members]).sum())
    least = 3 * len(org.members) if org.kind != "family" else 3
    n = int(np.clip(orders / log_uniform(rng, 1.5, 7), least, 400))
    town = world.firms.town[rng.choice(org.members, n)]
    new = rng.random(n) < rng.choice([0.0, 1.0], p=[0.6, 0.4]) * rng.random()
    fresh = world.grow(make_people(world, town[new]))
    if rng.random() < 0.3:
        world.people.made[fresh] = org.begin.min() - rng.exponential(60) + rng.uniform(0, 3, len(fresh))
    old = world.of_towns(town[~new], town[~new] + 1)
    org.people = rng.permutation(np.unique(np.concatenate([fresh, old]))).astype(np.int64)
    return fresh


def tie_by_chance(world: World) -> None:
    """A till borrowed for a day, an owner who shops from it, a payout that went to a friend."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    some = np.flatnonzero(rng.random(n) < rng.uniform(0.05, 0.2))
    firms.devices[some, 2] = firms.devices[rng.integers(0, n, len(some)), 0]
    changes = np.flatnonzero(rng.random(n) < rng.uniform(0.1, 0.35))  # of bank, or two banks at once
    low, high = world.opening()[changes], world.ending()[changes]
    start = low + rng.random(len(low)) * (high - low)
    often = np.where(rng.random(len(low)) < 0.6, 1.0, rng.random(len(low)))
    world.payees.append(Lease(changes, world.new_accounts(len(low)), start, high, often))
    owned = np.flatnonzero(rng.random(n) < 0.3)
    owner = world.of_towns(firms.town[owned], firms.town[owned] + 1)
    phone = rng.random(len(owned)) < 0.5
    firms.devices[owned[phone], 1] = world.people.device[owner[phone]]
    same = rng.random(len(owned)) < 0.2
    firms.account[owned[same]] = world.people.account[owner[same]]
    row = np.repeat(np.arange(len(owned)), rng.poisson(2, len(owned)))
    t = rng.random(len(row)) * world.days
    till = np.where(rng.random(len(row)) < 0.4, firms.devices[owned[row], 0], NONE)
    world.honest.append(world.batch(owner[row], owned[row], t, device=till))
