"""Which rings there are, and their stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.fourth_worlds.crews import tell_collusive_circle, tell_device_farm, tell_refund_abuse
from benchmarks.fourth_worlds.endings import tell_bust_out, tell_phoenix
from benchmarks.fourth_worlds.fronts import tell_mule_chain, tell_shell_network
from benchmarks.fourth_worlds.places import Places
from benchmarks.fourth_worlds.plans import Ring
from benchmarks.fourth_worlds.story import Story
from benchmarks.fourth_worlds.world import World

REFUND_ABUSE: Final = "refund_abuse"
STORIES: Final[dict[str, Callable[[Story], None]]] = {
    "shell_network": tell_shell_network,
    "collusive_circle": tell_collusive_circle,
    "device_farm": tell_device_farm,
    "mule_chain": tell_mule_chain,
    "bust_out": tell_bust_out,
    "phoenix": tell_phoenix,
    REFUND_ABUSE: tell_refund_abuse,
}
TYPOLOGIES: Final = tuple(STORIES)


def plant_rings(world: World) -> None:
    """Tell the story of every ring; most have two to four partners, a few up to twelve."""
    rng, settings, dice = world.rng, world.settings, world.dice
    places = Places(world)
    for typology in _typologies(world):
        care = float(rng.beta(settings.care_a, settings.care_b))
        ring = Ring(typology, care)
        one_more = int(dice.happens(world.rates.chance("one partner more", 0.3)))
        size = min(12, 1 + int(rng.geometric(dice.uniform(0.22, 0.5))) + one_more)
        STORIES[typology](Story(world, places, ring, size))
        world.rings.append(ring)


def _typologies(world: World) -> list[str]:
    """The typology of each ring, in random order, uneven from world to world; every one occurs."""
    rng = world.rng
    counts = rng.multinomial(world.n_rings - len(TYPOLOGIES), rng.dirichlet(np.full(len(TYPOLOGIES), 3.0)))
    order = rng.permutation(np.repeat(np.arange(len(TYPOLOGIES)), counts + 1))
    return [TYPOLOGIES[one] for one in order]
