"""Why a partner has its score: sentences for every partner of the input, also for the harmless ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np

from graph.parts import in_copies
from graph.projection import Projection
from graph.records import ScoredRing
from graph.schema import Kind
from graph.signals.adjacency import Codes, Ties
from graph.signals.chance import binomial_tails, wilson
from graph.signals.context import HUB_PARTNERS, Context
from graph.signals.stats import Floats, IdentifierStats
from graph.signals.wording import chance, count, day, number, percent, quoted
from graph.tally import tally

MOST_REASONS = 4
BEYOND = 1e-3


@dataclass(frozen=True)
class Reason:
    """One kind of reason over all partners: its strength (0: does not apply) and how to say it for one."""

    strength: Floats
    say: Callable[[int], str]


def explain_partners(
    context: Context, projection: Projection, rings: Sequence[ScoredRing], ring_of: Codes
) -> list[list[str]]:
    """For every partner at most `MOST_REASONS` sentences, the strongest first; at least one.

    Strengths are computed for all partners at once; only the sentences that are shown are written.
    `ring_of` gives for every partner the position of its best ring, -1 for none.
    """
    reasons = [
        _ring_reason(rings, ring_of),
        _verdict_reason(context),
        *_ending_reasons(context),
        _change_reason(context),
        _sharing_reason(context, context.paid_out_to, context.bank_account, "is paid out to", "bank account"),
        _sharing_reason(context, context.logged_in_from, context.device, "logs in from", "device"),
        _customer_device_reason(context),
        _tie_reason(context, projection),
    ]
    strength = np.stack([reason.strength for reason in reasons], axis=1)
    order = np.argsort(-strength, axis=1, kind="stable")[:, :MOST_REASONS].tolist()
    usual = _usual_reason(context)

    def say(partner: int) -> list[str]:
        said = [reasons[column].say(partner) for column in order[partner] if strength[partner, column] > 0]
        return said or [usual(partner)]

    return in_copies(len(order), say)


TIED_BY: Final = {
    "payout_account": "a shared payout account",
    "login_device": "a shared login device",
    "side_account": "a payout account shared on the side",
    "side_device": "a login device shared on the side",
    "customer_device": "a login device that the other's customers order from",
    "funding_account": "a payout account that the other's customers pay from",
    "co_custom": "customers in common beyond chance",
    "lockstep": "customers in common who come to both together",
    "bad_custom": "customers in common whose orders end badly",
    "bad_customers": "customers who leave orders unpaid or disputed at both",
    "customer_groups": "the same groups of customers",
    "money": "payouts that meet on one account",
    "pass_through": "payouts that pass through the same accounts",
    "counterparty": "paying, or being paid by, the same rare account",
    "succession": "following on one another under a similar name",
    "hand_over": "an account, a device or money handed over where one ended and the other began",
    "moved_custom": "customers who went over where one ended and the other began",
    "co_change": "changing their account or device at the same time",
    "transfers": "transfers among them in a round or a star",
}
"""What a tie of each channel of the projection is, in words."""


def _ring_reason(rings: Sequence[ScoredRing], ring_of: Codes) -> Reason:
    score = np.array([*(ring.score for ring in rings), 0.0])

    def say(partner: int) -> str:
        ring = rings[int(ring_of[partner])]
        return (
            f"Member of ring {ring.ring_id} ({ring.typology}, rank {ring.rank}), whose probability of fraud "
            f"is {percent(min(ring.score, 0.9999))}."
        )

    return Reason(score[ring_of], say)


def _verdict_reason(context: Context) -> Reason:
    verdict = context.verdicts[Kind.PARTNER]
    moment = context.verdict_at[Kind.PARTNER]

    def say(partner: int) -> str:
        word = "fraud" if verdict[partner] > 0 else "legit"
        return f"Found {word} by a person on {day(int(moment[partner]))}."

    return Reason((verdict != 0).astype(np.float64), say)


def _ending_reasons(context: Context) -> tuple[Reason, Reason]:
    stats = context.partner
    return (
        _ending_reason(context, stats.unpaid, stats.unpaid_baseline, "disputed or defaulted"),
        _ending_reason(context, stats.refunded, stats.refund_baseline, "refunded"),
    )


def _ending_reason(context: Context, bad: Floats, baseline: Floats, ending: str) -> Reason:
    orders = context.partner.orders
    p_value = binomial_tails(bad, orders, baseline)
    low = wilson(bad, orders)[0]
    beyond = (p_value < BEYOND) & (low > baseline)
    strength = np.where(beyond, 1 - baseline / np.maximum(low, 1e-9), 0.0)
    as_of = day(context.links.as_of_ms)

    def say(partner: int) -> str:
        return (
            f"{bad[partner]:,.0f} of {orders[partner]:,.0f} orders "
            f"({percent(bad[partner] / orders[partner])}) were {ending} by {as_of}; in its category "
            f"{percent(baseline[partner])} are ({chance(p_value[partner])}, binomial)."
        )

    return Reason(strength, say)


def _change_reason(context: Context) -> Reason:
    changes = context.changes

    def say(partner: int) -> str:
        what = "payout account" if changes.new_account[partner] else "login device"
        return (
            f"New {what} on {day(int(changes.change_at[partner]))}: of the orders of customers who came "
            f"later "
            f"{percent(changes.unpaid_after[partner])} were disputed or defaulted, "
            f"{percent(changes.unpaid_before[partner])} before."
        )

    return Reason(np.where(changes.went_bad, 0.9, 0.0), say)


def _sharing_reason(context: Context, links: Ties, stats: IdentifierStats, verb: str, noun: str) -> Reason:
    """The identifier shared with the fewest others; hubs do not count. Strength falls with the sharers."""
    users = stats.partners[links.target]
    own = (users >= 2) & (users <= HUB_PARTNERS)
    rows = np.flatnonzero(own)
    rows = rows[np.lexsort((links.target[rows], users[rows], links.source[rows]))]
    first = np.r_[True, np.diff(links.source[rows]) != 0][: len(rows)]
    chosen = np.full(len(context.partner.orders), -1, dtype=np.int64)
    chosen[links.source[rows[first]]] = rows[first]
    kind = Kind.BANK_ACCOUNT if noun == "bank account" else Kind.DEVICE
    rate = context.sharing_rate(kind)
    found = chosen >= 0
    strength = np.where(found, 1 / np.maximum(users[chosen], 1) if len(users) else 0.0, 0.0)

    def say(partner: int) -> str:
        row = int(chosen[partner])
        others = count(int(users[row]) - 1, "other partner")
        return (
            f"It {verb} {noun} {quoted(context.id(kind, int(links.target[row])))}, which {others} "
            f"{'uses' if users[row] == 2 else 'use'} as well, since {day(int(links.first_at[row]))}; "
            f"{percent(rate)} of all partners share any {noun}."
        )

    return Reason(strength, say)


def _customer_device_reason(context: Context) -> Reason:
    """Customers whose primary device is also another customer's."""
    stats, orders = context.consumer, context.ordered_at
    own = stats.primary_device
    shared = np.zeros(len(own), dtype=np.bool_)
    known = own >= 0
    shared[known] = context.device.primary_consumers[own[known]] >= 2
    size = len(context.partner.orders)
    customers = np.maximum(tally(orders.target, size, known[orders.source]), 1)
    hits = tally(orders.target, size, shared[orders.source])
    baseline = np.full(size, context.shared_primary_rate)
    p_value, share = binomial_tails(hits, customers, baseline), hits / customers
    low = wilson(hits, customers)[0]
    strength = np.where((p_value < BEYOND) & (low > baseline), 0.8 * (low - baseline), 0.0)

    def say(partner: int) -> str:
        return (
            f"{hits[partner]:,.0f} of {customers[partner]:,.0f} customers ({percent(share[partner])}) share "
            f"their "
            f"primary device with another consumer; of all consumers {percent(baseline[partner])} do "
            f"({chance(p_value[partner])}, binomial)."
        )

    return Reason(strength, say)


def _tie_reason(context: Context, projection: Projection) -> Reason:
    """The riskiest partner that it is tied to, with the channel of the tie that is strongest."""
    risk = context.risk.partner.astype(np.float64)
    size = len(risk)
    other, tie = _riskiest(projection.left, projection.right, risk)
    strength = np.where((other >= 0) & (risk[other] >= 0.5), 0.6 * risk[other], 0.0) if size else risk
    median = float(np.median(risk)) if size else 0.0

    def say(partner: int) -> str:
        best = int(np.argmax(projection.surprise[tie[partner]]))
        by_chance = 10.0 ** -float(projection.surprise[tie[partner], best])
        return (
            f"Tied to {quoted(context.name(int(other[partner])))}, whose risk is "
            f"{number(min(float(risk[other[partner]]), 0.99))} (the median partner's is {number(median)}), "
            f"by {TIED_BY[projection.channels[best]]} ({chance(by_chance)})."
        )

    return Reason(strength, say)


@numba.njit(cache=True, nogil=True)
def _riskiest(left: Codes, right: Codes, risk: Floats) -> tuple[Codes, Codes]:
    """(partners,) the riskiest partner that each is tied to, the lowest code of equals, and by which pair.

    Both are -1 for who is tied to nobody.
    """
    other, tie = np.full(len(risk), -1), np.full(len(risk), -1)
    for pair in range(len(left)):
        for near, far in ((left[pair], right[pair]), (right[pair], left[pair])):
            best = other[near]
            if best < 0 or risk[far] > risk[best] or (risk[far] == risk[best] and far < best):
                other[near], tie[near] = far, pair
    return other, tie


def _usual_reason(context: Context) -> Callable[[int], str]:
    stats = context.partner

    def say(partner: int) -> str:
        if not stats.orders[partner]:
            return "Nothing unusual: no orders are known, and no account or device is shared with few others."
        share = stats.unpaid[partner] / stats.orders[partner]
        return (
            f"Nothing unusual: {percent(share)} of {stats.orders[partner]:,.0f} orders were disputed or "
            f"defaulted, "
            f"{percent(stats.unpaid_baseline[partner])} are in its category, and no account or device is "
            f"shared "
            f"with few other partners."
        )

    return say
