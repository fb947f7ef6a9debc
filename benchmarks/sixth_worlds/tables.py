"""The tables of a world and its truth on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.sixth_worlds.names import company_names, legal_names, websites
from benchmarks.sixth_worlds.trades import TRADES
from benchmarks.sixth_worlds.world import World
from benchmarks.writing.events import Events, Label
from benchmarks.writing.tables import Writer, numbered, save_inferred
from benchmarks.writing.truth import Planted, write_truth
from benchmarks.writing.units import NONE, Ints, Texts

KINDS = {"mobile": 0.6, "desktop": 0.26, "tablet": 0.1, "unknown": 0.04}


def write(world: World, folder: Path, events: Events, labels: Sequence[Label]) -> None:
    """All tables and the truth."""
    many = (len(world.firms), len(world.people), world.n_devices, world.n_accounts)
    ids = numbered(world.rng, "pcdaoyt", gap=89, least=10**8)
    writer = Writer(world.rng, folder, world.settings.start, events, many, ids, save_inferred)
    codes = np.array([one.code for one in world.settings.countries], object)
    currencies = np.array([one.currency for one in world.settings.countries], object)
    account_country = _lands(world, events)
    _write_partners(writer, world, codes)
    _write_consumers(writer, world, codes)
    writer.devices(KINDS, lost=0.01, desk=0.5, new=0.7, age=60)
    _write_accounts(writer, codes[account_country])
    writer.happenings(currencies[world.firms.country], currencies[account_country[events.transfers.source]])
    writer.labels(labels)
    rings = [
        Planted(one.typology, one.care, np.sort(one.firms), one.shills, one.devices, one.accounts)
        for one in world.rings
    ]
    write_truth(writer, rings, world.alike, labels)


def _write_partners(writer: Writer, world: World, codes: Texts) -> None:
    rng, firms, n = world.rng, world.firms, len(world.firms)
    opened = np.floor(firms.on) + np.clip(rng.normal(11.5, 3, n), 0, 23.9) / 24
    earliest = np.minimum(firms.opening, np.minimum(writer.first["partner"], world.days))
    opened = np.where(opened >= earliest, earliest - rng.uniform(0.02, 0.5, n), opened)
    closed = np.floor(firms.off) + 1 + rng.uniform(8, 18, n) / 24
    closed[closed >= world.days] = np.inf
    writer.entities(
        "partner",
        np.arange(n),
        name=company_names(rng, firms),
        legal_name=legal_names(rng, world),
        category=np.array([one.mcc for one in TRADES], object)[firms.trade],
        country=codes[firms.country],
        website=websites(rng, world),
        onboarded_at=writer.at(opened),
        closed_at=writer.at(closed),
    )


def _write_consumers(writer: Writer, world: World, codes: Texts) -> None:
    rng, people, used = world.rng, world.people, writer.used("consumer")
    n, country = len(used), codes[world.town_country[people.town[used]]]
    age = np.where(rng.random(n) < 0.36, rng.exponential(0.02, n), rng.exponential(190, n))
    age = np.where(people.fresh[used], rng.exponential(0.05, n), age)
    writer.consumers(used, country, people.made[used], age, undated=0.02)


def _lands(world: World, events: Events) -> Ints:
    """(accounts,) the country of each: of whom it belongs to, now and then another."""
    rng, share, n = world.rng, world.settings.country_share, world.n_accounts
    anywhere = rng.choice(len(share), n, p=share)
    land = anywhere.copy()
    book, pay = events.book, events.payouts
    known = book.account != NONE
    land[book.account[known]] = world.town_country[world.people.town[book.consumer[known]]]
    land[pay.account] = world.firms.country[pay.firm]
    return np.where(rng.random(n) < 0.05, anywhere, land)


def _write_accounts(writer: Writer, country: Texts) -> None:
    rng, used = writer.rng, writer.used("bank_account", lost=0.01)
    n = len(used)
    age = np.where(rng.random(n) < 0.3, rng.exponential(15, n), rng.exponential(500, n)) + 0.1
    opened = np.where(rng.random(n) < 0.1, np.nan, writer.first["bank_account"][used] - age)
    writer.entities("bank_account", used, country=country[used], opened_at=writer.at(opened))
