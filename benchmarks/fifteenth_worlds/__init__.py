"""Worlds of a fifteenth maker: a market of habits, whose gangs and honest firms run on the same set of tools.

Everybody has a district, a taste and a handful of shops that they go back to. Shops sell by their season, are
paid out by their own calendar, and pay suppliers, landlords, staff, owners and the tax office from what they
get. A group, crooked or honest, is a few shops or people and the tools that it uses on them: a machine that
signs in at several, an account that pays or collects for several, a circle of customers, a rush, a bad turn,
a successor. A gang's care decides how little of that can be seen; a minimum always can. Honest groups, three
to six times as many, use the same tools over the same ranges for their own reasons.
"""

from benchmarks.fifteenth_worlds.making import write_fifteenth_world

__all__ = ["write_fifteenth_world"]
