"""What a terminal shows of the data: no control characters, aligned tables, CSV that is safe to open."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import Final

CELL_CHARACTERS: Final = 60
"""A longer cell is cut in a table; CSV and JSON hold it whole."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_HIDDEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_WIDE: Final = frozenset(("W", "F"))


def emit(text: str) -> None:
    """Write the text to standard output; a reader that has gone, as in `| head`, is no failure."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # what is still in the buffer would fail again when Python closes the stream
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def plain(text: object) -> str:
    """The text with every control, bidi or invisible character as U+FFFD: it cannot steer a terminal."""
    raw = str(text)
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join("\ufffd" if unicodedata.category(letter) in _HIDDEN else letter for letter in raw)


def columns_wide(text: str) -> int:
    """How many columns of a terminal the text takes: two for wide letters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in _WIDE)
        for letter in text
    )


def as_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows in aligned columns under their names, numbers to the right; ends with a newline."""
    cells = [[_cell(value) for value in row] for row in rows]
    heads = [plain(column) for column in columns]
    widths = [
        max([columns_wide(head), *(columns_wide(row[place]) for row in cells)])
        for place, head in enumerate(heads)
    ]
    right = [_all_numbers(rows, place) for place in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *cells]
    return "".join(_line(line, widths, right) + "\n" for line in lines)


def is_cut(rows: Sequence[Sequence[object]]) -> bool:
    """Whether a table shows some cell of these rows only in part."""
    return any(len(_shown(value)) > CELL_CHARACTERS for row in rows for value in row)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows as CSV; a text that a spreadsheet would run as a formula gets a leading quote."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # else a lone carriage return would stay unquoted
    writer.writerow([csv_cell(column) for column in columns])
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return text.getvalue()


def as_json(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows as a JSON array of objects, in ASCII, a row a line."""
    objects = [json.dumps(dict(zip(columns, row, strict=True)), default=str) for row in rows]
    return "[\n" + ",\n".join(objects) + "\n]\n" if objects else "[]\n"


def csv_cell(value: object) -> object:
    """The value as a CSV cell: numbers as they are, lists and maps as JSON, text never a formula."""
    if value is None or isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cell(value: object) -> str:
    text = _shown(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"
    return plain(value if isinstance(value, str | int) else json.dumps(value, default=str))


def _all_numbers(rows: Sequence[Sequence[object]], place: int) -> bool:
    values = [row[place] for row in rows if row[place] is not None]
    return bool(values) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (width - columns_wide(cell)) + cell if to_right else cell + " " * (width - columns_wide(cell))
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()
