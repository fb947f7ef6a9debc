"""Which rings and honest groups a world has, when, and who is in them."""

from __future__ import annotations

import numpy as np

from benchmarks.sixteenth_worlds import honest_people, honest_services, rings_of_people, rings_of_shops
from benchmarks.sixteenth_worlds.acts import bad_weeks
from benchmarks.sixteenth_worlds.town import NEVER, Ints
from benchmarks.sixteenth_worlds.typologies import HONEST_PEOPLE, HONEST_SHOPS, OF_PEOPLE, OF_SHOPS, Size
from benchmarks.sixteenth_worlds.world import Party, World

_LONG = ("phoenix", "relaunch")


def lay_plots(world: World) -> None:
    """All rings, then all honest groups; rings with shops come first, so that others can keep off them."""
    rng, climate = world.rng, world.climate
    present = [str(kind) for kind in rng.permutation([*OF_SHOPS, *OF_PEOPLE])[: climate.kinds]]
    if not set(present) & set(OF_SHOPS):
        present[0] = str(rng.choice([*OF_SHOPS]))
    liked = rng.dirichlet(np.full(len(present), 2.0))
    kinds = [str(kind) for kind in rng.permutation(present)[: climate.rings]]
    kinds += [str(kind) for kind in rng.choice(present, max(0, climate.rings - len(kinds)), p=liked)]
    if not set(kinds) & set(OF_SHOPS):
        kinds[0] = next(kind for kind in present if kind in OF_SHOPS)
    room = int(0.12 * climate.partners)
    for kind in sorted(kinds, key=lambda name: name in OF_PEOPLE):
        found = _ring(world, kind, max(room // 2, 3))
        if found < 0:  # no shops for it at any time
            others = [one for one in present if one in OF_PEOPLE] or [*OF_PEOPLE]
            found = _ring(world, str(rng.choice(others)), 0)
        room -= found
    honest = [*HONEST_SHOPS] * 2 + [*HONEST_PEOPLE] * 2
    order = [str(kind) for kind in rng.permutation(honest)]
    order = (order * (1 + climate.groups // len(order)))[: climate.groups]
    room = int(0.5 * climate.partners)
    for kind in order:
        if kind in HONEST_SHOPS and room < HONEST_SHOPS[kind].shops[0] + 2:
            kind = str(rng.choice([*HONEST_PEOPLE]))
        room -= _group(world, kind)


def _many(world: World, span: tuple[int, int], most: int | None = None) -> int:
    least, top = span
    drawn = least + int((top - least + 0.999) * world.rng.beta(1.1, 1.7))
    return max(least, min(drawn, top if most is None else most))


def _window(world: World, kind: str, shops: int, honest: bool) -> tuple[float, float]:
    rng, days = world.rng, world.climate.days
    length = rng.uniform(30, 130)
    if honest and rng.random() < 0.7:
        length = rng.uniform(60, 0.9 * days)
    if kind in _LONG:
        length = shops * rng.uniform(50, 95)
    length = min(length, 0.85 * days)
    lo = rng.uniform(8, max(9, 0.97 * days - length))
    return float(lo), float(min(lo + length, days - 4))


def _shops(
    world: World, kind: str, size: Size, most: int | None, new: bool, trades: Ints | None, honest: bool
) -> tuple[Ints, float, float]:
    """Partners who were open at a time, and that time; fewer than the least where none could be found."""
    local = kind in honest_services.LOCAL
    many = _many(world, size.shops, most)
    found, lo, hi = np.zeros(0, np.int64), 0.0, 0.0
    for attempt in range(8):
        many = max(size.shops[0], many - attempt)
        lo, hi = _window(world, kind, many, honest)
        wanted = None if attempt > 4 or (attempt == 0 and world.rng.random() < 0.2) else trades
        found = world.free_shops(many, NEVER if new else lo, -NEVER if new else hi, wanted, local)
        if found.size >= size.shops[0]:
            break
        world.town.partners.taken[found] = False
    if new:
        world.town.partners.off[found] = NEVER
    return found, lo, hi


def _ring(world: World, kind: str, most: int) -> int:
    rng, climate = world.rng, world.climate
    care = float(np.clip(rng.uniform(*climate.care) + rng.normal(0, 0.05), 0, 1))
    nobody = np.zeros(0, np.int64)
    if kind in OF_PEOPLE:
        lo, hi = _window(world, kind, 0, honest=False)
        party = Party(kind, True, care, lo, hi, nobody, nobody)
        world.parties.append(party)
        rings_of_people.RECIPES[kind](world, party, _crew(world, OF_PEOPLE[kind]))
        return 0
    size = OF_SHOPS[kind]
    new = kind in rings_of_shops.NEEDS_NEW
    shops, lo, hi = _shops(world, kind, size, most, new, rings_of_shops.TRADES_OF.get(kind), honest=False)
    if shops.size < max(2, size.shops[0]):
        world.town.partners.taken[shops] = False
        return -1
    party = Party(kind, True, care, lo, hi, shops, nobody)
    party.add("partner", shops, "shop")
    world.parties.append(party)
    rings_of_shops.RECIPES[kind](world, party, _crew(world, size))
    return int(shops.size)


def _crew(world: World, size: Size) -> int:
    """People of a ring; small worlds have smaller crews."""
    most = max(size.people[0] + 4, world.climate.people // 60)
    return _many(world, size.people, most)


def _group(world: World, kind: str) -> int:
    rng = world.rng
    care = float(rng.uniform(0, 0.8))
    nobody = np.zeros(0, np.int64)
    if kind in HONEST_PEOPLE:
        lo, hi = _window(world, kind, 0, honest=True)
        party = Party(kind, False, care, lo, hi, nobody, nobody)
        world.parties.append(party)
        honest_people.RECIPES[kind](world, party, _crew(world, HONEST_PEOPLE[kind]))
        return 0
    size, new = HONEST_SHOPS[kind], kind in honest_services.NEEDS_NEW
    shops, lo, hi = _shops(world, kind, size, None, new, honest_services.TRADES_OF.get(kind), honest=True)
    if shops.size < size.shops[0]:
        world.town.partners.taken[shops] = False
        return _group(world, str(rng.choice([*HONEST_PEOPLE])))
    party = Party(kind, False, care, lo, hi, shops, nobody)
    party.add("partner", shops, "shop")
    world.parties.append(party)
    crew = _crew(world, size) if size.people[1] else 0
    honest_services.RECIPES[kind](world, party, crew)
    bad_weeks(world, party)
    return int(shops.size)
