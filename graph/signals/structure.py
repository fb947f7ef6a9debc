"""What holds a ring together: the least evidence that ties it, and the links without which it falls apart."""

from __future__ import annotations

from typing import Final, cast

import numpy as np

from graph.cuts import Cut, fewest_ties
from graph.records import Evidence, Source
from graph.schema import RELATIONSHIPS, Kind
from graph.signals.adjacency import Codes
from graph.signals.consumers import HOUSEHOLD
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.network import KINDS, Network, cheapest_tree, member_network, telling_network
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, listed, number, quoted
from graph.tally import distinct

WORDS: Final = {
    Kind.PARTNER: "partner",
    Kind.CONSUMER: "customer",
    Kind.DEVICE: "device",
    Kind.BANK_ACCOUNT: "bank account",
}


def least_evidence(facts: RingFacts, context: Context) -> Evidence | None:
    """The fewest and rarest links that tie the ring's partners to each other.

    A tree over the partners (over all members of a ring with fewer than two) through what they share, in the
    ring or outside it; every link costs its bits, log2 of the links like it that its end has, so that an
    account of two users beats one of ten, and both a customer in common. Hubs and ordinary customers in
    common tie nobody, nor does a single household. Without any one of these links the tree falls apart.
    Strength is half the share of the partners that it joins, times 2 / (2 to the mean bits of its links):
    half, since other signals say the same of each link.
    """
    network, tree, joined = _tied(facts, context)
    if not len(tree):
        return None
    bits = float(network.bits[tree].mean())
    anchors = len(network.anchors)
    touched = distinct(np.concatenate((network.source[tree], network.target[tree])))
    tied = int(np.isin(network.anchors, touched).sum())
    what = "partner" if len(facts.partners) >= 2 else "member"
    apart = "" if tied == anchors else f" {anchors - tied} of the {anchors} are tied by no such link."
    pieces = "" if joined == tied else f" They form pieces of at most {joined}."
    connectors = _connectors(network, tree, context)
    more = "" if len(connectors) <= SHOWN else f"; and {count(len(connectors) - SHOWN, 'more such tie')}"
    return Evidence(
        signal="least_evidence",
        strength=0.5 * tied / anchors * 2.0 ** (1 - bits),
        value=float(len(tree)),
        unit="links",
        baseline=float(len(network.row)),
        sentence=(
            f"{count(len(tree), 'link')} of {len(network.row):,} tie {tied} of its {count(anchors, what)}: "
            f"{'; '.join(connectors[:SHOWN])}{more}. Each is one of {number(2.0**bits)} such links at its "
            f"end (geometric mean); without any one of them the tie breaks.{pieces}{apart}"
        ),
        ids=_ids(touched, network, context),
        source=link_sources(network, tree, context),
    )


def counterfactual(facts: RingFacts, context: Context) -> Evidence | None:
    """The links without which the ring would not be one.

    The fewest ties found whose removal leaves no piece with more than half of its partners (of its members,
    where it has fewer than two), among the links of its members, as its page draws them; where these leave
    the partners apart already, among the links of `least_evidence`. No tie of the cut is needless. Raised
    where `least_evidence` is. Strength is half the share of all ties that the cut takes: a ring that one link
    holds is weak.
    """
    telling, tree, _ = _tied(facts, context)
    if not len(tree):
        return None
    network = member_network(facts, context)
    anchors = set(network.anchors.tolist()) if len(facts.partners) >= 2 else set(range(len(network.kind)))
    cut = fewest_ties(len(network.kind), network.pairs(), anchors)
    where = "the ties among its members"
    if not cut.pairs:
        network, anchors = telling, set(telling.anchors.tolist())
        cut = fewest_ties(len(network.kind), network.pairs(), anchors)
        where = "the ties to what its members share, in the ring or outside it"
    if not cut.pairs:
        return None
    links = network.between(list(cut.pairs))
    what = "partner" if len(facts.partners) >= 2 else "member"
    named = [_pair_words(network, a, b, context) for a, b in cut.pairs]
    more = "" if len(named) <= SHOWN else f" and {len(named) - SHOWN} more"
    return Evidence(
        signal="counterfactual",
        strength=0.5 * len(cut.pairs) / cut.ties,
        value=float(len(cut.pairs)),
        unit="ties",
        baseline=float(cut.ties),
        sentence=(
            f"Without {_these(len(cut.pairs))} of {cut.ties:,} ({', '.join(named[:SHOWN])}{more}) no piece "
            f"has more than half of its {count(len(anchors), what)}: {_pieces(cut, what)}. "
            f"Counted are {where}."
        ),
        ids=_ids(distinct(np.array(cut.pairs).ravel()), network, context),
        source=link_sources(network, links, context),
    )


def link_sources(network: Network, links: Codes, context: Context) -> tuple[Source, ...]:
    """A source for each of these links, in their order."""
    found: list[Source] = []
    for link in links.tolist():
        name = RELATIONSHIPS[int(network.relation[link])].name
        found += sources(context, name, network.row[link : link + 1])
    return tuple(found)


def _tied(facts: RingFacts, context: Context) -> tuple[Network, Codes, int]:
    """The telling network, its cheapest tree (none for a household) and the largest piece's anchors."""
    if "tied" not in facts.kept:
        facts.kept["tied"] = _tie(facts, context)
    return cast(tuple[Network, Codes, int], facts.kept["tied"])


def _tie(facts: RingFacts, context: Context) -> tuple[Network, Codes, int]:
    network = telling_network(facts, context)
    tree, joined = cheapest_tree(network)
    return (network, tree[:0], 0) if _is_household(network, tree) else (network, tree, joined)


def _is_household(network: Network, tree: Codes) -> bool:
    """Whether all that the tree says is that a few consumers share one device or account."""
    ends = distinct(np.concatenate((network.source[tree], network.target[tree])))
    consumer = network.kind[ends] == KINDS.index(Kind.CONSUMER)
    return int(consumer.sum()) <= HOUSEHOLD and int((~consumer).sum()) == 1


def _connectors(network: Network, tree: Codes, context: Context) -> list[str]:
    """What ties, in words: each link of the tree stands with the identifier or customer it goes through."""
    at: dict[int, list[int]] = {}
    anchors = set(network.anchors.tolist())
    for link in tree.tolist():
        source, target = int(network.source[link]), int(network.target[link])
        through = source if network.kind[target] == 0 and source not in anchors else target
        at.setdefault(through, []).append(source if through == target else target)
    order = sorted(at, key=lambda node: (-len(at[node]), node))
    return [_connector(network, node, sorted(at[node]), context) for node in order]


def _connector(network: Network, node: int, others: list[int], context: Context) -> str:
    names = [_name(network, other, context) for other in others]
    kind, code = KINDS[int(network.kind[node])], int(network.code[node])
    who = f"{WORDS[kind]} {_name(network, node, context, quote=True)}"
    ends = listed(names, most=4)
    if kind is Kind.CONSUMER:
        return f"{who} ordered at {ends} ({count(int(context.consumer.partners[code]), 'partner')} in all)"
    if kind is Kind.PARTNER:
        such = count(int(context.bad_customers[code]), "such customer")
        return f"{who} had bad orders of {ends} ({such} in all)"
    stats = context.device if kind is Kind.DEVICE else context.bank_account
    users = int(stats.partners[code] + stats.consumers[code])
    # an account beside accounts alone is the one that their money goes to
    paid = all(KINDS[int(network.kind[other])] is Kind.BANK_ACCOUNT for other in others)
    if kind is Kind.BANK_ACCOUNT and (paid or not users):
        paying = int(context.transferred_to.by_target.degree_of(np.array([code]))[0])
        return f"{who} received transfers from {ends} ({count(paying, 'payer')} in all)"
    # at the end of a way through others' things it has one neighbour in the tree, and ties no two
    how = "ties" if len(names) > 1 else "is used by"
    return f"{who} {how} {ends} ({count(users, 'user')} in all)"


def _name(network: Network, node: int, context: Context, *, quote: bool = False) -> str:
    kind, code = KINDS[int(network.kind[node])], int(network.code[node])
    text = context.called(kind, code)
    return quoted(text) if quote else text


def _pair_words(network: Network, a: int, b: int, context: Context) -> str:
    left, right = (f"{_name(network, node, context, quote=True)}" for node in (a, b))
    return f"{left} – {WORDS[KINDS[int(network.kind[b])]]} {right}"


def _these(ties: int) -> str:
    return "this tie" if ties == 1 else f"these {ties:,} ties"


def _pieces(cut: Cut, what: str) -> str:
    large = [size for size in cut.after if size > 1]
    alone = len(cut.after) - len(large)
    words = [f"{size:,} stay together" for size in large[:SHOWN]]
    if len(large) > SHOWN:
        words.append(f"{count(len(large) - SHOWN, 'smaller piece')}")
    if alone:
        words.append(f"{count(alone, what)} alone")
    return ", ".join(words)


def _ids(nodes: Codes, network: Network, context: Context) -> tuple[tuple[Kind, str], ...]:
    return tuple(
        (kind := KINDS[int(network.kind[node])], context.id(kind, int(network.code[node])))
        for node in nodes.tolist()
    )
