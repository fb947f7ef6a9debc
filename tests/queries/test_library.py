from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.schema import NODES, RELATIONSHIPS, TABLES, Kind
from queries.library import (
    LibraryError,
    Query,
    find_query,
    list_queries,
    parse_parameters,
    read_query,
    schema,
    statements,
)

EVERY = pytest.mark.parametrize("query", list_queries(), ids=lambda query: str(query.name))
FOLDER = Path(__file__).parents[2] / "queries"

GOOD = """// title: A title
// question: What?
// param: least integer (rows) = 2 - the least
// param: name text = "" - a name
// param: share number - a share
// param: since moment = 2026-01-01T00:00:00Z - from when
// column: id - an id
// cost: little

MATCH (p:Partner)
WHERE p.name = $name AND p.n > $least AND p.s > $share AND p.t > $since
RETURN p.partner_id AS id;
"""

SCHEMA = ("constraints", "indexes")
LABELS = {node.label: node for node in NODES}
RING = {
    "ring_id", "run", "previous_run", "rank", "score", "p_value", "q_value", "chance", "typology",
    "amount", "bad_amount", "first_at", "last_at", "lineage", "found_by", "evidence", "joined", "left",
    "n_partners", "n_consumers", "n_devices", "n_accounts",
}  # fmt: skip
TYPES = {relationship.type for relationship in RELATIONSHIPS} | {"MEMBER_OF"}


def known_properties() -> set[str]:
    tables = {"partners", "consumers", "devices", "bank_accounts"}
    columns = {column.name for table in TABLES if table.name in tables for column in table.columns}
    links = {name for relationship in RELATIONSHIPS for name in relationship.properties}
    return columns | links | RING | {"verdict", "verdict_at", "role", "risk"}


def bare(text: str) -> str:
    """The Cypher without its texts."""
    return re.sub(r"\"[^\"]*\"|//[^\n]*", "", text)


def texts() -> Iterator[tuple[str, str]]:
    for query in list_queries():
        yield query.name, query.text
    for path in sorted((FOLDER / "load").glob("*.cypher")):
        named = {} if path.stem in SCHEMA else statements(path.stem)
        for statement, text in named.items():
            yield f"load/{path.stem}: {statement}", text
    for name in SCHEMA:
        for text in schema(name):
            yield f"load/{name}", text


OWN_RECORDS = ("changes", "constraints", "migrations", "state")
"""Files under load/ that keep ringwatch's own records."""

ALL_TEXTS = pytest.mark.parametrize(("name", "text"), list(texts()), ids=[name for name, _ in texts()])


def test_library_holds_at_least_thirty_queries() -> None:
    names = [query.name for query in list_queries()]
    assert len(names) >= 30
    assert names == sorted(set(names))
    assert len({query.title for query in list_queries()}) == len(names)


def test_every_file_is_in_the_list() -> None:
    files = {f"{room}/{path.stem}" for room in ("find", "inspect") for path in (FOLDER / room).iterdir()}
    assert {query.name for query in list_queries()} == files


@EVERY
def test_header_fits_the_text(query: Query) -> None:
    returned = re.split(r"\bRETURN\b", query.text)[-1]
    for column in query.columns:
        assert re.search(rf"(\bAS {column.name}\b|[\s,]{column.name}\b)", returned)
    assert query.question.endswith("?")
    assert not query.title.endswith(".")
    for parameter in query.parameters:
        assert parameter.unit or parameter.type == "text", parameter.name
    assert all(parameter.default is not None for parameter in query.parameters) or "inspect/" in query.name


@EVERY
def test_answer_is_bounded_and_in_a_fixed_order(query: Query) -> None:
    one_row = {"inspect/partner", "inspect/ring-changes"}
    assert query.name in one_row or "ORDER BY" in query.text
    several = one_row | {"inspect/ring-evidence", "inspect/ring-money"}  # as many rows as the ring has
    assert query.name in several or "LIMIT $limit" in query.text


@EVERY
def test_steps_over_two_links_are_guarded_against_hubs(query: Query) -> None:
    one_step = {
        "find/bad-money-partners", "find/money-at-risk-by-ring", "find/short-lived-partners",
        "inspect/bank-account", "inspect/consumer", "inspect/consumer-erasure", "inspect/device",
        "inspect/partner", "inspect/ring", "inspect/ring-changes", "inspect/ring-evidence",
        "inspect/ring-members",
    }  # fmt: skip
    guarded = any(one.name.startswith("max_") and one.type == "integer" for one in query.parameters)
    assert guarded != (query.name in one_step)


@EVERY
def test_anchor_is_written_first(query: Query) -> None:
    """The embedded server starts where the text starts: a key, or a range of an indexed property."""
    first = " ".join(query.text.split())
    by_key = r"MATCH \((\w+):\w+ \{\w+: \$\w+\}\)"
    by_range = r"MATCH \((\w+):\w+\)(?:-\[\w*:\w+\]->\(\w+:\w+\))? WHERE \1\.\w+ (>|>=|=) "
    assert re.match(by_key, first) or re.match(by_range, first)


@ALL_TEXTS
def test_names_are_those_of_the_schema(name: str, text: str) -> None:
    text = bare(text)
    labels = set(re.findall(r"\(\w*:(\w+)", text)) | set(re.findall(r"\b(?:WHEN|AND|OR) \w+:(\w+)", text))
    types = set(re.findall(r"\[\w*:([A-Z_|]+)", text))
    properties = set(re.findall(r"(?<![\w$])(?!l\.|m\.|w\.)[a-z]\w*\.([a-z_]+)", text))
    own_records = name.startswith(tuple(f"load/{one}" for one in OWN_RECORDS))
    assert labels <= {*LABELS, "Ring"} | ({"Load", "Migration", "Writer"} if own_records else set())
    assert {one for group in types for one in group.split("|")} <= TYPES
    assert properties <= known_properties() | ({"name", "version"} if own_records else set())


@ALL_TEXTS
def test_text_stays_in_the_shared_part_of_cypher(name: str, text: str) -> None:
    assert not re.search(r"\bSHORTEST\b|elementId|apoc\.|\$\(|CALL db\.|toLower\(\$", bare(text))
    # the servers' own numbers are good for one reading: no query may answer with them
    assert re.fullmatch(r"load/\w+: read(_last)?", name) or not re.search(r"\bid\(", bare(text))


@pytest.mark.parametrize("relationship", RELATIONSHIPS, ids=lambda one: str(one.name))
def test_every_link_has_its_load_file(relationship: Any) -> None:
    named = statements(relationship.name)
    ends = {node.kind: node.label for node in NODES}
    source, target = ends[relationship.source_kind], ends[relationship.target_kind]
    assert set(named) == {"create", "merge", "remove", "read", "read_last"}
    assert f"(a:{source})-[r:{relationship.type}]->(b:{target})" in named["read"]
    for number, name in enumerate(relationship.properties, start=1):
        assert f"{name}: row[{number + 1}]" in named["create"]
        assert f"r.{name} = row[{number}]" in named["merge"]
        assert f"collect(r.{name}) AS {name}" in named["read"]


@pytest.mark.parametrize("kind", Kind)
def test_every_node_has_its_load_file_and_constraint(kind: Kind) -> None:
    node = next(node for node in NODES if node.kind is kind)
    table = {"partner": "partners", "consumer": "consumers", "device": "devices"}.get(kind, "bank_accounts")
    named = statements(table)
    assert set(named) == {"create", "merge", "remove", "read", "read_last", "clear"}
    assert f"(n:{node.label} {{{node.key}: row.{node.key}}})" in named["merge"]
    assert any(f"(n:{node.label}) REQUIRE n.{node.key} IS UNIQUE" in text for text in schema("constraints"))
    assert set(statements("rings")) >= {kind.value}


@pytest.mark.parametrize("name", SCHEMA)
def test_schema_may_be_made_again(name: str) -> None:
    assert all("IF NOT EXISTS" in text for text in schema(name))


def test_header_is_read_with_types_units_and_defaults() -> None:
    query = read_query("find/a-query", GOOD)
    assert [(one.name, one.type, one.unit, one.default) for one in query.parameters] == [
        ("least", "integer", "rows", 2),
        ("name", "text", "", ""),
        ("share", "number", "", None),
        ("since", "moment", "", 1_767_225_600_000),
    ]
    assert query.columns[0].meaning == "an id"
    assert query.text.startswith("MATCH")
    assert query.text.endswith("AS id")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("// title: A title\n", "", "0 lines `title`"),
        ("// cost: little", "// cost: a\n// cost: b", "2 lines `cost`"),
        ("// cost: little", "// price: little", "a line that is no field"),
        ("// column: id - an id\n", "", "names no column"),
        ("// column: id - an id", "// column: id", "a column that breaks the form"),
        ("integer (rows) = 2", "float (rows) = 2", "a parameter that breaks the form"),
        ("integer (rows) = 2", "integer (rows) = two", "takes a whole number, not 'two'"),
        ("$least", "2", "declares the parameters"),
        ("$name", "$title", "declares the parameters"),
    ],
)
def test_faulty_header_is_named(old: str, new: str, sentence: str) -> None:
    with pytest.raises(LibraryError, match=sentence):
        read_query("find/a-query", GOOD.replace(old, new))


@pytest.mark.parametrize("name", ["load/partners", "find/../find/x", "find/Ab", "find/", "x"])
def test_name_outside_the_two_rooms_is_refused(name: str) -> None:
    with pytest.raises(LibraryError, match="is not find/words-with-hyphens"):
        read_query(name, GOOD)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "find/../load/partners",
        "load/partners",
        "/etc/passwd",
        "find\\x",
        "",
        "a\nb",
        "\0",
        "x" * 9999,
    ],
)
def test_only_names_of_the_list_are_found(name: str) -> None:
    with pytest.raises(LibraryError, match=r"There is no query ") as caught:
        find_query(name)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_near_names_are_suggested() -> None:
    with pytest.raises(LibraryError, match=r"did you mean find/shared-bank-accounts"):
        find_query("find/shared-bank-acounts")
    with pytest.raises(LibraryError, match=r"did you mean inspect/ring"):
        find_query("ring")


def test_parameters_are_typed_and_defaults_filled_in() -> None:
    query = read_query("find/a-query", GOOD)
    assert parse_parameters(query, ["share=0.5", "least=7"]) == {
        "share": 0.5, "least": 7, "name": "", "since": 1_767_225_600_000,
    }  # fmt: skip
    given = parse_parameters(query, ["share=1e-3", "name=a=b", "since=2026-01-01T02:00:00+02:00"])
    assert given == {"share": 0.001, "name": "a=b", "since": 1_767_225_600_000, "least": 2}
    assert parse_parameters(query, ["share=1", "since=12"])["since"] == 12


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ([], r"needs --param share=… \(a share\)"),
        (["share"], "'share' is not written as name=value"),
        (["share=1", "share=2"], "share is given twice"),
        (["shares=1"], "has no parameter 'shares'; did you mean share"),
        (["zzz=1"], "has no parameter 'zzz'; it has least, name, share, since"),
        (["least=2.5"], "least takes a whole number, not '2.5'"),
        (["least=99999999999999999999"], "least takes a whole number"),
        (["share=nan"], "share takes a number, not 'nan'"),
        (["share=inf"], "share takes a number, not 'inf'"),
        (["share=\n"], r"share takes a number, not '\\n'"),
        (["since=yesterday"], "since takes a moment"),
        (["name=\udcff"], "name takes a text"),
    ],
)
def test_faulty_parameter_is_answered_with_a_sentence(settings: list[str], sentence: str) -> None:
    with pytest.raises(LibraryError, match=sentence):
        parse_parameters(read_query("find/a-query", GOOD), settings)


def test_a_negative_number_of_rows_is_answered_with_a_sentence() -> None:
    with pytest.raises(LibraryError, match="limit takes a whole number from 0 on, not '-1'"):
        parse_parameters(find_query("find/shared-bank-accounts"), ["limit=-1"])


def test_moments_are_told_by_what_the_header_says_of_them() -> None:
    (first,) = (column for column in find_query("inspect/ring").columns if column.name == "first_at")
    assert first.is_moment
    assert not any(column.is_moment for column in find_query("inspect/ring-members").columns)
