"""What binds members of a group, honest or not: devices, purses, tills, and money that is passed on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.seventeenth_worlds.market import Flags, Floats, Ints
from benchmarks.seventeenth_worlds.plans import Plan
from benchmarks.seventeenth_worlds.things import ALWAYS, Group, Sweep, Window
from benchmarks.seventeenth_worlds.world import World


def second_hand(world: World, n: int, before: float) -> Ints:
    """Devices that honest people have given away by then; new ones where there are too few."""
    people = world.people
    free = np.flatnonzero((people.switch < before) & ~people.taken)
    got = world.rng.permutation(free)[:n]
    return np.concatenate([people.device[got], world.new_devices(n - len(got), desk=0.1)])


class Crew:
    """People who act together, and the handsets and purses they share, generation by generation."""

    def __init__(
        self,
        world: World,
        group: Group,
        plan: Plan,
        n: int,
        *,
        role: str,
        recruited: float,
        handsets: float = 1.0,
        purses: float = 1.0,
    ) -> None:
        """`recruited` is the share of real people; the others are names that the crew has made or taken.

        `handsets` and `purses` from 0 to 1 say how much the crew shares of them, before it takes any care.
        """
        rng, careful, people = world.rng, group.careful, world.people
        self.world, self.group, self.plan = world, group, plan
        self.who = world.take_people(n)
        n = len(self.who)
        made = rng.random(n) >= recruited
        self.made = made
        fakes = self.who[made]
        aged = rng.exponential(15 + 200 * careful, len(fakes))
        people.created[fakes] = np.minimum(plan.start + rng.uniform(-3, 20, len(fakes)) - aged, plan.end - 3)
        real = self.who[~made]
        joined = plan.start + rng.uniform(-90, 10, len(real))
        people.created[real] = np.minimum(people.created[real], joined)
        people.weight[fakes] *= rng.uniform(0.05, 0.4) + 0.4 * careful
        people.risk[fakes] = rng.lognormal(0, 0.6, len(fakes))
        people.home[fakes] = -1
        group.add("consumer", self.who, role)
        group.add("device", people.device[fakes], "burner")
        group.add("bank_account", people.account[fakes], "purse")
        self.hand_share = handsets * float(np.clip(0.95 - 0.7 * careful + rng.normal(0, 0.08), 0.22, 0.98))
        self.purse_share = purses * float(np.clip(0.85 - 0.7 * careful + rng.normal(0, 0.1), 0.1, 0.95))
        each = 2.2 + (1 - careful) * rng.uniform(1.5, 6)
        many = max(1, int(np.ceil(n / each))) if n else 1
        self.pool = np.arange(n) * many // max(n, 1)
        self.handsets, self.purses = [], []
        for number in range(plan.generations):
            used = plan.start if number == 0 else plan.changes[number - 1]
            bought = int((rng.random(many) < 0.15 + 0.5 * careful).sum())
            got = [second_hand(world, bought, used), world.new_devices(many - bought, desk=0.25)]
            self.handsets.append(rng.permutation(np.concatenate(got)))
            self.purses.append(world.new_accounts(many, fresh=0.65 - 0.45 * careful))
            rng.shuffle(self.pool)
        self.slips = float(rng.uniform(0.0, 0.06))

    def device(self, i: Ints, t: Floats) -> Ints:
        """What these members (by number) order from then."""
        return self._of(
            self.handsets, self.hand_share, i, t, self.world.own_device(self.who[i], t), "handset"
        )

    def account(self, i: Ints, t: Floats) -> Ints:
        """What these members (by number) pay from then."""
        own = self.world.own_account(self.who[i])
        return self._of(self.purses, self.purse_share, i, t, own, "purse")

    def _of(self, pools: list[Ints], share: float, i: Ints, t: Floats, own: Ints, role: str) -> Ints:
        rng, papers = self.world.rng, self.plan.generation(t)
        late = (rng.random(len(t)) < self.slips) & (papers > 0)
        papers = papers - late
        slot = np.where(rng.random(len(t)) < 0.12, rng.integers(0, len(pools[0]), len(t)), self.pool[i])
        shared = rng.random(len(t)) < share
        if role == "handset":  # nobody is so careful that nothing is ever shared
            shared[rng.permutation(len(t))[: max(0, max(4, len(t) // 5) - int(shared.sum()))]] = True
        got = np.where(shared, np.stack(pools)[papers, slot], own)
        kind = "device" if role == "handset" else "bank_account"
        self.group.add(kind, np.unique(got[shared]), role)
        return np.asarray(got, dtype=np.int64)

    def turns(self, n: int, own: Flags | None = None) -> Ints:
        """Whose turn it is at each of n acts: everybody's, some people's oftener."""
        rng = self.world.rng
        some = np.arange(len(self.who)) if own is None else np.flatnonzero(own)
        even = np.resize(rng.permutation(some), (2 * n + 2) // 3)
        keen = rng.lognormal(0, 0.7, len(some))
        rest = rng.choice(some, n - len(even), p=keen / keen.sum())
        return np.asarray(rng.permutation(np.concatenate([even, rest])), dtype=np.int64)


def common_login(
    world: World,
    group: Group,
    shops: Ints,
    *,
    weight: float,
    role: str = "operator",
    since: float = ALWAYS[0],
    until: float = ALWAYS[1],
    device: int | None = None,
    slips: int = 2,
) -> int:
    """One device from which all of these shops are run: ever, or (at a small weight) by a slip only."""
    rng, market = world.rng, world.market
    one = int(world.new_devices(1, desk=0.75)[0]) if device is None else device
    for shop in shops:
        own = float(weight * rng.uniform(0.6, 1.5))
        world.shops.devices[shop].append(Window(one, since, until, own))
        first = max(since, world.shops.opened[shop], 0.0)
        last = min(until, world.shops.closed[shop], market.days)
        many = slips + int(rng.integers(0, 2))
        if last > first:
            world.login(np.full(many, shop), np.full(many, one), rng.uniform(first, last, many))
    group.add("device", one, role)
    return one


def common_till(
    world: World,
    group: Group,
    shops: Ints,
    *,
    weight: float,
    role: str = "collector",
    since: float = ALWAYS[0],
    until: float = ALWAYS[1],
    account: int | None = None,
    instead: bool = False,
) -> int:
    """One account that all of these shops are paid out to; `instead` of their own ones, or beside them."""
    rng = world.rng
    one = int(world.new_accounts(1)[0]) if account is None else account
    for shop in shops:
        own = world.shops.tills[shop]
        if instead:
            own = [
                Window(w.item, s, u, w.weight)
                for w in own
                for s, u in ((w.since, min(w.until, since)), (max(w.since, until), w.until))
                if u > s
            ]
        world.shops.tills[shop] = [*own, Window(one, since, until, float(weight * rng.uniform(0.7, 1.3)))]
    group.add("bank_account", one, role)
    return one


def passed_on(
    world: World,
    group: Group,
    shops: Ints,
    target: int,
    *,
    hops: int,
    share: float,
    chance: float,
    delay: float = 2.0,
    since: float = ALWAYS[0],
    until: float = ALWAYS[1],
    role: str = "hop",
) -> None:
    """Of each payout of these shops, a share goes on to an account, over accounts between if hops > 0."""
    rng = world.rng
    for shop in shops:
        between = world.new_accounts(hops, fresh=0.3)
        group.add("bank_account", between, role)
        part = float(np.clip(share * rng.uniform(0.8, 1.15), 0.02, 0.98))
        path = (*(int(one) for one in between), target)
        world.sweeps.append(Sweep(int(shop), path, part, chance, delay, since, until))


def tills_of(world: World, shops: Ints) -> Ints:
    """The accounts these shops have ever been paid out to."""
    return np.array([w.item for shop in shops for w in world.shops.tills[shop]], dtype=np.int64)


def add_shops(world: World, group: Group, shops: Ints, role: str, *, own: bool = True) -> None:
    """Makes shops members; with `own`, their own tills and devices too."""
    group.add("partner", shops, role)
    if own:
        group.add("bank_account", tills_of(world, shops), "till")
        group.add("device", [w.item for shop in shops for w in world.shops.devices[shop]], "shop")


def under_one_hand(world: World, group: Group, shops: Ints, plan: Plan) -> int:
    """The hand of a ring over its shops, hidden as far as it is careful; the account where money meets."""
    rng, careful = world.rng, group.careful
    add_shops(world, group, shops, "shop")
    collector = int(world.new_accounts(1, fresh=0.5 - 0.3 * careful)[0])
    group.add("bank_account", collector, "collector")
    visible = rng.permutation(["login", "till", "flow"])[: 3 - int(careful * rng.uniform(0.6, 2.2))]
    firms = rng.random() < 0.2 * (1 - careful)
    if firms:
        world.shops.firm[shops] = int(shops[0])
    if "login" in visible:
        edges = [plan.start - 30, *plan.changes, plan.end + 30]
        for since, until in pairwise(edges):
            strong = float(np.clip(2.5 * (1 - careful) ** 2, 0.02, 3))
            slips = 1 if careful > 0.7 else 2
            common_login(world, group, shops, weight=strong, since=since, until=until, slips=slips)
    if "till" in visible and careful < 0.75:
        some = shops if careful < 0.35 else rng.permutation(shops)[: max(2, len(shops) * 2 // 3)]
        strong = float(np.clip(3 * (1 - careful) ** 2, 0.1, 3))
        common_till(world, group, some, weight=strong, account=collector, since=plan.start - 20)
    if "flow" in visible or careful >= 0.75 or len(visible) < 2:
        hops = int(rng.integers(0, 2)) if careful < 0.6 else int(rng.integers(1, 3))
        share = 0.9 - 0.5 * careful * rng.random()
        passed_on(
            world,
            group,
            shops,
            collector,
            hops=hops,
            share=share,
            chance=float(np.clip(1.0 - 0.5 * careful, 0.4, 1)),
            delay=1 + 4 * careful,
            since=plan.start - 10,
        )
    return collector


def spread_money(
    world: World,
    source: int | Ints,
    targets: Ints,
    t: Floats,
    euros: Floats,
    *,
    hops: int = 0,
    group: Group | None = None,
) -> None:
    """Payments from an account to the targets in turn, over one account between if hops is 1."""
    rng, n = world.rng, len(t)
    if n == 0 or len(targets) == 0:
        return
    sources = np.resize(np.atleast_1d(np.asarray(source, dtype=np.int64)), n)
    target = rng.choice(targets, n)
    if hops:
        between = rng.choice(world.new_accounts(max(1, n // 12), fresh=0.4), n)
        if group is not None:
            group.add("bank_account", np.unique(between), "hop")
        world.transfer(sources, between, t, euros)
        sources, t = between, t + rng.gamma(2, 0.8, n)
        euros = euros * rng.uniform(0.92, 1.0, n)
    world.transfer(sources, target, t, euros)


def go_round(world: World, accounts: Ints, t: Floats, euros: float, *, loss: float = 0.06) -> None:
    """Money that goes from account to account and back to the first; a round starts at each moment of t."""
    rng, n = world.rng, len(t)
    amount = euros * rng.lognormal(0, 0.5, n)
    moment = t.copy()
    for source, target in zip(accounts, np.roll(accounts, -1), strict=True):
        there = rng.random(n) < 0.94
        world.transfer(np.full(n, source)[there], np.full(n, target)[there], moment[there], amount[there])
        moment = moment + rng.gamma(2.0, 1.0, n)
        amount = amount * (1 - rng.uniform(0, loss, n))


def custom(
    world: World,
    crew: Crew,
    shops: Ints,
    n: int,
    *,
    fate: tuple[float, float, float],
    dear: Floats | float = 1.0,
    bad: float = 1.0,
    loyal: float = 0.0,
) -> None:
    """n orders of a crew at shops by its plan: of the bad ones (the plan says when) the fate is given.

    `dear` is a factor on the prices, of all or of each shop. `loyal` is the share of a member's orders at
    the shop that is most its own.
    """
    rng, plan, market = world.rng, crew.plan, world.market
    if not len(crew.who) or not len(shops):
        return
    t = plan.times(rng, n)
    i = crew.turns(n)
    early = t < world.people.created[crew.who[i]]
    t = np.where(early, rng.uniform(np.minimum(world.people.created[crew.who[i]], plan.end), plan.end), t)
    liking = rng.random((n, len(shops)))
    near = rng.permutation(len(crew.who))[i] % len(shops)
    liking[np.arange(n), near] += rng.random(n) < loyal
    opened, closed = world.shops.opened[shops], world.shops.closed[shops]
    liking[(t[:, None] < opened) | (t[:, None] >= closed)] = -1
    which = liking.argmax(axis=1)
    keep = (liking.max(axis=1) >= 0) & (t < market.days)
    t, i, which = t[keep], i[keep], which[keep]
    goes_bad = rng.random(len(t)) < plan.bad[plan.week(t)] * bad
    fates = np.full((len(t), 3), np.nan)
    fates[goes_bad] = fate
    level = np.broadcast_to(np.asarray(dear, dtype=np.float64), (len(shops),))[which]
    world.order(
        t,
        crew.who[i],
        shops[which],
        device=crew.device(i, t),
        account=crew.account(i, t),
        ticket=level * (1 + (plan.ticket[plan.week(t)] - 1) * np.where(goes_bad, 1.0, 0.35)),
        fate=fates,
    )
