"""The tables of a world and its truth on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.eighth_worlds.basics import COUNTRIES, TRADES
from benchmarks.eighth_worlds.money import Moves
from benchmarks.eighth_worlds.names import company_names, legal_names, websites
from benchmarks.eighth_worlds.world import World
from benchmarks.writing.events import Events, Label
from benchmarks.writing.tables import Writer, numbered, save_bare
from benchmarks.writing.truth import Planted, write_truth
from benchmarks.writing.units import NONE, Ints, Texts

KINDS = {"mobile": 0.62, "desktop": 0.24, "tablet": 0.08, "server": 0.01, "unknown": 0.05}


def write(world: World, folder: Path, events: Events, sent: Moves, labels: Sequence[Label]) -> None:
    """All tables and the truth; `sent` are the transfers of the events."""
    many = (len(world.firms), len(world.people), world.n_devices, world.n_accounts)
    ids = numbered(world.rng, "PCDBOYT", gap=613, least=10**9, form="x")
    writer = Writer(world.rng, folder, world.settings.start, events, many, ids, save_bare)
    codes, currencies = (
        np.array([COUNTRIES[one][place] for one in world.settings.countries], object) for place in (0, 1)
    )
    _write_partners(writer, world, codes)
    _write_consumers(writer, world, codes)
    writer.devices(KINDS, lost=0.02, desk=0.6, new=0.75, age=80)
    _write_accounts(writer, world, sent, codes)
    writer.happenings(currencies[world.firms.country], currencies[sent.land])
    writer.labels(labels)
    rings = [
        Planted(one.typology, one.care, np.unique(one.firms), one.people, one.devices, one.accounts)
        for one in world.rings
    ]
    write_truth(writer, rings, world.alike, labels, prefix="r")


def _write_partners(writer: Writer, world: World, codes: Texts) -> None:
    rng, firms, first, n = world.rng, world.firms, writer.first["partner"], len(world.firms)
    opened = np.floor(np.minimum(firms.onboarded, first))
    opened = opened - rng.integers(0, 3, n) + np.clip(rng.normal(0.5, 0.12, n), 0, 0.99)
    opened = np.minimum(opened, first - 0.01)
    last, book = np.full(n, -np.inf), writer.events.book
    np.maximum.at(last, book.firm, book.t)
    closed = np.maximum(firms.off, last) + rng.gamma(1.5, 4, n) + 0.1
    closed[~firms.closed | (closed >= world.days)] = np.inf
    writer.entities(
        "partner",
        np.arange(n),
        name=company_names(rng, firms),
        legal_name=legal_names(rng, world),
        category=np.array([one[0] for one in TRADES], object)[firms.trade],
        country=codes[firms.country],
        website=websites(rng, firms),
        onboarded_at=writer.at(opened),
        closed_at=writer.at(closed),
    )


def _write_consumers(writer: Writer, world: World, codes: Texts) -> None:
    rng, people, used = world.rng, world.people, writer.used("consumer")
    n, country = len(used), codes[world.area_country[people.area[used]]]
    young = rng.random(n) < np.where(used < world.ordinary, 0.4, 0.7)
    age = np.where(young, rng.exponential(0.5, n), rng.exponential(250, n))
    writer.consumers(used, country, people.made[used], age, undated=0.03)


def _write_accounts(writer: Writer, world: World, sent: Moves, codes: Texts) -> None:
    rng, used = world.rng, writer.used("bank_account", lost=0.02)
    n, land = len(used), _lands(world, writer.events, sent)[used]
    age = np.where(rng.random(n) < 0.3, rng.exponential(20, n), rng.exponential(600, n)) + 0.1
    abroad = rng.random(n) < 0.05
    land = np.where(abroad, rng.integers(0, len(codes), n), land)
    opened = np.where(rng.random(n) < 0.15, np.nan, writer.first["bank_account"][used] - age)
    writer.entities("bank_account", used, country=codes[land], opened_at=writer.at(opened))


def _lands(world: World, events: Events, sent: Moves) -> Ints:
    """(accounts,) the country of each: of whom it belongs to or of the money that came in."""
    share, book = world.settings.country_share, events.book
    land = world.rng.choice(len(share), world.n_accounts, p=share)
    land[sent.target] = sent.land
    known = book.account != NONE
    land[book.account[known]] = world.area_country[world.people.area[book.consumer[known]]]
    land[events.payouts.account] = world.firms.country[events.payouts.firm]
    return land
