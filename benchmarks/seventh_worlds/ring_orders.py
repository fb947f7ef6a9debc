"""What each ring buys at its own partners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.seventh_worlds.orders import buy, prices
from benchmarks.seventh_worlds.refund_rings import refund
from benchmarks.seventh_worlds.ring_buyers import Reuse, anywhere, mask, random_moments, strangers, wear
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.units import Floats, Ints

FEWEST_MEETINGS: Final = 8
"""Orders of a collusive circle at each of its partners at least."""


@dataclass
class Spree:
    """What a ring is about to do: (members,) orders of each from `low` to `high`, and how many end badly.

    `mix` (3,) are the shares of bad ends that are refunded, disputed and defaulted.
    """

    ring: Ring
    count: Ints
    low: Floats
    high: Floats
    bad: float
    mix: Floats
    reuse: Reuse

    @property
    def care(self) -> float:
        return self.ring.care

    @property
    def member(self) -> Ints:
        """(orders,) place of the member of each order."""
        return np.repeat(np.arange(len(self.count)), self.count)

    def moments(self, world: World) -> Floats:
        """(orders,) by the hours of each member."""
        at = self.member
        return world.moments(self.low[at], self.high[at], world.firms.hour[self.ring.firms[at]])


def act(world: World, ring: Ring) -> None:
    """All orders of a ring."""
    common = 1 - 0.75 * ring.care
    reuse = Reuse(0.06 + 0.36 * common * world.rng.random(), 0.03 + 0.22 * common * world.rng.random())
    if world.settings.lacks == "devices":
        reuse = Reuse(reuse.device, max(reuse.account, 0.25))
    if ring.typology == "refund_abuse":
        refund(world, ring, reuse)
    else:
        ACTS[ring.typology](world, _spree(world, ring, reuse))


def _spree(world: World, ring: Ring, reuse: Reuse) -> Spree:
    """Bad orders are a share of a member's honest custom."""
    rng, firms, days, care = world.rng, world.firms, world.days, ring.care
    custom = world.custom[ring.firms] * rng.uniform(0.08, 0.4) * (1.25 - 0.75 * care)
    by_thieves = ring.typology in ("take_over", "shell_network")
    length = min(days * 0.8, rng.uniform(15, 60) + 170 * care * rng.random())
    start = rng.uniform(0, days - length)
    opening, ending = firms.opening[ring.firms], firms.ending[ring.firms]
    low, high = np.maximum(opening, start), np.minimum(ending, start + length)
    short = high - low < 8
    return Spree(
        ring=ring,
        count=np.clip(custom, 14 if ring.typology == "phoenix" else 9, 60).astype(np.int64),
        low=np.where(short, opening, low),
        high=np.where(short, ending, high),
        bad=rng.uniform(0.3, 0.65) * (1 - 0.35 * care),
        mix=rng.dirichlet([0.4, 4, 0.7] if by_thieves else [0.4, 1, 2.5]),
        reuse=reuse,
    )


def _device_farm(world: World, spree: Spree) -> None:
    """Buyers with common devices, of whom each goes to a few members; careless ones at regular times."""
    rng = world.rng
    at = spree.member
    t = spree.moments(world)
    if rng.random() < 1 - spree.care:
        low, high = spree.low[at], spree.high[at]
        t = np.clip(np.round((t - low) / 6) * 6 + low + rng.uniform(0, 1.2, len(t)), low, high)
    _go_round(world, spree, t, reach=1)


def _phoenix(world: World, spree: Spree) -> None:
    """The same in the last weeks of each generation."""
    rng, firms, members = world.rng, world.firms, spree.ring.firms
    spree.high = firms.ending[members]
    spree.low = np.maximum(firms.opening[members], spree.high - rng.uniform(20, 70, len(members)))
    _go_round(world, spree, spree.moments(world))


def _bust_out(world: World, spree: Spree) -> None:
    """A good history first, then large orders at all members at once."""
    rng, firms, members = world.rng, world.firms, spree.ring.firms
    first, last = firms.opening[members].max(), firms.ending[members].min()
    length = min(rng.uniform(8, 20) + 35 * spree.care, max(4.0, (last - first) * 0.6))
    start = rng.uniform(first + (last - first - length) * 0.5, max(first + 0.5, last - length))
    spree.low, spree.high = np.full(len(members), start), np.full(len(members), start + length)
    _go_round(world, spree, spree.moments(world), worse=0.2, dearer=(1.2, 2.4), history=0.6)


def _go_round(
    world: World, spree: Spree, t: Floats, *, reach: int = 0, worse: float = 0.0,
    dearer: tuple[float, float] = (0.9, 1.5), history: float = 0.0,
) -> None:  # fmt: skip
    """Every buyer goes to a few members that lie side by side in the ring's order."""
    rng, firms, ring, care, at = world.rng, world.firms, spree.ring, spree.care, spree.member
    n, members = len(at), len(ring.firms)
    many = int(max(5, n / rng.uniform(4, 7.5)))
    buyers = strangers(world, ring, many, int(firms.land[ring.firms[0]]))
    span = min(members, 2 + reach + int(rng.random() < 0.5))
    sets = (rng.integers(0, members, many)[:, None] + np.arange(span)) % members
    chosen = []
    for one in range(members):
        own = np.flatnonzero((sets == one).any(axis=1))
        chosen.append(rng.choice(own if len(own) > 2 else np.arange(many), spree.count[one]))
    who, firm = np.concatenate(chosen), ring.firms[at]
    device, account = wear(world, buyers, who, care, spree.reuse)
    buy(
        world, buyers.consumer[who], firm, t, device=device, account=account,
        amount=prices(world, firm) * rng.uniform(*dearer), risk=spree.mix * (spree.bad + worse),
        ring=ring.number,
    )  # fmt: skip
    who = rng.integers(0, many, int(n * history))
    at = sets[who, rng.integers(0, span, len(who))]
    firm = ring.firms[at]
    device, account = wear(world, buyers, who, care, spree.reuse)
    t = rng.uniform(np.minimum(firms.opening[firm], spree.low[at] - 0.5).clip(0), spree.low[at])
    buy(
        world, buyers.consumer[who], firm, t, device=device, account=account,
        amount=prices(world, firm, -0.3), risk=np.array([0.02, 0, 0.01]), ring=ring.number,
    )  # fmt: skip
    cover = int(many * (1 + 5 * care) * rng.random())
    mask(world, buyers, care, spree.reuse.times(0.6), cover, spree.low.min(), spree.high.max())


def _separate_buyers(world: World, spree: Spree) -> None:
    """Many buyers of few orders, mostly at one member each: other ties than custom hold it together."""
    rng, ring, at = world.rng, spree.ring, spree.member
    n, members = len(at), len(ring.firms)
    many = int(n / rng.uniform(1.1, 2.2))
    buyers = strangers(world, ring, many, int(world.firms.land[ring.firms[0]]))
    who = rng.integers(0, many, n)
    who = np.where(flag(rng, n, 0.9), who % (many // members + 1) * members + at, who) % many
    device, account = wear(world, buyers, who, spree.care, spree.reuse.times(0.5))
    buy(
        world, buyers.consumer[who], ring.firms[at], spree.moments(world), device=device, account=account,
        risk=spree.mix * spree.bad, ring=ring.number,
    )  # fmt: skip
    cover = int(many * 3 * spree.care * rng.random())
    mask(world, buyers, spree.care, Reuse(0.05, 0.05), cover, spree.low.min(), spree.high.max())


def _collusive_circle(world: World, spree: Spree) -> None:
    """Recruited people with lives of their own, who come together to two or three members."""
    rng, firms, people, ring = world.rng, world.firms, world.people, spree.ring
    n, members = int(spree.count.sum()), len(ring.firms)
    many = int(max(6, n / rng.uniform(3.5, 7)))
    of_land = np.flatnonzero(world.settings.city_land[people.city] == firms.land[ring.firms[0]])
    recruits = rng.choice(of_land if len(of_land) > many else np.arange(len(people)), many, replace=False)
    ring.tools.append(("consumer", recruits))
    ring.recruits = recruits
    low, high = firms.opening[ring.firms].max(), firms.ending[ring.firms].min()
    width = min((high - low) * 0.2, rng.uniform(0.3, 2) + 9 * spree.care)
    starts = rng.uniform(low, high - width, int(max(3, n / (many * 0.6) / 1.7)))
    rows = []
    for start in starts:
        come = rng.choice(many, max(3, int(many * rng.uniform(0.35, 0.8))), replace=False)
        shops = rng.choice(members, min(members, int(rng.integers(2, 4))), replace=False)
        come = np.append(come, come[flag(rng, len(come), 0.7)])
        rows.append((come, rng.choice(shops, len(come)), start + rng.random(len(come)) * width))
    visited = np.bincount(np.concatenate([shops for _, shops, _ in rows]), minlength=members)
    for one in np.flatnonzero(visited < FEWEST_MEETINGS):
        come = rng.choice(many, min(many, FEWEST_MEETINGS), replace=False)
        rows.append((come, np.full(len(come), one), rng.choice(starts) + rng.random(len(come)) * width))
    who, at, t = (np.concatenate(column) for column in zip(*rows, strict=True))
    firm = ring.firms[at]
    buy(
        world, recruits[who], firm, t, amount=prices(world, firm) * rng.uniform(0.9, 1.4),
        risk=spree.mix * spree.bad, ring=ring.number,
    )  # fmt: skip


def _take_over(world: World, spree: Spree) -> None:
    """Thieves' devices with honest people's names and accounts, at the ring's partners and elsewhere."""
    rng, firms, people, ring, at = world.rng, world.firms, world.people, spree.ring, spree.member
    n = len(at)
    many = int(max(6, n / rng.uniform(2, 3.6)))
    victims = rng.choice(len(people), many, replace=False)
    few = max(2, int(many / (1.4 + 3 * (1 - spree.care))))
    devices = world.devices.new(few, "desktop" if rng.random() < 0.5 else "mobile")
    ring.tools.append(("device", devices))
    who = rng.integers(0, many, n)
    hour = np.full(n, 2.0) if spree.care < 0.3 else firms.hour[ring.firms[at]]
    buy(
        world, victims[who], ring.firms[at], world.moments(spree.low[at], spree.high[at], hour),
        device=devices[(who + rng.integers(0, 2, n)) % few], account=people.account[victims[who]],
        risk=np.array([0.03, min(0.8, spree.bad + 0.2), 0.02]), ring=ring.number,
    )  # fmt: skip
    who = rng.integers(0, many, int(many * spree.care * 1.5))
    firm = anywhere(world, len(who))
    buy(
        world, victims[who], firm, random_moments(world, firm), device=devices[who % few],
        account=people.account[victims[who]], risk=np.array([0.05, 0.2, 0.02]),
    )  # fmt: skip


ACTS: Final[dict[str, Callable[[World, Spree], None]]] = {
    "device_farm": _device_farm,
    "phoenix": _phoenix,
    "bust_out": _bust_out,
    "shell_network": _separate_buyers,
    "mule_chain": _separate_buyers,
    "collusive_circle": _collusive_circle,
    "take_over": _take_over,
}
