"""Honest partners whose money meets: facilitators, chains, owners, banks, suppliers, and who pays whom."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.draws import around, one_around
from benchmarks.eleventh_worlds.names import altered
from benchmarks.eleventh_worlds.records import Forward, Standing
from benchmarks.eleventh_worlds.trades import TRADES
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import NONE, Ints


def plant_shared_money(world: World) -> None:
    """All of them."""
    for _ in range(max(1, world.groups(1, 6))):
        _facilitator(world)
    for plant, low, high in ((_franchise, 4, 14), (_holding, 3, 10), (_factoring, 1, 5), (_circle, 2, 8)):
        for _ in range(world.groups(low, high)):
            plant(world)
    _supply(world)
    rng, n = world.rng, world.settings.partners
    for firm in rng.choice(n, int(n * world.settings.payroll), replace=False).tolist():
        for _ in range(int(rng.integers(1, 4))):
            on = max(-1.0, world.uniform(-1, 0.8) * world.days)
            person, wage = int(rng.integers(world.ordinary)), world.uniform(300, 3500)
            world.pay_people(firm, person, wage, on, on + world.uniform(60, 2 * world.days), 30, 1)


def _pay_to(world: World, firms: Ints, account: int) -> None:
    """All payouts of those go to one account."""
    world.firms.account[firms] = account
    world.firms.switch[firms] = np.inf
    world.firms.other_share[firms] = 0
    world.firms.arranged[firms] = True


def _facilitator(world: World) -> None:
    """A payment facilitator collects for many small partners of a land."""
    most = int(world.settings.partners * world.settings.facilitated / 3)
    if world.settings.facilitated < 0.02:
        return
    firms = world.pick(
        int(world.rng.integers(6, max(8, most))), ~world.firms.arranged & (world.land == world.a_land())
    )
    if len(firms) >= 4:
        _pay_to(world, firms, world.open_account(world.firms.town[firms[0]]))
        world.look_alike("facilitator", partner=firms, bank_account=int(world.firms.account[firms[0]]))


def _franchise(world: World) -> None:
    """Branches of one name and account, half of them run from one device."""
    rng, firms = world.rng, world.firms
    first = world.pick(1, ~firms.arranged)
    if not len(first):
        return
    alike = (firms.trade == firms.trade[first[0]]) | (rng.random(len(firms.trade)) < 0.1)
    alike &= world.land == world.land[first[0]]
    branches = world.pick(int(rng.integers(3, 14)), ~firms.arranged & alike)
    if len(branches) < 3:
        return
    firms.trade[branches] = firms.trade[branches[0]]
    name = firms.name[branches[0]]
    for one in branches:
        firms.name[one] = f"{name} {world.towns.name[firms.town[one]]}"
    _pay_to(world, branches, int(firms.account[branches[0]]))
    if world.flip(0.5):
        firms.device[branches, 1] = firms.device[branches[0], 1]
        firms.n_devices[branches] = np.maximum(firms.n_devices[branches], 2)
    world.look_alike("franchise", partner=branches, bank_account=int(firms.account[branches[0]]))


def _holding(world: World) -> None:
    """Shops of one owner: proceeds are swept upwards, at times by way of an account each."""
    rng, firms = world.rng, world.firms
    shops = world.pick(int(rng.integers(3, 9)), ~firms.arranged)
    if len(shops) < 3:
        return
    firms.arranged[shops] = True
    top = world.open_account(firms.town[shops[0]], world.uniform(0.1, 0.6))
    direct, lag, low = world.flip(0.7), world.uniform(0.1, 6), world.uniform(0.4, 0.95)
    for one in shops.tolist():
        first, second = (top, NONE) if direct else (world.open_account(firms.town[one]), top)
        high, on = min(1.0, low + world.uniform(0.02, 0.3)), max(0.0, world.uniform(-0.5, 0.5)) * world.days
        chance, rounding = world.uniform(0.5, 1), int(rng.integers(3))
        world.forwards.append(
            Forward(one, first, second, NONE, chance, low, high, lag, on, world.days, rounding)
        )
    if world.flip(0.5):
        device = world.new_device()
        for one in shops:
            world.log_in_from(np.array([one]), device, int(rng.integers(2, 30)), -1, world.days)
    if world.flip(0.3):
        firms.name[shops[1]] = altered(rng, firms.name[shops[0]])
    world.look_alike("holding", partner=shops, bank_account=top)


def _factoring(world: World) -> None:
    """A bank that has bought what is owed to them: nearly all goes on at once."""
    firms = world.pick(int(world.rng.integers(5, 30)), ~world.firms.arranged)
    if len(firms) < 3:
        return
    world.firms.arranged[firms] = True
    bank = world.open_account(world.firms.town[firms[0]])
    for one in firms.tolist():
        on = world.uniform(0, world.days * 0.8) if world.flip(0.6) else -1.0
        chance, high, lag = world.uniform(0.8, 1), world.uniform(0.9, 1), world.uniform(0.05, 2)
        off = on + world.uniform(60, world.days)
        world.forwards.append(Forward(one, bank, NONE, NONE, chance, 0.8, high, lag, on, off, 0))
    world.look_alike("factoring", partner=firms, bank_account=bank)


def _circle(world: World) -> None:
    """Traders who buy of one another, round and round."""
    rng = world.rng
    firms = world.pick(int(rng.integers(3, 8))).tolist()
    if len(firms) < 3:
        return
    amount, on = one_around(rng, 1200, 0.8), max(-1.0, world.uniform(-0.5, 0.6) * world.days)
    for place, one in enumerate(firms):
        takers = [firms[(place + 1) % len(firms)]]
        if world.flip(0.4):
            takers.append(firms[int(rng.integers(len(firms)))])
        for other in takers:
            if other != one:
                off, every = on + world.uniform(90, world.days), float(rng.choice([7, 14, 30]))
                sum_ = amount * one_around(rng, 1, 0.25)
                world.standing.append(Standing(one, NONE, other, NONE, sum_, on, off, every, 4))
    world.look_alike("trade_circle", partner=firms)


def _supply(world: World) -> None:
    """Partners of a trade and land pay a part of their proceeds to few suppliers; the first are told of."""
    rng = world.rng
    supplied = rng.random(world.settings.partners) < world.settings.supplied
    told = 0
    for trade in range(len(TRADES)):
        for land in range(len(world.towns.lands)):
            firms = np.flatnonzero(supplied & (world.firms.trade == trade) & (world.land == land))
            for supplier, clients in _suppliers(world, rng.permutation(firms)):
                told += len(clients) >= 4
                if len(clients) >= 4 and told < 30:
                    world.look_alike("supplier", partner=clients, bank_account=supplier)


def _suppliers(world: World, firms: Ints) -> list[tuple[int, Ints]]:
    """Accounts of suppliers of those partners, and their honest clients."""
    rng, n = world.rng, len(firms)
    if n < 2:
        return []
    many, town = 1 + n // int(rng.integers(4, 15)), int(world.firms.town[firms[0]])
    accounts, bank = world.open_accounts(town, many), world.open_account(town)
    of = accounts[rng.integers(0, many, n)]
    low, on = rng.uniform(0.05, 0.6, n), np.maximum(0, rng.uniform(-1, 0.7, n) * world.days)
    high, off = low + rng.uniform(0.05, 0.35, n), on + rng.uniform(90, 2 * world.days, n)
    chance, lag, rounding = rng.uniform(0.1, 0.8, n), rng.uniform(0.5, 12, n), rng.integers(0, 3, n)
    nobody = np.full(n, NONE)
    columns = (firms, of, nobody, nobody, chance, low, high, lag, on, off, rounding)
    world.forwards += [Forward(*one) for one in zip(*(c.tolist() for c in columns), strict=True)]
    paying = accounts[rng.random(many) < 0.4]
    world.standing += [
        Standing(NONE, int(one), NONE, bank, sum_, -1, world.days, 30, 3)
        for one, sum_ in zip(paying, around(rng, 9000, 0.8, len(paying)).tolist(), strict=True)
    ]
    return [(int(one), firms[(of == one) & world.honest[firms]]) for one in accounts]
