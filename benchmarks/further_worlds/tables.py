"""The tables of the contract, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.further_worlds.labels import Label
from benchmarks.further_worlds.money import Logins, Payouts
from benchmarks.further_worlds.outcomes import OPEN, OUTCOMES, Orders
from benchmarks.further_worlds.transfers import Transfers
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Texts, earliest, where_known

PREFIXES: Final = {"partner": "pt", "consumer": "cu", "device": "dv", "bank_account": "ac"}


@dataclass(frozen=True)
class Events:
    """All that happened."""

    orders: Orders
    payouts: Payouts
    transfers: Transfers
    logins: Logins
    labels: list[Label]

    def first(self, world: World) -> dict[str, Floats]:
        """When each consumer, device and account occurs for the first time, by kind; inf: never."""
        orders, payouts, transfers, logins = self.orders, self.payouts, self.transfers, self.logins
        return {
            "consumer": earliest(len(world.people.city), (orders.consumer, orders.moment_s)),
            "device": earliest(
                world.n_devices,
                (orders.device, orders.moment_s),
                (logins.device, logins.moment_s),
            ),
            "bank_account": earliest(
                world.n_accounts,
                (orders.account, orders.moment_s),
                (payouts.account, payouts.moment_s),
                (transfers.source, transfers.moment_s),
                (transfers.target, transfers.moment_s),
            ),
        }


class Writer:
    """Writes the tables of one world to a folder; draws the ids, and where a value is missing."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder, self.world, self.rng = folder, world, world.rng
        folder.mkdir(parents=True, exist_ok=True)
        self._style = int(self.rng.integers(0, 3))
        many = (world.n_partners, len(world.people.city), world.n_devices, world.n_accounts)
        numbers = zip(PREFIXES.items(), many, strict=True)
        self.ids = {kind: self.draw_ids(n, prefix) for (kind, prefix), n in numbers}
        shops = world.shops.country
        self._codes = np.array([country.code for country in world.countries], np.object_)
        self._currencies = np.array([country.currency for country in world.countries], np.object_)
        self._country_of = {
            "partner": shops,
            "consumer": world.people.country,
            "bank_account": np.concatenate(world.account_countries),
        }

    def draw_ids(self, n: int, prefix: str) -> Texts:
        """`n` ids that say nothing of what they name."""
        many = int(n * 1.05) + 50
        numbers = self.rng.permutation(np.unique(self.rng.integers(1 << 36, 1 << 40, many)))[:n]
        forms = (f"{prefix}_{{:010x}}", f"{{:010x}}{prefix[0]}", f"{prefix.upper()}{{}}")
        return np.array([forms[self._style].format(one) for one in numbers.tolist()], np.object_)

    def write(self, events: Events, first: dict[str, Floats]) -> None:
        """All nine tables."""
        self._write_partners()
        self._write_orders(events.orders)
        self._write_money(events)
        self._write_consumers(first["consumer"])
        self._write_devices(first["device"])
        self._write_accounts(first["bank_account"])
        self._write_labels(events.labels)

    def moments(self, seconds: Floats | Sequence[float]) -> pd.DatetimeIndex:
        """Moments of the calendar, without fractions of a second; missing where not finite."""
        values = np.asarray(seconds, np.float64)
        values = np.where(np.isfinite(values), values + self.world.start_s, np.nan)
        stamps = pd.to_datetime(values, unit="s", utc=True).floor("s")
        return pd.DatetimeIndex(stamps.astype("datetime64[us, UTC]"))

    def _save(self, name: str, columns: dict[str, object], by: list[str]) -> None:
        frame = pd.DataFrame(columns).sort_values(by, kind="stable").reset_index(drop=True)
        frame.to_parquet(self.folder / f"{name}.parquet", index=False)

    def _hide(self, values: Texts, share: float) -> Texts:
        return where_known(values, self.rng.random(len(values)) >= share)

    def _countries(self, kind: str) -> Texts:
        codes: Texts = self._codes[self._country_of[kind]]
        return codes

    def _write_partners(self) -> None:
        world, shops = self.world, self.world.shops
        names = _names(world)
        nations = [world.countries[k] for k in shops.country]
        legal = [
            f"{world.stems[stem]} {nation.legal_form}"
            for stem, nation in zip(shops.legal_stem, nations, strict=True)
        ]
        sites = [
            f"{name.lower().replace(' & ', '-').replace(' ', '-')}.{nation.domain}"
            for name, nation in zip(names, nations, strict=True)
        ]
        codes = np.array([trade.code for trade in world.trades], np.object_)
        closed = np.where(shops.closes < world.window_s, shops.closes, np.nan)
        columns: dict[str, object] = {
            "partner_id": self.ids["partner"],
            "name": np.array(names, np.object_),
            "legal_name": self._hide(np.array(legal, np.object_), 0.12),
            "category": self._hide(codes[shops.trade], 0.03),
            "country": self._hide(self._countries("partner"), 0.01),
            "website": self._hide(np.array(sites, np.object_), 0.25),
            "onboarded_at": self.moments(np.minimum(shops.opens, world.window_s - DAY_S)),
            "closed_at": self.moments(closed),
        }
        self._save("partners", columns, ["partner_id"])

    def _write_orders(self, orders: Orders) -> None:
        n = len(orders.consumer)
        order_ids = self.draw_ids(n, "or")
        unsaid = self.rng.random(n) < self.world.habits.no_outcome_moment
        outcome_s = np.where((orders.outcome == OPEN) | unsaid, np.nan, orders.outcome_s)
        columns: dict[str, object] = {
            "order_id": order_ids,
            "placed_at": self.moments(orders.moment_s),
            "consumer_id": self.ids["consumer"][orders.consumer],
            "partner_id": self.ids["partner"][orders.partner],
            "device_id": where_known(self.ids["device"][orders.device], orders.device >= 0),
            "account_id": where_known(self.ids["bank_account"][orders.account], orders.account >= 0),
            "amount": orders.amount,
            "currency": self._currencies[self.world.shops.country[orders.partner]],
            "outcome": np.array(OUTCOMES, np.object_)[orders.outcome],
            "outcome_at": self.moments(outcome_s),
        }
        self._save("orders", columns, ["placed_at", "order_id"])

    def _write_money(self, events: Events) -> None:
        payouts, transfers, logins, ids = events.payouts, events.transfers, events.logins, self.ids
        columns: dict[str, object] = {
            "payout_id": self.draw_ids(len(payouts.partner), "po"),
            "paid_at": self.moments(payouts.moment_s),
            "partner_id": ids["partner"][payouts.partner],
            "account_id": ids["bank_account"][payouts.account],
            "amount": payouts.amount,
            "currency": self._currencies[self.world.shops.country[payouts.partner]],
        }
        self._save("payouts", columns, ["paid_at", "payout_id"])
        columns = {
            "partner_id": ids["partner"][logins.partner],
            "device_id": ids["device"][logins.device],
            "at": self.moments(logins.moment_s),
        }
        self._save("partner_logins", columns, ["at", "partner_id", "device_id"])
        columns = {
            "transfer_id": self.draw_ids(len(transfers.source), "tr"),
            "at": self.moments(transfers.moment_s),
            "from_account_id": ids["bank_account"][transfers.source],
            "to_account_id": ids["bank_account"][transfers.target],
            "amount": np.round(transfers.amount, 2),
            "currency": self._currencies[transfers.country],
        }
        self._save("transfers", columns, ["at", "transfer_id"])

    def _write_consumers(self, first: Floats) -> None:
        rng, occurs = self.rng, np.isfinite(first)
        n = int(occurs.sum())
        chance, hours = rng.random(n), rng.exponential(3 * 3600, n)
        month, year = rng.exponential(30 * DAY_S, n), rng.exponential(300 * DAY_S, n)
        before = np.select([chance < 0.45, chance < 0.8], [hours, month], year)
        country = self._hide(self._countries("consumer")[occurs], 0.02)
        created = np.where(rng.random(n) < 0.01, np.nan, first[occurs] - before)
        columns: dict[str, object] = {
            "consumer_id": self.ids["consumer"][occurs],
            "country": country,
            "created_at": self.moments(created),
        }
        self._save("consumers", columns, ["consumer_id"])

    def _write_devices(self, first: Floats) -> None:
        rng, kinds = self.rng, np.concatenate(self.world.device_kinds).astype(np.object_)
        known = self._known(first)
        n = int(known.sum())
        kind = self._hide(kinds[known], 0.03)
        unsaid, at_once = rng.random(n) < 0.05, rng.random(n) < 0.7
        before = np.where(at_once, 0, rng.exponential(60 * DAY_S, n))
        columns: dict[str, object] = {
            "device_id": self.ids["device"][known],
            "kind": kind,
            "first_seen_at": self.moments(np.where(unsaid, np.nan, first[known] - before)),
        }
        self._save("devices", columns, ["device_id"])

    def _write_accounts(self, first: Floats) -> None:
        rng, known = self.rng, self._known(first)
        n = int(known.sum())
        new = np.concatenate(self.world.account_new)[known] | (rng.random(n) < 0.12)
        country = self._hide(self._countries("bank_account")[known], 0.04)
        unsaid = rng.random(n) < 0.1
        weeks, years = 3 * DAY_S + rng.exponential(35 * DAY_S, n), rng.exponential(1300 * DAY_S, n)
        opened = first[known] - np.where(new, weeks, years)
        columns: dict[str, object] = {
            "account_id": self.ids["bank_account"][known],
            "country": country,
            "opened_at": self.moments(np.where(unsaid, np.nan, opened)),
        }
        self._save("bank_accounts", columns, ["account_id"])

    def _known(self, first: Floats) -> Flags:
        """Nearly all that occur have a row of their own."""
        return np.isfinite(first) & (self.rng.random(len(first)) > 0.01)

    def _write_labels(self, labels: list[Label]) -> None:
        columns: dict[str, object] = {
            "kind": [one.kind for one in labels],
            "id": [self.ids[one.kind][one.number] for one in labels],
            "verdict": ["fraud" if one.fraud else "legit" for one in labels],
            "known_at": self.moments([one.known_s for one in labels]),
        }
        self._save("labels", columns, ["known_at", "id"])


def _names(world: World) -> list[str]:
    names = []
    shops = world.shops
    for number in range(world.n_partners):
        stem = world.stems[shops.stem[number]]
        word = world.trades[shops.trade[number]].word
        city = world.city_names[shops.city[number]]
        forms = (
            f"{stem} {word}",
            f"{word} {stem}",
            f"{stem}{word.lower()}",
            f"{stem} & Co",
            f"{word} by {stem}",
            f"{stem} {word} {city}",
        )
        names.append(forms[-1 if shops.branch[number] else shops.name_style[number]])
    return names
