"""The consumers, some of them of one household."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.further_worlds.people import Consumers
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Ints

SPARE = 6500
HOUSEHOLDS = 60
"""Households named among the look-alikes at most."""


def add_consumers(world: World) -> None:
    """Draw ordinary consumers, living where the shops are, and spare ones for rings and groups to take."""
    rng, habits, shops, window = world.rng, world.habits, world.shops, world.window_s
    world.n_ordinary = int(world.n_orders * 0.93 / habits.orders_per_consumer)
    n = world.n_ordinary + SPARE
    n_cities = len(world.city_country)
    custom = np.bincount(shops.city, weights=shops.weight, minlength=n_cities) + 1
    city = rng.choice(n_cities, n, p=custom / custom.sum())
    country = world.city_country[city]
    activity = np.exp(rng.normal(0, 1.0, n))
    activity[world.n_ordinary :] = 0
    since_s = np.where(rng.random(n) < 0.5, 0, rng.random(n) * window * 0.9)
    risk = np.exp(rng.normal(0, 0.8, n))
    returns = np.exp(rng.normal(0, 0.7, n))
    loyalty = np.clip(rng.normal(habits.loyalty, 0.2, n), 0, 0.95)
    kinds = rng.choice(["mobile", "desktop", "tablet", "unknown"], n, p=[0.66, 0.22, 0.07, 0.05])
    device, second_device = world.new_devices(n, kinds), np.full(n, -1)
    has = rng.random(n) < habits.second_device
    kinds = rng.choice(["mobile", "desktop", "tablet"], has.sum())
    second_device[has] = world.new_devices(int(has.sum()), kinds)
    device_switch_s = np.where(rng.random(n) < 0.5, rng.random(n) * window, np.inf)
    account, second_account = world.new_accounts(n, country), np.full(n, -1)
    has = rng.random(n) < 0.25
    second_account[has] = world.new_accounts(int(has.sum()), country[has])
    world.people = Consumers(
        city=city,
        country=country,
        activity=activity,
        since_s=since_s,
        risk=risk,
        returns=returns,
        loyalty=loyalty,
        device=device,
        second_device=second_device,
        device_switch_s=device_switch_s,
        account=account,
        second_account=second_account,
        in_ring=np.zeros(n, np.bool_),
    )
    _join_households(world)
    world.spare = rng.permutation(np.arange(world.n_ordinary, n)).tolist()


def _join_households(world: World) -> None:
    """Neighbours in a random order become households, who may share a device and an account."""
    rng, habits, people, n = world.rng, world.habits, world.people, world.n_ordinary
    order = rng.permutation(n)
    order = order[np.argsort(people.city[order], kind="stable")]
    many = habits.household * 0.6
    chances = [1 - many, *(many * np.array([0.45, 0.25, 0.18, 0.08, 0.04]))]
    size = rng.choice([1, 2, 3, 4, 5, 6], n, p=chances)
    household = np.repeat(np.arange(len(size)), size)[:n]
    first = np.concatenate([[True], household[1:] != household[:-1]])
    head = order[np.flatnonzero(first)[np.cumsum(first) - 1]]
    joined = people.city[head] == people.city[order]
    one_device = joined & (rng.random(n) < habits.household_device) & (head != order)
    one_account = joined & (rng.random(n) < habits.household_account) & (head != order)
    people.device[order[one_device]] = people.device[head[one_device]]
    people.account[order[one_account]] = people.account[head[one_account]]
    people.since_s[order] = np.where(rng.random(n) < 0.5, people.since_s[head], people.since_s[order])
    shares = one_device | one_account
    _name_households(world, head[shares], order[shares])


def _name_households(world: World, head: Ints, other: Ints) -> None:
    groups = pd.Series(other).groupby(head).apply(list)
    large = [[one, *others] for one, others in groups.items() if len(others) >= 2]
    for place in world.rng.permutation(len(large))[:HOUSEHOLDS]:
        members = [("consumer", int(one)) for one in large[place]]
        world.look_alikes.append(("household", members))
