"""The trades of gangs, each by the tools that it takes."""

from __future__ import annotations

import numpy as np

from benchmarks.fifteenth_worlds import cover, sales, tools
from benchmarks.fifteenth_worlds.sales import Custom
from benchmarks.fifteenth_worlds.tools import Course
from benchmarks.fifteenth_worlds.world import Group, World


def bust_out(world: World, group: Group) -> None:
    """Shops win trust, then sell much dearer things that never come, and are gone with the money."""
    rng, shops, n = world.rng, group.shops, len(group.shops)
    spread = 4 + 0.5 * group.care * (group.end - group.begin)
    begin = np.clip(group.end - rng.uniform(0, spread, n) - 15, 10, world.climate.days - 8)
    end = begin + world.between(8, 25) * (1 + group.care)
    many = np.minimum(world.shop["expected"][shops] * world.between(0.15, 0.6), 400).astype(np.int64) + 4
    sales.rush(world, shops, many, begin, end, factor=1 + world.between(0.1, 1.2) * group.loose, new=0.2)
    tools.turn_bad(
        world,
        shops,
        begin - 4,
        end + 20,
        disputed=world.between(0.12, 0.5) * (1 - 0.4 * group.care),
        refunded=world.between(0, 0.1),
    )
    tools.close(world, shops, end + rng.uniform(5, 40, n), 0.2 + 0.4 * group.loose)
    group.end = float(begin.min())
    cover.sell_in_circle(world, group, None, low=0.05, high=0.25, each=(2, 5), fresh=0.3, kit=0.4)
    if "transfers" in world.climate.has:
        chance = 0.3 + 0.5 * group.loose
        tools.collect(world, group, Course((0.4, 0.9), (chance * 0.5, chance), 1.5, int(rng.integers(0, 3))))
    cover.knots(world, group, money=False)


def straw_shells(world: World, group: Group) -> None:
    """One operator behind shops of straw men; made-up customers order on credit and never pay."""
    cover.shell(world, group)
    people, _ = cover.sell_in_circle(
        world, group, cover.bad_odds(world, group, 0.8, kind=3), fresh=0.7 * group.loose + 0.15
    )
    cover.fade(world, people, 0.1)
    if world.chance(group.loose * 0.4):
        tools.lend_name(world, tools.some_of(world, group.shops, 0.5))
    cover.knots(world, group)


def credit_extraction(world: World, group: Group) -> None:
    """Real people are hired to order at the limit for nothing; shops hand them a part, they do not pay."""
    fates = cover.bad_odds(world, group, 0.75, kind=3)
    _, sold = cover.sell_in_circle(
        world, group, fates, each=(1.5, 3.5), fresh=0.1, factor=world.between(1.0, 2.2), kit=0.1
    )
    sales.pay_back(world, sold, share=(0.2, 0.6), chance=0.1 + 0.3 * group.loose, lag=2 + 8 * group.care)
    cover.knots(world, group)


def triangulation(world: World, group: Group) -> None:
    """The public is sent what was ordered elsewhere under stolen names, which is disputed there."""
    rng, n = world.rng, len(group.shops)
    many = np.minimum(world.shop["expected"][group.shops] * 0.4, 150).astype(np.int64) + 3
    low, high = np.full(n, group.begin), np.full(n, group.end)
    sales.rush(world, group.shops, many, low, high, factor=world.between(0.7, 1.0))
    shops = tools.rich_shops(world, int(rng.integers(3, 12)))
    orders = int(np.clip(many.sum() * world.between(0.3, 0.8), 20, 900))
    people = tools.recruit(
        world, shops, cover.crowd(world, group, orders, (2, 6)), fresh=0.75, at=group.begin
    )
    cover.fade(world, people, 0.05)
    custom = Custom(
        orders, 1 + 2 * group.loose, group.begin, group.end, fates=cover.bad_odds(world, group, 0.9, kind=2),
        machines=max(2, len(people) // 4), by_machine=0.25 + 0.5 * group.loose,
    )  # fmt: skip
    sales.order_together(world, group, people, shops, custom, role="stolen_name")
    cover.robbed(world, shops)
    # the machines that order elsewhere are those that run the shops, if only now and then
    pool = np.array(sorted(group.roles[("device", "customers")]))
    if "partner_logins" in world.climate.has:
        chosen = tools.some_of(world, group.shops, 0.5 + 0.5 * group.loose)
        world.logins_of.add(
            shop=chosen,
            device=pool[rng.integers(0, min(3, len(pool)), len(chosen))],
            begin=group.begin,
            end=group.end,
            share=rng.uniform(0.02, 0.1 + 0.4 * group.loose, len(chosen)),
        )
    cover.sell_in_circle(world, group, None, low=0.05, high=0.15, fresh=0.2, kit=0.3)
    cover.knots(world, group)


def refund_carousel(world: World, group: Group) -> None:
    """A circle orders and is refunded at one shop after another; the payouts have gone on by then."""
    fates = cover.bad_odds(world, group, 0.7, kind=1)
    cover.sell_in_circle(world, group, fates, each=(4, 9), fresh=0.35, factor=world.between(1, 1.6))
    if "transfers" in world.climate.has:
        tools.collect(world, group, Course((0.3, 0.7), (0.2, 0.4 + 0.5 * group.loose), 1.5, hops=1))
    cover.knots(world, group, money=False)


def laundering(world: World, group: Group) -> None:
    """Money goes round: accounts fund customers, who pay duly at fake shops, whose payouts return."""
    cover.shell(world, group)
    fates = (0.97, 0.02, 0.003, 0.007)
    people, sold = cover.sell_in_circle(
        world, group, fates, low=0.3, high=1.0, each=(5, 14), fresh=0.3, kit=0.35
    )
    cover.fade(world, people, 0.3)
    hops = int(world.rng.integers(0, 3))
    chance = (0.2 + 0.2 * group.loose, 0.4 + 0.5 * group.loose)
    ends = tools.collect(world, group, Course((0.5, 0.9), chance, 2.0, hops, ends=1 + int(3 * group.care)))
    sales.fund(world, ends, sold, chance=0.08 + 0.4 * group.loose, lag=3 + 10 * group.care)
    cover.knots(world, group, money=False)


def mule_chain(world: World, group: Group) -> None:
    """Stolen cards are spent at the gang's shops; the money runs through mules to where it is drawn."""
    fates = cover.bad_odds(world, group, 0.7, kind=2)
    people, _ = cover.sell_in_circle(world, group, fates, each=(1.2, 3), fresh=0.5, kit=0.7)
    cover.fade(world, people, 0.2)
    if "transfers" in world.climate.has:
        chance = (0.25, 0.5 + 0.5 * group.loose)
        tools.collect(world, group, Course((0.4, 0.9), chance, 1.0, int(world.rng.integers(1, 4)), ends=2))
    cover.knots(world, group, money=False)


def phoenix(world: World, group: Group) -> None:
    """A shop fails its customers, ends, and comes back under another name with the same people behind it."""
    rng, shops = world.rng, group.shops
    parallel = len(shops) > 5 and world.chance(0.6)
    lines = np.array_split(shops, 2) if parallel else [shops]
    for line in lines:
        ends = tools.succeed(world, line, gap=(-20 - 30 * group.care, 30), custom=world.between(0.1, 0.6))
        length = world.between(20, 50)
        tools.turn_bad(
            world,
            line,
            ends - length,
            ends,
            disputed=world.between(0.08, 0.35),
            refunded=world.between(0, 0.1),
        )
        part = Group(group.name, False, group.care, line, group.begin, group.end, group.roles)
        odds = 0.3 + 0.6 * group.loose
        tools.hand_over(world, part, machine=odds, account=odds * 0.4)
    group.begin, group.end = 5.0, world.climate.days
    cover.sell_in_circle(world, group, None, low=0.05, high=0.25, each=(3, 8), fresh=0.15, waves=0, kit=0.2)
    if rng.random() < 0.3 * group.loose:
        tools.lend_name(world, shops)
    cover.knots(world, group)


def promo_abuse(world: World, group: Group) -> None:
    """A farm of new accounts orders the least that earns a bonus at shops that are in on it."""
    fates = (0.75, 0.17 * world.between(0.3, 1.3), 0.01, 0.05)
    people, sold = cover.sell_in_circle(
        world,
        group,
        fates,
        low=0.25,
        high=0.9,
        each=(1.5, 3.5),
        fresh=0.9,
        factor=world.between(0.25, 0.8),
        kit=0.9,
    )
    cover.fade(world, people, 0.02 + 0.3 * group.care)
    if world.chance(0.5):
        sales.pay_back(world, sold, share=(0.5, 0.9), chance=0.06 + 0.25 * group.loose, lag=6.0)
    cover.knots(world, group)


def takeover(world: World, group: Group) -> None:
    """Accounts of honest customers, taken over, are spent within days at the gang's shops, and disputed."""
    rng, loose = world.rng, group.loose
    orders = cover.volume(world, group, 0.15, 0.6)
    n = cover.crowd(world, group, orders, (1.5, 3.5))
    people = tools.recruit(world, group.shops, n, fresh=0.0, at=group.begin)
    custom = Custom(
        orders,
        cover.visits(world, group),
        group.begin,
        group.end,
        waves=int(rng.integers(3, 12)),
        width=0.5 + 4 * group.care,
        factor=world.between(1.0, 2.0),
        fates=cover.bad_odds(world, group, 0.85, kind=2),
        machines=max(2, int(n / world.between(2, 6))),
        by_machine=0.3 + 0.6 * loose,
    )
    victims = Group("taken_over", True, group.care, group.shops, group.begin, group.end)
    sales.order_together(world, victims, people, group.shops, custom)
    group.add("device", "takers", sorted(victims.roles.pop(("device", "customers"))))
    world.alike.append(victims)
    cover.sell_in_circle(world, group, None, low=0.04, high=0.12, fresh=0.2, kit=0.3)
    cover.knots(world, group)


def dropship_scam(world: World, group: Group) -> None:
    """Cheap storefronts, short-lived, from one back office and one supplier; much of it disappoints."""
    rng, shops, n = world.rng, group.shops, len(group.shops)
    begin = world.open_from(shops)
    end = begin + world.between(40, 160) * rng.uniform(0.6, 1.4, n)
    many = np.minimum(world.shop["expected"][shops] * world.between(0.3, 1.0), 300).astype(np.int64) + 5
    sales.rush(world, shops, many, begin, end, factor=world.between(0.6, 1.1), new=0.3)
    tools.turn_bad(
        world, shops, begin, end + 10, disputed=world.between(0.05, 0.2), refunded=world.between(0.05, 0.25)
    )
    tools.close(world, shops, end + 10, 0.25 + 0.35 * group.loose)
    if "transfers" in world.climate.has:
        tools.collect(world, group, Course((0.2, 0.5), (0.3, 0.8), 4.0), role="supplier")
    cover.sell_in_circle(world, group, None, low=0.04, high=0.15, each=(1.5, 4), fresh=0.5, kit=0.4)
    cover.knots(world, group, money=False)


def cash_advance(world: World, group: Group) -> None:
    """Shops sell money: regulars order, get it back less a fee, and order at the next to repay."""
    fates = cover.bad_odds(world, group, 0.3, kind=3)
    _, sold = cover.sell_in_circle(
        world, group, fates, low=0.3, high=0.9, each=(5, 12), fresh=0.05, factor=1.3, waves=0, kit=0.05
    )
    sales.pay_back(
        world, sold, share=(0.75, 0.92), chance=0.12 + 0.35 * group.loose, lag=0.6 + 4 * group.care
    )
    cover.knots(world, group)


def payout_pool(world: World, group: Group) -> None:
    """Shops that seem to have nothing in common end in one pocket; friends dispute what they received."""
    rng = world.rng
    cover.sell_in_circle(
        world, group, cover.bad_odds(world, group, 0.5, kind=2), low=0.1, high=0.4, fresh=0.3, kit=0.3
    )
    share = (0.05 + 0.2 * group.loose, 0.2 + 0.8 * group.loose)
    for _ in range(1 + len(group.shops) // 5):
        tools.use_account(world, group, share=share, reach=world.between(0.25, 0.6))
    if "transfers" in world.climate.has:
        tools.collect(world, group, Course((0.3, 0.8), (0.2, 0.7), 3.0, int(rng.integers(0, 2)), 0.7, 2))
    cover.knots(world, group, money=False)


def circular_trade(world: World, group: Group) -> None:
    """Owners order at each other's shops on credit and settle in a circle, until all fall at once."""
    rng, shops = world.rng, group.shops
    fates = cover.bad_odds(world, group, 0.55, kind=3)
    turn = group.begin + 0.6 * (group.end - group.begin)
    last = group.end
    group.end = turn
    people, _ = cover.sell_in_circle(
        world, group, (0.95, 0.03, 0.01, 0.01), low=0.1, high=0.5, each=(6, 14), fresh=0.1, waves=0, kit=0.2
    )
    group.end = last
    late = Custom(max(10, len(people)), cover.visits(world, group), turn, last, factor=1.5, fates=fates)
    sales.order_together(world, group, people, shops, late)
    order = rng.permutation(shops)
    world.flows.add(
        shop=order, account=world.shop["account"][np.roll(order, 1)], share=rng.uniform(0.1, 0.5, len(order)),
        chance=rng.uniform(0.1, 0.2 + 0.5 * group.loose, len(order)), lag=3.0, begin=group.begin, end=last,
    )  # fmt: skip
    group.add("bank_account", "circle", world.shop["account"][order])
    cover.knots(world, group, money=False)


def _at_honest_shops(world: World, group: Group, kind: int, worst: float, fresh: float, n: int) -> None:
    rng, loose = world.rng, group.loose
    shops = tools.rich_shops(world, int(rng.integers(4, 16)))
    people = tools.recruit(world, shops, n, fresh=fresh, at=group.begin)
    custom = Custom(
        int(n * world.between(3, 8)), 2 + 2.5 * loose * world.between(0.4, 1), group.begin,
        group.begin + (group.end - group.begin) * (0.3 + 0.7 * group.care), waves=int(rng.integers(0, 6)),
        width=1 + 6 * group.care, factor=world.between(1, 1.9),
        fates=cover.bad_odds(world, group, worst, kind=kind),
        machines=max(1, int(n / world.between(2, 5))), by_machine=0.15 + 0.6 * loose * world.between(0.4, 1),
        wallets=max(1, int(n / world.between(2, 5))), by_wallet=0.05 + 0.4 * loose * world.between(0.2, 1),
    )  # fmt: skip
    sales.order_together(world, group, people, shops, custom, role="member")
    cover.robbed(world, shops)
    if fresh > 0.5:
        cover.fade(world, people, 0.1 + 0.4 * group.care)


def refund_abuse(world: World, group: Group) -> None:
    """People who claim refunds for what they keep, at the same large shops, with each other's means."""
    _at_honest_shops(world, group, 1, 0.85, world.between(0.05, 0.4), int(world.rng.integers(5, 16)))


def credit_abuse(world: World, group: Group) -> None:
    """Made-up people order on credit at honest shops until nobody lends to them."""
    _at_honest_shops(world, group, 3, 0.95, world.between(0.5, 0.95), int(world.rng.integers(5, 16)))


def dispute_circle(world: World, group: Group) -> None:
    """Friends who pass on which shops do not fight a dispute."""
    _at_honest_shops(world, group, 2, 0.8, world.between(0.0, 0.3), int(world.rng.integers(5, 14)))
