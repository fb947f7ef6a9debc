"""Worlds of a thirteenth maker: a payments app of the neighbourhood, whose crews buy their tools on a budget.

Consumers live in households of districts, shops in the same districts or online; a shop has an owner out of
those people, a till, a bank and a book-keeper perhaps. A ring is a crew of a dozen trades, each in three ways
or more: it takes ordinary shops or ordinary people over, hides the ties that it has thought of, as far as its
care goes, and slips on one that the way of its trade needs. The same ties, of the same shapes and by the same
code, join honest owners, franchises, clients of one book-keeper or facilitator, colleagues and students.
"""

from benchmarks.thirteenth_worlds.making import write_thirteenth_world

__all__ = ["write_thirteenth_world"]
