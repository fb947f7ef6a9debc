"""Worlds of an eleventh maker: invoices of a season's ups and downs, and most worlds lack some of the data.

Written apart from the other makers. Rings of nine kinds take part of the partners that are there already:
their careful ones are tied by little, buy like others, and end badly less often. Honest partners share
accounts, devices, custom and troubles for a score of reasons. Moments are days from the window's start;
consumers, partners, devices and accounts are numbers until they are written.
"""

from benchmarks.eleventh_worlds.making import write_eleventh_world

__all__ = ["write_eleventh_world"]
