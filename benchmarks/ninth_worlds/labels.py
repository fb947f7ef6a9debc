"""What reviewers have said of crews, honest partners and consumers, late and now and then wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.ninth_worlds.settings import LONELY
from benchmarks.ninth_worlds.world import World
from benchmarks.writing.events import Book, Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, Flags, Floats, Ints, earliest


def draw_labels(world: World, book: Book) -> list[Label]:
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
    return [
        *_said(world, "partner", np.maximum(firms, honest), bad_firm, book.firm[bad], book.t[bad]),
        *_said(
            world, "consumer", np.maximum(people, honest_people), bad_person, book.consumer[bad], book.t[bad]
        ),
    ]


def _said(world: World, kind: str, chance: Floats, fraud: Flags, troubled: Ints, t: Floats) -> list[Label]:
    rng, n = world.rng, len(chance)
    first = earliest(n, (troubled, t))
    first = np.where(np.isfinite(first), first + 20, rng.uniform(0.2, 1, n) * world.days)
    known = first + rng.gamma(2, world.settings.review_delay, n)
    who = np.flatnonzero((rng.random(n) < chance) & (known < world.days))
    wrong = rng.random(len(who)) < world.settings.wrong
    return [
        Label(kind, one, "fraud" if guilty else "legit", t)
        for one, guilty, t in zip(
            who.tolist(), (fraud[who] ^ wrong).tolist(), known[who].tolist(), strict=True
        )
    ]
