"""The tables as the contract wants them, and the truth beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.market import COUNTRIES, TRADES
from benchmarks.eighteenth_worlds.names import Texts, draw_ids, shop_names
from benchmarks.eighteenth_worlds.truth import Events, members
from benchmarks.eighteenth_worlds.world import OPEN_END, Floats, Ints, World

Frames = dict[str, pd.DataFrame]
DAY: Final = 86_400_000
PREFIXES: Final = {"partner": "p", "consumer": "c", "device": "d", "bank_account": "w"}
KEYS: Final = {"partner": "partner_id", "consumer": "consumer_id", "device": "device_id"}


class Writer:
    """Gives everybody an id and turns numbers and days into the columns of the contract."""

    def __init__(self, world: World, events: Events, labels: pd.DataFrame | None) -> None:
        self.world, self.events, self.labels, self.rng = world, events, labels, world.rng
        many = {
            "partner": world.climate.partners,
            "consumer": world.climate.consumers,
            "device": len(world.device_kind),
            "bank_account": len(world.account_country),
        }
        self.ids: dict[str, Texts] = {
            kind: draw_ids(self.rng, PREFIXES[kind], number) for kind, number in many.items()
        }
        self.codes = np.array([COUNTRIES[one].code for one in world.climate.countries], dtype=object)
        self.currencies = np.array([COUNTRIES[one].currency for one in world.climate.countries], dtype=object)

    def frames(self) -> Frames:
        """Every table that this world has."""
        made = {
            "partners": self._partners(),
            "consumers": self._consumers(),
            "devices": self._devices(),
            "bank_accounts": self._accounts(),
            **self._event_tables(),
        }
        if self.labels is not None:
            made["labels"] = self._labels(self.labels)
        for table, share in self.world.climate.listed.items():
            made[table] = made[table][self.rng.random(len(made[table])) < share]
        return {name: frame.reset_index(drop=True) for name, frame in made.items() if len(frame)}

    def truth(self) -> Frames:
        """`rings`, `ring_members` and `look_alikes`."""
        world, rng = self.world, self.rng
        rings, inside, alike = [], [], []
        guilty = (
            set() if self.labels is None else set(self._labels(self.labels).query("verdict == 'fraud'")["id"])
        )
        for name, plot in zip(draw_ids(rng, "g", len(world.plots)), world.plots, strict=True):
            if not plot.listed:
                continue
            part = members(world, plot, self.events)
            shops = int((part["kind"] == "partner").sum())
            if (shops < 2) if plot.story.shops[1] else ((part["kind"] == "consumer").sum() < 3):
                continue
            part["id"] = [self.ids[kind][one] for kind, one in zip(part["kind"], part["number"], strict=True)]
            part = part[["kind", "id", "role"]].sort_values(["kind", "id"])
            if plot.story.fraud:
                first, last = self.events.of(plot).span()
                labelled = not guilty.isdisjoint(part["id"])
                rings.append((name, plot.story.name, plot.care, labelled, first, last))
                inside.append(part.assign(ring_id=name))
            else:
                alike.append(part.assign(group_id=name, look_alike=plot.story.name))
        columns = ["ring_id", "typology", "carefulness", "labelled", "first_at", "last_at"]
        frame = pd.DataFrame(rings, columns=columns).sort_values("ring_id", ignore_index=True)
        for column in ("first_at", "last_at"):
            frame[column] = self._times(frame[column].to_numpy())
        members_of_rings = {one for part in inside for one in part["id"]}
        alike = [part[~part["id"].isin(members_of_rings)] for part in alike]
        both = pd.concat(inside).sort_values(["ring_id", "kind", "id"], ignore_index=True)
        honest = pd.concat(alike).sort_values(["group_id", "kind", "id"], ignore_index=True)
        return {
            "rings": frame,
            "ring_members": both[["ring_id", "kind", "id", "role"]],
            "look_alikes": honest[["group_id", "look_alike", "kind", "id", "role"]],
        }

    def _times(self, day: Floats) -> pd.Series[pd.Timestamp]:
        start = self.world.climate.first_day.astype("datetime64[ms]")
        missing = np.isnan(day)
        moments = start + np.floor(np.where(missing, 0.0, day) * DAY).astype("timedelta64[ms]")
        moments[missing] = np.datetime64("NaT")
        return pd.Series(pd.DatetimeIndex(moments).tz_localize("UTC"))

    def _fill(self, frame: pd.DataFrame, column: str, share: float) -> None:
        """Leave gaps in a column, or leave it out where nothing is filled."""
        if share <= 0:
            del frame[column]
        elif share < 1:
            frame[column] = frame[column].where(self.rng.random(len(frame)) < share, None)

    def _partners(self) -> pd.DataFrame:
        world = self.world
        named = shop_names(world)
        frame = pd.DataFrame({"partner_id": self.ids["partner"], "name": named["name"]})
        frame["legal_name"] = named["legal_name"]
        frame["category"] = np.array([one.mcc for one in TRADES], dtype=object)[world.trade]
        frame["country"] = self.codes[world.shop_country]
        frame["website"] = named["website"]
        frame["onboarded_at"] = self._times(world.onboarded)
        frame["closed_at"] = self._times(np.where(world.closed >= OPEN_END, np.nan, world.closed))
        for column in ("legal_name", "category", "country", "website", "closed_at"):
            self._fill(frame, column, world.climate.filled[column])
        return frame.sort_values("partner_id")

    def _consumers(self) -> pd.DataFrame:
        world = self.world
        frame = pd.DataFrame({"consumer_id": self.ids["consumer"]})
        frame["country"] = self.codes[world.person_country]
        frame["created_at"] = self._times(world.created)
        self._fill(frame, "country", world.climate.filled["consumer_country"])
        self._fill(frame, "created_at", world.climate.filled["created_at"])
        return frame.sort_values("consumer_id")

    def _devices(self) -> pd.DataFrame:
        world, events = self.world, self.events
        used = pd.concat([events.orders[["device", "at"]], events.logins[["device", "at"]]])
        first = used[used["device"] >= 0].groupby("device")["at"].min()
        number = first.index.to_numpy(dtype=np.int64)
        frame = pd.DataFrame({"device_id": self.ids["device"][number]})
        frame["kind"] = np.array(world.device_kind, dtype=object)[number]
        seen = np.minimum(np.array(world.device_seen)[number], first.to_numpy())
        frame["first_seen_at"] = self._times(seen)
        for column in ("kind", "first_seen_at"):
            self._fill(frame, column, world.climate.filled[column])
        return frame.sort_values("device_id")

    def _accounts(self) -> pd.DataFrame:
        world, events = self.world, self.events
        used = [events.orders[["account", "at"]], events.payouts[["account", "at"]]]
        if events.transfers is not None:
            for end in ("from", "to"):
                used.append(events.transfers[[end, "at"]].rename(columns={end: "account"}))
        both = pd.concat(used)
        first = both[both["account"] >= 0].groupby("account")["at"].min()
        number = first.index.to_numpy(dtype=np.int64)
        frame = pd.DataFrame({"account_id": self.ids["bank_account"][number]})
        frame["country"] = self.codes[np.array(world.account_country)[number]]
        opened = np.minimum(np.array(world.account_opened)[number], first.to_numpy())
        frame["opened_at"] = self._times(opened)
        self._fill(frame, "country", world.climate.filled["account_country"])
        self._fill(frame, "opened_at", world.climate.filled["opened_at"])
        return frame.sort_values("account_id")

    def _named(self, kind: str, numbers: Ints) -> Texts:
        """The ids, and nothing where the number is -1."""
        named = self.ids[kind][numbers]
        named[numbers < 0] = None
        return named

    def _event_tables(self) -> Frames:
        made = {"orders": self._orders(), "payouts": self._payouts(), "partner_logins": self._logins()}
        moved = self.events.transfers
        if moved is not None:
            moved = moved.sort_values("at", ignore_index=True)
            frame = pd.DataFrame({"transfer_id": draw_ids(self.rng, "t", len(moved))})
            frame["at"] = self._times(moved["at"].to_numpy())
            for end in ("from", "to"):
                frame[f"{end}_account_id"] = self._named("bank_account", moved[end].to_numpy())
            frame["amount"] = moved["amount"]
            frame["currency"] = self.currencies[moved["country"]]
            made["transfers"] = frame
        return made

    def _orders(self) -> pd.DataFrame:
        orders = self.events.orders.sort_values(["at", "person", "shop"], ignore_index=True)
        frame = pd.DataFrame({"order_id": draw_ids(self.rng, "o", len(orders))})
        frame["placed_at"] = self._times(orders["at"].to_numpy())
        frame["consumer_id"] = self._named("consumer", orders["person"].to_numpy())
        frame["partner_id"] = self._named("partner", orders["shop"].to_numpy())
        frame["device_id"] = self._named("device", orders["device"].to_numpy())
        frame["account_id"] = self._named("bank_account", orders["account"].to_numpy())
        frame["amount"] = orders["amount"]
        frame["currency"] = self.currencies[self.world.shop_country[orders["shop"]]]
        frame["outcome"] = orders["outcome"]
        frame["outcome_at"] = self._times(orders["outcome_at"].to_numpy())
        undated = self.rng.random(len(frame)) > self.world.climate.filled["paid_at"]
        frame.loc[undated & (frame["outcome"] == "paid"), "outcome_at"] = pd.NaT
        return frame

    def _payouts(self) -> pd.DataFrame:
        paid = self.events.payouts.sort_values(["at", "shop"], ignore_index=True)
        frame = pd.DataFrame({"payout_id": draw_ids(self.rng, "y", len(paid))})
        frame["paid_at"] = self._times(paid["at"].to_numpy())
        frame["partner_id"] = self._named("partner", paid["shop"].to_numpy())
        frame["account_id"] = self._named("bank_account", paid["account"].to_numpy())
        frame["amount"] = np.round(paid["amount"], 2)
        frame["currency"] = self.currencies[self.world.shop_country[paid["shop"]]]
        return frame

    def _logins(self) -> pd.DataFrame:
        entered = self.events.logins.sort_values(["at", "shop", "device"], ignore_index=True)
        frame = pd.DataFrame({"partner_id": self._named("partner", entered["shop"].to_numpy())})
        frame["device_id"] = self._named("device", entered["device"].to_numpy())
        frame["at"] = self._times(entered["at"].to_numpy())
        return frame

    def _labels(self, labels: pd.DataFrame) -> pd.DataFrame:
        ids = [self.ids[kind][one] for kind, one in zip(labels["kind"], labels["number"], strict=True)]
        frame = pd.DataFrame({"kind": labels["kind"], "id": ids})
        frame["verdict"] = np.where(labels["fraud"], "fraud", "legit")
        frame["known_at"] = self._times(labels["known_at"].to_numpy())
        return frame.sort_values(["known_at", "id"], ignore_index=True)


def write(frames: Frames, folder: Path) -> None:
    """Write each table as Parquet into a folder that is made for it."""
    folder.mkdir(parents=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
