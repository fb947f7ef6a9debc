import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.terminal import as_csv, as_json, as_table, columns_wide, csv_cell, is_cut, plain


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "a\nb", "\x9b31m", "\u202eevil", "\u200bhidden", "\u2028", "\x07", "\ud800"]
)
def test_nothing_that_steers_a_terminal_passes(hostile: str) -> None:
    assert "\ufffd" in plain(hostile)
    assert all(letter == "\ufffd" or letter.isprintable() for letter in plain(hostile))


def test_names_of_every_script_pass_unchanged() -> None:
    assert plain("Müller & 東京 кафе́") == "Müller & 東京 кафе́"


def test_table_is_one_line_a_row_whatever_the_cells_hold() -> None:
    text = as_table(("name", "n"), [("a\nb\x1b[31m", 3), ("x" * 500, None)])
    assert len(text.splitlines()) == 4
    assert max(map(len, text.splitlines())) < 80


def test_a_cell_that_is_cut_is_told() -> None:
    assert "…" in as_table(["a"], [["x" * 61]])
    assert is_cut([["x" * 60], ["x" * 61]])
    assert not is_cut([["x" * 60, 1.5, None, ["y"]]])


def test_table_aligns_wide_letters_and_sets_numbers_right() -> None:
    lines = as_table(("name", "n"), [("東京", 3), ("ab", 1000)]).splitlines()
    assert len({columns_wide(line) for line in lines}) == 1
    assert lines[2].endswith("   3")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_csv_cell_is_never_a_formula(cell: str) -> None:
    assert csv_cell(cell) == "'" + cell


def test_csv_keeps_numbers_as_numbers() -> None:
    assert as_csv(("a", "b"), [(-1.5, -3)]) == "a,b\r\n-1.5,-3\r\n"


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=("Cs",))), st.integers())))
def test_csv_reads_back_row_for_row(rows: list[tuple[str, int]]) -> None:
    read = list(csv.reader(io.StringIO(as_csv(("a", "b"), rows), newline="")))
    assert read[1:] == [[str(csv_cell(name)), str(n)] for name, n in rows]


@given(st.lists(st.tuples(st.text(), st.none() | st.lists(st.integers()))))
def test_json_reads_back_exactly(rows: list[tuple[str, object]]) -> None:
    assert json.loads(as_json(("a", "b"), rows)) == [{"a": a, "b": b} for a, b in rows]
