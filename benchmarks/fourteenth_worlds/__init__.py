"""Worlds of a fourteenth maker: a market of shopping trips, whose crews each run a trade with a working day.

People live in towns and go on trips: a trip is a person, a moment and one to several shops, mostly old
favourites, so that honest shops share custom as streets and malls do. Money goes on from the shops to
suppliers, landlords, staff and owners. A crew takes ordinary shops and people and works one of twelve trades;
its care decides how much of its tools it shares, how large its cohort is beside what the cohort does, and how
far its blows lie apart, but the trade itself (a cohort that must meet the crew's shops, money that must come
back) is never quite hidden. Honest groups of some twenty kinds share the same tools by the same code.
"""

from benchmarks.fourteenth_worlds.making import write_fourteenth_world

__all__ = ["write_fourteenth_world"]
