"""The tables of the day after drawn links: what the benchmark of an increment adds to a graph of any size.

Most orders are those of known consumers at known partners, half of them by a pair that is linked already; one
consumer in ten is new, with a device and an account of its own. Beside them stand what else a day brings:
payouts, logins, transfers, outcomes of older orders, labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.drawn import PREFIXES
from graph.links import Links
from graph.schema import ENTITY_TABLES, NODES, Kind

DAY_MS: Final = 86_400_000
NEW_SHARE: Final = 0.1
LINKED_SHARE: Final = 0.5
OUTCOME_SHARE: Final = 0.05

Ids = NDArray[np.object_]


def write_drawn_day(links: Links, folder: Path, orders: int = 100_000, seed: int = 1) -> None:
    """Write a day's tables to the empty `folder`, all its moments in the day after `links.as_of_ms`."""
    random = np.random.default_rng(seed)
    ids = {node.kind: links.nodes(node.kind)[node.key].to_numpy(dtype=object) for node in NODES}
    new = {
        kind: np.array(
            [f"{PREFIXES[kind]}n{seed:04d}{number:08d}" for number in range(int(orders * NEW_SHARE))], object
        )
        for kind in (Kind.CONSUMER, Kind.DEVICE, Kind.BANK_ACCOUNT)
    }
    tables = {"orders": _orders(random, links, ids, new, orders)}
    for kind, added in new.items():
        key = next(node.key for node in NODES if node.kind is kind)
        tables[ENTITY_TABLES[kind]] = pa.table({key: added})
    few = orders // 20
    labels = min(few, 100)
    partners, devices, accounts = (
        random.choice(ids[kind], few) for kind in (Kind.PARTNER, Kind.DEVICE, Kind.BANK_ACCOUNT)
    )
    money = {"amount": random.integers(1, 10**6, few) / 100, "currency": np.full(few, links.currency, object)}
    tables["partner_logins"] = pa.table(
        {"partner_id": partners, "device_id": devices, "at": _moments(random, links, few)}
    )
    tables["payouts"] = pa.table(
        {
            "payout_id": _numbered("pay", few),
            "paid_at": _moments(random, links, few),
            "partner_id": partners,
            "account_id": accounts,
            **money,
        }
    )
    tables["transfers"] = pa.table(
        {
            "transfer_id": _numbered("tra", few),
            "at": _moments(random, links, few),
            "from_account_id": accounts,
            "to_account_id": random.permutation(accounts),
            **money,
        }
    )
    tables["labels"] = pa.table(
        {
            "kind": np.full(labels, "partner", object),
            "id": partners[:labels],
            "verdict": random.choice(np.array(["fraud", "legit"], object), labels),
            "known_at": _moments(random, links, labels),
        }
    )
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")


def _orders(
    random: Generator, links: Links, ids: dict[Kind, Ids], new: dict[Kind, Ids], orders: int
) -> pa.Table:
    """The day's orders, and older ones whose outcome has become known in it."""
    linked = random.integers(0, len(links.ordered_at), orders)
    source = links.ordered_at["consumer"].to_numpy()[linked]
    target = links.ordered_at["partner"].to_numpy()[linked]
    stranger = random.random(orders) > LINKED_SHARE
    target[stranger] = random.permutation(target[stranger])
    devices = random.choice(ids[Kind.DEVICE], orders)
    accounts = random.choice(ids[Kind.BANK_ACCOUNT], orders)
    consumers = ids[Kind.CONSUMER][source]
    is_new = random.random(orders) < NEW_SHARE
    which = random.integers(0, len(new[Kind.CONSUMER]), int(is_new.sum()))
    consumers[is_new] = new[Kind.CONSUMER][which]
    devices[is_new] = new[Kind.DEVICE][which]
    accounts[is_new] = new[Kind.BANK_ACCOUNT][which]
    is_old = np.arange(orders) < int(orders * OUTCOME_SHARE)
    old = links.ordered_at["first_at"].to_numpy()[linked]
    placed = np.where(
        is_old, old, _moments(random, links, orders).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    known = is_old & ~is_new & ~stranger
    kept = known | ~is_old
    outcome = np.where(known, "disputed", "open").astype(object)
    moments = pa.array(np.where(known, links.as_of_ms + DAY_MS // 2, 0), mask=~known)
    table = pa.table(
        {
            "order_id": _numbered("ord", orders),
            "placed_at": pa.array(placed).cast(pa.timestamp("ms", "UTC")),
            "consumer_id": consumers,
            "partner_id": ids[Kind.PARTNER][target],
            "device_id": devices,
            "account_id": accounts,
            "amount": random.integers(1, 10**5, orders) / 100,
            "currency": np.full(orders, links.currency, object),
            "outcome": outcome,
            "outcome_at": moments.cast(pa.timestamp("ms", "UTC")),
        }
    )
    return table.filter(pa.array(kept))


def _moments(random: Generator, links: Links, count: int) -> pa.Array:
    return pa.array(links.as_of_ms + random.integers(1, DAY_MS, count)).cast(pa.timestamp("ms", "UTC"))


def _numbered(prefix: str, count: int) -> pa.Array:
    return pa.array([f"{prefix}-{number:09d}" for number in range(count)])
