"""The rings: how many of which typology, and how careful; then each is laid over partners and consumers.

Everybody is drawn by one process first, so a ring's own rows differ only by what the fraud needs. What is
left to see of a careful ring:

- `shared_control`: a few slips (a login from a sister's device, an owner's money one hop away, an order
  from a sister's device), and the fronts' unpaid orders in one campaign.
- `collusive_circle`: nothing but custom: the same buyers at the fronts in the same weeks, badly ended.
- `bust_out`: some buyers at two fronts or more, and new payout accounts that forward to one.
- `money_funnel`: parts of the payouts reach one collector over three hops, split and days late.
- `money_cycle`: payouts return to the accounts of the buyers, who mostly pay.
- `succession`: one slip, and about a third of the first life's bad buyers return.
- `refund_gang`: no partner: consumers who have the same honest partners refund them in the same weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.further_worlds.campaigns import CAMPAIGNS, SIZES
from benchmarks.further_worlds.plans import Ring
from benchmarks.further_worlds.ring_orders import (
    episodes,
    fresh_share,
    gang_accounts,
    gang_devices,
)
from benchmarks.further_worlds.succession import plant_succession
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Ints

SUCCESSION: Final = "succession"
REFUND_GANG: Final = "refund_gang"
TYPOLOGIES: Final = (*SIZES, SUCCESSION, REFUND_GANG)
DEGREES: Final = 3
TRIES: Final = 25


def plant_rings(world: World) -> None:
    """Plant all rings; successions come first, as they set their partners' lifetimes."""
    dealt = _deal(world) if world.n_rings >= DEGREES * len(TYPOLOGIES) else _deal_few(world)
    first = TYPOLOGIES.index(SUCCESSION)
    for typology, care in sorted(dealt, key=lambda one: (one[0] != first, world.rng.random())):
        for _ in range(TRIES):
            ring = Ring(TYPOLOGIES[typology], care)
            if _plant(world, ring):
                world.rings.append(ring)
                break


def _deal(world: World) -> list[tuple[int, int]]:
    """A typology and a degree of care for each ring: every pair once, the rest by chance."""
    rng, kinds = world.rng, len(TYPOLOGIES)
    rest = world.n_rings - DEGREES * kinds
    by_typology = rng.dirichlet(np.full(kinds, 3.0))
    typologies = [*np.repeat(np.arange(kinds), DEGREES), *rng.choice(kinds, rest, p=by_typology)]
    by_care = rng.dirichlet([6, 6, 6])
    care = [*(list(range(DEGREES)) * kinds), *rng.choice(DEGREES, rest, p=by_care)]
    return [(int(one), int(other)) for one, other in zip(typologies, care, strict=True)]


def _deal_few(world: World) -> list[tuple[int, int]]:
    """The same for fewer rings than pairs: every typology and every degree of care, no pair twice."""
    kinds = len(TYPOLOGIES)
    turn = int(world.rng.integers(DEGREES))
    return [(one % kinds, (one + one // kinds + turn) % DEGREES) for one in range(world.n_rings)]


def _plant(world: World, ring: Ring) -> bool:
    """Whether enough partners were found for it; nothing but draws has happened where not."""
    rng = world.rng
    length_s = rng.uniform(*((8, 35), (16, 60), (30, 95))[ring.care]) * DAY_S
    country = world.a_country() if rng.random() < 0.8 else None
    trade = int(rng.integers(len(world.trades))) if rng.random() < 0.25 else None
    if ring.typology == REFUND_GANG:
        return _plant_refund_gang(world, ring, length_s, country)
    if ring.typology == SUCCESSION:
        return plant_succession(world, ring, country)
    return _plant_campaign(world, ring, length_s, country, trade)


def _plant_campaign(
    world: World, ring: Ring, length_s: float, country: int | None, trade: int | None
) -> bool:
    """Partners who live through one campaign; about as many as among the honest close some time after."""
    rng, shops, window = world.rng, world.shops, world.window_s
    n = int(rng.integers(*SIZES[ring.typology]))
    since = rng.uniform(12 * DAY_S, window - 45 * DAY_S - 0.85 * length_s)
    until = min(since + length_s, window - 45 * DAY_S)
    alive = since - 8 * DAY_S, until
    partners = world.pick(n, open_in=alive, country=country, trade=trade, orders=(18, 350))
    if partners is None:
        return False
    ring.add("partner", partners)
    shops.in_ring[partners] = True
    for one in partners:
        if rng.random() < 0.22 and until + 12 * DAY_S < window and ring.typology != "bust_out":
            shops.closes[one] = min(until + rng.uniform(10, 90) * DAY_S, window - DAY_S)
            shops.sells_until[one] = min(shops.sells_until[one], shops.closes[one])
    plant: Callable[[World, Ring, Ints, tuple[float, float]], None] = CAMPAIGNS[ring.typology]
    plant(world, ring, partners, (since, until))
    return True


def _plant_refund_gang(world: World, ring: Ring, length_s: float, country: int | None) -> bool:
    """Consumers who order at a few honest partners in the same weeks and have most of it refunded."""
    rng, shops, window, care = world.rng, world.shops, world.window_s, ring.care
    since = rng.uniform(0.1, 0.9) * window - length_s / 2
    since = max(min(since, window - length_s - 25 * DAY_S), 5 * DAY_S)
    until = min(since + length_s, window - 20 * DAY_S)
    many = int(rng.integers(3, 9))
    victims = world.pick_free(many, open_in=(since, until), country=country, orders=(60, 900))
    if victims is None:
        return False
    n = int(rng.integers(8, 41))
    n_new = int(n * fresh_share(world, (0.8, 0.45, 0.15), care))
    cities = np.unique(shops.city[victims])[: int(rng.integers(1, 4))]
    new = world.newcomers(n_new, cities, since, (0.3, 0.7, 1.0)[care])
    known = world.ordinary_people(n - n_new, np.unique(world.city_country[cities]))
    gang = np.concatenate([new, known])
    world.people.in_ring[gang] = True
    ring.add("consumer", gang)
    usual = (5, 4, 3.2)[care] * world.habits.ring_strength
    buyers = np.repeat(gang, np.maximum(2, rng.poisson(usual, len(gang))))
    partners = rng.choice(victims, len(buyers))
    moment = world.at_hours(episodes(world, len(buyers), (since, until), care + 1), partners)
    device = gang_devices(world, ring, gang, buyers)
    account = gang_accounts(world, ring, gang, buyers)
    bad = ((0.78, 0.08, 0.02), (0.6, 0.07, 0.02), (0.46, 0.05, 0.02))[care]
    scale = (1.5, 1.25, 1.12)[care]
    world.plan(buyers, partners, moment, scale, bad=bad, device=device, account=account, of_ring=True)
    return True
