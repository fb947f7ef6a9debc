"""Pair columns: what is told of every pair, laid out or worked out anew whenever a forest asks for some rows.

Most of what forests ask about pairs follows from either end alone. A hundred columns of millions of pairs
would be most of the memory that detection takes, and to write and read them most of what they cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar, cast

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.forest import Fill
from graph.parts import in_parts

Codes = NDArray[np.int32]
Values = NDArray[np.floating] | NDArray[np.integer]

Held = TypeVar("Held", bound=NDArray[np.generic])

DIGITS: Final = 4
"""Features are rounded, so that sums in another order fall on the same side of every threshold."""


@dataclass(frozen=True)
class WorkedOut:
    """A column that is `how` of what is `laid` out, (m,) each, and of what is known of both `ends`.

    Of each of `ends`, (nodes,), `how` is given that of the left ends and that of the right ends. Whatever
    rows it is given, what it says of one must not depend on the others. `how` must have a name to be looked
    up by where columns are pickled.
    """

    how: Callable[..., NDArray[np.floating]]
    laid: tuple[Values, ...] = ()
    ends: tuple[Values, ...] = ()


@dataclass(frozen=True)
class OfBoth:
    """The lower, or the `higher`, `value` of both ends, (nodes,) and rounded: so are then both of them."""

    value: NDArray[np.float32]
    higher: bool


@dataclass(frozen=True)
class Scattered:
    """A column that is 0 but in some `rows`, sorted, of which each has a `value`, rounded."""

    rows: NDArray[np.int64]
    value: NDArray[np.float32]


Column = NDArray[np.float32] | Scattered | WorkedOut | OfBoth
"""An array is laid out already: (m,) and rounded."""


@dataclass(frozen=True)
class PairColumns:
    """What is told of pairs, by name; `left` and `right` are (m,) codes of the nodes at their ends."""

    left: Codes
    right: Codes
    of: dict[str, Column]

    def __len__(self) -> int:
        return len(self.left)

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """(m,) the column of that name."""
        column = self.of[name]
        if isinstance(column, np.ndarray):
            return column
        result = np.empty(len(self), dtype=np.float32)
        in_parts(len(self), lambda begin, end: self._fill(column, begin, end, result[begin:end]))
        return result

    def fills(self) -> dict[str, Fill]:
        """What lays out rows of each column, by name: what a forest asks (`graph.forest.Columns`)."""
        return {name: partial(self._fill, column) for name, column in self.of.items()}

    def _fill(self, column: Column, begin: int, end: int, result: NDArray[np.float32]) -> None:
        left, right = self.left[begin:end], self.right[begin:end]
        if isinstance(column, np.ndarray):
            result[:] = column[begin:end]
        elif isinstance(column, Scattered):
            first, last = np.searchsorted(column.rows, (begin, end))
            result[:] = 0.0
            result[column.rows[first:last] - begin] = column.value[first:last]
        elif isinstance(column, OfBoth):
            (_higher if column.higher else _lower)(column.value, left, right, result)
        else:
            ends = (value[side] for value in column.ends for side in (left, right))
            round_to(result, column.how(*(value[begin:end] for value in column.laid), *ends))

    def frame(self) -> pd.DataFrame:
        """(m, columns) float32: all of them, laid out."""
        return pd.DataFrame({name: self[name] for name in self.of}, copy=False)

    def at(self, rows: NDArray[np.int64]) -> PairColumns:
        """The columns of these pairs alone; `rows` are sorted."""
        of = {name: self._at(column, rows) for name, column in self.of.items()}
        return PairColumns(self.left[rows], self.right[rows], of)

    def _at(self, column: Column, rows: NDArray[np.int64]) -> Column:
        if isinstance(column, np.ndarray):
            return column[rows]
        if isinstance(column, WorkedOut):
            return replace(column, laid=tuple(value[rows] for value in column.laid))
        if isinstance(column, OfBoth):
            return column
        among = np.isin(column.rows, rows)
        return Scattered(np.searchsorted(rows, column.rows[among]), column.value[among])

    def laid_out(self, names: Iterable[str]) -> PairColumns:
        """These columns alone, laid out."""
        return PairColumns(self.left, self.right, {name: self[name] for name in names})


def together(one: PairColumns, other: PairColumns, order: NDArray[np.int64]) -> PairColumns:
    """The pairs of `one`, then of `other`, put in that order; both are told the same of their ends."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))

    def both(value: Held, more: Held) -> Held:
        # an array of whatever kind both are
        return cast(Held, np.concatenate((value, more))[order])

    def joined(name: str) -> Column:
        column, more = one.of[name], other.of[name]
        if isinstance(column, WorkedOut) and isinstance(more, WorkedOut):
            laid = zip(column.laid, more.laid, strict=True)
            return replace(column, laid=tuple(both(*values) for values in laid))
        if isinstance(column, Scattered) and isinstance(more, Scattered):
            rows = place[np.concatenate((column.rows, more.rows + len(one)))]
            by_row = np.argsort(rows)
            return Scattered(rows[by_row], np.concatenate((column.value, more.value))[by_row])
        if isinstance(column, OfBoth) and isinstance(more, OfBoth):
            return column
        return both(one[name], other[name])

    of = {name: joined(name) for name in one.of}
    return PairColumns(both(one.left, other.left), both(one.right, other.right), of)


def of_both(values: Mapping[str, NDArray[np.floating]]) -> Iterator[tuple[str, OfBoth]]:
    """The lower and the higher of both ends' values, (nodes,) each.

    What is known of a node lies side by side: who is looked up is looked up in all of it.
    """
    nodes = len(next(iter(values.values())))
    known = np.empty((nodes, len(values)), dtype=np.float32)
    for number, (name, value) in enumerate(values.items()):
        round_to(known[:, number], value)
        yield f"low_{name}", OfBoth(known[:, number], higher=False)
        yield f"high_{name}", OfBoth(known[:, number], higher=True)


def as_it_is(name: str, value: NDArray[np.floating]) -> tuple[str, WorkedOut]:
    """A column (m,) that is held anyway, and is rounded when it is asked for."""
    return name, WorkedOut(np.asarray, (value,))


def scattered(value: NDArray[np.float32]) -> Scattered:
    """A column, (m,) and rounded, that is mostly 0."""
    rows = np.flatnonzero(value)
    return Scattered(rows, value[rows])


def laid_in_parts(
    names: Sequence[str], rows: int, work: Callable[[int, int], Iterable[NDArray[np.floating]]]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The columns that `work(begin, end)` gives of those rows, rounded; in parts as `in_parts` has them."""
    # arrays of their own: where one is let go there is room for another
    result = [np.empty(rows, dtype=np.float32) for _ in names]

    def lay(begin: int, end: int) -> None:
        for column, value in zip(result, work(begin, end), strict=True):
            round_to(column[begin:end], value)

    in_parts(rows, lay)
    yield from zip(names, result, strict=True)


def rounded(value: NDArray[np.floating]) -> NDArray[np.float32]:
    """(rows,) the values as forests are told them."""
    result = np.empty(len(value), dtype=np.float32)
    in_parts(len(value), lambda begin, end: round_to(result[begin:end], value[begin:end]))
    return result


def round_to(result: NDArray[np.float32], value: NDArray[np.floating]) -> None:
    """Writes the values rounded, in their own precision, as float32."""
    _round(value, value.dtype.type(10**DIGITS), result)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _round(value: NDArray[np.floating], scale: np.floating, result: NDArray[np.float32]) -> None:
    """As `numpy.round` has it, in one pass without arrays between; `scale` is of the values' width."""
    for row in range(len(value)):
        result[row] = np.rint(value[row] * scale) / scale


@numba.njit(cache=True, nogil=True)
def _lower(value: NDArray[np.float32], left: Codes, right: Codes, result: NDArray[np.float32]) -> None:
    for pair in range(len(left)):
        result[pair] = min(value[left[pair]], value[right[pair]])


@numba.njit(cache=True, nogil=True)
def _higher(value: NDArray[np.float32], left: Codes, right: Codes, result: NDArray[np.float32]) -> None:
    for pair in range(len(left)):
        result[pair] = max(value[left[pair]], value[right[pair]])
