"""Worlds of an eighth maker: custom spreads by word of mouth, a ring shows in few channels, often in one.

Written apart from the other makers. Every order either brings a new customer or repeats an earlier order,
of the same partner or of a neighbouring one; rings and honest look-alikes are tied by the same means. Moments
are days from the window's start; everybody is a number until written.
"""

from benchmarks.eighth_worlds.making import write_eighth_world

__all__ = ["write_eighth_world"]
