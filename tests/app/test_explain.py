from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import app.models
from benchmarks.explanations import evidence_of
from gnn.attribution import Term
from gnn.calibration import Calibrator
from gnn.explain import Contribution, Explanation, Untold
from gnn.models import Model, Trees
from gnn.registry import Manifest, Trained, files
from tests.app.calls import ringwatch


def quick_trees(features: dict[str, list[str]]) -> tuple[Model, ...]:
    return (Trees(rounds=20, hears=True),)


@pytest.fixture(scope="module", autouse=True)
def quick_models() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.models, "candidates", quick_trees)
        yield


@pytest.fixture(scope="module")
def model(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Too few verdicts to judge a model on are enough to fit one to."""
    evidence = evidence_of(small_world)
    labels = evidence.known.labels(seed=0)
    (trees,) = quick_trees({})
    fitted = trees.fit(evidence.known.data.hearing(labels), labels)
    at, level = evidence.known.as_of_ms, Calibrator(1.0, 1.0, 0.0)
    manifest = Manifest(trees.name, evidence.known.features, at, 0, "", {}, level, {"sentence": ""}, {})
    id_, contents = files(Trained(manifest, fitted), lambda id_, manifest: "", b"")
    folder = tmp_path_factory.mktemp("models") / id_
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def test_the_riskiest_are_explained_in_sentences(small_world: Path, model: Path) -> None:
    outcome = ringwatch("explain", small_world, model, "--top", 2)
    assert outcome.code == 0, outcome.err
    assert outcome.out.count("Partner “") == 2
    assert "  Speaks for fraud:\n" in outcome.out and "the middle partner" in outcome.out
    assert "a raw score of " in outcome.out and "calibration on later verdicts" in outcome.out
    assert " other features, none of which moves the log odds by more than " in outcome.out


def test_a_partner_of_ones_choice_as_rows_that_sum_to_its_score(small_world: Path, model: Path) -> None:
    ids = pq.read_table(small_world / "partners.parquet", columns=["partner_id"])["partner_id"].to_pylist()
    words = ("explain", small_world, model, "--partner", ids[3], "--partner", ids[3])
    rows = json.loads(ringwatch(*words, "--format", "json").out)
    assert {row["partner_id"] for row in rows} == {ids[3]}
    parts = [row["contribution"] for row in rows if not row["what"].startswith("neighbour")]
    assert sum(parts) == pytest.approx(rows[0]["log_odds"], abs=1e-3)


def test_a_partner_that_is_not_there_and_a_moment_before_the_model(small_world: Path, model: Path) -> None:
    outcome = ringwatch("explain", small_world, model, "--partner", "nobody\n\x1b[2J")
    assert outcome.code == 2 and outcome.err.splitlines()[-1].startswith(
        "ringwatch: There is no partner “nobody"
    )
    assert "\x1b" not in outcome.err
    outcome = ringwatch("explain", small_world, model, "--as-of", "2000-01-01")
    assert outcome.code == 2


@pytest.mark.parametrize(("told", "rest", "warned"), [(0.5, 0.4, False), (0.5, 0.6, True), (0.5, -0.6, True)])
def test_it_is_said_where_the_untold_outweighs_what_is_told(told: float, rest: float, warned: bool) -> None:
    term = Term("own", "partner", "orders")
    reason = Contribution(term, "count", 3.0, 1.0, told, "Orders: 3; the middle partner: 1.")
    alike, others = Untold(1, rest / 4, 0.1), Untold(30, 0.75 * rest, 0.02)
    text = app.models._explained(Explanation("P", 0.9, 0.0, 0.0, (reason,), (), alike, others, ()))
    assert "Left out: 1 strong feature with a value close to the middle partner's" in text
    assert (
        f"30 other features, none of which moves the log odds by more than 0.02: {0.75 * rest:+.2f} together."
        in text
    )
    words = f"What is not told {'raises' if rest > 0 else 'lowers'} the log odds by more than the reasons"
    assert (words in text) == warned
