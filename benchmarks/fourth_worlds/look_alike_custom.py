"""Honest shops with the same custom, or custom in bursts, or bad luck."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Flags


def add_mall(world: World) -> None:
    """Neighbouring shops whom people visit on one day, most of all on sale days."""
    rng, dice, shops = world.rng, world.dice, world.shops
    country = world.a_country()
    city = dice.whole(0, int(world.n_cities[country]) // 2)
    found = world.free_partners(dice.whole(5, 16), country=country, city=city)
    visitors = world.honest_people(dice.whole(80, 350), country)
    if len(found) < 3 or not len(visitors):
        return
    trips = int(len(visitors) * dice.uniform(1, 3))
    day = np.floor(rng.uniform(0, world.window - 1, trips))
    sales = np.floor(rng.uniform(0, world.window - 1, 4))
    at_sale = rng.random(trips) < 0.35
    day[at_sale] = rng.choice(sales, at_sale.sum())
    trip = np.repeat(np.arange(trips), 3)
    trip = trip[rng.random(len(trip)) < 0.8]
    world.plan(
        rng.choice(visitors, trips)[trip],
        rng.choice(found, len(trip)),
        day[trip] + rng.uniform(0.42, 0.8, len(trip)),
        refunds=dice.uniform(0.8, 2.2),
        keeps_hour=True,
    )
    world.group("mall", partner=found)
    if dice.happens(0.3):
        shops.default_factor[found] *= dice.uniform(1.5, 3.5)


def add_buying_club(world: World) -> None:
    """The same people buy at the same shops on the same days."""
    rng, dice, people = world.rng, world.dice, world.people
    country = world.a_country()
    shops = world.free_partners(dice.whole(2, 7), country=country, keep=False)
    club = world.honest_people(dice.whole(8, 35), country)
    if len(shops) < 2 or len(club) < 6:
        return
    for _ in range(dice.whole(2, 8)):
        moment, width = dice.uniform(3, world.window - 3), dice.uniform(0.5, 5)
        n = int(len(club) * dice.uniform(0.6, 1.8))
        moments = moment + rng.normal(0, width, n)
        world.plan(rng.choice(club, n), rng.choice(shops, n), moments, amount=dice.uniform(1, 1.5))
    world.group("buying_club", partner=shops, consumer=club)
    if dice.happens(0.3):
        people.refund_factor[club] *= dice.uniform(2, 5)
    if dice.happens(0.2):
        people.default_factor[club] *= dice.uniform(2, 6)


def _sells_for(world: World, days: float) -> Flags:
    return world.shops.sells_until - world.shops.sells_from > days


def add_flash_sale(world: World) -> None:
    """Shops sell a lot within days, partly to new consumers; much is returned, some never arrives."""
    rng, dice, shops, people = world.rng, world.dice, world.shops, world.people
    n = 1 if dice.happens(0.6) else dice.whole(2, 4)
    found = world.free_partners(n, country=world.a_country(), fit=_sells_for(world, 30))
    if not len(found):
        return
    since = shops.sells_from[found].max()
    length = max(2, shops.sells_until[found].min() - since)
    begins, mean = since + dice.uniform(0.1, 0.9) * length, dice.uniform(0.6, 3.5)
    orders = dice.whole(30, 220)
    sellers = rng.choice(found, orders)
    buyers = world.buyers(shops.country[sellers])
    amount, refunds = dice.uniform(0.7, 2), dice.uniform(1, 4)
    moments = begins + rng.exponential(mean, orders)
    world.plan(buyers, sellers, moments, amount=amount, refunds=refunds)
    world.group("flash_sale", partner=found)
    if dice.happens(0.3):
        shops.trouble_from[found] = begins
        shops.trouble_chance[found] = dice.uniform(0.1, 0.4)
    new = buyers[~people.in_ring[buyers] & (rng.random(orders) < 0.3)]
    came = begins - rng.exponential(2, len(new))
    people.joins[new] = np.where(people.joins[new] > 0, came, people.joins[new])


def add_subscription(world: World) -> None:
    """A shop that the same people pay the same amount every month."""
    rng, dice, shops = world.rng, world.dice, world.shops
    found = world.free_partners(1, fit=_sells_for(world, 90))
    if not len(found):
        return
    shop = int(found[0])
    price = round(float(shops.price[shop]), 2)
    for subscriber in world.honest_people(dice.whole(25, 130), int(shops.country[shop])):
        since = dice.uniform(shops.sells_from[shop], shops.sells_until[shop])
        until = min(shops.sells_until[shop], since + dice.uniform(60, 500))
        days = np.arange(since, until, 30.4)
        days = days + rng.uniform(0, 0.2, len(days))
        world.plan(np.full(len(days), subscriber), shop, days, fixed=price)
    world.group("subscription", partner=found)


def add_bad_luck(world: World) -> None:
    """Single shops with as many disputes or defaults as a ring has, all the time or since some day."""
    rng, dice, shops = world.rng, world.dice, world.shops
    usual = shops.size <= np.quantile(shops.size, 0.93)
    found = world.free_partners(int(world.n_partners * world.settings.bad_luck), fit=usual)
    n = len(found)
    total = np.clip(rng.beta(1.3, 4.5, n) * 0.75 + 0.02, 0, 0.6)
    kinds = np.array([rng.uniform(0.75, 1, n), rng.uniform(0, 0.25, n), rng.random(n)])
    defaulted = kinds[rng.integers(0, 3, n), np.arange(n)]
    shops.bad_luck[found, 0] = total * (1 - defaulted)
    shops.bad_luck[found, 1] = total * defaulted
    shops.refund_factor[found[rng.random(n) < 0.3]] *= 2.5
    for shop in found.tolist():
        world.group("bad_luck", partner=shop)
        if dice.happens(0.3):
            length = shops.sells_until[shop] - shops.sells_from[shop]
            shops.trouble_from[shop] = shops.sells_from[shop] + dice.uniform(0.3, 0.9) * length
            shops.trouble_chance[shop] = dice.uniform(0.2, 0.7)
