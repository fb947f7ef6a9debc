"""Make up a world of the sixth maker.

    python -m benchmarks.sixth_worlds OUT --seed N

The tables that `ringwatch run` reads go to OUT, the truth to OUT.truth; sizes not given are drawn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.sixth_worlds.making import write_sixth_world


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sixth_worlds",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--partners", type=int)
    parser.add_argument("--orders", type=int)
    given = parser.parse_args()
    write_sixth_world(given.out, seed=given.seed, partners=given.partners, orders=given.orders)


if __name__ == "__main__":
    main()
