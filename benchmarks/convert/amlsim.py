"""Accounts and transfers of IBM's AMLSim model (its Python port), with planted laundering rings.

account -> partner with one bank account of its own, tied by one payout: the account's first deposit on the
day it was opened. Transfers run between those bank accounts. `prior_sar_count`, `is_sar` and `alert_id` are
truth and stay out of the tables; closing dates lie in the years 4000 and are left out. No labels are
written.

Truth: `rings.parquet` (`ring_id`, `typology`: cycle, fan_in or fan_out) and `ring_members.parquet`
(`ring_id`, `kind`, `id`), a ring an alert, both the partner and its bank account as members.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.convert.converted import Converted, named, read_source


def convert(source: Path) -> Converted:
    """Partners, bank accounts, payouts and transfers of `accounts.parquet` and `transactions.parquet`."""
    accounts = read_source(
        source,
        "accounts",
        ("acct_id", "first_name", "last_name", "open_dt", "acct_rptng_crncy", "initial_deposit", "country"),
    )
    moves = read_source(
        source, "transactions", ("tran_id", "orig_acct", "bene_acct", "base_amt", "tran_timestamp")
    )
    opened_at = pd.to_datetime(accounts.open_dt, utc=True)
    partner, account = named("partner", accounts.acct_id), named("account", accounts.acct_id)
    currency = accounts.acct_rptng_crncy
    tables = {
        "partners": pd.DataFrame(
            {
                "partner_id": partner,
                "name": accounts.first_name + " " + accounts.last_name,
                "country": accounts.country,
                "onboarded_at": opened_at,
            }
        ),
        "bank_accounts": pd.DataFrame(
            {"account_id": account, "country": accounts.country, "opened_at": opened_at}
        ),
        "payouts": pd.DataFrame(
            {
                "payout_id": named("deposit", accounts.acct_id),
                "paid_at": opened_at,
                "partner_id": partner,
                "account_id": account,
                "amount": accounts.initial_deposit,
                "currency": currency,
            }
        ),
        "transfers": pd.DataFrame(
            {
                "transfer_id": named("transfer", moves.tran_id),
                "at": pd.to_datetime(moves.tran_timestamp, utc=True),
                "from_account_id": named("account", moves.orig_acct),
                "to_account_id": named("account", moves.bene_acct),
                "amount": moves.base_amt,
                "currency": moves.orig_acct.map(dict(zip(accounts.acct_id, currency, strict=True))),
            }
        ),
    }
    return Converted(tables, _rings(source))


def _rings(source: Path) -> dict[str, pd.DataFrame]:
    alerts = read_source(source, "alert_accounts", ("alert_id", "alert_type", "acct_id", "is_sar"))
    alerts = alerts[alerts.is_sar]
    alerts = alerts.assign(ring_id=named("alert", alerts.alert_id)).sort_values(["ring_id", "acct_id"])
    rings = alerts[["ring_id", "alert_type"]].drop_duplicates().rename(columns={"alert_type": "typology"})
    members = [
        pd.DataFrame({"ring_id": alerts.ring_id, "kind": kind, "id": named(prefix, alerts.acct_id)})
        for kind, prefix in (("partner", "partner"), ("bank_account", "account"))
    ]
    return {
        "rings": rings.reset_index(drop=True),
        "ring_members": pd.concat(members, ignore_index=True),
    }
