"""Ring pages as text: nothing of the data runs, nothing is lost, the same ring gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from graph.records import ScoredRing
from graph.schema import Kind
from graph.visuals import PageContext, RunPageSummary, index_page, ring_page, ring_pages, write_ring_pages
from graph.visuals.network import RingNetwork
from graph.visuals.page import file_name
from graph.visuals.text import ascii_form, clean, script_json

HOSTILE = "</script><script>window.hacked=1</script>"


def data_of(page: str) -> dict:
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1)
    )


@pytest.mark.parametrize("text", [HOSTILE, "<!--<script>", "]]>&amp;\u2028\u2029", '"><img src=x onerror=1>'])
def test_script_json_cannot_leave_its_element(text):
    written = script_json({"name": text})
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written)["name"] == text


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u0000", "\u2066", "\ufeff", "\x1b", "\ud800", "\u2028", "\uffff"]
)
def test_hidden_characters_are_shown_as_replaced(hidden):
    assert clean(f"a{hidden}b") == "a\ufffdb"


def test_clean_normalises_and_cuts():
    assert clean("e\u0301") == "é"
    assert clean("x" * 5000) == "x" * 299 + "…"
    assert clean("x" * 300) == "x" * 300
    assert clean("x" * 30, 28) == "x" * 27 + "…"


def test_hostile_names_stay_data(world):
    made = world(
        2,
        names=[HOSTILE, "My href shop", "\u202ekcab", "L" * 5000],
        ids={Kind.PARTNER: ["constructor", "__proto__"]},
    )
    page = ring_page(made.ring, made.links)
    assert "window.hacked=1</script>" not in page
    values = data_of(page)
    assert len(values["nodes"]) == len(made.ring.members)
    shown = {(node["kind"], node.get("exact", node["entity"])) for node in values["nodes"]}
    kinds = list(Kind)
    assert shown == {(kinds.index(m.kind), ascii_form(m.id)) for m in made.ring.members}


def test_a_cut_id_keeps_its_exact_form(world):
    long = "i" * 5000 + "\u202e"
    made = world(1, ids={Kind.DEVICE: [long]})
    node = next(
        n for n in data_of(ring_page(made.ring, made.links))["nodes"] if n["entity"].startswith("iii")
    )
    assert node["exact"] == "i" * 5000 + "\\u202e"
    assert len(node["entity"]) == 300
    assert len(node["label"]) == 28


def test_policy_allows_the_scripts_of_the_page_and_no_others(small):
    page = ring_page(small.ring, small.links)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    allowed = re.search("script-src ([^;]*);", policy).group(1).split()
    sums = [
        "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'" for s in scripts
    ]
    assert allowed == sums
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "://" not in re.sub(r"<script>.*?</script>", "", page, flags=re.S)


def test_page_code_never_writes_markup():
    static = Path(sys.modules["graph.visuals.page"].__file__).parent / "static"
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(static.rglob("*.js")))
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", code
    )


def test_same_ring_gives_same_bytes_in_any_member_order(wide):
    turned = replace(wide.ring, members=wide.ring.members[::-1], evidence=wide.ring.evidence[::-1])
    assert ring_page(turned, wide.links) == ring_page(wide.ring, PageContext(wide.links))


def test_pages_do_not_disturb_the_random_numbers_of_others(wide):
    import random

    random.seed(5)
    expected = random.getstate()
    random.seed(5)
    ring_page(wide.ring, wide.links)
    assert random.getstate() == expected


def test_three_hundred_members_stay_under_the_budget(wide):
    assert len(wide.ring.members) == 300
    assert len(ring_page(wide.ring, wide.links).encode()) < 650_000


def test_every_link_row_is_on_the_page(wide):
    values = data_of(ring_page(wide.ring, wide.links))
    frames = ("ordered_at", "used", "paid_from", "logged_in_from", "paid_out_to", "transferred_to")
    for number, name in enumerate(frames):
        assert sum(row[0] == number for row in values["links"]) == len(getattr(wide.links, name))


def test_a_link_carries_its_facts(small):
    values = data_of(ring_page(small.ring, small.links))
    first = small.links.ordered_at.iloc[0]
    consumer, partner = f"c{int(first['consumer']):05d}", f"P{int(first['partner']):05d}"
    row = next(
        row
        for row in values["links"]
        if (values["nodes"][row[1]]["entity"], values["nodes"][row[2]]["entity"]) == (consumer, partner)
    )
    assert row[3:6] == [first["orders"], first["amount"], first["bad_amount"]]
    assert row[6] == first["first_at"] // 60_000


def test_only_links_among_members_are_shown(small):
    few = replace(small.ring, members=small.ring.members[:8])
    values = data_of(ring_page(few, small.links))
    assert len(values["nodes"]) == 8
    assert all(row[1] < 8 and row[2] < 8 for row in values["links"])


def test_evidence_names_its_nodes_rows_and_baseline(small):
    evidence = data_of(ring_page(small.ring, small.links))["evidence"]
    assert [e["strength"] for e in evidence] == [0.91, 0.78, 0.64, 0.35]
    assert evidence[0]["source"][0]["rows"] == ["po-000012", "po-000340"]
    assert len(evidence[0]["source"][0]["pairs"]) == 1
    assert evidence[0]["measured"] == "3 partners · usual: 1"
    assert evidence[-1]["against"]


def test_evidence_makes_its_link_weigh_more(small):
    bare = replace(small.ring, evidence=())
    with_, without = (data_of(ring_page(ring, small.links))["links"] for ring in (small.ring, bare))
    gained = [round(a[-1] - b[-1], 3) for a, b in zip(with_, without, strict=True) if a[-1] != b[-1]]
    assert sorted(gained) == [0.78, 0.91]


def test_a_ring_too_large_becomes_a_map_and_parts(world):
    made = world(80)
    pages = ring_pages(made.ring, made.links)
    whole, *parts = (data_of(page) for page in pages.values())
    assert next(iter(pages)) == "R-4f2a91c07b.html"
    assert whole["parts"] == list(pages)[1:]
    assert len(whole["members"]) == len(made.ring.members)
    seen = [(node["kind"], node["entity"]) for part in parts for node in part["nodes"]]
    assert len(seen) == len(set(seen)) == len(made.ring.members)
    links = len(whole["links"]) + sum(len(part["links"]) for part in parts)
    assert links == len(data_of_all_links(made))


def data_of_all_links(made) -> list[int]:
    frames = ("ordered_at", "used", "paid_from", "logged_in_from", "paid_out_to", "transferred_to")
    return [row for name in frames for row in range(len(getattr(made.links, name)))]


def test_a_star_too_large_is_still_split(world):
    from graph.visuals import parts, slicing

    made = world(20)
    among = slicing.ring_links(made.ring, slicing.index_links(made.links))
    found = parts.split(among, most=50)
    assert sum(len(part.places) for part in found) == len(among.members)
    assert max(len(part.places) for part in found) <= 50


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "x" * 200, "CON:1", "<b>"])
def test_a_ring_id_never_becomes_a_path(small, name):
    assert re.fullmatch(r"ring-[0-9a-f]{16}\.html", file_name(replace(small.ring, ring_id=name)))


def test_pages_are_written_in_utf8_under_an_ascii_locale(tmp_path):
    code = (
        "from pathlib import Path; from sys import argv; from graph.visuals import *;"
        "write_index([], RunPageSummary(0, chr(8364), (), ('\\xfc\\u20ac',)), Path(argv[1]))"
    )
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    root = Path(sys.modules["graph.visuals.page"].__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, cwd=root)
    assert "ü€" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_writing_returns_the_paths(small, tmp_path):
    written = write_ring_pages([small.ring], small.links, tmp_path)
    assert written == (tmp_path / "rings" / "R-4f2a91c07b.html",)
    assert written[0].read_text(encoding="utf-8") == ring_page(small.ring, small.links)


def test_a_ring_without_partners_or_evidence_has_a_page(small):
    consumers = tuple(member for member in small.ring.members if member.kind is not Kind.PARTNER)
    values = data_of(ring_page(replace(small.ring, members=consumers, evidence=(), amount=0.0), small.links))
    assert "partner" not in values["ring"]["headline"]
    assert values["evidence"] == []


def test_a_ring_without_members_has_a_page(small):
    empty = replace(small.ring, members=(), evidence=())
    assert data_of(ring_page(empty, small.links))["nodes"] == []


def test_no_score_claims_certainty(small):
    sure = data_of(ring_page(replace(small.ring, score=1.0, q_value=0.0), small.links))["ring"]
    assert sure["score"] == "0.999"
    assert "999" in sure["sure"]
    assert "fewer than 1 in a million" in sure["sure"]


def test_the_head_says_what_was_counted_against_chance(small):
    ring = replace(
        small.ring, chance="Of their orders 9 ended unpaid; 2.0 would.", q_value=0.25, p_value=0.125
    )
    values = data_of(ring_page(ring, small.links))["ring"]
    assert "9 ended unpaid" in values["sure"]
    assert "By that alone it may be chance: 25 in 100" in values["sure"]
    assert values["p"] == "0.12"


@pytest.mark.parametrize(
    ("signal", "value", "unit", "baseline", "words"),
    [
        ("shared_login_device", 4, "partners", 1.936, "4 partners · usual: 1.94"),
        ("takeover", 1, "partners", 0.05, "1 partner · usual: 0.05"),
        ("common_payer", 3, "partners", 0.0002, "3 partners · usual: under 0.001"),
        ("common_payer", 3, "partners", 0.9997, "3 partners · usual: 1"),
        ("unpaid_inside", 0.171, "share of orders", 0.0659, "17 % of orders · usual: 6.6 %"),
        ("low_bad_rate", 0.0003, "share of orders", 0.9999, "under 0.1 % of orders · usual: over 99 %"),
        ("unlike_peers_in_refunds", 0.05, "share", 0.0, "5.0 %"),
        ("money_path", 2.9, "days", 6.1, "2.9 days · usual: 6.1"),
        ("least_evidence", 9, "links", 154, "9 of 154 links"),
        ("counterfactual", 1, "ties", 89, "1 of 89 ties"),
        ("independent_custom", 0.825, "share of orders", 0.0, "82 % of orders"),
        ("nothing", float("nan"), "days", 1.0, ""),
    ],
)
def test_a_value_stands_beside_what_is_usual_in_its_own_unit(small, signal, value, unit, baseline, words):
    item = replace(small.ring.evidence[0], signal=signal, value=value, unit=unit, baseline=baseline)
    (shown,) = data_of(ring_page(replace(small.ring, evidence=(item,)), small.links))["evidence"]
    assert shown["measured"] == words


def test_the_head_names_detectors_and_folds_up_what_they_saw(small):
    ring = replace(small.ring, reasons=(f"Of 3 pairs 2 are tied to {HOSTILE}.", "2 of 3 meet."))
    values = data_of(ring_page(ring, small.links))["ring"]
    assert values["found"] == "shared identifiers and shared custom"
    assert values["seen"] == [f"Of 3 pairs 2 are tied to {HOSTILE}.", "2 of 3 meet."]


def test_index_lists_rings_by_rank_with_their_words(small):
    rings = [replace(small.ring, rank=rank, ring_id=f"R-{rank}") for rank in (2, 1)]
    values = data_of(index_page(rings, RunPageSummary.of(small.links, version="ringwatch 0.1.0")))
    assert [row[1] for row in values["rings"]] == ["R-1", "R-2"]
    assert values["rings"][0][2] == "rings/R-1.html"
    assert [row[6] for row in values["rings"]] == [True, True]
    below = replace(small.ring, score=0.79999)  # which is 0.8 where it is rounded
    assert data_of(index_page([below], RunPageSummary.of(small.links)))["rings"][0][6] is False
    assert values["rings"][0][-1].startswith("3 partners are paid out")
    assert "6 partners" in values["counts"]


def test_what_decides_nothing_is_shown_and_is_no_strongest_signal(small):
    ring = replace(small.ring, evidence=(replace(small.ring.evidence[0], strength=0.0),))
    assert data_of(index_page([ring], RunPageSummary.of(small.links)))["rings"][0][-1] == ""
    assert len(data_of(ring_page(ring, small.links))["evidence"]) == 1


def test_what_changed_and_what_dissolved_stay_data(small):
    ring = replace(small.ring, changed=f"1 joined ({HOSTILE}\u202e).")
    summary = RunPageSummary.of(small.links, dissolved=((HOSTILE, f"Dissolved: {HOSTILE}"),))
    pages = ring_page(ring, small.links), index_page([ring], summary)
    assert not any("window.hacked=1</script>" in page for page in pages)
    shown = f"1 joined ({HOSTILE}\ufffd)."
    assert data_of(pages[0])["ring"]["changed"] == shown
    assert data_of(pages[1])["rings"][0][-2] == shown
    assert data_of(pages[1])["dissolved"] == [[HOSTILE, f"Dissolved: {HOSTILE}"]]


def test_index_of_no_rings_and_of_five_thousand(small):
    summary = RunPageSummary.of(small.links)
    assert data_of(index_page([], summary))["rings"] == []
    many: list[ScoredRing] = [replace(small.ring, rank=n + 1, ring_id=f"R-{n}") for n in range(5000)]
    assert len(data_of(index_page(many, summary))["rings"]) == 5000


def test_network_refuses_its_unsafe_writer_and_strange_ids():
    network = RingNetwork()
    network.add_node("n0", label="a")
    with pytest.raises(ValueError, match="n0 is taken"):
        network.add_node("n0")
    with pytest.raises(ValueError, match="n9, which is no node"):
        network.add_edge("n0", "n9")
    with pytest.raises(NotImplementedError):
        network.generate_html()


def test_network_keeps_parallel_links():
    network = RingNetwork()
    for name in ("n0", "n1"):
        network.add_node(name)
    for _ in range(2):
        network.add_edge("n0", "n1")
    assert len(network.edges) == 2
