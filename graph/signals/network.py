"""A ring as a network: its members, what they share within and outside the ring, and every link's rarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from graph.components import root
from graph.schema import RELATIONSHIPS, Kind
from graph.signals.adjacency import Codes, Ties
from graph.signals.context import HUB_CONSUMERS, HUB_PARTNERS, Context
from graph.signals.customers import shared_customers_end_well
from graph.signals.facts import RingFacts
from graph.signals.flows import MAX_FANOUT, MAX_TRANSFERS
from graph.signals.identifiers import HUB_EVERYWHERE, HUB_RATIO
from graph.signals.stats import Floats, IdentifierStats
from graph.tally import contains, counted, distinct, placed, starts

KINDS: Final = tuple(Kind)
RELATION: Final = {relationship.name: number for number, relationship in enumerate(RELATIONSHIPS)}
_SOURCE: Final = np.array([KINDS.index(relationship.source_kind) for relationship in RELATIONSHIPS])
_TARGET: Final = np.array([KINDS.index(relationship.target_kind) for relationship in RELATIONSHIPS])
_OWNED: Final = (
    ("paid_out_to", Kind.PARTNER),
    ("logged_in_from", Kind.PARTNER),
    ("used", Kind.CONSUMER),
    ("paid_from", Kind.CONSUMER),
)
"""Links to identifiers, with the kind of their owners."""


@dataclass(frozen=True)
class Network:
    """Nodes and the links between them.

    Nodes are numbered by kind, then code; `kind` and `code` say which they are. A link has its `relation` (an
    index in `RELATIONSHIPS`), its `row` in that link frame, its two ends and, in `bits`, how common it is:
    log2 of the links of its kind that its end has. `anchors` are the nodes that make the ring: its partners,
    or partners and consumers where it has fewer than two partners.
    """

    kind: Codes
    code: Codes
    relation: Codes
    row: Codes
    source: Codes
    target: Codes
    bits: Floats
    anchors: Codes

    def pairs(self) -> Codes:
        """(pairs, 2) the nodes that are linked, the smaller first, sorted, each once."""
        pairs = np.column_stack(np.divmod(distinct(self._keys()), len(self.kind)))
        return pairs[pairs[:, 0] < pairs[:, 1]]

    def between(self, pairs: list[tuple[int, int]]) -> Codes:
        """The links that run between these pairs of nodes, in their order."""
        size = len(self.kind)
        wanted = np.array(sorted(low * size + high for low, high in pairs), dtype=np.int64)
        return np.flatnonzero(contains(wanted, self._keys()))

    def _keys(self) -> Codes:
        """Both ends of every link as one number, the smaller first."""
        return np.minimum(self.source, self.target) * len(self.kind) + np.maximum(self.source, self.target)


def member_network(facts: RingFacts, context: Context) -> Network:
    """The ring's members and all links among them: what its page draws."""
    members = {
        Kind.PARTNER: facts.partners,
        Kind.CONSUMER: facts.consumers,
        Kind.DEVICE: facts.devices,
        Kind.BANK_ACCOUNT: facts.bank_accounts,
    }
    found = []
    for relationship in RELATIONSHIPS:
        links: Ties = getattr(context, relationship.name)
        rows = links.by_source.rows(members[relationship.source_kind])
        found.append(
            (relationship.name, rows[contains(members[relationship.target_kind], links.target[rows])])
        )
    return _network(found, members, facts, context)


def telling_network(facts: RingFacts, context: Context) -> Network:
    """What ties the ring: the links of its members to anything that few others have, inside it or outside.

    Hubs are left out (`hub_identifier` says when). Customers in common count where their orders ended badly;
    others count too, unless their orders end like everybody's (`shared_customers_end_well`): those make a
    mall. Money is followed for three transfers.
    """
    orders = _orders(facts, context)
    consumers = distinct(np.concatenate((facts.consumers, context.ordered_at.source[orders])))
    owners = {Kind.PARTNER: facts.partners, Kind.CONSUMER: consumers}
    found = [("ordered_at", orders)]
    for name, kind in _OWNED:
        found.append((name, _unshared_left_out(name, owners[kind], context)))
    paid = context.paid_out_to.target[found[1][1]]
    found.append(("transferred_to", _forwarded(distinct(paid), facts, context)))
    return _network(found, {Kind.PARTNER: facts.partners, Kind.CONSUMER: facts.consumers}, facts, context)


def cheapest_tree(network: Network) -> tuple[Codes, int]:
    """The links of a tree over the anchors that costs the fewest bits, and how many anchors it joins.

    Steiner trees are NP-hard; this one (Mehlhorn 1988) costs at most twice the cheapest. Without any one of
    its links the anchors it joins fall apart. Anchors that no link reaches are left out; where they form
    several pieces there is a tree a piece, and the count is that of the largest.
    """
    edge, low, high, bits = _cheapest_links(network)
    size = len(network.kind)
    if not len(edge) or len(network.anchors) < 2:
        return edge[:0], 0
    # the links go by their lower end: laid out so, they need no sorting
    begin = starts(low, size).astype(np.int32)
    graph = sp.csr_array((bits, high.astype(np.int32), begin), shape=(size, size))
    distance, before, origin = dijkstra(
        graph, directed=False, indices=network.anchors, min_only=True, return_predecessors=True
    )
    reached = np.isfinite(distance[low]) & np.isfinite(distance[high])
    bridge = np.flatnonzero(reached & (origin[low] != origin[high]))
    length = distance[low[bridge]] + bits[bridge] + distance[high[bridge]]
    order = bridge[np.lexsort((high[bridge], low[bridge], length))]
    chosen, joined = _kruskal(origin[low[order]], origin[high[order]], size)
    bridges = order[chosen]
    parents = before.tolist()
    steps = []
    for node in np.concatenate((low[bridges], high[bridges])).tolist():
        while (parent := parents[node]) >= 0:
            steps.append(min(node, parent) * size + max(node, parent))
            node = parent
    walked = np.searchsorted(low * size + high, np.array(steps, dtype=np.int64))
    return distinct(edge[np.concatenate((bridges, walked))]), joined


@numba.njit(cache=True, nogil=True)
def _kruskal(left: Codes, right: Codes, size: int) -> tuple[Codes, int]:
    """The positions of the edges, shortest first, that join pieces, and the size of the largest piece."""
    piece, members = np.arange(size), np.ones(size, dtype=np.int64)
    chosen, count, largest = np.empty(len(left), dtype=np.int64), 0, 0
    for place in range(len(left)):
        a, b = root(piece, left[place]), root(piece, right[place])
        if a != b:
            piece[max(a, b)] = min(a, b)
            members[min(a, b)] = members[a] + members[b]
            largest = max(largest, members[min(a, b)])
            chosen[count] = place
            count += 1
    return chosen[:count], largest


def _cheapest_links(network: Network) -> tuple[Codes, Codes, Codes, Floats]:
    """Of parallel links the one with the fewest bits: its number, both ends (the smaller first), its bits."""
    low, high = np.minimum(network.source, network.target), np.maximum(network.source, network.target)
    order = np.lexsort((network.relation, network.bits, high, low))
    order = order[low[order] != high[order]]
    a, b = low[order], high[order]
    first = np.r_[True, (np.diff(a) != 0) | (np.diff(b) != 0)][: len(order)]
    kept = order[first]
    return kept, low[kept], high[kept], network.bits[kept]


def _orders(facts: RingFacts, context: Context) -> Codes:
    """The rows of `ordered_at` that may tie: see `telling_network`."""
    orders = context.ordered_at
    rows = facts.partner_rows
    if len(facts.partners) < 2:
        rows = facts.consumer_rows
        return rows[orders.value["bad"][rows] > 0]
    code, partners = counted(orders.source[rows])
    common = contains(code[partners >= 2], orders.source[rows])
    bad = orders.value["bad"][rows] > 0
    ordinary = facts.inside & (shared_customers_end_well(facts, context) is None)
    # at a member every customer with a device of interest counts; of strangers only those in common
    return rows[(facts.inside & bad) | (common & bad) | ordinary]


def _unshared_left_out(name: str, owners: Codes, context: Context) -> Codes:
    links: Ties = getattr(context, name)
    kind = Kind.BANK_ACCOUNT if name in ("paid_out_to", "paid_from") else Kind.DEVICE
    stats: IdentifierStats = context.bank_account if kind is Kind.BANK_ACCOUNT else context.device
    rows = links.by_source.rows(owners)
    target = links.target[rows]
    few = (stats.partners[target] < HUB_EVERYWHERE) & (stats.consumers[target] <= HUB_CONSUMERS)
    if name in ("paid_out_to", "logged_in_from") and len(target):
        code, place, inside = placed(target)
        outside = stats.partners[code] - inside
        few &= ~((outside >= HUB_PARTNERS) & (outside >= HUB_RATIO * inside))[place]
    return rows[few]


def _forwarded(accounts: Codes, facts: RingFacts, context: Context) -> Codes:
    """The transfers along which money of these accounts moves on, hubs neither entered nor left."""
    transfers, reach = context.transferred_to, context.flows.partners
    found, front = [], accounts
    for _ in range(MAX_TRANSFERS):
        rows = transfers.by_source.rows(front[transfers.by_source.degree_of(front) <= MAX_FANOUT])
        limit = max(HUB_PARTNERS, int((HUB_RATIO + 1) * len(facts.partners)))
        rows = rows[reach[transfers.target[rows]] < min(HUB_EVERYWHERE, limit)]
        found.append(rows)
        front = distinct(transfers.target[rows])
    return distinct(np.concatenate(found))


def _network(
    found: list[tuple[str, Codes]], members: dict[Kind, Codes], facts: RingFacts, context: Context
) -> Network:
    relation = np.concatenate([np.full(len(rows), RELATION[name]) for name, rows in found])
    row = np.concatenate([rows for _, rows in found])
    source = np.concatenate([getattr(context, name).source[rows] for name, rows in found])
    target = np.concatenate([getattr(context, name).target[rows] for name, rows in found])
    bits = np.concatenate([_bits(name, rows, context) for name, rows in found])
    source_key = (_SOURCE[relation].astype(np.int64) << 40) | source
    target_key = (_TARGET[relation].astype(np.int64) << 40) | target
    keys = [(KINDS.index(kind) << 40) | codes for kind, codes in members.items()]
    nodes = distinct(np.concatenate([source_key, target_key, *keys]))
    kinds = (Kind.PARTNER,) if len(facts.partners) >= 2 else (Kind.PARTNER, Kind.CONSUMER)
    anchors = np.concatenate([(KINDS.index(kind) << 40) | members[kind] for kind in kinds])
    return Network(
        kind=nodes >> 40,
        code=nodes & ((1 << 40) - 1),
        relation=relation.astype(np.int64),
        row=row.astype(np.int64),
        source=np.searchsorted(nodes, source_key),
        target=np.searchsorted(nodes, target_key),
        bits=bits,
        anchors=np.searchsorted(nodes, anchors),
    )


def _bits(name: str, rows: Codes, context: Context) -> Floats:
    """(n,) how common each link is, at least 1: log2 of the links like it at its common end.

    A link to an identifier is one of as many as it has users; an order is one of the partner's customers
    whose orders end so (badly, or any), and of the partners that the customer deals with; a transfer one of
    those into its target, or out of its source.
    """
    links: Ties = getattr(context, name)
    source, target = links.source[rows], links.target[rows]
    if name == "ordered_at":
        bad = links.value["bad"][rows] > 0
        like = np.where(bad, context.bad_customers[target], context.partner.customers[target])
        result: Floats = np.log2(np.maximum(like, 2)) + np.log2(
            np.maximum(context.consumer.partners[source], 1)
        )
    elif name == "transferred_to":
        into, out = links.by_target.degree_of(target), links.by_source.degree_of(source)
        result = np.log2(np.maximum(np.maximum(into, out), 2))
    else:
        stats = context.device if name in ("used", "logged_in_from") else context.bank_account
        result = np.log2(np.maximum(stats.partners[target] + stats.consumers[target], 2))
    return result
