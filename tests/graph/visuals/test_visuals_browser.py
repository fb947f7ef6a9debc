"""The pages in headless Chromium with the network off: everything is drawn, nothing leaves, nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.schema import Kind
from graph.visuals import RunPageSummary, write_index, write_ring_pages

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = [
    "<script>window.hacked=1</script>",
    "My href shop",
    "\u202egnp.exe",
    "L" * 5000,
    "=HYPERLINK(1)",
    "@SUM(1)",
]
INK = """() => { const c = document.querySelector('#canvas canvas');
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;
  for (let i = 3; i < d.length; i += 4) if (d[i]) n += 1; return n; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable[[Path], object]]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, offline=True, accept_downloads=True
    )
    noise: list[str] = []

    def opened(path: Path) -> object:
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: noise.append(dialog.message))
        page.on("request", lambda request: request.url == path.as_uri() or noise.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        return page

    yield opened
    context.close()
    assert [line for line in noise if not line.startswith("blob:")] == []


@pytest.mark.parametrize("cells", [2, 15, 70])
def test_every_member_and_link_is_drawn(world, open_page, tmp_path, cells):
    made = world(cells)
    page = open_page(write_ring_pages([made.ring], made.links, tmp_path)[0])
    drawn = page.evaluate("Object.keys(ringPage.network.getPositions()).length")
    assert drawn == len(made.ring.members) == page.evaluate("ringPage.shown.nodes.filter(Boolean).length")
    frames = ("ordered_at", "used", "paid_from", "logged_in_from", "paid_out_to", "transferred_to")
    assert page.evaluate("ringPage.links.length") == sum(len(getattr(made.links, name)) for name in frames)
    assert page.evaluate(INK) > 5000


def test_a_hostile_ring_runs_nothing_and_loses_nothing(world, open_page, tmp_path):
    made = world(
        2,
        names=HOSTILE,
        ids={Kind.PARTNER: ["constructor", "__proto__", "=1+1"], Kind.CONSUMER: ["<img src=x>"]},
    )
    page = open_page(write_ring_pages([made.ring], made.links, tmp_path)[0])
    for index in range(6):
        page.evaluate(f"ringPage.choose([{index}], true)")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('#members-table tbody tr').length") == len(
        made.ring.members
    )
    ids = set(page.evaluate("ringPage.members.map((m) => m.exact || m.entity)"))
    assert ids == {member.id for member in made.ring.members}
    csv = page.evaluate("ringPage.membersCsv()")
    assert "'=1+1" in csv
    assert "'=HYPERLINK(1)" in csv
    parsed = "new DOMParser().parseFromString(ringPage.graphml(), 'application/xml')"
    assert page.evaluate(parsed + ".querySelectorAll('node').length") == len(made.ring.members)


def test_filters_search_and_path_answer(small, open_page, tmp_path):
    page = open_page(write_ring_pages([small.ring], small.links, tmp_path)[0])
    page.locator("#legend-kinds input").nth(1).uncheck()
    assert page.evaluate("ringPage.shown.nodes.filter(Boolean).length") == 16
    page.get_by_role("button", name="Show all").click()
    assert page.evaluate("ringPage.shown.nodes.filter(Boolean).length") == 40
    page.keyboard.press("/")
    page.keyboard.type("dev-00000")
    page.keyboard.press("Enter")
    assert page.locator("#panel h3").inner_text() == "dev-00000"
    page.evaluate("ringPage.findPath(0, 5)")
    assert page.evaluate("ringPage.path.length") >= 2


def test_what_detectors_saw_leaves_the_picture_in_sight(small, open_page, tmp_path):
    ring = replace(small.ring, reasons=("Of 55 pairs of 11 partners " + "45 are tied, " * 25,) * 3)
    page = open_page(write_ring_pages([ring], small.links, tmp_path)[0])
    assert page.evaluate("document.querySelector('#canvas').getBoundingClientRect().top") < 600
    page.get_by_text("What its detectors saw").click()
    assert page.locator("#why-seen li").count() == 3
    assert page.locator("#why-seen li").first.is_visible()


def test_exports_are_saved(small, open_page, tmp_path):
    page = open_page(write_ring_pages([small.ring], small.links, tmp_path)[0])
    for word, ending in (
        ("PNG", ".png"),
        ("Members CSV", ".csv"),
        ("Links CSV", ".csv"),
        ("GraphML", ".graphml"),
    ):
        with page.expect_download() as saved:
            page.get_by_role("button", name=word, exact=True).click()
        assert saved.value.suggested_filename.endswith(ending)


def test_a_map_opens_its_parts(world, open_page, tmp_path):
    made = world(80)
    whole, part, *_ = write_ring_pages([made.ring], made.links, tmp_path)
    assert open_page(whole).evaluate("ringPage.members.length") == len(made.ring.members)
    assert open_page(part).evaluate("ringPage.nodes.length") > 1


def test_index_sorts_and_filters(small, open_page, tmp_path):
    rings = [replace(small.ring, rank=n + 1, ring_id=f"R-{n}", score=1 - n / 400) for n in range(300)]
    page = open_page(write_index(rings, RunPageSummary.of(small.links), tmp_path))
    assert page.locator("#rings tbody tr").count() == 200
    assert page.locator("h1").inner_text() == "300 rings, 81 flagged"
    page.get_by_role("button", name="Flagged only").click()
    assert page.locator("#rings tbody tr").count() == page.locator(".flag").count() == 81
    page.get_by_role("button", name="Clear").click()
    page.locator("#search").fill("r-299")
    assert page.locator("#rings tbody tr").count() == 1
    empty = open_page(write_index([], RunPageSummary.of(small.links), tmp_path / "none"))
    assert empty.locator("#none").inner_text().startswith("No rings found.")
