"""Honest groups and single partners that look like rings or their members."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.eighth_worlds.ties import (
    buy_from_the_desk,
    collect,
    disguise,
    log_in_from_one,
    pay_to_one,
    send_round,
)
from benchmarks.eighth_worlds.world import World
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import Ints, ints, log_uniform


def _owners(world: World, own: Ints) -> None:
    """Shops of one owner: an account, a machine, a name or staff in common, each only perhaps."""
    rng, firms = world.rng, world.firms
    if rng.random() < 0.5:
        pay_to_one(world, own, 0, world.days, rng.uniform(0.3, 1))
    if rng.random() < 0.5:
        log_in_from_one(world, own, 0, world.days, int(rng.integers(2, 15)))
    if rng.random() < 0.4:
        firms.legal[own] = firms.legal[own[0]]
    if rng.random() < 0.3:
        firms.brand[own] = firms.brand[own[0]]
    if rng.random() < 0.3:
        firms.trade[own] = firms.trade[own[0]]
    if rng.random() < 0.4:
        _perks(world, own, int(rng.integers(3, 15)))
    if rng.random() < 0.3:
        send_round(world, own, 0, world.days, rng.uniform(0.1, 0.5))


def _perks(world: World, own: Ints, n: int) -> None:
    """Staff who buy at all of an owner's shops, and live like anybody else."""
    rng = world.rng
    staff = world.anyone(np.full(n, world.firms.area[own[0]]))
    who = np.repeat(staff, 2 + rng.poisson(2, n))
    firm = rng.choice(own, len(who))
    low, high = world.firms.on[firm], world.firms.off[firm]
    world.add(firm, low + (high - low) * rng.random(len(who)), who)


def _franchise(world: World, own: Ints) -> None:
    """One brand, one trade, one supplier to whom all pay."""
    rng, firms = world.rng, world.firms
    firms.brand[own], firms.trade[own] = firms.brand[own[0]], firms.trade[own[0]]
    firms.price[own] = firms.price[own[0]]
    collect(world, own, 0, world.days, rng.uniform(0.1, 0.7), 1 + int(rng.random() < 0.3))


def _facilitator(world: World, own: Ints) -> None:
    """Small partners who are paid by way of a facilitator's account."""
    start = world.days * max(0.0, world.rng.uniform(-0.5, 0.7))
    pay_to_one(world, own, start, world.days, 1.0)


def _marketplace(world: World, own: Ints) -> None:
    """Sellers on one site: customers and often the site's account or machine in common."""
    rng = world.rng
    _mall(world, own)
    if rng.random() < 0.6:
        pay_to_one(world, own, 0, world.days, rng.uniform(0.3, 1))
    if rng.random() < 0.4:
        log_in_from_one(world, own, 0, world.days, 3)


def _book_keeper(world: World, own: Ints) -> None:
    log_in_from_one(world, own, world.days * max(0.0, world.rng.uniform(-1, 0.6)), world.days, 4)


def _factoring(world: World, own: Ints) -> None:
    """They sell their claims; the money goes to the factor from some day on."""
    rng, account = world.rng, int(world.new_accounts(1)[0])
    for one in own:
        start = rng.uniform(-0.2, 0.7) * world.days
        pay_to_one(world, ints([one]), start, start + rng.uniform(0.2, 1) * world.days, 0.9, account)


def _suppliers(world: World, own: Ints) -> None:
    rng = world.rng
    collect(world, own, rng.uniform(0, 0.4) * world.days, world.days, rng.uniform(0.1, 0.6), 1)
    if rng.random() < 0.4:
        send_round(world, own, 0, world.days, rng.uniform(0.1, 0.4))


def _mall(world: World, own: Ints) -> None:
    """Neighbours in one place share customers."""
    rng, firms = world.rng, world.firms
    firms.near[own] = rng.choice(own, (len(own), firms.near.shape[1]))
    firms.cross[own] = np.maximum(firms.cross[own], rng.uniform(0.05, 0.4, len(own)))
    firms.reach[own, 0] = np.maximum(firms.reach[own, 0], 0.4)


def _deal_club(world: World, own: Ints) -> None:
    """Bargain hunters who follow one letter, on its days, to the same partners; some are new."""
    rng, firms = world.rng, world.firms
    n = int(log_uniform(rng, 15, 120))
    area = rng.choice(firms.area[own], n)
    club = world.anyone(area)
    fresh = rng.random(n) < rng.uniform(0, 0.5)
    club[fresh] = world.new_people(int(fresh.sum()), area[fresh], np.full(int(fresh.sum()), np.nan))
    days = world.days * rng.random(int(rng.integers(2, 9)))
    many = int(np.clip(world.expected(own).sum() * rng.uniform(0.05, 0.35), 2 * n, 8 * n))
    who, firm = rng.choice(club, many), rng.choice(own, many)
    t = rng.choice(days, many) + rng.uniform(0.3, 2) * rng.random(many)
    alive = (t > firms.on[firm]) & (t < firms.off[firm])
    world.add(firm[alive], t[alive], who[alive], factor=rng.uniform(0.6, 1.1))
    disguise(world, club[fresh], 0, world.days, int(2 * fresh.sum()))


def _relaunch(world: World, own: Ints) -> None:
    """An honest shop closes and opens anew; the regulars come along."""
    rng, firms, days = world.rng, world.firms, world.days
    for before, after in pairwise(own.tolist()):
        end = firms.on[before] + (0.95 * days - firms.on[before]) * rng.uniform(0.3, 0.7)
        end, firms.closed[before] = max(end, firms.on[before] + 2), True
        again = min(0.97 * days, end + rng.uniform(0, 12))
        lives = np.array([[firms.on[before], again], [end, max(firms.off[after], again + 0.02 * days)]])
        world.relive(ints([before, after]), lives[0], lives[1])
        firms.onboarded[after] = firms.on[after] - rng.uniform(0.5, 20)
        firms.near[after], firms.cross[after] = before, rng.uniform(0.1, 0.5)
        firms.area[after], firms.trade[after] = firms.area[before], firms.trade[before]
        firms.country[after] = firms.country[before]
        if rng.random() < 0.5:
            firms.brand[after] = firms.brand[before]
        if rng.random() < 0.4:
            firms.account[after] = firms.account[before]
        if rng.random() < 0.4:
            log_in_from_one(world, ints([before, after]), firms.on[before], firms.off[after], 4)


def _storm(world: World, own: Ints, share: tuple[float, float], *, ends: bool) -> None:
    """A time of bad ends, at the end of the life or in its midst."""
    rng, firms = world.rng, world.firms
    life = firms.off[own] - firms.on[own]
    length = np.minimum(life, rng.uniform(5, 60, len(own)))
    start = np.where(ends, firms.off[own] - length, firms.on[own] + (life - length) * rng.random(len(own)))
    firms.storm[own] = rng.uniform(*share, len(own))
    firms.storm_from[own], firms.storm_to[own] = start, start + length


def _insolvency(world: World, own: Ints) -> None:
    rng, firms = world.rng, world.firms
    life = (firms.off[own] - firms.on[own]) * rng.uniform(0.4, 1, len(own))
    world.relive(own, firms.on[own], firms.on[own] + life)
    firms.closed[own] = rng.random(len(own)) < 0.6
    _storm(world, own, (0.1, 0.8), ends=True)


def _unlucky(world: World, own: Ints) -> None:
    _storm(world, own, (0.05, 0.5), ends=False)


def _sold(world: World, own: Ints) -> None:
    """A sleeping partner finds a buyer, with an account and a machine of his own, and wakes."""
    rng, firms = world.rng, world.firms
    for one in own:
        wakes = rng.uniform(0.3, 0.99) * world.days
        on = min(firms.on[one], 0.2 * wakes)
        world.relive(ints([one]), np.array([on]), np.array([max(on + 3, wakes * rng.uniform(0.5, 0.97))]))
        firms.closed[one] = False
        pay_to_one(world, ints([one]), wakes, world.days, 1.0)
        log_in_from_one(world, ints([one]), wakes, world.days, 6)
        n = int(np.clip(world.expected(ints([one]))[0] * rng.uniform(0.3, 1.2), 5, 200))
        who = world.anyone(np.full(n, firms.area[one]))
        world.add(np.full(n, one), wakes + (world.days - wakes) * rng.random(n), rng.choice(who, n))


def _flash_sale(world: World, own: Ints) -> None:
    """A few days on which everybody comes, many for the first time."""
    rng, firms = world.rng, world.firms
    for one in own:
        n = int(np.clip(world.expected(ints([one]))[0] * log_uniform(rng, 0.1, 0.8), 5, 250))
        who = world.anyone(np.full(n, firms.area[one]))
        fresh = rng.random(n) < rng.uniform(0, 0.9)
        who[fresh] = world.new_people(int(fresh.sum()), np.full(int(fresh.sum()), firms.area[one]),
                                      np.full(int(fresh.sum()), np.nan))  # fmt: skip
        day = firms.on[one] + (firms.off[one] - firms.on[one]) * rng.random()
        world.add(np.full(n, one), day + rng.uniform(0.3, 4) * rng.random(n), who, factor=rng.uniform(0.5, 1))


def _subscription(world: World, own: Ints) -> None:
    world.firms.loyal[own] = world.rng.uniform(0.85, 0.98, len(own))
    world.firms.sigma[own] *= 0.15


def _bad_alone(world: World, own: Ints) -> None:
    """A partner who cheats with a few shoppers of its own, and has no accomplice."""
    rng, firms = world.rng, world.firms
    for one in own:
        n = int(np.clip(world.expected(ints([one]))[0] * rng.uniform(0.1, 0.8), 5, 200))
        crowd = max(3, int(n / log_uniform(rng, 1.2, 7)))
        who = world.new_people(crowd, np.full(crowd, firms.area[one]), np.full(crowd, np.nan))
        life = firms.off[one] - firms.on[one]
        t = firms.off[one] - life * rng.uniform(0.1, 0.9) * rng.random(n)
        world.add(np.full(n, one), t, rng.choice(who, n))
        disguise(world, who, firms.on[one], firms.off[one], int(rng.uniform(0, 1.2) * n))
    _storm(world, own, (0.1, 0.7), ends=True)


def _staff(world: World, own: Ints) -> None:
    """Somebody at the desk of one partner is a customer of others."""
    pairs = [(int(own[0]), int(one)) for one in own[1:]]
    buy_from_the_desk(world, pairs, 0, world.days, fresh=False)


GROUPS: Final[dict[str, tuple[Callable[[World, Ints], None], float, tuple[int, int], bool]]] = {
    "owners": (_owners, 12, (2, 6), True), "franchise": (_franchise, 3, (4, 20), True),
    "facilitator": (_facilitator, 1, (12, 60), False), "marketplace": (_marketplace, 1, (8, 40), False),
    "book_keeper": (_book_keeper, 5, (3, 40), False), "factoring": (_factoring, 2.5, (3, 20), False),
    "suppliers": (_suppliers, 5, (3, 12), False), "mall": (_mall, 4, (4, 15), True),
    "deal_club": (_deal_club, 4, (3, 12), False), "relaunch": (_relaunch, 6, (2, 3), True),
    "insolvency": (_insolvency, 22, (1, 1), True), "unlucky": (_unlucky, 20, (1, 1), True),
    "sold": (_sold, 12, (1, 1), True), "flash_sale": (_flash_sale, 12, (1, 1), False),
    "subscription": (_subscription, 5, (1, 1), True), "bad_alone": (_bad_alone, 20, (1, 1), True),
    "staff": (_staff, 25, (2, 4), False),
}  # fmt: skip
"""What is done, how many for a thousand partners, their sizes, and whether they are in no other story."""


def plant_look_alikes(world: World) -> None:
    """All honest stories of partners."""
    rng, n = world.rng, world.settings.partners
    for name, (plant, often, (least, most), alone) in GROUPS.items():
        for _ in range(int(rng.poisson(often * n / 1000 * world.settings.alike * rng.gamma(3, 1 / 3)))):
            size = round(log_uniform(rng, least, most + 0.4))
            own = world.free(size) if alone else rng.choice(n, size, replace=False)
            if len(own) >= least:
                plant(world, own)
                world.alike.append(Alike(name, "partner", own))
