"""The tables of the contract, written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from benchmarks.fourth_worlds.labels import Label
from benchmarks.fourth_worlds.names import website
from benchmarks.fourth_worlds.outcomes import OPEN, OUTCOMES, Settled
from benchmarks.fourth_worlds.payouts import Logins, Payouts
from benchmarks.fourth_worlds.transfers import Transfers
from benchmarks.fourth_worlds.world import DEVICE_KINDS, World
from benchmarks.writing.units import Floats, Texts, earliest, where_known

DAY_S: Final = 86_400
PREFIXES: Final = {
    "partner": ("", "p_", "M"),
    "consumer": ("", "c_", "U"),
    "device": ("", "d_", "D"),
    "bank_account": ("", "a_", "B"),
    "order": ("", "o_", "T"),
    "payout": ("", "y_", "S"),
    "transfer": ("", "t_", "W"),
}
"""Of ids, in each of the three styles that a world may have."""


@dataclass(frozen=True)
class Events:
    """All that happened."""

    orders: Settled
    payouts: Payouts
    transfers: Transfers
    logins: Logins

    def first(self, world: World) -> dict[str, Floats]:
        """When each of a kind occurs for the first time; inf: never."""
        orders, payouts, transfers, logins = self.orders, self.payouts, self.transfers, self.logins
        return {
            "partner": earliest(world.n_partners, (orders.partner, orders.moment)),
            "consumer": earliest(world.n_consumers, (orders.consumer, orders.moment)),
            "device": earliest(
                world.n_devices, (orders.device, orders.moment), (logins.device, logins.moment)
            ),
            "bank_account": earliest(
                world.n_accounts,
                (orders.account, orders.moment),
                (payouts.account, payouts.moment),
                (transfers.source, transfers.moment),
                (transfers.target, transfers.moment),
            ),
        }


def write_tables(
    folder: Path, world: World, events: Events, first: dict[str, Floats], labels: list[Label]
) -> dict[str, Texts]:
    """Write all nine tables; the ids of partners, consumers, devices and accounts by kind."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(folder, world, events, first)
    writer.write_partners()
    writer.write_consumers()
    writer.write_devices()
    writer.write_accounts()
    writer.write_orders()
    writer.write_payouts()
    writer.write_transfers()
    writer.write_logins()
    writer.write_labels(labels)
    return writer.ids


class _Writer:
    """Draws the ids, and where a value is missing."""

    def __init__(self, folder: Path, world: World, events: Events, first: dict[str, Floats]) -> None:
        self.folder, self.world, self.events, self.first = folder, world, events, first
        self.rng = world.rng
        self.style = world.dice.whole(0, 2)
        many = (world.n_partners, world.n_consumers, world.n_devices, world.n_accounts)
        self.ids = {kind: self.draw_ids(kind, n) for kind, n in zip(PREFIXES, many, strict=False)}
        self.codes = np.array([country.code for country in world.countries], np.object_)
        self.currencies = np.array([country.currency for country in world.countries], np.object_)
        self.account_country = np.concatenate(world.account_country)

    def draw_ids(self, kind: str, n: int) -> Texts:
        """`n` ids that say nothing of what they name."""
        numbers = np.unique(self.rng.integers(0, 1 << 44, n + n // 20 + 50))
        prefix = PREFIXES[kind][self.style]
        chosen = self.rng.permutation(numbers)[:n].tolist()
        return np.array([f"{prefix}{one:011x}" for one in chosen], np.object_)

    def moments(self, days: ArrayLike) -> pd.DatetimeIndex:
        """Moments of the calendar, to the second; missing where not finite."""
        values = np.asarray(days, np.float64)
        values = np.where(np.isfinite(values), values, np.nan)
        seconds = np.floor(values * DAY_S) + self.world.start.timestamp()
        return pd.DatetimeIndex(pd.to_datetime(seconds, unit="s", utc=True).astype("datetime64[us, UTC]"))

    def hide(self, values: Texts, share: float) -> Texts:
        """The same values, a share of them missing."""
        return where_known(values, self.rng.random(len(values)) >= share)

    def _save(self, name: str, columns: dict[str, object], by: str | None = None) -> None:
        """Sorted by a moment, or not at all; ties are in random order, since rings are drawn last."""
        frame = pd.DataFrame(columns)
        tie = self.rng.random(len(frame))
        order = np.argsort(tie) if by is None else np.lexsort((tie, pd.DatetimeIndex(frame[by]).asi8))
        frame.take(order).reset_index(drop=True).to_parquet(self.folder / f"{name}.parquet", index=False)

    def write_partners(self) -> None:
        world, dice, shops = self.world, self.world.dice, self.world.shops
        countries = [world.countries[one] for one in shops.country]
        sites = [website(dice, *pair) for pair in zip(shops.name, countries, strict=True)]
        trades = np.array([trade.code for trade in world.trades], np.object_)[shops.trade]
        columns: dict[str, object] = {
            "partner_id": self.ids["partner"],
            "name": np.array(shops.name, np.object_),
            "legal_name": self.hide(np.array(shops.legal_name, np.object_), dice.uniform(0.05, 0.3)),
            "category": self.hide(trades, 0.02),
            "country": self.hide(self.codes[shops.country], 0.01),
            "website": self.hide(np.array(sites, np.object_), dice.uniform(0.1, 0.4)),
            "onboarded_at": self.moments(np.minimum(shops.opens, self.first["partner"] - 0.01)),
            "closed_at": self.moments(np.where(shops.closes < world.window, shops.closes, np.nan)),
        }
        self._save("partners", columns)

    def write_consumers(self) -> None:
        rng, people = self.rng, self.world.people
        occurs = np.flatnonzero(np.isfinite(self.first["consumer"]))
        n, first = len(occurs), self.first["consumer"][occurs]
        before = rng.exponential(2, n) * (rng.random(n) < 0.7) + 0.002
        created = np.minimum(people.joins[occurs], first - before)
        columns: dict[str, object] = {
            "consumer_id": self.ids["consumer"][occurs],
            "country": self.hide(self.codes[people.country[occurs]], 0.03),
            "created_at": self.moments(np.where(rng.random(n) < 0.03, np.nan, created)),
        }
        self._save("consumers", columns)

    def write_devices(self) -> None:
        rng, kinds = self.rng, np.array(DEVICE_KINDS, np.object_)
        occurs = np.flatnonzero(np.isfinite(self.first["device"]))
        n, first = len(occurs), self.first["device"][occurs]
        before = rng.exponential(30, n) * (rng.random(n) < 0.3)
        columns: dict[str, object] = {
            "device_id": self.ids["device"][occurs],
            "kind": self.hide(kinds[np.concatenate(self.world.device_kind)[occurs]], 0.03),
            "first_seen_at": self.moments(np.where(rng.random(n) < 0.08, np.nan, first - before)),
        }
        self._save("devices", columns)

    def write_accounts(self) -> None:
        rng = self.rng
        occurs = np.flatnonzero(np.isfinite(self.first["bank_account"]))
        n, first = len(occurs), self.first["bank_account"][occurs]
        before = rng.exponential(np.where(rng.random(n) < 0.4, 25, 600))
        columns: dict[str, object] = {
            "account_id": self.ids["bank_account"][occurs],
            "country": self.hide(self.codes[self.account_country[occurs]], 0.05),
            "opened_at": self.moments(np.where(rng.random(n) < 0.3, np.nan, first - before)),
        }
        self._save("bank_accounts", columns)

    def write_orders(self) -> None:
        world, orders, n = self.world, self.events.orders, len(self.events.orders.consumer)
        outcome = np.where(orders.end_moment > world.window, OPEN, orders.end)
        undated = (outcome == OPEN) | (self.rng.random(n) < 0.02)
        ended = np.where(undated, np.nan, np.minimum(orders.end_moment, world.window - 0.001))
        columns: dict[str, object] = {
            "order_id": self.draw_ids("order", n),
            "placed_at": self.moments(orders.moment),
            "consumer_id": self.ids["consumer"][orders.consumer],
            "partner_id": self.ids["partner"][orders.partner],
            "device_id": where_known(self.ids["device"][orders.device], orders.device >= 0),
            "account_id": where_known(self.ids["bank_account"][orders.account], orders.account >= 0),
            "amount": orders.amount,
            "currency": self.currencies[world.shops.country[orders.partner]],
            "outcome": np.array(OUTCOMES, np.object_)[outcome],
            "outcome_at": self.moments(ended),
        }
        self._save("orders", columns, "placed_at")

    def write_payouts(self) -> None:
        payouts = self.events.payouts
        columns: dict[str, object] = {
            "payout_id": self.draw_ids("payout", len(payouts.partner)),
            "paid_at": self.moments(payouts.moment),
            "partner_id": self.ids["partner"][payouts.partner],
            "account_id": self.ids["bank_account"][payouts.account],
            "amount": payouts.amount,
            "currency": self.currencies[self.world.shops.country[payouts.partner]],
        }
        self._save("payouts", columns, "paid_at")

    def write_transfers(self) -> None:
        transfers = self.events.transfers
        columns: dict[str, object] = {
            "transfer_id": self.draw_ids("transfer", len(transfers.source)),
            "at": self.moments(transfers.moment),
            "from_account_id": self.ids["bank_account"][transfers.source],
            "to_account_id": self.ids["bank_account"][transfers.target],
            "amount": transfers.amount,
            "currency": self.currencies[self.account_country[transfers.source]],
        }
        self._save("transfers", columns, "at")

    def write_logins(self) -> None:
        logins = self.events.logins
        columns: dict[str, object] = {
            "partner_id": self.ids["partner"][logins.partner],
            "device_id": self.ids["device"][logins.device],
            "at": self.moments(logins.moment),
        }
        self._save("partner_logins", columns, "at")

    def write_labels(self, labels: list[Label]) -> None:
        columns: dict[str, object] = {
            "kind": [one.kind for one in labels],
            "id": [self.ids[one.kind][one.number] for one in labels],
            "verdict": ["fraud" if one.fraud else "legit" for one in labels],
            "known_at": self.moments([one.known for one in labels]),
        }
        self._save("labels", columns, "known_at")
