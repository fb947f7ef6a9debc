"""Rings made by hand: a case in one line, with as many members and as hostile names as a test wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from graph.links import Links
from graph.records import Evidence, Member, ScoredRing, Source
from graph.schema import NODES, RELATIONSHIPS, Kind

START_MS = 1_767_225_600_000  # 2026-01-01
DAY_MS = 86_400_000
CELL = (3, 12, 3, 2)  # partners, consumers, devices, accounts in each cell of a made-up ring
PREFIX = {Kind.PARTNER: "P", Kind.CONSUMER: "c", Kind.DEVICE: "dev-", Kind.BANK_ACCOUNT: "IBAN-"}
WORDS = (
    "Silva Coffee Ltd",
    "Ueda Phones GmbH",
    "Okoro Pets Ltd",
    "Lima Travel SAS",
    "Novak Books LLC",
    "Patel Fashion",
)


@dataclass(frozen=True)
class World:
    """Links and one ring over all their nodes."""

    links: Links
    ring: ScoredRing


def node_frame(kind: Kind, ids: list[str], names: list[str]) -> pd.DataFrame:
    key = next(node.key for node in NODES if node.kind is kind)
    frame = pd.DataFrame({key: pd.Series(ids, dtype=object)})
    if kind is Kind.PARTNER:
        frame["name"] = pd.Series(names, dtype=object)
        frame["country"] = "DE"
        frame["onboarded_at"] = START_MS
    frame["verdict"] = ""
    frame["verdict_at"] = -1
    return frame


def link_frame(rng: np.random.Generator, relationship: object, pairs: list[tuple[int, int]]) -> pd.DataFrame:
    pairs = sorted(set(pairs))
    size = len(pairs)
    first = START_MS + rng.integers(0, 100, size) * DAY_MS + rng.integers(0, 1440, size) * 60_000
    count = rng.integers(1, 30, size).astype(np.int32)
    frame = pd.DataFrame(pairs, columns=[relationship.source, relationship.target], dtype=np.int32)
    for name in relationship.properties:
        if name in ("orders", "times"):
            frame[name] = count
        elif name == "amount":
            frame[name] = np.round(rng.lognormal(5, 1.2, size), 2)
        elif name == "bad_amount":
            frame[name] = np.round(frame["amount"] * rng.random(size) * 0.6, 2)
        elif name == "first_at":
            frame[name] = first
        elif name == "last_at":
            frame[name] = first + rng.integers(0, 40, size) * DAY_MS
        else:
            frame[name] = (count * rng.random(size) * 0.3).astype(np.int32)
    return frame


def cell_pairs(rng: np.random.Generator, cells: int) -> dict[str, list[tuple[int, int]]]:
    """Cells of partners with their own consumers, devices and accounts, a few links from each to the next."""
    p, c, d, a = CELL
    found: dict[str, list[tuple[int, int]]] = {relationship.name: [] for relationship in RELATIONSHIPS}
    for cell in range(cells):
        for consumer in range(c):
            for partner in rng.choice(p, size=int(rng.integers(1, 3)), replace=False):
                found["ordered_at"].append((cell * c + consumer, cell * p + int(partner)))
            found["used"].append((cell * c + consumer, cell * d + int(rng.integers(d))))
            if consumer % 4 == 0:
                found["paid_from"].append((cell * c + consumer, cell * a + int(rng.integers(a))))
        for partner in range(p):
            found["paid_out_to"].append((cell * p + partner, cell * a + partner % a))
            if partner < 2:
                found["logged_in_from"].append((cell * p + partner, cell * d))
        found["transferred_to"].append((cell * a, cell * a + 1))
        if cell:
            found["paid_out_to"].append(((cell - 1) * p, cell * a))
            found["ordered_at"].append((cell * c, (cell - 1) * p + 1))
    return found


def make_world(
    cells: int, seed: int = 1, ids: dict[Kind, list[str]] | None = None, names: list[str] | None = None
) -> World:
    rng = np.random.default_rng(seed)
    given = ids or {}
    all_ids = {
        kind: [*given.get(kind, []), *(f"{PREFIX[kind]}{n:05d}" for n in range(cells * size))][: cells * size]
        for kind, size in zip((node.kind for node in NODES), CELL, strict=True)
    }
    shown = [*(names or []), *(f"{WORDS[n % len(WORDS)]} {n}" for n in range(cells * CELL[0]))][
        : cells * CELL[0]
    ]
    pairs = cell_pairs(rng, cells)
    links = Links(
        START_MS + 150 * DAY_MS,
        "EUR",
        *(node_frame(kind, all_ids[kind], shown) for kind in all_ids),
        *(link_frame(rng, relationship, pairs[relationship.name]) for relationship in RELATIONSHIPS),
    )
    return World(links, make_ring(links, all_ids, rng))


def make_ring(links: Links, ids: dict[Kind, list[str]], rng: np.random.Generator) -> ScoredRing:
    roles = {
        Kind.PARTNER: "operator",
        Kind.CONSUMER: "shill",
        Kind.DEVICE: "shared device",
        Kind.BANK_ACCOUNT: "collector",
    }
    members = tuple(
        Member(
            kind, code, name, roles[kind], float(np.round(rng.beta(3 if kind is Kind.PARTNER else 2, 1.6), 3))
        )
        for kind, every in ids.items()
        for code, name in enumerate(every)
    )
    amount = float(links.ordered_at["amount"].sum())
    return ScoredRing(
        ring_id="R-4f2a91c07b",
        rank=1,
        score=0.931,
        q_value=0.0008,
        typology="shell_network",
        members=members,
        evidence=make_evidence(ids),
        amount=amount,
        bad_amount=float(links.ordered_at["bad_amount"].sum()),
        first_at=int(links.ordered_at["first_at"].min()),
        last_at=int(links.ordered_at["last_at"].max()),
        found_by=("shared_identifiers", "shared_custom"),
    )


def make_evidence(ids: dict[Kind, list[str]]) -> tuple[Evidence, ...]:
    partners, accounts, devices = ids[Kind.PARTNER], ids[Kind.BANK_ACCOUNT], ids[Kind.DEVICE]
    shared = Evidence(
        "shared payout account",
        0.91,
        3,
        "partners",
        1.0,
        f"3 partners are paid out to the same account {accounts[0][:40]}; usual is 1 partner an account.",
        (*((Kind.PARTNER, name) for name in partners[:3]), (Kind.BANK_ACCOUNT, accounts[0])),
        (Source("payouts", (partners[0], accounts[0]), ("po-000012", "po-000340")),),
    )
    login = Evidence(
        "shared login device",
        0.78,
        2,
        "partners",
        1.0,
        "2 partners log in from one device within the same hour on 14 days; usual is no such day.",
        ((Kind.PARTNER, partners[0]), (Kind.PARTNER, partners[1]), (Kind.DEVICE, devices[0])),
        (Source("partner_logins", (partners[1], devices[0]), ("row 881", "row 1203")),),
    )
    custom = Evidence(
        "customers in common",
        0.64,
        11,
        "consumers",
        0.4,
        "11 consumers buy at two or more of these partners; 0.4 would by chance.",
        tuple((Kind.PARTNER, name) for name in partners[:2]),
    )
    spread = Evidence(
        "ordinary outcomes",
        0.35,
        0.71,
        "share",
        0.97,
        "71 % of the orders ended as paid, so most of the custom may be real.",
        against=True,
    )
    return (custom, spread, login, shared)


@pytest.fixture(scope="session")
def world() -> Callable[..., World]:
    return make_world


@pytest.fixture(scope="session")
def small() -> World:
    return make_world(2)


@pytest.fixture(scope="session")
def wide() -> World:
    return make_world(15)


@pytest.fixture
def with_ring() -> Callable[..., World]:
    return lambda world, **changes: World(world.links, replace(world.ring, **changes))
