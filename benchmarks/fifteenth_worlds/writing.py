"""A world on disk: the tables of the contract, and the truth in the folder beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.fifteenth_worlds.climate import COUNTRIES, NOBODY, TRADES, Floats, Ints, Texts
from benchmarks.fifteenth_worlds.naming import Ids, names
from benchmarks.fifteenth_worlds.world import Group, World

ENDS = np.array(["open", "paid", "refunded", "disputed", "defaulted"], dtype=object)
KINDS = np.array(["mobile", "desktop", "tablet", "server", "unknown"], dtype=object)


@dataclass(frozen=True)
class Settled:
    """All that happened."""

    orders: pd.DataFrame
    payouts: pd.DataFrame
    transfers: pd.DataFrame
    logins: pd.DataFrame


class Writer:
    """Ids of everybody, and of each kind who and what the tables of events name, and since when."""

    def __init__(self, world: World, folder: Path, events: Settled) -> None:
        self.world, self.folder, self.events = world, folder, events
        self.ids = Ids(world.rng)
        has = world.climate.has
        orders, payouts = events.orders, events.payouts
        transfers = events.transfers if "transfers" in has else events.transfers.iloc[:0]
        logins = events.logins if "partner_logins" in has else events.logins.iloc[:0]
        self.transfers, self.logins = transfers, logins
        size = {
            "partner": world.climate.partners,
            "consumer": len(world.person["rate"]),
            "device": world.devices,
            "bank_account": world.accounts,
        }
        self.names = {kind: self.ids.draw(kind[0], n) for kind, n in size.items()}
        seen = {
            "partner": [(np.arange(size["partner"]), np.zeros(size["partner"]))],
            "consumer": [(orders["who"], orders["t"])],
            "device": [(orders["device"], orders["t"]), (logins["device"], logins["t"])],
            "bank_account": [
                (orders["account"], orders["t"]), (payouts["account"], payouts["t"]),
                (transfers["source"], transfers["t"]), (transfers["target"], transfers["t"]),
            ],
        }  # fmt: skip
        self.first = {kind: _first(n, seen[kind]) for kind, n in size.items()}

    def used(self, kind: str) -> Ints:
        """Those of a kind that an event names."""
        return np.flatnonzero(np.isfinite(self.first[kind]))

    def moments(self, t: Floats | pd.Series) -> pd.Series:
        """Days as moments of the world's granularity, missing where they are not finite."""
        climate, day = self.world.climate, np.asarray(t, dtype=np.float64)
        known = np.isfinite(day)
        micro = np.where(known, day, 0) * 86_400e6 // climate.unit_us * climate.unit_us
        found = climate.start.astype("datetime64[us]") + micro.astype("timedelta64[us]")
        found[~known] = np.datetime64("NaT")
        return pd.Series(found).dt.tz_localize("UTC")

    def named(self, kind: str, rows: pd.Series | Ints) -> Texts:
        """Ids, None for nobody."""
        at = np.asarray(rows, dtype=np.int64)
        return np.where(at == NOBODY, None, self.names[kind][at])

    def money(self, amount: pd.Series, country: Ints) -> dict[str, Floats | Texts]:
        """Amounts in the currencies of those countries."""
        rows = [COUNTRIES[name] for name in self.world.climate.countries]
        level, digits = (
            np.array([row[1] for row in rows])[country],
            np.array([row[2] for row in rows])[country],
        )
        scale = 10.0**digits
        value = np.maximum(np.round(amount.to_numpy() * level * scale), 1) / scale
        return {"amount": value, "currency": np.array([row[0] for row in rows], dtype=object)[country]}

    def countries(self, country: Ints) -> Texts:
        """Their codes."""
        return np.array(self.world.climate.countries, dtype=object)[country]

    def maybe(self, share: float, values: Texts | Floats) -> Texts | Floats:
        """The values, but for a share that is not known."""
        gone = self.world.rng.random(len(values)) < share
        return np.where(gone, None if values.dtype == object else np.nan, values)

    def save(self, name: str, columns: dict[str, object]) -> None:
        """A table, its rows in no order."""
        table = pd.DataFrame(columns)
        table = table.iloc[self.world.rng.permutation(len(table))].reset_index(drop=True)
        for column in table.columns:
            if table[column].dtype == object:
                table[column] = table[column].astype("string")
        table.to_parquet(self.folder / f"{name}.parquet", compression="zstd", index=False)


def _first(n: int, events: list[tuple[pd.Series | Ints, pd.Series | Floats]]) -> Floats:
    found = np.full(n, np.inf)
    for rows, t in events:
        at, when = np.asarray(rows, dtype=np.int64), np.asarray(t, dtype=np.float64)
        np.minimum.at(found, at[at != NOBODY], when[at != NOBODY])
    return found


def write(world: World, folder: Path, events: Settled, labels: pd.DataFrame) -> None:
    """The world to the folder, its truth to the folder beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(world, folder, events)
    _write_partners(writer)
    _write_events(writer)
    _write_owners(writer)
    seen = np.zeros(len(labels), dtype=bool)
    for kind in writer.first:
        seen |= ((labels["kind"] == kind) & labels["row"].isin(writer.used(kind))).to_numpy()
    labels = labels[seen]
    if "labels" in world.climate.has:
        ids = [writer.names[kind][row] for kind, row in zip(labels["kind"], labels["row"], strict=True)]
        verdict = np.where(labels["fraud"], "fraud", "legit").astype(object)
        known_at = writer.moments(labels["t"])
        writer.save(
            "labels",
            {"kind": labels["kind"].to_numpy(object), "id": ids, "verdict": verdict, "known_at": known_at},
        )
    truth = folder.with_name(f"{folder.name}.truth")
    truth.mkdir(parents=True, exist_ok=True)
    _write_truth(writer, truth, labels if "labels" in world.climate.has else labels.iloc[:0])


def _write_partners(writer: Writer) -> None:
    world, shop, climate = writer.world, writer.world.shop, writer.world.climate
    name, legal, site = names(world)
    category = np.array([row[0] for row in TRADES], dtype=object)[shop["trade"]]
    columns = {
        "partner_id": writer.names["partner"],
        "name": name,
        "legal_name": legal,
        "category": writer.maybe(climate.thin * 0.3, category),
        "country": writer.countries(shop["country"]),
        "website": site,
        "onboarded_at": writer.moments(shop["opened"]),
    }
    if "closed_at" in climate.has:
        columns["closed_at"] = writer.moments(np.where(shop["closed"] < climate.days, shop["closed"], np.nan))
    writer.save("partners", columns)


def _write_events(writer: Writer) -> None:
    world, ids, events = writer.world, writer.ids, writer.events
    country = world.shop["country"]
    orders, payouts, transfers, logins = events.orders, events.payouts, writer.transfers, writer.logins
    undated = world.rng.random(len(orders)) < world.climate.undated
    # an order that ended after its thirtieth day would be known too early without its date
    late = orders["known"] > orders["t"] + 30
    columns = {
        "order_id": ids.draw("o", len(orders)),
        "placed_at": writer.moments(orders["t"]),
        "consumer_id": writer.named("consumer", orders["who"]),
        "partner_id": writer.named("partner", orders["shop"]),
        "device_id": writer.named("device", orders["device"]),
        "account_id": writer.named("bank_account", orders["account"]),
        **writer.money(orders["amount"], country[orders["shop"]]),
        "outcome": ENDS[orders["fate"]],
        "outcome_at": writer.moments(np.where(undated & ~late, np.nan, orders["known"])),
    }
    writer.save("orders", columns)
    columns = {
        "payout_id": ids.draw("p", len(payouts)),
        "paid_at": writer.moments(payouts["t"]),
        "partner_id": writer.named("partner", payouts["shop"]),
        "account_id": writer.named("bank_account", payouts["account"]),
        **writer.money(payouts["amount"], country[payouts["shop"]]),
    }
    writer.save("payouts", columns)
    if len(logins):
        columns = {
            "partner_id": writer.named("partner", logins["shop"]),
            "device_id": writer.named("device", logins["device"]),
            "at": writer.moments(logins["t"]),
        }
        writer.save("partner_logins", columns)
    if len(transfers):
        places = np.concatenate(world.account_places)
        columns = {
            "transfer_id": ids.draw("t", len(transfers)),
            "at": writer.moments(transfers["t"]),
            "from_account_id": writer.named("bank_account", transfers["source"]),
            "to_account_id": writer.named("bank_account", transfers["target"]),
            **writer.money(transfers["amount"], places[transfers["source"]]),
        }
        writer.save("transfers", columns)


def _write_owners(writer: Writer) -> None:
    """Consumers, devices and accounts, as far as the world has their tables and columns."""
    world, climate, rng, has = writer.world, writer.world.climate, writer.world.rng, writer.world.climate.has
    if "consumers" in has:
        rows = writer.used("consumer")
        created = np.minimum(world.person["created"][rows], writer.first["consumer"][rows] - 1e-3)
        columns = {"consumer_id": writer.names["consumer"][rows]}
        columns["country"] = writer.maybe(climate.thin * 0.3, writer.countries(world.person["country"][rows]))
        if "created_at" in has:
            columns["created_at"] = writer.moments(writer.maybe(climate.thin * 0.3, created))
        writer.save("consumers", columns)
    if "devices" in has:
        rows = writer.used("device")
        before = np.where(rng.random(len(rows)) < 0.5, 0.0, rng.exponential(40, len(rows)))
        kind = KINDS[np.concatenate(world.device_kinds)[rows]]
        columns = {"device_id": writer.names["device"][rows], "kind": writer.maybe(climate.thin, kind)}
        if "first_seen_at" in has:
            columns["first_seen_at"] = writer.moments(writer.first["device"][rows] - before)
        writer.save("devices", columns)
    if "bank_accounts" in has:
        rows = writer.used("bank_account")
        country = writer.countries(np.concatenate(world.account_places)[rows])
        columns = {
            "account_id": writer.names["bank_account"][rows],
            "country": writer.maybe(climate.thin * 0.5, country),
        }
        if "opened_at" in has:
            opened = np.concatenate(world.account_opened)[rows]
            opened = np.minimum(
                opened, writer.first["bank_account"][rows] - rng.exponential(20, len(rows)) - 0.1
            )
            columns["opened_at"] = writer.moments(writer.maybe(climate.thin, np.floor(opened)))
        writer.save("bank_accounts", columns)


def _write_truth(writer: Writer, truth: Path, labels: pd.DataFrame) -> None:
    world = writer.world
    used = {kind: np.isfinite(first) for kind, first in writer.first.items()}
    fraud = labels[labels["fraud"]]
    caught = {kind: set(part["row"]) for kind, part in fraud.groupby("kind")}
    rings, members = [], []
    for number, gang in zip(world.rng.permutation(len(world.gangs)), world.gangs, strict=True):
        ring, core = f"ring-{number:03d}", "partner" if len(gang.shops) else "consumer"
        labelled = bool(set(gang.rows(core).tolist()) & caught.get(core, set()))
        rings.append((ring, gang.name, gang.care, labelled))
        members += [(ring, kind, writer.names[kind][row], role) for kind, role, row in _held(gang, used)]
    table = pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"])
    table.sort_values("ring_id").to_parquet(truth / "rings.parquet", index=False)
    table = pd.DataFrame(members, columns=["ring_id", "kind", "id", "role"])
    table = table.drop_duplicates(["ring_id", "kind", "id"]).sort_values(["ring_id", "kind", "id"])
    table.to_parquet(truth / "ring_members.parquet", index=False)
    alike = [
        (f"group-{number:04d}", group.name, kind, writer.names[kind][row])
        for number, group in enumerate(world.alike)
        for kind, _, row in _held(group, used)
    ]
    table = pd.DataFrame(alike, columns=["group_id", "look_alike", "kind", "id"])
    table.drop_duplicates().to_parquet(truth / "look_alikes.parquet", index=False)


def _held(group: Group, used: dict[str, np.ndarray]) -> list[tuple[str, str, int]]:
    """Members that the tables name: kind, role, row."""
    return [
        (kind, role, row)
        for (kind, role), rows in group.roles.items()
        for row in sorted(rows)
        if used[kind][row]
    ]
