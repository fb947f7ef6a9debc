"""A world while it is made: shops, people, devices, accounts, and what they do, as whole numbers and days."""

from __future__ import annotations

import numpy as np

from benchmarks.seventeenth_worlds.market import COUNTRIES, TRADES, Floats, Ints, Market, pace_of_days
from benchmarks.seventeenth_worlds.things import ALWAYS, Group, People, Rows, Shops, Sweep, Trouble, Window


class World:
    """All that exists and happens, growing."""

    def __init__(self, market: Market, rng: np.random.Generator) -> None:
        self.market = market
        self.rng = rng
        self.pace = pace_of_days(market, rng)
        self.device_age: list[Floats] = []
        self.device_kind: list[Ints] = []
        self.devices = 0
        self.account_age: list[Floats] = []
        self.account_country: list[Ints] = []
        self.accounts = 0
        self.orders: list[Rows] = []
        self.logins: list[Rows] = []
        self.transfers: list[Rows] = []
        self.troubles: list[Trouble] = []
        self.sweeps: list[Sweep] = []
        self.rings: list[Group] = []
        self.groups: list[Group] = []
        self.shops = self._shops()
        self.people = self._people()
        self.houses = self.new_accounts(int(rng.integers(3, 7)), fresh=0.0)
        """Accounts of the market place itself: bonuses, fees, taxes."""
        self._free_shops = list(rng.permutation(market.partners))
        self._free_people = list(rng.permutation(market.consumers))

    def countries(self, n: int) -> Ints:
        codes = np.array([COUNTRIES.index(one) for one in self.market.countries], dtype=np.int64)
        return np.asarray(self.rng.choice(codes, n, p=self.market.country_shares), dtype=np.int64)

    def new_devices(self, n: int, *, desk: float = 0.3) -> Ints:
        """New devices; `desk` is the share that stands on a desk."""
        rng = self.rng
        old = np.where(rng.random(n) < 0.45, rng.exponential(150.0, n), 0.0)
        handy = rng.choice([0, 0, 0, 2, 4], n)
        fixed = rng.choice([1, 1, 1, 1, 3, 4], n)
        self.device_age.append(old)
        self.device_kind.append(np.where(rng.random(n) < desk, fixed, handy).astype(np.int64))
        self.devices += n
        return np.arange(self.devices - n, self.devices, dtype=np.int64)

    def new_accounts(self, n: int, country: Ints | None = None, *, fresh: float | None = None) -> Ints:
        """New bank accounts; `fresh` is the share opened just before it is first used."""
        rng = self.rng
        young = rng.random(n) < (self.market.fresh if fresh is None else fresh)
        self.account_age.append(np.where(young, rng.exponential(25.0, n), rng.exponential(1100.0, n)))
        self.account_country.append(self.countries(n) if country is None else country)
        self.accounts += n
        return np.arange(self.accounts - n, self.accounts, dtype=np.int64)

    def _shops(self) -> Shops:
        rng, market, n = self.rng, self.market, self.market.partners
        weights = np.array([one.weight for one in TRADES])
        trade = rng.choice(len(TRADES), n, p=weights / weights.sum())
        country = self.countries(n)
        young = rng.random(n) < rng.uniform(0.15, 0.45)
        opened = np.where(young, rng.uniform(0, market.days * 0.9, n), -rng.exponential(500.0, n))
        leaves = rng.random(n) < rng.uniform(0.03, 0.13)
        closed = np.where(leaves, rng.uniform(0, 1.3, n) * market.days, np.inf)
        closed = np.where(closed > np.maximum(opened, 0) + 20, closed, np.inf)
        closed = np.where(closed < market.days, closed, np.inf)

        def rate(name: str, factor: float, spread: float) -> Floats:
            base = np.array([float(getattr(one, name)) for one in TRADES])[trade]
            return np.minimum(base * factor * rng.lognormal(0.0, spread, n), 0.5)

        own = self.new_devices(n, desk=0.7)
        tills = self.new_accounts(n, country)
        devices = [[Window(int(one))] for one in own]
        more = np.flatnonzero(rng.random(n) < 0.55)
        for shop, device in zip(more, self.new_devices(len(more), desk=0.4), strict=True):
            since = float(rng.uniform(-200, market.days)) if rng.random() < 0.5 else ALWAYS[0]
            devices[shop].append(Window(int(device), since, ALWAYS[1], float(rng.uniform(0.1, 1.0))))
        paid_to = [[Window(int(one))] for one in tills]
        moved = np.flatnonzero(rng.random(n) < 0.12)
        for shop, account in zip(moved, self.new_accounts(len(moved), country[moved]), strict=True):
            day = float(rng.uniform(0, market.days))
            paid_to[shop] = [
                Window(paid_to[shop][0].item, ALWAYS[0], day),
                Window(int(account), day, ALWAYS[1]),
            ]
        return Shops(
            trade=trade.astype(np.int64),
            country=country,
            opened=opened,
            closed=closed,
            weight=rng.lognormal(0.0, rng.uniform(0.7, 1.3), n),
            price=np.log([TRADES[one].price for one in trade]) + rng.normal(0, 0.35, n),
            spread=np.array([TRADES[one].spread for one in trade]) * rng.uniform(0.6, 1.2, n),
            refund=rate("refund", market.refunds, 0.5),
            dispute=rate("dispute", market.disputes, 0.7),
            default=rate("default", market.defaults, 0.6),
            payout_days=rng.choice([3.0, 7.0, 7.0, 14.0, 30.0], n),
            login_rate=rng.lognormal(0.4, 0.6, n),
            stem=np.full(n, -1, dtype=np.int64),
            firm=np.full(n, -1, dtype=np.int64),
            taken=np.zeros(n, dtype=bool),
            devices=devices,
            tills=paid_to,
        )

    def _people(self) -> People:
        rng, market, n = self.rng, self.market, self.market.consumers
        country = self.countries(n)
        young = rng.random(n) < rng.uniform(0.25, 0.6)
        created = np.where(young, rng.uniform(0, market.days * 0.97, n), -rng.exponential(420.0, n))
        lone = rng.random(n)
        risk = rng.lognormal(-0.3, 0.8, n)
        returns = rng.lognormal(-0.2, 0.6, n)
        bad = lone < market.bad_people
        risk = np.where(bad, rng.uniform(10, 45, n), risk)
        returns = np.where((lone > 1 - market.bad_people), rng.uniform(4, 9, n), returns)
        device = self.new_devices(n, desk=0.2)
        following = device.copy()
        switch = np.full(n, np.inf)
        buys = np.flatnonzero(rng.random(n) < rng.uniform(0.1, 0.35))
        following[buys] = self.new_devices(len(buys), desk=0.1)
        switch[buys] = rng.uniform(0, market.days, len(buys))
        self._sell_on(device, following, switch)
        account = self.new_accounts(n, country)
        other = account.copy()
        two = np.flatnonzero(rng.random(n) < rng.uniform(0.1, 0.3))
        other[two] = self.new_accounts(len(two), country[two])
        home, at_home = np.full(n, -1, dtype=np.int64), np.zeros(n)
        people = People(
            country=country,
            created=created,
            weight=rng.lognormal(0.0, rng.uniform(0.7, 1.1), n),
            risk=risk,
            returns=returns,
            device=device,
            next_device=following,
            switch=switch,
            home=home,
            at_home=at_home,
            account=account,
            other=other,
            with_other=np.where(other != account, rng.uniform(0.1, 0.6, n), 0.0),
            taken=np.zeros(n, dtype=bool),
        )
        self._households(people)
        return people

    def _sell_on(self, device: Ints, following: Ints, switch: Floats) -> None:
        """Some people's next device is one that another has sold."""
        rng, n = self.rng, len(device)
        many = int(n * self.market.second_hand)
        sellers = rng.permutation(np.flatnonzero(np.isfinite(switch)))[:many]
        buyers = rng.permutation(np.flatnonzero(~np.isfinite(switch)))[: len(sellers)]
        sellers = sellers[: len(buyers)]
        following[buyers] = device[sellers]
        switch[buyers] = switch[sellers] + rng.uniform(4, 70, len(buyers))

    def _households(self, people: People) -> None:
        """Ordinary couples and families, who are in no truth."""
        rng, n = self.rng, len(people.device)
        some = rng.permutation(n)[: int(n * rng.uniform(0.15, 0.45))]
        sizes = rng.choice([2, 2, 2, 3, 4], len(some))
        home = np.repeat(np.arange(len(some)), sizes)[: len(some)]
        head = some[np.searchsorted(home, np.arange(home[-1] + 1))] if len(some) else some
        purse = rng.random(len(head)) < 0.6
        people.home[some] = people.device[head][home]
        people.at_home[some] = rng.uniform(0.05, 0.7, len(some))
        shared = some[purse[home]]
        people.other[shared] = people.account[head][home][purse[home]]
        people.with_other[shared] = rng.uniform(0.1, 0.7, len(shared))

    def free_shops(self) -> int:
        return len(self._free_shops)

    def take_shops(self, n: int) -> Ints:
        """Shops that belong to no group yet."""
        mine = [int(self._free_shops.pop()) for _ in range(min(n, len(self._free_shops)))]
        self.shops.taken[mine] = True
        return np.array(mine, dtype=np.int64)

    def take_people(self, n: int) -> Ints:
        """People that belong to no group yet."""
        mine = [int(self._free_people.pop()) for _ in range(min(n, len(self._free_people)))]
        self.people.taken[mine] = True
        return np.array(mine, dtype=np.int64)

    def own_device(self, who: Ints, t: Floats) -> Ints:
        """What each of these people holds at that moment."""
        people = self.people
        mine = np.where(t < people.switch[who], people.device[who], people.next_device[who])
        shared = (people.home[who] >= 0) & (self.rng.random(len(who)) < people.at_home[who])
        return np.asarray(np.where(shared, people.home[who], mine), dtype=np.int64)

    def own_account(self, who: Ints) -> Ints:
        people = self.people
        other = self.rng.random(len(who)) < people.with_other[who]
        return np.asarray(np.where(other, people.other[who], people.account[who]), dtype=np.int64)

    def order(
        self,
        t: Floats,
        who: Ints,
        shop: Ints,
        *,
        device: Ints | None = None,
        account: Ints | None = None,
        ticket: Floats | float = 1.0,
        fate: Floats | None = None,
    ) -> None:
        """Orders; `fate` (n, 3) are the chances to be refunded, disputed and defaulted, NaN for the usual."""
        n = len(t)
        self.orders.append(
            {
                "t": t,
                "who": who,
                "shop": shop,
                "device": self.own_device(who, t) if device is None else device,
                "account": self.own_account(who) if account is None else account,
                "ticket": np.broadcast_to(np.asarray(ticket, dtype=np.float64), (n,)),
                "refund": np.full(n, np.nan) if fate is None else fate[:, 0],
                "dispute": np.full(n, np.nan) if fate is None else fate[:, 1],
                "default": np.full(n, np.nan) if fate is None else fate[:, 2],
            }
        )

    def login(self, shop: Ints, device: Ints, t: Floats) -> None:
        self.logins.append({"shop": shop, "device": device, "t": t})

    def transfer(self, source: Ints, target: Ints, t: Floats, euros: Floats) -> None:
        self.transfers.append({"source": source, "target": target, "t": t, "euros": euros})

    def lively(self) -> float:
        """How many more orders than usual people place in this world."""
        return float(np.clip(self.market.orders / self.market.consumers / 4.2, 0.7, 1.4))

    def ordered(self) -> int:
        return sum(len(rows["t"]) for rows in self.orders)
