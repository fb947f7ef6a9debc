"""The tables of a world and its truth on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.tenth_worlds.labels import review
from benchmarks.tenth_worlds.market import COUNTRIES
from benchmarks.tenth_worlds.names import texts
from benchmarks.tenth_worlds.trades import TRADES
from benchmarks.tenth_worlds.world import World
from benchmarks.writing.events import Events
from benchmarks.writing.tables import Writer, numbered, save_typed
from benchmarks.writing.truth import Planted, write_truth
from benchmarks.writing.units import Ints, Texts

KINDS = {"mobile": 0.6, "desktop": 0.27, "tablet": 0.1, "unknown": 0.03}


def write(world: World, folder: Path, events: Events) -> None:
    """All tables and the truth; reviewers draw after the ids."""
    many = (world.market.partners, len(world.people.town), world.n_devices, world.n_accounts)
    ids = numbered(world.rng, "muxbrqv", gap=61, least=10**7)
    writer = Writer(world.rng, folder, world.market.start, events, many, ids, save_typed)
    labels = review(world, events.book)
    codes, currencies = (np.array([one[place] for one in COUNTRIES], object) for place in (0, 1))
    country, land = world.towns.country[world.shops.town], np.concatenate(world.account_country)
    _write_partners(writer, world, codes[country])
    _write_consumers(writer, world, codes)
    writer.devices(KINDS, lost=0.01, desk=0.5, new=0.6, age=70)
    _write_accounts(writer, world, land, codes)
    writer.happenings(currencies[country], currencies[land[events.transfers.source]])
    writer.labels(labels)
    rings = [
        Planted(one.typology, one.care, one.shops, one.people, one.devices, one.accounts)
        for one in world.pacts
    ]
    write_truth(writer, rings, world.alike, labels, consumer="payer")


def _write_partners(writer: Writer, world: World, country: Texts) -> None:
    rng, shops, n = world.rng, world.shops, world.market.partners
    name, legal, site = texts(world)
    earliest = np.minimum(writer.first["partner"], world.days)
    opened = np.floor(shops.on) + np.clip(rng.normal(11, 3, n), 0, 23.9) / 24
    opened = np.minimum(opened, earliest - rng.uniform(0.02, 0.6, n))
    closed = np.floor(shops.off) + 1 + rng.uniform(7, 19, n) / 24
    closed[closed >= world.days] = np.inf
    writer.entities(
        "partner",
        np.arange(n),
        name=name,
        legal_name=legal,
        category=np.array([one.mcc for one in TRADES], object)[shops.trade],
        country=country,
        website=site,
        onboarded_at=writer.at(opened),
        closed_at=writer.at(closed),
    )


def _write_consumers(writer: Writer, world: World, codes: Texts) -> None:
    rng, people, used = world.rng, world.people, writer.used("consumer")
    n = len(used)
    # many sign up as they first buy
    at_once = writer.first["consumer"][used] - rng.exponential(0.03, n)
    made = np.where(rng.random(n) < 0.35, at_once, np.minimum(people.made[used], at_once))
    made = np.where(rng.random(n) < 0.02, np.nan, made - 1e-3)
    country = codes[world.towns.country[people.town[used]]]
    writer.entities("consumer", used, country=country, created_at=writer.at(made))


def _write_accounts(writer: Writer, world: World, land: Ints, codes: Texts) -> None:
    rng, used = world.rng, writer.used("bank_account", lost=0.01)
    n = len(used)
    age = np.where(rng.random(n) < 0.3, rng.exponential(20, n), rng.exponential(600, n)) + 0.1
    anywhere = rng.choice(np.flatnonzero(world.market.countries), n)
    land = np.where(rng.random(n) < 0.04, anywhere, land[used])
    opened = np.where(rng.random(n) < 0.1, np.nan, writer.first["bank_account"][used] - age)
    writer.entities("bank_account", used, country=codes[land], opened_at=writer.at(opened))
