"""Whether what a step frees is there for the next."""

import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from app.memory import keep_freed

FAULTS = """
import resource, sys
import numpy as np
from app.memory import keep_freed
if sys.argv[1] == "kept":
    keep_freed()
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        np.zeros(8_000_000)[:] = 1.0
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone is told")
def test_arrays_are_made_in_memory_that_others_have_left():
    def faults(how: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", FAULTS, how],
            check=True,
            capture_output=True,
            text=True,
            env={"NUMPY_MADVISE_HUGEPAGE": "0"},
        )
        return int(done.stdout)

    assert faults("kept") < 0.1 * faults("given back")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone is told")
@pytest.mark.parametrize(("taken", "told"), [(1, [-3, -1]), (0, [-3])])
def test_where_the_library_refuses_large_heaps_all_stays_as_it_is(monkeypatch, taken, told):
    asked = []
    library = SimpleNamespace(mallopt=lambda name, value: asked.append(name) or taken)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    keep_freed()
    assert asked == told
