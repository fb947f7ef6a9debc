"""The tables of a world on disk: everybody gets an id that tells nothing, rows come in no telling order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.eighth_worlds.basics import COUNTRIES, NONE, OUTCOMES, TRADES, Floats, Ints, Texts
from benchmarks.eighth_worlds.labels import Label
from benchmarks.eighth_worlds.money import Moves, Payouts
from benchmarks.eighth_worlds.names import company_names, legal_names, websites
from benchmarks.eighth_worlds.outcomes import Book
from benchmarks.eighth_worlds.truth import write_truth
from benchmarks.eighth_worlds.world import World

KINDS = np.array(["mobile", "desktop", "tablet", "server", "unknown"], object)
LETTERS = {"partner": "P", "consumer": "C", "device": "D", "bank_account": "B"}


@dataclass(frozen=True)
class Events:
    """Everything that happened; `log_ins` are partner, device and moment."""

    book: Book
    pay: Payouts
    moves: Moves
    log_ins: tuple[Ints, Ints, Floats]

    def bounds(self, world: World) -> tuple[dict[str, Floats], Floats]:
        """For each kind the moment of its first event, infinite for none, and each partner's last."""
        book, pay, moves, (firm, device, logged) = self.book, self.pay, self.moves, self.log_ins
        uses = {
            "partner": (len(world.firms), [(book.firm, book.t), (firm, logged), (pay.firm, pay.t)]),
            "consumer": (len(world.people), [(book.consumer, book.t)]),
            "device": (world.n_devices, [(book.device, book.t), (device, logged)]),
            "bank_account": (
                world.n_accounts,
                [
                    (book.account, book.t),
                    (pay.account, pay.t),
                    (moves.source, moves.t),
                    (moves.target, moves.t),
                ],
            ),
        }
        first = {kind: np.full(n, np.inf) for kind, (n, _) in uses.items()}
        for kind, (_, pairs) in uses.items():
            for number, t in pairs:
                np.minimum.at(first[kind], number[number != NONE], t[number != NONE])
        last = np.full(len(world.firms), -np.inf)
        np.maximum.at(last, book.firm, book.t)
        return first, last


class Writer:
    """Writes the tables and the truth; an entity is written where an event names it."""

    def __init__(self, world: World, folder: Path, events: Events) -> None:
        self.world, self.rng, self.folder, self.events = world, world.rng, folder, events
        folder.mkdir(parents=True, exist_ok=True)
        self.first, self.last = events.bounds(world)
        self.ids = {kind: self._numbered(letter, len(self.first[kind])) for kind, letter in LETTERS.items()}
        lands = world.settings.countries
        self.codes = np.array([COUNTRIES[one][0] for one in lands], object)
        self.currencies = np.array([COUNTRIES[one][1] for one in lands], object)

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

    def _numbered(self, letter: str, n: int) -> Texts:
        """(n,) ids that tell nothing of when or why an entity came to be."""
        number = self.rng.permutation(n) * 613 + self.rng.integers(0, 613, n) + 10**9
        return np.array([f"{letter}{one:x}" for one in number.tolist()], object)

    def _at(self, day: Floats) -> pa.Array:
        """Days since the start as moments to the second, missing where not finite."""
        known = np.isfinite(day)
        seconds = np.round(np.where(known, day, 0) * 86_400).astype("timedelta64[s]")
        moments = (self.world.settings.start + seconds).astype("datetime64[us]")
        return pa.array(moments, pa.timestamp("us", "UTC"), mask=~known)

    def _table(self, table: str, /, **columns: Texts | Floats | pa.Array) -> None:
        typed = {
            name: pa.array(column, pa.string() if column.dtype == object else None)
            if isinstance(column, np.ndarray)
            else column
            for name, column in columns.items()
        }
        frame = pa.table(typed)
        pq.write_table(
            frame.take(pa.array(self.rng.permutation(len(frame)))), self.folder / f"{table}.parquet"
        )

    def _or_none(self, kind: str, number: Ints) -> Texts:
        texts = self.ids[kind][number].copy()
        texts[number == NONE] = None
        return texts

    def _partners(self) -> None:
        rng, world, firms, n = self.rng, self.world, self.world.firms, len(self.world.firms)
        opened = np.minimum(firms.onboarded, np.where(np.isfinite(self.first["partner"]),
                                                      self.first["partner"], np.inf))  # fmt: skip
        opened = np.floor(opened) - rng.integers(0, 3, n) + np.clip(rng.normal(0.5, 0.12, n), 0, 0.99)
        opened = np.minimum(opened, self.first["partner"] - 0.01)
        closed = np.maximum(firms.off, self.last) + rng.gamma(1.5, 4, n) + 0.1
        closed[~firms.closed | (closed >= world.days)] = np.inf
        self._table(
            "partners",
            partner_id=self.ids["partner"],
            name=company_names(rng, firms),
            legal_name=legal_names(rng, world),
            category=np.array([one[0] for one in TRADES], object)[firms.trade],
            country=self.codes[firms.country],
            website=websites(rng, firms),
            onboarded_at=self._at(opened),
            closed_at=self._at(closed),
        )

    def _consumers(self) -> None:
        rng, people, first = self.rng, self.world.people, self.first["consumer"]
        used = np.flatnonzero(np.isfinite(first))
        n, first = len(used), first[used]
        young = rng.random(n) < np.where(used < self.world.ordinary, 0.4, 0.7)
        age = np.where(young, rng.exponential(0.5, n), rng.exponential(250, n))
        made = np.where(np.isfinite(people.made[used]), people.made[used], first - age)
        made = np.minimum(made, first - 1e-3)
        self._table(
            "consumers",
            consumer_id=self.ids["consumer"][used],
            country=self.codes[self.world.area_country[people.area[used]]],
            created_at=self._at(np.where(rng.random(n) < 0.03, np.nan, made)),
        )

    def _devices(self) -> None:
        rng, first = self.rng, self.first["device"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.02))
        n = len(used)
        kind = rng.choice(5, n, p=[0.62, 0.24, 0.08, 0.01, 0.05])
        desk = np.isin(used, self.events.log_ins[1]) & (rng.random(n) < 0.6)
        age = np.where(rng.random(n) < 0.75, 0, rng.exponential(80, n))
        self._table(
            "devices",
            device_id=self.ids["device"][used],
            kind=KINDS[np.where(desk, 1, kind)],
            first_seen_at=self._at(first[used] - age),
        )

    def _accounts(self) -> None:
        rng, world, first = self.rng, self.world, self.first["bank_account"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.02))
        book, pay = self.events.book, self.events.pay
        land = rng.choice(len(self.codes), world.n_accounts, p=world.settings.country_share)
        land[self.events.moves.target] = self.events.moves.land
        known = book.account != NONE
        land[book.account[known]] = world.area_country[world.people.area[book.consumer[known]]]
        land[pay.account] = world.firms.country[pay.firm]
        n = len(used)
        age = np.where(rng.random(n) < 0.3, rng.exponential(20, n), rng.exponential(600, n)) + 0.1
        abroad = rng.random(n) < 0.05
        land = np.where(abroad, rng.integers(0, len(self.codes), n), land[used])
        self._table(
            "bank_accounts",
            account_id=self.ids["bank_account"][used],
            country=self.codes[land],
            opened_at=self._at(np.where(rng.random(n) < 0.15, np.nan, first[used] - age)),
        )

    def _orders(self) -> None:
        book = self.events.book
        self._table(
            "orders",
            order_id=self._numbered("O", len(book.t)),
            placed_at=self._at(book.t),
            consumer_id=self.ids["consumer"][book.consumer],
            partner_id=self.ids["partner"][book.firm],
            device_id=self._or_none("device", book.device),
            account_id=self._or_none("bank_account", book.account),
            amount=book.amount,
            currency=self.currencies[self.world.firms.country[book.firm]],
            outcome=np.array(OUTCOMES, object)[book.outcome],
            outcome_at=self._at(book.ended),
        )

    def _money(self) -> None:
        pay, moves, (firm, device, logged) = self.events.pay, self.events.moves, self.events.log_ins
        self._table(
            "payouts",
            payout_id=self._numbered("Y", len(pay.t)),
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
            transfer_id=self._numbered("T", len(moves.t)),
            at=self._at(moves.t),
            from_account_id=self.ids["bank_account"][moves.source],
            to_account_id=self.ids["bank_account"][moves.target],
            amount=moves.amount,
            currency=self.currencies[moves.land],
        )
