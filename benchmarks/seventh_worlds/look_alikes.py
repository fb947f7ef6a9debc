"""Honest partners of one owner, and partners that end badly by themselves."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.trades import TRADES
from benchmarks.seventh_worlds.units import flag, groups
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.units import DEFAULTED, DISPUTED, REFUNDED, Flags, Ints


def plant_owners(world: World) -> None:
    """Owners of several shops, franchises, couples, relaunches and holdings."""
    n = len(world.firms)
    for _ in range(groups(world.rng, n * 0.012, n * 0.025 + 2)):
        _one_owner(world)
    for _ in range(groups(world.rng, 3, 8, world.settings.size)):
        _franchise(world)
    for _ in range(groups(world.rng, n * 0.006, n * 0.014 + 2)):
        _couple(world)
    for _ in range(groups(world.rng, n * 0.006, n * 0.012 + 4)):
        _relaunch(world)
    for _ in range(groups(world.rng, n * 0.005, n * 0.01 + 3)):
        _holding(world)


def share_device(
    world: World,
    members: Ints,
    times: float,
    *,
    device: int | None = None,
    low: float = 0,
    high: float = np.inf,
) -> None:
    """The members log in from one device, each about so many times."""
    if device is None:
        device = world.devices.one("desktop" if world.rng.random() < 0.5 else "mobile")
    world.log_ins.append((device, members, times, low, min(high, world.days)))


def in_one_city(world: World) -> Flags:
    here: Flags = world.firms.city == world.a_city()
    return here


def _take(world: World, size: int, least: int, allowed: Flags) -> Ints:
    """Partners that are in no story yet; none where there are too few."""
    members = world.pick(size, ~world.firms.busy & allowed)
    if len(members) < least:
        return members[:0]
    world.firms.busy[members] = True
    return members


def _of_one_land(world: World) -> Flags:
    there: Flags = world.firms.land == world.rng.choice(world.firms.land)
    return there


def _worsen(world: World, members: Ints, share: float) -> None:
    """Of that share of groups all members have many disputes or many defaults."""
    rng = world.rng
    if rng.random() < share:
        kind = (DISPUTED if rng.random() < 0.5 else DEFAULTED) - REFUNDED
        world.firms.trouble[members, kind] = rng.uniform(0.06, 0.25)


def _rename(world: World, members: Ints, base: str) -> None:
    rng, firms = world.rng, world.firms
    for one in members:
        firms.name[one] = f"{base} {firms.word[one] if rng.random() < 0.5 else rng.integers(1, 40)}"


def _one_owner(world: World) -> None:
    rng, firms = world.rng, world.firms
    members = _take(world, 2 + int(rng.geometric(0.5)), 2, _of_one_land(world))
    if not len(members):
        return
    if rng.random() < 0.8:
        share_device(world, members, rng.uniform(3, 30))
    if rng.random() < 0.5:
        firms.account[members] = firms.account[members[0]]
    firms.owner_account[members] = firms.owner_account[members[0]]
    if rng.random() < 0.5:
        _rename(world, members, firms.owner[members[0]])
    _worsen(world, members, 0.3)
    world.look_alike("one_owner", "partner", members)


def _franchise(world: World) -> None:
    rng, firms = world.rng, world.firms
    members = _take(world, int(rng.integers(4, 18)), 3, firms.trade == rng.integers(len(TRADES)))
    if not len(members):
        return
    _rename(world, members, firms.brand[members[0]] + firms.word[members[0]].lower())
    share_device(world, members, rng.uniform(0.5, 5))
    if rng.random() < 0.5:
        firms.owner_account[members] = world.accounts.one(CODES[firms.land[members[0]]])
    _worsen(world, members, 0.25)
    world.look_alike("franchise", "partner", members)


def _couple(world: World) -> None:
    """Two shops that are paid to one account."""
    members = _take(world, 2, 2, in_one_city(world))
    if not len(members):
        return
    world.firms.account[members] = world.firms.account[members[0]]
    _worsen(world, members, 0.2)
    world.look_alike("couple", "partner", members)


def _relaunch(world: World) -> None:
    """An honest owner closes one shop and opens the next; some were bankrupt."""
    rng, firms, days = world.rng, world.firms, world.days
    members = _take(world, 2, 2, (firms.trade == rng.choice(firms.trade)) & _of_one_land(world))
    if not len(members):
        return
    cut = rng.uniform(0.2, 0.8) * days
    firms.on[members] = -rng.exponential(300), cut + rng.uniform(1, 30)
    firms.off[members] = cut, np.inf
    old, new = members
    if rng.random() < 0.7:
        share_device(world, members, rng.uniform(2, 15))
    if rng.random() < 0.6:
        firms.account[new] = firms.account[old]
    firms.owner_account[new] = firms.owner_account[old]
    if rng.random() < 0.6:
        _rename(world, members, firms.brand[old])
    firms.city[new], firms.district[new] = firms.city[old], firms.district[old]
    if rng.random() < 0.3:
        firms.doom[old] = cut - rng.uniform(10, 30)
    world.look_alike("relaunch", "partner", members)
    world.relaunched.append(members)


def _holding(world: World) -> None:
    """A parent sweeps its shops' accounts, and passes the money on."""
    rng, firms = world.rng, world.firms
    members = _take(world, int(rng.integers(2, 7)), 2, firms.land == rng.choice(world.settings.lands))
    if not len(members):
        return
    first, second = world.accounts.new(2, CODES[firms.land[members[0]]])
    firms.holding[members] = first
    world.holdings.append((int(first), int(second)))
    _worsen(world, members, 0.2)
    world.look_alike("holding", "partner", members)


def plant_failures(world: World) -> None:
    """Insolvencies, after which nothing is delivered, and couriers that fail half a city for days."""
    rng, firms, days = world.rng, world.firms, world.days
    gone = world.pick(len(firms) * rng.uniform(0.03, 0.05), ~firms.busy & (firms.on < days * 0.6))
    start = np.maximum(firms.on[gone], 0) + 30
    firms.off[gone] = start + rng.random(len(gone)) * (days - start)
    firms.doom[gone] = firms.off[gone] - rng.uniform(12, 50, len(gone))
    world.look_alike("insolvency", "partner", gone)
    for _ in range(groups(rng, 2, 7)):
        first = rng.uniform(5, days - 15)
        world.couriers.append((world.a_city(), first, first + rng.uniform(4, 12), flag(rng, len(firms), 0.5)))
