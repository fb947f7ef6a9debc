"""The tables of a world and its truth on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.trades import COUNTRIES, TRADES
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.events import Events, Label
from benchmarks.writing.tables import KINDS, Ids, Writer, save_typed
from benchmarks.writing.truth import Planted, write_truth
from benchmarks.writing.units import NO_INTS, Floats, Ints, Texts, where_known

CURRENCIES: Texts = np.array([one.currency for one in COUNTRIES], object)
CURRENCY_OF = {one.code: one.currency for one in COUNTRIES}
LETTERS = dict(zip(KINDS, "pcdaoyt", strict=True))
TABLE_OF = {"payouts": "payouts", "transfers": "transfers", "logins": "partner_logins"}


def write(world: World, folder: Path, events: Events, labels: Sequence[Label]) -> None:
    """All tables and the truth; of a kind of data that the world lacks the table has no row."""
    many = (len(world.firms), world.consumers.n, world.devices.n, world.accounts.n)
    writer = Writer(
        world.rng, folder, world.settings.start, events, many, _ids(world.rng), save_typed,
        lacks=TABLE_OF.get(world.settings.lacks, ""), whole=np.floor,
    )  # fmt: skip
    # every partner is in the partners' table, and its life is known
    writer.first["partner"] = np.minimum(writer.first["partner"], world.firms.opening)
    _write_partners(writer, world)
    _write_things(writer, world)
    source = world.accounts.labels[events.transfers.source]
    writer.happenings(CURRENCIES[world.firms.land], pd.Series(source).map(CURRENCY_OF).to_numpy(object))
    writer.labels(labels)
    write_truth(writer, [_planted(one) for one in world.rings], world.alike, labels, fewest=2)


def _ids(rng: np.random.Generator) -> Ids:
    """Ids of the world's style."""
    style = int(rng.integers(0, 3))

    def draw(kind: str, n: int) -> Texts:
        number, letter = rng.permutation(n * 7)[:n] + 10**6, LETTERS[kind]
        if style == 0:
            ids = [f"{letter}{one}" for one in number]
        elif style == 1:
            ids = [f"{letter}-{one:08x}" for one in number * 2_654_435_761 % 2**32]
        else:
            ids = [f"{letter.upper()}_{one:09d}" for one in number * 40_503 % 999_999_937]
        return np.array(ids, object)

    return draw


def _write_partners(writer: Writer, world: World) -> None:
    rng, firms, n = world.rng, world.firms, len(world.firms)
    mark = rng.integers(1, 999, n)
    sites = [
        f"https://{b}{w}{k}.example".lower() for b, w, k in zip(firms.brand, firms.word, mark, strict=True)
    ]
    writer.entities(
        "partner",
        np.arange(n),
        name=firms.name,
        legal_name=firms.legal,
        category=np.array([one.mcc for one in TRADES], object)[firms.trade],
        country=CODES[firms.land],
        website=where_known(np.array(sites, object), flag(rng, n, 0.7)),
        onboarded_at=writer.at(np.minimum(firms.on, firms.opening)),
        closed_at=writer.at(np.where(firms.off < world.days, firms.off, np.inf)),
    )


def _write_things(writer: Writer, world: World) -> None:
    rng = world.rng

    def earlier(kind: str, used: Ints, share: float, mean: float) -> Floats:
        """Of that share a day or so before the first event, of the others some `mean` days."""
        before = np.where(flag(rng, len(used), share), 1.0, mean)
        return np.asarray(writer.first[kind][used] - rng.exponential(before))

    used = writer.used("consumer")
    made = earlier("consumer", used, rng.uniform(0.3, 0.5), 250)
    writer.entities("consumer", used, country=world.consumers.labels[used], created_at=writer.at(made))
    used = writer.used("device")
    kind = np.where(flag(rng, len(used), 0.06), "unknown", world.devices.labels[used])
    writer.entities("device", used, kind=kind, first_seen_at=writer.at(earlier("device", used, 0.7, 100)))
    used = writer.used("bank_account")
    opened = earlier("bank_account", used, 0.1, 700)
    opened = np.where(flag(rng, len(used), 0.4), np.nan, opened)
    writer.entities("bank_account", used, country=world.accounts.labels[used], opened_at=writer.at(opened))


def _planted(ring: Ring) -> Planted:
    tools = {
        kind: np.concatenate([NO_INTS, *(found for tool, found in ring.tools if tool == kind)])
        for kind in ("consumer", "device", "bank_account")
    }
    return Planted(ring.typology, ring.care, np.unique(ring.firms), *tools.values())
