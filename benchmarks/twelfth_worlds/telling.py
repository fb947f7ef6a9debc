"""The tables of a world, and its truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.twelfth_worlds.firms import TRADES
from benchmarks.twelfth_worlds.names import akin, coin, name_firms, rename_groups, websites
from benchmarks.twelfth_worlds.people import QUARTERS
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.twelfth_worlds.setting import COUNTRIES
from benchmarks.writing.events import Events, Label
from benchmarks.writing.tables import Writer, numbered, save_typed
from benchmarks.writing.truth import Planted, write_truth
from benchmarks.writing.units import NONE, Floats, Ints, where_known


def tell(scene: Scene, folder: Path, events: Events, labels: list[Label], rings: list[Planted]) -> None:
    """Write all tables to `folder` and the truth beside it."""
    rng, setting, ids = scene.rng, scene.setting, scene.ids
    homes = _account_country(scene)
    many = (len(scene.firms), len(scene.people), ids.n_devices, ids.n_accounts)
    writer = Writer(
        rng,
        folder,
        setting.start,
        _in_local_money(scene, events, homes),
        many,
        numbered(rng, "pcdbost", int(rng.integers(3, 60)), int(rng.integers(1_000, 90_000))),
        save_typed,
        lacks=setting.lacks,
    )
    _tell_partners(scene, writer)
    used = writer.used("consumer", float(rng.choice([0, 0.01])))
    people, codes = scene.people, np.array(setting.countries, object)
    made = people.joined[used] - rng.exponential(2, len(used))
    country = where_known(codes[people.country[used]], rng.random(len(used)) > 0.02)
    writer.consumers(used, country, made, np.zeros(len(used)), undated=0.03)
    writer.devices(
        {"mobile": 0.55, "desktop": 0.27, "tablet": 0.12, "unknown": 0.06},
        lost=float(rng.choice([0, 0.02])), desk=0.7, new=float(rng.uniform(0.1, 0.6)), age=200.0,
    )  # fmt: skip
    _tell_accounts(scene, writer, homes)
    money = np.array([COUNTRIES[one][0] for one in setting.countries], object)
    writer.happenings(money[scene.firms.country], money[homes[events.transfers.source]])
    writer.labels(labels)
    write_truth(writer, rings, scene.alike, labels)


def _tell_partners(scene: Scene, writer: Writer) -> None:
    rng, firms, setting = scene.rng, scene.firms, scene.setting
    used = writer.used("partner")
    towns = coin(rng, setting.cities)
    cities = [towns[one] for one in (firms.quarter // QUARTERS).tolist()]
    countries = [setting.countries[one] for one in firms.country.tolist()]
    names, legal = name_firms(rng, [str(TRADES[one][1]) for one in firms.trade], cities, countries)
    rename_groups(rng, names, cities, firms.brand)
    named = np.where(rng.random(int(firms.group.max()) + 2) < 0.3, 1, 0)[firms.group] == 1
    rename_groups(rng, names, cities, np.where(named & (firms.group != NONE), firms.group, NONE))
    for which, whose in scene.names_after:
        names[which] = akin(rng, names[whose])
        if rng.random() < 0.4:
            legal[which] = akin(rng, legal[whose])
    category = np.array([str(one[0]) for one in TRADES], object)[firms.trade]
    n, opened = len(used), firms.opened[used]
    opened = np.minimum(opened - rng.exponential(4, n), writer.first["partner"][used] - 1e-3)
    closed = np.where(firms.closed[used] < setting.days, firms.closed[used], np.nan)
    writer.entities(
        "partner",
        used,
        name=names[used],
        legal_name=where_known(legal[used], rng.random(n) > 0.08),
        category=where_known(category[used], rng.random(n) > 0.03),
        country=np.array(countries, object)[used],
        website=websites(rng, names[used], [countries[one] for one in used], float(rng.uniform(0.4, 0.95))),
        onboarded_at=writer.at(opened),
        closed_at=writer.at(closed),
    )


def _tell_accounts(scene: Scene, writer: Writer, homes: Ints) -> None:
    rng, used = scene.rng, writer.used("bank_account", float(scene.rng.choice([0, 0.02])))
    n, codes = len(used), np.array(scene.setting.countries, object)
    age = np.where(rng.random(n) < 0.3, rng.exponential(30, n), rng.exponential(700, n))
    opened = np.where(rng.random(n) < 0.1, np.nan, writer.first["bank_account"][used] - age - 0.01)
    writer.entities(
        "bank_account",
        used,
        country=where_known(codes[homes[used]], rng.random(n) > 0.04),
        opened_at=writer.at(opened),
    )


def _account_country(scene: Scene) -> Ints:
    """(accounts,) where each is kept: at home for most."""
    rng, firms, people = scene.rng, scene.firms, scene.people
    homes = rng.choice(people.country, scene.ids.n_accounts)
    for column in people.accounts.T:
        homes[column[column != NONE]] = people.country[column != NONE]
    homes[firms.account] = firms.country
    homes[firms.later[firms.later != NONE]] = firms.country[firms.later != NONE]
    abroad = rng.random(len(homes)) < 0.04
    return np.where(abroad, rng.integers(0, len(scene.setting.countries), len(homes)), homes)


def _in_local_money(scene: Scene, events: Events, homes: Ints) -> Events:
    """The same events, in the money of the firm or of the account that sends."""
    scale, country = scene.setting.scale, scene.firms.country
    book, pay, sent = events.book, events.payouts, events.transfers

    def local(amount: Floats, where: Ints) -> Floats:
        return np.round(amount * scale[where], 2)

    return replace(
        events,
        book=replace(book, amount=local(book.amount, country[book.firm])),
        payouts=replace(pay, amount=local(pay.amount, country[pay.firm])),
        transfers=replace(sent, amount=local(sent.amount, homes[sent.source])),
    )
