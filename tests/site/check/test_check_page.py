"""The claim check: what the form says is answered, what is wrong is told, nothing is kept."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from kb.claims import read_json
from kb.engine import Engine
from kb.engine.report.findings import report

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "fifth-session.json"
FOURTH = {
    "payer": "North Medicare", "state": "CA", "place": "11", "date": "5/1/2026",
    "diagnoses": "m54.16", "authorization": "approved",
    "lines[0].code": "64483-rt",
    "history.lines[0].date": "12/1/2025", "history.lines[0].code": "64483",
    "history.lines[1].date": "2026-01-02", "history.lines[1].code": "64483",
    "history.lines[2].date": "2/2/2026", "history.lines[2].code": "64483",
    "history.all": "yes",
}  # fmt: skip
FIFTH = {
    **FOURTH,
    "history.lines[3].date": "3/2/2026",
    "history.lines[3].code": "64483",
}
CLAIM: dict[str, Any] = {
    "claim": "C-1", "payer": "north", "state": "CA", "date": "2026-05-01", "place": "11",
    "diagnoses": ["M54.16"], "lines": [{"code": "64483", "modifiers": ["RT"]}],
}  # fmt: skip


async def send(site: Datasette, fields: dict[str, str], **more: Any) -> Any:
    return await site.client.post("/check", data=fields, **more)


def answer_in(html: str) -> str:
    """The text of the answer, without its tags."""
    inside = html.partition('<section id="answer"')[2].partition(">")[2]
    part = inside.partition("</section>")[0]
    return " ".join(unescape(re.sub("<[^>]+>", " ", part)).split())


async def test_the_form_stands_there_before_anything_is_sent(site: Datasette) -> None:
    page = await site.client.get("/check")

    assert page.status_code == 200
    assert "The answer will stand here" in page.text
    assert '<option value="Good Health">' in page.text


async def test_a_link_fills_in_payer_and_code(site: Datasette) -> None:
    page = await site.client.get("/check?payer=Good+Health&code=64483&state=FL")

    assert 'name="payer" value="Good Health"' in page.text
    assert 'name="lines[0].code" value="64483"' in page.text


async def test_a_limit_that_is_used_up_tells_how_many_are_left_and_when(
    site: Datasette,
) -> None:
    said = answer_in((await send(site, FOURTH)).text)

    assert "none left one more from 2026-12-01" in said
    assert "Session 4 of 4" in said


async def test_a_broken_limit_is_the_headline(site: Datasette) -> None:
    page = await send(site, FIFTH)
    said = answer_in(page.text)

    assert said.startswith("Outcome: deny 5th")
    assert "Now: Move it to 2026-12-01 or later." in said
    assert page.text.count('<circle class="counted"') == 4
    assert page.headers["cache-control"] == "no-store"


async def test_what_the_chart_must_show_is_asked_in_the_form(site: Datasette) -> None:
    """A fact that was answered stays, and the answer follows it."""
    fields = {"payer": "Good Health", "date": "5/1/2026", "lines[0].code": "64483"}
    before = await send(site, fields)
    after = await send(site, {**fields, "facts.image-guidance": "none"})

    assert '<select id="facts.image-guidance"' in before.text
    assert "Name the guidance." in answer_in(before.text)
    assert '<option value="none" selected>' in after.text
    assert "Name the guidance." not in answer_in(after.text)
    assert answer_in(after.text).startswith("Outcome: review")


@pytest.mark.parametrize(
    "name", ["north", "North Medicare", "NORTH  MEDICARE, Inc.", "north medicare"]
)
async def test_a_payer_goes_by_any_of_its_names(site: Datasette, name: str) -> None:
    assert "North Medicare" in answer_in(
        (await send(site, {**FIFTH, "payer": name})).text
    )


async def test_a_payer_that_is_not_loaded_is_told(site: Datasette) -> None:
    said = answer_in((await send(site, {**FIFTH, "payer": "Jane Doe Insurance"})).text)

    assert said.startswith("Outcome: unknown")
    assert "Jane" not in said


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("date", "13/45/2026", "expected a date"),
        ("date", "", "neither the line nor the claim has a date"),
        ("payer", "", "missing: expected a key"),
        ("lines[0].code", "", "missing: expected a CPT or HCPCS code"),
        ("lines[0].code", "6448", "found 4 digits, expected a CPT or HCPCS code"),
        ("lines[0].level", "L9", "two neighbouring vertebrae"),
        ("lines[0].pointers", "3", "have no position 3"),
        ("facts.pain-duration", "long", "a duration as"),
        ("facts.no-such-fact", "yes", "no policy has a fact of this name"),
        ("place", "98", "no place of service has this number"),
        ("fields.performer", "wizard", "expected one of"),
        ("history.lines[0].date", "JANE DOE", "expected a date"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_with_its_place(
    site: Datasette, field: str, text: str, told: str
) -> None:
    """The sentences are those of the command line; the field is marked."""
    page = await send(site, {**FIFTH, field: text})

    assert page.status_code == 422
    assert told in answer_in(page.text)
    assert field.partition(".no-such")[0] in answer_in(page.text)
    assert "JANE" not in answer_in(page.text)


async def test_a_field_that_is_wrong_says_so_itself(site: Datasette) -> None:
    html = (await send(site, {**FIFTH, "date": "soon"})).text

    assert 'aria-invalid="true" aria-describedby="fault-date"' in html
    assert 'id="fault-date"' in html


async def test_a_row_is_added_without_script(site: Datasette) -> None:
    page = await send(site, {**FIFTH, "more": "lines"})
    html = page.text

    assert page.status_code == 200
    assert 'name="lines[1].code"' in html
    assert 'name="lines[0].code" value="64483-rt"' in html


async def test_what_would_make_it_pass_is_told_when_asked(site: Datasette) -> None:
    """The button is there while something objects, and works without script."""
    fields = {"payer": "Good Health", "date": "5/1/2026", "lines[0].code": "64483"}
    before = await send(site, fields)
    asked = await send(site, {**fields, "wish": "yes"})
    broken = await send(site, {**FIFTH, "wish": "yes"})

    assert 'name="wish"' in before.text
    assert "It passes if all of this is so: Guidance used: fluoroscopy" in answer_in(
        asked.text
    )
    assert "Nothing that a chart can show changes it" in answer_in(broken.text)


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1 --",
    "{{7*7}}", "\x00", "\ud800", "../../etc/passwd", "x" * 5000, "%s%n",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    "field",
    ["payer", "date", "lines[0].code", "facts.pain-duration", "fields.sex", "x<b>y",
     "lines[0].<script>", "history.lines[999].date", "lines[12345].code"],
)  # fmt: skip
async def test_hostile_fields_are_text(
    site: Datasette, field: str, text: str, capsys: Any
) -> None:
    body = {**FIFTH, field: text.encode("utf-8", "surrogatepass")}
    page = await site.client.post("/check", data=body)

    assert page.status_code in {200, 422}
    blank = await site.client.get("/check")
    assert page.text.count("<script") == blank.text.count("<script")
    assert "<img" not in page.text
    assert "".join(capsys.readouterr()) == ""


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (json.dumps(CLAIM), 200, "North Medicare"),
        (f"{json.dumps(CLAIM)}\n{json.dumps({**CLAIM, 'claim': '2'})}\n", 200, "2 claims answered"),
        (json.dumps([CLAIM, {**CLAIM, "claim": "C-2", "lines": []}]), 200, "at least one line"),
        ("name,birth\nJane,1950", 422, "neither X12"),
        ("%PDF-1.7", 422, "PDF"),
        ("{", 422, "Could not be read"),
    ],
    ids=["json", "ndjson", "one-bad", "csv", "pdf", "cut"],
)  # fmt: skip
async def test_a_file_is_answered(
    site: Datasette, content: str, status: int, told: str
) -> None:
    page = await site.client.post(
        "/check", files={"file": ("a.json", content)}, data={}
    )

    assert page.status_code == status
    assert told in answer_in(page.text)
    assert "Jane" not in page.text


async def test_the_one_claim_of_a_file_fills_in_the_form(site: Datasette) -> None:
    page = await site.client.post(
        "/check", files={"file": ("a.json", json.dumps(CLAIM))}, data={}
    )

    for field, value in {
        "payer": "North Medicare",
        "date": "2026-05-01",
        "diagnoses": "M54.16",
        "lines[0].code": "64483",
        "lines[0].modifiers": "RT",
    }.items():
        assert f'name="{field}" value="{value}"' in page.text


# ---------- who may send ----------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://localhost"}, 200),
        ({"Origin": "http://localhost:8001"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "localhost"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/check", "/api/check"])
async def test_only_our_own_page_and_programs_send_claims(
    site: Datasette, path: str, headers: dict[str, str], status: int
) -> None:
    if path == "/check":
        reply = await site.client.post(path, data=FIFTH, headers=headers)
    else:
        reply = await site.client.post(path, content=json.dumps(CLAIM), headers=headers)

    assert reply.status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("localhost:8001", 200), ("127.0.0.1:8001", 200),
        ("[::1]:8001", 200), ("192.168.1.20", 200), ("desk.localhost", 200),
        ("evil.example", 400), ("localhost.evil.example", 400), ("", 400), ("a b", 400),
        ("127.0.0.1.evil.example", 400), ("[::1", 400),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/check", "/payers.json"])
async def test_a_strange_host_is_refused(
    site: Datasette, path: str, host: str, status: int
) -> None:
    """Another site's name that leads to this machine is not ours."""
    reply = await site.client.get(path, headers={"Host": host})

    assert reply.status_code == status
    assert "evil" not in reply.text


@pytest.mark.parametrize("path", ["/", "/search", "/kb/rule", "/payer/north", "/kb"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_else_is_sent_to(site: Datasette, path: str, method: str) -> None:
    assert (await site.client.request(method, path)).status_code == 405


async def test_what_is_too_large_is_refused(site: Datasette) -> None:
    reply = await site.client.post("/api/check", content=b" " * 2_000_001)

    assert reply.status_code == 413
    assert "2,000,000 bytes" in reply.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"payer=x"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(12_500))),
        ("", b"payer=x"),
    ],
    ids=["plain", "no-boundary", "cut", "many", "no-kind"],
)  # fmt: skip
async def test_what_is_no_form_is_refused(
    site: Datasette, kind: str, body: bytes
) -> None:
    reply = await site.client.post(
        "/check", content=body, headers={"Content-Type": kind}
    )

    assert reply.status_code == 400
    assert "The form could not be read" in reply.text


# ---------- programs ----------


async def test_programs_get_what_the_command_line_prints(
    site: Datasette, database: Path
) -> None:
    reply = await site.client.post("/api/check", content=json.dumps(CLAIM))
    engine = Engine.open(database)
    answers = engine.answer(read_json(json.dumps(CLAIM)).claims)

    assert reply.status_code == 200
    assert reply.json() == report(answers, [], engine)
    assert reply.headers["cache-control"] == "no-store"


async def test_programs_are_told_what_could_not_be_read(site: Datasette) -> None:
    sent = [CLAIM, {**CLAIM, "claim": "C-2", "date": "soon"}]
    reply = await site.client.post("/api/check", content=json.dumps(sent))
    nothing = await site.client.post("/api/check", content=b"")

    assert reply.status_code == 200
    assert [one["where"] for one in reply.json()["bad"]] == ["[1].date"]
    assert nothing.status_code == 422
    assert nothing.json()["bad"][0]["reason"] == "the file is empty"


async def test_claims_are_not_got(site: Datasette) -> None:
    assert (await site.client.get("/api/check")).status_code == 405


async def test_nothing_sent_is_printed_or_logged(
    site: Datasette,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await send(site, {**FIFTH, "replaces": "JANE-DOE-1950", "frequency": "replacement"})
    await site.client.post(
        "/api/check", content=json.dumps({**CLAIM, "claim": "JANE-DOE"})
    )

    assert caplog.text + "".join(capsys.readouterr()) == ""


@pytest.mark.parametrize("path", ["/check", "/api/check"])
@pytest.mark.parametrize("parts", [[], [b'{"claim": "JANE-DOE"']])
async def test_who_leaves_in_the_middle_of_an_upload_is_no_mistake(
    site: Datasette,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    path: str,
    parts: list[bytes],
) -> None:
    told: list[dict[str, Any]] = [
        {"type": "http.request", "body": x, "more_body": True} for x in parts
    ]
    messages = iter([*told, {"type": "http.disconnect"}])
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send_on(message: dict[str, Any]) -> None:
        sent.append(message)

    kind = b"multipart/form-data; boundary=x"
    headers = [(b"host", b"localhost"), (b"content-type", kind)]
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "headers": headers,
    }  # fmt: skip
    await site.app()(scope, receive, send_on)

    assert caplog.text + "".join(capsys.readouterr()) == ""
    assert sent[0]["status"] == 400
    assert b"JANE" not in b"".join(x.get("body", b"") for x in sent)
