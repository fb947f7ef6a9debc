"""Who plays in which story: shops of a place, people who live there, and when."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.eighteenth_worlds.market import NUMBER_OF
from benchmarks.eighteenth_worlds.story import Story
from benchmarks.eighteenth_worlds.world import Ints, World

NONE: Final = np.empty(0, np.int64)
PREFERRED: Final = 5.0
"""How much likelier a shop of a story's trades is taken than another."""
BEGUN, DONE = 0.15, 0.9
"""Shares of the window by which a shop has to be open, and until which it has to be."""


def draw_window(world: World, story: Story, care: float) -> tuple[float, float]:
    """From when until when a group is at it; some still are when the world ends."""
    rng, days = world.rng, world.climate.days
    length = story.window[0] + (story.window[1] - story.window[0]) * care
    length = float(np.clip(length * rng.lognormal(0, 0.25), 4, 0.8 * days))
    over = rng.uniform(0.1, 0.4) * length if rng.random() < 0.2 else 0.0
    begins = float(rng.uniform(2, max(3.0, days - 4 - length + over)))
    return begins, begins + length


def pick_shops(
    world: World, story: Story, window: tuple[float, float], many: int, free: NDArray[np.bool_]
) -> Ints:
    """So many free shops of one city, or of one country, or as many as there are in the market."""
    rng = world.rng
    fits = free.copy()
    if story.opened_within is None and not story.in_turn:
        begins, ends = window
        fits &= world.onboarded < begins + BEGUN * (ends - begins)
        fits &= world.closed > begins + DONE * (ends - begins)
    weight = np.where(fits, _liking(world, story), 0.0)
    places = (world.shop_city, world.shop_country, np.zeros(len(weight), np.int64))
    for place in places[1 if rng.random() < story.nationwide else 0 :]:
        room = np.bincount(place, weights=fits)
        worth = np.where(room >= many, np.bincount(place, weights=weight), 0.0)
        if worth.sum() > 0:
            where = rng.choice(len(worth), p=worth / worth.sum())
            return draw(rng, np.where(place == where, weight, 0.0), many)
    return NONE


def _liking(world: World, story: Story) -> NDArray[np.float64]:
    wanted = [NUMBER_OF[name] for name in story.trades]
    return np.where(np.isin(world.trade, wanted), PREFERRED, 1.0) if wanted else np.ones(len(world.trade))


def pick_people(world: World, place: Ints, begins: float, many: int, free: NDArray[np.bool_]) -> Ints:
    """So many free people of these cities, or else of their country, who have been there before it begins."""
    known = free & (world.created < begins)
    cities = np.unique(place)
    countries = np.unique(world.city_country[cities])
    for near in (np.isin(world.person_city, cities), np.isin(world.person_country, countries)):
        fits = known & near
        if fits.sum() >= many:
            return draw(world.rng, fits.astype(float), many)
    return NONE


def draw(rng: np.random.Generator, weight: NDArray[np.float64], many: int) -> Ints:
    """So many different numbers, each as likely as its weight says, in no order."""
    with np.errstate(divide="ignore"):
        score = np.log(weight) + rng.gumbel(size=len(weight))
    return np.sort(rng.permutation(np.argpartition(-score, many - 1)[:many]))


def draw_size(rng: np.random.Generator, span: tuple[int, int], most: int) -> int:
    """A size in the span, small ones oftener, and no more than there is room for."""
    low, high = span
    return min(low + int((high - low + 1) * rng.beta(1.0, 1.7)), max(low, most), high)
