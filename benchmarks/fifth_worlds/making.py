"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.fifth_worlds.aftermath import OUTCOMES, Moves, move_money, pay_out, review, settle, sign_in
from benchmarks.fifth_worlds.climate import CURRENCIES, RATES, draw_climate
from benchmarks.fifth_worlds.commons import join_in_groups
from benchmarks.fifth_worlds.custom import Orders, run_errands, shop, thin, together
from benchmarks.fifth_worlds.operators import act, plan_rings
from benchmarks.fifth_worlds.society import KINDS, NEVER, TRADES, Firms, World, settle_society
from benchmarks.writing.tables import TABLES, numbered
from benchmarks.writing.units import Floats, Ints, Texts, earliest, where_known

STREAM = 5_005
SPARE = 1.25
"""Orders simulated for one that is kept: some fall on days when their firm was shut."""


def write_fifth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 500 to 3,000 and 60,000 to 300,000.
    """
    rng = [np.random.default_rng([STREAM, seed, part]) for part in range(8)]
    climate = draw_climate(rng[0], partners, orders)
    world = settle_society(rng[1], climate)
    join_in_groups(rng[2], world)
    plan_rings(rng[3], world)
    bought = _all_orders(rng[4], world)
    outcome, known = settle(rng[5], world, bought)
    payouts = pay_out(rng[5], world, bought, outcome)
    moves = move_money(rng[5], world, payouts)
    logins = sign_in(rng[5], world)
    verdicts = review(rng[6], world, bought, outcome, moves)
    _Writer(rng[7], folder, world).write(bought, outcome, known, payouts, moves, logins, verdicts)


def _all_orders(rng: np.random.Generator, world: World) -> Orders:
    """Honest custom first, then what operators hide in it; as many as wanted where there are enough."""
    errands = [run_errands(rng, world, one) for one in world.errands]
    wanted = world.climate.orders
    honest = together([shop(rng, world, int(SPARE * wanted)), *errands])
    honest = thin(rng, honest, wanted)
    weeks = world.climate.weeks
    where = honest.firm * weeks + (honest.t // 7).astype(np.int64)
    custom = np.bincount(where, minlength=len(world.firms.town) * weeks).reshape(-1, weeks).astype(np.float64)
    planned = [run_errands(rng, world, act(rng, world, ring, custom)) for ring in world.rings]
    left = wanted - sum(len(one.t) for one in planned)
    return together([thin(rng, honest, left), *planned])


def _moments(start: np.datetime64, day: Floats) -> pd.DatetimeIndex:
    """Days since the start as moments to the millisecond, missing where NaN."""
    ms = np.where(np.isfinite(day), np.round(day * 86_400_000 / 1000) * 1000, 0).astype("timedelta64[ms]")
    moments = start.astype("datetime64[ms]") + ms
    moments[~np.isfinite(day)] = np.datetime64("NaT")
    return pd.DatetimeIndex(moments).tz_localize("UTC")


def _names(firms: Firms, town: Texts) -> list[str]:
    forms = ("{0} {1}", "{0}", "{2} {0} {1}", "{0} & Co", "{1} {0}")
    return [
        forms[style].format(brand, TRADES[trade].word, where)
        for style, brand, trade, where in zip(
            firms.style, firms.brand, firms.trade, town[firms.town], strict=True
        )
    ]


class _Writer:
    """Gives everybody an id and writes the tables; an entity is written where an event names it."""

    def __init__(self, rng: np.random.Generator, folder: Path, world: World) -> None:
        self.rng, self.folder, self.world = rng, folder, world
        self.beside = folder.with_name(f"{folder.name}.truth")
        many = (len(world.firms.town), len(world.people.town), world.things.devices, world.things.accounts)
        self.draw_ids = numbered(rng, "PCDAOYT", gap=97, least=10**7)
        self.ids = {kind: self.draw_ids(kind, n) for kind, n in zip(TABLES, many, strict=True)}
        for made in (folder, self.beside):
            made.mkdir(parents=True, exist_ok=True)

    def write(
        self,
        orders: Orders,
        outcome: Ints,
        known: Floats,
        payouts: Moves,
        moves: Moves,
        logins: tuple[Ints, Ints, Floats],
        verdicts: pd.DataFrame,
    ) -> None:
        """All tables and the truth."""
        self._events(orders, outcome, known, payouts, moves, logins)
        first = self._first_seen(orders, payouts, moves, logins)
        self._entities(first)
        verdicts = verdicts[
            [np.isfinite(first[k][n]) for k, n in zip(verdicts.kind, verdicts.number, strict=True)]
        ]
        named = [self.ids[kind][number] for kind, number in zip(verdicts.kind, verdicts.number, strict=True)]
        self._table(
            "labels", kind=verdicts.kind, id=named, verdict=verdicts.verdict, known_at=self._at(verdicts.day)
        )
        self._truth(first, set(named))

    def _at(self, day: Floats | pd.Series) -> pd.DatetimeIndex:
        return _moments(self.world.climate.start, np.asarray(day, np.float64))

    def _table(self, table: str, /, **columns: object) -> None:
        frame = pd.DataFrame({key: np.asarray(one) if not isinstance(one, pd.DatetimeIndex) else one
                              for key, one in columns.items()})  # fmt: skip
        frame.to_parquet(self.folder / f"{table}.parquet", index=False)

    def _or_none(self, kind: str, number: Ints) -> Texts:
        return where_known(self.ids[kind][number], number >= 0)

    def _money(self, firm: Ints, amount: Floats) -> tuple[Floats, Texts]:
        """Euros as the money of each firm's country, the first country's where there is no firm."""
        names = np.array([CURRENCIES[one] for one in self.world.climate.countries], object)
        rates = np.array([RATES[str(one)] for one in names])
        country = np.where(firm >= 0, self.world.firms.country[firm], 0)
        local = amount * rates[country]
        return np.where(rates[country] == 1, amount, np.round(local, 2)), names[country]

    def _events(
        self,
        orders: Orders,
        outcome: Ints,
        known: Floats,
        payouts: Moves,
        moves: Moves,
        logins: tuple[Ints, Ints, Floats],
    ) -> None:
        amount, currency = self._money(orders.firm, orders.amount)
        self._table(
            "orders",
            order_id=self.draw_ids("order", len(orders.t)),
            placed_at=self._at(orders.t),
            consumer_id=self.ids["consumer"][orders.consumer],
            partner_id=self.ids["partner"][orders.firm],
            device_id=self._or_none("device", orders.device),
            account_id=self._or_none("bank_account", orders.account),
            amount=amount,
            currency=currency,
            outcome=np.array(OUTCOMES, object)[outcome],
            outcome_at=self._at(known),
        )
        amount, currency = self._money(payouts.firm, payouts.amount)
        self._table(
            "payouts",
            payout_id=self.draw_ids("payout", len(payouts.t)),
            paid_at=self._at(payouts.t),
            partner_id=self.ids["partner"][payouts.firm],
            account_id=self.ids["bank_account"][payouts.target],
            amount=amount,
            currency=currency,
        )
        amount, currency = self._money(moves.firm, moves.amount)
        self._table(
            "transfers",
            transfer_id=self.draw_ids("transfer", len(moves.t)),
            at=self._at(moves.t),
            from_account_id=self.ids["bank_account"][moves.source],
            to_account_id=self.ids["bank_account"][moves.target],
            amount=amount,
            currency=currency,
        )
        firm, device, t = logins
        self._table(
            "partner_logins",
            partner_id=self.ids["partner"][firm],
            device_id=self.ids["device"][device],
            at=self._at(t),
        )

    def _first_seen(
        self, orders: Orders, payouts: Moves, moves: Moves, logins: tuple[Ints, Ints, Floats]
    ) -> dict[str, Floats]:
        """For each kind, (entities,) the day of its first event; NaN where no event names it."""
        uses = {
            "partner": [(np.arange(len(self.world.firms.town)), self.world.firms.opened)],
            "consumer": [(orders.consumer, orders.t)],
            "device": [(orders.device, orders.t), (logins[1], logins[2])],
            "bank_account": [
                (orders.account, orders.t), (payouts.target, payouts.t), (moves.source, moves.t),
                (moves.target, moves.t),
            ],
        }  # fmt: skip
        first = {kind: earliest(len(self.ids[kind]), *pairs) for kind, pairs in uses.items()}
        return {kind: np.where(np.isfinite(day), day, np.nan) for kind, day in first.items()}

    def _entities(self, first: dict[str, Floats]) -> None:
        world, rng = self.world, self.rng
        firms, people, codes = world.firms, world.people, np.array(world.climate.countries, object)
        towns = np.array(
            [f"Town {one}" if one % 3 else f"Port {one}" for one in range(len(world.town_country))], object
        )
        order = rng.permutation(len(firms.town))
        legal = [f"{one} {('Ltd', 'Group', 'Trading')[len(one) % 3]}" for one in firms.legal]
        site = [f"https://{one.lower()}{i % 90}.example" for i, one in enumerate(firms.brand)]
        legal_name = where_known(np.array(legal, object), rng.random(len(order)) < 0.8)
        website = where_known(np.array(site, object), rng.random(len(order)) < 0.65)
        closed = np.where((firms.closed < world.climate.days) & (firms.closed < NEVER), firms.closed, np.nan)
        self._table(
            "partners",
            partner_id=self.ids["partner"][order],
            name=np.array(_names(firms, towns), object)[order],
            legal_name=legal_name[order],
            category=np.array([one.mcc for one in TRADES], object)[firms.trade][order],
            country=codes[firms.country][order],
            website=website[order],
            onboarded_at=self._at(firms.opened[order]),
            closed_at=self._at(closed[order]),
        )
        some = self._present(first["consumer"])
        joined = np.where(rng.random(len(some)) < 0.97, people.joined[some], np.nan)
        self._table(
            "consumers",
            consumer_id=self.ids["consumer"][some],
            country=codes[world.town_country[people.town[some]]],
            created_at=self._at(joined),
        )
        some = self._present(first["device"])
        kinds = np.concatenate(world.things.device_kind)[some]
        earlier = first["device"][some] - np.where(
            rng.random(len(some)) < 0.6, 0, rng.exponential(90, len(some))
        )
        self._table(
            "devices",
            device_id=self.ids["device"][some],
            kind=np.array(KINDS, object)[kinds],
            first_seen_at=self._at(np.where(rng.random(len(some)) < 0.9, earlier, np.nan)),
        )
        some = self._present(first["bank_account"])
        begin, late = first["bank_account"][some], first["bank_account"][some] > 30
        recent = late & (rng.random(len(some)) < 0.35)
        age = np.where(recent, rng.lognormal(3.2, 1.1, len(some)), rng.lognormal(6.6, 0.9, len(some)))
        opened = np.where(rng.random(len(some)) < 0.85, begin - age, np.nan)
        self._table(
            "bank_accounts",
            account_id=self.ids["bank_account"][some],
            country=codes[np.concatenate(world.things.account_country)[some]],
            opened_at=self._at(opened),
        )

    def _present(self, first: Floats) -> Ints:
        """Those whom an event names, in no telling order."""
        return self.rng.permutation(np.flatnonzero(np.isfinite(first)))

    def _truth(self, first: dict[str, Floats], labelled: set[str]) -> None:
        rings, members, inside = [], [], set()
        numbers = self.rng.permutation(len(self.world.rings))
        for number, ring in zip(numbers, self.world.rings, strict=True):
            ring_id, seen = f"R{number + 1:03d}", False
            for kind, entities in (
                ("partner", ring.firms), ("consumer", ring.people), ("device", ring.devices),
                ("bank_account", ring.accounts),
            ):  # fmt: skip
                for one in np.unique(np.asarray(entities, np.int64)):
                    if np.isfinite(first[kind][one]):
                        name = self.ids[kind][one]
                        members.append((ring_id, kind, name))
                        inside.add(name)
                        seen |= kind in ("partner", "consumer") and name in labelled
            rings.append((ring_id, ring.typology, ring.care, seen))
        alike = [
            (group, what, kind, self.ids[kind][one])
            for group, what, kind, one in self.world.alike
            if np.isfinite(first[kind][one]) and self.ids[kind][one] not in inside
        ]
        tables = {
            "rings": pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"]),
            "ring_members": pd.DataFrame(members, columns=["ring_id", "kind", "id"]),
            "look_alikes": pd.DataFrame(alike, columns=["group_id", "look_alike", "kind", "id"]),
        }
        for name, frame in tables.items():
            frame.to_parquet(self.beside / f"{name}.parquet", index=False)
