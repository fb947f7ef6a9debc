"""Scores: how probable it is that a ring is fraudulent, and how risky every partner is, with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.identity import Identity, Members, continued, identify, rings_of
from graph.parts import PART_OF_COPIES, in_copies
from graph.projection import Projection
from graph.records import Evidence, Member, Ring, Risk, ScoredRing
from graph.ring_significance import Chance, ring_significance
from graph.rings import ring_strength
from graph.schema import MISSING_MS, Kind
from graph.signals import collect
from graph.signals.adjacency import Codes
from graph.signals.context import Context
from graph.signals.facts import RingFacts, slice_ring
from graph.signals.partners import explain_partners
from graph.signals.sources import with_rows, without_rows
from graph.typology import members, typology

if TYPE_CHECKING:
    from graph.tables import Tables

Floats = NDArray[np.float64]
Result = TypeVar("Result")

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "identity": ("shared_payout_account", "shared_login_device", "partner_on_customer_device"),
    "customers": ("customers_share_devices", "customers_share_accounts", "captive_customers"),
    "endings": ("unpaid_inside", "refunded_inside", "unpaid_at_partners", "shared_customers_go_bad"),
    "timing": ("lockstep_burst", "quick_rounds", "new_accounts", "joint_onboarding"),
    "story": ("common_collector", "successor", "takeover", "joint_change"),
    "against": (
        "hub_identifier",
        "shared_customers_end_well",
        "independent_custom",
        "low_bad_rate",
        "long_honest_history",
        "common_owner",
    ),
}
"""Signals by what they rest on: within a family the strongest counts, since they repeat one another."""

TERMS: Final = ("strength", "member_risk", *FAMILIES)
"""The terms of the score, all in [0, 1]: log odds of a whole ring (`as_term`), mean member risk, strongest
signal of each family."""

WEIGHTS: Final[Mapping[str, float]] = {
    "strength": 7.1,
    "member_risk": 1.8,
    "identity": 0.6,
    "customers": 0.3,
    "endings": 0.0,
    "timing": 1.0,
    "story": 0.6,
    "against": 0.0,
}
"""Log odds a term adds: how much each counts beside the others is from `python -m benchmarks.ring_score` on
nine worlds of two makers, and how far all of them can be believed from thirty worlds of six makers, each with
labels and without, one maker unknown to the forests. Their rings had a Brier score of 0.056 against 0.126 for
the base rate. Weights fitted anew to all of these ranked rings worse on that maker's worlds, and better on
those of makers whom the forests know. Real data may be calibrated otherwise. What is 0 tells nothing that the
others do not."""

UNTOLD: Final = 0.5
"""Member risk of a set of consumers, whose own says nothing that its strength does not: in fits to the sets
of 55 worlds of six makers it counts for -0.2 to -0.4, of partners for 1.8. With it the custom of rings' shops
stood before crews."""

SIGNS: Final = tuple(-1 if name == "against" else 1 for name in TERMS)
"""Which way each term may work, whatever was measured."""
INTERCEPT: Final = -5.0
VERDICT_SHIFT: Final = 1.0
"""Log odds that a known fraud (legit) verdict of full strength adds (takes away)."""

LEAST_PROMISING: Final = 0.02
"""Score without any evidence below which a ring is not listed (`score_rings`). An estimate, no bound: all
evidence together may add 2.5 log odds. Of 7,623 rings of thirty worlds 43 in a hundred are below it, and one
in eighty of them is fraudulent. Evidence added 0.7 to them (nine in ten) and 1.3 (most); none scored above
0.07 or was among the best of its world."""


@dataclass(frozen=True)
class _Told:
    """What is told of a ring by itself; its facts are let go, those of all rings would fill memory."""

    evidence: tuple[Evidence, ...]
    typology: str
    members: tuple[Member, ...]
    amount: float
    bad_amount: float
    first_at: int
    last_at: int


@dataclass(frozen=True)
class _Case:
    """A ring with what is told of it, with the evidence's rows, and its score."""

    ring: Ring
    told: _Told
    score: float
    chance: Chance


def score_rings(
    rings: Sequence[Ring],
    context: Context,
    projection: Projection,
    *,
    tables: Tables | None = None,
    previous: pd.DataFrame | None = None,
) -> tuple[ScoredRing, ...]:
    """The rings worth listing with scores, reasons, roles and money: the most probable fraud first.

    The score is a logistic of `TERMS`, members' risk and the strength of the evidence for and against, not
    density. Left out is whose score without any evidence is below `LEAST_PROMISING`, and of whom no signal
    says anything, unless somebody has decided on a member, or it follows from a ring of `previous`, the
    `ring_members` of an earlier run, whose ids and lineage the rings follow; p-values count them too.
    `tables` fills the row ids of the evidence and changes nothing else. Cost grows with the members' links;
    nothing is random.
    """
    cases = _cases(rings, context, projection, tables, previous)
    order = sorted(range(len(cases)), key=lambda n: (-cases[n].score, _key(cases[n].ring)))
    ranked = [cases[number] for number in order]
    identities = identify([_members(case.ring, context) for case in ranked], rings_of(previous))
    return tuple(
        _scored(case, identity, rank)
        for rank, (case, identity) in enumerate(zip(ranked, identities, strict=True), start=1)
    )


def _awaited(rings: Sequence[Ring], context: Context, previous: pd.DataFrame | None) -> NDArray[np.bool_]:
    """(rings,) who is listed in any case: somebody has decided on a member, or the earlier run had it."""
    awaited = np.array([_decided(ring, context) for ring in rings], dtype=np.bool_)
    if previous is not None:
        cores = [_members(ring, context) for ring in rings]
        awaited |= np.array(continued(cores, rings_of(previous)), dtype=np.bool_)
    return awaited


def _decided(ring: Ring, context: Context) -> bool:
    """Whether a person has decided on any member."""
    return any(context.verdicts[kind][list(ring.codes(kind))].any() for kind in Kind)


def partner_scores(context: Context, projection: Projection, rings: Sequence[ScoredRing]) -> pd.DataFrame:
    """Every partner once, by id: `partner_id`, `score` in [0, 1], `reasons` (a list, the strongest first).

    The score is the mean of the partner's risk and the score of the best ring that it belongs to (0 for
    none). Verdicts are named among the reasons; they enter through that risk and that ring alone.
    """
    own = context.risk.partner.astype(np.float64)
    ring_score, ring_of = _best_ring(rings, len(own))
    score = combine(own, ring_score)
    reasons = explain_partners(context, projection, rings, ring_of)
    return pd.DataFrame(
        {"partner_id": context.links.partners["partner_id"].to_numpy(), "score": score, "reasons": reasons}
    )


def combine(own: Floats, ring: Floats) -> Floats:
    """Partner risk and the score of its best ring as one: their mean, two opinions of equal weight.

    On six made-up worlds it ranked unlabelled partners at an average precision of 0.80, the risk alone at
    0.76, the ring score alone at 0.74, and had a lower Brier score than 1 - (1 - own)(1 - ring).
    """
    result: Floats = (own + ring) / 2
    return np.clip(result, 0.0, 1.0)


def rate_rings(rings: Sequence[Ring], context: Context, projection: Projection) -> tuple[Floats, Floats]:
    """(rings, terms) what each ring's score is made of, and (rings,) the verdict strength on top."""
    evidence = _of_each(rings, context, lambda facts: collect(facts, context))
    return ring_terms(evidence, *_before_evidence(rings, context, projection)), _verdicts(evidence)


def ring_terms(evidence: Sequence[Sequence[Evidence]], strength: Floats, member_risk: Floats) -> Floats:
    """(rings, terms) what the score is made of, in the order of `TERMS`, each in [0, 1]."""
    result = np.zeros((len(evidence), len(TERMS)))
    result[:, 0], result[:, 1] = as_term(strength), np.clip(member_risk, 0, 1)
    for row, items in enumerate(evidence):
        best = {item.signal: item.strength for item in items}
        for column, signals in enumerate(FAMILIES.values(), start=2):
            result[row, column] = max(best.get(signal, 0.0) for signal in signals)
    return result


def as_term(chance: Floats) -> Floats:
    """Log odds of a probability, from -6 to 6, as a term in [0, 1]: one half at even odds."""
    held = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.clip(np.log(held / (1 - held)) / 12 + 0.5, 0.0, 1.0)


def probability(terms: Floats, verdict: Floats) -> Floats:
    """(rings,) the score: a logistic of the terms, with `verdict` (fraud - legit strength) on top."""
    weight = np.array([WEIGHTS[name] for name in TERMS])
    odds = INTERCEPT + terms @ weight + VERDICT_SHIFT * verdict
    result: Floats = 1 / (1 + np.exp(-odds))
    return result


def ring_member_risk(ring: Ring, risk: Risk) -> float:
    """The mean risk of the ring's partners; `UNTOLD` where it has none.

    Consumers are risky by what their group gains, and so is the custom of another ring's shops.
    """
    return float(risk.partner[list(ring.partners)].mean()) if ring.partners else UNTOLD


def _cases(
    rings: Sequence[Ring],
    context: Context,
    projection: Projection,
    tables: Tables | None,
    previous: pd.DataFrame | None,
) -> list[_Case]:
    strength, risk = _before_evidence(rings, context, projection)
    bare = probability(ring_terms([()] * len(rings), strength, risk), np.zeros(len(rings)))
    awaited = _awaited(rings, context, previous)
    # a risk that is no number must be seen; the others would be last
    kept = np.flatnonzero(awaited | ~(bare < LEAST_PROMISING))
    listed = [rings[number] for number in kept.tolist()]
    left_out = len(rings) - len(listed)
    chances: list[Chance] = []

    def weigh() -> None:
        chances.extend(ring_significance(listed, context.links, projection, left_out=left_out))

    def tell(facts: RingFacts) -> _Told:
        told = _told(facts, context)
        # what nobody asks for need not come back from a copy
        return told if tables is not None else replace(told, evidence=without_rows(told.evidence))

    told = _of_each(listed, context, tell, first=weigh)
    evidence = [one.evidence for one in told]
    if tables is not None:
        evidence = with_rows(evidence, tables)
    score = probability(ring_terms(evidence, strength[kept], risk[kept]), _verdicts(evidence))
    return [
        _Case(ring, replace(one, evidence=items), float(p), chance)
        for ring, one, items, p, chance, needed in zip(
            listed, told, evidence, score, chances, awaited[kept], strict=True
        )
        if needed or any(item.strength for item in items)  # no score without reasons
    ]


def _of_each(
    rings: Sequence[Ring],
    context: Context,
    work: Callable[[RingFacts], Result],
    *,
    first: Callable[[], object] = lambda: None,
) -> list[Result]:
    """What `work` says of the facts of each ring: most of the time, and all of it in the interpreter.

    `first` is done meanwhile, as `in_copies` has it.
    """
    if len(rings) > PART_OF_COPIES:
        context.complete()
    return in_copies(len(rings), lambda number: work(slice_ring(rings[number], context)), first=first)


def _told(facts: RingFacts, context: Context) -> _Told:
    evidence = collect(facts, context)
    kind = typology(evidence, has_partners=bool(len(facts.partners)))
    rows, orders = money_rows(facts, context), context.ordered_at
    return _Told(
        evidence=evidence,
        typology=kind,
        members=members(facts, context, typology=kind, evidence=evidence),
        amount=float(orders.value["amount"][rows].sum()),
        bad_amount=float(orders.value["bad_amount"][rows].sum()),
        first_at=int(orders.first_at[rows].min()) if len(rows) else MISSING_MS,
        last_at=int(orders.last_at[rows].max()) if len(rows) else MISSING_MS,
    )


def _before_evidence(
    rings: Sequence[Ring], context: Context, projection: Projection
) -> tuple[Floats, Floats]:
    """(rings,) each: the probability that all of it is a ring, and its members' mean risk."""
    strength = ring_strength(rings, context.links, projection)
    projection.kept.clear()  # nobody asks for strengths after this, and evidence needs the room
    return strength, np.array([ring_member_risk(ring, context.risk) for ring in rings], dtype=np.float64)


def _verdicts(evidence: Sequence[Sequence[Evidence]]) -> Floats:
    """(rings,) strength of the known fraud verdicts less that of the legit ones, in [-1, 1]."""
    by_signal = [{item.signal: item.strength for item in items} for items in evidence]
    return np.array([one.get("known_fraud", 0.0) - one.get("known_legit", 0.0) for one in by_signal])


def _scored(case: _Case, identity: Identity, rank: int) -> ScoredRing:
    told = case.told
    return ScoredRing(
        ring_id=identity.ring_id,
        rank=rank,
        score=case.score,
        q_value=case.chance.q_value,
        p_value=case.chance.p_value,
        chance=case.chance.sentence(),
        typology=told.typology,
        members=told.members,
        evidence=told.evidence,
        amount=told.amount,
        bad_amount=told.bad_amount,
        first_at=told.first_at,
        last_at=told.last_at,
        lineage=identity.lineage,
        found_by=case.ring.found_by,
        reasons=case.ring.reasons,
    )


def money_rows(facts: RingFacts, context: Context) -> Codes:
    """The rows of `ordered_at` whose money the ring is about.

    The orders of its consumers at its partners; all orders at its partners where its own consumers leave
    less than half of the partners' bad amount (a bust-out burns strangers); all orders of its consumers
    where it has no partner.
    """
    if not len(facts.partners):
        return facts.consumer_rows
    bad = context.ordered_at.value["bad_amount"]
    inside, everywhere = float(bad[facts.inside_rows].sum()), float(bad[facts.partner_rows].sum())
    return facts.inside_rows if len(facts.inside_rows) and inside >= 0.5 * everywhere else facts.partner_rows


def _members(ring: Ring, context: Context) -> Members:
    """The members that make a ring the same one: its partners, or its consumers where it has none."""
    kind, codes = (Kind.PARTNER, ring.partners) if ring.partners else (Kind.CONSUMER, ring.consumers)
    return frozenset(context.ids(kind, np.array(codes, dtype=np.int64)))


def _key(ring: Ring) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return ring.partners, ring.consumers


def _best_ring(rings: Sequence[ScoredRing], partners: int) -> tuple[Floats, Codes]:
    """For every partner the score of its best ring (0) and that ring's position (-1)."""
    score, position = np.zeros(partners), np.full(partners, -1, dtype=np.int64)
    for number, ring in enumerate(rings):
        for member in ring.of(Kind.PARTNER):
            if ring.score > score[member.code]:
                score[member.code], position[member.code] = ring.score, number
    return score, position
