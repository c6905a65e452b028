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
]


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


def test_from_the_first_page_to_a_quick_reference(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search codes").fill("64483")
    page.keyboard.press("Enter")
    page.locator(".exact a").click()
    assert page.locator("h1").inner_text().startswith("64483")
    assert not is_wider_than_the_window(page)

    page.get_by_role("link", name=re.compile("At most 4 sessions")).first.click()
    assert "#rule-" in page.url
    page.goto("/")
    page.get_by_role("link", name="Aetna", exact=True).click()
    assert page.locator("h1").inner_text() == "Aetna"
    page.get_by_label("Date of service").fill("2014-12-31")
    page.get_by_role("button", name="Show").click()
    assert "Nothing is loaded" in page.locator(".empty").inner_text()


def test_a_slash_puts_the_cursor_into_the_search(page: Page) -> None:
    page.goto("/about")
    page.keyboard.press("/")
    page.keyboard.type("aetna/")
    page.keyboard.press("Enter")

    assert page.locator("h1").inner_text() == "Search: aetna/"


def test_a_link_to_a_list_opens_it(page: Page) -> None:
    page.goto("/policy/medicare/noridian/esi#codes-esi-diagnoses")

    assert page.locator("#codes-esi-diagnoses ul").first.is_visible()


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Search codes").fill("M54.16")
    page.get_by_role("button", name="Search").click()
    page.locator(".exact a").click()

    assert "yes" in page.locator("table").inner_text()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_fits(page: Page, path: str) -> None:
    page.goto(path)
    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert not is_wider_than_the_window(page)


@pytest.mark.parametrize("path", ["/", "/code/64483", "/policy/medicare/novitas/esi"])
def test_a_page_fits_the_smallest_phone_and_the_dark(
    browser: Browser, address: str, path: str
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, base_url=address, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(path)
    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert not is_wider_than_the_window(page)
    context.close()


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # The last is of the billing rules of every claim.
        ("/payer/aetna?family=epidural", 3),
        # Two of coverage, two of the billing rules of every claim and of Medicare's.
        ("/payer/medicare-part-b?state=FL&family=epidural", 4),
    ],
    ids=["aetna", "first-coast"],
)
def test_a_quick_reference_prints_on_few_sheets(
    browser: Browser, address: str, path: str, most: int
) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(path)
    pdf = page.pdf(format="Letter")
    page.emulate_media(media="print")

    (sheets,) = re.findall(rb"/Count (\d+)", pdf)
    assert int(sheets) <= most
    assert not page.locator(".top nav").is_visible()
    assert not page.locator(".choose").first.is_visible()
    shown = "a => getComputedStyle(a, '::after').content"
    assert "https://" in page.locator(".sources .out").first.evaluate(shown)
    context.close()
