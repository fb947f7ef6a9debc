"""Honest firms that hold several shops, or whose shops fare alike, for reasons of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.fifteenth_worlds import sales, tools
from benchmarks.fifteenth_worlds.climate import Ints
from benchmarks.fifteenth_worlds.sales import Custom, Fates, Sold
from benchmarks.fifteenth_worlds.tools import Course
from benchmarks.fifteenth_worlds.world import Group, World

Kind = Callable[[World, Group], None]


def circle(
    world: World,
    group: Group,
    shops: Ints,
    *,
    low: float,
    high: float,
    each: tuple[float, float],
    fresh: float,
    visits: float,
    factor: float = 1.0,
    fates: Fates | None = None,
    waves: int = 0,
    lent: float = 0.0,
    role: str = "customer",
) -> Sold:
    """Customers in common; `lent` is how much they order from each other's machines and accounts."""
    usual = max(float(world.shop["expected"][shops].sum()), 12.0 * len(shops))
    orders = int(min(world.between(low, high) * usual, 0.012 * world.climate.orders + 8 * len(shops)))
    n = int(np.clip(orders / world.between(*each), 4, 160))
    people = tools.recruit(world, shops, n, fresh=fresh, at=group.begin)
    custom = Custom(
        orders,
        visits,
        group.begin,
        group.end,
        waves=waves,
        width=world.between(0.5, 6),
        factor=factor,
        fates=fates,
        machines=max(1, int(n / world.between(2, 6))) if lent else 0,
        by_machine=lent,
        wallets=max(1, int(n / world.between(2, 6))) if lent and world.chance(0.4) else 0,
        by_wallet=lent * 0.7,
    )
    return sales.order_together(world, group, people, shops, custom, role=role)


def _back_office(world: World, group: Group) -> None:
    """What owners of several shops have in common, more or less of it."""
    share = (0.05, 0.2 + 0.8 * group.loose)
    tools.use_machine(
        world, group, share=share, reach=world.between(0.5, 1.0), machines=int(world.rng.integers(1, 3))
    )
    if world.chance(0.65):
        tools.use_account(world, group, share=(0.05, 1.0), reach=world.between(0.4, 1.0))
    if world.chance(0.5):
        hops = int(world.rng.integers(0, 2))
        tools.collect(
            world, group, Course((0.2, 0.9), (0.1, 0.8), 4.0, hops, world.between(0.5, 1)), role="owner"
        )


def owner_chain(world: World, group: Group) -> None:
    """One owner of several shops, whose regulars go to them all."""
    _back_office(world, group)
    circle(
        world,
        group,
        group.shops,
        low=0.05,
        high=0.4,
        each=(3, 9),
        fresh=0.2,
        visits=world.between(1.5, 3),
        lent=world.between(0, 0.2),
    )


def insolvent_owner(world: World, group: Group) -> None:
    """An owner whose shops fail together: what was ordered last never comes, and they close."""
    rng, shops, n = world.rng, group.shops, len(group.shops)
    _back_office(world, group)
    circle(world, group, shops, low=0.05, high=0.3, each=(3, 8), fresh=0.2, visits=world.between(1.3, 2.5))
    begin = np.clip(group.end - rng.uniform(0, 30, n), 10, world.climate.days - 8)
    many = np.minimum(world.shop["expected"][shops] * world.between(0.02, 0.3), 300).astype(np.int64)
    sales.rush(world, shops, many, begin - 10, begin + 15, factor=world.between(0.6, 1.0))  # all must go
    tools.turn_bad(
        world,
        shops,
        begin - 15,
        begin + 40,
        disputed=world.between(0.1, 0.5),
        refunded=world.between(0, 0.15),
    )
    tools.close(world, shops, begin + rng.uniform(10, 40, n), world.between(0.5, 1.0))


def franchise(world: World, group: Group) -> None:
    """One name, one head office that signs in everywhere and takes its part, opened one by one."""
    tools.use_machine(
        world, group, share=(0.02, 0.4), reach=1.0, machines=int(world.rng.integers(1, 4)), role="head_office"
    )
    tools.collect(world, group, Course((0.05, 0.3), (0.3, 0.9), 6.0), role="head_office")
    circle(
        world, group, group.shops, low=0.02, high=0.2, each=(3, 8), fresh=0.1, visits=world.between(1.2, 2)
    )
    if world.chance(0.8):
        tools.lend_name(world, group.shops)


def seasonal(world: World, group: Group) -> None:
    """Stalls of one season: a rush together, tired customers, and shut until the next year or for good."""
    rng, shops, n = world.rng, group.shops, len(group.shops)
    begin = np.clip(group.begin + rng.normal(0, 4, n), 1, world.climate.days - 20)
    length = world.between(15, 60)
    many = np.minimum(world.shop["expected"][shops] * world.between(0.3, 1.3), 500).astype(np.int64) + 5
    sales.rush(world, shops, many, begin, begin + length, factor=world.between(0.9, 1.5), new=0.3)
    tools.turn_bad(
        world,
        shops,
        begin,
        begin + length + 10,
        disputed=world.between(0, 0.08),
        refunded=world.between(0, 0.2),
    )
    tools.close(world, shops, begin + length + 15, world.between(0.1, 0.7))
    circle(world, group, shops, low=0.03, high=0.2, each=(2, 5), fresh=0.3, visits=world.between(1.3, 2.6))
    if world.chance(0.5):
        tools.use_machine(world, group, share=(0.05, 0.6), reach=world.between(0.4, 1))


def factoring(world: World, group: Group) -> None:
    """Shops that have sold their claims: payouts go on at once, whole, to a factor, or straight to it."""
    course = Course((0.6, 0.98), (0.5, 1.0), 0.8, int(world.rng.integers(0, 2)))
    tools.collect(world, group, course, role="factor")
    if world.chance(0.4):
        tools.use_account(world, group, share=(0.3, 1.0), reach=world.between(0.3, 0.8))


def migration(world: World, group: Group) -> None:
    """A firm is taken up anew under another number, with its machines, its account and its customers."""
    tools.succeed(world, group.shops, gap=(-25, 20), custom=world.between(0.2, 0.9))
    tools.hand_over(world, group, machine=0.8, account=0.6)
    group.begin, group.end = 2.0, world.climate.days
    circle(
        world, group, group.shops, low=0.05, high=0.3, each=(4, 10), fresh=0.1, visits=world.between(1.5, 3)
    )
    if world.chance(0.6):
        tools.lend_name(world, group.shops)


def failed_heir(world: World, group: Group) -> None:
    """A trade taken over from one who failed, and again: poor luck with honest people, one after another."""
    ends = tools.succeed(world, group.shops, gap=(-5, 60), custom=world.between(0.05, 0.5))
    length = world.between(10, 40)
    tools.turn_bad(
        world,
        group.shops,
        ends - length,
        ends,
        disputed=world.between(0.05, 0.3),
        refunded=world.between(0, 0.1),
    )
    tools.hand_over(world, group, machine=0.4, account=0.1)


def family_business(world: World, group: Group) -> None:
    """Relatives with a shop each, who order at each other's and help out with money and machines."""
    rng, shops = world.rng, group.shops
    order = rng.permutation(shops)
    world.flows.add(
        shop=order,
        account=world.shop["account"][np.roll(order, 1)],
        share=rng.uniform(0.05, 0.5, len(order)),
        chance=rng.uniform(0.05, 0.4, len(order)),
        lag=4.0,
        begin=-np.inf,
        end=np.inf,
    )
    group.add("bank_account", "relative", world.shop["account"][order])
    tools.chain_machines(world, group, share=(0.02, 0.5), kept=world.between(0.5, 1))
    fates = (0.85, 0.05, 0.01, 0.09) if world.chance(0.3) else None
    circle(
        world,
        group,
        shops,
        low=0.05,
        high=0.35,
        each=(5, 13),
        fresh=0.05,
        visits=world.between(2, 4),
        lent=world.between(0, 0.4),
        fates=fates,
    )


def staff_benefit(world: World, group: Group) -> None:
    """Staff of a house of several shops order there and are paid there: wages look like something back."""
    share = world.between(0.1, 0.5)
    sold = circle(
        world,
        group,
        group.shops,
        low=0.1,
        high=0.6,
        each=(3, 10),
        fresh=0.05,
        visits=world.between(1.2, 2.6),
        factor=0.8,
    )
    sales.pay_back(
        world, sold, share=(share, share + 0.5), chance=world.between(0.2, 0.7), lag=world.between(1, 15)
    )
    if world.chance(0.6):
        tools.use_machine(world, group, share=(0.05, 0.7), reach=world.between(0.5, 1))


def buy_back(world: World, group: Group) -> None:
    """Dealers in used things, who pay customers for what they bring and sell to them."""
    sold = circle(
        world,
        group,
        group.shops,
        low=0.15,
        high=0.8,
        each=(3, 9),
        fresh=0.1,
        visits=world.between(1.3, 3),
        factor=1.2,
    )
    sales.pay_back(world, sold, share=(0.3, 0.9), chance=world.between(0.2, 0.7), lag=world.between(0.5, 8))


def savings_club(world: World, group: Group) -> None:
    """An association whose chest funds members' orders at shops that it has agreed with and that pay it."""
    ends = tools.collect(
        world, group, Course((0.1, 0.8), (0.2, 0.8), 5.0, ends=int(world.rng.integers(1, 3))), role="chest"
    )
    sold = circle(
        world,
        group,
        group.shops,
        low=0.2,
        high=0.9,
        each=(4, 12),
        fresh=0.1,
        visits=world.between(1.5, 3.5),
        fates=(0.96, 0.02, 0.005, 0.015),
    )
    sales.fund(world, ends, sold, chance=world.between(0.1, 0.5), lag=world.between(2, 12))


def opening_offer(world: World, group: Group) -> None:
    """A first order nearly for nothing: crowds of new people at some shops, small sums, some sent back."""
    waves = int(world.rng.integers(1, 6))
    fates = (0.78, 0.15, 0.01, 0.06) if world.chance(0.6) else None
    circle(
        world,
        group,
        group.shops,
        low=0.3,
        high=1.0,
        each=(1.5, 4),
        fresh=0.85,
        visits=world.between(1.3, 2.8),
        factor=world.between(0.3, 0.8),
        waves=waves,
        lent=world.between(0.0, 0.5),
        fates=fates,
    )
    if world.chance(0.4):
        tools.use_machine(world, group, share=(0.02, 0.4), reach=world.between(0.5, 1))


def late_supplier(world: World, group: Group) -> None:
    """Shops of one supplier that did not deliver: disputes at all of them at once, then as before."""
    n = len(group.shops)
    tools.collect(world, group, Course((0.2, 0.6), (0.3, 0.8), 4.0), role="supplier")
    begin = group.begin + world.rng.normal(0, 3, n)
    tools.turn_bad(
        world,
        group.shops,
        begin,
        begin + world.between(10, 60),
        disputed=world.between(0.08, 0.45),
        refunded=world.between(0, 0.2),
    )


def poor_quarter(world: World, group: Group) -> None:
    """Shops that lend to people who cannot pay, the same people in all of them."""
    bad = world.between(0.15, 0.55)
    lent = world.between(0.0, 0.5)
    circle(
        world,
        group,
        group.shops,
        low=0.2,
        high=0.7,
        each=(3, 9),
        fresh=0.2,
        visits=world.between(1.5, 3.5),
        fates=(1 - bad, 0.05, 0.02, bad),
        lent=lent,
    )


def targeted(world: World, group: Group) -> None:
    """Small honest shops that strangers with stolen cards chose one after another."""
    bad = world.between(0.4, 0.95)
    strangers = Group("thieves", True, 0.0, group.shops, group.begin, group.end)
    circle(
        world,
        strangers,
        group.shops,
        low=0.1,
        high=0.4,
        each=(1.2, 3),
        fresh=0.6,
        visits=world.between(1.2, 3),
        waves=int(world.rng.integers(0, 5)),
        fates=(1 - bad, 0.03, bad, 0.05),
        factor=world.between(1, 2),
        lent=world.between(0.1, 0.8),
    )


def weak_trade(world: World, group: Group) -> None:
    """Importers of poor goods, alike and in good faith: one supplier, many things go back, some close."""
    n = len(group.shops)
    tools.collect(world, group, Course((0.2, 0.5), (0.3, 0.8), 4.0), role="supplier")
    begin = world.open_from(group.shops)
    tools.turn_bad(
        world,
        group.shops,
        begin,
        np.inf,
        disputed=world.between(0.02, 0.15),
        refunded=world.between(0.05, 0.3),
    )
    tools.close(world, group.shops, begin + world.rng.uniform(40, 300, n), 0.3)
    if world.chance(0.5):
        tools.use_machine(world, group, share=(0.02, 0.5), reach=world.between(0.4, 1))


OWN: Final[dict[str, Kind]] = {
    kind.__name__: kind
    for kind in (
        owner_chain,
        insolvent_owner,
        franchise,
        seasonal,
        factoring,
        migration,
        failed_heir,
        family_business,
        staff_benefit,
        buy_back,
        savings_club,
        opening_offer,
        late_supplier,
        poor_quarter,
        targeted,
        weak_trade,
    )
}
"""Groups that hold their shops for themselves."""
