"""The tables of a world and its truth on disk: ids and the order of rows tell nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.ninth_worlds.labels import Labels
from benchmarks.ninth_worlds.money import Payouts, Transfers
from benchmarks.ninth_worlds.outcomes import Book
from benchmarks.ninth_worlds.settings import LONELY
from benchmarks.ninth_worlds.units import COUNTRIES, NONE, OUTCOMES, TRADES, Floats, Ints, Texts, ints
from benchmarks.ninth_worlds.world import Org, World

KINDS: Final = {"partner": "p", "consumer": "c", "device": "d", "bank_account": "a"}
ROLES: Final = {"partner": "operator", "consumer": "buyer", "device": "device", "bank_account": "account"}


class Writer:
    """Writes a world; an entity is written where an event names it."""

    def __init__(
        self, world: World, folder: Path, book: Book, payouts: Payouts, moves: Transfers,
        log_ins: tuple[Ints, Ints, Floats],
    ) -> None:  # fmt: skip
        self.world, self.rng, self.folder = world, world.rng, folder
        self.book, self.payouts, self.moves, self.log_ins = book, payouts, moves, log_ins
        folder.mkdir(parents=True, exist_ok=True)
        self.first = self._first()
        self.ids = {kind: self._numbered(KINDS[kind], len(self.first[kind])) for kind in KINDS}
        countries = [COUNTRIES[one] for one in world.settings.countries]
        self.codes = np.array([one[0] for one in countries], object)
        self.currencies = np.array([one[1] for one in countries], object)
        self.land = self._lands()

    def _first(self) -> dict[str, Floats]:
        """For each kind, (entities,) the moment of the first event that names it, infinite for none."""
        book, pay, moves = self.book, self.payouts, self.moves
        firm, device, logged = self.log_ins
        uses = {
            "partner": (len(self.world.firms), [(book.firm, book.t), (firm, logged), (pay.firm, pay.t)]),
            "consumer": (len(self.world.people), [(book.consumer, book.t)]),
            "device": (self.world.n_devices, [(book.device, book.t), (device, logged)]),
            "bank_account": (
                self.world.n_accounts,
                [
                    (book.account, book.t),
                    (pay.account, pay.t),
                    (moves.source, moves.t),
                    (moves.target, moves.t),
                ],
            ),
        }
        first = {}
        for kind, (n, pairs) in uses.items():
            first[kind] = np.full(n, np.inf)
            for number, t in pairs:
                np.minimum.at(first[kind], number[number != NONE], t[number != NONE])
        return first

    def _numbered(self, letter: str, n: int) -> Texts:
        """(n,) ids that tell nothing of when or why an entity came to be."""
        number = self.rng.permutation(n) * 71 + self.rng.integers(0, 71, n) + 10**8
        return np.array(np.char.add(letter, number.astype("U10")), object)

    def _at(self, day: Floats) -> pd.DatetimeIndex:
        """Days since the start as moments to the second, missing where not finite."""
        known = np.isfinite(day)
        seconds = np.round(np.where(known, day, 0) * 86_400).astype("timedelta64[s]")
        moments = self.world.settings.start.to_datetime64().astype("datetime64[us]") + seconds
        moments[~known] = np.datetime64("NaT")
        return pd.DatetimeIndex(moments).tz_localize("UTC")

    def _table(self, path: str, /, **columns: Texts | Floats | pd.DatetimeIndex) -> None:
        frame = pd.DataFrame(columns)
        frame = frame.iloc[self.rng.permutation(len(frame))].reset_index(drop=True)
        # a column of texts that are all missing is one of texts
        arrays = [
            pa.array(frame[c], pa.string() if frame[c].dtype == object else None) for c in frame.columns
        ]
        pq.write_table(pa.table(arrays, names=list(frame.columns)), self.folder / path)

    def _or_none(self, kind: str, number: Ints) -> Texts:
        texts = self.ids[kind][number].copy()
        texts[number == NONE] = None
        return texts

    def _lands(self) -> Ints:
        """(accounts,) the country of each: of whom it belongs to, now and then another."""
        rng, share, book = self.rng, self.world.settings.country_share, self.book
        land = rng.choice(len(share), self.world.n_accounts, p=share)
        known = book.account != NONE
        land[book.account[known]] = self.world.town_country[self.world.people.town[book.consumer[known]]]
        land[self.payouts.account] = self.world.firms.country[self.payouts.firm]
        anywhere = rng.choice(len(share), len(land), p=share)
        return ints(np.where(rng.random(len(land)) < 0.05, anywhere, land))

    def write(self, labels: Labels) -> None:
        """All tables."""
        self._partners()
        self._consumers()
        self._things()
        self._events()
        rows = []
        for kind, (who, fraud, t) in (("partner", labels.partner), ("consumer", labels.consumer)):
            named = np.isfinite(self.first[kind][who])
            rows.append(
                (np.full(len(who), kind, object)[named], self.ids[kind][who[named]], fraud[named], t[named])
            )
        kinds, ids, fraud, t = (np.concatenate([one[place] for one in rows]) for place in range(4))
        verdict = np.array(["legit", "fraud"], object)[fraud]
        self._table("labels.parquet", kind=kinds, id=ids, verdict=verdict, known_at=self._at(t))
        self._truth(set(ids))

    def _partners(self) -> None:
        rng, world, firms, n = self.rng, self.world, self.world.firms, len(self.world.firms)
        earliest = np.minimum(world.opening(), np.minimum(self.first["partner"], world.days))
        opened = np.where(firms.opened > 0, earliest - rng.uniform(0.02, 3, n), firms.opened)
        opened = np.minimum(np.floor(opened) + np.clip(rng.normal(12, 3, n), 0, 23.9) / 24, earliest - 0.01)
        closed = np.floor(firms.closed) + 1 + rng.uniform(8, 18, n) / 24
        closed[closed >= world.days] = np.inf
        tail = np.array(["Ltd", "GmbH", "BV", "SL", "Trading", "& Co"], object)[rng.integers(0, 6, n)]
        top = np.array([".com", ".net", ".shop", ".eu"], object)[rng.integers(0, 4, n)]
        word = np.where(rng.random(n) < 0.8, " " + firms.second, "")
        self._table(
            "partners.parquet",
            partner_id=self.ids["partner"],
            name=firms.brand + word,
            legal_name=_joined(firms.legal, " ", tail),
            category=np.array([one[0] for one in TRADES], object)[firms.trade],
            country=self.codes[firms.country],
            website=_joined(firms.site, "", top),
            onboarded_at=self._at(opened),
            closed_at=self._at(closed),
        )

    def _consumers(self) -> None:
        rng, people, first = self.rng, self.world.people, self.first["consumer"]
        used = np.flatnonzero(np.isfinite(first))
        n, first = len(used), first[used]
        age = np.where(rng.random(n) < 0.4, rng.exponential(0.5, n), rng.exponential(200, n))
        made = np.where(np.isfinite(people.made[used]), people.made[used], first - age)
        made = np.where(rng.random(n) < 0.02, np.nan, np.minimum(made, first - 1e-3))
        self._table(
            "consumers.parquet",
            consumer_id=self.ids["consumer"][used],
            country=self.codes[self.world.town_country[people.town[used]]],
            created_at=self._at(made),
        )

    def _things(self) -> None:
        rng = self.rng
        first = self.first["device"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.01))
        n = len(used)
        desk = np.isin(used, self.log_ins[1]) & (rng.random(n) < 0.5)
        kind = np.where(desk, 1, rng.choice(4, n, p=[0.6, 0.26, 0.1, 0.04]))
        age = np.where(rng.random(n) < 0.6, 0, rng.exponential(80, n))
        self._table(
            "devices.parquet",
            device_id=self.ids["device"][used],
            kind=np.array(["mobile", "desktop", "tablet", "unknown"], object)[kind],
            first_seen_at=self._at(first[used] - age),
        )
        first = self.first["bank_account"]
        used = np.flatnonzero(np.isfinite(first) & (rng.random(len(first)) > 0.01))
        n = len(used)
        age = np.where(rng.random(n) < 0.3, rng.exponential(20, n), rng.exponential(500, n)) + 0.1
        self._table(
            "bank_accounts.parquet",
            account_id=self.ids["bank_account"][used],
            country=self.codes[self.land[used]],
            opened_at=self._at(np.where(rng.random(n) < 0.1, np.nan, first[used] - age)),
        )

    def _events(self) -> None:
        book, pay, moves = self.book, self.payouts, self.moves
        firm, device, logged = self.log_ins
        self._table(
            "orders.parquet",
            order_id=self._numbered("o", len(book.t)),
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
        self._table(
            "payouts.parquet",
            payout_id=self._numbered("y", len(pay.t)),
            paid_at=self._at(pay.t),
            partner_id=self.ids["partner"][pay.firm],
            account_id=self.ids["bank_account"][pay.account],
            amount=pay.amount,
            currency=self.currencies[self.world.firms.country[pay.firm]],
        )
        self._table(
            "partner_logins.parquet",
            partner_id=self.ids["partner"][firm],
            device_id=self.ids["device"][device],
            at=self._at(logged),
        )
        self._table(
            "transfers.parquet",
            transfer_id=self._numbered("t", len(moves.t)),
            at=self._at(moves.t),
            from_account_id=self.ids["bank_account"][moves.source],
            to_account_id=self.ids["bank_account"][moves.target],
            amount=moves.amount,
            currency=self.currencies[self.land[moves.source]],
        )

    def _truth(self, reviewed: set[str]) -> None:
        """Rings, their members and look-alikes, as far as events name them, beside the world."""
        rings, members = [], []
        inside = {kind: np.zeros(len(first), np.bool_) for kind, first in self.first.items()}
        crews = [one for one in self.world.orgs if one.ring]
        for number, place in enumerate(self.rng.permutation(len(crews))):
            org, ring_id, seen = crews[place], f"ring{number:03d}", False
            for kind, numbers in _of(org).items():
                named = numbers[np.isfinite(self.first[kind][numbers])]
                inside[kind][named] = True
                members += [(ring_id, kind, one, ROLES[kind]) for one in self.ids[kind][named]]
                seen |= kind in ("partner", "consumer") and not reviewed.isdisjoint(self.ids[kind][named])
            rings.append((ring_id, org.kind, org.care, seen))
        alike = [(kind, numbers, name) for name, kind, numbers in self.world.alike]
        alike += [("partner", org.members, org.kind) for org in self.world.orgs if not org.ring]
        alike += [("consumer", org.people, org.kind) for org in self.world.orgs if not org.ring]
        groups = []
        for number, (kind, numbers, name) in enumerate(alike):
            honest = numbers[np.isfinite(self.first[kind][numbers]) & ~inside[kind][numbers]]
            groups += [(f"g{number}", name, kind, one) for one in self.ids[kind][honest]]
        beside = self.folder.with_name(f"{self.folder.name}.truth")
        beside.mkdir(parents=True, exist_ok=True)
        text = pa.string()
        for name, rows, columns in (
            (
                "rings",
                rings,
                {"ring_id": text, "typology": text, "carefulness": pa.float64(), "labelled": pa.bool_()},
            ),
            ("ring_members", members, dict.fromkeys(("ring_id", "kind", "id", "role"), text)),
            ("look_alikes", groups, dict.fromkeys(("group_id", "look_alike", "kind", "id"), text)),
        ):
            cells = [dict(zip(columns, row, strict=True)) for row in rows]
            pq.write_table(pa.Table.from_pylist(cells, pa.schema(columns)), beside / f"{name}.parquet")


def _of(org: Org) -> dict[str, Ints]:
    """The numbers of a ring's members, by kind; the partners of consumers alone are their victims."""
    none: list[Ints] = [ints([])]
    return {
        "partner": ints([]) if org.kind in LONELY else np.sort(org.members),
        "consumer": np.sort(org.people),
        "device": np.unique(np.concatenate(none + org.devices)),
        "bank_account": np.unique(np.concatenate(none + org.accounts)),
    }


def _joined(first: Texts, between: str, last: Texts) -> Texts:
    """The texts one after the other, missing where the first is."""
    missing = np.array([one is None for one in first])
    texts: Texts = np.where(missing, "", first) + between + last
    texts[missing] = None
    return texts
