"""The consumers, before any story touches them."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.people import Consumers
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints


def add_consumers(world: World) -> None:
    """Draw the consumers of a world: a few return a lot, dispute a lot, or some day cannot pay any more."""
    rng, dice, settings = world.rng, world.dice, world.settings
    n, window = world.n_consumers, world.window
    country = rng.choice(len(world.countries), n, p=world.country_share)
    swaps = np.where(rng.random(n) < dice.uniform(0.05, 0.25), rng.uniform(0, window, n), np.inf)
    fails = rng.random(n) < dice.uniform(0.02, 0.045)
    world.people = Consumers(
        country=country,
        city=(rng.random(n) ** 1.5 * world.n_cities[country]).astype(np.int64),
        activity=np.exp(rng.normal(0, settings.consumer_activity_sd, n)),
        loyalty=rng.beta(2 * settings.loyal + 0.3, 2 * (1 - settings.loyal) + 0.3, n),
        refund_factor=_uneven(world, 0.9, dice.uniform(0.015, 0.04), (5, 14)),
        dispute_factor=_uneven(world, 0.6, dice.uniform(0.002, 0.008), (15, 60)),
        default_factor=rng.gamma(0.35, 1 / 0.35, n),
        fails_from=np.where(fails, rng.uniform(0.1, 1, n) * window, np.inf),
        fail_chance=rng.uniform(0.3, 0.9, n),
        joins=np.where(
            rng.random(n) < settings.new_consumers, rng.uniform(0, window, n), -rng.exponential(400, n)
        ),
        device=world.new_devices(n),
        second_device=_devices_for(world, rng.random(n) < dice.uniform(0.25, 0.55)),
        second_share=rng.uniform(0.05, 0.4, n),
        swaps=swaps,
        new_device=_devices_for(world, np.isfinite(swaps)),
        account=world.new_accounts(country),
        second_account=_accounts_for(world, rng.random(n) < settings.second_account, country),
        in_ring=np.zeros(n, np.bool_),
    )


def _uneven(world: World, shape: float, share: float, factor: tuple[float, float]) -> Floats:
    """Factors of mean 1 by a gamma distribution, many times as high for a share of consumers."""
    rng, n = world.rng, world.n_consumers
    usual = rng.gamma(shape, 1 / shape, n)
    return np.where(rng.random(n) < share, usual * rng.uniform(*factor, n), usual)


def _devices_for(world: World, who: Flags) -> Ints:
    devices = np.full(len(who), -1)
    devices[who] = world.new_devices(int(who.sum()))
    return devices


def _accounts_for(world: World, who: Flags, country: Ints) -> Ints:
    accounts = np.full(len(who), -1)
    accounts[who] = world.new_accounts(country[who])
    return accounts
