"""The files of a run, exactly those of the contract: the same rings give the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graph.identity import Relation
from graph.records import ScoredRing
from graph.schema import MISSING_MS, Kind

RUN_NAMES: Final = frozenset(
    (
        "rings.parquet",
        "ring_members.parquet",
        "evidence.parquet",
        "partner_scores.parquet",
        "lineage.parquet",
        "rings",
        "index.html",
        "run.json",
        "profile.json",
        "drift.html",
        "drift.json",
        "metrics.prom",
        "rejected",
    )
)
"""All that a run's folder may hold."""

_MOMENT: Final = pa.timestamp("ms", tz="UTC")

RINGS: Final = pa.schema(
    [
        ("ring_id", pa.string()),
        ("rank", pa.int32()),
        ("score", pa.float64()),  # probability in [0, 1]
        ("p_value", pa.float64()),
        ("q_value", pa.float64()),
        ("flagged", pa.bool_()),  # to be looked at
        ("typology", pa.string()),
        ("n_partners", pa.int32()),
        ("n_consumers", pa.int32()),
        ("n_devices", pa.int32()),
        ("n_accounts", pa.int32()),
        ("amount", pa.float64()),  # major units of the run's main currency
        ("bad_amount", pa.float64()),
        ("first_at", _MOMENT),
        ("last_at", _MOMENT),
        ("lineage", pa.string()),
    ]
)
RING_MEMBERS: Final = pa.schema(
    [
        ("ring_id", pa.string()),
        ("kind", pa.string()),
        ("id", pa.string()),
        ("role", pa.string()),
        ("risk", pa.float64()),  # [0, 1]
    ]
)
EVIDENCE: Final = pa.schema(
    [
        ("ring_id", pa.string()),
        ("signal", pa.string()),
        ("strength", pa.float64()),  # [0, 1]
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("baseline", pa.float64()),
        ("sentence", pa.string()),
        ("ids", pa.list_(pa.struct([("kind", pa.string()), ("id", pa.string())]))),
        (
            "source",
            pa.list_(
                pa.struct(
                    [("table", pa.string()), ("ids", pa.list_(pa.string())), ("rows", pa.list_(pa.string()))]
                )
            ),
        ),
        # beyond the contract: without it a reader would take what clears a member for what accuses it
        ("against", pa.bool_()),
    ]
)
PARTNER_SCORES: Final = pa.schema(
    [("partner_id", pa.string()), ("score", pa.float64()), ("reasons", pa.list_(pa.string()))]
)

LINEAGE: Final = pa.schema(
    [
        ("previous_ring_id", pa.string()),  # null for a ring that was born
        ("ring_id", pa.string()),  # null for a ring that has dissolved
        ("event", pa.string()),  # born, continued, grew, shrank, split, merged, dissolved
        # members are the partners of a ring, or its consumers where it has none
        ("members_before", pa.int32()),
        ("members_after", pa.int32()),
        ("members_common", pa.int32()),
        ("joined", pa.list_(pa.string())),
        ("left", pa.list_(pa.string())),
        ("sentence", pa.string()),  # what changed, or why it dissolved; empty without a previous run
    ]
)


def write_tables(
    folder: Path,
    rings: Sequence[ScoredRing],
    partner_scores: pd.DataFrame,
    relations: Sequence[Relation],
) -> None:
    """Write the Parquet tables of a run."""
    _write(folder / "rings.parquet", RINGS, (_ring_row(ring) for ring in rings))
    _write(folder / "ring_members.parquet", RING_MEMBERS, member_rows(rings))
    _write(folder / "evidence.parquet", EVIDENCE, _evidence_rows(rings))
    _write(folder / "partner_scores.parquet", PARTNER_SCORES, _score_rows(partner_scores))
    _write(folder / "lineage.parquet", LINEAGE, (asdict(one) for one in relations))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON for people and programs: indented, UTF-8, null for a number that is none."""
    text = json.dumps(_finite(content), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _finite(value: Any) -> Any:
    """The value with None for NaN and infinities, which JSON does not know."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


def _write(path: Path, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path, compression="zstd")


def _ring_row(ring: ScoredRing) -> dict[str, Any]:
    return {
        "ring_id": ring.ring_id,
        "rank": ring.rank,
        "score": ring.score,
        "p_value": ring.p_value,
        "q_value": ring.q_value,
        "flagged": ring.flagged,
        "typology": ring.typology,
        "n_partners": len(ring.of(Kind.PARTNER)),
        "n_consumers": len(ring.of(Kind.CONSUMER)),
        "n_devices": len(ring.of(Kind.DEVICE)),
        "n_accounts": len(ring.of(Kind.BANK_ACCOUNT)),
        "amount": ring.amount,
        "bad_amount": ring.bad_amount,
        "first_at": None if ring.first_at == MISSING_MS else ring.first_at,
        "last_at": None if ring.last_at == MISSING_MS else ring.last_at,
        "lineage": ring.lineage,
    }


def member_rows(rings: Sequence[ScoredRing]) -> Iterable[dict[str, Any]]:
    """The rows of `ring_members`, ring by ring."""
    for ring in rings:
        for member in ring.members:
            yield {
                "ring_id": ring.ring_id,
                "kind": member.kind.value,
                "id": member.id,
                "role": member.role,
                "risk": member.risk,
            }


def _evidence_rows(rings: Sequence[ScoredRing]) -> Iterable[dict[str, Any]]:
    for ring in rings:
        for item in ring.evidence:
            yield {
                "ring_id": ring.ring_id,
                "signal": item.signal,
                "strength": item.strength,
                "value": item.value,
                "unit": item.unit,
                "baseline": item.baseline,
                "sentence": item.sentence,
                "ids": [{"kind": kind.value, "id": id_} for kind, id_ in item.ids],
                "source": [
                    {"table": source.table, "ids": list(source.ids), "rows": list(source.rows)}
                    for source in item.source
                ],
                "against": item.against,
            }


def _score_rows(scores: pd.DataFrame) -> Iterable[dict[str, Any]]:
    for partner_id, score, reasons in zip(scores.partner_id, scores.score, scores.reasons, strict=True):
        yield {"partner_id": partner_id, "score": float(score), "reasons": list(reasons)}
