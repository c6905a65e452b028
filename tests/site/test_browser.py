"""The site in a real Chromium, at a desk and on a phone, seen and printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browsing import arrived

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POLICIES = Path(__file__).parents[2] / "policies"
PRINTED = ["aetna", "cigna", "medicare-part-b", "uhc", "tricare", "qualcare"]
FAMILIES = ["epidural", "facet-ablation", "stimulation", "trigger-point"]


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(browser: Browser, address: str, request: Any) -> Iterator[Page]:
    """An empty page; what its console complained about fails the test."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, base_url=address
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            complaints.append(said.text) if said.type in {"error", "warning"} else None
        ),
    )
    yield opened
    context.close()
    assert [each for each in complaints if "status of 404" not in each] == []


def is_wider_than_the_window(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


def test_from_the_bar_to_an_answer_and_back_to_today(page: Page) -> None:
    page.goto("/")
    page.locator("form.where select[name=payer]").select_option("cigna")
    arrived(page, "/payer/cigna")
    page.locator("form.where input[name=code]").fill("64483")
    page.keyboard.press("Enter")
    arrived(page, "/answer/cigna/64483")
    assert not is_wider_than_the_window(page)

    page.locator("form.where input[name=on]").fill("2026-03-01")
    page.keyboard.press("Enter")
    arrived(page, "/answer/cigna/64483?on=2026-03-01")
    expect(page.locator(".band").first).to_contain_text("a day past")
    page.get_by_role("link", name="Show today", exact=True).click()
    arrived(page, "/answer/cigna/64483")


def test_the_payers_looked_at_are_kept_here_until_they_are_forgotten(
    page: Page,
) -> None:
    page.goto("/")
    expect(page.locator("#your-payers")).to_be_hidden()
    page.goto("/payer/medicare-part-b?state=FL")
    page.goto("/payer/aetna")
    page.goto("/")
    kept = page.locator("#your-payers a")
    expect(kept).to_have_text(["Aetna, FL", "Medicare Part B, FL"])

    page.get_by_role("button", name="Forget them").click()
    expect(page.locator("#your-payers")).to_be_hidden()
    page.reload()
    expect(page.locator("#your-payers")).to_be_hidden()


def test_a_slash_puts_the_cursor_into_the_search(page: Page) -> None:
    page.goto("/about")
    page.keyboard.press("/")
    page.keyboard.type("aetna/")
    page.keyboard.press("Enter")

    arrived(page, "/search?q=aetna%2F")


def test_a_link_to_a_list_opens_it(page: Page) -> None:
    page.goto("/policy/medicare/noridian/esi#codes-esi-diagnoses")

    expect(page.locator("#codes-esi-diagnoses ul").first).to_be_visible()


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#ask").fill("M54.16")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("/code/M54.16"))

    expect(page.locator("table")).to_contain_text("yes")
    context.close()


@pytest.mark.parametrize("payer", PRINTED)
def test_a_sheet_is_one_page_and_nothing_of_it_is_cut_off(
    browser: Browser, address: str, payer: str
) -> None:
    page = browser.new_context(base_url=address).new_page()
    for family in FAMILIES:
        page.goto(f"/print/{payer}/{family}?state=FL")
        page.emulate_media(media="print")
        pdf = page.pdf(prefer_css_page_size=True)
        cut = page.evaluate(
            "() => { document.body.style.width = '7.5in';"
            " const sheet = document.querySelector('.sheet');"
            " return sheet.scrollHeight - sheet.clientHeight; }"
        )

        assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]
        assert cut <= 1
        expect(page.locator(".top")).to_be_hidden()
        expect(page.locator(".where")).to_be_hidden()
    page.context.close()
