"""The tables of a world on disk: everybody gets an id that tells nothing, rows come in no telling order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.sixth_worlds.labels import Label
from benchmarks.sixth_worlds.names import company_names, legal_names, websites
from benchmarks.sixth_worlds.outcomes import Book
from benchmarks.sixth_worlds.payouts import Payouts
from benchmarks.sixth_worlds.trades import TRADES
from benchmarks.sixth_worlds.truth import write_truth
from benchmarks.sixth_worlds.units import NONE, OUTCOMES, Floats, Ints, Texts
from benchmarks.sixth_worlds.world import World

KINDS = np.array(["mobile", "desktop", "tablet", "unknown"], object)


@dataclass(frozen=True)
class Events:
    """Orders, payouts, transfers (moment, from, to, amount) and logins (partner, device, moment)."""

    book: Book
    payouts: Payouts
    transfers: tuple[Floats, Ints, Ints, Floats]
    log_ins: tuple[Ints, Ints, Floats]

    def first(self, world: World) -> dict[str, Floats]:
        """For each kind, (entities,) the moment of the first event that names it, infinite for none."""
        book, pay, (sent, source, target, _) = self.book, self.payouts, self.transfers
        firm, device, logged = self.log_ins
        uses = {
            "partner": (len(world.firms), [(book.firm, book.t), (firm, logged), (pay.firm, pay.t)]),
            "consumer": (len(world.people), [(book.consumer, book.t)]),
            "device": (world.n_devices, [(book.device, book.t), (device, logged)]),
            "bank_account": (
                world.n_accounts,
                [(book.account, book.t), (pay.account, pay.t), (source, sent), (target, sent)],
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
    number = rng.permutation(n) * 89 + rng.integers(0, 89, n) + 10**8
    return np.array(np.char.add(letter, number.astype("U10")), object)


class Writer:
    """Writes the tables and the truth; an entity is written where an event names it."""

    def __init__(self, world: World, folder: Path, events: Events) -> None:
        self.world, self.rng, self.folder, self.events = world, world.rng, folder, events
        folder.mkdir(parents=True, exist_ok=True)
        self.first = events.first(world)
        letters = {"partner": "p", "consumer": "c", "device": "d", "bank_account": "a"}
        self.ids = {
            kind: _numbered(self.rng, letter, len(self.first[kind])) for kind, letter in letters.items()
        }
        self.codes = np.array([one.code for one in world.settings.countries], object)
        self.currencies = np.array([one.currency for one in world.settings.countries], object)
        self.account_country = self._lands()

    def write(self, labels: list[Label]) -> None:
        """All tables and the truth."""
        self._partners()
        self._consumers()
        self._devices()
        self._accounts()
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
        moments = self.world.settings.start.to_datetime64().astype("datetime64[us]") + seconds
        moments[~known] = np.datetime64("NaT")
        return pd.DatetimeIndex(moments).tz_localize("UTC")

    def _table(self, table: str, /, **columns: Texts | Floats | pd.DatetimeIndex) -> None:
        frame = pd.DataFrame(columns)
        frame = frame.iloc[self.rng.permutation(len(frame))].reset_index(drop=True)
        frame.to_parquet(self.folder / f"{table}.parquet", index=False)

    def _or_none(self, kind: str, number: Ints) -> Texts:
        texts = self.ids[kind][number].copy()
        texts[number == NONE] = None
        return texts

    def _partners(self) -> None:
        rng, world, firms, n = self.rng, self.world, self.world.firms, len(self.world.firms)
        opened = np.floor(firms.on) + np.clip(rng.normal(11.5, 3, n), 0, 23.9) / 24
        earliest = np.minimum(firms.opening, np.minimum(self.first["partner"], world.days))
        opened = np.where(opened >= earliest, earliest - rng.uniform(0.02, 0.5, n), opened)
        closed = np.floor(firms.off) + 1 + rng.uniform(8, 18, n) / 24
        closed[closed >= world.days] = np.inf
        self._table(
            "partners",
            partner_id=self.ids["partner"],
            name=company_names(rng, firms),
            legal_name=legal_names(rng, world),
            category=np.array([one.mcc for one in TRADES], object)[firms.trade],
            country=self.codes[firms.country],
            website=websites(rng, world),
            onboarded_at=self._at(opened),
            closed_at=self._at(closed),
        )

    def _consumers(self) -> None:
        rng, people, first = self.rng, self.world.people, self.first["consumer"]
        used = np.flatnonzero(np.isfinite(first))
        n, first = len(used), first[used]
        age = np.where(rng.random(n) < 0.36, rng.exponential(0.02, n), rng.exponential(190, n))
        age = np.where(people.fresh[used], rng.exponential(0.05, n), age)
        made = np.where(np.isfinite(people.made[used]), people.made[used], first - age)
        made = np.minimum(made, first - 1e-3)
        self._table(
            "consumers",
            consumer_id=self.ids["consumer"][used],
            country=self.codes[self.world.town_country[people.town[used]]],
            created_at=self._at(np.where(rng.random(n) < 0.02, np.nan, made)),
        )

    def _devices(self) -> None:
        rng, first = self.rng, self.first["device"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.01))
        n = len(used)
        kind = rng.choice(4, n, p=[0.6, 0.26, 0.1, 0.04])
        at_work = np.isin(used, self.events.log_ins[1]) & (rng.random(n) < 0.5)
        age = np.where(rng.random(n) < 0.7, 0, rng.exponential(60, n))
        self._table(
            "devices",
            device_id=self.ids["device"][used],
            kind=KINDS[np.where(at_work, 1, kind)],
            first_seen_at=self._at(first[used] - age),
        )

    def _lands(self) -> Ints:
        """(accounts,) the country of each: of whom it belongs to, now and then another."""
        rng, events, share = self.rng, self.events, self.world.settings.country_share
        n = self.world.n_accounts
        anywhere = rng.choice(len(share), n, p=share)
        land = anywhere.copy()
        book, pay = events.book, events.payouts
        known = book.account != NONE
        land[book.account[known]] = self.world.town_country[self.world.people.town[book.consumer[known]]]
        land[pay.account] = self.world.firms.country[pay.firm]
        return np.where(rng.random(n) < 0.05, anywhere, land)

    def _accounts(self) -> None:
        rng, first = self.rng, self.first["bank_account"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.01))
        n = len(used)
        age = np.where(rng.random(n) < 0.3, rng.exponential(15, n), rng.exponential(500, n)) + 0.1
        self._table(
            "bank_accounts",
            account_id=self.ids["bank_account"][used],
            country=self.codes[self.account_country[used]],
            opened_at=self._at(np.where(rng.random(n) < 0.1, np.nan, first[used] - age)),
        )

    def _orders(self) -> None:
        book = self.events.book
        self._table(
            "orders",
            order_id=_numbered(self.rng, "o", len(book.t)),
            placed_at=self._at(book.t),
            consumer_id=self.ids["consumer"][book.consumer],
            partner_id=self.ids["partner"][book.firm],
            device_id=self._or_none("device", book.device),
            account_id=self._or_none("bank_account", book.account),
            amount=book.amount,
            currency=self.currencies[self.world.firms.country[book.firm]],
            outcome=np.array(OUTCOMES, object)[book.outcome],
            outcome_at=self._at(book.at),
        )

    def _money(self) -> None:
        pay, (t, source, target, amount) = self.events.payouts, self.events.transfers
        firm, device, logged = self.events.log_ins
        self._table(
            "payouts",
            payout_id=_numbered(self.rng, "y", len(pay.t)),
            paid_at=self._at(pay.t),
            partner_id=self.ids["partner"][pay.firm],
            account_id=self.ids["bank_account"][pay.account],
            amount=pay.amount,
            currency=self.currencies[self.world.firms.country[pay.firm]],
        )
        self._table(
            "partner_logins",
            partner_id=self.ids["partner"][firm],
            device_id=self.ids["device"][device],
            at=self._at(logged),
        )
        self._table(
            "transfers",
            transfer_id=_numbered(self.rng, "t", len(t)),
            at=self._at(t),
            from_account_id=self.ids["bank_account"][source],
            to_account_id=self.ids["bank_account"][target],
            amount=amount,
            currency=self.currencies[self.account_country[source]],
        )
