"""What every crew does whatever its trade is: choose shops, gather people, keep house behind the scenes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, GOODS, TRADES, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import NOBODY, Crew, World
from benchmarks.fourteenth_worlds.ties import main_account, one_desk, one_till, slips
from benchmarks.fourteenth_worlds.town import newcomers


@dataclass(frozen=True)
class Stage:
    """A crew at work: its record, when it works, and its shops."""

    world: World
    crew: Crew
    first: float
    last: float

    @property
    def care(self) -> float:
        """How careful the crew is, 0 to 1."""
        return self.crew.care

    @property
    def shops(self) -> Ints:
        """The shops that the crew runs."""
        return self.crew.shops

    def between(self, blatant: float, careful: float) -> float:
        """What lies between the two as the crew's care does, give or take."""
        noise = float(self.world.rng.normal(0, 0.08))
        return float(blatant + (careful - blatant) * np.clip(self.care + noise, 0, 1))


def set_stage(
    world: World, typology: str, care: float, shops: int, *, days: tuple[float, float], lived: float = 60
) -> Stage | None:
    """A crew of so many ordinary shops that are open at work time; None where there are too few."""
    rng, climate = world.rng, world.climate
    length = float(rng.uniform(*days)) * DAY
    room = climate.end - climate.start - length
    first = climate.start + (0.1 + 0.8 * float(rng.random())) * max(room, 0.0)
    last = min(first + length, climate.end - 2 * DAY)
    taken = np.zeros(0, dtype=np.int64)
    if shops:
        taken = _shops(world, shops, first, last, care)
        if len(taken) < min(shops, 3):
            world.shops["taken"][taken] = 0
            return None
    crew = Crew(len(world.crews), typology, care, taken)
    crew.holds("partner", "operator", taken)
    world.crews.append(crew)
    return Stage(world, crew, first, last)


def _shops(world: World, n: int, first: float, last: float, care: float) -> Ints:
    """Small and middling shops, open throughout the work, some opened for it, far apart if careful."""
    shops, rng = world.shops, world.rng
    open_then = (shops["opened"] < first - 5 * DAY) & (shops["closed"] > last - 5 * DAY)
    free = (shops["taken"] == 0) & open_then & (shops["size"] < np.quantile(shops["size"], 0.92))
    home = int(rng.choice(world.climate.towns))
    near = np.where(shops["country"] == home, 1.0, 0.1 + 0.5 * care)
    young = np.where(shops["opened"] > first - 150 * DAY, 2.0 - care, 1.0)
    weight = np.where(free, near * young, 0.0)
    if np.count_nonzero(weight) < n:
        return np.flatnonzero(free)[:0]
    chosen = rng.choice(len(weight), n, replace=False, p=weight / weight.sum())
    shops["taken"][chosen] = 1
    return np.asarray(chosen, dtype=np.int64)


def gather(stage: Stage, n: int, role: str, *, fresh: float, before: float, cells: bool = True) -> Ints:
    """n people of the crew: some made up for it, the rest recruited; those made up may share their tools."""
    world, rng = stage.world, stage.world.rng
    n = max(int(n * world.climate.bustle**0.7), 8)
    new = int(rng.binomial(n, np.clip(fresh, 0, 1)))
    created = before - (1 + rng.exponential(4 + stage.between(10, 160), new)) * DAY - rng.uniform(0, DAY, new)
    country = (
        int(rng.choice(world.climate.towns))
        if not len(stage.shops)
        else int(world.shops["country"][stage.shops[0]])
    )
    made = newcomers(
        world, new, created, country=country if rng.random() < 0.75 else None, zest=stage.between(0.15, 0.9)
    )
    if cells and new:
        _cells(stage, made)
    known = world.persons(n - new, min(before, stage.first))
    world.used_people.update(made.tolist())
    stage.crew.holds("consumer", role, made)
    stage.crew.holds("consumer", role, known)
    for column, kind in (
        ("phone", "device"),
        ("second", "device"),
        ("later", "device"),
        ("account", "bank_account"),
    ):
        rows = world.people.whole(column)[made]
        stage.crew.holds(kind, "tool", rows[rows != NOBODY])
    return np.concatenate([made, known])


def _cells(stage: Stage, made: Ints) -> None:
    """People in twos to fives who share a phone or an account, the less so the more careful the crew is."""
    rng, people = stage.world.rng, stage.world.people
    cell = np.sort(rng.integers(0, max(len(made) // int(rng.integers(2, 6)), 1), len(made)))
    heads = made[np.searchsorted(cell, cell)]
    shares = rng.random(len(made)) < stage.between(0.55, 0.08)
    people["phone"][made[shares]] = people["phone"][heads[shares]]
    people["later"][made[shares]] = people["later"][heads[shares]]
    pools = rng.random(len(made)) < stage.between(0.45, 0.12)
    people["account"][made[pools]] = people["account"][heads[pools]]


def backstage(stage: Stage, buyers: Ints, *, money: float = 1.0) -> None:
    """The crew's house-keeping: desks, tills and purses, hidden as far as care goes."""
    world, rng, shops = stage.world, stage.world.rng, stage.shops
    since = stage.first - float(rng.exponential(30)) * DAY
    operator = int(world.device(1, (0.4, 0.5, 0.1, 0.0, 0.0))[0])
    done = 0
    if rng.random() < stage.between(0.6, 0.45):
        done += 1
        _desk(stage, operator, since)
    if rng.random() < stage.between(0.3, 0.08) * money:
        done += 1
        share = stage.between(0.7, 0.3)
        one_till(world, shops, _tills(stage), since, each=int(rng.integers(1, 3)), every=share)
    if rng.random() < 0.6 * money and world.climate.has_transfers:
        done += 1
        _collect(stage, since)
    if rng.random() < stage.between(0.5, 0.3) or not done:
        touch(stage, buyers, operator)
    if not done:
        _desk(stage, operator, since)
    stage.crew.holds("device", "desk", [operator])


def _desk(stage: Stage, operator: int, since: float) -> None:
    """One device at several of the shops, often in passing, or a hired hand's, who serves others as well."""
    world, rng, shops = stage.world, stage.world.rng, stage.shops
    if rng.random() < 0.5:
        for shop in rng.integers(0, world.shops.size, int(rng.integers(2, 8))):
            world.works_at(int(shop), operator, 0.8)
    if rng.random() < 0.3 + 0.7 * stage.care:
        slips(world, shops, operator, since, stage.last, int(rng.integers(2, 5)))
    else:
        share = stage.between(0.8, 0.3)
        one_desk(world, shops, stage.between(4, 0.8), since, stage.last, every=share, device=operator)


def _tills(stage: Stage) -> Ints:
    """A few accounts for the pay-outs of several shops: new ones or those of its own shops."""
    world, shops = stage.world, stage.shops
    size = max(len(shops) // 2, 1)
    own = main_account(world, shops[:size])
    new = world.account(world.shops.whole("country")[shops[:size]], size, stage.first)
    pool = np.where(world.rng.random(size) < 0.5, own, new)
    stage.crew.holds("bank_account", "till", pool)
    return np.asarray(pool, dtype=np.int64)


def _collect(stage: Stage, since: float) -> None:
    """What shops are paid goes on to one purse; the careful have it pass through hands of their own first."""
    world, rng, shops = stage.world, stage.world.rng, stage.shops
    country = world.shops.whole("country")
    purse = world.account(country[shops[:1]], 1, stage.first)
    until = stage.last + 40 * DAY
    joins = rng.random(len(shops)) < stage.between(0.8, 0.45)
    hops = rng.random() < stage.care
    if rng.random() < 0.4:  # a cash-and-carry, which honest shops buy from as well
        for shop in rng.integers(0, world.shops.size, int(rng.integers(3, 12))):
            world.passes_on(int(shop), purse, float(rng.uniform(0.05, 0.3)), chance=0.3)
    for shop in shops[joins]:
        target = purse
        if hops:
            target = world.account(country[[shop]], 1, stage.first)
            world.relays.append(
                (int(target[0]), int(purse[0]), stage.between(0.9, 0.6), stage.between(0.95, 0.6))
            )
            stage.crew.holds("bank_account", "hand", target)
        world.passes_on(
            int(shop),
            target,
            stage.between(0.85, 0.35),
            chance=stage.between(0.9, 0.45),
            since=since,
            until=until,
        )
    stage.crew.holds("bank_account", "purse", purse)


def touch(stage: Stage, buyers: Ints, device: int) -> None:
    """A few of the crew's buyers order from the operator's device, at its shops or elsewhere."""
    world, rng = stage.world, stage.world.rng
    if not len(buyers):
        return
    n = int(rng.integers(2, 5))
    who = rng.choice(buyers, n)
    shop = rng.choice(stage.shops, n) if len(stage.shops) else rng.integers(0, world.shops.size, n)
    t = world.climate.moments(rng, n, stage.first, stage.last, 1)
    fits = alive(world, shop, who, t)
    world.sell(t[fits], who[fits], shop[fits], device=np.full(int(fits.sum()), device))


def alive(world: World, shop: Ints, who: Ints, t: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the shop was open, the person there and the world not over."""
    fits = (t > world.shops["opened"][shop]) & (t < world.shops["closed"][shop])
    fits &= (
        (t > world.people["created"][who] + 600) & (t < world.climate.end - 60) & (t >= world.climate.start)
    )
    return np.asarray(fits)


def victims(stage: Stage, n: int) -> Ints:
    """Honest shops of goods that sell again, open in time, none too small; they are robbed."""
    world, shops = stage.world, stage.world.shops
    goods = np.isin(shops.whole("trade"), [k for k, row in enumerate(TRADES) if row[0] in GOODS])
    fits = goods & (shops["taken"] == 0) & (shops["size"] > np.quantile(shops["size"], 0.4))
    fits &= (shops["opened"] < stage.first) & (shops["closed"] > stage.last)
    free = np.flatnonzero(fits)
    chosen = np.asarray(world.rng.choice(free, min(n, len(free)), replace=False), dtype=np.int64)
    shops["taken"][chosen] = 2
    world.robbed.update(chosen.tolist())
    if len(chosen):
        world.resembles("robbed shops", "partner", chosen)
    return chosen


def fates(world: World, n: int, **chances: float) -> Ints:
    """n fates; what is left of the chances of refunded, disputed and defaulted is paid."""
    bad = [chances.get(name, 0.0) * world.climate.bite for name in ("refunded", "disputed", "defaulted")]
    shares = np.array([max(1 - sum(bad), 0.0), *bad])
    return np.asarray(world.rng.choice(4, n, p=shares / shares.sum()) + 1, dtype=np.int64)


def close(stage: Stage, share: float) -> None:
    """Some of the shops shut their doors soon after the work."""
    world, rng = stage.world, stage.world.rng
    for shop in stage.shops[rng.random(len(stage.shops)) < share]:
        t = stage.last + float(rng.exponential(20)) * DAY
        if t < min(float(world.shops["closed"][shop]), world.climate.end):
            world.shops["closed"][shop] = t
