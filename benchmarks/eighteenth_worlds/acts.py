"""What a cast does in its story, crooked or not: join, share phones and accounts, buy, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.story import Pair
from benchmarks.eighteenth_worlds.world import OPEN_END, Bools, Floats, Ints, Plot, World

HABIT: Final = 0.85
"""How often somebody who has the use of a common phone or account uses it."""
FORESIGHT: Final = 14.0
"""Days within which people join before their group begins."""
LEAST_VISITORS: Final = 3
BLAME: Final = (0.4, 0.9)
"""How much of the trouble of a story comes to light."""
LATE: Final = 5 / 6
"""Share of the window after which it is the rush."""


def act(world: World, plot: Plot) -> None:
    """Play a plot: what it changes in the world, and the visits and logins that it adds."""
    if plot.story.shops[1]:
        _live(world, plot)
        _share_logins(world, plot, _share_payouts(world, plot))
        _spoil(world, plot)
    if len(plot.people):
        _join(world, plot)
        _visit(world, plot)
    if max(map(max, _flows(plot))) > 0:
        plot.hubs = [_common_account(world, plot) for _ in range(2)]


def _flows(plot: Plot) -> tuple[tuple[float, float], ...]:
    story = plot.story
    return story.collect, story.onward, story.fund, story.give_back


def _live(world: World, plot: Plot) -> None:
    """When the shops open and close, how much else they sell, and what they are called."""
    rng, shops, story = world.rng, plot.shops, plot.story
    many = len(shops)
    if story.in_turn:
        shops = plot.shops = rng.permutation(shops)
        plot.ends = min(plot.ends, world.climate.days - 2.0)
        edges = np.linspace(plot.begins, plot.ends, many + 1)
        edges[1:-1] += rng.normal(0, 0.12, many - 1) * (edges[1] - edges[0])
        edges = np.sort(edges)
        move_opening(world, shops, edges[:-1] - rng.exponential(4, many))
        world.closed[shops] = edges[1:] + rng.exponential(6, many)
        if rng.random() < 0.5:
            world.closed[shops[-1]] = OPEN_END
    elif story.opened_within is not None:
        spread = plot.level(story.opened_within)
        move_opening(world, shops, plot.begins - rng.uniform(0, spread, many))
        world.closed[shops] = OPEN_END
    shuts = rng.random(many) < plot.level(story.closes)
    world.closed[shops[shuts]] = plot.ends + rng.exponential(8, int(shuts.sum()))
    world.closed[world.closed > world.climate.days] = OPEN_END
    world.size[shops] *= plot.level(story.own_trade) * rng.lognormal(0, 0.2)
    twins = rng.random(many) < story.twin_names
    world.name_twin[shops[twins]] = shops[0]


def move_opening(world: World, shops: Ints, to: Floats) -> None:
    """Let shops open at other times, and their own phones and accounts with them."""
    for shop, by in zip(shops.tolist(), (to - world.onboarded[shops]).tolist(), strict=True):
        own = world.tills[shop] != world.wallets[world.owners[shop]]
        if own:
            world.account_opened[world.tills[shop]] += by
        for phone in world.shop_phones[shop].tolist():
            if phone != world.phones[world.owners[shop]]:
                world.device_seen[phone] += by
    world.onboarded[shops] = to


def _share_logins(world: World, plot: Plot, paid: Bools) -> None:
    rng, story, shops = world.rng, plot.story, plot.shops
    each = plot.level(story.per_operator)
    if each < 2:
        return
    using = rng.random(len(shops)) < plot.level(story.operated)
    if not story.people[1]:
        using |= ~paid  # or nothing would tie the shop to the others
    using = _at_least_two(world, using)
    takers = shops[using]
    if not len(takers):
        return
    plot.operators = [_common_device(world, plot) for _ in range(0, len(takers), max(2, round(each)))]
    spans = np.arange(len(takers)) * len(plot.operators) // len(takers)
    # those at a border log in from both phones, as one set of hands has them all
    border = np.flatnonzero(np.diff(spans)) + 1
    pairs = pd.DataFrame(
        {
            "shop": np.concatenate([takers, takers[border]]),
            "device": np.array(plot.operators)[np.concatenate([spans, spans[border] - 1])],
        }
    )
    weekly = plot.level(story.logins) * rng.lognormal(0, 0.4, len(pairs))
    begins = np.maximum(world.onboarded[pairs["shop"]], 0 if story.opened_within else plot.begins)
    ends = np.minimum(np.minimum(plot.ends, world.closed[pairs["shop"]]), world.climate.days)
    ends = np.where(weekly < 0.1, np.minimum(begins + 10, ends), ends)
    times = 1 + rng.poisson(weekly * np.maximum(ends - begins, 0) / 7)
    pairs = pairs.assign(begins=begins, ends=ends).loc[pairs.index.repeat(times)]
    pairs["day"] = rng.uniform(pairs["begins"], np.maximum(pairs["ends"], pairs["begins"] + 1))
    world.entries.append(pairs[["shop", "device", "day"]].assign(plot=plot.number))


def _at_least_two(world: World, using: Bools) -> Bools:
    """What one alone has is not shared."""
    if using.sum() == 1:
        using[world.rng.choice(np.flatnonzero(~using))] = True
    return using


def _share_payouts(world: World, plot: Plot) -> Bools:
    """Let shops be paid out to common accounts; returns which are."""
    rng, story, shops = world.rng, plot.story, plot.shops
    using = _at_least_two(world, rng.random(len(shops)) < plot.level(story.paid_together))
    takers = shops[using]
    if len(takers):
        number = max(1, int(len(takers) / max(2.0, plot.level(story.per_payee))))
        plot.payees = [_common_account(world, plot) for _ in range(number)]
        for place, shop in enumerate(takers.tolist()):
            account = plot.payees[place * number // len(takers)]
            world.redirects.append((shop, account, plot.begins - 1, plot.ends + 20))
    return using


def _spoil(world: World, plot: Plot) -> None:
    blame = world.rng.uniform(*BLAME)
    refunds, disputes = (plot.level(pair) * blame for pair in plot.story.spoilt)
    if refunds + disputes <= 0:
        return
    for shop in plot.shops.tolist():
        begins = max(plot.begins, world.onboarded[shop])
        ends = min(plot.ends, world.closed[shop])
        late = begins + (ends - begins) * world.rng.uniform(0.2, 0.6)
        world.spoilt.append((shop, late, OPEN_END, refunds, disputes))


def _join(world: World, plot: Plot) -> None:
    """People who are new move in or sign up within days, with their phones and wallets."""
    rng = world.rng
    fresh = plot.people[rng.random(len(plot.people)) < plot.level(plot.story.fresh)]
    to = plot.begins - rng.uniform(0, FORESIGHT, len(fresh))
    for person, by in zip(fresh.tolist(), (to - world.created[fresh]).tolist(), strict=True):
        world.account_opened[world.wallets[person]] += by
        world.device_seen[world.phones[person]] += by
    world.created[fresh] = to


def _visit(world: World, plot: Plot) -> None:
    rng, story, people = world.rng, plot.story, plot.people
    loud = world.climate.loudness * rng.lognormal(0, 0.2)
    times = np.maximum(2, rng.poisson(plot.level(story.visits) * loud * rng.lognormal(0, 0.3, len(people))))
    reach = max(min(2, len(plot.shops)), round(plot.level(story.reach) * len(plot.shops)))
    who = np.repeat(np.arange(len(people)), times)
    turn = np.concatenate([np.arange(one) for one in times])
    orders = np.argsort(rng.random((len(people), len(plot.shops))), axis=1)
    reaches = np.clip(reach + rng.integers(-1, 2, len(people)), min(2, len(plot.shops)), len(plot.shops))
    shop = plot.shops[orders[who, turn % reaches[who]]]
    if story.shops[1]:
        lonely = np.repeat(plot.shops[_visitors(plot.shops, shop, who) < LEAST_VISITORS], LEAST_VISITORS)
        who = np.concatenate([who, rng.integers(0, len(people), len(lonely))])
        shop, turn = np.concatenate([shop, lonely]), np.concatenate([turn, np.zeros(len(lonely), np.int64)])
    within = np.where(
        rng.random(len(who)) < plot.level(story.rush), rng.uniform(LATE, 1, len(who)), rng.random(len(who))
    )
    visits = pd.DataFrame({"person": people[who], "shop": shop})
    visits["day"] = np.floor(plot.begins + within * (plot.ends - plot.begins))
    follows = (rng.random(len(who)) < plot.level(story.bursts)) & (turn > 0)
    visits["session"] = np.where(follows, np.nan, np.arange(len(who)))
    visits["session"] = visits["session"].ffill().astype(np.int64)
    visits["day"] = visits.groupby("session")["day"].transform("first")
    phones = _common(world, plot, story.on_phones, story.per_phone, _common_device)
    # who works together without a shop of their own has something in common, if not a phone
    needy = (phones < 0) & (not story.shops[1])
    purses = _common(world, plot, story.on_purses, story.per_purse, _common_account, needy)
    plot.phones, plot.purses = (np.unique(one[one >= 0]).tolist() for one in (phones, purses))
    for name, things in (("device", phones), ("account", purses)):
        visits[name] = np.where(rng.random(len(who)) < HABIT, things[who], -1)
    visits["factor"] = plot.level(story.ticket) * rng.lognormal(0, 0.15)
    blame = rng.uniform(*BLAME)
    for name, pair in zip(("refunds", "disputes", "defaults"), story.bad, strict=True):
        visits[name] = plot.level(pair) * blame
    world.visits.append(visits.assign(plot=plot.number))


def _visitors(shops: Ints, shop: Ints, who: Ints) -> Ints:
    """How many people visit each of the shops."""
    pairs = pd.DataFrame({"shop": shop, "who": who}).drop_duplicates()
    seen = pairs["shop"].value_counts().to_dict()
    return np.array([seen.get(one, 0) for one in shops.tolist()])


def _common(
    world: World,
    plot: Plot,
    share: Pair,
    each: Pair,
    make: Callable[[World, Plot], int],
    needy: Bools | None = None,
) -> Ints:
    """The common phone or purse that each of the people uses, or -1; the needy have one if anybody has."""
    many = len(plot.people)
    using = np.zeros(many, bool)
    using[world.rng.permutation(many)[: round(plot.level(share) * many)]] = True
    if needy is not None and max(share) > 0:
        using |= needy
    given = np.full(many, -1)
    users = world.rng.permutation(np.flatnonzero(using))
    if len(users) >= 2:
        number = max(1, int(len(users) / max(plot.level(each), 2)))
        things = np.array([make(world, plot) for _ in range(number)])
        given[users] = things[np.arange(len(users)) % number]
    return given


def _common_device(world: World, plot: Plot) -> int:
    """A phone bought for the purpose, or that of one of them."""
    rng = world.rng
    if rng.random() < 0.5:
        kinds = plot.story.operator_kind
        return world.new_device(
            kinds[int(rng.integers(len(kinds)))], plot.begins - float(rng.exponential(60))
        )
    if not len(plot.hosts) or (len(plot.people) and rng.random() < 0.5):
        return int(world.phones[rng.choice(plot.people)])
    return int(world.shop_phones[rng.choice(plot.hosts), 0])


def _common_account(world: World, plot: Plot) -> int:
    """An account opened for the purpose, or that of one of them."""
    rng = world.rng
    if rng.random() < 0.5:
        return world.new_account(int(world.shop_country[plot.shops[0]]), plot.begins)
    if not len(plot.hosts) or (len(plot.people) and rng.random() < 0.5):
        return int(world.wallets[rng.choice(plot.people)])
    return int(world.tills[rng.choice(plot.hosts)])
