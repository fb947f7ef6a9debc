"""The published protocol for the card payments: who ranks next week's fraudulent payments best.

Fraud-Detection-Handbook (Le Borgne et al. 2022), its baseline: training is the week from 2018-07-25, what
is fraud becomes known 7 days later, the test is the week from 2018-08-08. Each day of it leaves out cards
whose fraud was known by then. Measured: ROC AUC and average precision over payments, and card precision: of
the 100 cards of a day with the highest-scored payment, how many were misused that day, a card found once
being taken out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from gnn.evaluation import average_precision

DAY: Final = pd.Timedelta(days=1)
TRAIN_FROM: Final = pd.Timestamp("2018-07-25", tz="UTC")
TRAIN_DAYS = DELAY_DAYS = TEST_DAYS = 7
TEST_FROM: Final = TRAIN_FROM + (TRAIN_DAYS + DELAY_DAYS) * DAY
CARDS: Final = 100

PUBLISHED: Final = {
    "logistic regression, published": (0.871, 0.606, 0.291),
    "random forest, published": (0.867, 0.658, 0.287),
    "XGBoost, published": (0.862, 0.639, 0.273),
}
"""AUC, average precision, card precision of the handbook's baselines, which see every payment's features."""


def week_ahead(orders: pd.DataFrame) -> pd.DataFrame:
    """The payments of the test week: `partner_id`, `consumer_id`, `day` (0 to 6), `fraud`.

    `orders` has `partner_id`, `consumer_id`, `placed_at`, `outcome`, disputed being fraud. A day leaves out
    cards with a fraud in the training week, or since then up to the day that is just known.
    """
    day = (orders.placed_at.dt.normalize() - TRAIN_FROM) // DAY
    fraud = orders.outcome == "disputed"
    first_known = day[fraud & (day >= 0)].groupby(orders.consumer_id).min()
    week = orders.assign(day=day - TRAIN_DAYS - DELAY_DAYS, fraud=fraud)
    week = week[(week.day >= 0) & (week.day < TEST_DAYS)]
    # on test day d what happened up to day TRAIN_DAYS + d - 1 of the training calendar is known
    known = week.consumer_id.map(first_known).fillna(np.inf) < TRAIN_DAYS + week.day
    return week.loc[~known, ["partner_id", "consumer_id", "day", "fraud"]]


def figures(payments: pd.DataFrame, score: NDArray[np.floating]) -> tuple[float, float, float]:
    """ROC AUC, average precision and card precision of a score (payments,)."""
    fraud = payments.fraud.to_numpy()
    return (
        float(roc_auc_score(fraud, score)),
        average_precision(score, fraud),
        card_precision(payments.assign(score=score)),
    )


def card_precision(scored: pd.DataFrame, *, cards: int = CARDS) -> float:
    """The mean over days of misused cards among the `cards` best, by `score`; found ones are taken out."""
    found: set[str] = set()
    shares = []
    for _, today in scored[["consumer_id", "day", "fraud", "score"]].groupby("day"):
        best = today[~today.consumer_id.isin(found)].groupby("consumer_id")[["score", "fraud"]].max()
        # equal scores in the order of the ids
        top = best.sort_index().sort_values("score", ascending=False, kind="stable").head(cards)
        found |= set(top.index[top.fraud])
        shares.append(float(top.fraud.sum()) / cards)
    return float(np.mean(shares)) if shares else float("nan")
