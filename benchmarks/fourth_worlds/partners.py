"""The partners, before any story touches them."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.names import legal_name, shop_name
from benchmarks.fourth_worlds.people import Partners
from benchmarks.fourth_worlds.world import SHOP, World
from benchmarks.writing.units import Floats, Ints


def add_partners(world: World) -> None:
    """Draw the partners of a world; consumers are there already, and some own shops."""
    rng, dice, settings, n = world.rng, world.dice, world.settings, world.n_partners
    country = rng.choice(len(world.countries), n, p=world.country_share)
    trade = _trades(world)
    size = np.exp(rng.normal(0, settings.partner_size_sd, n))
    opens, closes, sells_from, sells_until = _lives(world)
    names = [shop_name(dice, world.trades[one]) for one in trade]
    pairs = zip(names, country, strict=True)
    world.shops = Partners(
        country=country,
        city=(rng.random(n) ** 1.5 * world.n_cities[country]).astype(np.int64),
        trade=trade,
        size=size,
        export=np.exp(rng.normal(0, settings.export_sd, n)),
        usual_orders=world.n_orders * size / size.sum(),
        price=_prices(world, trade) * world.currency_rate()[country],
        price_sd=rng.uniform(0.3, 0.95, n),
        price_style=rng.choice(4, n, p=rng.dirichlet([3, 2, 1.5, 4])),
        hour=rng.normal(15.2, 2.2, n),
        hour_sd=rng.uniform(2.5, 5, n),
        opens=opens,
        closes=closes,
        sells_from=sells_from,
        sells_until=sells_until,
        refund_factor=np.exp(rng.normal(0, 0.55, n)),
        dispute_factor=np.exp(rng.normal(0, 0.85, n)),
        default_factor=np.exp(rng.normal(0, 0.8, n)),
        no_device=_unknown_devices(world),
        no_account=np.clip(settings.no_account * rng.gamma(2, 0.5, n), 0, 0.8),
        trouble_from=np.full(n, np.inf),
        trouble_chance=np.zeros(n),
        bad_luck=np.zeros((n, 2)),
        name=names,
        legal_name=[legal_name(dice, name, world.countries[one]) for name, one in pairs],
        device=world.new_devices(n, SHOP),
        account=world.new_accounts(country),
        logins=np.exp(rng.normal(np.log(dice.uniform(10, 35)), 0.7, n)),
        owner=_owners(world, country),
        in_ring=np.zeros(n, np.bool_),
        grouped=np.zeros(n, np.bool_),
    )
    _switch_accounts(world)


def _trades(world: World) -> Ints:
    popularity = np.array([trade.popularity for trade in world.trades])
    popularity = popularity * np.exp(world.rng.normal(0, 0.4, len(world.trades)))
    return world.rng.choice(len(world.trades), world.n_partners, p=popularity / popularity.sum())


def _prices(world: World, trade: Ints) -> Floats:
    rng = world.rng
    usual = np.array([one.price for one in world.trades]) * np.exp(rng.normal(0, 0.2, len(world.trades)))
    prices: Floats = usual[trade] * np.exp(rng.normal(0, 0.45, len(trade)))
    return prices


def _lives(world: World) -> tuple[Floats, Floats, Floats, Floats]:
    """When each opens, closes, sells from and until; in their last weeks a few have no custom any more."""
    rng, n, window = world.rng, world.n_partners, world.window
    before = -rng.exponential(rng.uniform(250, 700, n)) - 1
    new = rng.random(n) < world.settings.new_partners
    opens = np.where(new, rng.uniform(0, window - 15, n), before)
    sells_from = np.maximum(opens, 0)
    earliest = sells_from + 15
    drawn = earliest + rng.random(n) * np.maximum(window - earliest, 1)
    closes = np.where(rng.random(n) < world.settings.closing, drawn, np.inf)
    sells_until = np.minimum(closes, window)
    dozes = rng.random(n) < world.dice.uniform(0.03, 0.12)
    dozed = np.maximum(sells_from + 5, sells_until - rng.uniform(20, 120, n))
    return opens, closes, sells_from, np.where(dozes, dozed, sells_until)


def _unknown_devices(world: World) -> Floats:
    """How often no device is known at each partner; at a few it mostly is not."""
    rng, n = world.rng, world.n_partners
    share = np.clip(world.settings.no_device * rng.gamma(1, 1, n), 0, 0.6)
    mostly = rng.random(n) < world.dice.uniform(0.02, 0.1)
    return np.where(mostly, rng.uniform(0.6, 0.95, n), share)


def _owners(world: World, country: Ints) -> Ints:
    """A consumer of the partner's country."""
    owners = np.empty(len(country), np.int64)
    for one in np.unique(country):
        there = np.flatnonzero(world.people.country == one)
        pool = there if len(there) else np.arange(world.n_consumers)
        owners[country == one] = world.rng.choice(pool, (country == one).sum())
    return owners


def _switch_accounts(world: World) -> None:
    """Some honest partners move to another bank at some time."""
    rng, shops = world.rng, world.shops
    switching = np.flatnonzero(rng.random(world.n_partners) < world.settings.account_switch)
    for partner, account in zip(switching, world.new_accounts(shops.country[switching]), strict=True):
        length = shops.sells_until[partner] - shops.sells_from[partner]
        since = shops.sells_from[partner] + rng.uniform(0.2, 0.8) * length
        world.pay_out_to(int(partner), int(account), since)
