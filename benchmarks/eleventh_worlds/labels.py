"""What reviewers have said, late and now and then wrongly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.eleventh_worlds.draws import likely, some_of
from benchmarks.eleventh_worlds.records import Ring
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.events import Book, Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, REFUNDED, Floats, Ints, ints


def review(world: World, book: Book, first: Mapping[str, Floats]) -> list[Label]:
    """All verdicts that are known within the window, the latest on each; none in a world that lacks them.

    `first`, by kind: when an event first names somebody, infinite for never.
    """
    if "labels" in world.settings.lacks:
        return []
    members = {
        "consumer": ints([one for ring in world.rings for one in ring.people]),
        "device": ints([one for ring in world.rings for one in ring.devices]),
        "bank_account": ints([one for ring in world.rings for one in ring.accounts]),
    }
    said = _of_partners(world, book) + _of_consumers(world, book, members["consumer"], first["consumer"])
    reviews = _reviews(world)
    for kind in ("device", "bank_account"):
        used = np.setdiff1d(np.flatnonzero(np.isfinite(first[kind])), members[kind])
        for one in some_of(world.rng, used, int(reviews * world.uniform(0, 0.3))).tolist():
            t = world.uniform(max(float(first[kind][one]), 0), world.days + 20)
            said.append(Label(kind, one, "legit", t))
    rings = world.rng.permutation(len(world.rings))
    for number in rings[: round(len(rings) * world.uniform(0.4, 0.6))].tolist():
        said += _of_ring(world, world.rings[number], first)
    known = sorted((one for one in said if one.t < world.days), key=lambda one: one.t)
    return [*{(one.kind, one.number): one for one in known}.values()]


def _reviews(world: World) -> int:
    """How many honest partners are looked at."""
    return max(10, int(world.settings.label_rate * world.settings.partners))


def _shares(book: Book, who: Ints, n: int, ends: tuple[int, ...]) -> tuple[Floats, Floats]:
    """(n,) the share of orders with such ends, and how many orders."""
    many = np.bincount(who, minlength=n).astype(np.float64)
    return np.bincount(who, np.isin(book.outcome, ends), minlength=n) / np.maximum(many, 1), many


def _of_partners(world: World, book: Book) -> list[Label]:
    """Honest ones, rather those that look bad."""
    bad, many = _shares(book, book.firm, world.settings.partners, (DISPUTED, DEFAULTED))
    honest = np.flatnonzero(world.honest & (many > 3))
    weight = (bad[honest] + 0.02) * np.sqrt(many[honest])
    said = []
    for one in likely(world.rng, honest, _reviews(world), weight).tolist():
        t = world.uniform(max(float(world.firms.on[one]), 0) + 5, world.days + 30)
        wrong = world.flip(world.settings.label_noise)
        said.append(Label("partner", one, "fraud" if wrong else "legit", t))
    return said


def _of_consumers(world: World, book: Book, members: Ints, first: Floats) -> list[Label]:
    """Those of no ring; most of those that cheat on their own are found out where they are looked at."""
    bad, many = _shares(book, book.consumer, len(first), (REFUNDED, DISPUTED, DEFAULTED))
    others = np.setdiff1d(np.flatnonzero(many), members)
    weight = (bad[others] + 0.02) * np.sqrt(many[others])
    reviewed = likely(world.rng, others, int(_reviews(world) * world.uniform(0.5, 3)), weight)
    cheats = np.isin(reviewed, np.concatenate(world.crews))
    said = []
    for one, cheat in zip(reviewed.tolist(), cheats.tolist(), strict=True):
        found = (cheat and world.flip(0.8)) or world.flip(world.settings.label_noise)
        t = float(first[one]) + world.uniform(10, 200)
        said.append(Label("consumer", one, "fraud" if found else "legit", t))
    return said


def _of_ring(world: World, ring: Ring, first: Mapping[str, Floats]) -> list[Label]:
    """A part of its partners, fewer of its consumers, one at least, and hardly any of its things."""

    def some(kind: str, numbers: Ints, share: float) -> list[tuple[str, int]]:
        named = numbers[np.isfinite(first[kind][numbers])]
        return [(kind, one) for one in named[world.rng.random(len(named)) < share].tolist()]

    part = world.uniform(0.12, 0.7)
    invented = np.setdiff1d(ints(ring.people), ints(ring.recruits))
    found = some("partner", ring.firms, part) + some("consumer", invented, part * 0.35)
    if not found:
        anybody = some("partner", ring.firms, 1) + some("consumer", invented, 1)
        found = [anybody[int(world.rng.integers(len(anybody)))]] if anybody else []
    if found:
        found += some("device", np.unique(ints(ring.devices)), part * 0.08)
        found += some("bank_account", np.unique(ints(ring.accounts)), part * 0.08)
    return [_on_member(world, ring, kind, one) for kind, one in found]


def _on_member(world: World, ring: Ring, kind: str, number: int) -> Label:
    """Found out while the ring acts or some weeks after; few are cleared, and those at any time."""
    last, since = world.days - 0.1, ring.since
    if kind == "partner":
        since = float(ring.stage[np.flatnonzero(ring.firms == number)[0], 0])
    t = since + world.uniform(0.3, 1) * (ring.until - since) + float(world.rng.exponential(30))
    if t > last:
        t = world.uniform(max(since, min(since + 10, world.days - 1)), last)
    if not world.flip(0.06):
        return Label(kind, number, "fraud", t)
    if kind == "partner":
        opened = max(float(world.firms.on[number]), 0)
        t = world.uniform(min(opened + 1, world.days - 2), world.days - 1)
    return Label(kind, number, "legit", t)
