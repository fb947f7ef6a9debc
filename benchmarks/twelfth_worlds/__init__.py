"""Worlds of a twelfth maker: a credit-on-invoice market whose crooks are ordinary people and firms that turn.

Everybody, crooks too, is drawn from one pool of consumers and one pool of firms, with homes, friends, work
and owners. A ring is a crew of them with a scheme and, channel by channel (logins, payouts, devices, funding,
overlap, pace, price, cover), its own care: the careful slip somewhere, the sloppy hide something. Honest ties
of the same shape (owners, franchises, pooled cash, malls, lunches at the office) lie over all alike.
"""

from benchmarks.twelfth_worlds.making import write_twelfth_world

__all__ = ["write_twelfth_world"]
