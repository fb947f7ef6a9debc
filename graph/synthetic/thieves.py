"""Crews who rob honest shops: with stolen cards, under new names or taken over accounts, or never paying."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.synthetic.firm import DAY_S
from graph.synthetic.look_alikes import drawn_count
from graph.synthetic.population import Floats, Ints
from graph.synthetic.world import OWN, Ring, World

TYPOLOGY = "credit_abuse"
LEAST_MEMBERS = 5
LEAST_BAD = 2.0
"""Orders that a member never pays, on average. Fewer thieves or thefts are petty: no ring in the truth."""
SETTLED_DAYS = 45
"""Before the end: what was ordered later is not known to be bad yet."""


@dataclass(frozen=True)
class Crew:
    """Whom a crew orders as, on which device (`OWN`: that customer's), and since when each exists, (n,).

    `machines`, (n,), are those devices themselves.
    """

    code: Ints
    device: Ints
    created_s: Ints
    machines: Ints


def thieves(world: World, rng: np.random.Generator) -> None:
    """Crews who buy what they never pay for: what the shops have in common is who robs them.

    They go for a place, a trade or large shops, for a day or for months, and some of it is paid. Made-up
    names in number are a ring of consumers, and so are accounts taken over and run from the crew's machines:
    who owns such an account is robbed too, but what it does is the crew's.
    """
    plague = rng.uniform(0.2, 2.0)
    for _ in range(drawn_count(world, rng, 150 / plague)):
        length = world.firm.days * np.exp(rng.uniform(np.log(0.01), np.log(0.6)))
        first = rng.uniform(0, world.firm.days - length - 1)
        begin, end = world.second(first), world.second(first + length)
        shops = _robbed(world, begin, end, rng)
        if len(shops) < 2:
            continue
        crew = _crew(world, shops, begin, rng)
        visits = int(len(crew.code) * rng.uniform(2, 10)) + len(shops)
        who, where = rng.integers(0, len(crew.code), visits), rng.choice(shops, visits)
        spree = rng.choice(rng.uniform(begin, end, int(rng.integers(1, 12))), visits)
        at = np.clip(spree + rng.normal(0, rng.uniform(0.2, 5), visits) * DAY_S, begin, end)
        # an hour of the day is given when the day is made, as for honest orders
        at = np.maximum(at, crew.created_s[who] + DAY_S) // DAY_S * DAY_S
        bad, unpaid = rng.uniform(0.9 if world.firm.easy else 0.4, 1.0), rng.beta(0.5, 0.8)
        price = rng.uniform(0.8, 3.0) * np.exp(rng.normal(0, 0.3, visits))
        world.planned.add(
            at, crew.code[who], where, crew.device[who], OWN, price, 0.0, bad * (1 - unpaid), bad * unpaid
        )
        world.look_alike("victim", ("partner", where))
        theft = bad * np.count_nonzero(at < world.second(world.firm.days - SETTLED_DAYS))
        active = np.unique(who)
        if len(active) >= LEAST_MEMBERS and theft >= LEAST_BAD * len(active):
            world.rings.append(_ring(crew, active, bad, int(begin), int(end)))


def _ring(crew: Crew, active: Ints, bad: float, begin: int, end: int) -> Ring:
    """The crew as the truth tells it; those who pay for half and share no machine are the most careful."""
    machines, users = np.unique(crew.machines[active], return_counts=True)
    shared = machines[users > 1]
    care = 0.5 * (1 - bad) / 0.6 + 0.5 * (len(shared) == 0)
    ring = Ring(TYPOLOGY, float(care), False, np.zeros(0, dtype=np.int64), begin, end)
    ring.add("consumer", crew.code[active], "debtor")
    if len(shared):
        ring.add("device", shared, "shared")
    return ring


def _robbed(world: World, begin: int, end: int, rng: np.random.Generator) -> Ints:
    """Two shops or more of no ring that are open all that time; none where there are no two."""
    partners = world.partners
    pull: Floats = partners.weight ** rng.uniform(0.0, 1.0)
    pull = pull * ((partners.onboard_s < begin) & (partners.close_s > end))
    for ring in world.rings:
        pull[ring.partners] = 0.0
    for column, chance in ((partners.country, 0.7), (partners.area, 0.3), (partners.category, 0.4)):
        if rng.random() < chance and pull.any():
            pull = pull * (column == column[rng.choice(len(pull), p=pull / pull.sum())])
    count = min(int(rng.integers(2, 26)), int(np.count_nonzero(pull)))
    if count < 2:
        return np.zeros(0, dtype=np.int64)
    result: Ints = rng.choice(len(pull), count, replace=False, p=pull / pull.sum())
    return result


def _crew(world: World, shops: Ints, begin: int, rng: np.random.Generator) -> Crew:
    """One to forty customers from about there: new ones, or honest ones whose accounts are used."""
    partners, honest = world.partners, world.consumers
    size = int(np.clip(rng.geometric(rng.uniform(0.06, 0.4)), 1, 40))
    machines = max(1, size // int(rng.integers(1, 8)))
    if rng.random() < 0.3:
        asked = rng.integers(0, len(honest), min(len(honest), 100_000))
        near = np.isin(honest.area[asked], partners.area[shops]) & (honest.created_s[asked] < begin)
        near &= ~np.isin(asked, _of_rings(world))
        code = rng.permutation(np.unique(asked[near]))[:size]
        if len(code):
            hired = world.devices.new(np.full(machines, begin - rng.exponential(100) * DAY_S), 1)
            device = rng.choice(hired, len(code))
            return Crew(code, device, honest.created_s[code], device.astype(np.int64))
    home = rng.choice(shops, size)
    age = rng.exponential(rng.uniform(1, 200), size)
    people = world.make_consumers(
        rng,
        area=partners.area[home].astype(np.int32),
        country=partners.country[home].astype(np.int8),
        created_s=(begin - age * DAY_S).astype(np.int64),
    )
    people.weight *= rng.uniform(0.0, 1.0)
    if world.firm.easy or rng.random() < 0.5:
        # a few machines for all of the crew
        people.d0 = rng.choice(people.d0[:machines], size)
    own = people.d0.astype(np.int64)
    return Crew(world.add_consumers(people), np.full(size, OWN), people.created_s, own)


def _of_rings(world: World) -> Ints:
    """The customers who are of a ring already."""
    members = [codes for ring in world.rings for kind, codes, _ in ring.members if kind == "consumer"]
    return np.concatenate([np.zeros(0, dtype=np.int64), *members])
