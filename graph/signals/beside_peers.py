"""How a ring's partners differ from their peers in category and country, measure by measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from graph.records import Evidence, Source
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import surprise, wilson
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.peers import (
    LEAST_PEERS,
    NEW_DAYS,
    NIGHT_HOURS,
    PEER_GROUPS,
    Standing,
    peer_standing,
)
from graph.signals.sources import SHOWN, sources
from graph.signals.stats import Floats
from graph.signals.wording import chance, count, percent, plain, quoted

Bools = NDArray[np.bool_]

MEASURES: Final = {
    "new_customers": f"customers within {NEW_DAYS} days of opening their account",
    "shared_devices": "customers who share a device",
    "night_orders": "orders at night",
    "bursts": "customers of its busiest week beyond an even pace",
    "amounts": "mean order",
    "unpaid_orders": "orders disputed or defaulted",
    "refunds": "orders refunded",
}
"""The measures by which partners are put beside their peers, in a few words each; every p-value pays for
trying all of them."""
BEYOND = 1e-3
RARE_RANK = 0.1
"""The part of the peers that counts as the extreme one."""
LEAST_MEASURES = 4
"""Measures by which partners must have been compared to be called ordinary."""
_SHORT_NAME = 20
"""Characters of a name where each measure names a partner."""
ORDINARY = 0.05
"""Where no measure's p-value, uncorrected, is below this, the partners are like their peers."""


@dataclass(frozen=True)
class Compared:
    """The most extreme partner's value, the median of its peers, the unit, and the p-value of all ranks."""

    value: float
    median: float
    unit: str
    p_value: float


def unlike_peers_in_new_customers(facts: RingFacts, context: Context) -> Evidence | None:
    """More of the partners' customers come straight after opening their account than their peers' do.

    Every partner is ranked among the partners of its category and country (of its category, of all, where
    these are fewer than 20), the ring's own left out. Null: a partner of the ring ranks anywhere among its
    peers; Fisher's combination of the ranks, times the seven measures tried. Strength is half the share of
    the ring's partners in the top tenth of their peers, times how surprising the ranks are (full at
    p <= 1e-10): half, since honest partners differ from their peers too.
    """
    return _shares(
        "new_customers", f"customers came within {NEW_DAYS} days of opening their account", facts, context
    )


def unlike_peers_in_shared_devices(facts: RingFacts, context: Context) -> Evidence | None:
    """More of the partners' customers share their primary device with somebody than their peers' do.

    Ranks, peers and null as in `unlike_peers_in_new_customers`. Strength is half the share of the ring's
    partners in the top tenth of their peers, times how surprising the ranks are (full at p <= 1e-10).
    """
    return _shares("shared_devices", "customers share their primary device with another", facts, context)


def unlike_peers_in_order_times(facts: RingFacts, context: Context) -> Evidence | None:
    """More of the partners' orders are placed at night than their peers'.

    Measured are the first and the last order of every customer, which is what the links hold, between 0 and
    6 h UTC. Ranks, peers and null as in `unlike_peers_in_new_customers`. Strength is half the share of the
    ring's partners in the top tenth of their peers, times how surprising the ranks are (full at p <= 1e-10).
    """
    what = f"first and last orders of customers fall between 0 and {NIGHT_HOURS} h UTC"
    return _shares("night_orders", what, facts, context)


def unlike_peers_in_bursts(facts: RingFacts, context: Context) -> Evidence | None:
    """More of the partners' customers came in one week, beyond an even pace, than their peers' did.

    Ranks, peers and null as in `unlike_peers_in_new_customers`; what three standard deviations above the
    partner's own mean week explain does not count. Strength is half the share of the ring's partners in the
    top tenth of their peers, times how surprising the ranks are (full at p <= 1e-10): a launch does it too.
    """
    return _shares("bursts", "customers first came in its busiest week, beyond an even pace", facts, context)


def unlike_peers_in_endings(facts: RingFacts, context: Context) -> Evidence | None:
    """More of the partners' orders are disputed or defaulted than their peers'.

    Ranks, peers and null as in `unlike_peers_in_new_customers`. Strength is half the share of the ring's
    partners in the top tenth of their peers, times how surprising the ranks are (full at p <= 1e-10).
    """
    return _shares("unpaid_orders", "orders were disputed or defaulted", facts, context)


def unlike_peers_in_refunds(facts: RingFacts, context: Context) -> Evidence | None:
    """More of the partners' orders are refunded than their peers'.

    Ranks, peers and null as in `unlike_peers_in_new_customers`. Strength is half the share of the ring's
    partners in the top tenth of their peers, times how surprising the ranks are (full at p <= 1e-10).
    """
    return _shares("refunds", "orders were refunded", facts, context)


def unlike_peers_in_amounts(facts: RingFacts, context: Context) -> Evidence | None:
    """The partners' orders are all larger, or all smaller, than their peers'.

    Compares the mean amount of an order. Ranks and peers as in `unlike_peers_in_new_customers`; both
    directions are tried and paid for. Strength is half the share of the ring's partners in the extreme tenth
    of their peers, times how surprising the ranks are (full at p <= 1e-10).
    """
    standing = ring_standing("amounts", facts, context)
    if len(standing.partners) < 2:
        return None
    p_value, rank = _furthest("amounts", standing)
    p_value = min(1.0, len(MEASURES) * p_value)
    extreme = rank <= RARE_RANK
    if p_value > BEYOND or not extreme.any():
        return None
    way = "higher" if rank is standing.above else "lower"
    first = int(np.argmin(rank))
    currency, value = plain(context.links.currency, 3), context.peers["amounts"].measure.value
    median, spread = _middle("amounts", standing, first, facts, context)
    sentence = (
        f"The mean order of {int(extreme.sum())} of {count(len(rank), 'partner')} is {way} than that of "
        f"nine in ten of their peers: at {quoted(context.name(int(standing.partners[first])))} "
        f"{value[standing.partners[first]]:,.2f} {currency}, the median of {_peers(standing, first)} is "
        f"{median:,.2f} {currency} (MAD {spread:,.2f}){_fallback(standing)}. {_null(p_value)}"
    )
    return _evidence(
        "unlike_peers_in_amounts",
        standing.partners,
        extreme,
        Compared(float(value[standing.partners[first]]), median, f"{currency} an order", p_value),
        sentence,
        context,
    )


def like_their_peers(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: in nothing that is measured do the partners stand out among their peers.

    Seven measures are tried (new customers, shared devices, order times, bursts, amounts, orders disputed or
    defaulted, refunds); raised where at least two partners could be compared by four of them or more and the
    ranks of none are surprising at p < 0.05, uncorrected. Strength is the smallest of the p-values: near one
    no partner stands out at all. Careful rings keep to what is usual.
    """
    least, p_value, told = "", 1.0, []
    for name in MEASURES:
        standing = ring_standing(name, facts, context)
        found, _ = _furthest(name, standing)
        if found < ORDINARY:
            return None
        if len(standing.partners) < 2:
            continue
        told.append(name)
        if not least or found < p_value:
            least, p_value, compared = name, found, standing
    if len(told) < LEAST_MEASURES:
        return None
    return Evidence(
        signal="like_their_peers",
        strength=p_value,
        value=0.0,
        unit="measures",
        baseline=ORDINARY * len(told),
        sentence=(
            f"In none of {len(told)} measures ({', '.join(told).replace('_', ' ')}) do the partners "
            f"stand out among their peers. The least usual is {least.replace('_', ' ')}, where "
            f"{count(len(compared.partners), 'partner')} could be compared, "
            f"{quoted(context.name(int(compared.partners[0])))} with {_peers(compared, 0)}"
            f"{_fallback(compared)} ({chance(p_value)}, Fisher's combination of the ranks, uncorrected)."
        ),
        ids=context.ids(Kind.PARTNER, compared.partners[:SHOWN]),
        source=_source(compared.partners, context),
        against=True,
    )


def beside_their_peers(facts: RingFacts, context: Context) -> Evidence | None:
    """By every measure the ring's partners beside their peers, whether they stand out or not.

    Told wherever two partners could be compared by any of the seven measures: of the partner that ranks
    highest (in amounts, furthest) among its peers the value, its peers' median, and the chance of all
    partners' ranks, uncorrected. The value is how many measures are surprising at p < 0.05, the baseline how
    many of as many would be by chance. Strength is 0: it decides nothing, what stands out has a signal of its
    own.
    """
    told: dict[int, list[str]] = {}
    measures = surprising = 0
    currency = plain(context.links.currency, 3)
    for name, words in MEASURES.items():
        standing = ring_standing(name, facts, context)
        if len(standing.partners) < 2:
            continue
        p_value, rank = _furthest(name, standing)
        first = int(np.argmin(rank))
        partner = int(standing.partners[first])
        value = float(context.peers[name].measure.value[partner])
        median = context.peers[name].median(partner, int(standing.level[first]), facts.partners)
        both = (f"{x:,.2f} {currency}" if name == "amounts" else percent(x) for x in (value, median))
        told.setdefault(partner, []).append(f"{words} {' against '.join(both)} ({chance(p_value)})")
        measures += 1
        surprising += p_value < ORDINARY
    if not told:
        return None
    said = (f"at {quoted(context.name(one), _SHORT_NAME)} {', '.join(told[one])}" for one in told)
    partners = np.array(list(told), dtype=np.int64)
    return Evidence(
        signal="beside_their_peers",
        strength=0.0,
        value=float(surprising),
        unit="measures",
        baseline=ORDINARY * measures,
        sentence=(
            f"The partner that stands out most, against its peers' median: {'; '.join(said)}. Peers: same "
            "category and country, wider where few; p: the ranks of all the ring's partners (Fisher, "
            "uncorrected)."
        ),
        ids=context.ids(Kind.PARTNER, partners),
        source=_source(partners, context),
    )


def fisher(rank: Floats) -> float:
    """The chance of ranks so extreme, each uniform on (0, 1] under the null (Fisher 1925)."""
    return float(gammaincc(len(rank), -np.log(rank).sum())) if len(rank) else 1.0


def ring_standing(measure: str, facts: RingFacts, context: Context) -> Standing:
    """Where the ring's partners stand in that measure."""
    if measure not in facts.kept:
        facts.kept[measure] = peer_standing(context.peers[measure], facts.partners)
    return cast(Standing, facts.kept[measure])


def _furthest(name: str, standing: Standing) -> tuple[float, Floats]:
    """The chance of the ranks, and the ranks: from the top, of amounts from the nearer end, both paid for."""
    high = fisher(standing.above)
    if name != "amounts":
        return high, standing.above
    low = fisher(standing.below)
    return min(1.0, 2 * min(high, low)), standing.above if high <= low else standing.below


def _shares(measure: str, what: str, facts: RingFacts, context: Context) -> Evidence | None:
    standing = ring_standing(measure, facts, context)
    if len(standing.partners) < 2:
        return None
    p_value = min(1.0, len(MEASURES) * fisher(standing.above))
    extreme = standing.above <= RARE_RANK
    if p_value > BEYOND or not extreme.any():
        return None
    first = int(np.argmin(standing.above))
    partner = int(standing.partners[first])
    full = context.peers[measure].measure
    hits, trials = float(full.hits[partner]), float(full.trials[partner])
    low, high = (float(end) for end in wilson(hits, trials))
    median, spread = _middle(measure, standing, first, facts, context)
    sentence = (
        f"At {int(extreme.sum())} of {count(len(extreme), 'partner')} more than at nine in ten of their "
        f"peers {what}: at {quoted(context.name(partner))} {hits:,.0f} of {trials:,.0f} "
        f"({percent(hits / trials)}; 95 % interval {percent(low)} to {percent(high)}), "
        f"the median of {_peers(standing, first)} is {percent(median)} "
        f"(MAD {percent(spread)}){_fallback(standing)}. {_null(p_value)}"
    )
    compared = Compared(hits / trials, median, "share", p_value)
    return _evidence(_NAMES[measure], standing.partners, extreme, compared, sentence, context)


_NAMES: Final = {
    "new_customers": "unlike_peers_in_new_customers",
    "shared_devices": "unlike_peers_in_shared_devices",
    "night_orders": "unlike_peers_in_order_times",
    "bursts": "unlike_peers_in_bursts",
    "unpaid_orders": "unlike_peers_in_endings",
    "refunds": "unlike_peers_in_refunds",
}


def _evidence(
    signal: str, partners: Codes, extreme: Bools, compared: Compared, sentence: str, context: Context
) -> Evidence:
    ids = context.ids(Kind.PARTNER, partners[extreme][:SHOWN])
    return Evidence(
        signal=signal,
        strength=0.5 * float(extreme.mean()) * surprise(compared.p_value),
        value=compared.value,
        unit=compared.unit,
        baseline=compared.median,
        sentence=sentence,
        ids=ids,
        source=_source(partners[extreme], context),
    )


def _middle(
    measure: str, standing: Standing, place: int, facts: RingFacts, context: Context
) -> tuple[float, float]:
    """Median and median absolute deviation of the peers of the partner at that place."""
    peers = context.peers[measure]
    partner, level = int(standing.partners[place]), int(standing.level[place])
    median = peers.median(partner, level, facts.partners)
    return median, peers.spread(partner, level, facts.partners, median)


def _peers(standing: Standing, place: int) -> str:
    """`34 partners of its category and country`."""
    number, level = int(standing.peers[place]), int(standing.level[place])
    return (
        f"{number:,} others of all partners"
        if level == 2
        else f"{number:,} others of its {PEER_GROUPS[level]}"
    )


def _fallback(standing: Standing) -> str:
    """What is to be said where peers of category and country were too few."""
    wider = int((standing.level > 0).sum())
    if not wider:
        return ""
    return (
        f"; {wider} of {len(standing.level)} had under {LEAST_PEERS} such peers and were put beside those of "
        f"the category, or all"
    )


def _null(p_value: float) -> str:
    return (
        f"Were their ranks among their peers random, as much would be seen with {chance(p_value)} (Fisher's "
        f"combination, corrected for the {len(MEASURES)} measures tried)."
    )


def _source(partners: Codes, context: Context) -> tuple[Source, ...]:
    """For each partner its link with the most orders."""
    orders = context.ordered_at
    rows = [
        _busiest(orders.by_target.rows(partners[n : n + 1]), context)
        for n in range(min(len(partners), SHOWN))
    ]
    return sources(context, "ordered_at", np.array(rows, dtype=np.int64))


def _busiest(rows: Codes, context: Context) -> int:
    return int(rows[np.argmax(context.ordered_at.value["orders"][rows])])
