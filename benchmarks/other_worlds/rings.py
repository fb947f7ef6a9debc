"""The planted rings: who is in them, whose customers they are, and how their partners are tied.

A ring changes some of its members (accounts, devices, custom) and adds orders; whatever else its members do
is drawn as for anybody. Its carefulness, 0 to 1, says how much of it can be seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.other_worlds.draws import DAY_S, between
from benchmarks.other_worlds.population import add_consumers
from benchmarks.other_worlds.world import (
    DEFAULTED,
    DISPUTED,
    NATURAL,
    OWN,
    PAID,
    REFUNDED,
    PartlyPaid,
    Ring,
    Span,
    Sweep,
    World,
)
from benchmarks.writing.units import Flags, Floats, Ints

BUST_OUT: Final = "bust_out"


def plan_rings(world: World, typologies: list[str]) -> None:
    """A ring for every 60 to 80 partners, all typologies as often, all degrees of care."""
    rng, habits = world.rng, world.habits
    count = max(3, round(world.n_partners / habits.partners_per_ring))
    each, rest = divmod(count, len(typologies))
    kinds = typologies * each + list(rng.permutation(typologies)[:rest])
    rng.shuffle(kinds)
    care = (rng.permutation(count) + rng.random(count)) / count
    labelled = np.zeros(count, np.bool_)
    labelled[rng.permutation(count)[: round(count * habits.labelled_rings)]] = True
    for number, kind in enumerate(kinds):
        size = int(min(12, 3 + rng.pareto(1.3) * 1.3))
        world.rings.append(Ring(number, str(kind), float(care[number]), bool(labelled[number]), size))


def draw_bad_share(world: World, ring: Ring) -> None:
    """How much of what it fakes goes bad: at least 35 % for the careless, at most 28 % for the careful."""
    share = np.clip(between(0.56, 0.16, ring.care) + world.rng.normal(0, 0.05), 0.12, 0.6)
    ring.bad_share = float(share)
    if ring.care > 0.75:
        ring.bad_share = min(ring.bad_share, 0.28)
    if ring.care < 0.25:
        ring.bad_share = max(ring.bad_share, 0.35)


def set_up(world: World, ring: Ring, rank: Floats) -> None:
    """Its partners, when it is active and how much it fakes; `rank` is the partners' by popularity."""
    rng, window = world.rng, world.window_s
    fit = _fit_partners(world, ring, rank)
    first = rng.choice(np.flatnonzero(fit))
    pull, same_country = rng.uniform(1, 5), rng.random() < 0.93
    near = world.near_partners(first, ring.size, fit, pull=pull, same_country=same_country)
    ring.partners = rng.permutation(near)
    ring.size = len(ring.partners)
    world.partners.ring[ring.partners] = ring.number
    world.partners.taken[ring.partners] = True
    add_members(world, ring, "partner", ring.partners)
    ring.city = world.partners.city[first]
    ring.bad_mix = rng.dirichlet([0.3, 2, 2])
    length = (rng.uniform(25, 60) * (1 - ring.care) + rng.uniform(70, 170) * ring.care) * DAY_S
    length = min(length, 0.8 * window)
    ring.since_s = rng.uniform(0.04 * window, max(0.05 * window, 0.92 * window - length))
    ring.until_s = ring.since_s + length
    ring.onset_s = ring.since_s
    median = world.habits.fake_median * world.orders_each
    volume = np.exp(rng.normal(np.log(median), 0.8, ring.size))
    ring.volume = volume.clip(4, 3 * world.orders_each)
    if ring.typology != BUST_OUT:
        _dress_up(world, ring)
    per_consumer = world.habits.fakes_per_consumer * rng.uniform(0.7, 1.3)
    ring.customers = int(np.clip(ring.orders / per_consumer, 8, 160))


def _fit_partners(world: World, ring: Ring, rank: Floats) -> Flags:
    partners, free = world.partners, world.honest
    if ring.typology != BUST_OUT:
        return free & (rank > 0.03) & (rank < 0.93)
    old = partners.onboarded_s < -150 * DAY_S
    fit = free & old & np.isinf(partners.closed_s) & (rank > 0.35) & (rank < 0.95)
    return free & (partners.onboarded_s < 0) if fit.sum() < ring.size else fit


def _dress_up(world: World, ring: Ring) -> None:
    """Its partners exist for the ring: little custom of their own, young, and burnt after it."""
    rng, shops, mine, care = world.rng, world.partners, ring.partners, ring.care
    since, n = ring.since_s, ring.size
    careless, careful = rng.uniform(0.08, 0.5, n), rng.uniform(0.5, 1.2, n)
    shops.popularity[mine] *= careless * (1 - care) + careful * care
    young = mine[rng.random(n) < 0.55 * (1 - care)]
    start = since - rng.uniform(2, 90, len(young)) * DAY_S
    shops.onboarded_s[young] = np.minimum(start, shops.onboarded_s[young].clip(since - 90 * DAY_S))
    late = mine[shops.onboarded_s[mine] > since]
    shops.onboarded_s[late] = since - rng.uniform(1, 200, len(late)) * DAY_S
    closed = shops.closed_s[mine]
    at_least = ring.until_s + rng.uniform(1, 30) * DAY_S
    shops.closed_s[mine] = np.where(np.isfinite(closed), np.maximum(closed, at_least), np.inf)
    burnt = mine[rng.random(n) < 0.3 * (1 - care)]
    shops.closed_s[burnt] = ring.until_s + rng.uniform(0, 25, len(burnt)) * DAY_S


def add_members(world: World, ring: Ring, kind: str, ids: ArrayLike) -> None:
    """Note who and what is of the ring."""
    world.ring_members += [(ring.number, kind, int(one)) for one in np.unique(np.asarray(ids, np.int64))]


def add_customers(
    world: World, ring: Ring, n: int, *, recruited: float, onset_s: float | None = None
) -> Ints:
    """Fake and recruited customers of a ring; the recruited keep their lives."""
    rng, care = world.rng, ring.care
    onset = ring.since_s if onset_s is None else onset_s
    recruits = round(n * recruited)
    n_fakes = n - recruits
    aged = rng.random(n_fakes) < 0.15 + 0.85 * care
    old, young = -rng.exponential(350, n_fakes) * DAY_S, onset - rng.exponential(18, n_fakes) * DAY_S
    activity = rng.uniform(0.1, 0.5) * (1 - care) + rng.uniform(0.4, 1.0) * care
    city = rng.pick(world.places.near(ring.city, world.habits), n_fakes)
    fakes = add_consumers(world, n_fakes, city=city, created_s=np.where(aged, old, young), activity=activity)
    world.consumers["defaults"][fakes] = np.minimum(world.consumers["defaults"][fakes], 2.0)
    _share_identifiers(world, ring, fakes, onset)
    recruited_ones = world.local_consumers(ring.city, recruits)
    recruited_ones = recruited_ones[~np.isin(recruited_ones, world.ring_consumers)]
    ring.fakes, ring.consumers = fakes, np.concatenate([fakes, recruited_ones]).astype(np.int64)
    world.ring_consumers = np.concatenate([world.ring_consumers, ring.consumers])
    add_members(world, ring, "consumer", ring.consumers)
    return ring.consumers


def _share_identifiers(world: World, ring: Ring, fakes: Ints, onset: float) -> None:
    """The careless share a few devices and accounts, the careful mostly their own and slip now and then."""
    rng, careless, people, n = world.rng, 1 - ring.care, world.consumers, len(fakes)
    n_pool = max(1, int(np.ceil(n / (1.6 + 7 * careless**1.5))))
    pool = world.new_devices(n_pool, onset - rng.exponential(100) * DAY_S)
    sharing = fakes[rng.random(n) < careless**1.2 * 0.8]
    shared = pool[rng.integers(0, n_pool, len(sharing))]
    people["device"][sharing] = people["later_device"][sharing] = shared
    people["second_share"][sharing] *= 0.5
    slipping = fakes[rng.random(n) < 0.25 + 0.65 * careless]
    people["hub"][slipping] = pool[rng.integers(0, n_pool, len(slipping))]
    share = rng.uniform(0.06, 0.25, len(slipping))
    people["hub_share"][slipping] = share + 0.5 * careless * rng.random(len(slipping))
    paying = fakes[rng.random(n) < 0.55 * careless + 0.06]
    n_accounts = max(1, len(paying) // int(2 + 4 * careless))
    opened = onset - rng.exponential(200) * DAY_S
    accounts = world.new_accounts(n_accounts, world.places.city_country[ring.city], opened)
    people["account"][paying] = accounts[rng.integers(0, n_accounts, len(paying))]
    add_members(world, ring, "device", pool)
    add_members(world, ring, "bank_account", accounts)


def bad_outcomes(world: World, ring: Ring, n: int) -> NDArray[np.int8]:
    """(n,) what becomes of faked orders: bad ones as often as the ring's share says, most others paid."""
    rng = world.rng
    bad = rng.random(n) < ring.bad_share
    outcome = np.full(n, NATURAL, np.int8)
    outcome[bad] = np.array([REFUNDED, DISPUTED, DEFAULTED])[rng.pick(ring.bad_mix, bad.sum())]
    outcome[~bad & (rng.random(n) < 0.6)] = PAID
    return outcome


def fake_orders(
    world: World,
    ring: Ring,
    consumers: Ints,
    partners: Ints,
    moment_s: Floats,
    *,
    device: ArrayLike = OWN,
) -> None:
    """Orders at the ring's own hour (the careless) or the shop's."""
    rng, n = world.rng, len(consumers)
    scale = np.exp(rng.normal(0.12 * (1 - ring.care), 0.15, n))
    at_work = rng.random(n) < 0.45 * (1 - ring.care)
    hour = float(rng.choice([10.5, 14, 19, 21]))
    ring.hour = hour if ring.hour is None else ring.hour
    working = np.floor(moment_s / DAY_S) * DAY_S + (rng.normal(ring.hour, 2.8, n) % 24) * 3600
    moment = np.where(at_work, working, moment_s)
    outcome = bad_outcomes(world, ring, n)
    world.plan(consumers, partners, moment, outcome, device=device, scale=scale, keep_hour=at_work)


def spread_orders(
    world: World, ring: Ring, consumers: Ints, *, reach: int, volume: Floats | None = None
) -> tuple[Ints, Ints]:
    """Who orders where, (orders,) numbers of consumers and of ring partners: each is with a few of them."""
    rng = world.rng
    volume = ring.volume if volume is None else volume
    likes = np.stack([rng.pick(volume, len(consumers)) for _ in range(max(1, reach))], 1)
    n = int(volume.sum())
    who = rng.integers(0, len(consumers), n)
    return who, likes[who, rng.integers(0, likes.shape[1], n)]


def tree(world: World, n: int) -> list[tuple[int, int]]:
    """A tree over `n` members: a chain or one by preferential attachment."""
    rng = world.rng
    if rng.random() < 0.5:
        return [(one, one + 1) for one in range(n - 1)]
    degree = np.ones(n)
    edges = []
    for one in range(1, n):
        other = int(rng.pick(degree[:one], 1)[0])
        degree[one] += 1
        degree[other] += 1
        edges.append((other, one))
    return edges


def tie_tree(world: World, ring: Ring, chance: float | None = None) -> None:
    """Ties along a tree over its partners; with a chance, one tie for as many edges as it says."""
    for left, right in tree(world, ring.size):
        if chance is None:
            tie(world, ring, (ring.partners[left], ring.partners[right]), ring.span)
        elif world.rng.random() < chance:
            tie(world, ring, (ring.partners[left], ring.partners[right]), ring.span, count=1)


def tie(world: World, ring: Ring, pair: tuple[int, int], span: Span, count: int | None = None) -> None:
    """Ties between two ring partners: strong for the careless, one weak trace for the careful."""
    rng, care = world.rng, ring.care
    # the careful share nothing outright
    careless, careful = np.array([1, 1, 0.6, 0.6, 0.5, 0.6]), np.array([0.2, 0.2, 1, 1.2, 0.1, 1.2])
    weights = careless * (1 - care) + careful * care
    if count is None:
        count = 1 + rng.binomial(2, 1 - care) + (rng.random() < 0.4 * care)
    ways = ["account", "login", "sweep", "order_device", "second_login", "order_account"]
    for way in rng.choice(ways, count, replace=False, p=weights / weights.sum()):
        match way:
            case "account":
                _share_account(world, ring, pair, span)
            case "login" | "second_login":
                _share_login(world, ring, pair, span)
            case "sweep":
                _share_sweep(world, ring, pair, span)
            case "order_device":
                ring.device_ties.append(pair)
            case _:
                ring.account_ties.append(pair)


def _share_account(world: World, ring: Ring, pair: tuple[int, int], span: Span) -> None:
    rng, careless = world.rng, 1 - ring.care
    since, length = span[0], span[1] - span[0]
    account = world.new_accounts(1, world.partners.country[pair[0]], rng.uniform(-300, 0) * DAY_S)
    for partner in pair:
        if rng.random() < careless:
            always = rng.random() >= 0.7
            world.pay_into(partner, -1e11 if always else rng.uniform(since, since + 0.3 * length), account)
        else:
            start = rng.uniform(since, since + 0.6 * length)
            end = start + rng.uniform(20, 60) * DAY_S
            world.partly_paid.append(PartlyPaid(partner, start, end, int(account[0]), 0.3 + 0.6 * careless))
    add_members(world, ring, "bank_account", account)


def _share_login(world: World, ring: Ring, pair: tuple[int, int], span: Span) -> None:
    since, until = span
    device = world.new_devices(1, world.rng.uniform(-200, 0) * DAY_S, (0.45, 0.45, 0.1, 0, 0))
    # four logins at least, or it is no tie
    rate = max(0.2 * (1 - ring.care) ** 1.5, 4 / max((until - since) / DAY_S, 20))
    world.log_in(pair, device, rate * world.habits.logins_per_day / 0.12 * 0.8, since, until)
    add_members(world, ring, "device", device)


def _share_sweep(world: World, ring: Ring, pair: tuple[int, int], span: Span) -> None:
    rng, careless = world.rng, 1 - ring.care
    account = world.new_accounts(1, world.partners.country[pair[0]], rng.uniform(-700, 0) * DAY_S)
    shares = 0.08 + 0.3 * careless, 0.25 + 0.5 * careless
    for partner in pair:
        delay = rng.log_uniform(0.5, 4)
        sweep = Sweep(partner, *span, int(account[0]), *shares, delay, 0.25 + 0.6 * careless)
        world.sweeps.append(sweep)
    add_members(world, ring, "bank_account", account)


def order_along_ties(world: World, ring: Ring) -> None:
    """A few orders at one partner from another's office machine, or paid from its account."""
    rng, shops, consumers = world.rng, world.partners, ring.consumers
    for owner, shop in ring.device_ties:
        devices = shops.staff_device[shops.staff_partner == owner]
        n = min(int(rng.integers(2, 5) + 6 * (1 - ring.care) * rng.random()), len(consumers))
        who, moment = rng.choose(consumers, n), rng.uniform(*ring.span, n)
        fake_orders(world, ring, who, np.full(n, shop), moment, device=rng.choice(devices))
    for owner, shop in ring.account_ties:
        n = min(int(rng.integers(2, 6) + 5 * (1 - ring.care) * rng.random()), len(consumers))
        who, moment = rng.choose(consumers, n), rng.uniform(*ring.span, n)
        outcome = bad_outcomes(world, ring, n)
        world.plan(who, np.full(n, shop), moment, outcome, account=shops.account[owner])
