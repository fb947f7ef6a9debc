"""Worlds of a ninth maker: crews and honest organisations that share things by the same designs.

Every organisation, crew or honest, has members and lends them units of several resources (machines, payout
accounts, collectors, funders, buyers, buyers' devices and cards) by a design for each. What a crew does with
them, how careful it is and how its orders end sets it apart, not that it shares. Moments are days from the
window's start; consumers, partners, devices and accounts are numbers until they are written.
"""

from benchmarks.ninth_worlds.making import write_ninth_world

__all__ = ["write_ninth_world"]
