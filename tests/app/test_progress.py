import io

import numba
import numpy as np
import pytest

from app.progress import COMPILING, Steps, duration, pace


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_pace_names_rate_and_rest() -> None:
    assert pace(50, 200, "rows", 10) == "50 of 200 rows, 5/s, 30 s left"


def test_pace_without_a_total_names_the_rate_alone() -> None:
    assert pace(50, 0, "rows", 10) == "50 rows, 5/s"


def test_pace_at_the_start_divides_by_nothing() -> None:
    assert pace(0, 200, "rows", 0) == "0 of 200 rows"


@pytest.mark.parametrize(
    ("seconds", "words"), [(4.6, "5 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_what_a_step_did_before_it_counted_slows_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 100.0, 110.0, 120.0])
    monkeypatch.setattr("app.progress.time.perf_counter", lambda: next(clock))
    stream = io.StringIO()
    steps = Steps(stream)
    with steps.step("make"):
        steps.count(10, 100, "orders")
        steps.count(60, 100, "orders")
    # of the first count nobody knows how long it took
    assert "10 of 100 orders\n" in stream.getvalue()
    assert "60 of 100 orders, 5/s, 8 s left" in stream.getvalue()


def test_each_step_shows_its_own_peak() -> None:
    steps = Steps(io.StringIO())
    with steps.step("large"):
        np.ones(40_000_000)
    with steps.step("small"):
        pass
    large, small = steps.done
    assert large.peak_mib > small.peak_mib + 200


def test_a_log_gets_one_line_a_step_and_no_control_characters() -> None:
    stream = io.StringIO()
    steps = Steps(stream)
    with steps.step("read"):
        steps.count(1, 2, "rows")
        steps.note("a\x1b[2Jb")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_sees_the_step_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.progress.LIVE_EVERY_S", 0.0)
    stream = Terminal()
    steps = Steps(stream)
    with steps.step("read"):
        steps.count(1, 2, "rows")
        assert "1 of 2 rows" in stream.getvalue()


def test_a_failed_step_is_not_listed_as_done() -> None:
    steps = Steps(io.StringIO())
    with pytest.raises(ValueError, match="no"), steps.step("read"):
        raise ValueError("no")
    assert steps.done == []


def compile_one() -> None:
    """What a machine's first run does, without a cache so that each call does it."""
    numba.njit(lambda number: number + 1)(1)


def test_compiling_is_told_of_once_a_run_above_the_line_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.progress.COMPILING_S", 0.0)
    stream = Terminal()
    steps = Steps(stream)
    for name in ("tie", "find"):
        with steps.step(name):
            compile_one()
            compile_one()
    assert stream.getvalue().count(COMPILING) == 1
    assert f"\r\x1b[K{COMPILING}\n\r\x1b[Ktie" in stream.getvalue()


def test_a_loop_or_two_that_compile_at_once_are_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.progress.COMPILING_S", 600.0)
    stream = io.StringIO()
    steps = Steps(stream)
    with steps.step("tie"):
        compile_one()
        compile_one()
    assert COMPILING not in stream.getvalue()
