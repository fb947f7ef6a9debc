"""The tables of a world and its truth on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.ninth_worlds.settings import LONELY
from benchmarks.ninth_worlds.units import COUNTRIES, TRADES
from benchmarks.ninth_worlds.world import Org, World
from benchmarks.writing.events import Events, Label
from benchmarks.writing.tables import Writer, numbered, save_bare, save_large
from benchmarks.writing.truth import Alike, Planted, write_truth
from benchmarks.writing.units import NO_INTS, NONE, Ints, Texts, ints, where_known

KINDS = np.array(["mobile", "desktop", "tablet", "unknown"], object)


def write(world: World, folder: Path, events: Events, labels: Sequence[Label]) -> None:
    """All tables and the truth."""
    many = (len(world.firms), len(world.people), world.n_devices, world.n_accounts)
    ids = numbered(world.rng, "pcdaoyt", gap=71, least=10**8)
    writer = Writer(world.rng, folder, world.settings.start, events, many, ids, save_large)
    codes, currencies = (
        np.array([COUNTRIES[one][place] for one in world.settings.countries], object) for place in (0, 1)
    )
    land = _lands(world, events)
    _write_partners(writer, world, codes)
    _write_consumers(writer, world, codes)
    _write_things(writer, codes[land])
    writer.happenings(currencies[world.firms.country], currencies[land[events.transfers.source]])
    writer.labels(labels)
    honest = [one for one in world.orgs if not one.ring]
    alike = [
        *world.alike,
        *(Alike(org.kind, "partner", org.members) for org in honest),
        *(Alike(org.kind, "consumer", org.people) for org in honest),
    ]
    rings = [_planted(one) for one in world.orgs if one.ring]
    write_truth(writer, rings, alike, labels, consumer="buyer", save=save_bare)


def _lands(world: World, events: Events) -> Ints:
    """(accounts,) the country of each: of whom it belongs to, now and then another."""
    rng, share, book = world.rng, world.settings.country_share, events.book
    land = rng.choice(len(share), world.n_accounts, p=share)
    known = book.account != NONE
    land[book.account[known]] = world.town_country[world.people.town[book.consumer[known]]]
    land[events.payouts.account] = world.firms.country[events.payouts.firm]
    anywhere = rng.choice(len(share), len(land), p=share)
    return ints(np.where(rng.random(len(land)) < 0.05, anywhere, land))


def _write_partners(writer: Writer, world: World, codes: Texts) -> None:
    rng, firms, n = world.rng, world.firms, len(world.firms)
    earliest = np.minimum(world.opening(), np.minimum(writer.first["partner"], world.days))
    opened = np.where(firms.opened > 0, earliest - rng.uniform(0.02, 3, n), firms.opened)
    opened = np.minimum(np.floor(opened) + np.clip(rng.normal(12, 3, n), 0, 23.9) / 24, earliest - 0.01)
    closed = np.floor(firms.closed) + 1 + rng.uniform(8, 18, n) / 24
    closed[closed >= world.days] = np.inf
    tail = np.array(["Ltd", "GmbH", "BV", "SL", "Trading", "& Co"], object)[rng.integers(0, 6, n)]
    top = np.array([".com", ".net", ".shop", ".eu"], object)[rng.integers(0, 4, n)]
    word = np.where(rng.random(n) < 0.8, " " + firms.second, "")
    writer.entities(
        "partner",
        np.arange(n),
        name=firms.brand + word,
        legal_name=_joined(firms.legal, " ", tail),
        category=np.array([one[0] for one in TRADES], object)[firms.trade],
        country=codes[firms.country],
        website=_joined(firms.site, "", top),
        onboarded_at=writer.at(opened),
        closed_at=writer.at(closed),
    )


def _joined(first: Texts, between: str, last: Texts) -> Texts:
    """The texts one after the other, missing where the first is."""
    known = np.array([one is not None for one in first])
    return where_known(np.where(known, first, "") + between + last, known)


def _write_consumers(writer: Writer, world: World, codes: Texts) -> None:
    rng, people, used = world.rng, world.people, writer.used("consumer")
    n, country = len(used), codes[world.town_country[people.town[used]]]
    age = np.where(rng.random(n) < 0.4, rng.exponential(0.5, n), rng.exponential(200, n))
    writer.consumers(used, country, people.made[used], age, undated=0.02)


def _write_things(writer: Writer, country: Texts) -> None:
    rng, used = writer.rng, writer.used("device", lost=0.01)
    n = len(used)
    desk = np.isin(used, writer.events.logins.device) & (rng.random(n) < 0.5)
    kind = KINDS[np.where(desk, 1, rng.choice(4, n, p=[0.6, 0.26, 0.1, 0.04]))]
    seen = writer.first["device"][used] - np.where(rng.random(n) < 0.6, 0, rng.exponential(80, n))
    writer.entities("device", used, kind=kind, first_seen_at=writer.at(seen))
    used = writer.used("bank_account", lost=0.01)
    n = len(used)
    age = np.where(rng.random(n) < 0.3, rng.exponential(20, n), rng.exponential(500, n)) + 0.1
    opened = np.where(rng.random(n) < 0.1, np.nan, writer.first["bank_account"][used] - age)
    writer.entities("bank_account", used, country=country[used], opened_at=writer.at(opened))


def _planted(org: Org) -> Planted:
    """A ring; the partners of consumers alone are their victims."""
    partners = NO_INTS if org.kind in LONELY else np.sort(org.members)
    devices, accounts = (np.concatenate([NO_INTS, *own]) for own in (org.devices, org.accounts))
    return Planted(org.kind, org.care, partners, org.people, devices, accounts)
