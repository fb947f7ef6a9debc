"""The page runs nothing, whatever the data call their categories; metrics are as Prometheus reads them."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.drift_report import DRIFT_NAMES, drift_page, metrics, write_drift
from gnn.drift import Drift, compare
from gnn.profile import Profile, categories, numbers

HOSTILE = '"><script>hacked=1</script><img src=http://x onerror=hacked=1>\u202e'
DAY_MS = 86_400_000


def day(name: str = "", *, shift: float = 0.0) -> Profile:
    rng = np.random.default_rng(3)
    texts = pd.Series(np.where(rng.random(2000) < 0.3, name or "shop", "travel"))
    found = (
        numbers("partner", "orders", rng.normal(size=2000) + shift, unit="log count"),
        numbers("partner", "score", rng.random(2000), unit="probability"),
    )
    kept = (categories("partner", "category", texts),)
    return Profile(19_000 * DAY_MS, 18_900 * DAY_MS, {"partner": 2000, "ring": 3}, found, kept)


def drift_to(now: Profile) -> Drift:
    return compare(replace(day(), as_of_ms=18_999 * DAY_MS), now)


def test_a_hostile_category_is_text_on_the_page() -> None:
    drift = drift_to(day(HOSTILE))
    assert HOSTILE in "".join(check.sentence for check in drift.alarms)
    page = drift_page(drift, baseline=HOSTILE, version=HOSTILE)
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert page.count("&lt;script&gt;hacked=1") >= 3


def test_the_page_allows_its_style_sheet_and_nothing_else() -> None:
    page = drift_page(drift_to(day()), baseline="the previous run", version="")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    sum_ = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; script-src 'none'; style-src 'sha256-{sum_}'; ")
    assert "://" not in page
    assert "style=" not in page


def test_an_alarm_has_its_sentence_and_a_plot() -> None:
    drift = drift_to(day(shift=1.0))
    (alarm,) = drift.alarms
    page = drift_page(drift, baseline="the previous run", version="")
    (article,) = re.findall(r"<article>(.*?)</article>", page, re.S)
    assert "the median is" in article
    assert len(re.findall("<rect", article)) == 2 * len(alarm.bars) == 20
    assert "1 check of 3 for drift raises an alarm against the previous run of 2022-01-07." in page


def test_without_alarms_the_page_says_so() -> None:
    page = drift_page(drift_to(day()), baseline="the previous run", version="")
    assert "<p>None.</p>" in page
    assert "None of 3 checks for drift raises an alarm against the previous run of 2022-01-07." in page


SAMPLE = re.compile(r'ringwatch_drift_[a-z_]+(\{[a-z]+="[a-z_]+"(,[a-z]+="[a-z_]+")*\})? -?[0-9.e+-]+')


def test_metrics_are_in_the_text_format_and_hold_no_word_of_the_data() -> None:
    drift = drift_to(day(HOSTILE, shift=1.0))
    text = metrics(drift, day())
    assert text.endswith("\n")
    assert "hacked" not in text
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line), line
    assert f"ringwatch_drift_alarms {len(drift.alarms)}\n" in text
    assert 'ringwatch_drift_alarm{kind="partner",feature="orders",what="distribution"} 1\n' in text
    assert 'ringwatch_drift_entities{kind="ring"} 3\n' in text


@pytest.mark.parametrize("name", DRIFT_NAMES)
def test_the_same_profiles_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    now = day(HOSTILE, shift=1.0)
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write_drift(folder, drift_to(now), now, baseline="the previous run", version="1")
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
