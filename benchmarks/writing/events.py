"""What happened in a world, by numbers, and what reviewers have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.writing.units import Floats, Ints, earliest


@dataclass(frozen=True)
class Book:
    """All orders, (n,) each; `at` is when the outcome came to be known, NaN where open or undated."""

    consumer: Ints
    firm: Ints
    t: Floats
    device: Ints
    account: Ints
    amount: Floats
    outcome: Ints
    at: Floats


@dataclass(frozen=True)
class Payouts:
    """(n,) each, by partner."""

    firm: Ints
    t: Floats
    account: Ints
    amount: Floats


@dataclass(frozen=True)
class Transfers:
    """(n,) each, from account to account."""

    t: Floats
    source: Ints
    target: Ints
    amount: Floats


@dataclass
class Moves:
    """Transfers as they come about."""

    parts: list[Transfers] = field(default_factory=list)

    def send(self, t: Floats, source: Ints, target: Ints, amount: Floats) -> None:
        self.parts.append(Transfers(t, source, target, amount))


@dataclass(frozen=True)
class Logins:
    """(n,) each, of partners."""

    firm: Ints
    device: Ints
    t: Floats


@dataclass(frozen=True)
class Label:
    """A verdict on a partner or consumer, known at day `t`."""

    kind: str
    number: int
    verdict: str
    t: float


@dataclass(frozen=True)
class Events:
    """All that happened."""

    book: Book
    payouts: Payouts
    transfers: Transfers
    logins: Logins

    def first(self, many: Mapping[str, int], lacks: str) -> dict[str, Floats]:
        """For each kind, (entities,) the moment of the first event that names it, infinite for none.

        `many`: how many there are of each kind. The table that the world `lacks`, if any, names nobody.
        """
        book, pay, sent, logins = self.book, self.payouts, self.transfers, self.logins
        uses = {
            "partner": [
                ("orders", book.firm, book.t),
                ("payouts", pay.firm, pay.t),
                ("partner_logins", logins.firm, logins.t),
            ],
            "consumer": [("orders", book.consumer, book.t)],
            "device": [("orders", book.device, book.t), ("partner_logins", logins.device, logins.t)],
            "bank_account": [
                ("orders", book.account, book.t),
                ("payouts", pay.account, pay.t),
                ("transfers", sent.source, sent.t),
                ("transfers", sent.target, sent.t),
            ],
        }
        return {
            kind: earliest(n, *((number, t) for table, number, t in uses[kind] if table != lacks))
            for kind, n in many.items()
        }
