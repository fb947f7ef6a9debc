"""What a ring's page carries: the members, the links and the evidence as plain JSON values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.records import Evidence, Member, ScoredRing, Source
from graph.schema import ENTITY_TABLES, MISSING_MS, NODES, RELATIONSHIPS, Kind
from graph.visuals.breaking import Break, cut_links
from graph.visuals.network import RingNetwork
from graph.visuals.slicing import KINDS, MEASURES, LinkIndex, RingLinks, index_links
from graph.visuals.text import LABEL_CHARACTERS, SENTENCE_CHARACTERS, ascii_form, clean, day
from graph.visuals.words import KIND_WORDS, break_words, objections, reasons, strongest_sentence, summary

_KEYS: Final = {node.kind: node.key for node in NODES}
_LINK_WORDS: Final = {
    "ordered_at": ("ordered at", "order", "orders"),
    "used": ("used", "order", "orders"),
    "paid_from": ("paid from", "order", "orders"),
    "logged_in_from": ("logged in from", "login", "partner_logins"),
    "paid_out_to": ("paid out to", "payout", "payouts"),
    "transferred_to": ("transferred to", "transfer", "transfers"),
}
_LINK_COLUMNS: Final = {
    "ordered_at": ("consumer_id", "partner_id"),
    "used": ("consumer_id", "device_id"),
    "paid_from": ("consumer_id", "account_id"),
    "logged_in_from": ("partner_id", "device_id"),
    "paid_out_to": ("partner_id", "account_id"),
    "transferred_to": ("from_account_id", "to_account_id"),
}
_OF_ALL: Final = frozenset(("least_evidence", "counterfactual"))  # their baseline is the whole
_MOST_FACTS: Final = 14  # properties of a member shown; a table may bring hundreds of extra columns
_MOST_ROWS: Final = 40  # row ids shown of one source
_MS_A_MINUTE: Final = 60_000


class PageContext:
    """A run's links, indexed once for all its pages."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.indexes: tuple[LinkIndex, ...] = index_links(links)
        self.columns = {kind: _shown_columns(links, kind) for kind in KINDS}
        self.names = links.partners["name"].to_numpy(dtype=object)

    def name(self, member: Member) -> str:
        """What a member is called: a partner by its name, others by their id."""
        if member.kind is not Kind.PARTNER:
            return clean(member.id)
        return clean(self.names[member.code]) or clean(member.id)

    def facts(self, members: tuple[Member, ...]) -> list[list[list[str]]]:
        """For each member what its own table says, as [property, value] pairs, empty ones left out."""
        found: list[list[list[str]]] = [[] for _ in members]
        for kind in KINDS:
            places = [place for place, member in enumerate(members) if member.kind is kind]
            for name, column in self.columns[kind]:
                for place in places:
                    text = _fact(name, column[members[place].code])
                    if text:
                        found[place].append([clean(name, 60).replace("_", " "), text])
        return found


def _shown_columns(links: Links, kind: Kind) -> list[tuple[str, NDArray[np.object_]]]:
    """The properties of a node frame that a page shows, as arrays: a frame's look-up costs 10 us a cell."""
    frame = links.nodes(kind)
    shown = [name for name in frame.columns if name not in (_KEYS[kind], "name")][:_MOST_FACTS]
    return [(name, frame[name].to_numpy(dtype=object)) for name in shown]


def _fact(name: str, value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if name.endswith("_at") and isinstance(value, int):
        return "" if value == MISSING_MS else day(value)
    return clean(value)


def network_of(links: RingLinks, places: NDArray[np.int64], context: PageContext) -> RingNetwork:
    """The members and links as a pyvis network, nodes `n0` … in member order."""
    network = RingNetwork()
    facts = context.facts(links.members)
    for number, member in enumerate(links.members):
        network.add_node(
            f"n{number}",
            **_node(member, context, facts[number]),
            x=int(places[number, 0]),
            y=int(places[number, 1]),
        )
    for row in link_rows(links):
        network.add_edge(f"n{row[1]}", f"n{row[2]}", row=row)
    return network


def _node(member: Member, context: PageContext, facts: list[list[str]]) -> dict[str, Any]:
    name = context.name(member)
    shown: dict[str, Any] = {
        "label": clean(name, LABEL_CHARACTERS),
        "kind": KINDS.index(member.kind),
        "risk": round(float(member.risk), 3),
        "role": clean(member.role, 60),
        "entity": clean(member.id),
    }
    if name != shown["label"]:
        shown["name"] = name
    if ascii_form(member.id) != shown["entity"]:
        shown["exact"] = ascii_form(member.id)
    return shown | ({"facts": facts} if facts else {})


def link_rows(links: RingLinks) -> list[list[Any]]:
    """Each link as a row: type, source, target, `MEASURES` in their order, weight.

    Moments are minutes since 1970 (-1 unknown): an aggregate needs no seconds, and 300 pages their bytes.
    """
    columns: list[list[Any]] = [links.type.tolist(), links.source.tolist(), links.target.tolist()]
    for name in MEASURES:
        column = links.measures[name]
        if name.endswith("_at"):
            columns.append(
                np.where(column == MISSING_MS, -1, column // _MS_A_MINUTE).astype(np.int64).tolist()
            )
        elif name.endswith("amount"):
            columns.append([int(v) if v == int(v) else v for v in np.round(column, 2).tolist()])
        else:
            columns.append(column.astype(np.int64).tolist())
    columns.append(np.round(links.weight, 3).tolist())
    return [list(row) for row in zip(*columns, strict=True)]


def weigh_by_evidence(links: RingLinks, ring: ScoredRing) -> RingLinks:
    """The same links, each weighing more by the strength of the evidence whose sources name both its ends."""
    numbers = _numbers(links)
    rows: dict[tuple[int, int], list[int]] = {}
    for row, (source, target) in enumerate(zip(links.source.tolist(), links.target.tolist(), strict=True)):
        rows.setdefault((min(source, target), max(source, target)), []).append(row)
    weight = links.weight.copy()
    for evidence in reasons(ring):
        cited = {pair for source in evidence.source for pair in _pairs(source, numbers)}
        for row in sorted(row for pair in cited for row in rows.get(pair, ())):
            weight[row] += evidence.strength
    return RingLinks(links.members, links.type, links.source, links.target, weight, links.measures)


def _numbers(links: RingLinks) -> dict[str, list[int]]:
    """The member positions under each id: a partner and a device may share one."""
    numbers: dict[str, list[int]] = {}
    for number, member in enumerate(links.members):
        numbers.setdefault(member.id, []).append(number)
    return numbers


def _pairs(source: Source, numbers: dict[str, list[int]]) -> set[tuple[int, int]]:
    """The pairs of members that a source names; one that names more than two is about no single link."""
    if len(source.ids) != 2:
        return set()
    ends = [numbers.get(identifier, []) for identifier in source.ids]
    return {(min(a, b), max(a, b)) for a in ends[0] for b in ends[1] if a != b}


def evidence_values(ring: ScoredRing, links: RingLinks) -> list[dict[str, Any]]:
    """The evidence as shown: reasons strongest first, then what speaks against."""
    numbers = _numbers(links)
    typed = {(member.kind, member.id): number for number, member in enumerate(links.members)}
    return [_evidence(evidence, numbers, typed) for evidence in (*reasons(ring), *objections(ring))]


def _evidence(
    evidence: Evidence, numbers: dict[str, list[int]], typed: dict[tuple[Kind, str], int]
) -> dict[str, Any]:
    inside = sorted({typed[key] for key in evidence.ids if key in typed})
    outside = [
        f"{KIND_WORDS[kind]} {clean(name)}" for kind, name in evidence.ids if (kind, name) not in typed
    ]
    return {
        "signal": clean(evidence.signal, 80).replace("_", " "),
        "strength": round(float(evidence.strength), 3),
        "measured": _measured(evidence),
        "sentence": clean(evidence.sentence, SENTENCE_CHARACTERS),
        "nodes": inside,
        "outside": outside[:_MOST_ROWS],
        "source": [_source(source, numbers) for source in evidence.source[:_MOST_ROWS]],
        "against": evidence.against,
    }


def _source(source: Source, numbers: dict[str, list[int]]) -> dict[str, Any]:
    return {
        "table": clean(source.table, 60),
        "ids": [clean(identifier) for identifier in source.ids[:_MOST_ROWS]],
        "pairs": sorted(list(pair) for pair in _pairs(source, numbers)),
        "rows": [clean(row, 80) for row in source.rows[:_MOST_ROWS]],
        "more": max(0, len(source.rows) - _MOST_ROWS),
    }


def _measured(evidence: Evidence) -> str:
    """The value beside what is usual, "4 partners · usual: 1.9", or beside the whole, "9 of 154 links"."""
    unit = clean(evidence.unit, 40)
    if not np.isfinite(evidence.value):
        return ""
    if unit == "share" or unit.startswith("share of "):
        value, what = _percent(evidence.value), unit.removeprefix("share").strip()
        usual = _percent(evidence.baseline) if np.isfinite(evidence.baseline) else "–"
    else:
        value, usual = _number(evidence.value), _number(evidence.baseline)
        what = unit[:-1] if value == "1" and unit.endswith("s") else unit
    if evidence.signal in _OF_ALL:
        return f"{value} of {usual} {unit}".strip()
    told = f"{value} {what}".strip()
    # nothing is usual where nothing could be compared
    return told if usual in ("–", "0", "0 %") else f"{told} · usual: {usual}"


def _percent(share: float) -> str:
    """A share in percent, one digit after the point below ten; as in sentences never shown as none or all."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.0995 else f"{100 * share:.1f} %"


def _number(value: float) -> str:
    """A value as people write it; no exponent, no tail of digits; "–" where there is none."""
    if not np.isfinite(value):
        return "–"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < value < 0.0005:
        return "under 0.001"  # not 0: what is so rare is said to be
    return f"{value:,.{3 if abs(value) < 1 else 2}f}".rstrip("0").rstrip(".")


def break_values(broken: Break, links: RingLinks) -> dict[str, Any]:
    """What would break the ring: the sentence and the links to cut."""
    rows = link_rows(links)
    return {
        "says": break_words(broken),
        "rows": [rows[number] for number in cut_links(broken, links).tolist()],
    }


def head(ring: ScoredRing, context: PageContext) -> dict[str, Any]:
    """What every page of a ring shares: the words on top, and the meaning of kinds and links."""
    return {
        "ring": {
            "id": clean(ring.ring_id),
            "rank": ring.rank,
            "asOf": day(context.links.as_of_ms),
            "currency": clean(context.links.currency, 12),
            "strongest": strongest_sentence(ring),
            **summary(ring, context.links.currency),
        },
        "kinds": [
            {"name": kind.value, "word": KIND_WORDS[kind], "table": ENTITY_TABLES[kind]} for kind in KINDS
        ],
        "linkTypes": [_link_type(index) for index in context.indexes],
    }


def _link_type(index: LinkIndex) -> dict[str, Any]:
    says, unit, table = _LINK_WORDS[index.relationship.name]
    return {
        "name": index.relationship.name,
        "says": says,
        "unit": unit,
        "table": table,
        "columns": list(_LINK_COLUMNS[index.relationship.name]),
        "usualCount": None if index.usual_count is None else round(index.usual_count, 1),
        "usualAmount": None if index.usual_amount is None else round(index.usual_amount, 2),
    }


assert set(_LINK_WORDS) == set(_LINK_COLUMNS) == {kind.name for kind in RELATIONSHIPS}  # noqa: S101
