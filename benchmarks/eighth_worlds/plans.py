"""Which rings there are: what each does, when, how carefully, and in which channels it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.eighth_worlds.world import Ring, World
from benchmarks.writing.units import Floats, log_uniform


@dataclass(frozen=True)
class Way:
    """How rings of a typology work.

    `burn`: range of the share of own orders that end badly. `volume`: of the own orders to honest ones.
    `ends`: (refunded, disputed, defaulted) among those that end badly. `favoured`: channels used more often.
    """

    burn: tuple[float, float]
    volume: tuple[float, float]
    pattern: str
    ends: tuple[float, float, float]
    favoured: tuple[str, ...]
    often: float = 1.0


WAYS: Final = {
    "bust_out": Way((0.2, 0.8), (0.2, 0.8), "final", (0, 2, 2), ("custom", "onward", "timing", "login")),
    "shell_network": Way((0.0, 0.02), (0.3, 1.5), "spread", (1, 1, 1), ("onward", "loop", "chain", "turns")),
    "triangulation": Way((0.2, 0.8), (0.1, 0.5), "spread", (0, 1, 0), ("desk", "custom", "onward"), 0.8),
    "till_crew": Way((0.05, 0.6), (0.1, 0.7), "bursts", (1, 3, 1), ("crew", "purse", "custom")),
    "circle": Way((0.0, 0.5), (0.1, 0.7), "bursts", (1, 2, 3), ("custom", "purse", "timing"), 1.6),
    "refund_mill": Way((0.2, 0.8), (0.1, 0.5), "spread", (5, 1, 0), ("purse", "custom", "payout")),
    "phoenix": Way((0.1, 0.6), (0.2, 0.8), "final", (0, 1, 2), ("heir",), 0.9),
    "takeover": Way((0.2, 0.8), (0.4, 1.5), "final", (0, 3, 1), ("payout", "login", "onward"), 0.8),
    "fronts": Way((0.0, 0.25), (0.1, 0.6), "spread", (1, 1, 1), ("onward", "custom", "desk")),
    "mules": Way((0.0, 0.4), (0.1, 0.6), "bursts", (0, 1, 1), ("chain", "purse", "crew")),
    "slow": Way((0.02, 0.2), (0.06, 0.3), "spread", (1, 1, 1), ("custom", "onward", "timing", "chain"), 1.6),
}
RING_TYPES: Final = tuple(WAYS)
MOST: Final = {"phoenix": 6, "takeover": 8}
"""Partners of such a ring at most."""
PEOPLE_TYPES: Final = ("refund_abuse", "synthetic_people", "card_testers")

CHANNELS: Final = {
    "custom": 3.0, "crew": 1.5, "purse": 1.0, "timing": 0.7, "onward": 1.5, "chain": 1.2, "loop": 0.8,
    "payout": 0.3, "turns": 0.3, "login": 0.4, "desk": 0.7,
}  # fmt: skip
"""How often a channel is used where none is favoured; `heir` comes with a phoenix only."""


def channels_of(
    world: World, favoured: tuple[str, ...], care: float, *, alone: bool = False
) -> tuple[str, ...]:
    """One to three channels that this world's data can show; the careful show in one.

    `alone`: of consumers without partners, whose money and logins nobody sees.
    """
    rng, settings = world.rng, world.settings
    weight = {name: usual * (4 if name in favoured else 1) for name, usual in CHANNELS.items()}
    if not settings.transfers:
        weight.update(onward=0, chain=0, loop=0)
    if settings.log_ins == 0:
        weight.update(login=0, desk=0)
    if alone:
        weight = {name: weight[name] for name in ("custom", "crew", "purse", "timing")}
    weight["crew"] *= max(0.0, settings.device_known * (1 - settings.no_device) - 0.25)
    weight["purse"] *= max(0.0, settings.account_known - 0.1) * 3
    p = np.array(list(weight.values()))
    n = 1 + int(rng.binomial(2, 0.75 * (1 - care)))
    chosen = rng.choice(list(weight), min(n, int((p > 0).sum())), replace=False, p=p / p.sum())
    return (*(("heir",) if "heir" in favoured else ()), *(str(one) for one in chosen))


def plan_rings(world: World) -> None:
    """Rings until their share of partners is used up, and some of consumers alone."""
    rng, settings = world.rng, world.settings
    room = round(settings.ring_share * settings.partners)
    if room == 0:
        return
    often = np.array([one.often for one in WAYS.values()]) * rng.dirichlet(np.full(len(WAYS), 1.5))
    while room >= 3 or not world.rings:
        n = int(np.clip(round(log_uniform(rng, 3, 25) ** rng.choice([0.75, 1.0])), 3, max(3, room)))
        name = str(rng.choice(list(WAYS), p=often / often.sum()))
        n = min(n, MOST.get(name, n))
        _plan(world, name, n)
        room -= n
    for _ in range(max(int(rng.poisson(settings.people_rings)), int(len(world.rings) < 2))):
        start, end = _time(world)
        care = float(np.clip(rng.normal(settings.care, 0.2), 0, 1))
        name = str(rng.choice(PEOPLE_TYPES))
        channels = channels_of(world, ("crew", "purse", "timing"), care, alone=True)
        none = np.zeros(0)
        world.rings.append(Ring(name, care, none.astype(np.int64), start, end, channels, none))


def _time(world: World) -> tuple[float, float]:
    """When a ring works: mostly a good part of the window, or it is long over, or has just begun."""
    rng, days = world.rng, world.days
    kind = rng.random()
    if kind < 0.12:
        return days - rng.uniform(6, 16), days
    if kind < 0.27:
        start = rng.uniform(0.0, 0.25) * days
        return start, min(days, start + max(12, rng.uniform(0.1, 0.3) * days))
    length = max(14.0, rng.uniform(0.2, 0.9) * days)
    start = rng.uniform(0, max(0.01, days - length))
    return start, min(days, start + length)


def _plan(world: World, name: str, n: int) -> None:
    rng, firms, way = world.rng, world.firms, WAYS[name]
    care = float(np.clip(rng.normal(world.settings.care, 0.2), 0, 1))
    start, end = _time(world)
    allowed = None
    if rng.random() < 0.4:  # at home in one or two countries
        some = rng.choice(len(world.settings.countries), min(2, len(world.settings.countries)), replace=False)
        allowed = np.isin(firms.country, some)
        if (allowed & ~firms.busy).sum() < 2 * n:
            allowed = None
    taken = world.free(n, allowed)
    firms.of_ring[taken] = True
    base = rng.uniform(*way.burn) * (1 - 0.6 * care)
    burn: Floats = np.clip(base * rng.gamma(2, 0.45, n) * (rng.random(n) > rng.uniform(0.2, 0.6)), 0, 0.95)
    ring = Ring(name, care, taken, start, end, channels_of(world, way.favoured, care), burn)
    _live(world, ring)
    world.rings.append(ring)


def _live(world: World, ring: Ring) -> None:
    """Fits the members' lives to the ring's time."""
    rng, firms, own, n = world.rng, world.firms, ring.firms, len(ring.firms)
    start, end, days = ring.start, ring.end, world.days
    if ring.typology == "phoenix":
        edges = np.linspace(0.02 * days, rng.uniform(0.75, 1) * days, n + 1)
        gaps = np.minimum(rng.uniform(0, 6, n), 0.3 * (edges[1] - edges[0]))
        world.relive(own, edges[:-1] + gaps, edges[1:])
        firms.onboarded[own] = firms.on[own] - rng.uniform(0.5, 20, n)
        firms.closed[own[:-1]] = True
        firms.near[own[1:]], firms.cross[own[1:]] = own[:-1, None], rng.uniform(0.1, 0.5)
        ring.start, ring.end = edges[0], edges[-1]
        return
    on = np.minimum(firms.on[own], start + 0.4 * (end - start) * rng.random(n))
    off = firms.off[own].copy()
    off = np.where(off < start + 0.5 * (end - start), np.minimum(days, end + 2 * rng.random(n)), off)
    if ring.typology == "takeover":  # most sleep until the ring comes
        sleeps = rng.random(n) < rng.uniform(0.2, 0.7)
        on = np.where(sleeps, np.minimum(on, 0.3 * start), on)
        off = np.where(sleeps, np.maximum(on + 3, start * rng.uniform(0.6, 0.98, n)), off)
        firms.closed[own] = False
    if ring.typology == "bust_out":
        ends = end - rng.choice([0.0, 0.3]) * (end - start) * rng.random(n)
        gone = rng.random(n) < 0.7
        off = np.where(gone, np.minimum(ends, days), off)
        firms.closed[own] = gone & (off < days - 1) & (rng.random(n) < 0.6)
    if ring.typology == "shell_network":
        firms.weight[own] *= rng.uniform(0.25, 1.0)
    world.relive(own, np.where(on > off - 3, np.maximum(0, off - 3), on), off)
