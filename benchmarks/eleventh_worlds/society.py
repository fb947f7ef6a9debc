"""Who and what there is before anybody acts: places, partners, people and their households."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.eleventh_worlds.draws import around, flip
from benchmarks.eleventh_worlds.names import firm_name, surnames
from benchmarks.eleventh_worlds.settings import Settings
from benchmarks.eleventh_worlds.trades import COUNTRIES, TRADES, of_trades
from benchmarks.eleventh_worlds.world import Ends, Firms, Towns, World
from benchmarks.writing.units import NONE, Floats, Ints, Texts, within_runs


def found(rng: np.random.Generator, settings: Settings) -> World:
    """A world in which nobody has done anything yet."""
    families, n = surnames(rng), len(TRADES)
    ends = Ends(
        of_trades("default") * settings.defaults * around(rng, 1, 0.35, n),
        of_trades("dispute") * settings.disputes * around(rng, 1, 0.35, n),
        of_trades("refund") * settings.refunds * around(rng, 1, 0.3, n),
    )
    towns = _towns(rng, settings.people, families)
    world = World(rng=rng, settings=settings, towns=towns, ends=ends, surnames=families)
    world.people = world.draw_people(np.repeat(np.arange(len(towns.land)), np.diff(towns.first)))
    _join_households(world)
    resold = np.flatnonzero(rng.random(world.ordinary) < settings.resold)
    world.people.device[resold, 2] = world.people.own[rng.integers(0, world.ordinary, len(resold))]
    world.firms = _firms(world)
    owned = np.flatnonzero(rng.random(settings.partners) < rng.uniform(0.05, 0.4))
    world.firms.owner[owned] = owners = rng.integers(0, world.ordinary, len(owned))
    world.people.device[owners, 1] = world.firms.device[owned, 0]
    return world


def _towns(rng: np.random.Generator, people: int, families: Texts) -> Towns:
    n = int(rng.integers(3, 9))
    land_share = np.sort(rng.dirichlet(np.full(n, 0.7)))[::-1] * 0.9 + 0.1 / n
    many = rng.integers(4, 25, n)
    share = np.concatenate(
        [part * rng.dirichlet(np.full(few, 0.6)) for part, few in zip(land_share, many, strict=True)]
    )
    share = (share + 1e-4) / (share + 1e-4).sum()
    living = np.sort(rng.choice(len(share), people, p=share))
    return Towns(
        lands=rng.permutation(len(COUNTRIES))[:n],
        land_share=land_share,
        land_default=around(rng, 1, 0.35, n),
        land=np.repeat(np.arange(n), many),
        share=share,
        default=around(rng, 1, 0.25, len(share)),
        name=np.concatenate([rng.choice(families, few) for few in many]),
        first=np.searchsorted(living, np.arange(len(share) + 1)),
    )


def _join_households(world: World) -> None:
    """Neighbours in a town share devices and accounts; the larger households look like rings of shoppers."""
    rng, people, last = world.rng, world.people, world.ordinary
    start = np.flatnonzero(rng.random(last) < world.settings.household / 2.6)
    size = 2 + np.minimum(rng.geometric(0.55, len(start)) - 1, 5)
    end = start + size
    apart = np.append(end[:-1] <= start[1:], True) & (end <= last)
    apart &= people.town[start] == people.town[np.minimum(end, last) - 1]
    start, size = start[apart], size[apart]
    place = within_runs(size)
    head, member = np.repeat(start, size), np.repeat(start, size) + place
    shares, funded, one_device = (
        np.repeat(rng.random(len(start)) < share, size) for share in (0.7, 0.45, 0.1)
    )
    together = np.repeat(world.new_devices(len(start)), size)
    second = np.where(shares, people.own[head], together)
    use = ~shares | (place > 0)
    people.device[member[use], 1] = second[use]
    people.account[member[funded], 1] = people.account[head[funded], 0]
    people.device[member[one_device], 0] = people.own[head[one_device]]
    large = np.flatnonzero(size >= 4)
    for one in rng.permutation(large)[: int(25 * world.settings.look_alikes)]:
        members = np.arange(start[one], start[one] + size[one])
        world.look_alike("household", consumer=members, device=people.device[start[one], 0])


def _firms(world: World) -> Firms:
    rng, given, n, days = world.rng, world.settings, world.settings.partners, world.days
    town = rng.choice(len(world.towns.share), n, p=world.towns.share)
    trade = rng.choice(len(TRADES), n, p=rng.dirichlet(np.full(len(TRADES), 1.5)))
    names = [
        firm_name(rng, one, str(world.towns.name[place]), world.surnames)
        for one, place in zip(trade.tolist(), town.tolist(), strict=True)
    ]
    new = rng.random(n) < given.new_partners
    on = np.where(new, rng.uniform(0, days * 0.95, n), -rng.exponential(500, n) - 1)
    seen = np.maximum(on, 0)
    closes = rng.random(n) < given.closing
    off = np.where(closes, seen + (days - seen) * rng.uniform(0.15, 1.1, n), np.inf)
    sizes = around(rng, 1, rng.uniform(1.1, 1.8), n) if flip(rng, 0.5) else rng.pareto(
        rng.uniform(1.1, 1.7), n
    ) + 0.25  # fmt: skip
    return Firms(
        town=town,
        trade=trade,
        name=np.array(names, object),
        size=sizes,
        on=on,
        off=off,
        price=around(rng, 1, 0.35, n),
        default=around(rng, 1, 0.7 * given.shop_spread, n),
        dispute=around(rng, 1, given.shop_spread, n),
        refund=around(rng, 1, 0.4, n),
        fresh=np.clip(of_trades("new")[trade] * around(rng, 1, 0.3, n), 0.06, 0.95),
        growth=rng.normal(given.growth, 0.5, n),
        period=rng.choice([1, 7, 14, 30], n, p=rng.dirichlet([0.4, 4, 2, 1.5])),
        fee=rng.uniform(0.015, 0.06, n),
        no_device=_untold(rng, given.no_device, n),
        no_account=_untold(rng, given.no_account, n),
        **_untroubled(n),
        **_gear(world, town),
    )


def _untold(rng: np.random.Generator, share: float, n: int) -> Floats:
    """(n,) shares of a partner's orders that do not tell something; a world tells all where that is rare."""
    found: Floats = np.clip(share * around(rng, 1, 0.7, n), 0, 0.95) * (share > 0.03)
    return found


def _untroubled(n: int) -> dict[str, Any]:
    """What nothing has happened to yet."""
    nobody = ("source", "mall", "owner", "kiosk", "ring")
    never = ("slump_on", "slump_off", "fade_at")
    none = ("slump_share", "rush_days", "source_share", "mall_share", "kiosk_share")
    return {
        "slump_end": np.zeros(n, np.int64),
        "rush_on": np.full(n, -99.0),
        "rush": np.ones(n),
        "fade": np.ones(n),
        "arranged": np.zeros(n, np.bool_),
        "troubled": np.zeros(n, np.bool_),
        **{name: np.full(n, NONE) for name in nobody},
        **{name: np.full(n, np.inf) for name in never},
        **{name: np.zeros(n) for name in none},
    }


def _gear(world: World, town: Ints) -> dict[str, Any]:
    """Accounts and devices: some partners change their bank, some have two accounts in use."""
    rng, n, days = world.rng, len(town), world.days
    second = rng.random(n) < rng.uniform(0.02, 0.18)
    other = np.full(n, NONE)
    other[second] = world.open_accounts(town[second], int(second.sum()))
    return {
        "account": world.open_accounts(town, n),
        "later_account": world.open_accounts(town, n),
        "switch": np.where(rng.random(n) < rng.uniform(0.02, 0.2), rng.uniform(0, days, n), np.inf),
        "other_account": other,
        "other_share": np.where(second, rng.uniform(0.05, 0.6, n), 0),
        "other_on": np.where(rng.random(n) < 0.5, -1, rng.uniform(0, days, n)),
        "other_off": np.full(n, float(days)),
        "device": world.new_devices(3 * n).reshape(3, n).T,
        "n_devices": rng.choice([1, 2, 3], n, p=rng.dirichlet([5, 3, 1])),
        "log_ins": np.clip(around(rng, rng.uniform(0.15, 0.6), 0.7, n), 0.02, 3),
    }
