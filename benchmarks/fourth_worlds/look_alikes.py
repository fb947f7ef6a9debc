"""How many honest groups of each kind there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.fourth_worlds import look_alike_crowds as crowds
from benchmarks.fourth_worlds import look_alike_custom as custom
from benchmarks.fourth_worlds import look_alike_firms as firms
from benchmarks.fourth_worlds.world import World

Add = Callable[[World], None]
FIRST: Final[tuple[tuple[Add, int, int], ...]] = (
    (firms.add_franchise, 2, 5),
    (firms.add_one_owner, 12, 28),
    (firms.add_facilitator, 1, 3),
    (firms.add_bookkeeper, 4, 10),
    (firms.add_factoring, 1, 4),
    (firms.add_relaunch, 10, 22),
    (firms.add_insolvency, 9, 20),
)
"""How to add one, and how many of them a usual world has at least and at most."""
WHOLE: Final[tuple[Add, ...]] = (custom.add_bad_luck, crowds.add_households)
THEN: Final[tuple[tuple[Add, int, int], ...]] = (
    (crowds.add_public_device, 25, 60),
    (crowds.add_shop_terminal, 40, 140),
)
DEVICES: Final[tuple[Add, ...]] = (crowds.add_second_hand_phones, crowds.add_owners_at_work)
LAST: Final[tuple[tuple[Add, int, int], ...]] = (
    (crowds.add_hostel_or_campus, 5, 10),
    (crowds.add_office, 5, 12),
    (custom.add_mall, 4, 9),
    (custom.add_buying_club, 6, 14),
    (custom.add_flash_sale, 8, 18),
    (custom.add_subscription, 5, 12),
    (firms.add_supplier_circle, 2, 6),
)


def plant_look_alikes(world: World) -> None:
    """Add them in this order: what comes later may overrule a device or a shop of what came before."""
    _add_groups(world, FIRST)
    for add in WHOLE:
        add(world)
    _add_groups(world, THEN)
    for add in DEVICES:
        add(world)
    _add_groups(world, LAST)


def _add_groups(world: World, kinds: tuple[tuple[Add, int, int], ...]) -> None:
    for add, least, most in kinds:
        for _ in range(world.several(least, most)):
            add(world)
