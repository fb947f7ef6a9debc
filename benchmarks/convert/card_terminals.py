"""Card payments at terminals (Fraud-Detection-Handbook, `simulated-data-raw`), by ULB and Worldline.

terminal -> partner, customer -> consumer, payment -> order. A fraudulent payment is `disputed`, every other
`paid`, and both become known a week after the payment, the delay that the handbook uses; were the honest
ones known at once, what is open would tell the fraud. The data names no currency (EUR is assumed), no names
(the id stands for it) and no beginning of a terminal (the day before the first payment is). No labels are
written.

Truth: `fraud_entities.parquet` with `kind`, `id`, `typology`, `first_at`, `last_at`: terminals compromised
for 28 days (scenario 2) and customers compromised for 14 days (scenario 3), from the first fraudulent
payment to the last. Scenario 1 (amounts above 220) is nobody's doing. These are single entities: the set
has no rings.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.convert.converted import Converted, named, read_source

KNOWN_AFTER = pd.Timedelta(days=7)
"""The delay until a fraud is known, as the handbook's experiments have it."""

_COLUMNS = (
    "TRANSACTION_ID",
    "TX_DATETIME",
    "CUSTOMER_ID",
    "TERMINAL_ID",
    "TX_AMOUNT",
    "TX_FRAUD",
    "TX_FRAUD_SCENARIO",
)
_SCENARIOS = (
    (2, "partner", "partner_id", "compromised terminal"),
    (3, "consumer", "consumer_id", "stolen card"),
)


def convert(source: Path) -> Converted:
    """Orders, partners and consumers of `<source>/transactions.parquet`."""
    payments = read_source(source, "transactions", _COLUMNS)
    placed_at = payments.TX_DATETIME.dt.tz_localize("UTC")
    orders = pd.DataFrame(
        {
            "order_id": named("payment", payments.TRANSACTION_ID),
            "placed_at": placed_at,
            "consumer_id": named("customer", payments.CUSTOMER_ID),
            "partner_id": named("terminal", payments.TERMINAL_ID),
            "amount": payments.TX_AMOUNT.astype("float64").round(2),
            "currency": "EUR",
            "outcome": payments.TX_FRAUD.map({0: "paid", 1: "disputed"}),
            "outcome_at": placed_at + KNOWN_AFTER,
        }
    )
    terminals = pd.DataFrame({"partner_id": sorted(orders.partner_id.unique())})
    begin = placed_at.min().normalize() - pd.Timedelta(days=1)
    partners = terminals.assign(name=terminals.partner_id, onboarded_at=begin)
    consumers = pd.DataFrame({"consumer_id": sorted(orders.consumer_id.unique())})
    return Converted(
        {"partners": partners, "consumers": consumers, "orders": orders},
        {"fraud_entities": _fraud_entities(orders, payments.TX_FRAUD_SCENARIO)},
    )


def _fraud_entities(orders: pd.DataFrame, scenario: pd.Series) -> pd.DataFrame:
    parts = []
    for number, kind, column, typology in _SCENARIOS:
        hit = orders[scenario == number].groupby(column).placed_at.agg(["min", "max"]).reset_index()
        hit.columns = pd.Index(["id", "first_at", "last_at"])
        hit.insert(0, "kind", kind)
        hit.insert(2, "typology", typology)
        parts.append(hit)
    return pd.concat(parts, ignore_index=True)
