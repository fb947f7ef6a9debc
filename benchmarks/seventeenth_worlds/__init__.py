"""Worlds of the seventeenth maker: agents in a market of shops that sell on credit."""

from __future__ import annotations

from pathlib import Path

from benchmarks.seventeenth_worlds.typologies import HONEST_PEOPLE, HONEST_SHOPS, OF_PEOPLE, OF_SHOPS

__all__ = ["HONEST_PEOPLE", "HONEST_SHOPS", "OF_PEOPLE", "OF_SHOPS", "write_seventeenth_world"]


def write_seventeenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Writes one world into `folder`, and its truth into the folder of the same name with `.truth` behind.

    The market is buy now, pay later for online shops in one to five countries of northern Europe. The market
    place pays each shop within days or weeks, less what was sent back, and waits for the customers' money
    itself; so a shop and a circle of customers who never mean to pay can share what was advanced, and a crew
    that buys in other people's names leaves the loss with the market place. Every ring is an agent with a
    plan over weeks (trust, raise, burn; steady; waves; a blitz) whose losses are seen a month late, may bring
    a review, and that new devices and accounts. How careful it is decides what it shares, how it staggers,
    how much of its custom is real and how far behind the shops its money meets. Honest groups use the same
    tools for honest reasons, and have bad luck as well. Members of rings and groups lead the same ordinary
    life as everybody. Sizes come from the seed unless they are given; ValueError where they leave no room.
    """
    from benchmarks.seventeenth_worlds.maker import write_world

    write_world(folder, seed=seed, partners=partners, orders=orders)
