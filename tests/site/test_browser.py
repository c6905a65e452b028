"""The site in a real Chromium, at a desk and on a phone, seen and printed."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from kb.web.serve import listening_socket, make_datasette

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICIES = Path(__file__).parents[2] / "policies"
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
    }
}
PRINTED = ["aetna", "cigna", "medicare-part-b", "uhc", "tricare", "qualcare"]
FAMILIES = ["epidural", "facet-ablation", "stimulation", "trigger-point"]


@pytest.fixture(scope="module")
def address(shipped_database: Path) -> Iterator[str]:
    """The real knowledge base, served."""
    listener = listening_socket("127.0.0.1", 0)
    made = make_datasette(shipped_database)
    config = uvicorn.Config(made.app(), log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    made.close()
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=ARGUMENTS
        )
        yield started
        started.close()


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
    page.wait_for_url("**/payer/cigna")
    page.locator("form.where input[name=code]").fill("64483")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer/cigna/64483")
    assert not is_wider_than_the_window(page)

    page.locator("form.where input[name=on]").fill("2026-03-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer/cigna/64483?on=2026-03-01")
    assert "a day past" in page.locator(".band").first.inner_text()
    page.get_by_role("link", name="Show today", exact=True).click()
    page.wait_for_url("**/answer/cigna/64483")


def test_the_payers_looked_at_are_kept_here_until_they_are_forgotten(
    page: Page,
) -> None:
    page.goto("/")
    assert not page.locator("#your-payers").is_visible()
    page.goto("/payer/medicare-part-b?state=FL")
    page.goto("/payer/aetna")
    page.goto("/")
    kept = page.locator("#your-payers a").all_inner_texts()
    assert kept == ["Aetna, FL", "Medicare Part B, FL"]

    page.get_by_role("button", name="Forget them").click()
    page.reload()
    assert not page.locator("#your-payers").is_visible()


def test_a_slash_puts_the_cursor_into_the_search(page: Page) -> None:
    page.goto("/about")
    page.keyboard.press("/")
    page.keyboard.type("aetna/")
    page.keyboard.press("Enter")

    page.wait_for_url("**/search?q=aetna%2F")


def test_a_link_to_a_list_opens_it(page: Page) -> None:
    page.goto("/policy/medicare/noridian/esi#codes-esi-diagnoses")

    assert page.locator("#codes-esi-diagnoses ul").first.is_visible()


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#ask").fill("M54.16")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/code/M54.16*")

    assert "yes" in page.locator("table").inner_text()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_fits(page: Page, path: str) -> None:
    page.goto(path)
    found = Axe().run(page, options=WCAG)

    assert found.violations_count == 0, found.generate_report()
    assert not is_wider_than_the_window(page)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_the_smallest_phone_and_the_dark(
    browser: Browser, address: str, path: str
) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, base_url=address, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(path)
    found = Axe().run(page, options=WCAG)

    assert found.violations_count == 0, found.generate_report()
    assert not is_wider_than_the_window(page)
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
        assert not page.locator(".top").is_visible()
        assert not page.locator(".where").is_visible()
    page.context.close()
