"""Rings of people: colluding circles of shops and shills, device farms, refund gangs."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.story import Story, Straws
from benchmarks.fourth_worlds.units import Span
from benchmarks.writing.units import Floats, Ints

FARM = (0.75, 0.15, 0.06, 0.02, 0.02)
"""How often a farm's device is of each kind."""


def tell_collusive_circle(story: Story) -> None:
    """Shops under different owners send each other the same shills, in waves; nothing else is common."""
    dice, care = story.world.dice, story.ring.care
    span = story.span(50, 200)
    size = max(story.n_partners, 3 if story.happens("three at least", 0.6) else 2)
    shops = story.take_partners(size, dice.uniform(0.6, 0.98), dice.uniform(0, 0.6), story.open_within(*span))
    frauds = max(int(story.fraud_orders(shops).sum()), 30)
    people = int(np.clip(frauds / story.within("orders of a shill", 3.5, 7), 8, 90))
    busy = dice.uniform(0.6, 1.3)
    if not story.happens("shills shop as ever", 0.6):
        busy = story.number_by_care("shills' own shopping", 0.2, 0.8)
    bad = story.chance_by_care("bad orders", 0.6, 0.24) * dice.uniform(0.75, 1.1)
    disputed = dice.uniform(0.1, 0.6) * story.number("disputed among the bad", 0.6)
    shills = Straws(
        orders=frauds / people,
        bad=story.bad_chances(bad, min(disputed, 1.0)),
        hopping=story.chance_by_care("shills hop", 0.8, 0.4),
        wave_days=story.number_by_care("days of a wave", 1, 6),
        amounts=(1.0, max(1.0, 1.7 - 0.6 * care)),
        quiet=busy,
    )
    story.send_straws(shops, people, span, shills)


def tell_device_farm(story: Story) -> None:
    """Many accounts on few devices order at a few shops in bursts, and elsewhere to look like anybody."""
    world, rng, dice = story.world, story.world.rng, story.world.dice
    span = story.span(30, 180)
    size = min(story.n_partners, 6)
    shops = story.take_partners(size, dice.uniform(0.5, 0.98), dice.uniform(0, 0.7), story.open_within(*span))
    frauds = max(int(story.fraud_orders(shops).sum()), 40)
    n = int(np.clip(frauds / story.within("orders of an account", 2.2, 5), 12, 90))
    own_shopping = story.number_by_care("accounts' own shopping", 0.15, 0.8)
    people = story.take_consumers(n, world.shops.country[shops], quiet=own_shopping)
    devices = world.new_devices(int(max(2, n / story.number_by_care("accounts a device", 12, 2.3))), FARM)
    story.ring.add("device", devices)
    slot = rng.permutation(n) % len(devices)

    orders = np.maximum(1, rng.poisson(frauds / n, n)) + (rng.random(n) < 0.5)
    buyer = np.repeat(np.arange(n), orders)
    hops = rng.random(len(buyer)) < story.chance_by_care("accounts hop", 0.7, 0.4)
    favourite = rng.integers(0, len(shops), n)[buyer]
    shop = np.where(hops, rng.integers(0, len(shops), len(buyer)), favourite)
    funding = world.new_accounts(
        np.full(max(1, int(n / story.number_by_care("people an account", 6, 2.2))), story.country_of(shops))
    )
    account = story.shared(buyer, funding, story.chance_by_care("common accounts", 0.4, 0.03))
    story.ring.add("bank_account", account[account >= 0])
    bad = story.chance_by_care("bad orders", 0.6, 0.24) * dice.uniform(0.75, 1.1)
    world.plan(
        people[buyer],
        shops[shop],
        _in_bursts(story, slot[buyer], span),
        amount=dice.uniform(0.9, 1.4),
        bad=story.bad_chances(bad, dice.uniform(0.1, 0.6)),
        device=_farm_devices(story, buyer, slot, devices),
        account=account,
        keeps_hour=dice.happens(story.chance("bursts keep their hours", 0.5) * (1 - story.ring.care)),
    )
    _camouflage(story, people, devices[slot], len(buyer), span)
    story.join_together(people, span[0], 12)


def _in_bursts(story: Story, slot: Ints, span: Span) -> Floats:
    """Moments: each device has its bursts; the careful spread their orders over the whole while."""
    rng = story.world.rng
    starts = rng.uniform(*span, story.world.dice.whole(4, 14))
    mean = story.number_by_care("days of a burst", 0.08, 2)
    burst = starts[(slot + rng.integers(0, 3, len(slot))) % len(starts)] + rng.exponential(mean, len(slot))
    bursting = rng.random(len(slot)) < story.chance_by_care("orders in bursts", 0.85, 0.25)
    return np.where(bursting, burst, rng.uniform(*span, len(slot)))


def _farm_devices(story: Story, buyer: Ints, slot: Ints, devices: Ints) -> Ints:
    """The farm's device of each order, or the account's own (-1); all use the farm's at least once."""
    rng, n = story.world.rng, len(buyer)
    usual = rng.random(n) < story.chance("keeps to its device", 0.82)
    found = devices[np.where(usual, slot[buyer], (slot[buyer] + 1) % len(devices))]
    found[rng.random(n) < story.chance_by_care("own devices", 0.05, 0.5)] = -1
    first = np.flatnonzero(np.diff(buyer, prepend=-1))
    found[first] = devices[slot[buyer[first]]]
    return found


def _camouflage(story: Story, people: Ints, devices: Ints, n_frauds: int, span: Span) -> None:
    """Orders that mostly go well, at the shops where such people would buy, half of them from the farm."""
    world, rng = story.world, story.world.rng
    n = int(n_frauds * story.chance_by_care("orders elsewhere", 0.1, 0.5))
    buyer = rng.integers(0, len(people), n)
    who = people[buyer]
    shops = story.places.draw(world.people.country[who], world.people.city[who])
    moments = np.clip(rng.uniform(span[0] - 10, span[1] + 20, n), 1, world.window - 1)
    at_farm = rng.random(n) < story.chance("camouflage from the farm", 0.5)
    usual = (("refunded", 0.03), ("disputed", 0.004), ("defaulted", 0.02))
    bad = np.array([story.chance(f"camouflage {outcome}", share) for outcome, share in usual])
    world.plan(who, shops, moments, bad=bad, device=np.where(at_farm, devices[buyer], -1))


def tell_refund_abuse(story: Story) -> None:
    """A gang returns nearly all it buys, at honest shops, in common waves; the shops are victims."""
    world, rng, dice = story.world, story.world.rng, story.world.dice
    country, n = world.a_country(), dice.whole(4, 15)
    abroad = story.chance("gang from abroad", 0.03)
    own_shopping = min(1.0, story.number_by_care("own shopping", 0.3, 1))
    people = story.take_consumers(n, country, quiet=own_shopping, abroad=abroad)
    span = story.span(30, 160)
    targets = _targets(story, country, span)

    mean = story.number_by_care("orders of each", 12, 6)
    buyer = np.repeat(np.arange(n), np.maximum(4, rng.poisson(mean, n)))
    starts = rng.uniform(*span, dice.whole(3, 8))
    wave = rng.integers(0, len(starts), len(buyer))
    together = rng.random(len(buyer)) < story.chance_by_care("in waves", 0.95, 0.65)
    width = story.number_by_care("days of a wave", 0.7, 3.5)
    in_wave = starts[wave] + rng.normal(0, width, len(buyer))
    moments = np.where(together, in_wave, rng.uniform(*span, len(buyer)))
    target_of_wave = rng.integers(0, len(targets), len(starts))
    at_target = together & (rng.random(len(buyer)) < story.chance("keeps to the wave's shop", 0.8))
    target = np.where(at_target, target_of_wave[wave], rng.integers(0, len(targets), len(buyer)))

    device, account = _gang_means(story, buyer, n, country)
    total = story.chance_by_care("bad orders", 0.88, 0.5)
    refunded = dice.uniform(0.7, 0.97)
    defaulted = story.chance("gang defaults", 0.02)
    world.plan(
        people[buyer],
        targets[target],
        moments,
        amount=story.number_by_care("amounts", 1.6, 1.1),
        bad=np.array([total * refunded, total * (1 - refunded), defaulted]),
        device=device,
        account=account,
    )


def _targets(story: Story, country: int, span: Span) -> Ints:
    """Large honest shops where much is returned anyway, of that country if there are enough."""
    world, shops, n = story.world, story.world.shops, story.world.dice.whole(3, 9)
    fit = ~shops.in_ring & (shops.sells_from < span[0] + 10) & (shops.sells_until > span[1] - 10)
    at_home = np.flatnonzero(fit & (shops.country == country))
    pool = at_home if len(at_home) > n else np.flatnonzero(fit)
    returned = np.array([trade.refunded for trade in world.trades])
    weight = shops.size[pool] * (returned[shops.trade[pool]] + 0.3)
    return world.rng.choice(pool, min(n, len(pool)), replace=False, p=weight / weight.sum())


def _gang_means(story: Story, buyer: Ints, n: int, country: int) -> tuple[Ints, Ints]:
    """The gang's device and account of each order (-1: the buyer's own); one of them ties it at least."""
    world, rng, ring = story.world, story.world.rng, story.ring
    devices = world.new_devices(max(1, int(n / story.number_by_care("people a device", 5, 2.2))))
    people = story.number("people an account", 5)
    accounts = world.new_accounts(np.full(max(1, int(n / people)), country))
    device = story.shared(buyer, devices, story.chance_by_care("common devices", 0.8, 0.06))
    account = story.shared(buyer, accounts, story.chance_by_care("common accounts", 0.6, 0.06))
    if (device >= 0).sum() < 2 and (account >= 0).sum() < 2:
        tying = rng.integers(0, len(buyer), 4)
        account[tying] = accounts[buyer[tying] % len(accounts)]
    for kind, used in (("device", device[device >= 0]), ("bank_account", account[account >= 0])):
        if len(used) > 1:
            ring.add(kind, used)
    return device, account
