"""What each order is paid with, what it costs and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.further_worlds.orders import Placed
from benchmarks.further_worlds.plans import OWN
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints

OPEN, PAID, REFUNDED, DISPUTED, DEFAULTED = range(5)
OUTCOMES: Final = ("open", "paid", "refunded", "disputed", "defaulted")


@dataclass(frozen=True)
class Orders:
    """Columns of orders, (n,); moments are seconds from the window's start."""

    consumer: Ints
    partner: Ints
    moment_s: Floats
    device: Ints  # -1: unknown
    account: Ints  # -1: unknown
    amount: Floats
    outcome: Ints
    outcome_s: Floats
    of_ring: Flags


def settle_orders(world: World, placed: Placed) -> Orders:
    """Draw devices, funding accounts, amounts and outcomes."""
    device, account = _identifiers(world, placed)
    amount = _amounts(world, placed)
    chances = _chances(world, placed, amount)
    outcome, outcome_s = _outcomes(world, placed.moment_s, chances)
    return Orders(
        consumer=placed.consumer,
        partner=placed.partner,
        moment_s=placed.moment_s,
        device=device,
        account=account,
        amount=amount,
        outcome=outcome,
        outcome_s=outcome_s,
        of_ring=placed.of_ring,
    )


def _identifiers(world: World, placed: Placed) -> tuple[Ints, Ints]:
    rng, people, habits = world.rng, world.people, world.habits
    consumer, n = placed.consumer, len(placed.consumer)
    second, switch = people.second_device[consumer], people.device_switch_s[consumer]
    later = np.where(np.isfinite(switch), placed.moment_s > switch, rng.random(n) < 0.25)
    own = np.where((second >= 0) & later, second, people.device[consumer])
    device = np.where(placed.device != OWN, placed.device, own)
    device[rng.random(n) < habits.no_device] = -1
    second = people.second_account[consumer]
    own = np.where((second >= 0) & (rng.random(n) < 0.3), second, people.account[consumer])
    account = np.where(placed.account != OWN, placed.account, own)
    account[rng.random(n) < habits.no_account] = -1
    return device, account


def _amounts(world: World, placed: Placed) -> Floats:
    """In the partner's currency, with the ending of its prices."""
    rng, shops, partner, n = world.rng, world.shops, placed.partner, len(placed.partner)
    usual = np.array([trade.amount for trade in world.trades], np.float64)[shops.trade[partner]]
    noise = np.exp(shops.spread[partner] * rng.normal(0, 1, n) * placed.spread)
    amount = usual * shops.price[partner] * noise * placed.scale * _per_euro(world, partner)
    amount = np.maximum(amount, 2.0)
    whole: Floats = np.floor(amount)
    half = whole + rng.choice([0.5, 0.95, 0.49, 0], n)
    odd = whole + np.where(rng.random(n) < 0.5, 0.99, np.round(rng.random(n), 2))
    style = shops.price_style[partner]
    amount = np.select(
        [style == 0, style == 1, style == 2, style == 3], [whole + 0.99, whole, half, odd], amount
    )
    rounded: Floats = np.round(np.maximum(amount, 1), 2)
    return rounded


def _per_euro(world: World, partner: Ints) -> Floats:
    rates = np.array([country.per_euro for country in world.countries])
    each: Floats = rates[world.shops.country[partner]]
    return each


def _chances(world: World, placed: Placed, amount: Floats) -> Floats:
    """(n, 3) of being refunded, disputed, defaulted: by trade, partner and consumer, unless planned."""
    shops, people, habits = world.shops, world.people, world.habits
    consumer, partner, moment = placed.consumer, placed.partner, placed.moment_s
    trade = shops.trade[partner]
    refunded, disputed, defaulted = (
        np.array([getattr(one, name) for one in world.trades])[trade]
        for name in ("refunded", "disputed", "defaulted")
    )
    large = np.clip((amount / _per_euro(world, partner) / 100) ** 0.15, 0.6, 1.6)
    bad = shops.badness[partner]
    refunds = refunded * habits.refund_scale * shops.returns[partner] * people.returns[consumer]
    disputes = disputed * habits.dispute_scale * bad
    defaults = defaulted * habits.default_scale * people.risk[consumer] * bad**0.5 * large
    chances: Floats = np.minimum(np.stack([refunds, disputes, defaults], 1), [0.6, 0.4, 0.45])
    given = ~np.isnan(placed.bad[:, 0])
    chances[given] = placed.bad[given]
    patch = (moment >= shops.bad_since_s[partner]) & (moment < shops.bad_until_s[partner])
    patch &= ~placed.of_ring
    chances[patch] = shops.bad_mix[partner[patch]] + 0.15 * chances[patch]
    chances /= np.maximum(chances.sum(1), 1)[:, None] + 1e-9
    return chances


def _outcomes(world: World, moment: Floats, chances: Floats) -> tuple[Ints, Floats]:
    """How each ends and when; open where that is after the window."""
    rng, n = world.rng, len(moment)
    chance = rng.random(n)
    below = [chance < bound for bound in np.cumsum(chances, 1).T]
    outcome = np.select(below, [REFUNDED, DISPUTED, DEFAULTED], PAID)
    paid = rng.uniform(12, 50, n)
    refunded = 1 + rng.exponential(11, n)
    disputed = 4 + rng.exponential(22, n)
    defaulted = rng.uniform(30, 85, n)
    kinds = [outcome == kind for kind in (PAID, REFUNDED, DISPUTED)]
    ends = moment + np.select(kinds, [paid, refunded, disputed], defaulted) * DAY_S
    return np.where(ends > world.window_s, OPEN, outcome), ends
