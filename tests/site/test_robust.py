"""What the site does with addresses that nobody should ask, and how it is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.web.answers import KEPT, KEPT_JSON
from kb.web.hooks import register_routes
from kb.web.page import PageProblem
from kb.web.parameters import known_to
from kb.web.serve import make_datasette
from kb.web.settings import Settings, SettingsError, read_settings
from kb.web.tables import OF_COLUMNS, OPERATORS, PLAIN
from kb.web.turns import Turns
from tests.site.one_app import with_one_app

# ---------- what an address may ask ----------


@pytest.mark.parametrize("route", register_routes(), ids=lambda route: route[0])
def test_every_address_declares_what_it_may_be_asked(route: Any) -> None:
    """``@takes(...)`` stands before each handler in ``kb/web``."""
    _pattern, handler = route

    assert known_to(handler) is not None


@pytest.mark.parametrize(
    "path",
    ["/?utm=JANE", "/payer/north?as-of=2026-01-01", "/sources?kind=JANE", "/gaps?JANE=1",
     "/search.json?kind=JANE", "/payers.json?JANE", "/code/64483?JANE=1", "/check?date=JANE",
     "/kb/rule?_search=JANE", "/kb/rule?_facet=JANE", "/kb/rule?_facet_date=JANE",
     "/kb/rule?_facet_array=JANE", "/kb/rule?_facet=%7B%7B7*7%7D%7D", "/kb/rule?_through=JANE",
     "/kb/rule?_where=JANE", "/kb/rule?JANE=1", "/kb/rule?title__JANE=1", "/kb?sql=JANE",
     "/kb/rule?_sort=JANE", "/kb/rule?_size=JANE", "/kb/rule.csv?_facet=JANE",
     "/kb/rule.json?_shape=JANE", "/kb/rule?_facet=JANE&title__exact=JANE+DOE",
     "/kb/rule/x?JANE=1"],
)  # fmt: skip
async def test_what_is_not_known_is_refused_with_what_is(
    site: Datasette, path: str, capsys: Any
) -> None:
    reply = await site.client.get(path)

    assert reply.status_code == 400
    assert "Known here" in reply.text or "takes nothing" in reply.text
    assert "JANE" not in reply.text + "".join(capsys.readouterr())
    assert "payerkb build" not in reply.text


@pytest.mark.parametrize(
    "path",
    ["/kb/rule?_facet=outcome", "/kb/rule?_sort_desc=id", "/kb/rule?title__contains=x",
     "/kb/rule.json?_shape=array&_size=2", "/kb/rule.csv?_stream=1&_col=title",
     "/kb/rule?_filter_column=title&_filter_op=exact&_filter_value=a", "/kb/rule?_facet_size=max",
     "/kb/rule?_filter_column_1=&_filter_op_1=exact&_filter_value_1=&_sort=id", "/kb",
     "/kb/rule?outcome=deny&_nocount=1", "/kb.json"],
)  # fmt: skip
async def test_what_tables_know_is_answered(site: Datasette, path: str) -> None:
    assert (await site.client.get(path)).status_code in {200, 302}


WORDS = [
    *OF_COLUMNS,
    *PLAIN,
    "_size",
    "_shape",
    "_search",
    "_where",
    "_through",
    "title",
]
VALUES = ["JANE DOE", "title", "", "1", "max", "'", '"', "[", "(", "%", "{}", '{"a":1}']


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    asked=st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(WORDS),
                st.sampled_from(sorted(OPERATORS)).map("title__{}".format),
                st.text(max_size=8),
            ),
            st.one_of(st.sampled_from(VALUES), st.text(max_size=8)),
        ),
        max_size=4,
    ),
    ending=st.sampled_from(["", ".json", ".csv"]),
)
async def test_nothing_asked_of_a_table_is_printed(
    site: Datasette, capsys: Any, asked: list[tuple[str, str]], ending: str
) -> None:
    """Whatever stands in the address: an answer or a refusal, and a silent console."""
    query = urlencode(asked, errors="replace")
    reply = await site.client.get(f"/kb/rule{ending}?{query}")

    assert reply.status_code in {200, 302, 400}
    assert "".join(capsys.readouterr()) == ""


async def test_a_page_is_kept_once_however_it_is_asked_for(site: Datasette) -> None:
    KEPT.clear()
    KEPT_JSON.clear()
    for query in (
        "state=FL&on=2026-05-01",
        "on=2026-05-01&state=FL",
        "state=FL&on=2026-05-01&family=",
    ):
        await site.client.get(f"/payer/north?{query}")
    for query in ("on=2026-05-01", "on=2026-05-01&on=2025-01-01"):
        await site.client.get(f"/code/64483.json?{query}")

    assert (len(KEPT), len(KEPT_JSON)) == (1, 1)  # fmt: skip


# ---------- turns ----------


async def test_costly_answers_are_made_a_few_at_a_time() -> None:
    turns, now, most = Turns(2, 100), 0, 0

    async def one() -> None:
        nonlocal now, most
        async with turns.turn():
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(one() for _ in range(20)))

    assert most == 2


async def test_who_would_wait_too_long_is_told_to_come_again() -> None:
    turns, gate = Turns(1, 1), asyncio.Event()

    async def one() -> None:
        async with turns.turn():
            await gate.wait()

    asking = [asyncio.create_task(one()) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    found = await asyncio.gather(*asking, return_exceptions=True)

    assert sum(isinstance(each, PageProblem) for each in found) == 1


async def test_a_pause_leaves_the_turn_to_nobody_for_a_while() -> None:
    turns = Turns(1, 10, pause=1.0)
    async with turns.turn():
        await asyncio.sleep(0.02)
    waiting = asyncio.create_task(anext_turn(turns))
    await asyncio.sleep(0)

    assert not waiting.done()
    await waiting


async def anext_turn(turns: Turns) -> None:
    async with turns.turn():
        return


# ---------- for machines ----------


async def test_health_tells_what_is_served(site: Datasette) -> None:
    reply = await site.client.get("/health")

    assert reply.json()["status"] == "ok"
    assert reply.json()["database"].startswith("sha256:")
    assert reply.headers["cache-control"] == "no-store"


async def test_robots_read_nothing(site: Datasette) -> None:
    assert "Disallow: /" in (await site.client.get("/robots.txt")).text


@pytest.mark.parametrize(
    "path", ["/static/{}", "/{}", "/code/{}", "/kb/{}", "/-/static/{}"]
)
async def test_a_name_that_no_file_has_is_not_found(site: Datasette, path: str) -> None:
    assert (await site.client.get(path.format("a" * 5000))).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/payers.json",
        "/code/64483.json",
        "/api/openapi.json",
        "/api/answer/north/64483",
        "/answer/north/64483.json",
        "/api/compare?payers=north,health&code=64483",
        "/api/changes",
    ],
)
async def test_json_that_has_not_changed_is_not_sent_again(
    site: Datasette, path: str
) -> None:
    first = await site.client.get(path)
    tag = first.headers["etag"]
    again = await site.client.get(path, headers={"If-None-Match": f'"x", {tag}'})

    assert first.status_code == 200
    assert (again.status_code, again.text) == (304, "")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/code/99999.json", 404), ("/code/64483.json?on=x", 400), ("/nothing.json", 404),
        ("/payers.json?a=1", 400), ("/kb/rule.json?_facet=x", 400), ("/kb/nothing.json", 404),
        ("/kb/rule.json?_shape=x", 400), ("/kb/rule.json?_extra=x", 400), ("/api/x", 404),
        ("/api/check", 405), ("/api/answer/nobody/64483", 404), ("/api/compare", 400),
        ("/api/answer/north/x.json", 404), ("/api/changes?from=x", 400), ("/api/rule/a/b", 404),
        ("/kb/search_entry.json", 403),
    ],
)  # fmt: skip
async def test_errors_have_one_shape(site: Datasette, path: str, status: int) -> None:
    reply = await site.client.get(path)

    assert reply.status_code == status
    assert set(reply.json()) == {"error"}
    assert set(reply.json()["error"]) == {"status", "title", "message"}
    assert reply.json()["error"]["status"] == status


NAMED = {
    "code": "64483",
    "payer": "north",
    "subject": "64483",
    "policy": "health/esi",
    "rule": "two-weeks",
}
ASKED_OF = {"/api/compare": "?payers=north,health&code=64483"}


async def test_an_answer_for_programs_says_what_the_page_says(site: Datasette) -> None:
    found = (await site.client.get("/api/answer/north/64483?state=FL")).json()
    again = (await site.client.get("/answer/north/64483.json?state=FL")).json()

    assert found == again
    assert (found["payer"], found["subject"]) == ("north", "64483")
    assert {each["known"] for each in found["answers"]} >= {"silent"}
    for each in found["answers"]:
        assert bool(each["rows"]) != (each["known"] == "silent")
        assert bool(each["searched"]) == (each["known"] == "silent")


async def test_the_description_is_whole(site: Datasette) -> None:
    """Every reference leads somewhere, and every address that it names is answered."""
    found = (await site.client.get("/api/openapi.json")).json()

    def look_up(reference: str) -> Any:
        place = found
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        return place

    references = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            references.extend(
                [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            )
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(found["paths"])
    walk(found["components"])
    assert references
    assert all(look_up(each) for each in references)
    for path, methods in found["paths"].items():
        for method in methods:
            address = path.format(**NAMED) + ASKED_OF.get(path, "")
            reply = await site.client.request(method, address, content="")
            assert reply.status_code in {200, 422}


# ---------- addresses that people write ----------


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/payer/NORTH", "/payer/north"), ("/payer/North%20Medicare", "/payer/north"),
        ("/payer/North+Medicare?state=FL", "/payer/north?state=FL"),
        ("/payer/Good_Health", "/payer/health"), ("/code/64483%20", "/code/64483"),
        ("/code/%20m54.16", "/code/M54.16"), ("/code/64483%20.json", "/code/64483.json"),
        ("/payer", "/payers"), ("/payer/", "/payers"), ("/policy", "/policies"),
    ],
)  # fmt: skip
async def test_what_people_write_leads_somewhere(
    site: Datasette, path: str, to: str
) -> None:
    reply = await site.client.get(path)

    assert reply.status_code == 302
    assert reply.headers["location"].replace("North+Medicare", "north") == to


@pytest.mark.parametrize("name", ["NOBODY", "Jane%20Doe", "%20", "A" * 200])
async def test_a_payer_that_is_nobody_is_not_loaded(site: Datasette, name: str) -> None:
    reply = await site.client.get(f"/payer/{name}", follow_redirects=True)

    assert reply.status_code == 404


# ---------- packed, and behind a proxy ----------


async def test_pages_are_packed_for_who_can_unpack_them(site: Datasette) -> None:
    plain = await site.client.get("/", headers={"Accept-Encoding": "identity"})
    packed = await site.client.get("/", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_a_table_is_packed_as_it_streams(site: Datasette) -> None:
    packed = await site.client.get(
        "/kb/rule.csv?_stream=1", headers={"Accept-Encoding": "gzip"}
    )

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text.startswith("id,")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def below(database: Path) -> AsyncIterator[Datasette]:
    """The site as a proxy shows it at ``/our/kb``, by a name of its own."""
    proxied = Settings(prefix="/our/kb", hosts=("kb.example.org",))
    made = with_one_app(make_datasette(database, proxied))
    await made.invoke_startup()
    yield made
    made.close()


@pytest.mark.parametrize(
    "path", ["/", "/payer/north", "/check", "/kb/rule", "/nothing"]
)
@pytest.mark.parametrize("prefix", ["", "/our/kb"], ids=["taken-off", "left-on"])
async def test_behind_a_proxy_every_link_has_its_prefix(
    below: Datasette, path: str, prefix: str
) -> None:
    """Whether the proxy takes its prefix off or not."""
    reply = await below.client.get(
        f"{prefix}{path}", headers={"Host": "kb.example.org"}
    )
    text = reply.text

    assert reply.status_code == (404 if path == "/nothing" else 200)
    for attribute in ("href", "src", "action"):
        bare = text.count(f'{attribute}="/') - text.count(f'{attribute}="/our/kb/')
        assert bare == 0
    assert 'href="/our/kb/' in text


async def test_behind_a_proxy_a_redirect_has_its_prefix(below: Datasette) -> None:
    reply = await below.client.get("/our/kb/payer/NORTH")

    assert reply.headers["location"] == "/our/kb/payer/north"


# ---------- settings ----------


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_text('hosts = ["KB.example.org"]\nprefix = "/kb"\nport = 80\n')

    assert read_settings(file) == Settings(
        hosts=("kb.example.org",), prefix="/kb", port=80
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 1", "Did you mean `port`?"),
        ("xyz = 1", "There are: host, port"),
        ("port = true", "a number from 0 through 65535"),
        ("port = 70000", "a number from 0 through 65535"),
        ('hosts = "a"', "a list of names"),
        ('hosts = ["a:80"]', "a list of names"),
        ('prefix = "kb/"', "a path without a slash at its end"),
        ('prefix = "/a/../b\\n"', "a path"),
        ("max_body_bytes = 1", "a number from 1000"),
        ('gzip = "yes"', "true or false"),
        ("tables_at_once = 0", "a number from 1 through 64"),
        ("host = 1", "an address"),
        ("port =", "is no TOML"),
    ],
)
def test_a_setting_that_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "serve.toml"
    file.write_text(text)

    with pytest.raises(SettingsError, match=told.replace("?", r"\?")):
        read_settings(file)


def test_settings_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")
