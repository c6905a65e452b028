"""Words, questions and days: the small decisions that pages are made of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import (
    Amount,
    Count,
    Days,
    Lifetime,
    OneDate,
    OneSession,
    Rolling,
    Window,
)
from dsl.ir.rule import InForce, Last, Outcome, Rule
from kb.engine.judge.answer import HEADLINE_ORDER
from kb.plain.aspects import (
    APPROVAL_FACTS,
    CARE_FACTS,
    IMAGING_FACTS,
    INDICATION_FACTS,
    PROVIDER_FACTS,
    SIDES_FACTS,
    aspect_of,
)
from kb.plain.headings import ASPECTS, OPEN_POINTS
from kb.plain.phrases import CHOSEN, DATED, MEASURED, TRUE
from kb.plain.trade import codes_words
from kb.read.knowledge_base import KnowledgeBase
from kb.read.rule_store import rules_of_policies
from kb.read.store import open_knowledge_base
from kb.reference.days import BadDay, day_of, holds_on, light, span_words
from kb.reference.wording import (
    GRADES,
    OUTCOMES,
    claim_words,
    expectation_words,
    fix_words,
    weakest,
)

ROOT = Path(__file__).parents[2]
DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("review_by", "expected"),
    [
        (None, "unknown"),
        ("2026-05-31", "stale"),
        ("2026-06-01", "due"),
        ("2026-07-01", "due"),
        ("2026-07-02", "fresh"),
    ],
)
def test_a_light_changes_on_its_day(review_by: str | None, expected: str) -> None:
    assert light(review_by, DAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-3-1",
        "20260301",
        "2026-02-30",
        "13/02/2026",
        "3/10/26",
        "10.3.2026",
        "x",
        "2026-W10-1",
        "\N{ARABIC-INDIC DIGIT TWO}026-01-01",
    ],
)
def test_a_day_that_cannot_be_read_is_told_how(text: str) -> None:
    with pytest.raises(BadDay, match="2026-03-10"):
        day_of(text)


@pytest.mark.parametrize(
    "text", ["2026-03-10", "3/10/2026", "03/10/2026", " 3/10/2026 "]
)
def test_a_day_is_written_as_staff_or_programs_do(text: str) -> None:
    assert day_of(text) == date(2026, 3, 10)


def test_no_day_is_today() -> None:
    assert day_of("") == day_of(None) == DAY


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_that_is_written_is_read_back(day: date) -> None:
    assert day_of(day.isoformat()) == day
    assert holds_on(day.isoformat(), day.isoformat(), day)
    assert holds_on(None, None, day)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        ("2026-06-01", None, True),
        ("2026-06-02", None, False),
        (None, "2026-06-01", True),
        (None, "2026-05-31", False),
    ],
)
def test_both_ends_of_a_span_count(first: Any, last: Any, holds: bool) -> None:
    assert holds_on(first, last, DAY) == holds


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-01-01", None, "from 2026-01-01"),
        (None, "2026-01-01", "through 2026-01-01"),
        ("2026-01-01", "2026-02-01", "2026-01-01 to 2026-02-01"),
        (None, None, "on any day"),
    ],
)
def test_spans_in_words(first: Any, last: Any, words: str) -> None:
    assert span_words(first, last) == words


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([], ""),
        (["64483"], "64483"),
        (["64484", "64483"], "64483, 64484"),
        (["64490", "64491", "64492", "64495"], "64490-64492, 64495"),
        (["G0480", "G0481", "G0482"], "G0480-G0482"),
        (["0213T", "0214T", "0215T"], "0213T-0215T"),
        (["A998", "A999", "A1000", "A1001", "A1002"], "A1000-A1002, A998, A999"),
        (["A0098", "A0099", "A100"], "A0098, A0099, A100"),
        (["0213T", "02140", "G0215"], "0213T, 02140, G0215"),
        (["01991", "01992", "01993", "64483", "64483"], "01991-01993, 64483"),
    ],
)
def test_codes_in_a_row_are_a_range(codes: list[str], words: str) -> None:
    assert codes_words(codes) == words


@given(st.sets(st.integers(10_000, 10_200), max_size=40))
def test_ranges_hold_the_codes_and_no_others(numbers: set[int]) -> None:
    read: set[int] = set()
    for part in codes_words(map(str, numbers)).split(", "):
        first, _, last = part.partition("-")
        read |= set(range(int(first), int(last or first) + 1)) if first else set()

    assert read == numbers


@pytest.mark.parametrize(
    ("fix", "words"),
    [
        ("Take line {line} off.", "Take the line off."),
        ("Take {line} off.", "Take the line off."),
        (
            "From {next-date}, not {date}.",
            "From the first eligible date, not the date of service.",
        ),
    ],
)
def test_a_fix_is_said_without_a_claim(fix: str, words: str) -> None:
    assert fix_words(fix) == words


def test_a_worked_claim_is_told_whole() -> None:
    claim = {
        "payer": "north",
        "date": "2026-05-01",
        "place": "11",
        "state": "FL",
        "authorization": "approved",
        "facts": {"pain-duration": "6 weeks", "cyst": True, "other": None},
        "lines": [
            {
                "code": "64483",
                "modifiers": ["RT"],
                "units": 2,
                "level": "L4-L5",
                "diagnoses": ["M54.16"],
                "facts": {"note": "no"},
            }
        ],
        "history": {
            "state": "partial",
            "lines": [
                {
                    "code": "64483",
                    "date": "2026-01-01",
                    "facts": {"relief": "60 percent"},
                }
            ],
        },
    }

    assert list(claim_words(claim)) == [
        "Professional claim, 2026-05-01: north, place 11, FL",
        "Approval: approved",
        "Line 1: 64483-RT, 2 units, L4-L5, diagnosis M54.16, note no",
        "Chart: pain-duration 6 weeks, cyst yes, other unknown",
        "History (partial): 64483, 2026-01-01, relief 60 percent",
    ]


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ({"state": "complete", "lines": []}, "History: no earlier service"),
        ({"state": "partial", "lines": []}, "History: partial"),
        (None, "History: unknown"),
    ],
)
def test_an_empty_history_is_not_a_missing_one(history: Any, words: str) -> None:
    claim = {"payer": "north", "lines": [], "history": history}

    assert list(claim_words(claim))[-1] == words


def test_an_expectation_is_told_whole() -> None:
    expected = {
        "line": 1,
        "outcome": "needs-evidence",
        "status": None,
        "carc": "CO-50",
        "about": ["a", "b"],
        "counted": 0,
        "next_date": "2026-12-01",
    }
    words = "line 1: needs evidence, CO-50, asks for a, b, counted 0, next eligible 2026-12-01"

    assert expectation_words(expected) == words


def test_all_eight_outcomes_are_explained_worst_first() -> None:
    assert tuple(OUTCOMES) == HEADLINE_ORDER


def test_the_weakest_grade_is_the_one_to_trust_least() -> None:
    assert weakest(["primary", "recalled", "secondary"]) == "recalled"
    assert weakest(["primary", "primary"]) == "primary"
    assert set(GRADES) == {"primary", "secondary", "recalled", "example"}


def limit(window: Window) -> d.Limit:
    return d.Limit((Amount(4, "number"),), "session", (), window, None)


def rule(
    duty: d.Duty | None, *, when: t.Test | None = None, last: Last | None = None
) -> Rule:
    return Rule(
        ir="1.0", policy="a/b", version="a/b@", rule="r", kind="rule" if duty else "gap",
        in_force=InForce(Days(), "service", ended=False), scope=None, claims=None, last=last,
        when=when, unless=None, exceptions=(), duty=duty,
        otherwise=Outcome("deny", "", "", ()), if_unknown=None, if_when_unknown=None,
        advisory=False,
    )  # fmt: skip


YES = t.Yes("severe", "claim")
WEEKS = t.Compare("tried", "claim", ">=", (Amount(4, "week"),))
SAME_DAY = t.SameDay("s", Count(1, None), ())
EARLIER = t.Earlier("s", Count(1, None), (), None, None, None, None, None, None)
OLDER = t.Elapsed(
    "before", "<=", (Amount(24, "month"),), fact="imaging-date", of="claim"
)
RECEIVED = t.Elapsed("after", "<=", (Amount(90, "day"),), clock="received")
RIGHT = t.Modifier("50")
APPROVED = t.Field("authorization", ("approved",), None)
QUESTIONS: list[tuple[str, Rule]] = [
    ("limit", rule(limit(Rolling(12, "month")))),
    ("limit", rule(limit(Lifetime()))),
    ("session", rule(limit(OneSession()))),
    ("session", rule(limit(OneDate()))),
    ("interval", rule(d.Interval((Amount(14, "day"),), "session", (), None))),
    ("same-day", rule(d.NotWith("s", (), ()))),
    ("covered", rule(d.NeverCovered())),
    ("covered", rule(d.Covers())),
    ("coding", rule(d.BillAs("s"))),
    ("same-day", rule(d.NeverCovered(), when=t.Not((SAME_DAY,)))),
    ("open", rule(None)),
    ("diagnosis", rule(d.Require(t.Or((t.Diagnosis("d", "any"), YES))))),
    ("approval", rule(d.Require(APPROVED))),
    ("sides", rule(d.Require(RIGHT))),
    ("sides", rule(d.Require(YES), when=RIGHT)),
    ("imaging", rule(d.Require(t.Choice("image-guidance", "line", ("ct",))))),
    ("imaging", rule(d.Require(OLDER))),
    ("limit", rule(d.LimitBy("risk", "patient", ()))),
    ("wait", rule(d.Require(t.And((YES, WEEKS))))),
    ("wait", rule(d.Require(t.Yes("care-failed", "claim")))),
    ("repeat", rule(d.Require(WEEKS), last=Last("s", ()))),
    ("repeat", rule(d.Require(YES), when=EARLIER)),
    ("wait", rule(d.Require(EARLIER))),
    ("chart", rule(d.Require(YES))),
    ("chart", rule(d.Require(YES), when=SAME_DAY)),
    ("place", rule(d.Require(t.Field("place", ("11",), None)))),
    ("other", rule(d.Require(t.Field("level", ("L4-L5",), None)))),
    ("filing", rule(d.Require(RECEIVED))),
    ("provider", rule(d.Require(YES), when=t.Field("performer", ("physician",), None))),
    ("modifiers", rule(d.Require(t.Modifier("KX")))),
    ("modifiers", rule(d.NeverCovered(), when=t.Modifier("GZ"))),
    ("sides", rule(d.Require(t.Not((t.Billed("on-both-sides"),))))),
    ("sides", rule(limit(OneDate()), when=RIGHT)),
    ("same-day", rule(d.Require(SAME_DAY))),
    ("diagnosis", rule(d.Require(t.Choice("indication", "claim", ("a",))))),
]


@pytest.mark.parametrize(("aspect", "asked"), QUESTIONS, ids=lambda v: str(v)[:40])
def test_a_rule_answers_its_question(aspect: str, asked: Rule) -> None:
    assert aspect_of(asked) == aspect


def test_every_rule_answers_a_question_that_is_shown(database: Path) -> None:
    connection = open_knowledge_base(database)
    versions = [row[0] for row in connection.execute("SELECT id FROM policy_version")]
    found = {
        aspect_of(each.tree)
        for each in rules_of_policies(KnowledgeBase(connection), versions)
    }
    connection.close()

    assert found <= {aspect.key for aspect in (*ASPECTS, OPEN_POINTS)}
    assert {"limit", "interval", "diagnosis", "approval", "open"} <= found


def test_the_facts_that_are_named_are_declared_in_the_policies() -> None:
    """A fact that is renamed there would fall into another row without a word."""
    files = (ROOT / "policies").rglob("*.policy")
    lines = [line for each in files for line in each.read_text("utf-8").splitlines()]

    declared = {line.split()[1].rstrip(":") for line in lines if line[:5] == "fact "}
    named = CARE_FACTS | IMAGING_FACTS | INDICATION_FACTS | PROVIDER_FACTS
    said = {*MEASURED, *DATED, *CHOSEN, *TRUE}
    assert declared >= named | APPROVAL_FACTS | SIDES_FACTS | said
