"""How a ring's partners are tied to one another, so that every member has a trace."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.eighth_worlds.ties import (
    buy_from_the_desk,
    collect,
    custom_in_common,
    log_in_from_one,
    pay_to_one,
    send_round,
    take_turns,
)
from benchmarks.eighth_worlds.world import Ring, World
from benchmarks.writing.units import Flags, Ints, ints

HELPER = 0.12
"""Share of rings whose collector already works for another."""
IN_PAIRS = ("payout", "login", "desk", "turns", "loop", "few")
"""Channels that tie a member to one other or two; `few`: a few shoppers in common."""


def tie(world: World, ring: Ring, seen: Flags) -> None:
    """Money that runs together, and for members not `seen` by it or by shoppers a tie to another member.

    Members whom a channel is to show are drawn for each, so that parts of a ring show in different ones.
    """
    seen = seen.copy()
    for name in ("onward", "chain"):
        if name in ring.channels:
            part = _part(world, ring)
            _money(
                world, ring, ring.firms[part], hops=1 if name == "onward" else int(world.rng.integers(2, 4))
            )
            seen |= part
    if "heir" in ring.channels:
        _inherit(world, ring)
        seen[:] = True
    ways = [one for one in IN_PAIRS if one in ring.channels]
    for name in ways:
        if seen.all() and len(ring.firms) > 4:
            some = ring.firms[_part(world, ring)]
            _pair(world, ring, some[: max(2, len(some) // 2)], name)
    # a member without a trace is joined to one who comes before it in a random order, the first to the second
    order = world.rng.permutation(len(ring.firms))
    for place, one in enumerate(order):
        if seen[one] or (place == 0 and not seen[order[1]]):
            continue
        other = order[world.rng.integers(0, place)] if place else order[1]
        _pair(world, ring, ring.firms[[other, one]], str(world.rng.choice(ways or ["few"])))


def _part(world: World, ring: Ring) -> Flags:
    """Which members a channel shows: most, at least two."""
    part = world.rng.random(len(ring.firms)) < world.rng.uniform(0.5, 1.1)
    part[world.rng.permutation(len(part))[:2]] = True
    return part


def _money(world: World, ring: Ring, firms: Ints, hops: int) -> None:
    """To one collector, which honest partners may pay, too, or to several whose money ends with one head."""
    rng, start, end = world.rng, ring.start, ring.end + 10
    helped = len(world.helpers) > 0 and rng.random() < HELPER
    head = int(rng.choice(world.helpers)) if helped else int(world.new_accounts(1)[0])
    share = rng.uniform(0.15, 0.65) * (1 - 0.4 * ring.care)
    several = len(firms) > 4 and rng.random() < 0.8
    for part in np.array_split(firms, int(rng.integers(2, len(firms) // 2 + 1)) if several else 1):
        ends = (int(world.new_accounts(1)[0]), head) if several else (head,)
        ring.accounts += collect(world, part, start, end, share, hops, ends)
        if rng.random() < 0.5:
            payers = rng.choice(len(world.firms), 1 + int(rng.poisson(3)))
            collect(world, ints(payers), 0, world.days, 0.3, 1, ends[:1])
    world.helpers.append(head)


def _inherit(world: World, ring: Ring) -> None:
    """One life after another: a name kept, an account or a device kept now and then."""
    rng, firms = world.rng, world.firms
    for before, after in zip(ring.firms[:-1], ring.firms[1:], strict=True):
        firms.country[after], firms.trade[after] = firms.country[before], firms.trade[before]
        firms.area[after] = firms.area[before]
        if rng.random() < 0.4:
            firms.brand[after] = firms.brand[before]
        if rng.random() < 0.25 and "payout" in ring.channels:
            firms.account[after] = firms.account[before]
            ring.accounts.append(int(firms.account[before]))
        if rng.random() < 0.3 and world.settings.log_ins > 0:
            both = ints([before, after])
            ring.devices.append(log_in_from_one(world, both, firms.on[before], firms.off[after], 3))


def _pair(world: World, ring: Ring, firms: Ints, name: str) -> None:
    """Ties those members by that channel."""
    rng, start, end = world.rng, ring.start, ring.end
    share = rng.uniform(0.2, 0.8) * (1 - 0.4 * ring.care)
    if name in ("payout", "login") and rng.random() < 0.45:  # whoever lends the means serves honest ones, too
        firms = np.unique(np.r_[firms, rng.choice(len(world.firms), int(rng.integers(1, 4)))])
    if name == "payout":
        ring.accounts.append(pay_to_one(world, firms, start, end, share))
    elif name == "turns":
        ring.accounts += take_turns(world, firms, start, end)
    elif name == "login":
        ring.devices.append(log_in_from_one(world, firms, start, end, int(rng.integers(1, 6))))
    elif name == "loop":
        ring.accounts += send_round(world, firms, start, end, 0.6 * share)
    elif name == "desk":
        pairs = [(int(one), int(other)) for one, other in pairwise(firms)]
        people, devices = buy_from_the_desk(world, pairs, start, end, fresh=bool(rng.random() < 0.6))
        ring.people += people
        ring.devices += devices
    else:
        n = int(rng.integers(3, 9))
        ring.people += custom_in_common(world, firms, start, end, n, float(rng.uniform(0.8, 1.6))).tolist()
