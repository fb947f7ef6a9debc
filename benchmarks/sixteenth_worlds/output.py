"""From numbers to tables: opaque ids, moments, names, what is left out, and the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.sixteenth_worlds.climate import DAY_MS, LANDS, TRADES
from benchmarks.sixteenth_worlds.money import Table
from benchmarks.sixteenth_worlds.names import names_of
from benchmarks.sixteenth_worlds.review import KINDS
from benchmarks.sixteenth_worlds.town import NEVER, Bools, Floats
from benchmarks.sixteenth_worlds.trade import Orders, by_the_clock
from benchmarks.sixteenth_worlds.world import World

OUTCOMES = np.array(["open", "paid", "refunded", "disputed", "defaulted"], dtype=object)
DEVICE_KINDS = np.array(["mobile", "desktop", "tablet", "server", "unknown"], dtype=object)
Texts = NDArray[np.object_]
Frames = dict[str, pd.DataFrame]


def shown(values: Texts, seen: Bools) -> Texts:
    """The same values where they are seen, and nothing elsewhere."""
    held = values.copy()
    held[~seen] = None
    return held


class Writer:
    """Turns a world into frames; holds the ids that stand for its numbers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        town = world.town
        self.sizes = (world.climate.partners, len(town.consumers), town.devices, town.accounts)
        style = self.rng.integers(0, 3)
        prefixes = (("p", "c", "d", "a"), ("S-", "U-", "T-", "B-"), ("m_", "k_", "x_", "i_"))[style]
        self.ids = {
            kind: self.opaque(size, prefix)
            for kind, size, prefix in zip(KINDS, self.sizes, prefixes, strict=True)
        }

    def opaque(self, n: int, prefix: str) -> Texts:
        """n ids that say nothing."""
        drawn = self.rng.permutation(n * 4 + 64)[:n]
        mixed = (drawn.astype(object) * 2_654_435_761 + int(self.rng.integers(0, 1 << 30))) % (1 << 40)
        return np.array([f"{prefix}{int(one):010x}" for one in mixed], dtype=object)

    def moments(self, day: Floats) -> pd.DatetimeIndex:
        """Days from the start as moments; NaN stays empty."""
        ms = (
            np.where(np.isfinite(day), np.nan_to_num(day) * DAY_MS, 0).astype(np.int64)
            + self.world.climate.start
        )
        if self.world.climate.whole_seconds:
            ms = ms // 1000 * 1000
        values = ms.astype("datetime64[ms]")
        values[~np.isfinite(day)] = np.datetime64("NaT")
        return pd.DatetimeIndex(values).tz_localize("UTC")

    def hidden(self, values: Texts, column: int) -> Texts:
        """The same values, some of them missing, as often as this world misses that column."""
        gone = self.rng.random(len(values)) < self.world.climate.hide_column[column]
        return shown(np.asarray(values, dtype=object), ~gone)

    def hidden_days(self, day: Floats, column: int) -> pd.DatetimeIndex:
        """The same for moments."""
        gone = self.rng.random(day.size) < self.world.climate.hide_column[column]
        return self.moments(np.where(gone, np.nan, day))

    def frames(self, orders: Orders, paid: Table, logins: Table, moved: Table, labels: Table) -> Frames:
        """All input tables."""
        rng, climate, ids = self.rng, self.world.climate, self.ids
        partners = self.world.town.partners
        currency = np.array([LANDS[code][1] for code in climate.lands], dtype=object)
        shown_device, shown_account = self._shown(orders)
        dated = np.isfinite(orders.ended) & (rng.random(orders.day.size) >= climate.hide_outcome_at)
        first_order = np.full(self.sizes[1], np.inf)
        np.minimum.at(first_order, orders.consumer, orders.day)
        frames = {
            "orders": pd.DataFrame(
                {
                    "order_id": self.opaque(orders.day.size, "o"),
                    "placed_at": self.moments(orders.day),
                    "consumer_id": ids["consumer"][orders.consumer],
                    "partner_id": ids["partner"][orders.partner],
                    "device_id": shown(ids["device"][orders.device], shown_device),
                    "account_id": shown(ids["bank_account"][orders.account], shown_account),
                    "amount": orders.amount,
                    "currency": currency[partners.land[orders.partner]],
                    "outcome": OUTCOMES[orders.fate],
                    "outcome_at": self.moments(np.where(dated, orders.ended, np.nan)),
                }
            ),
            "payouts": pd.DataFrame(
                {
                    "payout_id": self.opaque(len(paid["day"]), "y"),
                    "paid_at": self.moments(paid["day"]),
                    "partner_id": ids["partner"][paid["partner"]],
                    "account_id": ids["bank_account"][paid["account"]],
                    "amount": paid["amount"],
                    "currency": currency[partners.land[paid["partner"]]],
                }
            ),
            "partner_logins": pd.DataFrame(
                {
                    "partner_id": ids["partner"][logins["partner"]],
                    "device_id": ids["device"][logins["device"]],
                    "at": self.moments(logins["day"]),
                }
            ),
            "transfers": pd.DataFrame(
                {
                    "transfer_id": self.opaque(len(moved["day"]), "t"),
                    "at": self.moments(moved["day"]),
                    "from_account_id": ids["bank_account"][moved["source"]],
                    "to_account_id": ids["bank_account"][moved["target"]],
                    "amount": moved["amount"],
                    "currency": currency[moved["land"]],
                }
            ),
            "labels": self._labels(labels),
            "partners": self._partners(),
            "consumers": self._consumers(first_order),
        }
        for kind, key in (("device", "device_id"), ("bank_account", "account_id")):
            frames[f"{kind}s"] = self._things(kind, key, self._first(kind, orders, paid, logins, moved))
        sort = {
            "orders": "placed_at",
            "payouts": "paid_at",
            "partner_logins": "at",
            "transfers": "at",
            "labels": "known_at",
        }
        for name, frame in frames.items():
            by = sort.get(name, frame.columns[0])
            frames[name] = frame.sort_values([by, *frame.columns[:1]], kind="stable", ignore_index=True)
        return frames

    def _shown(self, orders: Orders) -> tuple[Bools, Bools]:
        """Which orders show their device, and which their account: less at some shops, and of some people."""
        rng, climate = self.rng, self.world.climate
        shy = np.clip(climate.hide_device * rng.lognormal(-0.2, 0.6, self.sizes[0]), 0, 0.9)[orders.partner]
        wallet = np.clip(climate.hide_account * rng.lognormal(-0.2, 0.6, self.sizes[1]), 0, 0.95)[
            orders.consumer
        ]
        return rng.random(shy.size) >= shy, rng.random(shy.size) >= wallet

    def _labels(self, labels: Table) -> pd.DataFrame:
        kind = np.asarray(labels["kind"], np.int64)
        named = [self.ids[KINDS[of]][int(one)] for of, one in zip(kind, labels["id"], strict=True)]
        return pd.DataFrame(
            {
                "kind": np.array(KINDS, dtype=object)[kind],
                "id": np.array(named, dtype=object),
                "verdict": np.where(np.asarray(labels["verdict"]) == 1, "fraud", "legit").astype(object),
                "known_at": self.moments(np.asarray(labels["day"], float)),
            }
        )

    def _partners(self) -> pd.DataFrame:
        rng, climate, partners = self.rng, self.world.climate, self.world.town.partners
        code = np.array([rng.choice(TRADES[trade].codes) for trade in partners.trade], dtype=object)
        land = np.array([LANDS[one][0] for one in climate.lands], dtype=object)[partners.land]
        name, legal, site = names_of(rng, partners.stem, land, code)
        closed = np.where(partners.off < min(climate.days, NEVER), partners.off, np.nan)
        return pd.DataFrame(
            {
                "partner_id": self.ids["partner"],
                "name": name,
                "legal_name": self.hidden(legal, 0),
                "category": self.hidden(code, 1),
                "country": self.hidden(land, 2),
                "website": self.hidden(site, 3),
                "onboarded_at": self.moments(partners.on),
                "closed_at": self.moments(closed),
            }
        )

    def _consumers(self, first_order: Floats) -> pd.DataFrame:
        rng, climate, people = self.rng, self.world.climate, self.world.town.consumers
        created = np.minimum(
            by_the_clock(rng, people.created), first_order - rng.exponential(0.25, people.land.size)
        )
        land = np.array([LANDS[one][0] for one in climate.lands], dtype=object)[people.land]
        frame = pd.DataFrame(
            {
                "consumer_id": self.ids["consumer"],
                "country": self.hidden(land, 4),
                "created_at": self.hidden_days(created, 5),
            }
        )
        return frame[np.isfinite(first_order) | (rng.random(len(frame)) < 0.5)]

    def _first(self, kind: str, orders: Orders, paid: Table, logins: Table, moved: Table) -> Floats:
        """The day on which each device or account is first used."""
        first = np.full(self.sizes[KINDS.index(kind)], np.inf)
        uses = (
            [(orders.device, orders.day), (logins["device"], logins["day"])]
            if kind == "device"
            else [
                (orders.account, orders.day),
                (paid["account"], paid["day"]),
                (moved["source"], moved["day"]),
                (moved["target"], moved["day"]),
            ]
        )
        for ids, day in uses:
            np.minimum.at(first, np.asarray(ids, np.int64), np.asarray(day, float))
        return first

    def _things(self, kind: str, key: str, first: Floats) -> pd.DataFrame:
        rng, climate, town = self.rng, self.world.climate, self.world.town
        age = np.concatenate(town.device_age if kind == "device" else town.account_age)
        age = np.where(age > 7_000, 7_000 * rng.random(age.size), age)
        known = np.where(rng.random(first.size) < 0.5, 0.01 * rng.random(first.size), 1.0)
        since = first - age * known if kind == "device" else first - 0.5 - age
        since = np.where(np.isfinite(since), since, np.nan)
        if kind == "device":
            kinds = np.concatenate(town.device_kind)
            kinds = np.where(rng.random(kinds.size) < 0.05, 4, kinds)
            columns = {
                "kind": self.hidden(DEVICE_KINDS[kinds], 6),
                "first_seen_at": self.hidden_days(since, 7),
            }
        else:
            lands = np.array([LANDS[one][0] for one in climate.lands], dtype=object)
            here = lands[np.concatenate(town.account_land)]
            columns = {"country": self.hidden(here, 4), "opened_at": self.hidden_days(since, 8)}
        frame = pd.DataFrame({key: self.ids[kind], **columns})
        return frame[np.isfinite(first) & (rng.random(first.size) >= climate.hide_row)]

    def truth(self, frames: Frames) -> Frames:
        """Rings, their members and the look-alikes; only who and what can be seen in the tables."""
        orders, moved = frames["orders"], frames["transfers"]
        seen: dict[str, set[str]] = {
            "partner": set(frames["partners"]["partner_id"]),
            "consumer": set(orders["consumer_id"]),
            "device": {*orders["device_id"].dropna(), *frames["partner_logins"]["device_id"]},
            "bank_account": {
                *orders["account_id"].dropna(),
                *frames["payouts"]["account_id"],
                *moved["from_account_id"],
                *moved["to_account_id"],
            },
        }
        reviewed = set(zip(frames["labels"]["kind"], frames["labels"]["id"], strict=True))
        rings, members, alike = [], [], []
        order = self.rng.permutation(len(self.world.parties))
        for number, place in enumerate(order):
            party = self.world.parties[place]
            roles: dict[tuple[str, str], str] = {}
            for kind, one, role in party.members:
                name = str(self.ids[kind][one])
                if name in seen[kind]:
                    roles.setdefault((kind, name), role)
            rows = [(kind, name, role) for (kind, name), role in sorted(roles.items())]
            if party.crooked:
                ring = f"ring-{number:03d}"
                labelled = any((kind, name) in reviewed for kind, name, _ in rows)
                rings.append((ring, party.typology, round(party.care, 4), labelled, party.lo, party.hi))
                members += [(ring, *row) for row in rows]
            else:
                alike += [(f"group-{number:03d}", party.typology, *row) for row in rows]
        columns = ["ring_id", "typology", "carefulness", "labelled", "first_at", "last_at"]
        frame = pd.DataFrame(rings, columns=columns)
        for name in ("first_at", "last_at"):
            frame[name] = self.moments(frame[name].to_numpy(float))
        return {
            "rings": frame,
            "ring_members": pd.DataFrame(members, columns=["ring_id", "kind", "id", "role"]),
            "look_alikes": pd.DataFrame(alike, columns=["group_id", "look_alike", "kind", "id", "role"]),
        }


def write(frames: Frames, folder: Path) -> None:
    """One Parquet file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
