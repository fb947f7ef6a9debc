"""What each order costs, how it ends, and what it is paid from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.fourth_worlds.plans import Orders
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints

OUTCOMES: Final = ("refunded", "disputed", "defaulted", "paid", "open")
REFUNDED, DISPUTED, DEFAULTED, PAID, OPEN = range(5)
MOST: Final = 0.98
"""The most that the chances of a bad end may come to."""


@dataclass(frozen=True)
class Settled:
    """Columns of orders, (n,). `end` is how each ends at last; at the window's end it may still be open."""

    consumer: Ints
    partner: Ints
    moment: Floats
    amount: Floats
    end: Ints
    end_moment: Floats
    device: Ints  # -1: unknown
    account: Ints  # -1: unknown
    of_ring: Flags


def settle_orders(world: World, orders: Orders, n_ordinary: int) -> Settled:
    """Draw amounts, ends, devices and accounts."""
    amount = _amounts(world, orders)
    limits = np.cumsum(_bad_chances(world, orders, n_ordinary), axis=1)
    drawn = world.rng.random(len(amount))[:, None]
    end = (drawn >= limits).sum(1)
    return Settled(
        consumer=orders.consumer,
        partner=orders.partner,
        moment=orders.moment,
        amount=amount,
        end=end,
        end_moment=orders.moment + _delays(world, orders, end),
        device=_devices(world, orders),
        account=_accounts(world, orders),
        of_ring=orders.of_ring,
    )


def _amounts(world: World, orders: Orders) -> Floats:
    """Around the partner's price, mostly in the partner's way to set prices."""
    rng, shops, n = world.rng, world.shops, len(orders.partner)
    spread = shops.price_sd[orders.partner] * rng.normal(0, 1, n)
    amount = shops.price[orders.partner] * np.exp(spread) * orders.amount_factor
    units = np.maximum(np.floor(amount), 1)
    style = shops.price_style[orders.partner]
    ways = [(style == way) & (rng.random(n) < share) for way, share in enumerate((0.8, 0.7, 0.8))]
    ended = [units + 0.99, units + rng.choice([0.95, 0.9, 0.5], n), units]
    amount = np.select(ways, ended, np.maximum(amount, 0.8))
    final: Floats = np.where(np.isnan(orders.fixed_amount), amount, orders.fixed_amount)
    return np.round(final, 2)


def _bad_chances(world: World, orders: Orders, n_ordinary: int) -> Floats:
    """(n, 3) chances of refunded, disputed and defaulted."""
    settings, shops, people = world.settings, world.shops, world.people
    partner, consumer = orders.partner, orders.consumer
    trades = np.array([[one.refunded, one.disputed, one.defaulted] for one in world.trades])

    def chance(column: int, of_shop: Floats, of_person: Floats, target: float) -> Floats:
        relative = trades[shops.trade[partner], column] * of_shop[partner] * of_person[consumer]
        usual: Floats = np.clip(relative * target / relative[:n_ordinary].mean(), 0, 0.85)
        return usual

    refunded = chance(0, shops.refund_factor, np.minimum(people.refund_factor, 14), settings.refunded)
    refunded = np.clip(refunded * orders.refund_factor, 0, 0.9)
    shop_disputes, shop_defaults = np.minimum(shops.dispute_factor, 14), np.minimum(shops.default_factor, 14)
    disputed = chance(1, shop_disputes, np.minimum(people.dispute_factor, 30), settings.disputed)
    defaulted = chance(2, shop_defaults, np.minimum(people.default_factor, 10), settings.defaulted)

    cannot_pay = orders.moment > people.fails_from[consumer]
    defaulted = np.maximum(defaulted, np.where(cannot_pay, people.fail_chance[consumer], 0))
    in_trouble = orders.moment > shops.trouble_from[partner]
    disputed = np.maximum(disputed, np.where(in_trouble, shops.trouble_chance[partner], 0))
    unlucky = shops.bad_luck[partner]
    disputed = np.maximum(disputed, unlucky[:, 0] * np.clip(people.dispute_factor[consumer], 0.3, 3) ** 0.5)
    defaulted = np.maximum(defaulted, unlucky[:, 1] * np.clip(people.default_factor[consumer], 0.3, 3) ** 0.5)

    anyway = np.stack([refunded, disputed, defaulted], 1)
    chances = np.where(np.isnan(orders.bad), anyway, np.maximum(orders.bad, 0.25 * anyway))
    total = chances.sum(1, keepdims=True)
    bounded: Floats = chances * np.minimum(1, MOST / np.maximum(total, MOST))
    return bounded


def _delays(world: World, orders: Orders, end: Ints) -> Floats:
    """Days from the order to its end; shops have terms of payment of their own."""
    rng, n = world.rng, len(end)
    term = rng.choice([2.0, 14.0, 30.0, 30.0, 60.0], world.n_partners)[orders.partner]
    refund, dispute, default = (rng.gamma(2, days, n) for days in (7, 16, 18))
    paid = np.maximum(term + rng.normal(-2, 6, n), 0.02 + rng.random(n) * 3)
    ways = [end == REFUNDED, end == DISPUTED, end == DEFAULTED]
    return np.select(ways, [3 + refund, 8 + dispute, term + 25 + default], paid)


def _devices(world: World, orders: Orders) -> Ints:
    """The consumer's first or second device or the phone that replaced it, or the ring's; -1: unknown."""
    rng, people, consumer, n = world.rng, world.people, orders.consumer, len(orders.consumer)
    swapped = (orders.moment > people.swaps[consumer]) & (people.new_device[consumer] >= 0)
    own = np.where(swapped, people.new_device[consumer], people.device[consumer])
    second = (people.second_device[consumer] >= 0) & (rng.random(n) < people.second_share[consumer])
    own = np.where(second, people.second_device[consumer], own)
    unknown = rng.random(n) < world.shops.no_device[orders.partner]
    return np.where(orders.device >= 0, orders.device, np.where(unknown, -1, own))


def _accounts(world: World, orders: Orders) -> Ints:
    """The consumer's first or second account, or the ring's; -1: unknown."""
    rng, people, consumer, n = world.rng, world.people, orders.consumer, len(orders.consumer)
    second = (people.second_account[consumer] >= 0) & (rng.random(n) < 0.3)
    own = np.where(second, people.second_account[consumer], people.account[consumer])
    seldom = world.shops.no_account[orders.partner]
    unknown, hidden = rng.random(n) < seldom, rng.random(n) < 0.25 * seldom
    of_ring = np.where(hidden, -1, orders.account)
    return np.where(orders.account >= 0, of_ring, np.where(unknown, -1, own))
