"""A world from its seed: setting, people, crews, groups, trade, money, and what is written of it all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.thirteenth_worlds import plays_goods, plays_paper, plays_people
from benchmarks.thirteenth_worlds.backs import BACKS
from benchmarks.thirteenth_worlds.crowds import CROWDS
from benchmarks.thirteenth_worlds.demand import sell_to_all
from benchmarks.thirteenth_worlds.market import Crew, Market
from benchmarks.thirteenth_worlds.reviews import review
from benchmarks.thirteenth_worlds.setting import draw_setting
from benchmarks.thirteenth_worlds.settling import settle
from benchmarks.thirteenth_worlds.writing import write
from benchmarks.writing.units import NO_INTS, log_uniform

PLAYS: Final[dict[str, Callable[[Market, Crew], None]]] = {
    "device_farm": plays_goods.device_farm,
    "collusion": plays_goods.collusion,
    "payout_sharing": plays_goods.payout_sharing,
    "bust_out": plays_goods.bust_out,
    "cash_out": plays_goods.cash_out,
    "triangulation": plays_goods.triangulation,
    "shell_network": plays_paper.shell_network,
    "phoenix": plays_paper.phoenix,
    "laundering": plays_paper.laundering,
}
"""What rings of shops do."""

PEOPLE_PLAYS: Final[dict[str, Callable[[Market, Crew], None]]] = {
    "refund_abuse": plays_people.refund_abuse,
    "synthetic_identity": plays_people.synthetic_identity,
    "stolen_cards": plays_people.stolen_cards,
}
"""What rings without a shop do."""


def write_thirteenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write the seed's world to the folder, and its truth beside it; sizes are the seed's if not given.

    ValueError: too few partners or orders to hold rings.
    """
    rng = np.random.default_rng([13, seed])
    market = Market(rng, draw_setting(rng, partners, orders))
    _form_crews(market)
    _form_groups(market)
    for shops in market.wronged:
        market.resembles("robbed shops", shops)
    so_far = sum(len(one.t) for one in market.sales)
    sell_to_all(market, max(market.setting.orders - so_far, market.setting.orders // 3))
    events = settle(market)
    write(market, folder, events, review(market))


def _form_crews(m: Market) -> None:
    plays = _programme(m)
    for typology in plays:
        care = float(np.clip(m.rng.normal(m.setting.care, 0.2), 0.02, 0.98))
        days = m.setting.days
        since = m.one(0.02, 0.6) * days
        until = min(since + log_uniform(m.rng, 45, 0.9 * days), 0.96 * days)
        crew = Crew(typology, care, NO_INTS, since, until)
        if typology in PEOPLE_PLAYS:
            PEOPLE_PLAYS[typology](m, crew)
        else:
            most = max(4, min(14, m.setting.partners // 30))
            crew.shops = m.take_shops(round(log_uniform(m.rng, 2.6, most)), near=m.rng.random() < 0.1)
            if len(crew.shops) < 3:
                continue
            _move_in(m, crew)
            PLAYS[typology](m, crew)
        m.crews.append(crew)


def _programme(m: Market) -> list[str]:
    """What this world's rings do: some of it often, some not at all."""
    names = np.array([*PLAYS, *PEOPLE_PLAYS])
    liked = m.rng.dirichlet(np.full(len(names), 3.0)) * np.where(np.isin(names, [*PEOPLE_PLAYS]), 0.7, 1)
    if "payouts" not in m.setting.channels:
        liked[names == "payout_sharing"] = 0
    return [str(one) for one in m.rng.choice(names, m.setting.rings, p=liked / liked.sum())]


def _move_in(m: Market, crew: Crew) -> None:
    """Shops open before the crew's work is half done; some were opened for it, some bought or turned."""
    shops = crew.shops
    middle = (crew.since + crew.until) / 2
    late = m.shops.since[shops] > middle
    for_it = late | (m.rng.random(len(shops)) < 0.3)
    opened = crew.since - m.rng.exponential(20, len(shops))
    m.shops.since[shops] = np.where(for_it, opened, m.shops.since[shops])
    m.shops.until[shops] = np.where(m.shops.until[shops] < crew.until, np.inf, m.shops.until[shops])


def _form_groups(m: Market) -> None:
    """Honest groups of every kind, as far as there are shops that nobody has taken."""
    kinds = [(form, often) for form, often in (*BACKS, *CROWDS)]
    for place in m.rng.permutation(len(kinds)).tolist():
        form, often = kinds[place]
        for _ in range(int(m.rng.poisson(often * m.setting.groups * 1.2)) + int(often >= 3)):
            if (~m.shops.busy).mean() > 0.3 and (~m.people.busy).mean() > 0.3:
                form(m)


__all__ = ["PEOPLE_PLAYS", "PLAYS", "write_thirteenth_world"]
