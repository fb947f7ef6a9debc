"""Transfers between bank accounts: the everyday ones of shops and people, and the rings'."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.fourth_worlds.payouts import Payouts
from benchmarks.fourth_worlds.plans import Forwarding
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Floats, Ints

MOST_FORWARDED = 120
"""So many payouts of a partner at most are passed on."""


@dataclass(frozen=True)
class Transfers:
    """Columns of transfers, (n,)."""

    source: Ints
    target: Ints
    moment: Floats
    amount: Floats


@dataclass
class _Bank:
    """Collects transfers; drops what lies outside the window or moves nothing."""

    world: World
    parts: list[Transfers] = field(default_factory=list)

    def move(self, source: Ints, target: Ints, moment: Floats, amount: Floats) -> None:
        done = (moment > 0) & (moment < self.world.window) & (source != target) & (amount > 0.5)
        self.parts.append(Transfers(source[done], target[done], moment[done], np.round(amount[done], 2)))

    def regularly(
        self,
        source: Ints,
        target: Ints,
        times: ArrayLike,
        amount: ArrayLike,
        *,
        since: ArrayLike = 0.0,
        until: ArrayLike | None = None,
        sd: float = 0.5,
        rounded: float = 0.25,
    ) -> None:
        """Between each pair about so many transfers, around an amount, of which a share is rounded."""
        rng, n = self.world.rng, len(source)
        begins = np.broadcast_to(np.asarray(since, np.float64), n)
        ends = np.broadcast_to(np.asarray(self.world.window if until is None else until, np.float64), n)
        pair = np.repeat(np.arange(n), rng.poisson(np.broadcast_to(np.asarray(times), n)))
        moment = begins[pair] + rng.random(len(pair)) * (ends - begins)[pair]
        usual = np.broadcast_to(np.asarray(amount, np.float64), n)[pair]
        drawn = usual * np.exp(rng.normal(0, sd, len(pair)))
        self.move(source[pair], target[pair], moment, self.rounded(drawn, rounded))

    def rounded(self, amount: Floats, share: float = 0.3) -> Floats:
        """A share of the amounts as multiples of 50."""
        fifties = np.maximum(np.round(amount / 50) * 50, 50)
        return np.where(self.world.rng.random(len(amount)) < share, fifties, amount)


def draw_transfers(world: World, payouts: Payouts) -> Transfers:
    """All of them; new accounts come into being on the way."""
    bank = _Bank(world)
    if world.transfers:
        source, target = (np.array([one[side] for one in world.transfers]) for side in (0, 1))
        moment, amount = (np.array([one[side] for one in world.transfers], np.float64) for side in (2, 3))
        bank.move(source.astype(np.int64), target.astype(np.int64), moment, bank.rounded(amount))
    for forwarding in world.forwardings:
        for place, partner in enumerate(forwarding.partners.tolist()):
            _pass_on(bank, payouts, forwarding, place, partner)
    business = _pay_for_business(bank)
    _owners_draw(bank, payouts)
    for sweep in world.sweeps:
        _sweep(bank, payouts, sweep)
    hubs = _people_pay(bank)
    _ring_accounts_live(bank, np.concatenate([hubs, business]))
    columns = ("source", "target", "moment", "amount")
    return Transfers(*(np.concatenate([getattr(part, one) for part in bank.parts]) for one in columns))


def _pass_on(bank: _Bank, payouts: Payouts, plan: Forwarding, place: int, partner: int) -> None:
    """A ring's payouts run through its layers of accounts; each takes a part and some days."""
    world, rng = bank.world, bank.world.rng
    mine = payouts.of(partner)
    in_time = (payouts.moment[mine] > plan.since) & (payouts.moment[mine] < plan.until)
    chosen = mine[in_time & (rng.random(len(mine)) < plan.share)]
    chosen = np.sort(world.dice.some(chosen, MOST_FORWARDED))
    chosen = chosen if len(chosen) else mine[-2:]
    if not len(chosen):
        return
    part = rng.dirichlet(np.full(plan.parts, 4.0), len(chosen)).ravel()
    source, moment = (
        np.repeat(payouts.account[chosen], plan.parts),
        np.repeat(payouts.moment[chosen], plan.parts),
    )
    kept = payouts.amount[chosen] * plan.kept * rng.uniform(0.8, 1, len(chosen))
    amount = np.repeat(kept, plan.parts) * part
    layers = list(plan.layers)
    if plan.in_circle:
        neighbour = plan.partners[(place + 1) % len(plan.partners)]
        layers.append(world.shops.account[[neighbour]])
    for layer in layers:
        usual = place * len(layer) // len(plan.partners)
        strays = rng.random(len(source)) >= world.rates.chance("mule_chain: keeps to its mule", 0.8)
        target = layer[np.where(strays, rng.integers(0, len(layer), len(source)), usual)]
        moment = moment + rng.exponential(plan.delay, len(source))
        bank.move(source, target, moment, bank.rounded(amount, 0.2))
        amount = amount * rng.uniform(0.88, 0.99, len(amount))
        in_window = moment < world.window - 0.1
        source, moment, amount = target[in_window], moment[in_window], amount[in_window]


def _pay_for_business(bank: _Bank) -> Ints:
    """Partners pay suppliers, rent, taxes and wages; the accounts of suppliers and landlords."""
    world, rng, dice, shops, n = (
        bank.world,
        bank.world.rng,
        bank.world.dice,
        bank.world.shops,
        bank.world.n_partners,
    )
    everybody = np.arange(n)
    since, until = shops.sells_from, shops.sells_until
    months = np.maximum(until - since, 1) / 30
    revenue = world.revenue(everybody) / np.maximum(months, 0.5)
    suppliers = world.new_accounts(_countries(world, n // 9 + 1))
    suppliers = np.concatenate([suppliers, shops.account[rng.integers(0, n, n // 20 + 1)]])
    renown = rng.pareto(1.2, len(suppliers)) + 0.2
    country = np.concatenate(world.account_country)[suppliers]
    for _ in range(3):
        payers = np.flatnonzero(rng.random(n) < 0.6)
        target = np.empty(len(payers), np.int64)
        for one in np.unique(shops.country[payers]):
            mine, there = shops.country[payers] == one, np.flatnonzero(country == one)
            pool = there if len(there) else np.arange(len(suppliers))
            weight = renown[pool] / renown[pool].sum()
            target[mine] = suppliers[rng.choice(pool, mine.sum(), p=weight)]
        bank.regularly(
            shops.account[payers],
            target,
            months[payers] * dice.uniform(0.2, 1.2),
            revenue[payers] * dice.uniform(0.05, 0.25),
            since=since[payers],
            until=until[payers],
        )
    landlords = world.new_accounts(_countries(world, n // 14 + 1))
    payers = np.flatnonzero(rng.random(n) < 0.5)
    target = rng.choice(landlords, len(payers))
    span = {"since": since[payers], "until": until[payers]}
    times, amount = 0.8 * months[payers], 0.12 * revenue[payers]
    bank.regularly(shops.account[payers], target, times, amount, sd=0.1, rounded=0.6, **span)
    taxes = world.new_accounts(np.arange(len(world.countries)))[shops.country]
    bank.regularly(shops.account, taxes, months / 3, 0.3 * revenue, since=since, until=until)
    employer = np.repeat(everybody, rng.poisson(0.8, n))
    staff = world.people.account[world.buyers(shops.country[employer])]
    wages = 1500 * world.currency_rate()[shops.country[employer]]
    span = {"since": since[employer], "until": until[employer]}
    bank.regularly(shops.account[employer], staff, 0.8 * months[employer], wages, sd=0.2, rounded=0.3, **span)
    return np.concatenate([suppliers, landlords])


def _owners_draw(bank: _Bank, payouts: Payouts) -> None:
    """Owners move some payouts to an own account, and on to savings: a short honest chain."""
    world, rng, shops, n = bank.world, bank.world.rng, bank.world.shops, bank.world.n_partners
    share = np.where(rng.random(n) < world.settings.owner_draws, rng.beta(1, 2, n), 0)
    drawn = np.flatnonzero(rng.random(len(payouts.partner)) < share[payouts.partner])
    partner = payouts.partner[drawn]
    private = world.people.account[shops.owner]
    apart = np.flatnonzero(rng.random(n) < 0.5)
    private[apart] = world.new_accounts(shops.country[apart])
    part, delay = rng.uniform(0.15, 0.97, n), rng.uniform(0.3, 6, n)
    moment = payouts.moment[drawn] + rng.exponential(delay[partner])
    amount = payouts.amount[drawn] * part[partner] * rng.uniform(0.8, 1, len(drawn))
    bank.move(payouts.account[drawn], private[partner], moment, bank.rounded(amount))
    savings = world.new_accounts(_countries(world, n // 12 + 1))
    own_savings = savings[rng.integers(0, len(savings), n)]
    saved = rng.random(len(drawn)) < 0.35
    later = moment[saved] + rng.exponential(3, saved.sum())
    rest = bank.rounded(amount[saved] * rng.uniform(0.3, 0.97, saved.sum()))
    bank.move(private[partner[saved]], own_savings[partner[saved]], later, rest)


def _sweep(bank: _Bank, payouts: Payouts, plan: Forwarding) -> None:
    """A head office collects a fixed part of most payouts."""
    rng = bank.world.rng
    mine = np.concatenate([payouts.of(partner) for partner in plan.partners.tolist()])
    mine = mine[rng.random(len(mine)) < plan.share]
    moment = payouts.moment[mine] + rng.exponential(plan.delay, len(mine))
    office = np.repeat(plan.layers[0], len(mine))
    bank.move(payouts.account[mine], office, moment, payouts.amount[mine] * plan.kept)


def _people_pay(bank: _Bank) -> Ints:
    """Consumers pay each other, and large companies, whose accounts these are."""
    world, rng, people, n = bank.world, bank.world.rng, bank.world.people, bank.world.n_consumers
    payer = rng.integers(0, n, int(n * world.dice.uniform(0.3, 0.7)))
    friend = people.account[world.buyers(people.country[payer])]
    rate = world.currency_rate()[people.country]
    times = world.dice.uniform(0.5, 2.5)
    bank.regularly(people.account[payer], friend, times, 60 * rate[payer], sd=1.1, rounded=0.5)
    payer = rng.integers(0, n, n // 6)
    hubs = world.new_accounts(_countries(world, 60))
    company = rng.choice(hubs, len(payer))
    bank.regularly(people.account[payer], company, world.window / 60, 200 * rate[payer], sd=0.8, rounded=0.3)
    return hubs


def _ring_accounts_live(bank: _Bank, companies: Ints) -> None:
    """Most accounts of rings also pay and receive as any account does."""
    world, rng, dice = bank.world, bank.world.rng, bank.world.dice
    accounts = np.array(
        sorted({one for ring in world.rings for one in ring.members["bank_account"]}), np.int64
    )
    used = accounts[rng.random(len(accounts)) < world.rates.chance("ring accounts look used", 0.7)]
    rate = world.currency_rate()[np.concatenate(world.account_country)[used]]
    bank.regularly(used, rng.choice(companies, len(used)), dice.whole(2, 9), 300 * rate, sd=0.9)
    friends = world.people.account[rng.integers(0, world.n_consumers, len(used))]
    bank.regularly(friends, used, dice.whole(1, 4), 150 * rate, sd=0.9)


def _countries(world: World, n: int) -> Ints:
    return world.rng.choice(len(world.countries), n, p=world.country_share)
