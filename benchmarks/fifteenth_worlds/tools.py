"""What groups do, crooked or honest: every way in which shops come to have something in common.

Each tool notes in the group what it has put to use. Shares and odds are of 1, moments are days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.fifteenth_worlds.climate import NOBODY, Flags, Floats, Ints
from benchmarks.fifteenth_worlds.world import Group, World

SMALLEST_SPAN: Final = 12.0
"""Days that a group has for its work, at least."""


def claim_shops(world: World, n: int, *, trade: bool = False, place: bool = True, young: float = 0.6) -> Ints:
    """Shops of no group yet, of one country and of one trade where asked for; some rather young ones."""
    rng, shop = world.rng, world.shop
    rows = np.arange(len(shop["fame"]))
    early = world.open_from(rows) < world.climate.days * 0.85
    weight = np.where(world.free_shops() & early, 1.0, 0.0)
    stays = world.open_until(rows) - world.open_from(rows) > min(60.0, 0.3 * world.climate.days)
    weight *= np.where(stays, 1.0, 0.05)
    weight *= np.where(shop["expected"] > np.quantile(shop["expected"], 0.9), 0.15, 1.0)
    weight *= np.where(shop["opened"] > 0, 1.0, 1.0 - young)
    if weight.sum() == 0:
        return np.zeros(0, np.int64)
    first = rng.choice(len(weight), p=weight / weight.sum())
    if place:
        weight *= np.where(shop["country"] == shop["country"][first], 1.0, 0.01)
    if trade:
        weight *= np.where(shop["trade"] == shop["trade"][first], 1.0, 0.02)
    keys = rng.exponential(1.0, len(weight)) / np.maximum(weight, 1e-300)
    keys[first] = 0
    found = np.argsort(keys)[: min(n, int((weight > 0).sum()))]
    return np.asarray(found)


def recruit(world: World, shops: Ints, n: int, *, fresh: float, at: float) -> Ints:
    """People of no group yet from where the shops are, a share `fresh` of them new at that day."""
    rng, person = world.rng, world.person
    weight = np.where((person["group"] == NOBODY) & (person["gone"] > at), 1.0, 0.0)
    if len(shops):
        here = np.isin(person["country"], world.shop["country"][shops])
        near = np.isin(person["district"], world.shop["district"][shops])
        weight *= np.where(near, 1.0, np.where(here, 0.3, 0.01))
    new = np.exp(-np.abs(person["created"] - at) / 25) + 1e-6
    old = np.where(person["created"] < at - 20, 1.0, 0.05)
    parts = []
    for many, factor in ((round(n * fresh), new), (n - round(n * fresh), old)):
        keys = rng.exponential(1.0, len(weight)) / np.maximum(weight * factor, 1e-300)
        found = np.argpartition(keys, many)[:many]
        weight[found] = 0
        parts.append(found)
    found = np.concatenate(parts)
    person["group"][found] = 1
    return found


def use_machine(
    world: World,
    group: Group,
    *,
    share: tuple[float, float],
    reach: float,
    role: str = "admin",
    machines: int = 1,
) -> Ints:
    """Machines of somebody's sign in at some of the shops, for a share of their logins, for a while.

    One of them may be what a shop of the group has used from the first.
    """
    rng, shops = world.rng, group.shops
    chosen = some_of(world, shops, reach)
    first = world.shop["machine"][chosen[:1]]
    device = first if world.chance(0.5) else world.new_devices(1)
    device = np.concatenate([device, world.new_devices(machines - 1)]) if machines > 1 else device
    begin, end = _while(world, group, len(chosen))
    which = device[rng.integers(0, len(device), len(chosen))]
    world.logins_of.add(
        shop=chosen, device=which, begin=begin, end=end, share=rng.uniform(*share, len(chosen))
    )
    group.add("device", role, which)
    return device


def chain_machines(world: World, group: Group, *, share: tuple[float, float], kept: float) -> None:
    """Each shop is entered now and then from the machine of the one before it: no machine is at them all.

    A share `kept` of the links is there.
    """
    rng, shops = world.rng, world.rng.permutation(group.shops)
    links = np.sort(some_of(world, np.arange(len(shops) - 1), kept))
    begin, end = _while(world, group, len(links))
    device = world.shop["machine"][shops[links]]
    world.logins_of.add(
        shop=shops[links + 1], device=device, begin=begin, end=end, share=rng.uniform(*share, len(begin))
    )
    group.add("device", "admin", device)


def use_account(world: World, group: Group, *, share: tuple[float, float], reach: float) -> Ints:
    """Some of the shops have some of their payouts sent to one account."""
    rng = world.rng
    chosen = some_of(world, group.shops, reach)
    country = world.shop["country"][chosen[:1]]
    own = world.chance(0.4)
    account = world.shop["account"][chosen[:1]] if own else world.new_accounts(country, group.begin - 40)
    begin, end = _while(world, group, len(chosen))
    world.paid_to.add(
        shop=chosen, account=account, begin=begin, end=end, share=rng.uniform(*share, len(chosen))
    )
    group.add("bank_account", "payout", account)
    return account


@dataclass(frozen=True)
class Course:
    """How money goes on from shops: what share, how often, after how long, over how many accounts between."""

    share: tuple[float, float]
    chance: tuple[float, float]
    lag: float
    hops: int = 0
    reach: float = 1.0
    ends: int = 1


def collect(world: World, group: Group, course: Course, *, role: str = "collector") -> Ints:
    """Money of the shops comes together on accounts, by way of others that a shop or two use for each hop."""
    rng = world.rng
    chosen = some_of(world, group.shops, course.reach)
    n = len(chosen)
    place = np.full(course.ends, world.shop["country"][chosen[0]])
    ends = world.new_accounts(place, group.begin - rng.exponential(90, course.ends) - 2)
    target = ends[rng.integers(0, course.ends, n)]
    for _ in range(course.hops):
        between = world.new_accounts(world.shop["country"][chosen], group.begin - rng.exponential(60, n) - 2)
        between = np.where(rng.random(n) < 0.2, between[0], between)
        world.relays.add(
            source=between, target=target, share=rng.uniform(0.8, 0.98, n), chance=rng.uniform(0.75, 1, n),
            lag=course.lag * rng.uniform(0.3, 1.5, n),
        )  # fmt: skip
        group.add("bank_account", "mule", between)
        target = between
    begin, _ = _while(world, group, n, whole=0.7)
    world.flows.add(
        shop=chosen,
        account=target,
        share=rng.uniform(*course.share, n),
        chance=rng.uniform(*course.chance, n) * seen(world),
        lag=course.lag * rng.uniform(0.3, 1.5, n),
        begin=begin,
        end=np.inf,
    )
    group.add("bank_account", role, ends)
    return ends


def turn_bad(
    world: World, shops: Ints, begin: Floats | float, end: Floats | float, *, refunded: float = 0.0,
    disputed: float = 0.0, defaulted: float = 0.0,
) -> None:  # fmt: skip
    """Of what anybody orders at those shops between those days, such shares end badly instead."""
    spread = np.exp(world.rng.normal(0, 0.35, len(shops)))
    world.turns.add(
        shop=shops, begin=begin, end=end, refunded=np.minimum(refunded * spread, 0.9),
        disputed=np.minimum(disputed * spread, 0.9), defaulted=np.minimum(defaulted * spread, 0.9),
    )  # fmt: skip


def close(world: World, shops: Ints, at: Floats, odds: float) -> None:
    """Some of the shops close then, if they are not closed before."""
    gone = world.rng.random(len(shops)) < odds
    at = np.floor(at[gone]) + world.rng.uniform(7, 18, int(gone.sum())) / 24
    at = np.maximum(at, world.open_from(shops[gone]) + 8)
    world.shop["closed"][shops[gone]] = np.minimum(world.shop["closed"][shops[gone]], at)


def succeed(world: World, shops: Ints, *, gap: tuple[float, float], custom: float) -> Floats:
    """The shops come one after another, each with some of the last one's customers; when each one ends."""
    rng, shop = world.rng, world.shop
    n = len(shops)
    first = max(world.open_from(shops[:1])[0], 0.0) if shop["opened"][shops[0]] > 0 else 0.0
    first = min(first, world.climate.days * 0.3)
    cuts = np.cumsum(rng.uniform(0.5, 1.5, n))
    ends = first + (world.climate.days * rng.uniform(0.85, 1.2) - first) * cuts / cuts[-1]
    ends = np.floor(ends) + rng.uniform(7, 18, n) / 24
    begins = np.floor(ends[:-1] + rng.uniform(*gap, n - 1)) + rng.uniform(7, 18, n - 1) / 24
    shop["opened"][shops[0]] = min(shop["opened"][shops[0]], first)
    shop["opened"][shops[1:]] = np.minimum(begins, world.climate.days - 5)
    shop["closed"][shops] = np.where(
        ends < world.climate.days, np.maximum(ends, shop["opened"][shops] + 3), np.inf
    )
    shop["heir"][shops[:-1]] = shops[1:]
    shop["heir_share"][shops[:-1]] = custom
    shop["trade"][shops] = shop["trade"][shops[0]]
    return np.minimum(ends, world.climate.days)


def hand_over(world: World, group: Group, *, machine: float, account: float) -> None:
    """The next shop in turn signs in from the last one's machine, or is paid on its account, for a while."""
    rng, shops = world.rng, group.shops
    for chance, rules, key, role in (
        (machine, world.logins_of, "machine", "admin"),
        (account, world.paid_to, "account", "payout"),
    ):
        rows = np.flatnonzero(rng.random(len(shops) - 1) < chance)
        what = world.shop[key][shops[rows]]
        thing = {"device" if key == "machine" else "account": what}
        begin = world.shop["opened"][shops[rows + 1]]
        rules.add(
            shop=shops[rows + 1], begin=begin, end=begin + rng.exponential(120, len(rows)) + 20,
            share=rng.uniform(0.1, 0.9, len(rows)), **thing,
        )  # fmt: skip
        group.add("device" if key == "machine" else "bank_account", role, what)


def seen(world: World) -> float:
    """How much of what passes between accounts the transfers of this world show: not every bank tells."""
    return float(0.35 + 0.65 * world.climate.onward)


def some_of(world: World, rows: Ints, share: float) -> Ints:
    """A share of them, two at least, in any order."""
    n = int(np.clip(round(share * len(rows)), min(2, len(rows)), len(rows)))
    return np.asarray(world.rng.permutation(rows)[:n])


def _while(world: World, group: Group, n: int, whole: float = 0.35) -> tuple[Floats, Floats]:
    """(n,) begins and ends of use: for good, or for a part of the group's time."""
    rng = world.rng
    span = max(group.end - group.begin, SMALLEST_SPAN)
    begin = group.begin + rng.uniform(0, 0.6, n) * span
    end = begin + rng.uniform(0.15, 0.8, n) * span
    good: Flags = rng.random(n) < whole
    return np.where(good, -np.inf, begin), np.where(good, np.inf, end)


def lend_name(world: World, shops: Ints) -> None:
    """The shops trade under one name."""
    brand = int(shops[0])
    for shop in shops:
        world.brands[int(shop)] = brand


def rich_shops(world: World, n: int) -> Ints:
    """Shops of no gang that sell much, most of them of one country."""
    shop = world.shop
    country = world.rng.integers(0, len(world.climate.countries))
    weight = np.where(
        world.free_shops(), np.minimum(shop["expected"], np.quantile(shop["expected"], 0.97)), 0.0
    )
    weight = (
        weight * np.where(shop["country"] == country, 1.0, 0.1) * (shop["opened"] < world.climate.days * 0.5)
    )
    n = min(n, int((weight > 0).sum()))
    return np.asarray(world.rng.choice(len(weight), n, replace=False, p=weight / weight.sum()))
