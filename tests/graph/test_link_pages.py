from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from graph.link_pages import Columns, NodeCodes, decode_page, join_pages
from graph.schema import RELATIONSHIPS
from graph.store_errors import StoreError

USED = next(one for one in RELATIONSHIPS if one.name == "used")
SOURCES = NodeCodes(np.array([70, 50, 60]), np.arange(3), 3)
TARGETS = NodeCodes(np.array([8, 9]), np.arange(2), 2)


def page(*links: tuple[int, int, int]) -> dict[str, list[Any]]:
    """A page of links (source number, target number, times)."""
    source, target, times = (list(values) for values in zip(*links, strict=True)) if links else ([], [], [])
    return {"source": source, "target": target, "times": times, "first_at": times, "last_at": times}


def decoded(*links: tuple[int, int, int]) -> Columns:
    return decode_page(page(*links), USED, (SOURCES, TARGETS))


def pairs(frame: pd.DataFrame) -> list[tuple[int, ...]]:
    return list(frame[["consumer", "device", "times"]].itertuples(index=False, name=None))


def test_links_come_sorted_by_their_codes_whatever_the_order_of_pages() -> None:
    first, second = decoded((60, 9, 1), (60, 8, 2)), decoded((50, 9, 3), (70, 8, 4))
    assert pairs(join_pages([first, second], USED, 2)) == [(0, 0, 4), (1, 1, 3), (2, 0, 2), (2, 1, 1)]


def test_unknown_node_has_no_code_and_its_links_keep_their_values() -> None:
    frame = join_pages([decoded((60, 4, 1), (3, 8, 2), (60, 8, 3))], USED, 2)
    assert pairs(frame) == [(-1, 0, 2), (2, -1, 1), (2, 0, 3)]


def test_empty_page_leaves_whole_numbers_whole() -> None:
    big = 2**60 + 1  # no float holds it
    assert pairs(join_pages([decoded(), decoded((50, 8, big)), decoded()], USED, 2)) == [(1, 0, big)]
    assert pairs(join_pages([decoded()], USED, 2)) == []


def test_link_without_a_property_is_refused() -> None:
    broken = page((50, 8, 1), (60, 8, 1)) | {"times": [1]}
    with pytest.raises(StoreError, match="USED in the store lack a property"):
        decode_page(broken, USED, (SOURCES, TARGETS))
