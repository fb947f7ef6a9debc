"""The tables of a world on disk: everybody gets an id that tells nothing, rows come in no telling order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.writing.events import Events, Label
from benchmarks.writing.units import NONE, OUTCOMES, Floats, Ints, Texts, where_known

TABLES: Final = {
    "partner": ("partners", "partner_id"),
    "consumer": ("consumers", "consumer_id"),
    "device": ("devices", "device_id"),
    "bank_account": ("bank_accounts", "account_id"),
}
"""Table and column of the ids of each kind of entity."""
KINDS: Final = (*TABLES, "order", "payout", "transfer")
"""Of what has an id."""

Column = Texts | Floats | pd.DatetimeIndex
Ids = Callable[[str, int], Texts]
"""Draws ids of a kind, so many."""
Save = Callable[[pd.DataFrame, Path], None]


def numbered(rng: np.random.Generator, letters: Sequence[str], gap: int, least: int, form: str = "d") -> Ids:
    """Ids of a letter or so for each of `KINDS` and a number that tells nothing of when or why it is."""
    letter_of = dict(zip(KINDS, letters, strict=True))

    def draw(kind: str, n: int) -> Texts:
        number = rng.permutation(n) * gap + rng.integers(0, gap, n) + least
        return np.array([f"{letter_of[kind]}{one:{form}}" for one in number.tolist()], object)

    return draw


def save_inferred(frame: pd.DataFrame, path: Path) -> None:
    """With the types that pandas sees."""
    frame.to_parquet(path, index=False)


def save_typed(frame: pd.DataFrame, path: Path) -> None:
    """Texts are of that type even where there is none."""
    frame.astype({name: "string" for name in frame if _is_text(frame[name])}).to_parquet(path, index=False)


def save_bare(frame: pd.DataFrame, path: Path) -> None:
    """As `save_typed`, without what pandas notes of its own types."""
    _save_arrow(frame, path, _is_text)


def save_large(frame: pd.DataFrame, path: Path) -> None:
    """As `save_bare`, with texts of Arrow's large type, but for columns of which every text is missing."""
    _save_arrow(frame, path, lambda column: column.dtype == object)


def _save_arrow(frame: pd.DataFrame, path: Path, small: Callable[[pd.Series], bool]) -> None:
    arrays = [pa.array(frame[name], pa.string() if small(frame[name]) else None) for name in frame]
    pq.write_table(pa.table(arrays, names=list(frame)), path)


def _is_text(column: pd.Series) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


class Writer:
    """Writes a world's tables; an entity is written where an event names it.

    `first` is when that is, by kind, infinite for never. `many`: partners, consumers, devices, accounts.
    `lacks`: a table that has no row. `whole` makes seconds whole.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        folder: Path,
        start: pd.Timestamp | np.datetime64,
        events: Events,
        many: tuple[int, int, int, int],
        ids: Ids,
        save: Save,
        *,
        lacks: str = "",
        whole: Callable[[Floats], Floats] = np.round,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rng, self.folder, self.events, self.save = rng, folder, events, save
        self.start = pd.Timestamp(start).tz_localize(None).to_datetime64().astype("datetime64[us]")
        self.draw_ids, self.lacks, self.whole = ids, lacks, whole
        self.first = events.first(dict(zip(TABLES, many, strict=True)), lacks)
        self.ids = {kind: ids(kind, len(first)) for kind, first in self.first.items()}

    def at(self, day: Floats) -> pd.DatetimeIndex:
        """Days since the start as moments to the second, missing where not finite."""
        known = np.isfinite(day)
        moments = self.start + self.whole(np.where(known, day, 0) * 86_400).astype("timedelta64[s]")
        moments[~known] = np.datetime64("NaT")
        return pd.DatetimeIndex(moments).tz_localize("UTC")

    def table(self, name: str, /, **columns: Column) -> None:
        """A table, its rows in any order."""
        frame = pd.DataFrame(columns)
        rows = self.rng.permutation(0 if name == self.lacks else len(frame))
        self.save(frame.iloc[rows], self.folder / f"{name}.parquet")

    def used(self, kind: str, lost: float = 0.0) -> Ints:
        """The numbers of those that an event names, but for a share that is in no table."""
        named = np.isfinite(self.first[kind])
        return np.flatnonzero(named & (self.rng.random(len(named)) > lost) if lost else named)

    def entities(self, kind: str, number: Ints, /, **columns: Column) -> None:
        """The table of a kind of entities, of those numbers."""
        table, key = TABLES[kind]
        self.table(table, **{key: self.ids[kind][number]}, **columns)

    def consumers(self, used: Ints, country: Texts, made: Floats, age: Floats, *, undated: float) -> None:
        """Consumers of those numbers; who is not said to be `made` is `age` old at the first event."""
        first = self.first["consumer"][used]
        made = np.minimum(np.where(np.isfinite(made), made, first - age), first - 1e-3)
        made = np.where(self.rng.random(len(used)) < undated, np.nan, made)
        self.entities("consumer", used, country=country, created_at=self.at(made))

    def devices(
        self, kinds: Mapping[str, float], *, lost: float, desk: float, new: float, age: float
    ) -> None:
        """Devices of those kinds, by share; a share `desk` of those that log in are desktops.

        A share `new` is seen with the first event, others an exponential time of mean `age` before it.
        """
        rng, used = self.rng, self.used("device", lost)
        n, names = len(used), np.array([*kinds], object)
        kind = names[rng.choice(len(kinds), n, p=[*kinds.values()])]
        at_work = np.isin(used, self.events.logins.device) & (rng.random(n) < desk)
        before = np.where(rng.random(n) < new, 0, rng.exponential(age, n))
        self.entities(
            "device",
            used,
            kind=np.where(at_work, "desktop", kind),
            first_seen_at=self.at(self.first["device"][used] - before),
        )

    def happenings(self, partner_currency: Texts, transfer_currency: Texts) -> None:
        """Orders, payouts, logins and transfers; (partners,) and (transfers,) what they are in."""
        book, pay, sent, logins = (
            self.events.book, self.events.payouts, self.events.transfers, self.events.logins,
        )  # fmt: skip
        partner, consumer, device, account = (self.ids[kind] for kind in TABLES)
        self.table(
            "orders",
            order_id=self.draw_ids("order", len(book.t)),
            placed_at=self.at(book.t),
            consumer_id=consumer[book.consumer],
            partner_id=partner[book.firm],
            device_id=where_known(device[book.device], book.device != NONE),
            account_id=where_known(account[book.account], book.account != NONE),
            amount=book.amount,
            currency=partner_currency[book.firm],
            outcome=np.array(OUTCOMES, object)[book.outcome],
            outcome_at=self.at(book.at),
        )
        self.table(
            "payouts",
            payout_id=self.draw_ids("payout", len(pay.t)),
            paid_at=self.at(pay.t),
            partner_id=partner[pay.firm],
            account_id=account[pay.account],
            amount=pay.amount,
            currency=partner_currency[pay.firm],
        )
        self.table(
            "partner_logins",
            partner_id=partner[logins.firm],
            device_id=device[logins.device],
            at=self.at(logins.t),
        )
        self.table(
            "transfers",
            transfer_id=self.draw_ids("transfer", len(sent.t)),
            at=self.at(sent.t),
            from_account_id=account[sent.source],
            to_account_id=account[sent.target],
            amount=sent.amount,
            currency=transfer_currency,
        )

    def labels(self, labels: Sequence[Label]) -> None:
        """Verdicts on whom an event names."""
        labels = [one for one in labels if np.isfinite(self.first[one.kind][one.number])]
        self.table(
            "labels",
            kind=np.array([one.kind for one in labels], object),
            id=np.array([self.ids[one.kind][one.number] for one in labels], object),
            verdict=np.array([one.verdict for one in labels], object),
            known_at=self.at(np.array([one.t for one in labels], np.float64)),
        )
