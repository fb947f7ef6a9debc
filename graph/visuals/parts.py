"""A ring too large for one canvas, split into communities: every member stands on exactly one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import igraph
import numpy as np
from numpy.typing import NDArray

from graph.visuals.layout import communities, pack_discs, simple_network
from graph.visuals.payload import link_rows
from graph.visuals.slicing import KINDS, RingLinks
from graph.visuals.words import KIND_WORDS

_RESOLUTIONS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Part:
    """A community: its number from 1, the ascending positions of its members, and what the map shows of it.

    `outward` counts each member's links to other parts, `risk` is the mean of its members (the highest would
    mark every part), `sizes` its members by kind.
    """

    number: int
    places: NDArray[np.int64]
    outward: NDArray[np.int64]
    risk: float
    sizes: tuple[tuple[str, int], ...]


def split(links: RingLinks, *, most: int, seed: int = 0) -> tuple[Part, ...]:
    """The ring's communities, largest first, none above `most` members."""
    groups = [np.array(group) for group in _coarsest(simple_network(links), most // 2, seed)]
    fitting = [piece for group in groups for piece in _fitted(links, group, most, seed)]
    small = sorted(_gathered(fitting, most), key=lambda group: (-len(group), group.tolist()))
    part_of = np.empty(len(links.members), dtype=np.int64)
    for number, group in enumerate(small):
        part_of[group] = number
    return tuple(_part(links, part_of, number) for number in range(len(small)))


def _coarsest(network: igraph.Graph, largest: int, seed: int) -> list[list[int]]:
    """The coarsest of a few community splits whose largest fits: forty pages of fifty members help nobody."""
    for resolution in _RESOLUTIONS:
        groups = communities(network, seed, resolution)
        if len(groups) > 1 and len(groups[0]) <= largest:
            break
    return groups


def _fitted(links: RingLinks, group: NDArray[np.int64], most: int, seed: int) -> list[NDArray[np.int64]]:
    """The group, split again while it is too large; what no longer splits (a star) is cut in member order."""
    if len(group) <= most:
        return [group]
    inner = communities(simple_network(links.among(group)), seed, resolution=2.0)
    if len(inner) == 1:
        return [group[start : start + most] for start in range(0, len(group), most)]
    return [piece for part in inner for piece in _fitted(links, group[np.array(part)], most, seed)]


def _gathered(groups: list[NDArray[np.int64]], most: int) -> list[NDArray[np.int64]]:
    """The groups, those under a hundredth of a page gathered: nobody opens forty pages of two members."""
    tiny = [group for group in groups if len(group) < max(2, most // 100)]
    large = [group for group in groups if len(group) >= max(2, most // 100)]
    rest = np.sort(np.concatenate(tiny)) if tiny else np.empty(0, dtype=np.int64)
    return large + [rest[start : start + most] for start in range(0, len(rest), most)]


def _part(links: RingLinks, part_of: NDArray[np.int64], number: int) -> Part:
    places = np.flatnonzero(part_of == number)
    crossing = part_of[links.source] != part_of[links.target]
    size = len(links.members)
    outward = np.bincount(links.source[crossing], minlength=size)
    outward += np.bincount(links.target[crossing], minlength=size)
    members = [links.members[place] for place in places]
    sizes = [(KIND_WORDS[kind] + "s", sum(member.kind is kind for member in members)) for kind in KINDS]
    return Part(
        number + 1,
        places,
        outward[places],
        sum(member.risk for member in members) / len(members),
        tuple(s for s in sizes if s[1]),
    )


def cross_rows(links: RingLinks, part_of: list[int]) -> list[list[Any]]:
    """The links between parts, drawn from part to part, with the two members' positions at the end."""
    rows = []
    for row in link_rows(links):
        source, target = row[1], row[2]
        if part_of[source] != part_of[target]:
            rows.append([row[0], part_of[source], part_of[target], *row[3:], source, target])
    return rows


def part_places(parts: tuple[Part, ...], links: RingLinks, *, seed: int = 0) -> NDArray[np.int64]:
    """Where each part stands on the map, (parts, 2), by how much they are linked."""
    part_of = np.empty(len(links.members), dtype=np.int64)
    for part in parts:
        part_of[part.places] = part.number - 1
    ties = np.zeros((len(parts), len(parts)))
    np.add.at(ties, (part_of[links.source], part_of[links.target]), 1.0)
    radii = 70.0 + np.sqrt(np.array([len(part.places) for part in parts], dtype=float)) * 2.0
    return np.rint(pack_discs(radii, ties + ties.T)).astype(np.int64)
