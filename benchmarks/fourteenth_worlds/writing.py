"""A world on disk: tables as the contract has them, ids that say nothing, and the truth beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.fourteenth_worlds.climate import COUNTRIES, DAY, TRADES, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import KINDS, NOBODY, Batch, World
from benchmarks.fourteenth_worlds.settle import first_seen

FATES = np.array(["open", "paid", "refunded", "disputed", "defaulted"], dtype=object)
Names = np.ndarray[tuple[int], np.dtype[np.object_]]


class Ids:
    """Ids of one world: a prefix and a number or a hash, in no order."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.way = rng, int(rng.integers(0, 3))

    def of(self, prefix: str, n: int) -> Names:
        """n ids."""
        if self.way == 0:
            number = self.rng.permutation(n) + 10 ** (len(str(n)))
            return np.array([f"{prefix}{one}" for one in number], dtype=object)
        number = self.rng.choice(2**40, n + n // 50 + 10, replace=True)
        number = self.rng.permutation(np.unique(number))[:n]
        pattern = "{}_{:010x}" if self.way == 1 else "{}-{:013d}"
        return np.array([pattern.format(prefix, one) for one in number.tolist()], dtype=object)


class Writer:
    """What is needed to write one world."""

    def __init__(self, world: World, folder: Path, labels: pd.DataFrame) -> None:
        rng = world.rng
        self.world, self.folder, self.labels = world, folder, labels
        self.ids = Ids(rng)
        self.partner = self.ids.of("m", world.shops.size)
        self.consumer = self.ids.of("c", world.people.size)
        self.device = self.ids.of("d", world.devices.size)
        self.account = self.ids.of("a", world.accounts.size)
        orders, logins, payouts, moves = world.orders, world.logins, world.payouts, world.transfers
        self.used = {
            "partner": np.arange(world.shops.size),
            "consumer": np.unique(orders["who"]).astype(np.int64),
            "device": _used(orders["device"], logins["device"]),
            "bank_account": _used(orders["account"], payouts["account"], moves["source"], moves["target"]),
        }
        self.names = {
            "partner": self.partner,
            "consumer": self.consumer,
            "device": self.device,
            "bank_account": self.account,
        }

    def time(self, seconds: Floats) -> pd.Series:
        """Moments of the world's granularity, NaT where there is none."""
        unit = self.world.climate.unit
        known = np.isfinite(seconds)
        micro = (np.floor(np.where(known, seconds, 0) / unit) * unit * 1e6).round().astype("int64")
        moments = pd.Series(micro.astype("datetime64[us]")).dt.tz_localize("UTC")
        return moments.where(known)

    def save(self, name: str, table: pd.DataFrame, by: str) -> None:
        """The table, in the order of that column."""
        table = table.iloc[self.world.rng.permutation(len(table))]  # what ties is in no order
        table.sort_values(by, kind="stable").reset_index(drop=True).to_parquet(
            self.folder / f"{name}.parquet", compression="zstd", index=False
        )

    def country(self, rows: Floats | Ints) -> Names:
        """Country codes."""
        codes: Names = np.array(self.world.climate.countries, dtype=object)
        found: Names = codes[np.asarray(rows).astype(np.int64)]
        return found

    def named(self, names: Names, rows: Floats) -> Names:
        """Ids of rows, None for nobody."""
        at = rows.astype(np.int64)
        found: Names = names[np.maximum(at, 0)]
        found[at == NOBODY] = None
        return found


def _used(*columns: Floats) -> Ints:
    rows = np.unique(np.concatenate(columns)).astype(np.int64)
    return np.asarray(rows[rows != NOBODY])


def write(world: World, folder: Path, labels: pd.DataFrame) -> None:
    """The world to the folder, its truth to the folder beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(world, folder, labels)
    _write_events(writer)
    _write_partners(writer)
    _write_others(writer)
    truth = folder.with_name(f"{folder.name}.truth")
    truth.mkdir(parents=True, exist_ok=True)
    _write_truth(writer, truth)


def _money(writer: Writer, country: Ints, amount: Floats) -> tuple[Floats, Names]:
    """Amounts at the price level of a country, in its currency."""
    of = [COUNTRIES[name] for name in writer.world.climate.countries]
    level = np.array([one[1] for one in of])[country]
    whole = np.abs(amount - np.round(amount)) < 1e-9
    scaled = amount * level
    scaled = np.where(whole, np.round(scaled), np.round(scaled, 2))
    return np.maximum(scaled, 0.01), np.array([one[0] for one in of], dtype=object)[country]


def _write_events(writer: Writer) -> None:
    world, ids = writer.world, writer.ids
    country = world.shops.whole("country")
    orders, payouts, logins, moves = world.orders, world.payouts, world.logins, world.transfers
    shop = orders["shop"].astype(np.int64)
    amount, currency = _money(writer, country[shop], orders["amount"])
    writer.save(
        "orders",
        pd.DataFrame(
            {
                "order_id": ids.of("o", orders.size),
                "placed_at": writer.time(orders["t"]),
                "consumer_id": writer.consumer[orders["who"].astype(np.int64)],
                "partner_id": writer.partner[shop],
                "device_id": writer.named(writer.device, orders["device"]),
                "account_id": writer.named(writer.account, orders["account"]),
                "amount": amount,
                "currency": currency,
                "outcome": FATES[orders["fate"].astype(np.int64)],
                "outcome_at": writer.time(orders["known"]),
            }
        ),
        "placed_at",
    )
    shop = payouts["shop"].astype(np.int64)
    amount, currency = _money(writer, country[shop], payouts["amount"])
    writer.save(
        "payouts",
        pd.DataFrame(
            {
                "payout_id": ids.of("p", len(shop)),
                "paid_at": writer.time(payouts["t"]),
                "partner_id": writer.partner[shop],
                "account_id": writer.account[payouts["account"].astype(np.int64)],
                "amount": amount,
                "currency": currency,
            }
        ),
        "paid_at",
    )
    shop = logins["shop"].astype(np.int64)
    device = writer.device[logins["device"].astype(np.int64)]
    table = pd.DataFrame(
        {"partner_id": writer.partner[shop], "device_id": device, "at": writer.time(logins["t"])}
    )
    writer.save("partner_logins", table, "at")
    if world.climate.has_transfers:
        source, target = moves["source"].astype(np.int64), moves["target"].astype(np.int64)
        amount, currency = _money(writer, world.accounts.whole("country")[source], moves["amount"])
        table = pd.DataFrame(
            {
                "transfer_id": ids.of("t", len(source)),
                "at": writer.time(moves["t"]),
                "from_account_id": writer.account[source],
                "to_account_id": writer.account[target],
                "amount": amount,
                "currency": currency,
            }
        )
        writer.save("transfers", table[source != target], "at")


def _write_partners(writer: Writer) -> None:
    world, shops, climate = writer.world, writer.world.shops, writer.world.climate
    closed = np.where(shops["closed"] < climate.end, shops["closed"], np.nan)
    table = pd.DataFrame(
        {
            "partner_id": writer.partner,
            "name": np.array(world.names, dtype=object),
            "legal_name": np.array([name or None for name in world.legal], dtype=object),
            "category": np.array([row[0] for row in TRADES], dtype=object)[shops.whole("trade")],
            "country": writer.country(shops["country"]),
            "website": np.array([name or None for name in world.sites], dtype=object),
            "onboarded_at": writer.time(shops["opened"]),
        }
    )
    if climate.has_closed:
        table["closed_at"] = writer.time(closed)
    writer.save("partners", table, "partner_id")


def _write_others(writer: Writer) -> None:
    world, climate, rng = writer.world, writer.world.climate, writer.world.rng
    orders, logins, payouts, moves = world.orders, world.logins, world.payouts, world.transfers
    rows = writer.used["consumer"]
    created = np.minimum(world.people["created"], _first(world.people.size, (orders, "who")) - 60)[rows]
    table = pd.DataFrame(
        {"consumer_id": writer.consumer[rows], "country": writer.country(world.people["country"][rows])}
    )
    if climate.has_created:
        table["created_at"] = writer.time(created)
    writer.save("consumers", table, "consumer_id")
    if climate.has_devices:
        rows = writer.used["device"]
        seen = _first(world.devices.size, (orders, "device"), (logins, "device"))[rows]
        seen = seen - rng.exponential(1.0, len(rows)) * np.where(rng.random(len(rows)) < 0.5, 0.0, 12 * DAY)
        kind = np.array(KINDS, dtype=object)[world.devices.whole("kind")[rows]]
        kind = np.where(rng.random(len(rows)) < climate.thin, None, kind)
        table = pd.DataFrame(
            {"device_id": writer.device[rows], "kind": kind, "first_seen_at": writer.time(seen)}
        )
        writer.save("devices", table, "device_id")
    if climate.has_accounts:
        rows = writer.used["bank_account"]
        ends = (orders, "account"), (payouts, "account"), (moves, "source"), (moves, "target")
        first = _first(world.accounts.size, *ends)[rows]
        opened = np.minimum(
            world.accounts["opened"][rows], first - rng.exponential(6, len(rows)) * DAY - 3600
        )
        opened = np.where(rng.random(len(rows)) < climate.thin * 0.5, np.nan, np.floor(opened / DAY) * DAY)
        table = pd.DataFrame(
            {"account_id": writer.account[rows], "country": writer.country(world.accounts["country"][rows])}
        )
        if climate.has_opened:
            table["opened_at"] = writer.time(opened)
        writer.save("bank_accounts", table, "account_id")
    labels = _known(writer, writer.labels)
    table = pd.DataFrame(
        {
            "kind": labels["kind"].to_numpy(dtype=object),
            "id": [writer.names[kind][row] for kind, row in zip(labels["kind"], labels["row"], strict=True)],
            "verdict": labels["verdict"].to_numpy(dtype=object),
            "known_at": writer.time(labels["at"].to_numpy(dtype=np.float64)),
        }
    )
    if climate.has_labels:
        writer.save("labels", table, "known_at")


def _first(size: int, *columns: tuple[Batch, str]) -> Floats:
    events = [(batch[name].astype(np.int64), batch["t"]) for batch, name in columns]
    return first_seen(size, *events)


def _known(writer: Writer, labels: pd.DataFrame) -> pd.DataFrame:
    """Labels of what there is to see."""
    seen = np.zeros(len(labels), dtype=bool)
    for kind, rows in writer.used.items():
        seen |= (labels["kind"] == kind).to_numpy() & labels["row"].isin(rows).to_numpy()
    return labels[seen]


def _write_truth(writer: Writer, truth: Path) -> None:
    world = writer.world
    used = {kind: set(rows.tolist()) for kind, rows in writer.used.items()}
    fraud = writer.labels[writer.labels["verdict"] == "fraud"]
    caught = {kind: set(part["row"].tolist()) for kind, part in fraud.groupby("kind")}
    rings, members = [], []
    names = world.rng.permutation(len(world.crews))
    for crew in world.crews:
        ring = f"r{names[crew.number]:03d}"
        core = "partner" if len(crew.shops) else "consumer"
        held = {
            (kind, role): rows & used[kind] for kind, of in crew.roles.items() for role, rows in of.items()
        }
        in_core = set().union(*(rows for (kind, _), rows in held.items() if kind == core))
        rings.append((ring, crew.typology, crew.care, bool(in_core & caught.get(core, set()))))
        for (kind, role), rows in sorted(held.items()):
            members += [(ring, kind, writer.names[kind][row], role) for row in sorted(rows)]
    table = pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"])
    table.sort_values("ring_id").to_parquet(truth / "rings.parquet", index=False)
    table = pd.DataFrame(members, columns=["ring_id", "kind", "id", "role"])
    table = table.drop_duplicates(["ring_id", "kind", "id"]).sort_values(["ring_id", "kind", "id"])
    table.to_parquet(truth / "ring_members.parquet", index=False)
    alike = [
        (f"g{number:04d}", kind, what, writer.names[what][row])
        for number, (kind, what, rows) in enumerate(world.alike)
        for row in rows
        if row in used[what]
    ]
    table = pd.DataFrame(alike, columns=["group_id", "look_alike", "kind", "id"])
    table.to_parquet(truth / "look_alikes.parquet", index=False)
