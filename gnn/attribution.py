"""What moved a node's risk: log odds as a sum over what the model read, and what each neighbour is worth.

Trees by exact TreeSHAP (Lundberg et al. 2020), GraphSAGE by integrated gradients (Sundararajan et al. 2017),
belief propagation by the messages it adds up, a stack by its weights. Terms of all models are the same, so
that they add up: what the node itself has, what the nodes around it have by their kind, what its edges say,
and the verdicts that were heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from gnn.models import (
    BeliefPropagation,
    Edges,
    EdgeType,
    Folded,
    GraphData,
    GraphSage,
    Model,
    Stack,
    Trees,
)
from gnn.models.folded import log_odds as clipped_log_odds
from gnn.portfolio import PRIOR_COLUMN, Prior

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

OWN: Final = "own"
AROUND: Final = "around"
TIES: Final = "ties"
VERDICTS: Final = "verdicts"

TOLERANCE: Final = 0.05
"""By how much, in log odds, the terms may miss the score of GraphSAGE, whose gradients jump: 0.03 at most on
two small graphs (30 nodes each; 0.003 on average), falling with the number of points. Trees miss by 1e-4."""


@dataclass(frozen=True, order=True)
class Term:
    """Something a model read of a node.

    `place` is "own" (its inputs), "around" (inputs of nodes of that `kind` up to as many steps away as the
    model looks), "ties" (what edges say, `kind` is their type's name) or "verdicts" (those heard).
    `name` is the feature's.
    """

    place: str
    kind: str
    name: str


HEARD: Final = Term(VERDICTS, "", "")


@dataclass(frozen=True)
class Names:
    """What columns are called: features by kind, attributes of edges by type of edge; "" has no name."""

    features: Mapping[str, Sequence[str]]
    attributes: Mapping[EdgeType, Sequence[str]]


@dataclass(frozen=True)
class Attribution:
    """Log odds (rows,) as `base` (rows,), where a model starts, plus the sum of `terms`, (rows,) each."""

    base: Array
    terms: dict[Term, Array]

    @property
    def total(self) -> Array:
        """What base and terms come to, (rows,)."""
        return self.base + sum(self.terms.values(), start=np.zeros(len(self.base)))


def log_odds(model: Model, data: GraphData) -> Array:
    """The model's raw log odds of every node, (n,); but for a stack's, within the bounds of its members'."""
    return model.log_odds(data) if isinstance(model, Stack | Folded) else clipped_log_odds(model.risk(data))


def attribute(model: Model, data: GraphData, rows: Codes, names: Names) -> Attribution:
    """What moved the log odds of these nodes of `data.kind`.

    Of a stack the terms are those of its members by their weights, means over folds. The sum is the score to
    within `TOLERANCE`, but for members that are surer than the stack lets them be. Raises `TypeError` for a
    model that says nothing of itself.
    """
    match model:
        case Stack():
            weights = model.found()
            weighed = zip(weights[:-1].tolist(), model.members, strict=True)
            return _sum(weighed, float(weights[-1]), data, rows, names)
        case Folded():
            return _sum([(1 / len(model.fitted), one) for one in model.fitted], 0.0, data, rows, names)
        case Trees():
            return _of_trees(model, data, rows, names)
        case GraphSage():
            return _of_network(model, data, rows, names)
        case BeliefPropagation():
            # linear: the messages that a node hears add up to its log odds
            return Attribution(np.zeros(len(rows)), {HEARD: logit(model.risk(data)[rows])})
        case Prior():
            own = Term(OWN, data.kind, PRIOR_COLUMN)
            return Attribution(np.zeros(len(rows)), {own: log_odds(model, data)[rows]})
    raise TypeError(f"{model.name} does not say what moves it.")


def _sum(
    weighed: Iterable[tuple[float, Model]], start: float, data: GraphData, rows: Codes, names: Names
) -> Attribution:
    """What moved the log odds of models, by their weights."""
    base, terms = np.full(len(rows), start), dict[Term, Array]()
    for weight, model in weighed:
        if not weight:
            continue
        found = attribute(model, data, rows, names)
        base = base + weight * found.base
        for term, value in found.terms.items():
            terms[term] = terms.get(term, 0.0) + weight * value
    return Attribution(base, terms)


def _of_trees(trees: Trees, data: GraphData, rows: Codes, names: Names) -> Attribution:
    read = _table_terms(data, data.kind, trees.hops, names, OWN)
    if not trees.hops and trees.columns:
        read = [read[column] for column in trees.columns]
    table = trees.matrix(data, rows)
    read += [HEARD] * (table.num_col() - len(read))  # `heard_table` stands last
    values = trees.booster().predict(table, pred_contribs=True).astype(np.float64)
    base, terms = values[:, -1], _summed(read, values[:, :-1])
    start = trees.start(data, rows)
    if start is not None:  # it is in the base, and the prior's to answer for
        own = Term(OWN, data.kind, PRIOR_COLUMN)
        base, terms[own] = base - start, terms.get(own, np.zeros(len(rows))) + start
    return Attribution(base, terms)


def _table_terms(data: GraphData, kind: str, hops: int, names: Names, place: str) -> list[Term]:
    """The term of every column of `neighbour_table`."""
    terms = [Term(place, kind, name) for name in names.features[kind]]
    if hops:
        terms += _degree_terms(data, kind, place)
        for edge in data.incoming(kind):
            terms += _table_terms(data, edge[0], hops - 1, names, AROUND)
            said = [Term(TIES, edge[1], name) for name in names.attributes.get(edge, ())]
            terms += 3 * said  # mean, lowest, highest
    return terms


def _degree_terms(data: GraphData, kind: str, place: str) -> list[Term]:
    return [Term(place, kind, f"{LINKS}{edge[1]}") for edge in data.incoming(kind)]


LINKS: Final = "links."
"""What names of degrees begin with: the log of how many edges of that type a node hears."""


def _summed(terms: Sequence[Term], values: Array) -> dict[Term, Array]:
    """The columns (rows, columns) of the same term added up."""
    result: dict[Term, Array] = {}
    for term, column in zip(terms, values.T, strict=True):
        result[term] = result.get(term, 0.0) + column
    return result


def _of_network(model: GraphSage, data: GraphData, rows: Codes, names: Names) -> Attribution:
    base, parts = np.zeros(len(rows)), list[dict[Term, float]]()
    inputs = {
        place: {
            kind: [Term(place, kind, name) for name in names.features[kind]]
            + _degree_terms(data, kind, place)
            for kind in data.x
        }
        for place in (OWN, AROUND)
    }
    for row, (start, of_inputs, of_edges) in enumerate(model.gradients(data, rows)):
        base[row] = start
        part: dict[Term, float] = {}
        for kind, values in of_inputs.items():
            whose = [(AROUND, values.sum(axis=0))]
            if kind == data.kind:  # the node itself is the first of its kind
                whose = [(OWN, values[0]), (AROUND, values[1:].sum(axis=0))]
            for place, total in whose:
                _add(part, inputs[place][kind], total)
        for edge, said in of_edges.items():
            channels = [Term(TIES, edge[1], name) for name in names.attributes.get(edge, ())]
            _add(part, channels + [HEARD] * (len(said) - len(channels)), said)
        parts.append(part)
    terms = sorted({term for part in parts for term in part})
    return Attribution(base, {term: np.array([part.get(term, 0.0) for part in parts]) for term in terms})


def _add(part: dict[Term, float], terms: Sequence[Term], values: Array) -> None:
    for term, value in zip(terms, values.tolist(), strict=True):
        part[term] = part.get(term, 0.0) + value


@dataclass(frozen=True)
class Neighbours:
    """Who a node hears at one step: `kind` and code `node` of each, and `worth` (m,) in log odds.

    `worth` is the node's log odds less what they would be without all edges from that neighbour.
    """

    kind: tuple[str, ...]
    node: Codes
    worth: Array


def neighbours(model: Model, data: GraphData, rows: Codes, *, most: int) -> list[Neighbours]:
    """What each of the `most` neighbours with the heaviest edges is worth to each of these nodes.

    The model is asked once, of a graph with a copy of the node for each neighbour: a copy hears all that its
    node hears but the one neighbour, and nobody hears a copy. The worth of several together is not their sum.
    """
    if not len(rows):
        return []
    heard = [_heaviest(data, row, most) for row in rows.tolist()]
    of = np.repeat(rows, [len(node) for _, node in heard])
    kinds = [kind for names, _ in heard for kind in names]
    node = np.concatenate([codes for _, codes in heard])
    odds = log_odds(model, with_copies(data, of, np.array(kinds, dtype=object), node))
    worth = odds[of] - odds[data.size :]
    ends = np.cumsum([len(codes) for _, codes in heard])[:-1]
    return [
        Neighbours(tuple(names), codes, part)
        for (names, codes), part in zip(heard, np.split(worth, ends), strict=True)
    ]


def _heaviest(data: GraphData, row: int, most: int) -> tuple[list[str], Codes]:
    weight: dict[tuple[str, int], float] = {}
    for edge in data.incoming(data.kind):
        found = data.edges[edge]
        there = slice(int(found.start[row]), int(found.start[row + 1]))
        for code, heavy in zip(found.source[there].tolist(), found.weight[there].tolist(), strict=True):
            if edge[0] != data.kind or code != row:
                weight[edge[0], code] = weight.get((edge[0], code), 0.0) + heavy
    chosen = sorted(weight, key=lambda one: (-weight[one], one))[:most]
    return [kind for kind, _ in chosen], np.array([code for _, code in chosen], dtype=np.int64)


def with_copies(data: GraphData, of: Codes, kind: NDArray[np.object_], node: Codes) -> GraphData:
    """The graph and, behind its nodes, copies of nodes `of` (m,): copy i lacks edges from `kind`, `node` i.

    A `node` of -1 takes no edge away.
    """
    result = dict(data.edges)
    for edge in data.incoming(data.kind):
        found = data.edges[edge]
        degree = found.degree()[of]
        copy = np.repeat(np.arange(len(of)), degree)
        place = found.start[of][copy] + np.arange(len(copy)) - (np.cumsum(degree) - degree)[copy]
        kept = (kind[copy] != edge[0]) | (found.source[place] != node[copy])
        place, copy = place[kept], copy[kept]
        ends = found.start[-1] + np.cumsum(np.bincount(copy, minlength=len(of)))
        result[edge] = Edges(
            np.concatenate([found.start, ends]).astype(np.int64),
            np.concatenate([found.source, found.source[place]]),
            np.concatenate([found.weight, found.weight[place]]),
            np.concatenate([found.attributes, found.attributes[place]]),
        )
    own = data.x[data.kind]
    return replace(
        data,
        x={**data.x, data.kind: np.concatenate([own, own[of]])},
        edges=result,
        said=np.concatenate([data.said, np.zeros(len(of), dtype=np.int8)]),
        prior=np.concatenate([data.prior, data.prior[of]]),
    )
