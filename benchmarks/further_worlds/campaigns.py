"""Rings whose partners live through one campaign: what each typology adds to them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.further_worlds.plans import Level, Ring, to, to_any, to_own
from benchmarks.further_worlds.ring_orders import fake_orders, order_from_office, recruit_shills
from benchmarks.further_worlds.units import DAY_S, Span
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Ints

SIZES: Final = {
    "shared_control": (3, 8),
    "collusive_circle": (3, 8),
    "bust_out": (2, 7),
    "money_funnel": (3, 9),
    "money_cycle": (3, 7),
}
"""Partners of a ring: at least, fewer than."""
BAD: Final = (0.67, 0.54, 0.44)
"""The share of a ring's orders that ends badly, by care."""


def control_fronts(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    """One operator behind several fronts."""
    rng, care, n = world.rng, ring.care, len(partners)
    (_share_much, _share_in_a_chain, _share_by_slips)[care](world, ring, partners, span)
    shills = recruit_shills(world, ring, int(n * rng.uniform(6, 14)), partners, span[0])
    fake_orders(world, ring, shills, partners, span, BAD[care], stick=True)
    if care > 0:
        order_from_office(world, partners, shills, span, int(rng.integers(2, 6)))


def _share_much(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    rng, shops, n, first = world.rng, world.shops, len(partners), partners[0]
    together = partners[: int(np.ceil(n * rng.uniform(0.6, 1)))]
    shops.account[together] = shops.later_account[together] = shops.account[first]
    ring.add("bank_account", shops.account[first])
    own = shops.devices[partners, 0]
    shops.devices[partners, 0] = np.where(rng.random(n) < 0.85, shops.devices[first, 0], own)
    ring.add("device", shops.devices[first, 0])
    own = shops.legal_stem[partners]
    shops.legal_stem[partners] = np.where(rng.random(n) < 0.5, shops.legal_stem[first], own)


def _share_in_a_chain(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    rng, shops = world.rng, world.shops
    for before, one in pairwise(partners):
        way = rng.random()
        if way < 0.4:
            shops.switch_s[one] = span[0] - rng.uniform(0, 25) * DAY_S
            shops.later_account[one] = shops.account[before]
            ring.add("bank_account", shops.account[before])
        elif way < 0.8:
            shops.devices[one, 2] = shops.devices[before, 0]
            ring.add("device", shops.devices[before, 0])
        else:
            shops.owner[one] = shops.owner[before]
            shops.owner_draws[[one, before]] = True
            ring.add("bank_account", shops.owner[one])


def _share_by_slips(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    rng, shops, (since, until) = world.rng, world.shops, span
    for place, one in enumerate(partners[1:], 1):
        if rng.random() < 0.55:
            device = shops.devices[partners[int(rng.integers(0, place))], 0]
            world.log_in(one, device, int(rng.integers(1, 4)), (since - 30 * DAY_S, until))
        else:
            hub = shops.owner[partners[0]]
            ring.add("bank_account", hub)
            shops.owner_draws[[partners[0], one]] = True
            world.flow(shops.owner[one], hub, span, int(rng.integers(2, 5)))


def buy_in_a_circle(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    """The same buyers at all fronts."""
    rng, shops, care = world.rng, world.shops, ring.care
    shops.soft[partners] = True
    shills = recruit_shills(world, ring, int(rng.uniform(14, 55)), partners, span[0])
    each = rng.uniform(2.2, 4.5)
    shills = fake_orders(world, ring, shills, partners, span, BAD[care], each=each)
    if care < 2 and rng.random() < 0.6:
        world.log_in(partners[1], shops.devices[partners[0], 0], 3, span)
        ring.add("device", shops.devices[partners[0], 0])
    if rng.random() < 0.35:  # the shills have their share
        levels = [to_any(rng, world.people.account[shills])]
        later = span[0], span[1] + 15 * DAY_S
        world.pass_on(partners, later, (0.1, 0.3), 0.5, levels, (0.5, 6), 3)


def bust_out(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    """Much is sold in a few weeks to buyers who never pay, and the partner is gone."""
    rng, shops, window, care = world.rng, world.shops, world.window_s, ring.care
    n, country = len(partners), shops.country[partners[0]]
    collector = world.new_account(country, new=True)
    ring.add("bank_account", collector)
    shills = recruit_shills(world, ring, int(n * rng.uniform(6, 14)), partners, span[0])
    for place, one in enumerate(partners):
        shift = rng.uniform(0, (3, 15, 40)[care]) * DAY_S
        since, until = span[0] + shift, min(span[1] + shift, window - 32 * DAY_S)
        common = rng.random(len(shills)) < (0.6, 0.4, 0.3)[care]
        buyers = shills[common | (np.arange(len(shills)) % n == place)]
        here = np.array([one])
        fake_orders(world, ring, buyers, here, (since, until), BAD[care], ramp=True, volume=1.15)
        if rng.random() < 0.55:
            shops.closes[one] = min(until + rng.uniform(2, 25) * DAY_S, window - 0.5 * DAY_S)
            shops.sells_until[one] = min(until, shops.closes[one])
        elif rng.random() < 0.6:
            shops.sells_until[one] = until + rng.uniform(0, 6) * DAY_S
        _turn_payouts(world, ring, one, since, collector)


def _turn_payouts(world: World, ring: Ring, partner: int, since_s: float, collector: int) -> None:
    """From shortly before on, payouts go to the collector, or to a new account that forwards to it."""
    rng, shops, care = world.rng, world.shops, ring.care
    if care == 0 and rng.random() < 0.6:
        shops.switch_s[partner] = since_s - rng.uniform(0, 6) * DAY_S
        shops.later_account[partner] = collector
        return
    account = world.new_account(shops.country[ring.members["partner"][0]], new=rng.random() < 0.5)
    shops.switch_s[partner] = since_s - rng.uniform(1, 25) * DAY_S
    shops.later_account[partner] = account
    ring.add("bank_account", account)
    world.pass_on(
        np.array([partner]),
        (since_s, world.window_s),
        (0.6, 0.95) if care < 2 else (0.35, 0.7),
        0.9 if care < 2 else 0.6,
        [to(collector)],
        ((0.1, 2), (0.3, 5), (0.5, 9))[care],
        2 if care == 2 else 1,
    )


def funnel_money(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    """Payouts are passed on to one collector, over `care` + 1 hops."""
    rng, shops, window, care = world.rng, world.shops, world.window_s, ring.care
    country = shops.country[partners[0]]
    collector = world.new_account(country, new=rng.random() < 0.5)
    own = {int(x): world.new_account(shops.country[x], new=rng.random() < 0.4) for x in partners}
    common = world.new_accounts(int(rng.integers(2, 4)), country)
    hops: list[list[Level]] = [[], [to_own(own)], [to_own(own), to_any(rng, common)]]
    ring.add("bank_account", collector)
    if care:
        ring.add("bank_account", list(own.values()))
    if care == 2:
        ring.add("bank_account", common)
    since = max(span[0] - rng.uniform(0, 60) * DAY_S, 0)
    until = min(span[1] + rng.uniform(20, 80) * DAY_S, window)
    world.pass_on(
        partners,
        (since, until),
        ((0.75, 0.97), (0.6, 0.95), (0.4, 0.85))[care],
        (0.95, 0.8, 0.6)[care],
        [*hops[care], to(collector)],
        ((0.1, 1.5), (0.2, 3.5), (0.3, 6))[care],
        (1, 1, 2)[care],
    )
    drain = world.new_account(country)
    world.flow(collector, drain, (since, until), int(rng.integers(3, 12)))
    shills = recruit_shills(world, ring, int(len(partners) * rng.uniform(5, 11)), partners, span[0])
    fake_orders(world, ring, shills, partners, span, BAD[care] * 0.9, stick=True, volume=0.9)


def cycle_money(world: World, ring: Ring, partners: Ints, span: Span) -> None:
    """Payouts go back to the buyers, who order again and mostly pay."""
    rng, shops, care = world.rng, world.shops, ring.care
    shills = recruit_shills(world, ring, int(rng.uniform(10, 36)), partners, span[0])
    bad, each = (0.2, 0.14, 0.1)[care], rng.uniform(2.5, 6)
    shills = fake_orders(world, ring, shills, partners, span, bad, volume=1.1, each=each)
    mules = world.new_accounts(1 + care, shops.country[partners[0]], new=rng.random() < 0.4)
    if care:
        ring.add("bank_account", mules)
    accounts = world.people.account[shills]

    def to_a_mule(partner: int) -> int:
        return int(mules[partner % len(mules)])

    def to_a_sister(_: int) -> int:
        return int(shops.account[rng.choice(partners)])

    hops: list[list[Level]] = [[], [to_any(rng, mules)], [to_a_mule, to_a_sister]]
    world.pass_on(
        partners,
        (max(span[0] - 10 * DAY_S, 0), span[1] + 10 * DAY_S),
        ((0.6, 0.95), (0.5, 0.85), (0.3, 0.65))[care],
        (0.95, 0.85, 0.7)[care],
        [*hops[care], to_any(rng, accounts)],
        ((0.05, 1.5), (0.2, 3), (0.3, 4))[care],
        (3, 3, 2)[care],
    )
    ring.add("bank_account", np.unique(accounts))


CAMPAIGNS: Final[dict[str, Callable[[World, Ring, Ints, Span], None]]] = {
    "shared_control": control_fronts,
    "collusive_circle": buy_in_a_circle,
    "bust_out": bust_out,
    "money_funnel": funnel_money,
    "money_cycle": cycle_money,
}
