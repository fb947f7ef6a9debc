"""What becomes of a shop in other hands, in a ring or not."""

from __future__ import annotations

import numpy as np

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.world import World


def take_over(
    world: World, partner: int, moment_s: float, *, account: int, device: int, lag_days: float
) -> None:
    """New account within the lag, new machines within days."""
    rng = world.rng
    world.pay_into(partner, moment_s + rng.uniform(0, lag_days) * DAY_S, account)
    # the first two rules are those of all partners' own staff
    for partners, _, _, until, _ in world.logins[:2]:
        own = partners == partner
        until[own] = np.minimum(until[own], moment_s + rng.uniform(-2, 12) * DAY_S)
    since = moment_s - rng.uniform(0, 4) * DAY_S
    world.log_in(partner, device, world.habits.logins_per_day * rng.log_uniform(0.7, 2.5), since)


def copy_shop(world: World, source: int, target: int) -> None:
    """The target looks and sells like the source."""
    shops = world.partners
    for column in (
        shops.trade,
        shops.city,
        shops.country,
        shops.hour_shift,
        shops.local,
        shops.no_device,
        shops.no_account,
        shops.price_style,
        shops.sigma,
    ):
        column[target] = column[source]
    shops.median[target] = shops.median[source] * np.exp(world.rng.normal(0, 0.15))
    world.accounts["country"][shops.account[target]] = shops.country[target]
