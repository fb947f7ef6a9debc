"""Every table, column, node and relationship, with its type and unit, written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

DAY_MS: Final = 86_400_000
MISSING_MS: Final = -1
"""Stands for "no such moment" in every int64 column of epoch milliseconds (UTC)."""

OUTCOME_KNOWN_AFTER_DAYS: Final = 30
"""An outcome without a date counts as known this long after `placed_at` (contract)."""


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def utc(ms: int) -> datetime:
    """The moment, in UTC, of epoch milliseconds; exact, unlike one by way of a float."""
    return EPOCH + timedelta(milliseconds=ms)


class Kind(StrEnum):
    """The four kinds of entity that a ring can hold."""

    PARTNER = "partner"
    CONSUMER = "consumer"
    DEVICE = "device"
    BANK_ACCOUNT = "bank_account"


class Outcome(StrEnum):
    """How an order ended, as far as is known."""

    OPEN = "open"
    PAID = "paid"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    DEFAULTED = "defaulted"


class Verdict(StrEnum):
    """What a person has decided about an entity."""

    FRAUD = "fraud"
    LEGIT = "legit"


class Type(StrEnum):
    """The type of a column in the input."""

    TEXT = "text"
    TIME = "time"  # UTC; ISO 8601 in CSV, a timestamp in Parquet
    AMOUNT = "amount"  # decimal major units, not negative


@dataclass(frozen=True)
class Column:
    """A column of an input table.

    `names` is the kind of entity that the column refers to, `one_of` the closed set of its values.
    """

    name: str
    type: Type = Type.TEXT
    required: bool = True
    names: Kind | None = None
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """An input table: `key` is its unique column ("" where rows have none), `moment` when a row happened."""

    name: str
    columns: tuple[Column, ...]
    key: str = ""
    moment: str = ""

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _optional(
    name: str, type_: Type = Type.TEXT, *, names: Kind | None = None, one_of: tuple[str, ...] = ()
) -> Column:
    return Column(name, type_, required=False, names=names, one_of=one_of)


TABLES: Final = (
    Table(
        "partners",
        (
            Column("partner_id", names=Kind.PARTNER),
            Column("name"),
            _optional("legal_name"),
            _optional("category"),  # merchant category code, 4 digits
            _optional("country"),  # ISO 3166-1 alpha-2
            _optional("website"),
            Column("onboarded_at", Type.TIME),
            _optional("closed_at", Type.TIME),
        ),
        key="partner_id",
        moment="onboarded_at",
    ),
    Table(
        "consumers",
        (
            Column("consumer_id", names=Kind.CONSUMER),
            _optional("country"),
            _optional("created_at", Type.TIME),
        ),
        key="consumer_id",
        moment="created_at",
    ),
    Table(
        "devices",
        (
            Column("device_id", names=Kind.DEVICE),
            _optional("kind", one_of=("mobile", "desktop", "tablet", "server", "unknown")),
            _optional("first_seen_at", Type.TIME),
        ),
        key="device_id",
        moment="first_seen_at",
    ),
    Table(
        "bank_accounts",
        (
            Column("account_id", names=Kind.BANK_ACCOUNT),
            _optional("country"),
            _optional("opened_at", Type.TIME),
        ),
        key="account_id",
        moment="opened_at",
    ),
    Table(
        "orders",
        (
            Column("order_id"),
            Column("placed_at", Type.TIME),
            Column("consumer_id", names=Kind.CONSUMER),
            Column("partner_id", names=Kind.PARTNER),
            _optional("device_id", names=Kind.DEVICE),
            _optional("account_id", names=Kind.BANK_ACCOUNT),
            Column("amount", Type.AMOUNT),
            Column("currency"),  # ISO 4217
            Column("outcome", one_of=tuple(Outcome)),
            _optional("outcome_at", Type.TIME),
        ),
        key="order_id",
        moment="placed_at",
    ),
    Table(
        "payouts",
        (
            Column("payout_id"),
            Column("paid_at", Type.TIME),
            Column("partner_id", names=Kind.PARTNER),
            Column("account_id", names=Kind.BANK_ACCOUNT),
            Column("amount", Type.AMOUNT),
            Column("currency"),
        ),
        key="payout_id",
        moment="paid_at",
    ),
    Table(
        "partner_logins",
        (
            Column("partner_id", names=Kind.PARTNER),
            Column("device_id", names=Kind.DEVICE),
            Column("at", Type.TIME),
        ),
        moment="at",
    ),
    Table(
        "transfers",
        (
            Column("transfer_id"),
            Column("at", Type.TIME),
            Column("from_account_id", names=Kind.BANK_ACCOUNT),
            Column("to_account_id", names=Kind.BANK_ACCOUNT),
            Column("amount", Type.AMOUNT),
            Column("currency"),
        ),
        key="transfer_id",
        moment="at",
    ),
    Table(
        "labels",
        (
            Column("kind", one_of=tuple(Kind)),
            Column("id"),
            Column("verdict", one_of=tuple(Verdict)),
            Column("known_at", Type.TIME),
        ),
        moment="known_at",
    ),
)

ENTITY_TABLES: Final = {
    Kind.PARTNER: "partners",
    Kind.CONSUMER: "consumers",
    Kind.DEVICE: "devices",
    Kind.BANK_ACCOUNT: "bank_accounts",
}
EVENT_TABLES: Final = ("orders", "payouts", "partner_logins", "transfers")
"""At least one of these must exist; the default `as_of` is the newest moment among them."""


@dataclass(frozen=True)
class Node:
    """A node label of the graph with its unique key."""

    kind: Kind
    label: str
    key: str


@dataclass(frozen=True)
class Relationship:
    """A relationship type: `name` is its frame in `Links`, `source` and `target` its two columns there.

    Every relationship is an aggregate of the rows of one table between the same two nodes.
    """

    name: str
    type: str
    source: str
    source_kind: Kind
    target: str
    target_kind: Kind
    properties: tuple[str, ...]


NODES: Final = (
    Node(Kind.PARTNER, "Partner", "partner_id"),
    Node(Kind.CONSUMER, "Consumer", "consumer_id"),
    Node(Kind.DEVICE, "Device", "device_id"),
    Node(Kind.BANK_ACCOUNT, "BankAccount", "account_id"),
)

RELATIONSHIPS: Final = (
    Relationship(
        "ordered_at",
        "ORDERED_AT",
        "consumer",
        Kind.CONSUMER,
        "partner",
        Kind.PARTNER,
        # bad_amount goes beyond the contract: without it no money at risk could be read back
        ("orders", "amount", "bad_amount", "first_at", "last_at", "refunded", "disputed", "defaulted"),
    ),
    Relationship(
        "used",
        "USED",
        "consumer",
        Kind.CONSUMER,
        "device",
        Kind.DEVICE,
        ("times", "first_at", "last_at"),
    ),
    Relationship(
        "paid_from",
        "PAID_FROM",
        "consumer",
        Kind.CONSUMER,
        "bank_account",
        Kind.BANK_ACCOUNT,
        ("times", "amount", "first_at", "last_at"),
    ),
    Relationship(
        "logged_in_from",
        "LOGGED_IN_FROM",
        "partner",
        Kind.PARTNER,
        "device",
        Kind.DEVICE,
        ("times", "first_at", "last_at"),
    ),
    Relationship(
        "paid_out_to",
        "PAID_OUT_TO",
        "partner",
        Kind.PARTNER,
        "bank_account",
        Kind.BANK_ACCOUNT,
        ("times", "amount", "first_at", "last_at"),
    ),
    Relationship(
        "transferred_to",
        "TRANSFERRED_TO",
        "from_account",
        Kind.BANK_ACCOUNT,
        "to_account",
        Kind.BANK_ACCOUNT,
        ("times", "amount", "first_at", "last_at"),
    ),
)
