"""Honest groups with shops: they share what rings share, for reasons of their own, and have bad luck too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.sixteenth_worlds.acts import gather, give_back, reopen, run_together
from benchmarks.sixteenth_worlds.town import NEVER, Ints, trade_codes
from benchmarks.sixteenth_worlds.world import DISPUTED, REFUNDED, Party, World

Custom = Callable[[World, Party, int], None]


def _people(world: World, party: Party, n: int, *, before: float = NEVER, local: bool = True) -> Ints:
    """People of the group, of the town of its first shop where it has one."""
    partners, people = world.town.partners, world.town.consumers
    shop = party.shops[0]
    city = int(partners.area[shop]) if local and partners.area[shop] < people.city.max() + 1 else None
    found = world.free_people(n, int(partners.land[shop]), city, before)
    party.people = np.concatenate([party.people, found])
    party.add("consumer", found, "buys")
    return found


def _land(world: World, party: Party) -> int:
    return int(world.town.partners.land[party.shops[0]])


def _everyone(world: World, party: Party, shops: Ints, extra: int) -> Ints:
    """The group's shops, and others besides: whoever takes the same service may be anyone."""
    partners = world.town.partners
    near = np.flatnonzero(partners.land == partners.land[shops[0]])
    others = world.rng.choice(near, min(extra, near.size), replace=False)
    crooked = [one.shops for one in world.parties if one.crooked]
    honest = others[~np.isin(others, np.concatenate([np.zeros(0, np.int64), *crooked]))]
    party.add("partner", honest[~np.isin(honest, shops)], "takes the same service")
    return np.unique(np.concatenate([shops, others]))


def franchise(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    if rng.random() < 0.8:
        world.same_name(shops)
    world.town.partners.trade[shops] = world.town.partners.trade[shops[0]]
    run_together(world, party, shops, devices=0.9, purse=0.4, sink=0.7, lo=party.lo, hi=party.hi)


def family_shops(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    run_together(world, party, shops, devices=0.8, purse=0.6, sink=0.5, lo=party.lo, hi=party.hi)
    kin = _people(world, party, n)
    world.custom(kin, shops, rng.uniform(2, 7), party.lo, party.hi)
    tablet = world.new_devices(1, 2)
    world.share_device(kin, tablet, 0.6)
    party.add("device", tablet, "at home")
    if rng.random() < 0.6:
        purses = world.town.partners.account[shops]
        world.share_account(world.some(kin, 0.4, 1), purses)
        party.add("bank_account", purses, "belongs to a shop")


def bookkeeper(world: World, party: Party, n: int) -> None:
    rng = world.rng
    desks = world.new_devices(int(rng.integers(1, 4)), 1)
    clients = _everyone(world, party, party.shops, int(rng.integers(2, 12)))
    for shop in clients:
        since = rng.uniform(-60, world.climate.days * 0.7) if rng.random() < 0.3 else -NEVER
        world.visit(np.array([shop]), int(rng.choice(desks)), rng.uniform(0.15, 0.8), since, NEVER)
    party.add("device", desks, "keeps the books")


def facilitator(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    pot = world.new_accounts(1, _land(world, party), 1_500)
    clients = _everyone(world, party, shops, int(rng.integers(0, 5)))
    since = np.where(rng.random(clients.size) < 0.6, -1.0, rng.uniform(0, party.hi, clients.size))
    world.pay_to(clients, pot[0], since, rng.choice([1.0, 0.8]))
    own = world.town.partners.account[clients]
    world.move(
        np.repeat(pot, own.size), own, party.length / 8, world.takings(shops) * 0.9, party.lo, party.hi
    )
    party.add("bank_account", pot, "pays out for others")


def factoring(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    factor = world.new_accounts(1, _land(world, party), 2_000)
    since = rng.uniform(party.lo, party.lo + 0.5 * party.length, shops.size)
    world.pay_to(shops, factor[0], since, rng.uniform(0.6, 1.0))
    own = world.town.partners.account[shops]
    world.move(np.repeat(factor, own.size), own, 3, world.takings(shops) * 4, party.lo, party.hi)
    party.add("bank_account", factor, "bought the takings")


def coworking(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    for desk in world.new_devices(int(rng.integers(1, 4)), 1):
        of = world.some(shops, 0.6)
        lo = rng.uniform(-50, party.hi - 30)
        world.visit(of, int(desk), rng.uniform(0.1, 0.8), lo, lo + rng.uniform(60, 400))
        party.add("device", desk, "on the common table")
    owners = world.town.owners[shops]
    owners = owners[owners >= 0]
    if owners.size:
        world.custom(owners, shops, 2, party.lo, party.hi)


def mall(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    strollers = _people(world, party, n)
    world.custom(strollers, shops, rng.uniform(3, 8), party.lo, party.hi)
    if rng.random() < 0.5:
        kiosk = world.new_devices(1, 2)
        world.visit(world.some(shops, 0.5), int(kiosk[0]), 0.3, party.lo, party.hi)
        party.add("device", kiosk, "the mall's kiosk")


def shared_terminal(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    till = world.new_devices(int(rng.integers(1, 3)), 2)
    for one in till:
        world.visit(shops, int(one), rng.uniform(1, 4), party.lo, party.hi)
    guests = _people(world, party, n)
    world.custom(guests, shops, rng.uniform(2, 6), party.lo, party.hi, devices=till, on_device=0.6)
    for shop in shops:  # and any passer-by orders at the till
        world.custom(
            world.crowd(12, shop), np.array([shop]), 1.2, party.lo, party.hi, devices=till, on_device=0.9
        )
    party.add("device", till, "the till")


def relaunch(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    begins, ends = reopen(world, shops, party.lo, party.hi, (-15, 40))
    run_together(world, party, shops, devices=1.0, purse=0.8, sink=0.2, lo=party.lo - 40, hi=party.hi)
    if rng.random() < 0.6:
        world.same_name(shops)
    regulars = _people(world, party, n, before=party.lo + 10)
    lows = np.maximum(np.array(begins), 0) + 1
    world.custom(regulars, shops, 2.5 * shops.size, lows, np.maximum(np.array(ends), lows + 5))
    if rng.random() < 0.6:  # the move itself costs some orders
        world.trouble(
            shops[:-1], np.array(ends[:-1]) - 20, ends[:-1], rng.uniform(0.05, 0.3), rng.uniform(0, 0.12)
        )


def insolvency(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    falls = world.some(shops, 0.5, 1)
    end = party.hi - rng.uniform(0, 0.4 * party.length, falls.size)
    world.live(falls, off=end)
    world.trouble(
        falls, end - rng.uniform(20, 60, falls.size), end, rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.4), 0.03
    )
    run_together(world, party, shops, devices=0.7, purse=0.4, sink=0.4, lo=party.lo, hi=party.hi)
    desk, estate = world.new_devices(1, 1), world.new_accounts(1, _land(world, party), 900)
    also = np.flatnonzero(
        (world.town.partners.off < NEVER) & (world.town.partners.land == _land(world, party))
    )
    for shop in np.unique(
        np.concatenate([falls, rng.permutation(also)[:3]])
    ):  # who also winds up others' trade
        last = float(world.town.partners.off[shop])
        world.visit(np.array([shop]), int(desk[0]), 1.0, last - rng.uniform(5, 30), last)
    world.pay_to(falls, estate[0], end - rng.uniform(2, 25, falls.size))
    party.add("device", desk, "the administrator's")
    party.add("bank_account", estate, "the estate")


def robbed_shops(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    for shop in shops:  # each thief for himself, known for no more than that
        thieves = world.crowd(int(rng.integers(5, 22)), shop)
        cards = world.new_accounts(thieves.size, _land(world, party), 800)
        lo = rng.uniform(party.lo, party.hi - 10)
        fates = {DISPUTED: rng.uniform(0.4, 0.8)}
        hi = lo + rng.uniform(5, 60)
        world.custom(
            thieves,
            np.array([shop]),
            1.3,
            lo,
            min(hi, party.hi),
            fates,
            accounts=cards,
            on_account=0.8,
            scale=1.5,
        )
    run_together(world, party, shops, devices=0.6, purse=0.3, sink=0.4, lo=party.lo, hi=party.hi)


def flash_sale(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    hunters = _people(world, party, n, local=False)
    day = rng.uniform(party.lo, party.hi - 3)
    fates = {REFUNDED: rng.uniform(0.15, 0.45), DISPUTED: rng.uniform(0, 0.06)}
    world.custom(hunters, shops, rng.uniform(2, 5), day, day + rng.uniform(0.5, 2), fates, scale=0.6)
    world.trouble(shops, day, day + 2, 0.2)
    if rng.random() < 0.5:
        run_together(world, party, shops, devices=0.6, purse=0.2, sink=0.3, lo=party.lo, hi=party.hi)


def migration(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    clients = _everyone(world, party, shops, int(rng.integers(0, 4)))
    day = float(np.floor(rng.uniform(0.02, 0.6) * world.climate.days)) + rng.uniform(0.35, 0.6)
    moved = clients[np.isin(clients, shops)]
    world.live(moved, day + rng.exponential(0.06, moved.size))
    server = world.new_devices(int(rng.integers(1, 3)), int(rng.choice([1, 3])))
    for one in server:
        world.visit(clients, int(one), rng.uniform(1, 5), day, day + rng.uniform(10, 90))
        if rng.random() < 0.5:
            world.visit(clients, int(one), rng.uniform(0.05, 0.3), day, NEVER)
    party.add("device", server, "the integrator's")


def changed_hands(world: World, party: Party, n: int) -> None:
    rng, shops, partners = world.rng, party.shops, world.town.partners
    day = party.lo + rng.uniform(0.1, 0.7) * party.length
    sold, kept = shops[1:], shops[:1]
    tool = world.new_devices(1)
    world.visit(kept, int(tool[0]), 1.5, -NEVER, NEVER)
    world.visit(sold, int(tool[0]), rng.uniform(0.5, 3), day - rng.uniform(0, 5), NEVER)
    party.add("device", tool, "the new owner's")
    common = partners.account[kept][0]
    if rng.random() < 0.6:
        world.pay_to(sold, common, day + rng.uniform(0, 12, sold.size))
    else:
        world.pay_to(sold, world.new_accounts(sold.size, _land(world, party), 60), day + rng.uniform(0, 12))
    world.move(np.repeat(common, sold.size), partners.account[sold], 1, 20_000, day - 20, day + 5)
    party.add("bank_account", partners.account[shops], "belongs to a shop")
    world.trouble(sold, day, day + rng.uniform(10, 50), rng.uniform(0, 0.2), rng.uniform(0, 0.08))


def courier_tablet(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    world.town.partners.period[shops] = rng.choice([1, 7], shops.size, p=(0.8, 0.2))
    for tablet in world.new_devices(int(rng.integers(1, 3)), 2):
        world.visit(
            _everyone(world, party, shops, int(rng.integers(0, 3))),
            int(tablet),
            rng.uniform(0.5, 4),
            party.lo,
            party.hi,
        )
        party.add("device", tablet, "the depot's")
    if rng.random() < 0.4:
        world.trouble(shops, party.lo, party.hi, rng.uniform(0.03, 0.18), 0.01)


def returns_hub(world: World, party: Party, n: int) -> None:
    rng = world.rng
    sellers = _everyone(world, party, party.shops, int(rng.integers(1, 6)))
    for scanner in world.new_devices(int(rng.integers(1, 4))):
        world.visit(world.some(sellers, 0.7), int(scanner), rng.uniform(0.4, 3), party.lo, NEVER)
        party.add("device", scanner, "the warehouse's")
    buyers = _people(world, party, n, local=False)
    world.custom(buyers, party.shops, 4, party.lo, party.hi, {REFUNDED: rng.uniform(0.25, 0.55)})
    world.trouble(party.shops, party.lo, party.hi, rng.uniform(0.03, 0.12))


def dark_kitchen(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    partners = world.town.partners
    partners.area[shops] = partners.area[shops[0]]
    run_together(world, party, shops, devices=1.0, purse=0.95, sink=0.2, lo=-5, hi=world.climate.days)
    hungry = _people(world, party, n)
    world.custom(hungry, shops, rng.uniform(4, 10), party.lo, party.hi)
    if rng.random() < 0.4:
        world.live(shops, party.lo - rng.uniform(1, 30))


def cancelled_event(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    fans = _people(world, party, n, local=False)
    lo = rng.uniform(party.lo, party.hi - 15)
    fates = {REFUNDED: rng.uniform(0.3, 0.7), DISPUTED: rng.uniform(0.05, 0.25)}
    world.custom(fans, shops, 2.2, lo, min(lo + 40, party.hi), fates, scale=1.3)
    world.trouble(shops, lo, lo + 40, 0.25, rng.uniform(0.03, 0.15))
    if rng.random() < 0.5:
        run_together(world, party, shops, devices=0.5, purse=0.4, sink=0.5, lo=party.lo, hi=party.hi)


def market_stalls(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    treasurer = world.new_accounts(1, _land(world, party), 900)
    gather(world, party, shops, treasurer, party.lo, party.hi, share=0.08)
    guests = _people(world, party, n)
    for week in np.arange(party.lo, party.hi - 1, 7 * max(1, party.length / 50)):
        some = world.some(guests, 0.3, 2)
        world.custom(some, shops, 1.3, week, week + 0.6)
    if rng.random() < 0.5:
        tablet = world.new_devices(1, 2)
        world.visit(world.some(shops, 0.7), int(tablet[0]), 0.8, party.lo, party.hi)
        party.add("device", tablet, "the market's")


def cooperative(world: World, party: Party, n: int) -> None:
    rng, shops, partners = world.rng, party.shops, world.town.partners
    purse = world.new_accounts(1, _land(world, party), 1_200)
    world.pay_to(
        shops, purse[0], np.where(rng.random(shops.size) < 0.7, -1.0, party.lo), rng.choice([1.0, 0.7])
    )
    own = partners.account[shops]
    world.move(
        np.repeat(purse, own.size), own, party.length / 25, world.takings(shops) * 3, party.lo, party.hi
    )
    helpers = _people(world, party, n)
    give_back(world, party, purse, helpers, 500, party.lo, party.hi)
    world.custom(helpers, shops, 3, party.lo, party.hi)
    party.add("bank_account", purse, "the common purse")


def web_agency(world: World, party: Party, n: int) -> None:
    rng = world.rng
    clients = _everyone(world, party, party.shops, int(rng.integers(1, 8)))
    for desk in world.new_devices(int(rng.integers(1, 3)), 1):
        world.visit(clients, int(desk), rng.uniform(0.1, 1), rng.uniform(-50, party.hi - 40), NEVER)
        party.add("device", desk, "the agency's")


def holding(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    purses = world.town.partners.account[shops]
    run_together(world, party, shops, devices=0.6, purse=0.3, sink=0.7, lo=party.lo, hi=party.hi)
    world.move(
        purses,
        np.roll(purses, 1),
        party.length / rng.uniform(8, 30),
        world.takings(shops),
        party.lo,
        party.hi,
    )
    party.add("bank_account", purses, "belongs to a shop")


def gig_team(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    world.town.partners.period[shops] = 1
    chief = world.new_accounts(1, _land(world, party), 600)
    world.pay_to(world.some(shops, 0.7), chief[0], party.lo + rng.uniform(-5, 20))
    kin = _people(world, party, n)
    give_back(world, party, chief, kin, 300, party.lo, party.hi)
    phone = world.new_devices(1, 0)
    world.visit(world.some(shops, 0.7), int(phone[0]), rng.uniform(0.5, 3), party.lo, party.hi)
    world.share_device(world.some(kin, 0.3, 1), phone)
    world.custom(kin, shops, 1.5, party.lo, party.hi)
    party.add("device", phone, "the foreman's")
    party.add("bank_account", chief, "the foreman's")


def property_manager(world: World, party: Party, n: int) -> None:
    run_together(world, party, party.shops, devices=1.0, purse=0.7, sink=0.4, lo=-1, hi=world.climate.days)
    if world.rng.random() < 0.5:
        begun = world.rng.uniform(party.lo, party.hi - 20)
        world.trouble(party.shops, begun, begun + 30, world.rng.uniform(0.1, 0.5), world.rng.uniform(0, 0.1))


def neighbours_trade(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    owners = _people(world, party, n)
    purses = world.town.partners.account[shops]
    world.share_account(owners, purses, 0.8)
    world.share_device(owners, world.new_devices(max(1, owners.size // 2)), 0.4)
    world.custom(
        owners, shops, rng.uniform(5, 11), party.lo, party.hi, accounts=purses, on_account=0.5, scale=1.5
    )
    world.move(
        purses, rng.permutation(purses), rng.uniform(2, 8), world.takings(shops) * 0.4, party.lo, party.hi
    )
    party.add("bank_account", purses, "belongs to a shop")


def phone_resale(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    people = world.town.consumers
    buyers = _people(world, party, n, local=False)
    sellers = world.crowd(n, int(shops[0]))
    phones = people.device[sellers]
    some = min(buyers.size, sellers.size)
    people.other_device[buyers[:some]] = phones[:some]
    world.custom(buyers, shops, 2.2, party.lo, party.hi)
    party.add("device", phones[:some], "sold on")
    for phone in phones[: rng.integers(1, 4)]:  # tried out in the shop
        world.visit(shops[:1], int(phone), 0.4, party.lo, party.hi)


RECIPES: dict[str, Custom] = {
    one.__name__: one
    for one in (
        franchise, family_shops, bookkeeper, facilitator, factoring, coworking, mall, shared_terminal, relaunch,
        insolvency, robbed_shops, flash_sale, migration, changed_hands, courier_tablet, returns_hub, dark_kitchen,
        cancelled_event, market_stalls, cooperative, web_agency, holding, gig_team, property_manager,
        neighbours_trade, phone_resale,
    )
}  # fmt: skip

NEEDS_NEW: dict[str, bool] = {"relaunch": True, "migration": True}
LOCAL: dict[str, bool] = dict.fromkeys(
    ("mall", "shared_terminal", "market_stalls", "family_shops", "neighbours_trade"), True
)
TRADES_OF: dict[str, Ints] = {
    "courier_tablet": trade_codes("courier", "gig"),
    "gig_team": trade_codes("gig", "courier"),
    "dark_kitchen": trade_codes("kitchen"),
    "returns_hub": trade_codes("fashion", "electronics", "toys_and_gifts", "second_hand"),
    "flash_sale": trade_codes("fashion", "electronics", "toys_and_gifts", "second_hand"),
    "cancelled_event": trade_codes("tickets", "travel"),
    "market_stalls": trade_codes("grocer", "kitchen", "second_hand"),
    "shared_terminal": trade_codes("grocer", "kitchen"),
    "property_manager": trade_codes("travel", "gig"),
    "phone_resale": trade_codes("electronics", "second_hand"),
    "cooperative": trade_codes("grocer", "kitchen", "toys_and_gifts"),
}
