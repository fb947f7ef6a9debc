"""Honest groups: what resembles a ring and is none, joined by the ways that crews are joined by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, Ints
from benchmarks.fourteenth_worlds.ledger import DISPUTED, NOBODY, REFUNDED, World
from benchmarks.fourteenth_worlds.ties import cohort, main_account, one_desk, one_purse, one_till, repay
from benchmarks.fourteenth_worlds.town import newcomers


def form_groups(world: World) -> None:
    """All honest groups, as many of each kind as the seed gives the world."""
    scale = world.climate.alike_rate * world.climate.partners / 2000
    for make, usual in GROUPS:
        for _ in range(int(world.rng.poisson(usual * scale)) + (usual >= 4)):
            make(world)


def _span(world: World, least: float, most: float) -> tuple[float, float]:
    """A stretch of so many days somewhere in the world."""
    climate, rng = world.climate, world.rng
    length = float(rng.uniform(least, most)) * DAY
    first = climate.start + float(rng.random()) * max(climate.end - climate.start - length - 5 * DAY, DAY)
    return first, first + length


def _any(world: World, n: int, town: int | None = None) -> Ints:
    """n shops with or without a story, of one town if it has as many."""
    shops = world.shops
    free = np.arange(shops.size)
    if town is not None:
        free = np.flatnonzero((shops["town"] == town) & (shops["online"] == 0))
    return np.asarray(world.rng.choice(free, min(n, len(free)), replace=False), dtype=np.int64)


def _locals(world: World, n: int, town: int) -> Ints:
    people = world.people
    fits = np.flatnonzero(people["town"] == town)
    return np.asarray(world.rng.choice(fits, min(n, len(fits)), replace=False), dtype=np.int64)


def _alike(world: World, shops: Ints, name: bool) -> None:
    """The shops get one trade and price list, and one name if they may be told by it."""
    head = int(shops[0])
    for column in ("trade", "rounding", "price", "cycle"):
        world.shops[column][shops] = world.shops[column][head]
    for shop in shops if name else ():
        world.names[shop] = world.names[head]
        if world.rng.random() < 0.6:
            world.sites[shop] = world.sites[head]


def _franchise(world: World) -> None:
    rng = world.rng
    shops = world.ordinary(int(rng.integers(4, 14)), biggest=0.95)
    if len(shops) < 2:
        return
    _alike(world, shops, True)
    start, end = world.climate.start, world.climate.end
    one_desk(world, shops, float(rng.uniform(0.5, 3)), -np.inf, np.inf, every=0.9)
    royalty = world.account(world.shops.whole("country")[shops[:1]], 1)
    one_purse(world, shops, royalty, float(rng.uniform(0.05, 0.12)), chance=0.5, every=0.95)
    fans = world.persons(int(rng.integers(25, 120)))
    t, who, shop = cohort(world, fans, shops, start, end, reach=0.12, visits=5)
    world.sell(t, who, shop)
    for _ in range(int(rng.integers(1, 4))):  # campaigns of the brand
        first, last = _span(world, 3, 12)
        t, who, shop = cohort(world, world.persons(60), shops, first, last, reach=0.05, visits=1.3)
        world.sell(t, who, shop, factor=0.8)
    world.resembles("franchise", "partner", shops)


def _several_shops(world: World) -> None:
    """One owner: a desk, a till or a purse in common, guests of both, and the owner's own errands."""
    rng, shops_of = world.rng, world.shops
    shops = world.ordinary(int(rng.choice((2, 3, 4, 5, 6), p=(0.42, 0.27, 0.16, 0.1, 0.05))))
    if len(shops) < 2:
        return
    owner = int(shops_of["owner"][shops[0]])
    shops_of["owner"][shops] = owner
    near = np.flatnonzero(rng.random(len(shops)) < 0.6)
    shops_of["town"][shops[near]] = shops_of["town"][shops[0]]
    shops_of["country"][shops[near]] = shops_of["country"][shops[0]]
    if rng.random() < 0.85:
        phone = int(world.people["phone"][owner])
        one_desk(world, shops, float(rng.uniform(1, 8)), -np.inf, np.inf, every=0.95, device=phone)
    if rng.random() < 0.6:
        pool = main_account(world, shops[: 1 + int(rng.random() < 0.3)])
        one_till(world, shops, pool, -np.inf, every=0.9)
    else:
        purse = world.account(shops_of.whole("country")[shops[:1]], 1)
        one_purse(world, shops, purse, float(rng.uniform(0.3, 0.8)), chance=0.6, every=0.95)
        if rng.random() < 0.4:  # a holding
            world.relays.append((int(purse[0]), int(world.people["account"][owner]), 0.6, 0.7))
    guests = world.persons(int(rng.integers(8, 60)))
    t, who, shop = cohort(world, guests, shops, world.climate.start, world.climate.end, reach=0.3, visits=4)
    world.sell(t, who, shop)
    world.resembles("owner of several shops", "partner", shops)


def _facilitator(world: World) -> None:
    """Small shops behind one account that is settled for them, and the support's few devices."""
    rng = world.rng
    shops = _any(world, int(rng.integers(15, 70)))
    since = float(rng.choice([-np.inf, _span(world, 20, 60)[0]]))
    accounts = world.account(world.shops.whole("country")[shops[:1]], int(rng.integers(1, 3)))
    one_till(world, shops, accounts, since, every=0.95)
    for device in world.device(int(rng.integers(1, 4)), (0.0, 0.8, 0.0, 0.2, 0.0)):
        one_desk(world, shops, 0.4, -np.inf, np.inf, every=0.6, device=int(device))
    world.resembles("facilitator", "partner", shops)


def _bookkeeper(world: World) -> None:
    rng = world.rng
    town = int(rng.integers(0, len(world.climate.towns))) if rng.random() < 0.7 else None
    shops = _any(world, int(rng.integers(4, 26)), town)
    if len(shops) < 3:
        return
    first, last = (-np.inf, np.inf) if rng.random() < 0.6 else _span(world, 90, 250)
    one_desk(world, shops, float(rng.uniform(0.6, 2.5)), first, last, every=0.95)
    fees = world.account(world.shops.whole("country")[shops[:1]], 1)
    one_purse(world, shops, fees, 0.03, chance=0.2, every=0.8)
    world.resembles("clients of a book-keeper", "partner", shops)


def _factor(world: World) -> None:
    rng = world.rng
    shops = _any(world, int(rng.integers(3, 14)))
    factor = world.account(world.shops.whole("country")[shops[:1]], 1)
    for shop in shops:
        since = _span(world, 40, 120)[0]
        world.pays_to(int(shop), since, factor)
        if rng.random() < 0.3:  # paid off again
            world.pays_to(
                int(shop),
                since + float(rng.uniform(60, 180)) * DAY,
                main_account(world, shops[shops == shop]),
            )
    world.resembles("clients of a factor", "partner", shops)


def succeed(world: World, shops: Ints, lives: Ints, gap: float) -> None:
    """The shops live one after the other, so many days each, so many days between them."""
    rng, climate = world.rng, world.climate
    total = float(lives.sum() + gap * (len(shops) - 1)) * DAY
    t = climate.start + float(rng.random()) * max(climate.end - climate.start - total, 0.0) - 10 * DAY
    for shop, life in zip(shops, lives, strict=True):
        opened = np.floor(t / DAY) * DAY + (8 + 10 * rng.beta(2, 2.4)) * 3600
        world.shops["opened"][shop] = opened
        closed = opened + float(life) * DAY + rng.random() * 8 * 3600
        world.shops["closed"][shop] = closed if closed < climate.end else np.inf
        world.shops["ramp"][shop] = rng.uniform(2, 12)
        t = closed + float(rng.normal(gap, 4)) * DAY


def _relaunch(world: World) -> None:
    """A shop that closes and opens again under a new name, its guests, desk and account kept."""
    rng = world.rng
    shops = world.ordinary(int(rng.choice((2, 2, 3))))
    if len(shops) < 2:
        return
    whole = (world.climate.end - world.climate.start) / DAY
    lives = rng.dirichlet(np.full(len(shops), 6.0)) * whole * rng.uniform(0.8, 1.2)
    succeed(world, shops, np.asarray(np.maximum(lives, 50), dtype=np.int64), float(rng.uniform(0, 30)))
    world.shops["town"][shops] = world.shops["town"][shops[0]]
    world.shops["country"][shops] = world.shops["country"][shops[0]]
    world.shops["slip"][shops[0]] += float(rng.choice([0.0, 0.8]))
    _alike(world, shops, False)
    if rng.random() < 0.8:
        one_till(world, shops, main_account(world, shops[:1]), -np.inf)
    one_desk(world, shops, 3.0, -np.inf, np.inf, device=int(world.shops["device"][shops[0]]))
    guests = world.persons(int(rng.integers(15, 80)))
    t, who, shop = cohort(
        world, guests, shops, world.climate.start, world.climate.end, reach=0.5, visits=5, least=1
    )
    world.sell(t, who, shop)
    world.resembles("relaunch", "partner", shops)


def _insolvency(world: World) -> None:
    """A small chain fails: a clearance sale, goods that never come, and the doors shut within weeks."""
    rng = world.rng
    shops = world.ordinary(int(rng.choice((1, 2, 3, 4), p=(0.4, 0.3, 0.2, 0.1))), lived=120)
    if not len(shops):
        return
    first, last = _span(world, 25, 70)
    live = world.shops["opened"][shops] < first - 30 * DAY
    shops = shops[live]
    if not len(shops):
        return
    bargain = world.persons(int(rng.integers(15, 60)) * len(shops))
    t, who, shop = cohort(world, bargain, shops, first, last, reach=0.1, visits=1.3)
    world.sell(t, who, shop, factor=float(rng.uniform(0.7, 1.4)))
    world.suffers(
        shops,
        last - float(rng.uniform(8, 25)) * DAY,
        last + 10 * DAY,
        DISPUTED,
        float(rng.uniform(0.15, 0.6)),
    )
    for shop in shops:
        world.shops["closed"][shop] = last + float(rng.exponential(6)) * DAY
    if len(shops) > 1:
        one_desk(world, shops, 3.0, -np.inf, np.inf)
        one_till(world, shops, main_account(world, shops[:1]), -np.inf, every=0.7)
    world.resembles("insolvency", "partner", shops)


def _mall(world: World) -> None:
    """Tenants of one house: rents to one account, a kiosk for anybody, rounds of its visitors."""
    rng = world.rng
    town = int(rng.integers(0, len(world.climate.towns)))
    shops = _any(world, int(rng.integers(5, 17)), town)
    if len(shops) < 3:
        return
    landlord = world.account(world.shops.whole("country")[shops[:1]], 1)
    one_purse(world, shops, landlord, float(rng.uniform(0.08, 0.2)), chance=0.35, every=0.95)
    guests = _locals(world, int(rng.integers(60, 250)), town)
    t, who, shop = cohort(
        world, guests, shops, world.climate.start, world.climate.end, reach=0.35, visits=4, rhythm=0
    )
    kiosk = world.device(int(rng.integers(1, 4)), (0.0, 0.2, 0.7, 0.1, 0.0))
    device = np.where(rng.random(len(t)) < 0.18, rng.choice(kiosk, len(t)), world.own_device(who, t))
    world.sell(t, who, shop, device=device)
    world.resembles("mall", "partner", shops)
    world.resembles("guests of a mall", "consumer", who[np.isin(device, kiosk)])


def _flash_sale(world: World) -> None:
    """A day or three of half prices, alone or with neighbours, and what comes back afterwards."""
    rng = world.rng
    shops = world.ordinary(int(rng.choice((1, 2, 3, 5))), biggest=0.97)
    if not len(shops):
        return
    first, last = _span(world, 0.6, 3)
    hunters = world.persons(int(rng.integers(40, 160)))
    fresh = newcomers(world, int(rng.integers(10, 60)), first - rng.exponential(3.0, 1) * DAY, zest=0.3)
    t, who, shop = cohort(world, np.concatenate([hunters, fresh]), shops, first, last, reach=0.3, visits=1.3)
    world.sell(t, who, shop, factor=float(rng.uniform(0.6, 2.0)))
    world.suffers(shops, first, last, REFUNDED, float(rng.uniform(0.03, 0.15)))
    world.resembles("flash sale", "partner", shops)


def _subscription(world: World) -> None:
    """The same people, the same amount, the same day of each month."""
    rng, climate = world.rng, world.climate
    shops = world.ordinary(int(rng.integers(1, 3)), biggest=0.97, lived=120)
    for shop in shops:
        members = world.persons(int(rng.integers(25, 130)))
        price = float(np.round(world.prices(np.array([shop]), members[:1])[0]))
        joined = climate.moments(rng, len(members), climate.start, climate.end)
        months = rng.geometric(0.12, len(members))
        who = np.repeat(members, months)
        turn = np.arange(len(who)) - np.repeat(np.cumsum(months) - months, months)
        t = np.repeat(joined, months) + turn * 30.44 * DAY + rng.normal(0, 1500, len(who))
        fits = (t > np.maximum(world.shops["opened"][shop], world.people["created"][who] + 600)) & (
            t < min(float(world.shops["closed"][shop]), climate.end - 60)
        )
        fits &= t >= climate.start
        t, who = t[fits], who[fits]
        world.sell(t, who, np.full(len(t), shop), amount=np.full(len(t), price + 0.99))
    world.resembles("subscription", "partner", shops)


def _unlucky(world: World) -> None:
    """Shops of one courier that failed for some weeks, or of poor wares throughout."""
    rng = world.rng
    shops = world.ordinary(int(rng.integers(2, 11)), biggest=0.95)
    if rng.random() < 0.5:
        first, last = _span(world, 14, 60)
        world.suffers(shops, first, last, DISPUTED, float(rng.uniform(0.08, 0.35)))
    else:
        world.shops["slip"][shops] += rng.uniform(1.2, 2.8)
    world.resembles("unlucky shops", "partner", shops)


def _employer(world: World) -> None:
    """Staff who are paid by the shop and spend some of it there, some from the till's device."""
    rng, climate = world.rng, world.climate
    shops = world.ordinary(int(rng.integers(1, 4)), biggest=0.97, lived=100)
    if not len(shops):
        return
    staff = world.persons(int(rng.integers(5, 22)), climate.start)
    t, who, shop = cohort(world, staff, shops, climate.start, climate.end, reach=0.5, visits=7)
    till = world.shops.whole("device")[shop]
    device = np.where(rng.random(len(t)) < 0.25, till, world.own_device(who, t))
    world.sell(t, who, shop, device=device, factor=0.8)
    if len(shops) > 1:
        one_desk(world, shops, 4.0, -np.inf, np.inf)
    paid = np.tile(climate.start + (np.arange(int(climate.days / 30)) * 30 + 27) * DAY, len(staff))
    who = np.repeat(staff, int(climate.days / 30))
    wage = np.repeat(np.round(rng.lognormal(7.0, 0.4, len(staff)), 0), int(climate.days / 30))
    source = main_account(world, rng.choice(shops, len(who)))
    repay(world, source, world.people.whole("account")[who], paid, wage, within=0.3)
    world.resembles("staff of a shop", "consumer", staff)
    world.resembles("employer", "partner", shops)


def _suppliers(world: World) -> None:
    """Shops that buy from one another and settle month by month."""
    rng, climate = world.rng, world.climate
    shops = world.ordinary(int(rng.integers(4, 10)), biggest=0.95)
    if len(shops) < 3 or not climate.has_transfers:
        return
    months = int(climate.days / 30)
    for shop in shops:
        for partner in rng.choice(shops[shops != shop], 2, replace=False):
            n = int(rng.binomial(months, 0.6))
            t = climate.moments(rng, n, climate.start, climate.end)
            amount = rng.lognormal(rng.normal(6.3, 0.5), 0.35, n)
            pair = np.repeat(main_account(world, np.array([shop, partner]))[None], n, axis=0)
            world.sends(t, pair[:, 0], pair[:, 1], amount)
    world.resembles("shops that supply one another", "partner", shops)


def _festival(world: World) -> None:
    """Three days with strangers in town who buy at the same stalls and are not seen again."""
    rng = world.rng
    town = int(rng.integers(0, len(world.climate.towns)))
    shops = _any(world, int(rng.integers(3, 10)), town)
    first, last = _span(world, 1.5, 4)
    shops = shops[(world.shops["opened"][shops] < first) & (world.shops["closed"][shops] > last)]
    if len(shops) < 2:
        return
    n = int(rng.integers(25, 90))
    fresh = newcomers(world, n, first - rng.exponential(6.0, n) * DAY, zest=0.15)
    t, who, shop = cohort(world, fresh, shops, first, last, reach=0.3, visits=3)
    world.sell(t, who, shop)
    world.resembles("festival", "partner", shops)
    world.resembles("guests of a festival", "consumer", fresh)


def _campus(world: World) -> None:
    """Students: public machines, the same cheap places, thin purses that sometimes run dry."""
    rng, climate = world.rng, world.climate
    town = int(rng.integers(0, len(climate.towns)))
    students = world.persons(int(rng.integers(25, 80)), climate.start + 60 * DAY)
    world.people["town"][students] = town
    world.people["country"][students] = climate.towns[town]
    world.people["slip"][students] += rng.uniform(0, 1)
    shops = _any(world, int(rng.integers(4, 10)), town)
    machines = world.device(int(rng.integers(2, 9)), (0.0, 0.95, 0.0, 0.0, 0.05))
    t, who, shop = cohort(world, students, shops, climate.start, climate.end, reach=0.4, visits=9)
    device = np.where(rng.random(len(t)) < 0.35, rng.choice(machines, len(t)), world.own_device(who, t))
    world.sell(t, who, shop, device=device, factor=0.8)
    world.resembles("campus", "consumer", students)


def _office(world: World) -> None:
    """Colleagues who order lunch together, minutes apart, from the device of whoever collects."""
    rng, climate = world.rng, world.climate
    town = int(rng.integers(0, len(climate.towns)))
    colleagues = _locals(world, int(rng.integers(6, 26)), town)
    shops = _any(world, int(rng.integers(2, 6)), town)
    if len(colleagues) < 4 or not len(shops):
        return
    lunches = climate.moments(rng, int(rng.integers(15, 60)), climate.start, climate.end, 0)
    shop = rng.choice(shops, len(lunches))
    there = rng.random((len(lunches), len(colleagues))) < rng.uniform(0.15, 0.5)
    lunch, person = np.nonzero(there)
    t = lunches[lunch] + rng.exponential(240, len(lunch))
    who, shop = colleagues[person], shop[lunch]
    fits = (t > world.shops["opened"][shop]) & (t < world.shops["closed"][shop])
    fits &= (t > world.people["created"][who] + 600) & (t < climate.end - 60)
    t, who, shop, lunch = t[fits], who[fits], shop[fits], lunch[fits]
    collector = colleagues[rng.integers(0, len(colleagues), len(lunches))][lunch]
    host = np.where(rng.random(len(t)) < 0.3, collector, who)
    world.sell(t, who, shop, device=world.own_device(host, t))
    world.resembles("office", "consumer", colleagues)


def _advert(world: World) -> None:
    """Ordinary shops that are talked of for some weeks: strangers come, and few of them come again."""
    rng = world.rng
    shops = _any(world, int(rng.choice((1, 1, 1, 2, 3))))
    first, last = _span(world, 4, 60)
    n = max(int(rng.integers(10, 90) * len(shops) * world.climate.bustle), 4)
    new = int(n * rng.uniform(0.1, 0.7))
    created = first + rng.random(new) * (last - first) - rng.exponential(4.0, new) * DAY
    fresh = newcomers(world, new, created, zest=float(rng.uniform(0.1, 1)))
    t, who, shop = cohort(
        world, np.concatenate([fresh, _crowd(world, n - new)]), shops, first, last, reach=0.1, visits=1.5
    )
    world.sell(t, who, shop, factor=float(rng.uniform(0.8, 1.6)))
    if len(shops) > 1:
        world.resembles("talk of the town", "partner", shops)


def _crowd(world: World, n: int) -> Ints:
    """n people, with or without a story."""
    return np.asarray(world.rng.integers(0, world.people.size, n), dtype=np.int64)


def _resellers(world: World) -> None:
    """A few people who buy goods in lots from the same shops, from one machine."""
    rng, climate = world.rng, world.climate
    people = world.persons(int(rng.integers(2, 6)))
    shops = _any(world, int(rng.integers(2, 7)))
    machine = world.device(1, (0.0, 1.0, 0.0, 0.0, 0.0))[0]
    t, who, shop = cohort(world, people, shops, climate.start, climate.end, reach=0.7, visits=25)
    device = np.where(rng.random(len(t)) < 0.6, machine, world.own_device(who, t))
    world.sell(t, who, shop, device=device, factor=rng.uniform(1, 3))
    world.resembles("resellers", "consumer", people)


def _savings_circle(world: World) -> None:
    """Friends whose savings go round: each pays in every month, and one in turn takes all."""
    rng, climate = world.rng, world.climate
    people = world.persons(int(rng.integers(6, 15)), climate.start)
    if not climate.has_transfers or len(people) < 4:
        return
    account = world.people.whole("account")[people]
    stake = float(rng.choice([20, 50, 100, 150]))
    for month in range(int(climate.days / 30)):
        t = climate.start + month * 30 * DAY + rng.uniform(0, 4, len(people)) * DAY
        taker = month % len(people)
        payers = np.flatnonzero(np.arange(len(people)) != taker)
        world.sends(
            t[payers], account[payers], np.full(len(payers), account[taker]), np.full(len(payers), stake)
        )
    world.resembles("savings circle", "consumer", people)


def carriers(world: World) -> None:
    """Devices that a carrier's masks make one: many strangers' phones with one fingerprint."""
    rng, climate, people = world.rng, world.climate, world.people
    if climate.natted <= 0:
        return
    masked = np.flatnonzero(rng.random(people.size) < climate.natted)
    size = int(rng.integers(12, 120))
    for place in range(0, len(masked), size):
        group = masked[place : place + size]
        people["second"][group] = world.device(1, (1.0, 0.0, 0.0, 0.0, 0.0))[0]
        world.resembles("carrier", "consumer", group)
    people["friend"][masked] = NOBODY


GROUPS: tuple[tuple[Callable[[World], None], float], ...] = (
    (_franchise, 3), (_several_shops, 20), (_facilitator, 1.5), (_bookkeeper, 6), (_factor, 4),
    (_relaunch, 9), (_insolvency, 9), (_mall, 3), (_flash_sale, 6), (_subscription, 4), (_unlucky, 14),
    (_employer, 4), (_suppliers, 2), (_festival, 4), (_campus, 4), (_office, 9), (_resellers, 5),
    (_savings_circle, 3), (_advert, 45),
)  # fmt: skip
"""Honest groups and how many of them there are in a market of 2,000 shops, if it is an average one."""
