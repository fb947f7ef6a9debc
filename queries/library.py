"""The query library: reads and checks every file's header, and looks a query up by its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

ROOMS: Final = ("find", "inspect")
"""Folders of queries for people; `load` belongs to the store, `features` to the models."""

_NAME: Final = re.compile(r"(find|inspect)/[a-z0-9]+(-[a-z0-9]+)*")
_FIELD: Final = re.compile(r"// (title|question|param|column|cost): (.+)")
_PARAMETER: Final = re.compile(
    r"(?P<name>[a-z_]+) (?P<type>text|integer|number|moment)"
    r"(?: \((?P<unit>[^)]+)\))?(?: = (?P<default>.+?))? - (?P<meaning>.+)"
)
_COLUMN: Final = re.compile(r"(?P<name>[a-z_]+) - (?P<meaning>.+)")
_STATEMENT: Final = re.compile(r"^// statement: ([a-z_]+)$", re.MULTILINE)

INTEGER_MAX: Final = 2**63 - 1


class LibraryError(Exception):
    """No such query, or a parameter that does not fit; the message is one sentence for the user."""


class Type(StrEnum):
    """The type of a query's parameter."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MOMENT = "moment"  # epoch milliseconds UTC; also taken as ISO 8601


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query; `default` is None where it has to be given."""

    name: str
    type: Type
    unit: str
    default: Any
    meaning: str


@dataclass(frozen=True)
class Column:
    """A column of a query's answer."""

    name: str
    meaning: str

    @property
    def is_moment(self) -> bool:
        """Whether it holds epoch milliseconds, which a person wants to see as a day and a time."""
        return "epoch milliseconds UTC" in self.meaning


@dataclass(frozen=True)
class Query:
    """A query of the library: `name` is its path, as in "find/shared-devices", `text` its Cypher."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    cost: str
    text: str


def find_query(name: str) -> Query:
    """The query of that name; LibraryError with the nearest names where there is none.

    Names are looked up in the list of what is there and never become a path.
    """
    queries = {query.name: query for query in list_queries()}
    if name in queries:
        return queries[name]
    near = difflib.get_close_matches(name, queries, n=3, cutoff=0.5)
    near = near or [known for known in queries if known.partition("/")[2] == name]
    advice = f"did you mean {' or '.join(near)}?" if near else "`ringwatch query --list` names all."
    raise LibraryError(f"There is no query {_shown(name)}; {advice}")


@cache
def list_queries() -> tuple[Query, ...]:
    """Every query under find/ and inspect/, sorted by name."""
    queries = []
    for room in ROOMS:
        for file in resources.files("queries").joinpath(room).iterdir():
            if file.name.endswith(".cypher"):
                name = f"{room}/{file.name.removesuffix('.cypher')}"
                queries.append(read_query(name, file.read_text(encoding="utf-8")))
    return tuple(sorted(queries, key=lambda query: query.name))


def read_query(name: str, text: str) -> Query:
    """The query in a file's text; LibraryError that names the fault of a header that breaks the form."""
    if not _NAME.fullmatch(name):
        raise LibraryError(f"The query name {_shown(name)} is not find/words-with-hyphens or inspect/….")
    header, body = _split_header(text)
    fields: dict[str, list[str]] = {}
    for line in header:
        match = _FIELD.fullmatch(line)
        if match is None:
            raise LibraryError(f"The header of {name} has a line that is no field: {_shown(line)}.")
        fields.setdefault(match[1], []).append(match[2])
    query = Query(
        name=name,
        title=_one(name, fields, "title"),
        question=_one(name, fields, "question"),
        parameters=tuple(_parameter(name, value) for value in fields.get("param", ())),
        columns=tuple(_column(name, value) for value in fields.get("column", ())),
        cost=_one(name, fields, "cost"),
        text=body,
    )
    _check(query)
    return query


def parse_parameters(query: Query, settings: Iterable[str]) -> dict[str, Any]:
    """Typed parameters from texts such as "min_partners=3", defaults filled in.

    LibraryError for an unknown or repeated name, a value that does not fit, or a missing parameter.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise LibraryError(f"The parameter {_shown(setting)} is not written as name=value.")
        if name not in known:
            raise LibraryError(_unknown_parameter(query, name))
        if name in values:
            raise LibraryError(f"The parameter {name} is given twice.")
        values[name] = _value(known[name], text)
    return _with_defaults(query, values)


@cache
def statements(name: str) -> Mapping[str, str]:
    """The named statements of a file under load/, in their order: {"create": "UNWIND …", …}."""
    text = resources.files("queries").joinpath("load", f"{name}.cypher").read_text(encoding="utf-8")
    parts = _STATEMENT.split(text)[1:]
    return {key: _bare(body) for key, body in zip(parts[::2], parts[1::2], strict=True)}


@cache
def schema(name: str) -> tuple[str, ...]:
    """The statements of load/constraints or load/indexes, in their order."""
    text = resources.files("queries").joinpath("load", f"{name}.cypher").read_text(encoding="utf-8")
    return tuple(filter(None, (_bare(part) for part in text.split(";"))))


def _bare(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.startswith("//"))
    return "\n".join(lines).strip().removesuffix(";")


def _split_header(text: str) -> tuple[list[str], str]:
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith("//")), len(lines))
    return lines[:end], "\n".join(lines[end:]).strip().removesuffix(";")


def _one(name: str, fields: Mapping[str, list[str]], field: str) -> str:
    values = fields.get(field, [])
    if len(values) != 1:
        raise LibraryError(f"The header of {name} has {len(values)} lines `{field}`, not one.")
    return values[0]


def _parameter(name: str, text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise LibraryError(f"The header of {name} has a parameter that breaks the form: {_shown(text)}.")
    bare = Parameter(match["name"], Type(match["type"]), match["unit"] or "", None, match["meaning"])
    if match["default"] is None:
        return bare
    default = _value(bare, "" if match["default"] == '""' else match["default"])
    return Parameter(bare.name, bare.type, bare.unit, default, bare.meaning)


def _column(name: str, text: str) -> Column:
    match = _COLUMN.fullmatch(text)
    if match is None:
        raise LibraryError(f"The header of {name} has a column that breaks the form: {_shown(text)}.")
    return Column(match["name"], match["meaning"])


def _check(query: Query) -> None:
    if not query.columns:
        raise LibraryError(f"The header of {query.name} names no column.")
    used = set(re.findall(r"\$([A-Za-z_]\w*)", query.text))
    declared = [parameter.name for parameter in query.parameters]
    if used != set(declared) or len(declared) != len(used):
        raise LibraryError(
            f"The header of {query.name} declares the parameters {sorted(declared)}, "
            f"its text uses {sorted(used)}."
        )


def _unknown_parameter(query: Query, name: str) -> str:
    known = [parameter.name for parameter in query.parameters]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}."
    return f"The query {query.name} has no parameter {_shown(name)}; {advice}"


def _with_defaults(query: Query, values: dict[str, Any]) -> dict[str, Any]:
    for parameter in query.parameters:
        if parameter.name not in values:
            if parameter.default is None:
                raise LibraryError(
                    f"The query {query.name} needs --param {parameter.name}=… ({parameter.meaning})."
                )
            values[parameter.name] = parameter.default
    return values


def _value(parameter: Parameter, text: str) -> Any:
    wanted = _WANTED[parameter.type]
    try:
        value: Any = _PARSERS[parameter.type](text)
        if parameter.unit == "rows" and value < 0:  # else the server calls the query no valid Cypher
            wanted += " from 0 on"
            raise ValueError
    except (ValueError, OverflowError):
        raise LibraryError(f"The parameter {parameter.name} takes {wanted}, not {_shown(text)}.") from None
    return value


def _text(text: str) -> str:
    text.encode("utf-8")  # a lone surrogate cannot be sent; its UnicodeEncodeError is a ValueError
    return text


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) > INTEGER_MAX:
        raise ValueError
    return value


def _number(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError
    return value


def _moment(text: str) -> int:
    from datetime import UTC, datetime

    if re.fullmatch(r"-?\d+", text):
        return _integer(text)
    moment = datetime.fromisoformat(text)
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return round(utc.timestamp() * 1000)


def _shown(text: str) -> str:
    """What a user typed, quoted, on one line and cut, fit for a message."""
    return ascii(text if len(text) <= 60 else text[:60] + "…")


_PARSERS: Final = {Type.TEXT: _text, Type.INTEGER: _integer, Type.NUMBER: _number, Type.MOMENT: _moment}
_WANTED: Final = {
    Type.TEXT: "a text",
    Type.INTEGER: "a whole number",
    Type.NUMBER: "a number",
    Type.MOMENT: "a moment (2026-11-24T00:00:00Z, or epoch milliseconds)",
}
