"""What ring makers do so as not to be found, one knob each; all at rest they are as the typologies say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Adversary:
    """How far each knob is turned. Shares are in [0, 1]; the default changes nothing, to the byte."""

    cell: int = 0
    """Rings fall into cells of so many partners that share nothing but one till with the next; 0: whole."""
    rotate_days: float | None = None
    """Customers' and operators' identifiers are used for so many days and then replaced; 0: by each order.

    Payout accounts stay: to change them often is conspicuous by itself.
    """
    camouflage: float = 0.0
    """Of the orders by a ring's customers, the share placed at popular shops outside; below 1."""
    slow: float = 0.0
    """From a ring's own pace (0) to a quarter of the orders, spread evenly over its partners' lives (1)."""
    clone: float = 0.0
    """Of ring partners, the share that copy an honest one: trade, size, prices, outcomes, whose customers."""
    pay_up: float = 0.0
    """Of fake orders, the share that end as the partner's orders usually do."""
