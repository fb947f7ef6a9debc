"""What a world of this maker is like: drawn once, and the same for everybody in it."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from benchmarks.other_worlds.draws import DAY_S, Dice


class Habits(NamedTuple):
    """The settings of a world, in the order in which they are drawn: shares, unless the name says what."""

    days: float
    start_s: int
    countries: int
    cities_per_country: int
    popularity_sigma: float
    popularity_tail: float
    activity_sigma: float
    orders_per_consumer: float
    in_city: float
    in_country: float
    loyalty: float
    abroad: float
    refund_factor: float
    dispute_factor: float
    default_factor: float
    partner_bad_shape: float
    consumer_bad_shape: float
    deadbeats: float
    new_partners: float
    closing_partners: float
    change_bank: float
    spells: float
    undated: float
    no_device: float
    no_account: float
    household: float
    second_hand: float
    partners_per_ring: float
    fake_median: float
    fakes_per_consumer: float
    look_alike_factor: float
    labelled_rings: float
    wrong_labels: float
    cleared_factor: float
    session: float
    cluster: float
    between_people: float
    logins_per_day: float
    season: float
    staff_who_shop: float
    seasonal_shops: float
    exporters: float
    regulars: float
    rough_shops: float
    staff_factor: float
    agency_factor: float


def draw_habits(rng: Dice) -> Habits:
    """The habits of a world; a call's arguments are drawn from left to right."""
    return Habits(
        float(rng.integers(120, 275)),
        int(pd.Timestamp("2021-01-04").timestamp() + rng.integers(0, 1500) * DAY_S),
        int(rng.integers(2, 8)),
        int(rng.integers(4, 14)),
        popularity_sigma=rng.uniform(0.9, 1.5),
        popularity_tail=rng.uniform(0.03, 0.12),
        activity_sigma=rng.uniform(0.8, 1.4),
        orders_per_consumer=rng.uniform(7, 16),
        in_city=rng.uniform(0.4, 0.7),
        in_country=rng.uniform(0.2, 0.3),
        loyalty=rng.uniform(0.4, 0.75),
        abroad=rng.uniform(0.08, 0.2),
        refund_factor=rng.log_uniform(0.6, 1.7),
        dispute_factor=rng.log_uniform(0.7, 2.0),
        default_factor=rng.log_uniform(0.6, 1.6),
        partner_bad_shape=rng.uniform(0.7, 1.6),
        consumer_bad_shape=rng.uniform(0.25, 0.6),
        deadbeats=rng.uniform(0.01, 0.04),
        new_partners=rng.uniform(0.15, 0.32),
        closing_partners=rng.uniform(0.10, 0.22),
        change_bank=rng.uniform(0.15, 0.35),
        spells=rng.uniform(0.10, 0.22),
        undated=rng.uniform(0.005, 0.06),
        no_device=rng.uniform(0.05, 0.25),
        no_account=rng.uniform(0.05, 0.3),
        household=rng.uniform(0.12, 0.35),
        second_hand=rng.uniform(0.02, 0.08),
        partners_per_ring=rng.uniform(60, 80),
        fake_median=rng.uniform(0.22, 0.5),
        fakes_per_consumer=rng.uniform(3.2, 7),
        look_alike_factor=rng.uniform(1.0, 1.8),
        labelled_rings=rng.uniform(0.4, 0.6),
        wrong_labels=rng.uniform(0.01, 0.05),
        cleared_factor=rng.uniform(1.2, 3.5),
        session=rng.uniform(0.05, 0.2),
        cluster=rng.uniform(0.1, 0.35),
        between_people=rng.uniform(0.3, 1.2),
        logins_per_day=rng.log_uniform(0.06, 0.25),
        season=rng.uniform(0, 0.4),
        staff_who_shop=rng.uniform(0.08, 0.25),
        seasonal_shops=rng.uniform(0.15, 0.35),
        exporters=rng.uniform(0.08, 0.2),
        regulars=rng.uniform(0.2, 0.4),
        rough_shops=rng.uniform(0.05, 0.09),
        staff_factor=rng.uniform(8, 15),
        agency_factor=rng.uniform(1.6, 4),
    )
