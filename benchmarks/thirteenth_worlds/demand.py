"""What ordinary people buy: in their district or online, mostly where they always do."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.thirteenth_worlds.market import Market
from benchmarks.thirteenth_worlds.setting import spread
from benchmarks.writing.units import NONE, Floats, Ints

_HAUNTS: Final = 5


def sell_to_all(m: Market, n: int) -> None:
    """About so many orders of everybody, crews' shops and straw buyers among them."""
    s, shops, people = m.setting, m.shops, m.people
    lived = (np.minimum(shops.until, s.days) - np.maximum(shops.since, 0)).clip(0) / s.days
    pull = shops.draw * (0.15 + 0.85 * lived) + 1e-12
    who = spread(m.rng, n, people.active)
    haunts = _choose(m, np.repeat(np.arange(s.consumers), _HAUNTS), pull).reshape(-1, _HAUNTS)
    usual = haunts[who, m.rng.integers(0, _HAUNTS, n)]
    shop = np.where(m.rng.random(n) < 0.6, usual, _choose(m, who, pull))
    t = m.when(n, np.maximum(shops.since[shop], 0), np.minimum(shops.until[shop], s.days), shops.hour[shop])
    t = _campaigns(m, shop, t)
    device = m.phone_of(who, t)
    desks = m.devices(s.districts * 2)  # of libraries and cafés
    abroad = m.rng.random(n) < s.public
    desk = desks[people.district[who] * 2 + m.rng.integers(0, 2, n)]
    m.sell(who, shop, t, device=np.where(abroad, desk, device))
    _for_themselves(m)


def _campaigns(m: Market, shop: Ints, t: Floats) -> Floats:
    """Most shops have days of their own: a fair, a season, a voucher; much of their trade falls then."""
    n, s, shops = m.setting.partners, m.setting, m.shops
    share = np.where(m.rng.random(n) < 0.7, m.draw(n, 0.05, 0.75), 0)
    since, until = np.maximum(shops.since, 0), np.minimum(shops.until, s.days)
    begins = since[:, None] + m.rng.random((n, 3)) * (until - since)[:, None]
    wide = np.exp(m.draw(n, -0.5, 3.4))
    moved = m.rng.random(len(t)) < share[shop]
    place = m.rng.integers(0, 3, len(t)) // m.rng.integers(1, 4, n)[shop]
    at = begins[shop, place]
    return np.where(moved, m.when(len(t), at, np.minimum(at + wide[shop], s.days), shops.hour[shop]), t)


def _choose(m: Market, who: Ints, pull: Floats) -> Ints:
    """A shop for each: near, as chance has it, or else anywhere in the country or abroad."""
    near = m.rng.random(len(who)) < m.setting.local
    local = _within(m, who, m.people.district, m.shops.district, pull)
    home = _within(m, who, m.people.country, m.shops.country, pull * np.where(m.shops.online, 1.6, 0.15))
    far = spread(m.rng, len(who), pull * (m.shops.online + 0.02))
    wide = np.where((home == NONE) | (m.rng.random(len(who)) < 0.08), far, home)
    return np.where(near & (local != NONE), local, wide)


def _within(m: Market, who: Ints, lives: Ints, lies: Ints, pull: Floats) -> Ints:
    """A shop of the area of each, NONE where there is none."""
    order = np.argsort(lies, kind="stable")
    filled = np.concatenate([[0.0], np.cumsum(pull[order])])
    edges = np.searchsorted(lies[order], np.arange(max(lives.max(), lies.max()) + 2))
    first, last = edges[lives[who]], edges[lives[who] + 1]
    at = filled[first] + m.rng.random(len(who)) * (filled[last] - filled[first])
    place = np.clip(np.searchsorted(filled, at, side="right") - 1, first, np.maximum(last - 1, first))
    return np.where(last > first, order[np.minimum(place, len(order) - 1)], NONE)


def _for_themselves(m: Market) -> None:
    """Owners try their own till, at times on the desk itself."""
    shops = np.flatnonzero(m.rng.random(m.setting.partners) < 0.3)
    shop = np.repeat(shops, m.rng.integers(1, 5, len(shops)))
    since = np.maximum(m.shops.since[shop], 0)
    t = m.when(len(shop), since, np.minimum(since + 60, m.setting.days))
    who = m.shops.owner[shop]
    device = np.where(m.rng.random(len(shop)) < 0.5, m.shops.desk[shop], m.phone_of(who, t))
    m.sell(who, shop, t, device=device)
