"""Worlds of a third maker, written apart from `graph.synthetic` and `benchmarks.other_worlds`.

Everybody, of a ring or not, is drawn by one process first; rings and honest look-alikes are laid over by the
same means. Moments are seconds from the window's start; shares are of 1; partners, consumers, devices and
accounts are numbers until they are written.
"""

from benchmarks.further_worlds.making import write_further_world

__all__ = ["write_further_world"]
