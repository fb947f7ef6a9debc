from __future__ import annotations

import numpy as np
import pytest

from gnn.onboarding import EXPECTED, HUB, TERMS, Newcomer, brought, newcomers, scorer
from gnn.registry import ModelError
from graph.links import Links
from graph.schema import Kind
from tests.graph.made_links import DAY_MS, START_MS, Row, made_links

FRAUD, HONEST = 16, 40


def rows() -> dict[str, list[Row]]:
    """Frauds come on board two by two, a known one first, and share an account; honest partners do not."""
    partners: list[Row] = []
    logins: list[Row] = []
    payouts: list[Row] = []
    orders: list[Row] = []
    for number in range(FRAUD):
        day = 1 + 10 * (number // 2) + 60 * (number % 2)
        partners.append(partner(f"F-{number:02d}", day, verdict="fraud", verdict_at=day + 40))
        payouts.append(used(f"F-{number:02d}", "bank_account", f"A-F{number // 2}", day + 1))
        orders += [bought(f"C-{number // 2}-{one}", f"F-{number:02d}", day + 2 + one) for one in range(4)]
    for number in range(HONEST):
        day = 1 + 3 * number
        decided = {"verdict": "legit", "verdict_at": day + 50} if number % 2 else {}
        partners.append(partner(f"H-{number:02d}", day, **decided))
        payouts.append(used(f"H-{number:02d}", "bank_account", f"A-H{number}", day + 1))
        logins.append(used(f"H-{number:02d}", "device", f"D-{number % 5}", day + 1))
        orders += [bought(f"C-H-{number * 3 + one}", f"H-{number:02d}", day + 2) for one in range(4)]
    return {"partners": partners, "logins": logins, "payouts": payouts, "orders": orders}


def partner(id_: str, day: int, **more: object) -> Row:
    return {"partner_id": id_, "onboarded_at": day, **more}


def used(id_: str, what: str, which: str, day: int) -> Row:
    return {"partner": id_, what: which, "day": day}


def bought(consumer: str, id_: str, day: int) -> Row:
    return {"consumer": consumer, "partner": id_, "day": day}


def links(more: dict[str, list[Row]] | None = None) -> Links:
    all_rows = rows()
    for name, added in (more or {}).items():
        all_rows[name] = [*all_rows.get(name, []), *added]
    return made_links(**all_rows)


def as_newcomer(found: Links, code: int) -> Newcomer:
    """What a partner that is there has brought by now."""

    def of(frame: str, key: str, kind: Kind) -> tuple[str, ...]:
        of_partner = getattr(found, frame)
        codes = of_partner.loc[of_partner["partner"] == code, key]
        return tuple(found.nodes(kind).iloc[codes, 0])

    return Newcomer(
        of("paid_out_to", "bank_account", Kind.BANK_ACCOUNT),
        of("logged_in_from", "device", Kind.DEVICE),
        of("ordered_at", "consumer", Kind.CONSUMER),
        str(found.partners["partner_id"].iloc[code]),
    )


def test_sharing_with_a_known_fraud_is_told_and_counts() -> None:
    asked = scorer(links())
    nothing = asked.score(Newcomer(accounts=("new",), devices=("new",), consumers=("new",)))
    shares = asked.score(Newcomer(accounts=("A-F0",), consumers=("C-0-0", "C-0-1", "new")))
    assert nothing.probability == nothing.base < 0.3
    assert shares.probability > 2 * nothing.probability
    assert shares.grounds[0].log_odds > 0
    said = " ".join(ground.sentence for ground in shares.grounds)
    assert "“A-F0” is also that of 2 other partners (“F-00” and “F-01”): 2 known fraud." in said
    assert "2 of its 3 customers bought from “F-00” and “F-01” too: 2 known fraud." in said
    assert "Of its customers (1) nobody bought from a known fraud" in " ".join(
        ground.sentence for ground in nothing.grounds
    )


def test_one_at_a_time_is_as_all_at_once() -> None:
    found = links({"used": [{"consumer": "C-H-1", "device": "D-2", "day": 5}]})
    asked = scorer(found)
    now = brought(found, np.full(len(found.partners), found.as_of_ms))
    assert (now > 0).any(axis=0).tolist() == [True, False, True, True, True, True]
    odds = now @ asked.weight + asked.intercept
    for code in range(len(odds)):
        answer = asked.score(as_newcomer(found, code))
        assert answer.probability == pytest.approx(1 / (1 + np.exp(-odds[code])))
        added = sum(ground.log_odds for ground in answer.grounds)
        assert added >= odds[code] - asked.intercept - 1e-9  # each sentence tells of one identifier alone


def test_nothing_after_the_moment_counts() -> None:
    found = links()
    day = 35  # the first known fraud is found out on day 41
    at = np.full(len(found.partners), START_MS + day * DAY_MS)
    before = brought(found, at)
    kept = {
        name: [row for row in those if "day" not in row or int(str(row["day"])) <= day]
        for name, those in rows().items()
    }
    kept["partners"] = [row | {"verdict": "", "verdict_at": None} for row in kept["partners"]]
    assert np.array_equal(before, brought(made_links(**kept), at))
    assert not before[:, :3].any()
    later = brought(found, at + 60 * DAY_MS)
    assert later[:, TERMS.index("account of a known fraud")].any()


def test_who_comes_before_the_data_is_not_learnt_from() -> None:
    found = links({"partners": [partner("OLD", -200, verdict="fraud", verdict_at=10)]})
    codes, known = newcomers(found)
    assert "OLD" not in found.partners["partner_id"].to_numpy()[codes]
    assert known.fraud.sum() < FRAUD + 1


def test_a_hub_ties_nobody() -> None:
    crowd = [used(f"X-{number}", "bank_account", "A-F0", 5) for number in range(HUB)]
    asked = scorer(links({"payouts": crowd}))
    answer = asked.score(Newcomer(accounts=("A-F0",)))
    assert answer.probability == answer.base
    assert "that ties nobody" in answer.grounds[0].sentence


def test_a_suspect_counts_and_is_called_one() -> None:
    newcomer = Newcomer(accounts=("A-H0",))
    without = scorer(links()).score(newcomer)
    suspicious = scorer(links(), suspected={"H-00", "F-00", "nobody"}).score(newcomer)
    assert suspicious.probability > without.probability
    assert "none known fraud, 1 suspected" in suspicious.grounds[0].sentence


def test_it_is_not_tied_to_itself() -> None:
    alone = scorer(links()).score(Newcomer(accounts=("A-H0",), partner_id="H-00"))
    assert alone.probability == alone.base


def test_verdicts_that_say_little_leave_the_weights_as_expected() -> None:
    weight = scorer(links()).weight
    never = TERMS.index("device of a known fraud"), TERMS.index("own shoppers")
    assert weight[list(never)] == pytest.approx(np.array(EXPECTED)[list(never)], abs=0.01)
    met = TERMS.index("account of a known fraud")
    assert weight[met] > EXPECTED[met]  # every second fraud shares one, and nobody else


def test_too_few_verdicts_are_refused() -> None:
    few = made_links(**{**rows(), "partners": rows()["partners"][10:]})
    with pytest.raises(ModelError, match="6 are known fraud"):
        scorer(few)
