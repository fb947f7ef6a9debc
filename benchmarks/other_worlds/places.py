"""Countries and cities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.other_worlds.draws import Dice
from benchmarks.other_worlds.habits import Habits
from benchmarks.other_worlds.names import word
from benchmarks.other_worlds.trades import COUNTRIES, Country
from benchmarks.writing.units import Floats, Ints


@dataclass(frozen=True)
class Places:
    """Where everybody lives; a country and a city are known by their number."""

    countries: list[Country]
    country_share: Floats
    city_country: Ints
    city_weight: Floats
    city_xy: Floats  # (cities, 2)
    city_names: list[str]

    @property
    def rates(self) -> Floats:
        """(countries,) what a euro is worth."""
        return np.array([one.rate for one in self.countries])

    @property
    def hours_ahead(self) -> Ints:
        """(countries,) of UTC."""
        return np.array([one.hours_ahead for one in self.countries])

    def near(self, city: int, habits: Habits) -> Floats:
        """(cities,) how often somebody who deals with that city lives there."""
        distance = ((self.city_xy - self.city_xy[city]) ** 2).sum(1)
        same = self.city_country == self.city_country[city]
        weight = self.city_weight / (0.02 + distance) * np.where(same, 1, habits.abroad * 0.15)
        weight[city] *= 3
        return weight


def draw_places(rng: Dice, habits: Habits) -> Places:
    """Countries of unequal size, and cities in each by a power law."""
    chosen = rng.permutation(len(COUNTRIES))[: habits.countries]
    share = np.sort(rng.dirichlet(np.full(habits.countries, 1.2)))[::-1] + 0.02
    share /= share.sum()
    country: list[int] = []
    weight: list[float] = []
    for number in range(habits.countries):
        cities = max(2, int(habits.cities_per_country * rng.uniform(0.5, 1.5)))
        zipf = 1 / np.arange(1, cities + 1) ** rng.uniform(0.7, 1.2)
        country += [number] * cities
        weight += list(share[number] * zipf / zipf.sum())
    return Places(
        [COUNTRIES[one] for one in chosen],
        share,
        np.array(country),
        np.array(weight),
        rng.random((len(weight), 2)),
        [word(rng, long=True) for _ in weight],
    )
