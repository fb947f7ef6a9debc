"""Prior: member risk without labels, from evidence that is calibrated by its null models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.projection import Projection
from graph.records import Risk
from graph.schema import Kind
from graph.significance import Floats
from graph.tally import tally

HALF_GAIN: Final = 10.0
"""Powers of ten of surprise at what a group gains (one test, not a sum) that make a risk of one half."""


@dataclass(frozen=True)
class Prior:
    """Unsupervised member risk, and what it is made of for partners: one row a partner, float32, finite."""

    risk: Risk
    partner_features: pd.DataFrame


def prior_risk(links: Links, projection: Projection) -> Prior:
    """Risk of every member from who is tied to whom, and who gains from how orders end; no label is read."""
    partner = projection.membership.astype(np.float64)
    consumer = _consumer_risk(links, projection)
    device = _through(links.logged_in_from, "device", partner, links.size(Kind.DEVICE))
    device = np.maximum(device, _through_consumers(links.used, "device", consumer, links.size(Kind.DEVICE)))
    account = _through(links.paid_out_to, "bank_account", partner, links.size(Kind.BANK_ACCOUNT))
    account = np.maximum(
        account, _through_consumers(links.paid_from, "bank_account", consumer, links.size(Kind.BANK_ACCOUNT))
    )
    risk = Risk(*(np.asarray(x, dtype=np.float32) for x in (partner, consumer, device, account)))
    return Prior(risk, projection.evidence)


def _consumer_risk(links: Links, projection: Projection) -> Floats:
    """(consumers,) risk by what the consumer's group or circle gains: refunds kept, or goods not paid for."""
    groups, circles = projection.groups, projection.circles
    unpaid = tally(groups.visit_group, len(groups.sizes()), groups.visit_bad_surprise)
    result = np.zeros(links.size(Kind.CONSUMER))
    for member_of, surprise in ((groups.group_of, unpaid), (circles.circle_of, circles.refund_surprise)):
        inside = member_of >= 0
        result[inside] = np.maximum(result[inside], as_risk(surprise)[member_of[inside]])
    return result


def as_risk(surprise: Floats, *, half: float = HALF_GAIN) -> Floats:
    """Risk in [0, 1) of so much evidence in powers of ten: one half at `half`."""
    return surprise / (surprise + half)


def _through(frame: pd.DataFrame, column: str, partner: Floats, size: int) -> Floats:
    """(size,) mean risk of the partners that use each device or account, by their times of use."""
    return _mean(
        frame[column].to_numpy(), partner[frame["partner"].to_numpy()], frame["times"].to_numpy(), size
    )


def _through_consumers(frame: pd.DataFrame, column: str, consumer: Floats, size: int) -> Floats:
    return _mean(
        frame[column].to_numpy(), consumer[frame["consumer"].to_numpy()], frame["times"].to_numpy(), size
    )


def _mean(row: NDArray[np.int32], value: Floats, times: NDArray[np.int32], size: int) -> Floats:
    total = np.bincount(row, weights=times, minlength=size)
    return np.bincount(row, weights=value * times, minlength=size) / np.maximum(total, 1.0)
