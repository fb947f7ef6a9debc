"""What an organisation's members share, put into effect: the same for crews and for honest people."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.ninth_worlds.designs import Allotment, allot, in_use
from benchmarks.ninth_worlds.world import Lease, Org, World
from benchmarks.writing.events import Transfers
from benchmarks.writing.units import DEFAULTED, DISPUTED, NONE, PAID, REFUNDED, Floats, Ints

FEWEST: Final = 10
"""Orders of an organisation's buyers at a member, at least."""


def organise(world: World, org: Org) -> None:
    """Everything that the organisation's ways ask for."""
    uses = {name: allot(world.rng, way.design, len(org.members)) for name, way in org.ways.items()}
    if "machines" in uses:
        world.machines.append(_lend(world, org, "machines", uses["machines"], device=True))
    if "payees" in uses:
        world.payees.append(_lend(world, org, "payees", uses["payees"]))
    if "collectors" in uses:
        world.collectors.append(_lend(world, org, "collectors", uses["collectors"]))
        _pass_on(world, org, np.unique(world.collectors[-1].unit))
    if "funders" in uses:
        _fund(world, org, _lend(world, org, "funders", uses["funders"]))
    if "names" in uses:
        _name(world, org, uses["names"])
    if len(org.people):
        _buy(world, org, uses)


def _lend(world: World, org: Org, name: str, uses: Allotment, *, device: bool = False) -> Lease:
    """The uses as days of the members' lives, of new units."""
    units = (world.new_devices if device else world.new_accounts)(uses.units)
    (org.devices if device else org.accounts).append(units)
    least, most = float(org.begin.min()), float(org.end.max())
    low, high = org.begin[uses.member], org.end[uses.member]
    begin = np.clip(least + uses.begin * (most - least), low, high)
    end = np.clip(least + uses.end * (most - least), low, high)
    short = end - begin < 3  # a member that was not there at the time uses it when it is
    strength = org.ways[name].strength * np.exp(world.rng.normal(0, 0.2, len(low)))
    return Lease(
        org.members[uses.member], units[uses.unit], np.where(short, low, begin), np.where(short, high, end),
        np.minimum(strength, 1.0),
    )  # fmt: skip


def _pass_on(world: World, org: Org, units: Ints) -> None:
    """What collectors get goes on, layer by layer, to fewer and fewer accounts."""
    for _ in range(org.layers - 1):
        higher = world.new_accounts(max(1, len(units) // 2))
        org.accounts.append(higher)
        world.pipes.append((units, world.rng.choice(higher, len(units))))
        units = higher
    org.top = len(org.accounts) - 1


def _fund(world: World, org: Org, lease: Lease) -> None:
    """Money from suppliers of it to the members' accounts, now and then."""
    rng, firms = world.rng, world.firms
    count = 2 + rng.poisson(org.ways["funders"].strength * 8, len(lease.firm))
    row = np.repeat(np.arange(len(count)), count)
    t = lease.begin[row] + rng.random(len(row)) * (lease.end - lease.begin)[row]
    amount = np.exp(rng.normal(6.5, 0.9, len(row)))
    world.moves.append(Transfers(t, lease.unit[row], firms.account[lease.firm[row]], amount))


def _name(world: World, org: Org, uses: Allotment) -> None:
    """Names or sites, or parts of them, in common."""
    rng, firms = world.rng, world.firms
    first = np.full(uses.units, NONE)
    for member, unit in zip(org.members[uses.member], uses.unit, strict=True):
        if first[unit] == NONE:
            first[unit] = member
        elif rng.random() < org.ways["names"].strength:
            u = rng.random()
            firms.brand[member] = firms.brand[first[unit]] if u < 0.6 else firms.brand[member]
            firms.legal[member] = firms.legal[first[unit]] if u > 0.5 else firms.legal[member]
            firms.site[member] = firms.site[first[unit]] if u > 0.4 else firms.site[member]


def _buy(world: World, org: Org, uses: dict[str, Allotment]) -> None:
    """Orders of the organisation's buyers at its members, from own or common devices and cards."""
    rng, n = world.rng, len(org.members)
    count = FEWEST + rng.poisson(org.buys * world.number[org.members] * np.exp(rng.normal(0, 0.3, n)))
    count = np.minimum(count, 60 * len(org.people))
    member = np.repeat(np.arange(n), count)
    at = _times(rng, org, len(member))
    least, most = float(org.begin.min()), float(org.end.max())
    t = least + at * (most - least)
    low, high = org.begin[member], org.end[member]
    outside = (t < low) | (t > high)
    t = np.where(outside, low + rng.random(len(t)) * (high - low), t)
    at = (t - least) / max(1e-9, most - least)
    every = np.ones(len(t), np.bool_)
    cells = uses["buyers"]
    cell = in_use(rng, cells, member, at, every)
    each = len(org.people) / cells.units
    who = org.people[((cell + rng.random(len(t)) ** 1.4) * each).astype(np.int64) % len(org.people)]
    firm = org.members[member]
    t = np.floor(t) + world.hours(firm)
    device, account = (_tools(world, org, name, uses, member, at) for name in ("farm", "cards"))
    outcome = _ends(world, org, at)
    world.planned.append(world.batch(who, firm, t, device=device, account=account, outcome=outcome))
    if org.feed:
        _feed(world, org)


def _times(rng: np.random.Generator, org: Org, n: int) -> Floats:
    """(n,) shares of the organisation's time, crowded on some days where it works on few."""
    if not org.work_days:
        return np.asarray(rng.random(n))
    days = rng.random(org.work_days)
    near = rng.random(n) < 0.45
    return np.where(near, np.clip(rng.choice(days, n) + rng.normal(0, 0.02, n), 0, 1), rng.random(n))


def _tools(world: World, org: Org, name: str, uses: dict[str, Allotment], member: Ints, at: Floats) -> Ints:
    """The common device or account of each order, `NONE` where the buyer has its own."""
    if name not in uses:
        return np.full(len(member), NONE)
    units = (world.new_devices if name == "farm" else world.new_accounts)(uses[name].units)
    (org.devices if name == "farm" else org.accounts).append(units)
    unit = in_use(world.rng, uses[name], member, at, world.rng.random(len(member)) < org.ways[name].strength)
    return np.where(unit == NONE, NONE, units[unit])


def _ends(world: World, org: Org, at: Floats) -> Ints:
    """How the buyers' orders end, `NONE` where as usual; crews' buyers pay while they warm up."""
    rng, u = world.rng, world.rng.random(len(at))
    end = np.where(rng.random(len(at)) < org.disputed, DISPUTED, DEFAULTED)
    usual = PAID if org.ring else NONE
    end = np.where((u < org.bad) & (at >= org.warm), end, usual)
    return np.where((u > 1 - org.refunds) & (end == usual), REFUNDED, end)


def _feed(world: World, org: Org) -> None:
    """The buyers get the money that they pay with from the organisation's accounts."""
    rng = world.rng
    if "collectors" in org.ways:
        source = org.accounts[org.top]
    else:
        source = world.new_accounts(1)
        org.accounts.append(source)
    count = 1 + rng.poisson(org.feed, len(org.people))
    who = np.repeat(org.people, count)
    t = rng.uniform(float(org.begin.min()), float(org.end.max()), len(who))
    source = rng.choice(source, len(org.people))[_row(count)]
    amount = np.exp(rng.normal(4.5, 0.7, len(who)))
    world.moves.append(Transfers(t, source, world.people.account[who], amount))


def _row(count: Ints) -> Ints:
    return np.repeat(np.arange(len(count)), count)


def wander(world: World, people: Ints, begin: Floats, end: Floats, mean: float) -> None:
    """What identities buy elsewhere, for themselves or as a cover."""
    rng = world.rng
    count = rng.poisson(mean, len(people))
    who = np.repeat(people, count)
    weight = np.cumsum(world.number)
    firm = np.searchsorted(weight, rng.random(len(who)) * weight[-1], "right")
    t = np.repeat(begin, count) + rng.random(len(who)) * np.repeat(end - begin, count)
    inside = (t > world.opening()[firm]) & (t < world.ending()[firm])
    world.planned.append(world.batch(who[inside], firm[inside], (np.floor(t) + world.hours(firm))[inside]))
