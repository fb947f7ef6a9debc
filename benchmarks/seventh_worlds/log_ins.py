"""From which devices partners log in."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.events import Logins
from benchmarks.writing.units import Ints, joined, only


def log_in(world: World) -> Logins:
    """All log-ins: from own devices, from those of honest services, and from those of rings."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    rate = np.exp(rng.normal(-2.2, 0.7, n)).clip(0.02, 0.6)
    firm = np.repeat(np.arange(n), rng.poisson((firms.ending - firms.opening) * rate) + 1)
    own = np.where(flag(rng, len(firm), 0.75), firms.device[firm], firms.second_device[firm])
    rows = [Logins(firm, own, rng.uniform(firms.opening[firm], firms.ending[firm]))]
    rows += [_use(world, *shared) for shared in world.log_ins]
    for ring in world.rings:
        if "login" in ring.ties:
            rows += _of_ring(world, ring)
    every = joined(rows)
    return only(every, (every.t >= 0) & (every.t < world.days))


def _use(
    world: World, device: int, members: Ints, times: float, low: float = 0, high: float = np.inf
) -> Logins:
    """Each member logs in there about so many times, within the span as far as it is alive then."""
    rng, firms = world.rng, world.firms
    firm = np.repeat(members, np.maximum(1, rng.poisson(times, len(members))))
    opening, ending = firms.opening[firm], firms.ending[firm]
    least, most = np.maximum(opening, low), np.minimum(ending, high)
    never = most <= least
    t = rng.uniform(np.where(never, opening, least), np.where(never, ending, most))
    return Logins(firm, np.full(len(firm), device), t)


def _of_ring(world: World, ring: Ring) -> list[Logins]:
    """Careless rings have a device or two; of others a member logs in where another does, as in a tree."""
    rng, members = world.rng, ring.firms
    rows = []
    if ring.care < 0.3:
        for device in world.devices.new(int(rng.integers(1, 3)), "desktop"):
            rows.append(_use(world, device, members, rng.uniform(2, 20)))
            ring.traces.append(("login", members, np.full(len(members), device)))
            ring.tools.append(("device", np.array([device])))
        return rows
    for place in range(1, len(members)):
        other = place - 1 if ring.typology == "phoenix" else int(rng.integers(0, place))
        if ring.loose and rng.random() < 0.5:
            continue
        pair = members[[place, other]]
        lent = rng.random() < 0.5
        device = int(world.firms.second_device[pair[1]]) if lent else world.devices.one("mobile")
        rows.append(_use(world, device, pair, 1.2))
        ring.traces.append(("login", pair, np.array([device, device])))
    return rows
