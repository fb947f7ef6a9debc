"""Honest groups that look like rings, made by the same means as rings: which, and how many of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.further_worlds.crowds import (
    add_friends,
    add_hostel,
    add_mall,
    add_office,
    add_quarter,
    add_sale,
    add_staff_custom,
    add_subscription,
)
from benchmarks.further_worlds.firms import (
    add_book_keeper,
    add_facilitator,
    add_factoring_house,
    add_franchise,
    add_owner,
    add_relaunch,
    add_trade_circle,
)
from benchmarks.further_worlds.groups import between
from benchmarks.further_worlds.troubles import (
    add_bad_luck,
    add_faulty_batch,
    add_insolvency,
    add_risky_newcomers,
)
from benchmarks.further_worlds.world import World

Plant = Callable[[World], None]

FIRMS: Final[tuple[tuple[int, int, Plant], ...]] = (
    (6, 14, add_franchise),
    (22, 45, add_owner),
    (2, 4, add_facilitator),
    (5, 10, add_book_keeper),
    (8, 16, add_factoring_house),
    (10, 20, add_staff_custom),
    (4, 10, add_trade_circle),
    (10, 22, add_relaunch),
)
"""How many at least and at most in a world of 2,000 partners."""
CROWDS: Final[tuple[tuple[int, int, Plant], ...]] = (
    (4, 9, add_mall),
    (14, 30, add_quarter),
    (25, 50, add_sale),
    (12, 30, add_subscription),
    (10, 24, add_hostel),
    (10, 22, add_office),
    (8, 18, add_friends),
)


def plant_look_alikes(world: World) -> None:
    """Plant all of them; where too few partners or people are left for one, there is one less."""
    _plant(world, FIRMS)
    _repeat(world, int(world.habits.insolvent * world.n_partners), add_insolvency)
    crooks = world.shops.in_ring.sum()
    _repeat(world, int(world.habits.bad_luck * world.n_partners + 0.9 * crooks), add_bad_luck)
    _repeat(world, _some(world, 8, 16) + len(world.rings) // 6, add_faulty_batch)
    _repeat(world, _some(world, 14, 34) + int(0.2 * crooks), add_risky_newcomers)
    _plant(world, CROWDS)


def _plant(world: World, kinds: tuple[tuple[int, int, Plant], ...]) -> None:
    for least, most, plant in kinds:
        _repeat(world, _some(world, least, most), plant)


def _some(world: World, least: int, most: int) -> int:
    return max(1, round(between(world, least, most) * world.scale))


def _repeat(world: World, many: int, plant: Plant) -> None:
    for _ in range(many):
        plant(world)
