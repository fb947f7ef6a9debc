"""The benchmark of an adversary: every knob starts at rest, and only what it names moves."""

from __future__ import annotations

import pandas as pd

from benchmarks.adversary import KNOBS, REST, careful_recall, settings, table_of
from graph.synthetic import Adversary


def test_every_knob_has_four_settings_and_turns_nothing_else() -> None:
    assert all(len(row) == 4 for row in KNOBS.values())
    for row in KNOBS.values():
        turned = {
            name
            for one in row.values()
            for name, value in vars(one).items()
            if value != vars(Adversary())[name]
        }
        assert len(turned) == 1
    assert settings()[0][2] == Adversary()


def test_the_careful_third_is_the_same_rings_at_every_setting() -> None:
    rings = pd.DataFrame(
        {
            "knob": [REST] * 3 + ["k"] * 3,
            "setting": [REST] * 3 + ["1"] * 3,
            "world": 1,
            "carefulness": [0.1, 0.5, 0.9] * 2,
            "found": [True, True, True, True, True, False],
        }
    )
    assert careful_recall(rings).to_dict() == {(REST, REST, 1): 1.0, ("k", "1", 1): 0.0}


def test_a_table_begins_at_rest_and_gives_the_range_over_worlds() -> None:
    rows = pd.DataFrame(
        [
            {
                "knob": knob,
                "setting": setting,
                "recall": recall,
                "precision@K": 1.0,
                "AP all": 1.0,
                "careful third": 1.0,
            }
            for knob, setting, recall in (
                (REST, REST, 0.8),
                (REST, REST, 1.0),
                ("k", "1", 0.5),
                ("x", "1", 0.0),
            )
        ]
    )
    table = table_of(rows, "k")
    assert list(table.index) == [REST, "1"]
    assert table.recall[REST] == "0.90 (0.80 to 1.00)"
