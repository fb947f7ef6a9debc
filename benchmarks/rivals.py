"""What others would do on the same world: each way a recipe as its makers state it, from the same `Links`.

`RIVALS` lists them with what they read. None is told how many rings there are, and none is tuned to the
made-up worlds; where a choice had to be made it is the recipe's default, or the one that helps the rival.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import igraph
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold

from benchmarks import reference
from benchmarks.fraudar import blocks
from benchmarks.judging import Found
from gnn.dataset import verdicts
from gnn.features import FEATURES, node_features
from graph.candidates import tie_strength
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.rings import MOST_PARTNERS
from graph.schema import Kind

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

TOP_SIMILAR = 10
"""Similar partners kept for each: `topK` of gds.nodeSimilarity as it comes."""

BLOCKS = 100
"""Blocks that FRAUDAR is let to find: more than three times the rings of the largest world here."""

FEW_FRAUDS = 5
"""Known frauds below which no tree is grown: one a fold."""


def components(links: Links) -> Found:
    """The graph vendors' first step: weakly connected components of partners over shared identifiers.

    Identifiers are payout accounts and login devices (the PII of the vendors' guides); larger components
    first; a partner's score is the size of its component.
    """
    return Found(*reference.components(links))


def plain_reference(links: Links) -> Found:
    """The reference of `benchmarks.reference`: an afternoon's script, without labels or a model."""
    return Found(*reference.reference(links))


def similar_louvain(links: Links) -> Found:
    """The graph vendors' second step: node similarity, then Louvain (Neo4j's fraud guides).

    Partners are compared by the Jaccard similarity of their identifiers (payout accounts and login devices),
    each keeps its ten most similar, Louvain by modularity runs over these weighted pairs. Communities are
    ranked by their members' mean weighted degree, which is also a partner's score (the guides'
    first-party fraud score). `--gds` runs the same in Neo4j Graph Data Science.
    """
    pairs = similar_pairs(links)
    return by_similarity(links, pairs, louvain(len(links.partners), pairs, seed=0))


def by_similarity(links: Links, pairs: Pairs, member_of: Codes) -> Found:
    """The communities by their members' mean weighted degree in these pairs."""
    degree = np.bincount(pairs.left, pairs.weight, len(links.partners))
    degree += np.bincount(pairs.right, pairs.weight, len(links.partners))
    return _communities(links, member_of, degree)


def fused_louvain(links: Links) -> Found:
    """Louvain by modularity on the product's own fused ties (every channel, `tie_strength`).

    What the ties are worth without CPM, detectors and pruning. Communities of 2 to 60 partners are ranked by
    their members' mean prior risk, which is also a partner's score: the product's, without a label.
    """
    projection = project(links)
    weight = tie_strength(projection, projection.channels)
    tied = weight > 0
    pairs = Pairs(
        projection.left[tied].astype(np.int64), projection.right[tied].astype(np.int64), weight[tied]
    )
    member_of = louvain(len(links.partners), pairs, seed=0)
    risk = prior_risk(links, projection).risk.partner.astype(np.float64)
    return _communities(links, member_of, risk, most=MOST_PARTNERS)


def fraudar(links: Links, *, bad_only: bool = False) -> Found:
    """FRAUDAR on who ordered where: the partners of each block, blocks in the order they are found.

    100 blocks (`benchmarks.fraudar`), those with fewer than two partners left out. With `bad_only` the graph
    holds only consumers and partners with an order that was refunded, disputed or defaulted: the method as
    published reads no outcome, and this is the better start that a payments company would give it. A
    partner's score falls with its first block; 0 where it is in none.
    """
    ordered = links.ordered_at
    if bad_only:
        ordered = ordered[(ordered.refunded + ordered.disputed + ordered.defaulted) > 0]
    ids = links.partners.partner_id.to_numpy()
    found = blocks(
        ordered.consumer.to_numpy().astype(np.int64), ordered.partner.to_numpy().astype(np.int64), most=BLOCKS
    )
    score = np.zeros(len(ids))
    for place, (_, partners) in enumerate(found):
        score[partners] = np.maximum(score[partners], 1.0 / (1 + place))
    return Found([set(ids[partners]) for _, partners in found if len(partners) > 1], score)


def flat_tree(links: Links) -> Found:
    """A boosted tree on the columns of each partner alone, grown on the world's verdicts; it names no rings.

    scikit-learn's histogram boosting with its defaults, on the product's own-record features (no ties, no
    neighbours), known frauds against everybody else, as is usual; each partner is scored by a tree grown on
    the four folds that it is not in, the mean over five draws of folds. Without verdicts there is no score.
    """
    known = verdicts(links, Kind.PARTNER)
    score = np.full(len(links.partners), np.nan)
    if known.fraud.sum() < FEW_FRAUDS:
        return Found([], score, names_rings=False)
    own = [feature.name for feature in FEATURES[Kind.PARTNER] if feature.own]
    x = node_features(links)[Kind.PARTNER][own].to_numpy()
    score[:] = 0
    for draw in range(5):
        for train, test in StratifiedKFold(5, shuffle=True, random_state=draw).split(x, known.fraud):
            tree = HistGradientBoostingClassifier(random_state=draw).fit(x[train], known.fraud[train])
            score[test] += tree.predict_proba(x[test])[:, 1] / 5
    return Found([], score, names_rings=False)


@dataclass(frozen=True)
class Pairs:
    """Pairs of partners, `left` < `right`, with a weight > 0."""

    left: Codes
    right: Codes
    weight: Floats


def identifiers(links: Links) -> tuple[Codes, Codes]:
    """(m,) partner and (m,) identifier of each use: payout accounts first, login devices behind them."""
    paid, logins = links.paid_out_to, links.logged_in_from
    owner = np.r_[paid.partner.to_numpy(), logins.partner.to_numpy()].astype(np.int64)
    identifier = np.r_[paid.bank_account.to_numpy(), len(links.bank_accounts) + logins.device.to_numpy()]
    return owner, identifier.astype(np.int64)


def similar_pairs(links: Links) -> Pairs:
    """Partner pairs by Jaccard similarity of their identifiers, among each one's `TOP_SIMILAR`."""
    owner, identifier = identifiers(links)
    partners = len(links.partners)
    uses = sp.csr_array(
        (np.ones(len(owner)), (owner, identifier)), shape=(partners, int(identifier.max(initial=-1)) + 1)
    )
    common = (uses @ uses.T).tocoo()
    apart = common.row != common.col
    frame = pd.DataFrame({"one": common.row[apart], "other": common.col[apart], "common": common.data[apart]})
    held = np.bincount(owner, minlength=partners)
    union = held[frame.one] + held[frame.other] - frame.common
    frame["weight"] = frame.common / union
    frame = frame.sort_values(["one", "weight", "other"], ascending=[True, False, True])
    frame = frame.groupby("one", sort=False).head(TOP_SIMILAR)
    low, high = np.minimum(frame.one, frame.other), np.maximum(frame.one, frame.other)
    pairs = frame.assign(left=low, right=high).drop_duplicates(["left", "right"])
    pairs = pairs.sort_values(["left", "right"])
    return Pairs(
        pairs.left.to_numpy(np.int64), pairs.right.to_numpy(np.int64), pairs.weight.to_numpy(np.float64)
    )


def louvain(nodes: int, pairs: Pairs, *, seed: int) -> Codes:
    """(nodes,) a community for every node by Louvain on these weights (Blondel et al. 2008)."""
    graph = igraph.Graph(n=nodes, edges=np.c_[pairs.left, pairs.right])
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  igraph has no other way to be seeded
    found = graph.community_multilevel(weights=pairs.weight.tolist())
    igraph.set_random_number_generator(random)
    return np.asarray(found.membership, dtype=np.int64)


def _communities(links: Links, member_of: Codes, score: Floats, *, most: int = 10**9) -> Found:
    """The communities of 2 to `most` partners, the highest mean score first."""
    ids = links.partners.partner_id.to_numpy()
    parts = [codes for codes in _parts(member_of) if 2 <= len(codes) <= most]
    parts.sort(key=lambda codes: (-float(score[codes].mean()), int(codes[0])))
    return Found([set(ids[codes]) for codes in parts], score)


def _parts(member_of: Codes) -> list[Codes]:
    order = np.argsort(member_of, kind="stable")
    bounds = np.flatnonzero(np.diff(member_of[order])) + 1
    return [np.asarray(part) for part in np.split(order, bounds)]


@dataclass(frozen=True)
class Rival:
    """A way: `needs_labels` ways say nothing of a world without any, the others the same either way."""

    name: str
    find: Callable[[Links], Found]
    needs_labels: bool = False


RIVALS = (
    Rival("reference", plain_reference),
    Rival("components", components),
    Rival("similarity + Louvain", similar_louvain),
    Rival("Louvain on our ties", fused_louvain),
    Rival("FRAUDAR", fraudar),
    Rival("FRAUDAR, bad orders", partial(fraudar, bad_only=True)),
    Rival("flat tree", flat_tree, needs_labels=True),
)
