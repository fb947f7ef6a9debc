"""A world of the twelfth maker, from its seed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.crews import SCHEMES, plan_crews
from benchmarks.twelfth_worlds.custom import (
    Market,
    bursts,
    drop_ship,
    form_habits,
    mall_trips,
    shop,
    strike,
    subscriptions,
)
from benchmarks.twelfth_worlds.endings import end_orders
from benchmarks.twelfth_worlds.firms import make_firms, own_access
from benchmarks.twelfth_worlds.money import move_money, pay_out
from benchmarks.twelfth_worlds.people import PHONE, alike_people, make_people
from benchmarks.twelfth_worlds.plays import play
from benchmarks.twelfth_worlds.reviews import review
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.twelfth_worlds.setting import Calendar, draw_setting
from benchmarks.twelfth_worlds.telling import tell
from benchmarks.twelfth_worlds.ties import tie_firms
from benchmarks.writing.events import Book, Events, Logins
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import Counted, joined, only

MOST_LOGINS: Final = 60
"""Of a firm from one device."""
MOST_BUYERS: Final = 150
"""Of phones of others, that the truth tells."""


def write_twelfth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth beside it.

    The seed alone says what the world is like; `partners` and `orders` fix its size. ValueError: too small.
    """
    rng = np.random.default_rng([seed, 0x12])
    scene = _found(rng, partners, orders)
    tie_firms(scene)
    crews = plan_crews(scene)
    play(scene, crews)
    book = end_orders(scene, _trade(scene))
    pay = pay_out(scene, book)
    move_money(scene, pay, book, crews)
    events = Events(book, pay, joined(scene.moves.parts), _log_in(scene))
    labels = review(scene, book, crews)
    _note_people(scene)
    tell(scene, folder, events, labels, [crew.planted() for crew in crews])


def _found(rng: np.random.Generator, partners: int | None, orders: int | None) -> Scene:
    """The people and firms of a market, before anything ties them."""
    setting = draw_setting(rng, len(SCHEMES), partners, orders)
    share = rng.dirichlet(np.full(len(setting.countries), 1.5))
    city_country = rng.choice(len(setting.countries), setting.cities, p=share)
    ids = Counted()
    people = make_people(rng, setting, ids, city_country)
    firms = make_firms(rng, setting, people, ids, city_country)
    access = own_access(rng, firms, people, ids)
    return Scene(rng, setting, Calendar(rng, setting.days), ids, people, firms, access, city_country)


def _trade(scene: Scene) -> Book:
    """All orders: the crews' are there, honest ones fill the rest."""
    market = Market(scene)
    form_habits(scene, market)
    bursts(scene, market)
    strike(scene, market)
    subscriptions(scene)
    room = scene.setting.orders - sum(len(one.t) for one in scene.sales)
    shop(scene, market, max(room, scene.setting.orders // 3))
    mall_trips(scene, market)
    drop_ship(scene, market)
    book = joined(scene.sales)
    firms, people = scene.firms, scene.people
    fits = (book.t >= firms.opened[book.firm]) & (book.t < firms.closed[book.firm])
    fits &= (book.t >= people.joined[book.consumer]) & (book.t >= 0) & (book.t < scene.setting.days - 1e-3)
    return only(book, fits)


def _log_in(scene: Scene) -> Logins:
    """Log-ins from all machines that have access, at a desk's hours."""
    rng, firms, days = scene.rng, scene.firms, float(scene.setting.days)
    access = joined(scene.access)
    since = np.maximum(np.maximum(access.since, firms.opened[access.firm] - 10), 0)
    until = np.minimum(np.minimum(access.until, firms.closed[access.firm] + 30), days)
    weeks = np.maximum(until - since, 0) / 7
    counts = np.minimum(rng.poisson(access.weekly * weeks), MOST_LOGINS)
    row = np.repeat(np.arange(len(counts)), counts)
    t = scene.calendar.draw(rng, since[row], until[row], desk=True)
    return Logins(access.firm[row], access.device[row], t)


def _note_people(scene: Scene) -> None:
    """Who of the consumers looks like a crew, and whose phone was another's."""
    scene.alike += alike_people(scene.rng, scene.people)
    old, new = scene.people.devices[:, PHONE], scene.people.new_phone
    buyers = scene.rng.permutation(np.flatnonzero(np.isin(new, old)))[:MOST_BUYERS]
    if len(buyers):
        scene.alike.append(Alike("second_hand", "consumer", buyers, np.arange(len(buyers))))
