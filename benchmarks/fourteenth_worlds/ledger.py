"""What exists and what happens in a world, in columns: people, shops, devices, accounts, and their events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, Climate, Flags, Floats, Ints

PAID, REFUNDED, DISPUTED, DEFAULTED = 1, 2, 3, 4
DRAWN = 0
"""The fate of an order that falls as shop and buyer are."""

NOBODY = -1
KINDS = ("mobile", "desktop", "tablet", "server", "unknown")


class Stock:
    """Entities of one kind; an entity is the number of its row, and columns grow in batches."""

    def __init__(self, **columns: float) -> None:
        self._missing = columns
        self._columns = {name: np.zeros(0, dtype=np.float64) for name in columns}
        self.size = 0

    def add(self, n: int, **columns: float | Floats | Ints | Flags) -> Ints:
        """n new rows; columns that are not given have their usual value."""
        for name, usual in self._missing.items():
            value = np.broadcast_to(np.asarray(columns.get(name, usual), dtype=np.float64), n)
            self._columns[name] = np.concatenate([self._columns[name], value])
        self.size += n
        return np.arange(self.size - n, self.size)

    def __getitem__(self, name: str) -> Floats:
        """The column itself: what is written to it stays."""
        return self._columns[name]

    def whole(self, name: str) -> Ints:
        """The column as whole numbers, a copy."""
        return self._columns[name].astype(np.int64)


@dataclass
class Batch:
    """Events of one kind by column."""

    columns: dict[str, list[Floats]] = field(default_factory=dict)

    def put(self, n: int, **columns: float | Floats | Ints) -> None:
        """n events; every call gives the same columns."""
        for name, value in columns.items():
            row = np.broadcast_to(np.asarray(value, dtype=np.float64), n).copy()
            self.columns.setdefault(name, []).append(row)

    def __getitem__(self, name: str) -> Floats:
        parts = self.columns.get(name, [])
        return np.concatenate(parts) if parts else np.zeros(0)

    def replace(self, **columns: Floats) -> None:
        """These columns instead of all that was there."""
        self.columns = {name: [values] for name, values in columns.items()}

    @property
    def size(self) -> int:
        """How many events there are."""
        return sum(len(part) for part in next(iter(self.columns.values()), []))


@dataclass
class Crew:
    """A planted ring: who and what is in it, by role."""

    number: int
    typology: str
    care: float
    shops: Ints
    roles: dict[str, dict[str, set[int]]] = field(default_factory=dict)

    def holds(self, kind: str, role: str, rows: Sequence[int] | Ints) -> None:
        """These entities are members in that role."""
        self.roles.setdefault(kind, {}).setdefault(role, set()).update(int(row) for row in rows)

    def people(self) -> Ints:
        """Its consumers."""
        return np.array(sorted(set().union(*self.roles.get("consumer", {}).values())), dtype=np.int64)


class World:
    """Everything of one world while it is made."""

    def __init__(self, rng: np.random.Generator, climate: Climate) -> None:
        self.rng, self.climate = rng, climate
        self.people = Stock(
            country=0, town=0, created=0, zest=1, slip=0, phone=NOBODY, second=NOBODY, later=NOBODY,
            renewed=np.inf, account=NOBODY, joint=NOBODY, friend=NOBODY, thrift=0, rhythm=0,
            home=NOBODY,
        )  # fmt: skip
        self.shops = Stock(
            country=0, town=0, trade=0, size=1, price=1, rounding=0, opened=0, closed=np.inf, slip=0,
            owner=NOBODY, online=0, cycle=7, ramp=10, device=NOBODY, account=NOBODY, taken=0, weekday=0,
            peak=0, swing=0,
        )  # fmt: skip
        self.devices = Stock(kind=0, seen=np.nan)
        self.accounts = Stock(country=0, opened=0)
        self.names: list[str] = []
        self.legal: list[str] = []
        self.sites: list[str] = []
        self.orders, self.logins, self.transfers, self.payouts = Batch(), Batch(), Batch(), Batch()
        self.payees: dict[int, list[tuple[float, Ints]]] = {}
        self.onward: list[tuple[int, Ints, float, float, float, float]] = []
        self.relays: list[tuple[int, int, float, float]] = []
        self.desks: list[tuple[int, int, float, float, float]] = []
        self.mishaps: list[tuple[Ints, float, float, int, float]] = []
        self.crews: list[Crew] = []
        self.alike: list[tuple[str, str, Ints]] = []
        self.robbed: set[int] = set()
        self.used_people: set[int] = set()

    def device(self, n: int, kinds: Sequence[float] = (0.68, 0.22, 0.08, 0.0, 0.02)) -> Ints:
        """n new devices."""
        return self.devices.add(n, kind=self.rng.choice(len(KINDS), n, p=kinds))

    def account(self, country: Ints | int, n: int, near: float | Floats | None = None) -> Ints:
        """n new accounts, most of them old; with `near`, some are opened shortly before that moment."""
        start = self.climate.start
        old = start - self.rng.gamma(1.3, 900.0, n) * DAY
        if near is not None:
            young = np.asarray(near) - self.rng.exponential(45.0, n) * DAY
            old = np.where(self.rng.random(n) < 0.3, young, old)
        return self.accounts.add(n, country=country, opened=old)

    def resembles(self, kind: str, what: str, rows: Sequence[int] | Ints) -> None:
        """An honest group of that kind; `what` is partner or consumer."""
        self.alike.append((kind, what, np.unique(np.asarray(rows, dtype=np.int64))))

    def ordinary(self, n: int, *, biggest: float = 0.85, lived: float = 0.0) -> Ints:
        """n shops that no story has taken yet, none of the biggest, open long enough; they are taken now."""
        shops, climate = self.shops, self.climate
        fits = (shops["taken"] == 0) & (shops["size"] <= np.quantile(shops["size"], biggest))
        life = np.minimum(shops["closed"], climate.end) - np.maximum(shops["opened"], climate.start)
        fits &= life >= lived * DAY
        free = np.flatnonzero(fits)
        chosen = self.rng.choice(free, min(n, len(free)), replace=False)
        shops["taken"][chosen] = 1
        return np.asarray(chosen, dtype=np.int64)

    def persons(self, n: int, before: float = np.inf, *, country: int | None = None) -> Ints:
        """n people whom no story has taken yet; they are taken now."""
        people = self.people
        fits = people["created"] < before
        if country is not None:
            fits &= people["country"] == country
        used = np.fromiter(self.used_people, dtype=np.int64, count=len(self.used_people))
        fits[used] = False
        free = np.flatnonzero(fits)
        chosen = np.asarray(self.rng.choice(free, min(n, len(free)), replace=False), dtype=np.int64)
        self.used_people.update(chosen.tolist())
        return chosen

    def own_device(self, who: Ints, t: Floats) -> Ints:
        """The device that each person orders from at that moment: the phone, its successor, another's."""
        people, rng = self.people, self.rng
        phone = np.where(t >= people["renewed"][who], people["later"][who], people["phone"][who])
        second = people["second"][who]
        other = (second != NOBODY) & (rng.random(len(who)) < 0.3)
        device = np.where(other, second, phone)
        friend = people.whole("friend")[who]
        lent = (friend != NOBODY) & (rng.random(len(who)) < 0.1)
        device = np.where(lent, people["phone"][np.maximum(friend, 0)], device)
        return np.asarray(device, dtype=np.int64)

    def own_account(self, who: Ints) -> Ints:
        """The account that each person pays from."""
        joint = self.people["joint"][who]
        share = (joint != NOBODY) & (self.rng.random(len(who)) < 0.4)
        return np.asarray(np.where(share, joint, self.people["account"][who]), dtype=np.int64)

    def prices(self, shop: Ints, who: Ints, factor: float | Floats = 1.0) -> Floats:
        """What an order costs: the shop's price level, its way to round, and the buyer's purse."""
        shops, trades = self.shops, self.climate.trades
        trade = shops.whole("trade")[shop]
        spread = self.rng.normal(0, 1, len(shop)) * trades[trade, 5]
        raw = trades[trade, 0] * shops["price"][shop] * np.exp(spread + self.people["thrift"][who]) * factor
        return self.listed(shop, raw)

    def listed(self, shop: Ints, raw: Floats) -> Floats:
        """Amounts as those shops round them, mostly."""
        way = self.shops["rounding"][shop]
        exact = np.maximum(np.round(raw, 2), 0.5)
        whole = np.maximum(np.round(raw), 1.0)
        ending = np.where(way == 1, whole, np.where(way == 2, whole - 0.05, whole - 0.01))
        fives = np.maximum(np.round(raw / 5) * 5, 5.0)
        ending = np.where(way == 4, fives, ending)
        listed = (way > 0) & (self.rng.random(len(shop)) < 0.8)
        return np.asarray(np.where(listed, ending, exact))

    def sell(
        self, t: Floats, who: Ints, shop: Ints, *, device: Ints | None = None, account: Ints | None = None,
        factor: float | Floats = 1.0, fate: Ints | int = DRAWN, amount: Floats | None = None,
    ) -> None:  # fmt: skip
        """Orders; whose device, account or amount is not given has its usual one."""
        self.orders.put(
            len(t),
            t=t,
            who=who,
            shop=shop,
            device=self.own_device(who, t) if device is None else device,
            account=self.own_account(who) if account is None else account,
            amount=self.prices(shop, who, factor) if amount is None else amount,
            fate=fate,
        )

    def pays_to(self, shop: int, since: float, pool: Sequence[int] | Ints) -> None:
        """From then on the shop is paid out to one of these accounts at a time."""
        self.payees.setdefault(int(shop), []).append((since, np.asarray(pool, dtype=np.int64)))

    def passes_on(
        self, shop: int, to: Sequence[int] | Ints, share: float, *, chance: float = 1.0,
        since: float = -np.inf, until: float = np.inf,
    ) -> None:  # fmt: skip
        """A share of each payout goes on to one of these accounts within days, with that chance."""
        self.onward.append((int(shop), np.asarray(to, dtype=np.int64), share, chance, since, until))

    def works_at(
        self, shop: int, device: int, rate: float, since: float = -np.inf, until: float = np.inf
    ) -> None:
        """The shop is logged in to from the device so many times a month."""
        self.desks.append((int(shop), int(device), rate, since, until))

    def suffers(
        self, shops: Sequence[int] | Ints, since: float, until: float, fate: int, chance: float
    ) -> None:
        """Orders that fell at these shops in that time meet that fate with the chance, whoever bought."""
        self.mishaps.append((np.asarray(shops, dtype=np.int64), since, until, fate, chance))

    def logs_in(self, shop: Ints, device: Ints, t: Floats) -> None:
        """Single logins."""
        self.logins.put(len(t), shop=shop, device=device, t=t)

    def sends(self, t: Floats, source: Ints, target: Ints, amount: Floats) -> None:
        """Transfers between accounts."""
        self.transfers.put(
            len(t), t=t, source=source, target=target, amount=np.maximum(np.round(amount, 2), 1.0)
        )
