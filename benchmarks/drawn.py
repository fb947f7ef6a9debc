"""Links drawn at random in the size that is asked for: what the store's benchmarks load and read back.

A synthetic world has about one relationship to a node; here it is four, as after years of business. Consumers
and partners have Zipf's popularity, so that a few partners are hubs; one device or account in a hundred is
shared by many. Ids look like those of a synthetic world.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from graph.links import Links
from graph.schema import MISSING_MS, NODES, RELATIONSHIPS, Kind, Relationship

NODE_SHARES: Final = {
    Kind.PARTNER: 0.01,
    Kind.CONSUMER: 0.62,
    Kind.DEVICE: 0.25,
    Kind.BANK_ACCOUNT: 0.12,
}
LINK_SHARES: Final = {
    "ordered_at": 0.5,
    "used": 0.24,
    "paid_from": 0.2,
    "logged_in_from": 0.01,
    "paid_out_to": 0.005,
    "transferred_to": 0.045,
}
RELATIONSHIPS_A_NODE: Final = 4
PREFIXES: Final = {
    Kind.PARTNER: "par-",
    Kind.CONSUMER: "c_",
    Kind.DEVICE: "de-",
    Kind.BANK_ACCOUNT: "b0",
}
START_MS: Final = 1_700_000_000_000
YEAR_MS: Final = 365 * 86_400_000


def drawn_links(relationships: int, seed: int = 1) -> Links:
    """Links with very nearly this many relationships, and a quarter as many nodes; the same for a seed."""
    random = np.random.default_rng(seed)
    nodes = relationships // RELATIONSHIPS_A_NODE
    sizes = {kind: max(4, int(share * nodes)) for kind, share in NODE_SHARES.items()}
    frames = {kind: _nodes(random, kind, size) for kind, size in sizes.items()}
    pairs = {
        relationship.name: _pairs(random, relationship, sizes, LINK_SHARES[relationship.name] * relationships)
        for relationship in RELATIONSHIPS
    }
    return Links(
        as_of_ms=START_MS + YEAR_MS,
        currency="EUR",
        partners=frames[Kind.PARTNER],
        consumers=frames[Kind.CONSUMER],
        devices=frames[Kind.DEVICE],
        bank_accounts=frames[Kind.BANK_ACCOUNT],
        **pairs,
    )


def _nodes(random: Generator, kind: Kind, size: int) -> pd.DataFrame:
    key = next(node.key for node in NODES if node.kind is kind)
    # drawn with gaps and then sorted, as the contract has them
    numbers = np.sort(random.choice(size * 8, size, replace=False))
    ids = [f"{PREFIXES[kind]}{number:012d}" for number in numbers.tolist()]
    country = np.array(["GB", "FR", "DE", "NL"])[random.integers(0, 4, size)]
    moments = START_MS - random.integers(0, YEAR_MS, size)
    known = random.random(size) < 0.02
    verdict = np.where(known, np.where(random.random(size) < 0.3, "fraud", "legit"), "")
    verdict_at = np.where(known, START_MS + random.integers(0, YEAR_MS, size), MISSING_MS)
    columns: dict[str, object] = {key: ids}
    if kind is Kind.PARTNER:
        closed = np.where(random.random(size) < 0.1, START_MS + YEAR_MS // 2, MISSING_MS)
        columns |= {
            "name": [f"Shop {number}" for number in numbers],
            "legal_name": [f"Shop {number} Ltd" for number in numbers],
            "category": [str(number) for number in random.integers(4000, 9000, size)],
            "country": country,
            "website": [f"https://shop{number}.example" for number in numbers],
            "onboarded_at": moments,
            "closed_at": closed,
        }
    elif kind is Kind.CONSUMER:
        columns |= {"country": country, "created_at": moments}
    elif kind is Kind.DEVICE:
        device = np.array(["mobile", "desktop", "tablet"])[random.integers(0, 3, size)]
        columns |= {"kind": device, "first_seen_at": moments}
    else:
        columns |= {"country": country, "opened_at": moments}
    frame = pd.DataFrame({**columns, "verdict": verdict, "verdict_at": verdict_at})
    texts = [name for name in frame.columns if not pd.api.types.is_integer_dtype(frame[name].dtype)]
    return frame.astype(dict.fromkeys(texts, "str"))


def _pairs(
    random: Generator, relationship: Relationship, sizes: dict[Kind, int], wanted: float
) -> pd.DataFrame:
    """A link frame of `wanted` pairs, a few less where the nodes are too few to draw them all differently."""
    source_size, target_size = sizes[relationship.source_kind], sizes[relationship.target_kind]
    keys = np.zeros(0, dtype=np.int64)
    wanted = min(int(wanted), source_size * target_size // 4)
    while len(keys) < wanted:
        count = wanted - len(keys) + wanted // 8 + 1
        source = _popular(random, relationship.source_kind, source_size, count)
        target = _popular(random, relationship.target_kind, target_size, count)
        if relationship.source_kind is relationship.target_kind:
            source, target = source[source != target], target[source != target]
        keys = np.unique(np.append(keys, source * target_size + target))
    keys = np.sort(random.choice(keys, wanted, replace=False))
    columns: dict[str, NDArray[np.generic]] = {
        relationship.source: (keys // target_size).astype(np.int32),
        relationship.target: (keys % target_size).astype(np.int32),
    }
    times = random.zipf(2.2, wanted).clip(max=500).astype(np.int32)
    first = START_MS + random.integers(0, YEAR_MS, wanted)
    amount = np.round(times * random.lognormal(3.5, 1.0, wanted), 2)
    bad = random.random(wanted) < 0.03
    values: dict[str, NDArray[np.generic]] = {
        "orders": times,
        "times": times,
        "amount": amount,
        "bad_amount": np.where(bad, amount, 0.0),
        "first_at": first,
        "last_at": np.where(times == 1, first, first + random.integers(0, YEAR_MS // 4, wanted)),
        "refunded": (random.random(wanted) < 0.05).astype(np.int32),
        "disputed": (bad & (times == 1)).astype(np.int32),
        "defaulted": (bad & (times > 1)).astype(np.int32),
    }
    columns |= {name: values[name] for name in relationship.properties}
    return pd.DataFrame(columns)


def _popular(random: Generator, kind: Kind, size: int, count: int) -> NDArray[np.int64]:
    """Codes drawn with the popularity of their kind; popularity has nothing to do with a code's rank."""
    if kind is Kind.PARTNER:
        weight = 1 / (np.arange(size) + 10.0)  # the first has about a hundredth of all customers
    elif kind is Kind.CONSUMER:
        weight = 1 / (np.arange(size) + size / 20) ** 0.5
    else:
        weight = np.where(np.arange(size) < size // 100 + 1, 8.0, 1.0)
    chosen = np.searchsorted(np.cumsum(weight) / weight.sum(), random.random(count))
    place = np.random.default_rng(size).permutation(size)
    codes: NDArray[np.int64] = place[np.minimum(chosen, size - 1)].astype(np.int64)
    return codes
