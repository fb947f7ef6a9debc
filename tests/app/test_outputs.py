"""The files of a run are those of the contract, and safe in other programs."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.outputs import EVIDENCE, LINEAGE, PARTNER_SCORES, RING_MEMBERS, RINGS
from app.pipeline import remarks_on
from app.previous import read_previous, strangers
from gnn.models import accelerator
from graph.schema import Kind
from tests.app.calls import ringwatch
from tests.graph.look_alikes import circle

CONTRACT = {
    "rings.parquet": "ring_id rank score p_value q_value flagged typology n_partners n_consumers n_devices "
    "n_accounts amount bad_amount first_at last_at lineage",
    "ring_members.parquet": "ring_id kind id role risk",
    "evidence.parquet": "ring_id signal strength value unit baseline sentence ids source against",
    "partner_scores.parquet": "partner_id score reasons",
    "lineage.parquet": "previous_ring_id ring_id event members_before members_after members_common "
    "joined left sentence",
}


def test_exactly_the_files_of_the_contract(finished_run: Path) -> None:
    names = {path.name for path in finished_run.iterdir()}
    assert names == {*CONTRACT, "rings", "index.html", "run.json", "profile.json"}


@pytest.mark.parametrize("name", CONTRACT)
def test_exactly_the_columns_of_the_contract(finished_run: Path, name: str) -> None:
    assert pq.read_schema(finished_run / name).names == CONTRACT[name].split()


def test_the_schemas_are_those_written(finished_run: Path) -> None:
    for name, schema in zip(CONTRACT, (RINGS, RING_MEMBERS, EVIDENCE, PARTNER_SCORES, LINEAGE), strict=True):
        assert pq.read_schema(finished_run / name).equals(schema)


def test_every_ring_has_members_evidence_and_a_page(finished_run: Path) -> None:
    rings = pq.read_table(finished_run / "rings.parquet").to_pandas()
    members = pq.read_table(finished_run / "ring_members.parquet").to_pandas()
    evidence = pq.read_table(finished_run / "evidence.parquet").to_pandas()
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(evidence.ring_id) <= set(rings.ring_id)
    assert all((finished_run / "rings" / f"{ring_id}.html").is_file() for ring_id in rings.ring_id)
    assert rings["rank"].tolist() == list(range(1, len(rings) + 1))
    assert rings.score.is_monotonic_decreasing
    assert evidence.strength.between(0, 1).all()
    assert members.risk.between(0, 1).all()


def test_every_partner_is_scored_once(world: Path, finished_run: Path) -> None:
    scores = pq.read_table(finished_run / "partner_scores.parquet").to_pandas()
    partners = pq.read_table(world / "partners.parquet").column("partner_id").to_pylist()
    assert sorted(scores.partner_id) == sorted(partners)
    assert scores.score.between(0, 1).all()


def test_run_json_says_what_was_done(finished_run: Path) -> None:
    report = json.loads((finished_run / "run.json").read_text(encoding="utf-8"))
    assert len(report["input"]["digest"]) == 64
    assert report["input"]["rows"]["orders"] == {"read": 40_000, "after_as_of": 0, "rejected": 0}
    assert {"torch", "igraph", "python"} <= set(report["versions"])
    assert report["versions"]["device"] == accelerator()  # its bytes are those of that kind of device
    assert "flat baseline" in {model["name"] for model in report["risk"]["scores"]}
    assert all(step["seconds"] >= 0 and step["peak_mib"] > 10 for step in report["steps"])


def test_csv_export_has_every_row(finished_run: Path, tmp_path: Path) -> None:
    assert ringwatch("export", finished_run, "--format", "csv", "--out", tmp_path / "csv").code == 0
    for name in CONTRACT:
        with (tmp_path / "csv" / f"{Path(name).stem}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == CONTRACT[name].split()
        assert len(rows) - 1 == pq.read_table(finished_run / name).num_rows
        assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_graphml_export_holds_a_ring_with_its_links(finished_run: Path, tmp_path: Path) -> None:
    ring = pq.read_table(finished_run / "rings.parquet").to_pylist()[0]
    ring_id = ring["ring_id"]
    outcome = ringwatch(
        "export", finished_run, "--format", "graphml", "--ring", ring_id, "--out", tmp_path / "graphs"
    )
    assert outcome.code == 0, outcome.err
    picture = nx.read_graphml(tmp_path / "graphs" / f"{ring_id}.graphml")
    members = sum(ring[count] for count in ("n_partners", "n_consumers", "n_devices", "n_accounts"))
    assert picture.number_of_nodes() == members
    assert picture.number_of_edges() >= ring["n_partners"]
    assert {data["type"] for *_, data in picture.edges(data=True)} <= {
        "ORDERED_AT",
        "USED",
        "PAID_FROM",
        "LOGGED_IN_FROM",
        "PAID_OUT_TO",
        "TRANSFERRED_TO",
    }


def test_an_export_never_replaces_files(finished_run: Path, tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "mine").touch()
    assert ringwatch("export", finished_run, "--format", "csv", "--out", tmp_path / "csv").code == 2
    assert [path.name for path in (tmp_path / "csv").iterdir()] == ["mine"]


def test_without_a_previous_run_every_ring_is_born(finished_run: Path) -> None:
    rows = pq.read_table(finished_run / "lineage.parquet").to_pandas()
    assert set(rows.event) == {"born"}
    assert rows.previous_ring_id.isna().all()
    assert sorted(rows.ring_id) == sorted(
        pq.read_table(finished_run / "rings.parquet")["ring_id"].to_pylist()
    )


def test_an_earlier_run_gives_its_ids_on(world: Path, finished_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = ringwatch("run", world, "--out", out, "--store", "none", "--previous", finished_run)
    assert outcome.code == 0, outcome.err
    before, after = (pq.read_table(run / "rings.parquet").to_pandas() for run in (finished_run, out))
    assert after.ring_id.tolist() == before.ring_id.tolist()
    assert set(after.lineage) == {"continued"}
    assert set(pq.read_table(out / "lineage.parquet")["event"].to_pylist()) == {"continued"}
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert report["previous"]["folder"] == str(finished_run)
    assert report["previous"]["rings"] == len(before)


def test_an_earlier_run_is_what_drift_is_measured_from(
    world: Path, finished_run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    outcome = ringwatch("run", world, "--out", out, "--store", "none", "--previous", finished_run)
    assert outcome.code == 0, outcome.err
    assert (out / "profile.json").read_bytes() == (finished_run / "profile.json").read_bytes()
    drift = json.loads((out / "drift.json").read_text(encoding="utf-8"))
    assert len(drift["checks"]) > 60
    assert {(check["kind"], check["name"]) for check in drift["checks"]} >= {
        ("partner", "score"),
        ("partner", "orders"),
        ("partner", "category"),
        ("ring", "score"),
        ("order", "bad_outcome_delay"),
    }
    assert all(check["ks"] == check["psi"] == 0 for check in drift["checks"])
    assert drift["alarms"] == 0
    assert f"None of {len(drift['checks'])} checks for drift raises an alarm" in outcome.out
    assert "ringwatch_drift_alarms 0\n" in (out / "metrics.prom").read_text(encoding="utf-8")
    assert "Drift since" in (out / "drift.html").read_text(encoding="utf-8")
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert report["drift"] == {
        "baseline": "the previous run",
        "checks": len(drift["checks"]),
        "alarms": 0,
    }


@pytest.mark.parametrize("content", [b"", b"{}", b'{"form": 99}', b"[" * 50_000, b"9" * 5_000])
def test_a_previous_run_with_a_profile_that_is_none_is_refused(
    content: bytes, finished_run: Path, tmp_path: Path
) -> None:
    previous = altered(finished_run, tmp_path / "before")
    (previous / "profile.json").write_bytes(content)
    outcome = ringwatch("run", tmp_path, "--out", tmp_path / "out", "--store", "none", "--previous", previous)
    assert outcome.code == 2
    assert "profile.json' cannot be used: the profile" in outcome.err
    assert outcome.err.count("\n") == 1


def altered(run: Path, to: Path, *, as_of: str | None = None, ring_id: str = "R-gone") -> Path:
    """A copy of that run with one more ring, of two partners of the end of the list, and another moment."""
    shutil.copytree(run, to)
    members = pq.read_table(run / "ring_members.parquet")
    partners = pq.read_table(run / "partner_scores.parquet")["partner_id"].to_pylist()[-2:]
    more = [{"ring_id": ring_id, "kind": "partner", "id": id_, "role": "", "risk": 0.5} for id_ in partners]
    both = pa.concat_tables([members, pa.Table.from_pylist(more, schema=members.schema)])
    pq.write_table(both, to / "ring_members.parquet")
    if as_of is not None:
        report = json.loads((run / "run.json").read_bytes()) | {"as_of": as_of}
        (to / "run.json").write_text(json.dumps(report), encoding="utf-8")
    return to


def test_what_dissolved_has_a_row_and_a_place_in_the_index(
    world: Path, finished_run: Path, tmp_path: Path
) -> None:
    previous = altered(finished_run, tmp_path / "before")
    out = tmp_path / "out"
    outcome = ringwatch("run", world, "--out", out, "--store", "none", "--previous", previous)
    assert outcome.code == 0, outcome.err
    rows = pq.read_table(out / "lineage.parquet").to_pylist()
    (lost,) = (row for row in rows if row["event"] == "dissolved")
    assert (lost["previous_ring_id"], lost["ring_id"], lost["members_before"]) == ("R-gone", None, 2)
    assert lost["sentence"].startswith("Dissolved, 2 members: ")
    index = (out / "index.html").read_text(encoding="utf-8")
    assert f'"dissolved":[["R-gone","{lost["sentence"]}"]]' in index


def test_a_previous_run_of_other_tables_is_remarked(finished_run: Path) -> None:
    previous = read_previous(finished_run)
    assert previous is not None
    links = circle()[1].links  # another world, of which no member of that run is part
    (remark,) = strangers(previous, links)
    assert remark.endswith("is it a run of other tables?")
    known = previous.members.assign(id=links.partners["partner_id"].iloc[0], kind="partner").head(1)
    assert strangers(replace(previous, members=known), links) == ()
    assert strangers(replace(previous, members=known.head(0)), links) == ()
    assert strangers(None, links) == ()


@pytest.mark.parametrize("ring_id", ["../../x", "<script>", "R-\n"])
def test_a_previous_run_with_ids_that_are_not_ours_is_refused(
    ring_id: str, finished_run: Path, tmp_path: Path
) -> None:
    previous = altered(finished_run, tmp_path / "before", ring_id=ring_id)
    outcome = ringwatch("run", tmp_path, "--out", tmp_path / "out", "--store", "none", "--previous", previous)
    assert outcome.code == 2
    assert "is no ring id" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_later_previous_run_is_refused(world: Path, finished_run: Path, tmp_path: Path) -> None:
    previous = altered(finished_run, tmp_path / "before", as_of="2031-05-06T00:00:00+00:00")
    store = tmp_path / "store"
    outcome = ringwatch(
        "run", world, "--out", tmp_path / "out", "--store", f"embedded:{store}", "--previous", previous
    )
    assert outcome.code == 2
    assert "is as of 2031-05-06T00:00:00Z, later than this run's moment" in outcome.err
    assert not (tmp_path / "out").exists()
    assert not store.exists()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"as_of": 3}', '{"as_of": "soon"}', '{"as_of": "2024-01-01"}', "[" * 50_000],
)
def test_a_previous_run_that_names_no_moment_is_refused(
    content: str, finished_run: Path, tmp_path: Path
) -> None:
    previous = altered(finished_run, tmp_path / "before")
    (previous / "run.json").write_text(content, encoding="utf-8")
    outcome = ringwatch("run", tmp_path, "--out", tmp_path / "out", "--store", "none", "--previous", previous)
    assert outcome.code == 2
    assert "run.json that says its moment" in outcome.err


def with_column(run: Path, to: Path, name: str, column: pa.Array | None) -> Path:
    """A copy of that run whose members have another column of that name, or none."""
    shutil.copytree(run, to)
    members = pq.read_table(run / "ring_members.parquet")
    place = members.column_names.index(name)
    other = members.remove_column(place) if column is None else members.set_column(place, name, column)
    pq.write_table(other, to / "ring_members.parquet")
    return to


@pytest.mark.parametrize("name", ["ring_id", "kind", "id", "risk"])
@pytest.mark.parametrize("value", [None, 7, ["x"]], ids=["none", "numbers", "lists"])
def test_members_that_were_changed_by_hand_are_refused(
    name: str, value: object, finished_run: Path, tmp_path: Path
) -> None:
    rows = pq.read_metadata(finished_run / "ring_members.parquet").num_rows
    column = None if value is None else pa.array([value] * rows)
    run = with_column(finished_run, tmp_path / "before", name, column)
    calls = [("export", run, "--format", "graphml", "--out", tmp_path / "graphs")]
    if name != "risk":  # which is not read of a previous run
        calls += [("run", tmp_path, "--out", tmp_path / "out", "--store", "none", "--previous", run)]
    for call in calls:
        outcome = ringwatch(*call)
        assert outcome.code == 2, outcome.err
        said = ("changed by hand: its members have other columns", "no readable ring_members.parquet")
        assert any(words in outcome.err for words in said)
        assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("settings", {"outcome_known_after_days": "1) FROM known_orders; --"}),
        ("settings", {"outcome_known_after_days": 10**30}),
        ("input", {"folder": 3, "digest": "x"}),
        ("input", None),
        ("as_of", 10**400),
    ],
)
def test_a_run_that_says_nonsense_of_itself_is_refused(
    key: str, value: object, finished_run: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished_run, run)
    report = json.loads((run / "run.json").read_bytes()) | {key: value}
    (run / "run.json").write_text(json.dumps(report), encoding="utf-8")
    outcome = ringwatch("export", run, "--format", "graphml", "--out", tmp_path / "graphs")
    assert outcome.code == 2, outcome.err
    assert "has no readable run.json" in outcome.err


def test_a_folder_in_the_place_of_a_table_is_no_empty_table(finished_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished_run, run)
    (run / "lineage.parquet").unlink()
    (run / "lineage.parquet").mkdir()
    outcome = ringwatch("export", run, "--format", "csv", "--out", tmp_path / "csv")
    assert outcome.code == 2
    assert "no readable lineage.parquet" in outcome.err


def test_remarks_on_the_input_count_in_words() -> None:
    tables: Any = SimpleNamespace(
        rejected={"orders": pa.table({"order_id": ["o1"]}), "payouts": pa.table({"payout_id": []})},
        created={Kind.CONSUMER: 2, Kind.DEVICE: 0},
        undated_outcomes=1,
        currencies={"EUR": 5, "USD": 1},
        currency="EUR",
        unmatched_labels=2,
    )
    assert remarks_on(tables) == (
        "1 row is rejected of orders; rejected/orders.parquet says why.",
        "2 nodes are known from events alone, not from consumers.",
        "1 outcome is without a date, and taken as known 30 days after the order.",
        "1 row is in another currency than EUR, and left out of sums of money.",
        "2 labels are of an entity that is not in the data.",
    )
