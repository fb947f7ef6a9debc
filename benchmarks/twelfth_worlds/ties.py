"""What ties honest firms: brands, agents, book-keepers, malls, supply, pooled cash, fresh starts."""

from __future__ import annotations

import numpy as np

from benchmarks.twelfth_worlds.people import QUARTERS
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.twelfth_worlds.setting import sizes
from benchmarks.writing.units import NONE, Ints, take_free


def tie_firms(scene: Scene) -> None:
    """Tie firms in every honest way; how common each is differs between worlds."""
    for tie in (
        _franchises, _agents, _bookkeepers, _malls, _owners, _everyday, _circles, _staff, _families,
        _relaunches, _insolvencies, _unlucky,
    ):  # fmt: skip
        tie(scene)


def _many(scene: Scene, each: float, least: int = 1) -> int:
    """How many of a kind there are: about `each` for a thousand firms."""
    return least + int(scene.rng.poisson(each * len(scene.firms) / 1_000))


def _franchises(scene: Scene) -> None:
    """One brand, many owners: royalties to one account, at times one machine of the head office."""
    rng, firms, ids = scene.rng, scene.firms, scene.ids
    taken, groups = np.zeros(len(firms), np.bool_), []
    for number, size in enumerate(sizes(rng, 4, 22, _many(scene, 2))):
        trade = rng.choice(firms.trade)
        members = take_free(rng, taken, int(size), firms.trade == trade)
        if len(members) < 3:
            continue
        firms.brand[members] = number
        firms.price[members] = firms.price[members[0]] * rng.uniform(0.9, 1.1, len(members))
        scene.pay(
            members, np.repeat(ids.new_accounts(1), len(members)), every=30, share=rng.uniform(0.03, 0.1)
        )
        if rng.random() < 0.5:
            scene.operate(members, np.repeat(ids.new_devices(1), len(members)), weekly=rng.uniform(0.05, 0.4))
        groups.append(members)
    scene.lookalike("franchise", groups)


def _agents(scene: Scene) -> None:
    """Facilitators and factors are paid in the place of firms, and pay them."""
    rng, firms, ids = scene.rng, scene.firms, scene.ids
    taken = np.zeros(len(firms), np.bool_)
    for kind, least, most, each in (("facilitator", 5, 45, 1.2), ("factor", 3, 15, 1.0)):
        groups = []
        for size in sizes(rng, least, most, _many(scene, each)):
            members = take_free(rng, taken, int(size))
            firms.agent[members] = ids.new_accounts(1)
            groups.append(members)
            if kind == "facilitator" and rng.random() < 0.4:
                scene.operate(members, np.repeat(ids.new_devices(1), len(members)), weekly=0.3)
        scene.lookalike(kind, groups)


def _bookkeepers(scene: Scene) -> None:
    """Book-keepers see many firms' figures from one machine or two; so do agencies, for a while."""
    rng, firms, ids = scene.rng, scene.firms, scene.ids
    taken, groups = np.zeros(len(firms), np.bool_), []
    for size in sizes(rng, 3, 30, _many(scene, 6)):
        members = take_free(rng, taken, int(size))
        devices = ids.new_devices(int(rng.integers(1, 3)))
        scene.operate(members, rng.choice(devices, len(members)), weekly=rng.uniform(0.1, 0.6))
        groups.append(members)
    scene.lookalike("book_keeper", groups)
    groups = []
    for size in sizes(rng, 2, 12, _many(scene, 4)):
        members = take_free(rng, np.zeros(len(firms), np.bool_), int(size))
        since = rng.uniform(0, scene.setting.days)
        device = np.repeat(ids.new_devices(1), len(members))
        scene.operate(
            members, device, weekly=rng.uniform(0.5, 2), since=since, until=since + rng.uniform(10, 90)
        )
        groups.append(members)
    scene.lookalike("agency", groups)


def _malls(scene: Scene) -> None:
    """Shops under one roof: one landlord, and customers who go from door to door (see `custom`)."""
    rng, firms = scene.rng, scene.firms
    groups, taken = [], firms.online.copy()
    for size in sizes(rng, 5, 24, _many(scene, 3)):
        quarter = rng.choice(firms.quarter)
        city = firms.quarter // QUARTERS == quarter // QUARTERS
        members = take_free(rng, taken, int(size), city)
        if len(members) < 4:
            continue
        firms.quarter[members] = quarter
        scene.pay(
            members,
            np.repeat(scene.ids.new_accounts(1), len(members)),
            every=30,
            share=rng.uniform(0.05, 0.2),
        )
        groups.append(members)
    scene.lookalike("mall", groups)


def _owners(scene: Scene) -> None:
    """Owners of several firms; some pool all cash in one account, as collectors do."""
    rng, firms = scene.rng, scene.firms
    groups = [np.flatnonzero(firms.group == one) for one in np.unique(firms.group[firms.group != NONE])]
    scene.lookalike("one_owner", groups)
    pooled = [one for one in groups if rng.random() < 0.4]
    for members in pooled:
        holding = np.repeat(scene.ids.new_accounts(1), len(members))
        if rng.random() < 0.6:
            scene.sweeps.append((members, holding))
        else:
            scene.pay(members, holding, every=float(rng.choice([7, 14, 30])), share=rng.uniform(0.3, 0.9))
    for members in groups:
        if rng.random() < 0.3:
            scene.pay(members, firms.account[np.roll(members, 1)], every=rng.uniform(20, 90), share=0.2)
    scene.lookalike("pooled_cash", pooled)


def _everyday(scene: Scene) -> None:
    """Wholesalers, landlords, the tax office, and what owners take out."""
    rng, firms, ids = scene.rng, scene.firms, scene.ids
    n, every = len(firms), np.arange(len(firms))
    wholesalers = ids.new_accounts(max(n // 25, 3))
    weight = rng.dirichlet(np.full(len(wholesalers), 0.5))
    for chance, often in ((0.8, 30), (0.4, 14)):
        some = every[rng.random(n) < chance]
        scene.pay(
            some,
            rng.choice(wholesalers, len(some), p=weight),
            every=often,
            share=rng.uniform(0.05, 0.35, len(some)),
        )
    tax = ids.new_accounts(len(scene.setting.countries))
    taxed = every[rng.random(n) < 0.7]
    scene.pay(taxed, tax[firms.country[taxed]], every=91, share=rng.uniform(0.1, 0.5))
    rents = every[~firms.online & (rng.random(n) < 0.7)]
    landlords = ids.new_accounts(max(n // 6, 3))
    scene.pay(rents, rng.choice(landlords, len(rents)), every=30, share=rng.uniform(0.05, 0.25, len(rents)))
    saves = every[rng.random(n) < 0.15]
    scene.sweeps.append((saves, ids.new_accounts(len(saves))))
    drawn = every[rng.random(n) < 0.75]
    own = scene.people.accounts[firms.owner[drawn], 0]
    scene.pay(drawn, own, every=rng.uniform(10, 40), share=rng.uniform(0.05, 0.4, len(drawn)))


def _circles(scene: Scene) -> None:
    """Firms that supply each other, at times all the way round; and firms that lend each other money."""
    rng, firms = scene.rng, scene.firms
    groups = []
    for size in sizes(rng, 3, 7, _many(scene, 4)):
        same = firms.country == rng.choice(firms.country)
        members = take_free(rng, np.zeros(len(firms), np.bool_), int(size), same)
        target = firms.account[np.roll(members, -1)]
        scene.pay(members, target, every=rng.uniform(10, 45), share=rng.uniform(0.05, 0.5))
        groups.append(members)
    scene.lookalike("suppliers", groups)
    source, target = rng.integers(0, len(firms), (2, _many(scene, 60)))
    scene.pay(source, firms.account[target], every=rng.uniform(20, 120), share=rng.uniform(0.05, 0.3))


def _staff(scene: Scene) -> None:
    """Some firms pay wages to consumers of the place, who shop there too (see `custom`)."""
    rng, firms, people = scene.rng, scene.firms, scene.people
    groups = []
    for firm in np.flatnonzero(rng.random(len(firms)) < 0.18).tolist():
        near = np.flatnonzero(people.quarter // QUARTERS == firms.quarter[firm] // QUARTERS)
        hands: Ints = rng.choice(near, min(int(rng.integers(1, 12)), len(near)), replace=False)
        share = rng.uniform(0.02, 0.3) / max(len(hands), 1)
        scene.pay(np.full(len(hands), firm), people.accounts[hands, 0], every=30, share=share)
        scene.staff.append((np.full(len(hands), firm), hands))
        groups.append(hands)
    scene.lookalike("staff", groups, of="consumer")


def _families(scene: Scene) -> None:
    """Two or three firms of a family or an office: one machine, at times one account, for them alone."""
    rng, firms = scene.rng, scene.firms
    groups, taken = [], firms.group != NONE
    for size in rng.integers(2, 4, _many(scene, 9, 2)):
        members = take_free(rng, taken, int(size), firms.country == rng.choice(firms.country))
        device = np.repeat(scene.ids.new_devices(1), len(members))
        scene.operate(members, device, weekly=rng.uniform(0.05, 1.5), since=rng.uniform(-200, 200))
        if rng.random() < 0.4:
            firms.account[members] = firms.account[members[0]]
        groups.append(members)
    scene.lookalike("family", groups)


def _relaunches(scene: Scene) -> None:
    """Honest firms that close and open again: sold, or in a new form; their customers go along."""
    rng, firms, groups = scene.rng, scene.firms, []
    days = scene.setting.days
    for _ in range(_many(scene, 9, 2)):
        old, new = pair = take_free(rng, firms.busy, 2)
        moment = rng.uniform(30, days - 30)
        firms.opened[old] = min(firms.opened[old], moment - rng.uniform(60, 400))
        firms.closed[old], firms.opened[new] = moment, moment + rng.uniform(-12, 35)
        firms.closed[new] = np.inf
        for name in ("trade", "quarter", "country", "price", "online", "popularity"):
            getattr(firms, name)[new] = getattr(firms, name)[old]
        if rng.random() < 0.25:  # its end was a bad one
            firms.trouble[old], firms.failing[old] = moment - rng.uniform(4, 30), rng.uniform(0.1, 0.5)
        if rng.random() < 0.5:
            firms.owner[new] = firms.owner[old]
        if rng.random() < 0.4:
            firms.account[new] = firms.account[old]
        if rng.random() < 0.6:
            device = np.repeat(scene.ids.new_devices(1), 2)
            scene.operate(pair, device, weekly=rng.uniform(0.1, 1))
        if rng.random() < 0.7:
            scene.names_after.append((int(new), int(old)))
        groups.append(pair)
    scene.lookalike("relaunch", groups)


def _insolvencies(scene: Scene) -> None:
    """Honest firms that fail: late orders are not delivered, and customers complain."""
    rng, firms = scene.rng, scene.firms
    failed = take_free(rng, firms.busy, _many(scene, 16, 2))
    moment = rng.uniform(40, scene.setting.days + 10, len(failed))
    firms.opened[failed] = np.minimum(firms.opened[failed], moment - rng.uniform(60, 500, len(failed)))
    firms.closed[failed] = moment
    firms.trouble[failed] = moment - rng.uniform(5, 45, len(failed))
    firms.failing[failed] = rng.uniform(0.15, 0.75, len(failed))
    scene.lookalike("insolvency", [np.array([one]) for one in failed])


def _unlucky(scene: Scene) -> None:
    """Honest firms with bad customers or a bad product."""
    rng, firms = scene.rng, scene.firms
    poor = take_free(rng, firms.busy, _many(scene, 22, 3))
    kind = rng.random(len(poor)) < 0.6
    bad = np.exp(rng.uniform(np.log(0.03), np.log(0.35), len(poor)))  # of their orders
    firms.credit[poor] = np.where(
        kind, bad / scene.setting.default / firms.values(4)[poor], firms.credit[poor]
    )
    firms.service[poor] = np.where(kind, firms.service[poor], bad / scene.setting.dispute)
    scene.lookalike("unlucky", [np.array([one]) for one in poor])
