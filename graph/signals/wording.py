"""How facts are put into words: names from outside made harmless, amounts, days, shares."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from graph.schema import MISSING_MS

NAME_LENGTH = 60
"""Characters of a name or id that a sentence shows; `Evidence.ids` keep the whole id."""

_QUOTES = str.maketrans(dict.fromkeys('"“”„«»‹›', "'"))


def plain(text: str, limit: int = NAME_LENGTH) -> str:
    """The text as one harmless line: no control, bidi or zero-width characters, at most `limit` long.

    Such characters become U+FFFD, any kind of space a space, double quotes single ones, so that a quoted
    name can end neither its quotation nor its line.
    """
    start = str(text)[: 4 * limit]
    clean = start.replace('"', "'") if start.isascii() and start.isprintable() else _clean(start)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _clean(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).translate(_QUOTES)
    spaced = (" " if unicodedata.category(char) == "Zs" else char for char in normal)
    return "".join(char if char.isprintable() else "\ufffd" for char in spaced)


def quoted(text: str, limit: int = NAME_LENGTH) -> str:
    """The text made harmless, in quotation marks."""
    return f"“{plain(text, limit)}”"


def listed(texts: Sequence[str], *, most: int = 3, of: int | None = None) -> str:
    """`“a”, “b” and 4 more`: the first `most` texts, quoted, and how many more of all there are.

    `of` is how many there are, where `texts` are only the first of them.
    """
    shown = [quoted(text) for text in texts[:most]]
    more = (len(texts) if of is None else of) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def day(moment_ms: int) -> str:
    """The UTC day of a moment in epoch milliseconds, `2026-03-31`; "an unknown day" where it is missing."""
    if moment_ms == MISSING_MS:
        return "an unknown day"
    return datetime.fromtimestamp(moment_ms / 1000, tz=UTC).strftime("%Y-%m-%d")


def money(amount: float, currency: str) -> str:
    """The amount in whole major units, `12,340 EUR`."""
    return f"{amount:,.0f} {plain(currency, 3)}"


def percent(share: float) -> str:
    """The share in percent: one digit after the point below 10 %, none above; never shown as none or all."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def number(value: float) -> str:
    """The number with two significant digits below 10, whole above."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:,.0f}"


def chance(p_value: float) -> str:
    """The p-value as people read it: `p = 0.03`, `p < 1e-12`."""
    return "p < 1e-12" if p_value < 1e-12 else f"p = {p_value:.1g}"


def count(n: int, noun: str) -> str:
    """`1 partner`, `3 partners`: the noun takes a plain s."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
