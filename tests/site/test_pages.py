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

from kb.plain.headings import TILES
from kb.web.serve import make_datasette
from tests import seeds
from tests.site.one_app import with_one_app

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


def tiles(html: str) -> dict[str, str]:
    """The tiles of an answer: what each says in big type."""
    found = re.findall(
        r'<h2 id="tile-[a-z-]+">([^<]+)</h2>\s*<p class="big[^"]*">(.*?)</p>', html
    )
    return {title: text_of(short) for title, short in found}


async def test_an_answer_has_eight_tiles_in_fixed_order(get: Any) -> None:
    found = tiles((await get("/answer/north/64483?state=CA")).text)

    assert found == {
        "Covered?": "If criteria are met",
        "Prior authorization?": "Required",
        "How often": "4 in 12 months",
        "Between sessions": "not known",
        "In one session": "not known",
        "Conservative care": "4 weeks",
        "To repeat": "not known",
        "Both sides": "not known",
    }
    assert [*found] == [tile.title for tile in TILES]


async def test_an_answer_says_its_rows_below(get: Any) -> None:
    text = text_of((await get("/answer/north/64483?state=CA")).text)

    assert "Ask before the date of service." in text
    assert "Pain for at least 4 weeks except: Not when it is acute" in text
    assert "History Write the date on which the pain began." in text
    assert "Diagnoses that support it: 2 codes M54.16 M54.17" in text
    assert "A claim cannot show the training" in text
    assert "LCD-1 primary A text of the contractors, read on 2026-01-05" in text
    assert "Epidurals of West in force from 2025-01-01" in text
    assert "1 policy searched. Ask North Medicare." in text


async def test_an_answer_is_of_its_day(get: Any) -> None:
    before = tiles((await get("/answer/health/64483?on=2025-12-31")).text)
    after = tiles((await get("/answer/health/64483?on=2026-01-01")).text)

    assert (before["How often"], before["Between sessions"]) == (
        "3 in 6 months",
        "not known",
    )
    assert (after["How often"], after["Between sessions"]) == ("not known", "14 days")


async def test_days_before_all_policies_are_explained(get: Any) -> None:
    text = text_of((await get("/answer/north/64483?on=2024-01-01")).text)

    assert (
        "2 policies are loaded for North Medicare, the earliest from 2025-01-01" in text
    )
    assert "No rule of North Medicare that is loaded names 64483" in text


async def test_an_address_without_a_choice_says_nothing_of_it(get: Any) -> None:
    today = (await get("/payer/north?on=2026-06-01")).text
    later = (await get("/payer/north?state=FL&on=2026-06-02")).text

    assert 'href="/answer/north/epidural"' in today
    assert 'href="/answer/north/epidural?state=FL&amp;on=2026-06-02"' in later


async def test_a_payer_has_a_row_for_each_family(get: Any) -> None:
    found = rows((await get("/payer/north?state=CA")).text)

    assert found[0] == ["Procedure", *(tile.title for tile in TILES)]
    assert found[1] == [
        "Epidural injections", "If criteria are met", "Required", "4 in 12 months", "?", "?",
        "4 weeks", "?", "?",
    ]  # fmt: skip


async def test_a_state_chooses_the_contractor(get: Any) -> None:
    florida = text_of((await get("/payer/north?state=fl")).text)

    assert "Epidurals of East" in florida
    assert "Epidurals of West" not in florida


async def test_a_code_has_a_row_for_each_payer(get: Any) -> None:
    html = (await get("/code/64483")).text
    found = {row[0]: row[1:] for row in rows(html)}

    assert found["North Medicare"][:3] == [
        "If criteria are met",
        "Required in some cases * in some cases",
        "4 in 12 months",
    ]
    assert found["Good Health"] == ["If criteria are met", *"??", "14 days", *"????"]
    assert "No rule for 64483 is loaded for 1 payer" in text_of(html)
    assert "Payer Without Policies" in html.partition("<details>")[2]


async def test_a_diagnosis_is_on_the_list_or_not(get: Any) -> None:
    found = {row[0]: row[1:] for row in rows((await get("/code/M54.18")).text)[1:]}

    assert found == {"East Contractor FL": ["yes"], "West Contractor CA OR": ["no"]}


async def test_a_rule_says_all_that_it_has(get: Any) -> None:
    html = (await get("/policy/north/west/esi")).text
    article = html[html.index('<article class="rule" id="rule-on-list"') :]
    article = article[: article.index("</article>")]

    assert text_of(article) == (
        "The diagnosis is on the list required deny necessity CO-50 primary "
        "A diagnosis M54.16 or M54.17. As compiled "
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
    made = with_one_app(make_datasette(shipped_database))
    await made.invoke_startup()
    yield made
    made.close()


LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
ID = re.compile(r' id="([^"]+)"')


MANY = re.compile(r"/code/|/payer/[^/]+\?|/answer/|/print/|/rule/")
"""Thousands of addresses that are a few templates."""


def is_left_out(path: str) -> bool:
    """All but one of 60 of those that are many: others with every commit."""
    return bool(MANY.match(path)) and crc32(f"{seeds.RUN} {path}".encode()) % 60 != 0


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
        if response.status_code == 302:  # the search for a code opens its page
            waiting.append(response.headers["location"])
            pages[path] = set()
            continue
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


async def test_a_question_without_a_payer_has_its_groups_before_the_table(
    real_site: Datasette,
) -> None:
    page = await real_site.client.get("/search?q=how+many+esi+per+year")
    text = text_of(page.text)
    first = text.index("Medicare: at most 4 sessions per region in any 12 months")
    assert first < text.index("6 in 12 months: Blue Cross Blue Shield of Massachusetts")
    assert first < text.index("The whole table") < text.index("Not known of")
