"""Consumers: where they live, with whom, what they shop with, and how they pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.setting import LIFESTYLES, Setting, sizes
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE, Counted, Flags, Floats, Ints, ints

QUARTERS: Final = 4
"""Of a city."""
PHONE, SECOND, HOME, VENUE = range(4)
"""Columns of `People.devices`."""
OWN, JOINT = range(2)
"""Columns of `People.accounts`."""
VENUES: Final = {"hostel": (25, 120, 1.0), "campus": (80, 400, 0.4), "office": (8, 70, 2.5)}
"""Fewest and most people, and how many of them there are for each 5,000 consumers."""


@dataclass
class People:
    """(n,) of each; devices (n, 4) and accounts (n, 2) with how often each is used."""

    quarter: Ints
    country: Ints
    lifestyle: Ints
    activity: Floats
    risk: Floats
    returns: Floats
    joined: Floats
    household: Ints
    friend: Ints
    devices: Ints
    device_share: Floats
    accounts: Ints
    account_share: Floats
    new_phone: Ints
    swapped: Floats
    """When `new_phone` takes the place of the first, infinite for never."""
    busy: Flags = field(default_factory=lambda: np.empty(0, np.bool_))
    """Whom a crew has."""
    venues: list[tuple[str, Ints, Ints]] = field(default_factory=list)
    """Kind, people, devices."""

    def __len__(self) -> int:
        return len(self.quarter)


def make_people(rng: np.random.Generator, setting: Setting, ids: Counted, city_country: Ints) -> People:
    """Consumers in households, with devices and accounts; some joined in the window."""
    n = setting.consumers
    household = np.repeat(np.arange(n), 1 + rng.poisson(rng.uniform(0.5, 1.4), n))[:n]
    city_share = rng.dirichlet(np.full(setting.cities, 1.0))
    city = rng.choice(setting.cities, n, p=city_share)[household]
    quarter = city * QUARTERS + rng.integers(0, QUARTERS, n)[household]
    late = rng.random(n) < rng.uniform(0.25, 0.6)
    people = People(
        quarter=quarter,
        country=city_country[city],
        lifestyle=rng.integers(0, LIFESTYLES, n),
        activity=rng.gamma(rng.uniform(0.7, 1.6), 1, n) + 0.02,
        risk=np.exp(rng.normal(0, 1.1, n)),
        returns=np.exp(rng.normal(0, 0.7, n)),
        joined=np.where(late, rng.uniform(0, setting.days * 0.97, n), -rng.exponential(300, n)),
        household=household,
        friend=_friends(rng, quarter, household),
        devices=np.full((n, 4), NONE),
        device_share=np.zeros((n, 4)),
        accounts=np.full((n, 2), NONE),
        account_share=np.zeros((n, 2)),
        new_phone=np.full(n, NONE),
        swapped=np.full(n, np.inf),
        busy=np.zeros(n, np.bool_),
    )
    home = rng.lognormal(0, [0.6, 0.7], (int(household.max()) + 1, 2))[household]
    people.risk, people.returns = people.risk * home[:, 0], people.returns * home[:, 1]
    people.risk /= people.risk.mean()
    people.returns /= people.returns.mean()
    _equip(rng, people, ids, setting.days)
    _bank(rng, people, ids)
    _gather(rng, people, ids)
    return people


def _friends(rng: np.random.Generator, quarter: Ints, household: Ints) -> Ints:
    """(n,) one each listens to: of the same home, of the same quarter, or anybody."""
    n = len(quarter)
    order = np.lexsort((rng.random(n), quarter))
    friend = np.empty(n, np.int64)
    friend[order] = np.roll(order, 1)
    home = np.clip(np.arange(n) + rng.choice([-1, 1], n), 0, n - 1)
    friend = np.where((household[home] == household) & (rng.random(n) < 0.6), home, friend)
    return np.where(rng.random(n) < 0.15, rng.integers(0, n, n), friend)


def _equip(rng: np.random.Generator, people: People, ids: Counted, days: int) -> None:
    """Phones, second devices, devices of a home; some get a new phone, and some of the old are sold on."""
    n = len(people)
    people.devices[:, PHONE] = ids.new_devices(n)
    people.device_share[:, PHONE] = rng.uniform(0.4, 1, n)
    second = rng.random(n) < rng.uniform(0.2, 0.5)
    people.devices[second, SECOND] = ids.new_devices(int(second.sum()))
    people.device_share[second, SECOND] = rng.uniform(0.1, 0.6, int(second.sum()))
    homes = int(people.household.max()) + 1
    shared = (np.bincount(people.household, minlength=homes) > 1) & (rng.random(homes) < 0.4)
    tablet = np.full(homes, NONE)
    tablet[shared] = ids.new_devices(int(shared.sum()))
    people.devices[:, HOME] = tablet[people.household]
    people.device_share[:, HOME] = np.where(shared[people.household], rng.uniform(0.05, 0.7, n), 0)
    swaps = rng.random(n) < rng.uniform(0.08, 0.3)
    people.swapped[swaps] = rng.uniform(0, days, int(swaps.sum()))
    people.new_phone[swaps] = ids.new_devices(int(swaps.sum()))
    sold = np.flatnonzero(swaps & (rng.random(n) < 0.2))
    buyer = rng.permutation(n)[: len(sold)]
    people.new_phone[buyer] = people.devices[sold, PHONE]
    people.swapped[buyer] = np.minimum(people.swapped[sold] + rng.exponential(20, len(sold)), days)


def _bank(rng: np.random.Generator, people: People, ids: Counted) -> None:
    """An account each, and one in common in some homes."""
    n, homes = len(people), int(people.household.max()) + 1
    people.accounts[:, OWN] = ids.new_accounts(n)
    people.account_share[:, OWN] = rng.uniform(0.4, 1, n)
    shared = (np.bincount(people.household, minlength=homes) > 1) & (rng.random(homes) < 0.3)
    joint = np.full(homes, NONE)
    joint[shared] = ids.new_accounts(int(shared.sum()))
    people.accounts[:, JOINT] = joint[people.household]
    people.account_share[:, JOINT] = np.where(shared[people.household], rng.uniform(0.1, 1, n), 0)


def _gather(rng: np.random.Generator, people: People, ids: Counted) -> None:
    """Hostels, campuses and offices, each of one city, with devices that many use."""
    city, free = people.quarter // QUARTERS, np.ones(len(people), np.bool_)
    for kind, (least, most, rate) in VENUES.items():
        for size in sizes(rng, least, most, 1 + rng.poisson(rate * len(people) / 5_000)):
            near = np.flatnonzero(free & (city == rng.choice(city)))
            if len(near) < least:
                continue
            members = np.sort(rng.choice(near, min(int(size), len(near)), replace=False))
            free[members] = False
            devices = ids.new_devices(int(rng.integers(1, 5)))
            people.devices[members, VENUE] = rng.choice(devices, len(members))
            people.device_share[members, VENUE] = rng.uniform(0.02, 0.5, len(members))
            if kind != "office":
                people.household[members] = NONE
            if kind == "hostel":
                people.risk[members] *= rng.uniform(0.8, 2.5)
                people.quarter[members] = people.quarter[members[0]]
            people.friend[members] = rng.permutation(members)
            people.venues.append((kind, members, devices))


def alike_people(rng: np.random.Generator, people: People) -> list[Alike]:
    """Households, hostels, campuses and offices, whose members share what crews share."""
    found = []
    counts = np.bincount(people.household[people.household >= 0])
    large = np.flatnonzero(counts >= 3)
    kept = np.isin(people.household, rng.permutation(large)[:200])
    found.append(Alike("household", "consumer", np.flatnonzero(kept), people.household[kept]))
    for kind in VENUES:
        here = [members for one, members, _ in people.venues if one == kind]
        if here:
            group = np.repeat(np.arange(len(here)), [len(one) for one in here])
            found.append(Alike(kind, "consumer", ints(np.concatenate(here)), group))
    return found
