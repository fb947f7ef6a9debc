"""The frozen records that flow from detection to pages: Ring, Evidence, ScoredRing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.schema import Kind


@dataclass(frozen=True)
class Risk:
    """Member risk in [0, 1], float32, one array a kind in the order of the node frames of `Links`."""

    partner: NDArray[np.float32]
    consumer: NDArray[np.float32]
    device: NDArray[np.float32]
    bank_account: NDArray[np.float32]

    def of(self, kind: Kind) -> NDArray[np.float32]:
        """The array of that kind."""
        array: NDArray[np.float32] = getattr(self, kind.value)
        return array


@dataclass(frozen=True)
class Ring:
    """A set of members: codes into the node frames, each array sorted and free of repeats.

    `found_by` names the detectors, sorted, `reasons` says what they saw. A ring may hold no partner.
    """

    partners: tuple[int, ...]
    consumers: tuple[int, ...] = ()
    devices: tuple[int, ...] = ()
    bank_accounts: tuple[int, ...] = ()
    found_by: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def codes(self, kind: Kind) -> tuple[int, ...]:
        """The members of that kind."""
        members: tuple[int, ...] = getattr(self, kind.value + "s")
        return members


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands in the input: a table, the link's two ids, and the ids of (at most a few) rows."""

    table: str
    ids: tuple[str, ...]
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for, or against, a ring.

    `strength` is in [0, 1], 0 for what decides nothing; `against` marks what speaks for the members.
    `sentence` is plain text with the value, its unit and the baseline in it; `baseline` is in that unit too:
    what is usual, or of how many. `ids` are (kind, id) pairs an investigator can click.
    """

    signal: str
    strength: float
    value: float
    unit: str
    baseline: float
    sentence: str
    ids: tuple[tuple[Kind, str], ...] = ()
    source: tuple[Source, ...] = ()
    against: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a scored ring; `risk` in [0, 1], `role` in words ("operator", "shill" …)."""

    kind: Kind
    code: int
    id: str
    role: str
    risk: float


FLAG_SCORE: Final = 0.8
"""Score from which a ring is flagged: of rings at just this score four in five are fraudulent."""


@dataclass(frozen=True)
class ScoredRing:
    """A ring with its rank (1 is the most suspicious), score, reasons and money.

    `score` is a probability in [0, 1]; `p_value` and `q_value` are its significance in the run and the share
    of chance among the rings that are at least as significant (`graph.ring_significance`), `chance` says in a
    sentence what was counted; amounts are major units of the run's main currency, moments epoch milliseconds
    UTC. `changed` says in a sentence what is different since the previous run, "" where none was given.
    """

    ring_id: str
    rank: int
    score: float
    q_value: float
    typology: str
    members: tuple[Member, ...]
    evidence: tuple[Evidence, ...]
    amount: float
    bad_amount: float
    first_at: int
    last_at: int
    lineage: str = "born"
    found_by: tuple[str, ...] = ()
    changed: str = ""
    p_value: float = 1.0
    chance: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether somebody has to look at it; all others are listed for those who ask."""
        return self.score >= FLAG_SCORE

    def of(self, kind: Kind) -> tuple[Member, ...]:
        """The members of that kind, in their order."""
        return tuple(member for member in self.members if member.kind is kind)
