"""What the shills of a ring buy, where, when, and how it ends."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.sixth_worlds.shills import cover_up, fake, hire
from benchmarks.sixth_worlds.ties import tie_up
from benchmarks.sixth_worlds.world import Ring, World
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NO_INTS,
    PAID,
    REFUNDED,
    Flags,
    Floats,
    Ints,
    within_runs,
)

SHARE: Final = {
    "shell_network": 0.30, "collusive_circle": 0.34, "device_farm": 0.36, "mule_chain": 0.20,
    "bust_out": 0.30, "phoenix": 0.24,
}  # fmt: skip
"""Ring orders for an honest one, where the ring takes no care."""
MOST: Final = 80
"""Ring orders of a member."""
UNKNOWN_YET: Final = 45
"""Days after which most bad ends are known."""
IN_TURN: Final = ("bust_out", "phoenix")


def act(world: World, ring: Ring) -> None:
    """All orders of a ring of partners, and what its members have in common besides."""
    number = _numbers(world, ring)
    low, high = _windows(world, ring)
    shill, member = _visits(world, ring, number)
    t = _moments(world, ring, member, low, high)
    outcome = _outcomes(world, ring, member, t)
    ramp = np.ones(len(t))
    if ring.typology == "bust_out":
        ramp += (0.8 - 0.4 * ring.care) * (t - low[member]) / np.maximum(1, high - low)[member]
    dear = 1.0 + (0.7 - 0.5 * ring.care) * world.rng.random()
    factor = dear * ramp * np.exp(world.rng.normal(0, 0.1, len(t)))
    batch = world.batch(shill, ring.firms[member], t, factor=factor, outcome=outcome)
    world.planned.append(batch)
    per = (1.5 + 7 * ring.care) * world.settings.cover
    cover_up(world, ring.shills[ring.shills >= world.ordinary], per, float(low.min()), float(high.max()))
    _leave_customers(world, ring, high)
    tie_up(world, ring, batch)


def _numbers(world: World, ring: Ring) -> Ints:
    """(members,) ring orders of each."""
    rng, custom, n = world.rng, world.custom()[ring.firms], len(ring.firms)
    share = (
        SHARE[ring.typology] * (0.84 - 0.46 * ring.care) * rng.uniform(0.7, 1.3) * world.settings.intensity
    )
    least = np.minimum(rng.integers(6, 13), 2 + 0.25 * custom)
    most = np.minimum(MOST, 5 + 0.3 * custom)
    return np.clip(np.round(share * custom * rng.uniform(0.7, 1.3, n)), least, most).astype(np.int64)


def _windows(world: World, ring: Ring) -> tuple[Floats, Floats]:
    """(members,) from when to when each serves the ring."""
    rng, firms, days, n = world.rng, world.firms, world.days, len(ring.firms)
    opening, ending = firms.opening[ring.firms], firms.ending[ring.firms]
    care = ring.care
    if ring.ends is not None:
        high = ring.ends
        low = high - (14 + 75 * care) * rng.uniform(0.8, 1.5, n)
    elif ring.typology == "phoenix":
        high = np.where(np.isinf(firms.off[ring.firms]), opening + 0.75 * (ending - opening), ending)
        low = high - np.maximum(25, (0.35 + 0.4 * care) * (ending - opening))
    else:
        begin = rng.uniform(0.15, 0.5) * days
        low = np.maximum(opening + 5, begin)
        high = np.minimum(ending, begin + (40 + 260 * care) * rng.uniform(0.7, 1.4))
        apart = high < low + 20
        low, high = np.where(apart, ending - 60, low), np.where(apart, ending, high)
    high = np.minimum(high, np.maximum(days - 35, opening + 15))
    return np.maximum(np.minimum(low, high - 20), opening), high


def _visits(world: World, ring: Ring, number: Ints) -> tuple[Ints, Ints]:
    """Shill and member of each ring order; members without common shoppers have their own, or none."""
    rng, settings = world.rng, world.settings
    common = np.flatnonzero(~ring.no_common)
    per = rng.uniform(2.6, 5.0)
    n = int(max(len(common) + 2, 4, number[common].sum() / per))
    n_hired = int(n * min(0.8, _hired(ring) * settings.hired)) if rng.random() < 0.75 else 0
    shills, purse = fake(world, ring, ring.firms[common], n - n_hired)
    shills = rng.permutation(np.concatenate([shills, hire(world, ring.firms[common], n_hired)]))
    shill, place = _spread(world, ring, shills, len(common))
    rows = [(shill, common[place]), _again(world, shill, common[place], number, common)]
    everybody = [shills]
    for one in np.flatnonzero(ring.no_common):
        if rng.random() < 0.4:  # all that this member does is to lend its account or its name
            continue
        own, _ = fake(world, ring, ring.firms[[one]], max(2, int(number[one] / per)))
        rows += [(rng.choice(own, number[one]), np.full(number[one], one))]
        everybody.append(own)
    ring.shills = np.unique(np.concatenate(everybody))
    if ring.typology != "mule_chain" and rng.random() < 0.35:  # money that comes back to them
        ring.purse = purse
    return np.concatenate([one for one, _ in rows]), np.concatenate([one for _, one in rows])


def _hired(ring: Ring) -> float:
    """Share of the shills who are ordinary consumers otherwise."""
    care = ring.care
    return {"collusive_circle": 0.15 + 0.5 * care, "bust_out": 0.3 * care, "phoenix": 0.3 * care}.get(
        ring.typology, 0.2 * care
    )


def _spread(world: World, ring: Ring, shills: Ints, n: int) -> tuple[Ints, Ints]:
    """Each shill at two members of `n` or more: along the line, at neighbours (the careful), or anywhere."""
    rng = world.rng
    chance = 0.35 - 0.15 * ring.care + 0.15 * (ring.typology == "collusive_circle")
    many = np.minimum(n, 2 + rng.binomial(3, chance, len(shills)))
    row = np.repeat(np.arange(len(shills)), many)
    step = within_runs(many)
    if ring.typology == "phoenix":
        place = row % n + step
        place = np.where(place < n, place, n - 1 - step)
    elif ring.care > 0.5:
        place = rng.permutation(n)[(row + step) % n]
    else:  # ranks of random numbers: all different for one shill
        ranks = np.argsort(rng.random((len(shills), n)), axis=1)
        place = ranks[row, step]
    return shills[row], place


def _again(world: World, shill: Ints, member: Ints, number: Ints, common: Ints) -> tuple[Ints, Ints]:
    """Further orders of the shills of each member, up to its number."""
    shills, members = [NO_INTS], [NO_INTS]
    for one in common:
        known = shill[member == one]
        left = max(0, int(number[one]) - len(known))
        if left and len(known):
            shills.append(world.rng.choice(known, left))
            members.append(np.full(left, one))
    return np.concatenate(shills), np.concatenate(members)


def _moments(world: World, ring: Ring, member: Ints, low: Floats, high: Floats) -> Floats:
    """Times of day of the member's own trade, on days of its window, in waves where little care is taken."""
    rng, care, n = world.rng, ring.care, len(member)
    firm, low, high = ring.firms[member], low[member], high[member]
    own = world.moment(firm)
    day = np.where(
        (own >= low) & (own <= high) & (rng.random(n) < 0.8), own, rng.uniform(low, np.maximum(high, low + 1))
    )
    clock = (world.moment(firm) + rng.normal(0, 0.03, n)) % 1
    if ring.typology not in IN_TURN and rng.random() < 0.9 - 0.8 * care:
        wave = rng.uniform(low.min(), high.max(), int(rng.integers(2, 6)))
        near = np.clip(rng.choice(wave, n) + rng.normal(0, 1 + 5 * care, n), low, high)
        day = np.where(rng.random(n) < 0.75 - 0.4 * care, near, day)
    if ring.typology == "bust_out":
        day = np.where(rng.random(n) < 0.7, high - (high - low) * rng.beta(1, 2.5, n), day)
    t = np.floor(day) + clock
    fresh = ring.no_bad[member] & (rng.random(len(ring.firms)) < 0.4)[member]
    late = np.minimum(world.firms.ending[firm], world.days) - rng.uniform(0.5, 40, n)
    return np.where(fresh, late, t)  # too young for anything to have ended


def _outcomes(world: World, ring: Ring, member: Ints, t: Floats) -> Ints:
    """How ring orders end; at least two badly at a member where there is time and its part is to do so."""
    rng, days, n = world.rng, world.days, len(t)
    bad = float(np.clip(rng.normal(0.82 - 0.42 * ring.care, 0.06), 0.28, 0.9)) * world.settings.badness
    if ring.typology == "mule_chain":
        bad *= 0.85
    quiet = np.clip(rng.beta(2.2, 1.3, len(ring.firms)) * 1.35, 0.3, 1.15)
    u = rng.random(n)
    hit = u < bad * quiet[member]
    known = t < days - UNKNOWN_YET
    for one in np.flatnonzero(~ring.no_bad):
        early = np.flatnonzero((member == one) & known)
        if hit[early].sum() < 2 and len(early):
            hit[rng.choice(early, min(2, len(early)), replace=False)] = True
    hit &= ~ring.no_bad[member]
    usual = world.settings.disputed
    disputed = rng.beta(3 * usual + 0.3, 3 * (1 - usual) + 0.3)
    how = np.where((rng.random(n) < disputed) | (t > days - 110), DISPUTED, DEFAULTED)
    return np.where(hit, how, np.where(u > 0.97, REFUNDED, PAID)).astype(np.int64)


def _leave_customers(world: World, ring: Ring, high: Floats) -> None:
    """Real customers of partners that vanish get nothing for their last orders."""
    rng, firms = world.rng, world.firms
    if ring.typology not in IN_TURN:
        return
    gone: Flags = ~ring.no_bad & (np.isfinite(firms.off[ring.firms]) | (ring.typology == "bust_out"))
    left = ring.firms[gone]
    firms.tail_from[left] = high[gone] - rng.uniform(6, 12 + 18 * (1 - ring.care), len(left))
    firms.tail_share[left] = rng.uniform(0.05, 0.55 - 0.35 * ring.care, len(left))
