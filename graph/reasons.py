"""Reasons: what a detector saw in a candidate, in one sentence with its numbers, its null and its chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.special import gammaln

from graph.candidates import Candidate
from graph.projection import Projection
from graph.signals.wording import count
from graph.significance import Floats, hypergeometric_surprise
from graph.tally import highest, tally
from graph.ties import Codes

WORDS: Final[Mapping[str, str]] = {
    "payout_account": "are paid out to the same rare account",
    "login_device": "log in from the same rare device",
    "side_account": "are paid out to the same rare account, on the side",
    "side_device": "log in from the same rare device, on the side",
    "customer_device": "meet on a device of one and of the other's customers",
    "funding_account": "meet on a payout account of one from which the other's customers pay",
    "co_custom": "have customers in common beyond chance",
    "lockstep": "have common customers who come in lockstep",
    "bad_custom": "have common customers whose orders end worse than others'",
    "bad_customers": "are left unpaid or disputed by the same shoppers",
    "customer_groups": "are shopped at by the same groups of consumers",
    "money": "send their money to the same rare collector",
    "pass_through": "send their money through the same rare accounts, which soon pass it on",
    "counterparty": "pay, or are paid by, the same rare account",
    "succession": "follow one another under a like name or site",
    "hand_over": "follow one another with an account, a device or money handed over",
    "moved_custom": "follow one another with customers who went over beyond chance",
    "co_change": "turned bad after a change of account or device within days",
    "transfers": "pay one another in a round or a star",
}
"""Channel -> what the partners of a pair do that it ties."""

MOST_NAMED: Final = 4
"""Channels named in a sentence, those that tie the most pairs."""

_LN10: Final = float(np.log(10.0))


@dataclass(frozen=True)
class Shared:
    """(groups,) columns that several members share, and the most users one of them has among all partners.

    `surprise` is -log10 of how many (set of as many partners, as many columns) chance would join as well, 0
    for one or more. Null: every column's users are drawn at random among all partners (hypergeometric).
    """

    count: Floats
    most: Floats
    surprise: Floats


@dataclass(frozen=True)
class Inside:
    """The ties inside candidates that do not overlap: the `row` of the projection, the candidate's `group`.

    `groups` counts the candidates, `group_of` is (partners,), -1 for those in none.
    """

    groups: int
    group_of: Codes
    row: NDArray[np.int64]
    group: Codes

    def shared(self, *uses: sp.csr_array) -> Shared:
        """What several members of each candidate share of the columns of `uses`, (partners, columns) each."""
        use = sp.hstack(uses).tocoo()
        member = self.group_of[use.row]
        keep = member >= 0
        users = np.bincount(use.col, minlength=use.shape[1])
        key, inside = np.unique(
            member[keep].astype(np.int64) * use.shape[1] + use.col[keep], return_counts=True
        )
        several = inside >= 2
        key, inside = key[several], inside[several]
        group, of = key // use.shape[1], users[key % use.shape[1]]
        columns = tally(group, self.groups)
        partners = len(self.group_of)
        size = tally(self.group_of[self.group_of >= 0], self.groups)
        rare = hypergeometric_surprise(inside, of, size[group], partners)
        sets = log10_sets(partners, size)
        choices = sets + log10_sets(int(np.count_nonzero(users >= 2)), columns)
        return Shared(
            columns,
            highest(group, self.groups, of),
            np.maximum(tally(group, self.groups, rare) - choices, 0.0),
        )


def ties_inside(candidates: Sequence[Candidate], projection: Projection) -> Inside:
    """The pairs of the projection with both partners in one candidate, of candidates that do not overlap."""
    group_of = np.full(projection.partners, -1, dtype=np.int32)
    for number, candidate in enumerate(candidates):
        group_of[list(candidate.partners)] = number
    group = group_of[projection.left]
    row = np.flatnonzero((group >= 0) & (group == group_of[projection.right]))
    return Inside(len(candidates), group_of, row, group[row])


def chance_of(
    inside: Inside, candidates: Sequence[Candidate], projection: Projection, channels: Sequence[str]
) -> Floats:
    """(groups,) -log10 of how many sets of as many partners chance would join as well; 0 for one or more.

    Null: each channel's ties are dealt out to pairs of partners at random, as many of each strength as there
    are (`Projection.rarity`). Expected are then at most the trees over n of N partners, C(N, n) n^(n - 2)
    (Cayley), times the chance of the n - 1 ties of the rarest tree inside.
    """
    rarity = projection.joint_rarity(channels, inside.row)
    left, right = projection.left[inside.row], projection.right[inside.row]
    shape = (projection.partners, projection.partners)
    tree = minimum_spanning_tree(sp.csr_array((-rarity, (left, right)), shape=shape)).tocoo()
    joined = tally(inside.group_of[tree.row], inside.groups, -tree.data)
    size = np.array([len(one.partners) for one in candidates], dtype=np.float64)
    trees = log10_sets(projection.partners, size) + np.maximum(size - 2, 0) * np.log10(np.maximum(size, 1))
    surprise: Floats = np.maximum(joined - trees, 0.0)
    return surprise


def log10_sets(total: float, chosen: Floats) -> Floats:
    """log10 of how many sets of `chosen` there are out of `total`."""
    result: Floats = gammaln(total + 1) - gammaln(chosen + 1) - gammaln(np.maximum(total - chosen, 0) + 1)
    return result / _LN10


def chance_words(surprise: float) -> str:
    """How often chance does as much, in words."""
    return f"by chance 1 in 10^{surprise:.0f}" if surprise >= 1 else "chance would bring such a set too"


def with_reasons(
    candidates: tuple[Candidate, ...],
    projection: Projection,
    channels: Sequence[str],
    *,
    seen: Callable[[Inside], Sequence[str]] | None = None,
) -> tuple[Candidate, ...]:
    """The candidates, which do not overlap, with what ties their partners over these channels.

    `seen` gives a phrase a candidate that comes first, "" for none. One pass over the projection's pairs.
    """
    if not candidates:
        return ()
    inside = ties_inside(candidates, projection)
    surprise = chance_of(inside, candidates, projection, channels)
    tied = {
        channel: tally(
            inside.group[projection.weight[inside.row, projection.column(channel)] > 0], inside.groups
        )
        for channel in channels
    }
    first = seen(inside) if seen else [""] * len(candidates)
    return tuple(
        replace(
            candidate,
            reason=_sentence(
                first[n],
                len(candidate.partners),
                {channel: int(pairs[n]) for channel, pairs in tied.items()},
                float(surprise[n]),
            ),
        )
        for n, candidate in enumerate(candidates)
    )


def _sentence(first: str, size: int, tied: Mapping[str, int], surprise: float) -> str:
    most = sorted((channel for channel in tied if tied[channel]), key=lambda channel: -tied[channel])
    parts = [f"{tied[channel]} {WORDS[channel]}" for channel in most[:MOST_NAMED]]
    if not parts:
        parts = ["none is tied of itself, each by others whom both are tied to"]
    pairs = (
        f"of {count(size * (size - 1) // 2, 'pair')} of {size} partners {', '.join(parts)}; were pairs tied "
        f"one by one at random, {chance_words(surprise)}."
    )
    text = f"{first}; {pairs}" if first else pairs
    return f"{text[0].upper()}{text[1:]}"
