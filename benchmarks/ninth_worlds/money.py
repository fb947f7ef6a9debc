"""Payouts, logins and transfers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.ninth_worlds.units import COUNTRIES
from benchmarks.ninth_worlds.world import STAFF_DEVICES, Lease, World
from benchmarks.writing.events import Book, Logins, Payouts, Transfers
from benchmarks.writing.units import NO_INTS, NONE, REFUNDED, Flags, Floats, Ints, joined, only, within_runs


def merged(leases: list[Lease]) -> Lease:
    """All leases as one."""
    none = Lease(NO_INTS, NO_INTS, np.empty(0), np.empty(0), np.empty(0))
    return joined([none, *leases])


def pay_out(world: World, book: Book) -> Payouts:
    """What a partner has sold, less a fee and refunds, at the end of each period; leases say where to."""
    rng, firms = world.rng, world.firms
    period = firms.period[book.firm]
    turn = (book.t / period).astype(np.int64)
    key, row = np.unique(book.firm * 1000 + turn, return_inverse=True)
    total = np.bincount(row, np.where(book.outcome == REFUNDED, 0.0, book.amount))
    firm = key // 1000
    t = (key % 1000 + 1) * firms.period[firm] + rng.uniform(0.05, 1.2, len(key))
    kept = (total > 0) & (t < world.days)
    firm, t, total = firm[kept], t[kept], total[kept]
    account = firms.account[firm]
    lease = merged(world.payees)
    place, at = _pairs(firm, t, lease, rng.random(len(lease.firm)))
    taken = rng.random(len(at)) < lease.strength[place]
    account[at[taken]] = lease.unit[place[taken]]
    return Payouts(firm, t, account, np.maximum(1, np.round(total * rng.uniform(0.95, 0.99, len(t)), 2)))


def _pairs(firm: Ints, t: Floats, lease: Lease, order: Floats) -> tuple[Ints, Ints]:
    """Pairs of lease and row of the partner's, sorted by it, within the lease's time; leases by `order`."""
    rank = np.argsort(order, kind="stable")
    first = np.searchsorted(firm, lease.firm[rank])
    count = np.searchsorted(firm, lease.firm[rank], "right") - first
    place = np.repeat(rank, count)
    row = np.repeat(first, count) + within_runs(count)
    inside = (t[row] >= lease.begin[place]) & (t[row] <= lease.end[place] + 35)
    return place[inside], row[inside]


def log_in(world: World) -> Logins:
    """All logins, from own machines and from those of organisations."""
    rng, firms, settings = world.rng, world.firms, world.settings
    low, high = world.opening(), world.ending()
    months = (high - low) / 30
    count = 1 + rng.poisson(firms.log_ins * months)
    firm = np.repeat(np.arange(len(firms)), count)
    place = rng.choice(STAFF_DEVICES, len(firm), p=[0.65, 0.25, 0.1])
    device = firms.devices[firm, place]
    device = np.where(device == NONE, firms.devices[firm, 0], device)
    t = low[firm] + rng.random(len(firm)) * (high - low)[firm]
    lease = merged(world.machines)
    span = lease.end - lease.begin
    many = 3 + rng.poisson(lease.strength * np.minimum(1.5 * firms.log_ins[lease.firm] * span / 30, 60))
    row = np.repeat(np.arange(len(many)), many)
    firm = np.concatenate([firm, lease.firm[row]])
    device = np.concatenate([device, lease.unit[row]])
    t = np.concatenate([t, lease.begin[row] + rng.random(len(row)) * span[row]])
    t = np.floor(t) + np.clip(rng.normal(13, 4, len(t)), 0.1, 23.9) / 24
    t = np.clip(t, low[firm] + 0.005, np.maximum(low[firm] + 0.01, high[firm] - 0.005))
    seen = rng.random(len(t)) < settings.see_log_in
    return Logins(firm[seen], device[seen], t[seen])


def transfer(world: World, payouts: Payouts) -> Transfers:
    """Leases to collectors and what they pass on, owners' and suppliers' money, friends', organisations'."""
    rng, settings, firms = world.rng, world.settings, world.firms
    parts = [_collected(world, payouts)]
    parts.append(_onward(world, parts[0]))
    parts += [_swept(world, payouts), _chatter(world)]
    rate = np.array([one[2] for one in COUNTRIES])[settings.countries]
    home = float(rate[np.bincount(firms.country).argmax()])
    parts += [replace(one, amount=one.amount * home) for one in world.moves]
    every = joined(parts)
    seen = (every.t > 0) & (every.t < world.days) & (every.source != every.target)
    seen &= rng.random(len(seen)) < settings.see_transfer
    sent = only(every, seen)
    return replace(sent, amount=np.maximum(0.5, np.round(sent.amount, 2)))


def _collected(world: World, payouts: Payouts) -> Transfers:
    """Part of what is paid out goes on to the organisation's accounts; the first ones always do."""
    rng, lease = world.rng, merged(world.collectors)
    place, row = _pairs(payouts.firm, payouts.t, lease, rng.random(len(lease.firm)))
    often = rng.random(len(row)) < 0.25 + 0.75 * lease.strength[place]
    place, row = place[often], row[often]
    share = np.clip(lease.strength[place] * rng.uniform(0.5, 1.1, len(row)), 0.02, 0.97)
    return Transfers(
        payouts.t[row] + rng.exponential(2, len(row)) + 0.02, payouts.account[row], lease.unit[place],
        payouts.amount[row] * share,
    )  # fmt: skip


def _onward(world: World, flow: Transfers) -> Transfers:
    """What collectors pass on, up to two layers."""
    rng = world.rng
    onward = np.full(world.n_accounts, NONE)
    for source, target in world.pipes:
        onward[source] = target
    found = []
    for _ in range(2):
        goes = (onward[flow.target] != NONE) & (rng.random(len(flow.t)) < 0.7)
        n = np.count_nonzero(goes)
        flow = Transfers(
            flow.t[goes] + rng.exponential(3, n) + 0.05, flow.target[goes], onward[flow.target[goes]],
            flow.amount[goes] * rng.uniform(0.5, 0.98, n),
        )  # fmt: skip
        found.append(flow)
    return joined(found)


def _swept(world: World, payouts: Payouts) -> Transfers:
    """Owners take money out, rent is paid, suppliers of a trade and country are paid."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    chance = np.where(rng.random(n) < min(0.95, 0.4 + 0.3 * world.settings.chatter), rng.beta(1.5, 2, n), 0)
    own = world.new_accounts(n)
    group = firms.trade * len(world.settings.countries) + firms.country
    each = rng.integers(2, 15, group.max() + 1)
    first = np.cumsum(each) - each
    suppliers = world.new_accounts(int(each.sum()))
    mine = suppliers[first[group][:, None] + (each[group][:, None] * rng.random((n, 8))).astype(np.int64)]
    stays = rng.random(n) < 0.4
    many = np.minimum(8, 1 + rng.geometric(0.4, n))
    row = np.flatnonzero(rng.random(len(payouts.t)) < chance[payouts.firm])
    firm = payouts.firm[row]
    supply: Flags = (rng.random(len(row)) < 0.5) & ~stays[firm]
    target = np.where(supply, mine[firm, (rng.random(len(row)) * many[firm]).astype(np.int64)], own[firm])
    return Transfers(
        payouts.t[row] + rng.exponential(4, len(row)) + 0.02, payouts.account[row], target,
        payouts.amount[row] * rng.beta(2, 2, len(row)),
    )  # fmt: skip


def _chatter(world: World) -> Transfers:
    """Friends, rent, wages: consumers' accounts among each other and to and from partners'."""
    rng, people, firms = world.rng, world.people, world.firms
    n = int(0.15 * world.ordinary * world.settings.chatter)
    one = rng.integers(0, world.ordinary, n)
    other = np.clip(one + rng.integers(-200, 201, n), 0, world.ordinary - 1)
    # wages from a partner to people of its town, a few each and again and again
    hires = rng.choice(len(firms), n // 6)
    staff = world.of_towns(firms.town[hires], firms.town[hires] + 1)
    row = np.repeat(np.arange(len(hires)), 1 + rng.poisson(2, len(hires)))
    source = np.concatenate([people.account[one], firms.account[hires[row]]])
    target = np.concatenate([people.account[other], people.account[staff[row]]])
    n = len(source)
    return Transfers(rng.random(n) * world.days, source, target, np.exp(rng.normal(4.3, 1, n)))
