"""The command `ringwatch`. Commands import what they need when they run: `--help` answers at once."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Never

import click

from app.run_folder import OutputError
from app.settings import EMBEDDED, Settings, SettingsError, StoreChoice
from app.terminal import as_csv, as_json, as_table, emit, is_cut, plain

if TYPE_CHECKING:
    from queries.library import Query

UNEXPECTED, USAGE, INTERRUPTED, TERMINATED = 1, 2, 130, 143

_USER_ERRORS: Final = (
    ("app.run_folder", "OutputError"),
    ("app.settings", "SettingsError"),
    ("gnn.registry", "ModelError"),
    ("graph.store", "StoreError"),
    ("graph.synthetic", "SyntheticError"),
    ("graph.tables", "InputError"),
    ("queries.library", "LibraryError"),
)
"""Where each error lives whose message is a sentence for the user. One that was raised is loaded already."""

_FORMATS: Final = {"table": as_table, "csv": as_csv, "json": as_json}


class _Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; without a zone it is UTC, a day alone is its first moment."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, with its zone."""
        try:
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no moment like 2026-03-31 or 2026-03-31T12:00:00Z.", param, ctx)


def _example(*lines: str) -> str:
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


_FOLDER = click.Path(path_type=Path)
_SEED = click.IntRange(0, 2**31 - 1)

_as_of = click.option(
    "--as-of", type=_Moment(), help="What is later is not known. Default: the newest event in the data."
)
_as_of_model = click.option(
    "--as-of", type=_Moment(), help="The moment to judge at. Default: that of the model's training."
)
_capacity = click.option(
    "--capacity",
    type=click.IntRange(1),
    help="How many partners investigators look at. Default: as many as were decided about later.",
)
_max_rejected = click.option(
    "--max-rejected",
    type=click.FloatRange(0, 1),
    callback=lambda *call: _number(*call),
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Stop where more than this share of a table's rows is broken.",
)


def _store_option(words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--store",
        metavar=words,
        help="A Neo4j server by its address (user and password from NEO4J_USERNAME and NEO4J_PASSWORD), or "
        "the embedded store, in .ringwatch/store or FOLDER. Default: NEO4J_URI if set, else embedded.",
    )


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=_example("ringwatch demo", "ringwatch run DATA --out RUN"),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *call: _version(*call),
    help="Show the version and exit.",
)
def ringwatch() -> None:
    """Find partner fraud rings in payment data, and say why."""


@ringwatch.command(epilog=_example("ringwatch demo", "ringwatch demo --folder elsewhere --seed 11"))
@click.option("--folder", type=_FOLDER, default=Path("demo"), show_default=True, help="Where all of it goes.")
@click.option("--seed", type=_SEED, default=7, show_default=True, help="Another seed is another world.")
@click.option("--partners", type=click.IntRange(100), default=1000, show_default=True)
@click.option("--orders", type=click.IntRange(2000), default=120_000, show_default=True)
def demo(folder: Path, seed: int, partners: int, orders: int) -> None:
    """Find the planted rings of a made-up world.

    World, store and run go to FOLDER; the result says how many of the rings found were planted.
    """
    from app.demo import World, play
    from app.progress import Steps
    from app.summary import demo_text

    store = StoreChoice(EMBEDDED, folder / "store")
    steps = Steps()
    summary, verdict = play(
        folder, World(seed, partners, orders), store=store, steps=steps, environ=os.environ
    )
    emit(demo_text(summary, verdict, store=store, steps=steps))


@ringwatch.command(epilog=_example("ringwatch synth world --seed 1 --partners 2000 --orders 300000"))
@click.argument("out", type=_FOLDER)
@click.option("--seed", type=_SEED, default=0, show_default=True)
@click.option("--partners", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--orders", type=click.IntRange(1), default=300_000, show_default=True)
@click.option(
    "--profile", default="real", show_default=True, help="real, easy (careless rings) or honest (none)."
)
@click.option(
    "--format", "format_", type=click.Choice(("parquet", "csv")), default="parquet", show_default=True
)
def synth(out: Path, seed: int, partners: int, orders: int, profile: str, format_: str) -> None:
    """Write a made-up world to OUT.

    What was planted in it goes to OUT.truth. The same options give the same bytes.
    """
    from app.progress import Steps
    from graph.synthetic import write_world

    steps = Steps()
    with steps.step("make up a world"), _writing(out):
        write_world(
            out,
            seed=seed,
            partners=partners,
            orders=orders,
            profile=profile,
            format=format_,
            progress=lambda done, total: steps.count(done, total, "orders"),
        )
    emit(f"The tables are in {out}, the truth in {out.with_name(out.name + '.truth')}.\n")


@ringwatch.command(
    epilog=_example(
        "ringwatch run DATA --out RUN",
        "ringwatch run DATA --out RUN --store none --as-of 2026-03-31",
        "NEO4J_PASSWORD=… ringwatch run --out RUN --store neo4j://graph.example:7687",
    )
)
@click.argument("data", required=False, type=_FOLDER)
@click.option("--out", type=_FOLDER, required=True, metavar="RUN", help="A new folder, or an earlier run.")
@_as_of
@_store_option("URI|embedded[:FOLDER]|none")
@click.option("--seed", type=_SEED, default=0, show_default=True)
@_max_rejected
@click.option(
    "--model",
    type=_FOLDER,
    metavar="FOLDER",
    help="A trained model, or a registry, whose champion is used. Default: train in the run.",
)
@click.option(
    "--previous", type=_FOLDER, metavar="RUN", help="An earlier run: rings keep its ids and say what changed."
)
def run(
    data: Path | None,
    out: Path,
    as_of: datetime | None,
    store: str | None,
    seed: int,
    max_rejected: float,
    model: Path | None,
    previous: Path | None,
) -> None:
    """Find the rings in the tables of DATA, or in what the store holds.

    DATA is a folder of Parquet or CSV files; rings, evidence and pages go to RUN, whole or not at all. With a
    store, the links are loaded into it, read back and detected from there; the rings are saved in it. Without
    DATA the store is read as it is: evidence then names the ends of each link, not the rows behind it.
    """
    if data is None and as_of is not None:
        raise click.UsageError("--as-of goes with DATA: a store is read as of its last load.")
    from app.loading import Reading
    from app.memory import keep_freed
    from app.pipeline import Options
    from app.pipeline import run as run_pipeline
    from app.progress import Steps
    from app.summary import run_text

    keep_freed()
    reading = Reading(as_of, max_rejected)
    choice = _settings().choose_store(store) if data is not None else _a_filled_store(store)
    options = Options(choice, reading, seed=seed, model=model, previous=previous)
    emit(run_text(run_pipeline(data, out, options, steps=Steps(), environ=os.environ)))


@ringwatch.command(
    epilog=_example(
        "ringwatch load DATA",
        "ringwatch load DATA --store bolt://localhost:7687",
        "ringwatch load DATA --since 2026-03-31T23:59:59Z",
        "ringwatch load DATA --bulk FILES",
    )
)
@click.argument("data", type=_FOLDER)
@_store_option("URI|embedded[:FOLDER]")
@_as_of
@click.option(
    "--since",
    type=_Moment(),
    help="Add only what became known after this moment, which is that of the store's last load.",
)
@click.option(
    "--bulk",
    type=_FOLDER,
    metavar="DIR",
    help="Write files for Neo4j's own importer to a new folder instead, and print the command.",
)
@_max_rejected
def load(
    data: Path,
    store: str | None,
    as_of: datetime | None,
    since: datetime | None,
    bulk: Path | None,
    max_rejected: float,
) -> None:
    """Put the tables of DATA into the store.

    Loading again changes nothing; entities and links that DATA no longer holds are removed. With --since
    nothing is removed, and DATA may hold the new rows alone: events after that moment, and orders whose
    outcome has become known after it. Day by day gives the same graph as at once.
    """
    from app.loading import Reading, load_since, write_files
    from app.loading import load as load_tables
    from app.progress import Steps

    reading = Reading(as_of, max_rejected)
    if bulk is not None:
        if store is not None or since is not None:
            raise click.UsageError("--bulk writes files and uses no store; leave --store and --since out.")
        command = write_files(data, bulk, reading, steps=Steps())
        emit(f"With the server stopped, this replaces its database by the graph:\n\n{command}\n")
        return
    if since is None:
        choice = _a_store(store)
        load_tables(data, choice, reading, steps=Steps(), environ=os.environ)
    else:
        choice = _a_filled_store(store)
        load_since(data, choice, reading, since, steps=Steps(), environ=os.environ)
    emit(f"The graph is in {choice}; `ringwatch query --list` names what can be asked.\n")


@ringwatch.command(epilog=_example("ringwatch expire --before 2025-12-31"))
@click.option("--before", type=_Moment(), required=True, help="Links whose last event is older are removed.")
@_store_option("URI|embedded[:FOLDER]")
def expire(before: datetime, store: str | None) -> None:
    """Remove from the store what lies before a moment.

    Links without a later event go, and then consumers, devices and bank accounts that no link holds, unless
    they have a verdict, a ring, or a first moment that is later. Partners stay.
    """
    from app.loading import expire as expire_links
    from app.progress import Steps

    choice = _a_filled_store(store)
    report = expire_links(choice, before, steps=Steps(), environ=os.environ)
    nodes = sum(report.nodes.values())
    emit(f"{report.links:,} links and {nodes:,} nodes are gone.\n")
    if report.ongoing:
        emit(
            f"{report.ongoing:,} links began before and go on: they keep their whole sums. To cut these too, "
            "load tables that begin then.\n"
        )


@ringwatch.command(
    epilog=_example(
        "ringwatch query --list",
        "ringwatch query find/shared-bank-accounts --param min_partners=3 --format csv",
        "ringwatch query inspect/partner --explain",
    )
)
@click.argument("name", required=False)
@click.option("--param", "settings", multiple=True, metavar="NAME=VALUE", help="May be given several times.")
@click.option("--list", "listed", is_flag=True, help="List the queries.")
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Show the Cypher and, from a Neo4j server, its plan; run nothing.",
)
@click.option("--format", "format_", type=click.Choice(tuple(_FORMATS)), default="table", show_default=True)
@_store_option("URI|embedded[:FOLDER]")
def query(
    name: str | None,
    settings: Sequence[str],
    listed: bool,
    explained: bool,
    format_: str,
    store: str | None,
) -> None:
    """Ask the store a query of the library."""
    from queries.library import find_query, list_queries, parse_parameters

    if listed == (name is not None):
        raise click.UsageError("Give the name of a query, or --list.")
    if name is None:
        rows = [(one.name, one.title, ", ".join(_parameters(one))) for one in list_queries()]
        emit(_FORMATS[format_](("name", "title", "parameters"), rows))
        return
    found = find_query(name)
    if explained:
        _explain(found, _a_store(store))
    else:
        _ask(found, parse_parameters(found, settings), _a_filled_store(store), format_)


@ringwatch.command(
    epilog=_example(
        "ringwatch train DATA --out MODELS", "ringwatch train DATA --out MODELS --as-of 2026-03-31"
    )
)
@click.argument("data", type=_FOLDER)
@click.option("--out", "models", type=_FOLDER, required=True, metavar="MODELS", help="The registry.")
@_as_of
@click.option("--seed", type=_SEED, default=0, show_default=True)
@_max_rejected
def train(data: Path, models: Path, as_of: datetime | None, seed: int, max_rejected: float) -> None:
    """Train every model on the verdicts of DATA, judge each, keep the best.

    Each learns from what was known when two thirds of the known frauds were, and is judged on what was
    decided later. The one that most surely gains on the risk that needs no verdict is fitted to all that is
    known and put into MODELS, in a folder called by its id. The same rows and seed give the same bytes.
    """
    from app.loading import Reading
    from app.models import train_model
    from app.progress import Steps

    emit(train_model(data, models, Reading(as_of, max_rejected), seed=seed, steps=Steps()))


@ringwatch.command(epilog=_example("ringwatch evaluate DATA MODELS/0123456789abcdef --as-of 2026-03-31"))
@click.argument("data", type=_FOLDER)
@click.argument("model", type=_FOLDER)
@_as_of_model
@_capacity
@_max_rejected
def evaluate(
    data: Path, model: Path, as_of: datetime | None, capacity: int | None, max_rejected: float
) -> None:
    """Judge MODEL on the verdicts of DATA that became known after a moment.

    It scores the partners as they stood then, with what was known then. MODEL is a model's folder, or a
    registry, whose champion is judged.
    """
    from app.loading import Reading
    from app.models import evaluate_model
    from app.progress import Steps

    emit(evaluate_model(data, model, Reading(as_of, max_rejected), capacity=capacity, steps=Steps()))


@ringwatch.command(
    epilog=_example(
        "ringwatch promote MODELS 0123456789abcdef --data DATA --as-of 2026-03-31",
        "ringwatch promote MODELS 0123456789abcdef --data DATA --shadow",
    )
)
@click.argument("models", type=_FOLDER)
@click.argument("id_", metavar="ID")
@click.option("--data", type=_FOLDER, required=True, metavar="DATA", help="The tables to judge on.")
@_as_of_model
@_capacity
@click.option(
    "--margin",
    type=click.FloatRange(0, 1),
    callback=lambda *call: _number(*call),
    default=0.01,
    show_default=True,
    help="How much more average precision than the champion's it must have.",
)
@click.option(
    "--max-harm",
    type=click.FloatRange(0, 1),
    callback=lambda *call: _number(*call),
    default=0.05,
    show_default=True,
    help="How much worse it may be for any country, category or age of partner.",
)
@click.option("--shadow", is_flag=True, help="Judge, compare the rings that both find, and promote nothing.")
@_max_rejected
def promote(
    models: Path,
    id_: str,
    data: Path,
    as_of: datetime | None,
    capacity: int | None,
    margin: float,
    max_harm: float,
    shadow: bool,
    max_rejected: float,
) -> None:
    """Make the model ID the champion of MODELS, if it deserves it.

    On the verdicts of DATA that became known after a moment it must beat the champion, or, where there is
    none yet, the risk that needs no verdict; and it must not harm any subgroup. A refusal says why.
    """
    from app.loading import Reading
    from app.models import Bar, promote_model
    from app.progress import Steps

    bar = Bar(margin, max_harm, capacity, shadow)
    emit(promote_model(models, id_, data, Reading(as_of, max_rejected), bar, steps=Steps()))


@ringwatch.command(
    epilog=_example(
        "ringwatch explain DATA MODELS --top 3", "ringwatch explain DATA MODELS --partner P-1 --format json"
    )
)
@click.argument("data", type=_FOLDER)
@click.argument("model", type=_FOLDER)
@click.option("--partner", "ids", multiple=True, metavar="ID", help="May be given several times.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Without --partner: so many of the riskiest that nobody has decided about.",
)
@_as_of
@click.option(
    "--format", "format_", type=click.Choice(("text", "csv", "json")), default="text", show_default=True
)
@_max_rejected
def explain(
    data: Path,
    model: Path,
    ids: Sequence[str],
    top: int,
    as_of: datetime | None,
    format_: str,
    max_rejected: float,
) -> None:
    """Say why MODEL gives partners of DATA their risk.

    The features and the neighbours that moved it, and what speaks against it. MODEL is a model's folder, or a
    registry, whose champion is asked.
    """
    from app.loading import Reading
    from app.models import explain_partners
    from app.progress import Steps

    reading = Reading(as_of, max_rejected)
    emit(explain_partners(data, model, reading, ids=ids, top=top, format_=format_, steps=Steps()))


@ringwatch.command(
    epilog=_example(
        "ringwatch onboard DATA newcomers.jsonl --run RUN --format json",
        """echo '{"accounts": ["A-1"], "devices": ["D-1", "D-2"]}' | ringwatch onboard DATA -""",
    )
)
@click.argument("data", type=_FOLDER)
@click.argument("newcomers", type=_FOLDER)
@click.option(
    "--run", "run_folder", type=_FOLDER, metavar="RUN", help="Members of rings it flagged are suspects."
)
@_as_of
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@_max_rejected
def onboard(
    data: Path,
    newcomers: Path,
    run_folder: Path | None,
    as_of: datetime | None,
    format_: str,
    max_rejected: float,
) -> None:
    """Score new partners by what they share with those of DATA.

    NEWCOMERS is a file, or - for standard input, with a JSON object a line: lists of ids, "accounts" to be
    paid to, "devices" logged in from, "consumers" who ordered first, and a "partner_id" where DATA has it.
    Each line is answered as it comes, so that a service can keep this running; one that is no newcomer with
    the reason, and then the exit code is 2.
    """
    from app.loading import Reading
    from app.onboard import onboard as answer_lines
    from app.progress import Steps

    reading = Reading(as_of, max_rejected)
    answer_lines(data, newcomers, reading, run=run_folder, format_=format_, steps=Steps())


@ringwatch.command(epilog=_example("ringwatch rollback MODELS"))
@click.argument("models", type=_FOLDER)
def rollback(models: Path) -> None:
    """Make the champion before the present one champion again."""
    from app.models import roll_back_model

    emit(roll_back_model(models))


@ringwatch.command(
    epilog=_example("ringwatch export RUN --format csv", "ringwatch export RUN --format graphml --out graphs")
)
@click.argument("run_folder", metavar="RUN", type=_FOLDER)
@click.option("--format", "format_", type=click.Choice(("csv", "graphml")), required=True)
@click.option("--out", type=_FOLDER, help="A new folder. Default: RUN-csv or RUN-graphml.")
@click.option("--ring", "ring_ids", multiple=True, metavar="RING_ID", help="GraphML of this ring alone.")
@click.option("--data", type=_FOLDER, help="The tables of the run, where they have moved.")
def export(
    run_folder: Path, format_: str, out: Path | None, ring_ids: Sequence[str], data: Path | None
) -> None:
    """Write a finished RUN as CSV or GraphML.

    CSV holds the run's four tables, GraphML a file a ring with its members and the links between them.
    """
    from app.export import export_csv, export_graphml

    folder = out or run_folder.resolve().with_name(f"{run_folder.resolve().name}-{format_}")
    if format_ == "csv":
        if ring_ids or data:
            raise click.UsageError("--ring and --data go with --format graphml.")
        written = export_csv(run_folder, folder)
    else:
        written = export_graphml(run_folder, folder, data=data, ring_ids=ring_ids)
    emit(f"{len(written):,} {'file' if len(written) == 1 else 'files'} in {folder}.\n")


def main(arguments: Sequence[str] | None = None) -> Never:
    """Run a command and leave: 0 done, 1 an unexpected failure, 2 bad input or usage, 130 interrupted."""
    # before torch loads: two cores of waiting threads cost more than they gain
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a Latin-1 terminal must not end a run
    if not _settings().debug:
        warnings.simplefilter("ignore")  # what torch deprecates inside itself helps no reader
    signal.signal(signal.SIGTERM, _terminate)  # so that drafts are removed and the store is stopped
    code = _run(arguments)
    if code in (INTERRUPTED, TERMINATED):
        # a thread may still be at compiled work (`graph.parts.at_once`): Python's own end would take away
        # what it works on, and wait for threads of pools
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = ringwatch.main(arguments, prog_name="ringwatch", standalone_mode=False)
    except click.ClickException as error:
        return _say(error.format_message() + _hint(error), USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _say("Interrupted; nothing half done is left behind.", INTERRUPTED)
    except SystemExit as end:
        if end.code != TERMINATED:
            raise
        return TERMINATED
    except Exception as error:
        if _settings().debug:
            raise
        if _is_for_user(error):
            return _say(str(error), USAGE)
        if str(error).startswith("cannot cache function"):  # numba's words
            return _say(
                "What is compiled for this machine can be kept neither in NUMBA_CACHE_DIR, if that is set, "
                "nor beside the program nor in this user's cache; set NUMBA_CACHE_DIR to a folder that can "
                "be written.",
                USAGE,
            )
        return _say(
            f"Unexpected failure: {type(error).__name__}: {error}. Please report it with what "
            "RINGWATCH_DEBUG=1 in the environment shows.",
            UNEXPECTED,
        )
    return result if isinstance(result, int) else 0


def _is_for_user(error: Exception) -> bool:
    modules = ((sys.modules.get(module), name) for module, name in _USER_ERRORS)
    return any(module is not None and isinstance(error, getattr(module, name)) for module, name in modules)


def _hint(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f" `{context.command_path} --help` shows how." if context is not None else ""


def _say(sentence: str, code: int) -> int:
    click.echo(f"ringwatch: {plain(sentence)}", err=True)
    return code


def _terminate(number: int, frame: FrameType | None) -> Never:
    raise SystemExit(TERMINATED)


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"ringwatch {version('ringwatch')}")
    context.exit()


def _number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    if value != value:  # NaN is within any range, as click sees it
        raise click.BadParameter("nan is no number.", context, parameter)
    return value


def _settings() -> Settings:
    return Settings.read(os.environ)


def _a_store(word: str | None) -> StoreChoice:
    choice = _settings().choose_store(word)
    if not choice.is_used:
        raise SettingsError("This command needs a store; name one with --store.")
    return choice


def _a_filled_store(word: str | None) -> StoreChoice:
    choice = _a_store(word)
    if choice.target == EMBEDDED and not choice.folder.is_dir():
        raise SettingsError(
            f"There is no embedded store in {str(choice.folder)!r}; `ringwatch load` makes one."
        )
    return choice


class _writing:  # noqa: N801 - reads as a word in a `with` line
    """Turns a refusal of the file system into a sentence about that folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            reason = (error.strerror or "no reason given").lower()
            raise OutputError(
                f"The folder {str(self._folder)!r} cannot be written ({reason}); choose another."
            ) from None


def _parameters(found: Query) -> list[str]:
    return [one.name if one.default is None else f"{one.name}={one.default}" for one in found.parameters]


def _ask(found: Query, parameters: dict[str, Any], choice: StoreChoice, format_: str) -> None:
    from app.loading import open_chosen

    with open_chosen(choice, os.environ) as store:
        answer = store.run(found, parameters)
    rows = _with_moments(found, answer.columns, answer.rows) if format_ == "table" else answer.rows
    emit(_FORMATS[format_](answer.columns, rows))
    if format_ == "table" and is_cut(rows):
        click.echo("ringwatch: longer cells are cut; --format csv or json shows them whole.", err=True)
    if answer.truncated:
        click.echo(f"ringwatch: only the first {len(answer.rows):,} rows are shown.", err=True)


def _with_moments(
    found: Query, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    """The rows with moments as people read them; programs get the numbers, in CSV and JSON."""
    moments = {column.name for column in found.columns if column.is_moment}
    dated = [column in moments for column in columns]
    return [
        tuple(
            _moment_text(value) if is_moment and isinstance(value, int) else value
            for value, is_moment in zip(row, dated, strict=True)
        )
        for row in rows
    ]


def _moment_text(moment_ms: int) -> str:
    """`2026-11-24T08:00:00Z`, "" where unknown, and the number where no calendar has a day for it."""
    from graph.schema import MISSING_MS, utc

    try:
        return "" if moment_ms == MISSING_MS else f"{utc(moment_ms):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:  # others may write to the store
        return str(moment_ms)


def _explain(found: Query, choice: StoreChoice) -> None:
    from app.loading import open_chosen

    parameters = "".join(f"  {one.name} ({one.type}): {one.meaning}\n" for one in found.parameters)
    emit(f"{found.title}: {found.question}\n{parameters}Cost: {found.cost}\n\n{found.text.strip()}\n\n")
    if choice.target == EMBEDDED:
        emit("The embedded store shows no plans; a Neo4j server named by --store does.\n")
        return
    with open_chosen(choice, os.environ) as store:
        emit("".join(f"{line}\n" for line in store.explain(found, {})))


if __name__ == "__main__":
    main()
