"""Every page of ours is accessible and fits, at a desk and on the smallest phone in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Scheme = Literal["light", "dark"]
LOOKS: dict[str, tuple[int, Scheme]] = {
    "desk": (1280, "light"),
    "smallest": (320, "dark"),
}
PATHS = [
    "/",
    "/search?q=64483",
    "/search?q=zebra",
    "/payer/aetna",
    "/payer/medicare-part-b?state=FL",
    "/policy/medicare/novitas/esi",
    "/code/64483",
    "/code/M54.16",
    "/source/CPB-0722",
    "/sources",
    "/gaps",
    "/about",
    "/messages",
    "/message/L012",
    "/nothing",
    "/answer/cigna/64483",
    "/compare?payers=aetna,cigna,uhc&code=64483",
    "/coverage",
    "/changes",
    "/rule/cigna/epidural/repeat-helped",
    "/print/cigna/epidural",
    "/payers",
    "/policies",
    "/more",
    "/check",
    "/kb",
    "/kb/rule",
    "/kb/limits_by_payer?code=64483",
]
WCAG = {
    # What is right is only counted: telling where it stands takes the most time.
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice",
        ],
    },
}


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """One page for all addresses and looks: each address is loaded once."""
    context = browser.new_context(base_url=address)
    yield context.new_page()
    context.close()


FIRST_ONES = """
for (const list of document.querySelectorAll("tbody, ul, ol, dl, select, datalist"))
  while (list.children.length > 40) list.lastElementChild.remove();
"""
"""Leaves the first entries of long lists and tables: the others are made alike."""


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_fits(page: Page, path: str) -> None:
    page.goto(path)
    for look in LOOKS:
        look_at(page, look)
        root = "document.documentElement"
        assert not page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"), look
    page.evaluate(FIRST_ONES)
    for look in LOOKS:
        look_at(page, look)
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{look}: {found.generate_report()}"


def look_at(page: Page, look: str) -> None:
    """Show the page as somebody sees it."""
    width, scheme = LOOKS[look]
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
