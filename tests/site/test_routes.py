"""Every address: its status, what it shows, and the headers it comes with."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

PAGES = [
    (
        "/",
        200,
        ["Good Health", "Your payers", "What changed", "All 3 payers"],
    ),
    ("/more", 200, ["3 procedure codes have rules", "/policies", "review day"]),
    ("/payers", 200, ["Good Health", "Commercial", "East Contractor", ">FL<"]),
    ("/payers?on=never", 400, ["Write it as"]),
    ("/policies", 200, ["Epidurals of East", "shared text", "worked claims"]),
    (
        "/rule/north/west/esi/four-a-year",
        200,
        ["4 in 12 months", "LCD-1", "Worked claims", "line 1: deny", "limitations 6"],
    ),
    ("/rule/north/west/esi@2025-01-01/four-a-year", 200, ["4 in 12 months"]),
    ("/rule/north/west/esi@1999-01-01/four-a-year", 200, ["4 in 12 months"]),
    ("/rule/health/esi@2024-01-01/three", 200, ["3 in 6 months"]),
    ("/rule/health/esi/three", 200, ["3 in 6 months", "2024-01-01 to 2025-12-31"]),
    ("/rule/north/west/esi/training", 200, ["open point"]),
    ("/print/health/64483", 200, ["14 days", "Asked of Good Health", "page 1 of 1"]),
    ("/print/north/64483?state=FL", 200, ["4 in 12 months", "in FL", "LCD-1"]),
    ("/print/nobody/64483", 404, ["Not loaded"]),
    ("/print/health/99999", 404, ["Not loaded"]),
    ("/rule/north/west/esi/nothing", 404, ["No rule of that name"]),
    ("/rule/nothing/at/all", 404, ["No rule of that name"]),
    ("/rule/health/esi/three?on=x", 400, ["Write it as"]),
    ("/compare", 200, ["Choose two to four payers", "Payer 4"]),
    ("/compare?payers=north&code=64483", 200, ["Choose two", 'value="north" selected']),
    (
        "/compare?payers=north,health&code=64483",
        200,
        ["Compared", "4 in 12 months", "14 days", "differs", "CSV", "not known"],
    ),
    ("/compare?payers=north,nobody&code=64483", 404, ["No payer of that name"]),
    ("/compare?payers=north,health&code=99999", 404, ["No procedure of that name"]),
    ("/compare?payers=a,b,c,d,e&code=64483", 400, ["two to four"]),
    ("/compare?payers=north,health&code=64483&on=x", 400, ["Write it as"]),
    ("/coverage", 200, ["Who says what", "North Medicare", "nothing loaded"]),
    ("/coverage?on=x", 400, ["Write it as"]),
    ("/changes", 200, ["Stricter", "Two weeks", "Looser", "before:", "read again"]),
    ("/changes?from=2024-01-01", 200, ["New texts", "first wording"]),
    ("/changes?from=2026-05-01&to=2026-05-02", 200, ["Nothing loaded changes"]),
    ("/changes?payer=health", 200, ["at Good Health"]),
    ("/changes?payer=nobody", 404, ["No payer of that name"]),
    ("/changes?from=2026-05-02&to=2026-05-01", 400, ["before the first"]),
    ("/changes?from=May", 400, ["Write it as"]),
    ("/search", 200, ["Type a procedure code", "Searched are"]),
    ("/search?q=64483", 200, ["<h1", "64483", "Payer by payer"]),
    ("/search?q=m5416", 200, ["On the list of covered"]),
    ("/search?q=64483+good+health", 200, ["/answer/health/64483", "Good Health"]),
    ("/search?q=64483+zebra", 200, ["Not understood", "zebra", "/code/64483"]),
    ("/search?q=good+health", 200, ["/payer/health", "Ask without Good Health"]),
    ("/search?q=north+medicare+64483&state=FL", 200, ["East Contractor", "state=FL"]),
    ("/search?q=zebra", 200, ["Nothing loaded holds", "Searched were", "no answer"]),
    ("/search?q=pain&kind=rule", 200, ["Four weeks of pain"]),
    ("/search?q=pain&kind=nonsense", 200, ["Four weeks of pain"]),
    ("/payer/north", 200, ["West Contractor", "East Contractor", "4 in 12 months"]),
    ("/payer/north?family=epidural", 200, ["Policies merged here", "4 in 12 months"]),
    ("/answer/north/64483", 200, ["Policies merged here", "4 in 12 months"]),
    (
        "/answer/north/epidural?state=fl&place=24",
        200,
        ['<option value="FL" selected>FL'],
    ),
    ("/answer/north/64483?on=never", 400, ["Write it as"]),
    ("/answer/north/nonsense", 404, ["No family of procedures and no procedure code"]),
    ("/answer/north/M54.16", 404, ["No family of procedures and no procedure code"]),
    ("/answer/nobody/64483", 404, ["No payer of that name"]),
    ("/answer/empty/64483", 200, ["is no answer to whether it is covered"]),
    (
        "/payer/north?state=FL",
        200,
        ["East Contractor", '<option value="FL" selected>FL'],
    ),
    ("/payer/north?state=TX", 200, ["Nothing is loaded", "in TX"]),
    ("/payer/north?on=2024-01-01", 200, ["Nothing is loaded", "2024-01-01"]),
    ("/payer/north?on=tomorrow", 400, ["Write it as 2026-03-10"]),
    ("/payer/empty", 200, ["Nothing is loaded"]),
    ("/payer/nobody", 404, ["No payer of that name"]),
    ("/policy/north/west/esi", 200, ["Approval first", "tested by 1 worked claim"]),
    ("/policy/north/east/esi", 200, ["Changes", "supports"]),
    ("/policy/north/esi", 200, ["in the policies based on it", "Base of"]),
    ("/policy/health/esi", 200, ["Two weeks", "14 day"]),
    ("/policy/health/esi@2024-01-01", 200, ["first wording", "at most 3"]),
    ("/policy/health/esi?on=2025-06-01", 200, ["first wording"]),
    ("/policy/health/esi?on=2023-06-01", 404, ["in force on 2023-06-01"]),
    ("/policy/health/esi?on=never", 400, ["Write it as"]),
    ("/policy/nobody/nothing", 404, ["No policy of that name"]),
    ("/text/north/esi.policy", 200, ['id="L1"', "What both contractors say"]),
    ("/text/pyproject.toml", 404, ["Not loaded"]),
    ("/code/64483", 200, ["Payer by payer", "4 in 12 months", "Required in some"]),
    ("/code/64484", 200, ["Add-on to", "/code/64483"]),
    ("/code/64479", 200, ["No loaded policy has a rule"]),
    ("/code/M54.16", 200, ["On the list of covered diagnoses?", "West Contractor"]),
    ("/code/m5418", 200, ["On the list of covered", "East Contractor"]),
    ("/code/99999", 404, ["No rule or list"]),
    ("/code/64483?on=2026-13-01", 400, ["Write it as"]),
    ("/source/LCD-1", 200, ["due soon", "Rules that stand on it", "https://example"]),
    ("/source/SUMMARY", 200, ["review overdue"]),
    ("/source/SUMMARY?as-of=2026-01-10", 200, ["review due soon"]),
    ("/source/SUMMARY?as-of=2025-01-10", 200, [">fresh<"]),
    ("/source/SUMMARY?as-of=x", 400, ["Write it as"]),
    ("/source/MEMORY", 200, ["no review day", "not known"]),
    ("/source/nothing", 404, ["No source of that name"]),
    ("/sources", 200, ["review overdue", "A summary by others"]),
    ("/gaps", 200, ["A claim cannot show the training"]),
    ("/about", 200, ["Eight outcomes", "needs evidence", "Privacy"]),
    ("/messages", 200, ["Checks of policies", "rule-never-objects", "/message/L012"]),
    ("/message/L012", 200, ["Avoid", "Prefer", "Why", "expect: line 1"]),
    ("/message/L999", 404, ["No check of that name is loaded"]),
    ("/kb", 200, ["policy_version", "First to read", "Limits by payer for a code"]),
    ("/kb/limits_by_payer?code=64483", 200, ["North Medicare", "Four a year", "CSV"]),
    ("/kb/rules_on_a_source?source=SUMMARY", 200, ["Four weeks of pain", "page 1"]),
    ("/kb/sources_due?by=2026-02-01", 200, ["SUMMARY"]),
    ("/kb/sources_due", 200, ["Show"]),
    ("/kb/payer/north", 200, ["/payer/north", "North Medicare"]),
    ("/kb/rule", 200, ["rows"]),
    ("/nothing/here", 404, ['name="q"', "Not found"]),
    ("/payer/", 200, ["Payers"]),
]


@pytest.mark.parametrize(("path", "status", "words"), PAGES, ids=lambda v: str(v)[:50])
async def test_a_page_answers(
    get: Any, path: str, status: int, words: list[str]
) -> None:
    response = await get(path, follow_redirects=True)

    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert [word for word in words if word not in response.text] == []


@pytest.mark.parametrize(
    "path", sorted({path for path, _, _ in PAGES if not path.startswith("/kb")})
)
async def test_our_pages_come_with_strict_headers(get: Any, path: str) -> None:
    response = await get(path, follow_redirects=True)

    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers.get_list("referrer-policy") == ["no-referrer"]
    assert "set-cookie" not in response.headers
    assert "<script>" not in response.text
    assert " style=" not in response.text
    assert " onclick=" not in response.text


async def test_table_pages_may_use_their_inline_scripts(get: Any) -> None:
    response = await get("/kb/rule")

    assert "'unsafe-inline'" in response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers.get_list("referrer-policy") == ["no-referrer"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/", "no-cache"),
        ("/payer/north", "no-cache"),
        ("/search", "no-cache"),
        ("/search?q=pain", "no-store"),
        ("/search.json?q=pain", "no-store"),
        ("/payers.json", "no-cache"),
        ("/nothing", "no-store"),
        ("/static/site.css", "no-cache"),
        ("/static/site.css?v=1", "public, max-age=31536000, immutable"),
        ("/static/nothing.css?v=1", "no-cache"),
    ],
)
async def test_caches_keep_what_they_may(get: Any, path: str, caching: str) -> None:
    response = await get(path)

    assert response.headers["cache-control"] == caching


async def test_a_page_that_has_not_changed_is_not_sent_again(get: Any) -> None:
    first = await get("/payer/north")
    again = await get("/payer/north", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_a_new_day_is_a_new_page(
    get: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await get("/sources")
    monkeypatch.setattr("kb.reference.days.today", lambda: date(2027, 6, 1))
    after = await get("/sources", headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert "2027-06-01" in after.text


async def test_a_head_request_has_no_body(site: Any) -> None:
    response = await site.client.head("/about")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/kb/rule", "/search", "/-/login"])
async def test_only_reading_is_answered(site: Any, method: str, path: str) -> None:
    response = await site.client.request(method, path)

    assert response.status_code == 405


JSON = [
    ("/payers.json", 200, ["content", "payers"]),
    (
        "/search.json?q=64483",
        200,
        ["content", "query", "understood", "title", "path", "hits"],
    ),
    (
        "/search.json?q=",
        200,
        ["content", "query", "understood", "title", "path", "hits"],
    ),
    (
        "/api/ask?q=64483+good+health",
        200,
        [
            "content",
            "understood",
            "title",
            "path",
            "lead",
            "answers",
            "tables",
            "cms",
            "advice",
            "notes",
            "hits",
        ],
    ),
    ("/suggest.json?q=good", 200, ["content", "query", "suggestions"]),
    (
        "/search.json",
        200,
        ["content", "query", "understood", "title", "path", "hits"],
    ),
    (
        "/code/64483.json",
        200,
        [
            "content",
            "code",
            "kind",
            "label",
            "on",
            "add_on_to",
            "groups",
            "cms",
            "policies",
        ],
    ),
    (
        "/code/M54.16.json?on=2026-01-01",
        200,
        [
            *(
                "content",
                "code",
                "kind",
                "label",
                "on",
                "add_on_to",
                "groups",
                "cms",
                "lists",
            ),
            *("families", "deciders", "no_list_loaded"),
        ],
    ),
    ("/code/00000.json", 404, ["error"]),
    ("/code/64483.json?on=x", 400, ["error"]),
    ("/nothing.json", 404, ["error"]),
    ("/-/config.json", 404, ["error"]),
    ("/kb/nothing.json", 404, ["error"]),
]


@pytest.mark.parametrize(("path", "status", "keys"), JSON, ids=lambda v: str(v)[:40])
async def test_json_has_its_shape(
    get: Any, path: str, status: int, keys: list[str]
) -> None:
    response = await get(path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    found = json.loads(response.text)
    assert list(found) == keys
    if status != 200:
        assert set(found["error"]) == {"status", "title", "message"}
        assert found["error"]["status"] == status


async def test_json_of_a_code_says_who_wants_what(get: Any) -> None:
    found = (await get("/code/64483.json")).json()

    by_contractor = {each["contractor"]: each for each in found["policies"]}
    assert set(by_contractor) == {"west", "east", None}
    assert by_contractor["west"]["answers"]["approval"] == [
        {
            "text": "Approval first",
            "details": ["West Contractor; when in CA"],
            "outcome": "needs-auth",
            "grade": "secondary",
            "path": "/policy/north/west/esi@2025-01-01#rule-approval",
        }
    ]
    assert "approval" not in by_contractor["east"]["answers"]
    assert by_contractor["east"]["open_points"] == ["A claim cannot show the training"]


async def test_json_of_a_diagnosis_says_which_list_holds_it(get: Any) -> None:
    found = (await get("/code/M54.18.json")).json()

    assert [(each["policy"], each["holds"]) for each in found["lists"]] == [
        ("health/esi@2026-01-01", None),
        ("north/east/esi@2025-01-01", True),
        ("north/west/esi@2025-01-01", False),
    ]


CLOSED = [
    "/-/",
    "/-/config",
    "/-/config.json",
    "/-/databases.json",
    "/-/plugins",
    "/-/versions",
    "/-/settings",
    "/-/metadata",
    "/-/messages",
    "/-/api",
    "/-/allow-debug",
    "/-/permissions",
    "/-/actions",
    "/-/actor.json",
    "/-/threads",
    "/-/tasks",
    "/-/patterns",
    "/-/debug/autocomplete",
    "/-/jump",
    "/-/search",
    "/-/login",
    "/-/logout",
    "/-/auth-token",
    "/-/create-token",
    "/-/schema",
    "/-/static-plugins/x/y.js",
    "/kb/-/query?sql=select+1",
    "/kb/-/query.json?sql=select+1",
    "/kb/-/create",
    "/kb/-/queries",
    "/kb/rule/-/insert",
    "/kb/rule/-/autocomplete?q=a",
    "/kb/rule/-/drop",
    "/.json",
    "/_internal",
    "/_memory",
]


@pytest.mark.parametrize("path", CLOSED)
async def test_pages_of_the_machinery_are_closed(get: Any, path: str) -> None:
    response = await get(path, follow_redirects=True)

    assert response.status_code in {403, 404}
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/kb.db",
        "/kb.json?sql=select+1",
        "/kb/rule.json?_where=1=1",
        "/kb/-/query.csv?sql=select+sqlite_version()",
    ],
)
async def test_no_sql_and_no_download_for_strangers(get: Any, path: str) -> None:
    response = await get(path, follow_redirects=True)

    assert response.status_code in {400, 403, 404}


@pytest.mark.parametrize(
    "path", ["/-/static/app.css", "/kb/-/schema", "/kb/rule/-/schema"]
)
async def test_what_table_pages_need_is_open(get: Any, path: str) -> None:
    assert (await get(path)).status_code == 200


async def test_table_pages_lead_back_and_have_a_main(get: Any) -> None:
    html = (await get("/kb/rule?_facet=duty")).text

    assert '<a class="brand" href="/">payerkb</a>' in html
    assert "<main" in html
    assert "navigation-search" not in html
