"""Links: who dealt with whom, aggregated, in arrays. What detection reads, from tables or from the store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property, wraps
from typing import TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.schema import ENTITY_TABLES, Kind

Result = TypeVar("Result")


@dataclass(frozen=True)
class Links:
    """Everything detection may know at `as_of_ms`, as four node frames and six link frames.

    Node frames are sorted by id (bytewise); a node's row number is its code. They hold the columns of the
    contract plus `verdict` ("" where nobody has decided by `as_of_ms`, else "fraud" or "legit") and
    `verdict_at`. Link frames hold int32 codes in the two columns that `graph.schema.RELATIONSHIPS` names,
    one row a pair, sorted by them, and the pair's properties: counts int32, amounts float64 in major units of
    the main currency, moments int64. Moments are epoch milliseconds UTC, `MISSING_MS` where unknown; missing
    text is "". Extra columns of the input stay in the node frames as they were read.
    """

    as_of_ms: int
    currency: str
    partners: pd.DataFrame
    consumers: pd.DataFrame
    devices: pd.DataFrame
    bank_accounts: pd.DataFrame
    ordered_at: pd.DataFrame
    used: pd.DataFrame
    paid_from: pd.DataFrame
    logged_in_from: pd.DataFrame
    paid_out_to: pd.DataFrame
    transferred_to: pd.DataFrame

    @cached_property
    def kept(self) -> dict[str, object]:
        """What was worked out of these links and is asked for again, by name (`remembered`)."""
        return {}

    def nodes(self, kind: Kind) -> pd.DataFrame:
        """The node frame of that kind."""
        frame: pd.DataFrame = getattr(self, ENTITY_TABLES[kind])
        return frame

    def size(self, kind: Kind) -> int:
        """How many nodes of that kind there are."""
        return len(self.nodes(kind))

    def digest(self) -> str:
        """A SHA-256 of everything in here, the same whether it came from tables or out of a store."""
        whole = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, pd.DataFrame):
                whole.update(f"{field.name}\0{list(value.columns)}\0{len(value)}\0".encode())
                whole.update(pd.util.hash_pandas_object(value, index=False).to_numpy().tobytes())
            else:
                whole.update(f"{field.name}\0{value}\0".encode())
        return whole.hexdigest()


def remembered(work: Callable[[Links], Result]) -> Callable[[Links], Result]:
    """The same function, which works out only once what it says of the same links; nobody may change that."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def known(links: Links) -> Result:
        kept = links.kept  # two threads that ask at once may each make one
        if name not in kept:
            kept[name] = work(links)
        return cast(Result, kept[name])

    return known


def unpaid_orders(ordered: pd.DataFrame) -> NDArray[np.int32]:
    """(rows,) orders of `Links.ordered_at` that were disputed or left unpaid."""
    unpaid: NDArray[np.int32] = ordered["disputed"].to_numpy() + ordered["defaulted"].to_numpy()
    return unpaid
