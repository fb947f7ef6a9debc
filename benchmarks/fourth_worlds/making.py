"""The making of a world, from its size to its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.fourth_worlds.consumers import add_consumers
from benchmarks.fourth_worlds.dice import Dice, Rates
from benchmarks.fourth_worlds.labels import draw_labels
from benchmarks.fourth_worlds.look_alikes import plant_look_alikes
from benchmarks.fourth_worlds.orders import place_orders
from benchmarks.fourth_worlds.outcomes import settle_orders
from benchmarks.fourth_worlds.partners import add_partners
from benchmarks.fourth_worlds.payouts import draw_logins, pay_out
from benchmarks.fourth_worlds.rings import TYPOLOGIES, plant_rings
from benchmarks.fourth_worlds.settings import draw_settings
from benchmarks.fourth_worlds.tables import Events, write_tables
from benchmarks.fourth_worlds.trades import COUNTRIES, TRADES
from benchmarks.fourth_worlds.transfers import draw_transfers
from benchmarks.fourth_worlds.truth import write_truth
from benchmarks.fourth_worlds.world import World

USUAL_PARTNERS: Final = 2000
"""Partners of a usual world, for which the numbers of rings and honest groups are given."""
LEAST_PARTNERS, MOST_PARTNERS = 500, 3000
LEAST_ORDERS, MOST_ORDERS = 60_000, 300_000
LEAST_A_PARTNER, MOST_A_PARTNER = 60, 240
"""Orders a partner, on average: a ring needs some to hide among."""
STREAM: Final = 77_031
"""Apart from other uses of the same seed."""


def write_fourth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 500 to 3,000, and 60,000 to 300,000, of
    which each partner has 60 to 240 on average. Rings and honest groups are as many in proportion to the
    partners, but there is at least one ring of every typology. ValueError: so few partners or orders do not
    hold them.
    """
    world = draw_world(seed, partners, orders)
    placed, n_ordinary = place_orders(world)
    settled = settle_orders(world, placed, n_ordinary)
    payouts = pay_out(world, settled)
    transfers = draw_transfers(world, payouts)
    logins = draw_logins(world)
    events = Events(settled, payouts, transfers, logins)
    first = events.first(world)
    labels = draw_labels(world, settled, first)
    ids = write_tables(folder, world, events, first, labels)
    write_truth(folder.with_name(f"{folder.name}.truth"), world, ids, first, labels)


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> World:
    """Everybody and all plans, before anything happens."""
    dice = Dice(np.random.default_rng([STREAM, seed]))
    rng = dice.rng
    n_partners, n_orders = _size(dice)
    n_partners, n_orders = partners or n_partners, orders or n_orders
    scale = n_partners / USUAL_PARTNERS
    n_countries = dice.whole(3, 9)
    share = rng.dirichlet(np.full(n_countries, dice.uniform(0.5, 2))) + 0.02
    share /= share.sum()
    world = World(
        dice=dice,
        rates=Rates(np.random.default_rng([STREAM, seed, 1])),
        settings=draw_settings(dice),
        window=float(dice.whole(270, 560)),
        start=pd.Timestamp("2022-01-01", tz="UTC") + pd.Timedelta(days=dice.whole(0, 1000)),
        n_partners=n_partners,
        n_orders=n_orders,
        n_consumers=int(n_orders / dice.uniform(5, 10)),
        n_rings=max(len(TYPOLOGIES), round(dice.whole(25, 45) * scale)),
        scale=scale,
        countries=[COUNTRIES[one] for one in rng.permutation(len(COUNTRIES))[:n_countries]],
        country_share=share,
        n_cities=np.maximum(2, (share * dice.uniform(12, 40)).astype(np.int64)),
        trades=[TRADES[one] for one in rng.permutation(len(TRADES))[: dice.whole(13, 24)]],
    )
    add_consumers(world)
    add_partners(world)
    plant_rings(world)
    plant_look_alikes(world)
    return world


def _size(dice: Dice) -> tuple[int, int]:
    """Partners and orders of a world: all sizes are as likely, on a logarithmic scale."""
    partners = round(np.exp(dice.uniform(np.log(LEAST_PARTNERS), np.log(MOST_PARTNERS))))
    least = max(LEAST_ORDERS, LEAST_A_PARTNER * partners)
    most = min(MOST_ORDERS, MOST_A_PARTNER * partners)
    return partners, round(np.exp(dice.uniform(np.log(least), np.log(most))))
