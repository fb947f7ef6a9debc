"""Those who serve or house anybody's shops, and people who live, work or suffer together."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.fifteenth_worlds import sales, tools
from benchmarks.fifteenth_worlds.firms import Kind, circle
from benchmarks.fifteenth_worlds.sales import Custom, Fates
from benchmarks.fifteenth_worlds.tools import Course
from benchmarks.fifteenth_worlds.world import Group, World


def bookkeeper(world: World, group: Group) -> None:
    """Signs in for many a shop, a few times a month."""
    tools.use_machine(
        world, group, share=(0.02, 0.3), reach=1.0, machines=int(world.rng.integers(1, 3)), role="bookkeeper"
    )


def web_agency(world: World, group: Group) -> None:
    """Set the shops up, and signed in at the beginning only."""
    rng, n = world.rng, len(group.shops)
    device = world.new_devices(int(rng.integers(1, 4)))
    begin = world.open_from(group.shops)
    which = device[rng.integers(0, len(device), n)]
    world.logins_of.add(
        shop=group.shops,
        device=which,
        begin=begin,
        end=begin + rng.exponential(40, n) + 5,
        share=rng.uniform(0.2, 0.9, n),
    )
    group.add("device", "agency", which)


def facilitator(world: World, group: Group) -> None:
    """Small shops that are paid by way of somebody who settles for them."""
    tools.use_account(world, group, share=(0.6, 1.0), reach=world.between(0.7, 1.0))
    if world.chance(0.5):
        tools.use_machine(world, group, share=(0.02, 0.3), reach=world.between(0.4, 1.0), role="facilitator")


def mall(world: World, group: Group) -> None:
    """Shops under a roof: the same people go to many of them."""
    circle(world, group, group.shops, low=0.1, high=0.6, each=(4, 12), fresh=0.1, visits=world.between(2, 5))
    if world.chance(0.6):
        tools.collect(world, group, Course((0.05, 0.2), (0.2, 0.9), 6.0), role="landlord")


def marketplace(world: World, group: Group) -> None:
    """Sellers on one site: its machine, its customers, its sales, and for some of them its account."""
    tools.use_machine(
        world,
        group,
        share=(0.05, 0.7),
        reach=world.between(0.6, 1.0),
        role="site",
        machines=int(world.rng.integers(1, 3)),
    )
    circle(
        world,
        group,
        group.shops,
        low=0.1,
        high=0.5,
        each=(2, 6),
        fresh=0.4,
        visits=world.between(1.5, 4),
        waves=int(world.rng.integers(0, 6)),
    )
    if world.chance(0.4):
        tools.use_account(world, group, share=(0.3, 1.0), reach=world.between(0.3, 0.9))


def shared_office(world: World, group: Group) -> None:
    """Shops in one house with a machine for all, from which their people order, too."""
    device = tools.use_machine(
        world, group, share=(0.05, 0.5), reach=1.0, machines=int(world.rng.integers(1, 3))
    )
    for _ in range(int(world.rng.integers(2, 6))):
        sales.order_from_the_office(world, group, device, group.shops, int(world.rng.integers(2, 10)))


def tour_party(world: World, group: Group) -> None:
    """Travellers or a crew on the road: the same strangers at the same shops within days, and never again."""
    group.end = min(group.begin + world.between(3, 20), world.climate.days)
    circle(
        world,
        group,
        group.shops,
        low=0.02,
        high=0.15,
        each=(2, 6),
        fresh=0.4,
        visits=world.between(2, 5),
        waves=int(world.rng.integers(1, 4)),
    )


def _people_at(
    world: World, group: Group, many: tuple[int, int], *, lent: float, fates: Fates, fresh: float = 0.2
) -> None:
    """Some people order at the same large shops, from each other's means for a share `lent`."""
    rng = world.rng
    n = int(rng.integers(*many))
    shops = tools.rich_shops(world, int(rng.integers(4, 15)))
    people = tools.recruit(world, shops, n, fresh=fresh, at=group.begin)
    custom = Custom(
        int(n * world.between(3, 8)),
        world.between(2, 4.5),
        group.begin,
        group.end,
        waves=int(rng.integers(0, 6)),
        width=world.between(0.5, 7),
        fates=fates,
        machines=max(1, int(n / world.between(2, 6))),
        by_machine=lent,
        wallets=max(1, int(n / world.between(2, 6))) if world.chance(0.5) else 0,
        by_wallet=lent * 0.6,
    )
    sales.order_together(world, group, people, shops, custom, role="member")


def dormitory(world: World, group: Group) -> None:
    """Young people in one house, new to it all, who order on each other's machines and pay for each other."""
    bad = world.between(0.0, 0.2)
    _people_at(
        world,
        group,
        (6, 40),
        lent=world.between(0.2, 0.8),
        fresh=0.7,
        fates=(1 - bad, 0.05, 0.01, bad + 0.02),
    )


def fitting_room(world: World, group: Group) -> None:
    """Friends who order three sizes and send two back, at the shops that all of them like."""
    back = world.between(0.3, 0.75)
    _people_at(
        world,
        group,
        (5, 20),
        lent=world.between(0, 0.4),
        fates=(1 - back, back, 0.01, 0.02),
    )


def hard_times(world: World, group: Group) -> None:
    """A works shuts: its people, who shop alike, cannot pay what they ordered, all at the same time."""
    bad = world.between(0.3, 0.8)
    _people_at(
        world,
        group,
        (5, 25),
        lent=world.between(0, 0.3),
        fates=(1 - bad, 0.03, 0.02, bad),
    )


def lost_parcels(world: World, group: Group) -> None:
    """Neighbours whose parcels are stolen from the stairs: disputes at many shops, within weeks."""
    bad = world.between(0.2, 0.6)
    group.end = min(group.begin + world.between(15, 60), world.climate.days)
    _people_at(
        world,
        group,
        (4, 14),
        lent=world.between(0, 0.4),
        fates=(1 - bad, 0.2 * bad, bad, 0.02),
    )


def internet_cafe(world: World, group: Group) -> None:
    """Strangers on the same few machines, at shops of their own."""
    rng = world.rng
    n = int(rng.integers(6, 50))
    people = tools.recruit(world, tools.rich_shops(world, 6), n, fresh=0.3, at=group.begin)
    device = world.new_devices(int(rng.integers(1, 6)), 0.9)
    world.person["device2"][people] = device[rng.integers(0, len(device), n)]
    world.person["beside"][people] = rng.uniform(0.2, 0.9, n)
    group.add("device", "cafe", device)
    group.add("consumer", "member", people)


def second_hand(world: World, group: Group) -> None:
    """Telephones that go from one to the next."""
    rng = world.rng
    n = int(rng.integers(3, 9))
    people = tools.recruit(world, tools.rich_shops(world, 6), n, fresh=0.2, at=group.begin)
    world.person["device2"][people[1:]] = world.person["device"][people[:-1]]
    world.person["switch"][people] = np.sort(rng.uniform(0, 1, n)) * world.climate.days
    group.add("device", "handed_on", world.person["device"][people])
    group.add("consumer", "member", people)


ANYBODY: Final[dict[str, Kind]] = {
    kind.__name__: kind
    for kind in (bookkeeper, web_agency, facilitator, mall, marketplace, shared_office, tour_party)
}
PEOPLE: Final[dict[str, Kind]] = {
    kind.__name__: kind
    for kind in (dormitory, fitting_room, hard_times, lost_parcels, internet_cafe, second_hand)
}
