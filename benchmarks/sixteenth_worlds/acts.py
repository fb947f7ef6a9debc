"""What people who run several shops do, honest or not: the same tools, in the same way."""

from __future__ import annotations

import numpy as np

from benchmarks.sixteenth_worlds.town import NEVER, Ints
from benchmarks.sixteenth_worlds.world import Party, Tools, World


def run_together(
    world: World,
    party: Party,
    shops: Ints,
    *,
    devices: float,
    purse: float,
    sink: float,
    lo: float,
    hi: float,
) -> Ints:
    """One hand behind several shops: shared devices, a shared purse, money led into one account.

    Each tie has its chance, less for the careful; at least one is made. Returns where money ends.
    """
    rng, care = world.rng, party.care
    land = int(world.town.partners.land[shops[0]])
    begun = lo - rng.uniform(0, 25)
    ties = 0
    if rng.random() < devices * (1 - 0.5 * care):
        many = 1 + rng.poisson(0.3 + shops.size / 6)
        tools = world.new_devices(int(many))
        for tool in tools:
            of = world.some(shops, 1 - 0.6 * care)
            world.visit(
                of, int(tool), rng.uniform(0.3, 1.6) * (1 - 0.4 * care), begun, hi + rng.uniform(0, 25)
            )
        party.add("device", tools, "operates")
        ties += 1
    ends = np.zeros(0, np.int64)
    if rng.random() < purse * (1 - 0.6 * care):
        ends = world.new_accounts(1 + int(rng.random() < 0.25), land, 250)
        of = world.some(shops, 1 - 0.6 * care)
        since = rng.uniform(begun, lo + 0.5 * (hi - lo), of.size)
        since = np.minimum(since, world.town.partners.off[of] - rng.uniform(15, 40))
        world.pay_to(of, rng.choice(ends, of.size), since, rng.choice([1.0, 0.5]))
        party.add("bank_account", ends, "receives payouts")
        ties += 1
    if not ties or rng.random() < sink * (1 - 0.3 * care):
        ends = ends if ends.size and rng.random() < 0.5 else world.new_accounts(1, land, 300)
        gather(world, party, world.some(shops, 1 - 0.4 * care), ends, lo, hi, layers=int(rng.random() < care))
    return ends


def gather(
    world: World,
    party: Party,
    shops: Ints,
    ends: Ints,
    lo: float,
    hi: float,
    *,
    layers: int = 0,
    share: float = 0.8,
) -> Ints:
    """Takings leave the accounts of shops for others' and end in few; returns the accounts between."""
    rng, partners = world.rng, world.town.partners
    weekly = world.takings(shops) * share
    weeks = max(2.0, (hi - lo) / 7 * rng.uniform(0.3, 0.9))
    sources, between = partners.account[shops], [np.zeros(0, np.int64)]
    party.add("bank_account", sources, "belongs to a shop")
    for _ in range(layers):
        mules = world.new_accounts(
            max(1, int(rng.integers(1, 2 + sources.size // 2))), int(partners.land[shops[0]]), 150
        )
        world.move(sources, rng.choice(mules, sources.size), weeks, weekly, lo, hi)
        party.add("bank_account", mules, "passes on")
        between.append(mules)
        sources = mules
    world.move(sources, rng.choice(ends, sources.size), weeks, weekly, lo + layers, hi + 3)
    party.add("bank_account", ends, "gathers")
    return np.concatenate(between)


def recruit(world: World, party: Party, n: int, lo: float, *, fresh: float | None = None) -> Ints:
    """A crew of so many: part of them known customers, part new to the platform."""
    rng = world.rng
    shops = world.town.partners
    land = (
        int(shops.land[party.shops[0]])
        if party.shops.size
        else int(rng.integers(0, world.climate.lands.size))
    )
    if party.shops.size == 0 and party.people.size:
        land = int(world.town.consumers.land[party.people[0]])
    share = world.climate.fresh_crew if fresh is None else fresh
    new = int(rng.binomial(n, share))
    old = world.free_people(n - new, land, before=lo)
    span = rng.uniform(3, 70)
    born = world.new_people(n - old.size, land, lo - span * rng.random(n - old.size) ** rng.uniform(0.6, 2))
    crew = np.concatenate([old, born])
    party.people = np.concatenate([party.people, crew])
    party.add("consumer", crew, "buys")
    return crew


def crew_tools(world: World, party: Party, crew: Ints, least: float = 0.12) -> Tools:
    """Devices and accounts that a crew shares, and for what part of its orders: less where careful."""
    rng, care = world.rng, party.care
    land = int(world.town.consumers.land[crew[0]])
    per_device, per_account = 3 + 5 * (1 - care) * rng.random(), 2 + 5 * (1 - care) * rng.random()
    devices = world.new_devices(max(1, int(crew.size / per_device)))
    accounts = world.new_accounts(max(1, int(crew.size / per_account)), land, 180)
    on_device = float(np.clip(rng.normal(0.85 - 0.6 * care, 0.12), least, 0.97))
    on_account = float(np.clip(rng.normal(0.7 - 0.5 * care, 0.15), 0.0, 0.95))
    if on_account < 0.1 or rng.random() < 0.3:  # then the devices must do
        on_account, on_device = 0.0, max(on_device, 0.4)
    party.add("device", devices, "shared by buyers")
    if on_account > 0:
        party.add("bank_account", accounts, "shared by buyers")
    return Tools(devices, on_device, accounts, on_account)


def give_back(
    world: World, party: Party, sources: Ints, crew: Ints, amount: float, lo: float, hi: float
) -> None:
    """Money from these accounts goes to the accounts of people of the crew."""
    rng = world.rng
    some = world.some(crew, 1 - 0.5 * party.care)
    goals = world.town.consumers.account[some]
    world.move(rng.choice(sources, goals.size), goals, rng.uniform(1, 4), amount, lo, hi)
    party.add("bank_account", goals, "is paid back")


def reopen(
    world: World, shops: Ints, lo: float, hi: float, gap: tuple[float, float]
) -> tuple[list[float], list[float]]:
    """Lives of shops, one after another between two days; the first may have begun long before."""
    rng = world.rng
    cuts = np.sort(
        np.clip(np.linspace(lo, hi, shops.size + 1)[1:-1] + rng.normal(0, 6, shops.size - 1), lo, hi)
    )
    begins = [float(lo - rng.uniform(0, 200))]
    begins += [float(cut + rng.uniform(*gap)) for cut in cuts]
    ends = [float(cut) for cut in cuts]
    ends.append(float(hi) if rng.random() < 0.5 else NEVER)
    world.live(shops, np.array(begins), np.maximum(np.array(ends), np.array(begins) + 10))
    return begins, [min(end, hi) for end in ends]


def bad_weeks(world: World, party: Party) -> None:
    """Honest groups have bad luck too: for some weeks goods are late, broken, or cannot be paid."""
    rng = world.rng
    if not party.shops.size or rng.random() > world.climate.bad_luck:
        return
    share = rng.choice([0.4, 1.0])
    shops = world.some(party.shops, share, 1)
    begun = rng.uniform(0, world.climate.days - 20)
    kind = rng.integers(0, 3)
    depth = rng.uniform(0.05, 0.35)
    world.trouble(
        shops,
        begun + rng.normal(0, 3, shops.size),
        begun + rng.uniform(10, 60),
        depth if kind == 0 else depth * 0.2,
        depth * 0.7 if kind == 1 else depth * 0.05,
        depth if kind == 2 else 0.0,
    )
