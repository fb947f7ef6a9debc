"""Array types, codes and small draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]
Columns = TypeVar("Columns")
"""A dataclass of arrays, a row an index."""

NONE: Final = -1
"""No device, no account, nobody, no fixed outcome."""

PAID, REFUNDED, DISPUTED, DEFAULTED, OPEN = range(5)
OUTCOMES: Final = ("paid", "refunded", "disputed", "defaulted", "open")

NO_INTS: Final[Ints] = np.empty(0, np.int64)

FEWEST_PARTNERS: Final = 200
"""Of a world that holds rings."""


@dataclass(kw_only=True)
class Counted:
    """How many devices and accounts there are."""

    n_devices: int = 0
    n_accounts: int = 0

    def new_devices(self, n: int) -> Ints:
        """(n,) numbers of new devices."""
        self.n_devices += n
        return np.arange(self.n_devices - n, self.n_devices)

    def new_accounts(self, n: int) -> Ints:
        """(n,) numbers of new accounts."""
        self.n_accounts += n
        return np.arange(self.n_accounts - n, self.n_accounts)


def log_uniform(rng: np.random.Generator, least: float, most: float) -> float:
    """A number from `least` to `most`, all scales as likely."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def ints(values: object) -> Ints:
    """Those whole numbers as an array."""
    return np.asarray(values, np.int64)


def within_runs(counts: Ints) -> Ints:
    """0, 1, ... within each run of a repeat by `counts`."""
    return np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)


def take_free(rng: np.random.Generator, busy: Flags, n: int, allowed: Flags | None = None) -> Ints:
    """`n` of those that are not busy, or as many as there are; they are now."""
    can = np.flatnonzero(~busy if allowed is None else ~busy & allowed)
    got = ints(rng.choice(can, min(n, len(can)), replace=False)) if len(can) else NO_INTS
    busy[got] = True
    return got


def where_known(texts: Texts, known: Flags) -> Texts:
    """Those texts, None where not known."""
    found = texts.copy()
    found[~known] = None
    return found


def earliest(n: int, *events: tuple[Ints, Floats]) -> Floats:
    """(n,) the first of the moments at which each number occurs, infinite where it never does."""
    first = np.full(n, np.inf)
    for number, t in events:
        np.minimum.at(first, number[number != NONE], t[number != NONE])
    return first


def joined(parts: Sequence[Columns]) -> Columns:
    """The rows of all parts, of which there is one at least."""
    names = vars(parts[0])
    return type(parts[0])(**{name: np.concatenate([getattr(one, name) for one in parts]) for name in names})


def only(part: Columns, rows: Ints | Flags) -> Columns:
    """Those rows of it."""
    return type(part)(**{name: column[rows] for name, column in vars(part).items()})


def check_room(partners: int, orders: int, each: int) -> None:
    """ValueError: too few partners, or orders for each, to hold rings."""
    if partners < FEWEST_PARTNERS or orders < each * partners:
        raise ValueError(
            f"A world of {partners} partners and {orders} orders has no room for rings: "
            f"give it at least {FEWEST_PARTNERS} partners with {each} orders each."
        )
