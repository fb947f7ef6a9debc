"""Where the money of rings goes."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.payouts import Payouts
from benchmarks.sixth_worlds.world import Ring, World
from benchmarks.writing.events import Moves
from benchmarks.writing.units import Ints, ints


def move_ring_money(world: World, payouts: Payouts, moves: Moves) -> None:
    """Money passed on to a common account or a fellow member, through mules, and back to shills."""
    for ring in world.rings:
        for plan in ring.onward:
            _pass_few(world, payouts, moves, ring, plan)
        if ring.mules:
            _through_mules(world, payouts, moves, ring)
        if len(ring.purse):
            _to_shills(world, payouts, moves, ring)


def _pass_few(world: World, payouts: Payouts, moves: Moves, ring: Ring, plan: tuple[int, int, int]) -> None:
    """A partner sends parts of a few payouts to an account, at times through a go-between."""
    rng = world.rng
    firm, account, few = plan
    row = payouts.some(rng, firm, few)
    n = len(row)
    t = payouts.t[row] + rng.uniform(0.1, 4, n)
    amount = payouts.amount[row] * rng.uniform(0.3, 0.8)
    source = payouts.account[row]
    if rng.random() < 0.7 * ring.care:
        between = np.full(n, world.new_accounts(1)[0])
        moves.send(t, source, between, amount)
        t, source, amount = t + rng.uniform(0.1, 3, n), between, amount * rng.uniform(0.85, 0.99, n)
    moves.send(t, source, np.full(n, account), amount)


def _through_mules(world: World, payouts: Payouts, moves: Moves, ring: Ring) -> None:
    """Two or three hops to one account, the longer the more careful, which hands it out."""
    rng, care, days = world.rng, ring.care, world.days
    end, rate = int(world.new_accounts(1)[0]), _rate(world, ring)
    ring.accounts.append(end)
    middle = world.new_accounts(max(1, int(np.ceil(len(ring.firms) * (0.3 + 0.4 * care)))))
    lag = 0.4 + 3.2 * care
    for number, firm in enumerate(ring.firms):
        row = _passed(world, payouts, ring, int(firm))
        if not len(row):
            continue
        n = len(row)
        first = world.new_accounts(1 + int(rng.random() < care))
        share = rng.uniform(0.85, 0.97) - 0.4 * care * rng.random()
        mule = rng.choice(first, n)
        t = payouts.t[row] + rng.exponential(lag, n) + 0.03
        amount = payouts.amount[row] * share * rng.uniform(0.93, 1, n)
        moves.send(t, payouts.account[row], mule, amount)
        used = [first]
        if care >= 0.4:
            second = middle[(number + (rng.random(n) > 0.75)) % len(middle)]
            t, amount = t + rng.exponential(lag, n) + 0.03, amount * rng.uniform(0.9, 0.985, n)
            moves.send(t, mule, second, amount)
            mule = second
            used.append(np.unique(second))
        t, amount = t + rng.exponential(lag, n) + 0.03, amount * rng.uniform(0.9, 0.985, n)
        moves.send(t, mule, np.full(n, end), amount)
        ring.accounts += [int(one) for one in np.concatenate(used)]
        k = int(rng.integers(1, 6))  # mules are people, too
        friend = world.people.account[rng.integers(0, world.ordinary, k)]
        moves.send(
            rng.uniform(0, days, k), rng.choice(first, k), friend, rate * np.exp(rng.normal(3.5, 0.8, k))
        )
    k = int(rng.integers(2, 8))
    moves.send(
        rng.uniform(0.5, 1, k) * days,
        np.full(k, end),
        world.new_accounts(k),
        rate * np.exp(rng.normal(6, 0.8, k)),
    )


def _passed(world: World, payouts: Payouts, ring: Ring, firm: int) -> Ints:
    """The payouts of a member that go through mules; the last ones where chance leaves too few."""
    low, high = int(payouts.first[firm]), int(payouts.first[firm + 1])
    row = low + np.flatnonzero(world.rng.random(high - low) < max(0.25, 0.95 - 0.6 * ring.care))
    return row if len(row) >= 3 else np.arange(max(low, high - 4), high)


def _rate(world: World, ring: Ring) -> float:
    """Units of the currency of the ring's first partner for a euro."""
    return float(world.settings.rates[world.firms.country[ring.firms[0]]])


def _to_shills(world: World, payouts: Payouts, moves: Moves, ring: Ring) -> None:
    """Half of the members fill a purse that pays some of the shills' accounts."""
    rng = world.rng
    purse = int(world.new_accounts(1)[0])
    for firm in rng.choice(ring.firms, max(1, len(ring.firms) // 2), replace=False):
        row = payouts.some(rng, int(firm), 3)
        n = len(row)
        amount = payouts.amount[row] * rng.uniform(0.1, 0.4)
        moves.send(payouts.t[row] + rng.uniform(0.2, 5, n), payouts.account[row], np.full(n, purse), amount)
    paid = rng.choice(ring.purse, min(len(ring.purse), max(2, len(ring.purse) // 3)), replace=False)
    k, rate = len(paid), _rate(world, ring)
    t = rng.uniform(0.4, 0.95, k) * world.days
    moves.send(t, np.full(k, purse), ints(paid), rate * np.exp(rng.normal(4.3, 0.6, k)))
    ring.accounts.append(purse)
