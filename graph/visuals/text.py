"""Text that is safe to show: every string of the data passes through here before it reaches a page."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Final

from graph.schema import MISSING_MS

SHOWN_CHARACTERS: Final = 300
LABEL_CHARACTERS: Final = 28
SENTENCE_CHARACTERS: Final = 900
"""A sentence of evidence may name several members; a page holds it whole where a name is cut."""

REPLACEMENT: Final = "\ufffd"
_HIDDEN_CATEGORIES: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# Letters that draw nothing (Hangul fillers, the blank Braille cell, the grapheme joiner) or that XML forbids.
_HIDDEN_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\ufffe\uffff")
_SCRIPT_ESCAPES: Final = (
    ("&", "\\u0026"),
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)


def clean(text: object, limit: int = SHOWN_CHARACTERS) -> str:
    """The text as it may be shown: NFC, hidden characters as U+FFFD, at most `limit` characters."""
    raw = str(text)[: 4 * limit]  # a combining mark costs a character; nobody reads past four a letter
    shown = raw if raw.isascii() and raw.isprintable() else _visible(unicodedata.normalize("NFC", raw))
    return shown if len(shown) <= limit and len(str(text)) <= 4 * limit else shown[: limit - 1] + "…"


def _visible(text: str) -> str:
    return "".join(REPLACEMENT if _is_hidden(letter) else letter for letter in text)


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in _HIDDEN_CATEGORIES or letter in _HIDDEN_LETTERS


def ascii_form(text: str) -> str:
    r"""The exact text in ASCII, other characters as `\uXXXX`: what an export needs to find the row again."""
    return json.dumps(text)[1:-1]


def script_json(value: object) -> str:
    """JSON that cannot end the `<script>` element it stands in."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter, escaped in _SCRIPT_ESCAPES:  # five passes of `replace` take a tenth of one `translate`
        text = text.replace(letter, escaped)
    return text


def count_of(number: int, noun: str) -> str:
    """A count with its noun: "1 partner", "1,200 partners"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(amount: float, currency: str) -> str:
    """An amount in whole major units with its currency: "216,777 EUR"."""
    return f"{amount:,.0f} {clean(currency, 12)}".rstrip()


def day(moment_ms: int) -> str:
    """The day of a moment, UTC: "2026-03-01", or "unknown"."""
    if moment_ms == MISSING_MS:
        return "unknown"
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%d")


def joined(parts: list[str]) -> str:
    """An enumeration in words: "a, b and c"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""
