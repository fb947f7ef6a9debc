"""Succession: a partner closes, and days later one much like it in name or site comes on board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.links import Links
from graph.schema import DAY_MS, MISSING_MS
from graph.significance import Floats, at_least
from graph.tally import distinct
from graph.ties import FEW_TIES, Codes, Ties, least_kept, no_ties, strongest, ties_of

GAP_DAYS = (-30, 120)
"""The successor comes on board this long before to this long after the last order or the closing."""

COMMON_TRIGRAM = 0.02
"""Letter triples in more than this share of names ("ltd", "sho") say nothing and would tie all with all."""

FRESH_DAYS = 30.0
"""Days between closing and coming back within which a like name counts in full; as many more halve it."""

MIN_SIMILARITY = 0.3
"""Cosine of two names (or sites) below which they are different; the surprise weighs what is above."""

CLOSE_SIMILARITY = 0.4
"""Among very many partners more than are kept are that much alike: the others need not be listed then."""

TIES_A_PARTNER = 2
"""Pairs kept a partner, the most alike: by chance alike are more the more partners there are (1 a partner in
7,000 partners, 10 in 67,000), and rings need one each."""


def succession(links: Links) -> Ties:
    """Closed partners and later ones of a similar name, legal name or site.

    Weight: cosine similarity of the rare letter triples of whichever of the three is the most alike, with
    half as much again for the same category and the same country, less from `FRESH_DAYS` between closing and
    coming on board on. Surprise: -log10 of how often a random pair of partners in that time relation
    weighs as much. What else they share (accounts, devices, customers) are ties of other channels.
    """
    closed_at = (
        links.partners["closed_at"].to_numpy().astype(np.int64) if "closed_at" in links.partners else None
    )
    if closed_at is None or not (closed_at != MISSING_MS).any():
        return no_ties()
    onboarded = links.partners["onboarded_at"].to_numpy().astype(np.int64)
    closed = np.flatnonzero(closed_at != MISSING_MS)
    texts = [_trigrams(text) for text in _texts(links.partners)]
    for least in (CLOSE_SIMILARITY, MIN_SIMILARITY):
        old, new, weight = _alike(links.partners, texts, closed, onboarded, closed_at[closed], least)
        # nobody weighs more than it is alike, so that the heaviest are all there
        if np.count_nonzero(weight >= least) >= max(TIES_A_PARTNER * len(onboarded), FEW_TIES):
            break
    # of pairs alike by chance, which grow with the partners' square, those to be kept alone are ranked
    kept = weight >= least_kept(weight, TIES_A_PARTNER * len(onboarded))
    old, new, weight = old[kept], new[kept], weight[kept]
    surprise = _name_surprise(weight, _pairs_in_time(onboarded, closed_at, closed))
    return strongest(ties_of(old, new, weight, surprise), TIES_A_PARTNER * len(onboarded))


def _texts(partners: pd.DataFrame) -> Iterator[pd.Series]:
    """Names, legal names and sites, as far as they are known."""
    for column in ("name", "legal_name", "website"):
        if column in partners:
            text = partners[column].fillna("").astype(str)
            yield _host(text) if column == "website" else text


def _alike(
    partners: pd.DataFrame,
    texts: Sequence[sp.csr_array],
    closed: NDArray[np.int64],
    onboarded: NDArray[np.int64],
    closed_at: NDArray[np.int64],
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Closed partner, a later one whose texts' cosine is `least` and more, and what the pair weighs."""
    old, new, cosine = _similar(texts, closed, onboarded, closed_at, least)
    gap = (onboarded[new] - closed_at[np.searchsorted(closed, old)]) / DAY_MS
    keep = (old != new) & (onboarded[new] > onboarded[old])
    old, new, cosine, gap = old[keep], new[keep], cosine[keep], gap[keep]
    alike = _same(partners, old, new)
    weight = cosine * (0.5 + 0.25 * alike) * np.exp2(-np.maximum(np.abs(gap) / FRESH_DAYS - 1.0, 0.0))
    return old, new, weight


def _similar(
    texts: Sequence[sp.csr_array],
    closed: NDArray[np.int64],
    onboarded: NDArray[np.int64],
    closed_at: NDArray[np.int64],
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Closed partner, one on board within `GAP_DAYS` of the closing, and their cosine: `least` and more.

    The highest of names, legal names and sites, each the trigrams of all partners. Partners stand in the
    order of their coming on board, so that a closing is compared with its window alone: with all, work would
    grow with the partners' square.
    """
    order = np.argsort(onboarded, kind="stable")
    begin = np.searchsorted(onboarded[order], closed_at + GAP_DAYS[0] * DAY_MS)
    end = np.searchsorted(onboarded[order], closed_at + GAP_DAYS[1] * DAY_MS, side="right")
    most = sp.csr_array((len(closed), len(onboarded)))
    for grams in texts:
        holders = grams[order].tocsc()
        holders.sort_indices()
        asked = grams[closed]
        row, place, cosine = _cosines(
            asked.indptr,
            asked.indices,
            asked.data,
            holders.indptr,
            holders.indices,
            holders.data,
            begin,
            end,
            len(onboarded),
            least,
        )
        most = most.maximum(sp.csr_array((cosine, (row, order[place])), shape=most.shape))
    found = most.tocoo()
    return closed[found.row], found.col.astype(np.int64), found.data


@numba.njit(cache=True, nogil=True)
def _cosines(
    start: Codes,
    gram: Codes,
    weight: Floats,
    first: Codes,
    holder: Codes,
    held: Floats,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    partners: int,
    least: float,
) -> tuple[Codes, Codes, Floats]:
    """Row, holder and product, of `least` and more, of each row of grams with the holders in its window."""
    total = np.zeros(partners)
    met = np.empty(partners, dtype=np.int32)
    rows, others, products = [np.int32(0)], [np.int32(0)], [0.0]
    for row in range(len(begin)):
        count = 0
        for entry in range(start[row], start[row + 1]):
            low, high = first[gram[entry]], first[gram[entry] + 1]
            low += np.searchsorted(holder[low:high], begin[row])
            while low < high and holder[low] < end[row]:
                if total[holder[low]] == 0.0:
                    met[count] = holder[low]
                    count += 1
                total[holder[low]] += weight[entry] * held[low]
                low += 1
        for other in met[:count]:
            if total[other] >= least:
                rows.append(np.int32(row))
                others.append(other)
                products.append(total[other])
            total[other] = 0.0
    return np.array(rows[1:]), np.array(others[1:]), np.array(products[1:])


def _host(sites: pd.Series) -> pd.Series:
    """The name in a web address: what stands before the last dot of its host."""
    host = sites.str.lower()
    for what in (r"^[a-z]+://", r"[/?#:].*$", r"^www\.", r"\.[^.]*$"):
        host = host.str.replace(what, "", regex=True)
    return host


def _trigrams(names: pd.Series) -> sp.csr_array:
    """(partners, trigrams) unit rows weighted by inverse document frequency, common ones left out."""
    plain = names.str.lower().str.replace(r"[^\w]+", " ", regex=True).str.strip().str.slice(0, 80)
    padded = (" " + plain + " ").to_list()
    owner, codes, unique = _triples(padded)
    counts = np.bincount(codes, minlength=unique)
    rows = len(padded)
    weight = np.where(counts <= max(COMMON_TRIGRAM * rows, 20), np.log1p(rows / np.maximum(counts, 1)), 0.0)
    matrix = sp.csr_array((weight[codes], (owner, codes)), shape=(rows, max(unique, 1)))
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = (sp.diags_array(1.0 / np.maximum(norm, 1e-12)) @ matrix).tocsr()
    matrix.eliminate_zeros()
    return matrix


def _triples(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Row and code of each triple of letters once a text, sorted, and how many codes there are."""
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    used = np.bincount(letters) > 0
    letter, known = (np.cumsum(used) - 1)[letters], max(int(used.sum()), 1)
    inside = np.flatnonzero(owner[2:] == owner[:-2])
    triple = (letter[inside] * known + letter[inside + 1]) * known + letter[inside + 2]
    code, unique = pd.factorize(triple, sort=True)
    key = distinct(owner[inside] * max(len(unique), 1) + code)
    return key // max(len(unique), 1), key % max(len(unique), 1), len(unique)


def _same(partners: pd.DataFrame, old: NDArray[np.int64] | Codes, new: NDArray[np.int64] | Codes) -> Floats:
    """How many of category and country both partners share, 0 to 2; unknown is shared with nobody."""
    alike = np.zeros(len(old))
    for column in ("category", "country"):
        if column in partners:
            code, values = pd.factorize(partners[column].astype(str))
            unknown = np.append(values == "", False)[code]
            alike += (code[old] == code[new]) & ~unknown[old]
    return alike


def _pairs_in_time(
    onboarded: NDArray[np.int64], closed_at: NDArray[np.int64], closed: NDArray[np.int64]
) -> float:
    """How many (closed, later) pairs stand in the time relation of a succession."""
    starts = np.sort(onboarded)
    low = np.searchsorted(starts, closed_at[closed] + GAP_DAYS[0] * DAY_MS)
    high = np.searchsorted(starts, closed_at[closed] + GAP_DAYS[1] * DAY_MS, side="right")
    return float(max((high - low).sum(), 1))


def _name_surprise(weight: Floats, pairs: float) -> Floats:
    """-log10 of the share of all pairs in that time relation that weigh at least as much.

    `weight` may be that of the heaviest alone.
    """
    return np.maximum(-np.log10(np.minimum(at_least(weight, weight) / pairs, 1.0)), 0.0)
