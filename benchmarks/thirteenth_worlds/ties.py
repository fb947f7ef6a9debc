"""What joins shops behind the counter: the same shapes for crews and the honest, rarer for the careful.

Each function returns the devices or accounts that do the joining.
"""

from __future__ import annotations

import numpy as np

from benchmarks.thirteenth_worlds.market import Crew, Market
from benchmarks.writing.units import Floats, Ints


def _span(m: Market, shops: Ints, since: float, until: float) -> tuple[Floats, Floats]:
    first = np.maximum(m.shops.since[shops], max(since, 0.0))
    last = np.minimum(m.shops.until[shops], min(until, m.setting.days))
    return first, np.maximum(last, first + 0.5)


def same_logins(m: Market, shops: Ints, since: float, until: float, care: float) -> Ints:
    """One desk for all, a desk for each two neighbours, a desk of the month, or a rare visit."""
    n, way = len(shops), m.whole(0, 3)
    first, last = _span(m, shops, since, until)
    often = np.clip((last - first) / 7, 1, 60) * (1.25 - care) * m.draw(n, 0.2, 1.2)
    if way == 0:
        devices = m.devices(1)
        m.log_in(shops, devices[np.zeros(n, int)], first, last, often)
    elif way == 1:
        devices = m.devices(max(1, n - 1))
        for shift in (0, -1):
            place = np.clip(np.arange(n) + shift, 0, len(devices) - 1)
            m.log_in(shops, devices[place], first, last, often / 2)
    elif way == 2:
        devices = m.devices(m.whole(2, 4))
        for turn, desk in enumerate(devices.tolist()):
            there = m.rng.random(n) < 0.75
            since_then = first + (last - first) * turn / len(devices)
            until_then = first + (last - first) * (turn + 1) / len(devices)
            many = np.full(there.sum(), desk)
            m.log_in(shops[there], many, since_then[there], until_then[there], often[there] / 2)
    else:
        devices = m.devices(1)
        m.log_in(shops, devices[np.zeros(n, int)], first, last, np.full(n, 0.5 + 2 * (1 - care)))
    return devices


def same_payouts(m: Market, shops: Ints, since: float, until: float, care: float) -> Ints:
    """One bank for all, for neighbours, in turns, towards the end, or for a payout now and then."""
    n, way = len(shops), m.whole(0, 4)
    first, last = _span(m, shops, since, until)
    if way == 0:
        banks = m.accounts(1)
        m.pay_to(shops, banks[np.zeros(n, int)], first, last, 1 - 0.5 * care)
    elif way == 1:
        banks = m.accounts(max(1, n - 1))
        for shift in (0, -1):
            place = np.clip(np.arange(n) + shift, 0, len(banks) - 1)
            m.pay_to(shops, banks[place], first, last, 0.75 if shift else 0.5)
    elif way == 2:
        banks = m.accounts(max(2, n // 2))
        turns = m.whole(2, 3)
        for turn in range(turns):
            begins = first + (last - first) * turn / turns
            ends = first + (last - first) * (turn + 1) / turns
            m.pay_to(shops, banks[(np.arange(n) + turn) % len(banks)], begins, ends)
    elif way == 3:
        banks = m.accounts(1 + n // 6)
        late = first + (last - first) * m.draw(n, 0.4, 0.75)
        m.pay_to(shops, banks[np.arange(n) % len(banks)], late, last)
    else:
        banks = m.accounts(1)
        m.pay_to(shops, banks[np.zeros(n, int)], first, last, max(0.25, 0.5 * (1 - care)))
    return banks


def same_money(m: Market, shops: Ints, since: float, until: float, care: float) -> Ints:
    """What shops are paid goes on: to one purse, by middlemen, from shop to shop, or by layers."""
    n, way = len(shops), m.whole(0, 3)
    banks, share, lag = m.shops.bank[shops], m.one(0.35, 0.95), m.one(0.3, 4) + 3 * care
    if way == 0:
        got = m.accounts(1)
        m.sweep(banks, got[np.zeros(n, int)], share, lag, since, until)
    elif way == 1:
        got = m.accounts(m.whole(2, 4) + 1)
        m.sweep(banks, got[1 + np.arange(n) % (len(got) - 1)], share, lag, since, until)
        m.sweep(got[1:], np.full(len(got) - 1, got[0]), m.one(0.6, 0.97), lag, since, until)
    elif way == 2:
        got = banks
        m.sweep(banks, np.roll(banks, 1), share * 0.6, lag, since, until)
    else:
        got = m.accounts(m.whole(3, 5))
        m.sweep(banks, np.full(n, got[0]), share, lag, since, until)
        m.sweep(got[:-1], got[1:], m.one(0.7, 0.97), lag, since, until)
    return got


def tie(m: Market, crew: Crew, *wanted: str, others: float = 0.0) -> None:
    """Join the crew's shops by what of the wanted can be seen (or else by another), and more by chance."""
    seen = m.setting.channels
    chosen = [one for one in wanted if one in seen] or [str(m.rng.choice(seen))]
    chosen += [one for one in seen if one not in chosen and m.rng.random() < others * (1.3 - crew.care)]
    for channel, shops in zip(chosen, _parts(m, crew.shops, len(chosen), crew.care), strict=True):
        where = (shops, crew.since, crew.until, crew.care)
        if channel == "logins":
            crew.devices.append(same_logins(m, *where))
        elif channel == "payouts":
            crew.accounts.append(same_payouts(m, *where))
        else:
            crew.accounts.append(same_money(m, *where))


def _parts(m: Market, shops: Ints, channels: int, care: float) -> list[Ints]:
    """Which shops each channel joins: parts that overlap, and at times an outsider, honest."""
    order, n = m.rng.permutation(shops), len(shops)
    if channels == 1 or m.rng.random() > care + 0.2:
        parts = [shops] * channels
    else:
        size = max(2, int(np.ceil(n * m.one(0.55, 0.85))))
        parts = [np.sort(order[:size] if place % 2 else order[-size:]) for place in range(channels)]
    outsider = m.rng.integers(0, m.setting.partners, m.whole(1, 2))
    stray = m.rng.random(channels) < 0.3
    return [
        np.union1d(part, outsider) if one else part for part, one in zip(parts, stray.tolist(), strict=True)
    ]
