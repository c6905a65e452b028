"""Feeds and calendar of what changes: the formats' own rules, and nothing but ours in them."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.changes import changes_between
from kb.web.changes_page import alike
from kb.web.feeds import OCTETS_OF_A_LINE, _escaped, _folded

ATOM = "{http://www.w3.org/2005/Atom}"
DAYS = "?from=2025-01-01&to=2026-12-31"


async def test_the_atom_feed_has_an_entry_a_change(get: Any) -> None:
    response = await get(f"/changes.atom{DAYS}")
    feed = ET.fromstring(response.text)
    found = (await get(f"/changes.json{DAYS}")).json()["changes"]

    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(found) > 0
    keys = [each.findtext(f"{ATOM}id") for each in entries]
    assert len(keys) == len(set(keys))
    for name in ("id", "title", "updated"):
        assert all(each.findtext(f"{ATOM}{name}") for each in [feed, *entries])
    titles = [each.findtext(f"{ATOM}title") or "" for each in entries]
    assert any("Two weeks <i>apart</i>" in each for each in titles)


def test_a_change_of_several_contractors_is_one_row_of_the_page(
    shipped_database: Path,
) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        kb = KnowledgeBase(connection)
        found = changes_between(kb, date(2026, 6, 1), date(2026, 12, 31))
    rows = alike(found)

    assert [one for row in rows for one in row.changes if one not in found] == []
    assert sum(len(row.changes) for row in rows) == len(found)
    several = [row for row in rows if len(row.changes) > 1]
    assert several
    for row in several:
        assert len({(each.day, each.text, each.was) for each in row.changes}) == 1
        assert len({path for path, _ in row.whose}) == len(row.changes)


async def test_the_json_feed_is_one(get: Any) -> None:
    response = await get(f"/changes.feed.json{DAYS}")
    feed = json.loads(response.text)

    assert response.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"]
    assert all({"id", "url", "content_text"} <= set(each) for each in feed["items"])


async def test_the_calendar_has_what_begins_ends_and_is_to_be_read_again(
    get: Any,
) -> None:
    response = await get("/changes.ics?from=2025-12-01&to=2026-12-31")
    text = response.text.replace("\r\n ", "")

    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in response.text.replace("\r\n", "")
    assert max(len(each.encode()) for each in response.text.split("\r\n")) <= 75
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") > 1
    assert "SUMMARY:Read again: 1 source" in text
    assert "DTSTART;VALUE=DATE:20260701\r\nDTEND;VALUE=DATE:20260702" in text


async def test_a_calendar_looks_a_year_ahead(get: Any) -> None:
    near = (await get("/changes.ics?to=2026-06-30")).text
    far = (await get("/changes.ics")).text

    assert "20260701" not in near
    assert "20260701" in far


@pytest.mark.parametrize("name", ["changes.atom", "changes.feed.json", "changes.ics"])
async def test_a_feed_is_asked_for_again_and_comes_once(get: Any, name: str) -> None:
    first = await get(f"/{name}")
    again = await get(f"/{name}", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert again.text == ""
    assert (await get(f"/{name}?payer=nobody")).status_code == 404
    assert (await get(f"/{name}?from=never")).status_code == 400


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_a_folded_line_is_the_line(text: str) -> None:
    line = f"SUMMARY:{_escaped(text)}"
    parts = list(_folded(line))

    assert parts[0] + "".join(each[1:] for each in parts[1:]) == line
    assert all(each.startswith(" ") for each in parts[1:])
    assert all(len(each.encode()) <= OCTETS_OF_A_LINE for each in parts)


async def test_what_changes_as_json(get: Any) -> None:
    found = (await get("/changes.json?from=2026-01-01&to=2026-01-01")).json()

    assert [(each["kind"], each["title"]) for each in found["changes"]] == [
        ("looser", "Three"),
        ("stricter", "Seen on a screen"),
        ("stricter", "Two weeks <i>apart</i>"),
    ]
    assert {each["day"] for each in found["changes"]} == {"2026-01-01"}
    assert {each["policy"] for each in found["changes"]} <= {
        "health/esi@2026-01-01",
        "health/esi@2024-01-01",
    }
    assert date.fromisoformat(found["from"]) == date(2026, 1, 1)
