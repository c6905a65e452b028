"""The claim check in a real Chromium: renewed as one types, by keyboard, on a phone, printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect

from tests.site.browsing import arrived
from tests.site.test_accessible import WCAG
from tests.site.test_browser import is_wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "fifth-session.json"
Scheme = Literal["light", "dark"]
SIZES: dict[str, tuple[int, Scheme]] = {
    "desk": (1280, "light"),
    "smallest": (320, "dark"),
}


@pytest.fixture
def size() -> str:
    """Where a page is looked at, unless a test says otherwise."""
    return "desk"


@pytest.fixture
def page(browser: Browser, address: str, size: str) -> Iterator[Page]:
    """An empty page; what leaves for another place or stands in an address fails the test."""
    width, scheme = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": 800}, base_url=address, color_scheme=scheme
    )
    opened = context.new_page()
    asked: list[str] = []
    broken: list[str] = []
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    context.close()
    assert all(url.startswith(address) for url in asked)
    assert not any("M54" in url or "2025" in url for url in asked)
    assert broken == []


def fill_in(page: Page) -> None:
    page.goto("/check?payer=Medicare+Part+B&state=FL&place=11&code=64483")
    page.get_by_label("Date of service").fill("3/10/2026")
    page.get_by_label("Diagnoses").fill("M54.16")
    days = ["4/2/2025", "6/10/2025", "9/15/2025", "12/1/2025"]
    for row, day in enumerate(days):
        if row:
            page.get_by_role("button", name="Add an earlier service").click()
        page.locator(f"[name='history.lines[{row}].date']").fill(day)
        page.locator(f"[name='history.lines[{row}].code']").fill("64483-RT")


def leave_the_field(page: Page) -> None:
    """Go elsewhere, and wait for the answer that this renews: nothing is then on its way."""
    with page.expect_response(is_an_answer):
        page.get_by_label("Diagnoses").focus()
    page.locator("#answer:not(.waiting)").wait_for()


def is_an_answer(reply: Response) -> bool:
    return reply.request.method == "POST"


@pytest.mark.parametrize("size", SIZES)
def test_the_answer_is_renewed_as_one_types(page: Page) -> None:
    fill_in(page)
    page.locator(".verdict.deny").wait_for()
    expect(page.locator(".verdict")).to_contain_text("5th lumbar-sacral session")
    expect(page.locator("circle.counted")).to_have_count(4)
    expect(page.locator(".limits")).to_contain_text("2026-04-02")

    page.locator("[name='history.lines[3].date']").fill("12/1/2024")
    page.locator(".verdict.needs-evidence").wait_for()
    expect(page.locator("[name='history.lines[3].date']")).to_be_focused()

    leave_the_field(page)
    page.get_by_role("button", name="What would make it pass?").click()
    page.locator(".way").wait_for()
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    assert not is_wider_than_the_window(page)


def test_a_fault_is_told_where_it_is(page: Page) -> None:
    fill_in(page)
    page.locator(".verdict").wait_for()
    page.locator("[name='lines[0].level']").fill("low")
    faults = page.locator("#answer .faults")
    expect(faults).to_contain_text("two neighbouring vertebrae")
    leave_the_field(page)

    page.locator("[name='lines[0].level'][aria-invalid]").wait_for()
    expect(faults).to_contain_text("two neighbouring vertebrae")
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()


def test_a_file_is_checked_when_it_is_chosen(page: Page, tmp_path: Path) -> None:
    one = json.loads(EXAMPLE.read_text("utf-8"))
    both = tmp_path / "claims.json"
    both.write_text(json.dumps([one, {**one, "claim": "B"}]), "utf-8")
    page.goto("/check")
    page.locator("#claims").set_input_files(EXAMPLE)
    page.locator(".verdict.deny").wait_for()
    expect(page.get_by_label("Date of service")).to_have_value("2026-03-10")
    arrived(page, "/check#answer")

    page.locator("#claims").set_input_files(both)
    page.get_by_text("2 claims answered").wait_for()
    expect(page.locator("details.claim")).to_have_count(2)
    arrived(page, "/check#answer")


def test_it_works_by_keyboard_and_without_script(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/check?payer=Medicare+Part+B&state=FL&code=64483")
    page.get_by_label("Date of service").fill("3/10/2026")
    page.keyboard.press("Enter")
    page.locator(".verdict").wait_for()

    expect(page.locator("[name='lines[1].code']")).to_have_count(0)
    page.locator("button[value=earlier]").click()
    page.locator("[name='history.lines[1].date']").wait_for()
    context.close()


def test_an_answer_prints_without_its_form(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/check")
    page.locator("#claims").set_input_files(EXAMPLE)
    page.locator(".verdict.deny").wait_for()
    page.emulate_media(media="print")

    expect(page.locator("#claim")).to_be_hidden()
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator(".timeline")).to_be_visible()
    context.close()
