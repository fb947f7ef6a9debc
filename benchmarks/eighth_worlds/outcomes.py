"""All orders in one book, with the device, the account, the amount and the end of each."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.basics import COUNTRIES, USUAL
from benchmarks.eighth_worlds.world import Batch, World
from benchmarks.writing.events import Book
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    Floats,
    Ints,
    ints,
    joined,
    only,
)


def thin_plans(world: World, most: int) -> int:
    """Drops planned orders at random until there are no more than `most`; how many are left."""
    if not world.batches:
        return 0
    planned = joined(world.batches)
    n = len(planned.t)
    if n > most:
        planned = only(planned, np.sort(world.rng.permutation(n)[:most]))
    world.batches = [planned]
    return len(planned.t)


def settle(world: World) -> Book:
    """The book of everything that has been bought."""
    plans = joined(world.batches)
    device, account = _devices(world, plans), _accounts(world, plans)
    outcome = _outcomes(world, plans)
    ended = plans.t + _delay(world, outcome)
    rng, settings = world.rng, world.settings
    if settings.snapshot:
        outcome = np.where(ended > world.days, OPEN, outcome)
    unknown = (outcome == OPEN) | (rng.random(len(ended)) < settings.undated)
    at = np.where(unknown, np.nan, ended)
    return Book(plans.consumer, plans.firm, plans.t, device, account, _amounts(world, plans), outcome, at)


def _devices(world: World, plans: Batch) -> Ints:
    """The usual: a person's device of that time, the shop's till, a thrown-away id or none."""
    rng, people, firms, n = world.rng, world.people, world.firms, len(plans.t)
    who, firm = plans.consumer, plans.firm
    second = (people.second[who] >= 0) & (plans.t > people.swap[who])
    second &= (people.swap[who] > 0) | (rng.random(n) < 0.3)
    device = np.where(second, people.second[who], people.device[who])
    thrown = rng.random(n) < world.settings.cookies
    device = np.where(thrown, world.new_devices(n), device)
    till = (firms.till[firm] != NONE) & (rng.random(n) < firms.till_share[firm])
    device = np.where(till, firms.till[firm], device)
    hidden = (rng.random(n) > firms.device_known[firm]) | people.no_device[who]
    device = np.where(hidden & ~till, NONE, device)
    lost = rng.random(n) > 0.3 + 0.7 * np.sqrt(world.settings.device_known)
    given = np.where(lost, NONE, plans.device)
    return ints(np.where(plans.device == USUAL, device, given))


def _accounts(world: World, plans: Batch) -> Ints:
    rng, n = world.rng, len(plans.t)
    known = rng.random(n) < world.settings.account_known
    usual = np.where(known, world.people.account[plans.consumer], NONE)
    given = np.where(rng.random(n) < 0.3 + 0.7 * np.sqrt(world.settings.account_known), plans.account, NONE)
    return ints(np.where(plans.account == USUAL, usual, given))


def _outcomes(world: World, plans: Batch) -> Ints:
    """As planned, or by the partner's rates, its storms and the person."""
    rng, firms, n = world.rng, world.firms, len(plans.t)
    firm, settings = plans.firm, world.settings
    refund, dispute, default = firms.refund[firm], firms.dispute[firm], firms.default[firm]
    drawn = rng.random(n)
    outcome = np.where(drawn < refund, REFUNDED, PAID)
    outcome = np.where((drawn >= refund) & (drawn < refund + dispute), DISPUTED, outcome)
    drawn -= refund + dispute
    outcome = np.where((drawn >= 0) & (drawn < default), DEFAULTED, outcome)
    weight = np.array([settings.refund, 0.02 + 3 * settings.dispute, 0.01 + 2 * settings.default])
    bad = rng.choice(ints([REFUNDED, DISPUTED, DEFAULTED]), n, p=weight / weight.sum())
    stormy = (plans.t >= firms.storm_from[firm]) & (plans.t < firms.storm_to[firm])
    stormy &= rng.random(n) < firms.storm[firm]
    cheats = rng.random(n) < world.people.bad[plans.consumer]
    outcome = np.where(stormy | cheats, np.where(stormy, np.maximum(bad, DISPUTED), bad), outcome)
    return ints(np.where(plans.outcome == USUAL, outcome, plans.outcome))


def _delay(world: World, outcome: Ints) -> Floats:
    rng = world.rng
    usual = np.array([6.0, 10.0, 28.0, 38.0, 1.0])[outcome]
    delay: Floats = usual * rng.gamma(2.5, 1 / 2.5, len(outcome))
    return delay


def _amounts(world: World, plans: Batch) -> Floats:
    """In the partner's currency, rounded as shops do."""
    rng, firms, firm, n = world.rng, world.firms, plans.firm, len(plans.t)
    rate = np.array([COUNTRIES[one][2] for one in world.settings.countries])[firms.country[firm]]
    amount = firms.price[firm] * np.exp(firms.sigma[firm] * rng.normal(0, 1, n)) * plans.factor * rate
    habit = rng.random(len(firms))[firm]
    whole = np.ceil(amount)
    amount = np.where(rng.random(n) < habit, whole - rng.choice([0.01, 0.05, 0.1], len(firms))[firm], amount)
    amount = np.where(rng.random(n) < 0.12, whole, amount)
    rounded: Floats = np.round(np.maximum(amount, 0.5), 2)
    return rounded
