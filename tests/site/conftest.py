"""A small invented knowledge base, and the site over it."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from datasette.app import Datasette
from playwright.sync_api import Browser, sync_playwright

from kb.build.compiler import build_folder
from kb.web.serve import listening_socket, make_datasette
from tests.site.one_app import with_one_app

Get = Callable[..., Awaitable[Any]]
TODAY = date(2026, 6, 1)
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

WORDS = """
payer north: North Medicare
  line of business: medicare
  filing: MB
payer health: Good Health
  line of business: commercial
  ids: 00001
payer empty: Payer Without Policies
  line of business: commercial

contractor west: West Contractor
  payer: north
  states: CA, OR
contractor east: East Contractor
  payer: north
  states: FL

reasons medicare: Reasons
  frequency: CO-151, N362
  necessity: CO-50

source LCD-1: A text of the contractors
  publisher: West Contractor
  url: https://example.org/lcd?a=1&b=2
  grade: primary
  read on: 2026-01-05
  review by: 2026-07-01
source SUMMARY: A summary by others
  grade: secondary
  read on: 2026-01-05
  review by: 2026-01-31
source MEMORY: Nothing was read
  grade: recalled

fact pain-duration: How long the pain has lasted
  kind: duration
  of: claim
  where: History
  ask: Write the date on which the pain began.
fact image-guidance: Guidance used
  kind: choice
  of: claim
  choices: fluoroscopy, ct, none
  where: Procedure note
  ask: Name the guidance.

grouping region: Spinal region
  low-back: 64483, 64484, 62323
  neck: 64479

grouping family: Family of procedures
  epidural: 64483, 64484, 62323

code 64483: Injection through the nerve opening
  imaging: included
  sides: paired
code 64484: The same, next level
  add-on to: 64483
  imaging: included
  sides: paired
code 64479: Injection through the nerve opening of the neck
code 62323: Injection between the bones
  sides: single
"""

BASE = """
policy north/esi: Shared words
  status: shared
  | What both contractors say.

codes esi: Epidurals
  include: 64483, 64484, 62323
codes supports: Diagnoses that support it
  include: M54.16, M54.17

rule on-list: The diagnosis is on the list
  for: esi
  require: diagnosis in supports
  otherwise: deny for necessity
  fix: Point line {line} to a listed diagnosis by {date}.
  cite: LCD-1, limitations 2
  quote: only these <b>diagnoses</b> & no other
rule four-a-year: Four a year
  for: esi
  limit: 4 sessions per region in any 12 months
  otherwise: deny for frequency
  fix: Move it to {next-date} or later.
  cite: LCD-1, limitations 6
rule waiting: Four weeks of pain
  for: esi
  require: pain-duration at least 4 weeks
  otherwise: deny for necessity
  if unknown: needs evidence
  fix: Send the note.
  cite: SUMMARY, page 1
exception acute to waiting: Not when it is acute
  when: diagnosis in supports
  cite: LCD-1
gap training: A claim cannot show the training
  for: esi
  cite: LCD-1

scenario fifth: The fifth in a year
  claim: place 11, date 2026-05-01
  line 1: 64483-RT, dx M54.16
  earlier: 64483-RT on 2025-12-01 2026-01-02 2026-02-02 2026-03-02
  expect: line 1 deny CO-151 by four-a-year
  expect: counted 4
  expect: next date 2026-12-01
"""

WEST = """
policy north/west/esi: Epidurals of West
  based on: north/esi
  payer: north
  contractor: west
  in force: from 2025-01-01
  cite: LCD-1

rule approval: Approval first
  for: esi
  when: state is CA
  require: authorization is approved
  otherwise: needs auth
  fix: Ask before {date}.
  cite: SUMMARY
"""

EAST = """
policy north/east/esi: Epidurals of East
  based on: north/esi
  payer: north
  contractor: east
  in force: from 2025-01-01

change supports: Diagnoses that support it in the east
  include: M54.18
  cite: LCD-1
"""

HEALTH_2024 = """
policy health/esi: Epidurals, first wording
  payer: health
  in force: from 2024-01-01 through 2025-12-31
  cite: LCD-1

codes tfesi: Through the nerve opening
  include: 64483
rule three: Three
  for: tfesi
  limit: 3 sessions in any 6 months
  otherwise: deny for frequency
  fix: Wait.
  cite: LCD-1
"""

HEALTH_2026 = """
policy health/esi: Epidurals <script>alert("title")</script> & more
  payer: health
  in force: from 2026-01-01
  cite: LCD-1
  | Prose with <script>alert("prose")</script> and **weight**.

value apart: Days between
  14 days from 2026-01-01
  cite: LCD-1
codes tfesi: Through <img src=x onerror=alert(1)>
  include: 64483
rule two-weeks: Two weeks <i>apart</i>
  for: tfesi
  interval: at least apart between sessions
  otherwise: deny for frequency
  fix: Wait until {next-date}.
  cite: LCD-1, page 3
rule seen: Seen on a screen
  for: tfesi
  require: image-guidance in fluoroscopy, ct
  otherwise: review
  fix: Send the note.
  cite: MEMORY
"""


@pytest.fixture(scope="session")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented policy files."""
    folder = tmp_path_factory.mktemp("policies")
    texts = {
        "words.policy": WORDS,
        "north/esi.policy": BASE,
        "north/west.policy": WEST,
        "north/east.policy": EAST,
        "health/esi-2024.policy": HEALTH_2024,
        "health/esi-2026.policy": HEALTH_2026,
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    return folder


def built(folder: Path, database: Path) -> Path:
    """The folder compiled, without an error."""
    report = build_folder(folder, database)
    errors = [d.render() for d in report.diagnostics if d.severity == "error"]
    assert errors == []
    return database


@pytest.fixture(scope="session")
def database(policies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented knowledge base; its file has another name than ``kb``."""
    return built(policies, tmp_path_factory.mktemp("build") / "invented.db")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(database: Path) -> AsyncIterator[Datasette]:
    """The site over the invented knowledge base."""
    made = with_one_app(make_datasette(database))
    await made.invoke_startup()
    yield made
    made.close()


@pytest.fixture
def get(site: Datasette) -> Get:
    """Ask the site for a path."""
    return site.client.get  # type: ignore[no-any-return]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all pages: a site belongs to the loop that started it."""
    for item in items:
        if Path(__file__).parent in item.path.parents and is_async(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def is_async(item: pytest.Item) -> bool:
    """Whether the test is a coroutine."""
    return iscoroutinefunction(getattr(item, "function", None))


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """Today is 2026-06-01 for every page."""
    monkeypatch.setattr("kb.reference.days.today", lambda: TODAY)
    return TODAY


@pytest.fixture(scope="session")
def address(shipped_database: Path) -> Iterator[str]:
    """The real knowledge base, served."""
    listener = listening_socket("127.0.0.1", 0)
    made = make_datasette(shipped_database)
    config = uvicorn.Config(
        made.app(), log_level="error", lifespan="on", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    # What hangs at its end must not hold up a whole run.
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, daemon=True
    )
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=60)
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
