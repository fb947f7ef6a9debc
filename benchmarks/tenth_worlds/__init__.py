"""Worlds of a tenth maker: a market of agents, some of whom have a pact.

Consumers walk through the weeks and choose shops by distance, price class, habit and word of mouth; shops
have owners, staff, suppliers and banks. A ring is a pact of owners (or of consumers): what is sold, who pays,
where the money goes, who operates and how the shops live are drawn apart from each other. Moments are days
from the window's start; everybody is a number until it is written.
"""

from benchmarks.tenth_worlds.making import write_tenth_world

__all__ = ["write_tenth_world"]
