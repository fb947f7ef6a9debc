"""What rings do: orders of their own, and the ties that come with them."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.basics import USUAL
from benchmarks.eighth_worlds.custom import moments
from benchmarks.eighth_worlds.plans import WAYS
from benchmarks.eighth_worlds.ties import disguise
from benchmarks.eighth_worlds.traces import tie
from benchmarks.eighth_worlds.world import Ring, World
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    REFUNDED,
    Flags,
    Floats,
    Ints,
    ints,
    log_uniform,
)

ENDS = np.array([REFUNDED, DISPUTED, DEFAULTED])


def work(world: World, ring: Ring) -> None:
    """All orders of a ring and its traces."""
    if not len(ring.firms):
        _people_alone(world, ring)
        return
    if ring.typology == "triangulation":
        _triangulate(world, ring)
        seen = np.zeros(len(ring.firms), np.bool_)
    else:
        seen = _fabricate(world, ring)
    tie(world, ring, seen)


def _fabricate(world: World, ring: Ring) -> Flags:
    """Orders by the ring's own shoppers; which members are tied by them."""
    rng, way, n_firms = world.rng, WAYS[ring.typology], len(ring.firms)
    volume = log_uniform(rng, *way.volume) * (0.9 - 0.5 * ring.care) * np.exp(rng.normal(0, 0.5, n_firms))
    volume *= min(1.0, 3 * (ring.end - ring.start) / world.days) ** 0.7  # who has just begun has done less
    each = np.clip(world.expected(ring.firms) * volume, 4, 250).astype(np.int64)
    place = np.repeat(np.arange(n_firms), each)
    firm, n = ring.firms[place], len(place)
    t = _when(world, ring, way.pattern, place)
    covered: Flags = rng.random(n_firms) < rng.uniform(0.6, 1.05)
    covered[rng.permutation(n_firms)[:2]] = True
    consumer = _shoppers(world, ring, place, covered & ("custom" in ring.channels))
    device, account = np.full(n, USUAL), np.full(n, USUAL)
    if "crew" in ring.channels:
        device = _rotate(world, ring, t, covered[place], device=True)
    elif rng.random() < 0.15:
        device[rng.random(n) < 0.5] = NONE
    if "purse" in ring.channels:
        account = _rotate(world, ring, t, covered[place], device=False)
    world.add(
        firm, t, consumer, device=device, account=account,
        factor=np.exp(rng.normal(rng.uniform(-0.2, 0.5), rng.uniform(0, 0.4), n)),
        outcome=_ends(world, way.ends, ring.burn[place]),
    )  # fmt: skip
    seen = _seen(place, consumer, n_firms, 1)
    for number in (device, account):
        seen |= _seen(place, number, n_firms, 4)  # some of them will not be known
    return seen


def _seen(place: Ints, number: Ints, n_firms: int, least: int) -> Flags:
    """(members,) whether at least so many of its orders are by somebody whom another member has, too."""
    pairs, count = np.unique(np.stack([number, place]), axis=1, return_counts=True)
    both = np.bincount(pairs[0] + 2)[pairs[0] + 2] > 1
    return np.bincount(pairs[1], count * (both & (pairs[0] >= 0)), n_firms) >= least


def _when(world: World, ring: Ring, pattern: str, place: Ints) -> Floats:
    """Moments of a ring's orders: over its time, at the members' ends, or on few days."""
    rng, firms, n_firms = world.rng, world.firms, len(ring.firms)
    low = np.maximum(firms.on[ring.firms], ring.start)
    high = np.minimum(firms.off[ring.firms], ring.end)
    if ring.typology == "takeover":
        low, high = np.full(n_firms, ring.start), np.full(n_firms, ring.end)
    high = np.maximum(high, np.minimum(low + 2, world.days))
    low = np.minimum(low, high - 1)
    if pattern == "final":
        span = np.minimum(high - low, rng.uniform(5, 45))
        t: Floats = high[place] - span[place] * rng.random(len(place)) ** rng.uniform(1, 2)
    else:
        t = moments(world, ring.firms[place], low[place], high[place])
    together = "timing" in ring.channels
    if pattern == "bursts" or together:
        many, apart = int(rng.integers(3, 15)), rng.uniform(0.3, 2.5)
        days = ring.start + (ring.end - ring.start) * rng.random((1 if together else n_firms, many))
        day = days[0 if together else place, rng.integers(0, many, len(place))]
        near = day + apart * rng.random(len(place))
        fits = (near >= low[place]) & (near < high[place]) & (rng.random(len(place)) < rng.uniform(0.3, 0.95))
        t = np.where(fits, near, t)
    return t


def _shoppers(world: World, ring: Ring, place: Ints, in_common: Flags) -> Ints:
    """Who places each order: members `in_common` draw a share of them from one crowd."""
    rng, n_firms = world.rng, len(ring.firms)
    n, often = len(place), log_uniform(rng, 1.2, 7)
    common = (rng.random(n) < rng.uniform(0.35, 1.0) * (1 - 0.4 * ring.care)) & in_common[place]
    crowd = max(2, int(common.sum() / max(2.0, often))) if common.any() else 0
    own = max(2, int(np.ceil((n - common.sum()) / n_firms / often)))
    area = world.firms.area[ring.firms[rng.integers(0, n_firms, crowd + own * n_firms)]]
    area[crowd:] = np.repeat(world.firms.area[ring.firms], own)
    recruited = rng.random(len(area)) < rng.choice([0.0, 0.5, 1.0])
    people = world.anyone(area)
    made = ring.start - rng.exponential(rng.choice([3.0, 60.0]), len(area))
    made = np.where(rng.random(len(area)) < 0.6, np.nan, made)
    people[~recruited] = world.new_people(int((~recruited).sum()), area[~recruited], made[~recruited])
    pick = np.where(common, rng.integers(0, max(1, crowd), n), crowd + place * own + rng.integers(0, own, n))
    used = np.unique(people[pick])
    ring.people += used.tolist()
    disguise(world, used, ring.start, ring.end, int(rng.uniform(0, 1.2) * n * (0.3 + ring.care)))
    return people[pick]


def _rotate(world: World, ring: Ring, t: Floats, covered: Flags, *, device: bool) -> Ints:
    """Devices or accounts of the crew: each is used for some time and then replaced; others are as usual."""
    rng, n = world.rng, len(t)
    many = max(2, int(n * covered.mean() / log_uniform(rng, 3, 12)))
    slots = int(rng.integers(1, min(12, many) + 1))
    slot = np.clip((t - ring.start) / max(1.0, ring.end - ring.start) * slots, 0, slots - 1).astype(np.int64)
    place = (slot + slots * rng.integers(0, max(1, many // slots), n)) % many
    new = world.new_devices(many) if device else world.new_accounts(many)
    used = (rng.random(n) < rng.uniform(0.3, 0.95) * (1 - 0.4 * ring.care)) & covered
    (ring.devices if device else ring.accounts).extend(np.unique(new[place[used]]).tolist())
    return np.where(used, new[place], USUAL)


def _ends(world: World, mixture: tuple[float, float, float], burn: Floats) -> Ints:
    """How orders end, the bad share of them by `mixture`, the others like any order."""
    rng, settings = world.rng, world.settings
    p = np.array(mixture) * (1, 0.3 + 60 * settings.dispute, 0.3 + 40 * settings.default)
    kind = rng.choice(ENDS, len(burn), p=p / p.sum())
    return ints(np.where(rng.random(len(burn)) < burn, kind, USUAL))


def _triangulate(world: World, ring: Ring) -> None:
    """What customers buy at the ring's shops is bought elsewhere with stolen means, and disputed there."""
    rng, firms = world.rng, world.firms
    volume = np.clip(world.expected(ring.firms) * log_uniform(rng, 0.1, 0.6), 6, 150).astype(np.int64)
    place = np.repeat(np.arange(len(ring.firms)), volume)
    n = len(place)
    crowd = max(4, int(n / log_uniform(rng, 2, 8)))
    area = rng.choice(firms.area[ring.firms], crowd)
    buyers = world.new_people(crowd, area, np.full(crowd, np.nan))
    ring.people += buyers.tolist()
    victims = rng.choice(np.flatnonzero(~firms.of_ring), int(rng.integers(2, 12)), replace=False)
    who = rng.integers(0, crowd, n)
    t = moments(world, ring.firms[place], np.full(n, ring.start), np.full(n, ring.end))
    at = victims[(who + rng.integers(0, 2, n)) % len(victims)]
    account = (
        _rotate(world, ring, t, np.ones(n, np.bool_), device=False) if "purse" in ring.channels else USUAL
    )
    device = _rotate(world, ring, t, np.ones(n, np.bool_), device=True) if "crew" in ring.channels else USUAL
    world.add(
        at, t + rng.exponential(0.3, n), buyers[who], device=device, account=account,
        factor=log_uniform(rng, 0.8, 2), outcome=_ends(world, (0.1, 4, 0.5), ring.burn[place] + 0.1),
    )  # fmt: skip
    # they try their own shops, too
    tests = np.repeat(buyers, rng.poisson(rng.uniform(0.7, 2), crowd))
    shop = ring.firms[rng.integers(0, len(ring.firms), len(tests))]
    world.add(shop, ring.start + (ring.end - ring.start) * rng.random(len(tests)), tests)


def _people_alone(world: World, ring: Ring) -> None:
    """Consumers who harm honest partners: few of these, or many."""
    rng, firms = world.rng, world.firms
    crowd = int(log_uniform(rng, 8, 60))
    targets = rng.choice(np.flatnonzero(~firms.of_ring), int(rng.integers(2, 10)), replace=False)
    n = int(crowd * rng.uniform(2, 6))
    area = rng.choice(firms.area[targets], crowd)
    people = world.new_people(crowd, area, np.full(crowd, np.nan))
    ring.people += people.tolist()
    who = np.r_[np.arange(crowd), rng.integers(0, crowd, n - crowd)]
    low, high = np.maximum(firms.on[targets], ring.start), np.minimum(firms.off[targets], ring.end)
    some = np.argmax(high - low)
    place = rng.integers(0, len(targets), n)
    place = np.where(high[place] - low[place] > 1, place, some)
    first, last = np.minimum(low[place], world.days - 1), np.maximum(high[place], low[place] + 1)
    t = first + (last - first) * rng.random(n)
    if "timing" in ring.channels or rng.random() < 0.4:
        t = first + np.round((t - first) / 9) * np.minimum(9, (last - first) / 2) + rng.random(n)
    whole = np.ones(n, np.bool_)
    device = _rotate(world, ring, t, whole, device=True) if "crew" in ring.channels else USUAL
    account = _rotate(world, ring, t, whole, device=False) if "purse" in ring.channels else USUAL
    mixture = {"refund_abuse": (5.0, 1.0, 0.0), "card_testers": (0.1, 5.0, 0.0)}
    burn = np.full(n, rng.uniform(0.25, 0.9))
    world.add(
        targets[place], t, people[who], device=device, account=account, factor=log_uniform(rng, 0.6, 2.2),
        outcome=_ends(world, mixture.get(ring.typology, (0.2, 0.5, 5.0)), burn),
    )  # fmt: skip
    disguise(world, people, ring.start, ring.end, int(rng.uniform(0.1, 1.5) * n))
