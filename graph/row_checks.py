"""The SQL that turns a row of a file into typed values, and says in a sentence what is wrong with it.

No value of the data ever becomes SQL here: the texts are made of the names in `graph.schema` alone.
"""

from __future__ import annotations

from typing import Final

from graph.schema import Column, Type
from graph.table_files import TableFile

NEWEST_MS: Final = 7_258_118_400_000
"""2200-01-01; a later moment is a typing error or an overflow. The earliest is 1970-01-01, epoch 0."""

_SHAPES: Final = {
    "currency": ("[A-Z]{3}", "three upper-case letters"),
    "category": ("[0-9]{4}", "four digits"),
    "country": ("[A-Za-z]{2}", "two letters"),
}
_ZONED: Final = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
_SHOWN_LETTERS: Final = 60
_EXTRA: Final = "x"


def quoted(name: str) -> str:
    """A name of the contract as a SQL identifier; `at` and `kind` are words of SQL too."""
    return f'"{name}"'


def extra_name(number: int) -> str:
    """Our name for the extra column of that number, so that the data's names never become SQL."""
    return f"{_EXTRA}{number}"


def typed_fields(file: TableFile) -> str:
    """A SELECT list: every column of the contract by its name, extra ones as x0, x1 …, and `problem`.

    Text is "" where missing, moments are BIGINT epoch milliseconds and NULL where missing or broken, amounts
    DECIMAL(18, 4) and NULL where broken. `problem` is NULL or one sentence about the first thing wrong.
    """
    fields = [f"{_typed(file, column)} AS {quoted(column.name)}" for column in file.table.columns]
    fields += [
        f"coalesce(CAST({file.field(name)} AS VARCHAR), '') AS {extra_name(number)}"
        for number, name in enumerate(file.extra)
    ]
    return ", ".join((*fields, f"{_problem(file)} AS problem"))


def _text(file: TableFile, column: Column) -> str:
    return f"coalesce(CAST({file.field(column.name)} AS VARCHAR), '')"


def _typed(file: TableFile, column: Column) -> str:
    if column.type is Type.TIME:
        return _moment_ms(file, column)
    if column.type is Type.AMOUNT:
        return _amount(file, column)
    if column.name == "country":
        return f"upper({_text(file, column)})"
    return _text(file, column)


def _moment_ms(file: TableFile, column: Column) -> str:
    field, held = file.field(column.name), file.type(column.name)
    # text may carry a zone; DuckDB drops it when it casts to TIMESTAMP, and takes none for UTC (its
    # session's zone) when it casts to TIMESTAMPTZ
    zoned = held.startswith("VARCHAR") or held in _ZONED
    moment = f"TRY_CAST({field} AS TIMESTAMPTZ)" if zoned else f"TRY_CAST({field} AS TIMESTAMP)"
    return (
        f"CASE WHEN isfinite({moment}) AND epoch_us({moment}) BETWEEN 0 AND {NEWEST_MS}000 "
        f"THEN epoch_us({moment}) // 1000 END"
    )


def _amount(file: TableFile, column: Column) -> str:
    return f"TRY_CAST({file.field(column.name)} AS DECIMAL(18, 4))"


def _problem(file: TableFile) -> str:
    checks = [check for column in file.table.columns for check in _checks(file, column)]
    checks += [
        (f"contains({file.field(name)}::VARCHAR, chr(0))", "'An extra column holds a NUL character.'")
        for name in file.extra
    ]
    return "CASE " + " ".join(f"WHEN {broken} THEN {sentence}" for broken, sentence in checks) + " END"


def _checks(file: TableFile, column: Column) -> list[tuple[str, str]]:
    if column.name not in file.columns:
        return []
    text = _text(file, column)
    checks = [(f"trim({text}) = ''", f"'{column.name} is empty.'")] if column.required else []
    if column.type is Type.TIME:
        wanted = "a moment between 1970 and 2200 in ISO 8601"
        moment = _moment_ms(file, column)
        # DuckDB takes the word "epoch" for the first moment of 1970; in a zone behind UTC that is still 1969
        no_moment = f"{moment} IS NULL OR {moment} = 0 AND NOT starts_with(trim({text}), '19')"
        return [*checks, (f"{text} <> '' AND ({no_moment})", _sentence(column, text, wanted))]
    if column.type is Type.AMOUNT:
        amount = _amount(file, column)
        return [
            *checks,
            (f"{amount} IS NULL", _sentence(column, text, "a number below 100,000,000,000,000")),
            (f"{amount} < 0", _sentence(column, text, "zero or more")),
        ]
    checks.append((f"contains({text}, chr(0))", f"'{column.name} holds a NUL character.'"))
    if column.one_of:
        listed = ", ".join(f"'{value}'" for value in column.one_of)
        wanted = f"one of {', '.join(column.one_of)}"
        checks.append((f"{text} NOT IN ('', {listed})", _sentence(column, text, wanted)))
    if column.name in _SHAPES:
        pattern, wanted = _SHAPES[column.name]
        broken = f"{text} <> '' AND NOT regexp_full_match({text}, '{pattern}')"
        checks.append((broken, _sentence(column, text, wanted)))
    return checks


def _sentence(column: Column, text: str, wanted: str) -> str:
    # what the row says is shown cut short and without control characters: it ends in logs and on terminals
    shown = f"regexp_replace(left({text}, {_SHOWN_LETTERS}), '[\\p{{C}}\\p{{Zl}}\\p{{Zp}}]', '?', 'g')"
    return f"'{column.name} is \"' || {shown} || '\", not {wanted}.'"
