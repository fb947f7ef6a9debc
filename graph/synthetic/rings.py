"""The planted rings: seven typologies, each drawn with a carefulness between 0 and 1.

The careless share one small pool of devices and accounts and burn fast. The careful recruit aged accounts,
use several tills, keep custom that looks genuine, and let little go bad. Ring partners and recruits
are taken out of the honest population, so that whatever is not the fraud itself is drawn as for anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.evasion import (
    Fakes,
    cells_of,
    choose_models,
    copy_models,
    evade,
    evened,
    in_cells,
    log_in,
    mixed,
    slower,
    till_size,
    volume_left,
)
from graph.synthetic.firm import DAY_S, FAR_S, stream
from graph.synthetic.population import Consumers, Floats, Ints, office_hours
from graph.synthetic.world import OWN, Ring, World


@dataclass(frozen=True)
class Shills:
    """Fake or recruited customers of a ring: what each orders with, (n,); `OWN` means as they usually do."""

    code: Ints
    device: Ints
    account: Ints
    created_s: Ints
    group: Ints  # the till that each belongs to


def between(careless: float, careful: float, care: float) -> float:
    """The value at that carefulness."""
    return careless + (careful - careless) * care


def plant_rings(world: World) -> None:
    """Plants a ring for every 60 to 80 partners."""
    rng = stream(world.firm.seed, "rings")
    count = max(len(TYPOLOGIES), int(world.firm.partners / rng.uniform(60, 80)))
    if world.firm.partners < 40 * len(TYPOLOGIES):
        count = max(2, world.firm.partners // 40)
    mix = rng.dirichlet(np.full(len(TYPOLOGIES), 4.0))
    kinds = np.r_[
        np.arange(len(TYPOLOGIES)), rng.choice(len(TYPOLOGIES), max(0, count - len(TYPOLOGIES)), p=mix)
    ]
    kinds = rng.permutation(kinds)[:count] if count < len(TYPOLOGIES) else kinds
    labelled = rng.permutation(np.arange(len(kinds)) % 2 == 0)
    for number, kind in enumerate(kinds):
        one = stream(world.firm.seed, "ring", number)
        care = one.uniform(0, 0.15) if world.firm.easy else one.uniform(0, 1) ** 0.7
        name, plant = TYPOLOGIES[kind]
        ring = plant(world, float(care), one)
        ring.typology, ring.labelled = name, bool(labelled[number])
        world.rings.append(ring)
    copy_models(world)


def _front_partners(world: World, rng: np.random.Generator, *, aged: bool = False) -> Ints:
    """Partners that become a ring's: of ordinary size, mostly of one country."""
    size = int(np.clip(3 + rng.geometric(0.28) - 1, 3, 12))
    partners = world.partners
    fit = _of_ordinary_size(partners.weight)
    fit &= partners.close_s > world.firm.start_s + 0.25 * world.firm.days * DAY_S
    fit &= partners.onboard_s < world.firm.start_s + (-90 if aged else 0.75 * world.firm.days) * DAY_S
    country = (
        int(rng.choice(len(world.firm.areas), p=world.firm.country_share)) if rng.random() < 0.7 else None
    )
    chosen = world.take(size, rng, country=country, where=fit)
    if len(chosen) < 3:
        chosen = np.r_[chosen, world.take(3 - len(chosen), rng, where=fit)]
    chosen = rng.permutation(chosen)
    choose_models(world, chosen, rng)
    return chosen


def _of_ordinary_size(weight: Floats) -> NDArray[np.bool_]:
    """(n,) who is neither of the smallest 8 % nor of the largest 12 %; every ring asks: nothing is sorted."""
    share = np.arange(len(weight)) / len(weight)
    first, after = np.searchsorted(share, 0.08, "right"), np.searchsorted(share, 0.88)
    if first >= after:
        return np.zeros(len(weight), dtype=np.bool_)
    placed = np.partition(weight, [first, after - 1])
    ordinary: NDArray[np.bool_] = (weight >= placed[first]) & (weight <= placed[after - 1])
    return ordinary


def _ring(world: World, care: float, partners: Ints, rng: np.random.Generator) -> Ring:
    """A ring over those partners, active in a part of the window that grows with its care."""
    days = world.firm.days
    length = days * between(rng.uniform(0.06, 0.2), rng.uniform(0.4, 0.85), care)
    lives = np.array([world.lifetime_days(int(one)) for one in partners]).reshape(-1, 2)
    begin, end = (np.median(lives[:, 0]), np.median(lives[:, 1])) if len(lives) else (0.0, float(days))
    longest = max(5.0, end - begin - 2)
    length = min(slower(world, length, longest), longest)
    first = rng.uniform(begin, max(begin + 1, end - length))
    ring = Ring("", care, False, partners, world.second(first), world.second(min(first + length, days - 0.5)))
    _open_meanwhile(world, ring, rng.spawn(1)[0])
    ring.cells = cells_of(world, len(partners))
    ring.add("partner", partners, "operator")
    return ring


def _open_meanwhile(world: World, ring: Ring, rng: np.random.Generator) -> None:
    """Fronts that would close before the ring is active, or open after, do not: they would take no part."""
    shops, fronts = world.partners, ring.partners
    begin, end = shops.onboard_s[fronts], shops.close_s[fronts]
    least = (ring.last_s - ring.first_s) / 4
    early, late = end - ring.first_s < least, ring.last_s - begin < least
    shops.close_s[fronts[early]] = FAR_S
    # whole days, as what tells of an hour must not tell of this
    ahead = (begin - ring.first_s) // DAY_S + rng.integers(1, 60, len(fronts))
    world.open_at(fronts[late], (begin - ahead * DAY_S)[late])


def _grouped(n: int, size: float, rng: np.random.Generator) -> Ints:
    """A group number for each of `n`, groups of about `size`."""
    return rng.permutation(np.arange(n) // max(1, round(size)))


def _shills(world: World, ring: Ring, n: int, rng: np.random.Generator, *, pooled: float = 1.0) -> Shills:
    """`n` customers of the ring: fakes with tills of the ring, and people recruited with a past."""
    care, firm = ring.care, world.firm
    recruits = int(n * rng.uniform(0.1, 0.6) * care)
    fakes = n - recruits
    home = world.partners.area[ring.partners] if len(ring.partners) else rng.integers(0, firm.areas.sum(), 1)
    area = rng.choice(home, fakes).astype(np.int32)
    age = between(rng.uniform(1, 15), rng.uniform(60, 500), care) * rng.gamma(1.5, 0.7, fakes)
    created = (ring.first_s - age * DAY_S).astype(np.int64)
    area, created = mixed(world, ring, area, created, rng)
    country = np.repeat(np.arange(len(firm.areas)), firm.areas)[area].astype(np.int8)
    people = world.make_consumers(
        rng,
        area=area,
        country=country,
        created_s=created,
    )
    size = between(rng.uniform(5, 12), rng.uniform(2.6, 4.2), care)
    group = _grouped(fakes, till_size(world, ring, size, fakes), rng)
    tills = _tills(people.d0, group, pooled * between(1.0, rng.uniform(0.5, 0.9), care), rng)
    payers = group if rng.random() < 0.5 and len(ring.partners) else rng.permutation(group)
    cards = _tills(people.a0, payers, pooled * between(0.8, rng.uniform(0.1, 0.4), care), rng)
    if not firm.easy:
        _camouflage(world, ring, people, group, rng)
    if world.adversary.rotate_days is None:
        people.d0, people.a0 = tills.astype(np.int32), cards.astype(np.int32)
    codes = world.add_consumers(people)
    asked = rng.integers(0, len(world.consumers), min(len(world.consumers), 100_000))
    enlisted = np.unique(asked[np.isin(world.consumers.area[asked], home)])
    enlisted = rng.permutation(enlisted)[:recruits]
    host = rng.integers(0, fakes, len(enlisted))
    _sold_on(world, tills, rng)
    device = np.r_[tills, np.where(rng.random(len(enlisted)) < 0.5, tills[host], OWN)]
    ring.add("consumer", codes, "shill")
    ring.add("consumer", enlisted, "recruit")
    ring.add("device", _several(tills), "till")
    ring.add("bank_account", _several(cards), "funding")
    return Shills(
        np.r_[codes, enlisted],
        device,
        np.r_[cards, np.full(len(enlisted), OWN)],
        np.r_[created, world.consumers.created_s[enlisted]],
        np.r_[group, group[host]],
    )


def _camouflage(world: World, ring: Ring, people: Consumers, group: Ints, rng: np.random.Generator) -> None:
    """Honest orders of the fakes: where many shop, and where those of the same till shop together."""
    cover = float(np.clip(ring.care + rng.uniform(-0.15, 0.55), 0, 1))
    people.weight *= between(rng.uniform(0.1, 0.5), rng.uniform(0.7, 1.4), cover)
    shops = world.partners
    pull = shops.weight * world.free * (shops.close_s >= FAR_S)
    home = np.isin(shops.country, shops.country[ring.partners]) if len(ring.partners) else pull > 0
    if (pull * home).sum() > 0:
        pull = pull * home
    haunts = rng.choice(
        len(shops), min(int(rng.integers(8, 30)), int((pull > 0).sum())), False, pull / pull.sum()
    )
    share = shops.weight[haunts] / shops.weight[haunts].sum()
    people.favourite[:] = rng.choice(haunts, people.favourite.shape, p=share)
    people.loyal[:] = rng.uniform(0.4, 0.95)
    corners = rng.choice(haunts, (int(group.max(initial=0)) + 1, 3))
    together = rng.random(len(group)) < cover
    people.favourite[together] = corners[group[together]]


def _sold_on(world: World, tills: Ints, rng: np.random.Generator) -> None:
    """Some of a ring's machines had honest owners before, who bought new ones."""
    used = np.unique(tills)
    used = used[rng.random(len(used)) < rng.uniform(0.1, 0.5)]
    people = world.consumers
    sellers = rng.integers(0, len(people), len(used))
    sellers = sellers[people.d2[sellers] >= 0]
    people.d0[sellers] = used[: len(sellers)]


def _several(codes: Ints) -> Ints:
    """Those that occur more than once."""
    found, count = np.unique(codes, return_counts=True)
    result: Ints = found[count > 1]
    return result


def _tills(own: NDArray[np.int32], group: Ints, share: float, rng: np.random.Generator) -> Ints:
    """The device or account of each fake: with that chance one for its group, else its own."""
    n = len(group)
    keeper = np.zeros(group.max(initial=0) + 1, dtype=np.int64)
    keeper[group] = np.arange(n)
    shared = rng.random(n) < share
    return np.where(shared, own[keeper[group]], own).astype(np.int64)


def _volume(world: World, ring: Ring, rng: np.random.Generator, factor: float = 1.0) -> Ints:
    """Fake orders of each ring partner: many beside the honest where careless, few where careful."""
    usual = world.usual_orders(ring.partners)
    ratio = between(rng.uniform(0.35, 1.1), rng.uniform(0.12, 0.35), ring.care) * factor
    scale = world.firm.volume / 150
    wanted = ratio * np.maximum(usual, 25 * scale) * np.exp(rng.normal(0, 0.3, len(usual)))
    wanted = wanted * volume_left(world)
    return np.clip(wanted, 8, 200 * max(1.0, scale)).astype(np.int64)


def _moments(
    ring: Ring, n: int, rng: np.random.Generator, *, first_s: float = 0, last_s: float = FAR_S
) -> Floats:
    """Moments of orders in waves that the whole ring rides."""
    first, last = max(ring.first_s, first_s), min(ring.last_s, last_s)
    days = max(1.0, (last - first) / DAY_S)
    waves = max(2, int(days / between(4, 9, ring.care)))
    centre = first + np.sort(rng.uniform(0, 1, waves)) * (last - first)
    width = between(0.8, 3.0, ring.care) * DAY_S
    moment = rng.choice(centre, n) + rng.normal(0, 1, n) * width
    moment = np.where((moment < first) | (moment > last), rng.uniform(first, max(last, first + 1), n), moment)
    return np.asarray(moment // DAY_S * DAY_S)


def _order(
    world: World,
    ring: Ring,
    shills: Shills,
    who: Ints,
    partner: Ints,
    at_s: Floats,
    rng: np.random.Generator,
    *,
    bad: tuple[float, float, float],
    factor: float = 1.0,
) -> None:
    """Plans fake orders; `bad` are the shares refunded, disputed and defaulted."""
    own = rng.random(len(who)) < 0.25 * ring.care
    # an hour of the day is given when the day is made, as for honest orders
    known_s = shills.created_s[who] // DAY_S * DAY_S + DAY_S
    fakes = Fakes(
        np.maximum(at_s, known_s).astype(np.float64),
        shills.code[who],
        partner,
        np.where(own, OWN, shills.device[who]),
        np.where(own, OWN, shills.account[who]),
        factor * np.exp(rng.normal(0, 0.15, len(who))),
        *(np.full(len(who), share) for share in bad),
    )
    world.planned.add(*vars(evade(world, ring, fakes, known_s, rng)).values())


def _bad(care: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """How a ring's orders end: for the operator's gain, unpaid or disputed."""
    share = between(rng.uniform(0.34, 0.6), rng.uniform(0.12, 0.28), care)
    disputed = rng.beta(1.2, 1.2)
    return 0.02, share * disputed, share * (1 - disputed)


def _sell(
    world: World,
    ring: Ring,
    rng: np.random.Generator,
    *,
    taste: Callable[[int], NDArray[np.bool_]] | None = None,
    volume: float = 1.0,
    pooled: float = 1.0,
    factor: float | None = None,
) -> None:
    """Fake custom for all of the ring's partners; `taste` says which till shops where, (tills, partners)."""
    count = _volume(world, ring, rng, volume)
    each = between(rng.uniform(5, 12), rng.uniform(2.5, 6), ring.care)
    n = int(np.clip(count.sum() / each, 6, 400))
    shills = _shills(world, ring, n, rng, pooled=pooled)
    bad = _bad(ring.care, rng)
    price = factor or between(rng.uniform(1.0, 2.2), rng.uniform(0.8, 1.3), ring.care)
    tills = int(shills.group.max()) + 1
    shops = in_cells((_some_partners(ring, rng) if taste is None else taste)(tills), ring.cells)
    shops = _held_together(shops, rng.spawn(1)[0])
    for place, partner in enumerate(ring.partners):
        who = rng.choice(np.flatnonzero(shops[shills.group, place]), count[place])
        begin, end = world.partners.onboard_s[partner], world.partners.close_s[partner]
        at = _moments(ring, len(who), rng, first_s=float(begin), last_s=float(end))
        at = evened(world, at, max(ring.first_s, begin), min(ring.last_s, end), rng)
        paid = price if world.model_of[partner] < 0 else 1.0
        _order(world, ring, shills, who, np.full(len(who), partner), at, rng, bad=bad, factor=paid)


def _held_together(serves: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """(tills, partners) which till serves whom, with what it takes for the partners to be one ring.

    A partner whom no till of those before reaches is served by one of its neighbour's: a front without any
    custom of the ring, or two halves that have nobody in common, would be a ring by name alone.
    """
    serves = serves.copy()
    if not serves[:, 0].any():
        serves[rng.integers(len(serves)), 0] = True
    for place in range(1, serves.shape[1]):
        if not (_reached(serves, place - 1) & serves[:, place]).any():
            serves[rng.choice(np.flatnonzero(serves[:, place - 1])), place] = True
    return serves


def _reached(serves: NDArray[np.bool_], place: int) -> NDArray[np.bool_]:
    """(tills,) the tills that serve one partner, or partners whom those serve, and so on."""
    tills: NDArray[np.bool_] = serves[:, place]
    while True:
        wider: NDArray[np.bool_] = np.any(serves[:, serves[tills].any(axis=0)], axis=1)
        if np.array_equal(tills, wider):
            return tills
        tills = wider


def _some_partners(ring: Ring, rng: np.random.Generator) -> Callable[[int], NDArray[np.bool_]]:
    """Every till serves all of the ring's partners where careless, half of them where careful."""
    n = len(ring.partners)
    served = max(2, round(n * between(0.9, 0.4, ring.care)))

    def taste(tills: int) -> NDArray[np.bool_]:
        return rng.random((tills, n)).argsort(axis=1).argsort(axis=1) < served

    return taste


def _fade(world: World, ring: Ring, rng: np.random.Generator) -> None:
    """Fronts have less honest custom, the less the more careless they are."""
    fade = between(rng.uniform(0.15, 0.8), rng.uniform(0.7, 1.2), ring.care)
    world.reach.weigh(ring.partners, fade)


def _login_together(
    world: World, ring: Ring, pair: Ints, rng: np.random.Generator, *, from_s: float = 0
) -> None:
    device = world.devices.new(
        np.array([max(from_s, world.firm.start_s - 200 * DAY_S)]), int(rng.integers(0, 2))
    )
    rate = world.partners.login_rate[pair] * between(1.5, 0.25, ring.care)
    ring.add("device", log_in(world, pair, device, from_s, np.maximum(rate, 0.02), rng), "operator")


def shell_network(world: World, care: float, rng: np.random.Generator) -> Ring:
    """Fronts in a chain: each shares an account or a device with the next, no one with all."""
    ring = _ring(world, care, _front_partners(world, rng), rng)
    _fade(world, ring, rng)
    n = len(ring.partners)
    country = int(world.partners.country[ring.partners[0]])
    start = int(rng.integers(2))
    for place in range(n - 1):
        pair = ring.partners[place : place + 2]
        if ring.cells[place] != ring.cells[place + 1]:
            continue
        if rng.random() < 0.4 * care:  # the careful keep some neighbours apart: only their custom tells
            continue
        if (place + start) % 2:
            account = world.accounts.new(np.array([ring.first_s - rng.uniform(20, 300) * DAY_S]), country)
            for one in pair:
                world.pay_to(int(one), int(account[0]), weight=between(1.5, 0.35, care))
            ring.add("bank_account", account, "payout")
        else:
            _login_together(world, ring, pair, rng)

    def taste(tills: int) -> NDArray[np.bool_]:
        width = max(2, round(between(0.8 * n, 2, care)))
        first = rng.integers(0, n - width + 1, tills)[:, None]
        return (first <= np.arange(n)) & (np.arange(n) < first + width)

    _sell(world, ring, rng, taste=taste)
    return ring


def collusive_circle(world: World, care: float, rng: np.random.Generator) -> Ring:
    """Fronts with accounts and devices of their own, and the same fake customers."""
    ring = _ring(world, care, _front_partners(world, rng), rng)
    _fade(world, ring, rng)
    _sell(world, ring, rng, pooled=0.7)
    return ring


def device_farm(world: World, care: float, rng: np.random.Generator) -> Ring:
    """Consumers of one pool of devices order at the ring's partners."""
    ring = _ring(world, care, _front_partners(world, rng), rng)
    _fade(world, ring, rng)
    _sell(world, ring, rng, pooled=1.6)
    return ring


def mule_chain(world: World, care: float, rng: np.random.Generator) -> Ring:
    """Payouts leave through mules' accounts for a collector, in two or three hops."""
    ring = _ring(world, care, _front_partners(world, rng), rng)
    _fade(world, ring, rng)
    own = world.partners.account[ring.partners, 0].astype(np.int64)
    ring.add("bank_account", own, "payout")
    for cell in range(int(ring.cells.max()) + 1):
        _mules(world, ring, own[ring.cells == cell], rng)
    _sell(world, ring, rng)
    return ring


def _mules(world: World, ring: Ring, own: Ints, rng: np.random.Generator) -> None:
    """Mules and collectors behind these payout accounts, and what moves between them."""
    n, care = len(own), ring.care
    country = int(world.partners.country[ring.partners[0]])
    day = (ring.first_s - world.firm.start_s) / DAY_S

    def open_accounts(count: int) -> Ints:
        age = between(rng.uniform(5, 40), rng.uniform(100, 700), care)
        return world.accounts.new(ring.first_s - rng.gamma(2, age / 2, count) * DAY_S, country).astype(
            np.int64
        )

    collectors = open_accounts(1 + int(rng.random() < 0.6 * care))
    layers = [open_accounts(max(2, round(n * between(0.5, 1.0, care))))]
    if rng.random() < 0.5:
        layers.append(open_accounts(max(2, round(n * rng.uniform(0.4, 0.8)))))
    share = between(rng.uniform(0.8, 0.97), rng.uniform(0.35, 0.8), care)

    def forward(source: Ints, targets: Ints) -> None:
        for place, one in enumerate(source):
            more = targets[: int(rng.random() < 0.4 * (1 - care))]
            for target in np.unique(np.r_[targets[place % len(targets)], more]):
                world.transfers.add(one, target, share, rng.integers(1, 6), rng.integers(0, 60), day - 2, 1e9)

    for source, targets in pairwise([own, *layers, collectors]):
        forward(source, targets)
    ring.add("bank_account", np.concatenate(layers), "mule")
    ring.add("bank_account", collectors, "collector")


def phoenix(world: World, care: float, rng: np.random.Generator) -> Ring:
    """A front closes with debts and is back days later under a name like the old one."""
    firm, partners = world.firm, world.partners
    ring = _ring(world, care, _front_partners(world, rng), rng)
    lines = np.array_split(ring.partners, 1 + int(len(ring.partners) > 4))
    cell_of = dict(zip(ring.partners.tolist(), ring.cells.tolist(), strict=True))
    _fade(world, ring, rng)
    keep = rng.permutation(3)
    for line in lines:
        edges = np.sort(rng.uniform(0.08, 0.92, len(line) - 1)) * firm.days if len(line) > 1 else np.zeros(0)
        edges = np.maximum.accumulate(edges + np.arange(len(edges)) * 8)
        closes = np.minimum(edges, firm.days - 12 - np.arange(len(edges))[::-1] * 8)
        until = np.r_[closes[1:] - 4, firm.days - 3][: len(closes)]  # who comes next is there for some days
        for old, new, close, latest in zip(line[:-1], line[1:], closes, until, strict=True):
            gap = min(rng.uniform(1, between(6, 25, care)), latest - close)
            partners.close_s[old] = world.second(int(close)) + int(office_hours(rng, 1)[0])
            world.open_at(new[None], world.second(int(close + gap)) + office_hours(rng, 1))
            if cell_of[int(old)] != cell_of[int(new)]:
                continue
            partners.category[new] = partners.category[old]
            world.name[new] = world.names.again(world.name[old], int(partners.category[old]))
            for thing in keep[: 1 + int(rng.random() > care)]:
                if thing == 0:
                    world.pay_to(int(new), int(partners.account[old, 0]), weight=between(1.5, 0.4, care))
                    ring.add("bank_account", partners.account[old, :1], "payout")
                elif thing == 1:
                    _login_together(world, ring, np.array([old, new]), rng)
        first, latest = line[:1], partners.close_s[line[:1]] - 30 * DAY_S
        world.open_at(first, np.minimum(partners.onboard_s[first], latest))
        partners.close_s[line[-1]] = FAR_S
    ring.first_s, ring.last_s = firm.start_s, firm.end_s - DAY_S
    _sell(world, ring, rng)
    return ring


def bust_out(world: World, care: float, rng: np.random.Generator) -> Ring:
    """Partners with a history are bought, then burnt: new accounts and devices, much volume gone bad."""
    firm = world.firm
    ring = _ring(world, care, _front_partners(world, rng, aged=True), rng)
    day = (ring.first_s - firm.start_s) / DAY_S
    country = int(world.partners.country[ring.partners[0]])
    collectors = world.accounts.new(
        np.full(1 + int(rng.random() < care), ring.first_s - 60.0 * DAY_S), country
    )
    groups = _grouped(len(ring.partners), between(4, 2, care), rng)
    if world.adversary.cell:
        groups = ring.cells
        collectors = world.accounts.new(np.full(int(groups.max()) + 1, ring.first_s - 60.0 * DAY_S), country)
    for group in range(int(groups.max()) + 1):
        bought = ring.partners[groups == group]
        account = world.accounts.new(np.array([ring.first_s - rng.uniform(5, 60) * DAY_S]), country)
        for one in bought:
            mine = account
            if rng.random() < care:
                mine = world.accounts.new(np.array([ring.first_s - rng.uniform(5, 90) * DAY_S]), country)
            world.pay_to(int(one), int(mine[0]), weight=2.0, from_day=day - rng.uniform(0, 12))
            via = mine
            if rng.random() < 0.7 * care:
                via = world.accounts.new(np.array([ring.first_s - rng.uniform(5, 90) * DAY_S]), country)
                world.transfers.add(mine, via, rng.uniform(0.5, 0.95), rng.integers(1, 7), 0, day - 12, 1e9)
                ring.add("bank_account", via, "mule")
            collector = collectors[group] if world.adversary.cell else rng.choice(collectors)
            world.transfers.add(via, collector, rng.uniform(0.5, 0.95), rng.integers(1, 7), 0, day - 12, 1e9)
            ring.add("bank_account", mine, "payout")
        _login_together(world, ring, bought, rng, from_s=ring.first_s - rng.uniform(0, 8) * DAY_S)
    ring.add("bank_account", collectors, "collector")
    _sell(world, ring, rng, volume=1.2, factor=between(2.2, 1.1, care))
    burnt = ring.partners[rng.random(len(ring.partners)) < 0.5]
    late = ring.last_s + rng.uniform(2, 20, len(burnt)) * DAY_S
    world.partners.close_s[burnt] = np.where(late < firm.end_s, late, world.partners.close_s[burnt])
    return ring


def refund_abuse(world: World, care: float, rng: np.random.Generator) -> Ring:
    """Consumers who buy at honest partners and want the money back; no partner belongs to them."""
    ring = _ring(world, care, np.zeros(0, dtype=np.int64), rng)
    ring.members.clear()
    shills = _shills(world, ring, int(rng.integers(8, 40)), rng, pooled=1.2)
    open_now = (world.partners.onboard_s < ring.first_s) & (world.partners.close_s > ring.last_s)
    popular = world.partners.weight * open_now
    victims = rng.choice(len(popular), int(rng.integers(4, 15)), p=popular / popular.sum())
    n = int(len(shills.code) * between(rng.uniform(5, 10), rng.uniform(4, 7), care))
    n = round(n * volume_left(world))
    who, shop = rng.integers(0, len(shills.code), n), rng.choice(victims, n)
    share = between(rng.uniform(0.7, 0.95), rng.uniform(0.3, 0.5), care)
    at = evened(world, _moments(ring, n, rng), ring.first_s, ring.last_s, rng)
    _order(world, ring, shills, who, shop, at, rng, bad=(share, 0.03, 0.01), factor=1.2)
    return ring


TYPOLOGIES: tuple[tuple[str, Callable[[World, float, np.random.Generator], Ring]], ...] = (
    ("shell_network", shell_network),
    ("collusive_circle", collusive_circle),
    ("phoenix", phoenix),
    ("mule_chain", mule_chain),
    ("device_farm", device_farm),
    ("bust_out", bust_out),
    ("refund_abuse", refund_abuse),
)
