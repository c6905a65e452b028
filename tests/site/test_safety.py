"""What stands in policies and addresses stays text; what goes wrong stays quiet."""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.web.answers import problem_of
from kb.web.guard import guarded
from kb.web.page import Page, PageProblem
from kb.web.render import html_of, site_folder
from kb.web.search_page import search_page
from kb.web.serve import ServeError, make_datasette
from kb.web.turns import BUSY

UGLY = [
    "/policy/health/esi",
    "/payer/health",
    "/code/64483",
    "/search?q=epidurals",
    "/source/LCD-1",
    "/",
    "/gaps",
    "/text/health/esi-2026.policy",
]


class Elements(HTMLParser):
    """The elements of a page, and those that were not closed in their order."""

    VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        named = dict(attrs)
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if tag == "a" else []

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


def elements(html: str) -> Elements:
    parser = Elements()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("path", UGLY)
async def test_titles_prose_and_quotes_are_text(get: Any, path: str) -> None:
    html = (await get(path)).text

    found = elements(html)
    assert found.seen.count("script") == 2
    assert "img" not in found.seen
    assert found.unbalanced == []
    assert found.open == []
    assert "<b>diagnoses" not in html
    assert "<i>apart" not in html


async def test_the_title_is_shown_as_it_was_written(get: Any) -> None:
    html = (await get("/policy/health/esi")).text

    heading = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)
    assert heading is not None
    assert unescape(heading[1]).startswith(
        'Epidurals <script>alert("title")</script> &'
    )


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/payer/north?state=%3Cscript%3E",
        "/code/%3Cscript%3Ealert(1)",
        "/policy/%22%3E%3Cscript%3E",
        "/policy/x%3Cscript%3E?on=2026-01-01",
        "/%3Cscript%3E",
        "/payer/north?on=%3Cscript%3E",
    ],
)
async def test_addresses_are_text_too(get: Any, path: str) -> None:
    response = await get(path, follow_redirects=True)

    assert response.status_code < 500
    assert elements(response.text).seen.count("script") == 2


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=st.text(max_size=60), kind=st.sampled_from(["", "rule", "code", "x"]))
def test_any_search_makes_a_page(database: Path, query: str, kind: str) -> None:
    connection = open_knowledge_base(database)
    try:
        page = search_page(KnowledgeBase(connection), query, kind)
        html = html_of(site_folder(), page, "0" * 64, date(2026, 6, 1))
    finally:
        connection.close()

    found = elements(html)
    assert found.unbalanced == []
    assert found.seen.count("script") == 2


@pytest.mark.parametrize(
    "query",
    [
        *['"', "'", "*", "AND", "NEAR(", "a OR", "NOT", "-", "%", "_", ";--", "^"],
        *["\x00", "\ud7ff", "\N{BONE}", "{{7*7}}", "{a}", "col:val"],
        *["64483-RT", "64490-64495", "(" * 200, "x" * 9000],
    ],
)
async def test_no_search_fails(get: Any, query: str) -> None:
    for path in ("/search", "/search.json"):
        response = await get(f"{path}?{urlencode({'q': query})}")
        assert response.status_code == 200


@pytest.mark.parametrize(
    "raw",
    ["%ff%fe", "%ed%a0%80", "%00", "%", "%zz", "a%2Fb", "..%2f..%2fetc", "~2F", "%25"],
)
@pytest.mark.parametrize(
    "place", ["/code/", "/payer/", "/policy/", "/source/", "/text/"]
)
async def test_no_path_fails(get: Any, place: str, raw: str) -> None:
    response = await get(f"{place}{raw}", follow_redirects=True)

    assert response.status_code == 404


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(word=st.text(min_size=1, max_size=20))
async def test_any_code_is_found_or_not(site: Datasette, word: str) -> None:
    named = quote(word.encode("utf-8", "ignore") or b"x", safe="")
    response = await site.client.get(f"/code/{named}", follow_redirects=True)

    assert response.status_code in {200, 404}


def broken(_connection: object, *_more: object) -> Page:
    message = "secret-detail"
    raise ValueError(message)


def unreadable(_connection: object, *_more: object) -> Page:
    message = "disk image is malformed: secret-detail"
    raise sqlite3.DatabaseError(message)


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (broken, 500, "This page could not be made"),
        (unreadable, 503, "payerkb build"),
    ],
    ids=["our mistake", "a damaged database"],
)
async def test_what_fails_gives_a_clear_page_without_details(
    get: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    failure: Any,
    status: int,
    words: str,
) -> None:
    monkeypatch.setattr("kb.web.routes.code_page", failure)
    response = await get("/code/JANE-DOE")

    assert response.status_code == status
    assert words in response.text
    said = response.text + caplog.text + "".join(capsys.readouterr())
    assert "secret-detail" not in said
    assert "Traceback" not in said
    assert "JANE-DOE" not in said
    assert len(caplog.records) == 1


async def test_a_table_page_that_fails_is_quiet_too(
    get: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret-detail")

    monkeypatch.setattr("datasette.views.table.table_view_data", fail)
    response = await get("/kb/rule?title=JANE-DOE")

    assert response.status_code == 500
    said = response.text + "".join(capsys.readouterr())
    assert "secret-detail" not in said
    assert "JANE-DOE" not in said


async def test_a_server_without_the_database_says_how_to_make_it() -> None:
    made = Datasette([], config_dir=site_folder())
    made._suppress_background_tasks = True
    response = await made.client.get("/")
    as_json = await made.client.get("/payers.json")
    made.close()

    assert response.status_code == 503
    assert "payerkb build" in response.text
    assert as_json.status_code == 503
    assert as_json.json()["error"]["status"] == 503


async def test_a_bad_table_name_or_filter_is_no_server_error(get: Any) -> None:
    for path in (
        "/kb/rule?_sort=nothing",
        "/kb/rule?id__bad=1",
        "/kb/search_entry?_search=",
    ):
        assert (await get(path)).status_code < 500


def test_the_site_is_made_only_over_a_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="Make it with: payerkb build"):
        make_datasette(tmp_path / "missing.db")
    with pytest.raises(ServeError, match="cannot be read as a payerkb knowledge base"):
        make_datasette(Path(__file__))


async def test_the_search_index_is_reached_by_our_search_only(get: Any) -> None:
    """A raw query that SQLite refuses would be written to the log by Datasette."""
    for table in ("search_entry", "search_entry_fts", "search_entry_fts_data"):
        assert (await get(f"/kb/{table}")).status_code == 403
        assert (await get(f"/kb/{table}?_search=a&_searchmode=raw")).status_code == 400
    assert "search_entry" not in (await get("/kb.json")).text


@pytest.mark.parametrize("path", ["/x", "/x.json"])
async def test_the_guard_answers_when_nothing_below_does(
    site: Datasette, path: str
) -> None:
    async def fail(*_args: object) -> None:
        raise RuntimeError("secret-detail")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b""}
    await guarded(fail, site)(scope, receive, send)

    assert sent[0]["status"] == 500
    assert (b"x-frame-options", b"DENY") in sent[0]["headers"]
    assert b"secret-detail" not in sent[1]["body"]


async def test_a_page_that_breaks_off_is_not_made_to_look_whole(
    site: Datasette,
) -> None:
    async def break_off(_scope: object, _receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("connection lost")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
    with pytest.raises(RuntimeError, match="connection lost"):
        await guarded(break_off, site)(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]


async def receive() -> dict[str, str]:
    """Nothing comes from the browser."""
    return {"type": "http.disconnect"}


def test_a_refusal_holds_nothing_of_the_request() -> None:
    def refuse(body: bytes) -> None:
        try:
            body.decode("ascii")
        except UnicodeDecodeError:
            raise BUSY from None

    for _ in range(2):
        with pytest.raises(PageProblem) as caught:
            refuse(b"\xff a claim")
        problem = problem_of(caught.value)
        assert (problem.__traceback__, problem.__context__) == (None, None)
