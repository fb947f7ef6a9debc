"""Consumer collusion: consumers who gain together at the cost of honest partners."""

from __future__ import annotations

import numpy as np

from graph.candidates import Candidate
from graph.links import Links
from graph.projection import Projection
from graph.reasons import chance_words
from graph.records import Risk
from graph.refunds import RefundCircles, colluding


def consumer_collusion(
    links: Links, projection: Projection, risk: Risk, *, seed: int
) -> tuple[Candidate, ...]:
    """Circles of consumers whose orders are refunded, or left unpaid, far beyond what is usual there.

    Refunds favour the shopper, and so does what is not paid for at many unrelated partners: the circle is the
    ring and the partners are its victims.
    """
    circles = projection.circles
    members = np.flatnonzero(colluding(circles))
    order = members[np.argsort(circles.circle_of[members], kind="stable")]
    starts = np.flatnonzero(np.diff(circles.circle_of[order], prepend=-1))
    return tuple(
        Candidate(
            (), tuple(part.tolist()), reason=_reason(circles, int(circles.circle_of[part[0]]), len(part))
        )
        for part in np.split(order, starts[1:])
        if len(part)
    )


def _reason(circles: RefundCircles, circle: int, members: int) -> str:
    how = "unpaid or disputed" if circles.unpaid[circle] else "refunded"
    return (
        f"{members} consumers had {int(circles.ended[circle])} of {int(circles.orders[circle])} orders {how} "
        f"at the same partners, {circles.due[circle]:.1f} would be at the rate of their other custom; "
        f"{chance_words(float(circles.refund_surprise[circle]))}."
    )
