"""The suite of honest groups: what appears among the flagged is counted, and nothing else."""

from __future__ import annotations

import pandas as pd

from benchmarks.judging import Truth
from benchmarks.look_alikes import Group, Ids, Named, appear, count, honest_groups, is_planted, shares


def partners(*names: str) -> Ids:
    return frozenset(("partner", name) for name in names)


def truth_of(*groups: tuple[str, str, str]) -> Truth:
    """Groups as (kind, kind of member, members without blanks between them), each member one letter."""
    rows = [
        {"group_id": f"g{number}", "look_alike": what, "kind": kind, "id": one}
        for number, (what, kind, members) in enumerate(groups)
        for one in members
    ]
    return Truth(pd.DataFrame(), [], set(), pd.DataFrame(rows))


def wrongly(members: Ids, *, planted: bool = False, flagged: bool = True) -> Named:
    return Named(members, flagged, planted, best=False)


def test_half_of_a_group_in_one_ring_appears_and_less_does_not() -> None:
    group = [Group("mall", partners(*"abcd"))]
    assert appear(group, [partners("a", "b", "x")]) == [True]
    assert appear(group, [partners("a", "x"), partners("b", "y")]) == [False]


def test_two_of_a_pair_are_needed_and_one_of_one() -> None:
    assert appear([Group("owner", partners("a", "b"))], [partners("a", "x")]) == [False]
    assert appear([Group("bad_luck", partners("a"))], [partners("a", "x")]) == [True]


def test_a_group_that_is_flagged_is_counted_under_its_kind() -> None:
    truth = truth_of(("owner", "partner", "ab"), ("mall", "partner", "cde"), ("household", "consumer", "st"))
    counted = count(truth, frozenset(), [wrongly(partners("a", "b", "x"))])
    assert list(counted.kind[counted.flagged]) == ["owner"]
    assert len(counted) == 3


def test_consumers_attached_to_a_wrong_ring_appear_too() -> None:
    truth = truth_of(("household", "consumer", "st"))
    ring = partners("x", "y") | {("consumer", "s"), ("consumer", "t")}
    assert count(truth, frozenset(), [wrongly(ring)]).flagged.all()


def test_nothing_appears_in_a_planted_ring_or_in_one_that_is_not_flagged() -> None:
    truth = truth_of(("owner", "partner", "ab"))
    rings = [wrongly(partners("a", "b"), planted=True), wrongly(partners("a", "b"), flagged=False)]
    assert not count(truth, frozenset(), rings).flagged.any()


def test_a_ring_is_planted_from_two_thirds_of_its_partners_on() -> None:
    assert is_planted(partners("a", "b", "x"), partners("a", "b"))
    assert not is_planted(partners("a", "b", "x", "y"), partners("a", "b"))


def test_planted_members_of_a_group_do_not_count_for_it() -> None:
    truth = truth_of(("helper", "partner", "abx"), ("helper", "partner", "ax"))
    groups = honest_groups(truth, partners("x"))
    assert [group.members for group in groups] == [partners("a", "b")]


def test_a_share_has_its_exact_interval() -> None:
    groups = pd.DataFrame({"flagged": [True] + [False] * 39, "best": False, "rings": True})
    row = shares(groups)
    assert row["share"] == 0.025 and 0.1 < float(str(row["high"])) < 0.14
