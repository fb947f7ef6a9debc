"""What a converter hands over: tables by the contract, and the truth that stands beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd


class SourceError(ValueError):
    """The public data is not where, or not as, it should be; the message is one sentence."""


@dataclass(frozen=True)
class Converted:
    """`tables` by their names in the contract; `truth` by file name, never part of the input."""

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame] = field(default_factory=dict)


def read_source(folder: Path, name: str, columns: Iterable[str]) -> pd.DataFrame:
    """The columns of `<folder>/<name>.parquet`; SourceError where the file or one of them is missing."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise SourceError(f"There is no file {str(path)!r}; name the folder that holds the public data set.")
    wanted = list(columns)
    frame = pd.read_parquet(path)
    lacking = [column for column in wanted if column not in frame.columns]
    if lacking:
        raise SourceError(f"The file {str(path)!r} lacks {', '.join(lacking)}; is it another data set?")
    return frame[wanted]


def named(prefix: str, numbers: pd.Series) -> pd.Series:
    """Ids such as `terminal-17`, so that two kinds never share one."""
    return prefix + "-" + numbers.astype("int64").astype("str")


def write(converted: Converted, out: Path) -> None:
    """Write the tables to `out` and the truth to `<out>.truth`, each whole or not at all."""
    truth = out.with_name(out.name + ".truth")
    for folder in (out, truth):
        if folder.exists():
            raise SourceError(f"{str(folder)!r} is there already; name a folder that is not.")
    out.parent.mkdir(parents=True, exist_ok=True)
    _write_folder(converted.tables, out)
    if converted.truth:
        _write_folder(converted.truth, truth)


def _write_folder(frames: dict[str, pd.DataFrame], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        half = Path(scratch, "half")
        half.mkdir()
        for name, frame in frames.items():
            frame.to_parquet(half / f"{name}.parquet", index=False, compression="zstd")
        half.rename(folder)
