"""Parts of long loops: all rows once, in order, and the same result however many parts there are."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pytest

import graph.channels.custom
import graph.forest
import graph.pair_columns
import graph.projection
import graph.ring_forest
import graph.shopper_ties
from graph.parts import at_once, in_copies, in_parts
from graph.projection import Projection, project
from graph.ring_forest import ring_features
from tests.graph.small_worlds import planted, with_refund_ring

Result = TypeVar("Result")


@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("rows", [0, 1, 7, 100])
def test_every_row_is_in_one_part_and_in_order(rows: int, cores: int) -> None:
    parts = in_parts(rows, lambda begin, end: list(range(begin, end)), least=3, cores=cores)
    assert [row for part in parts for row in part] == list(range(rows))
    assert len(parts) == 1 or min(map(len, parts)) >= 3


def test_what_fails_in_a_part_fails() -> None:
    def work(begin: int, end: int) -> None:
        if begin:
            raise IndexError("a code is out of range")

    with pytest.raises(IndexError, match="out of range"):
        in_parts(10, work, least=1, cores=2)


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("rows", [0, 1, 16, 17, 100, 40_000])
def test_every_row_is_done_once_by_one_process_or_two(rows: int, cores: int) -> None:
    assert in_copies(rows, lambda row: row * row, cores=cores) == [row * row for row in range(rows)]


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("rows", [0, 1, 100])
def test_what_comes_first_is_done_once_and_here(rows: int, cores: int) -> None:
    done: list[int] = []
    assert in_copies(rows, int, first=lambda: done.append(os.getpid()), cores=cores) == list(range(rows))
    assert done == [os.getpid()]


def test_without_room_for_a_copy_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise BlockingIOError

    monkeypatch.setattr("graph.parts._fork", no_room)
    done: list[str] = []
    assert in_copies(100, int, first=lambda: done.append("once"), cores=2) == list(range(100))
    assert done == ["once"]


class Torn:
    """What a copy is killed over, in the middle of telling of it."""

    def __reduce__(self) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""


@pytest.mark.parametrize("failing", ["raise", "exit", "kill", "hang", "tear"])
def test_what_a_copy_cannot_do_is_done_here(failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.parts.PATIENCE_S", 0.2)
    here = os.getpid()

    def work(row: int) -> object:
        if os.getpid() != here:
            if failing == "tear":  # so much has been told before
                return b"." * 100_000 if row % 16 < 15 else Torn()
            if failing == "raise":
                raise MemoryError
            if failing == "exit":
                os._exit(3)
            if failing == "hang":
                time.sleep(600)
            os.kill(os.getpid(), signal.SIGKILL)
        return row

    assert in_copies(2_000, work, cores=2) == list(range(2_000))


def test_what_a_copy_did_before_it_failed_is_not_done_again() -> None:
    here, done = os.getpid(), []

    def work(row: int) -> int:
        if os.getpid() == here:
            time.sleep(0.001)
            done.append(row)
        elif row >= 1_000:
            os._exit(3)
        return row

    assert in_copies(2_000, work, cores=2) == list(range(2_000))
    assert len(done) < 2_000


def test_without_room_for_a_thread_that_is_said_and_no_process_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_room(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    children = Path("/proc/self/task", str(os.getpid()), "children")
    before = set(children.read_text().split())
    monkeypatch.setattr(threading.Thread, "start", no_room)
    with pytest.raises(RuntimeError, match="can't start"):
        in_copies(2_000, int, cores=2)
    assert set(children.read_text().split()) <= before


def test_what_fails_fails_with_a_copy_too_and_leaves_no_process() -> None:
    def work(row: int) -> int:
        if row == 1_999:
            raise IndexError("a code is out of range")
        return row

    children = Path("/proc/self/task", str(os.getpid()), "children")
    before = set(children.read_text().split())  # servers of other tests may run
    with pytest.raises(IndexError, match="out of range"):
        in_copies(2_000, work, cores=2)
    assert set(children.read_text().split()) <= before


def test_a_copy_of_whose_end_another_is_told_is_no_error() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert in_copies(2_000, lambda row: row, cores=2) == list(range(2_000))
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_what_ends_one_work_does_not_wait_for_the_other() -> None:
    ended = threading.Event()

    def one() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_once(one, lambda: ended.wait(60), cores=2)
    ended.set()


@pytest.mark.parametrize("cores", [1, 2])
def test_two_works_at_once_give_what_they_give(cores: int) -> None:
    assert at_once(lambda: "one", lambda: 2, cores=cores) == ("one", 2)
    with pytest.raises(IndexError):
        at_once(lambda: 1, lambda: [][0], cores=cores)


def test_ties_and_sets_are_the_same_in_one_part_and_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, truth = planted(1)
    links = with_refund_ring(rows).links()
    codes = np.flatnonzero(links.partners["partner_id"].isin(truth[0] | truth[1])).tolist()
    sets = [codes[begin : begin + 3] for begin in range(len(codes) - 2)]

    def found(cores: int) -> tuple[Projection, pd.DataFrame]:
        def parts(rows: int, work: Callable[[int, int], Result], least: int = 1) -> list[Result]:
            return in_parts(rows, work, least=1, cores=cores)

        for module in (
            graph.channels.custom, graph.forest, graph.pair_columns, graph.ring_forest,
            graph.shopper_ties,
        ):  # fmt: skip
            monkeypatch.setattr(module, "in_parts", parts)
        monkeypatch.setattr(graph.projection, "at_once", partial(at_once, cores=cores))
        projection = project(links)
        return projection, ring_features(sets, projection, links)

    (one, one_features), (many, many_features) = found(1), found(5)
    assert len(one.left) and len(one.shoppers.left)
    assert (one.left == many.left).all() and (one.right == many.right).all()
    assert one.affinity.tobytes() == many.affinity.tobytes()
    assert (one.shoppers.left == many.shoppers.left).all()
    assert (one.shoppers.right == many.shoppers.right).all()
    assert one.shoppers.affinity.tobytes() == many.shoppers.affinity.tobytes()
    pd.testing.assert_frame_equal(one_features, many_features, check_exact=True)
