"""Pages of stored links, columns packed into lists, as arrays of codes in the order of a link frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.schema import Relationship
from graph.store_errors import StoreError

Columns = dict[str, NDArray[Any]]


class NodeCodes:
    """The codes (n,) of stored nodes by the numbers (n,) that the server has for them.

    A page of links says its ends in these numbers: the server reads no property for them, and a number is
    shorter and found faster than an id. They are good only until nodes are removed, so nothing keeps them.
    """

    def __init__(self, numbers: NDArray[np.int64], codes: NDArray[np.integer[Any]], size: int) -> None:
        self.size = size
        self._index = pd.Index(numbers)
        self._codes = np.append(codes, -1)  # the last is found by place -1, which stands for unknown

    def of(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """The code of each number, -1 for one that is unknown."""
        places = self._index.get_indexer(pd.Index(np.array(numbers, dtype=np.int64)))
        codes: NDArray[np.int64] = self._codes[places]
        return codes


def decode_page(
    page: Mapping[str, Any], relationship: Relationship, ends: tuple[NodeCodes, NodeCodes]
) -> Columns:
    """A page's columns, sorted by the codes of source and target; -1 where a node is unknown.

    StoreError where a link lacks a property: `collect` leaves it out, and its list is shorter.
    """
    columns: Columns = {
        relationship.source: ends[0].of(page["source"]),
        relationship.target: ends[1].of(page["target"]),
    }
    columns |= {name: np.array(page[name]) for name in relationship.properties}
    if len({len(values) for values in columns.values()}) != 1:
        raise StoreError(
            f"Links of type {relationship.type} in the store lack a property; something else has changed it: "
            "clear it and load again."
        )
    return _sorted(columns, relationship, ends[1].size)


def join_pages(pages: Sequence[Columns], relationship: Relationship, target_size: int) -> pd.DataFrame:
    """All pages as one frame, sorted; they come in the order of their ranges of keys."""
    # an empty list has no type, and would make whole numbers floats
    held = [page for page in pages if len(page[relationship.source])] or pages[:1]
    names = (relationship.source, relationship.target, *relationship.properties)
    whole = {name: np.concatenate([page[name] for page in held]) for name in names}
    return pd.DataFrame(_sorted(whole, relationship, target_size), copy=False)


def _sorted(columns: Columns, relationship: Relationship, target_size: int) -> Columns:
    # an unknown node's code is -1: one more than the targets keeps the keys of two sources apart
    keys = columns[relationship.source] * (target_size + 1) + columns[relationship.target]
    if (keys[1:] >= keys[:-1]).all():
        return columns
    order = np.argsort(keys, kind="stable")
    return {name: values[order] for name, values in columns.items()}
