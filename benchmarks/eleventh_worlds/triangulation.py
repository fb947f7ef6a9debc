"""Front shops that sell what they then have delivered by honest suppliers, paid with stolen identities."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.crowds import live
from benchmarks.eleventh_worlds.custom import Custom
from benchmarks.eleventh_worlds.draws import between, one_around, some_of
from benchmarks.eleventh_worlds.records import Ring
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import DISPUTED, NONE, Floats, Ints


def triangulate(world: World, custom: Custom, ring: Ring, chance: float) -> None:
    """For most sales of the fronts an order at a supplier, which is disputed by that chance."""
    rng, care = world.rng, ring.care
    span = max(ring.until - ring.since, 1)
    sold = np.flatnonzero(
        np.isin(custom.firm, ring.firms) & (custom.day >= ring.since) & (custom.day <= ring.until)
    )
    passed_on = rng.random(len(sold)) < between(care, world.uniform(0.6, 1), world.uniform(0.3, 0.8))
    sold = sold[passed_on]
    n, suppliers = len(sold), _suppliers(world, custom, ring)
    many = int(np.clip(n / one_around(rng, 6, 0.4), 5, 70))
    stolen = world.invent(many, ring.town, care)
    ring.people += stolen.tolist()
    _share_gear(world, ring, stolen)
    # identities are used up one after the other
    turn = (custom.day[sold] - ring.since) / span * many * 0.8 + rng.uniform(0, 0.2 * many, n)
    consumer = stolen[np.clip(turn, 0, many - 1).astype(np.int64)]
    supplier = rng.choice(suppliers, n)
    lag = np.where(rng.random(n) < 0.6, 0, rng.geometric(0.5, n))
    device = np.full(n, NONE)
    if world.settings.has_devices and len(ring.operator):
        seen = between(care, world.uniform(0.2, 0.8), world.uniform(0.03, 0.15))
        device = np.where(rng.random(n) < seen, ring.operator[0], NONE)
    dear = _as_dear(world, custom, custom.firm[sold], supplier)
    day = custom.day[sold] + lag
    world.orders.buy(supplier, consumer, day, end=DISPUTED, chance=chance, device=device, dear=dear)
    # the operator buys a little at the own shops too, to start their sales
    own = rng.poisson(between(care, 6, 4), len(ring.firms)) + 2 * (ring.main == "custom")
    firm = np.repeat(ring.firms, own)
    day = np.floor(rng.uniform(ring.since, ring.since + (ring.until - ring.since) * 0.5, len(firm)))
    world.orders.buy(firm, rng.choice(stolen, len(firm)), day)
    usual = rng.poisson(between(care, 0.3, 3) * world.settings.camouflage, many)
    world.orders.buy(*live(world, custom, stolen, usual, 0, world.days))


def _suppliers(world: World, custom: Custom, ring: Ring) -> Ints:
    """Honest partners of the fronts' trades and land, or large ones where there are too few."""
    rng, firms = world.rng, world.firms
    fits = world.honest & custom.open_from_to(ring.since + 5, ring.until - 5, 10)
    near = np.isin(firms.trade, firms.trade[ring.firms]) & (world.land == world.land[ring.firms[0]])
    found = np.flatnonzero(fits & near)
    if len(found) < 3:
        found = np.flatnonzero(fits & (custom.many > 30))
    suppliers = some_of(rng, found if len(found) else np.flatnonzero(world.honest), int(rng.integers(3, 12)))
    world.look_alike("triangulation_supplier", partner=suppliers)
    return suppliers


def _share_gear(world: World, ring: Ring, stolen: Ints) -> None:
    """Neighbours in the line of identities use one device, or where orders tell none, one account."""
    rng, care, many = world.rng, ring.care, len(stolen)
    each = between(care, world.uniform(4, 15), world.uniform(2, 4))
    pool_size = max(1, int(many / each))
    place = np.arange(many) * pool_size // many
    if world.settings.has_devices:
        pool = world.new_devices(pool_size)
        sharing = rng.random(many) < between(care, 1, 0.65)
        world.people.device[stolen[sharing], 0] = pool[place[sharing]]
        ring.devices += pool.tolist()
    else:
        pool = world.open_accounts(ring.town, pool_size)
        world.people.account[stolen, 0] = pool[place]
        ring.accounts += pool.tolist()


def _as_dear(world: World, custom: Custom, front: Ints, supplier: Ints) -> Floats:
    """(orders,) places in the suppliers' lists of prices about what the front asks for in the middle."""
    first, many = custom.first_price, custom.n_prices(supplier)
    asked = custom.price[first[front] + custom.n_prices(front) // 2] * world.rng.uniform(0.6, 1.2, len(front))
    place = [
        np.searchsorted(custom.price[first[one] : first[one + 1]], value)
        for one, value in zip(supplier.tolist(), asked.tolist(), strict=True)
    ]
    return np.clip(np.array(place, np.float64) / np.maximum(many, 1), 0, 0.999)
