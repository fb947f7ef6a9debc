"""The tables of a world and its truth on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.draws import around
from benchmarks.eleventh_worlds.labels import review
from benchmarks.eleventh_worlds.names import legal_names, sites
from benchmarks.eleventh_worlds.trades import COUNTRIES, TRADES
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.events import Events
from benchmarks.writing.tables import Ids, Writer, numbered, save_typed
from benchmarks.writing.truth import Planted, write_truth
from benchmarks.writing.units import NO_INTS, Floats, Ints, Texts, only, where_known

STYLES: Final = (
    (("P", "C", "D", "A", "O", "X", "T"), "08d"),
    (("mer_", "cus_", "dev_", "acc_", "ord_", "pay_", "trf_"), "014x"),
    (("M-", "K-", "G-", "B-", "R-", "Z-", "U-"), "08d"),
    (("", "", "", "", "", "", ""), "016x"),
)
"""Prefixes of ids, by `KINDS`, and how the number is written."""

DEVICES: Final = ("mobile", "desktop", "tablet", "unknown", "server")
OF_PEOPLE: Final = (0.62, 0.24, 0.09, 0.045, 0.005)
OF_PARTNERS: Final = (0.2, 0.66, 0.06, 0.07, 0.01)
OF_HUBS: Final = (0.03, 0.85, 0.07, 0.04, 0.01)


def write(world: World, folder: Path, events: Events) -> None:
    """All tables and the truth; what the world lacks is empty. Reviewers draw after the ids."""
    given, settings = _without(events, world.settings.lacks), world.settings
    many = (settings.partners, len(world.people.town), world.n_devices, world.n_accounts)
    writer = Writer(world.rng, folder, settings.start, given, many, _ids(world.rng), save_typed)
    labels = review(world, given.book, writer.first)
    currencies = np.array([one.currency for one in COUNTRIES], object)[world.towns.lands]
    land = world.towns.land[np.concatenate(world.account_town)]
    _write_partners(writer, world)
    _write_consumers(writer, world)
    _write_devices(writer, world)
    _write_accounts(writer, world, land)
    writer.happenings(currencies[world.land], currencies[land[given.transfers.source]])
    writer.labels(labels)
    rings = [
        Planted(one.typology, one.care, one.firms, one.people, one.devices, one.accounts)
        for one in world.rings
    ]
    write_truth(writer, rings, world.alike, labels)


def _ids(rng: np.random.Generator) -> Ids:
    prefixes, form = STYLES[int(rng.integers(len(STYLES)))]
    short = form.endswith("d")
    return numbered(rng, prefixes, gap=3 if short else 2**36, least=10**7 if short else 2**52, form=form)


def _without(events: Events, lacks: frozenset[str]) -> Events:
    """The events that the world's tables tell of."""
    for table in ("payouts", "transfers"):
        if table in lacks:
            events = replace(events, **{table: only(getattr(events, table), NO_INTS)})
    return replace(events, logins=only(events.logins, NO_INTS)) if "partner_logins" in lacks else events


def _told(world: World, column: str, values: Texts, untold: float) -> Texts:
    """Those of a column, None for a share and where the world lacks it."""
    known = world.rng.random(len(values)) >= untold
    return where_known(values, known & (column not in world.settings.lacks))


def _dated(world: World, column: str, day: Floats) -> Floats:
    return np.full(len(day), np.nan) if column in world.settings.lacks else day


def _listed(world: World, table: str, numbers: Ints) -> Ints:
    return NO_INTS if table in world.settings.lacks else numbers


def _codes(world: World) -> Texts:
    """(lands,)"""
    return np.array([one.code for one in COUNTRIES], object)[world.towns.lands]


def _write_partners(writer: Writer, world: World) -> None:
    rng, firms = world.rng, world.firms
    country = world.towns.lands[world.land]
    legal, site = legal_names(rng, firms.name, country, world.surnames), sites(rng, firms.name, country)
    category = np.array([one.mcc for one in TRADES], object)[firms.trade]
    untold = world.uniform(0, 0.1)
    closed = np.where(firms.off < world.days, firms.off, np.inf)
    writer.entities(
        "partner",
        np.arange(len(country)),
        name=firms.name,
        legal_name=_told(world, "partners.legal_name", legal, world.uniform(0, 0.2)),
        category=_told(world, "partners.category", category, untold),
        country=_told(world, "partners.country", _codes(world)[world.land], untold / 3),
        website=_told(world, "partners.website", site, world.uniform(0.05, 0.4)),
        onboarded_at=writer.at(firms.on),
        closed_at=writer.at(_dated(world, "partners.closed_at", closed)),
    )


def _write_consumers(writer: Writer, world: World) -> None:
    """Those who order, and half of those who signed up and never did."""
    rng, people, first = world.rng, world.people, writer.first["consumer"]
    known = np.isfinite(first)
    idle = ~known & (np.arange(len(first)) < world.ordinary) & (rng.random(len(first)) < 0.5)
    made = np.where(known, first - people.lag, rng.uniform(-300, world.days, len(first)))
    listed = _listed(world, "consumers", np.flatnonzero(known | idle))
    made = _dated(world, "consumers.created_at", np.minimum(made[listed], world.days - 0.01))
    country = _codes(world)[world.towns.land[people.town[listed]]]
    country = _told(world, "consumers.country", country, world.uniform(0, 0.1))
    writer.entities("consumer", listed, country=country, created_at=writer.at(made))


def _write_devices(writer: Writer, world: World) -> None:
    rng, used = world.rng, _listed(world, "devices", writer.used("device"))
    n, names = len(used), np.array(DEVICES, object)
    of_partner, hub = np.isin(used, writer.events.logins.device), np.isin(used, world.hubs)
    kinds = [names[rng.choice(len(names), n, p=share)] for share in (OF_PEOPLE, OF_PARTNERS, OF_HUBS)]
    kind = np.where(hub, kinds[2], np.where(of_partner, kinds[1], kinds[0]))
    earlier = np.where(rng.random(n) < 0.3, rng.exponential(40, n), 0)
    seen = _dated(world, "devices.first_seen_at", writer.first["device"][used] - earlier)
    writer.entities("device", used, kind=kind, first_seen_at=writer.at(seen))


def _write_accounts(writer: Writer, world: World, land: Ints) -> None:
    rng, used = world.rng, _listed(world, "bank_accounts", writer.used("bank_account"))
    n = len(used)
    abroad = rng.integers(0, len(world.towns.lands), n)
    country = _codes(world)[np.where(rng.random(n) < 0.03, abroad, land[used])]
    young = np.concatenate(world.account_young)[used]
    age = np.where(young, rng.exponential(25, n), np.minimum(around(rng, 900, 0.9, n), 9000))
    opened = _dated(world, "bank_accounts.opened_at", writer.first["bank_account"][used] - age)
    writer.entities("bank_account", used, country=country, opened_at=writer.at(opened))
