"""The previous run: the rings that today's are compared with, and the moment that they were found at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from app.run_folder import PROFILE_FILE, RUN_FILE, OutputError
from app.terminal import plain
from gnn.profile import Profile, ProfileError
from graph.links import Links
from graph.schema import EPOCH, NODES, Kind, utc

_COLUMNS: Final = ["ring_id", "kind", "id"]
_RING_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True)
class Previous:
    """An earlier run: its folder, its moment, and the `ring_id`, `kind` and `id` of its members.

    `profile` says how its day looked, None in a run of a release that did not write it.
    """

    folder: Path
    as_of_ms: int
    members: pd.DataFrame
    profile: Profile | None = None


def read_previous(folder: Path | None) -> Previous | None:
    """The run in that folder, None for none; OutputError where that is no run."""
    if folder is None:
        return None
    return Previous(folder, _moment_ms(folder), _members(folder), read_profile(folder))


def refuse_later(previous: Previous | None, as_of_ms: int) -> None:
    """OutputError for a previous run that is later than this one: what it knew must not be known here."""
    if previous is not None and previous.as_of_ms > as_of_ms:
        raise OutputError(
            f"The previous run in {str(previous.folder)!r} is as of {_told(previous.as_of_ms)}, later than "
            f"this run's moment {_told(as_of_ms)}; name an earlier run, or none."
        )


def strangers(previous: Previous | None, links: Links) -> tuple[str, ...]:
    """A remark where no member of the previous run's rings is in the data; it is of other tables then."""
    if previous is None or not len(previous.members):
        return ()
    for node in NODES:
        ids = previous.members.loc[previous.members["kind"] == node.kind.value, "id"]
        if ids.isin(links.nodes(node.kind)[node.key]).any():
            return ()
    return (
        f"No member of the rings of the previous run in {plain(str(previous.folder))!r} is in this data; "
        "is it a run of other tables?",
    )


def _members(folder: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(folder / "ring_members.parquet", columns=_COLUMNS)
    except (OSError, ValueError, pa.ArrowException):
        raise OutputError(
            f"The folder {str(folder)!r} is no run of ringwatch: it has no readable ring_members.parquet."
        ) from None
    if table.column_names != _COLUMNS or table.schema.types != [pa.string()] * len(_COLUMNS):
        # an id that is a number or a list would be nobody's, and every ring of that run pass for dissolved
        raise OutputError(f"The run in {str(folder)!r} was changed by hand: its members have other columns.")
    members: pd.DataFrame = table.to_pandas()
    if members.isna().any(axis=None) or not members["kind"].isin([kind.value for kind in Kind]).all():
        raise OutputError(f"The run in {str(folder)!r} was changed by hand: not every member has a kind.")
    for ring_id in members["ring_id"].drop_duplicates():
        if not _RING_ID.fullmatch(str(ring_id)):
            raise OutputError(
                f"The run in {str(folder)!r} was changed by hand: {plain(str(ring_id))!r} is no ring id."
            )
    return members


def read_profile(folder: Path) -> Profile | None:
    """The profile of a run's or a model's day, None where the folder has none; OutputError for a bad one."""
    path = folder / PROFILE_FILE
    if not path.exists():
        return None
    try:
        return Profile.from_json(path.read_bytes())
    except (OSError, ProfileError) as error:
        raise OutputError(f"The file {str(path)!r} cannot be used: {error}.") from None


def _moment_ms(folder: Path) -> int:
    try:
        as_of = datetime.fromisoformat(json.loads((folder / RUN_FILE).read_bytes())["as_of"])
        return (as_of - EPOCH) // timedelta(milliseconds=1)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise OutputError(
            f"The folder {str(folder)!r} is no run of ringwatch: it has no {RUN_FILE} that says its moment."
        ) from None


def _told(moment_ms: int) -> str:
    return f"{utc(moment_ms):%Y-%m-%dT%H:%M:%SZ}"
