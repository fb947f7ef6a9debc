"""Honest shops that rise under another name, are sold, fail, or have a bad time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.names import similar_name
from benchmarks.other_worlds.takeover import copy_shop, take_over
from benchmarks.other_worlds.world import BACK_OFFICE, Spell, World
from benchmarks.writing.units import Flags, Ints


def relaunches(world: World) -> None:
    """Shops that close and open again under another name, often with the old account, staff and custom."""
    for _ in range(world.how_many(1.3)):
        fit = world.honest & ~world.partners.taken
        if fit.sum() < 20:
            break
        _relaunch(world, fit)


def _relaunch(world: World, fit: Flags) -> None:
    rng, shops, window = world.rng, world.partners, world.window_s
    first = rng.choice(np.flatnonzero(fit))
    group = world.near_partners(first, 2 if rng.random() < 0.75 else 3, fit, pull=3)
    shops.taken[group] = True
    cuts = np.sort(rng.uniform(0.12, 0.85, len(group) - 1))
    if shops.onboarded_s[group[0]] > 0:
        shops.onboarded_s[group[0]] = -rng.uniform(10, 900) * DAY_S
    members: dict[str, ArrayLike] = {"partner": group}
    bad = rng.random() < 0.35
    for number, partner in enumerate(group):
        last = number == len(group) - 1
        if number:
            _succeed(world, group[number - 1], partner, members)
        shops.closed_s[partner] = np.inf if last else cuts[number] * window
        if bad and not last:
            closed = shops.closed_s[partner]
            since = closed - rng.uniform(10, 45) * DAY_S
            world.spells.append(Spell(partner, since, closed, rng.log_uniform(3, 12), 0))
    world.add_look_alike("relaunch", **members)


def _succeed(world: World, before: int, shop: int, members: dict[str, ArrayLike]) -> None:
    rng, shops = world.rng, world.partners
    days = rng.uniform(1, 25) if rng.random() < 0.75 else rng.uniform(-15, 45)
    shops.onboarded_s[shop] = shops.closed_s[before] + days * DAY_S
    copy_shop(world, before, shop)
    trade, city, strength = world.trade_of(shop), world.city_name(shop), rng.uniform(0.3, 1)
    shops.name[shop] = similar_name(rng, shops.name[before], trade, city, strength=strength)
    if rng.random() < 0.4:
        shops.legal_name[shop] = shops.legal_name[before]
    keeps_account, keeps_staff, _ = rng.random(3)  # without the third, unused, later draws differ
    if keeps_account < 0.55:
        members["bank_account"] = shops.account[before]
        world.pay_into(shop, -1e11, shops.account[before])
    if keeps_staff < 0.6:
        members["device"] = device = rng.choice(shops.staff_device[shops.staff_partner == before])
        world.log_in(shop, device, world.habits.logins_per_day * rng.log_uniform(0.3, 2))
    customers = world.local_consumers(shops.city[before], int(rng.integers(8, 60)))
    world.favourites.append((customers, np.array([before, shop]), 0.7))
    shops.popularity[shop] = max(shops.popularity[shop], shops.popularity[before] * rng.uniform(0.4, 1.2))


def sales(world: World) -> None:
    """Shops that are sold: account and machines change, and nothing or a little goes bad."""
    rng, shops = world.rng, world.partners
    for _ in range(world.how_many(1.5)):
        fit = world.honest & (shops.onboarded_s < -100 * DAY_S) & np.isinf(shops.closed_s)
        group = rng.choose(np.flatnonzero(fit), 1 if rng.random() < 0.6 else int(rng.integers(2, 5)))
        if len(group):
            _sell(world, group)


def _sell(world: World, group: Ints) -> None:
    rng, shops, window = world.rng, world.partners, world.window_s
    account = world.new_accounts(1, shops.country[group[0]], rng.uniform(-800, 0) * DAY_S)
    device = world.new_devices(1, rng.uniform(-300, 0) * DAY_S, BACK_OFFICE)
    sold = rng.uniform(0.1, 0.85) * window
    for partner in group:
        moment = sold + rng.uniform(0, 30) * DAY_S
        common = rng.random() < 0.8
        into = account if common else world.new_accounts(1, shops.country[partner], moment)
        lag_days = rng.uniform(1, 20)
        take_over(world, partner, moment, account=into[0], device=device[0], lag_days=lag_days)
        if rng.random() < 0.4:
            since, until = moment + rng.uniform(0, 30) * DAY_S, moment + rng.uniform(40, 90) * DAY_S
            world.spells.append(Spell(partner, since, until, rng.log_uniform(1.5, 9), 0))
        if rng.random() < 0.15:
            shops.closed_s[partner] = min(moment + rng.uniform(30, 90) * DAY_S, window * 1.1)
    world.add_look_alike("change_of_owner", partner=group, bank_account=account, device=device)


def insolvencies(world: World) -> None:
    """Shops that fail: they close after weeks in which much is disputed."""
    rng, shops, window = world.rng, world.partners, world.window_s
    for _ in range(world.how_many(1.6)):
        fit = world.honest & ~shops.taken & (shops.onboarded_s < 0.5 * window)
        if not fit.any():
            break
        partner = rng.choice(np.flatnonzero(fit))
        shops.taken[partner] = True
        closed = max(rng.uniform(0.2, 1.0) * window, shops.onboarded_s[partner] + 25 * DAY_S)
        shops.closed_s[partner] = closed
        since = closed - rng.log_uniform(12, 90) * DAY_S
        world.spells.append(Spell(partner, since, closed, -rng.uniform(0.3, 0.95), 1))
        if rng.random() < 0.6:
            n = int(rng.log_uniform(10, 0.5 * world.n_orders / world.n_partners + 11))
            _add_custom(world, partner, (since, closed), n)
        world.add_look_alike("insolvency", partner=[partner])


def bad_luck(world: World) -> None:
    """A partner or a neighbourhood has a bad time; many more have a lesser one that is no look-alike."""
    rng = world.rng
    for _ in range(world.how_many(1.8)):
        n = 1 if rng.random() < 0.75 else int(rng.integers(2, 5))
        group = rng.choose(np.flatnonzero(world.honest), n)
        for partner in group:
            _be_unlucky(world, partner)
        world.add_look_alike("bad_luck", partner=group)
    for partner in np.flatnonzero(rng.random(world.n_partners) < world.habits.spells):
        since = rng.uniform(-0.05, 0.95) * world.window_s
        until, factor = since + rng.log_uniform(8, 60) * DAY_S, rng.log_uniform(2, 10)
        world.spells.append(Spell(partner, since, until, factor, 0))


def _be_unlucky(world: World, partner: int) -> None:
    rng = world.rng
    opened, closed = world.open_span(partner)
    since = rng.uniform(opened, max(closed - 10 * DAY_S, opened + 1))
    until = since + rng.log_uniform(12, 80) * DAY_S
    share, kind = rng.uniform(0.15, 0.6), int(rng.integers(0, 3))
    world.spells.append(Spell(partner, since, until, -share, kind))
    if rng.random() < 0.5:
        n = int(rng.log_uniform(8, 0.4 * world.n_orders / world.n_partners + 9))
        _add_custom(world, partner, (since, until), n)


def _add_custom(world: World, partner: int, span: tuple[float, float], n: int) -> None:
    """`n` orders over that span by consumers of the town."""
    customers = world.local_consumers(world.partners.city[partner], n)
    if len(customers):
        who, moment = world.rng.choice(customers, n), world.rng.uniform(*span, n)
        world.plan(who, np.full(n, partner), moment)
