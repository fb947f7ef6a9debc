from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.detection import detect, detect_by_command, judge_members, rings_of, same
from benchmarks.fit_forests import WORLDS
from benchmarks.judging import Found, Truth, judge
from benchmarks.leak_audit import audit
from benchmarks.quality import BARE, LABELLED, Report, found_by
from benchmarks.worlds import MAKERS, add_arguments, chosen_worlds, leave_out_labels
from graph.aggregation import aggregate
from graph.projection import project
from graph.synthetic import write_world
from graph.tables import read_tables
from tests.graph.made_links import made_links


def test_a_bare_folder_has_every_table_but_the_labels(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    for name in ("labels.parquet", "orders.parquet", "partners.csv.gz"):
        (tmp_path / "world" / name).write_text(name)
    leave_out_labels(tmp_path / "world", tmp_path / "bare")
    bare = {path.name: path.read_text() for path in (tmp_path / "bare").iterdir()}
    assert bare == {name: name for name in ("orders.parquet", "partners.csv.gz")}


def test_worlds_of_a_maker_that_no_forest_was_fitted_to_are_audited_and_judged(tmp_path: Path) -> None:
    assert not set(MAKERS) & set(WORLDS) - {"own"}
    parser = argparse.ArgumentParser()
    add_arguments(parser, worlds=1, first_seed=2)
    dropped: list[str] = []
    worlds = chosen_worlds(parser.parse_args(["--maker", "eighteenth"]), tmp_path, dropped)
    world = next(worlds)
    assert len(world.truth.members) > 0
    assert audit(world.folder).passes()
    assert len(world.bare.partners) == len(world.links.partners)
    assert not list(worlds)
    assert not list(tmp_path.iterdir())


def test_found_differently_is_not_the_same() -> None:
    one = Found([{"a", "b"}], np.array([0.5]), np.array([0.9]), np.array([0.0]), np.array([True]))
    assert same(one, replace(one, score=one.score + 1e-12))
    assert not same(one, replace(one, score=one.score + 1e-6))
    assert not same(one, replace(one, rings=[{"a", "c"}]))


def test_a_report_has_both_runs_in_every_table(tmp_path: Path) -> None:
    links = made_links(partners=[{"partner_id": f"p{n}"} for n in range(6)])
    rings = pd.DataFrame({"ring_id": ["r"], "typology": "circle", "carefulness": [0.4], "labelled": True})
    alike = pd.DataFrame([("g", "owner", "partner", p) for p in ("p4", "p5")])
    alike.columns = pd.Index(["group_id", "look_alike", "kind", "id"])
    truth = Truth(rings, [{"p0", "p1"}], {"p0", "p1"}, alike)
    score, one = np.array([1.0, 1.0, 0, 0, 0, 0]), np.ones(1)
    report = Report()
    for world in ("1", "2"):
        right = Found([{"p0", "p1"}], score, one, 0 * one, one > 0)
        wrong = Found([{"p4", "p5"}], score, one, 0 * one, one > 0)
        for way, found in ((LABELLED, right), (BARE, wrong)):
            report.add(world, way, judge(found, truth, links))
    text = report.text()
    assert "1.000 [1.000, 1.000] 1.00-1.00  1.000" in text
    table = found_by(pd.concat(report.planted), "typology").loc["circle"]
    assert table.tolist() == [2, "1.000 [1.00, 1.00]", "0.000 [0.00, 0.00]"]
    flagged = text.partition("## Flagged")[2].partition("##")[0].splitlines()
    assert [line.split()[-5:] for line in flagged if line.startswith(LABELLED)] == [
        ["2.0", "2.0", "0.0", "0.0", "0.0"],
        ["2.0", "0.0", "2.0", "0.0", "1.0"],
    ]


@pytest.mark.slow
def test_the_command_line_and_the_pieces_give_what_the_function_gives(tmp_path: Path) -> None:
    write_world(tmp_path / "world", seed=9102, partners=1000, orders=60_000, profile="real")
    links = aggregate(read_tables(tmp_path / "world"))
    whole = detect(links)
    assert len(whole.rings) > 3
    assert same(whole, detect_by_command(tmp_path / "world", tmp_path / "run", links))
    assert same(whole, rings_of(judge_members(links, project(links))))
