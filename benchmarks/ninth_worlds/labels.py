"""What reviewers have said of crews, honest partners and consumers, late and now and then wrongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.ninth_worlds.outcomes import Book
from benchmarks.ninth_worlds.settings import LONELY
from benchmarks.ninth_worlds.units import DEFAULTED, DISPUTED, Floats, Ints
from benchmarks.ninth_worlds.world import World


@dataclass(frozen=True)
class Labels:
    """For each kind the numbers, whether fraud, and the day it is known; (n,) each."""

    partner: tuple[Ints, Ints, Floats]
    consumer: tuple[Ints, Ints, Floats]


def draw_labels(world: World, book: Book) -> Labels:
    """All verdicts; those who had bad ends are reviewed far more often."""
    rng, settings = world.rng, world.settings
    firms = np.zeros(len(world.firms))
    people = np.zeros(len(world.people))
    bad_firm, bad_person = np.zeros(len(firms), np.bool_), np.zeros(len(people), np.bool_)
    for org in world.orgs:
        if not org.ring:
            continue
        if org.kind not in LONELY:
            bad_firm[org.members] = True
        bad_person[org.people] = True
        if rng.random() < settings.ring_review * (1 - 0.6 * org.care):
            if org.kind not in LONELY:
                firms[org.members] = rng.uniform(0.15, 0.6)
            people[org.people] = rng.uniform(0.02, 0.15)
    bad = np.isin(book.outcome, (DISPUTED, DEFAULTED))
    share = np.bincount(book.firm[bad], minlength=len(firms)) / np.maximum(
        1, np.bincount(book.firm, minlength=len(firms))
    )
    honest = np.where(bad_firm, 0.0, settings.honest_review * (0.5 + 12 * share))
    had = np.bincount(book.consumer[bad], minlength=len(people)) > 0
    honest_people = np.where(bad_person, 0.0, settings.honest_review * np.where(had, 0.1, 0.003))
    return Labels(
        _said(world, np.maximum(firms, honest), bad_firm, book.firm[bad], book.t[bad]),
        _said(world, np.maximum(people, honest_people), bad_person, book.consumer[bad], book.t[bad]),
    )


def _said(
    world: World, chance: Floats, fraud: np.typing.NDArray[np.bool_], troubled: Ints, t: Floats
) -> tuple[Ints, Ints, Floats]:
    rng, n = world.rng, len(chance)
    first = np.full(n, np.inf)
    np.minimum.at(first, troubled, t)
    first = np.where(np.isfinite(first), first + 20, rng.uniform(0.2, 1, n) * world.days)
    known = first + rng.gamma(2, world.settings.review_delay, n)
    who = np.flatnonzero((rng.random(n) < chance) & (known < world.days))
    wrong = rng.random(len(who)) < world.settings.wrong
    return who, (fraud[who] ^ wrong).astype(np.int64), known[who]
