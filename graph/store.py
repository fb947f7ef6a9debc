"""The graph over Bolt: loads links, reads them back, saves rings, runs queries. The only neo4j import."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import neo4j
import neo4j.exceptions as driver_errors
import neo4j.graph
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.embedded import DATABASE, USER, EmbeddedError, EmbeddedServer
from graph.expiry import ExpireReport, Expiry
from graph.increments import Application, Increment, IncrementReport, check_largest
from graph.link_pages import Columns, NodeCodes, decode_page, join_pages
from graph.links import Links
from graph.loading import Load, LoadReport
from graph.migrations import STORE_VERSION, migrate
from graph.progress import Progress, ProgressFunction, Reporter
from graph.records import ScoredRing
from graph.schema import ENTITY_TABLES, RELATIONSHIPS, Kind, Relationship
from graph.store_errors import StoreError, is_full, sentence_of_code, shown_address
from graph.stored_form import KEY_OF, Batch, StoredNodes, Writer, decode_nodes, property_names
from graph.stored_rings import ring_row
from queries.library import Query, statements

__all__ = [
    "Answer",
    "ExpireReport",
    "IncrementReport",
    "LoadReport",
    "Progress",
    "Store",
    "StoreError",
    "open_store",
]

Written = TypeVar("Written")

EMBEDDED: Final = "embedded"
SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
CONNECT_TIMEOUT_S: Final = 5.0
RETRY_S: Final = 30.0
"""How long a transaction is retried while the server is away or busy: a restart takes about ten seconds."""

EMBEDDED_RETRY_S: Final = 8.0
"""The embedded server is ours: once it is away it does not come back, and only a busy one is waited for."""

RACE_TRIES: Final = 5
CLEAR_ROWS: Final = 20_000
READERS: Final = 2
"""Pages read at the same time: the server packs one while we unpack the other."""

_WRITE_WORDS: Final = re.compile(
    r"(?<![.:\w$])(?:CREATE|MERGE|SET|DELETE|DETACH|REMOVE|DROP|ALTER|FOREACH|INSERT|LOAD\s+CSV)\b(?!\s*:)"
    r"|\bCALL\s+(?![{(])",
    re.IGNORECASE,
)
"""What a writing query cannot do without; names after a dot, a colon or a dollar sign are not meant."""

_QUOTED: Final = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n\r]*|/\*.*?\*/""", re.DOTALL
)


@dataclass(frozen=True)
class Answer:
    """A query's answer, fit for JSON; `truncated` where there are more rows than were asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


@contextmanager
def open_store(
    target: str, *, folder: Path | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Store]:
    """The store at `target`: "embedded" (its data in `folder`), or the URI of a Neo4j 5 server.

    User, password and database of a server come from NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE of
    `environ` (the process's own by default), never from the address. StoreError where it does not answer.
    """
    environ = os.environ if environ is None else environ
    if target == EMBEDDED:
        if folder is None:
            raise StoreError("The embedded store needs a folder for its data.")
        with (
            _embedded(folder) as server,
            _connected(server.address.uri, (USER, server.password), DATABASE, folder) as store,
        ):
            yield store
        return
    _check_address(target)
    login = (environ.get("NEO4J_USERNAME") or "neo4j", environ.get("NEO4J_PASSWORD", ""))
    with _connected(target, login, environ.get("NEO4J_DATABASE") or "neo4j") as store:
        yield store


class Turn:
    """One writer's turn to commit, of a lock shared by all; without a lock it is always its turn."""

    def __init__(self, lock: threading.Lock | None) -> None:
        self._lock = lock
        self._is_held = False

    def take(self) -> None:
        """Wait until nobody else commits."""
        if self._lock is not None:
            self._lock.acquire()
            self._is_held = True

    def give_back(self) -> None:
        """Let the others commit, where it was ours."""
        if self._lock is not None and self._is_held:
            self._is_held = False
            self._lock.release()


class Store:
    """An open store; made by `open_store`.

    Loading compares what is stored with what is to be stored and writes the difference only. So a load that
    is repeated changes nothing, one that was killed resumes, and one of another snapshot leaves exactly that.
    """

    def __init__(self, driver: neo4j.Driver, database: str, address: str, folder: Path | None = None) -> None:
        self._driver = driver
        self._folder = folder
        self._database = database
        self.address = address
        self.agent = str(driver.get_server_info().agent)
        self._is_known_form = False

    @property
    def is_neo4j(self) -> bool:
        """Whether a Neo4j server answers, not the embedded one."""
        return "ArcadeDB" not in self.agent

    def load(self, links: Links, progress: ProgressFunction | None = None) -> LoadReport:
        """Make the stored graph exactly that of `links`; rings stay, but for members that are gone.

        Only one load writes: a second one takes over, and the first ends with a StoreError at its next batch.
        """
        with self._sentences():
            migrate(self)
            return Load(self, links, progress).run()

    def add(self, increment: Increment, progress: ProgressFunction | None = None) -> IncrementReport:
        """Add what became known after the store's moment: then it holds what a load at once would make.

        Cut off at any moment and repeated it ends in the same graph; repeated once more it changes nothing.
        StoreError where the store is empty, of another moment, or left unfinished by something else.
        """
        with self._sentences():
            migrate(self)
            return Application(self, increment, progress).run()

    def expire(self, before_ms: int, progress: ProgressFunction | None = None) -> ExpireReport:
        """Remove links whose last event is before the moment, and what then nothing holds any more.

        That is consumers, devices and bank accounts without a link, a ring, a verdict or a moment of their
        own from then on. Cut off at any moment and repeated it ends in the same graph.
        """
        with self._sentences():
            migrate(self)
            return Expiry(self, before_ms, progress).run()

    def read_links(self, progress: ProgressFunction | None = None) -> Links:
        """The links of the last load, exactly as they were given; StoreError where none is complete."""
        with self._sentences():
            state = self._complete_state()
            frames = json.loads(state["frames"])
            report = Reporter("read", sum(size for size, _ in frames.values()), progress)
            nodes, codes = {}, {}
            for kind in Kind:
                nodes[kind], codes[kind] = self._read_node_frame(kind, state, frames, report)
            pairs = {
                relationship.name: self._read_link_frame(relationship, state, frames, codes, report)
                for relationship in RELATIONSHIPS
            }
            self._check_unchanged(state)
        return Links(
            as_of_ms=state["as_of"],
            currency=state["currency"],
            partners=nodes[Kind.PARTNER],
            consumers=nodes[Kind.CONSUMER],
            devices=nodes[Kind.DEVICE],
            bank_accounts=nodes[Kind.BANK_ACCOUNT],
            **pairs,
        )

    def save_rings(self, rings: Sequence[ScoredRing], run: str) -> None:
        """Make the stored rings exactly these, in one transaction.

        Each ring says who `joined` and `left` since the run before (`previous_run`); saving a run again
        compares with that same run before it.
        """
        with self._sentences(), self._session() as session:
            migrate(self)
            self._past_races(lambda: session.execute_write(_replace_rings, rings, run))

    def run(
        self,
        query: Query | str,
        params: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout_s: float = 30.0,
    ) -> Answer:
        """The answer of a reading query, at most `limit` rows; StoreError for one that would write.

        The transaction is opened for reading and rolled back; the embedded server heeds neither that access
        mode nor the timeout (it has its own, of two minutes), so words that write are refused before.
        """
        text = query if isinstance(query, str) else query.text
        _refuse_writing(text)
        self._check_form()
        with (
            self._sentences(),
            self._session(neo4j.READ_ACCESS) as session,
            session.begin_transaction(timeout=timeout_s) as transaction,
        ):
            result = transaction.run(text, dict(params or {}))
            columns = tuple(result.keys()) or _declared_columns(query)
            records = result.fetch(limit + 1)
            transaction.rollback()
        rows = tuple(tuple(plain(value) for value in record.values()) for record in records[:limit])
        return Answer(columns, rows, truncated=len(records) > limit)

    def explain(self, query: Query, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The server's plan for a query, a line an operator, indented; nothing is run.

        StoreError on the embedded server, which has no plans to show: it starts where the text starts.
        """
        if not self.is_neo4j:
            raise StoreError("The embedded store shows no plans; ask a Neo4j server.")
        self._check_form()
        with self._sentences(), self._session(neo4j.READ_ACCESS) as session:
            plan = session.run(f"EXPLAIN {query.text}", dict(params)).consume().plan
        return tuple(_plan_lines(plan or {}, 0))

    def clear(self) -> None:
        """Remove everything that ringwatch has written; other data in the database stays."""
        with self._sentences():
            self.held()
            self.write_records(statements("rings")["clear"])
            # links first: a transaction that removes hubs with all their links has no bound
            links = [f"{relationship.name}_changes" for relationship in RELATIONSHIPS]
            for name in (*links, *ENTITY_TABLES.values()):
                text = statements(name)["clear"]
                while self.write_records(text, limit=CLEAR_ROWS)[0]["removed"]:
                    pass
            self.write_records(statements("state")["clear"])
            self.write_records(statements("migrations")["clear"])

    def state(self) -> dict[str, Any] | None:
        """The record of the last load, None where there was none; StoreError for a newer store."""
        self.held()
        records = self.read_records(statements("state")["read"])
        return dict(records[0]) if records else None

    def held(self) -> neo4j.Record:
        """The form of what is stored and the migrations applied to it; StoreError for a newer store."""
        record = self.read_records(statements("migrations")["read"])[0]
        form = max(record["loaded"] or 0, record["form"] or 0)
        if form > STORE_VERSION:
            raise StoreError(
                f"The store at {self.address} has the form {form}, which a newer ringwatch wrote; this one "
                f"knows form {STORE_VERSION}: use that one."
            )
        return record

    def read_nodes(self, kind: Kind, columns: Sequence[str], bounds: Sequence[str]) -> StoredNodes:
        """All nodes of a kind with these properties."""
        texts = statements(ENTITY_TABLES[kind])
        names = [KEY_OF[kind], *(name for name in columns if name != KEY_OF[kind])]

        def read(page: tuple[str, dict[str, str]]) -> neo4j.Record:
            statement, keys = page
            return self.read_records(texts[statement], columns=names, **keys)[0]

        with ThreadPoolExecutor(READERS) as pool:
            pages = list(pool.map(read, _pages(bounds)))
        return StoredNodes(
            numbers=np.concatenate([np.array(page["numbers"], dtype=np.int64) for page in pages]),
            values={
                name: np.concatenate([_objects(page["columns"][number]) for page in pages])
                for number, name in enumerate(names)
            },
        )

    def read_pairs(
        self,
        relationship: Relationship,
        bounds: Sequence[str],
        ends: tuple[NodeCodes, NodeCodes],
        report: Reporter,
    ) -> pd.DataFrame:
        """The stored links, sorted, as codes of source and target, -1 where a node is unknown."""
        texts = statements(relationship.name)

        def read(page: tuple[str, dict[str, str]]) -> Columns:
            statement, keys = page
            columns = decode_page(self.read_records(texts[statement], **keys)[0], relationship, ends)
            report.add(len(columns[relationship.source]))
            return columns

        with ThreadPoolExecutor(READERS) as pool:
            pages = list(pool.map(read, _pages(bounds)))
        return join_pages(pages, relationship, ends[1].size)

    def write_part(
        self, writer: Writer, batches: Iterable[Batch], report: Reporter, turn: threading.Lock | None = None
    ) -> int | None:
        """Write batches one after the other in one session, each exactly once.

        How many links they say that they added; None where one does not say, or was in already.

        Writers that share a `turn` commit one at a time. Neo4j locks what a new relationship hangs on only at
        its commit, so they cannot deadlock, and one prepares its transaction while the other commits. Not for
        statements that lock before: MERGE, SET and DELETE.
        """
        added: int | None = 0
        with self._session() as session:
            for batch in batches:
                records = self._write_batch(session, writer, batch, Turn(turn))
                said = records[0].get("added") if records else None
                added = None if said is None or added is None else added + int(said)
                report.add(batch.count)
        return added

    def _write_batch(
        self, session: neo4j.Session, writer: Writer, batch: Batch, turn: Turn
    ) -> list[neo4j.Record]:
        """Write a batch exactly once, also when a commit's answer was lost and the driver tries again."""
        writer.batch += 1
        texts = statements(batch.file)
        text = texts[batch.statement]
        for _ in range(RACE_TRIES):
            try:
                return session.execute_write(_write_in_turn, turn, writer, text, batch)
            except driver_errors.ConstraintError:
                # somebody else made one of these nodes first: merge, which takes it as it is
                if batch.statement == "create" and not isinstance(batch.rows, Mapping):
                    text = texts["merge"]
            except driver_errors.IncompleteCommit:
                pass  # the driver does not try again a commit without an answer; the fence lets us
            finally:
                turn.give_back()
        raise self._raced()

    def write_fenced(self, writer: Writer, text: str, **params: Any) -> list[neo4j.Record]:
        """The records of a writing statement; [] where an earlier try, its answer lost, had gone through."""
        writer.batch += 1
        with self._session() as session:
            return self._past_races(lambda: session.execute_write(_write_fenced, writer, text, params))

    def _past_races(self, work: Callable[[], Written]) -> Written:
        """What `work` returns, done again where somebody else was first to make the same node."""
        for _ in range(RACE_TRIES):
            with suppress(driver_errors.ConstraintError):
                return self._past_lost_answers(work)
        raise self._raced()

    def _past_lost_answers(self, work: Callable[[], Written]) -> Written:
        """What `work` returns, done again where the answer to its commit was lost: the driver does not.

        It may have gone through: done twice, `work` has to leave what it leaves done once.
        """
        for _ in range(RACE_TRIES - 1):
            with suppress(driver_errors.IncompleteCommit):
                return work()
        return work()

    def _raced(self) -> StoreError:
        return StoreError(f"The store at {self.address} keeps being written by others; try again later.")

    def _check_form(self) -> None:
        """Refuse a newer store, once an open store: a question of its own before each query would show."""
        if not self._is_known_form:
            with self._sentences():
                self.held()
            self._is_known_form = True

    def _complete_state(self) -> dict[str, Any]:
        state = self.state()
        if state is not None and state["version"] < STORE_VERSION:
            self._bring_up(state["version"])
            state = self.state()
        if state is None:
            raise StoreError(f"The store at {self.address} is empty; load data into it first.")
        if state["state"] != "complete":
            raise StoreError(f"The last load into the store at {self.address} did not finish; load again.")
        return state

    def _bring_up(self, form: int) -> None:
        try:
            with self._sentences():
                migrate(self)
        except StoreError as error:
            raise StoreError(
                f"The store at {self.address} has the form {form} of an older ringwatch, and to bring it to "
                f"form {STORE_VERSION} failed: {error}"
            ) from None

    def _read_node_frame(
        self, kind: Kind, state: dict[str, Any], frames: dict[str, Any], report: Reporter
    ) -> tuple[pd.DataFrame, NodeCodes]:
        table = ENTITY_TABLES[kind]
        size, layout = frames[table]
        names = list(property_names([column for column, _ in layout]).values())
        stored = self.read_nodes(kind, names, json.loads(state["pages"])[table])
        report.add(len(stored.numbers))
        frame, order = decode_nodes(stored.values, kind, layout)
        self._check_size(table, len(frame), size)
        return frame, NodeCodes(stored.numbers[order], np.arange(len(order)), len(order))

    def _read_link_frame(
        self,
        relationship: Relationship,
        state: dict[str, Any],
        frames: dict[str, Any],
        codes: dict[Kind, NodeCodes],
        report: Reporter,
    ) -> pd.DataFrame:
        size, layout = frames[relationship.name]
        ends = (codes[relationship.source_kind], codes[relationship.target_kind])
        bounds = json.loads(state["pages"])[ENTITY_TABLES[relationship.source_kind]]
        frame = self.read_pairs(relationship, bounds, ends, report)
        self._check_size(relationship.name, len(frame), size)
        return frame[[column for column, _ in layout]].astype(dict(layout))

    def _check_unchanged(self, state: dict[str, Any]) -> None:
        """Refuse what was read while somebody wrote: the pages may be of two graphs."""
        now = self.state()
        if now is None or (now["load"], now["state"]) != (state["load"], state["state"]):
            raise StoreError(f"The store at {self.address} was written while it was read; read it again.")

    def _check_size(self, name: str, found: int, loaded: int) -> None:
        if found != loaded:
            raise StoreError(
                f"The store at {self.address} holds {found:,} of {name} where {loaded:,} were loaded; "
                "something else has changed it: load again."
            )

    def _session(self, access: str = neo4j.WRITE_ACCESS) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=access)

    def read_records(self, text: str, **params: Any) -> list[neo4j.Record]:
        """The records of a reading statement of queries/load, retried while the server is away."""
        with self._session(neo4j.READ_ACCESS) as session:
            return self._past_lost_answers(lambda: session.execute_read(_records, text, params))

    def write_records(self, text: str, **params: Any) -> list[neo4j.Record]:
        """The records of a writing statement of queries/load, retried while the server is away."""
        with self._session() as session:
            return self._past_races(lambda: session.execute_write(_records, text, params))

    def write_schema(self, text: str) -> None:
        """Make a constraint or an index; StoreError where what is stored does not allow it."""
        with self._sentences(), self._session() as session:
            self._past_lost_answers(lambda: session.execute_write(_records, text, {}))

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        with _sentences(self.address, self._database, self._folder):
            yield


def plain(value: Any) -> Any:
    """A value of an answer as JSON knows it: nodes and links as maps, moments as ISO 8601."""
    if isinstance(value, neo4j.graph.Node):
        return {"labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, neo4j.graph.Relationship):
        return {"type": value.type, "properties": plain(dict(value))}
    if isinstance(value, neo4j.graph.Path):
        return {"nodes": plain(list(value.nodes)), "relationships": plain(list(value.relationships))}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    # the two servers write UTC in two ways
    return value.iso_format().replace("+00:00", "Z") if hasattr(value, "iso_format") else str(value)


@contextmanager
def _embedded(folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder)
    try:
        server.start()
    except EmbeddedError as error:
        raise StoreError(str(error)) from None
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _connected(
    uri: str, login: tuple[str, str], database: str, folder: Path | None = None
) -> Iterator[Store]:
    # what a server remarks on a query (an unused label …) is not for our users' terminal
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    with _sentences(uri, database):
        driver = neo4j.GraphDatabase.driver(
            uri,
            auth=login,
            connection_timeout=CONNECT_TIMEOUT_S,
            max_transaction_retry_time=RETRY_S if folder is None else EMBEDDED_RETRY_S,
            user_agent="ringwatch",
        )
    with driver:
        with _sentences(uri, database):
            with driver.session(database=database) as session:
                try:
                    session.run("RETURN 1").consume()  # the login, and that the database is there
                except driver_errors.DatabaseUnavailable:
                    session.execute_read(_records, "RETURN 1", {})  # it comes back from a crash: wait for it
            store = Store(driver, database, uri, folder)
        yield store


def _check_address(uri: str) -> None:
    parts = urlsplit(uri)
    if parts.scheme not in SCHEMES:
        raise StoreError(
            f"The store {shown_address(uri)} is neither `embedded` nor an address such as bolt://localhost:7687."
        )
    if "@" in parts.netloc:
        raise StoreError(
            "The store's address holds a user or password; give them in NEO4J_USERNAME and NEO4J_PASSWORD."
        )
    if not parts.hostname:
        raise StoreError(f"The store's address {shown_address(uri)} names no host.")


@contextmanager
def _sentences(address: str, database: str, folder: Path | None = None) -> Iterator[None]:
    """Turn the driver's errors into sentences."""
    try:
        yield
    except (driver_errors.Neo4jError, driver_errors.DriverError, OSError) as error:
        raise StoreError(_sentence(error, address, database, folder)) from None


def _sentence(error: Exception, address: str, database: str, folder: Path | None) -> str:
    code = getattr(error, "code", None) or ""
    if folder is not None and is_full(folder):
        return f"The disk of the embedded store in {folder} is full; make room and run this again."
    known = sentence_of_code(code, _detail(error), address, database)
    if known is not None:
        return known
    if isinstance(error, driver_errors.ConfigurationError):
        return f"The store's address {shown_address(address)} cannot be used: {_detail(error)}."
    if isinstance(error, (driver_errors.ServiceUnavailable, driver_errors.SessionExpired, OSError)):
        if folder is not None:
            return (
                f"The server of the embedded store in {folder} has ended, and its log is server.log there; "
                "run this again, which starts it."
            )
        return f"No store answers at {address}; start it, or correct the address."
    return f"The store at {address} failed: {_detail(error)}."


def _detail(error: Exception) -> str:
    """The first line of the server's message that says something; the embedded server gives only its code."""
    first, _, rest = (getattr(error, "message", None) or str(error)).strip().partition("\n")
    # "Unable to create Constraint(…):", and on the next line why
    message = (rest.split("\n")[0] if rest and first.endswith(":") else first).rstrip(".:")
    if "Check the server log" in message:
        return str(getattr(error, "code", None) or message)
    return message[:300]


def _plan_lines(plan: Mapping[str, Any], depth: int) -> Iterator[str]:
    details = plan.get("args", {}).get("Details", "")
    yield f"{'  ' * depth}{plan.get('operatorType', '').partition('@')[0]} {details}".rstrip()
    for child in plan.get("children", ()):
        yield from _plan_lines(child, depth + 1)


def _declared_columns(query: Query | str) -> tuple[str, ...]:
    """The columns in a library query's header: the embedded server names none where no row comes."""
    return () if isinstance(query, str) else tuple(column.name for column in query.columns)


def _refuse_writing(text: str) -> None:
    match = _WRITE_WORDS.search(_QUOTED.sub(" ", text))
    if match:
        raise StoreError(
            f"The query would write or call a procedure ({match[0].strip().upper()}); "
            "only reading queries can be run."
        )


def _records(transaction: neo4j.ManagedTransaction, text: str, params: dict[str, Any]) -> list[neo4j.Record]:
    return list(transaction.run(text, params))


def _write_fenced(
    transaction: neo4j.ManagedTransaction, writer: Writer, text: str, params: Mapping[str, Any]
) -> list[neo4j.Record]:
    own = statements("state")
    fence = {"writer": writer.name, "load": writer.load, "batch": writer.batch}
    if not _records(transaction, own["fence"], fence):
        holder = _records(transaction, own["holder"], {"writer": writer.name})
        if not holder or holder[0]["load"] != writer.load:
            raise StoreError("Another load has taken over this store; this one has stopped.")
        return []  # the commit of an earlier try went through
    records = _records(transaction, text, dict(params))
    check_largest(records)
    return records


def _write_in_turn(
    transaction: neo4j.ManagedTransaction, turn: Turn, writer: Writer, text: str, batch: Batch
) -> list[neo4j.Record]:
    turn.give_back()  # the commit of an earlier try has failed
    records = _write_fenced(transaction, writer, text, {"rows": batch.rows})
    for record in records:
        if record.get("created", record.get("found", batch.count)) != batch.count:
            raise StoreError("Something else removes nodes from this store while it is loaded; load again.")
    turn.take()  # until the commit, which the driver does next, is through
    return records


def _replace_rings(transaction: neo4j.ManagedTransaction, rings: Sequence[ScoredRing], run: str) -> None:
    texts = statements("rings")
    before = {record["ring_id"]: record for record in _records(transaction, texts["read"], {})}
    transaction.run(texts["clear"]).consume()
    rows = [ring_row(ring, run, before.get(ring.ring_id)) for ring in rings]
    transaction.run(texts["create"], rows=rows).consume()
    for kind in Kind:
        members = [
            [ring.ring_id, member.id, member.role, float(member.risk)]
            for ring in rings
            for member in ring.of(kind)
        ]
        created = _records(transaction, texts[kind.value], {"rows": members})[0]["created"] if members else 0
        if created != len(members):
            raise StoreError(
                f"The store lacks {len(members) - created} of the rings' {len(members)} members of kind "
                f"{kind}; load the data that the rings were found in first."
            )


def _pages(bounds: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Statement and parameters of each page: ranges of keys that together hold every key once."""
    pages = (
        [("read", {"from": low, "to": high}) for low, high in zip(["", *bounds[:-1]], bounds, strict=True)]
        if bounds
        else []
    )
    return [*pages, ("read_last", {"from": bounds[-1] if bounds else ""})]


def _objects(values: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
