"""The twelve trades of the crews; each says what its working day is and what of it cannot be hidden."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, Floats, Ints
from benchmarks.fourteenth_worlds.crews import (
    Stage,
    alive,
    backstage,
    close,
    fates,
    gather,
    set_stage,
    victims,
)
from benchmarks.fourteenth_worlds.honest import succeed
from benchmarks.fourteenth_worlds.ledger import PAID, World
from benchmarks.fourteenth_worlds.ties import cohort, main_account, repay, slips


def _size(world: World, least: int, most: int) -> int:
    return int(world.rng.integers(least, most + 1))


def _least(stage: Stage) -> int:
    """How many of the shops each of the crew's people meets at least."""
    return 2 if stage.world.rng.random() > stage.care - 0.2 else 1


def bust_out(world: World, care: float) -> None:
    """A nursed circle of buyers trades for months, then all of it buys dear within weeks and pays nothing."""
    stage = set_stage(world, "bust_out", care, _size(world, 3, 8), days=(70, 170))
    if stage is None:
        return
    k = len(stage.shops)
    buyers = gather(
        stage, k * _size(world, 6, 14), "buyer", fresh=stage.between(0.8, 0.4), before=stage.first
    )
    turn = stage.last - stage.between(8, 35) * DAY
    t, who, shop = cohort(world, buyers, stage.shops, stage.first, turn, reach=0.15, visits=1.4)
    world.sell(t, who, shop, fate=fates(world, len(t), refunded=0.02), factor=0.9)
    t, who, shop = cohort(
        world,
        buyers,
        stage.shops,
        turn,
        stage.last,
        reach=stage.between(0.5, 0.15),
        visits=2.2,
        least=_least(stage),
    )
    fate = fates(world, len(t), defaulted=stage.between(0.8, 0.4), disputed=0.05)
    world.sell(t, who, shop, fate=fate, factor=stage.between(2.6, 1.3))
    backstage(stage, buyers)
    close(stage, stage.between(0.7, 0.2))


def payout_sharing(world: World, care: float) -> None:
    """Shops in strangers' names charge stolen cards from a few machines; the takings meet in shared tills."""
    stage = set_stage(world, "payout_sharing", care, _size(world, 4, 10), days=(60, 150))
    if stage is None:
        return
    rng, k = world.rng, len(stage.shops)
    cards = gather(
        stage,
        k * _size(world, 12, 28),
        "card",
        fresh=stage.between(0.95, 0.55),
        before=stage.first,
        cells=False,
    )
    machines = world.device(int(k * stage.between(1.0, 4.5)) + 2)
    t, who, shop = cohort(
        world, cards, stage.shops, stage.first, stage.last, reach=0.08, visits=1.3, rhythm=1
    )
    bench = rng.integers(0, len(machines), len(world.people["phone"]))[who]  # a card is used at one machine
    own = rng.random(len(t)) < stage.between(0.25, 0.65)
    device = np.where(own, world.own_device(who, t), machines[bench])
    fate = fates(world, len(t), disputed=stage.between(0.5, 0.18), refunded=0.05)
    world.sell(t, who, shop, device=device, fate=fate, factor=stage.between(1.6, 1.0))
    stage.crew.holds("device", "machine", machines)
    backstage(stage, cards, money=1.25)


def phoenix(world: World, care: float) -> None:
    """One business after the other rises, fails its customers in its last weeks, and its insiders move on."""
    stage = set_stage(world, "phoenix", care, _size(world, 3, 6), days=(150, 260))
    if stage is None:
        return
    rng, shops, climate = world.rng, stage.shops, world.climate
    whole = (climate.end - climate.start) / DAY
    lives = np.maximum(rng.dirichlet(np.full(len(shops), 7.0)) * whole * rng.uniform(0.7, 1.0), 30)
    succeed(world, shops, lives.astype(np.int64), stage.between(2, 18))
    order = ("trade", "price", "rounding") if rng.random() > 0.5 * stage.care else ("trade",)
    for column in order:
        world.shops[column][shops] = world.shops[column][shops[0]]
    insiders = gather(
        stage,
        _size(world, 12, 35),
        "insider",
        fresh=stage.between(0.7, 0.35),
        before=climate.start + 25 * DAY,
    )
    dupes: list[Ints] = []
    for shop in shops:
        opened, closed = (
            float(world.shops["opened"][shop]),
            min(float(world.shops["closed"][shop]), climate.end),
        )
        one = np.array([shop])
        firsts = insiders[rng.random(len(insiders)) < stage.between(0.85, 0.5)]
        t, who, at = cohort(world, firsts, one, opened, opened + 25 * DAY, reach=0, visits=1.6)
        world.sell(t, who, at, fate=PAID)
        fooled = world.persons(_size(world, 10, 28))
        t, who, at = cohort(
            world, fooled, one, closed - stage.between(30, 60) * DAY, closed, reach=0, visits=1.2
        )
        world.sell(t, who, at, fate=fates(world, len(t), disputed=stage.between(0.6, 0.25)), factor=1.3)
        dupes.append(fooled)
    if rng.random() < 0.9 - stage.care:
        till = main_account(world, shops[:1])
        for shop in shops[1:][rng.random(len(shops) - 1) < stage.between(0.8, 0.3)]:
            world.pays_to(int(shop), -np.inf, till)
    hand = int(world.shops["device"][shops[0]])
    for before, after in pairwise(shops):
        if rng.random() < stage.between(0.8, 0.45):  # the last one's till is seen once or twice at the next
            device = hand if rng.random() < 0.4 else int(world.shops["device"][before])
            slips(world, np.array([after]), device, -np.inf, np.inf, _size(world, 1, 3))
    backstage(Stage(world, stage.crew, climate.start, climate.end), insiders)


def synthetic_identity(world: World, care: float) -> None:
    """People made of parts nurse their credit at real shops, then spend all of it at the crew's fronts."""
    stage = set_stage(world, "synthetic_identity", care, _size(world, 3, 6), days=(30, 110))
    if stage is None:
        return
    rng = world.rng
    made = gather(
        stage, _size(world, 22, 60), "made up", fresh=1.0, before=stage.first - stage.between(20, 90) * DAY
    )
    world.people["zest"][made] = rng.uniform(0.2, 0.9, len(made))
    t, who, shop = cohort(
        world,
        made,
        stage.shops,
        stage.first,
        stage.last,
        reach=stage.between(0.5, 0.2),
        visits=2.4,
        least=_least(stage),
    )
    fate = fates(world, len(t), defaulted=stage.between(0.9, 0.5), disputed=0.03)
    world.sell(t, who, shop, fate=fate, factor=stage.between(2.4, 1.4))
    backstage(stage, made)


def device_farm(world: World, care: float) -> None:
    """Racked phones play customers, wiped every few weeks, so that shops look busy enough to lend to."""
    stage = set_stage(world, "device_farm", care, _size(world, 3, 8), days=(60, 160))
    if stage is None:
        return
    rng = world.rng
    players = gather(
        stage, _size(world, 35, 110), "player", fresh=stage.between(1.0, 0.6), before=stage.first, cells=False
    )
    rack = int(len(players) * stage.between(0.15, 0.5)) + 2
    wiped = stage.between(90, 25) * DAY
    eras = int((stage.last - stage.first) // wiped) + 1
    phones = world.device(rack * eras, (0.95, 0.0, 0.05, 0.0, 0.0)).reshape(eras, rack)
    t, who, shop = cohort(
        world,
        players,
        stage.shops,
        stage.first,
        stage.last,
        reach=stage.between(0.5, 0.15),
        visits=stage.between(4, 2.2),
    )
    era = np.clip((t - stage.first) // wiped, 0, eras - 1).astype(np.int64)
    slot = rng.integers(0, rack, world.people.size)[who]
    slot = np.where(rng.random(len(t)) < 0.06, rng.integers(0, rack, len(t)), slot)
    own = rng.random(len(t)) < stage.between(0.2, 0.6)
    device = np.where(own, world.own_device(who, t), phones[era, slot])
    fate = fates(world, len(t), refunded=stage.between(0.15, 0.06), defaulted=stage.between(0.2, 0.05))
    world.sell(t, who, shop, device=device, fate=fate, factor=stage.between(1.3, 0.9))
    stage.crew.holds("device", "rack", phones.ravel())
    backstage(stage, players, money=0.8)


def triangulation(world: World, care: float) -> None:
    """A front sells what it has not; hours later a mule buys it at a real shop from a stolen account."""
    stage = set_stage(world, "triangulation", care, _size(world, 3, 6), days=(60, 150))
    if stage is None:
        return
    rng = world.rng
    robbed = victims(stage, _size(world, 4, 9))
    mules = gather(stage, _size(world, 12, 32), "mule", fresh=stage.between(0.9, 0.5), before=stage.first)
    if not len(robbed):
        return
    honest = world.persons(len(stage.shops) * _size(world, 25, 50))
    t, who, shop = cohort(world, honest, stage.shops, stage.first, stage.last, reach=0.02, visits=1.1)
    price = world.prices(shop, who, 1.4)
    world.sell(t, who, shop, fate=fates(world, len(t), refunded=0.03), amount=price)
    later = t + rng.gamma(2.0, stage.between(4, 14), len(t)) * 3600 + 600
    desk = rng.integers(0, len(mules), world.shops.size)[shop]  # each front has mules of its own, mostly
    mule = mules[
        np.where(
            rng.random(len(t)) < 0.5,
            (desk + rng.integers(0, 4, len(t))) % len(mules),
            rng.integers(0, len(mules), len(t)),
        )
    ]
    target = rng.choice(robbed, len(t))
    fits = alive(world, target, mule, later) & (rng.random(len(t)) < 0.9)
    later, mule, target, price = later[fits], mule[fits], target[fits], price[fits]
    stolen = world.account(world.shops.whole("country")[target], len(later), later)
    pack = np.maximum.accumulate(
        np.where(rng.random(len(later)) < stage.between(0.4, 0.8), np.arange(len(later)), 0)
    )
    amount = world.listed(target, price * rng.uniform(0.92, 1.3, len(price)))
    fate = fates(world, len(later), disputed=stage.between(0.8, 0.45))
    world.sell(later, mule, target, account=stolen[pack], fate=fate, amount=amount)
    t, who, shop = cohort(  # reviews that have to be bought
        world,
        mules,
        stage.shops,
        stage.first - 20 * DAY,
        stage.last,
        reach=0.2,
        visits=1.8,
        least=_least(stage),
    )
    world.sell(t, who, shop, fate=PAID)
    backstage(stage, mules)
    phones = world.people.whole("phone")[rng.choice(mules, 2)]
    for phone in phones[rng.random(2) < stage.between(0.9, 0.5)]:
        slips(world, stage.shops, int(phone), stage.first, stage.last, _size(world, 1, 3))


def laundering(world: World, care: float) -> None:
    """Cash goes to mules' accounts in parts, through the tills of the crew's shops, and home to one purse."""
    stage = set_stage(world, "laundering", care, _size(world, 3, 7), days=(80, 200))
    if stage is None:
        return
    rng, people = world.rng, world.people
    mules = gather(stage, _size(world, 15, 45), "mule", fresh=stage.between(0.7, 0.3), before=stage.first)
    t, who, shop = cohort(
        world, mules, stage.shops, stage.first, stage.last, reach=stage.between(0.6, 0.25),
        visits=stage.between(9, 4), least=_least(stage),
    )  # fmt: skip
    amount = world.prices(shop, who, stage.between(3.0, 1.5))
    world.sell(
        t,
        who,
        shop,
        account=people.whole("account")[who],
        amount=amount,
        fate=fates(world, len(t), refunded=0.02),
    )
    country = world.shops.whole("country")[stage.shops[:1]]
    sources = world.account(np.repeat(country, 4), 4, stage.first)
    part = rng.random(len(t)) < stage.between(0.9, 0.5)
    source = sources[rng.integers(0, int(stage.between(1, 4) + 0.5) or 1, len(t)) % 4]
    before = t - rng.exponential(stage.between(1.5, 6), len(t)) * DAY - 1800
    part &= before > world.climate.start
    world.sends(
        before[part],
        source[part],
        people.whole("account")[who[part]],
        (amount * rng.uniform(1.0, 1.15, len(t)))[part],
    )
    stage.crew.holds("bank_account", "source", sources)
    backstage(stage, mules, money=1.25)
    for index in range(_size(world, 2, len(stage.shops))):  # and round again, from till to source
        shop_back = int(stage.shops[index % len(stage.shops)])
        hand = world.account(country, 1, stage.first)
        world.passes_on(
            shop_back,
            hand,
            stage.between(0.5, 0.25),
            chance=0.6,
            since=stage.first,
            until=stage.last + 20 * DAY,
        )
        world.relays.append((int(hand[0]), int(sources[index % 4]), 0.8, 0.8))
        stage.crew.holds("bank_account", "hand", hand)


def refund_abuse(world: World, care: float) -> None:
    """People who send back bricks: they go through the same honest shops in turn and are refunded."""
    _raid(
        world,
        "refund_abuse",
        care,
        refunded=(0.8, 0.4),
        disputed=(0.1, 0.06),
        defaulted=(0.0, 0.0),
        days=(60, 170),
    )


def credit_abuse(world: World, care: float) -> None:
    """People who buy on credit at the same honest shops within days of one another and are not seen again."""
    _raid(
        world,
        "credit_abuse",
        care,
        refunded=(0.0, 0.0),
        disputed=(0.05, 0.05),
        defaulted=(0.9, 0.5),
        days=(8, 45),
    )


def _raid(
    world: World, typology: str, care: float, *, refunded: tuple[float, float], disputed: tuple[float, float],
    defaulted: tuple[float, float], days: tuple[float, float],
) -> None:  # fmt: skip
    stage = set_stage(world, typology, care, 0, days=days)
    if stage is None:
        return
    targets = victims(stage, _size(world, 4, 9))
    raiders = gather(stage, _size(world, 15, 45), "raider", fresh=stage.between(0.9, 0.5), before=stage.first)
    t, who, shop = cohort(
        world,
        raiders,
        targets,
        stage.first,
        stage.last,
        reach=stage.between(0.6, 0.3),
        visits=stage.between(5, 3),
        least=2,
    )
    # raids come in waves: the whole crew turns to one shop after the other
    wave = world.rng.permutation(len(targets))[np.searchsorted(np.sort(targets), shop)]
    centre = stage.first + (wave + 0.5) / max(len(targets), 1) * (stage.last - stage.first)
    pulled = world.rng.random(len(t)) < stage.between(0.85, 0.4)
    width = (stage.last - stage.first) / max(len(targets), 1) / DAY
    moved = np.floor(centre / DAY) * DAY + t % DAY + np.round(world.rng.normal(0, width, len(t))) * DAY
    t = np.where(pulled & alive(world, shop, who, moved), moved, t)
    fate = fates(
        world,
        len(t),
        refunded=stage.between(*refunded),
        disputed=stage.between(*disputed),
        defaulted=stage.between(*defaulted),
    )
    world.sell(t, who, shop, fate=fate, factor=stage.between(1.8, 1.1))
    if world.rng.random() < stage.between(0.9, 0.6):
        _lend(stage, t, who, shop)


def _lend(stage: Stage, t: Floats, who: Ints, shop: Ints) -> None:
    """Some raiders order from one another's phones and pay into one another's accounts."""
    world, rng = stage.world, stage.world.rng
    members = stage.crew.people()
    n = int(len(members) * stage.between(0.6, 0.25))
    if not len(t):
        return
    pick = rng.integers(0, len(t), n)
    host = rng.choice(members, n)
    again = t[pick] + rng.exponential(6, n) * 3600 + 120
    fits = alive(world, shop[pick], who[pick], again)
    pick, host, again = pick[fits], host[fits], again[fits]
    world.sell(
        again,
        who[pick],
        shop[pick],
        device=world.own_device(host, again),
        fate=fates(world, len(pick), refunded=0.1),
    )
    other = rng.choice(members, n)
    own = world.people.whole("account")
    mine, theirs = own[rng.choice(members, n)], own[other]
    repay(world, mine, theirs, rng.uniform(stage.first, stage.last, n), rng.lognormal(4.4, 0.6, n))


def collusion(world: World, care: float) -> None:
    """Regulars of a few shops do not pay, again and again; the shops share with them what they get."""
    stage = set_stage(world, "collusion", care, _size(world, 3, 6), days=(120, 240))
    if stage is None:
        return
    rng, people = world.rng, world.people
    regulars = gather(
        stage, _size(world, 18, 55), "regular", fresh=stage.between(0.6, 0.2), before=stage.first
    )
    t, who, shop = cohort(
        world,
        regulars,
        stage.shops,
        stage.first,
        stage.last,
        reach=stage.between(0.6, 0.3),
        visits=stage.between(6, 3.5),
        least=_least(stage),
    )
    fate = fates(world, len(t), defaulted=stage.between(0.55, 0.28), disputed=stage.between(0.15, 0.1))
    amount = world.prices(shop, who, stage.between(1.7, 1.1))
    world.sell(t, who, shop, fate=fate, amount=amount)
    back = (fate > PAID) & (rng.random(len(t)) < stage.between(0.7, 0.3))
    till = main_account(world, shop)
    repay(
        world,
        till[back],
        people.whole("account")[who[back]],
        t[back] + 6 * DAY,
        amount[back] * rng.uniform(0.3, 0.6),
    )
    backstage(stage, regulars, money=0.5)


def cash_out(world: World, care: float) -> None:
    """Agents bring people in need to the crew's shops: a purchase on paper, cash, and a debt unpaid."""
    stage = set_stage(world, "cash_out", care, _size(world, 3, 6), days=(60, 170))
    if stage is None:
        return
    rng, people = world.rng, world.people
    needy = gather(
        stage, _size(world, 40, 100), "recruit", fresh=stage.between(0.35, 0.1), before=stage.first
    )
    agents = world.device(int(stage.between(2, 6)) + 1, (0.95, 0.0, 0.05, 0.0, 0.0))
    t, who, shop = cohort(
        world,
        needy,
        stage.shops,
        stage.first,
        stage.last,
        reach=stage.between(0.4, 0.15),
        visits=1.9,
        least=_least(stage),
    )
    # an agent brings several on one day
    round_of = rng.integers(0, max(len(t) // 4, 1), len(t))
    days = world.climate.moments(rng, max(len(t) // 4, 1), stage.first, stage.last, 0)
    brought = rng.random(len(t)) < stage.between(0.85, 0.4)
    together = days[round_of] + rng.exponential(1500, len(t))
    t = np.where(brought & alive(world, shop, who, together), together, t)
    agent = agents[rng.integers(0, len(agents), max(len(t) // 4, 1))][round_of]
    device = np.where(rng.random(len(t)) < stage.between(0.7, 0.15), agent, world.own_device(who, t))
    amount = world.prices(shop, who, stage.between(3.2, 1.7))
    fate = fates(world, len(t), defaulted=stage.between(0.65, 0.3))
    world.sell(t, who, shop, device=device, amount=amount, fate=fate)
    float_account = world.account(world.shops.whole("country")[stage.shops[:1]], 1, stage.first)
    paid = rng.random(len(t)) < stage.between(0.7, 0.25)
    source = np.where(rng.random(len(t)) < 0.6, float_account[0], main_account(world, shop))
    repay(world, source[paid], people.whole("account")[who[paid]], t[paid], amount[paid] * 0.85, within=0.5)
    stage.crew.holds("device", "agent", agents)
    stage.crew.holds("bank_account", "float", float_account)
    backstage(stage, needy)


def shell_network(world: World, care: float) -> None:
    """Companies on paper sell to the same few insiders and send their takings round among themselves."""
    stage = set_stage(world, "shell_network", care, _size(world, 5, 12), days=(120, 260))
    if stage is None:
        return
    rng, climate, shops = world.rng, world.climate, stage.shops
    world.shops["size"][shops] *= rng.uniform(0.3, 0.9)
    insiders = gather(
        stage, _size(world, 14, 34), "insider", fresh=stage.between(0.6, 0.25), before=stage.first
    )
    t, who, shop = cohort(
        world,
        insiders,
        shops,
        stage.first,
        stage.last,
        reach=stage.between(0.6, 0.25),
        visits=stage.between(11, 6),
        least=2,
    )
    fate = fates(world, len(t), refunded=0.03, disputed=0.04, defaulted=stage.between(0.12, 0.05))
    world.sell(t, who, shop, fate=fate, factor=stage.between(2.2, 1.2))
    own = main_account(world, shops)
    for _ in range(int(stage.between(14, 6))):
        ring = rng.permutation(len(shops))[: _size(world, 3, len(shops))]
        stake = float(rng.lognormal(6.6, 0.5))
        at = stage.first + rng.random() * (stage.last - stage.first)
        for source, target in zip(ring, np.roll(ring, -1), strict=True):
            at += float(rng.exponential(stage.between(1.0, 4.0))) * DAY
            if at < climate.end - 2 * DAY:
                hop = np.array([own[source]]), np.array([own[target]])
                world.sends(
                    climate.daytime(rng, np.array([at]), 0),
                    hop[0],
                    hop[1],
                    np.array([stake * rng.uniform(0.88, 1.0)]),
                )
    backstage(stage, insiders)


TRADES_OF_CREWS: dict[str, tuple[Callable[[World, float], None], float, bool]] = {
    "bust_out": (bust_out, 1.4, False),
    "payout_sharing": (payout_sharing, 1.2, False),
    "phoenix": (phoenix, 1.1, False),
    "synthetic_identity": (synthetic_identity, 1.0, False),
    "device_farm": (device_farm, 1.1, False),
    "triangulation": (triangulation, 0.9, False),
    "laundering": (laundering, 1.0, True),
    "refund_abuse": (refund_abuse, 0.8, False),
    "collusion": (collusion, 1.1, False),
    "cash_out": (cash_out, 1.0, False),
    "shell_network": (shell_network, 0.8, True),
    "credit_abuse": (credit_abuse, 0.8, False),
}
"""A crew's trade, how common it is, and whether it needs the transfers to be told."""


def form_crews(world: World) -> None:
    """As many crews as the climate has it, each of a trade and a care of its own."""
    rng, climate = world.rng, world.climate
    n = max(int(rng.normal(climate.ring_rate * climate.partners, 2)), 4)
    names = [name for name, (_, _, money) in TRADES_OF_CREWS.items() if climate.has_transfers or not money]
    common = np.array([TRADES_OF_CREWS[name][1] for name in names]) * rng.gamma(6.0, 0.17, len(names))
    first = rng.permutation(len(names))[: min(n, len(names))]
    rest = rng.choice(len(names), max(n - len(first), 0), p=common / common.sum())
    for index in [*first, *rest]:
        care = float(np.clip(rng.normal(climate.care, 0.22), 0.02, 0.98))
        TRADES_OF_CREWS[names[int(index)]][0](world, round(care, 3))
