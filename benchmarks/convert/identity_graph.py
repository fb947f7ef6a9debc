"""Accounts that share telephones and net, postal and mail addresses (the identity sample of AWS Neptune).

merchant -> partner, account -> consumer, transaction -> order, and the IP address or telephone that a
transaction carries -> device: it is what ties accounts together. A birth date, postal or mail address stays
an extra column of its consumer, joined by "; " where there are several: two people born on one day share
nothing. What an account registered with but never paid from is left out, since the contract ties consumers
to devices by orders alone. All orders are `paid`, a day later; USD and the merchants' beginning (the day
before the first transaction) are assumed. The set states no truth: look at the rings by eye.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.convert.converted import Converted, read_source

_EXTRA = {"DateOfBirth": "birth_date", "Address": "address", "EmailAddress": "email"}


def convert(source: Path) -> Converted:
    """Orders, partners, consumers and devices of `nodes.parquet` and `edges.parquet`."""
    nodes = read_source(
        source, "nodes", ("id", "label", "last_name", "first_name", "value", "name", "amount", "created")
    )
    edges = read_source(source, "edges", ("type", "src", "dst", "sl", "dl"))
    orders = _orders(nodes, edges)
    begin = orders.placed_at.min().normalize() - pd.Timedelta(days=1)
    merchants = nodes[nodes.label == "Merchant"].sort_values("id")
    used = nodes[nodes.id.isin(orders.device_id)].sort_values("id")
    tables = {
        "partners": pd.DataFrame({"partner_id": merchants.id, "name": merchants.name, "onboarded_at": begin}),
        "consumers": _consumers(nodes, edges),
        "devices": pd.DataFrame(
            {
                "device_id": used.id,
                "kind": used.label.map({"PhoneNumber": "mobile"}).fillna("unknown"),
                "value": used.value,
            }
        ),
        "orders": orders,
    }
    return Converted(tables)


def _orders(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    payments = nodes[nodes.label == "Transaction"].sort_values("id")
    at_transaction = edges[edges.type == "FEATURE_OF_TRANSACTION"].sort_values("src").drop_duplicates("dst")
    device = at_transaction.set_index("dst").src
    account = edges[edges.type == "ACCOUNT"].set_index("src").dst
    merchant = edges[edges.type == "MERCHANT"].set_index("src").dst
    placed_at = pd.to_datetime(payments.created, utc=True)
    return pd.DataFrame(
        {
            "order_id": payments.id,
            "placed_at": placed_at,
            "consumer_id": payments.id.map(account),
            "partner_id": payments.id.map(merchant),
            "device_id": payments.id.map(device),
            "amount": payments.amount.astype("float64"),
            "currency": "USD",
            "outcome": "paid",
            "outcome_at": placed_at + pd.Timedelta(days=1),
        }
    )


def _consumers(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    accounts = nodes[nodes.label == "Account"].sort_values("id")
    consumers = pd.DataFrame(
        {"consumer_id": accounts.id, "name": accounts.first_name + " " + accounts.last_name}
    )
    facts = edges[edges.type == "FEATURE_OF_ACCOUNT"].merge(
        nodes[["id", "value"]], left_on="src", right_on="id"
    )
    for label, column in _EXTRA.items():
        values = facts[facts.sl == label].sort_values("value").groupby("dst").value.agg("; ".join)
        consumers[column] = consumers.consumer_id.map(values)
    return consumers
