from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.benchmarks.written_worlds import Maker


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Maker], Path]:
    """The world of a maker, one for all tests."""
    return cache(lambda maker: maker.make(tmp_path_factory.mktemp("worlds") / "world"))
