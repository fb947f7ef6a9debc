from __future__ import annotations

import numpy as np

from benchmarks.model_worlds import RECOMMENDED, risks, thinned
from graph.schema import MISSING_MS
from tests.gnn.judged_world import known_at, links_at


def test_a_share_of_the_verdicts_is_kept_and_none_is_changed() -> None:
    links = links_at(200)
    some = thinned(links, 0.3)
    before, after = (one.partners["verdict"].to_numpy() for one in (links, some))
    kept = after != ""
    assert (after[kept] == before[kept]).all()
    assert 0.15 < kept.sum() / (before != "").sum() < 0.45
    assert (some.partners["verdict_at"].to_numpy()[~kept] == MISSING_MS).all()
    assert (thinned(links, 0.3).partners["verdict"] == some.partners["verdict"]).all()


def test_with_too_few_frauds_the_prior_is_recommended() -> None:
    now = known_at(5)
    assert 0 < now.verdicts.fraud.sum() < 12
    found = risks(now)
    assert (found[RECOMMENDED] == now.prior).all()
    assert not np.allclose(found["trees on the prior"], now.prior)
