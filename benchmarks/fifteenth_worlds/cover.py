"""What gangs of every trade do alike: what ties their shops, whom they hire, and what care hides of it."""

from __future__ import annotations

import numpy as np

from benchmarks.fifteenth_worlds import sales, tools
from benchmarks.fifteenth_worlds.climate import Ints
from benchmarks.fifteenth_worlds.sales import Custom, Fates, Sold
from benchmarks.fifteenth_worlds.tools import Course
from benchmarks.fifteenth_worlds.world import Group, World


def begun(world: World, name: str, shops: Ints, *, honest: bool, care: float) -> Group:
    """A group that is at work for a part of the window, from when most of its shops are there."""
    days = world.climate.days
    begin = world.between(0.02, 0.6) * days
    if len(shops):
        begin = max(begin, float(np.quantile(world.open_from(shops), 0.7)))
        begin = min(begin, max(float(np.quantile(world.open_until(shops), 0.3)) - 40, 2.0))
    begin = min(begin, days - 30)
    end = min(begin + 25 + (0.4 + 0.6 * care) * world.between(0.15, 0.9) * days, days)
    return Group(name, honest, care, shops, begin, end)


def knots(world: World, group: Group, *, money: bool = True) -> None:
    """What a gang has in common behind its shops: one thing or several, seen the less for all its care."""
    loose = group.loose
    share = (0.02 + 0.1 * loose, 0.1 + 0.6 * loose)
    reach = 0.3 + 0.5 * loose * world.between(0.4, 1.0)
    ways = ["spare"] if world.chance(0.5) else ["account"]
    if "partner_logins" in world.climate.has:
        ways += ["machine", "chain", "machines", "office"]
    if "transfers" in world.climate.has and money:
        ways += ["collector", "course"]
    n = 1 + int(world.rng.binomial(3, 0.05 + 0.33 * loose))
    for way in world.rng.permutation(ways)[:n]:
        _tie(world, group, str(way), share, reach)
    if world.chance(0.25 + 0.75 * (not group.rows("consumer").size)):
        slip(world, group)


def _tie(world: World, group: Group, way: str, share: tuple[float, float], reach: float) -> None:
    loose = group.loose
    if way == "account":
        tools.use_account(world, group, share=share, reach=reach * world.between(0.3, 0.8))
    elif way == "spare":  # two shops at a time share a spare account
        for _ in range(max(1, len(group.shops) // 4)):
            tools.use_account(world, group, share=share, reach=2.0 / len(group.shops))
    elif way == "machine":
        tools.use_machine(world, group, share=share, reach=reach * world.between(0.6, 1.0))
    elif way == "machines":
        tools.use_machine(
            world, group, share=share, reach=world.between(0.6, 1.0), machines=max(2, len(group.shops) // 2)
        )
    elif way == "chain":
        tools.chain_machines(world, group, share=share, kept=world.between(0.4, 0.9))
    elif way == "office":
        device = world.shop["machine"][group.shops]
        sales.order_from_the_office(world, group, device, group.shops, 3 + int(8 * loose))
        group.add("device", "admin", device)
    else:
        hops = int(world.rng.integers(0, 3)) if way == "course" else 0
        chance = (0.1 + 0.2 * loose, 0.3 + 0.6 * loose)
        course = Course((0.15, 0.5 + 0.4 * loose), chance, 3.0, hops, min(1.0, reach + 0.2), ends=1)
        tools.collect(world, group, course)


def slip(world: World, group: Group) -> None:
    """The least that is seen of everybody: a few logins from each other's machines, or a little money."""
    if "partner_logins" in world.climate.has and ("transfers" not in world.climate.has or world.chance(0.6)):
        tools.chain_machines(world, group, share=(0.01, 0.06), kept=world.between(0.6, 1.0))
    else:
        tools.collect(world, group, Course((0.05, 0.3), (0.08, 0.25), 5.0))


def volume(world: World, group: Group, low: float, high: float) -> int:
    """Orders of a circle of customers: a share of what its shops would sell, and a few at least."""
    usual = world.shop["expected"][group.shops].sum()
    scale = max(usual, 12 * len(group.shops))
    return int(min(world.between(low, high) * scale, 0.012 * world.climate.orders + 8 * len(group.shops)))


def crowd(world: World, group: Group, orders: int, each: tuple[float, float]) -> int:
    """How many share so many orders; the careful are more."""
    return int(np.clip(orders / world.between(*each) * (1 + group.care), 4, 160))


def visits(world: World, group: Group) -> float:
    """At how many of its shops somebody of a gang's circle orders, on average."""
    return 1.4 + world.between(0.3, 2.5) * (0.25 + group.loose)


def fade(world: World, people: Ints, low: float) -> None:
    """Made-up people order elsewhere as well, less than others do."""
    world.person["rate"][people] *= world.rng.uniform(low, 1.2, len(people))


def shell(world: World, group: Group) -> None:
    """Shops without much real custom."""
    n = len(group.shops)
    world.shop["busy"][group.shops] *= world.rng.uniform(0.25 + 0.5 * group.care, 1.0, n)


def sell_in_circle(
    world: World, group: Group, fates: Fates | None, *, low: float = 0.15,
    high: float = 0.7, each: tuple[float, float] = (2.5, 7.0), fresh: float = 0.5, factor: float = 1.0,
    waves: int | None = None, kit: float = 0.5,
) -> tuple[Ints, Sold]:  # fmt: skip
    """A circle of recruits orders at the gang's shops; a share `kit` of what the loose share is machines."""
    rng, loose = world.rng, group.loose
    orders = volume(world, group, low, high)
    n = crowd(world, group, orders, each)
    people = tools.recruit(world, group.shops, n, fresh=fresh, at=group.begin)
    span = group.end - group.begin
    bursts = int(rng.integers(2, 9)) if waves is None and world.chance(0.35 + 0.3 * loose) else (waves or 0)
    custom = Custom(
        orders, visits(world, group), group.begin, group.end, waves=bursts,
        width=0.6 + span * 0.03 * (0.3 + group.care), factor=factor, fates=fates,
        machines=max(1, int(n / world.between(2.5, 6))) if world.chance(0.25 + 0.6 * loose) else 0,
        by_machine=kit * loose * world.between(0.3, 1),
        wallets=max(1, int(n / world.between(2, 5))) if world.chance(0.1 + 0.4 * loose) else 0,
        by_wallet=kit * loose * world.between(0.2, 0.9),
    )  # fmt: skip
    return people, sales.order_together(world, group, people, group.shops, custom)


def bad_odds(world: World, group: Group, worst: float, *, kind: int) -> Fates:
    """Odds of paid, refunded, disputed and defaulted; `kind` is the one that goes wrong (1 to 3)."""
    bad = worst * world.between(0.3, 0.9) * (1 - 0.5 * group.care)
    if not len(group.shops):  # nothing else would be wrong with them
        bad = worst * world.between(0.55, 1.0) * (1 - 0.35 * group.care)
    odds = [1 - bad, 0.04, 0.01, 0.02]
    odds[kind] += bad
    return odds[0], odds[1], odds[2], odds[3]


def robbed(world: World, shops: Ints) -> None:
    """Those shops are honest, and victims of the same people."""
    group = Group("robbed", True, 0.0, shops, 0.0, world.climate.days)
    group.add("partner", "shop", shops)
    world.alike.append(group)
