"""Honest groups that look like rings: each is planted as thickly as rings are, and noted in the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.firm import DAY_S, FAR_S
from graph.synthetic.population import Ints, office_hours
from graph.synthetic.world import OWN, USUAL, World

NOTED_GROUPS = 300
"""Of households and the like so many are noted in the truth: there may be hundreds of thousands."""


def drawn_count(world: World, rng: np.random.Generator, per: float) -> int:
    """About one group for so many partners, one at least."""
    return max(1, int(rng.poisson(world.firm.partners / per)))


def franchises(world: World, rng: np.random.Generator) -> None:
    """A brand's shops: one name, often one head office account or machine."""
    for _ in range(drawn_count(world, rng, 160)):
        country = int(rng.choice(len(world.firm.areas), p=world.firm.country_share))
        shops = world.take(int(rng.integers(3, 16)), rng, country=country)
        if len(shops) < 2:
            continue
        brand = world.names.stem()
        category = world.partners.category[shops[0]]
        world.partners.category[shops] = category
        for shop in shops:
            world.name[shop] = world.names.branch(brand)
        members: list[tuple[str, object]] = [("partner", shops)]
        if rng.random() < 0.6:
            members.append(("bank_account", share_account(world, shops, rng, weight=rng.choice([0.5, 1.0]))))
        if rng.random() < 0.7:
            members.append(("device", share_device(world, shops, rng, rate=rng.uniform(0.3, 1.0))))
        world.look_alike("franchise", *members)


def owners(world: World, rng: np.random.Generator) -> None:
    """One owner with a few shops: one account or one laptop for all."""
    for _ in range(drawn_count(world, rng, 45)):
        country = int(rng.choice(len(world.firm.areas), p=world.firm.country_share))
        shops = world.take(int(rng.integers(2, 7)), rng, country=country)
        if len(shops) < 2:
            continue
        members: list[tuple[str, object]] = [("partner", shops)]
        how = rng.random()
        if how < 0.7:
            members.append(("bank_account", share_account(world, shops, rng, weight=rng.choice([0.4, 1.0]))))
        if how > 0.3:
            members.append(("device", share_device(world, shops, rng, rate=rng.uniform(0.3, 1.5))))
        world.look_alike("owner", *members)


def share_account(world: World, shops: Ints, rng: np.random.Generator, *, weight: float) -> Ints:
    """An account that those shops are paid to."""
    code = world.accounts.new(
        world.partners.onboard_s[shops].min(keepdims=True) - rng.exponential(300, 1) * DAY_S,
        int(world.partners.country[shops[0]]),
    )
    for shop in shops:
        world.pay_to(int(shop), int(code[0]), weight=weight)
    return code.astype(np.int64)


def share_device(world: World, shops: Ints, rng: np.random.Generator, *, rate: float) -> Ints:
    """A machine that logs in for those shops."""
    code = world.devices.new(world.partners.onboard_s[shops].min(keepdims=True), int(rng.integers(0, 3)))
    world.logins.add(shops, code, 0, FAR_S, world.partners.login_rate[shops] * rate)
    return code.astype(np.int64)


def facilitators(world: World, rng: np.random.Generator) -> None:
    """Payment facilitators: one account is paid for many partners, whoever they are."""
    left = int(world.firm.facilitated * world.firm.partners)
    while left > 0:
        size = int(rng.integers(12, 80))
        clients = rng.permutation(world.firm.partners)[: min(size, left + 2)]
        code = world.accounts.new(np.array([world.firm.start_s - 2000 * DAY_S]), 0)
        for client in clients:
            world.pay_to(int(client), int(code[0]), weight=float(rng.choice([0.3, 1.0])))
        world.look_alike("facilitator", ("partner", clients), ("bank_account", code))
        left -= size


def book_keepers(world: World, rng: np.random.Generator) -> None:
    """A laptop that logs in for many partners of a country, a few times a month."""
    left = int(world.firm.bookkept * world.firm.partners)
    while left > 0:
        size = int(rng.integers(8, 70))
        country = int(rng.choice(len(world.firm.areas), p=world.firm.country_share))
        local = np.flatnonzero(world.partners.country == country)
        clients = rng.permutation(local)[:size]
        laptop = world.devices.new(np.array([world.firm.start_s - rng.exponential(600) * DAY_S]), 1)
        world.logins.add(clients, laptop, 0, FAR_S, rng.uniform(0.02, 0.15))
        world.look_alike("book_keeper", ("partner", clients), ("device", laptop))
        left -= size


def suppliers(world: World, rng: np.random.Generator) -> None:
    """Wholesalers, small suppliers' circles and factoring houses: money of many comes together, honestly."""
    firm, partners = world.firm, world.partners
    upstream = world.accounts.new(np.full(max(1, firm.partners // 400), firm.start_s - 3000 * DAY_S), 0)
    left = int(firm.supplied * firm.partners)
    while left > 0:
        kind = rng.choice(["supplier", "small_supplier", "factoring"], p=[0.35, 0.5, 0.15])
        size = int(rng.integers(3, 9) if kind == "small_supplier" else rng.integers(12, 70))
        pool = np.arange(firm.partners)
        if kind == "small_supplier":
            seed = int(rng.integers(firm.partners))
            pool = np.flatnonzero(
                (partners.country == partners.country[seed])
                & ((partners.category == partners.category[seed]) | (partners.area == partners.area[seed]))
            )
        clients = rng.permutation(pool)[:size]
        account = world.accounts.new(np.array([firm.start_s - rng.exponential(900) * DAY_S]), 0)
        low, high = (0.5, 0.95) if kind == "factoring" else (0.08, 0.6)
        period = rng.choice([1, 2, 3]) if kind == "factoring" else rng.choice([3, 7, 14, 30])
        for client in clients:
            own = partners.account[client]
            world.transfers.add(
                rng.choice(own[own >= 0]),
                account,
                rng.uniform(low, high),
                period,
                rng.integers(0, 60),
                0,
                1e9,
            )
        if rng.random() < 0.5:
            world.transfers.add(
                account, rng.choice(upstream), rng.uniform(0.3, 0.9), 7, rng.integers(0, 60), 0, 1e9
            )
        world.look_alike(str(kind), ("partner", clients), ("bank_account", account))
        left -= size


def staff(world: World, rng: np.random.Generator) -> None:
    """Wages: a partner's account pays people's accounts every month."""
    partners = world.partners
    for partner in np.flatnonzero(rng.random(len(partners)) < 0.35):
        people = rng.integers(0, len(world.consumers), int(rng.integers(1, 5)))
        world.transfers.add(
            partners.account[partner, 0],
            world.consumers.a0[people],
            rng.uniform(0.03, 0.2),
            30,
            rng.integers(0, 30),
            0,
            1e9,
        )


def relaunches(world: World, rng: np.random.Generator) -> None:
    """A shop closes and opens again under a new name, with its customers, perhaps its account and laptop."""
    firm = world.firm
    successor = np.full(len(world.partners), -1, dtype=np.int32)
    for _ in range(drawn_count(world, rng, 70)):
        country = int(rng.choice(len(firm.areas), p=firm.country_share))
        pair = world.take(2, rng, country=country)
        if len(pair) < 2:
            continue
        old, new = (int(one) for one in rng.permutation(pair))
        reopen(world, old, new, rng.uniform(0.1, 0.7) * firm.days, rng)
        successor[old] = new
        world.look_alike("relaunch", ("partner", pair))
    follow(world, successor)


def reopen(world: World, old: int, new: int, close: float, rng: np.random.Generator) -> None:
    """Let `old` close on that day of the window and `new` open about then, the same business."""
    partners = world.partners
    partners.close_s[old] = world.second(int(close)) + int(office_hours(rng, 1)[0])
    one, other = np.array([old]), np.array([new])
    world.open_at(one, np.minimum(partners.onboard_s[one], partners.close_s[one] - 40 * DAY_S))
    world.open_at(other, world.second(int(close + rng.uniform(-10, 30))) + office_hours(rng, 1))
    partners.close_s[new] = FAR_S
    partners.category[new] = partners.category[old]
    world.name[new] = world.names.again(world.name[old], int(partners.category[old]))
    how = rng.random()
    if how < 0.5:
        world.pay_to(new, int(partners.account[old, 0]), weight=1.0)
    if how > 0.3:
        share_device(world, np.array([old, new]), rng, rate=1.0)


def follow(world: World, successor: NDArray[np.int32]) -> None:
    """Customers whose favourite has a successor (-1: none) like that too."""
    followed = successor[world.consumers.favourite[:, 0]]
    world.consumers.favourite[:, 2] = np.where(followed >= 0, followed, world.consumers.favourite[:, 2])


def pop_ups(world: World, rng: np.random.Generator) -> None:
    """Shops that were never meant to last: open for some weeks of the window."""
    partners = world.partners
    for shop in world.take(drawn_count(world, rng, 25), rng):
        begin = rng.uniform(-10, world.firm.days - 25)
        end = min(begin + rng.uniform(18, 80), world.firm.days - 1)
        world.open_at(np.array([shop]), world.second(int(begin)) + office_hours(rng, 1))
        partners.close_s[shop] = world.second(int(end)) + int(office_hours(rng, 1)[0])
        world.reach.weigh(np.array([shop]), rng.uniform(1, 3))
        world.look_alike("pop_up", ("partner", [shop]))


def insolvencies(world: World, rng: np.random.Generator) -> None:
    """A shop that stops delivering: its last weeks' orders are disputed, nearly all, then it closes."""
    for one in world.take(drawn_count(world, rng, 60), rng):
        begin, _ = world.lifetime_days(int(one))
        close = rng.uniform(min(begin + 20, world.firm.days - 2), world.firm.days)
        fail(world, int(one), close, rng)
        world.look_alike("insolvency", ("partner", [one]))


def fail(world: World, shop: int, close: float, rng: np.random.Generator) -> None:
    """Let a shop close on that day of the window, its last weeks' orders disputed."""
    partners = world.partners
    partners.trouble_from_s[shop] = world.second(close - rng.uniform(10, 70))
    partners.trouble_to_s[shop] = FAR_S
    partners.trouble_bad[shop] = rng.uniform(0.6, 1.0)
    partners.trouble_unpaid[shop] = 0.0
    partners.close_s[shop] = world.second(int(close)) + int(office_hours(rng, 1)[0])


def malls(world: World, rng: np.random.Generator) -> None:
    """Shops under one roof share their customers."""
    for _ in range(drawn_count(world, rng, 130)):
        seed = int(rng.integers(world.firm.partners))
        shops = world.take(int(rng.integers(4, 16)), rng, area=int(world.partners.area[seed]))
        if len(shops) < 3:
            continue
        neighbours = world.living_in(world.partners.area[seed])
        visitors = rng.permutation(neighbours)[: int(world.usual_orders(shops).sum() / 4) + 10]
        world.consumers.favourite[visitors] = rng.choice(shops, (len(visitors), 3))
        world.consumers.loyal[visitors] = rng.uniform(0.5, 0.9)
        world.look_alike("mall", ("partner", shops))


def households(world: World, rng: np.random.Generator) -> None:
    """Two to five people of an area share a tablet and perhaps an account."""
    people, consumers = len(world.consumers), world.consumers
    share = min(0.6, 0.3 * world.firm.sharing)
    order = rng.permutation(people)[: int(share * people)]
    order = order[np.argsort(consumers.area[order], kind="stable")]
    group = np.repeat(np.arange(len(order)), rng.integers(2, 6, len(order)))[: len(order)]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    groups = group[-1] + 1 if len(group) else 0
    tablets = world.devices.new(consumers.created_s[order[first]], rng.integers(0, 3, groups))
    consumers.d1[order] = tablets[group]
    consumers.p1[order] = rng.uniform(0.05, 0.6, groups)[group]
    joint = (rng.random(groups) < 0.4)[group]
    account = consumers.a0[order[first]][group]
    consumers.a1[order[joint]] = account[joint]
    for one in range(min(groups, NOTED_GROUPS)):
        inside = group == one if groups < 5000 else slice(int(first[one]), int(first[one + 1]))
        world.look_alike("household", ("consumer", order[inside]), ("device", [tablets[one]]))


def dormitories(world: World, rng: np.random.Generator) -> None:
    """Dormitories and offices: many people, one machine or account, the same shops, at times poor payers."""
    consumers = world.consumers
    for _ in range(max(2, int(len(consumers) / 1500 * world.firm.sharing))):
        seed = int(rng.integers(len(consumers)))
        near = (
            world.living_in(consumers.area[seed])
            if len(consumers) < 200_000
            else np.arange(seed, min(seed + 4000, len(consumers)))
        )
        people = rng.permutation(near)[: int(rng.integers(8, 50))]
        if len(people) < 4:
            continue
        what = "dormitory" if rng.random() < 0.5 else "office"
        machine = world.devices.new(consumers.created_s[people].min(keepdims=True), 1)
        use = rng.uniform(0.1, 0.9)
        consumers.d1[people] = machine[0]
        consumers.p1[people] = np.clip(rng.normal(use, 0.15, len(people)), 0.02, 1)
        if rng.random() < 0.35:
            payers = people[rng.random(len(people)) < 0.6]
            consumers.a1[payers] = consumers.a0[people[0]]
        canteens = rng.permutation(consumers.favourite[people].ravel())[:4]
        fond = people[rng.random(len(people)) < 0.6]
        consumers.favourite[fond, 0] = rng.choice(canteens, len(fond))
        consumers.favourite[fond, 1] = rng.choice(canteens, len(fond))
        consumers.risk[people] *= np.exp(rng.normal(0.3, 0.8))
        world.look_alike(what, ("consumer", people), ("device", machine))


def second_hand(world: World, rng: np.random.Generator) -> None:
    """A phone is sold on: its next owner is a stranger."""
    consumers = world.consumers
    sold = np.flatnonzero(consumers.switch_s < FAR_S)
    sold = rng.permutation(sold)[: int(len(sold) * min(0.8, 0.4 * world.firm.sharing)) // 2 * 2]
    seller, buyer = sold[::2], sold[1::2]
    later = consumers.switch_s[buyer] < consumers.switch_s[seller]
    seller, buyer = np.where(later, buyer, seller), np.where(later, seller, buyer)
    consumers.d2[buyer] = consumers.d0[seller]
    for a, b in list(zip(seller, buyer, strict=True))[:NOTED_GROUPS]:
        world.look_alike("second_hand", ("consumer", [a, b]), ("device", [consumers.d0[a]]))
    partners = len(world.partners)
    for _ in range(partners // 60):
        # laptops change hands between shops too, and owners shop on the shop's machine
        a, b = rng.integers(0, partners, 2)
        laptop = world.devices.new(np.array([world.partners.onboard_s[a]]), 1)
        day = world.second(rng.uniform(0, world.firm.days))
        world.logins.add([a, b], laptop, [0, day], [day, FAR_S], 0.1)


def launches(world: World, rng: np.random.Generator) -> None:
    """New shops and flash sales bring many new customers within days."""
    firm, partners = world.firm, world.partners
    fresh = (partners.onboard_s > firm.start_s) & (partners.onboard_s < firm.end_s - 20 * DAY_S)
    opening = world.take(drawn_count(world, rng, 45), rng, where=fresh)
    selling = world.take(drawn_count(world, rng, 25), rng, where=~fresh)
    for what, shops in (("launch", opening), ("flash_sale", selling)):
        for shop in shops:
            begin, end = world.lifetime_days(int(shop))
            if end - begin < 10:
                continue
            day = begin + 0.5 if what == "launch" else rng.uniform(begin, end - 5)
            crowd = int(np.clip(world.usual_orders(np.array([shop]))[0] * rng.uniform(0.2, 1.0), 10, 4000))
            _crowd(world, int(shop), day, min(rng.uniform(1, 14), end - day), crowd, rng)
            if what == "flash_sale":
                partners.sale_from[shop], partners.sale_to[shop] = int(day), int(day + rng.integers(1, 5))
                partners.sale_factor[shop] = rng.uniform(3, 15)
            world.look_alike(what, ("partner", [shop]))


def _crowd(world: World, shop: int, day: float, length: float, size: int, rng: np.random.Generator) -> None:
    partners = world.partners
    at = world.second(day) + (rng.beta(1, 2, size) * length * DAY_S).astype(np.int64)
    people = world.make_consumers(
        rng,
        area=np.full(size, partners.area[shop], dtype=np.int32),
        country=np.full(size, partners.country[shop], dtype=np.int8),
        created_s=at - (rng.exponential(2000, size)).astype(np.int64) - 60,
    )
    people.favourite[:, 0] = shop
    people.weight *= 0.4
    codes = world.add_consumers(people)
    world.planned.add(at, codes, shop, OWN, OWN, rng.uniform(0.4, 1.0), USUAL, USUAL, USUAL)


def subscriptions(world: World, rng: np.random.Generator) -> None:
    """The same people pay the same shop the same amount every week or month."""
    for shop in world.take(drawn_count(world, rng, 60), rng):
        begin, end = world.lifetime_days(int(shop))
        size = int(np.clip(world.usual_orders(np.array([shop]))[0] * 0.15, 3, 3000))
        people = rng.integers(0, len(world.consumers), size)
        period = float(rng.choice([7, 28, 30.4]))
        day = np.maximum(begin, (world.consumers.created_s[people] - world.firm.start_s) / DAY_S + 0.1)
        day += rng.uniform(0, period, size)
        while (day < end).any():
            on = day < end
            world.planned.add(
                world.firm.start_s + day[on] * DAY_S, people[on], shop, OWN, OWN, -1.0, USUAL, USUAL, USUAL
            )
            day += period
        world.look_alike("subscription", ("partner", [shop]))


def regulars(world: World, rng: np.random.Generator) -> None:
    """Shops that live off a handful of customers who come again and again."""
    for shop in world.take(drawn_count(world, rng, 25), rng):
        begin, end = world.lifetime_days(int(shop))
        many = int(np.clip(world.usual_orders(np.array([shop]))[0] * rng.uniform(0.3, 2), 10, 600))
        near = np.flatnonzero(world.consumers.country[:50_000] == world.partners.country[shop])
        people = rng.choice(near, max(3, int(many / rng.uniform(4, 20)))) if len(near) else near
        if not len(people):
            continue
        who = rng.choice(people, many)
        at = np.maximum(world.second(begin) + rng.uniform(0, 1, many) * (end - begin) * DAY_S, 0)
        fine = at > world.consumers.created_s[who] + DAY_S
        world.planned.add(at[fine], who[fine], shop, OWN, OWN, 1.0, USUAL, USUAL, USUAL)
        world.look_alike("regulars", ("partner", [shop]))


def seasons(world: World, rng: np.random.Generator) -> None:
    """Some shops live off a few weeks of the year."""
    partners = world.partners
    for shop in world.take(drawn_count(world, rng, 80), rng):
        begin = int(rng.integers(0, world.firm.days))
        partners.sale_from[shop], partners.sale_to[shop] = begin, begin + int(rng.integers(14, 50))
        partners.sale_factor[shop] = rng.uniform(2, 8)
        world.look_alike("season", ("partner", [shop]))


def in_store(world: World, rng: np.random.Generator) -> None:
    """Shops where customers order on a machine that stands there; shops whose vouchers one account pays."""
    firm, partners = world.firm, world.partners
    n = len(partners)
    shops = np.flatnonzero(rng.random(n) < firm.in_store)
    partners.till[shops] = world.devices.new(
        partners.onboard_s[shops], rng.choice([1, 2, 3], len(shops), p=[0.3, 0.6, 0.1])
    )
    partners.till_share[shops] = rng.beta(1, 3, len(shops))
    minded = shops[rng.random(len(shops)) < 0.4]
    world.logins.add(minded, partners.till[minded], 0, FAR_S, partners.login_rate[minded] * 0.5)
    sellers = np.flatnonzero(rng.random(n) < firm.vouchers)
    partners.purse[sellers] = world.accounts.new(partners.onboard_s[sellers], partners.country[sellers])
    partners.purse_share[sellers] = rng.beta(1, 3, len(sellers))
    for shop in shops:
        world.look_alike("in_store", ("partner", [shop]), ("device", [partners.till[shop]]))
    for shop in sellers:
        world.look_alike("voucher", ("partner", [shop]), ("bank_account", [partners.purse[shop]]))


def helpers(world: World, rng: np.random.Generator) -> None:
    """Freelancers, agencies, co-working desks: a machine that logs in for two to eight shops nearby."""
    firm, partners = world.firm, world.partners
    left = int(firm.helped * firm.partners)
    while left > 0:
        seed = int(rng.integers(firm.partners))
        near = (
            partners.area == partners.area[seed]
            if rng.random() < 0.5
            else partners.country == partners.country[seed]
        )
        clients = rng.permutation(np.flatnonzero(near))[: int(rng.integers(2, 9))]
        laptop = world.devices.new(np.array([firm.start_s - rng.exponential(300) * DAY_S]), 1)
        begin = world.second(rng.uniform(-0.5, 0.8) * firm.days)
        world.logins.add(clients, laptop, begin, FAR_S, rng.uniform(0.02, 0.3))
        world.look_alike("helper", ("partner", clients), ("device", laptop))
        left -= len(clients)
