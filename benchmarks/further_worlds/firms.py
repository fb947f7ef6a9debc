"""Honest partners with something in common: an owner, a brand, a book-keeper, an account, a past."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.further_worlds.groups import add_group, between, spread
from benchmarks.further_worlds.plans import Level, to, to_any, to_own
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Ints

SHARES = ((0.75, 0.97), (0.6, 0.95), (0.4, 0.85))
DELAYS = ((0.1, 1.5), (0.2, 3.5), (0.3, 6))


def add_franchise(world: World) -> None:
    """Branches of one brand, with a common till supplier and fees to the head office."""
    rng, shops = world.rng, world.shops
    country = world.a_country()
    partners = world.pick(between(world, 3, 12), country=country)
    if partners is None:
        return
    shops.trade[partners] = shops.trade[partners[0]]
    shops.stem[partners] = shops.stem[partners[0]]
    shops.branch[partners] = True
    some = rng.random(len(partners)) < 0.8
    device = world.new_devices(1, "desktop")[0]
    shops.devices[partners[some], 1] = device
    office = world.new_account(country)
    share = (0.05, 0.12) if rng.random() < 0.6 else (0.5, 0.9)
    world.pass_on(partners, (0, world.window_s), share, 0.6, [to(office)], (0.2, 4))
    if rng.random() < 0.3:
        _pay_into_one(world, partners)
    add_group(world, "franchise", partner=partners, device=device, bank_account=office)


def _pay_into_one(world: World, partners: Ints) -> None:
    shops = world.shops
    shops.account[partners] = shops.later_account[partners] = shops.account[partners[0]]


def add_owner(world: World) -> None:
    """Several shops of one owner; some are poor traders, some go under with all of them."""
    rng, shops, window = world.rng, world.shops, world.window_s
    country = world.a_country()
    partners = world.pick(between(world, 2, 6), country=country)
    if partners is None:
        return
    first = partners[0]
    _share_as_owners_do(world, partners)
    if rng.random() < 0.25:
        shops.badness[partners] *= spread(world, 1.8, 3.2)
    fails = rng.random() < 0.15
    if fails:
        moment = spread(world, 0.3, 0.95) * window
        for one in partners:
            if shops.opens[one] < moment - 60 * DAY_S and shops.closes[one] > moment:
                world.go_under(one, moment + spread(world, -3, 3) * DAY_S)
    _buy_at_own_shops(world, partners)
    kind = "insolvency" if fails else "owner_several_shops"
    add_group(world, kind, partner=partners, device=shops.devices[first, 0])


def _share_as_owners_do(world: World, partners: Ints) -> None:
    shops, first = world.shops, partners[0]
    device, account, purse, name = world.rng.random(4)
    if device < 0.55:
        shops.devices[partners, 0] = shops.devices[first, 0]
    else:
        for one in partners[1:]:
            span = max(shops.opens[one], 0), world.window_s
            world.log_in(one, shops.devices[first, 0], between(world, 1, 4), span)
    if account < 0.45:
        _pay_into_one(world, partners)
    if purse < 0.6:
        shops.owner[partners] = shops.owner[first]
        shops.owner_draws[partners] = True
    if name < 0.5:
        shops.legal_stem[partners] = shops.legal_stem[first]


def _buy_at_own_shops(world: World, partners: Ints) -> None:
    """Some honest owners do now and then."""
    rng, shops = world.rng, world.shops
    if rng.random() >= 0.5:
        return
    n = int(rng.integers(2, 7))
    buyers = world.ordinary_people(2, [shops.country[partners[0]]])
    where = rng.choice(partners, n)
    if len(buyers):
        consumers = rng.choice(buyers, n)
        moment = world.at_hours(world.any_time(where), where)
        world.plan(consumers, where, moment, device=shops.devices[partners[0], 0])


def add_facilitator(world: World) -> None:
    """Partners paid through one intermediary's account."""
    rng, shops = world.rng, world.shops
    n = between(world, 15, 60)
    partners = world.pick_any(n, country=world.a_country() if rng.random() < 0.6 else None)
    if partners is None:
        return
    account = world.new_account(shops.country[partners[0]])
    steady = shops.account[partners] == shops.later_account[partners]
    may = ~shops.in_ring[partners] | (shops.soft[partners] & (rng.random(len(partners)) < 0.7))
    partners = partners[steady & may]
    shops.account[partners] = shops.later_account[partners] = account
    add_group(world, "facilitator", partner=partners, bank_account=account)


def add_book_keeper(world: World) -> None:
    """One desktop from which many partners' books are kept."""
    rng, shops, window = world.rng, world.shops, world.window_s
    partners = world.pick_any(between(world, 8, 40), country=world.a_country())
    if partners is None:
        return
    device = world.new_devices(1, "desktop")[0]
    for one in partners:
        n = between(world, 2, 12)
        since = max(shops.opens[one], 0)
        until = max(min(shops.sells_until[one], window), shops.opens[one] + DAY_S, DAY_S)
        moment = np.sort(rng.uniform(since, until, n))
        world.logins.append((np.full(n, one), np.full(n, device), moment))
    add_group(world, "bookkeeper", partner=partners, device=device)


def add_factoring_house(world: World) -> None:
    """A factoring house, supplier or holding that collects over one to three hops."""
    rng, shops, window = world.rng, world.shops, world.window_s
    n = between(world, 4, 30)
    partners = world.pick_any(n, country=world.a_country() if rng.random() < 0.7 else None)
    if partners is None:
        return
    partners = partners[~shops.in_ring[partners]]
    if len(partners) < 3:
        return
    country = shops.country[partners[0]]
    house = world.new_account(country, new=rng.random() < 0.3)
    many = between(world, 1, 3)
    holding = world.new_accounts(many, country, new=rng.random() < 0.3)
    own = {int(x): world.new_account(shops.country[x], new=rng.random() < 0.3) for x in partners}
    hops: list[list[Level]] = [
        [],
        [to_own(own)],
        [to_any(rng, holding)],
        [to_own(own), to_any(rng, holding)],
    ]
    levels = [*hops[rng.integers(0, 4)], to(house)]
    since = max(spread(world, -0.2, 0.6) * window, 0)
    until = min(window, since + spread(world, 60, 400) * DAY_S)
    share, chance = SHARES[between(world, 0, 2)], spread(world, 0.5, 0.95)
    delay, parts = DELAYS[between(world, 0, 2)], between(world, 1, 2)
    world.pass_on(partners, (since, until), share, chance, levels, delay, parts)
    drain = world.new_account(country)
    world.flow(house, drain, (since, window), between(world, 3, 20))
    add_group(world, "factoring", partner=partners, bank_account=house)


def add_trade_circle(world: World) -> None:
    """Firms that pay each other in a ring."""
    rng, shops = world.rng, world.shops
    partners = world.pick(between(world, 3, 6), country=world.a_country())
    if partners is None:
        return
    following = {int(one): int(after) for one, after in zip(partners, np.roll(partners, -1), strict=True)}

    def to_next(partner: int) -> int:
        return int(shops.account[following[partner]])

    def to_second(partner: int) -> int:
        return int(shops.account[following[following[partner]]])

    chance = rng.uniform(0.3, 0.8)
    levels = [to_next, to_second][: between(world, 1, 2)]
    world.pass_on(partners, (0, world.window_s), (0.15, 0.7), chance, levels, (0.3, 6))
    add_group(world, "trade_circle", partner=partners)


def add_relaunch(world: World) -> None:
    """An honest shop that closes and opens anew, with some of its customers."""
    rng, shops = world.rng, world.shops
    n = 2 if rng.random() < 0.8 else 3
    partners = world.pick(n, country=world.a_country())
    if partners is None:
        return
    first = partners[0]
    _open_in_turn(world, partners)
    shops.weight[partners[1:]] = shops.weight[first] * np.exp(rng.normal(0, 0.3, n - 1))
    name, account, device, legal_name = rng.random(4)
    if name < 0.6:
        shops.stem[partners] = shops.stem[first]
    if account < 0.6:
        _pay_into_one(world, partners)
    if device < 0.7:
        shops.devices[partners, 0] = shops.devices[first, 0]
    else:
        for before, one in pairwise(partners):
            many, opens = between(world, 1, 4), shops.opens[one]
            world.log_in(one, shops.devices[before, 0], many, (opens, opens + 40 * DAY_S))
    if legal_name < 0.6:
        shops.legal_stem[partners] = shops.legal_stem[first]
    if rng.random() < 0.45 and np.isfinite(shops.closes[first]):  # the last weeks went badly
        world.go_under(first, shops.sells_until[first], spread(world, 0.15, 0.6))
    buyers = world.ordinary_people(between(world, 10, 40), [shops.country[first]], shops.city[first])
    if len(buyers):
        orders = len(buyers) * between(world, 2, 4)
        where = rng.choice(partners, orders)
        consumers = rng.choice(buyers, orders)
        world.plan(consumers, where, world.at_hours(world.any_time(where), where))
    add_group(world, "honest_relaunch", partner=partners)


def _open_in_turn(world: World, partners: Ints) -> None:
    shops, window, first = world.shops, world.window_s, partners[0]
    for column in (shops.country, shops.city, shops.trade):
        column[partners] = column[first]
    shops.online[partners] = shops.online[first]
    opens = spread(world, -0.3, 0.3) * window
    for one in partners:
        ends = opens + spread(world, 80, 260) * DAY_S
        shops.opens[one] = opens
        shops.switch_s[one] = np.inf
        shops.later_account[one] = shops.account[one]
        if one != partners[-1] and ends < window - 20 * DAY_S:
            shops.closes[one], shops.sells_until[one] = ends + spread(world, 0, 6) * DAY_S, ends
        else:
            shops.closes[one], shops.sells_until[one] = np.inf, window
        opens = min(ends + spread(world, 1, 45) * DAY_S, window - 15 * DAY_S)
