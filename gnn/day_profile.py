"""A run's day as a profile: its features, scores, categories, missing values and the delay of its labels."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from gnn.dataset import carriers
from gnn.event_features import EVENT_FEATURES
from gnn.features import FEATURES
from gnn.known import EVENT, THREADS
from gnn.profile import Categories, Floats, Groups, Numbers, Profile, categories, numbers, sample
from graph.links import Links
from graph.schema import DAY_MS, MISSING_MS, RELATIONSHIPS, Kind, Outcome
from graph.tables import Tables

RECENT_DAYS: Final = 60
"""Labels that came in these last days give the delay: one day's are few, and all would hide a change."""

_CATEGORIES: Final = {
    Kind.PARTNER: ("category", "country", "verdict"),
    Kind.CONSUMER: ("country", "verdict"),
    Kind.DEVICE: ("kind",),
    Kind.BANK_ACCOUNT: ("country",),
}
_TEXTS_FILLED: Final = {Kind.PARTNER: ("legal_name", "website")}
_MOMENTS_FILLED: Final = {
    Kind.CONSUMER: ("created_at",),
    Kind.DEVICE: ("first_seen_at",),
    Kind.BANK_ACCOUNT: ("opened_at",),
}
"""Columns of which only the share without a value is kept: names and moments are nobody's distribution."""

_BAD: Final = (Outcome.DISPUTED.value, Outcome.DEFAULTED.value)


def day_profile(
    links: Links,
    features: Mapping[Kind, pd.DataFrame],
    risk: Mapping[Kind, NDArray[np.floating]],
    *,
    groups: Mapping[Kind, Groups],
    tables: Tables | None,
    partner_score: Floats | None = None,
    ring_score: Floats | None = None,
) -> Profile:
    """What was read and said of a day; all of it was known at `as_of`.

    `features` are those of `node_features`; those of rows, where a model reads them, are added by
    `with_row_features`. `risk` is the models' for the kinds that they tell it of, `partner_score` (partners,)
    and `ring_score` (rings,) are a run's, `groups` those of `groups_of`. Without `tables` the delay of bad
    outcomes is not known.
    """
    found: list[Numbers] = []
    texts: list[Categories] = []
    for kind in Kind:
        rows = sample(links.size(kind))
        members = groups[kind] if rows is None else groups[kind][rows]
        nodes = links.nodes(kind) if rows is None else links.nodes(kind).iloc[rows]
        found += _features(kind, "", features[kind], rows, members)
        said = {"risk": risk.get(kind), "score": partner_score if kind is Kind.PARTNER else None}
        found += [
            numbers(kind.value, name, one if rows is None else one[rows], members, unit="probability")
            for name, one in said.items()
            if one is not None
        ]
        texts += _texts(kind, nodes, members)
    sizes = {kind.value: links.size(kind) for kind in Kind}
    if ring_score is not None:
        found.append(numbers("ring", "score", ring_score, unit="probability"))
        sizes["ring"] = len(ring_score)
    found += _delays(links, groups, tables)
    return Profile(
        as_of_ms=links.as_of_ms,
        since_ms=_since_ms(links),
        sizes=sizes,
        numbers=tuple(found),
        categories=tuple(texts),
    )


def entities_read(links: Links) -> dict[Kind, NDArray[np.int64]]:
    """The codes, ascending, of those whose features of rows a model or the profile of the day reads, by kind.

    The others are most devices and accounts: their features would take more memory than all else.
    """
    result = {}
    for kind, carry in carriers(links).items():
        rows = sample(links.size(kind))
        result[kind] = np.arange(links.size(kind)) if rows is None else np.union1d(carry, rows)
    return result


def _features(
    kind: Kind, prefix: str, frame: pd.DataFrame, rows: NDArray[np.int64] | None, group: Groups
) -> list[Numbers]:
    units = {one.name: one.unit for one in (EVENT_FEATURES if prefix else FEATURES)[kind]}
    read = frame if rows is None else frame.loc[rows]

    def one(name: str) -> Numbers:
        return numbers(kind.value, f"{prefix}{name}", read[name].to_numpy(), group, unit=units[name])

    # each column is one thread's, and sorting frees the other
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, map(str, read.columns)))


def with_row_features(
    profile: Profile, events: Mapping[Kind, pd.DataFrame], groups: Mapping[Kind, Groups]
) -> Profile:
    """The profile of a day with the features of `event_features`; `groups` as by `groups_of`."""
    found: list[Numbers] = []
    for kind in Kind:
        rows = sample(len(groups[kind]))
        found += _features(
            kind, EVENT, events[kind], rows, groups[kind] if rows is None else groups[kind][rows]
        )
    return replace(profile, numbers=(*profile.numbers, *found))


def with_risk(profile: Profile, risk: NDArray[np.floating], group: Groups) -> Profile:
    """The profile of a day on which a model has been trained, with the risk (partners,) that it tells."""
    rows = sample(len(risk))
    read = (risk, group) if rows is None else (risk[rows], group[rows])
    told = numbers(Kind.PARTNER.value, "risk", *read, unit="probability")
    return replace(profile, numbers=(*profile.numbers, told))


def _texts(kind: Kind, nodes: pd.DataFrame, group: Groups) -> list[Categories]:
    """The categories of a kind, and which of its other columns are filled; a column may be absent."""
    found = [
        categories(kind.value, name, nodes[name], group)
        for name in _CATEGORIES[kind]
        if name in nodes.columns
    ]
    filled = {name: nodes[name] != "" for name in _TEXTS_FILLED.get(kind, ()) if name in nodes.columns}
    filled |= {
        name: nodes[name] != MISSING_MS for name in _MOMENTS_FILLED.get(kind, ()) if name in nodes.columns
    }
    for name, there in filled.items():
        words = np.where(there.to_numpy(dtype=bool), "given", "").astype(object)
        found.append(categories(kind.value, name, pd.Series(words), group))
    return found


def groups_of(links: Links, group: Groups) -> dict[Kind, Groups]:
    """The group of every entity: a partner's own, else that of a partner it is linked with, else its own.

    `group` (partners,) names the tied group of each partner, the lowest code in it.
    """
    consumer = _inherited(
        links.size(Kind.CONSUMER), (links.ordered_at, "consumer", group[links.ordered_at["partner"]])
    )
    device = _inherited(
        links.size(Kind.DEVICE),
        (links.used, "device", consumer[links.used["consumer"]]),
        (links.logged_in_from, "device", group[links.logged_in_from["partner"]]),
    )
    account = _inherited(
        links.size(Kind.BANK_ACCOUNT),
        (links.paid_from, "bank_account", consumer[links.paid_from["consumer"]]),
        (links.paid_out_to, "bank_account", group[links.paid_out_to["partner"]]),
    )
    others = {Kind.CONSUMER: consumer, Kind.DEVICE: device, Kind.BANK_ACCOUNT: account}
    alone = len(group)
    for kind, of in others.items():
        others[kind] = np.where(of >= 0, of, alone + np.arange(len(of)))
    return {Kind.PARTNER: group, **others}


def _inherited(size: int, *sources: tuple[pd.DataFrame, str, Groups]) -> Groups:
    """The group of each entity's first link in the last source that has one, -1 where none has."""
    result = np.full(size, -1, dtype=np.int64)
    for frame, column, group in sources:
        known = np.flatnonzero(group >= 0)[::-1]
        result[frame[column].to_numpy()[known]] = group[known]  # of repeated places the last one stays
    return result


def _delays(links: Links, groups: Mapping[Kind, Groups], tables: Tables | None) -> list[Numbers]:
    """Days from an entity's first link to its verdict, from an order to its bad outcome, as they came in.

    Of the labels of the last `RECENT_DAYS` none can be missing for having had too little time, as the labels
    of lately placed orders would be; in a steady world both have the same delays.
    """
    found = []
    began = _first_moments(links)
    for kind in (Kind.PARTNER, Kind.CONSUMER):
        at = links.nodes(kind)["verdict_at"].to_numpy(dtype=np.float64)
        recent = (at != MISSING_MS) & (at > links.as_of_ms - RECENT_DAYS * DAY_MS) & np.isfinite(began[kind])
        days = np.maximum(at[recent] - began[kind][recent], 0.0) / DAY_MS
        found.append(numbers(kind.value, "verdict_delay", days, groups[kind][recent], unit="days"))
    if tables is not None:
        orders = tables.orders.select(["placed_at", "outcome_at", "outcome", "partner"])
        since = links.as_of_ms - RECENT_DAYS * DAY_MS
        late = pc.and_(
            pc.is_in(orders["outcome"], pc.cast(_BAD, "string")), pc.greater(orders["outcome_at"], since)
        )
        bad = orders.filter(late)
        days = (bad["outcome_at"].to_numpy() - bad["placed_at"].to_numpy()) / DAY_MS
        found.append(
            numbers(
                "order",
                "bad_outcome_delay",
                days,
                groups[Kind.PARTNER][bad["partner"].to_numpy()],
                unit="days",
            )
        )
    return found


def _first_moments(links: Links) -> dict[Kind, Floats]:
    """The moment of every entity's first link, infinity where it has none."""
    began = {kind: np.full(links.size(kind), np.inf) for kind in Kind}
    for one in RELATIONSHIPS:
        frame = getattr(links, one.name)
        first = frame["first_at"].to_numpy(dtype=np.float64)
        for kind, column in ((one.source_kind, one.source), (one.target_kind, one.target)):
            np.minimum.at(began[kind], frame[column].to_numpy(), first)
    return began


def _since_ms(links: Links) -> int:
    first = [
        int(frame["first_at"].min())
        for frame in (getattr(links, one.name) for one in RELATIONSHIPS)
        if len(frame)
    ]
    return min([*first, links.as_of_ms])


def score_of(ids: NDArray[np.object_], scores: pd.DataFrame) -> Floats:
    """The run's score of every partner (n,), in the order of `ids`."""
    by_id = scores.set_index("partner_id")["score"]
    return by_id.reindex(ids).to_numpy(dtype=np.float64)
