"""Writes a world as the contract says, and its truth beside it: whole or not at all, in bounded memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from graph.synthetic.adversary import Adversary
from graph.synthetic.days import Play, play, prepare
from graph.synthetic.firm import FAR_S, draw_firm, stream
from graph.synthetic.honest import AFTER_RINGS, BEFORE_RINGS
from graph.synthetic.identifiers import Identifiers
from graph.synthetic.labels import draw_labels
from graph.synthetic.misfortunes import bad_luck
from graph.synthetic.names import legal_names, websites
from graph.synthetic.rings import plant_rings
from graph.synthetic.thieves import thieves
from graph.synthetic.world import World, honest_logins

ROWS_A_CHUNK = 250_000
"""Rows that are kept before they are written: some 30 MB of orders."""
OUTCOMES = ("paid", "refunded", "disputed", "defaulted", "open")
DEVICE_KINDS = ("mobile", "desktop", "tablet", "server", "unknown")
KINDS = ("partner", "consumer", "device", "bank_account")
ID_COLUMNS = {
    "partner_id": "partner",
    "consumer_id": "consumer",
    "device_id": "device",
    "account_id": "bank_account",
    "from_account_id": "bank_account",
    "to_account_id": "bank_account",
}
OWN_IDS = {"orders": "order_id", "payouts": "payout_id", "transfers": "transfer_id"}
RING_COLUMNS = pa.schema(
    [
        ("ring_id", pa.string()),
        ("typology", pa.string()),
        ("carefulness", pa.float64()),
        ("labelled", pa.bool_()),
        ("first_at", pa.timestamp("us")),
        ("last_at", pa.timestamp("us")),
    ]
)
PROFILES = ("real", "easy", "honest")
ORDER_OF_COLUMNS = {
    "orders": (
        "order_id", "placed_at", "consumer_id", "partner_id", "device_id", "account_id", "amount", "currency",
        "outcome", "outcome_at",
    ),
    "payouts": ("payout_id", "paid_at", "partner_id", "account_id", "amount", "currency"),
    "partner_logins": ("partner_id", "device_id", "at"),
    "transfers": ("transfer_id", "at", "from_account_id", "to_account_id", "amount", "currency"),
}  # fmt: skip


class SyntheticError(ValueError):
    """A world cannot be made as asked."""


def write_world(
    out: Path,
    *,
    seed: int,
    partners: int = 2000,
    orders: int = 300_000,
    profile: str = "real",
    format: str = "parquet",
    adversary: Adversary | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the tables of a made-up world to the folder `out` and its truth to the folder `<out>.truth`.

    The same arguments give the same bytes. `profile` is "real", "easy" (all rings careless) or "honest"
    (look-alikes and neither ring nor thief: the truth's tables of rings are empty), `format` "parquet" or
    "csv". `adversary` says what ring makers do beyond their typology so as not to be found. `progress` is
    called with the orders written and asked for. Memory grows with consumers (about one for six orders), not
    with orders. Raises SyntheticError where `out` or its truth holds something already, or an argument makes
    no world.
    """
    _check(out, partners=partners, orders=orders, profile=profile, format_=format)
    truth = out.with_name(f"{out.name}.truth")
    new, new_truth = (path.with_name(f".{path.name}.partial") for path in (out, truth))
    for folder in (new, new_truth):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        world = _make(
            seed=seed,
            partners=partners,
            orders=orders,
            profile=profile,
            adversary=adversary or Adversary(),
        )
        ready = prepare(world)
        ids = {kind: Identifiers(seed, kind) for kind in KINDS}
        tables = _Tables(new, format)
        tables.entities(world, ready, ids)
        tables.events(ready, ids, progress)
        _write_truth(new_truth, world, ready, ids)
        for folder, final in ((new_truth, truth), (new, out)):
            if final.exists():
                final.rmdir()
            folder.rename(final)
    finally:
        for folder in (new, new_truth):
            shutil.rmtree(folder, ignore_errors=True)


def _check(out: Path, *, partners: int, orders: int, profile: str, format_: str) -> None:
    for folder in (out, out.with_name(f"{out.name}.truth")):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SyntheticError(
                f"{folder} is there already and not empty; name another folder or remove it."
            )
    if profile not in PROFILES:
        raise SyntheticError(f'There is no profile "{profile}"; choose "real", "easy" or "honest".')
    if format_ not in ("parquet", "csv"):
        raise SyntheticError(f'There is no format "{format_}"; choose "parquet" or "csv".')
    if partners < 100:
        raise SyntheticError(f"A world needs 100 partners or more to hide rings in, not {partners}.")
    if orders < 20 * partners:
        raise SyntheticError(
            f"{partners} partners need {20 * partners} orders or more (20 a partner), not {orders}."
        )


def _make(*, seed: int, partners: int, orders: int, profile: str, adversary: Adversary) -> World:
    world = World(draw_firm(seed=seed, partners=partners, orders=orders, easy=profile == "easy"), adversary)
    honest_logins(world, stream(seed, "logins"))
    for plant in BEFORE_RINGS:
        plant(world, stream(seed, plant.__name__))
    if profile != "honest":
        plant_rings(world)
    # bad luck is noted last, whoever has it
    for plant in (*AFTER_RINGS, bad_luck) if profile == "honest" else (*AFTER_RINGS, thieves, bad_luck):
        plant(world, stream(seed, plant.__name__))
    return world


def _times(seconds: NDArray[np.integer], *, text: bool) -> pa.Array:
    """Moments; FAR_S and -1 stand for none."""
    missing = (seconds >= FAR_S) | (seconds == -1)
    whole = pa.array(np.where(missing, 0, seconds).astype("datetime64[s]"), mask=missing)
    if text:
        return pc.strftime(whole, "%Y-%m-%dT%H:%M:%SZ")
    return whole.cast(pa.timestamp("ms")).cast(pa.timestamp("ms", "UTC"))


def _choices(texts: tuple[str, ...], codes: NDArray[np.integer]) -> pa.Array:
    return pa.array(texts).take(pa.array(codes.astype(np.int32)))


class _File:
    """One table's file, written in row groups of `ROWS_A_CHUNK`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer: pq.ParquetWriter | pyarrow.csv.CSVWriter | None = None
        self.kept: list[pa.Table] = []
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        self.kept.append(table)
        self.rows += len(table)
        if self.rows >= ROWS_A_CHUNK:
            self.flush()

    def flush(self) -> None:
        if not self.kept:
            return
        table = pa.concat_tables(self.kept)
        if self.writer is None:
            if self.path.suffix == ".csv":
                self.writer = pyarrow.csv.CSVWriter(self.path, table.schema)
            else:
                self.writer = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self.writer.write_table(table)
        self.kept, self.rows = [], 0

    def __enter__(self) -> _File:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        if self.writer is not None:
            self.writer.close()


class _Tables:
    """The data folder of a world while it is written."""

    def __init__(self, folder: Path, format_: str) -> None:
        self.folder, self.suffix, self.text = folder, format_, format_ == "csv"

    def _file(self, table: str) -> _File:
        return _File(self.folder / f"{table}.{self.suffix}")

    def _write(self, table: str, columns: dict[str, pa.Array]) -> None:
        with self._file(table) as file:
            file.add(pa.table(columns))

    def entities(self, world: World, ready: Play, ids: dict[str, Identifiers]) -> None:
        """The four tables of entities, oldest first, and the verdicts."""
        firm, shops = world.firm, world.partners
        rng = stream(firm.seed, "entities")
        legal = legal_names(world.name, shops.country, firm, rng)
        sites = websites(world.name, shops.country, firm, rng)
        order = np.argsort(shops.onboard_s, kind="stable")
        self._write(
            "partners",
            {
                "partner_id": ids["partner"].text(order),
                "name": pa.array([world.name[i] for i in order], pa.string()),
                "legal_name": pa.array([legal[i] for i in order], pa.string()),
                "category": _choices(tuple(one.mcc for one in firm.categories), shops.category[order]),
                "country": _choices(firm.countries, shops.country[order]),
                "website": pa.array([sites[i] for i in order], pa.string()),
                "onboarded_at": self._times(shops.onboard_s[order]),
                "closed_at": self._times(np.where(shops.close_s < firm.end_s, shops.close_s, FAR_S)[order]),
            },
        )
        people = ready.consumers
        self._write(
            "consumers",
            {
                "consumer_id": ids["consumer"].text(np.arange(len(people))),
                "country": _choices(firm.countries, people.country),
                "created_at": self._times(people.created_s),
            },
        )
        since, kind = world.devices.columns()
        kind = np.where(rng.random(len(kind)) < 0.05, 4, kind)
        order = np.argsort(since, kind="stable")
        self._write(
            "devices",
            {
                "device_id": ids["device"].text(order),
                "kind": _choices(DEVICE_KINDS, kind[order]),
                "first_seen_at": self._times(np.where(rng.random(len(since)) < 0.1, FAR_S, since)[order]),
            },
        )
        since, place = world.accounts.columns()
        order = np.argsort(since, kind="stable")
        self._write(
            "bank_accounts",
            {
                "account_id": ids["bank_account"].text(order),
                "country": _choices(firm.countries, place[order]),
                "opened_at": self._times(np.where(rng.random(len(since)) < 0.3, FAR_S, since)[order]),
            },
        )
        self._labels(world, ready, ids)

    def _labels(self, world: World, ready: Play, ids: dict[str, Identifiers]) -> None:
        parts = draw_labels(world)
        kinds = [kind for kind, codes, _, _ in parts for _ in range(len(codes))]
        texts = [
            text
            for kind, codes, _, _ in parts
            for text in ids[kind].text(ready.new_code[codes] if kind == "consumer" else codes).to_pylist()
        ]
        fraud = np.concatenate([np.full(len(codes), verdict) for _, codes, verdict, _ in parts])
        at = np.concatenate([at for *_, at in parts]).astype(np.int64)
        order = np.argsort(at, kind="stable")
        self._write(
            "labels",
            {
                "kind": pa.array([kinds[i] for i in order], pa.string()),
                "id": pa.array([texts[i] for i in order], pa.string()),
                "verdict": _choices(("legit", "fraud"), fraud[order].astype(np.int8)),
                "known_at": self._times(at[order]),
            },
        )

    def events(
        self, ready: Play, ids: dict[str, Identifiers], progress: Callable[[int, int], None] | None
    ) -> None:
        """The four tables of events, in order of time."""
        firm = ready.world.firm
        own = {table: Identifiers(firm.seed, table) for table in OWN_IDS}
        done = dict.fromkeys(ORDER_OF_COLUMNS, 0)
        with (
            self._file("orders") as orders,
            self._file("payouts") as payouts,
            self._file("partner_logins") as logins,
            self._file("transfers") as transfers,
        ):
            files = dict(zip(ORDER_OF_COLUMNS, (orders, payouts, logins, transfers), strict=True))
            for day in play(ready):
                for table, columns in day.items():
                    rows = len(next(iter(columns.values())))
                    numbers = np.arange(done[table], done[table] + rows)
                    made = {column: self._column(column, values, ids) for column, values in columns.items()}
                    if table in own:
                        made[OWN_IDS[table]] = own[table].text(numbers)
                        made["currency"] = pa.array([firm.currency]).take(
                            pa.array(np.zeros(rows, dtype=np.int32))
                        )
                    files[table].add(pa.table({name: made[name] for name in ORDER_OF_COLUMNS[table]}))
                    done[table] += rows
                if progress is not None:
                    progress(done["orders"], firm.orders)

    def _column(self, column: str, values: NDArray[np.generic], ids: dict[str, Identifiers]) -> pa.Array:
        if column in ID_COLUMNS:
            return ids[ID_COLUMNS[column]].text(values)  # type: ignore[arg-type]
        if column == "outcome":
            return _choices(OUTCOMES, values)  # type: ignore[arg-type]
        if column == "amount":
            return pa.array(values.astype(np.float64).round(2))
        return self._times(values)  # type: ignore[arg-type]

    def _times(self, seconds: NDArray[np.integer]) -> pa.Array:
        return _times(seconds, text=self.text)


def _write_truth(folder: Path, world: World, ready: Play, ids: dict[str, Identifiers]) -> None:
    """Rings, their members, look-alikes and the parameters drawn; always Parquet and JSON."""

    def texts(kind: str, codes: NDArray[np.integer]) -> list[str]:
        found: list[str] = ids[kind].text(ready.new_code[codes] if kind == "consumer" else codes).to_pylist()
        return found

    rings = [
        {
            "ring_id": f"ring-{number:04d}",
            "typology": ring.typology,
            "carefulness": ring.care,
            "labelled": ring.labelled,
            "first_at": np.datetime64(int(ring.first_s), "s").item(),
            "last_at": np.datetime64(int(ring.last_s), "s").item(),
        }
        for number, ring in enumerate(world.rings)
    ]
    members = {
        (f"ring-{number:04d}", kind, id_): role
        for number, ring in enumerate(world.rings)
        for kind, codes, role in ring.members
        for id_ in texts(kind, codes)
    }
    alike = [
        (f"group-{group:05d}", what, kind, id_)
        for group, what, kind, codes in world.look_alikes
        for id_ in texts(kind, codes)
    ]
    pq.write_table(pa.Table.from_pylist(rings, schema=RING_COLUMNS), folder / "rings.parquet")
    keys = sorted(members)
    pq.write_table(
        pa.table(
            {
                "ring_id": pa.array([one[0] for one in keys], pa.string()),
                "kind": pa.array([one[1] for one in keys], pa.string()),
                "id": pa.array([one[2] for one in keys], pa.string()),
                "role": pa.array([members[one] for one in keys], pa.string()),
            }
        ),
        folder / "ring_members.parquet",
    )
    names = ("group_id", "look_alike", "kind", "id")
    pq.write_table(
        pa.table({name: pa.array([row[i] for row in alike], pa.string()) for i, name in enumerate(names)}),
        folder / "look_alikes.parquet",
    )
    drawn = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in vars(world.firm).items()
        if name != "categories"
    }
    drawn["categories"] = [one.mcc for one in world.firm.categories]
    (folder / "world.json").write_text(json.dumps(drawn, indent=1) + "\n", encoding="utf-8")
