"""Settings: what the environment says, read once, and which store a word on the command line means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

EMBEDDED: Final = "embedded"
NO_STORE: Final = "none"
URI_SCHEMES: Final = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class StoreChoice:
    """A store to use: `target` is "none", "embedded" or a URI; `folder` is where the embedded one lives."""

    target: str
    folder: Path

    @property
    def is_used(self) -> bool:
        """Whether there is a store at all."""
        return self.target != NO_STORE

    def __str__(self) -> str:
        return f"embedded:{self.folder}" if self.target == EMBEDDED else self.target


@dataclass(frozen=True)
class Settings:
    """The environment, as ringwatch reads it.

    `NEO4J_URI` is the store used where none is named; user, password and database (`NEO4J_USERNAME`,
    `NEO4J_PASSWORD`, `NEO4J_DATABASE`) stay in `environ`, which only the store reads and nothing prints.
    `RINGWATCH_STORE_FOLDER` is the folder of the embedded store, `RINGWATCH_DEBUG` shows tracebacks.
    """

    default_store: str
    store_folder: Path
    debug: bool
    environ: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of an environment."""
        return cls(
            default_store=environ.get("NEO4J_URI") or EMBEDDED,
            store_folder=Path(environ.get("RINGWATCH_STORE_FOLDER") or ".ringwatch/store"),
            debug=environ.get("RINGWATCH_DEBUG", "") not in ("", "0"),
            environ=environ,
        )

    def choose_store(self, word: str | None) -> StoreChoice:
        """The store that none, embedded, embedded:FOLDER or a URI names; SettingsError for another word."""
        text = word or self.default_store
        if text in (NO_STORE, EMBEDDED):
            return StoreChoice(text, self.store_folder)
        if text.startswith(f"{EMBEDDED}:") and text != f"{EMBEDDED}:":
            return StoreChoice(EMBEDDED, Path(text.removeprefix(f"{EMBEDDED}:")))
        _check_uri(text)
        return StoreChoice(text, self.store_folder)


def _check_uri(text: str) -> None:
    try:
        parts = urlsplit(text)
        known = parts.scheme in URI_SCHEMES and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise SettingsError(
            f"The store {text!r} is neither none, embedded, embedded:FOLDER nor an address "
            "like neo4j://localhost:7687; name one of these."
        )
    if parts.username is not None or parts.password is not None:
        # not repeated: the text may hold a password
        raise SettingsError(
            "The store's address carries a user or password; "
            "give them as NEO4J_USERNAME and NEO4J_PASSWORD in the environment."
        )
