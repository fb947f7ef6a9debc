"""What people have decided: late, partial, biased towards what looks bad, and now and then wrong."""

from __future__ import annotations

import numpy as np

from graph.synthetic.firm import stream
from graph.synthetic.population import Floats, Ints
from graph.synthetic.world import Ring, World

QUIET = ("book_keeper", "bad_luck")
"""Honest groups that nobody reviews for being one; a bad spell counts by how bad it is."""
Label = tuple[str, Ints, bool, Floats]
"""Kind, codes (before sorting), fraud, moments."""


def draw_labels(world: World) -> list[Label]:
    """Verdicts on members of the labelled rings, and on honest ones that somebody reviewed."""
    rng = stream(world.firm.seed, "labels")
    wrong = rng.uniform(0.01, 0.05)
    found = [label for ring in world.rings if ring.labelled for label in _of_ring(world, ring, rng, wrong)]
    return [*found, *_reviews(world, rng, wrong)]


def _of_ring(world: World, ring: Ring, rng: np.random.Generator, wrong: float) -> list[Label]:
    labels: list[Label] = []
    start = ring.first_s + 0.3 * (ring.last_s - ring.first_s)
    noticed = rng.uniform(start, max(start + 1, world.firm.end_s - 86_400))
    diligence = rng.uniform(0.3, 0.9)
    for kind, codes, role in ring.members:
        share = diligence * (1.0 if kind == "partner" else 0.15 if role == "recruit" else 0.4)
        known = codes[rng.random(len(codes)) < share]
        if kind == "partner" and not len(known):
            known = codes[:1]
        at = np.minimum(noticed + rng.exponential(6, len(known)) * 86_400, world.firm.end_s - 3600.0)
        right = rng.random(len(known)) >= wrong
        labels += [(kind, known[right], True, at[right]), (kind, known[~right], False, at[~right])]
    return labels


def _reviews(world: World, rng: np.random.Generator, wrong: float) -> list[Label]:
    """Honest ones are reviewed where they look bad or are tied to others; most are cleared."""
    firm, shops = world.firm, world.partners
    planted = {kind: _planted(world, kind) for kind in ("partner", "consumer")}
    suspicion = (shops.dispute + shops.default) * 2 + (
        shops.trouble_bad * (shops.trouble_from_s < firm.end_s)
    )
    alike = [codes for _, what, kind, codes in world.look_alikes if kind == "partner" and what not in QUIET]
    suspicion[np.unique(np.concatenate([*alike, np.zeros(0, dtype=np.int64)]))] += 0.15
    chance = np.minimum(0.5, suspicion * rng.uniform(0.1, 0.3) + 0.01)
    partners = np.flatnonzero(rng.random(len(shops)) < chance)
    partners = np.setdiff1d(partners, planted["partner"])
    alike = [codes for _, _, kind, codes in world.look_alikes if kind == "consumer"]
    people = np.unique(np.concatenate([*alike, np.zeros(0, dtype=np.int64)]))
    people = people[rng.random(len(people)) < 0.05]
    some = rng.integers(0, len(world.consumers), len(world.consumers) // 500)
    people = np.setdiff1d(np.r_[people, some], planted["consumer"])
    labels: list[Label] = []
    for kind, codes in (("partner", partners), ("consumer", people)):
        at = firm.start_s + rng.uniform(0.1, 0.99, len(codes)) * firm.days * 86_400
        flipped = rng.random(len(codes)) < wrong
        labels += [(kind, codes[~flipped], False, at[~flipped]), (kind, codes[flipped], True, at[flipped])]
    return labels


def _planted(world: World, kind: str) -> Ints:
    """The codes of that kind in any ring."""
    codes = [codes for ring in world.rings for k, codes, _ in ring.members if k == kind]
    return np.concatenate([*codes, np.zeros(0, dtype=np.int64)])
