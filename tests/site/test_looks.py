"""What stands where on the first screen of the pages that staff look at most.

``references/`` holds pictures that somebody looked at, and ``boxes.json``, which is what is
compared here: the words of a page's fixed parts and where they stand, within some letters'
width, never pixels.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT = Path(__file__).parent / "references" / "boxes.json"
WRITES = "PAYERKB_WRITE_LOOKS"
"""Set, it writes the boxes as they are now: look at the pages before that is committed."""
NEAR = 48
"""Pixels by which a box may be elsewhere: another font, a line more in a heading."""
SCREENS = {390: 844, 1280: 800}
PAGES = {
    "home": "/",
    "answer": "/answer/cigna/64483",
    "payer": "/payer/aetna",
    "code": "/code/64483",
    "compare": "/compare?payers=aetna,cigna,uhc&code=64483",
    "claim check": "/check?payer=cigna&code=64483",
    "changes": "/changes?from=2026-06-01&to=2026-11-30",
}
FIRST = {
    "home": ".find.big input",
    "answer": ".tile .big",
    "payer": ".grid .said",
    "code": ".grid .said",
    "compare": ".side-by-side td strong",
    "claim check": "#payer",
    "changes": ".changes tbody td:nth-child(3) :is(a, b)",
}
"""What somebody came for, which stands on the first screen."""
PARTS = """
() => [...document.querySelectorAll(
  ".top nav a, .where label > span, h1:not(.hidden), main h2, .tile h2, .choose button")]
  .map((part) => [part, part.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.top < innerHeight && box.left < innerWidth)
  .map(([part, box]) => [part.innerText.replace(/\\s+/g, " ").trim(),
    Math.round(box.left), Math.round(box.top)])
"""
CUT = """
() => [...document.querySelectorAll("main *, .top *")].filter((part) => {
  const box = part.getBoundingClientRect();
  const isShown = box.width > 1 && box.top < innerHeight && part.checkVisibility();
  return isShown && box.right > innerWidth + 1 && !part.closest(".scroll, .hidden, .skip");
}).map((part) => part.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module", params=SCREENS)
def page(
    browser: Browser, address: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A window as wide as a desk or a phone."""
    width: int = request.param
    context = browser.new_context(
        viewport={"width": width, "height": SCREENS[width]}, base_url=address
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_first_screen_is_as_it_was_looked_at(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    assert page.viewport_size is not None
    screen = page.viewport_size

    answer = page.locator(FIRST[name]).first.bounding_box()
    assert answer is not None
    assert answer["y"] + answer["height"] <= screen["height"]
    assert answer["x"] + answer["width"] <= screen["width"]
    assert page.evaluate(CUT) == []

    key = f"{name}, {screen['width']}"
    found = page.evaluate(PARTS)
    kept = remembered(key, found)
    fold = screen["height"] - 2 * NEAR
    missing = [part for part in kept if part[2] < fold and not stands(part, found)]
    assert missing == []


def stands(part: list[Any], found: list[Any]) -> bool:
    """Whether a part stands there in the same words, and near where it stood."""
    words, left, top = part
    return any(
        words == now and abs(x - left) <= NEAR and abs(y - top) <= NEAR
        for now, x, y in found
    )


def remembered(key: str, found: list[Any]) -> list[Any]:
    """The parts as they stood when the page was looked at."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if os.environ.get(WRITES):
        kept[key] = found
        lines = (
            f"{json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept)
        )
        KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    parts: list[Any] = kept[key]
    return parts
