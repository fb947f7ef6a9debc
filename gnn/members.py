"""Risk of consumers, devices and bank accounts, from their own records and the partners they deal with."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import ExtraTreesClassifier

from gnn.calibration import fit_probability, normal_score, with_verdicts
from gnn.dataset import Verdicts, verdicts
from gnn.features import consumer_features
from gnn.labels import class_prior
from gnn.models.base import drawn
from graph.links import Links
from graph.prior import Prior
from graph.records import Risk
from graph.schema import Kind

Array = NDArray[np.float64]

MIN_FRAUDS: Final = 20
"""Known fraud consumers below which no trees are grown."""
SAMPLE: Final = 5_000
TREES: Final = 100
LEAF: Final = 3


def other_risk(links: Links, prior: Prior, partner: NDArray[np.float32], *, seed: int, trained: bool) -> Risk:
    """The risk of all members, given that of the partners.

    A consumer's comes from trees on its features where labels allow, else from the prior and the partners it
    buys from; a device's or an account's from who uses it.
    """
    at = links.ordered_at
    dealt = _mean_of(
        at["consumer"], partner[at["partner"]], links.size(Kind.CONSUMER), times=at["orders"], others=1
    )
    consumer = _either(prior.risk.consumer.astype(np.float64), dealt)
    known = verdicts(links, Kind.CONSUMER)
    if trained and known.fraud.sum() >= MIN_FRAUDS:
        consumer = _by_trees(links, prior, dealt, known, seed=seed)
    consumer32 = with_verdicts(consumer, known)
    return Risk(
        partner=partner,
        consumer=consumer32,
        device=_through(links, Kind.DEVICE, links.logged_in_from, links.used, partner, consumer32),
        bank_account=_through(
            links, Kind.BANK_ACCOUNT, links.paid_out_to, links.paid_from, partner, consumer32
        ),
    )


def _by_trees(links: Links, prior: Prior, dealt: Array, known: Verdicts, *, seed: int) -> Array:
    unlabelled = drawn(np.flatnonzero(known.unlabelled), SAMPLE, np.random.default_rng(seed))
    own = consumer_features(links).to_numpy()
    x = np.column_stack([own, prior.risk.consumer, dealt]).astype(np.float32)
    reviewed = np.flatnonzero(~known.unlabelled)
    rows = np.concatenate([reviewed, unlabelled])
    share = np.where(
        known.fraud, known.fraud.sum(), np.where(known.legit, 2 * known.legit.sum(), 2 * len(unlabelled))
    )
    trees = ExtraTreesClassifier(
        n_estimators=TREES, min_samples_leaf=LEAF, max_features=0.3, random_state=seed, n_jobs=1
    ).fit(x[rows], known.fraud[rows], sample_weight=1 / share[rows])
    score = normal_score(trees.predict_proba(x)[:, 1])
    slope, intercept = fit_probability(score, known.fraud, class_prior(known))
    return np.asarray(expit(slope * score + intercept), dtype=np.float64)


def _through(
    links: Links,
    kind: Kind,
    by_partner: pd.DataFrame,
    by_consumer: pd.DataFrame,
    partner: NDArray[np.float32],
    consumer: NDArray[np.float32],
) -> NDArray[np.float32]:
    """A lone user says little about a device: one more, of no risk, is counted in."""
    size = links.size(kind)
    operators = _mean_of(by_partner[kind.value], partner[by_partner["partner"]], size, others=1)
    users = _mean_of(by_consumer[kind.value], consumer[by_consumer["consumer"]], size, others=1)
    return with_verdicts(_either(operators, users), verdicts(links, kind))


def _either(first: Array, second: Array) -> Array:
    """The probability that one of two independent reasons holds."""
    return 1 - (1 - first) * (1 - second)


def _mean_of(
    codes: pd.Series,
    risk: NDArray[np.float32],
    size: int,
    *,
    times: pd.Series | None = None,
    others: int = 0,
) -> Array:
    """The mean risk by code, weighted by times, with so many others of no risk, (size,); 0 where none."""
    weight = np.ones(len(codes)) if times is None else times.to_numpy(dtype=np.float64)
    total = np.bincount(codes, weights=weight, minlength=size) + others
    return np.bincount(codes, weights=weight * risk, minlength=size) / np.maximum(total, 1.0)
