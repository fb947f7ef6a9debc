"""What rings buy: of their own partners with invented or recruited buyers, or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.crowds import live
from benchmarks.eleventh_worlds.custom import Custom
from benchmarks.eleventh_worlds.draws import around, between, one_around
from benchmarks.eleventh_worlds.records import Ring
from benchmarks.eleventh_worlds.refund_rings import abuse_refunds
from benchmarks.eleventh_worlds.trades import WEEK_OF_TRADE
from benchmarks.eleventh_worlds.triangulation import triangulate
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import DEFAULTED, DISPUTED, NONE, PAID, REFUNDED, Flags, Floats, Ints

MOST_ORDERS: Final = 1800
"""Of a ring at its own partners."""
PAID_BACK: Final = ("self_dealing", "collusive", "bust_out", "shell_network")
"""Rings that may pay their buyers."""
CHARGED_BACK: Final = ("takeover", "mule_collector")
"""Rings whose orders are disputed; those of others are not paid."""


@dataclass(frozen=True)
class Plot:
    """A ring's buyers (of whom the first `invented` are new) and who of them buys where (buyers, partners).

    `weight` (buyers,) is how much. Some orders fall on common `beats` (of the ring's time, 0 to 1), by the
    share `together`. Orders end badly by `chance`, and are dearer by `boost`.
    """

    buyers: Ints
    invented: int
    where: Flags
    weight: Floats
    beats: Floats
    together: float
    chance: float
    boost: float


def act(world: World, custom: Custom) -> None:
    """The orders of all rings."""
    for ring in world.rings:
        care = ring.care
        often = world.settings.ring_bad * world.uniform(0.7, 1.15) * (1 - 0.5 * care)
        chance = float(np.clip(often, 0.15, 0.97))
        boost = 1 + world.rng.exponential(0.8) * (1 - care) ** 1.5
        if ring.typology == "refund_abuse":
            abuse_refunds(world, custom, ring, chance, boost)
        elif ring.typology == "triangulation":
            triangulate(world, custom, ring, chance)
        else:
            _collude(world, custom, ring, chance, boost)


def _collude(world: World, custom: Custom, ring: Ring, chance: float, boost: float) -> None:
    rng, care, many = world.rng, ring.care, len(ring.firms)
    room = np.maximum(custom.expected[ring.firms], 6) * ring.volume / (1 - ring.volume)
    orders = np.clip(room * around(rng, 1, 0.3, many), 9, 260).astype(np.int64)
    orders = np.minimum(orders, MOST_ORDERS // many)
    n = int(np.clip(orders.sum() / one_around(rng, 4.5, 0.5), max(6, many + 1), 140))
    if ring.typology == "self_dealing":
        n = int(np.clip(many * world.uniform(1.2, 4), 4, 40))
    hired = (
        0.0 if ring.typology == "takeover" else between(care, world.uniform(0, 0.2), world.uniform(0, 0.9))
    )
    invented = n - round(n * hired)
    buyers = np.concatenate([world.invent(invented, ring.town, care), world.recruit(n - invented, ring.town)])
    ring.people += buyers.tolist()
    ring.recruits += buyers[invented:].tolist()
    plot = Plot(
        buyers=buyers,
        invented=invented,
        where=_who_buys_where(world, ring, n),
        weight=rng.gamma(1.2, 1, n) + 0.1,
        beats=rng.uniform(0, 1, int(rng.integers(2, 8))),
        together=between(care, world.uniform(0.5, 0.95), world.uniform(0, 0.35)),
        chance=chance,
        boost=boost,
    )
    _share_gear(world, ring, plot)
    for place, few in enumerate(orders.tolist()):
        _buy_at(world, custom, ring, plot, place, few)
    _pay_back(world, ring, plot)
    usual = between(care, 0.4, 5) * world.settings.camouflage * world.uniform(0.5, 1.5)
    since = 0.0 if world.flip(care) else max(0.0, ring.since - 40)
    times = rng.poisson(usual, invented)
    world.orders.buy(*live(world, custom, buyers[:invented], times, since, world.days))


def _who_buys_where(world: World, ring: Ring, n: int) -> Flags:
    """(buyers, partners): everybody at one, and where custom ties the ring, at some more."""
    rng, many = world.rng, len(ring.firms)
    home = np.arange(n) % many
    where = np.zeros((n, many), np.bool_)
    where[np.arange(n), home] = True
    if "custom" not in ring.ties:
        return where
    more = np.clip(rng.poisson(between(ring.care, 0.6 * many, 1.2), n), 1, many - 1)
    for buyer, place in enumerate(home.tolist()):
        if ring.lines and world.flip(0.6):
            where[buyer, np.clip([place - 1, place + 1], 0, many - 1)] = True
        else:
            where[buyer, rng.choice(many, more[buyer], replace=False)] = True
    return where


def _share_gear(world: World, ring: Ring, plot: Plot) -> None:
    """Buyers share devices and accounts, the careful fewer."""
    rng, care, given, n = world.rng, ring.care, world.settings, len(plot.buyers)
    nothing_else = ring.main == "custom" and "custom" not in ring.ties
    if given.has_devices and (world.flip(between(care, 0.85, 0.3)) or nothing_else):
        each = between(care, world.uniform(3, 14), world.uniform(2, 3.5))
        pool = world.new_devices(max(1, int(n / each)))
        share = between(care, world.uniform(0.7, 1), world.uniform(0.2, 0.6))
        sharing = plot.buyers[rng.random(n) < share]
        slot = 0 if world.flip(1 - 0.6 * care) else 1
        world.people.device[sharing, slot] = rng.choice(pool, len(sharing))
        ring.devices += pool.tolist()
    if given.has_accounts and world.flip(between(care, 0.6, 0.15)):
        pool = world.open_accounts(ring.town, max(1, int(n / world.uniform(2, 8))), 0.5)
        sharing = plot.buyers[: plot.invented]
        sharing = sharing[rng.random(len(sharing)) < between(care, 0.9, 0.4)]
        world.people.account[sharing, 0] = rng.choice(pool, len(sharing))
        ring.accounts += pool.tolist()


def _buy_at(world: World, custom: Custom, ring: Ring, plot: Plot, place: int, n: int) -> None:
    """The ring's orders at one of its partners."""
    rng, firm = world.rng, int(ring.firms[place])
    who = np.flatnonzero(plot.where[:, place])
    weight = plot.weight[who] / plot.weight[who].sum()
    consumer = plot.buyers[rng.choice(who, n, p=weight)]
    # everybody who buys there at least once where there is room
    at_least = min(n, len(who))
    consumer[:at_least] = plot.buyers[who[:at_least]]
    passed = _passed(world, ring, plot, n)
    day = _moments(world, custom, ring, place, passed)
    usual = DISPUTED if ring.typology in CHARGED_BACK else DEFAULTED
    other = rng.choice([REFUNDED, DISPUTED, DEFAULTED], n, p=[0.1, 0.45, 0.45])
    end = np.where(rng.random(n) < world.uniform(0.7, 1), usual, other)
    boost = np.full(n, plot.boost)
    if ring.typology == "bust_out":
        early = passed < 0.72
        end = np.where(early, PAID, end)
        boost = np.where(early, 1, 1 + (plot.boost - 1) * 1.8 + 0.2)
    device, account = _own_gear(world, ring, firm, n)
    world.orders.buy(
        np.full(n, firm), consumer, np.floor(day), boost=boost, end=end, chance=plot.chance, device=device,
        account=account,
    )  # fmt: skip


def _passed(world: World, ring: Ring, plot: Plot, n: int) -> Floats:
    """(n,) the part of the ring's time that has passed; who busts out buys most towards the end."""
    rng = world.rng
    passed = rng.random(n)
    if ring.typology == "bust_out":
        late = rng.random(n) < world.uniform(0.4, 0.85)
        return np.where(late, 1 - 0.25 * rng.random(n) ** 1.5, passed * 0.8)
    on_beat = rng.choice(plot.beats, n) + rng.normal(0, 2 / max(ring.until - ring.since, 8), n)
    return np.where(rng.random(n) < plot.together, on_beat, passed)


def _moments(world: World, custom: Custom, ring: Ring, place: int, passed: Floats) -> Floats:
    """(n,) within the partner's stage; the careful keep to the week's usual rhythm."""
    rng, firm, n, days = world.rng, int(ring.firms[place]), len(passed), world.days
    since = max(float(ring.stage[place, 0]), float(custom.on[firm]) + 0.01)
    until = min(float(ring.stage[place, 1]), float(custom.off[firm]), days - 0.2)
    if until <= since:
        until = min(since + 3, days - 0.01)
    t = since + (until - since) * np.clip(passed, 0, 0.9999)
    weekday = (world.settings.start.day_of_week + t.astype(np.int64)) % 7
    usual = WEEK_OF_TRADE[world.firms.trade[firm], weekday]
    moved = (rng.random(n) < 0.3 + 0.7 * ring.care) & (rng.random(n) > usual / 1.5)
    return np.where(moved, np.clip(t + rng.integers(-3, 4, n), since, until), t)


def _own_gear(world: World, ring: Ring, firm: int, n: int) -> tuple[Ints, Ints]:
    """Now and then owners pay from the shop's account, on its device or the operator's."""
    rng, care, given = world.rng, ring.care, world.settings
    device, account = np.full(n, NONE), np.full(n, NONE)
    own = ring.typology == "self_dealing"
    if own and given.has_devices:
        share = between(care, world.uniform(0.3, 0.9), world.uniform(0.02, 0.15))
        device[rng.random(n) < share] = world.firms.device[firm, 0]
    if (
        given.has_devices
        and len(ring.operator)
        and ring.typology in PAID_BACK
        and ring.typology != "bust_out"
    ):
        device[rng.random(n) < between(care, world.uniform(0, 0.4), 0)] = ring.operator[0]
    if own and given.has_accounts:
        share = between(care, world.uniform(0.1, 0.7), world.uniform(0, 0.08))
        account[rng.random(n) < share] = world.firms.account[firm]
    return device, account


def _pay_back(world: World, ring: Ring, plot: Plot) -> None:
    """Money goes back to the buyers."""
    rng, care = world.rng, ring.care
    often = 0.55 if ring.typology == "self_dealing" else between(care, 0.2, 0.45)
    if not world.settings.has_flows or ring.typology not in PAID_BACK or not world.flip(often):
        return
    for buyer, person in enumerate(plot.buyers.tolist()):
        if world.flip(between(care, 0.8, 0.5)):
            firm = int(ring.firms[rng.choice(np.flatnonzero(plot.where[buyer]))])
            on = max(ring.since, float(world.firms.on[firm])) + world.uniform(0, 15)
            every = float(rng.choice([7, 14, 30]))
            world.pay_people(firm, person, world.uniform(60, 900), on, ring.until + 20, every, 3)
