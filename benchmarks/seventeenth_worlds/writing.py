"""From whole numbers and days to tables: ids, moments, gaps, and the files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.seventeenth_worlds.market import COUNTRIES, DAY_MS, TRADES, Flags, Floats, Market
from benchmarks.seventeenth_worlds.names import names_of
from benchmarks.seventeenth_worlds.outcomes import currencies
from benchmarks.seventeenth_worlds.review import review
from benchmarks.seventeenth_worlds.things import Rows
from benchmarks.seventeenth_worlds.world import World

DEVICE_KINDS: Final = np.array(["mobile", "desktop", "tablet", "server", "unknown"])
HOURS: Final = {
    "shopping": [3, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 12, 11, 10, 10, 11, 12, 14, 17, 18, 16, 11, 6],
    "office": [1, 1, 1, 1, 1, 1, 3, 8, 15, 18, 17, 15, 11, 13, 15, 14, 12, 9, 6, 5, 5, 4, 3, 2],
}


class Clock:
    """Turns days since the first one into moments; of each day, hours pass as fast as people are awake.

    The order of moments is kept, and nobody has hours of their own.
    """

    def __init__(self, market: Market, rng: np.random.Generator) -> None:
        self.market = market
        self.hours = {}
        for name, weights in HOURS.items():
            rates = np.array(weights, dtype=np.float64) * rng.lognormal(0, 0.15, 24)
            self.hours[name] = np.concatenate([[0.0], np.cumsum(rates) / rates.sum()])

    def at(self, t: Floats, hours: str) -> Floats:
        """Days to days, with the time of day that people have."""
        whole = np.floor(t)
        return np.asarray(whole + np.interp(t - whole, self.hours[hours], np.arange(25) / 24))

    def moments(self, t: Floats, hours: str) -> pd.Series:
        """Moments in milliseconds, UTC; NaT for NaN and the infinite."""
        fits = np.isfinite(t)
        ms = np.round(self.at(np.where(fits, t, 0.0), hours) * DAY_MS).astype(np.int64) + self.market.first_ms
        moments = ms.astype("datetime64[ms]")
        moments[~fits] = np.datetime64("NaT")
        return pd.Series(moments).dt.tz_localize("UTC")


def ids(rng: np.random.Generator, n: int, prefix: str, style: int) -> pd.Series:
    """n ids without any order."""
    if style == 0:
        numbers = rng.permutation(4 * n + 10)[:n] + 10 ** len(str(4 * n + 10))
        return pd.Series([f"{prefix}{one}" for one in numbers], dtype=object)
    drawn = np.unique(rng.integers(1 << 40, 1 << 48, n + n // 50 + 20))
    numbers = rng.permutation(drawn)[:n]
    mark = "-" if style == 1 else "_"
    return pd.Series([f"{prefix}{mark}{one:012x}" for one in numbers], dtype=object)


def joined(parts: list[Rows]) -> pd.DataFrame:
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


class Writer:
    """Writes one world: the tables into its folder, the truth beside it."""

    def __init__(self, world: World, orders: pd.DataFrame, payouts: pd.DataFrame) -> None:
        self.world, self.market, self.rng = world, world.market, world.rng
        rng = self.rng
        self.clock = Clock(world.market, rng)
        style = int(rng.integers(3))
        self.style = style
        self.ids = {
            "partner": ids(rng, world.market.partners, "P" if style == 0 else "prt", style),
            "consumer": ids(rng, world.market.consumers, "C" if style == 0 else "cus", style),
            "device": ids(rng, world.devices, "D" if style == 0 else "dev", style),
            "bank_account": ids(rng, world.accounts, "A" if style == 0 else "acc", style),
        }
        self.orders, self.payouts = orders, payouts
        self.logins = self._logins()
        self.transfers = self._transfers()

    def _logins(self) -> pd.DataFrame:
        rows, shops = joined(self.world.logins), self.world.shops
        inside = (rows["t"] >= 0) & (rows["t"] < self.market.days) & (rows["t"] >= shops.opened[rows["shop"]])
        inside &= rows["t"] < shops.closed[rows["shop"]] + 15
        return rows[inside].sort_values(["t", "shop", "device"], kind="stable").reset_index(drop=True)

    def _transfers(self) -> pd.DataFrame:
        rows = joined(self.world.transfers)
        inside = (rows["t"] >= 0) & (rows["t"] < self.market.days) & (rows["source"] != rows["target"])
        inside &= self.rng.random(len(rows)) < self.market.transfers
        rows = rows[inside].sort_values(["t", "source", "target"], kind="stable").reset_index(drop=True)
        country = np.concatenate(self.world.account_country)[rows["source"]]
        rows["currency"], worth = currencies(country)
        raw = np.maximum(rows["euros"].to_numpy() * worth, 0.5)
        style = self.rng.random(len(rows))
        round_ = np.where(style < 0.25, np.maximum(np.round(raw / 10) * 10, 5), np.maximum(np.round(raw), 1))
        rows["amount"] = np.where(style < 0.4, round_, np.round(raw, 2))
        return rows

    def hide(self, rows: pd.Series, share: float) -> pd.Series:
        """Empties a share of the values, whoever they belong to."""
        return rows.where(self.rng.random(len(rows)) >= share, None)

    def tables(self) -> dict[str, pd.DataFrame]:
        """All input tables, by name."""
        rng, market = self.rng, self.market
        orders = self.orders
        n = len(orders)
        no_device = rng.random(n) < market.no_device
        no_account = rng.random(n) < market.no_account
        currency, _ = currencies(self.world.shops.country[orders["shop"]])
        undated = (rng.random(n) < market.no_date) & (orders["t"].to_numpy() + 32 < market.days)
        known = np.where(undated, np.nan, orders["known"].to_numpy())
        made = {
            "orders": pd.DataFrame(
                {
                    "order_id": ids(rng, n, "O" if self.style == 0 else "ord", self.style),
                    "placed_at": self.clock.moments(orders["t"].to_numpy(), "shopping"),
                    "consumer_id": self._named("consumer", orders["who"]),
                    "partner_id": self._named("partner", orders["shop"]),
                    "device_id": self._named("device", orders["device"]).where(~no_device, None),
                    "account_id": self._named("bank_account", orders["account"]).where(~no_account, None),
                    "amount": orders["amount"],
                    "currency": currency,
                    "outcome": orders["outcome"],
                    "outcome_at": self.clock.moments(known, "office"),
                }
            )
        }
        self.seen_devices = orders["device"].to_numpy()[~no_device]
        self.seen_accounts = orders["account"].to_numpy()[~no_account]
        made["payouts"] = self._payouts()
        made["partner_logins"] = pd.DataFrame(
            {
                "partner_id": self._named("partner", self.logins["shop"]),
                "device_id": self._named("device", self.logins["device"]),
                "at": self.clock.moments(self.logins["t"].to_numpy(), "office"),
            }
        )
        made["transfers"] = pd.DataFrame(
            {
                "transfer_id": ids(rng, len(self.transfers), "T" if self.style == 0 else "trf", self.style),
                "at": self.clock.moments(self.transfers["t"].to_numpy(), "office"),
                "from_account_id": self._named("bank_account", self.transfers["source"]),
                "to_account_id": self._named("bank_account", self.transfers["target"]),
                "amount": self.transfers["amount"],
                "currency": self.transfers["currency"],
            }
        )
        made |= self._entities()
        labels = review(self.world, orders)
        names = [self.ids[kind].iloc[item] for kind, item in zip(labels["kind"], labels["item"], strict=True)]
        known_at = self.clock.moments(labels["t"].to_numpy(dtype=np.float64), "office")
        made["labels"] = pd.DataFrame(
            {"kind": labels["kind"], "id": names, "verdict": labels["verdict"], "known_at": known_at}
        )
        return made

    def _named(self, kind: str, items: pd.Series) -> pd.Series:
        return pd.Series(self.ids[kind].to_numpy()[items.to_numpy()], dtype=object)

    def _payouts(self) -> pd.DataFrame:
        rows = self.payouts.sort_values(["t", "shop"], kind="stable").reset_index(drop=True)
        currency, _ = currencies(self.world.shops.country[rows["shop"]])
        return pd.DataFrame(
            {
                "payout_id": ids(self.rng, len(rows), "Z" if self.style == 0 else "pay", self.style),
                "paid_at": self.clock.moments(rows["t"].to_numpy(), "office"),
                "partner_id": self._named("partner", rows["shop"]),
                "account_id": self._named("bank_account", rows["account"]),
                "amount": rows["amount"].round(2),
                "currency": currency,
            }
        )

    def _first_use(self, kind: str) -> Floats:
        """The day on which each device or account is first used; inf where it never is."""
        orders, logins, payouts, transfers = self.orders, self.logins, self.payouts, self.transfers
        first = np.full(self.world.devices if kind == "device" else self.world.accounts, np.inf)
        if kind == "device":
            uses = [(orders["device"], orders["t"]), (logins["device"], logins["t"])]
        else:
            uses = [(orders["account"], orders["t"]), (payouts["account"], payouts["t"])]
            uses += [(transfers["source"], transfers["t"]), (transfers["target"], transfers["t"])]
        for items, t in uses:
            np.minimum.at(first, items.to_numpy(), t.to_numpy())
        return first

    def _entities(self) -> dict[str, pd.DataFrame]:
        world, market, rng, gap = self.world, self.market, self.rng, self.market.no_field
        shops, people = world.shops, world.people
        names, legal, sites = names_of(shops, rng)
        codes = pd.Series([TRADES[one].code for one in shops.trade], dtype=object)
        where = np.array(COUNTRIES, dtype=object)
        partners = pd.DataFrame(
            {
                "partner_id": self.ids["partner"],
                "name": names,
                "legal_name": self.hide(pd.Series(legal, dtype=object), gap),
                "category": self.hide(codes, gap * 0.5),
                "country": self.hide(pd.Series(where[shops.country]), gap * 0.3),
                "website": self.hide(pd.Series(sites, dtype=object), gap),
                "onboarded_at": self.clock.moments(np.minimum(shops.opened, market.days - 0.01), "shopping"),
                "closed_at": self.clock.moments(
                    np.where(shops.closed < market.days, shops.closed, np.nan), "shopping"
                ),
            }
        )
        buys = np.zeros(market.consumers, dtype=bool)
        buys[self.orders["who"].to_numpy()] = True
        idle = people.created < market.days
        consumers = pd.DataFrame(
            {
                "consumer_id": self.ids["consumer"],
                "country": self.hide(pd.Series(where[people.country]), gap * 0.3),
                "created_at": self.clock.moments(people.created, "shopping"),
            }
        )[buys | (idle & (rng.random(market.consumers) < 0.3))]
        made = {"partners": partners, "consumers": self._some(consumers)}
        first = self._first_use("device")
        seen = first - np.concatenate(world.device_age)
        kinds = pd.Series(DEVICE_KINDS[np.concatenate(world.device_kind)], dtype=object)
        devices = pd.DataFrame(
            {
                "device_id": self.ids["device"],
                "kind": self.hide(kinds, gap * 0.4),
                "first_seen_at": self.clock.moments(seen, "shopping"),
            }
        )[np.isfinite(first)]
        made["devices"] = self._some(devices)
        first = self._first_use("bank_account")
        opened = first - np.concatenate(world.account_age)
        accounts = pd.DataFrame(
            {
                "account_id": self.ids["bank_account"],
                "country": self.hide(pd.Series(where[np.concatenate(world.account_country)]), gap * 0.4),
                "opened_at": self.clock.moments(opened, "shopping"),
            }
        )[np.isfinite(first)]
        made["bank_accounts"] = self._some(accounts)
        made["partners"] = partners.sort_values("partner_id").reset_index(drop=True)
        return made

    def _some(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Most rows of an entity table, ordered by id, some without their date."""
        kept = rows[self.rng.random(len(rows)) >= self.market.no_row]
        kept = kept.sort_values(str(rows.columns[0])).reset_index(drop=True)
        date = str(rows.columns[-1])
        kept[date] = kept[date].where(self.rng.random(len(kept)) >= self.market.no_field * 0.5)
        return kept

    def seen(self) -> dict[str, Flags]:
        """Which entities of each kind the written events name."""
        world = self.world
        flags = {
            "partner": np.ones(self.market.partners, dtype=bool),
            "consumer": np.zeros(self.market.consumers, dtype=bool),
            "device": np.zeros(world.devices, dtype=bool),
            "bank_account": np.zeros(world.accounts, dtype=bool),
        }
        flags["consumer"][self.orders["who"].to_numpy()] = True
        flags["device"][self.seen_devices] = True
        flags["device"][self.logins["device"].to_numpy()] = True
        flags["bank_account"][self.seen_accounts] = True
        flags["bank_account"][self.payouts["account"].to_numpy()] = True
        for end in ("source", "target"):
            flags["bank_account"][self.transfers[end].to_numpy()] = True
        return flags

    def truth(self, labels: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Rings, their members, and the groups that look like rings; `labels` say whom a review has named."""
        reviewed = set(zip(labels["kind"], labels["id"], strict=True))
        rng, seen = self.rng, self.seen()
        rings, members, alike = [], [], []
        names = {
            True: ids(rng, len(self.world.groups), "L", 1),
            False: ids(rng, len(self.world.rings), "R", 1),
        }
        for honest, groups in ((False, self.world.rings), (True, self.world.groups)):
            for name, group in zip(names[honest], groups, strict=True):
                rows = [
                    (name, kind, self.ids[kind].iloc[item], role)
                    for (kind, item), role in group.members.items()
                    if seen[kind][item]
                ]
                if honest:
                    alike += [(name, group.name, *row[1:]) for row in rows]
                else:
                    members += rows
                    labelled = any((kind, one) in reviewed for _, kind, one, _ in rows)
                    rings.append((name, group.name, round(group.careful, 3), labelled))
        made = {
            "rings": pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"]),
            "ring_members": pd.DataFrame(members, columns=["ring_id", "kind", "id", "role"]),
            "look_alikes": pd.DataFrame(alike, columns=["group_id", "look_alike", "kind", "id", "role"]),
        }
        return {
            name: rows.sort_values(list(rows.columns)).reset_index(drop=True) for name, rows in made.items()
        }


def write(folder: Path, tables: dict[str, pd.DataFrame], truth: dict[str, pd.DataFrame]) -> None:
    """Writes both folders."""
    beside = folder.with_name(f"{folder.name}.truth")
    for where, what in ((folder, tables), (beside, truth)):
        where.mkdir(parents=True, exist_ok=True)
        for name, rows in what.items():
            rows.to_parquet(where / f"{name}.parquet", index=False, compression="zstd")
