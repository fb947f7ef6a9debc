"""Turn a public data set into the tables that `ringwatch run` reads, its truth beside them.

    python -m benchmarks.convert card-terminals SRC OUT

SRC is the folder of the set's Parquet files, OUT a new folder; truth goes to OUT.truth where there is any.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.convert import amlsim, card_terminals, identity_graph
from benchmarks.convert.converted import SourceError, write


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convert", description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=[name for name, _ in CONVERTERS], help="the data set")
    parser.add_argument("source", type=Path, metavar="SRC", help="the folder of its Parquet files")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write, which must not exist")
    options = parser.parse_args(arguments)
    try:
        converted = dict(CONVERTERS)[options.name](options.source)
        write(converted, options.out)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    for table, frame in converted.tables.items():
        print(f"{table:14} {len(frame):>10,} rows")
    return 0


CONVERTERS = (
    ("amlsim-10k", amlsim.convert),
    ("card-terminals", card_terminals.convert),
    ("identity-graph", identity_graph.convert),
)

if __name__ == "__main__":
    sys.exit(main())
