"""Worlds of a seventh maker: half of them lack a kind of data, one of twelve has no ring.

Written apart from the other makers. A ring's member is of the truth only where something ties it to the
others in the tables that are there. Moments are days from the window's start; consumers, partners, devices
and accounts are numbers until they are written.
"""

from benchmarks.seventh_worlds.making import write_seventh_world

__all__ = ["write_seventh_world"]
