"""Whether what a step frees is there for the next."""

import ctypes
import errno
import subprocess
import sys
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from app.memory import keep_freed, set_aside
from app.run_folder import OutputError

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

RESIDENT = """
from pathlib import Path
import numpy as np
from app.memory import give_back, keep_freed
def resident():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmRSS"))
keep_freed()
arrays = [np.ones(1_000_000) for _ in range(20)]
del arrays[:-1]  # the last one, above the hole, stays
freed = resident()
give_back()
print(freed - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone is told")
def test_holes_between_arrays_can_be_given_back():
    done = subprocess.run([sys.executable, "-c", RESIDENT], check=True, capture_output=True, text=True)
    assert int(done.stdout) > 0.9 * 19 * 8_000_000 / 1024


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
@pytest.mark.parametrize(("taken", "told"), [(1, [-3, -1, -8]), (0, [-3])])
def test_where_the_library_refuses_large_heaps_all_stays_as_it_is(monkeypatch, taken, told):
    asked = []
    library = SimpleNamespace(mallopt=lambda name, value: asked.append(name) or taken)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    keep_freed()
    assert asked == told


def test_what_is_set_aside_is_freed_and_had_again():
    class Held:
        def __init__(self):
            self.array = np.arange(5.0)

        def __reduce__(self):
            return np.copy, (self.array,)

    mine = Held()
    seen = weakref.ref(mine)
    with set_aside(mine) as recall:
        del mine
        assert seen() is None
        assert recall().tolist() == recall().tolist() == [0, 1, 2, 3, 4]


def test_a_full_temporary_folder_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.memory.pickle.dump", full)
    told = r"cannot be written \(No space left on device\); make room, or name"
    with pytest.raises(OutputError, match=told), set_aside([1]):
        raise AssertionError("nothing was set aside")


def test_no_temporary_folder_at_all_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("app.memory.tempfile.TemporaryFile", nowhere)
    with pytest.raises(OutputError, match="name one in TMPDIR"), set_aside([1]):
        raise AssertionError("nothing was set aside")
