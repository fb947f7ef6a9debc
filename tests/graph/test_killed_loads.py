from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from graph.links import Links
from graph.store import EMBEDDED, open_store
from tests.graph.made_links import made_links
from tests.graph.test_store import assert_same

LOADER = """
import sys
from pathlib import Path
from graph.store import open_store
from tests.graph.test_killed_loads import crowd

with open_store("embedded", folder=Path(sys.argv[1])) as store:
    print("open", flush=True)
    store.load(crowd())
    print("loaded", flush=True)
"""


def crowd() -> Links:
    """A few thousand orders and what belongs to them: enough that a load takes seconds."""
    random = np.random.default_rng(5)
    pairs = sorted({(int(c), int(p)) for c, p in random.integers(0, (4000, 300), (12_000, 2))})
    return made_links(
        orders=[{"consumer": f"C{c}", "partner": f"P{p}", "amount": c + p / 7} for c, p in pairs],
        used=[{"consumer": f"C{c}", "device": f"D{c // 3}"} for c in sorted({c for c, _ in pairs})],
    )


@pytest.mark.slow
def test_load_killed_at_any_moment_resumes_to_the_same_graph(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    for _ in range(5):
        loader = subprocess.Popen(
            [sys.executable, "-c", LOADER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert loader.stdout is not None
        assert loader.stdout.readline() == "open\n"
        time.sleep(float(random.uniform(0.2, 3)))
        loader.kill()
        loader.communicate()
    with open_store(EMBEDDED, folder=tmp_path) as store:
        store.load(crowd())
        assert_same(store.read_links(), crowd())
        again = store.load(crowd())
        assert (again.created, again.updated, again.removed) == (0, 0, 0)
