"""The plots of a world: which stories are played, how often, and by whom."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.eighteenth_worlds.acts import act
from benchmarks.eighteenth_worlds.casting import NONE, draw_size, draw_window, pick_people, pick_shops
from benchmarks.eighteenth_worlds.honest import OF_PEOPLE_ALONE, WITH_SHOPS
from benchmarks.eighteenth_worlds.rings import LONE_CROOKS, RINGS_OF_PEOPLE, RINGS_OF_SHOPS
from benchmarks.eighteenth_worlds.story import Story
from benchmarks.eighteenth_worlds.world import Ints, Plot, World

TRIES: Final = 4


class Stage:
    """Casts stories; shops whose life a story settles, and people who join for it, play in no other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.free_shops = np.ones(world.climate.partners, bool)
        self.free_people = np.ones(world.climate.consumers, bool)
        self.no_ring = np.ones(world.climate.consumers, bool)

    def play(self, story: Story, *, listed: bool, most: int) -> Plot | None:
        """Cast a story and act it, or None where its cast cannot be found."""
        for _ in range(TRIES):
            plot = self._cast(story, listed, most)
            if plot is not None:
                self._take(plot)
                self.world.plots.append(plot)
                act(self.world, plot)
                return plot
        return None

    def _cast(self, story: Story, listed: bool, most: int) -> Plot | None:
        world, rng = self.world, self.world.rng
        care = float(rng.beta(1.2, 1.2))
        window = draw_window(world, story, care)
        span = story.shops if story.shops[1] else story.targets
        shops = pick_shops(world, story, window, draw_size(rng, span, most), self._shops_for(story))
        if story.shops[1] and not story.fraud:
            shops = self._without_rings(shops)
        if len(shops) < span[0]:
            return None
        people = NONE
        if story.people[1]:
            many = draw_size(rng, story.people, world.climate.consumers // 60)
            free = self.free_people if story.fraud or max(story.fresh) > 0 else self.no_ring
            people = pick_people(world, world.shop_city[shops], window[0], many, free)
            if not len(people):
                return None
            if story.owners:
                people = self._with_owners(people, shops, window[0], free)
        return Plot(len(world.plots), story, care, listed, shops, people, self._hosts(story, shops), *window)

    def _with_owners(self, people: Ints, shops: Ints, begins: float, free: NDArray[np.bool_]) -> Ints:
        """As many people, but the owners of the shops first."""
        owners = np.unique(self.world.owners[shops])
        owners = owners[free[owners] & (self.world.created[owners] < begins)]
        return np.sort(np.concatenate([owners, people[~np.isin(people, owners)]])[: len(people)])

    def _hosts(self, story: Story, shops: Ints) -> Ints:
        """Nobody uses the phone of a shop that knows nothing of it."""
        if not story.shops[1] or story.victims:
            return NONE
        return shops if story.fraud else shops[~np.isin(shops, self.world.in_rings())]

    def _shops_for(self, story: Story) -> NDArray[np.bool_]:
        """People buy anywhere, services serve all shops; other stories need shops of their own."""
        if not story.shops[1] or not _settles_lives(story):
            return np.ones(len(self.free_shops), bool)
        return self.free_shops

    def _without_rings(self, shops: Ints) -> Ints:
        """A group may have a crooked member whom it does not know, but it is not a ring's."""
        if _share(shops, self.world.in_rings()) > 1 / 3:
            return NONE
        return shops

    def _take(self, plot: Plot) -> None:
        story = plot.story
        if story.shops[1] and _settles_lives(story):
            self.free_shops[plot.shops] = False
        if story.fraud or story.by_crooks or max(story.fresh) > 0:
            self.free_people[plot.people] = False
        if story.fraud or story.by_crooks:
            self.no_ring[plot.people] = False


def _share(shops: Ints, of: Ints) -> float:
    return float(np.isin(shops, of).mean()) if len(shops) else 0.0


def _settles_lives(story: Story) -> bool:
    """Whether shops of the story can be in no other of the kind: rings, one owner's, and those it opens."""
    owned = story.twin_names > 0 or max(story.closes) > 0 or max(story.spoilt[1]) > 0
    return story.fraud or owned or story.in_turn or story.opened_within is not None


def lay_plots(world: World) -> None:
    """Rings of six to twelve kinds, lone crooks, and three to six times as many honest groups."""
    rng, climate = world.rng, world.climate
    stage = Stage(world)
    kinds = [RINGS_OF_SHOPS[one] for one in rng.permutation(len(RINGS_OF_SHOPS))[: climate.ring_kinds[0]]]
    budget = climate.ring_share * climate.partners
    rings = 0
    for turn in range(max(len(kinds), climate.partners // 70)):
        story = kinds[turn] if turn < len(kinds) else kinds[int(rng.integers(len(kinds)))]
        room = int(budget * 1.6 / len(kinds)) if turn < len(kinds) else int(budget)
        if turn >= len(kinds) and budget < story.shops[0]:
            continue
        plot = stage.play(story, listed=True, most=room)
        if plot is not None:
            budget -= len(plot.shops)
            rings += 1
    for one in rng.permutation(len(RINGS_OF_PEOPLE))[: climate.ring_kinds[1]]:
        for _ in range(1 + int(rng.poisson(climate.partners / 1800))):
            rings += stage.play(RINGS_OF_PEOPLE[one], listed=True, most=99) is not None
    for _ in range(2 + int(climate.partners * climate.lone)):
        stage.play(LONE_CROOKS[int(rng.integers(len(LONE_CROOKS)))], listed=False, most=99)
    _lay_honest(stage, int(rings * climate.alike))


def _lay_honest(stage: Stage, many: int) -> None:
    """So many listed groups, and a fourth more that nobody lists, of which some kinds are commoner."""
    rng = stage.world.rng
    most = max(4, stage.world.climate.partners // 50)
    taste = {story.name: story.weight * rng.lognormal(0, 0.4) for story in (*WITH_SHOPS, *OF_PEOPLE_ALONE)}
    played, tried = 0, 0
    while played < many * 1.25 and tried < many * 3:
        tried += 1
        stories = WITH_SHOPS if rng.random() < 0.72 else OF_PEOPLE_ALONE
        weight = np.array([taste[story.name] for story in stories])
        story = stories[int(rng.choice(len(stories), p=weight / weight.sum()))]
        played += stage.play(story, listed=played < many, most=most) is not None
