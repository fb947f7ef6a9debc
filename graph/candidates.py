"""Candidates: member sets that a detector proposes, and the communities most detectors propose them from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.communities import communities
from graph.projection import Projection
from graph.records import Risk
from graph.significance import Floats

RESOLUTION: Final = 0.05
"""CPM resolution: a chain of partners holds together up to some ten members, a pair needs a twentieth of a
full tie."""

FULL_TIE: Final = 5.0
"""Surprise beyond chance (in powers of ten) at which a tie counts in full."""

CHANCE_TIES: Final = 0.02
"""Ties a partner may show by chance: one partner in fifty has one."""

NOT_ALONE: Final = ("co_custom", "customer_device", "hand_over", "moved_custom")
"""Channels that make no tie by themselves: common custom alone makes a mall (when its customers come and how
their orders end counts), where shops come and go one whose customers move, and a partner's device that
customers use is most often a till in the shop. What is handed over counts where it is shared."""


@dataclass(frozen=True)
class Candidate:
    """A set of partner codes, or of consumer codes where it holds no partner; both sorted.

    `reason` says in a sentence what the detector saw, with numbers; it does not make two equal sets differ.
    """

    partners: tuple[int, ...]
    consumers: tuple[int, ...] = ()
    reason: str = field(default="", compare=False)


def tie_strength(projection: Projection, channels: tuple[str, ...]) -> Floats:
    """(m,) strength in [0, 1] of every pair over these channels.

    The surprises add up, none of them above what the population shows (`Projection.joint_rarity`); what
    `CHANCE_TIES` of a partner's pairs with all others show is taken off.
    """
    total = projection.joint_rarity([channel for channel in channels if channel not in NOT_ALONE])
    by_chance = np.log10(max(projection.partners, 2) / CHANCE_TIES)
    strength: Floats = np.clip((total - by_chance) / FULL_TIE, 0.0, 1.0)
    return strength


def communities_of(
    projection: Projection,
    risk: Risk,
    *,
    channels: tuple[str, ...],
    seed: int,
    resolution: float = RESOLUTION,
) -> tuple[Candidate, ...]:
    """Communities over these channels' ties, each tie weighted by the risk of the two it joins."""
    weight = tie_strength(projection, channels) * joint_risk(projection, risk)
    found = communities(
        projection.left,
        projection.right,
        weight,
        resolution=resolution,
        seed=seed,
        partners=projection.partners,
    )
    return tuple(Candidate(partners) for partners in found)


def joint_risk(projection: Projection, risk: Risk) -> NDArray[np.float64]:
    """(m,) geometric mean of both partners' risk: a quiet member counts through who it is tied to."""
    partner = risk.partner.astype(np.float64)
    return np.sqrt(partner[projection.left] * partner[projection.right])
