"""Who lives in a world: consumers, firms, their devices and accounts, and what ties them lastingly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from benchmarks.fifth_worlds.climate import Climate
from benchmarks.writing.units import Flags, Floats, Ints

NEVER = 1e9
"""A day that does not come."""

KINDS = ("mobile", "desktop", "tablet", "server", "unknown")
PERSONAL = (0.74, 0.2, 0.04, 0.0, 0.02)


@dataclass(frozen=True)
class Trade:
    """A line of business; `price` and `spread` are of the logarithm of an order in euros, hours local time.

    `refund`, `dispute` and `credit` multiply the world's rates, `near` is the share of its firms that serve
    one town.
    """

    mcc: str
    word: str
    price: float
    spread: float
    repeat: float
    weekend: float
    hour: float
    width: float
    refund: float
    dispute: float
    credit: float
    near: float


TRADES = (
    Trade("5411", "Market", 3.2, 0.7, 0.8, 1.2, 17, 3.0, 0.3, 0.3, 0.3, 0.9),
    Trade("5812", "Kitchen", 3.4, 0.5, 0.6, 1.5, 19, 2.5, 0.3, 0.5, 0.1, 0.95),
    Trade("5814", "Bistro", 2.6, 0.5, 0.7, 1.1, 13, 3.5, 0.2, 0.4, 0.1, 0.95),
    Trade("5651", "Fashion", 4.0, 0.7, 0.4, 1.2, 20, 3.0, 2.6, 1.0, 1.6, 0.3),
    Trade("5661", "Shoes", 4.3, 0.5, 0.3, 1.2, 20, 3.0, 2.4, 1.0, 1.5, 0.3),
    Trade("5732", "Electronics", 5.2, 1.0, 0.2, 1.0, 19, 4.0, 1.4, 2.2, 2.2, 0.2),
    Trade("5712", "Living", 5.3, 0.9, 0.15, 1.3, 20, 3.0, 1.2, 1.3, 2.0, 0.3),
    Trade("5945", "Toys", 3.6, 0.7, 0.3, 1.2, 20, 2.5, 1.0, 1.0, 1.0, 0.3),
    Trade("5977", "Beauty", 3.5, 0.6, 0.5, 1.0, 20, 3.0, 0.9, 0.9, 0.9, 0.4),
    Trade("7230", "Salon", 3.7, 0.4, 0.7, 0.8, 14, 3.0, 0.3, 0.3, 0.2, 1.0),
    Trade("5941", "Sports", 4.2, 0.8, 0.3, 1.1, 19, 3.5, 1.5, 1.0, 1.2, 0.3),
    Trade("5533", "Autoparts", 4.4, 0.8, 0.3, 0.8, 15, 4.0, 1.2, 1.0, 1.0, 0.5),
    Trade("5816", "Games", 2.9, 0.8, 0.5, 1.3, 21, 4.0, 0.7, 2.4, 0.8, 0.0),
    Trade("5968", "Box", 3.2, 0.4, 0.6, 1.0, 20, 5.0, 0.8, 1.8, 0.7, 0.0),
    Trade("4722", "Travel", 5.8, 0.9, 0.15, 1.0, 20, 4.0, 1.6, 1.8, 1.8, 0.2),
    Trade("7399", "Services", 4.8, 1.0, 0.4, 0.4, 11, 3.5, 0.5, 1.0, 0.8, 0.6),
    Trade("5992", "Flowers", 3.6, 0.5, 0.4, 1.1, 12, 4.0, 0.4, 0.6, 0.2, 0.8),
    Trade("5999", "Store", 3.9, 0.9, 0.3, 1.1, 18, 5.0, 1.0, 1.3, 1.0, 0.3),
)
NICHES = 7


@dataclass
class People:
    """Consumers; every array has one entry a consumer, `pool` those that operators may invent persons from.

    `phone` is replaced by `next_phone` on day `replaced`; `second` is a device used for a share `second_use`
    of orders; `fussy`, `quarrel` and `credit` multiply the rates of refunds, disputes and defaults.
    """

    town: Ints
    niche: Ints
    joined: Floats
    activity: Floats
    habit: Floats
    phone: Ints
    next_phone: Ints
    replaced: Floats
    second: Ints
    second_use: Floats
    account: Ints
    joint: Ints
    fussy: Floats
    quarrel: Floats
    credit: Floats
    pool: list[int]


@dataclass
class Firms:
    """Partners; every array has one entry a firm. Payouts go to `account`, from day `moved` to `later`.

    `reach` 0 serves a town, 1 a country and niche, 2 everybody; `risk` and `returns` multiply the rates of
    disputes and refunds; `centre` numbers the mall or fair that a firm stands in.
    """

    town: Ints
    country: Ints
    trade: Ints
    niche: Ints
    reach: Ints
    pull: Floats
    opened: Floats
    closed: Floats
    price: Floats
    spread: Floats
    ending: Ints
    no_device: Floats
    no_account: Floats
    till: Ints
    risk: Floats
    returns: Floats
    subscription: Flags
    rhythm: Ints
    hold: Floats
    account: Ints
    later: Ints
    moved: Floats
    desk: Ints
    keeper: Ints
    centre: Ints
    brand: list[str]
    style: Ints
    legal: list[str]


@dataclass
class Things:
    """Devices and bank accounts, numbered as they are handed out."""

    device_kind: list[Ints] = field(default_factory=list)
    account_country: list[Ints] = field(default_factory=list)
    devices: int = 0
    accounts: int = 0

    def new_devices(self, rng: np.random.Generator, n: int, kind: int | None = None) -> Ints:
        """Numbers of `n` new devices, all of a kind where one is named."""
        kinds = rng.choice(len(KINDS), n, p=PERSONAL) if kind is None else np.full(n, kind)
        self.device_kind.append(kinds)
        self.devices += n
        return np.arange(self.devices - n, self.devices)

    def new_accounts(self, countries: Ints) -> Ints:
        """Numbers of new accounts, one for each country number."""
        self.account_country.append(np.asarray(countries))
        self.accounts += len(countries)
        return np.arange(self.accounts - len(countries), self.accounts)


@dataclass
class Ties:
    """Lasting relations that logins and transfers come from.

    `logins`: firm, device, times a week, from day, to day. `sweeps`: what follows a payout of a firm (firm,
    path of accounts after the payout's, share, chance, lag in days, from day, to day). `standing`: (from
    account, to account, firm or -1, share of its revenue or an amount in euros, period in days, from, to).
    """

    logins: list[tuple[int, int, float, float, float]] = field(default_factory=list)
    sweeps: list[tuple[int, tuple[int, ...], float, float, float, float, float]] = field(default_factory=list)
    standing: list[tuple[int, int, int, float, float, float, float]] = field(default_factory=list)


@dataclass
class Ring:
    """A planted ring and what its operator has decided: whom it runs, between which days, how carefully."""

    typology: str
    care: float
    firms: Ints
    people: Ints
    devices: list[int]
    accounts: list[int]
    start: float
    end: float
    victims: Ints


@dataclass
class Errand:
    """Purchases that a group makes on purpose, honest or not; arrays are one entry an order.

    `lift` multiplies the firm's usual price, `device` is -2 where the shopper's own is used, `fate` is 0
    where the order ends as any other would, else as `aftermath.OUTCOMES` numbers outcomes.
    """

    consumer: Ints
    firm: Ints
    t: Floats
    lift: Floats
    device: Ints
    fate: Ints


@dataclass
class World:
    """Everybody of a world before anything happens, and the plans of groups.

    `strain` (firms, weeks) multiplies disputes and `buzz` popularity; `squeeze` (towns, weeks) multiplies
    defaults. `alike` rows are group, kind of look-alike, kind of entity, number.
    """

    climate: Climate
    town_country: Ints
    people: People
    firms: Firms
    things: Things
    ties: Ties
    strain: Floats
    buzz: Floats
    squeeze: Floats
    alike: list[tuple[str, str, str, int]] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)
    centres: int = 0
    groups: int = 0
    used: set[int] = field(default_factory=set)

    def note(self, kind: str, entity: str, members: Iterable[int]) -> None:
        """Write down an honest group that resembles a ring."""
        self.groups += 1
        self.alike.extend((f"H{self.groups:04d}", kind, entity, int(one)) for one in members)


SYLLABLES = ("al", "bor", "cas", "den", "el", "fin", "gar", "hol", "im", "jun", "kar", "lor", "mel", "nor",
             "os", "pel", "quin", "ros", "sel", "tor", "ul", "ver", "wil", "yor", "zan")  # fmt: skip
ENDS = ("a", "o", "er", "ia", "ix", "mann", "sen", "ly", "ex", "ini", "ova", "and")


def draw_brand(rng: np.random.Generator) -> str:
    """A made-up name; few enough that strangers share one now and then."""
    parts = rng.choice(len(SYLLABLES), rng.integers(1, 3))
    return ("".join(SYLLABLES[one] for one in parts) + ENDS[rng.integers(len(ENDS))]).capitalize()


def settle_society(rng: np.random.Generator, climate: Climate) -> World:
    """Towns, then people, then firms; nobody is of a group or ring yet."""
    town_country = rng.choice(len(climate.countries), climate.towns, p=climate.country_weights)
    things, ties = Things(), Ties()
    people = _people(rng, climate, town_country, things)
    firms = _firms(rng, climate, town_country, things)
    size = (climate.partners, climate.weeks)
    world = World(climate, town_country, people, firms, things, ties, np.ones(size), np.ones(size),
                  np.ones((climate.towns, climate.weeks)))  # fmt: skip
    _everyday_ties(rng, world)
    return world


def _people(rng: np.random.Generator, climate: Climate, town_country: Ints, things: Things) -> People:
    n = climate.consumers
    town_size = 1 / np.arange(1, climate.towns + 1) ** rng.uniform(0.5, 1.0)
    household_size = 1 + rng.poisson(1.1, n)
    home = np.repeat(np.arange(n), household_size)[:n]
    homes = int(home.max()) + 1
    town = rng.choice(climate.towns, homes, p=town_size / town_size.sum())[home]
    joined = np.where(
        rng.random(n) < climate.newcomers,
        rng.uniform(0, climate.days * 0.97, n),
        -rng.exponential(400, n),
    )
    country = town_country[town]
    phone = things.new_devices(rng, n)
    replaced = rng.uniform(-300, climate.days + 500, n)
    next_phone = things.new_devices(rng, n)
    # a phone that is sold on serves its buyer from the day the seller replaced it
    seller = rng.permutation(n)
    sold = (rng.random(n) < climate.second_hand) & (replaced[seller] < replaced) & (replaced > 0)
    next_phone[sold] = phone[seller[sold]]
    tablet = things.new_devices(rng, homes, kind=2)
    has_tablet = rng.random(homes) < climate.shared_tablets
    own = things.new_devices(rng, n, kind=1)
    second = np.where(has_tablet[home], tablet[home], np.where(rng.random(n) < 0.35, own, -1))
    joint = np.where(
        (rng.random(homes) < climate.joint_accounts)[home], things.new_accounts(country)[0] + home, -1
    )
    made_up = rng.choice(n, max(40, n // 12), replace=False)
    return People(
        town=town,
        niche=rng.integers(0, NICHES, n),
        joined=joined,
        activity=rng.lognormal(0, 1.0, n),
        habit=np.clip(rng.normal(climate.habit, 0.15, n), 0.05, 0.95),
        phone=phone,
        next_phone=next_phone,
        replaced=replaced,
        second=second,
        second_use=np.where(second < 0, 0.0, rng.beta(1.2, 3, n)),
        account=things.new_accounts(country),
        joint=joint,
        fussy=rng.lognormal(-0.4, 0.9, n),
        quarrel=rng.lognormal(-0.6, 1.1, n),
        credit=rng.lognormal(-0.8, 1.3, n),
        pool=[int(one) for one in made_up],
    )


def _firms(rng: np.random.Generator, climate: Climate, town_country: Ints, things: Things) -> Firms:
    n = climate.partners
    mix = rng.dirichlet(np.full(len(TRADES), 1.2))
    trade = rng.choice(len(TRADES), n, p=mix)
    near = np.array([one.near for one in TRADES])[trade]
    reach = np.where(rng.random(n) < near, 0, np.where(rng.random(n) < 0.75, 1, 2))
    town_size = 1 / np.arange(1, climate.towns + 1) ** 0.7
    town = rng.choice(climate.towns, n, p=town_size / town_size.sum())
    country = town_country[town]
    young = rng.random(n) < climate.young_firms
    opened = np.where(young, rng.uniform(0, climate.days * 0.93, n), -rng.exponential(500, n) - 1)
    opened = np.floor(opened) + _office_hours(rng, n)
    closes = rng.random(n) < climate.closing * climate.days / 365 * 1.3
    day = np.maximum(opened, 0) + rng.uniform(0.1, 1, n) * (climate.days - np.maximum(opened, 0))
    closed = np.where(closes, np.floor(day) + _office_hours(rng, n), NEVER)
    price = np.array([one.price for one in TRADES])[trade] + rng.normal(0, 0.35, n)
    spread = np.array([one.spread for one in TRADES])[trade] * rng.uniform(0.6, 1.3, n)
    tills = np.full(n, -1)
    with_till = (reach == 0) & (rng.random(n) < 0.22)
    tills[with_till] = things.new_devices(rng, int(with_till.sum()), kind=2)
    account = things.new_accounts(country)
    return Firms(
        town=town,
        country=country,
        trade=trade,
        niche=rng.integers(0, NICHES, n),
        reach=reach,
        pull=rng.lognormal(0, rng.uniform(0.7, 1.1), n),
        opened=opened,
        closed=closed,
        price=price,
        spread=spread,
        ending=rng.choice(5, n, p=(0.3, 0.15, 0.1, 0.2, 0.25)),
        no_device=np.clip(rng.beta(1, 1 / climate.no_device - 1, n), 0, 1),
        no_account=np.clip(rng.beta(1, 1 / climate.no_account - 1, n), 0, 1),
        till=tills,
        risk=rng.lognormal(-0.3, 0.9, n),
        returns=rng.lognormal(-0.1, 0.5, n),
        subscription=(np.isin(trade, (12, 13)) & (rng.random(n) < 0.6)) | (rng.random(n) < 0.01),
        rhythm=rng.choice((1, 3, 7, 14, 30), n, p=(0.1, 0.15, 0.4, 0.2, 0.15)),
        hold=rng.uniform(1, 10, n),
        account=account,
        later=account.copy(),
        moved=np.full(n, NEVER),
        desk=things.new_devices(rng, n),
        keeper=rng.choice(climate.consumers, n, replace=climate.consumers < n),
        centre=np.full(n, -1),
        brand=[draw_brand(rng) for _ in range(n)],
        style=rng.integers(0, 5, n),
        legal=[draw_brand(rng) for _ in range(n)],
    )


def _office_hours(rng: np.random.Generator, n: int) -> Floats:
    """(n,) the hour at which clerks do things, as a share of a day."""
    return np.clip(rng.normal(13, 2.6, n), 0.5, 23.5) / 24


def _everyday_ties(rng: np.random.Generator, world: World) -> None:
    """Owners' devices and drawings, wages, suppliers, landlords, taxes and what families send each other."""
    firms, people, ties, things = world.firms, world.people, world.ties, world.things
    days, n = float(world.climate.days), world.climate.partners
    suppliers = things.new_accounts(rng.choice(firms.country, max(8, n // 9)))
    landlords = things.new_accounts(firms.country[: max(4, n // 25)])
    offices = things.new_accounts(np.arange(len(world.climate.countries)))
    moves = rng.random(n) < 0.07
    firms.moved[moves] = rng.uniform(0, days, int(moves.sum()))
    firms.later[moves] = things.new_accounts(firms.country[moves])
    spare = things.new_devices(rng, n)
    changed = rng.uniform(-days, days * 1.2, n)
    for firm in range(n):
        owner, account = firms.keeper[firm], int(firms.account[firm])
        pace = float(rng.uniform(0.3, 2.5))
        ties.logins.append((firm, int(firms.desk[firm]), pace, -NEVER, float(changed[firm])))
        if rng.random() < 0.5:
            ties.logins.append((firm, int(people.phone[owner]), pace / 2, -NEVER, people.replaced[owner]))
        ties.logins.append((firm, int(spare[firm]), pace, float(changed[firm]), NEVER))
        private = int(people.account[owner])
        if rng.random() < 0.55:
            path: tuple[int, ...] = (private,)
            if rng.random() < 0.35:
                relative = (owner + int(rng.integers(1, 4))) % len(people.town)
                path = (private, int(people.account[relative]))
            lag, chance = float(rng.choice([0.4, 2, 6])), float(rng.choice([0.25, 0.6, 1.0]))
            ties.sweeps.append((firm, path, float(rng.uniform(0.05, 0.6)), chance, lag, 0, NEVER))
        for _ in range(rng.integers(0, 4)):
            to = int(suppliers[int(len(suppliers) * rng.random() ** 1.7)])
            share, period = float(rng.uniform(0.04, 0.25)), float(rng.choice([7, 14, 30]))
            ties.standing.append((account, to, firm, share, period, rng.uniform(-20, 0.3 * days), days))
        for _ in range(rng.integers(0, 3)):
            to = int(people.account[rng.integers(len(people.town))])
            ties.standing.append(
                (account, to, -1, float(rng.uniform(400, 2500)), 30.4, rng.uniform(0, 30), days)
            )
        if firms.reach[firm] == 0 and rng.random() < 0.7:
            to = int(landlords[rng.integers(len(landlords))])
            ties.standing.append(
                (account, to, -1, float(rng.uniform(500, 3000)), 30.4, rng.uniform(0, 5), days)
            )
        if rng.random() < 0.5:
            ties.standing.append(
                (account, int(offices[firms.country[firm]]), firm, 0.15, 91, rng.uniform(0, 91), days)
            )
    for sender in rng.choice(len(people.town), len(people.town) // 25, replace=False):
        to = int(people.account[(sender + int(rng.integers(1, 60))) % len(people.town)])
        amount, period = float(rng.lognormal(4.8, 0.9)), float(rng.choice([7, 14, 30.4, 61]))
        ties.standing.append(
            (int(people.account[sender]), to, -1, amount, period, rng.uniform(0, days), days)
        )
