"""What all honest groups are made with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.further_worlds.world import World


def between(world: World, least: int, most: int) -> int:
    """A whole number from `least` to `most`, both possible."""
    return int(world.rng.integers(least, most + 1))


def spread(world: World, one: float, other: float) -> float:
    """A number between two, whichever is the larger."""
    return float(world.rng.uniform(min(one, other), max(one, other)))


def add_group(world: World, name: str, **members: ArrayLike) -> None:
    """Note an honest group, its members by kind."""
    named = [(kind, int(x)) for kind, ids in members.items() for x in np.unique(np.atleast_1d(ids))]
    world.look_alikes.append((name, named))
