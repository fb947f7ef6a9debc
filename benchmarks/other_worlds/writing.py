"""A world as tables, and its truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

from benchmarks.other_worlds.draws import DAY_S, Dice
from benchmarks.other_worlds.labels import Label, Member
from benchmarks.other_worlds.money import Logins, Payouts, Transfers
from benchmarks.other_worlds.outcomes import SettledOrders
from benchmarks.other_worlds.trades import TRADES
from benchmarks.other_worlds.world import KINDS, OUTCOMES, World
from benchmarks.writing.units import Flags, Floats, Ints, Texts, earliest

DOMAINS: Final = [".com", ".eu", ".shop", ".net"]


@dataclass(frozen=True)
class Events:
    """All that happens in a world."""

    orders: SettledOrders
    payouts: Payouts
    transfers: Transfers
    logins: Logins

    def seen(self, world: World) -> tuple[Floats, Floats]:
        """(devices,) and (accounts,): the first event of each, inf where there is none."""
        orders, logins, payouts, transfers = self.orders, self.logins, self.payouts, self.transfers
        device = earliest(
            len(world.devices), (orders.device, orders.moment_s), (logins.device, logins.moment_s)
        )
        account = earliest(
            len(world.accounts),
            (orders.account, orders.moment_s),
            (payouts.account, payouts.moment_s),
            (transfers.source, transfers.moment_s),
            (transfers.target, transfers.moment_s),
        )
        return device, account


def true_members(world: World, events: Events) -> list[Member]:
    """Ring members without those that no event names, and consumers who never dealt with their ring."""
    orders, rings = events.orders, world.rings
    device, account = events.seen(world)
    seen = {
        "partner": world.everybody,
        "consumer": used_consumers(world, events),
        "device": np.isfinite(device),
        "bank_account": np.isfinite(account),
    }
    ring = world.partners.ring[orders.partner]
    dealt = set(zip(ring[ring >= 0].tolist(), orders.consumer[ring >= 0].tolist(), strict=True))

    def stays(number: int, kind: str, one: int) -> bool:
        if kind != "consumer" or len(rings[number].partners) == 0:
            return bool(seen[kind][one])
        return bool(seen[kind][one]) and (number, one) in dealt

    return sorted({member for member in world.ring_members if stays(*member)})


def used_consumers(world: World, events: Events) -> Flags:
    """(consumers,) those who ordered anything."""
    used = np.zeros(len(world.consumers), np.bool_)
    used[events.orders.consumer] = True
    return used


@dataclass(frozen=True)
class Writer:
    """Writes a world's tables to a folder; ids are drawn without regard to what they name."""

    folder: Path
    world: World
    events: Events
    ids: dict[str, Texts]

    @property
    def rng(self) -> Dice:
        """The world's."""
        return self.world.rng

    def moments(self, seconds: ArrayLike) -> pd.Series:
        """Moments in UTC of seconds from the window's start; NaT where they are not finite."""
        seconds = np.asarray(seconds, float)
        unknown = ~np.isfinite(seconds)
        micro = np.where(unknown, 0, (seconds + self.world.habits.start_s) * 1e6).round().astype("int64")
        moments = pd.Series(pd.to_datetime(micro, unit="us", utc=True))
        moments[unknown] = pd.NaT
        return moments

    def save(self, name: str, frame: pd.DataFrame, *, truth: bool = False, shuffle: bool = False) -> None:
        """One table, its rows in any order if `shuffle`."""
        if shuffle:
            frame = frame.iloc[self.rng.permutation(len(frame))]
        frame = frame.reset_index(drop=True)
        for column in frame.columns:
            if str(frame[column].dtype).startswith("datetime64[ns"):
                frame[column] = frame[column].dt.as_unit("us")
        folder = self.folder.with_name(f"{self.folder.name}.truth") if truth else self.folder
        folder.mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=1)

    def some(self, values: Texts, unknown: float) -> Texts:
        """The values, that share of them unknown."""
        return np.where(self.rng.random(len(values)) < unknown, None, values)


def write_tables(
    folder: Path, world: World, events: Events, members: list[Member], labels: list[Label]
) -> None:
    """Every table, and the truth beside the folder."""
    sizes = {
        "partner": ("P", world.n_partners),
        "consumer": ("C", len(world.consumers)),
        "device": ("D", len(world.devices)),
        "bank_account": ("A", len(world.accounts)),
    }
    ids = {kind: _draw_ids(world.rng, *size) for kind, size in sizes.items()}
    writer = Writer(folder, world, events, ids)
    _write_partners(writer)
    _write_consumers(writer)
    _write_identifiers(writer)
    _write_orders(writer)
    _write_money(writer)
    _write_labels(writer, labels)
    _write_truth(writer, members)


def _draw_ids(rng: Dice, prefix: str, n: int) -> Texts:
    """(n,) different ids that tell nothing of when or why they were drawn."""
    numbers = rng.integers(0, 2**47, int(n * 1.01) + 4)
    numbers = rng.permutation(np.unique(numbers))[:n]
    return np.array([f"{prefix}{number:012x}" for number in numbers.tolist()], dtype=object)


def _texts(values: list[str] | tuple[str, ...]) -> Texts:
    return np.array(values, dtype=object)


def _write_partners(writer: Writer) -> None:
    world, shops = writer.world, writer.world.partners
    website = [_website(writer.rng, name) for name in shops.name]
    closed = np.where(shops.closed_s < world.window_s, shops.closed_s, np.nan)
    codes = _texts([one.code for one in TRADES])
    countries = _texts([one.code for one in world.places.countries])
    columns = {
        "partner_id": writer.ids["partner"],
        "name": shops.name,
        "legal_name": shops.legal_name,
        "category": writer.some(codes[shops.trade], 0.02),
        "country": writer.some(countries[shops.country], 0.01),
        "website": website,
        "onboarded_at": writer.moments(shops.onboarded_s),
        "closed_at": writer.moments(closed),
    }
    writer.save("partners", pd.DataFrame(columns), shuffle=True)


def _website(rng: Dice, name: str) -> str | None:
    if rng.random() < 0.35:
        return None
    return "https://" + "".join(letter for letter in name.lower() if letter.isalnum()) + rng.choice(DOMAINS)


def _write_consumers(writer: Writer) -> None:
    world, people = writer.world, writer.world.consumers
    created = people["created_s"].copy()
    created[writer.rng.random(len(created)) < 0.04] = np.nan
    countries = _texts([one.code for one in world.places.countries])
    columns = {
        "consumer_id": writer.ids["consumer"],
        "country": writer.some(countries[people["country"]], 0.03),
        "created_at": writer.moments(created),
    }
    writer.save("consumers", pd.DataFrame(columns), shuffle=True)


def _write_identifiers(writer: Writer) -> None:
    """Devices and accounts that some event names, and a few that none does."""
    world, rng = writer.world, writer.rng
    first_of_device, first_of_account = writer.events.seen(world)
    device, account = (
        np.flatnonzero(np.isfinite(first) | (rng.random(len(first)) < 0.03))
        for first in (first_of_device, first_of_account)
    )
    seen = np.minimum(world.devices["seen_s"], first_of_device - 5)
    seen = np.where(rng.random(len(seen)) < 0.05, np.nan, seen)
    unknown = rng.random(len(first_of_account)) < 0.1
    opened = np.minimum(world.accounts["opened_s"], first_of_account - DAY_S)
    opened = np.where(unknown, np.nan, opened)
    columns = {
        "device_id": writer.ids["device"][device],
        "kind": _texts(KINDS)[world.devices["kind"][device]],
        "first_seen_at": writer.moments(seen[device]),
    }
    writer.save("devices", pd.DataFrame(columns), shuffle=True)
    countries = _texts([one.code for one in world.places.countries])
    columns = {
        "account_id": writer.ids["bank_account"][account],
        "country": writer.some(countries[world.accounts["country"][account]], 0.05),
        "opened_at": writer.moments(opened[account]),
    }
    writer.save("bank_accounts", pd.DataFrame(columns), shuffle=True)


def _write_orders(writer: Writer) -> None:
    ids, orders = writer.ids, writer.events.orders
    columns = {
        "order_id": _draw_ids(writer.rng, "O", len(orders.moment_s)),
        "placed_at": writer.moments(orders.moment_s),
        "consumer_id": ids["consumer"][orders.consumer],
        "partner_id": ids["partner"][orders.partner],
        "device_id": _where_known(orders.device, ids["device"]),
        "account_id": _where_known(orders.account, ids["bank_account"]),
        "amount": orders.amount,
        "currency": _currencies(writer.world)[writer.world.partners.country[orders.partner]],
        "outcome": _texts(OUTCOMES)[orders.outcome],
        "outcome_at": writer.moments(orders.known_s),
    }
    writer.save("orders", pd.DataFrame(columns))


def _where_known(numbers: Ints, ids: Texts) -> Texts:
    return np.where(numbers < 0, None, ids[numbers.clip(0)])


def _currencies(world: World) -> Texts:
    return _texts([one.currency for one in world.places.countries])


def _write_money(writer: Writer) -> None:
    """Payouts, logins and transfers, all of them by moment."""
    world, ids, events = writer.world, writer.ids, writer.events
    currencies = _currencies(world)
    order = np.argsort(events.payouts.moment_s, kind="stable")
    payouts = Payouts(*(one[order] for one in events.payouts))
    columns = {
        "payout_id": _draw_ids(writer.rng, "Y", len(order)),
        "paid_at": writer.moments(payouts.moment_s),
        "partner_id": ids["partner"][payouts.partner],
        "account_id": ids["bank_account"][payouts.account],
        "amount": payouts.amount,
        "currency": currencies[world.partners.country[payouts.partner]],
    }
    writer.save("payouts", pd.DataFrame(columns))
    columns = {
        "partner_id": ids["partner"][events.logins.partner],
        "device_id": ids["device"][events.logins.device],
        "at": writer.moments(events.logins.moment_s),
    }
    writer.save("partner_logins", pd.DataFrame(columns))
    transfers = events.transfers
    columns = {
        "transfer_id": _draw_ids(writer.rng, "X", len(transfers.moment_s)),
        "at": writer.moments(transfers.moment_s),
        "from_account_id": ids["bank_account"][transfers.source],
        "to_account_id": ids["bank_account"][transfers.target],
        "amount": transfers.amount,
        "currency": currencies[world.accounts["country"][transfers.source]],
    }
    writer.save("transfers", pd.DataFrame(columns))


def _write_labels(writer: Writer, labels: list[Label]) -> None:
    columns = {
        "kind": [one.kind for one in labels],
        "id": [writer.ids[one.kind][one.number] for one in labels],
        "verdict": ["fraud" if one.fraud else "legit" for one in labels],
        "known_at": writer.moments([one.known_s for one in labels]),
    }
    writer.save("labels", pd.DataFrame(columns), shuffle=True)


def _write_truth(writer: Writer, members: list[Member]) -> None:
    """The rings, their members, and the look-alikes as far as any event names them."""
    world, ids, rings = writer.world, writer.ids, writer.world.rings
    ring_ids = _draw_ids(writer.rng, "R", len(rings))
    columns = {
        "ring_id": ring_ids,
        "typology": [one.typology for one in rings],
        "carefulness": [one.care for one in rings],
        "labelled": [one.labelled for one in rings],
    }
    writer.save("rings", pd.DataFrame(columns), truth=True, shuffle=True)
    rows = [(ring_ids[ring], kind, ids[kind][one]) for ring, kind, one in members]
    frame = pd.DataFrame(rows, columns=["ring_id", "kind", "id"])
    writer.save("ring_members", frame, truth=True, shuffle=True)
    device, account = (np.isfinite(first) for first in writer.events.seen(world))
    used = {
        "partner": world.everybody,
        "consumer": used_consumers(world, writer.events),
        "device": device,
        "bank_account": account,
    }
    found = [
        (group, look_alike.name, kind, one)
        for group, look_alike in enumerate(world.look_alikes)
        for kind, numbers in look_alike.members.items()
        for one in ids[kind][numbers[used[kind][numbers]]]
    ]
    frame = pd.DataFrame(found, columns=["group", "look_alike", "kind", "id"])
    writer.save("look_alikes", frame, truth=True)
