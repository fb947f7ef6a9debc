"""Everything honest that looks like a ring, in the order in which it is drawn."""

from __future__ import annotations

from benchmarks.other_worlds import changes, crowds, homes, ordinary_money, shared_hands
from benchmarks.other_worlds.world import World


def plant_look_alikes(world: World) -> None:
    """At least as many groups of a kind as there are rings; their partners may be a ring's as well."""
    for plant in (
        shared_hands.facilitators,
        shared_hands.advisers,
        shared_hands.shared_staff,
        shared_hands.franchises,
        shared_hands.owners,
    ):
        plant(world)
    wholesalers = shared_hands.suppliers(world)
    for plant in (
        changes.relaunches,
        changes.sales,
        changes.insolvencies,
        changes.bad_luck,
        crowds.malls,
        crowds.tills,
        crowds.openings,
        crowds.subscriptions,
        crowds.clubs,
        crowds.common_machines,
        crowds.vouchers,
        homes.households,
        homes.second_hand,
        homes.regulars,
        homes.staff_who_shop,
    ):
        plant(world)
    ordinary_money.move_money(world, wholesalers)
