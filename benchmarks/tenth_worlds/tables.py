"""The tables of a world on disk: ids tell nothing, rows come in no telling order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.tenth_worlds.endings import Book
from benchmarks.tenth_worlds.labels import Label
from benchmarks.tenth_worlds.market import COUNTRIES
from benchmarks.tenth_worlds.money import Logins, Payouts, Transfers
from benchmarks.tenth_worlds.names import texts
from benchmarks.tenth_worlds.trades import TRADES
from benchmarks.tenth_worlds.truth import write_truth
from benchmarks.tenth_worlds.units import NONE, OUTCOMES, Floats, Ints, Texts
from benchmarks.tenth_worlds.world import World

KINDS = np.array(["mobile", "desktop", "tablet", "unknown"], object)


@dataclass(frozen=True)
class Events:
    """All that happened."""

    book: Book
    payouts: Payouts
    transfers: Transfers
    logins: Logins

    def first(self, world: World) -> dict[str, Floats]:
        """For each kind, (entities,) the moment of the first event that names it, infinite for none."""
        book, pay, sent, logins = self.book, self.payouts, self.transfers, self.logins
        uses = {
            "partner": (
                world.market.partners,
                [(book.shop, book.t), (logins.shop, logins.t), (pay.shop, pay.t)],
            ),
            "consumer": (len(world.people.town), [(book.consumer, book.t)]),
            "device": (world.n_devices, [(book.device, book.t), (logins.device, logins.t)]),
            "bank_account": (
                world.n_accounts,
                [(book.account, book.t), (pay.account, pay.t), (sent.source, sent.t), (sent.target, sent.t)],
            ),
        }
        first = {}
        for kind, (n, pairs) in uses.items():
            first[kind] = np.full(n, np.inf)
            for number, t in pairs:
                np.minimum.at(first[kind], number[number != NONE], t[number != NONE])
        return first


def _numbered(rng: np.random.Generator, letter: str, n: int) -> Texts:
    """(n,) ids that tell nothing of when or why an entity came to be."""
    number = rng.permutation(n) * 61 + rng.integers(0, 61, n) + 10**7
    return np.array(np.char.add(letter, number.astype("U10")), object)


class Writer:
    """Writes the tables and the truth; an entity is written where an event names it."""

    def __init__(self, world: World, folder: Path, events: Events) -> None:
        self.world, self.rng, self.folder, self.events = world, world.rng, folder, events
        folder.mkdir(parents=True, exist_ok=True)
        self.first = events.first(world)
        letters = {"partner": "m", "consumer": "u", "device": "x", "bank_account": "b"}
        self.ids = {
            kind: _numbered(self.rng, letter, len(self.first[kind])) for kind, letter in letters.items()
        }
        self.codes = np.array([code for code, _, _ in COUNTRIES], object)
        self.currencies = np.array([currency for _, currency, _ in COUNTRIES], object)
        self.land = np.concatenate(world.account_country)

    def write(self, labels: list[Label]) -> None:
        """All tables and the truth."""
        self._partners()
        self._consumers()
        self._things()
        self._orders()
        self._money()
        labels = [one for one in labels if np.isfinite(self.first[one.kind][one.number])]
        self._table(
            "labels",
            kind=np.array([one.kind for one in labels], object),
            id=np.array([self.ids[one.kind][one.number] for one in labels], object),
            verdict=np.array([one.verdict for one in labels], object),
            known_at=self._at(np.array([one.t for one in labels], np.float64)),
        )
        beside = self.folder.with_name(f"{self.folder.name}.truth")
        write_truth(beside, self.world, self.ids, self.first, labels)

    def _at(self, day: Floats) -> pd.DatetimeIndex:
        """Days since the start as moments to the second, missing where not finite."""
        known = np.isfinite(day)
        seconds = np.round(np.where(known, day, 0) * 86_400).astype("timedelta64[s]")
        moments = self.world.market.start.tz_localize(None).to_datetime64().astype("datetime64[us]") + seconds
        moments[~known] = np.datetime64("NaT")
        return pd.DatetimeIndex(moments).tz_localize("UTC")

    def _table(self, table: str, /, **columns: Texts | Floats | pd.DatetimeIndex) -> None:
        """Texts are written as such even where there is no row."""
        frame = pd.DataFrame(columns)
        frame = frame.astype({name: "string" for name, one in columns.items() if one.dtype == object})
        frame = frame.iloc[self.rng.permutation(len(frame))].reset_index(drop=True)
        frame.to_parquet(self.folder / f"{table}.parquet", index=False)

    def _or_none(self, kind: str, number: Ints) -> Texts:
        names = self.ids[kind][number].copy()
        names[number == NONE] = None
        return names

    def _partners(self) -> None:
        rng, world, shops = self.rng, self.world, self.world.shops
        n = world.market.partners
        name, legal, site = texts(world)
        earliest = np.minimum(self.first["partner"], world.days)
        opened = np.floor(shops.on) + np.clip(rng.normal(11, 3, n), 0, 23.9) / 24
        opened = np.minimum(opened, earliest - rng.uniform(0.02, 0.6, n))
        closed = np.floor(shops.off) + 1 + rng.uniform(7, 19, n) / 24
        closed[closed >= world.days] = np.inf
        self._table(
            "partners",
            partner_id=self.ids["partner"],
            name=name,
            legal_name=legal,
            category=np.array([one.mcc for one in TRADES], object)[shops.trade],
            country=self.codes[world.towns.country[shops.town]],
            website=site,
            onboarded_at=self._at(opened),
            closed_at=self._at(closed),
        )

    def _consumers(self) -> None:
        rng, people, first = self.rng, self.world.people, self.first["consumer"]
        used = np.flatnonzero(np.isfinite(first))
        n, first = len(used), first[used]
        # many sign up as they first buy
        at_once = first - rng.exponential(0.03, n)
        made = np.where(rng.random(n) < 0.35, at_once, np.minimum(people.made[used], at_once))
        made = np.where(rng.random(n) < 0.02, np.nan, made - 1e-3)
        self._table(
            "consumers",
            consumer_id=self.ids["consumer"][used],
            country=self.codes[self.world.towns.country[people.town[used]]],
            created_at=self._at(made),
        )

    def _things(self) -> None:
        """Devices and bank accounts; a few are in no table."""
        rng, first = self.rng, self.first["device"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.01))
        n = len(used)
        kind = rng.choice(4, n, p=[0.6, 0.27, 0.1, 0.03])
        at_work = np.isin(used, self.events.logins.device) & (rng.random(n) < 0.5)
        age = np.where(rng.random(n) < 0.6, 0, rng.exponential(70, n))
        self._table(
            "devices",
            device_id=self.ids["device"][used],
            kind=KINDS[np.where(at_work, 1, kind)],
            first_seen_at=self._at(first[used] - age),
        )
        first = self.first["bank_account"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.01))
        n = len(used)
        age = np.where(rng.random(n) < 0.3, rng.exponential(20, n), rng.exponential(600, n)) + 0.1
        anywhere = rng.choice(np.flatnonzero(self.world.market.countries), n)
        land = np.where(rng.random(n) < 0.04, anywhere, self.land[used])
        self._table(
            "bank_accounts",
            account_id=self.ids["bank_account"][used],
            country=self.codes[land],
            opened_at=self._at(np.where(rng.random(n) < 0.1, np.nan, first[used] - age)),
        )

    def _orders(self) -> None:
        book = self.events.book
        self._table(
            "orders",
            order_id=_numbered(self.rng, "r", len(book.t)),
            placed_at=self._at(book.t),
            consumer_id=self.ids["consumer"][book.consumer],
            partner_id=self.ids["partner"][book.shop],
            device_id=self._or_none("device", book.device),
            account_id=self._or_none("bank_account", book.account),
            amount=book.amount,
            currency=self._currency(book.shop),
            outcome=np.array(OUTCOMES, object)[book.outcome],
            outcome_at=self._at(book.end),
        )

    def _currency(self, shop: Ints) -> Texts:
        return np.asarray(self.currencies[self.world.towns.country[self.world.shops.town[shop]]], object)

    def _money(self) -> None:
        pay, sent, logins = self.events.payouts, self.events.transfers, self.events.logins
        self._table(
            "payouts",
            payout_id=_numbered(self.rng, "q", len(pay.t)),
            paid_at=self._at(pay.t),
            partner_id=self.ids["partner"][pay.shop],
            account_id=self.ids["bank_account"][pay.account],
            amount=pay.amount,
            currency=self._currency(pay.shop),
        )
        self._table(
            "partner_logins",
            partner_id=self.ids["partner"][logins.shop],
            device_id=self.ids["device"][logins.device],
            at=self._at(logins.t),
        )
        self._table(
            "transfers",
            transfer_id=_numbered(self.rng, "v", len(sent.t)),
            at=self._at(sent.t),
            from_account_id=self.ids["bank_account"][sent.source],
            to_account_id=self.ids["bank_account"][sent.target],
            amount=sent.amount,
            currency=self.currencies[self.land[sent.source]],
        )
