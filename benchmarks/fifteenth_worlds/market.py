"""Everybody who is there before any group forms: people with habits, shops with those that they deal with."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.fifteenth_worlds.climate import NOBODY, TRADES, Floats, Ints
from benchmarks.fifteenth_worlds.world import World

HABITS = 10
"""Shops that a person may go back to, at most."""


def open_shops(world: World) -> None:
    """Shops, each with a ticket, a season, a calendar of payouts, an account and machines of its own."""
    rng, climate = world.rng, world.climate
    n, places = climate.partners, len(climate.countries)
    country = rng.choice(places, n, p=rng.dirichlet(np.full(places, 2.0)))
    trade = climate.trades[
        rng.choice(len(climate.trades), n, p=rng.dirichlet(np.full(len(climate.trades), 3.0)))
    ]
    young = rng.random(n) < climate.young
    opened = np.where(young, rng.uniform(0, climate.days * 0.92, n), -rng.exponential(600, n) - 1)
    opened = np.floor(opened) + rng.uniform(7, 18, n) / 24
    life = rng.uniform(0.12, 1.0, n) * (climate.days - np.maximum(opened, 0)) + 5
    ends = rng.random(n) < climate.ending
    closed = np.where(ends, np.floor(np.maximum(opened, 0) + life) + rng.uniform(7, 18, n) / 24, np.inf)
    ticket = np.array([row[1] for row in TRADES])[trade] * np.exp(rng.normal(0, 0.4, n)) * climate.money
    world.shop = {
        "country": country,
        "district": country * climate.districts + rng.integers(0, climate.districts, n),
        "taste": rng.integers(0, climate.tastes, n),
        "online": rng.random(n) < climate.online,
        "trade": trade,
        "fame": np.exp(rng.normal(0, climate.fame, n)),
        "ticket": ticket,
        "spread": np.array([row[2] for row in TRADES])[trade] * rng.uniform(0.6, 1.3, n),
        "style": rng.choice(4, n, p=rng.dirichlet([3.0, 2.0, 1.0, 2.0])),
        "clock": rng.integers(0, 4, n),
        "opened": opened,
        "closed": closed,
        "season": rng.uniform(0, 1, n) ** 2 * climate.season * 1.6,
        "phase": rng.uniform(0, 365, n),
        "returns": np.array([row[3] for row in TRADES])[trade] * np.exp(rng.normal(0, 0.5, n)),
        "trouble": np.exp(rng.normal(0, 1.0, n)),
        "plan": rng.choice([14.0, 30.0, 30.0, 60.0, 90.0], n),
        "period": rng.choice([1.0, 3.5, 7.0, 7.0, 14.0, 30.0], n),
        "offset": rng.uniform(0, 30, n),
        "fee": rng.uniform(0.01, 0.06, n),
        "logins": climate.logins * rng.gamma(1.5, 1 / 1.5, n),
        "no_device": rng.beta(1 + 3 * climate.no_device, 1 + 3 * (1 - climate.no_device), n)
        * (climate.no_device * 2),
        "no_account": np.minimum(rng.beta(1.2, 1.2, n) * climate.no_account * 2, 1.0),
        "busy": np.ones(n),
        "counter": np.where(rng.random(n) < climate.counters, rng.beta(0.8, 2.5, n), 0.0),
        "heir": np.full(n, NOBODY),
        "heir_share": np.zeros(n),
        "group": np.full(n, NOBODY),
    }
    world.shop["account"] = world.new_accounts(country, opened - rng.exponential(200, n) - 1)
    _machines(world)
    world.shop["expected"] = world.shop["fame"] / world.shop["fame"].sum() * climate.orders


def _machines(world: World) -> None:
    """One machine or more a shop; another takes the first's place for good, or stands beside it a while."""
    rng, n, climate = world.rng, world.climate.partners, world.climate
    world.shop["machine"] = world.new_devices(n, 0.6)
    more = np.repeat(np.arange(n), np.minimum(rng.poisson(rng.gamma(0.7, climate.staff / 0.7, n)), 12))
    begin = rng.uniform(-0.3, 0.9, len(more)) * climate.days
    replaces = rng.random(len(more)) < 0.25
    share = np.where(replaces, 1.0, rng.uniform(0.02, 0.7, len(more)))
    end = np.where(replaces | (rng.random(len(more)) < 0.5), np.inf, begin + rng.exponential(60, len(more)))
    world.logins_of.add(
        shop=more, device=world.new_devices(len(more), 0.5), begin=begin, end=end, share=share
    )
    # a bank is changed now and then
    moved = np.repeat(np.arange(n), np.minimum(rng.poisson(rng.gamma(0.6, climate.banks / 0.6, n)), 5))
    world.paid_to.add(
        shop=moved,
        account=world.new_accounts(world.shop["country"][moved], -30.0),
        begin=rng.uniform(0.1, 0.95, len(moved)) * climate.days,
        end=np.inf,
        share=np.where(rng.random(len(moved)) < 0.6, 1.0, rng.uniform(0.02, 0.5, len(moved))),
    )


def settle_people(world: World) -> None:
    """Consumers: where and since when, how much they buy and how well they pay, what they pay with."""
    rng, climate = world.rng, world.climate
    n = max(int(climate.orders / climate.orders_each), 800)
    places = len(climate.countries)
    country = rng.choice(places, n, p=rng.dirichlet(np.full(places, 2.0)))
    before = rng.random(n) < rng.uniform(0.3, 0.8)
    created = np.where(
        before, -rng.exponential(400, n), rng.beta(1.0, 1.2, n) * climate.days * 0.98
    ) + rng.uniform(0, 1, n)
    gone = np.where(rng.random(n) < 0.3, np.maximum(created, 0) + rng.exponential(150, n) + 1, np.inf)
    world.person = {
        "country": country,
        "district": country * climate.districts + rng.integers(0, climate.districts, n),
        "taste": rng.integers(0, climate.tastes, n),
        "created": created,
        "gone": gone,
        "rate": rng.gamma(0.9, 1.0, n) + 0.05,
        "debts": np.exp(rng.normal(-0.4, 1.0, n)),
        "returns": np.exp(rng.normal(-0.2, 0.7, n)),
        "habits": 2 + rng.integers(0, HABITS - 1, n),
        "device": world.new_devices(n, 0.15),
        "account": world.new_accounts(country, np.minimum(created, 0) - rng.exponential(900, n)),
        "switch": np.where(rng.random(n) < 0.3, rng.uniform(0, 1.2, n) * climate.days, np.inf),
        "group": np.full(n, NOBODY),
    }
    person = world.person
    person["device2"] = np.where(rng.random(n) < 0.45, world.new_devices(n, 0.3), person["device"])
    spare = world.new_accounts(country, np.minimum(created, 0) - rng.exponential(500, n))
    person["account2"] = np.where(rng.random(n) < 0.25, spare, person["account"])
    person["beside"] = rng.uniform(0, 0.5, n)
    _households(world)


def _households(world: World) -> None:
    """Two to five who lend each other what they order and pay with, and now and then shop alike."""
    rng, person = world.rng, world.person
    n = len(person["country"])
    chosen = rng.permutation(np.flatnonzero(rng.random(n) < world.climate.household))
    chosen = chosen[np.argsort(person["district"][chosen], kind="stable")]
    home = np.repeat(np.arange(len(chosen)), rng.integers(2, 6, len(chosen)))[: len(chosen)]
    first = np.searchsorted(home, home)
    head = chosen[first]
    person["head"] = np.arange(n)
    person["head"][chosen] = head
    person["district"][chosen] = person["district"][head]
    person["country"][chosen] = person["country"][head]
    lends = rng.random(len(chosen)) < 0.6
    person["device2"][chosen[lends]] = person["device"][head[lends]]
    lends = rng.random(len(chosen)) < 0.35
    person["account2"][chosen[lends]] = person["account"][head[lends]]


def form_habits(world: World) -> None:
    """(people, HABITS) shops that each goes back to: near, to the taste, well known."""
    rng, climate, shop, person = world.rng, world.climate, world.shop, world.person
    n = len(person["country"])
    tribe = person["district"] * climate.tastes + person["taste"]
    order = np.argsort(tribe, kind="stable")
    world.habits = np.zeros((n, HABITS), np.int64)
    bounds = np.flatnonzero(np.r_[True, np.diff(tribe[order]) > 0, True])
    for low, high in pairwise(bounds):
        people = order[low:high]
        weight = shop["fame"] * _appeal(
            world, int(person["district"][people[0]]), int(person["taste"][people[0]])
        )
        drawn = np.searchsorted(np.cumsum(weight / weight.sum()), rng.random((len(people), HABITS)))
        world.habits[people] = np.minimum(drawn, len(weight) - 1)
    alike = (person["head"] != np.arange(n))[:, None] & (rng.random((n, HABITS)) < 0.3)
    world.habits = np.where(alike, world.habits[person["head"]], world.habits)
    person["by_tribe"] = order
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    person["place"] = place


def _appeal(world: World, district: int, taste: int) -> Floats:
    shop, climate = world.shop, world.climate
    home = shop["country"] == district // climate.districts
    near = np.where(shop["district"] == district, 1.0, np.where(home, 0.05, 0.002))
    wide = np.where(home, 0.5, 0.04)
    liked = np.where(shop["taste"] == taste, 1.0, 0.25)
    return np.asarray(np.where(shop["online"], wide, near) * liked)


def deal_with_others(world: World) -> None:
    """Whom shops pay out of what they are paid: suppliers, landlords, owners, staff, the tax office."""
    rng, climate, shop = world.rng, world.climate, world.shop
    n, places = climate.partners, len(climate.countries)
    rows = np.arange(n)
    month = np.minimum(shop["period"] / 30, 1.0)
    each = climate.onward * rng.gamma(0.9, 1 / 0.9, n)
    for _ in range(2):
        _pay(world, rows, _suppliers(world), (0.15, 0.5), np.minimum(month * 3, 1) * each, 3.0)
    tax = world.new_accounts(np.arange(places), -4000.0)
    _pay(world, rows, tax[shop["country"]], (0.1, 0.25), month * 0.5 * each, 8.0)
    lords = max(2, n // 60)
    lord = world.new_accounts(rng.integers(0, places, lords), -3000.0)
    near = (shop["district"] * 7 + rng.integers(0, 3, n)) % lords
    letting = rows[~shop["online"]]
    _pay(world, letting, lord[near[letting]], (0.05, 0.2), (month * each)[letting], 5.0)
    _owners(world, month * each)
    importers = world.new_accounts(rng.integers(0, places, 4), -3000.0)
    supplier = np.unique(np.concatenate([part["account"] for part in world.flows.parts[:2]])).astype(np.int64)
    world.relays.add(
        source=supplier, target=rng.choice(importers, len(supplier)), share=0.6, chance=0.1, lag=4.0
    )


def _pay(
    world: World, shops: Ints, account: Ints, share: tuple[float, float], chance: Floats, lag: float
) -> None:
    rng, n = world.rng, len(shops)
    world.flows.add(
        shop=shops,
        account=account,
        share=rng.uniform(*share, n),
        chance=np.minimum(chance * rng.gamma(2, 0.5, n), 1),
        lag=lag * rng.uniform(0.2, 1.5, n),
        begin=-np.inf,
        end=np.inf,
    )


def _suppliers(world: World) -> Ints:
    """A supplier for each shop, of its country and trade; each serves about a dozen."""
    rng, shop = world.rng, world.shop
    market = shop["country"] * len(TRADES) + shop["trade"]
    of = market * 50 + rng.integers(0, 1 + np.bincount(market)[market] // 12, len(market))
    names, row = np.unique(of, return_inverse=True)
    return world.new_accounts(names // 50 // len(TRADES), -2000.0)[row]


def _owners(world: World, chance: Floats) -> None:
    """Owners and staff are people of the district, who are paid on accounts that they shop with."""
    rng, shop, person = world.rng, world.shop, world.person
    n = len(shop["country"])
    by_place = np.argsort(person["district"], kind="stable")
    low = np.searchsorted(person["district"][by_place], shop["district"])
    high = np.searchsorted(person["district"][by_place], shop["district"], side="right")

    def neighbour() -> Ints:
        found = by_place[np.minimum(low + (rng.random(n) * (high - low)).astype(np.int64), len(by_place) - 1)]
        return np.asarray(found)

    owner = neighbour()
    shop["owner"] = owner
    private = np.where(
        rng.random(n) < 0.5, person["account2"][owner], world.new_accounts(shop["country"], -900.0)
    )
    _pay(world, np.arange(n), private, (0.1, 0.5), chance * 1.5, 4.0)
    many = np.minimum(rng.poisson(rng.gamma(0.6, world.climate.staff * 1.5 / 0.6, n)), 25)
    for turn in range(int(many.max())):
        rows = np.flatnonzero(many > turn)
        staff = neighbour()[rows]
        _pay(world, rows, person["account"][staff], (0.03, 0.15), chance[rows] * rng.uniform(0.1, 1.2), 3.0)
    # some order for themselves from the machine in the shop
    at_work = np.flatnonzero(rng.random(n) < rng.uniform(0.05, 0.3))
    person["device2"][owner[at_work]] = shop["machine"][at_work]


def add_accidents(world: World) -> None:
    """Ties between strangers: a borrowed machine, a used one, an account put down by mistake."""
    rng, climate = world.rng, world.climate
    n = climate.partners
    many = rng.poisson(climate.accidents * n)
    one, other = rng.integers(0, n, (2, many))
    at = rng.uniform(0, climate.days, many)
    half = rng.random(many) < 0.65
    world.logins_of.add(
        shop=one[half], device=world.shop["machine"][other[half]], begin=at[half],
        end=at[half] + rng.exponential(40, int(half.sum())), share=rng.uniform(0.05, 0.6, int(half.sum())),
    )  # fmt: skip
    world.paid_to.add(
        shop=one[~half], account=world.shop["account"][other[~half]], begin=at[~half],
        end=at[~half] + world.shop["period"][one[~half]] * 1.2, share=0.7,
    )  # fmt: skip
    people = len(world.person["country"])
    many = rng.poisson(climate.accidents * people * 0.3)
    one, other = rng.integers(0, people, (2, many))
    world.person["device2"][one] = world.person["device"][other]
