"""What pages say, and that every link of every page of the real knowledge base holds."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import AsyncIterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag
from zlib import crc32

import pytest
import pytest_asyncio
from datasette.app import Datasette

from kb.web.serve import make_datasette

POLICIES = Path(__file__).parents[2] / "policies"


class Tables(HTMLParser):
    """Rows of tables: the heading of each row with its text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self.cell is not None:
            self.rows[-1].append(" ".join(" ".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def rows(html: str) -> list[list[str]]:
    parser = Tables()
    parser.feed(html)
    return parser.rows


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def test_a_quick_reference_answers_every_question(get: Any) -> None:
    found = dict(rows((await get("/payer/north?state=CA")).text))

    assert found["Codes"] == "62323 64483 64484"
    assert found["Covered diagnosis"] == (
        "The diagnosis is on the list 2 codes: Diagnoses that support it"
    )
    assert found["How often"] == "At most 4 sessions per region in any 12 months"
    assert found["In one session"] == "not known"
    assert found["Time between sessions"] == "not known"
    assert found["Wait and simpler care"] == (
        "Four weeks of pain secondary except: Not when it is acute"
    )
    assert found["To repeat it"] == "not known"
    assert (
        found["Approval first"] == "Approval first needs auth secondary when state CA"
    )
    assert found["Documents"] == "History Write the date on which the pain began."
    assert found["Open points"] == "A claim cannot show the training"
    assert (
        "LCD-1 primary A text of the contractors, read on 2026-01-05"
        in found["Sources"]
    )
    assert "" not in found.values()


async def test_a_quick_reference_shows_the_wording_of_the_day(get: Any) -> None:
    before = dict(rows((await get("/payer/health?on=2025-12-31")).text))
    after = dict(rows((await get("/payer/health?on=2026-01-01")).text))

    assert (
        before["How often"] == "At most 3 sessions in any 6 months through 2025-12-31"
    )
    assert before["Time between sessions"] == "not known"
    assert after["How often"] == "not known"
    assert after["Time between sessions"] == "At least 14 days between sessions"


async def test_a_state_chooses_the_contractor(get: Any) -> None:
    florida = text_of((await get("/payer/north?state=fl")).text)

    assert "Epidurals of East" in florida
    assert "Epidurals of West" not in florida


def questions(html: str) -> dict[str, list[tuple[str, str]]]:
    """Of a code's page: the answers by question, each with who gives it."""
    parts = re.split(r'<h3 id="about-[a-z-]+">([^<]+)</h3>', html)[1:]
    return {
        title: [(who, said) for who, said in rows(below.partition("</table>")[0])[1:]]
        for title, below in zip(parts[::2], parts[1::2], strict=True)
    }


async def test_those_who_say_the_same_stand_together(get: Any) -> None:
    html = (await get("/code/64483")).text
    found = questions(html)

    assert found["How often"] == [
        (
            "North Medicare: East Contractor , West Contractor",
            "At most 4 sessions per region in any 12 months",
        )
    ]
    assert found["Time between sessions"] == [
        ("Good Health", "At least 14 days between sessions")
    ]
    assert found["Approval first"] == [
        (
            "North Medicare: West Contractor",
            "Approval first needs auth secondary when state CA",
        )
    ]
    assert "Not known for any of them: in one session, to repeat it" in text_of(html)


async def test_who_does_not_answer_a_question_is_said(get: Any) -> None:
    html = (await get("/code/64483")).text
    how_often = html.partition('id="about-limit"')[2].partition("</section>")[0]

    assert "not known for 1 more" in text_of(how_often)
    assert "Good Health" in how_often.partition("<details>")[2]


async def test_a_diagnosis_is_yes_no_or_not_known(get: Any) -> None:
    found = {row[0]: row[3] for row in rows((await get("/code/M54.18")).text)[1:]}

    assert found == {
        "Good Health": "not known",
        "East Contractor": "yes",
        "West Contractor": "no",
    }


async def test_a_rule_says_all_that_it_has(get: Any) -> None:
    html = (await get("/policy/north/west/esi")).text
    article = html[html.index('<article class="rule" id="rule-on-list"') :]
    article = article[: article.index("</article>")]

    assert text_of(article) == (
        "The diagnosis is on the list required deny necessity CO-50 primary "
        "For esi: required is a diagnosis in supports; otherwise denied (CO-50). "
        "Codes 62323, 64483, 64484 "
        "Fix Point the line to a listed diagnosis by the date of service. "
        "LCD-1 , limitations 2 primary only these <b>diagnoses</b> & no other document "
        "north/esi.policy, line 10 · inherited"
    )
    assert 'href="/text/north/esi.policy#L10"' in article
    assert 'href="https://example.org/lcd?a=1&amp;b=2" rel="noreferrer"' in article


async def test_limits_stand_in_one_table(get: Any) -> None:
    found = rows((await get("/policy/north/west/esi")).text)

    assert found == [
        ["Limit", "Codes", "Beyond it"],
        [
            "At most 4 sessions per region in any 12 months",
            "62323, 64483, 64484",
            "deny",
        ],
    ]


async def test_a_worked_claim_stands_with_its_expectation(get: Any) -> None:
    text = text_of((await get("/policy/north/east/esi")).text)

    assert "Line 1: 64483-RT, diagnosis M54.16" in text
    assert "line 1: deny, CO-151 by four-a-year counted 4 next eligible 2026" in text


async def test_a_rule_points_at_its_line(get: Any) -> None:
    html = (await get("/policy/health/esi")).text

    line = re.search(r'href="#L(\d+)">health/esi-2026.policy', html)
    assert line is not None
    assert f'id="L{line[1]}"' in html
    shown = html[html.index(f'id="L{line[1]}"') :].split("\n")[0]
    assert re.sub(r"<[^>]+>", "", shown.partition(">")[2]).startswith(
        "12rule two-weeks"
    )


async def test_versions_lead_to_each_other(get: Any) -> None:
    html = (await get("/policy/health/esi")).text

    assert (
        '<a href="/policy/health/esi@2024-01-01">2024-01-01 to 2025-12-31</a>' in html
    )
    assert "<strong>from 2026-01-01</strong>" in html


async def test_the_footer_names_the_content(get: Any) -> None:
    content = (await get("/payers.json")).json()["content"]

    for path in ("/", "/about", "/payer/north"):
        assert content[:12] in (await get(path)).text


async def test_the_page_of_more_says_what_is_missing(get: Any) -> None:
    text = text_of((await get("/more")).text)

    assert "North Medicare in AK, AL, AR" in text
    assert "0 fresh, 1 due for review within 30 days, 1 overdue, 1 without a" in text
    assert "first to be read again is SUMMARY , by 2026-01-31 review overdue" in text


PARTS = ["<main", 'lang="en"', 'class="skip"', "<h1", 'name="viewport"', "color-scheme"]


@pytest.mark.parametrize(
    "path", ["/", "/payer/north", "/code/64483", "/nothing", "/search"]
)
async def test_every_page_has_its_frame(get: Any, path: str) -> None:
    html = (await get(path)).text

    assert [part for part in PARTS if part not in html] == []
    assert html.count('name="q"') == 1
    assert html.count("<h1") == 1


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def real_site(shipped_database: Path) -> AsyncIterator[Datasette]:
    """The site over the policies of this repository."""
    made = make_datasette(shipped_database)
    await made.invoke_startup()
    yield made
    made.close()


LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
ID = re.compile(r' id="([^"]+)"')


MANY = re.compile(r"/code/|/payer/[^/]+\?|/answer/|/print/|/rule/")
"""Thousands of addresses that are a few templates."""


def is_left_out(path: str) -> bool:
    """Nineteen of twenty of those that are many."""
    return bool(MANY.match(path)) and crc32(path.encode()) % 20 != 0


@pytest.mark.slow
@pytest.mark.no_cover
async def test_every_link_of_the_real_knowledge_base_holds(
    real_site: Datasette,
) -> None:
    """Every page that can be reached answers, and every anchor exists on it."""
    pages: dict[str, set[str]] = {}
    wanted: list[tuple[str, str, str]] = []
    waiting = deque(["/"])
    while waiting:
        path = waiting.popleft()
        if path in pages or path == "/kb" or is_left_out(path):
            continue
        response = await real_site.client.get(path)
        assert response.status_code == 200, path
        if path.endswith(".json"):
            pages[path] = set()
            continue
        found = ID.findall(response.text)
        assert len(found) == len(set(found)), f"{path} has an id twice"
        pages[path] = {unescape(each) for each in found}
        for link in map(unescape, LINK.findall(response.text)):
            target, anchor = urldefrag(link)
            if target.startswith("http"):
                continue
            waiting.append(target or path)
            wanted.append((path, target or path, unquote(anchor)))

    broken = [
        (path, target, anchor)
        for path, target, anchor in wanted
        if anchor and target in pages and anchor not in pages[target]
    ]
    assert broken == []
    assert len(pages) > 100


async def test_sources_that_disagree_are_shown(real_site: Datasette) -> None:
    html = (await real_site.client.get("/gaps")).text
    shown = html.partition('id="disagreements"')[2].partition("</ul>")[0]

    assert "UHC-MEMO-2 says that since 2025-09-03 requests go to Optum" in shown
    told = re.findall(r"<br>(.*?)</li>", shown, re.DOTALL)
    of_evicore = [text for text in told if "CMM-200-C asks for four weeks" in text]
    # Two payers change the rule and add a digest; for all that inherit it, it is told once.
    assert sum("The digest says six weeks" not in text for text in of_evicore) == 1
