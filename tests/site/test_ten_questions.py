"""Ten questions of every day, each answered within three clicks on one screen in Chromium.

A question is typed into the box of the first page; what it asks for must stand on the first
screen of a desk, after at most three clicks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.site.browsing import arrived

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREEN = 800
MOST_CLICKS = 3


@dataclass(frozen=True)
class Question:
    """What is typed, which links are clicked after it, and what must then be seen."""

    asked: str
    typed: str
    clicks: tuple[str, ...]
    seen: tuple[str, ...]
    filled: Mapping[str, str] = field(default_factory=dict)
    """Fields of the claim check, which Enter in the last sends."""


QUESTIONS = [
    Question(
        "may we bill it", "64483 aetna M54.16", (),
        ("Diagnosis", "not known", "If criteria are met"),
    ),
    Question(
        "how many are left", "64483 medicare florida",
        ("how many are left", "input[name='history.all']"),
        (r"At most 4 sessions|4 sessions", r"\b3 left|3 more|left"),
        {"date": "2026-05-20", "history.lines[0].date": "2026-03-02",
         "history.lines[0].code": "64483"},
    ),
    Question("approval", "64483 cigna approval", (), ("Required", "eviCore approves")),
    Question(
        "chart", "chart for ablation uhc", (),
        ("The chart must show", "Facet radiofrequency ablation"),
    ),
    Question("diagnoses", "diagnosis 64635 florida medicare", (), ("18 codes",)),
    Question(
        "compare", "compare aetna cigna uhc 64483", (),
        ("Aetna", "Cigna Healthcare", "UnitedHealthcare", "3 in 6 months"),
    ),
    Question(
        "changes", "what changed this month", ("What changed",), ("2026-06-01", "change")
    ),
    Question(
        "both sides", "modifier both sides 64483 medicare florida", (),
        ("Both sides", "modifier 50|If indicated"),
    ),
    Question(
        "no rule", "64628", ("No rule for 64628",), ("no answer either way",)
    ),
    Question(
        "a sheet", "aetna epidural", ("All answers of Aetna", "one page to print"),
        ("Epidural injections", "How often"),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """One page at a desk."""
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": SCREEN}
    )
    yield context.new_page()
    context.close()


def first_screen(page: Page) -> str:
    """The words that stand above the fold, those of fields too."""
    words: str = page.evaluate(
        """() => {
          const seen = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          while (walk.nextNode()) {
            range.selectNodeContents(walk.currentNode);
            const box = range.getBoundingClientRect();
            if (box.height && box.top < innerHeight && box.bottom > 0)
              seen.push(walk.currentNode.textContent);
          }
          return seen.join(' ').replace(/\\s+/g, ' ');
        }"""
    )
    return words


def follow(page: Page, link: Locator) -> None:
    """Click a link or what opens a list, and wait for the page that it leads to."""
    place = link.evaluate("link => link.href")
    link.click()
    if place:
        arrived(page, place)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_a_question_is_answered_in_three_clicks_and_one_screen(
    page: Page, question: Question
) -> None:
    page.goto("/")
    page.locator("#ask").fill(question.typed)
    page.locator("#ask").press("Enter")
    arrived(page, re.compile("/(search|code)"))
    for words in question.clicks:
        if words.startswith("input"):
            page.locator(words).click()
            continue
        follow(page, page.locator("a, summary").filter(has_text=words).first)
    for name, value in question.filled.items():
        page.locator(f"[name='{name}']").fill(value)
    if question.filled:
        page.keyboard.press("Enter")
        arrived(page, re.compile("/check#answer$"))
        page.locator(".answer .verdict").wait_for()

    assert len(question.clicks) <= MOST_CLICKS
    shown = first_screen(page)
    for words in question.seen:
        assert re.search(words, shown), f"{words!r} is not in: {shown[:1500]}"
