"""Worlds of a fifth maker: people, firms and operators who act week by week, written apart from the others.

Consumers have towns, households, habits and a phone that they replace; firms have owners, helpers, suppliers
and bad spells; operators of rings choose ordinary firms, shoppers and routes for their money, and slow down
when their own firms draw complaints. Everybody's purchases, payouts, transfers and logins go through the same
code. Moments are days from the window's start; consumers, firms, devices and accounts are numbers until they
are written.
"""

from benchmarks.fifth_worlds.making import write_fifth_world

__all__ = ["write_fifth_world"]
