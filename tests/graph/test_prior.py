from __future__ import annotations

import dataclasses

import numpy as np

from gnn.evaluation import average_precision
from graph.partner_evidence import PARTNER_FEATURES
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import Kind
from tests.graph.small_worlds import planted, with_refund_ring


def test_partners_of_a_circle_rank_far_above_what_shared_tills_alone_give() -> None:
    rows, (_, circle) = planted(4)
    links = rows.links()
    prior = prior_risk(links, project(links))
    # the chain beside it shares tills and accounts and is unlucky: so is many an honest owner
    positive = links.partners["partner_id"].isin(circle).to_numpy()
    trivial = average_precision(prior.partner_features["tie_login_device"].to_numpy(), positive)
    assert trivial < 0.3 < 0.9 < average_precision(prior.risk.partner, positive)


def test_risk_is_a_share_for_every_member() -> None:
    links = planted(4)[0].links()
    risk = prior_risk(links, project(links)).risk
    for kind in Kind:
        assert risk.of(kind).shape == (links.size(kind),)
        assert risk.of(kind).dtype == np.float32
        assert ((risk.of(kind) >= 0) & (risk.of(kind) <= 1)).all()


def test_features_are_finite_and_named() -> None:
    links = planted(4)[0].links()
    features = prior_risk(links, project(links)).partner_features
    assert tuple(features.columns) == PARTNER_FEATURES
    assert np.isfinite(features.to_numpy()).all()


def test_labels_are_not_read() -> None:
    links = planted(4)[0].links()
    labelled = links.partners.assign(verdict="fraud")
    told = dataclasses.replace(links, partners=labelled)
    plain, other = prior_risk(links, project(links)), prior_risk(told, project(told))
    assert plain.risk.partner.tobytes() == other.risk.partner.tobytes()


def test_who_sends_back_gains_and_the_victims_do_not() -> None:
    links = with_refund_ring(planted(4)[0]).links()
    risk = prior_risk(links, project(links)).risk
    ours = links.consumers["consumer_id"].str.startswith("r").to_numpy()
    assert risk.consumer[ours].min() > np.quantile(risk.consumer[~ours], 0.95)
