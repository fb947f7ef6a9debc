"""The feature list of every kind of node: name, unit, the links it reads; computed in arrays, scaled by rank.

No feature holds an id or a date: moments become ages in days before `as_of`, amounts and counts become
logarithms, and everything is then ranked within its world (`scaled`), so that a model trained in one world
reads another. Whatever `Links` holds was known at `as_of`, so no feature can look ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from graph.links import Links
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.tally import by_two_codes, highest

WINDOW_DAYS: Final = 7
SHRINK_ORDERS: Final = 20.0
"""A rate counts as many orders at the category's own rate as evidence of nothing."""

Array = NDArray[np.float64]
Codes = NDArray[np.integer]


@dataclass(frozen=True)
class Feature:
    """A column: `source` names the frames of `Links` it reads; `own` if the node's own records are enough.

    `meaning` says in plain words what is measured, before any logarithm.
    `clock` is "age" of days since a moment, "span" of days from a first event to the last so far, "sum" of
    an amount that adds up, as do all counts, else "".
    """

    name: str
    unit: str
    source: str
    meaning: str
    own: bool = True
    clock: str = ""


@dataclass(frozen=True)
class _Pairs:
    """Consumer-partner pairs with what both sides need of them."""

    consumer: Codes
    partner: Codes
    orders: Array
    amount: Array
    first_at: Array
    last_at: Array
    refunded: Array
    bad: Array
    is_first: Array
    """1 where the consumer had shopped nowhere before."""
    partners_of_consumer: Array


def node_features(links: Links) -> dict[Kind, pd.DataFrame]:
    """The features of every node, float32, finite, one frame a kind in the order of its node frame."""
    pairs = _pairs(links)
    return {
        Kind.PARTNER: _frame(Kind.PARTNER, _partner_features(links, pairs)),
        Kind.CONSUMER: _frame(Kind.CONSUMER, _consumer_features(links, pairs)),
        Kind.DEVICE: _frame(Kind.DEVICE, _device_features(links)),
        Kind.BANK_ACCOUNT: _frame(Kind.BANK_ACCOUNT, _account_features(links)),
    }


def consumer_features(links: Links) -> pd.DataFrame:
    """The consumers' frame of `node_features`, without the work for the other kinds."""
    return _frame(Kind.CONSUMER, _consumer_features(links, _pairs(links)))


def scaled(values: pd.DataFrame) -> NDArray[np.float32]:
    """Every column as normal scores of its ranks (ties share the mean rank), so (n, columns) near N(0, 1).

    A column where all but a few are equal keeps them near 0 and the few far out.
    """
    result = np.zeros(values.shape, dtype=np.float32)
    for column in range(values.shape[1]):
        result[:, column] = normal_scores(values.iloc[:, column].to_numpy())
    return result


def normal_scores(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """The normal scores (n,) of the ranks of these values (n,), none of them NaN, as in `scaled`."""
    order = _ascending(values)
    ordered = values[order]
    begin = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    counts = np.diff(begin, append=len(values))
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    scores = np.empty(len(values), dtype=np.float32)
    scores[order] = np.repeat(ndtri(mean_rank / (len(values) + 1)).astype(np.float32), counts)
    return scores


def _ascending(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """(n,) the rows by value; of float32 in linear time, a third of that of a comparing sort."""
    if values.dtype != np.float32:
        return np.argsort(values)
    bits = (values + np.float32(0.0)).view(np.int32)  # -0 becomes 0, so that both are one value
    # of negative numbers the larger bits are the lower value
    bits = np.where(bits < 0, bits ^ np.int32(0x7FFFFFFF), bits)
    return by_two_codes((bits >> 16) + (1 << 15), 1 << 16, bits & 0xFFFF, 1 << 16)


def _frame(kind: Kind, columns: dict[str, Array]) -> pd.DataFrame:
    return pd.DataFrame({feature.name: _finite(columns[feature.name]) for feature in FEATURES[kind]})


def _finite(values: NDArray[np.floating]) -> NDArray[np.float32]:
    finite: NDArray[np.float32] = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    return finite


def _sum(codes: Codes, size: int, weights: Array | None = None) -> Array:
    return np.bincount(codes, weights=weights, minlength=size).astype(np.float64)


def _largest(codes: Codes, size: int, values: Array) -> Array:
    result = np.zeros(size)
    np.maximum.at(result, codes, values)
    return result


def _smallest(codes: Codes, size: int, values: Array) -> Array:
    result = np.full(size, np.inf)
    np.minimum.at(result, codes, values)
    return result


def _share(part: Array, whole: Array) -> Array:
    return part / np.maximum(whole, 1.0)


def _log_days(span_ms: Array) -> Array:
    return np.log1p(np.maximum(span_ms, 0.0) / DAY_MS)


def _moments(frame: pd.DataFrame, column: str) -> Array:
    """Moments in ms, NaN where unknown (or where the input has no such column)."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    values = frame[column].to_numpy(dtype=np.float64)
    return np.where(values == MISSING_MS, np.nan, values)


def _texts(frame: pd.DataFrame, column: str) -> Codes:
    """Texts as codes, "" among them; all alike where the input has no such column."""
    if column not in frame:
        return np.zeros(len(frame), dtype=np.int64)
    return pd.factorize(frame[column], sort=True)[0]


def _rate(bad: Array, orders: Array, group: Codes) -> Array:
    """log2 of the smoothed rate over the smoothed rate of the group (the category's baseline)."""
    groups = int(group.max(initial=0)) + 1
    overall = (bad.sum() + 0.5) / (orders.sum() + 1.0)
    base = (_sum(group, groups, bad) + SHRINK_ORDERS * overall) / (
        _sum(group, groups, orders) + SHRINK_ORDERS
    )
    own = (bad + SHRINK_ORDERS * base[group]) / (orders + SHRINK_ORDERS)
    ratio: Array = np.log2(own / base[group])
    return ratio


def _pairs(links: Links) -> _Pairs:
    pair = links.ordered_at
    consumer, partner = pair["consumer"].to_numpy(), pair["partner"].to_numpy()
    first = pair["first_at"].to_numpy(dtype=np.float64)
    began = _smallest(consumer, len(links.consumers), first)
    return _Pairs(
        consumer=consumer,
        partner=partner,
        orders=pair["orders"].to_numpy(dtype=np.float64),
        amount=pair["amount"].to_numpy(dtype=np.float64),
        first_at=first,
        last_at=pair["last_at"].to_numpy(dtype=np.float64),
        refunded=pair["refunded"].to_numpy(dtype=np.float64),
        bad=pair["disputed"].to_numpy(dtype=np.float64) + pair["defaulted"].to_numpy(dtype=np.float64),
        is_first=(first <= began[consumer]).astype(np.float64),
        partners_of_consumer=_sum(consumer, len(links.consumers)),
    )


def _busiest_share(codes: Codes, size: int, at: Array, weights: Array, as_of_ms: int) -> Array:
    """The largest share of a node's weight that falls into one window of 7 days (counted back from as_of).

    None is later than that moment, and weights are whole numbers, so that sums do not depend on their order.
    """
    if not len(codes):
        return np.zeros(size)
    window = ((as_of_ms - at) // (WINDOW_DAYS * DAY_MS)).astype(np.int64)
    span = int(window.max()) + 1
    order = by_two_codes(codes, size, window, span)
    node, when = codes[order], window[order]
    begin = np.flatnonzero(np.r_[True, (node[1:] != node[:-1]) | (when[1:] != when[:-1])])
    busiest = highest(node[begin], size, np.add.reduceat(weights[order], begin))
    return busiest / np.maximum(_sum(codes, size, weights), 5.0)


def _partner_features(links: Links, pairs: _Pairs) -> dict[str, Array]:
    return {
        **_trade(links, pairs),
        **_customers(links, pairs),
        **_times(links, pairs),
        **_payouts(links),
        **_tills(links, pairs),
    }


def _trade(links: Links, pairs: _Pairs) -> dict[str, Array]:
    n, category = len(links.partners), _texts(links.partners, "category")
    orders, amount = _sum(pairs.partner, n, pairs.orders), _sum(pairs.partner, n, pairs.amount)
    price = np.log1p(amount / np.maximum(orders, 1))
    typical = _sum(category, int(category.max(initial=0)) + 1, price) / np.maximum(np.bincount(category), 1)
    disputed = _sum(pairs.partner, n, links.ordered_at["disputed"].to_numpy(dtype=np.float64))
    defaulted = _sum(pairs.partner, n, links.ordered_at["defaulted"].to_numpy(dtype=np.float64))
    bad_amount = _sum(pairs.partner, n, links.ordered_at["bad_amount"].to_numpy(dtype=np.float64))
    customers = _sum(pairs.partner, n)
    bad_customers = _sum(pairs.partner, n, (pairs.bad > 0).astype(np.float64))
    return {
        "orders": np.log1p(orders),
        "customers": np.log1p(customers),
        "orders_per_customer": np.log1p(orders / np.maximum(customers, 1)),
        "price_over_category": price - typical[category],
        "refund_rate": _rate(_sum(pairs.partner, n, pairs.refunded), orders, category),
        "dispute_rate": _rate(disputed, orders, category),
        "default_rate": _rate(defaulted, orders, category),
        "bad_rate": _rate(disputed + defaulted, orders, category),
        "bad_amount_share": bad_amount / (amount + amount.sum() / max(n, 1) * 0.1 + 1e-9),
        "bad_customer_share": bad_customers / (customers + 5.0),
    }


def _customers(links: Links, pairs: _Pairs) -> dict[str, Array]:
    n = len(links.partners)
    customers = _sum(pairs.partner, n)
    known = np.concatenate([links.partners["country"].to_numpy(), links.consumers["country"].to_numpy()])
    country = pd.factorize(known, sort=True)[0]
    abroad = country[:n][pairs.partner] != country[n:][pairs.consumer]
    created = _moments(links.consumers, "created_at")[pairs.consumer]
    age = np.nan_to_num(_log_days(pairs.first_at - created))
    elsewhere = pairs.partners_of_consumer[pairs.consumer]
    all_bad = _sum(pairs.consumer, len(links.consumers), pairs.bad)[pairs.consumer] - pairs.bad
    all_orders = _sum(pairs.consumer, len(links.consumers), pairs.orders)[pairs.consumer] - pairs.orders
    bad_elsewhere = _sum(pairs.partner, n, all_bad) + 0.5
    once = (pairs.orders == 1).astype(np.float64)
    device_ties = _tied_share(links.used["consumer"].to_numpy(), links.used["device"].to_numpy(), links)
    funding = links.paid_from
    funding_ties = _tied_share(funding["consumer"].to_numpy(), funding["bank_account"].to_numpy(), links)
    return {
        "new_customer_share": _share(_sum(pairs.partner, n, pairs.is_first), customers),
        "only_here_share": _share(_sum(pairs.partner, n, (elsewhere == 1).astype(np.float64)), customers),
        "one_time_share": _share(_sum(pairs.partner, n, once), customers),
        "foreign_share": _share(_sum(pairs.partner, n, abroad.astype(np.float64)), customers),
        "customer_age": _share(_sum(pairs.partner, n, age), customers),
        "customer_breadth": _share(_sum(pairs.partner, n, np.log1p(elsewhere)), customers),
        "customers_bad_elsewhere": bad_elsewhere / (_sum(pairs.partner, n, all_orders) + SHRINK_ORDERS),
        "customers_on_shared_devices": _share(_sum(pairs.partner, n, device_ties[pairs.consumer]), customers),
        "customers_on_shared_accounts": _share(
            _sum(pairs.partner, n, funding_ties[pairs.consumer]), customers
        ),
    }


def _tied_share(consumer: Codes, identifier: Codes, links: Links) -> Array:
    """How closely a consumer's closest shared identifier ties: 1 / log2(sharers), 0 where it shares none."""
    sharers = np.bincount(identifier)[identifier] if len(identifier) else np.zeros(0)
    tie = np.where(sharers > 1, 1 / np.log2(np.maximum(sharers, 2)), 0.0)
    return _largest(consumer, len(links.consumers), tie)


def _times(links: Links, pairs: _Pairs) -> dict[str, Array]:
    n = len(links.partners)
    onboarded, closed = _moments(links.partners, "onboarded_at"), _moments(links.partners, "closed_at")
    first = _smallest(pairs.partner, n, pairs.first_at)
    last = _largest(pairs.partner, n, pairs.last_at)
    traded = np.isfinite(first)
    one = np.ones(len(pairs.partner))
    return {
        "age": _log_days(links.as_of_ms - onboarded),
        "closed": np.isfinite(closed).astype(np.float64),
        "trading_days": np.where(traded, _log_days(np.where(traded, last - first, 0)), 0.0),
        "quiet_days": np.where(traded, _log_days(links.as_of_ms - last), 0.0),
        "start_days": np.where(traded, _log_days(np.where(traded, first, 0) - onboarded), 0.0),
        "busiest_week_share": _busiest_share(pairs.partner, n, pairs.first_at, one, links.as_of_ms),
        "busiest_bad_week_share": _busiest_share(
            pairs.partner, n, pairs.last_at, (pairs.bad > 0).astype(np.float64), links.as_of_ms
        ),
    }


def _payouts(links: Links) -> dict[str, Array]:
    n, paid = len(links.partners), links.paid_out_to
    partner, account = paid["partner"].to_numpy(), paid["bank_account"].to_numpy()
    amount, accounts = paid["amount"].to_numpy(dtype=np.float64), len(links.bank_accounts)
    total, sharers = _sum(partner, n, amount), _sum(account, accounts)[account]
    sold = _sum(
        links.ordered_at["partner"].to_numpy(), n, links.ordered_at["amount"].to_numpy(dtype=np.float64)
    )
    opened = _moments(links.bank_accounts, "opened_at")[account]
    account_age = np.nan_to_num(_log_days(paid["first_at"].to_numpy(dtype=np.float64) - opened))
    moved = links.transferred_to
    out = _sum(moved["from_account"].to_numpy(), accounts, moved["amount"].to_numpy(dtype=np.float64))
    gathers = _sum(moved["to_account"].to_numpy(), accounts)
    source = moved["from_account"].to_numpy()
    collector = _largest(source, accounts, np.log1p(gathers[moved["to_account"].to_numpy()]))
    return {
        "payout_accounts": np.log1p(_sum(partner, n)),
        "top_account_share": _share(_largest(partner, n, amount), total),
        "payout_over_sales": np.log1p(total) - np.log1p(sold),
        "account_age": _share(_sum(partner, n, account_age), _sum(partner, n)),
        "account_sharers": np.log1p(_largest(partner, n, sharers)),
        "account_shared_rarely": _largest(partner, n, (sharers > 1) / np.log2(1 + sharers)),
        "forwarded_share": np.minimum(_share(_largest(partner, n, out[account]), total), 2.0),
        "collector_size": _largest(partner, n, collector[account]),
    }


def _tills(links: Links, pairs: _Pairs) -> dict[str, Array]:
    n, login = len(links.partners), links.logged_in_from
    partner, device = login["partner"].to_numpy(), login["device"].to_numpy()
    operators = _sum(device, len(links.devices))[device]
    shoppers = _sum(links.used["device"].to_numpy(), len(links.devices))[device]
    return {
        "login_devices": np.log1p(_sum(partner, n)),
        "login_sharers": np.log1p(_largest(partner, n, operators)),
        "login_shared_rarely": _largest(partner, n, (operators > 1) / np.log2(1 + operators)),
        "login_device_shoppers": np.log1p(_largest(partner, n, shoppers)),
    }


def _consumer_features(links: Links, pairs: _Pairs) -> dict[str, Array]:
    n = len(links.consumers)
    orders, amount = _sum(pairs.consumer, n, pairs.orders), _sum(pairs.consumer, n, pairs.amount)
    began = _smallest(pairs.consumer, n, pairs.first_at)
    ended = _largest(pairs.consumer, n, pairs.last_at)
    shopped = np.isfinite(began)
    created = _moments(links.consumers, "created_at")
    everyone = np.zeros(n, dtype=np.int64)
    used, funded = links.used, links.paid_from
    return {
        "orders": np.log1p(orders),
        "partners": np.log1p(pairs.partners_of_consumer),
        "price": np.log1p(amount / np.maximum(orders, 1)),
        "refund_rate": _rate(_sum(pairs.consumer, n, pairs.refunded), orders, everyone),
        "bad_rate": _rate(_sum(pairs.consumer, n, pairs.bad), orders, everyone),
        "age": np.nan_to_num(_log_days(links.as_of_ms - created)),
        "start_days": np.nan_to_num(_log_days(np.where(shopped, began, np.nan) - created)),
        "shopping_days": np.where(shopped, _log_days(np.where(shopped, ended - began, 0)), 0.0),
        "devices": np.log1p(_sum(used["consumer"].to_numpy(), n)),
        "accounts": np.log1p(_sum(funded["consumer"].to_numpy(), n)),
        "device_tie": _tied_share(used["consumer"].to_numpy(), used["device"].to_numpy(), links),
        "account_tie": _tied_share(funded["consumer"].to_numpy(), funded["bank_account"].to_numpy(), links),
    }


def _device_features(links: Links) -> dict[str, Array]:
    n, used, login = len(links.devices), links.used, links.logged_in_from
    users = _sum(used["device"].to_numpy(), n)
    times = _sum(used["device"].to_numpy(), n, used["times"].to_numpy(dtype=np.float64))
    kind = links.devices["kind"].to_numpy() if "kind" in links.devices else np.full(n, "")
    seen = _moments(links.devices, "first_seen_at")
    return {
        "users": np.log1p(users),
        "times_per_user": np.log1p(times / np.maximum(users, 1)),
        "operators": np.log1p(_sum(login["device"].to_numpy(), n)),
        "age": np.nan_to_num(_log_days(links.as_of_ms - seen)),
        "mobile": np.asarray(kind == "mobile", dtype=np.float64),
        "server": np.asarray(kind == "server", dtype=np.float64),
    }


def _account_features(links: Links) -> dict[str, Array]:
    n, moved = len(links.bank_accounts), links.transferred_to
    funded, paid = links.paid_from, links.paid_out_to
    received = _sum(moved["to_account"].to_numpy(), n, moved["amount"].to_numpy(dtype=np.float64))
    received += _sum(paid["bank_account"].to_numpy(), n, paid["amount"].to_numpy(dtype=np.float64))
    sent = _sum(moved["from_account"].to_numpy(), n, moved["amount"].to_numpy(dtype=np.float64))
    return {
        "payers": np.log1p(_sum(funded["bank_account"].to_numpy(), n)),
        "payees": np.log1p(_sum(paid["bank_account"].to_numpy(), n)),
        "senders": np.log1p(_sum(moved["to_account"].to_numpy(), n)),
        "receivers": np.log1p(_sum(moved["from_account"].to_numpy(), n)),
        "received": np.log1p(received),
        "passed_on_share": np.minimum(sent / np.maximum(received, 1.0), 2.0),
        "age": np.nan_to_num(_log_days(links.as_of_ms - _moments(links.bank_accounts, "opened_at"))),
    }


_ORDERED, _PAID, _LOGIN = "ordered_at", "paid_out_to", "logged_in_from"

FEATURES: Final[dict[Kind, tuple[Feature, ...]]] = {
    Kind.PARTNER: (
        Feature("orders", "log count", _ORDERED, "Orders."),
        Feature("customers", "log count", _ORDERED, "Customers."),
        Feature("orders_per_customer", "log count", _ORDERED, "Orders of a customer, on average."),
        Feature(
            "price_over_category",
            "log ratio",
            _ORDERED,
            "Typical amount of an order against partners of its category.",
        ),
        Feature("refund_rate", "log2 ratio to the category", _ORDERED, "Refunds."),
        Feature("dispute_rate", "log2 ratio to the category", _ORDERED, "Disputes."),
        Feature("default_rate", "log2 ratio to the category", _ORDERED, "Unpaid orders."),
        Feature("bad_rate", "log2 ratio to the category", _ORDERED, "Unpaid and disputed orders."),
        Feature(
            "bad_amount_share",
            "share",
            _ORDERED,
            "Unpaid and disputed amount as a part of all, few orders counting less.",
        ),
        Feature(
            "bad_customer_share",
            "share",
            _ORDERED,
            "Customers with an unpaid or disputed order, few customers counting less.",
        ),
        Feature("new_customer_share", "share", _ORDERED, "Customers who had shopped nowhere before."),
        Feature("only_here_share", "share", _ORDERED, "Customers who order nowhere else."),
        Feature("one_time_share", "share", _ORDERED, "Customers with a single order."),
        Feature("foreign_share", "share", f"{_ORDERED}, consumers", "Customers from another country."),
        Feature(
            "customer_age",
            "log days",
            f"{_ORDERED}, consumers",
            "Typical age of a customer's account at the first order.",
        ),
        Feature("customer_breadth", "log count", _ORDERED, "Partners at which a customer orders, typically."),
        Feature(
            "customers_bad_elsewhere",
            "share",
            _ORDERED,
            "Unpaid and disputed orders of its customers at other partners.",
            own=False,
        ),
        Feature(
            "customers_on_shared_devices",
            "share",
            f"{_ORDERED}, used",
            "Customers who share a device with others, large groups counting less.",
            own=False,
        ),
        Feature(
            "customers_on_shared_accounts",
            "share",
            f"{_ORDERED}, paid_from",
            "Customers who share a bank account with others, large groups counting less.",
            own=False,
        ),
        Feature("age", "log days", "partners", "Age.", clock="age"),
        Feature("closed", "0 or 1", "partners", "1 if it has closed."),
        Feature("trading_days", "log days", _ORDERED, "Time from the first order to the last.", clock="span"),
        Feature("quiet_days", "log days", _ORDERED, "Time since the last order.", clock="age"),
        Feature(
            "start_days", "log days", f"{_ORDERED}, partners", "Time from onboarding to the first order."
        ),
        Feature("busiest_week_share", "share", _ORDERED, "Customers who first came in the busiest week."),
        Feature(
            "busiest_bad_week_share",
            "share",
            _ORDERED,
            "Customers with bad orders who last came in the busiest week.",
        ),
        Feature("payout_accounts", "log count", _PAID, "Accounts to which it is paid out."),
        Feature(
            "top_account_share",
            "share",
            _PAID,
            "Amount paid out to the account that gets most, as a part of all.",
        ),
        Feature("payout_over_sales", "log ratio", f"{_PAID}, {_ORDERED}", "Amount paid out against sales."),
        Feature(
            "account_age",
            "log days",
            f"{_PAID}, bank_accounts",
            "Typical age of an account at the first payout to it.",
        ),
        Feature(
            "account_sharers",
            "log count",
            _PAID,
            "Most partners that are paid out to one of its accounts.",
            own=False,
        ),
        Feature(
            "account_shared_rarely",
            "1 / log2 sharers",
            _PAID,
            "How few partners share one of its payout accounts.",
            own=False,
        ),
        Feature(
            "forwarded_share",
            "share",
            f"{_PAID}, transferred_to",
            "Amount that a payout account passed on against all that was paid out.",
            own=False,
        ),
        Feature(
            "collector_size",
            "log count",
            f"{_PAID}, transferred_to",
            "Most accounts that send money to where a payout account sends it.",
            own=False,
        ),
        Feature("login_devices", "log count", _LOGIN, "Devices from which it logs in."),
        Feature(
            "login_sharers",
            "log count",
            _LOGIN,
            "Most partners that log in from one of its devices.",
            own=False,
        ),
        Feature(
            "login_shared_rarely",
            "1 / log2 sharers",
            _LOGIN,
            "How few partners share one of its login devices.",
            own=False,
        ),
        Feature(
            "login_device_shoppers",
            "log count",
            f"{_LOGIN}, used",
            "Most consumers who order from one of its login devices.",
            own=False,
        ),
    ),
    Kind.CONSUMER: (
        Feature("orders", "log count", _ORDERED, "Orders."),
        Feature("partners", "log count", _ORDERED, "Partners with an order."),
        Feature("price", "log amount", _ORDERED, "Amount of an order, on average."),
        Feature("refund_rate", "log2 ratio to all", _ORDERED, "Refunds."),
        Feature("bad_rate", "log2 ratio to all", _ORDERED, "Unpaid and disputed orders."),
        Feature("age", "log days", "consumers", "Age of the account.", clock="age"),
        Feature(
            "start_days",
            "log days",
            f"{_ORDERED}, consumers",
            "Time from the creation of the account to the first order.",
        ),
        Feature(
            "shopping_days", "log days", _ORDERED, "Time from the first order to the last.", clock="span"
        ),
        Feature("devices", "log count", "used", "Devices used."),
        Feature("accounts", "log count", "paid_from", "Bank accounts paid from."),
        Feature(
            "device_tie", "1 / log2 sharers", "used", "How few consumers share one of its devices.", own=False
        ),
        Feature(
            "account_tie",
            "1 / log2 sharers",
            "paid_from",
            "How few consumers share one of its accounts.",
            own=False,
        ),
    ),
    Kind.DEVICE: (
        Feature("users", "log count", "used", "Consumers who use it."),
        Feature("times_per_user", "log count", "used", "Times that a consumer uses it, on average."),
        Feature("operators", "log count", _LOGIN, "Partners that log in from it."),
        Feature("age", "log days", "devices", "Time since it was first seen.", clock="age"),
        Feature("mobile", "0 or 1", "devices", "1 if it is a mobile."),
        Feature("server", "0 or 1", "devices", "1 if it is a server."),
    ),
    Kind.BANK_ACCOUNT: (
        Feature("payers", "log count", "paid_from", "Consumers who pay from it."),
        Feature("payees", "log count", _PAID, "Partners that are paid out to it."),
        Feature("senders", "log count", "transferred_to", "Accounts that send it money."),
        Feature("receivers", "log count", "transferred_to", "Accounts to which it sends money."),
        Feature("received", "log amount", f"{_PAID}, transferred_to", "Amount received.", clock="sum"),
        Feature(
            "passed_on_share", "share", f"{_PAID}, transferred_to", "Amount sent against the amount received."
        ),
        Feature("age", "log days", "bank_accounts", "Age of the account.", clock="age"),
    ),
}
