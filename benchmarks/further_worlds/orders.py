"""The orders: those planned, and ordinary ones up to the number asked for; who, where and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.further_worlds.plans import OWN, Planned
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints

FAVOURITES = 5
CURVES = 5
"""Seasonal curves, of which each partner follows one."""


@dataclass(frozen=True)
class Placed:
    """Orders before it is known how they end, one row an order; columns as in `Planned`."""

    consumer: Ints
    partner: Ints
    moment_s: Floats
    scale: Floats
    spread: Floats
    bad: Floats
    device: Ints
    account: Ints
    of_ring: Flags


@dataclass(frozen=True)
class _Shelf:
    """Partners by group, each as likely within it as its weight says."""

    order: Ints
    running: Floats
    low: Ints
    total: Floats  # a group

    @classmethod
    def of(cls, group: Ints, weight: Floats, groups: int) -> _Shelf:
        order = np.argsort(group, kind="stable")
        running = np.concatenate([[0], np.cumsum(weight[order])])
        low = np.searchsorted(group[order], np.arange(groups))
        high = np.searchsorted(group[order], np.arange(groups), side="right")
        return cls(order, running, low, running[high] - running[low])

    def draw(self, rng: np.random.Generator, groups: Ints) -> Ints:
        """A partner of each of those groups."""
        aim = self.running[self.low[groups]] + rng.random(len(groups)) * self.total[groups]
        place = np.searchsorted(self.running, aim, side="right") - 1
        drawn: Ints = self.order[np.minimum(place, len(self.order) - 1)]
        return drawn


def place_orders(world: World) -> Placed:
    """Draw the ordinary orders and put the planned ones after them, where their partner is open."""
    shops = world.shops
    opens = np.maximum(shops.opens, 0)
    shuts = np.minimum(np.minimum(shops.sells_until, shops.closes), world.window_s)
    planned = _while_open(world, opens, shuts)
    n = world.n_orders - len(planned.consumer)
    activity = world.people.activity
    each = world.rng.multinomial(n, activity / activity.sum())
    consumer = np.repeat(np.arange(len(activity)), each)
    weight = shops.weight * np.clip(shuts - opens, 0, None) / world.window_s
    partner = _choose_partners(world, consumer, weight)
    moment = _draw_moments(world, consumer, partner, opens, shuts)
    consumer, partner, moment = _bunch(world, consumer, partner, moment)
    since, until = opens[partner], shuts[partner]
    out = (moment < since) | (moment >= until)
    inside = since + world.rng.random(n) * np.maximum(until - since, 60)
    moment = np.clip(np.where(out, inside, moment), 0, world.window_s - 60)
    return Placed(
        consumer=np.concatenate([consumer, planned.consumer]),
        partner=np.concatenate([partner, planned.partner]),
        moment_s=np.concatenate([moment, planned.moment_s]),
        scale=np.concatenate([np.ones(n), planned.scale]),
        spread=np.concatenate([np.ones(n), planned.spread]),
        bad=np.concatenate([np.full((n, 3), np.nan), planned.bad]),
        device=np.concatenate([np.full(n, OWN), planned.device]),
        account=np.concatenate([np.full(n, OWN), planned.account]),
        of_ring=np.concatenate([np.zeros(n, np.bool_), planned.of_ring == 1]),
    )


def _while_open(world: World, opens: Floats, shuts: Floats) -> Planned:
    every = Planned._make(np.concatenate(column) for column in zip(*world.planned, strict=True))
    since, until = opens[every.partner], shuts[every.partner]
    kept = (every.moment_s >= since) & (every.moment_s < np.maximum(until, since))
    kept &= every.moment_s < world.window_s - 60
    return Planned._make(column[kept] for column in every)


def _choose_partners(world: World, consumer: Ints, weight: Floats) -> Ints:
    """Local shops, online ones of one's country, some from abroad; often a favourite."""
    rng, shops, people, habits = world.rng, world.shops, world.people, world.habits
    local = _Shelf.of(shops.city, weight * ~shops.online, len(world.city_country))
    national = _Shelf.of(shops.country, weight * shops.online, len(world.countries))
    anywhere = _Shelf.of(np.zeros(world.n_partners, np.int64), weight * shops.online, 1)

    def draw(who: Ints) -> Ints:
        chance = rng.random(len(who))
        near = (chance < habits.local) & (local.total[people.city[who]] > 0)
        at_home = ~near & (chance <= 1 - habits.abroad) & (national.total[people.country[who]] > 0)
        far = ~near & ~at_home
        drawn = np.full(len(who), -1)
        drawn[near] = local.draw(rng, people.city[who[near]])
        drawn[at_home] = national.draw(rng, people.country[who[at_home]])
        drawn[far] = anywhere.draw(rng, np.zeros(far.sum(), np.int64))
        return drawn

    everybody = len(people.activity)
    favourites = draw(np.repeat(np.arange(everybody), FAVOURITES)).reshape(everybody, FAVOURITES)
    partner = draw(consumer)
    loyal = rng.random(len(consumer)) < people.loyalty[consumer]
    rank = np.minimum(rng.geometric(0.45, loyal.sum()) - 1, FAVOURITES - 1)
    partner[loyal] = favourites[consumer[loyal], rank]
    return partner


def _draw_moments(world: World, consumer: Ints, partner: Ints, opens: Floats, shuts: Floats) -> Floats:
    """Days by seasonal curves, the partner's growth and the consumer's start; hours by the partner."""
    rng, shops = world.rng, world.shops
    days = int(world.window_s // DAY_S)
    curves = _seasonal_curves(world, days)
    curve = shops.curve[partner]
    apart = curves.max() + 10  # so that one search finds the day on any curve
    flat = (curves + np.arange(CURVES)[:, None] * apart).ravel()

    def height(moment_s: Floats) -> Floats:
        day = (moment_s // DAY_S).astype(np.int64)
        low = curves[curve, np.minimum(day, days - 1)]
        rise: Floats = curves[curve, np.minimum(day + 1, days)] - low
        return low + rise * ((moment_s % DAY_S) / DAY_S)

    since, until = opens[partner], np.maximum(shuts[partner], opens[partner] + 3600)
    joined = np.maximum(since, world.people.since_s[consumer])
    since = np.where(joined < until - DAY_S, joined, since)
    first, last = height(since), height(until)
    aim = first + (last - first) * rng.random(len(consumer)) ** shops.growth[partner]
    day = np.searchsorted(flat, aim + curve * apart, side="right") - 1 - curve * (days + 1)
    midnight: Floats = np.clip(day, 0, days - 1) * DAY_S
    return midnight + world.hours_s(partner)


def _seasonal_curves(world: World, days: int) -> Floats:
    """(CURVES, days + 1) running sums of how busy each day is."""
    rng, habits = world.rng, world.habits
    day = np.arange(days)
    curves = []
    for _ in range(CURVES):
        year = 1 + habits.season * np.sin(2 * np.pi * (day / 365 + rng.random()))
        year = year + 0.3 * habits.season * np.sin(4 * np.pi * (day / 365 + rng.random()))
        week = 1 + habits.weekly * rng.normal(0, 1, 7)
        peaks = np.ones(days)
        for _ in range(3):
            peak = rng.integers(0, days)
            peaks[max(0, peak - 3) : peak + 4] *= rng.uniform(1.2, 2.2)
        busy = np.clip(year * np.clip(week, 0.3, 2)[day % 7] * peaks, 0.05, None)
        curves.append(np.concatenate([[0], np.cumsum(busy)]))
    return np.array(curves)


def _bunch(world: World, consumer: Ints, partner: Ints, moment: Floats) -> tuple[Ints, Ints, Floats]:
    """Part of an honest consumer's orders fall on one day."""
    rng, n = world.rng, len(consumer)
    order = np.argsort(consumer, kind="stable")
    consumer, partner, moment = consumer[order], partner[order], moment[order]
    again = np.concatenate([[False], consumer[1:] == consumer[:-1]])
    again &= rng.random(n) < world.habits.same_day
    soon = np.concatenate([[0], moment[:-1]]) + rng.uniform(60, 6 * 3600, n)
    return consumer, partner, np.where(again, soon, moment)
