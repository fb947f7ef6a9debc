"""The tables and the truth on disk: ids of the seed's form, names, what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.thirteenth_worlds.market import Market
from benchmarks.thirteenth_worlds.town import TRADES
from benchmarks.writing.events import Events, Label
from benchmarks.writing.tables import TABLES, Ids, Writer, numbered, save_bare
from benchmarks.writing.truth import write_truth
from benchmarks.writing.units import NONE, Ints, Texts, where_known

_FIRST: Final = (
    "Alder", "Anker", "Bellamy", "Birch", "Corner", "Delta", "Ember", "Fabel", "Golden", "Harbour", "Iris",
    "Kestrel", "Linden", "Maple", "Nord", "Olive", "Pine", "Quarry", "River", "Sable", "Tulip", "Union",
    "Willow", "Yard", "Zenith", "Castle", "Market", "Sunny", "Juno", "Violet",
)  # fmt: skip
_SECOND: Final = (
    "Goods", "Kitchen", "Works", "House", "Supply", "Studio", "Traders", "Store", "Depot", "Garden", "Outlet",
    "Corner", "Bazaar", "Direct", "Deli", "Motors", "Fashion", "Tech", "Beauty", "Travel", "Home", "Sports",
)  # fmt: skip
_FORMS: Final = ("Ltd", "GmbH", "SARL", "BV", "SL", "AB", "Inc", "& Co", "Group")


def write(m: Market, folder: Path, events: Events, labels: Sequence[Label]) -> None:
    """Write the world's tables and its truth."""
    s, rng, counted = m.setting, m.rng, m.counted
    dropped = {(table, name) for table, name in s.dropped}

    def save(frame: pd.DataFrame, path: Path) -> None:
        if path.stem not in s.absent:
            save_bare(frame[[name for name in frame if (path.stem, name) not in dropped]], path)

    many = (s.partners, s.consumers, counted.n_devices, counted.n_accounts)
    start = pd.Timestamp(s.start)
    writer = Writer(rng, folder, start, events, many, _id_form(rng), save, lacks=s.lacks)
    nations = np.array(s.countries, object)
    money = np.array(s.currencies, object)
    holder = _countries_of_accounts(m, events)
    _write_shops(m, writer, nations)
    used = writer.used("consumer", lost=float(rng.choice([0.0, 0.004])))
    known = rng.random(len(used)) < rng.choice([1.0, 0.8])
    country = where_known(nations[m.people.country[used]], known)
    age = rng.exponential(150, len(used))
    writer.consumers(used, country, m.people.made[used], age, undated=float(rng.choice([0.0, 0.2])))
    kinds = {"mobile": 0.66, "desktop": 0.2, "tablet": 0.09, "server": 0.01, "unknown": 0.04}
    writer.devices(kinds, lost=float(rng.choice([0.0, 0.02])), desk=0.5, new=0.6, age=60)
    accounts = writer.used("bank_account")
    opened = writer.first["bank_account"][accounts] - rng.exponential(400, len(accounts)) - 0.5
    opened[rng.random(len(accounts)) < 0.15] = np.nan
    writer.entities("bank_account", accounts, country=nations[holder[accounts]], opened_at=writer.at(opened))
    writer.happenings(money[m.shops.country], money[holder[events.transfers.source]])
    writer.labels(labels)
    write_truth(writer, m.planted(), m.alike, labels, consumer="accomplice", prefix="crew", save=save_bare)


def _write_shops(m: Market, writer: Writer, nations: Texts) -> None:
    rng, shops, days = m.rng, m.shops, m.setting.days
    named = writer.used("partner")
    names, stems = _names(rng, m.setting.partners)
    site = np.array([f"https://{stem.lower().replace(' ', '')}.example" for stem in stems.tolist()], object)
    form = rng.choice(np.array(_FORMS, object), m.setting.partners)
    legal = stems[shops.legal] + " " + form[shops.legal]
    shut = np.where(shops.until < days, shops.until, np.inf)
    shut[rng.random(len(shut)) < 0.3] = np.inf  # nobody has told
    code = np.array([trade[0] for trade in TRADES], object)[shops.trade]
    opened = np.minimum(shops.since, writer.first["partner"] - 0.001)
    writer.entities(
        "partner", named, name=names[shops.name][named],
        legal_name=where_known(legal, rng.random(len(legal)) < 0.85)[named],
        category=where_known(code, rng.random(len(code)) < 0.95)[named],
        country=nations[shops.country][named],
        website=where_known(site, (shops.online | (rng.random(len(site)) < 0.4)))[shops.name][named],
        onboarded_at=writer.at(opened[named]), closed_at=writer.at(shut[named]),
    )  # fmt: skip


def _names(rng: np.random.Generator, n: int) -> tuple[Texts, Texts]:
    """What shops are called, and the stems of their firms' names; some are namesakes."""
    first, second = np.array(_FIRST, object), np.array(_SECOND, object)
    number = rng.integers(1, 400, n).astype(str).astype(object)
    tail = np.where(rng.random(n) < 0.3, " " + number, "")
    names = rng.choice(first, n) + " " + rng.choice(second, n) + tail
    stems = rng.choice(first, n) + rng.choice(first, n) + " " + number
    return names, np.where(rng.random(n) < 0.4, names, stems)


def _countries_of_accounts(m: Market, events: Events) -> Ints:
    """Where accounts are: where their shop or payer is, for most of them."""
    place = m.rng.integers(0, len(m.setting.countries), m.counted.n_accounts)
    book, paid = events.book, events.payouts
    seen = book.account != NONE
    place[book.account[seen]] = m.people.country[book.consumer[seen]]
    place[paid.account] = m.shops.country[paid.firm]
    return place


def _hexed(rng: np.random.Generator) -> Ids:
    """Ids that are the same for all kinds: random letters and digits."""

    def draw(kind: str, n: int) -> Texts:
        high = rng.permutation(n).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        low = rng.integers(0, 2**16, n)
        pairs = zip(high.tolist(), low.tolist(), strict=True)
        return np.array([f"{one:016x}{other:04x}" for one, other in pairs], object)

    return draw


def _id_form(rng: np.random.Generator) -> Ids:
    way = rng.integers(0, 4)
    if way == 0:
        return _hexed(rng)
    if way == 1:
        return numbered(
            rng, [f"{table[:3]}_" for table, _ in TABLES.values()] + ["ord_", "pay_", "trf_"], 7, 10_000
        )
    if way == 2:
        return numbered(rng, ["M-", "U-", "D-", "A-", "O-", "P-", "T-"], 5, 1_000_000)
    return numbered(rng, ["m", "c", "v", "iban", "o", "s", "w"], 11, 0x100000, form="x")
