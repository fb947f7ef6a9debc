"""Why a ring is flagged, in sentences that an investigator can read out."""

from __future__ import annotations

from typing import Any, Final

from graph.records import Evidence, ScoredRing
from graph.schema import Kind
from graph.visuals.breaking import Break
from graph.visuals.slicing import KINDS
from graph.visuals.text import SENTENCE_CHARACTERS, clean, count_of, day, joined, money

KIND_WORDS: Final = {
    Kind.PARTNER: "partner",
    Kind.CONSUMER: "consumer",
    Kind.DEVICE: "device",
    Kind.BANK_ACCOUNT: "bank account",
}
_UNNAMED: Final = "unnamed pattern"


def typology(ring: ScoredRing) -> str:
    """The ring's typology as words."""
    return clean(ring.typology).replace("_", " ") or _UNNAMED


def members_by_kind(ring: ScoredRing) -> str:
    """The members counted by kind: "5 partners, 12 consumers and 1 device"."""
    sizes = [(len(ring.of(kind)), KIND_WORDS[kind]) for kind in KINDS]
    return joined([count_of(size, word) for size, word in sizes if size]) or "no members"


def reasons(ring: ScoredRing) -> list[Evidence]:
    """What speaks for fraud, strongest first; last, of strength 0, what decides nothing."""
    return sorted(
        (e for e in ring.evidence if not e.against), key=lambda e: (-e.strength, e.signal, e.sentence)
    )


def objections(ring: ScoredRing) -> list[Evidence]:
    """What speaks for the members, strongest first."""
    return sorted((e for e in ring.evidence if e.against), key=lambda e: (-e.strength, e.signal, e.sentence))


def strongest_sentence(ring: ScoredRing) -> str:
    """The sentence of the strongest signal, "" where there is none."""
    found = next((item for item in reasons(ring) if item.strength), None)
    return clean(found.sentence, SENTENCE_CHARACTERS) if found else ""


def changed(ring: ScoredRing) -> str:
    """What is different since the previous run, "" where none was given."""
    return clean(ring.changed, SENTENCE_CHARACTERS) if ring.changed else ""


_REASONS = 3
"""Detectors whose sentence the page holds, folded up: they are long, and the picture belongs in sight."""


def summary(ring: ScoredRing, currency: str) -> dict[str, Any]:
    """The head of the page: what was found, how sure, how much money, when."""
    kind = typology(ring)
    return {
        "headline": f"{members_by_kind(ring)}, {_pattern(kind)}.",
        "sure": f"{_sure(ring)} {_chance(ring)}",
        "score": f"{ring.score:.2f}" if ring.score <= 0.995 else f"{min(ring.score, 0.999):.3f}",
        "p": _q(ring.p_value),
        "q": _q(ring.q_value),
        "typology": kind,
        "members": members_by_kind(ring),
        "moved": money(ring.amount, currency),
        "bad": money(ring.bad_amount, currency),
        "share": f"{ring.bad_amount / ring.amount:.0%} of it" if ring.amount > 0 else "",
        "first": day(ring.first_at),
        "last": day(ring.last_at),
        "lineage": clean(ring.lineage, 40),
        "changed": changed(ring),
        "found": joined([clean(name, 60).replace("_", " ") for name in ring.found_by]),
        "seen": [clean(reason, SENTENCE_CHARACTERS) for reason in ring.reasons[:_REASONS]],
    }


def _pattern(kind: str) -> str:
    if kind in ("unknown", _UNNAMED):
        return "tied together in a pattern without a name"
    return f"tied together like {'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def _sure(ring: ScoredRing) -> str:
    if ring.score > 0.995:  # "100 of 100" would claim what no model can
        return f"Of 1,000 rings with this score, {min(999, int(1000 * ring.score))} are expected to be fraud."
    return f"Of 100 rings with this score, {100 * ring.score:.0f} are expected to be fraud."


def _q(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}".rstrip("0") if value < 0.01 else f"{value:.2f}"


def _chance(ring: ScoredRing) -> str:
    """What was counted, and how many rings that are at least as significant would be chance."""
    counted = f"{clean(ring.chance, SENTENCE_CHARACTERS)} " if ring.chance else ""
    if ring.q_value >= 0.1:
        # the score weighs all evidence, the q-value this one count: unsaid, the two contradict each other
        may = "By that alone it may" if counted else "It may"
        return f"{counted}{may} be chance: {100 * ring.q_value:.0f} in 100 rings that show as much would be."
    odds = f"1 in {_round_number(1 / ring.q_value)}" if ring.q_value > 1e-6 else "fewer than 1 in a million"
    return f"{counted}Of the rings that show as much, {odds} would be chance."


def _round_number(value: float) -> str:
    """A number to two digits, as people say odds: "1,300"."""
    return f"{float(f'{value:.2g}'):,.0f}"


def break_words(broken: Break) -> str:
    """What the cut does, in one or two sentences."""
    word, whole = broken.anchors, sum(broken.before)
    if whole <= 1:
        return f"There is only {count_of(whole, word)} here: nothing to part."
    apart = _pieces_words(broken.after, word)
    if not broken.pairs:
        return (
            f"No link need be removed: by the links on this page its {word}s already stand apart ({apart}). "
            "What ties them runs through others outside the ring; the evidence names it."
        )
    what = (
        "this tie" if len(broken.pairs) == 1 else f"these {len(broken.pairs):,} of its {broken.ties:,} ties"
    )
    return f"Removing {what} leaves no piece with more than half of its {count_of(whole, word)}: {apart}."


def _pieces_words(sizes: tuple[int, ...], word: str) -> str:
    large = [size for size in sizes if size > 1]
    alone = len(sizes) - len(large)
    parts = [count_of(size, word) for size in large[:6]]
    if len(large) > 6:
        parts.append(count_of(len(large) - 6, "smaller piece"))
    if alone:
        parts.append(f"{alone:,} alone")
    return joined(parts)
