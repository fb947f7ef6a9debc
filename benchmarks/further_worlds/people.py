"""Partners and consumers as columns."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.writing.units import Flags, Floats, Ints


@dataclass
class Partners:
    """Columns of partners, (n,) unless said; moments are seconds from the window's start."""

    country: Ints
    trade: Ints
    city: Ints
    online: Flags
    weight: Floats
    opens: Floats
    closes: Floats  # inf: never
    sells_until: Floats
    price: Floats
    spread: Floats
    price_style: Ints
    badness: Floats
    returns: Floats
    hour_shift: Floats
    growth: Floats
    payday: Floats
    curve: Ints
    stem: Ints
    legal_stem: Ints
    name_style: Ints
    branch: Flags
    devices: Ints  # (n, 3), -1: none
    login_rate: Floats  # a week
    account: Ints
    later_account: Ints
    switch_s: Floats  # inf: never
    payout_every_s: Floats
    fee: Floats
    owner: Ints  # the owner's own account
    owner_draws: Flags
    bad_since_s: Floats
    bad_until_s: Floats
    bad_mix: Floats  # (n, 3) refunded, disputed, defaulted
    free: Flags  # not yet given a group
    in_ring: Flags
    soft: Flags  # in a ring of whose traces the payout account is none


@dataclass
class Consumers:
    """Columns of consumers, (n,); the first are ordinary, the rest spare and inactive until taken."""

    city: Ints
    country: Ints
    activity: Floats
    since_s: Floats
    risk: Floats
    returns: Floats
    loyalty: Floats
    device: Ints
    second_device: Ints  # -1: none
    device_switch_s: Floats
    account: Ints
    second_account: Ints  # -1: none
    in_ring: Flags
