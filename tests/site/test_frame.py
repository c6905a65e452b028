"""The frame: what is chosen is shown, carried on, and never today's day."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.web.carried import carrying
from kb.web.frame import WITH_JSON
from kb.web.routes import ROUTES
from kb.web.where import CHOICES, Where, where_of

TODAY = "2026-06-01"


def links(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<a [^>]*?href="([^"]+)"', html)]


@pytest.mark.parametrize(
    ("address", "args", "expected"),
    [
        ("/", {}, Where()),
        ("/payer/aetna", {"family": "epidural"}, Where("aetna", family="epidural")),
        ("/code/64483", {"state": "fl"}, Where(code="64483", state="FL")),
        ("/code/m54.16.json", {}, Where(code="M54.16")),
        ("/answer/aetna/64483", {"place": "24"}, Where("aetna", "64483", place="24")),
        ("/print/aetna/epidural", {}, Where("aetna", family="epidural")),
        ("/compare", {"code": "64483", "payers": "a,b"}, Where(code="64483")),
        ("/payer/aetna", {"on": TODAY}, Where("aetna")),
        ("/payer/aetna", {"on": "2026-05-31"}, Where("aetna", on="2026-05-31")),
        ("/payer/aetna", {"on": "tomorrow"}, Where("aetna")),
        ("/payer/a%20b", {}, Where("a b")),
    ],
)
def test_an_address_says_what_it_is_about(
    address: str, args: dict[str, str], expected: Where
) -> None:
    assert where_of(address, args) == expected


@given(
    chosen=st.builds(
        Where,
        **{each: st.text(st.characters(codec="utf-8"), max_size=9) for each in CHOICES},
    )
)
def test_every_choice_is_in_the_address_that_is_made_of_it(chosen: Where) -> None:
    address = chosen.address("/compare", *CHOICES)

    for name in CHOICES:
        value = getattr(chosen, name)
        assert (f"{name}=" in address) is bool(value)
    assert re.fullmatch(r"/compare(\?[\w%.~=&+*-]+)?", address, re.ASCII)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/payer/a", "/payer/a?state=FL&on=2026-03-01"),
        ("/payer/a?family=x", "/payer/a?state=FL&on=2026-03-01&family=x"),
        ("/code/1?on=2025-01-01#here", "/code/1?state=FL&on=2025-01-01#here"),
        ("/policy/a@2026-01-01#rule-b", "/policy/a@2026-01-01#rule-b"),
        ("https://example.org/payer/a", "https://example.org/payer/a"),
        ("/payers", "/payers?state=FL&on=2026-03-01"),
    ],
)
def test_links_carry_state_and_day(before: str, after: str) -> None:
    html = f'<a class="x" href="{before}">a</a>'

    found = carrying(html, Where(state="FL", on="2026-03-01"))
    assert links(found) == [after]
    assert carrying(html, Where("aetna")) == html


def test_a_link_that_means_another_day_is_left_as_it_is() -> None:
    html = '<a data-as-is href="/payer/a">today</a>'

    assert carrying(html, Where(on="2026-03-01")) == html


@pytest.mark.parametrize(
    ("choices", "leads_to"),
    [
        ("payer=north", "/payer/north"),
        ("payer=north&state=FL&place=11", "/payer/north?state=FL&place=11"),
        ("payer=north&code=64483", "/answer/north/64483"),
        ("code=m54.16", "/code/M54.16"),
        ("code=64483&on=2026-05-01", "/code/64483?on=2026-05-01"),
        ("payer=north&on=2026-06-01", "/payer/north"),
        ("payer=north&on=2026-05-31&shown=2026-05-31", "/payer/north"),
        ("payer=north&on=nonsense", "/payer/north"),
        ("code=nerve+burning&payer=north", "/search?q=nerve+burning"),
        ("at=/changes&payer=north", "/changes?payer=north"),
        ("at=/compare&payers=a,b&code=64483", "/compare?code=64483&payers=a%2Cb"),
        ("at=/compare&payers=a&payers=b&payers=", "/compare?payers=a%2Cb"),
        ("at=//evil.example&payer=north", "/payer/north"),
        ("payer=//evil.example", "/payer/%2F%2Fevil.example"),
        ("", "/"),
    ],
)
async def test_the_bar_leads_to_the_page_about_the_choices(
    get: Any, choices: str, leads_to: str
) -> None:
    response = await get(f"/go?{choices}")

    assert response.status_code == 302
    assert response.headers["location"] == leads_to
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/payer/north", "/code/64483", "/changes", "/kb", "/kb/rule"]
)
async def test_today_is_in_no_address(get: Any, path: str) -> None:
    html = (await get(path)).text

    assert [each for each in links(html) if "on=" in each] == []
    assert f'name="shown" value="{TODAY}"' in html
    assert "Not today" not in html


@pytest.mark.parametrize(
    ("day", "which"), [("2026-03-01", "past"), ("2026-12-01", "to come")]
)
async def test_another_day_is_said_loudly_and_carried(
    get: Any, day: str, which: str
) -> None:
    html = (await get(f"/payer/north?on={day}&state=FL")).text

    assert f"for services on {day}, a day {which}" in html
    assert "/payer/north?state=FL" in links(html)
    carried = [each for each in links(html) if each.startswith("/answer/")]
    assert carried
    assert all(f"state=FL&on={day}" in each for each in carried)


async def test_what_is_chosen_stands_in_the_bar(get: Any) -> None:
    html = (await get("/payer/north?state=FL&place=24")).text

    assert '<option value="north" selected>North Medicare' in html
    assert '<option value="FL" selected>FL' in html
    assert '<option value="24" selected>24 ' in html


@pytest.mark.parametrize("value", ['"><script>', "' onload=x", "{{7*88}}", "\N{BONE}"])
async def test_what_is_typed_into_an_address_stays_text(get: Any, value: str) -> None:
    path = f"/changes?state=FL&place={quote(value)}&code={quote(value)}"
    html = (await get(path)).text

    assert "<script>" not in html
    assert "onload=x'" not in html
    assert "616" not in html.partition("<main")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/payers?state=FL",
        "/changes?state=FL",
        "/search?state=FL",
        "/code/64483?state=FL",
        "/coverage?state=FL",
        "/compare?payers=north,health&code=64483&state=FL",
        "/rule/north/west/esi/four-a-year?state=FL",
    ],
)
async def test_a_page_with_json_says_where_it_is(get: Any, path: str) -> None:
    named, _, query = path.partition("?")
    assert WITH_JSON.fullmatch(named)
    assert any(
        re.fullmatch(pattern.strip("^$"), f"{named}.json") for pattern, _ in ROUTES
    )
    html = (await get(path, follow_redirects=True)).text

    assert f"{named}.json?{query}" in links(html)
    assert (await get(f"{named}.json?{query}")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/compare",
        "/compare?payers=north&code=64483",
        "/compare?payers=north,health",
        "/search?q=steroid&kind=rule",
    ],
)
async def test_a_page_without_json_names_none(get: Any, path: str) -> None:
    html = (await get(path)).text

    assert not [each for each in links(html) if ".json" in each.partition("?")[0]]


def test_the_day_of_a_choice_is_a_day_or_none() -> None:
    assert where_of("/", {"on": "2026-02-30"}).on == ""
    assert date.fromisoformat(where_of("/", {"on": "2026-02-28"}).on)
