"""Account traits: where, how old and how busy the accounts are that a partner is paid out to."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.lifetimes import lifetimes, log_days
from graph.links import Links, remembered
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.significance import Floats
from graph.tally import highest, lowest, tally

ACCOUNT_TRAITS: Final = ("abroad", "fresh", "opened_after", "sent_on", "taken_in")
"""What `account_traits` says of each partner, by name."""

MOST_RATIO: Final = 8.0
"""Log ratios of money are held within so much either way: e^8 is 3,000 times."""


@remembered
def account_traits(links: Links) -> dict[str, Floats]:
    """(partners,) each of `ACCOUNT_TRAITS`; linear in payouts and transfers.

    `abroad` is the share of payouts to accounts of another country, in [0, 1], of those whose countries are
    known (0 for none); `fresh` the log of the days that the youngest account had been open at its first
    payout, 0 where it was opened later, -1 where unknown; `opened_after` the log of
    the days between the partner's coming and the opening of its newest account, negative where that was
    open before, 0 where unknown; `sent_on` and `taken_in` the log of what an account sent to, and got from,
    other accounts over what it was paid out, the highest of any, -`MOST_RATIO` where nothing.
    """
    payouts, accounts = links.paid_out_to, links.bank_accounts
    at, to = payouts["partner"].to_numpy(), payouts["bank_account"].to_numpy()
    partners, size, times = links.size(Kind.PARTNER), len(accounts), payouts["times"].to_numpy()
    number: dict[str, int] = {"": -1}
    home = _countries(links.partners.get("country"), partners, number)
    where = _countries(accounts.get("country"), size, number)
    known = (home[at] >= 0) & (where[to] >= 0)
    opened = np.full(size, np.nan)
    if "opened_at" in accounts:
        moment = accounts["opened_at"].to_numpy()
        opened = np.where(moment == MISSING_MS, np.nan, moment / DAY_MS)
    told = np.flatnonzero(~np.isnan(opened[to]))
    open_for = payouts["first_at"].to_numpy()[told] / DAY_MS - opened[to[told]]
    youngest = lowest(at[told], partners, np.maximum(open_for, 0.0))
    newest = highest(at[told], partners, opened[to[told]], floor=-np.inf)
    after = newest - lifetimes(links).joined
    after[~np.isfinite(after)] = 0.0
    sums = tally(to, size, payouts["amount"].to_numpy())
    return {
        "abroad": tally(at, partners, times * (known & (home[at] != where[to])))
        / np.maximum(tally(at, partners, times * known), 1.0),
        "fresh": log_days(np.where(np.isfinite(youngest), youngest, np.nan)),
        "opened_after": np.sign(after) * np.log1p(np.abs(after)),
        "sent_on": highest(at, partners, _over(links, "from_account", sums)[to], floor=-MOST_RATIO),
        "taken_in": highest(at, partners, _over(links, "to_account", sums)[to], floor=-MOST_RATIO),
    }


def _countries(column: pd.Series | None, size: int, number: dict[str, int]) -> NDArray[np.int64]:
    """(size,) the number of each one's country, -1 where unknown; new ones are added to `number`.

    There are millions of accounts: their countries as objects would take 200 MB.
    """
    if column is None:
        return np.full(size, -1)
    code, names = pd.factorize(column)  # -1, the last, for none
    return np.array([*(number.setdefault(str(name), len(number)) for name in names), -1])[code]


def _over(links: Links, end: str, paid_out: Floats) -> Floats:
    """(accounts,) log of what was transferred at that end of its transfers over what it was paid out."""
    transfers = links.transferred_to
    moved = tally(transfers[end].to_numpy(), len(paid_out), transfers["amount"].to_numpy())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(moved / paid_out)
    held: Floats = np.clip(np.nan_to_num(ratio, nan=-MOST_RATIO), -MOST_RATIO, MOST_RATIO)
    return held
