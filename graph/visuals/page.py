"""One ring as a self-contained page: its code, data and drawing in one file, nothing asked of any network."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.links import Links
from graph.records import ScoredRing
from graph.visuals.breaking import Break, weakest_links
from graph.visuals.layout import positions
from graph.visuals.network import RingNetwork, library_code
from graph.visuals.parts import Part, cross_rows, part_places, split
from graph.visuals.payload import (
    PageContext,
    break_values,
    evidence_values,
    head,
    network_of,
    weigh_by_evidence,
)
from graph.visuals.slicing import RingLinks, ring_links
from graph.visuals.text import clean, script_json

__all__ = ["MOST_NODES", "PageContext", "document", "ring_page", "ring_pages", "still_document"]

MOST_NODES: Final = 1_500
"""Above this a canvas is neither legible nor quick: the page maps the communities, each with its own page."""

_STATIC: Final = Path(__file__).parent / "static"
_RING_SCRIPTS: Final = ("model", "draw", "picture", "filters", "panel", "tools", "exports", "tables", "main")
_MARK: Final = re.compile(r"\{\{(\w+)\}\}")


def ring_page(ring: ScoredRing, links: Links | PageContext, *, seed: int = 0) -> str:
    """The ring's page as HTML; above `MOST_NODES` members the map of its communities (see `ring_pages`)."""
    return next(iter(ring_pages(ring, links, seed=seed).values()))


def ring_pages(ring: ScoredRing, links: Links | PageContext, *, seed: int = 0) -> dict[str, str]:
    """Every page of the ring by file name, the ring's own first.

    The same ring gives the same text, whatever the order of its members. Pass a `PageContext` where a run
    has more than one ring: indexing the links is most of the cost of a small page.
    """
    context = links if isinstance(links, PageContext) else PageContext(links)
    among = weigh_by_evidence(ring_links(ring, context.indexes), ring)
    broken = weakest_links(among)
    if len(among.members) <= MOST_NODES:
        network = network_of(among, positions(among, seed=seed), context)
        return {file_name(ring): _html(ring, context, _whole(ring, context, among, broken, network))}
    return _map_and_parts(ring, context, among, broken, seed)


def file_name(ring: ScoredRing, part: int = 0) -> str:
    """The page's file: the ring's id, hashed where it holds anything but letters, digits, `-` and `_`."""
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", ring.ring_id)
    stem = (
        ring.ring_id
        if plain
        else "ring-" + hashlib.sha256(ring.ring_id.encode("utf-8", "replace")).hexdigest()[:16]
    )
    return f"{stem}-c{part}.html" if part else f"{stem}.html"


def _values(network: RingNetwork) -> dict[str, Any]:
    """The network's nodes and links without what the page's own code adds (shape, ids by position)."""
    nodes = [{k: v for k, v in node.items() if k not in ("id", "shape")} for node in network.nodes]
    return {"nodes": nodes, "links": [edge["row"] for edge in network.edges]}


def _whole(
    ring: ScoredRing, context: PageContext, among: RingLinks, broken: Break, network: RingNetwork
) -> dict[str, Any]:
    return {
        **head(ring, context),
        "evidence": evidence_values(ring, among),
        "breaks": break_values(broken, among),
        "file": file_name(ring).removesuffix(".html"),
        **_values(network),
    }


def _map_and_parts(
    ring: ScoredRing, context: PageContext, among: RingLinks, broken: Break, seed: int
) -> dict[str, str]:
    parts = split(among, most=MOST_NODES, seed=seed)
    files = [file_name(ring, part.number) for part in parts]
    names = network_of(among, np.zeros((len(among.members), 2), dtype=np.int64), context)
    part_of = [0] * len(among.members)
    for part in parts:
        for place in part.places.tolist():
            part_of[place] = part.number - 1
    whole = _whole(ring, context, among, broken, names)
    members = [
        {k: v for k, v in node.items() if k not in ("x", "y", "facts")} | {"part": part_of[place]}
        for place, node in enumerate(whole["nodes"])
    ]
    drawn = [
        _part_node(part, places)
        for part, places in zip(parts, part_places(parts, among, seed=seed), strict=True)
    ]
    chart = whole | {"nodes": drawn, "links": cross_rows(among, part_of), "members": members, "parts": files}
    pages = {file_name(ring): _html(ring, context, chart)}
    for part, name in zip(parts, files, strict=True):
        pages[name] = _html(ring, context, _part_values(ring, context, among, part, seed))
    return pages


def _part_node(part: Part, place: NDArray[np.int64]) -> dict[str, Any]:
    return {
        "label": f"Part {part.number}",
        "kind": -1,
        "risk": round(part.risk, 3),
        "entity": f"part {part.number}",
        "size": len(part.places),
        "facts": [[word, str(size)] for word, size in part.sizes],
        "x": int(place[0]),
        "y": int(place[1]),
    }


def _part_values(
    ring: ScoredRing, context: PageContext, among: RingLinks, part: Part, seed: int
) -> dict[str, Any]:
    inner = among.among(part.places)
    network = network_of(inner, positions(inner, seed=seed), context)
    outward = part.outward.tolist()
    for node, beyond in zip(network.nodes, outward, strict=True):
        if beyond:
            node.setdefault("facts", []).append(["links to other parts", str(beyond)])
    return {
        **head(ring, context),
        "evidence": evidence_values(ring, inner),
        "breaks": None,
        "part": part.number,
        "map": file_name(ring),
        "file": file_name(ring, part.number).removesuffix(".html"),
        **_values(network),
    }


def _html(ring: ScoredRing, context: PageContext, values: dict[str, Any]) -> str:
    title = f"Ring {clean(ring.ring_id, 60)}"
    return document("ring", title, values, scripts=(library_code(), _code()))


def document(template: str, title: str, values: dict[str, Any], *, scripts: tuple[str, ...]) -> str:
    """The template `<name>.html` with `<name>.css`, the scripts and the data in it, under a strict policy.

    Scripts and the style sheet are allowed by their sha256 alone; data is a JSON block, which never runs.
    """
    style = static(f"{template}.css")
    filled = {
        "title": escape(title),
        "policy": _policy(scripts, style),
        "style": style,
        "data": script_json(values),
        "scripts": "".join(f"<script>{code}</script>\n" for code in scripts),
    }
    return _MARK.sub(lambda mark: filled[mark.group(1)], static(f"{template}.html"))


def still_document(template: str, title: str, body: str) -> str:
    """The template `<name>.html` with `<name>.css` and a body of HTML in it; no script at all may run.

    The caller has escaped what the data say.
    """
    style = static(f"{template}.css")
    filled = {"title": escape(title), "policy": _policy((), style), "style": style, "body": body}
    return _MARK.sub(lambda mark: filled[mark.group(1)], static(f"{template}.html"))


def _policy(scripts: tuple[str, ...], style: str) -> str:
    allowed = " ".join(_sha256(code) for code in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_sha256(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _sha256(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


@cache
def _code() -> str:
    """The page's own code: its files in order, in one closed scope."""
    return script("ring", _RING_SCRIPTS)


def script(folder: str, names: tuple[str, ...]) -> str:
    """The scripts of a page as one, in a scope of their own."""
    return (
        '(() => {\n"use strict";\n' + "\n".join(static(f"{folder}/{name}.js") for name in names) + "})();\n"
    )


@cache
def static(name: str) -> str:
    """A file of the page: style sheet, template or script."""
    return (_STATIC / name).read_text(encoding="utf-8")
