"""Rings of shops that are fronts: shell networks, and shops whose takings run through mules."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.plans import Forwarding
from benchmarks.fourth_worlds.story import Story, Straws
from benchmarks.fourth_worlds.units import Span
from benchmarks.fourth_worlds.world import OFFICE
from benchmarks.writing.units import Flags, Ints


def tell_shell_network(story: Story) -> None:
    """One operator runs several shops, whom common logins, accounts, money or straw buyers betray."""
    world, dice, ring = story.world, story.world.dice, story.ring
    span = story.span(80, 260)
    shops = story.take_partners(
        story.n_partners, dice.uniform(0.5, 0.98), dice.uniform(0, 0.8), story.open_within(*span)
    )
    devices = world.new_devices(dice.whole(1, 3), OFFICE)
    accounts = world.new_accounts(np.full(dice.whole(1, 2), story.country_of(shops)))
    tied = _operator_logs_in(story, shops, devices) | _operator_is_paid(story, shops, accounts)
    _tie_in_secret(story, shops, tied, int(devices[0]), span)

    frauds = int(story.fraud_orders(shops).sum())
    people = int(np.clip(frauds / story.within("orders of a straw buyer", 4, 9), 4, 60))
    hopping = min(1.0, story.chance_by_care("straws hop", 0.7, 0.25) * world.settings.common_straws)
    bad = story.chance_by_care("bad orders", 0.6, 0.24) * dice.uniform(0.75, 1.1)
    straws = Straws(
        orders=frauds / people,
        bad=story.bad_chances(bad, dice.uniform(0.1, 0.6)),
        hopping=hopping,
        devices=devices,
        devices_share=story.chance_by_care("straws use its devices", 0.5, 0.03),
        accounts=accounts,
        accounts_share=story.chance_by_care("straws use its accounts", 0.3, 0.03),
        quiet=story.number_by_care("straws' own shopping", 0.2, 0.9),
    )
    story.send_straws(shops, people, span, straws)
    if ring.care < 0.5 and story.happens("one legal name", 0.6):
        for shop in shops:
            if story.happens("takes the legal name", 0.6):
                world.shops.legal_name[shop] = world.shops.legal_name[shops[0]]


def _operator_logs_in(story: Story, shops: Ints, devices: Ints) -> Flags:
    """Whether the operator logs in to each of the shops from a common device."""
    world, tied = story.world, np.zeros(len(shops), np.bool_)
    for place, shop in enumerate(shops):
        if story.happens_by_care("common login", 0.95, 0.2, world.settings.common_logins):
            device = world.dice.number(devices)
            often = world.shops.logins[shop] * story.number_by_care("share of logins", 0.9, 0.04)
            world.log_in(shop, device, max(1.2, often), until=world.shops.sells_until[shop])
            story.ring.add("device", device)
            tied[place] = True
    return tied


def _operator_is_paid(story: Story, shops: Ints, accounts: Ints) -> Flags:
    """Whether each of the shops is paid out to a common account; the careful do so for a while only."""
    world, dice, care = story.world, story.world.dice, story.ring.care
    tied = np.zeros(len(shops), np.bool_)
    for place, shop in enumerate(shops):
        if story.happens_by_care("common account", 0.85, 0.06, world.settings.common_accounts):
            account = dice.number(accounts)
            opens = max(world.shops.opens[shop], 0)
            length = world.shops.sells_until[shop] - opens
            begins = story.within("later account", 0.3, 0.8) if dice.happens(care) else 0.0
            stays = dice.happens(1 - story.chance("short use of an account", 0.4) * care)
            lasts = story.number("length of short use", 0.2)
            until = np.inf if stays else opens + (begins + lasts) * length
            share = story.chance_by_care("payouts to it", 0.99, 0.6)
            world.pay_out_to(shop, account, opens + begins * length, until, share)
            story.ring.add("bank_account", account)
            tied[place] = True
    return tied


def _tie_in_secret(story: Story, shops: Ints, tied: Flags, device: int, span: Span) -> None:
    """Shops without a tie, and some others, show a few logins or money that goes to one hidden account."""
    world, dice = story.world, story.world.dice
    since, until = span
    hidden = world.new_account(story.country_of(shops))
    for shop in shops[~tied | (world.rng.random(len(shops)) < story.chance("second tie", 0.2))]:
        if story.happens("few logins", 0.5):
            world.log_in(shop, device, dice.uniform(1, 3), since, min(until, world.shops.sells_until[shop]))
            story.ring.add("device", device)
        else:
            world.forwardings.append(
                Forwarding(
                    partners=np.array([shop]),
                    layers=[np.array([hidden])],
                    share=story.chance_by_care("payouts passed on", 0.5, 0.25),
                    kept=story.chance_by_care("money passed on", 0.8, 0.4),
                    delay=story.number_by_care("days to pass it on", 2, 6),
                    parts=1,
                    since=since,
                    until=until + 40,
                )
            )
            story.ring.add("bank_account", hidden)


def tell_mule_chain(story: Story) -> None:
    """Shops sell what never arrives, and their payouts run through mules to a collector, or in a circle."""
    world, rng, dice, ring = story.world, story.world.rng, story.world.dice, story.ring
    span = story.span(60, 260)
    size = min(story.n_partners, 10)
    shops = story.take_partners(size, dice.uniform(0.4, 0.95), dice.uniform(0, 0.5), story.open_within(*span))
    shop = np.repeat(shops, story.fraud_orders(shops))
    bad = story.bad_chances(story.chance_by_care("victims lose", 0.55, 0.2), dice.uniform(0.5, 0.9))
    victims = world.buyers(world.shops.country[shop])
    moments = rng.uniform(*span, len(shop))
    world.plan(victims, shop, moments, amount=dice.uniform(1, 1.4), bad=bad)

    in_circle = len(shops) > 2 and story.happens("money runs in a circle", 0.3)
    world.forwardings.append(
        Forwarding(
            partners=shops,
            layers=_mules(story, shops, in_circle),
            share=story.chance_by_care("payouts passed on", 0.95, 0.45),
            kept=story.chance_by_care("money passed on", 0.95, 0.5),
            delay=story.number_by_care("days to pass it on", 0.8, 4.5),
            parts=dice.whole(1, 3),
            since=span[0],
            until=span[1] + 30,
            in_circle=in_circle,
        )
    )
    ring.add("bank_account", world.shops.account[shops])
    if story.happens("straws as well", 0.35):
        total = story.chance_by_care("bad orders", 0.6, 0.24) * dice.uniform(0.75, 1.1)
        straws = Straws(
            orders=story.number("orders of a straw buyer", 4),
            bad=story.bad_chances(total, dice.uniform(0.1, 0.6)),
            hopping=story.chance("straws hop", 0.4),
            quiet=story.number("straws' own shopping", 0.5),
        )
        story.send_straws(shops, max(4, len(shops)), span, straws)


def _mules(story: Story, shops: Ints, in_circle: bool) -> list[Ints]:
    """Layers of accounts, ever narrower, down to one collector where money runs in no circle."""
    world, dice, care = story.world, story.world.dice, story.ring.care
    country, n_layers = story.country_of(shops), dice.whole(1, 2) if care < 0.4 else dice.whole(2, 4)
    layers: list[Ints] = []
    for depth in range(n_layers):
        last = depth == n_layers - 1
        width = max(1, int(np.ceil(len(shops) * (0.8, 0.6, 0.4, 0.3)[depth]))) if n_layers > 1 else len(shops)
        width = 1 if last and not in_circle else width
        if not last and dice.happens(story.chance("mules are people", 0.35) + 0.5 * care):
            mules = story.take_consumers(width, world.shops.country[shops])
            accounts = world.people.account[mules]
        else:
            accounts = world.new_accounts(np.full(width, country))
        story.ring.add("bank_account", accounts)
        layers.append(accounts)
    if not in_circle and story.happens("second collector", 0.4):
        layers[-1] = np.append(layers[-1], world.new_account(country))
        story.ring.add("bank_account", layers[-1])
    return layers
