from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from gnn.backtest import Figures, decided_later, open_share
from gnn.card import card, harmless
from gnn.dataset import Verdicts
from gnn.evaluation import Interval
from gnn.known import Known, known
from gnn.learning import judging_moment, later_verdicts, recommendation
from gnn.models import GraphData
from gnn.portfolio import Prior, candidates
from gnn.registry import ModelError, Trained, files, read_model
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import Kind
from tests.gnn.judged_world import Coin, known_at, learnt_and_said, links_at, portfolio
from tests.gnn.tiny_world import DAY_MS, NOW_MS, tiny_world


@cache
def trained() -> Trained:
    return learnt(known_at(200), known_at(70))


def learnt(now: Known, then: Known) -> Trained:
    return learnt_and_said(now, then, portfolio(now.features), digest="d" * 64)[0]


def test_models_are_judged_from_the_day_that_two_thirds_of_the_frauds_were_known() -> None:
    assert judging_moment(links_at(200)) == NOW_MS + 70 * DAY_MS  # rings 0 to 7 of 12
    with pytest.raises(ModelError, match="16 partners are known fraud, and 17 are needed"):
        judging_moment(links_at(39))


def test_a_verdict_on_who_was_not_there_yet_is_nothing_to_train_on() -> None:
    links, moment = links_at(200), NOW_MS + 70 * DAY_MS
    partners = links.partners
    later = (partners["verdict_at"] > moment).to_numpy()
    for verdict, sentence in (("legit", "16 frauds and 0 cleared"), ("fraud", "0 frauds and 19 cleared")):
        late = later & (partners["verdict"] == verdict).to_numpy()
        # they came once they had been decided about
        unseen = partners.assign(onboarded_at=partners["onboarded_at"].mask(late, NOW_MS + 300 * DAY_MS))
        named = replace(links, partners=unseen)
        orders = links.ordered_at[~late[links.ordered_at["partner"].to_numpy()]]
        absent = replace(named, ordered_at=orders)
        assert judging_moment(named) == moment  # somebody had ordered from them before
        with pytest.raises(ModelError, match=f"{sentence} partners became known afterwards"):
            judging_moment(absent)


def test_a_fraud_that_was_known_before_it_was_there_counts_from_when_it_was_there() -> None:
    links = links_at(200)
    first = (links.partners["verdict"] == "fraud").to_numpy() & (
        links.partners["verdict_at"] == NOW_MS
    ).to_numpy()
    late = links.partners["onboarded_at"].mask(first, NOW_MS + 150 * DAY_MS)
    orders = links.ordered_at[~first[links.ordered_at["partner"].to_numpy()]]
    moved = replace(links, partners=links.partners.assign(onboarded_at=late), ordered_at=orders)
    assert judging_moment(moved) == NOW_MS + 80 * DAY_MS  # rings 1 to 8, and 0 at the end


def test_the_better_model_is_recommended_and_fitted_to_all_that_is_known() -> None:
    manifest = trained().manifest
    assert manifest.model == "linear"
    assert manifest.labels == {"fraud": 48, "legit": 90}
    assert manifest.judged["learnt_from"] == {"fraud": 32, "legit": 71}
    later = manifest.judged["later"]
    assert (later["frauds"], later["cleared"], later["capacity"]) == (16, 19, 35)
    coin, linear, blind = manifest.judged["models"]
    assert blind["model"] == "the risk that needs no verdict"
    assert coin["average_precision"]["low"] < linear["average_precision"]["low"]


def test_two_trainings_with_one_seed_give_the_same_bytes() -> None:
    assert files(learnt(known_at(200), known_at(70)), card, b"") == files(trained(), card, b"")


def test_what_training_says_of_now_is_what_the_model_says_when_it_is_asked() -> None:
    now = known_at(200)
    model, said = learnt_and_said(now, known_at(70), portfolio(now.features))
    assert said.tobytes() == model.probability(now).tobytes()


def test_probabilities_have_the_mean_that_is_expected_of_the_open() -> None:
    now = known_at(200)
    said = trained().probability(now)[now.verdicts.unlabelled]
    nobody = np.zeros(len(now.verdicts.fraud), dtype=bool)
    assert said.mean() == pytest.approx(open_share(now.verdicts, nobody, nobody))


def test_too_few_verdicts_then_or_later_are_refused_in_a_sentence() -> None:
    with pytest.raises(ModelError, match=r"8 partners in \d groups"):
        learnt(known_at(200), known_at(10))
    with pytest.raises(ModelError, match="0 frauds and 0 cleared partners became known afterwards"):
        learnt(known_at(70), known_at(70))


def test_only_what_was_open_counts_as_later() -> None:
    then, decided = links_at(70), links_at(200).partners
    found = later_verdicts(then.partners, decided.sample(frac=1, random_state=1))
    later = decided_later(then.partners, then.as_of_ms, np.arange(200), found, capacity=None)
    assert not (later.fraud | later.legit)[(then.partners["verdict"] != "").to_numpy()].any()
    assert (found.fraud.sum(), later.fraud.sum(), later.legit.sum()) == (48, 16, 19)
    gone = later_verdicts(then.partners, decided.iloc[:0])
    assert not (gone.fraud | gone.legit).any()


def test_the_judged_stand_for_all_open_partners() -> None:
    then = links_at(70)
    later = decided_later(
        then.partners,
        then.as_of_ms,
        np.arange(200),
        later_verdicts(then.partners, links_at(200).partners),
        capacity=5,
    )
    fraud = later.fraud[later.judged]
    assert later.weight.sum() == pytest.approx(later.open.sum())
    assert later.weight[fraud].sum() / later.weight.sum() == pytest.approx(later.share)
    everyone = Verdicts(later.open, ~later.open)
    assert open_share(everyone, ~later.open & False, ~later.open & False) <= 0.5


def test_subgroups_are_country_category_and_age() -> None:
    then = links_at(70)
    later = decided_later(
        then.partners,
        then.as_of_ms,
        np.arange(200),
        later_verdicts(then.partners, links_at(200).partners),
        capacity=None,
    )
    names = [name for name, _ in later.parts()]
    assert {"country DE", "country FR", "category unknown", "age over a year"} <= set(names)


@pytest.mark.parametrize(("graph", "word"), [(0.3, "loses"), (0.55, "is ahead on average but less certain")])
def test_the_report_says_in_words_when_the_graph_model_loses(graph: float, word: str) -> None:
    flat = figures_of("flat baseline", Interval(0.5, 0.02, 0.47, 0.53))
    sage = figures_of("GraphSAGE", Interval(graph, 0.2, 0.1, 0.8))
    blind = figures_of("the risk that needs no verdict", Interval(0.48, 0.1, 0.3, 0.6))
    text = recommendation([flat, sage], flat, blind, Interval(0.02, 0.02, -0.01, 0.05))
    assert text.startswith(
        "flat baseline is recommended: on verdicts that came later it most surely gains on the risk that "
        "needs no verdict, +0.02 (-0.01 to +0.05) in average precision, 0.50 (0.47–0.53) against "
        "0.48 (0.30–0.60)."
    )
    assert "That may be chance" in text and f"GraphSAGE {word}" in text


def test_the_report_says_what_comes_next_where_the_graph_model_wins() -> None:
    flat = figures_of("flat baseline", Interval(0.5, 0.02, 0.47, 0.53))
    sage = figures_of("GraphSAGE", Interval(0.8, 0.02, 0.77, 0.83))
    blind = figures_of("the risk that needs no verdict", Interval(0.4, 0.1, 0.3, 0.6))
    text = recommendation([flat, sage], sage, blind, Interval(0.4, 0.05, 0.3, 0.5))
    assert "The next best on average is flat baseline: 0.50 (0.47–0.53)" in text
    assert "chance" not in text


@dataclass(frozen=True)
class Told(Coin):
    """Says what it is told."""

    answer: tuple[float, ...] = ()

    def risk(self, data: GraphData, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        risk = np.array(self.answer)
        return risk if rows is None else risk[rows]


def test_a_gain_on_every_ring_is_recommended_before_a_greater_one_on_a_few() -> None:
    now, then = known_at(200), known_at(70)
    ring = tiny_world(labelled_rings=0).ring
    prior = np.random.default_rng(0).uniform(0.2, 0.8, 200)
    blurred = replace(then, data=replace(then.data, prior=np.clip(prior, 0, 1)))
    steady = Told("steady", answer=tuple(prior + 0.1 * (ring >= 0)))
    lucky = Told(
        "lucky", answer=tuple(np.where(np.isin(ring, (8, 9, 10)), 1.0, np.where(ring == 11, 0.0, prior)))
    )
    manifest = learnt_and_said(now, blurred, (lucky, steady))[0].manifest
    one, other, blind = manifest.judged["models"]
    assert one["average_precision"]["value"] > other["average_precision"]["value"]
    assert manifest.model == "steady" and other["gain"]["low"] > max(0, one["gain"]["low"])
    gain = other["average_precision"]["value"] - blind["average_precision"]["value"]
    assert other["gain"]["value"] == pytest.approx(gain) and blind["gain"] is None


def figures_of(name: str, precision: Interval) -> Figures:
    return Figures(name, precision, precision, 0.1, 0.1, (), ())


def test_features_of_rows_stand_beside_those_of_links_and_the_unknown_is_in_the_middle() -> None:
    links = links_at(70)
    projection = project(links)
    rows = {
        kind: pd.DataFrame({"gaps": np.r_[np.nan, np.arange(links.size(kind) - 1)]})
        if links.size(kind)
        else pd.DataFrame({"gaps": []}, dtype=float)
        for kind in Kind
    }
    found = known(links, projection, prior_risk(links, projection), events=rows, seed=0)
    assert found.features["partner"][-1] == "event.gaps"
    assert found.data.x["partner"].shape == (200, len(found.features["partner"]))
    assert found.data.x["partner"][0, -1] == 0
    assert (np.diff(found.data.x["partner"][1:, -1]) > 0).all()
    with pytest.raises(
        ModelError, match=r"for a partner it has event\.gaps|for a partner it lacks event\.gaps"
    ):
        trained().probability(found)


def test_the_card_says_all_and_shows_hostile_names_harmlessly() -> None:
    then = known_at(70)
    bad = "<script>alert(1)</script>|[x](javascript:y)"
    made = learnt(known_at(200), replace(then, partners=then.partners.assign(country=bad)))
    text = files(made, card, b"")[1]["CARD.md"].decode()
    for word in (
        "## Intended use",
        "## Limits",
        "## Calibration",
        "## Subgroups",
        "seed",
        "d" * 64,
        "age over",
    ):
        assert word in text
    assert "<" not in text and "](" not in text and "javascript:y" not in text
    assert harmless("a_b|c`d*e") == "a?b?c?d?e"


@pytest.mark.slow
def test_every_model_of_the_portfolio_comes_back_from_its_folder_as_it_was(tmp_path: Path) -> None:
    now = known_at(200)
    labels = now.labels(seed=0)
    heard = now.data.hearing(labels)
    manifest = trained().manifest
    for model in candidates(now.features):
        fitted = model.fit(heard, labels)
        made = Trained(replace(manifest, model=model.name), fitted)
        id_, contents = files(made, lambda id_, manifest: "", b"")
        (tmp_path / id_).mkdir()
        for name, content in contents.items():
            (tmp_path / id_ / name).write_bytes(content)
        again = read_model(tmp_path / id_, candidates)
        assert again.model.name == model.name and again.id == id_
        assert again.probability(now).tobytes() == made.probability(now).tobytes()
        assert files(again, lambda id_, manifest: "", b"") == (id_, contents)


def test_the_prior_says_what_needs_no_verdict() -> None:
    now = known_at(70)
    assert (Prior().fit(now.data, now.labels(seed=0)).risk(now.data) == now.prior).all()
