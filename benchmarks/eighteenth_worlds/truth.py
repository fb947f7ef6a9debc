"""The truth: who is in which ring or honest group, as far as it shows in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.world import Plot, World

Row = tuple[str, int, str]
"""Kind, number and role of a member."""


@dataclass(frozen=True)
class Events:
    """All that happened, by number of shop, person, device and account."""

    orders: pd.DataFrame
    payouts: pd.DataFrame
    logins: pd.DataFrame
    transfers: pd.DataFrame | None

    def of(self, plot: Plot) -> Events:
        """What happened for a plot; payouts are those of its shops to its accounts."""
        paid = self.payouts[self.payouts["shop"].isin(plot.shops) & self.payouts["account"].isin(plot.payees)]
        orders, logins = (one[one["plot"] == plot.number] for one in (self.orders, self.logins))
        moved = None if self.transfers is None else self.transfers[self.transfers["plot"] == plot.number]
        return Events(orders, paid, logins, moved)

    def span(self) -> tuple[float, float]:
        """The first and the last moment."""
        frames = [self.orders, self.payouts, self.logins]
        if self.transfers is not None:
            frames.append(self.transfers)
        moments = pd.concat([one["at"] for one in frames])
        return float(moments.min()), float(moments.max())


def members(world: World, plot: Plot, events: Events) -> pd.DataFrame:
    """The members `kind` `number` `role` of a group that its own events show."""
    shown = events.of(plot)
    rows = [*_shops(world, plot, shown)]
    if not plot.story.by_crooks:
        rows += [("consumer", one, "buys") for one in _buyers(world, plot, shown)]
        rows += _shown("device", plot.phones, shown.orders["device"], "shared by buyers")
        rows += _shown("bank_account", plot.purses, shown.orders["account"], "pays for several")
    rows += _shown("device", plot.operators, shown.logins["device"], "operates")
    rows += _shown("bank_account", plot.payees, shown.payouts["account"], "receives payouts")
    if shown.transfers is not None:
        rows += _money(world, plot, shown.transfers)
    if plot.story.fraud:
        rows += _belongings(world, [one for kind, one, _ in rows if kind == "partner"], events)
    frame = pd.DataFrame(rows, columns=["kind", "number", "role"])
    return frame.drop_duplicates(["kind", "number"], ignore_index=True)


def _shops(world: World, plot: Plot, shown: Events) -> Iterator[Row]:
    """Its shops as far as its visits, logins, payouts or transfers show them."""
    if not plot.story.shops[1]:
        return
    seen = {*shown.orders["shop"], *shown.logins["shop"], *shown.payouts["shop"]}
    if shown.transfers is not None:
        ends = {*shown.transfers["from"], *shown.transfers["to"]}
        own = (world.tills[plot.shops], world.next_till[plot.shops])
        seen |= {shop for till in own for shop in plot.shops[np.isin(till, [*ends])].tolist()}
    others = set() if plot.story.fraud else set(world.in_rings().tolist())
    for shop in plot.shops.tolist():
        if shop in seen and shop not in others:
            yield "partner", shop, "shop"


def _buyers(world: World, plot: Plot, shown: Events) -> list[int]:
    """Those of its people whom two of its shops, its phones, its accounts or its money show."""
    orders = shown.orders
    common = orders["device"].isin(plot.phones) | orders["account"].isin(plot.purses)
    seen = {*orders["person"][common]}
    if plot.story.shops[1]:
        shops = orders.groupby("person")["shop"].nunique()
        seen |= {*shops.index[shops > 1]}
    if shown.transfers is not None:
        ends = {*shown.transfers["from"], *shown.transfers["to"]}
        seen |= {*plot.people[np.isin(world.wallets[plot.people], [*ends])].tolist()}
    return sorted(seen & {*orders["person"]})


def _money(world: World, plot: Plot, moved: pd.DataFrame) -> Iterator[Row]:
    own = {*world.tills[plot.shops], *world.next_till[plot.shops], *world.wallets[plot.people]}
    for account in _numbers(pd.concat([moved["from"], moved["to"]])):
        if account in plot.hubs:
            yield "bank_account", account, "gathers"
        elif account not in own and account not in plot.payees:
            yield "bank_account", account, "passes on"


def _belongings(world: World, shops: list[int], events: Events) -> Iterator[Row]:
    """The shops' own accounts and phones, which a ring's money and hands go through."""
    paid = events.payouts[events.payouts["shop"].isin(shops)]
    entered = events.logins[events.logins["shop"].isin(shops)]
    tills, phones = {*world.tills[shops], *world.next_till[shops]}, {*world.shop_phones[shops].ravel()}
    for account in _numbers(paid["account"]):
        if account in tills:
            yield "bank_account", account, "belongs to a shop"
    for device in _numbers(entered["device"]):
        if device in phones:
            yield "device", device, "belongs to a shop"


def _shown(kind: str, numbers: Iterable[int], where: pd.Series[int], role: str) -> list[Row]:
    seen = set(where)
    return [(kind, one, role) for one in numbers if one in seen]


def _numbers(column: pd.Series[int]) -> list[int]:
    return [int(one) for one in np.unique(column.to_numpy())]
