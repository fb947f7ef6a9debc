"""What reviewers have said: of a part, late, more about what went badly, and at times wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.twelfth_worlds.crews import Crew
from benchmarks.twelfth_worlds.people import PHONE
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.writing.events import Book, Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, Flags, Floats, Ints


def review(scene: Scene, book: Book, crews: list[Crew]) -> list[Label]:
    """Verdicts on some firms, consumers and devices; about half of the crews nobody has looked at."""
    rng = scene.rng
    seen = [crew for crew in crews if rng.random() < rng.uniform(0.25, 0.6)]
    unseen = [crew for crew in crews if crew not in seen]
    found = []
    for kind, number, many, part in (
        ("partner", book.firm, len(scene.firms), 1.0),
        ("consumer", book.consumer, len(scene.people), rng.uniform(0.05, 0.3)),
    ):
        guilt, hidden = _guilt(seen, kind, many), _guilt(unseen, kind, many)
        bad = np.isin(book.outcome, (DEFAULTED, DISPUTED)) & np.isfinite(book.at)
        amiss = np.bincount(number[bad], minlength=many) / (4 + np.bincount(number, minlength=many))
        last = np.zeros(many)
        np.maximum.at(last, number, book.t)
        found += _verdicts(scene, kind, part, amiss, guilt, hidden, last)
    devices = [crew.devices[0][:1] for crew in seen if len(crew.devices) and rng.random() < 0.3]
    honest = [
        scene.people.devices[rng.integers(len(scene.people)), [PHONE]] for _ in range(len(devices) // 2)
    ]
    for verdict, some in (("fraud", devices), ("legit", honest)):
        found += [Label("device", int(one[0]), verdict, _when(scene, 0.0)) for one in some]
    return found


def _guilt(crews: list[Crew], kind: str, many: int) -> Floats:
    """(many,) how easily a reviewer sees through a member of a crew: 0 for others, 1 for the careless."""
    guilt = np.zeros(many)
    for crew in crews:
        guilt[crew.firms if kind == "partner" else crew.people] = 1 - 0.45 * crew.care
    return guilt


def _verdicts(
    scene: Scene, kind: str, part: float, amiss: Floats, guilt: Floats, hidden: Floats, last: Floats
) -> list[Label]:
    """Verdicts on a part of one kind: where much is amiss rather than elsewhere, and never on the hidden."""
    rng, setting = scene.rng, scene.setting
    weight = (0.15 + np.minimum(amiss / max(float(np.quantile(amiss, 0.9)), 1e-3), 4)) * (1 + 2 * guilt)
    weight[hidden > 0] *= 0.0
    weight[last == 0] = 0
    n = min(int(len(amiss) * setting.reviewed * part), int((weight > 0).sum()))
    chosen: Ints = rng.choice(len(amiss), n, replace=False, p=weight / weight.sum())
    wrong = setting.wrong * np.clip(amiss[chosen] / max(float(amiss.mean()), 1e-3), 0.2, 4) / 2
    fraud: Flags = rng.random(n) < np.where(guilt[chosen] > 0, guilt[chosen] * 0.97, np.minimum(wrong, 0.4))
    return [
        Label(kind, int(one), "fraud" if bad else "legit", _when(scene, float(last[one])))
        for one, bad in zip(chosen, fraud, strict=True)
    ]


def _when(scene: Scene, last: float) -> float:
    """When a verdict is known: some time in the window, after much of what it judges."""
    days = scene.setting.days
    return float(np.clip(last * scene.rng.uniform(0.5, 1) + scene.rng.exponential(25), 5, days - 0.5))
