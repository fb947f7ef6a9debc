"""Scored rings as rows of the store, with what has changed in each since the run before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.records import ScoredRing
from graph.schema import Kind


def ring_row(ring: ScoredRing, run: str, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The properties of a ring; `before` is what the store held of the ring of that id."""
    now = {f"{member.kind}:{member.id}" for member in ring.members}
    then, previous_run = _previous(before, run)
    row = {
        "ring_id": ring.ring_id,
        "run": run,
        "rank": ring.rank,
        "score": float(ring.score),
        "p_value": float(ring.p_value),
        "q_value": float(ring.q_value),
        "chance": ring.chance,
        "typology": ring.typology,
        "amount": float(ring.amount),
        "bad_amount": float(ring.bad_amount),
        "first_at": int(ring.first_at),
        "last_at": int(ring.last_at),
        "lineage": ring.lineage,
        "found_by": list(ring.found_by),
        "evidence": [item.sentence for item in ring.evidence],
        "n_partners": len(ring.of(Kind.PARTNER)),
        "n_consumers": len(ring.of(Kind.CONSUMER)),
        "n_devices": len(ring.of(Kind.DEVICE)),
        "n_accounts": len(ring.of(Kind.BANK_ACCOUNT)),
    }
    if previous_run is not None:
        row |= {"previous_run": previous_run, "joined": sorted(now - then), "left": sorted(then - now)}
    return row


def _previous(before: Mapping[str, Any] | None, run: str) -> tuple[set[str], str | None]:
    """The ring's members at the run before `run`, and that run; none for a ring that is new."""
    if before is None:
        return set(), None
    members = set(before["members"])
    if before["run"] != run:
        return members, before["run"]
    return members - set(before["joined"] or ()) | set(before["left"] or ()), before["previous_run"]
