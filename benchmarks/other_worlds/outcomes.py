"""What orders are worth, what becomes of them, and what they are made and paid with."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.orders import Orders
from benchmarks.other_worlds.world import (
    DEFAULTED,
    DISPUTED,
    NATURAL,
    OPEN,
    PAID,
    REFUNDED,
    Spell,
    World,
)
from benchmarks.writing.units import Floats, Ints

DELAYS: Final = ((PAID, 9, 0.9), (REFUNDED, 8, 0.7), (DISPUTED, 22, 0.6), (DEFAULTED, 38, 0.35))
"""Outcome, median of the days until it is known, sigma."""
MOST_BAD: Final = 0.92


class SettledOrders(NamedTuple):
    """Columns of orders, (n,), by moment; device and account are -1 where unknown, `known_s` nan."""

    consumer: Ints
    partner: Ints
    moment_s: Floats
    device: Ints
    account: Ints
    amount: Floats
    outcome: Ints
    known_s: Floats


def settle_orders(world: World, orders: Orders) -> SettledOrders:
    """The orders with everything that tables say of them."""
    amount = _amounts(world, orders)
    outcome, known = _outcomes(world, orders)
    device = _devices(world, orders)
    account = _accounts(world, orders)
    order = np.argsort(orders.moment_s, kind="stable")
    columns = (*orders[:3], device, account, amount, outcome, known)
    return SettledOrders(*(one[order] for one in columns))


def _amounts(world: World, orders: Orders) -> Floats:
    """In the partner's style: .99, whole, halves, any, or a menu of prices."""
    rng, shops, partner, n = world.rng, world.partners, orders.partner, len(orders.partner)
    amount = shops.median[partner] * np.exp(shops.sigma[partner] * rng.normal(0, 1, n)) * orders.scale
    style = shops.price_style[partner].copy()
    style[rng.random(n) < 0.2] = 3
    menu = style == 4
    shop, median = partner[menu], shops.median[partner[menu]]
    rung = np.round(np.log(amount[menu] / median) / 0.28)
    price = median * np.exp(rung * 0.28 + ((shop * 31 + rung * 17) % 7) * 0.01)
    amount[menu] = np.round(price, 1) - 0.05 * (shop % 2)
    amount[style == 0] = np.floor(amount[style == 0]) + 0.99
    amount[style == 1] = np.ceil(amount[style == 1])
    amount[style == 2] = np.round(amount[style == 2] * 2) / 2
    return np.round(np.maximum(amount, 0.5), 2)


def _outcomes(world: World, orders: Orders) -> tuple[Ints, Floats]:
    """What becomes of orders, and when that is known."""
    rng, moment, n = world.rng, orders.moment_s, len(orders.moment_s)
    refund, dispute, default = _chances(world, orders)
    u = rng.random(n)
    bad = np.where(u < refund + dispute + default, DEFAULTED, PAID)
    bad = np.where(u < refund, REFUNDED, np.where(u < refund + dispute, DISPUTED, bad)).astype(np.int8)
    outcome = np.where(orders.outcome == NATURAL, bad, orders.outcome)
    delay = np.empty(n)
    for kind, median, sigma in DELAYS:
        own = outcome == kind
        delay[own] = np.exp(rng.normal(np.log(median), sigma, own.sum()))
    known = moment + delay * DAY_S + 600
    late = known >= world.window_s - 3600
    outcome[late], known[late] = OPEN, np.nan
    known[rng.random(n) < world.habits.undated] = np.nan
    return outcome, known


def _chances(world: World, orders: Orders) -> tuple[Floats, Floats, Floats]:
    """(n,) each, of a refund, a dispute and a default."""
    shops, people = world.partners, world.consumers
    partner, consumer = orders.partner, orders.consumer
    chances = (
        shops.refunds[partner] * people["refunds"][consumer],
        shops.disputes[partner] * people["defaults"][consumer],
        shops.defaults[partner] * people["defaults"][consumer],
    )
    order = np.argsort(partner, kind="stable")
    start = np.searchsorted(partner[order], np.arange(world.n_partners))
    end = np.searchsorted(partner[order], np.arange(world.n_partners), side="right")
    for spell in world.spells:
        rows = order[start[spell.partner] : end[spell.partner]]
        moment = orders.moment_s[rows]
        _turn(spell, rows[(moment >= spell.since_s) & (moment < spell.until_s)], chances)
    total = chances[0] + chances[1] + chances[2]
    factor = np.where(total > MOST_BAD, MOST_BAD / total.clip(1e-9), 1)
    refund, dispute, default = (one * factor for one in chances)
    return refund, dispute, default


def _turn(spell: Spell, rows: Ints, chances: tuple[Floats, Floats, Floats]) -> None:
    """Change the chances of those rows as the spell says."""
    refund, dispute, default = chances
    factor = spell.factor
    if factor >= 0:
        dispute[rows] *= factor
        default[rows] *= 1 + (factor - 1) * (0.5 if spell.kind else 1)
        refund[rows] *= 1 + (factor - 1) * 0.4
    elif spell.kind == 1:
        dispute[rows] = np.maximum(dispute[rows], -factor)
    elif spell.kind == 2:
        default[rows] = np.maximum(default[rows], -factor)
    else:
        dispute[rows] += -factor * 0.4
        default[rows] += -factor * 0.4
        refund[rows] += -factor * 0.2


def _devices(world: World, orders: Orders) -> Ints:
    """The consumer's device, its second one, a common one, the shop's till, or the planned one."""
    rng, people, shops = world.rng, world.consumers, world.partners
    consumer, partner, n = orders.consumer, orders.partner, len(orders.partner)
    before = orders.moment_s < people["swapped_s"][consumer]
    device = np.where(before, people["device"][consumer], people["later_device"][consumer])
    second = people["second_device"][consumer]
    use = (rng.random(n) < people["second_share"][consumer]) & (second >= 0)
    device[use] = second[use]
    use = rng.random(n) < people["hub_share"][consumer]
    device[use] = people["hub"][consumer[use]]
    use = rng.random(n) < shops.till_share[partner]
    device[use] = shops.till[partner[use]]
    device = np.where(orders.device >= 0, orders.device, device)
    device[rng.random(n) < shops.no_device[partner]] = -1
    return device


def _accounts(world: World, orders: Orders) -> Ints:
    """The account that pays: the consumer's, its second one, a common one, or the planned one."""
    rng, people, consumer, n = world.rng, world.consumers, orders.consumer, len(orders.consumer)
    first = rng.random(n) < 0.8
    account = np.where(first, people["account"][consumer], people["second_account"][consumer])
    use = rng.random(n) < people["common_share"][consumer]
    account[use] = people["common_account"][consumer[use]]
    account = np.where(orders.account >= 0, orders.account, account)
    account[rng.random(n) < world.partners.no_account[orders.partner]] = -1
    return account
