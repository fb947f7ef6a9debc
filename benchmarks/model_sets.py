"""Public sets with labels as graphs that the product's own models read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from benchmarks.card_protocol import DAY, DELAY_DAYS, TEST_DAYS, TRAIN_DAYS, TRAIN_FROM, week_ahead
from gnn.models import Edges, GraphData, Labels, edges

Codes = NDArray[np.int64]
PAYMENT = "payment"
NEAREST = 20
"""Payments before, and as many after, that a payment hears of each thing it shares (s-ffsd)."""

WINDOWS = (1, 7, 30)
"""Days of the handbook's windows."""


@dataclass(frozen=True)
class Task:
    """A graph, labels to learn from with the validation part as fold 0, and what is measured on."""

    data: GraphData
    labels: Labels
    test: Codes
    fraud: NDArray[np.bool_]


def as_labels(train: Codes, valid: Codes, fraud: NDArray[np.bool_], seed: int) -> Labels:
    """Labels of both parts, `valid` as the one fold."""
    fold = np.full(len(fraud), -1)
    fold[valid] = 0
    known = np.sort(np.concatenate([train, valid]))
    frauds = fraud[known]
    none = np.zeros(0, dtype=np.int64)
    return Labels(known[frauds], known[~frauds], none, float(frauds.mean()), fold, seed)


def tolokers(source: Path) -> list[Task]:
    """The ten official splits of the workers; edges join workers of one task."""
    with np.load(source / "tolokers.npz") as raw:
        stored = {name: raw[name] for name in raw.files}
    left, right = stored["edges"].T
    fraud = stored["node_labels"] == 1
    both = edges(np.r_[left, right], np.r_[right, left], len(fraud))
    data = GraphData(
        {"worker": stored["node_features"]}, {("worker", "worked_with", "worker"): both}, "worker"
    )
    masks = zip(stored["train_masks"], stored["val_masks"], stored["test_masks"], strict=True)
    parts = (tuple(np.flatnonzero(mask) for mask in split) for split in masks)
    return [
        Task(data, as_labels(train, valid, fraud, seed), test, fraud)
        for seed, (train, valid, test) in enumerate(parts)
    ]


def s_ffsd(source: Path, *, by_time: bool = False) -> list[Task]:
    """Payments, each hearing the nearest in time of the same source, target, place and type.

    The published protocol draws its test at random: a payment may hear later ones, and the counts of its
    source and target are those of all time. `by_time` tests the last 40 % instead, and nothing later is
    heard or counted; verdicts count as known at once.
    """
    rows = pd.read_parquet(source / "transactions.parquet").sort_values("Time", kind="stable")
    fraud = rows.Labels.to_numpy() == 1
    labelled = np.flatnonzero(rows.Labels.to_numpy() != 2)
    amount = np.log1p(rows.Amount.to_numpy())
    own, ties = [amount, np.arange(len(rows)) / len(rows)], {}
    for name in ("Source", "Target", "Location", "Type"):
        code, _ = pd.factorize(rows[name], sort=True)
        ever = np.bincount(code)[code], np.bincount(code, amount)[code]
        count, total = _so_far(code, amount) if by_time else ever
        own += [np.log(count), total / count, amount - total / count]
        ties[PAYMENT, f"same_{name.lower()}", PAYMENT] = _nearest(code, amount, later=not by_time)
    data = GraphData({PAYMENT: np.stack(own, axis=1).astype(np.float32)}, ties, PAYMENT)
    train, valid, test = _by_time(labelled) if by_time else _by_chance(labelled, fraud)
    return [Task(data, as_labels(train, valid, fraud, 0), test, fraud)]


def _by_chance(labelled: Codes, fraud: NDArray[np.bool_]) -> tuple[Codes, Codes, Codes]:
    """Training, validation and test part as published; a fifth of what is not test is validation."""
    rest, test = train_test_split(labelled, test_size=0.4, stratify=fraud[labelled], random_state=2023)
    train, valid = train_test_split(rest, test_size=0.2, stratify=fraud[rest], random_state=0)
    return train, valid, test


def _by_time(labelled: Codes) -> tuple[Codes, Codes, Codes]:
    """The same shares, the earliest first."""
    train, valid, test = np.split(labelled, [int(0.48 * len(labelled)), int(0.6 * len(labelled))])
    return train, valid, test


def _so_far(code: Codes, amount: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many payments of its group there were up to each, itself too, and the sum of their amounts."""
    groups = pd.DataFrame({"code": code, "amount": amount}).groupby("code")
    return groups.cumcount().to_numpy() + 1.0, groups.amount.cumsum().to_numpy()


def _nearest(code: Codes, amount: NDArray[np.float64], *, later: bool) -> Edges:
    """Edges from the `NEAREST` payments before, where `later` from as many after, of the same group.

    Attributes: how many payments lie between, as a log, with its sign and without; by how much they differ.
    """
    order = np.argsort(code, kind="stable")
    source, target = [], []
    for step in range(1, NEAREST + 1):
        same = code[order[step:]] == code[order[:-step]]
        before, after = order[:-step][same], order[step:][same]
        source += [before, after] if later else [before]
        target += [after, before] if later else [after]
    heard, hears = np.concatenate(source), np.concatenate(target)
    gap = np.log1p(np.abs(heard - hears)) * np.sign(hears - heard)
    attributes = np.stack([gap, np.abs(gap), amount[hears] - amount[heard]], axis=1).astype(np.float32)
    return edges(heard, hears, len(code), attributes=attributes)


@dataclass(frozen=True)
class CardTask:
    """The handbook's week: a task, and the test payments as `card_protocol.figures` takes them."""

    task: Task
    payments: pd.DataFrame


def card_payments(source: Path) -> CardTask:
    """Payments of the training and the test week hear earlier ones of their card and of their terminal.

    A card's within 1, 7 and 30 days before; a terminal's in the same windows that end 7 days before, whose
    outcome is known by then and told by the edge. Nothing later is heard: the protocol is by time.
    """
    raw = pd.read_parquet(source / "transactions.parquet")
    raw["placed_at"] = raw.TX_DATETIME.dt.tz_localize("UTC")
    end = TRAIN_FROM + (TRAIN_DAYS + DELAY_DAYS + TEST_DAYS) * DAY
    begin = TRAIN_FROM - (max(WINDOWS) + DELAY_DAYS) * DAY
    rows = raw[(raw.placed_at >= begin) & (raw.placed_at < end)].sort_values(
        ["placed_at", "TRANSACTION_ID"], kind="stable", ignore_index=True
    )
    at = ((rows.placed_at - begin) // pd.Timedelta(seconds=1)).to_numpy()
    fraud = rows.TX_FRAUD.to_numpy() == 1
    amount = np.log1p(rows.TX_AMOUNT.to_numpy(np.float64))
    orders = pd.DataFrame(
        {
            "partner_id": rows.TERMINAL_ID.astype(str),
            "consumer_id": rows.CUSTOMER_ID.astype(str),
            "placed_at": rows.placed_at,
            "outcome": np.where(fraud, "disputed", "paid"),
        }
    )
    payments = week_ahead(orders)
    test = payments.index.to_numpy()
    day = ((rows.placed_at.dt.normalize() - TRAIN_FROM) // DAY).to_numpy()
    train = np.flatnonzero((day >= 0) & (day < TRAIN_DAYS))
    asked = np.sort(np.concatenate([train, test]))
    hour = rows.placed_at.dt.hour.to_numpy()
    own = [rows.TX_AMOUNT, rows.placed_at.dt.day_of_week >= 5, hour <= 6, amount]
    x = {PAYMENT: np.stack([np.asarray(column, dtype=np.float32) for column in own], axis=1)}
    ties = {}
    for days in WINDOWS:
        card = _earlier(rows.CUSTOMER_ID.to_numpy(), at, asked, days, delay=0)
        shop = _earlier(rows.TERMINAL_ID.to_numpy(), at, asked, days, delay=DELAY_DAYS)
        ties[PAYMENT, f"card_{days}", PAYMENT] = _attributed(card, len(rows), at, amount, None)
        ties[PAYMENT, f"terminal_{days}", PAYMENT] = _attributed(shop, len(rows), at, amount, fraud)
    # the last day of the training week is what choices are made on
    valid = train[day[train] == TRAIN_DAYS - 1]
    labels = as_labels(np.setdiff1d(train, valid), valid, fraud, 0)
    return CardTask(Task(GraphData(x, ties, PAYMENT), labels, test, fraud), payments)


def _attributed(
    ends: tuple[Codes, Codes],
    size: int,
    at: Codes,
    amount: NDArray[np.float64],
    fraud: NDArray[np.bool_] | None,
) -> Edges:
    """Attributes: the log of the hours between, the difference of log amounts, and the outcome if known."""
    heard, hears = ends
    columns = [np.log1p((at[hears] - at[heard]) / 3600), amount[hears] - amount[heard]]
    if fraud is not None:
        columns.append(fraud[heard].astype(np.float64))
    return edges(heard, hears, size, attributes=np.stack(columns, axis=1).astype(np.float32))


def _earlier(
    owner: NDArray[np.integer], at: Codes, asked: Codes, days: int, *, delay: int
) -> tuple[Codes, Codes]:
    """Who hears whom: payments of the same owner from `days` before until `delay` days before, not the same.

    `at` are seconds, ascending; `asked` the payments that hear.
    """
    order = np.argsort(owner, kind="stable")
    heard, hears = _windows(owner[order].astype(np.int64), at[order], np.isin(order, asked), days, delay)
    return order[heard], order[hears]


@numba.njit
def _windows(
    owner: Codes, at: Codes, asked: NDArray[np.bool_], days: int, delay: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    latest, earliest = delay * 86_400, (days + delay) * 86_400
    room = 0
    for turn in range(2):
        if turn:
            heard, hears = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        count, first, after = 0, 0, 0
        for i in range(len(owner)):
            if i and owner[i] != owner[i - 1]:
                first, after = i, i
            while first < i and at[i] - at[first] > earliest:
                first += 1
            after = max(after, first)
            while after < i and at[i] - at[after] > latest:
                after += 1
            if not asked[i]:
                continue
            for j in range(first, after):
                if turn:
                    heard[count], hears[count] = j, i
                count += 1
        room = count
    return heard, hears
