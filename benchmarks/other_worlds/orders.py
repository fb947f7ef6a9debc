"""The orders: who orders where and when, and with them the planned ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.trades import TRADES
from benchmarks.other_worlds.world import NATURAL, OWN, World
from benchmarks.writing.units import Flags, Floats, Ints

FAVOURITES: Final = 6
"""Partners to which a consumer keeps coming back."""
IN_CITY, IN_COUNTRY, ABROAD = 0, 1, 2

Draw = Callable[[Ints, Ints], Ints]


class Orders(NamedTuple):
    """Columns of orders, (n,): what is planned of them, NATURAL and OWN where nothing is."""

    consumer: Ints
    partner: Ints
    moment_s: Floats
    outcome: Ints
    device: Ints
    account: Ints
    scale: Floats  # of the amount


def draw_orders(world: World) -> Orders:
    """Ordinary orders, as many as the planned ones leave, and the planned ones after them."""
    opened, closed = world.open_span(np.arange(world.n_partners))
    draw = _partner_draw(world, ((closed - opened) / world.window_s).clip(0.0, 1))
    consumer, partner = _draw_pairs(world, draw)
    since = np.maximum(opened[partner], world.consumers["created_s"][consumer])
    until = closed[partner]
    kept = until > since + DAY_S * 0.5
    consumer, partner, since, until = (one[kept] for one in (consumer, partner, since, until))
    moment = _ordinary_moments(world, partner, since, until)
    moment = _in_season(world, partner, moment, (since, until), (opened, closed))
    moment = _in_clusters(world, partner, moment)
    _in_sessions(world, consumer, moment)
    outside = (moment < since) | (moment >= until)
    moment[outside] = _anywhere(world, since[outside], until[outside])
    orders = _with_planned(world, (consumer, partner, moment), (opened, closed))
    # nobody orders before they exist
    np.minimum.at(world.consumers["created_s"], orders.consumer, orders.moment_s - 30)
    return orders


def _partner_draw(world: World, open_share: Floats) -> Draw:
    """Draws a partner for each consumer: of its city, of its country or of all, by popularity."""
    shops, places, rng = world.partners, world.places, world.rng
    weight = shops.popularity * open_share
    online = weight * (1.05 - shops.local)
    by_city = _Groups(shops.city, weight * shops.local, len(places.city_weight))
    by_country = _Groups(shops.country, online + weight * 0.15, world.habits.countries)
    export = np.where(shops.exporter, rng.log_uniform(1.5, 12, world.n_partners), 0.6)
    total = np.cumsum(weight * (1.05 - shops.local) * export)
    last = world.n_partners - 1

    def draw(consumer: Ints, reach: Ints) -> Ints:
        u, partner = rng.random(len(consumer)), np.empty(len(consumer), np.int64)
        city, country = world.consumers["city"][consumer], world.consumers["country"][consumer]
        in_city = (reach == IN_CITY) & by_city.filled(city)
        partner[in_city] = by_city.at(city, u)[in_city]
        in_country = ~in_city & (reach < ABROAD) & by_country.filled(country)
        partner[in_country] = by_country.at(country, u)[in_country]
        rest = ~in_city & ~in_country
        found = np.searchsorted(total, u[rest] * total[-1], side="right")
        partner[rest] = found.clip(0, last)
        return partner

    return draw


class _Groups:
    """Partners by group, each drawn by its weight."""

    def __init__(self, group: Ints, weight: Floats, groups: int) -> None:
        self.order = np.argsort(group, kind="stable")
        self.total = np.cumsum(weight[self.order])
        before = np.concatenate([[0], self.total])
        placed = group[self.order]
        self.low = before[np.searchsorted(placed, np.arange(groups))]
        self.high = before[np.searchsorted(placed, np.arange(groups), side="right")]

    def filled(self, group: Ints) -> Flags:
        """Whether anybody is in those groups."""
        return self.high[group] - self.low[group] > 0

    def at(self, group: Ints, u: Floats) -> Ints:
        """The partner of each group at `u`, 0 to 1."""
        low, high = self.low[group], self.high[group]
        found = np.searchsorted(self.total, low + u * (high - low), side="right")
        return self.order[found.clip(0, len(self.order) - 1)]


def _draw_pairs(world: World, draw: Draw) -> tuple[Ints, Ints]:
    """Consumers by activity, each at a favourite of theirs or anywhere."""
    rng, people = world.rng, world.consumers
    favourites = _favourites(world, draw)
    planned = sum(len(one[0]) for one in world.planned)
    n = int(max(world.n_orders - planned, int(0.5 * world.n_orders)) * 1.03)
    known = ((world.window_s - people["created_s"].clip(0)) / world.window_s).clip(0.02, 1)
    consumer = rng.pick(people["activity"] * known, n)
    loyal = rng.random(n) < people["loyalty"][consumer]
    partner = favourites[consumer, rng.pick(1 / np.arange(1, FAVOURITES + 1), n)]
    strange = np.flatnonzero(~loyal)
    partner[strange] = draw(consumer[strange], _reach(world, consumer[strange]))
    return consumer, partner


def _favourites(world: World, draw: Draw) -> Ints:
    """(consumers, FAVOURITES) partners."""
    rng, n = world.rng, len(world.consumers)
    everybody = np.repeat(np.arange(n), FAVOURITES)
    favourites = draw(everybody, _reach(world, everybody)).reshape(n, FAVOURITES)
    for consumers, partners, share in world.favourites:
        if len(consumers) and len(partners):
            new = rng.random((len(consumers), FAVOURITES)) < share * 0.6
            of_group = favourites[consumers]
            of_group[new] = rng.choice(partners, new.sum())
            favourites[consumers] = of_group
    return favourites


def _reach(world: World, consumer: Ints) -> Ints:
    """Whether consumers shop in their city, in their country or anywhere."""
    u, local = world.rng.random(len(consumer)), world.consumers["local"][consumer]
    in_country = world.habits.in_country / (world.habits.in_country + world.habits.abroad)
    return np.where(u < local, IN_CITY, np.where(u < local + (1 - local) * in_country, IN_COUNTRY, ABROAD))


def _ordinary_moments(world: World, partner: Ints, since: Floats, until: Floats) -> Floats:
    """By the partner's trend, the week and the season of the year; what is rejected is drawn again."""
    rng, trend, season = world.rng, world.partners.trend, world.habits.season
    weekend = np.array([one.weekend for one in TRADES])[world.partners.trade[partner]]
    phase = rng.uniform(0, 6.28)
    moment, rejected = np.empty(len(partner)), np.arange(len(partner))
    for _ in range(4):
        low, high = since[rejected], until[rejected]
        moment[rejected] = low + (high - low) * rng.random(len(rejected)) ** trend[partner[rejected]]
        day = np.floor(moment[rejected] / DAY_S)
        busy = np.where(day % 7 >= 5, weekend[rejected], 1) / 1.5
        busy = busy * (1 + season * np.sin(day / world.habits.days * 6.28 + phase)) / 1.2
        rejected = rejected[rng.random(len(rejected)) > busy]
    return moment


def _in_season(
    world: World,
    partner: Ints,
    moment: Floats,
    span: tuple[Floats, Floats],
    open_span: tuple[Floats, Floats],
) -> Floats:
    """Shops with a season have most of their orders around its middle."""
    rng, shops = world.rng, world.partners
    seasonal = np.flatnonzero(rng.random(len(moment)) < shops.season_share[partner])
    shop, n = partner[seasonal], len(seasonal)
    low, high = span[0][seasonal], span[1][seasonal]
    opened, closed = open_span[0][shop], open_span[1][shop]
    moved = rng.random(n) < 0.97
    middle = opened + (closed - opened) * shops.season_centre[shop]
    new = np.where(moved, middle + rng.normal(0, 1, n) * shops.season_width_s[shop], moment[seasonal])
    anywhere = _anywhere(world, low, high)
    moment[seasonal] = np.where((new < low) | (new >= high), anywhere, new)
    return moment


def _in_clusters(world: World, partner: Ints, moment: Floats) -> Floats:
    """Days that breed days at the same partner, and the hours of the day."""
    rng, n, day = world.rng, len(moment), np.floor(moment / DAY_S)
    order = np.lexsort((rng.random(n), partner))
    back = rng.geometric(0.4, n)
    child = np.flatnonzero(rng.random(n) < world.habits.cluster)
    parent = child - back[child]
    child, parent = child[parent >= 0], parent[parent >= 0]
    same = partner[order][parent] == partner[order][child]
    child, parent = order[child[same]], order[parent[same]]
    day[child] = day[parent] + np.floor(rng.exponential(1.2, len(child)))
    return day * DAY_S + _hours(world, partner) * 3600 + rng.random(n) * 60


def _hours(world: World, partner: Ints) -> Floats:
    """(n,) hour of the day, UTC, by trade and partner."""
    rng, shops = world.rng, world.partners
    trade, hour, u = shops.trade[partner], np.empty(len(partner)), rng.random(len(partner))
    for number, kind in enumerate(TRADES):
        own = np.flatnonzero(trade == number)
        if len(own):
            middle, spread, weight = np.array(kind.hours).T
            peak = rng.pick(weight, len(own))
            hour[own] = rng.normal(middle[peak], spread[peak])
    flat = u < 0.07
    hour[flat] = rng.random(flat.sum()) * 24
    ahead = world.places.hours_ahead[shops.country[partner]]
    return (hour + shops.hour_shift[partner] - ahead) % 24


def _in_sessions(world: World, consumer: Ints, moment: Floats) -> None:
    """Some orders follow another of the same consumer within the hour."""
    rng, n = world.rng, len(moment)
    order = np.lexsort((rng.random(n), consumer))
    next_one = np.flatnonzero(rng.random(n) < world.habits.session)
    next_one = next_one[next_one > 0]
    next_one = next_one[consumer[order[next_one]] == consumer[order[next_one - 1]]]
    pause = rng.exponential(45 * 60, len(next_one))
    moment[order[next_one]] = moment[order[next_one - 1]] + pause


def _anywhere(world: World, low: Floats, high: Floats) -> Floats:
    return low + (high - low) * world.rng.random(len(low))


def _with_planned(
    world: World, ordinary: tuple[Ints, Ints, Floats], open_span: tuple[Floats, Floats]
) -> Orders:
    """Planned orders within the partner's life and the consumer's, at the partner's hours."""
    columns = [np.concatenate(column) for column in zip(*world.planned, strict=True)]
    consumer, partner, moment, *rest, keep_hour = columns
    opened, closed = open_span[0][partner], open_span[1][partner]
    low = np.maximum(opened, np.minimum(world.consumers["created_s"][consumer], closed - DAY_S))
    free = ~keep_hour
    hours = _hours(world, partner[free]) * 3600
    moment[free] = np.floor(moment[free] / DAY_S) * DAY_S + hours + world.rng.random(free.sum()) * 60
    outside = (moment < low) | (moment >= closed)
    moment[outside] = _anywhere(world, low[outside], closed[outside])
    n, kept = len(ordinary[0]), closed > low
    usual = np.full(n, NATURAL, np.int8), np.full(n, OWN), np.full(n, OWN), np.ones(n)
    joined = [
        np.concatenate([one, other[kept]])
        for one, other in zip((*ordinary, *usual), (consumer, partner, moment, *rest), strict=True)
    ]
    joined[2] = np.clip(joined[2], 0, world.window_s - 1)
    return Orders(*joined)
