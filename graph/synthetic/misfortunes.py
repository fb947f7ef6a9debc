"""Honest groups that look worse than most: tied to each other, and with orders that ended badly."""

from __future__ import annotations

import numpy as np

from graph.synthetic.firm import DAY_S, FAR_S
from graph.synthetic.look_alikes import (
    drawn_count,
    fail,
    follow,
    reopen,
    share_account,
    share_device,
)
from graph.synthetic.population import Ints
from graph.synthetic.world import World


def _owned(world: World, rng: np.random.Generator, *, most: int) -> Ints:
    """The shops of one owner in one country, paid to one account, run from one laptop, or both."""
    country = int(rng.choice(len(world.firm.areas), p=world.firm.country_share))
    shops = world.take(int(rng.integers(2, most + 1)), rng, country=country)
    if len(shops) < 2:
        return shops[:0]
    how = rng.random()
    if how < 0.7:
        share_account(world, shops, rng, weight=rng.choice([0.4, 1.0]))
    if how > 0.3:
        share_device(world, shops, rng, rate=rng.uniform(0.3, 1.5))
    return shops


def unlucky_owners(world: World, rng: np.random.Generator) -> None:
    """One owner's shops share their customers too, and go through a bad spell together."""
    partners, consumers = world.partners, world.consumers
    for _ in range(drawn_count(world, rng, 150)):
        shops = _owned(world, rng, most=5)
        if not len(shops):
            continue
        near = world.living_in(partners.area[shops])
        regulars = rng.permutation(near)[: int(world.usual_orders(shops).sum() / 5) + 10]
        consumers.favourite[regulars] = rng.choice(shops, (len(regulars), 3))
        consumers.loyal[regulars] = rng.uniform(0.4, 0.9)
        begin = rng.uniform(0.0, 0.8) * world.firm.days
        length = rng.uniform(10, 90)
        partners.trouble_from_s[shops] = world.second(begin)
        partners.trouble_to_s[shops] = world.second(begin + length)
        partners.trouble_bad[shops] = rng.uniform(0.15, 0.7) * rng.uniform(0.7, 1.3, len(shops))
        partners.trouble_unpaid[shops] = rng.beta(0.7, 0.8)
        world.look_alike("unlucky_owner", ("partner", shops))


def insolvent_owners(world: World, rng: np.random.Generator) -> None:
    """One owner's shops fail within days of each other; their last weeks' orders are disputed."""
    for _ in range(drawn_count(world, rng, 250)):
        shops = _owned(world, rng, most=3)
        if not len(shops):
            continue
        begin = max(world.lifetime_days(int(one))[0] for one in shops)
        close = rng.uniform(min(begin + 20, world.firm.days - 2), world.firm.days)
        for one in shops:
            fail(world, int(one), min(close + rng.uniform(0, 10), world.firm.days), rng)
        world.look_alike("insolvent_owner", ("partner", shops))


def disputed_relaunches(world: World, rng: np.random.Generator) -> None:
    """A shop reopens under a new name and leaves the old one's last orders disputed."""
    successor = np.full(len(world.partners), -1, dtype=np.int32)
    for _ in range(drawn_count(world, rng, 200)):
        country = int(rng.choice(len(world.firm.areas), p=world.firm.country_share))
        pair = world.take(2, rng, country=country)
        if len(pair) < 2:
            continue
        old, new = (int(one) for one in rng.permutation(pair))
        close = rng.uniform(0.2, 0.7) * world.firm.days
        reopen(world, old, new, close, rng)
        fail(world, old, close, rng)
        successor[old] = new
        world.look_alike("disputed_relaunch", ("partner", pair))
    follow(world, successor)


def hostels(world: World, rng: np.random.Generator) -> None:
    """Hostels of poor payers: people new in town, a few machines and at times one account, the same shops."""
    for _ in range(max(2, int(len(world.consumers) / 5000 * world.firm.sharing))):
        _house(world, rng, "hostel", size=int(rng.integers(8, 50)), risk=float(rng.uniform(2.5, 8)))


def campuses(world: World, rng: np.random.Generator) -> None:
    """A college's pool of machines: many people, several machines, the canteens of the place."""
    for _ in range(max(1, int(len(world.consumers) / 15_000 * world.firm.sharing))):
        _house(world, rng, "campus", size=int(rng.integers(50, 200)), risk=float(rng.uniform(0.7, 1.5)))


def _house(world: World, rng: np.random.Generator, what: str, *, size: int, risk: float) -> None:
    consumers = world.consumers
    seed = int(rng.integers(len(consumers)))
    near = world.living_in(consumers.area[seed])
    # the newest of a wider circle live there: who moves to town signs up
    near = rng.permutation(near)[: 3 * size]
    people = near[np.argsort(-consumers.created_s[near], kind="stable")][:size]
    if len(people) < 4:
        return
    pool = max(1, size // int(rng.integers(12, 30)))
    machines = world.devices.new(np.full(pool, consumers.created_s[people].min()), 1)
    consumers.d1[people] = rng.choice(machines, len(people))
    consumers.p1[people] = np.clip(rng.normal(rng.uniform(0.2, 0.8), 0.15, len(people)), 0.02, 1)
    if rng.random() < 0.3:
        payers = people[rng.random(len(people)) < 0.4]
        consumers.a1[payers] = consumers.a0[people[0]]
    canteens = rng.permutation(consumers.favourite[people].ravel())[:5]
    fond = people[rng.random(len(people)) < 0.6]
    consumers.favourite[fond, 0] = rng.choice(canteens, len(fond))
    consumers.risk[people] *= risk
    world.look_alike(what, ("consumer", people), ("device", machines))


def daily_suppliers(world: World, rng: np.random.Generator) -> None:
    """Wholesalers who collect from many shops every day, most of what those are paid."""
    firm, partners = world.firm, world.partners
    for _ in range(drawn_count(world, rng, 500)):
        country = int(rng.choice(len(firm.areas), p=firm.country_share))
        local = np.flatnonzero(partners.country == country)
        clients = rng.permutation(local)[: int(rng.integers(10, 60))]
        if len(clients) < 3:
            continue
        account = world.accounts.new(np.array([firm.start_s - rng.exponential(900) * DAY_S]), country)
        share = rng.uniform(0.3, 0.9, len(clients))
        world.transfers.add(partners.account[clients, 0], account, share, 1, 0, 0, 1e9)
        world.look_alike("daily_supplier", ("partner", clients), ("bank_account", account))


def bad_luck(world: World, rng: np.random.Generator) -> None:
    """Notes the honest partners who have a bad spell inside the window, whatever else they are.

    The spells are part of the population; nothing is drawn here.
    """
    partners = world.partners
    begin = np.maximum(partners.trouble_from_s, world.firm.start_s)
    end = np.minimum(np.minimum(partners.trouble_to_s, partners.close_s), world.firm.end_s)
    unlucky = (begin < end) & (partners.trouble_from_s < FAR_S)
    for ring in world.rings:
        unlucky[ring.partners] = False
    for one in np.flatnonzero(unlucky):
        world.look_alike("bad_luck", ("partner", [one]))
