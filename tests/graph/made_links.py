"""One builder that makes a small `Links` from rows, for the tests of detection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from graph.links import Links
from graph.schema import MISSING_MS, NODES, RELATIONSHIPS, Kind, Relationship

DAY_MS = 86_400_000
START_MS = 1_700_000_000_000

Row = dict[str, object]


def made_links(
    *,
    partners: Sequence[Row] = (),
    orders: Sequence[Row] = (),
    used: Sequence[Row] = (),
    paid_from: Sequence[Row] = (),
    logins: Sequence[Row] = (),
    payouts: Sequence[Row] = (),
    transfers: Sequence[Row] = (),
    consumers: Sequence[Row] = (),
) -> Links:
    """Links whose nodes are those named by the rows; `day` is when a link was first and last seen."""
    rows = {
        "ordered_at": orders,
        "used": used,
        "paid_from": paid_from,
        "logged_in_from": logins,
        "paid_out_to": payouts,
        "transferred_to": transfers,
    }
    frames = {
        kind: _nodes(kind, rows, {Kind.PARTNER: partners, Kind.CONSUMER: consumers}.get(kind, ()))
        for kind in Kind
    }
    links = {
        relationship.name: _links(relationship, rows[relationship.name], frames)
        for relationship in RELATIONSHIPS
    }
    return Links(
        as_of_ms=START_MS + 400 * DAY_MS,
        currency="EUR",
        partners=frames[Kind.PARTNER],
        consumers=frames[Kind.CONSUMER],
        devices=frames[Kind.DEVICE],
        bank_accounts=frames[Kind.BANK_ACCOUNT],
        **links,
    )


def _nodes(kind: Kind, rows: dict[str, Sequence[Row]], given: Sequence[Row]) -> pd.DataFrame:
    key = next(node.key for node in NODES if node.kind is kind)
    named = {str(row[key]) for row in given}
    for relationship in RELATIONSHIPS:
        for row in rows[relationship.name]:
            for side, side_kind in (
                (relationship.source, relationship.source_kind),
                (relationship.target, relationship.target_kind),
            ):
                if side_kind is kind:
                    named.add(str(row[side]))
    table = {str(row[key]): row for row in given}
    ids = sorted(named)
    text = ("name", "legal_name", "category", "country", "website", "kind", "verdict")
    moments = ("onboarded_at", "closed_at", "created_at", "first_seen_at", "opened_at", "verdict_at")
    frame: dict[str, object] = {key: ids}
    for column in text:
        frame[column] = [str(table.get(i, {}).get(column, i if column == "name" else "")) for i in ids]
    for column in moments:
        days = [table.get(i, {}).get(column) for i in ids]
        frame[column] = np.array(
            [MISSING_MS if day is None else START_MS + int(float(str(day)) * DAY_MS) for day in days],
            dtype=np.int64,
        )
    return pd.DataFrame(frame)


def _links(relationship: Relationship, rows: Sequence[Row], frames: dict[Kind, pd.DataFrame]) -> pd.DataFrame:
    codes = {}
    for side, kind in (
        (relationship.source, relationship.source_kind),
        (relationship.target, relationship.target_kind),
    ):
        key = next(node.key for node in NODES if node.kind is kind)
        code = {name: number for number, name in enumerate(frames[kind][key])}
        codes[side] = np.array([code[str(row[side])] for row in rows], dtype=np.int32)
    frame = pd.DataFrame(codes)
    for name in relationship.properties:
        if name in ("first_at", "last_at"):
            value = [START_MS + int(float(str(row.get(name, row.get("day", 0)))) * DAY_MS) for row in rows]
            frame[name] = np.array(value, dtype=np.int64)
        elif name in ("amount", "bad_amount"):
            frame[name] = np.array(
                [float(str(row.get(name, 10.0 if name == "amount" else 0.0))) for row in rows]
            )
        else:
            default = 1 if name in ("orders", "times") else 0
            frame[name] = np.array([int(str(row.get(name, default))) for row in rows], dtype=np.int32)
    return frame.sort_values(list(codes), kind="stable").reset_index(drop=True)
