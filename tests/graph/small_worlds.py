"""Small worlds with planted rings for the tests of detection, under any names and in any order of rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graph.links import Links
from tests.graph.made_links import Row, made_links

SHOPS, BUYERS = 120, 900


@dataclass
class Rows:
    """The rows of a world, to be extended and renamed before they are made `Links`."""

    partners: list[Row] = field(default_factory=list)
    consumers: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    used: list[Row] = field(default_factory=list)
    paid_from: list[Row] = field(default_factory=list)
    logins: list[Row] = field(default_factory=list)
    payouts: list[Row] = field(default_factory=list)
    transfers: list[Row] = field(default_factory=list)

    def links(self, *, shuffle: int | None = None, rename: int | None = None) -> Links:
        """Links of the rows, in another order or under other ids where a seed says so."""
        tables = {name: list(rows) for name, rows in vars(self).items()}
        if rename is not None:
            tables = {name: [_renamed(row, rename) for row in rows] for name, rows in tables.items()}
        if shuffle is not None:
            rng = np.random.default_rng(shuffle)
            tables = {name: [rows[i] for i in rng.permutation(len(rows))] for name, rows in tables.items()}
        return made_links(**tables)


ID_COLUMNS = frozenset(
    {
        "partner_id",
        "consumer_id",
        "partner",
        "consumer",
        "device",
        "bank_account",
        "from_account",
        "to_account",
    }
)


def renamed(name: str, seed: int) -> str:
    """Another id for that id, in an order that has nothing to do with the old one."""
    return f"{hash_of(name, seed):016x}-{name}"


def hash_of(name: str, seed: int) -> int:
    """A number below 2**64 that stays the same between runs."""
    value = 14695981039346656037 ^ seed * 1099511628211
    for byte in name.encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return value ^ (value >> 29)


def _renamed(row: Row, seed: int) -> Row:
    return {key: renamed(str(value), seed) if key in ID_COLUMNS else value for key, value in row.items()}


def honest(seed: int, *, shops: int = SHOPS, buyers: int = BUYERS) -> Rows:
    """A market: buyers with a device each shop at partners of skewed popularity; 3 % of links end badly."""
    rng = np.random.default_rng(seed)
    rows = Rows()
    popularity = 1.0 / np.arange(1, shops + 1) ** 0.6
    popularity /= popularity.sum()
    for shop in range(shops):
        name = "".join(rng.choice(list("abcdefghijklmnoprstuvw"), 9))
        rows.partners.append(
            {"partner_id": f"p{shop}", "name": name, "category": "5411", "country": "DE", "onboarded_at": 0}
        )
        rows.logins.append({"partner": f"p{shop}", "device": f"till{shop}", "times": 30})
        rows.payouts.append(
            {"partner": f"p{shop}", "bank_account": f"acc{shop}", "times": 12, "amount": 900.0}
        )
    for buyer in range(buyers):
        rows.used.append({"consumer": f"c{buyer}", "device": f"phone{buyer}", "times": 6})
        for shop in rng.choice(shops, 6, replace=False, p=popularity):
            rows.orders.append(
                {
                    "consumer": f"c{buyer}",
                    "partner": f"p{shop}",
                    "orders": 2,
                    "day": float(rng.random() * 300),
                    "disputed": int(rng.random() < 0.03),
                    "refunded": int(rng.random() < 0.03),
                }
            )
    return rows


def with_shell_network(rows: Rows, shops: range) -> Rows:
    """Adds a chain: each of these partners shares a till and an account with the next; much goes unpaid."""
    for number, shop in enumerate(shops[:-1]):
        for partner in (f"p{shop}", f"p{shops[number + 1]}"):
            pool = f"pool{shops[0]}-{number}"
            rows.logins.append({"partner": partner, "device": f"till-{pool}", "times": 25})
            rows.payouts.append(
                {"partner": partner, "bank_account": f"acc-{pool}", "times": 25, "amount": 800.0}
            )
    _burn(rows, shops, share=0.25)
    return rows


def with_circle(rows: Rows, shops: range, *, seed: int, shills: int = 14, devices: int = 4) -> Rows:
    """Adds shills on a few devices who order at all of these partners within days and do not pay."""
    rng = np.random.default_rng(seed)
    for shill in range(shills):
        name = f"s{shops[0]}-{shill}"
        rows.used.append({"consumer": name, "device": f"farm{shops[0]}-{shill % devices}", "times": 9})
        for shop in shops:
            if rng.random() < 0.8:
                rows.orders.append(
                    {
                        "consumer": name,
                        "partner": f"p{shop}",
                        "orders": 3,
                        "day": 200.0 + float(rng.random()) * 6,
                        "defaulted": int(rng.random() * 3),
                    }
                )
    return rows


def with_refund_ring(rows: Rows, *, members: int = 8, shops: range = range(5, 25), seed: int = 5) -> Rows:
    """Adds consumers on two devices who send most of what they buy at honest partners back."""
    rng = np.random.default_rng(seed)
    for member in range(members):
        rows.used.append({"consumer": f"r{member}", "device": f"fridge{member % 2}", "times": 9})
        rows.used.append({"consumer": f"r{member}", "device": "fridge0", "times": 9})
        for shop in rng.choice(np.array(shops), 10, replace=False):
            rows.orders.append(
                {"consumer": f"r{member}", "partner": f"p{shop}", "orders": 3, "day": 150.0, "refunded": 2}
            )
    rows.used = list({(row["consumer"], row["device"]): row for row in rows.used}.values())
    return rows


def _burn(rows: Rows, shops: range, *, share: float) -> None:
    rng = np.random.default_rng(shops[0])
    ours = {f"p{shop}" for shop in shops}
    for row in rows.orders:
        if row["partner"] in ours and rng.random() < share:
            row["disputed"] = 2


def planted(seed: int) -> tuple[Rows, tuple[set[str], ...]]:
    """A market with a chain and a circle, and the partners of both."""
    rows = with_circle(with_shell_network(honest(seed), range(40, 46)), range(60, 65), seed=seed)
    return rows, ({f"p{shop}" for shop in range(40, 46)}, {f"p{shop}" for shop in range(60, 65)})
