"""Partners and consumers as columns."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.writing.units import Flags, Floats, Ints


@dataclass
class Partners:
    """Columns of partners, (n,) unless said; a partner may be open and yet sell nothing any more."""

    country: Ints
    city: Ints  # counted within the country
    trade: Ints
    size: Floats  # relative custom
    export: Floats  # how much likelier a foreign order is than the size says
    usual_orders: Floats  # about how many, by the size at the start
    price: Floats  # the median in its currency
    price_sd: Floats
    price_style: Ints  # 0 ends in .99, 1 in .95, .90 or .50, 2 whole, 3 any
    hour: Floats
    hour_sd: Floats
    opens: Floats  # below 0: before the window
    closes: Floats  # inf: never
    sells_from: Floats
    sells_until: Floats
    refund_factor: Floats
    dispute_factor: Floats
    default_factor: Floats
    no_device: Floats
    no_account: Floats
    trouble_from: Floats  # inf: never; its orders are disputed since then,
    trouble_chance: Floats  # with this chance
    bad_luck: Floats  # (n, 2) least chances of disputed, defaulted, all the time
    name: list[str]
    legal_name: list[str]
    device: Ints
    account: Ints
    logins: Floats  # expected in a whole window
    owner: Ints  # a consumer
    in_ring: Flags
    grouped: Flags  # in a ring or in a group of look-alikes


@dataclass
class Consumers:
    """Columns of consumers, (n,)."""

    country: Ints
    city: Ints
    activity: Floats
    loyalty: Floats
    refund_factor: Floats
    dispute_factor: Floats
    default_factor: Floats
    fails_from: Floats  # inf: never; pays badly since then,
    fail_chance: Floats  # and defaults with this chance
    joins: Floats
    device: Ints
    second_device: Ints  # -1: none
    second_share: Floats  # of orders from the second device
    swaps: Floats  # inf: never; uses a new device since then
    new_device: Ints  # -1: none
    account: Ints
    second_account: Ints  # -1: none
    in_ring: Flags
