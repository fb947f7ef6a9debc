"""Favours: what neighbours, friends and salesmen lend one another without being any group."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.world import OPEN_END, Bools, Ints, World

SHOPS_A_SALESMAN: Final = (4, 40)
USES_OF_A_FAVOUR: Final = 0.25
"""Share of a person's orders that are paid with what a friend lent."""


def helped(world: World) -> pd.DataFrame:
    """Logins `shop` `device` `day` from salesmen's phones, at first or for repairs, and neighbours'."""
    rng, climate = world.rng, world.climate
    begins, ends = np.maximum(world.onboarded, 0), np.minimum(world.closed, climate.days)
    salesmen = np.full(climate.partners, -1)
    for city in np.unique(world.shop_city):
        here = np.flatnonzero(world.shop_city == city)
        number = 1 + len(here) // int(rng.integers(*SHOPS_A_SALESMAN))
        phones = world.new_devices(number, np.zeros(number), ("mobile", "mobile", "tablet"))
        salesmen[here] = phones[rng.integers(0, number, len(here))]
    shops = np.flatnonzero(rng.random(climate.partners) < climate.signed_up)
    at_once = world.onboarded[shops] > 0
    first = np.where(
        at_once, begins[shops] + rng.exponential(1.0, len(shops)), rng.uniform(begins, ends)[shops]
    )
    parts = [pd.DataFrame({"shop": shops, "device": salesmen[shops], "day": first})]
    borrowers = np.flatnonzero(rng.random(climate.partners) < climate.lent[0])
    lender = neighbours(world, borrowers)
    times = 1 + rng.poisson(1.5, len(borrowers))
    many = np.repeat(np.arange(len(borrowers)), times)
    shop = borrowers[many]
    day = rng.uniform(begins[shop], np.maximum(ends[shop], begins[shop]))
    parts.append(pd.DataFrame({"shop": shop, "device": world.shop_phones[lender[many], 1], "day": day}))
    return pd.concat(parts, ignore_index=True)


def neighbours(world: World, shops: Ints) -> Ints:
    """For each shop another of its city, if there is one."""
    first = np.searchsorted(world.shop_city, world.shop_city[shops], "left")
    last = np.searchsorted(world.shop_city, world.shop_city[shops], "right")
    return first + (world.rng.random(len(shops)) * (last - first)).astype(np.int64)


def pay_for_relatives(world: World) -> None:
    """Let some shops be paid out to the account of another, for a time or always."""
    rng, climate = world.rng, world.climate
    shops = np.flatnonzero(rng.random(climate.partners) < climate.lent[1])
    for shop, relative in zip(shops.tolist(), neighbours(world, shops).tolist(), strict=True):
        begins = rng.uniform(-climate.days, climate.days)
        ends = begins + rng.exponential(120) if rng.random() < 0.5 else OPEN_END
        world.redirects.append((shop, int(world.tills[relative]), begins, ends))


def lent(world: World, person: Ints, *, phones: bool) -> tuple[Bools, Ints]:
    """Where an order is paid with a friend's phone, or account, and whose."""
    rng = world.rng
    share = world.climate.lent[2 if phones else 3]
    everybody = np.arange(world.climate.consumers)
    first = np.searchsorted(world.person_city, world.person_city, "left")
    last = np.searchsorted(world.person_city, world.person_city, "right")
    friend = first + (rng.random(len(everybody)) ** 2 * (last - first)).astype(np.int64)
    borrows = rng.random(len(everybody)) < share
    used = borrows[person] & (rng.random(len(person)) < USES_OF_A_FAVOUR)
    things = world.phones if phones else world.wallets
    return used, things[friend[person]]
