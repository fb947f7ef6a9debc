"""Honest groups and bad luck that leave the same single traces as rings do."""

from __future__ import annotations

import numpy as np

from benchmarks.fifth_worlds.society import NEVER, Errand, World
from benchmarks.writing.units import Floats, Ints

DEFAULTED, DISPUTED, REFUNDED = 1, 2, 3
"""Fates of errands; 0 is what happens to anybody."""


def join_in_groups(rng: np.random.Generator, world: World) -> None:
    """All honest groups, as many in proportion to the partners as the climate says."""
    plans = (
        (families, 25), (chains, 5), (franchises, 4), (book_keepers, 11), (agencies, 16), (facilitators, 1.6),
        (factors, 5), (shared_offices, 9), (malls, 8), (fairs, 6), (supplier_circles, 7), (bad_batches, 7),
        (relaunches, 14), (insolvencies, 14), (unlucky_spells, 120), (sales_of_firms, 14), (launches, 22),
        (buyers_clubs, 14), (offices, 14), (dormitories, 9), (savings_clubs, 10), (returners, 14),
        (neighbours, 9), (squeezes, 2.5), (regulars, 14),
    )  # fmt: skip
    for make, each in plans:
        for _ in range(int(rng.poisson(each * world.climate.partners / 1000 * world.climate.groups))):
            make(rng, world)


def pick_firms(
    rng: np.random.Generator, world: World, n: int, *, same: Ints | None = None, alive: bool = True
) -> Ints:
    """Up to `n` firms, those alike in `same` (a column of the firms) where it is given."""
    firms = world.firms
    fit = np.ones(len(firms.town), bool)
    if alive:
        fit &= (firms.closed == NEVER) & (firms.opened < 0.8 * world.climate.days)
    if same is not None:
        fit &= same == same[rng.choice(np.flatnonzero(fit))]
    able = np.flatnonzero(fit)
    return rng.choice(able, min(n, len(able)), replace=False)


def circle_of(rng: np.random.Generator, world: World, n: int, *, town: int | None = None) -> Ints:
    """Consumers who know each other: mostly neighbours, some from elsewhere."""
    people = world.people
    home = int(rng.choice(people.town)) if town is None else town
    near = np.flatnonzero(people.town == home)
    far = rng.integers(0, len(people.town), n)
    mixed = np.where((rng.random(n) < 0.75) & (len(near) > n), rng.choice(near, n) if len(near) else far, far)
    return np.unique(mixed)


def trips(rng: np.random.Generator, people: Ints, firms: Ints, n: int, t: Floats) -> Errand:
    """`n` purchases of these people at these firms, some people and firms more than others."""
    return Errand(
        consumer=people[rng.choice(len(people), n, p=rng.dirichlet(np.ones(len(people))))],
        firm=firms[rng.choice(len(firms), n, p=rng.dirichlet(np.full(len(firms), 2.0)))],
        t=t,
        lift=np.exp(rng.normal(0, 0.15, n)),
        device=np.full(n, -2),
        fate=np.zeros(n, np.int64),
    )


def families(rng: np.random.Generator, world: World) -> None:
    """An owner of two to five firms, with some of: one account, one computer, one name."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(2, 6)), same=firms.country)
    firms.keeper[group] = firms.keeper[group[0]]
    if rng.random() < 0.5:
        firms.account[group] = firms.account[group[0]]
    else:
        holding = int(world.people.account[firms.keeper[group[0]]])
        for firm in group:
            world.ties.sweeps.append(
                (int(firm), (holding,), float(rng.uniform(0.1, 0.7)), 0.7, 2.0, 0, NEVER)
            )
    if rng.random() < 0.7:
        for firm in group:
            world.ties.logins.append((int(firm), int(firms.desk[group[0]]), 0.6, -NEVER, NEVER))
    if rng.random() < 0.35:
        for firm in group:
            firms.brand[firm] = firms.brand[group[0]]
    world.note("family_of_firms", "partner", group)


def chains(rng: np.random.Generator, world: World) -> None:
    """Branches with one name and trade, whose takings are swept to one treasury within a day or two."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(4, 13)), same=firms.country)
    treasury = world.things.new_accounts(firms.country[group[:1]])
    holding = world.things.new_accounts(firms.country[group[:1]])
    head = world.things.new_devices(rng, 1, kind=1)
    firms.trade[group] = firms.trade[group[0]]
    for firm in group:
        firms.brand[firm], firms.legal[firm] = firms.brand[group[0]], firms.legal[group[0]]
        path = (int(treasury[0]), int(holding[0]))
        world.ties.sweeps.append((int(firm), path, float(rng.uniform(0.6, 0.97)), 1.0, 0.8, 0, NEVER))
        if rng.random() < 0.7:
            world.ties.logins.append((int(firm), int(head[0]), 0.3, -NEVER, NEVER))
    world.note("chain", "partner", group)


def franchises(rng: np.random.Generator, world: World) -> None:
    """One name, many owners, a fee to the giver."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(4, 15)))
    giver = int(world.things.new_accounts(firms.country[group[:1]])[0])
    firms.trade[group], firms.style[group] = firms.trade[group[0]], firms.style[group[0]]
    for firm in group:
        firms.brand[firm] = firms.brand[group[0]]
        world.ties.standing.append(
            (int(firms.account[firm]), giver, int(firm), 0.06, 30.4, rng.uniform(0, 30), world.climate.days)
        )
    world.note("franchise", "partner", group)


def book_keepers(rng: np.random.Generator, world: World) -> None:
    """One laptop that signs in for many clients once or twice a month."""
    group = pick_firms(rng, world, int(rng.integers(4, 28)), same=world.firms.country)
    laptop = int(world.things.new_devices(rng, 1, kind=1)[0])
    for firm in group:
        world.ties.logins.append(
            (int(firm), laptop, float(rng.uniform(0.15, 0.5)), rng.uniform(-99, 99), NEVER)
        )
    world.note("book_keeper", "partner", group)


def agencies(rng: np.random.Generator, world: World) -> None:
    """A web designer who looks in on a few clients for a while."""
    group = pick_firms(rng, world, int(rng.integers(2, 7)))
    laptop = int(world.things.new_devices(rng, 1)[0])
    for firm in group:
        begin = float(rng.uniform(0, world.climate.days * 0.8))
        world.ties.logins.append((int(firm), laptop, 0.5, begin, begin + float(rng.uniform(20, 200))))
    world.note("agency", "partner", group)


def facilitators(rng: np.random.Generator, world: World) -> None:
    """One account that many are paid into, which pays each of them on."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(12, 80)), same=firms.country)
    pot = int(world.things.new_accounts(firms.country[group[:1]])[0])
    own = firms.account[group].copy()
    firms.account[group] = firms.later[group] = pot
    for firm, account in zip(group, own, strict=True):
        world.ties.sweeps.append((int(firm), (int(account),), 0.97, 1.0, 1.5, 0, NEVER))
    world.note("facilitator", "partner", group)


def factors(rng: np.random.Generator, world: World) -> None:
    """Firms short of cash sell their takings: payouts go to the lender from some day on."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(2, 13)), same=firms.country)
    lender = int(world.things.new_accounts(firms.country[group[:1]])[0])
    firms.later[group] = lender
    firms.moved[group] = rng.uniform(0.1, 0.9, len(group)) * world.climate.days
    for firm in group:
        path = (int(firms.account[firm]),)
        world.ties.sweeps.append((int(firm), path, 0.3, 0.8, 4.0, float(firms.moved[firm]), NEVER))
    world.note("factoring", "partner", group)


def shared_offices(rng: np.random.Generator, world: World) -> None:
    """Young firms at one address that share a computer and buy from each other."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(2, 8)), same=firms.town)
    desk = int(world.things.new_devices(rng, 1, kind=1)[0])
    for firm in group:
        world.ties.logins.append((int(firm), desk, 0.4, -NEVER, NEVER))
    world.people.second[firms.keeper[group]] = desk
    world.people.second_use[firms.keeper[group]] = 0.4
    t = rng.uniform(0, world.climate.days, len(group) * 6)
    world.errands.append(trips(rng, firms.keeper[group], group, len(t), t))
    world.note("shared_office", "partner", group)


def malls(rng: np.random.Generator, world: World) -> None:
    """Shops under one roof: who buys in one buys in the next."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(5, 24)), same=firms.town)
    firms.centre[group] = world.centres
    world.centres += 1
    world.note("mall", "partner", group)


def fairs(rng: np.random.Generator, world: World) -> None:
    """A weekend on which a crowd buys at all the stalls."""
    group = pick_firms(rng, world, int(rng.integers(3, 12)), same=world.firms.country)
    crowd = rng.integers(0, len(world.people.town), int(rng.integers(20, 120)))
    n = int(len(crowd) * rng.uniform(1.5, 4))
    t = rng.uniform(0.05, 0.95) * world.climate.days + rng.exponential(0.7, n)
    world.errands.append(trips(rng, crowd, group, n, t))
    world.note("fair", "partner", group)


def supplier_circles(rng: np.random.Generator, world: World) -> None:
    """Producers who pay each other in turn, so that money comes round."""
    group = pick_firms(rng, world, int(rng.integers(3, 8)), same=world.firms.country)
    accounts = world.firms.account[group]
    for here, there, firm in zip(accounts, np.roll(accounts, 1), group, strict=True):
        world.ties.standing.append(
            (
                int(here),
                int(there),
                int(firm),
                float(rng.uniform(0.05, 0.3)),
                14,
                rng.uniform(0, 60),
                world.climate.days,
            )
        )
        if rng.random() < 0.4:
            path = (int(there), int(rng.choice(accounts)))
            world.ties.sweeps.append((int(firm), path, float(rng.uniform(0.1, 0.4)), 0.4, 2.0, 0, NEVER))
    world.note("supplier_circle", "partner", group)


def bad_batches(rng: np.random.Generator, world: World) -> None:
    """A wholesaler's faulty goods bring disputes to all of its buyers in the same weeks."""
    firms = world.firms
    group = pick_firms(rng, world, int(rng.integers(2, 9)), same=firms.trade)
    wholesaler = int(world.things.new_accounts(firms.country[group[:1]])[0])
    week, length = int(rng.integers(0, world.climate.weeks)), int(rng.integers(3, 12))
    world.strain[group, week : week + length] *= float(rng.uniform(15, 60))
    for firm in group:
        source = (int(firms.account[firm]), wholesaler, int(firm))
        world.ties.standing.append(
            (*source, float(rng.uniform(0.1, 0.4)), 14, rng.uniform(0, 30), world.climate.days)
        )
    world.note("bad_batch", "partner", group)


def fail(rng: np.random.Generator, world: World, firm: int, day: float, *, harm: float) -> None:
    """A firm runs out of cash: complaints climb for some weeks, then it shuts."""
    length = int(rng.integers(3, 13))
    week = int(day // 7)
    climb = np.linspace(2, harm, length + 1)
    first = max(0, week - length)
    world.strain[firm, first : week + 1] *= climb[-(week + 1 - first) :]
    if rng.random() < 0.4:
        world.buzz[firm, first : week + 1] *= rng.uniform(1.3, 2.5)
    world.firms.closed[firm] = np.floor(day) + np.clip(rng.normal(13, 2.6), 1, 23) / 24


def succeed(
    rng: np.random.Generator, world: World, before: int, after: int, gap: float, traces: float
) -> None:
    """`after` opens some days after `before` has shut, with its trade and a share of its traces."""
    firms = world.firms
    firms.opened[after] = np.floor(firms.closed[before] + gap) + np.clip(rng.normal(13, 2.6), 1, 23) / 24
    firms.closed[after] = NEVER
    for column in (firms.trade, firms.country, firms.town, firms.reach, firms.niche):
        column[after] = column[before]
    firms.price[after] = firms.price[before] + rng.normal(0, 0.15)
    firms.ending[after] = firms.ending[before]
    if rng.random() < traces:
        firms.brand[after] = firms.brand[before]
    if rng.random() < 0.7 * traces:
        firms.account[after] = firms.later[after] = firms.later[before]
    if rng.random() < traces:
        since = float(firms.opened[after])
        world.ties.logins.append((after, int(firms.desk[before]), float(rng.uniform(0.2, 1)), since, NEVER))


def follow(rng: np.random.Generator, world: World, before: int, after: int, n: int) -> Ints:
    """Customers who are served by a firm and later by its successor; their purchases are errands."""
    people = circle_of(rng, world, n, town=int(world.firms.town[before]))
    for firm in (before, after):
        begin, end = max(0, world.firms.opened[firm]), min(world.firms.closed[firm], world.climate.days)
        t = rng.uniform(begin, max(end, begin + 1), int(1.6 * len(people)))
        world.errands.append(trips(rng, people, np.array([firm]), len(t), t))
    return people


def relaunches(rng: np.random.Generator, world: World) -> None:
    """An owner shuts a firm, in debt or not, and opens the next one with much of the old."""
    pair = pick_firms(rng, world, 2, same=world.firms.country)
    if len(pair) < 2:
        return
    first, then = int(pair[0]), int(pair[1])
    world.firms.opened[first] = min(world.firms.opened[first], 0.1 * world.climate.days)
    fail(rng, world, first, rng.uniform(0.25, 0.8) * world.climate.days, harm=float(rng.choice([1.5, 8, 30])))
    succeed(rng, world, first, then, float(rng.exponential(25)), float(rng.uniform(0.3, 0.9)))
    world.firms.keeper[then] = world.firms.keeper[first]
    follow(rng, world, first, then, int(rng.integers(4, 20)))
    world.note("relaunch", "partner", pair)


def insolvencies(rng: np.random.Generator, world: World) -> None:
    firm = int(pick_firms(rng, world, 1)[0])
    day = rng.uniform(max(0.1 * world.climate.days, world.firms.opened[firm] + 20), world.climate.days)
    fail(rng, world, firm, float(day), harm=float(rng.uniform(20, 90)))
    world.note("insolvency", "partner", [firm])


def unlucky_spells(rng: np.random.Generator, world: World) -> None:
    """A courier on strike, a careless month, a bad product: a firm on its own draws complaints."""
    firm = int(pick_firms(rng, world, 1, alive=False)[0])
    week = int(rng.integers(0, world.climate.weeks))
    length = int(rng.choice([4, 10, 25, world.climate.weeks]))
    world.strain[firm, week if length < world.climate.weeks else 0 :][:length] *= float(
        rng.lognormal(3.0, 0.7)
    )
    if rng.random() < 0.3:
        world.firms.returns[firm] *= 4
    world.note("unlucky", "partner", [firm])


def sales_of_firms(rng: np.random.Generator, world: World) -> None:
    """A firm is sold: another account, another computer, at times a sale that doubles its custom."""
    firms = world.firms
    firm = int(pick_firms(rng, world, 1)[0])
    day = float(rng.uniform(0.1, 0.9) * world.climate.days)
    firms.moved[firm], firms.later[firm] = day, world.things.new_accounts(firms.country[[firm]])[0]
    device = int(world.things.new_devices(rng, 1)[0])
    world.ties.logins.append((firm, device, 1.0, day - float(rng.exponential(5)), NEVER))
    if rng.random() < 0.5:
        world.buzz[firm, int(day // 7) :][: int(rng.integers(2, 9))] *= rng.uniform(1.5, 4)
    world.note("sale_of_firm", "partner", [firm])


def launches(rng: np.random.Generator, world: World) -> None:
    """A campaign: a week or three of many times the usual custom."""
    firm = int(pick_firms(rng, world, 1)[0])
    week = int(rng.integers(0, world.climate.weeks))
    world.buzz[firm, week : week + int(rng.integers(1, 4))] *= rng.uniform(3, 12)
    world.note("launch", "partner", [firm])


def _flurries(rng: np.random.Generator, days: float, n: int) -> Floats:
    """(n,) days of purchases that come in a few flurries."""
    moments = rng.uniform(0, days, max(1, n // int(rng.integers(4, 15))))
    return rng.choice(moments, n) + rng.exponential(rng.uniform(0.2, 3), n)


def buyers_clubs(rng: np.random.Generator, world: World) -> None:
    """Collectors or bargain hunters who tell each other, and buy at the same few shops within days."""
    people = circle_of(rng, world, int(rng.integers(8, 40)))
    firms = pick_firms(rng, world, int(rng.integers(2, 9)))
    n = int(len(people) * rng.uniform(3, 9))
    errand = trips(rng, people, firms, n, _flurries(rng, world.climate.days, n))
    world.errands.append(errand)
    if rng.random() < 0.35:  # hard up as they are, some of the goods stay unpaid
        errand.fate[rng.random(n) < rng.uniform(0.03, 0.25)] = DEFAULTED
    world.note("buyers_club", "consumer", people)
    world.note("buyers_club", "partner", firms)


def offices(rng: np.random.Generator, world: World) -> None:
    """Colleagues at one computer, or a buyer who orders for the others on the firm's account."""
    people = circle_of(rng, world, int(rng.integers(4, 22)))
    desk = int(world.things.new_devices(rng, 1, kind=1)[0])
    world.people.second[people] = desk
    world.people.second_use[people] = rng.uniform(0.1, 0.8, len(people))
    if rng.random() < 0.5:
        world.people.joint[people] = world.things.new_accounts(
            world.town_country[world.people.town[people[:1]]]
        )[0]
    world.note("office", "consumer", people)


def dormitories(rng: np.random.Generator, world: World) -> None:
    """Students with a few computers between them, who move in about the same time and pay late."""
    people = circle_of(rng, world, int(rng.integers(8, 50)))
    desks = world.things.new_devices(rng, int(rng.integers(1, 5)), kind=1)
    world.people.second[people] = rng.choice(desks, len(people))
    world.people.second_use[people] = rng.uniform(0.05, 0.6, len(people))
    world.people.credit[people] *= rng.uniform(1, 8)
    world.people.niche[people] = world.people.niche[people[0]]
    joined = world.people.joined
    joined[people] = rng.choice(joined) + rng.exponential(12, len(people))
    joined[people] = np.minimum(joined[people], 0.97 * world.climate.days)
    world.note("dormitory", "consumer", people)


def savings_clubs(rng: np.random.Generator, world: World) -> None:
    """People, often keepers of firms, who pay into one account that pays back to each."""
    members = world.people.account[circle_of(rng, world, int(rng.integers(4, 13)))]
    if rng.random() < 0.6:
        firms = pick_firms(rng, world, int(rng.integers(3, 8)), same=world.firms.country)
        members = world.firms.account[firms]
        world.note("savings_club", "partner", firms)
    pot = int(world.things.new_accounts(np.array([0]))[0])
    for account in members:
        amount, days = float(rng.uniform(80, 900)), world.climate.days
        world.ties.standing.append((int(account), pot, -1, amount, 30.4, rng.uniform(0, 40), days))
        world.ties.standing.append((pot, int(account), -1, amount * 4, 122, rng.uniform(30, 122), days))


def returners(rng: np.random.Generator, world: World) -> None:
    """Friends who order three sizes and send two back, at the same shops."""
    people = circle_of(rng, world, int(rng.integers(5, 30)))
    firms = pick_firms(rng, world, int(rng.integers(2, 8)))
    n = int(len(people) * rng.uniform(3, 10))
    errand = trips(rng, people, firms, n, _flurries(rng, world.climate.days, n))
    errand.fate[rng.random(n) < rng.uniform(0.2, 0.6)] = REFUNDED
    world.people.fussy[people] *= 3
    world.errands.append(errand)
    world.note("returners", "consumer", people)


def neighbours(rng: np.random.Generator, world: World) -> None:
    """Shopkeepers of a street who buy at each other's, with their families and staff."""
    firms = pick_firms(rng, world, int(rng.integers(3, 9)), same=world.firms.town)
    kin = circle_of(rng, world, 3 * len(firms), town=int(world.firms.town[firms[0]]))
    people = np.unique(np.concatenate([world.firms.keeper[firms], kin]))
    n = int(len(people) * rng.uniform(3, 10))
    world.errands.append(trips(rng, people, firms, n, rng.uniform(0, world.climate.days, n)))
    world.note("neighbours", "partner", firms)


def squeezes(rng: np.random.Generator, world: World) -> None:
    """A town's employer shuts, and its people leave bills unpaid wherever they shop."""
    town = int(rng.choice(world.people.town))
    week = int(rng.integers(0, world.climate.weeks))
    world.squeeze[town, week : week + int(rng.integers(4, 16))] *= rng.uniform(4, 12)
    local = np.flatnonzero((world.firms.town == town) & (world.firms.reach == 0))
    if len(local) > 1:
        world.note("squeezed_town", "partner", local)


def regulars(rng: np.random.Generator, world: World) -> None:
    """A few households that always shop at the same handful of firms, whose bad months fall together."""
    people = circle_of(rng, world, int(rng.integers(6, 25)))
    firms = pick_firms(rng, world, int(rng.integers(3, 8)), same=world.firms.country)
    n = int(len(people) * rng.uniform(4, 10))
    errand = trips(rng, people, firms, n, rng.uniform(0, world.climate.days, n))
    late = errand.t > rng.uniform(0.3, 1.0) * world.climate.days
    errand.fate[late & (rng.random(n) < rng.uniform(0.05, 0.35))] = rng.choice([DEFAULTED, DISPUTED])
    world.errands.append(errand)
    world.note("regulars", "partner", firms)
