"""Rings that end: shops taken over and burnt, and shops that close and rise again."""

from __future__ import annotations

import itertools

import numpy as np

from benchmarks.fourth_worlds.names import varied
from benchmarks.fourth_worlds.plans import Forwarding
from benchmarks.fourth_worlds.story import Story, Straws
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Floats, Ints

CABIN = (0.4, 0.5, 0.05, 0.01, 0.04)
"""How often an operator's device is of each kind."""


def tell_bust_out(story: Story) -> None:
    """Grown shops are taken over at about the same time, sell out what never arrives, and vanish."""
    world, rng, dice = story.world, story.world.rng, story.world.dice
    shops, window = world.shops, world.window
    moment = dice.uniform(0.3 * window, window - 12)
    grown = (shops.opens < moment - 80) & (shops.closes > moment + 10)
    size = min(story.n_partners, 8)
    burnt = story.take_partners(size, dice.uniform(0.4, 0.95), dice.uniform(0, 0.6), grown)
    apart = rng.normal(0, story.number_by_care("days apart", 1.5, 10), len(burnt))
    moments = np.clip(moment + apart, 20, window - 6)
    width = story.number_by_care("days of the end", 3, 16)
    _run_down(story, burnt, moments, width)

    frauds = story.fraud_orders(burnt, care=story.ring.care * story.number("care at the end", 0.8))
    by_victims = story.chance("frauds on victims", 0.6)
    place = np.repeat(np.arange(len(burnt)), (frauds * by_victims).astype(np.int64) + 2)
    lost = story.bad_chances(story.chance_by_care("victims lose", 0.75, 0.35), dice.uniform(0.4, 0.9))
    world.plan(
        world.buyers(shops.country[burnt[place]]),
        burnt[place],
        moments[place] + rng.gamma(2, width / 2, len(place)) - width / 2,
        amount=story.number_by_care("amounts of victims", 2, 1.15),
        bad=lost,
    )
    by_straws = frauds.sum() * (1 - by_victims)
    people = int(np.clip(by_straws / story.within("orders of a straw buyer", 2.5, 5), 4, 30))
    total = story.chance_by_care("straws' bad orders", 0.75, 0.4)
    straws = Straws(
        orders=by_straws / people,
        bad=story.bad_chances(total, dice.uniform(0.1, 0.6)),
        hopping=story.chance_by_care("straws hop", 0.7, 0.4),
        amounts=(1.1, max(1.1, story.number_by_care("amounts of straws", 2, 1.2))),
        quiet=story.number_by_care("straws' own shopping", 0.2, 0.9),
    )
    story.send_straws(burnt, people, (moment - width, min(moment + 2 * width, window - 1)), straws)
    _take_over(story, burnt, moments, width)


def _run_down(story: Story, burnt: Ints, moments: Floats, width: float) -> None:
    """Honest custom often ends before; most of the careless close soon after."""
    world, shops, dice = story.world, story.world.shops, story.world.dice
    for shop, moment in zip(burnt, moments, strict=True):
        if story.happens("custom ends before", 0.6):
            ends = moment - story.within("days without custom", 10, 110)
            shops.sells_until[shop] = max(shops.sells_from[shop] + 10, ends)
        if story.happens_by_care("closes", 0.8, 0.35):
            closes = min(shops.closes[shop], moment + 1.5 * width + dice.uniform(2, 30))
            shops.closes[shop] = closes if closes < world.window else np.inf
            shops.sells_until[shop] = min(shops.sells_until[shop], closes)


def _take_over(story: Story, burnt: Ints, moments: Floats, width: float) -> None:
    """A new device logs in, and payouts go to a new account: common ones, or tied by a collector at least."""
    world, ring = story.world, story.ring
    country = story.country_of(burnt)
    devices = world.new_devices(world.dice.whole(1, 2), CABIN)
    accounts = world.new_accounts(np.full(world.dice.whole(1, 2), country))
    collector = world.new_account(country)
    for shop, moment in zip(burnt, moments, strict=True):
        common = story.happens_by_care("common login", 0.85, 0.2, world.settings.common_logins)
        device = world.dice.number(devices if common else world.new_devices(1))
        if common or story.happens("own new device", 0.6):
            since = moment - story.within("days of logins before", 3, 40)
            world.log_in(shop, device, world.dice.uniform(2, 14), since, moment + 2 * width)
        if common:
            ring.add("device", device)
        if story.happens_by_care("new account", 0.8, 0.4):
            account = _new_account(story, int(shop), moment, accounts, collector)
            world.pay_out_to(shop, account, moment - world.dice.uniform(1, 15))


def _new_account(story: Story, shop: int, moment: float, accounts: Ints, collector: int) -> int:
    """A common account, or one of its own that passes the money on to the collector."""
    world = story.world
    if story.happens_by_care("common account", 0.7, 0.1, world.settings.common_accounts):
        account = world.dice.number(accounts)
        story.ring.add("bank_account", account)
        return account
    world.forwardings.append(
        Forwarding(
            partners=np.array([shop]),
            layers=[np.array([collector])],
            share=story.chance_by_care("payouts passed on", 0.9, 0.4),
            kept=story.chance_by_care("money passed on", 0.9, 0.5),
            delay=story.number_by_care("days to pass it on", 1, 5),
            parts=1,
            since=moment - 5,
            until=world.window,
        )
    )
    story.ring.add("bank_account", collector)
    return world.new_account(int(world.shops.country[shop]))


def tell_phoenix(story: Story) -> None:
    """A shop goes bad and closes, and rises again under another name; the same few people buy at each."""
    world, dice = story.world, story.world.dice
    same_trade = story.chance_by_care("same trade", 0.97, 0.75)
    shops = story.take_partners(min(story.n_partners, 6), story.chance("same country", 0.97), same_trade)
    n = dice.whole(3, 8) + len(shops)
    quiet = story.number_by_care("followers' own shopping", 0.3, 0.9)
    followers = story.take_consumers(n, world.shops.country[shops], quiet=quiet)
    devices = world.new_devices(dice.whole(1, 2), CABIN)
    account = world.new_account(story.country_of(shops))
    _set_generations(story, shops)
    for shop in shops:
        _defraud(story, int(shop), followers, int(devices[0]))
    for before, after in itertools.pairwise(shops.tolist()):
        _succeed(story, before, after, devices, account)


def _set_generations(story: Story, generations: Ints) -> None:
    """When each opens and closes: one after another, with a gap or an overlap of some days."""
    world, rng, dice = story.world, story.world.rng, story.world.dice
    shops, window, n = world.shops, world.window, len(generations)
    lives = rng.dirichlet(np.full(n, 6.0)) * dice.uniform(0.75, 0.97) * window
    begins = dice.uniform(-60, 0.05 * window)
    for place, shop in enumerate(generations):
        old = place == 0 and not story.happens("begins in the window", 0.6)
        shops.opens[shop] = -dice.uniform(50, 600) if old else begins
        ends = max(begins, 0) + lives[place]
        last = place == n - 1 and not story.happens("the last closes too", 0.4)
        shops.closes[shop] = np.inf if last or ends >= window - 2 else ends
        shops.sells_from[shop] = min(max(shops.opens[shop], 0), window - 12)
        shops.sells_until[shop] = max(min(shops.closes[shop], window), shops.sells_from[shop] + 5)
        gap = story.number_by_care("days between", 6, 22) * rng.normal(0.9, 0.6)
        begins = min(max(2, ends + gap), window - 14)


def _defraud(story: Story, shop: int, followers: Ints, device: int) -> None:
    """Late in each life victims lose their money; followers buy badly all along."""
    world, rng, dice = story.world, story.world.rng, story.world.dice
    since, until = world.shops.sells_from[shop], world.shops.sells_until[shop]
    goes_bad = since + (until - since) * story.chance_by_care("goes bad after", 0.4, 0.65)
    frauds = int(story.fraud_orders(np.array([shop]))[0])
    n = int(frauds * dice.uniform(0.4, 0.8)) + 3
    lost = story.bad_chances(story.chance_by_care("victims lose", 0.7, 0.28), dice.uniform(0.6, 0.95))
    victims = world.buyers(np.full(n, world.shops.country[shop]))
    world.plan(victims, shop, rng.uniform(goes_bad, until, n), bad=lost)

    comes = rng.random(len(followers)) < story.chance_by_care("a follower comes", 0.9, 0.55)
    here = followers[comes] if comes.sum() > 1 else followers[:2]
    n = max(3, frauds - n)
    total = story.chance_by_care("bad orders", 0.6, 0.24) * dice.uniform(0.75, 1.1)
    at_operator = rng.random(n) < story.chance_by_care("followers use its device", 0.3, 0.03)
    world.plan(
        rng.choice(here, n),
        shop,
        rng.uniform(since + 0.1 * (until - since), until, n),
        bad=story.bad_chances(total, dice.uniform(0.1, 0.6)),
        device=np.where(at_operator, device, -1),
    )


def _succeed(story: Story, before: int, after: int, devices: Ints, account: int) -> None:
    """What passes from one generation to the next: logins, an account or money at least; name, firm, size."""
    world, shops, dice, ring = story.world, story.world.shops, story.world.dice, story.ring
    tied = False
    if story.happens_by_care("common login", 0.9, 0.3, world.settings.common_logins):
        device = dice.number(devices)
        often = max(1.5, shops.logins[after] * story.number_by_care("share of logins", 0.6, 0.08))
        for shop in (before, after):
            world.log_in(shop, device, often)
        ring.add("device", device)
        tied = True
    if story.happens_by_care("common account", 0.65, 0.06, world.settings.common_accounts):
        length = shops.sells_until[before] - shops.sells_from[before]
        world.pay_out_to(after, account)
        world.pay_out_to(before, account, shops.sells_from[before] + dice.uniform(0, 0.6) * length)
        ring.add("bank_account", account)
        tied = True
    if story.happens_by_care("money passes", 0.5, 0.3) or not tied:
        move_money(world, before, after, days=30)
        ring.add("bank_account", shops.account[[before, after]])
    if story.happens_by_care("name kept", 0.75, 0.05):
        shops.name[after] = varied(dice, shops.name[before])
    if story.happens_by_care("firm kept", 0.4, 0.03):
        shops.legal_name[after] = shops.legal_name[before]
    if story.happens_by_care("size kept", 0.5, 0.1):
        shops.size[after] = shops.size[before] * np.exp(world.rng.normal(0, 0.2))


def move_money(world: World, before: int, after: int, days: float) -> None:
    """What is left on the account of a closed shop goes to its successor's, in up to three transfers."""
    shops, dice = world.shops, world.dice
    source, target = int(shops.account[before]), int(shops.account[after])
    closed = min(shops.closes[before], shops.sells_from[after])
    for _ in range(dice.whole(1, 3)):
        moment = dice.uniform(closed, min(world.window, max(closed, shops.sells_from[after]) + days))
        amount = float(world.revenue(np.array([before]))[0]) * dice.uniform(0.01, 0.08)
        world.transfer(source, target, moment, amount)
