"""A world of a few hundred partners whose rings own features cannot tell: they share shills on one device."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from graph.links import Links
from graph.prior import Prior, prior_risk
from graph.projection import Projection, project
from graph.schema import MISSING_MS, NODES, RELATIONSHIPS, Kind

DAY_MS = 86_400_000
NOW_MS = 1_750_000_000_000
RINGS, RING_SIZE, SHILLS = 12, 4, 6


@dataclass(frozen=True)
class World:
    links: Links
    projection: Projection
    prior: Prior
    ring: np.ndarray
    """The ring of every partner, -1 where it is honest."""


@cache
def tiny_world(*, labelled_rings: int = 8, seed: int = 0, partners: int = 200) -> World:
    """`labelled_rings` of the 12 rings carry verdicts, as do 30 honest partners."""
    rng = np.random.default_rng(seed)
    ring = np.full(partners, -1)
    members = rng.permutation(partners)[: RINGS * RING_SIZE].reshape(RINGS, RING_SIZE)
    for number, group in enumerate(members):
        ring[group] = number
    links = _links(rng, ring, labelled_rings)
    projection = project(links)
    return World(links, projection, prior_risk(links, projection), ring)


def without_verdicts(links: Links) -> Links:
    return replace(links, partners=links.partners.assign(verdict=""))


def empty_links() -> Links:
    """Three partners and nothing else."""
    return _assembled({Kind.PARTNER: 3}, {}, {})


def _links(rng: np.random.Generator, ring: np.ndarray, labelled_rings: int) -> Links:
    partners, plain = len(ring), 6 * len(ring)
    shoppers = [np.repeat(np.arange(partners), 12), rng.integers(0, plain, 12 * partners)]
    shills = np.arange(RINGS * SHILLS) + plain
    shill_ring = np.repeat(np.arange(RINGS), SHILLS)
    for number in range(RINGS):
        for member in np.flatnonzero(ring == number):
            kept = shoppers[0] != member
            own = shoppers[1][~kept][: 12 - SHILLS]
            mixed = np.r_[own, shills[shill_ring == number]]
            shoppers = [
                np.r_[shoppers[0][kept], np.repeat(member, len(mixed))],
                np.r_[shoppers[1][kept], mixed],
            ]
    pairs = np.unique(np.stack(shoppers[::-1]), axis=1)
    consumers = plain + len(shills)
    # households: honest consumers share a device too, two by two
    device = np.r_[np.arange(plain) // 2, plain + shill_ring]
    verdict = np.full(partners, "", dtype=object)
    verdict[(ring >= 0) & (ring < labelled_rings)] = "fraud"
    verdict[rng.permutation(np.flatnonzero(ring < 0))[:30]] = "legit"
    return _assembled(
        {Kind.PARTNER: partners, Kind.CONSUMER: consumers, Kind.DEVICE: int(device.max()) + 1},
        {
            "ordered_at": {
                "consumer": pairs[0],
                "partner": pairs[1],
                "day": rng.integers(1, 200, pairs.shape[1]),
            },
            "used": {"consumer": np.arange(consumers), "device": device},
        },
        {"verdict": verdict, "onboarded_at": NOW_MS - rng.integers(200, 900, partners) * DAY_MS},
    )


def _assembled(
    sizes: dict[Kind, int], rows: dict[str, dict[str, np.ndarray]], of_partners: dict[str, np.ndarray]
) -> Links:
    text = ("name", "legal_name", "category", "country", "website", "kind", "verdict")
    moments = ("onboarded_at", "closed_at", "created_at", "first_seen_at", "opened_at", "verdict_at")
    nodes = []
    for node in NODES:
        size = sizes.get(node.kind, 0)
        frame = pd.DataFrame(
            {node.key: [f"{node.kind.value}-{row:05d}" for row in range(size)]}, dtype=object
        )
        frame = frame.assign(**dict.fromkeys(text, ""), **dict.fromkeys(moments, np.int64(MISSING_MS)))
        nodes.append(frame.assign(**of_partners) if node.kind is Kind.PARTNER else frame)
    frames = {}
    for relationship in RELATIONSHIPS:
        given = rows.get(relationship.name, {})
        size = len(next(iter(given.values()), ()))
        day = given.get("day", np.zeros(size, dtype=np.int64))
        columns = {
            side: np.asarray(given.get(side, np.zeros(0)), dtype=np.int32)
            for side in (relationship.source, relationship.target)
        }
        for name in relationship.properties:
            columns[name] = {
                "first_at": NOW_MS - day * DAY_MS,
                "last_at": NOW_MS - day * DAY_MS,
                "amount": np.full(size, 20.0),
                "bad_amount": np.zeros(size),
            }.get(name, np.full(size, name in ("orders", "times"), dtype=np.int32))
        frames[relationship.name] = pd.DataFrame(columns)
    return Links(NOW_MS, "EUR", *nodes, **frames)
