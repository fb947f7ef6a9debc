"""The profile of a day's links: every feature, risk and category; labels by when they came in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from gnn.day_profile import RECENT_DAYS, day_profile, groups_of, score_of, with_risk
from gnn.drift import compare
from gnn.features import FEATURES, node_features
from gnn.profile import Numbers, Profile
from graph.links import Links
from graph.schema import MISSING_MS, Kind
from tests.gnn.tiny_world import DAY_MS, NOW_MS, empty_links, tiny_world

WORLD = tiny_world()
GROUP = np.arange(len(WORLD.ring))


def profiled(links: Links) -> Profile:
    risk = {kind: WORLD.prior.risk.of(kind) for kind in Kind}
    return day_profile(links, node_features(links), risk, groups=groups_of(links, GROUP), tables=None)


def column(profile: Profile, kind: str, name: str) -> Numbers:
    (found,) = (one for one in profile.numbers if (one.kind, one.name) == (kind, name))
    return found


def decided(days: int, *, before: int) -> Links:
    """The tiny world, its verdicts days after the first orders; none of the last `before` days."""
    links = WORLD.links
    first = links.ordered_at.groupby("partner")["first_at"].min().reindex(GROUP).to_numpy()
    at = np.where(links.partners["verdict"] != "", np.minimum(first + days * DAY_MS, NOW_MS), MISSING_MS)
    at = np.where(at > NOW_MS - before * DAY_MS, MISSING_MS, at)
    return replace(links, partners=links.partners.assign(verdict_at=at.astype(np.int64)))


def test_every_feature_and_every_risk_is_in_it() -> None:
    names = {(one.kind, one.name) for one in profiled(WORLD.links).numbers}
    assert names >= {(kind.value, feature.name) for kind in Kind for feature in FEATURES[kind]}
    assert names >= {(kind.value, "risk") for kind in Kind}


def test_a_labels_delay_counts_from_the_first_link_and_old_labels_do_not_count() -> None:
    delay = column(profiled(decided(185, before=0)), "partner", "verdict_delay")
    assert delay.size > 20
    assert delay.points[-1] == 185
    assert column(profiled(decided(120, before=RECENT_DAYS)), "partner", "verdict_delay").size == 0


def test_lost_countries_and_a_new_category_are_found() -> None:
    codes = np.where(GROUP % 3 == 0, "5411", "5812")
    before = replace(WORLD.links, partners=WORLD.links.partners.assign(category=codes, country="DE"))
    now = replace(
        before,
        partners=before.partners.assign(
            category=np.where(GROUP % 4 == 0, "7995", codes), country=np.where(GROUP % 3 == 0, "", "DE")
        ),
    )
    alarms = {
        (check.kind, check.name, check.what) for check in compare(profiled(before), profiled(now)).alarms
    }
    assert alarms == {
        ("partner", "country", "missing"),
        ("partner", "category", "new category"),
        ("partner", "category", "distribution"),
        # the two features that read these columns
        ("partner", "foreign_share", "distribution"),
        ("partner", "price_over_category", "distribution"),
    }


def test_tied_partners_make_a_design_effect() -> None:
    risk = {Kind.PARTNER: np.repeat(np.arange(20) / 20, 10)}
    features = node_features(WORLD.links)
    tied = day_profile(
        WORLD.links, features, risk, groups=groups_of(WORLD.links, GROUP // 10 * 10), tables=None
    )
    assert column(tied, "partner", "risk").design > 9
    assert column(profiled(WORLD.links), "partner", "risk").design == 1


def test_a_trained_models_risk_is_added_as_a_run_would_tell_it() -> None:
    risk = WORLD.prior.risk.partner
    links, features = WORLD.links, node_features(WORLD.links)
    bare = day_profile(links, features, {}, groups=groups_of(links, GROUP), tables=None)
    assert column(with_risk(bare, risk, GROUP), "partner", "risk") == column(
        profiled(links), "partner", "risk"
    )


def test_a_world_without_links_has_a_profile() -> None:
    links = empty_links()
    profile = day_profile(links, node_features(links), {}, groups=groups_of(links, np.arange(3)), tables=None)
    assert Profile.from_json(profile.to_json()) == profile
    assert not compare(profile, profile).alarms


def test_scores_come_in_the_order_of_the_partners() -> None:
    scores = pd.DataFrame({"partner_id": ["b", "a"], "score": [0.5, 0.25]})
    assert score_of(np.array(["a", "b"], dtype=object), scores).tolist() == [0.25, 0.5]
