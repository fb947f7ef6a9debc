from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from graph.records import Evidence, Ring
from graph.schema import Kind
from graph.signals import SIGNALS, Signal, collect, describe
from graph.signals.chance import binomial_tail, poisson_tail, surprise, wilson
from graph.signals.context import HOUR_MS, QUICK_HOURS, build_context, visit_gaps
from graph.signals.facts import slice_ring
from graph.signals.ids import ids_of
from graph.signals.succession import likeness
from graph.signals.wording import count, day, listed, percent, plain, quoted
from tests.graph.look_alikes import (
    BENIGN,
    PLANTED,
    Case,
    bust_out,
    circle,
    context_of,
    facilitator,
    flat_risk,
    franchise,
    mall,
    mules,
    old_hands,
    phoenix,
    refunders,
    ring_of,
    shells,
)
from tests.graph.small_worlds import Rows, honest, planted

EVERY = pytest.mark.parametrize("signal", SIGNALS, ids=[signal.__name__ for signal in SIGNALS])
CASES: dict[str, Case] = {}


def case(make: Callable[[], Case]) -> Case:
    """The case, made once: cases are frozen."""
    if make.__name__ not in CASES:
        CASES[make.__name__] = make()
    return CASES[make.__name__]


def found(make: Callable[[], Case]) -> dict[str, Evidence]:
    return {item.signal: item for item in collect(*case(make))}


def empty_ring() -> Case:
    context = context_of(honest(1, shops=12, buyers=20))
    return slice_ring(Ring(()), context), context


@EVERY
@pytest.mark.parametrize("make", [*BENIGN, *PLANTED, empty_ring], ids=lambda make: make.__name__)
def test_evidence_is_well_formed(signal: Signal, make: Callable[[], Case]) -> None:
    facts, context = case(make)
    item = signal(facts, context)
    if item is None:
        return
    assert item.signal == signal.__name__
    # what is told of every ring decides nothing
    assert 0 < item.strength <= 1 or (signal.__name__, item.strength) == ("beside_their_peers", 0)
    assert np.isfinite([item.value, item.baseline]).all()
    assert item.unit and item.sentence.endswith(".")
    assert any(char.isdigit() for char in item.sentence)
    assert item.ids
    known = {kind: set(context.links.nodes(kind).iloc[:, 0]) for kind in Kind}
    assert all(id_ in known[kind] for kind, id_ in item.ids)


@EVERY
def test_every_signal_is_described(signal: Signal) -> None:
    text = describe(signal.__name__)
    assert "Strength is" in " ".join(text.split())
    assert len(text.splitlines()[0]) > 20


@EVERY
def test_every_signal_is_raised_somewhere(signal: Signal) -> None:
    rare = {  # have tests of their own
        "joint_onboarding",
        "new_accounts",
        "known_fraud",
        "known_legit",
        "known_fraud_near",
        "customers_in_common",
        "customers_went_over",
        "common_payer",
        "customers_alone",
        "losses_at_risky_partners",
        "consumers_without_losses",
        *(name for name in map(attrgetter("__name__"), SIGNALS) if "peers" in name),
    }
    raised = {name for make in (*BENIGN, *PLANTED, own_best_customers) for name in found(make)}
    assert signal.__name__ in raised | rare


def own_best_customers() -> Case:
    """A circle whose partners log in from the shills' devices, and whose shills pay from one account."""
    facts_rows = planted(1)[0]
    for shop in range(60, 65):
        facts_rows.logins.append({"partner": f"p{shop}", "device": "farm60-0", "times": 5})
    for shill in range(14):
        facts_rows.paid_from.append({"consumer": f"s60-{shill}", "bank_account": "purse", "times": 5})
    for buyer in range(200):
        facts_rows.paid_from.append({"consumer": f"c{buyer}", "bank_account": f"own{buyer}", "times": 5})
    return ring_of(context_of(facts_rows), "s60", partners=tuple(f"p{n}" for n in range(60, 65)))


@pytest.mark.parametrize("make", BENIGN, ids=lambda make: make.__name__)
def test_nothing_but_openly_shared_identifiers_speaks_for_a_benign_group(make: Callable[[], Case]) -> None:
    speaking = {name for name, item in found(make).items() if not item.against and item.strength}
    open_ties = set()
    if make in (franchise, old_hands):
        open_ties = {"shared_payout_account", "shared_login_device", "rare_identifiers"}
        open_ties |= {"least_evidence", "counterfactual"}
    assert speaking <= open_ties


@pytest.mark.parametrize(
    ("make", "signal"),
    [
        (franchise, "common_owner"),
        (facilitator, "hub_identifier"),
        (mall, "shared_customers_end_well"),
        (mall, "low_bad_rate"),
        (old_hands, "long_honest_history"),
    ],
)
def test_benign_groups_have_something_that_speaks_for_them(make: Callable[[], Case], signal: str) -> None:
    item = found(make)[signal]
    assert item.against
    assert item.strength > 0.25


@pytest.mark.parametrize(
    ("make", "signal", "floor"),
    [
        (circle, "customers_share_devices", 0.9),
        (circle, "lockstep_burst", 0.9),
        (circle, "quick_rounds", 0.7),
        (circle, "unpaid_inside", 0.7),
        (circle, "shared_customers_go_bad", 0.5),
        (shells, "shared_payout_account", 0.5),
        (shells, "shared_login_device", 0.5),
        (shells, "unpaid_inside", 0.5),
        (refunders, "refunded_inside", 0.9),
        (mules, "common_collector", 0.9),
        (phoenix, "successor", 0.6),
        (bust_out, "takeover", 0.9),
        (bust_out, "joint_change", 0.3),
        (shells, "rare_identifiers", 0.05),
        (shells, "least_evidence", 0.3),
        (shells, "counterfactual", 0.01),
        (circle, "least_evidence", 0.03),
        (mules, "money_path", 0.5),
        (mules, "least_evidence", 0.3),
    ],
)
def test_planted_rings_raise_their_signals(make: Callable[[], Case], signal: str, floor: float) -> None:
    item = found(make)[signal]
    assert not item.against
    assert item.strength >= floor


def test_evidence_does_not_depend_on_the_order_of_rows() -> None:
    rows, _ = planted(1)
    assert sentences(rows.links()) == sentences(rows.links(shuffle=9))


def sentences(links: object) -> list[tuple[Evidence, ...]]:
    context = build_context(links, flat_risk(links))  # type: ignore[arg-type]
    rings = [Ring(tuple(range(20, 26))), Ring((60, 61, 62), tuple(range(900, 914)))]
    return [collect(slice_ring(ring, context), context) for ring in rings]


def test_what_is_behind_one_shared_account_is_no_collector() -> None:
    rows = honest(6)
    for shop in (80, 81):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "one", "times": 99, "amount": 900.0})
    rows.transfers.append({"from_account": "one", "to_account": "behind", "times": 9, "amount": 500.0})
    found_here = {item.signal for item in collect(*ring_of(context_of(rows), partners=("p80", "p81")))}
    assert "shared_payout_account" in found_here
    assert "common_collector" not in found_here


def paid_by(*, outsiders: int = 0, account: str = "acc{}") -> dict[str, Evidence]:
    """Three partners whose own accounts one account pays, and so many others whom it pays too."""
    rows = honest(6)
    for shop in range(80, 83):
        rows.transfers.append({"from_account": "payer", "to_account": account.format(shop), "amount": 500.0})
        if "{}" not in account:
            rows.payouts.append({"partner": f"p{shop}", "bank_account": account, "times": 99})
    for shop in range(20, 20 + outsiders):
        rows.transfers.append({"from_account": "payer", "to_account": f"acc{shop}", "amount": 500.0})
    found_here = collect(*ring_of(context_of(rows), partners=("p80", "p81", "p82")))
    return {item.signal: item for item in found_here}


def test_an_account_that_pays_several_partners_is_told() -> None:
    item = paid_by()["common_payer"]
    assert (item.value, item.strength, item.against) == (3, 0.5, False)
    assert item.baseline == pytest.approx(3 * 3 / 120)
    assert "1,500 EUR in 3 transfers came from “payer”" in item.sentence
    assert "3 of the 3 partners that it pays are in the ring" in item.sentence
    assert {source.ids for source in item.source} == {("payer", f"acc{shop}") for shop in range(80, 83)}


def test_who_pays_outsiders_too_says_less_and_who_pays_many_nothing() -> None:
    assert paid_by(outsiders=3)["common_payer"].strength == pytest.approx(0.25)
    assert "common_payer" not in paid_by(outsiders=12)


def test_what_comes_through_one_shared_account_is_no_payer_of_several() -> None:
    assert "common_payer" not in paid_by(account="ours")


def defrauded(change: Callable[[Rows], object] = lambda rows: None) -> dict[str, Evidence]:
    """Three partners that the same six consumers defraud; two others log in from one device."""
    rows = honest(8)
    for shop in range(80, 83):
        rows.orders += [
            {"consumer": f"thief{n}", "partner": f"p{shop}", "orders": 2, "defaulted": 2} for n in range(6)
        ]
    rows.logins += [{"partner": f"p{shop}", "device": "twins"} for shop in (20, 21)]
    change(rows)
    found_here = collect(*ring_of(context_of(rows), partners=("p80", "p81", "p82")))
    return {item.signal: item for item in found_here}


def test_partners_tied_by_nothing_but_bad_customers_may_be_their_victims() -> None:
    item = defrauded()["customers_alone"]
    assert item.against
    assert item.baseline == pytest.approx(3 * 2 / 120)
    assert item.strength == pytest.approx(1 - (1 - 2 / 120) ** 3)
    assert item.sentence.startswith("9 customers in common, whose orders end badly, are all")
    assert "no two share a payout account or a login device, while of all partners 0.0 %" in item.sentence
    assert "and 1.7 % share a login device with up to seven others" in item.sentence
    assert {one.ids for one in item.source} <= {
        (f"thief{n}", f"p{s}") for n in range(6) for s in (80, 81, 82)
    }


SHOPS = (80, 81, 82)
TILLS = [{"partner": f"p{shop}", "device": "one"} for shop in SHOPS[:2]]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.logins.extend(TILLS),
        lambda rows: rows.payouts.extend({"partner": f"p{s}", "bank_account": "one"} for s in SHOPS[:2]),
        # a hub's users share it, too
        lambda rows: rows.logins.extend({"partner": f"p{s}", "device": "many"} for s in (*range(40), *SHOPS)),
        lambda rows: rows.transfers.extend(
            {"from_account": "payer", "to_account": f"acc{s}", "amount": 500.0} for s in SHOPS
        ),
        lambda rows: rows.transfers.extend(
            {"from_account": f"acc{s}", "to_account": "collector", "amount": 500.0} for s in SHOPS
        ),
        # run from the machines that its bad customers order on
        lambda rows: rows.used.extend({"consumer": f"thief{s - 80}", "device": f"till{s}"} for s in SHOPS),
        # nobody shares anything, so that its absence says nothing
        lambda rows: [rows.logins.remove(row) for row in rows.logins[-2:]],
        # nobody knows what these partners are paid out to and log in from
        lambda rows: (rows.logins.__delitem__(slice(80, 83)), rows.payouts.__delitem__(slice(80, 83))),
        # one of them has no such customer
        lambda rows: rows.orders.__setitem__(
            slice(None), [row for row in rows.orders if row["partner"] != "p82"]
        ),
        # their customers in common pay as others do
        lambda rows: [row.update({"defaulted": 0}) for row in rows.orders[-18:]],
    ],
)
def test_what_else_ties_the_partners_is_not_kept_silent(change: Callable[[Rows], object]) -> None:
    assert "customers_alone" not in defrauded(change)


def test_a_sentence_says_how_many_identifiers_it_does_not_name() -> None:
    def many(rows: Rows) -> None:
        rows.logins += [{"partner": f"p{shop}", "device": f"till-{n}"} for n in range(9) for shop in SHOPS]

    assert " and 6 more);" in defrauded(many)["shared_login_device"].sentence


def shopping(*, unpaid: int = 3, till: str = "desk{}", own: bool = False) -> dict[str, Evidence]:
    """Two who run each of two of three partners order four times at two honest shops, or at their own."""
    rows = honest(6)
    for shop in (80, 81):
        machine = till.format(shop)
        rows.logins.append({"partner": f"p{shop}", "device": machine, "times": 3})
        for who in (f"boss{shop}", f"aunt{shop}"):
            rows.used.append({"consumer": who, "device": machine})
            for number, at in enumerate((shop,) if own else (20, 21)):
                order = {"consumer": who, "partner": f"p{at}", "orders": 4, "defaulted": unpaid}
                rows.orders.append({**order, "day": 10 + number, "last_at": 40 + number})
    return {item.signal: item for item in collect(*ring_of(context_of(rows), partners=("p80", "p81", "p82")))}


def test_staff_who_leave_orders_unpaid_at_honest_shops_are_told() -> None:
    item = shopping()["staff_orders_elsewhere"]
    assert (item.unit, item.against) == ("share of partners", False)
    assert (item.value, item.baseline) == pytest.approx((2 / 3, 2 / 120))
    # 24 of 32 are at least 0.579 at 95 %, and about 0.0175 of all
    assert item.strength == pytest.approx(2 / 3 * (1 - 0.0175 / 0.579), abs=0.003)
    assert item.sentence.startswith(
        "4 consumers with 2 devices that 2 of 3 partners logged in from (“desk80” and “desk81”) placed 32 "
        "orders at other partners, 32 of them outside the ring, from 2023-11-24 to 2023-12-25: 24 of the "
        "32 went unpaid or disputed, 0.5"
    )
    assert item.sentence.endswith(" would at the general rate. Of all partners 1.7 % have such staff.")
    assert [id_ for _, id_ in item.ids] == ["desk80", "desk81", "p80", "p81"]
    rows = [(source.table, source.ids) for source in item.source]
    assert rows[:2] == [("partner_logins", (f"p{shop}", f"desk{shop}")) for shop in (80, 81)]
    staff = [(f"{who}{shop}", shop) for shop in (80, 81) for who in ("boss", "aunt")]
    machines = {("orders", (person, f"desk{shop}")) for person, shop in staff}
    visits = {("orders", (person, at)) for person, _ in staff for at in ("p20", "p21")}
    assert set(rows[2:]) <= machines | visits
    assert set(rows) & machines
    assert len(set(rows) & visits) >= 5


def test_staff_who_pay_or_order_at_their_own_shop_alone_are_not_told() -> None:
    assert "staff_orders_elsewhere" not in shopping(unpaid=0)
    assert "staff_orders_elsewhere" not in shopping(own=True)


def test_staff_of_one_machine_count_once_for_the_ring() -> None:
    item = shopping(till="ours")["staff_orders_elsewhere"]
    assert "4 consumers with 1 device that 2 of 3 partners logged in from (“ours”) placed 32" in item.sentence
    assert "24 of the 32" in item.sentence


def test_orders_of_staff_at_the_rings_own_shops_are_told_apart() -> None:
    item = shopping(till="ours", own=True)["staff_orders_elsewhere"]
    assert "placed 16 orders at other partners, 0 of them outside the ring" in item.sentence


def test_hostile_machines_cannot_write_sentences() -> None:
    item = shopping(till=HOSTILE + "{}")["staff_orders_elsewhere"]
    assert ("device", HOSTILE + "80") in {(kind.value, id_) for kind, id_ in item.ids}
    assert "Shop" in item.sentence
    assert item.sentence.isprintable()
    assert len(item.sentence) < 600
    assert "”.\n" not in item.sentence


def test_an_honest_relaunch_is_weaker_than_a_phoenix() -> None:
    rows = honest(7)
    rows.partners[90].update({"name": "Golden Fox Electronics", "closed_at": 200})
    rows.partners[91].update({"name": "Golden Fox Electronic Ltd", "onboarded_at": 209})
    relaunch = {item.signal: item for item in collect(*ring_of(context_of(rows), partners=("p90", "p91")))}
    assert relaunch["successor"].strength < 0.7 * found(phoenix)["successor"].strength


def relaunched(*, first: float = 215, moved: int = 8) -> dict[str, Evidence]:
    """A shop closes and another, of another name, opens nine days later; some customers come to it."""
    rows = honest(7)
    rows.partners[90].update({"name": "Golden Fox", "closed_at": 200})
    rows.partners[91].update({"name": "Brown Bear", "onboarded_at": 209})
    for number in range(20):
        visit = {"consumer": f"moves{number}", "partner": "p90", "day": 100, "last_at": 190}
        rows.orders.append(visit)
        if number < moved:
            rows.orders.append({**visit, "partner": "p91", "day": first, "last_at": 300})
    context = context_of(rows)
    return {item.signal: item for item in collect(*ring_of(context, partners=("p90", "p91")))}


def test_customers_who_go_over_to_a_successor_of_another_name_are_counted() -> None:
    items = relaunched()
    item = items["customers_went_over"]
    assert "successor" not in items
    # one of the market's own shoppers went over by chance
    assert (item.value, relaunched(moved=5)["customers_went_over"].value) == (9, 6)
    assert not item.against
    assert item.baseline is not None and item.baseline < 1
    assert item.strength > 0.2
    assert "“Golden Fox” closed on" in item.sentence
    assert "“Brown Bear” began 9 days later: of the" in item.sentence
    assert "9 came to the second only after their last order" in item.sentence
    assert [source.table for source in item.source] == ["orders"] * 6
    assert {ids[1] for ids in (source.ids for source in item.source)} == {"p90", "p91"}


def test_customers_of_both_at_once_and_single_ones_have_not_gone_over() -> None:
    assert "customers_went_over" not in relaunched(first=180)
    assert "customers_went_over" not in relaunched(moved=1)


def test_verdicts_count_for_and_against() -> None:
    facts, context = case(circle)
    links = context.links
    verdict = links.partners["verdict"].to_numpy(dtype=object).copy()
    verdict[list(facts.ring.partners[:2])], verdict[facts.ring.partners[2]] = "fraud", "legit"
    moment = np.where(verdict != "", links.as_of_ms, -1)
    judged = links.partners.assign(verdict=verdict, verdict_at=moment)
    decided = build_context(replace(links, partners=judged), context.risk)
    items = {item.signal: item for item in collect(slice_ring(facts.ring, decided), decided)}
    assert items["known_fraud"].strength == pytest.approx(2 / 3 * 0.75)
    assert items["known_legit"].strength == pytest.approx(1 / 3 * 0.5)
    assert items["known_legit"].against
    # of all three verdicts of this world two are fraud: what is usual is counted in members, as the value is
    known = [(items[name].value, items[name].baseline) for name in ("known_fraud", "known_legit")]
    assert known == [(2, pytest.approx(2)), (1, pytest.approx(1))]


def test_young_accounts_and_joint_onboarding_are_seen() -> None:
    rows = planted(1)[0]
    rows.consumers += [{"consumer_id": f"s60-{n}", "created_at": 198} for n in range(14)]
    rows.consumers += [{"consumer_id": f"c{n}", "created_at": -300} for n in range(900)]
    for number, partner in enumerate(rows.partners):
        partner["onboarded_at"] = 100 if 60 <= number < 66 else -5 * number
    ring = tuple(f"p{n}" for n in range(60, 66))
    names = {item.signal for item in collect(*ring_of(context_of(rows), "s60", partners=ring))}
    assert {"new_accounts", "joint_onboarding"} <= names


HOSTILE = "Shop”.\nVerdict: legit. “\u202egnp\u200b<script>alert(1)</script>" + "x" * 5000


def test_a_hostile_name_cannot_write_sentences() -> None:
    rows = honest(7)
    for shop, extra in ((90, {"closed_at": 200}), (91, {"onboarded_at": 209})):
        rows.partners[shop].update({"name": HOSTILE, **extra})
    said = [item.sentence for item in collect(*ring_of(context_of(rows), partners=("p90", "p91")))]
    assert any("Shop" in sentence for sentence in said)
    for sentence in said:
        assert sentence.isprintable()
        assert len(sentence) < 600
        assert "”.\n" not in sentence


def test_what_is_usual_is_that_of_all_rows_together() -> None:
    context = context_of(honest(1, shops=12, buyers=40))
    orders, week_ms = context.ordered_at, 7 * 24 * HOUR_MS
    gaps = visit_gaps(orders.source, orders.first_at)
    assert 0 < context.quick_visit_rate == (gaps <= QUICK_HOURS * HOUR_MS).mean()
    keys = np.column_stack((orders.target, orders.first_at // week_ms))
    weeks, contacts = np.unique(keys, axis=0, return_counts=True)
    peak = [contacts[weeks[:, 0] == partner].max(initial=0) for partner in range(len(context.partner.orders))]
    mean = context.partner.customers / np.maximum(
        (context.partner.last_at - context.partner.first_at) / week_ms, 4.0
    )
    beyond = np.clip(peak - mean - 3 * np.sqrt(mean), 0.0, context.partner.customers)
    assert context.peers["bursts"].measure.hits.tolist() == pytest.approx(beyond.tolist())


def test_those_who_log_in_from_a_device_of_a_customer_are_counted_one_by_one() -> None:
    rows = honest(1, shops=12, buyers=40)
    rows.orders += [{"consumer": f"x{shop % 2}", "partner": f"p{shop}", "orders": 1} for shop in (3, 4, 5)]
    rows.used += [{"consumer": f"x{number}", "device": "till", "times": 3} for number in (0, 1)]
    rows.logins += [{"partner": f"p{shop}", "device": "till", "times": 3} for shop in (3, 4, 7)]
    context = context_of(rows)
    used = list(zip(context.used.source, context.used.target, strict=True))
    dealt = set(zip(context.ordered_at.source, context.ordered_at.target, strict=True))
    logins = zip(context.logged_in_from.source, context.logged_in_from.target, strict=True)
    own = {shop for shop, at in logins for who, on in used if on == at and (who, shop) in dealt}
    assert len(own) >= 2
    assert context.self_custom_rate == len(own) / len(context.partner.orders)


@pytest.mark.parametrize(
    "column",
    [
        pd.array(["ä", "", "b“b"], dtype="string[pyarrow]"),
        pd.array(["x", "ä", "", "b“b", "y"], dtype="string[pyarrow]")[1:4],
        pd.array(pa.chunked_array([["ä"], [], ["", "b“b"]]), dtype=pd.ArrowDtype(pa.string())),
        np.array(["ä", "", "b“b"], dtype=object),
        pd.Categorical(["ä", "", "b“b"]),
    ],
    ids=["text", "slice", "chunks", "objects", "categories"],
)
def test_ids_are_read_as_the_column_holds_them(column: pd.api.extensions.ExtensionArray) -> None:
    ids = ids_of(column)
    assert [ids.at(code) for code in range(3)] == ids.of([0, 1, 2]) == ["ä", "", "b“b"]
    assert ids.of([2, 0]) == ["b“b", "ä"]
    assert ids_of(column[:0]).of([]) == []


def test_plain_keeps_honest_names() -> None:
    assert plain("Café Zürich № 7") == "Café Zürich № 7"
    assert plain("a\u00a0b") == "a b"
    assert plain("a\u202eb\x00") == "a\ufffdb\ufffd"
    assert quoted("x" * 90) == f"“{'x' * 59}…”"


def test_words_for_numbers() -> None:
    assert [percent(share) for share in (0.0, 0.0003, 0.012, 0.345)] == [
        "0.0 %",
        "under 0.1 %",
        "1.2 %",
        "34 %",
    ]
    assert count(1, "partner") == "1 partner"
    assert count(1200, "order") == "1,200 orders"
    assert listed(["a", "b", "c", "d"]) == "“a”, “b”, “c” and 1 more"
    assert listed(["a", "b", "c", "d"], of=9) == "“a”, “b”, “c” and 6 more"
    assert day(1_700_000_000_000) == "2023-11-14"


def test_tails_and_intervals_are_the_known_ones() -> None:
    assert binomial_tail(2, 3, 0.5) == pytest.approx(0.5)
    assert poisson_tail(1, 1.0) == pytest.approx(1 - np.exp(-1))
    low, high = wilson(5.0, 10.0)
    assert (float(low), float(high)) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert surprise(1.0) == 0
    assert surprise(1e-30) == 1


def test_likeness_ignores_case_accents_and_signs() -> None:
    assert likeness("Café-Müller!", "cafe muller") == 1
    assert likeness("Pizza Roma", "Garage Nord") < 0.1


def test_whose_losses_are_at_the_shops_of_a_ring_is_said_to_be_its_customers() -> None:
    facts, context = refunders()  # its own: it is changed below
    shops = np.unique(context.ordered_at.target[facts.consumer_rows])

    def told(risky: np.ndarray) -> Evidence | None:
        risk = flat_risk(context.links, 0.1)
        risk.partner[risky] = 0.9
        anew = replace(context, risk=risk)
        return {item.signal: item for item in collect(facts, anew)}.get("losses_at_risky_partners")

    item = told(shops)
    assert item is not None and item.against
    assert item.value == 1 and 0.5 < item.baseline < 0.55 and item.strength > 0.4
    assert f"at {len(shops)} partners whose own risk is 0.5 or more" in item.sentence
    idle = facts.consumer_rows[context.ordered_at.target[facts.consumer_rows] == shops[0]]
    context.ordered_at.value["bad"][idle] = 0  # of a risky partner where nothing was lost nothing is said
    item = told(shops)
    assert item is not None and f"at {len(shops) - 1} partners whose own risk" in item.sentence
    others = np.setdiff1d(np.arange(len(context.risk.partner)), shops)
    assert told(others) is None
    assert told(np.arange(len(context.risk.partner))) is None


def test_of_whom_in_a_circle_no_order_ended_badly_is_told_against_it() -> None:
    facts, context = refunders()  # its own: it is changed below
    orders, rows = context.ordered_at, facts.consumer_rows

    def told() -> Evidence | None:
        return {item.signal: item for item in collect(facts, context)}.get("consumers_without_losses")

    every = told()
    spared = facts.consumers[:2]
    theirs = rows[np.isin(orders.source[rows], spared)]
    orders.value["bad"][theirs] = 0
    item = told()
    assert item is not None and item.against
    placed = np.array([orders.value["orders"][rows[orders.source[rows] == c]].sum() for c in facts.consumers])
    share = orders.value["bad"][rows].sum() / placed.sum()
    assert item.value == 2 + (every.value if every else 0)
    assert item.baseline == pytest.approx(((1 - share) ** placed).sum())
    assert item.strength == pytest.approx((item.value - item.baseline) / len(facts.consumers))
    orders.value["bad"][rows] = orders.value["orders"][rows]
    assert told() is None
    assert "consumers_without_losses" not in found(franchise)
