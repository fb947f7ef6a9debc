"""A small made-up world that was reviewed well: verdicts on most rings and many others, one after another."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graph.synthetic import write_world


def write_reviewed_world(
    folder: Path, *, seed: int = 1, partners: int = 500, orders: int = 40_000, profile: str = "easy"
) -> None:
    """A ring becomes known within a week, 80 % of it; 30 % of the honest partners are cleared at any time."""
    write_world(folder, seed=seed, partners=partners, orders=orders, profile=profile)
    path = folder / "labels.parquet"
    schema = pq.read_schema(path)
    truth = pd.read_parquet(folder.with_name(f"{folder.name}.truth") / "ring_members.parquet")
    ring_of = truth[truth["kind"] == "partner"].drop_duplicates("id").set_index("id")["ring_id"]
    placed = pq.read_table(folder / "orders.parquet", columns=["placed_at"])["placed_at"].to_pandas()
    first, days = placed.min(), (placed.max() - placed.min()).days
    ids = pq.read_table(folder / "partners.parquet", columns=["partner_id"])["partner_id"].to_pylist()
    rng = np.random.default_rng(seed)
    noticed = {ring: rng.uniform(0.2, 0.9) * days for ring in sorted(set(ring_of))}
    rows = []
    for partner in ids:
        ring = ring_of.get(partner)
        if rng.random() < (0.8 if ring is not None else 0.3):
            day = rng.uniform(0.1, 0.95) * days if ring is None else noticed[ring] + rng.uniform(0, 7)
            at = (first + pd.Timedelta(days=day)).floor("ms")
            rows.append(("partner", partner, "legit" if ring is None else "fraud", at))
    frame = pd.DataFrame(rows, columns=["kind", "id", "verdict", "known_at"])
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False).cast(schema), path)


def moment_when(folder: Path, *, share: float) -> datetime:
    """When so large a share of the known frauds was known."""
    labels = pd.read_parquet(folder / "labels.parquet")
    at = labels.loc[labels["verdict"] == "fraud", "known_at"].sort_values()
    return at.iloc[int(share * len(at))].to_pydatetime()
