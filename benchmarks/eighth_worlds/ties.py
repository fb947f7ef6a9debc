"""The means by which partners are tied, the same for rings and for the honest."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.world import Rule, Visit, World
from benchmarks.writing.units import Ints, ints, log_uniform


def pay_to_one(world: World, firms: Ints, start: float, end: float, share: float, account: int = -1) -> int:
    """That share of their payouts goes to one account, to which a new one is added where none is given."""
    account = int(world.new_accounts(1)[0]) if account < 0 else account
    world.paid_to += [Rule(int(one), (account,), start, end, share) for one in firms]
    return account


def take_turns(world: World, firms: Ints, start: float, end: float) -> list[int]:
    """One account after another is used by one partner after another, never by two at once."""
    accounts = world.new_accounts(len(firms) - 1).tolist()
    middle = (start + end) / 2
    for account, before, after in zip(accounts, firms[:-1], firms[1:], strict=True):
        world.paid_to.append(Rule(int(before), (account,), start, middle, 0.8))
        world.paid_to.append(Rule(int(after), (account,), middle, end, 0.8))
    return [int(one) for one in accounts]


def log_in_from_one(world: World, firms: Ints, start: float, end: float, times: int) -> int:
    """They log in from one device now and then."""
    device = int(world.new_devices(1)[0])
    for one in firms:
        span = 0.3 * (end - start) * world.rng.random(2)
        seen = 1 + int(world.rng.poisson(times))
        world.visits.append(Visit(int(one), device, start + span[0], end - span[1], seen))
    return device


def collect(
    world: World, firms: Ints, start: float, end: float, share: float, hops: int, ends: tuple[int, ...] = ()
) -> list[int]:
    """Their money goes on over `hops` - 1 accounts of each to `ends`, one account where empty; all."""
    ends = ends or (int(world.new_accounts(1)[0]),)
    between: list[int] = []
    for one in firms:
        steps = world.new_accounts(hops - 1).tolist()
        if steps and between and world.rng.random() < 0.3:
            steps[-1] = between[int(world.rng.integers(len(between)))]
        between += steps
        world.flows.append(Rule(int(one), (*dict.fromkeys(steps), *ends), start, end, share))
    return [*dict.fromkeys(between), *ends]


def send_round(world: World, firms: Ints, start: float, end: float, share: float) -> list[int]:
    """Each sends money to the next one's account, now and then by another's; the accounts that get it."""
    between: list[int] = []
    moved = (world.firms.later_account >= 0) & (world.firms.moved < start)
    account = np.where(moved, world.firms.later_account, world.firms.account)
    for one, after in zip(firms, np.roll(firms, -1), strict=True):
        step = [int(world.new_accounts(1)[0])] if world.rng.random() < 0.3 else []
        between += step
        path = (*step, int(account[after]))
        between.append(path[-1])
        world.flows.append(Rule(int(one), path, start, end, share))
    return between


def buy_from_the_desk(
    world: World, pairs: list[tuple[int, int]], start: float, end: float, *, fresh: bool
) -> tuple[list[int], list[int]]:
    """Who runs the first partner of a pair orders at the second, from the device the first logs in from.

    Once they order at their own shop, too. The consumers and devices.
    """
    rng, consumers, devices = world.rng, [], []
    for one, other in pairs:
        device = log_in_from_one(world, ints([one]), start, end, 3)
        area = world.firms.area[[one]]
        who = world.new_people(1, area, np.full(1, np.nan)) if fresh else world.anyone(area)
        n = 1 + int(rng.poisson(log_uniform(rng, 0.8, 4)))
        t = start + (end - start) * rng.random(n)
        world.add(np.full(n, other), t, np.full(n, who[0]), device=device)
        world.add(ints([one]), t[:1] + rng.exponential(1, 1), who)
        consumers.append(int(who[0]))
        devices.append(device)
    return consumers, devices


def custom_in_common(world: World, firms: Ints, start: float, end: float, n: int, factor: float) -> Ints:
    """`n` new consumers who order at several of those partners, and elsewhere; they."""
    rng = world.rng
    area = rng.choice(world.firms.area[firms], n)
    who = world.new_people(n, area, np.full(n, np.nan))
    each = 2 + rng.poisson(1.0, n)
    consumer = np.repeat(who, each)
    start_at = np.repeat(rng.integers(0, len(firms), n), each)
    firm = firms[(start_at + np.arange(len(consumer))) % len(firms)]
    t = start + (end - start) * rng.random(len(consumer))
    world.add(firm, t, consumer, factor=factor)
    disguise(world, who, start, end, int(rng.poisson(2.0 * n)))
    return who


def disguise(world: World, people: Ints, start: float, end: float, n: int) -> None:
    """`n` orders of those consumers at partners like any other, as far as these live then."""
    rng, firms = world.rng, world.firms
    weight = firms.weight * ~firms.of_ring
    firm = rng.choice(len(firms), n, p=weight / weight.sum())
    low, high = np.maximum(firms.on[firm], start - 20), np.minimum(firms.off[firm], end + 5)
    alive = high - low > 0.5
    t = low + (high - low) * rng.random(n)
    world.add(firm[alive], t[alive], rng.choice(people, n)[alive])
