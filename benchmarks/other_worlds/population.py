"""Partners and consumers: the one way in which they come to be, ring or no ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.other_worlds.draws import DAY_S, EVER_S, Columns, Dice
from benchmarks.other_worlds.habits import Habits
from benchmarks.other_worlds.names import legal_name, shop_name
from benchmarks.other_worlds.places import Places
from benchmarks.other_worlds.trades import TRADES
from benchmarks.other_worlds.world import OFFICE, Partners, World
from benchmarks.writing.units import Floats, Ints


def consumer_columns() -> Columns:
    """No consumers yet; `swapped_s` is when the device gives way to the later one, -1 is no hub."""
    return Columns(
        country=np.int16,
        city=np.int32,
        created_s=float,
        activity=float,
        loyalty=float,
        local=float,
        defaults=float,
        refunds=float,
        device=np.int64,
        later_device=np.int64,
        second_device=np.int64,
        swapped_s=float,
        second_share=float,
        account=np.int64,
        second_account=np.int64,
        hub=np.int64,
        hub_share=float,
        common_account=np.int64,
        common_share=float,
    )


def add_partners(world: World) -> None:
    """All partners, their names, banks and staff."""
    partners = world.partners = draw_partners(world.rng, world.habits, world.places, world.n_partners)
    trades = [TRADES[one] for one in partners.trade]
    cities = [world.places.city_names[one] for one in partners.city]
    partners.name = [shop_name(world.rng, *one) for one in zip(trades, cities, strict=True)]
    partners.legal_name = [legal_name(world.rng, name) for name in partners.name]
    _open_banks(world)
    _hire_staff(world)
    partners.ring = np.full(world.n_partners, -1)
    partners.taken = np.zeros(world.n_partners, np.bool_)


def draw_partners(rng: Dice, habits: Habits, places: Places, n: int) -> Partners:
    """The columns of `n` partners."""
    trade = rng.pick(np.array([one.share for one in TRADES]) * rng.gamma(2, 0.5, len(TRADES)), n)
    city = rng.pick(places.city_weight, n)
    country = places.city_country[city]
    popularity = _popularity(rng, habits, n)
    onboarded, closed = _lifetimes(rng, habits, n)
    of_trade = {
        name: np.array([getattr(one, name) for one in TRADES])[trade]
        for name in ("median", "sigma", "refund", "dispute", "default", "local")
    }
    median = of_trade["median"] * np.exp(rng.normal(0, 0.4, n)) * places.rates[country]
    sigma = of_trade["sigma"] * rng.uniform(0.6, 1.2, n)
    style = rng.choice(5, n, p=[0.25, 0.2, 0.15, 0.2, 0.2])
    rates = _bad_rates(rng, habits, of_trade)
    partners = Partners(
        trade,
        city,
        country,
        popularity,
        onboarded,
        closed,
        median,
        sigma,
        style,
        *rates,
        hour_shift=rng.normal(0, 0.8, n),
        trend=np.exp(rng.normal(0, 0.3, n)),
        local=np.clip(of_trade["local"] + rng.normal(0, 0.15, n), 0.02, 0.99),
        no_device=rng.beta(1.2, 1.2 / habits.no_device, n),
        no_account=rng.beta(1.2, 1.2 / habits.no_account, n),
        till=np.full(n, -1),
        till_share=np.zeros(n),
        season_share=np.where(rng.random(n) < habits.seasonal_shops, rng.uniform(0.3, 0.95, n), 0.0),
        season_centre=rng.uniform(0, 1, n),
        season_width_s=rng.log_uniform(5, 25, n) * DAY_S,
        exporter=rng.random(n) < habits.exporters,
        payout_every_s=np.empty(0),
    )
    partners.local[partners.exporter] *= rng.uniform(0.02, 0.9, partners.exporter.sum())
    partners.payout_every_s = rng.choice([1, 2, 7, 14, 30], n, p=[0.08, 0.07, 0.45, 0.22, 0.18]) * DAY_S
    return partners


def _popularity(rng: Dice, habits: Habits, n: int) -> Floats:
    """Lognormal with a Pareto tail, cut where one partner would be the whole world."""
    popularity = np.exp(rng.normal(0, habits.popularity_sigma, n))
    tail = rng.random(n) < habits.popularity_tail
    popularity[tail] *= 1 + rng.pareto(1.3, tail.sum()) * 3
    return np.minimum(popularity, np.quantile(popularity, 0.999) * 1.5)


def _bad_rates(rng: Dice, habits: Habits, of_trade: dict[str, Floats]) -> tuple[Floats, Floats, Floats]:
    """(n,) each: how often orders are refunded, disputed and defaulted on; a few shops are rough."""
    n = len(of_trade["refund"])
    refunds = 0.7 * of_trade["refund"] * habits.refund_factor * rng.gamma(1.5, 1 / 1.5, n)
    badness = rng.gamma(habits.partner_bad_shape, 1 / habits.partner_bad_shape, n)
    rough = rng.random(n) < habits.rough_shops
    badness[rough] *= rng.log_uniform(4, 16, rough.sum())
    disputes = 0.5 * of_trade["dispute"] * habits.dispute_factor * badness * rng.gamma(3, 1 / 3, n)
    defaults = 0.5 * of_trade["default"] * habits.default_factor * badness * rng.gamma(3, 1 / 3, n)
    return refunds, disputes, defaults


def _lifetimes(rng: Dice, habits: Habits, n: int) -> tuple[Floats, Floats]:
    """When partners came, and when they closed."""
    window = habits.days * DAY_S
    onboarded = -rng.exponential(rng.uniform(300, 700), n) * DAY_S - DAY_S
    new = rng.random(n) < habits.new_partners
    onboarded[new] = rng.uniform(-60 * DAY_S, 0.8 * window, new.sum())
    closed = np.full(n, np.inf)
    closing = rng.random(n) < habits.closing_partners
    low = np.maximum(onboarded[closing] + 25 * DAY_S, 0.05 * window)
    closed[closing] = low + (window * 1.02 - low).clip(DAY_S) * rng.random(closing.sum())
    return onboarded, closed


def _open_banks(world: World) -> None:
    """An account each, and honest changes of bank: once for some, twice for few."""
    rng, partners, n = world.rng, world.partners, world.n_partners
    opened = partners.onboarded_s - rng.exponential(300, n) * DAY_S
    partners.account = world.new_accounts(n, partners.country, opened)
    world.bank_changes.append((np.arange(n), np.full(n, -EVER_S), partners.account))
    for share in (0.8, 0.25):
        changing = np.flatnonzero(rng.random(n) < world.habits.change_bank * share)
        moment = rng.uniform(0.02, 0.98, len(changing)) * world.window_s
        opened = moment - rng.exponential(60, len(changing)) * DAY_S
        account = world.new_accounts(len(changing), partners.country[changing], opened)
        world.bank_changes.append((changing, moment, account))


def _hire_staff(world: World) -> None:
    """One to four devices a partner, three in ten of which come or are replaced within the window."""
    rng, partners = world.rng, world.partners
    owner = np.repeat(np.arange(world.n_partners), 1 + rng.binomial(3, 0.35, world.n_partners))
    device = world.new_devices(len(owner), np.maximum(partners.onboarded_s[owner], -900 * DAY_S), OFFICE)
    since, until = np.full(len(owner), -EVER_S), np.full(len(owner), EVER_S)
    changing = np.flatnonzero(rng.random(len(owner)) < 0.3)
    moment = rng.uniform(0, 1, len(changing)) * world.window_s
    replaced = rng.random(len(changing)) < 0.5
    until[changing[replaced]], since[changing[~replaced]] = moment[replaced], moment[~replaced]
    newer = world.new_devices(replaced.sum(), moment[replaced], OFFICE)
    rate = world.habits.logins_per_day * rng.gamma(1.2, 1 / 1.2, len(owner))
    world.log_in(owner, device, rate, since, until)
    world.log_in(owner[changing[replaced]], newer, rate[changing[replaced]], moment[replaced])
    partners.staff_partner, partners.staff_device = owner, device


def add_consumers(
    world: World,
    n: int,
    *,
    city: ArrayLike | None = None,
    created_s: ArrayLike | None = None,
    activity: float = 1.0,
) -> Ints:
    """The numbers of `n` new consumers; a few have moved away from that city."""
    rng, habits = world.rng, world.habits
    city = rng.pick(world.places.city_weight, n) if city is None else city
    city = np.broadcast_to(np.asarray(city), n).copy()
    moved = rng.random(n) < 0.06
    city[moved] = rng.pick(world.places.city_weight, moved.sum())
    country = world.places.city_country[city]
    created = _created(world, n) if created_s is None else created_s
    created = np.broadcast_to(np.asarray(created, float), n)
    devices = _draw_devices(world, created)
    accounts = _draw_accounts(world, country, created)
    manners = _draw_manners(world, n)
    return world.consumers.add(
        n,
        country=country,
        city=city,
        created_s=created,
        activity=np.exp(rng.normal(0, habits.activity_sigma, n)) * activity,
        loyalty=np.clip(rng.normal(habits.loyalty, 0.2, n), 0.02, 0.95),
        local=np.clip(rng.normal(habits.in_city, 0.15, n), 0.05, 0.95),
        **manners,
        **devices,
        **accounts,
        hub=-1,
        hub_share=0.0,
        common_account=-1,
        common_share=0.0,
    )


def _created(world: World, n: int) -> Floats:
    """Most came before the window, a fifth in it."""
    created = -world.rng.exponential(400, n) * DAY_S
    new = world.rng.random(n) < 0.2
    created[new] = world.rng.uniform(-10, world.habits.days * 0.97, new.sum()) * DAY_S
    return created


def _draw_devices(world: World, created: Floats) -> dict[str, NDArray]:
    """Which devices consumers have: one each, a new one in the window for some, a second for some."""
    rng, n = world.rng, len(created)
    device = world.new_devices(n, created - rng.exponential(60, n) * DAY_S)
    swapped, later = np.full(n, EVER_S), device.copy()
    swapping = np.flatnonzero(rng.random(n) < 0.3)
    swapped[swapping] = rng.uniform(0, 1, len(swapping)) * world.window_s
    later[swapping] = world.new_devices(len(swapping), swapped[swapping])
    second, share = np.full(n, -1), np.zeros(n)
    two = np.flatnonzero(rng.random(n) < 0.35)
    second[two] = world.new_devices(len(two), created[two])
    share[two] = rng.uniform(0.05, 0.5, len(two))
    return {
        "device": device,
        "later_device": later,
        "swapped_s": swapped,
        "second_device": second,
        "second_share": share,
    }


def _draw_accounts(world: World, country: Ints, created: Floats) -> dict[str, Ints]:
    """An account each, a second for a quarter."""
    rng, n = world.rng, len(created)
    account = world.new_accounts(n, country, created - rng.exponential(500, n) * DAY_S)
    second = account.copy()
    two = np.flatnonzero(rng.random(n) < 0.25)
    second[two] = world.new_accounts(len(two), country[two], created[two])
    return {"account": account, "second_account": second}


def _draw_manners(world: World, n: int) -> dict[str, Floats]:
    """How often their orders go bad or back against others'; a few pay hardly ever, a few keep little."""
    rng, shape = world.rng, world.habits.consumer_bad_shape
    defaults = rng.gamma(shape, 0.8 / shape, n)
    deadbeat = rng.random(n) < world.habits.deadbeats
    defaults[deadbeat] += rng.uniform(6, 22, deadbeat.sum())
    refunds = rng.gamma(0.6, 0.8 / 0.6, n)
    choosy = rng.random(n) < 0.02
    refunds[choosy] += rng.uniform(4, 12, choosy.sum())
    return {"defaults": defaults, "refunds": refunds}
