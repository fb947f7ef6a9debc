"""What differs between worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Habits:
    """Shares of 1, standard deviations of logarithms and factors, one draw a world."""

    orders_per_consumer: float
    loyalty: float  # share of orders at favourites
    local: float  # share of orders in one's own city
    abroad: float
    online: float  # share of partners
    popularity_sigma: float
    honest_close: float
    dormant: float
    new_partners: float
    household: float
    household_device: float
    household_account: float
    no_device: float
    no_account: float
    refund_scale: float
    dispute_scale: float
    default_scale: float
    badness_sigma: float
    bad_luck: float  # share of partners
    insolvent: float  # share of partners
    season: float
    weekly: float
    hour_sd: float  # hours
    account_switch: float
    ring_strength: float
    reviewed: float  # share of partners
    label_wrong: float
    consumer_reviewed: float
    no_outcome_moment: float
    same_day: float
    fresh_bias: float  # added to the share of a ring's consumers who are new
    second_device: float


def draw_habits(rng: np.random.Generator) -> Habits:
    """The habits of one world."""
    u = rng.uniform
    return Habits(
        orders_per_consumer=u(4, 9),
        loyalty=u(0.3, 0.65),
        local=u(0.3, 0.6),
        abroad=u(0.03, 0.15),
        online=u(0.3, 0.6),
        popularity_sigma=u(0.85, 1.25),
        honest_close=u(0.12, 0.22),
        dormant=u(0.05, 0.10),
        new_partners=u(0.35, 0.6),
        household=u(0.2, 0.45),
        household_device=u(0.35, 0.7),
        household_account=u(0.25, 0.6),
        no_device=u(0.02, 0.12),
        no_account=u(0.03, 0.2),
        refund_scale=u(0.6, 1.5),
        dispute_scale=u(0.7, 1.8),
        default_scale=u(0.7, 1.6),
        badness_sigma=u(0.5, 0.85),
        bad_luck=u(0.055, 0.1),
        insolvent=u(0.02, 0.04),
        season=u(0.1, 0.5),
        weekly=u(0.05, 0.35),
        hour_sd=u(2.5, 4.2),
        account_switch=u(0.1, 0.2),
        ring_strength=u(0.8, 1.2),
        reviewed=u(0.06, 0.15),
        label_wrong=u(0.02, 0.07),
        consumer_reviewed=u(0.004, 0.015),
        no_outcome_moment=u(0, 0.03),
        same_day=u(0.06, 0.16),
        fresh_bias=u(-0.12, 0.12),
        second_device=u(0.2, 0.45),
    )
