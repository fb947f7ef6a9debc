"""Worlds of a sixth maker: rings of which some members have no shoppers in common with the others.

Written apart from the other makers, and wide: size, length, countries, base rates, use of identifiers, label
coverage, number of look-alikes and the ways of rings are all drawn anew from seed to seed. Moments are days
from the window's start; consumers, partners, devices and accounts are numbers until they are written.
"""

from benchmarks.sixth_worlds.making import write_sixth_world

__all__ = ["write_sixth_world"]
