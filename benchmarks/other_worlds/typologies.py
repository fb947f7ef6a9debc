"""What rings do: one function a typology, called once the ring has its partners and its span."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.other_worlds.draws import DAY_S, between
from benchmarks.other_worlds.names import similar_name
from benchmarks.other_worlds.rings import (
    BUST_OUT,
    add_customers,
    add_members,
    draw_bad_share,
    fake_orders,
    order_along_ties,
    plan_rings,
    set_up,
    spread_orders,
    tie,
    tie_tree,
    tree,
)
from benchmarks.other_worlds.takeover import copy_shop, take_over
from benchmarks.other_worlds.trades import TRADES
from benchmarks.other_worlds.world import BACK_OFFICE, OWN, Forward, Ring, Spell, Sweep, World
from benchmarks.writing.units import Floats, Ints


def plant_rings(world: World) -> None:
    """All rings, with everything that they change."""
    plan_rings(world, [*TYPOLOGIES, REFUND_ABUSE])
    rank = np.argsort(np.argsort(world.partners.popularity)) / world.n_partners
    for ring in world.rings:
        draw_bad_share(world, ring)
        if ring.typology == REFUND_ABUSE:
            refund_abuse(world, ring)
            continue
        set_up(world, ring, rank)
        TYPOLOGIES[ring.typology](world, ring)
        order_along_ties(world, ring)


def shell_network(world: World, ring: Ring) -> None:
    """Tied shops, and fake customers who live on one edge of the tree; some wander."""
    rng, care, n = world.rng, ring.care, ring.orders
    consumers = add_customers(world, ring, ring.customers, recruited=care * rng.uniform(0, 0.3))
    edges = tree(world, ring.size)
    for left, right in edges:
        tie(world, ring, (ring.partners[left], ring.partners[right]), ring.span)
    home = np.array(edges)[rng.integers(0, len(edges), len(consumers))]
    who = rng.integers(0, len(consumers), n)
    where = ring.partners[home[who, rng.integers(0, 2, n)]]
    wanders = rng.random(n) < 0.15
    where[wanders] = ring.partners[rng.pick(ring.volume, wanders.sum())]
    width, loose = between(5, 14, care) * DAY_S, between(0.15, 0.6, care)
    moment = rng.waves(n, ring.span, int(3 + 8 * care), width, loose)
    fake_orders(world, ring, consumers[who], where, moment)


def collusive_circle(world: World, ring: Ring) -> None:
    """Waves in which a crowd of shills shops at some of the partners."""
    rng, care = world.rng, ring.care
    recruited = np.clip(care * rng.uniform(0.4, 1.0), 0, 0.9)
    consumers = add_customers(world, ring, max(10, int(ring.customers * 0.8)), recruited=recruited)
    if care > 0.4:
        _give_own_devices(world, ring)
    waves = int(between(4, 12, care) + rng.integers(0, 3))
    for _ in range(waves):
        _shop_together(world, ring, int(ring.orders / waves))
    if rng.random() < 0.7:
        # the circle pays its shills now and then
        paid = rng.choose(consumers, int(len(consumers) * rng.uniform(0.2, 0.6)))
        source = world.partners.account[ring.partners[rng.integers(0, ring.size, len(paid))]]
        moment = rng.uniform(*ring.span, len(paid))
        amount = rng.uniform(0.2, 1.2, len(paid)) * np.median(world.partners.median[ring.partners])
        world.transfers.append((moment, source, world.consumers["account"][paid], amount))
    if care < 0.5 or rng.random() < 0.3:
        tie_tree(world, ring, chance=0.2 + 0.6 * (1 - care))


def _give_own_devices(world: World, ring: Ring) -> None:
    rng, people = world.rng, world.consumers
    owners = ring.fakes[rng.random(len(ring.fakes)) < ring.care]
    devices = world.new_devices(len(owners), ring.since_s - rng.exponential(100, len(owners)) * DAY_S)
    people["device"][owners] = people["later_device"][owners] = devices
    people["hub_share"][owners] *= 0.3


def _shop_together(world: World, ring: Ring, n: int) -> None:
    rng, start = world.rng, world.rng.uniform(*ring.span)
    width = between(1.5, 6, ring.care) * rng.log_uniform(0.6, 2) * DAY_S
    shops = rng.choose(ring.partners, int(rng.integers(2, max(3, min(ring.size, 5)) + 1)))
    crowd = rng.choose(ring.consumers, max(3, int(len(ring.consumers) * rng.uniform(0.3, 0.7))))
    who, where = np.resize(rng.permutation(crowd), n), rng.choice(shops, n)
    fake_orders(world, ring, who, where, start + rng.exponential(width, n).clip(0, 5 * width))


def phoenix(world: World, ring: Ring) -> None:
    """Brands in which a shop that closes rises again under another name."""
    rng, care, size = world.rng, ring.care, ring.size
    brands = 1 if size <= 3 else int(np.ceil(size / rng.uniform(2.0, 3.5)))
    recruited = care * rng.uniform(0.1, 0.5)
    onset = max(ring.since_s * 0.3, 0)
    consumers = add_customers(world, ring, ring.customers, recruited=recruited, onset_s=onset)
    customers = np.array_split(rng.permutation(consumers), brands)
    shops = np.array_split(ring.partners, brands)
    for brand, of_brand in zip(shops, customers, strict=True):
        _rise_again(world, ring, [*brand], of_brand)
    for left, right in pairwise([brand[0] for brand in shops]):
        tie(world, ring, (left, right), (0, world.window_s))
    ring.onset_s = 0.15 * world.window_s


def _rise_again(world: World, ring: Ring, brand: list[int], customers: Ints) -> None:
    """One shop of the brand after the other."""
    rng, shops, window, count = world.rng, world.partners, world.window_s, len(brand)
    cuts = np.sort(rng.uniform(0.2, 0.86, count - 1)) if count > 1 else np.empty(0)
    if count > 2:
        cuts = 0.15 + 0.72 * (np.arange(count - 1) + rng.uniform(0.2, 0.8, count - 1)) / (count - 1)
    old = rng.random() < 0.8
    shops.onboarded_s[brand[0]] = -rng.uniform(20, 700) * DAY_S if old else rng.uniform(0, 0.1) * window
    for number, shop in enumerate(brand):
        if number > 0:
            _follow(world, ring, brand[number - 1], shop)
        if number < count - 1:
            shops.closed_s[shop] = cuts[number] * window
        else:
            shops.closed_s[shop] = np.inf if rng.random() < 0.65 else rng.uniform(0.93, 1.0) * window
        if count == 1:
            shops.closed_s[shop] = np.inf if rng.random() < 0.4 else rng.uniform(0.5, 0.95) * window
        _run_down(world, ring, shop, customers)


def _follow(world: World, ring: Ring, before: int, shop: int) -> None:
    rng, shops, care = world.rng, world.partners, ring.care
    days = rng.uniform(2, 18) if rng.random() > 0.5 * care else rng.uniform(-12, 45)
    shops.onboarded_s[shop] = shops.closed_s[before] + days * DAY_S
    copy_shop(world, before, shop)
    if rng.random() < 0.3 * care:
        shops.trade[shop] = rng.integers(0, len(TRADES))
    trade, city = world.trade_of(shop), world.city_name(shop)
    shops.name[shop] = similar_name(rng, shops.name[before], trade, city, strength=1.0 - 0.75 * care)
    if rng.random() < 0.5 * (1 - care):
        shops.legal_name[shop] = shops.legal_name[before]
    until = min(world.window_s, shops.onboarded_s[shop] + 60 * DAY_S)
    tie(world, ring, (before, shop), (max(shops.onboarded_s[before], 0), until))


def _run_down(world: World, ring: Ring, shop: int, customers: Ints) -> None:
    """What a shop of the brand sells before it closes, and how it ends."""
    rng, shops, care = world.rng, world.partners, ring.care
    since, until = max(shops.onboarded_s[shop], 0), min(shops.closed_s[shop], world.window_s)
    if until - since < 3 * DAY_S:
        shops.onboarded_s[shop] = until - 25 * DAY_S
        since = max(shops.onboarded_s[shop], 0)
    n = int(ring.volume[ring.partners == shop][0])
    crowd = customers if rng.random() < 0.8 else ring.consumers
    crowd = rng.choose(crowd, max(4, int(len(crowd) * rng.uniform(0.5, 0.9))))
    who = rng.choice(crowd, n)
    last_days = max(since, until - between(25, 90, care) * DAY_S)
    moment = rng.waves(n, (last_days, until), int(2 + 4 * care), 6 * DAY_S, 0.3)
    fake_orders(world, ring, who, np.full(n, shop), moment)
    start = until - rng.uniform(8, 25) * DAY_S
    world.spells.append(Spell(shop, start, until, rng.log_uniform(1.5, 5), 1))


def mule_chain(world: World, ring: Ring) -> None:
    """Payouts run through mules' accounts and layers to one or two collectors."""
    rng, care = world.rng, ring.care
    consumers = add_customers(world, ring, ring.customers, recruited=care * rng.uniform(0, 0.4))
    reach = 1 + int(rng.random() < 0.7) + int(care > 0.5)
    who, where = spread_orders(world, ring, consumers, reach=reach)
    waves, width = int(between(2, 9, care) + rng.integers(0, 3)), between(4, 12, care) * DAY_S
    moment = rng.waves(len(who), ring.span, waves, width, between(0.1, 0.5, care))
    fake_orders(world, ring, consumers[who], ring.partners[where], moment)
    country = world.partners.country[ring.partners[0]]
    n_collectors = 1 if rng.random() < 0.7 else 2
    collectors = world.new_accounts(n_collectors, country, rng.uniform(-900, -30, n_collectors) * DAY_S)
    n_layer = max(n_collectors, int(np.ceil(ring.size / between(4, 1.3, care))))
    layer = world.new_accounts(n_layer, country, rng.uniform(-600, 0, n_layer) * DAY_S)
    for number, partner in enumerate(ring.partners):
        start = ring.since_s - rng.uniform(0, 30) * DAY_S
        if rng.random() < 0.8 - 0.5 * care:
            _pay_mules(world, ring, partner, start)
        for account in np.unique([layer[number % n_layer], layer[rng.integers(0, n_layer)]]):
            _sweep_into(world, ring, partner, int(account))
    for number, account in enumerate(layer):
        _collect(world, ring, account, number, collectors)
    add_members(world, ring, "bank_account", np.concatenate([layer, collectors]))


def _pay_mules(world: World, ring: Ring, partner: int, start: float) -> None:
    rng = world.rng
    n = 1 + int(rng.random() < 0.4)
    opened = rng.uniform(-500, ring.since_s / DAY_S - 5, n) * DAY_S
    mules = world.new_accounts(n, world.partners.country[partner], opened)
    for mule in mules:
        world.pay_into(partner, start, mule)
        start += rng.uniform(15, 50) * DAY_S
    add_members(world, ring, "bank_account", mules)


def _sweep_into(world: World, ring: Ring, partner: int, account: int) -> None:
    care = ring.care
    span = max(0, ring.since_s - 20 * DAY_S), ring.until_s + 40 * DAY_S
    shares = between(0.6, 0.2, care), between(0.95, 0.55, care)
    delay = between(0.4, 2.5, care) * world.rng.log_uniform(0.6, 1.6)
    world.sweeps.append(Sweep(partner, *span, account, *shares, delay, between(0.95, 0.55, care)))


def _collect(world: World, ring: Ring, account: int, number: int, collectors: Ints) -> None:
    """From an account of the first layer on to a collector, for some through a second layer."""
    rng, last = world.rng, account
    if rng.random() < 0.4:
        country = world.partners.country[ring.partners[0]]
        last = world.new_accounts(1, country, rng.uniform(-400, 0) * DAY_S)[0]
        add_members(world, ring, "bank_account", [last])
        world.forwards.append(Forward(account, last, 0.6, 0.95, rng.log_uniform(0.4, 3), 0.85))
    collector = collectors[number % len(collectors)]
    chance = 0.5 + 0.45 * (1 - ring.care)
    world.forwards.append(Forward(last, collector, 0.6, 0.97, rng.log_uniform(0.4, 4), chance))
    if len(collectors) > 1 and number == 0:
        world.forwards.append(Forward(last, collectors[1], 0.2, 0.5, rng.log_uniform(0.4, 4), 0.5))


def device_farm(world: World, ring: Ring) -> None:
    """Fake customers who take turns on the farm's devices."""
    rng, care = world.rng, ring.care
    consumers = add_customers(world, ring, max(ring.customers, 14), recruited=0)
    n_farm = max(2, int(np.ceil(len(consumers) / between(9, 1.5, care))))
    seen = ring.since_s - rng.exponential(60, n_farm) * DAY_S
    farm = world.new_devices(n_farm, seen, (0.6, 0.3, 0.1, 0, 0))
    add_members(world, ring, "device", farm)
    world.consumers["hub"][consumers] = farm[rng.integers(0, n_farm, len(consumers))]
    world.consumers["hub_share"][consumers] = 0.15 * (1 - care)
    who, where = spread_orders(world, ring, consumers, reach=3)
    width, loose = between(4, 11, care) * DAY_S, between(0.1, 0.5, care)
    moment = rng.waves(len(who), ring.span, int(2 + 9 * care), width, loose)
    turn = ((moment - ring.since_s) / (between(60, 14, care) * DAY_S)).astype(np.int64)
    device = farm[(who * 7919 // 3 + turn * (1 + who % 3)) % n_farm]
    device = np.where(rng.random(len(who)) < between(0.95, 0.45, care), device, OWN)
    fake_orders(world, ring, consumers[who], ring.partners[where], moment, device=device)
    tie_tree(world, ring, chance=0.25 + 0.5 * (1 - care))


def bust_out(world: World, ring: Ring) -> None:
    """Old shops are bought, change account and machines, grow, and end in disputes."""
    rng, care, size = world.rng, ring.care, ring.size
    ring.onset_s = start = min(ring.since_s, 0.5 * world.window_s)
    bought = start + np.sort(rng.uniform(0, between(25, 80, care), size)) * DAY_S
    ended = bought + (rng.uniform(30, 70, size) + 50 * care) * DAY_S
    ended = np.minimum(ended, 0.92 * world.window_s)
    _buy(world, ring, bought, ended)
    volume = ring.volume * rng.uniform(1.3, 2.4)
    recruited = care * rng.uniform(0, 0.4)
    consumers = add_customers(world, ring, ring.customers, recruited=recruited, onset_s=start)
    who, where = spread_orders(world, ring, consumers, reach=2 + int(care > 0.4), volume=volume)
    since = bought[where] + rng.uniform(3, 15) * DAY_S
    growing = rng.random(len(who)) ** 0.7
    moment = since + (ended[where] - since).clip(DAY_S) * growing
    fake_orders(world, ring, consumers[who], ring.partners[where], moment)
    for partner, end in zip(ring.partners, ended, strict=True):
        span = end - rng.uniform(10, 35) * DAY_S, min(world.window_s, end + 10 * DAY_S)
        world.spells.append(Spell(partner, *span, rng.log_uniform(1.5, 4), 1))
    for left, right in tree(world, size):
        tie(world, ring, (ring.partners[left], ring.partners[right]), (start, ring.until_s))


def _buy(world: World, ring: Ring, bought: Floats, ended: Floats) -> None:
    rng, care = world.rng, ring.care
    n_accounts = max(1, int(np.ceil(ring.size / between(3.5, 1, care))))
    opened = ring.onset_s - rng.uniform(5, 300, n_accounts) * DAY_S
    accounts = world.new_accounts(n_accounts, world.partners.country[ring.partners[0]], opened)
    n_devices = max(1, int(np.ceil(ring.size / between(3.5, 1.2, care))))
    seen = ring.onset_s - rng.uniform(0, 60, n_devices) * DAY_S
    devices = world.new_devices(n_devices, seen, BACK_OFFICE)
    add_members(world, ring, "bank_account", accounts)
    add_members(world, ring, "device", devices)
    for number, partner in enumerate(ring.partners):
        account, device = accounts[number % n_accounts], devices[number % n_devices]
        lag_days = rng.uniform(1, 6 + 20 * care)
        take_over(world, partner, bought[number], account=account, device=device, lag_days=lag_days)
        if rng.random() < between(0.7, 0.2, care):
            world.partners.closed_s[partner] = ended[number] + rng.uniform(0, 20) * DAY_S


def refund_abuse(world: World, ring: Ring) -> None:
    """Customers, and no partner, who send back what they bought at shops that take much back."""
    rng, care, window = world.rng, ring.care, world.window_s
    n = int(np.clip(8 + rng.pareto(1.2) * 7, 8, 40))
    ring.city = int(rng.pick(world.places.city_weight, 1)[0])
    length = (rng.uniform(30, 70) * (1 - care) + rng.uniform(80, 170) * care) * DAY_S
    length = min(length, 0.85 * window)
    ring.since_s = rng.uniform(0.04, 0.9) * max(window * 0.92 - length, DAY_S)
    ring.until_s = ring.since_s + length
    ring.onset_s = ring.since_s
    ring.bad_mix = rng.dirichlet([6, 1.5, 0.2])
    consumers = add_customers(world, ring, n, recruited=care * rng.uniform(0.1, 0.7))
    shops = _generous_shops(world, ring)
    orders = int(n * rng.uniform(6, 14))
    who = rng.integers(0, len(consumers), orders)
    width, loose = between(3, 10, care) * DAY_S, between(0.15, 0.5, care)
    moment = rng.waves(orders, ring.span, int(3 + 7 * care), width, loose)
    fake_orders(world, ring, consumers[who], shops[rng.integers(0, len(shops), orders)], moment)
    if care > 0.5 or rng.random() < 0.5 + 0.5 * care:
        _pool_refunds(world, ring)


def _generous_shops(world: World, ring: Ring) -> Ints:
    shops, rng = world.partners, world.rng
    here = shops.country == world.places.city_country[ring.city]
    trading = (shops.onboarded_s < ring.since_s) & (shops.closed_s > ring.until_s)
    weight = (shops.popularity * here * (shops.ring < 0) * trading + 1e-12) ** 0.5
    weight = weight * np.array([one.refund for one in TRADES])[shops.trade]
    n = int(rng.integers(4, 6 + 14 * ring.care + 1))
    return rng.choice(world.n_partners, n, replace=False, p=weight / weight.sum())


def _pool_refunds(world: World, ring: Ring) -> None:
    """The refunds meet again: some members pay a common account."""
    rng, consumers = world.rng, ring.consumers
    country = world.places.city_country[ring.city]
    account = world.new_accounts(1, country, rng.uniform(-500, 0) * DAY_S)
    add_members(world, ring, "bank_account", account)
    payers = rng.choose(consumers, int(len(consumers) * rng.uniform(0.6, 1.0)))
    payers = np.repeat(payers, 1 + rng.integers(0, 3, len(payers)))
    n = len(payers)
    moment, source = rng.uniform(*ring.span, n), world.consumers["account"][payers]
    world.transfers.append((moment, source, np.repeat(account, n), rng.log_uniform(10, 120, n)))


REFUND_ABUSE: Final = "refund_abuse"
TYPOLOGIES: Final[dict[str, Callable[[World, Ring], None]]] = {
    "shell_network": shell_network,
    "collusive_circle": collusive_circle,
    "phoenix": phoenix,
    "mule_chain": mule_chain,
    "device_farm": device_farm,
    BUST_OUT: bust_out,
}
