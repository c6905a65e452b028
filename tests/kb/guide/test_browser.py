"""The guide in a browser, from a file server that does nothing but give files."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kb.cli import main
from kb.guide.writer import write_guide
from kb.proofs.scenario_claims import read_worked_claims
from kb.read.store import open_knowledge_base
from tests.kb.guide.conftest import Guide, pyodide_folder, wish_of
from tests.site.browsing import arrived
from tests.site.conftest import ARGUMENTS, CHROMIUM

MOST_BEFORE_A_CHECK = 12_000_000
CLAIMS = 1000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no browser is installed"),
]


class Quiet(SimpleHTTPRequestHandler):
    """Gives files, packs none, and prints nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def address(guide: Guide) -> Iterator[str]:
    """Below a path that is not the root of its server."""
    with served(guide.out.parent) as root:
        yield f"{root}/{guide.out.name}"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    faults: list[str] = []
    outside: list[str] = []
    context = browser.new_context()
    made = context.new_page()
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on(
        "console",
        lambda said: faults.append(said.text) if said.type == "error" else None,
    )
    made.on(
        "request",
        lambda asked: (
            outside.append(asked.url) if not asked.url.startswith(address) else None
        ),
    )
    yield made
    context.close()
    assert (faults, outside) == ([], [])


def test_a_question_opens_its_answer(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    page.fill("#ask", "aetna 64483")
    page.press("#ask", "Enter")

    card = page.locator(".asked-card")
    expect(card.locator(".tile")).to_have_count(8)
    card.locator("h2 a").first.click()
    arrived(page, f"{address}/read.html?answer/aetna/64483")
    expect(page.locator("h1")).to_contain_text("64483")


def test_a_state_that_is_named_is_said(page: Page, address: str) -> None:
    page.goto(f"{address}/search.html?q=medicare+part+b+Florida+64483")
    expect(page.locator(".asked-card h2").first).to_contain_text(", FL")
    page.goto(f"{address}/search.html?q=aetna+Florida+64483")
    expect(page.locator(".asked-card h2").first).to_contain_text(", any state")


@pytest.mark.parametrize(
    ("typed", "taken_for"),
    [
        ("floirda", "florida"),
        ("californai", "california"),
        ("aenta", "aetna"),
    ],
)
def test_a_mistyped_word_is_taken_for_the_one_that_is_meant(
    page: Page, address: str, typed: str, taken_for: str
) -> None:
    page.goto(f"{address}/search.html?q={typed}+64483")

    said = page.locator("#found > p.small")
    expect(said).to_have_text(f"“{typed}” was taken for {taken_for}.")


def test_a_word_that_is_near_to_none_is_not_guessed(page: Page, address: str) -> None:
    page.goto(f"{address}/search.html?q=aetna+64483+zzxqqzv")

    expect(page.locator("#reading")).to_contain_text("Not understood: zzxqqzv")
    expect(page.locator("#found > p.small")).to_have_count(0)


def test_suggestions_open_pages(page: Page, address: str) -> None:
    page.goto(f"{address}/payers.html")
    page.fill("#ask", "64483 aet")

    first = page.locator("#suggestions li").first
    expect(first).to_contain_text("Aetna")
    page.press("#ask", "ArrowDown")
    page.press("#ask", "Enter")
    expect(page.locator("h1 a")).to_have_text("Aetna")


def test_the_bar_leads_to_what_is_chosen(page: Page, address: str) -> None:
    page.goto(f"{address}/payer/aetna.html")
    page.select_option(".where [name=payer]", "medicare-part-b")
    arrived(page, f"{address}/payer/medicare-part-b.html")
    page.select_option(".where [name=state]", "FL")
    arrived(page, f"{address}/payer/medicare-part-b/FL.html")
    page.fill(".where [name=code]", "64483")
    page.press(".where [name=code]", "Enter")
    arrived(page, f"{address}/read.html?answer/medicare-part-b/FL/64483")

    expect(page.locator("h1")).to_contain_text("64483")
    expect(page.locator(".where [name=state]")).to_have_value("FL")


def test_enter_in_a_field_of_the_bar_loads_one_page_once(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/payer/aetna.html")
    loaded: list[str] = []
    page.on(
        "request",
        lambda asked: (
            loaded.append(asked.url) if asked.is_navigation_request() else None
        ),
    )
    page.fill(".where [name=code]", "64483")
    page.press(".where [name=code]", "Enter")

    expect(page.locator("h1")).to_contain_text("64483")
    assert loaded == [f"{address}/read.html?answer/aetna/64483"]


def test_two_payers_stand_side_by_side(page: Page, address: str) -> None:
    page.goto(f"{address}/compare/epidural.html?payers=aetna,medicare-part-b")

    heads = page.locator("table.side-by-side thead th:visible")
    expect(heads).to_have_count(3)
    page.select_option("form.choose select >> nth=1", "")
    expect(page.locator("#choose-some")).to_be_visible()


def test_words_of_a_rule_find_it(page: Page, address: str) -> None:
    page.goto(f"{address}/search.html?q=fluoroscopy+or+contrast+zzxq")

    expect(page.locator("#reading")).to_contain_text("Not understood: zzxq")
    found = page.locator(".hits a").first
    title, place = found.inner_text(), found.evaluate("link => link.href")
    found.click()
    arrived(page, place)
    expect(page.locator("#content")).to_contain_text(title)


def test_a_page_that_is_not_there_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/read.html?answer/aetna/99999")

    expect(page.locator("#reading")).to_contain_text("That is no answer")


@pytest.mark.skipif(pyodide_folder() is None, reason="PAYERKB_TEST_PYODIDE is not set")
def test_a_thousand_claims_are_answered_as_on_the_command_line(
    browser: Browser, epidural_database: Path, tmp_path: Path
) -> None:
    out = tmp_path / "guide"
    report = write_guide(wish_of(epidural_database, out, pyodide=pyodide_folder()))
    claims = tmp_path / "claims.jsonl"
    claims.write_text(_worked(epidural_database), "utf-8")
    asked: list[str] = []
    with served(tmp_path) as root, closing(browser.new_context()) as context:
        context.on("request", lambda one: asked.append(one.url))
        page = context.new_page()
        page.goto(f"{root}/guide/check.html")
        page.wait_for_selector("#engine.ready", timeout=300_000)
        loaded = len(asked)
        page.fill("[name=payer]", "Aetna")
        page.fill("[name=date]", "3/10/2026")
        page.fill("[name='lines[0].code']", "64483")
        expect(page.locator("#answer .verdict")).to_be_visible(timeout=60_000)
        page.set_input_files("#claims", claims)
        with page.expect_download(timeout=600_000) as download:
            page.click("text=Findings as JSON")
        found = Path(download.value.path()).read_bytes()
        after = [url for url in asked[loaded:] if not url.startswith("blob:")]
    arguments = ["check-claim", str(claims), "--json", "--database"]
    told = CliRunner().invoke(main, [*arguments, str(epidural_database)])

    assert found == told.stdout_bytes
    assert after == []
    assert report.engine_bytes < MOST_BEFORE_A_CHECK


def _worked(database: Path) -> str:
    """A thousand claims, one a line: the worked ones, again and again as other patients'."""
    with closing(open_knowledge_base(database)) as connection:
        worked = read_worked_claims(connection)
    sources = [each.source for own in worked.values() for each in own]
    lines = (
        json.dumps({**sources[at % len(sources)], "claim": f"C{at}"})
        for at in range(CLAIMS)
    )
    return "\n".join(lines) + "\n"
