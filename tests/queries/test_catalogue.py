from __future__ import annotations

import re
from pathlib import Path

from queries.catalogue import catalogue
from queries.library import list_queries

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"


def test_page_is_made_from_the_headers() -> None:
    renew = "renew it: python -m queries.catalogue > docs/queries.md"
    assert PAGE.read_text(encoding="utf-8") == catalogue(), renew


def test_every_link_of_the_page_leads_to_a_query() -> None:
    page = catalogue()
    links = re.findall(r"\]\(#([^)]+)\)", page)
    headings = [heading.replace("/", "") for heading in re.findall(r"^### (\S+)$", page, re.MULTILINE)]
    assert links == headings
    assert len(links) == len(list_queries())
