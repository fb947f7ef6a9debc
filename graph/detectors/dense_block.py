"""Dense blocks: few partners and few shoppers or identifiers with many links among them, however hidden."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graph.candidates import Candidate
from graph.channels.identifiers import own_accounts, own_devices
from graph.links import Links, unpaid_orders
from graph.peeling import Edges, camouflage_weight, dense_blocks
from graph.projection import Projection
from graph.reasons import chance_words, log10_sets
from graph.records import Risk
from graph.schema import Kind
from graph.significance import Floats, poisson_surprise
from graph.tally import distinct, tally
from graph.ties import HUB_SHARERS

KEPT_SHARE: Final = 0.1
"""The riskiest share of partners, among which blocks are looked for: dense is not fraudulent, and most dense
places are malls."""

ROUNDS: Final = 32
"""Blocks taken out of what was one connected component; a bound on the work."""

LEAST_COMMON: Final = 2
"""Columns in common that hold two partners of a block together: over one, two rings would be one block."""

_Ints = NDArray[np.int64]


def dense_block(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Blocks of partners by what they share, weighted by the partners' risk.

    Columns are the shoppers (a customer group is one) who leave orders unpaid or disputed at two and more of
    the riskiest partners (`KEPT_SHARE`), or shop there as a group beyond chance, and the identifiers that two
    and more of those own. A link weighs by the partner's risk and, against camouflage, the less the more
    customers the partner has, or users the identifier (FRAUDAR); a partner itself weighs as one link more.
    """
    edges = _edges(links, projection, risk)
    if not len(edges.row):
        return ()
    customers = tally(links.ordered_at["partner"].to_numpy(), edges.rows)
    prior = np.zeros(edges.rows + edges.columns)
    prior[: edges.rows] = risk.partner * camouflage_weight(customers)
    block = dense_blocks(edges, prior, rounds=ROUNDS)
    return _candidates(edges, _split(edges, block))


def _edges(links: Links, projection: Projection, risk: Risk) -> Edges:
    """The links that are peeled, columns numbered anew; sorted by partner, then column."""
    partners = links.size(Kind.PARTNER)
    kept = (risk.partner > 0) & (risk.partner >= np.quantile(risk.partner, 1.0 - KEPT_SHARE))
    shops, shopper, weight = _custom(links, projection, kept)
    rows, columns, weights, offset = [shops], [shopper], [weight], int(shopper.max(initial=-1)) + 1
    for own in (own_accounts(links), own_devices(links)):
        users = np.diff(own.tocsc().indptr)
        use = own.tocoo()
        rare = kept[use.row] & (users[use.col] <= HUB_SHARERS)
        rows.append(use.row[rare].astype(np.int64))
        columns.append(use.col[rare].astype(np.int64) + offset)
        weights.append(camouflage_weight(users)[use.col[rare]])
        offset += own.shape[1]
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(weights)
    several = tally(column, offset)[column] >= 2
    row, column, value = row[several], column[several], value[several] * risk.partner[row[several]]
    used, number = np.unique(column, return_inverse=True)
    return Edges(row, number, value, partners, len(used))


def _custom(links: Links, projection: Projection, kept: NDArray[np.bool_]) -> tuple[_Ints, _Ints, Floats]:
    """Partner, shopper and weight of the bad visits to kept partners, and of groups' visits beyond chance."""
    ordered, groups = links.ordered_at, projection.groups
    shopper, _ = groups.shoppers()
    partners = len(kept)
    customers = tally(ordered["partner"].to_numpy(), partners)
    bad = unpaid_orders(ordered) > 0
    at = np.r_[ordered["partner"].to_numpy()[bad], groups.visit_partner].astype(np.int64)
    of = np.r_[shopper[ordered["consumer"].to_numpy()[bad]], groups.visit_group]
    visit = distinct(of[kept[at]] * max(partners, 1) + at[kept[at]])
    of, at = visit // max(partners, 1), visit % max(partners, 1)
    return at, of, camouflage_weight(customers)[at]


def _split(edges: Edges, block: NDArray[np.int32]) -> NDArray[np.int32]:
    """The blocks cut where their partners hang together by fewer than `LEAST_COMMON` columns.

    A column goes with the part that most of its links lead to, the lowest of equals.
    """
    mine, theirs = block[: edges.rows], block[edges.rows :]
    within = (mine[edges.row] == theirs[edges.column]) & (mine[edges.row] >= 0)
    row, column = edges.row[within], edges.column[within]
    use = sp.csr_array((np.ones(len(row)), (row, column)), shape=(edges.rows, edges.columns))
    common = sp.triu(use @ use.T, k=1).tocoo()
    held = common.data >= LEAST_COMMON
    ties = sp.csr_array((common.data[held], (common.row[held], common.col[held])), shape=(edges.rows,) * 2)
    part = connected_components(ties, directed=False)[1].astype(np.int32)
    result = np.full(len(block), -1, dtype=np.int32)
    result[: edges.rows] = np.where(tally(part, edges.rows)[part] >= 2, part, -1)
    key, count = np.unique(column * edges.rows + part[row], return_counts=True)
    order = np.lexsort((-count, key // edges.rows))
    of, first = np.unique(key[order] // edges.rows, return_index=True)
    result[edges.rows + of] = key[order][first] % edges.rows
    return result


def _candidates(edges: Edges, block: NDArray[np.int32]) -> tuple[Candidate, ...]:
    """The blocks with two partners and more."""
    mine = block[: edges.rows]
    theirs = block[edges.rows :]
    blocks = int(block.max(initial=-1)) + 1
    members, columns = tally(mine[mine >= 0], blocks), tally(theirs[theirs >= 0], blocks)
    within = (mine[edges.row] == theirs[edges.column]) & (mine[edges.row] >= 0)
    links_inside = tally(mine[edges.row[within]], blocks)
    row_degree, column_degree = tally(edges.row, edges.rows), tally(edges.column, edges.columns)
    expected = (
        tally(mine[mine >= 0], blocks, row_degree[mine >= 0])
        * tally(theirs[theirs >= 0], blocks, column_degree[theirs >= 0])
        / len(edges.row)
    )
    active = np.array([np.count_nonzero(row_degree), edges.columns], dtype=np.float64)
    choices = log10_sets(active[0], members) + log10_sets(active[1], columns)
    surprise = poisson_surprise(links_inside, expected) - choices
    order = np.argsort(mine, kind="stable")
    order = order[mine[order] >= 0]
    parts = np.split(order, np.flatnonzero(np.diff(mine[order])) + 1)
    return tuple(
        Candidate(
            tuple(part.tolist()),
            reason=_reason(
                len(part), int(columns[n]), int(links_inside[n]), float(expected[n]), float(surprise[n])
            ),
        )
        for part in parts
        if len(part) >= 2
        for n in (int(mine[part[0]]),)
    )


def _reason(partners: int, columns: int, links: int, expected: float, surprise: float) -> str:
    return (
        f"A dense block: {partners} partners of raised risk and {columns} shoppers and identifiers have "
        f"{links} links, {expected:.1f} expected where links are dealt out at random and everybody keeps how "
        f"many; {chance_words(surprise)}."
    )
