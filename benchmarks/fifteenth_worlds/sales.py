"""What circles of customers, or the public, order where, and what money goes with it; moments are days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.fifteenth_worlds.climate import Floats, Ints
from benchmarks.fifteenth_worlds.demand import NATURAL, at_hour, book, means, moments, price
from benchmarks.fifteenth_worlds.tools import recruit, seen
from benchmarks.fifteenth_worlds.world import Group, World

Fates = tuple[float, float, float, float]
"""Odds of paid, refunded, disputed, defaulted."""


@dataclass(frozen=True)
class Custom:
    """What a circle of customers orders: how much, at how many shops each, when, and what comes of it."""

    orders: int
    visits: float
    begin: float
    end: float
    waves: int = 0
    width: float = 2.0
    factor: float = 1.0
    fates: Fates | None = None
    """None leaves it to shops and consumers."""
    machines: int = 0
    by_machine: float = 0.0
    """Share of the orders from machines that are the circle's; each serves some people, then others."""
    wallets: int = 0
    by_wallet: float = 0.0


@dataclass(frozen=True)
class Sold:
    """Orders as they were made, (n,) each."""

    t: Floats
    who: Ints
    shop: Ints
    account: Ints
    amount: Floats


def order_together(
    world: World, group: Group, people: Ints, shops: Ints, custom: Custom, *, role: str = "customer"
) -> Sold:
    """The circle orders at the shops, each at some of them; who orders there is of the group."""
    rng = world.rng
    who, shop = _meetings(world, people, shops, custom)
    t = _occasions(world, shop, custom)
    t = at_hour(world, t, shop)
    low = np.maximum(world.open_from(shop), world.person["created"][who])
    t = np.where(t < low, low + rng.uniform(0.01, 0.9, len(t)), t)
    ok = np.flatnonzero(t < world.open_until(shop))
    t, who, shop = t[ok], who[ok], shop[ok]
    device, account = means(world, who, t)
    if custom.machines:
        pool = world.new_devices(custom.machines, 0.25)
        device = _lent(world, people, who, t, device, pool, custom.by_machine)
        group.add("device", "customers", pool)
    if custom.wallets:
        pool = world.new_accounts(
            np.full(custom.wallets, world.person["country"][people[0]]), custom.begin - 60
        )
        account = _lent(world, people, who, t, account, pool, custom.by_wallet)
        group.add("bank_account", "customers", pool)
    amount = price(world, shop, custom.factor * np.exp(rng.normal(0, 0.15, len(t))))
    fate: Ints | int = NATURAL
    if custom.fates is not None:
        fate = 1 + rng.choice(4, len(t), p=np.array(custom.fates) / sum(custom.fates))
    book(world, t, who, shop, device, account, amount, fate)
    group.add("consumer", role, np.unique(who))
    return Sold(t, who, shop, account, amount)


def _meetings(world: World, people: Ints, shops: Ints, custom: Custom) -> tuple[Ints, Ints]:
    """Who orders where: everybody once at each of his shops, then as often as there are orders left."""
    rng, n = world.rng, len(people)
    own = np.argsort(rng.random((n, len(shops))), axis=1)
    many = np.clip(1 + rng.poisson(max(custom.visits - 1, 0), n), 1, len(shops))
    first = np.flatnonzero((np.arange(len(shops)) < many[:, None]).ravel())
    row, place = first // len(shops), first % len(shops)
    more = max(custom.orders - len(first), 0)
    eager = rng.gamma(1.5, 1, n) + 0.1
    again = rng.choice(n, more, p=eager / eager.sum())
    row = np.concatenate([row, again])
    place = np.concatenate([place, (rng.random(more) * many[again]).astype(np.int64)])
    return people[row], shops[own[row, place]]


def _occasions(world: World, shop: Ints, custom: Custom) -> Floats:
    rng, n = world.rng, len(shop)
    low = np.maximum(world.open_from(shop), custom.begin)
    high = np.minimum(world.open_until(shop), max(custom.end, custom.begin + 1))
    high = np.maximum(high, low + 1)
    t = moments(world, low, np.minimum(high, world.climate.days))
    if custom.waves:
        centre = rng.uniform(custom.begin, custom.end, custom.waves)[rng.integers(0, custom.waves, n)]
        t = np.clip(centre + rng.normal(0, custom.width, n), low, high)
    return np.asarray(t)


def _lent(world: World, people: Ints, who: Ints, t: Floats, own: Ints, pool: Ints, share: float) -> Ints:
    """The pool's in place of people's own for a share; what serves whom changes every month or two."""
    rng = world.rng
    place = np.searchsorted(np.sort(people), who)
    turn = ((t + rng.uniform(0, 50)) // rng.uniform(25, 90)).astype(np.int64)
    return np.asarray(np.where(rng.random(len(t)) < share, pool[(place + turn) % len(pool)], own))


def rush(
    world: World, shops: Ints, n: Ints, begin: Floats, end: Floats, *, factor: float = 1.0, new: float = 0.0
) -> None:
    """The public orders more than usual at those shops, n (shops,) each, between those days (shops,)."""
    rng, person = world.rng, world.person
    shop = np.repeat(shops, n)
    low = np.maximum(np.repeat(begin, n), world.open_from(shop))
    high = np.minimum(np.repeat(end, n), world.open_until(shop))
    t = at_hour(world, moments(world, low, np.maximum(high, low + 0.5)), shop)
    by_place = person["by_tribe"]
    sorted_country = person["country"][by_place]
    start = np.searchsorted(sorted_country, world.shop["country"][shop])
    stop = np.searchsorted(sorted_country, world.shop["country"][shop], side="right")
    tries = by_place[
        np.minimum(
            (start + rng.random((6, len(t))) * np.maximum(stop - start, 1)).astype(np.int64),
            len(by_place) - 1,
        )
    ]
    fits = (person["created"][tries] < t) & (person["gone"][tries] > t)
    if new:
        fits &= (person["created"][tries] > t - 60) | (rng.random(tries.shape) > new)
    who = tries[np.argmax(fits, axis=0), np.arange(len(t))]
    ok = np.flatnonzero(fits.any(axis=0) & (t >= world.open_from(shop)) & (t < world.open_until(shop)))
    device, account = means(world, who[ok], t[ok])
    book(world, t[ok], who[ok], shop[ok], device, account, price(world, shop[ok], factor), NATURAL)


def order_from_the_office(world: World, group: Group, device: Ints, shops: Ints, n: int) -> None:
    """Whoever runs the machine orders at the shops himself, from it."""
    rng = world.rng
    person = recruit(world, group.shops, 1, fresh=0.2, at=group.begin)
    shop = shops[rng.integers(0, len(shops), n)]
    low = np.maximum(np.maximum(world.open_from(shop), group.begin), world.person["created"][person[0]])
    high = np.minimum(world.open_until(shop), group.end)
    t = at_hour(world, moments(world, low, np.maximum(high, low)), shop)
    ok = np.flatnonzero((t > low) & (t < world.open_until(shop)))
    who = np.repeat(person, len(ok))
    _, account = means(world, who, t[ok])
    book(
        world,
        t[ok],
        who,
        shop[ok],
        device[rng.integers(0, len(device), len(ok))],
        account,
        price(world, shop[ok]),
        NATURAL,
    )
    if len(ok):
        group.add("consumer", "operator", person)


def pay_back(world: World, sold: Sold, *, share: tuple[float, float], chance: float, lag: float) -> None:
    """Shops send customers part of what they ordered for, to an account of theirs, after some days."""
    rng = world.rng
    rows = np.flatnonzero(rng.random(len(sold.t)) < chance * seen(world))
    world.sent.add(
        t=sold.t[rows] + rng.gamma(2, lag / 2, len(rows)) + 0.02,
        source=world.shop["account"][sold.shop[rows]],
        target=world.person["account"][sold.who[rows]],
        amount=sold.amount[rows] * rng.uniform(*share, len(rows)),
    )


def fund(world: World, source: Ints, sold: Sold, *, chance: float, lag: float) -> None:
    """Somebody's accounts send people what they are about to order for."""
    rng = world.rng
    rows = np.flatnonzero(rng.random(len(sold.t)) < chance * seen(world))
    world.sent.add(
        t=sold.t[rows] - rng.gamma(2, lag / 2, len(rows)) - 0.02,
        source=source[rng.integers(0, len(source), len(rows))],
        target=world.person["account"][sold.who[rows]],
        amount=sold.amount[rows] * rng.uniform(0.95, 1.4, len(rows)),
    )
