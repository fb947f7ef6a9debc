"""Who there is: areas, consumers and partners, how each lives and what they use."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.basics import SYLLABLES, TRADES
from benchmarks.eighth_worlds.settings import Settings
from benchmarks.eighth_worlds.world import Firms, People, Visit, World
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE, Floats, Ints, Texts, ints, log_uniform

NEIGHBOURS = 4


def draw_areas(rng: np.random.Generator, settings: Settings) -> tuple[Ints, Floats]:
    """(areas,) their country, as a place in the world's list, and share of people; every country has one."""
    many = len(settings.countries)
    country = np.concatenate(
        [np.arange(many), rng.choice(many, settings.areas - many, p=settings.country_share)]
    )
    share = rng.pareto(1.5, settings.areas) + 0.3
    share *= settings.country_share[country] + 0.02
    return ints(country), share / share.sum()


def add_people(world: World) -> None:
    """Ordinary consumers, sorted by area; some live together and use one device, one account."""
    rng, settings = world.rng, world.settings
    n = max(500, int(settings.orders / settings.orders_each))
    extra = rng.choice(settings.areas, n - settings.areas, p=world.area_share)
    area = np.sort(np.concatenate([np.arange(settings.areas), extra]))
    world.first_of_area = np.searchsorted(area, np.arange(settings.areas + 1))
    world.ordinary = n
    device, account = world.new_devices(n), world.new_accounts(n)
    # neighbours in the list live together
    heads = np.cumsum(rng.random(n) > settings.households * 0.7) - 1
    shares = rng.random(n) < 0.6
    head = np.searchsorted(heads, heads)
    home = (head != np.arange(n)) & (area[head] == area)
    second = np.where(rng.random(n) < 0.3, world.new_devices(n), NONE)
    second = np.where(home & shares, device[head], second)
    swap = np.where(rng.random(n) < 0.5, rng.uniform(0, 2 * world.days, n), 0.0)
    swap = np.where(second == NONE, np.inf, swap)
    account = np.where(home & (rng.random(n) < 0.6), account[head], account)
    together = np.flatnonzero(home & shares)
    if len(together):
        members = np.unique(np.r_[together, head[together]])[:400]
        world.alike.append(Alike("household", "consumer", members))
    bad = np.where(rng.random(n) < settings.bad_people, rng.beta(1.5, 2, n), 0.0)
    no_device = rng.random(n) < settings.no_device
    world.people = People(area, device, ints(second), swap, account, no_device, np.full(n, np.nan), bad)


def brands(rng: np.random.Generator, n: int) -> Texts:
    """(n,) made-up words."""
    parts = rng.integers(0, len(SYLLABLES), (n, 3))
    long = rng.random(n) < 0.6
    return np.array(
        [
            (SYLLABLES[a] + SYLLABLES[b] + (SYLLABLES[c] if more else "")).capitalize()
            for (a, b, c), more in zip(parts, long, strict=True)
        ],
        object,
    )


def add_firms(world: World) -> None:
    """Partners and their lives; nobody is in any story yet."""
    rng, settings, days, n = world.rng, world.settings, world.days, world.settings.partners
    area = rng.choice(settings.areas, n, p=world.area_share)
    trade = rng.choice(len(TRADES), n, p=rng.dirichlet(np.full(len(TRADES), 1.2)))
    fresh = rng.random(n) < settings.newcomers
    on = np.where(fresh, rng.uniform(0, 0.93, n) * days, 0.0)
    gone = rng.random(n) < settings.churn
    off = np.where(gone, on + (days - on) * rng.beta(2, 1.3, n), days)
    off = np.minimum(days, np.maximum(off, on + np.minimum(12, 0.5 * (days - on))))
    weight = np.exp(rng.normal(0, settings.size_sigma, n)) * ((off - on) / days + 0.05)
    weight = np.maximum(weight, 0.12 * weight.mean())
    scope = rng.dirichlet([0.4 + 3 * settings.local, 1.0, 0.4], n)
    price = np.array([one[1] for one in TRADES], np.float64)[trade] * np.exp(rng.normal(0, 0.5, n))

    def rate(usual: float) -> Floats:
        drawn: Floats = usual * np.exp(rng.normal(-0.3, settings.bad_spread, n))
        return np.minimum(drawn, 0.35)

    world.firms = Firms(
        area=area, country=world.area_country[area], trade=trade, reach=scope[:, :2], weight=weight, on=on,
        off=off, onboarded=np.where(fresh, on - rng.exponential(6, n), -rng.exponential(500, n)) - 0.1,
        closed=gone & (rng.random(n) < 0.6), growth=rng.normal(0.1, settings.growth, n),
        loyal=rng.beta(1 + 4 * settings.loyal, 1 + 4 * (1 - settings.loyal), n),
        near=_neighbours(world, area), cross=np.minimum(0.6, rng.exponential(settings.cross + 1e-9, n)),
        price=price, sigma=np.array([one[2] for one in TRADES])[trade] * rng.uniform(0.6, 1.3, n),
        hour=np.array([one[3] for one in TRADES])[trade] + rng.normal(0, 2, n), hour_sd=rng.uniform(2, 6, n),
        refund=rate(settings.refund), dispute=rate(settings.dispute), default=rate(settings.default),
        storm=np.zeros(n), storm_from=np.full(n, np.inf), storm_to=np.full(n, np.inf),
        device_known=rng.beta(6 * settings.device_known, 6 * (1 - settings.device_known), n),
        till=np.where(rng.random(n) < settings.tills, world.new_devices(n), NONE),
        till_share=rng.uniform(0.1, 0.9, n), account=world.new_accounts(n),
        later_account=np.where(rng.random(n) < 0.15, world.new_accounts(n), NONE),
        moved=rng.uniform(0, 1, n) * days, period=rng.choice([1.0, 3.0, 7.0, 14.0, 30.0], n),
        log_ins=settings.log_ins * rng.gamma(1.5, 0.7, n), brand=brands(rng, n), legal=brands(rng, n),
        busy=np.zeros(n, np.bool_), of_ring=np.zeros(n, np.bool_),
    )  # fmt: skip


def _neighbours(world: World, area: Ints) -> Ints:
    """(n, NEIGHBOURS) partners, of the same area where there are enough, with whom customers are shared."""
    rng, n = world.rng, len(area)
    order = np.argsort(area, kind="stable")
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    step = rng.integers(1, 12, (n, NEIGHBOURS)) * rng.choice([-1, 1], (n, NEIGHBOURS))
    near = order[(place[:, None] + step) % n]
    return ints(np.where(rng.random((n, NEIGHBOURS)) < 0.75, near, rng.integers(0, n, (n, NEIGHBOURS))))


def share_rooms(world: World) -> None:
    """Offices, dormitories and lounges: people of one area who now and then use one machine."""
    rng, people = world.rng, world.people
    for _ in range(int(rng.poisson(4 + world.ordinary / 1000 * world.settings.alike))):
        area = int(rng.choice(len(world.area_share), p=world.area_share))
        size = int(log_uniform(rng, 4, 60))
        who = np.unique(world.anyone(np.full(size, area)))
        who = who[people.second[who] < 0]
        people.second[who] = world.new_devices(1)[0]
        people.swap[who] = 0.0
        if rng.random() < 0.4:  # the firm's card
            people.account[who] = world.new_accounts(1)[0]
        if len(who) > 1:
            world.alike.append(Alike("dormitory" if size > 20 else "office", "consumer", who))


def give_machines(world: World) -> None:
    """Everybody's own devices to log in from."""
    rng, firms = world.rng, world.firms
    if world.settings.log_ins == 0:
        return
    for one, often in enumerate(firms.log_ins):
        life = firms.off[one] - firms.on[one]
        for place, device in enumerate(world.new_devices(1 + int(rng.integers(0, 3)))):
            since = firms.on[one] + life * rng.random() * (place > 0)  # later ones are bought later
            times = int(rng.poisson(often * (firms.off[one] - since)))
            world.visits.append(Visit(one, int(device), since, firms.off[one], times))
