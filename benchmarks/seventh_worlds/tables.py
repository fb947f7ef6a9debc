"""The tables of a world on disk: everybody gets an id that tells nothing, rows come in no telling order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.seventh_worlds.labels import Labels
from benchmarks.seventh_worlds.log_ins import LogIns
from benchmarks.seventh_worlds.outcomes import Book
from benchmarks.seventh_worlds.payouts import Payouts
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.trades import COUNTRIES, TRADES
from benchmarks.seventh_worlds.transfers import Transfers
from benchmarks.seventh_worlds.truth import write_truth
from benchmarks.seventh_worlds.units import NONE, OUTCOMES, Floats, Ints, Texts, flag
from benchmarks.seventh_worlds.world import World

CURRENCIES: Texts = np.array([one.currency for one in COUNTRIES], object)
CURRENCY_OF = {one.code: one.currency for one in COUNTRIES}


class Writer:
    """Writes the tables and the truth; an entity is written where an event names it.

    Of a kind of data that the world lacks the table has no row.
    """

    def __init__(
        self, world: World, folder: Path, book: Book, payouts: Payouts, transfers: Transfers, log_ins: LogIns
    ) -> None:
        self.world, self.rng, self.folder = world, world.rng, folder
        self.book, self.payouts, self.transfers, self.log_ins = book, payouts, transfers, log_ins
        folder.mkdir(parents=True, exist_ok=True)
        self.style = int(self.rng.integers(0, 3))
        self.first = self._first()
        letters = {"partner": "p", "consumer": "c", "device": "d", "bank_account": "a"}
        self.ids = {kind: self._numbered(letter, len(self.first[kind])) for kind, letter in letters.items()}

    def write(self, labels: Labels) -> None:
        """All tables and the truth."""
        self._partners()
        self._things()
        self._orders()
        self._payouts()
        self._log_ins()
        self._transfers()
        self._table(
            "labels",
            kind=np.full(len(labels.t), "partner", object),
            id=self.ids["partner"][labels.firm],
            verdict=np.where(labels.fraud, "fraud", "legit").astype(object),
            known_at=self._at(labels.t),
        )
        beside = self.folder.with_name(f"{self.folder.name}.truth")
        write_truth(beside, self.world, self.ids, self.first, labels.firm)

    def _first(self) -> dict[str, Floats]:
        """For each kind, (entities,) the moment of the first event that names it, infinite for none."""
        world, book, pay, sent, logged = self.world, self.book, self.payouts, self.transfers, self.log_ins
        uses = {
            "orders": (
                book.t,
                {
                    "partner": book.firm,
                    "consumer": book.consumer,
                    "device": book.device,
                    "bank_account": book.account,
                },
            ),
            "payouts": (pay.t, {"bank_account": pay.account}),
            "logins": (logged.t, {"device": logged.device}),
            "transfers": (sent.t, {"bank_account": np.stack([sent.source, sent.target])}),
        }
        first = {
            kind: np.full(n, np.inf)
            for kind, n in (
                ("partner", len(world.firms)),
                ("consumer", world.consumers.n),
                ("device", world.devices.n),
                ("bank_account", world.accounts.n),
            )
        }
        for table, (t, named) in uses.items():
            if table != world.settings.lacks:
                for kind, number in named.items():
                    np.minimum.at(
                        first[kind], number[number != NONE], np.broadcast_to(t, number.shape)[number != NONE]
                    )
        # every partner is in the partners' table, and its life is known
        first["partner"] = np.minimum(first["partner"], world.firms.opening)
        return first

    def _numbered(self, letter: str, n: int) -> Texts:
        """(n,) ids of the world's style that tell nothing of when or why an entity came to be."""
        number = self.rng.permutation(n * 7)[:n] + 10**6
        if self.style == 0:
            ids = [f"{letter}{one}" for one in number]
        elif self.style == 1:
            ids = [f"{letter}-{one:08x}" for one in number * 2_654_435_761 % 2**32]
        else:
            ids = [f"{letter.upper()}_{one:09d}" for one in number * 40_503 % 999_999_937]
        return np.array(ids, object)

    def _at(self, day: Floats) -> pd.DatetimeIndex:
        """Days since the start as moments to the second, missing where not finite."""
        known = np.isfinite(day)
        seconds = np.floor(np.where(known, day, 0) * 86_400).astype("timedelta64[s]")
        moments = self.world.settings.start.to_datetime64().astype("datetime64[us]") + seconds
        moments[~known] = np.datetime64("NaT")
        return pd.DatetimeIndex(moments).tz_localize("UTC")

    def _table(
        self, table: str, /, *, empty: bool = False, **columns: Texts | Floats | pd.DatetimeIndex
    ) -> None:
        # texts are of that type where there is none, too
        frame = pd.DataFrame(
            {key: pd.Series(x, dtype="string") if x.dtype == object else x for key, x in columns.items()}
        )
        frame = frame.iloc[self.rng.permutation(0 if empty else len(frame))]
        frame.to_parquet(self.folder / f"{table}.parquet", index=False)

    def _or_none(self, kind: str, number: Ints) -> Texts:
        texts = self.ids[kind][number].copy()
        texts[number == NONE] = None
        return texts

    def _partners(self) -> None:
        rng, firms, n = self.rng, self.world.firms, len(self.world.firms)
        mark = rng.integers(1, 999, n)
        sites = [
            f"https://{b}{w}{k}.example".lower()
            for b, w, k in zip(firms.brand, firms.word, mark, strict=True)
        ]
        self._table(
            "partners",
            partner_id=self.ids["partner"],
            name=firms.name,
            legal_name=firms.legal,
            category=np.array([one.mcc for one in TRADES], object)[firms.trade],
            country=CODES[firms.land],
            website=np.where(flag(rng, n, 0.7), np.array(sites, object), np.array(None)),
            onboarded_at=self._at(np.minimum(firms.on, firms.opening)),
            closed_at=self._at(np.where(firms.off < self.world.days, firms.off, np.inf)),
        )

    def _earlier(self, first: Floats, share: float, mean: float) -> Floats:
        """Of that share a day or so before the first event, of the others some `mean` days."""
        return first - self.rng.exponential(np.where(flag(self.rng, len(first), share), 1.0, mean))

    def _things(self) -> None:
        rng, world = self.rng, self.world
        used = np.flatnonzero(np.isfinite(self.first["consumer"]))
        self._table(
            "consumers",
            consumer_id=self.ids["consumer"][used],
            country=world.consumers.labels[used],
            created_at=self._at(self._earlier(self.first["consumer"][used], rng.uniform(0.3, 0.5), 250)),
        )
        used = np.flatnonzero(np.isfinite(self.first["device"]))
        unknown = flag(rng, len(used), 0.06)
        self._table(
            "devices",
            device_id=self.ids["device"][used],
            kind=np.where(unknown, "unknown", world.devices.labels[used]),
            first_seen_at=self._at(self._earlier(self.first["device"][used], 0.7, 100)),
        )
        used = np.flatnonzero(np.isfinite(self.first["bank_account"]))
        opened = self._earlier(self.first["bank_account"][used], 0.1, 700)
        self._table(
            "bank_accounts",
            account_id=self.ids["bank_account"][used],
            country=world.accounts.labels[used],
            opened_at=self._at(np.where(flag(rng, len(used), 0.4), np.nan, opened)),
        )

    def _orders(self) -> None:
        book = self.book
        self._table(
            "orders",
            order_id=self._numbered("o", len(book.t)),
            placed_at=self._at(book.t),
            consumer_id=self.ids["consumer"][book.consumer],
            partner_id=self.ids["partner"][book.firm],
            device_id=self._or_none("device", book.device),
            account_id=self._or_none("bank_account", book.account),
            amount=book.amount,
            currency=CURRENCIES[self.world.firms.land[book.firm]],
            outcome=np.array(OUTCOMES, object)[book.outcome],
            outcome_at=self._at(book.at),
        )

    def _payouts(self) -> None:
        pay = self.payouts
        self._table(
            "payouts",
            empty=self.world.settings.lacks == "payouts",
            payout_id=self._numbered("y", len(pay.t)),
            paid_at=self._at(pay.t),
            partner_id=self.ids["partner"][pay.firm],
            account_id=self.ids["bank_account"][pay.account],
            amount=pay.amount,
            currency=CURRENCIES[self.world.firms.land[pay.firm]],
        )

    def _log_ins(self) -> None:
        self._table(
            "partner_logins",
            empty=self.world.settings.lacks == "logins",
            partner_id=self.ids["partner"][self.log_ins.firm],
            device_id=self.ids["device"][self.log_ins.device],
            at=self._at(self.log_ins.t),
        )

    def _transfers(self) -> None:
        sent = self.transfers
        home = pd.Series(self.world.accounts.labels[sent.source]).map(CURRENCY_OF)
        self._table(
            "transfers",
            empty=self.world.settings.lacks == "transfers",
            transfer_id=self._numbered("t", len(sent.t)),
            at=self._at(sent.t),
            from_account_id=self.ids["bank_account"][sent.source],
            to_account_id=self.ids["bank_account"][sent.target],
            amount=sent.amount,
            currency=home.to_numpy(object),
        )
