"""One ring's own rows, sliced once and read by every signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.records import Ring
from graph.signals.adjacency import Codes
from graph.signals.context import Context
from graph.tally import contains


@dataclass(frozen=True)
class RingFacts:
    """A ring's members as arrays and its rows of `ordered_at`.

    `partner_rows` are the rows at its partners, by anybody; `inside` marks among them those of its own
    consumers; `consumer_rows` are the rows of its consumers, anywhere.
    """

    ring: Ring
    partners: Codes
    consumers: Codes
    devices: Codes
    bank_accounts: Codes
    partner_rows: Codes
    inside: NDArray[np.bool_]
    consumer_rows: Codes
    kept: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What one signal worked out and another needs, by name: the same for every context of these links."""

    @cached_property
    def inside_rows(self) -> Codes:
        """Rows of the ring's consumers at the ring's partners."""
        return self.partner_rows[self.inside]

    @cached_property
    def other_rows(self) -> Codes:
        """Rows of everybody else at the ring's partners."""
        return self.partner_rows[~self.inside]


def slice_ring(ring: Ring, context: Context) -> RingFacts:
    """The facts of a ring; cost grows with its members' rows, not with the world."""
    partners, consumers = _codes(ring.partners), _codes(ring.consumers)
    orders = context.ordered_at
    partner_rows = orders.by_target.rows(partners)
    return RingFacts(
        ring=ring,
        partners=partners,
        consumers=consumers,
        devices=_codes(ring.devices),
        bank_accounts=_codes(ring.bank_accounts),
        partner_rows=partner_rows,
        inside=contains(consumers, orders.source[partner_rows]),
        consumer_rows=orders.by_source.rows(consumers),
    )


def _codes(members: tuple[int, ...]) -> Codes:
    return np.asarray(members, dtype=np.int64)
