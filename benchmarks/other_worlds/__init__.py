"""Worlds of a second maker, written apart from `graph.synthetic` and sharing no code with it.

What is learnt from one maker's worlds may be that maker's habits; what holds in both is likelier to be true.
Every partner and consumer, of a ring or not, comes from the same honest process; a ring only changes some of
its members and adds orders. Moments are seconds from the window's start.
"""

from benchmarks.other_worlds.making import write_other_world

__all__ = ["write_other_world"]
