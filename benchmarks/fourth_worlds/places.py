"""Where consumers shop."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Ints


class Places:
    """Draws partners for consumers: mostly near, the likelier the larger and the longer they sell.

    Few shops get most of the orders from abroad: were they even, foreign straw buyers would betray a ring.
    """

    def __init__(self, world: World) -> None:
        shops = world.shops
        self._world = world
        place = shops.country * 1000 + shops.city
        self._order = np.argsort(place, kind="stable")
        self._place = place[self._order]
        weight = (shops.size * np.maximum(shops.sells_until - shops.sells_from, 3))[self._order]
        self._at_home = np.concatenate([[0.0], np.cumsum(weight)])
        self._abroad = np.concatenate([[0.0], np.cumsum(weight * shops.export[self._order])])

    def draw(self, countries: Ints, cities: Ints) -> Ints:
        """A partner for each order by a consumer who lives there, (n,)."""
        world, rng, n = self._world, self._world.rng, len(countries)
        abroad = rng.random(n) < world.settings.foreign
        anywhere = rng.choice(len(world.countries), n, p=world.country_share)
        country = np.where(abroad, anywhere, countries)
        local = rng.random(n) < world.settings.local
        first = np.where(local, country * 1000 + cities, country * 1000)
        last = np.where(local, first, first + 999)
        since = np.searchsorted(self._place, first)
        until = np.searchsorted(self._place, last, "right")
        nowhere = since >= until
        since, until = np.where(nowhere, 0, since), np.where(nowhere, world.n_partners, until)
        chance, drawn = rng.random(n), np.empty(n, np.int64)
        for some, weight in ((abroad, self._abroad), (~abroad, self._at_home)):
            low, high = weight[since[some]], weight[until[some]]
            drawn[some] = np.searchsorted(weight, low + chance[some] * (high - low), "right") - 1
        found: Ints = self._order[np.minimum(drawn, world.n_partners - 1)]
        return found
