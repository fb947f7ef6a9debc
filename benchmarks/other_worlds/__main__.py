"""Make up a world of the other maker.

    python -m benchmarks.other_worlds OUT --seed N --partners 2000 --orders 300000

The tables that `ringwatch run` reads go to OUT, the truth to OUT.truth.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.other_worlds.making import write_other_world


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.other_worlds",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    given = parser.parse_args()
    write_other_world(given.out, seed=given.seed, partners=given.partners, orders=given.orders)


if __name__ == "__main__":
    main()
