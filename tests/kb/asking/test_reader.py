"""What a question names: payers, states, places, codes, days, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.asking.answers import ask
from kb.asking.choices import instead, with_choices, without
from kb.asking.days import days_in
from kb.asking.reader import understand
from kb.asking.saying import LABELS, as_json, as_text
from kb.asking.spelling import distance
from kb.asking.suggestions import suggest
from kb.asking.understood import Understood
from kb.asking.vocabulary import vocabulary
from kb.read.store import KnowledgeBase, open_knowledge_base

TODAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


def named(understood: Understood) -> dict[str, str]:
    """The first chip of each kind."""
    return {chip.kind: chip.value for chip in reversed(understood.chips)}


@pytest.mark.parametrize(
    ("text", "chips"),
    [
        ("UHC", {"payer": "uhc"}),
        ("united healthcare community plan", {"payer": "uhc-community-plan"}),
        ("anthem medicare", {"payer": "anthem-medicare-advantage"}),
        ("aetna medicare advantage", {"payer": "aetna-medicare-advantage"}),
        ("BCBS of Florida", {"payer": "florida-blue", "state": "FL"}),
        (
            "bcbs rfa ohio",
            {"payer": "anthem", "state": "OH", "family": "facet-ablation"},
        ),
        ("novitas", {"payer": "medicare-part-b", "contractor": "novitas"}),
        (
            "medicare tampa",
            {"payer": "medicare-part-b", "state": "FL", "contractor": "first-coast"},
        ),
        ("64483 in an ASC", {"codes": "64483", "place": "24"}),
        ("64483-RT-59", {"codes": "64483", "modifier": "RT"}),
        ("64493 50", {"codes": "64493", "modifier": "50"}),
        ("64483,64484", {"codes": "64483"}),
        ("64493 to 64495", {"codes": "64493"}),
        ("lumbar transforaminal", {"codes": "64483"}),
        ("cervical TFESI", {"codes": "64479"}),
        ("m47816", {"diagnosis": "M47.816"}),
        ("A56651", {"document": "A56651"}),
        ("CPB-0722", {"document": "CPB-0722"}),
        ("regence OR", {"payer": "regence", "state": "OR"}),
        ("florida medicaid", {"payer": "florida-medicaid", "state": "FL"}),
    ],
)
def test_words_name_what_they_stand_for(
    kb: KnowledgeBase, text: str, chips: dict[str, str]
) -> None:
    understood = understand(kb, text, TODAY)

    assert named(understood) == chips
    assert understood.not_understood == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("can a PA bill", "PA"),
        ("aetna MA epidural", "Massachusetts"),
        ("facet or epidural", "Oregon"),
        ("CT guidance aetna", "Connecticut"),
    ],
)
def test_two_letters_that_mean_something_else_are_no_state(
    kb: KnowledgeBase, text: str, word: str
) -> None:
    understood = understand(kb, text, TODAY)

    assert not [chip for chip in understood.chips if chip.kind == "state"], word


@pytest.mark.parametrize(
    "text", ["aetna medicaid 64483", "bcbs michigan facet", "work comp FL ESI"]
)
def test_a_plan_that_is_not_loaded_is_answered_by_no_other(
    kb: KnowledgeBase, text: str
) -> None:
    asked = ask(kb, text, TODAY)

    assert not asked.is_answered
    assert "is not loaded. That is no answer about it." in " ".join(asked.notes)


def test_words_that_nobody_knows_are_named_as_they_were_typed(
    kb: KnowledgeBase,
) -> None:
    understood = understand(kb, "aetna Zorblax 64483 quuux?", TODAY)

    assert understood.not_understood == ("Zorblax", "quuux")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("epidual", "epidural"),
        ("sacroilliac", "sacroiliac"),
        ("transforamnial", "transforaminal"),
        ("kyphoplsty", "kyphoplasty"),
    ],
)
def test_a_typo_is_taken_for_the_word_it_is_near_to(
    kb: KnowledgeBase, typed: str, meant: str
) -> None:
    (taken,) = understand(kb, f"aetna {typed}", TODAY).corrected

    assert (taken.typed, taken.taken_for) == (typed, meant)


def test_a_word_of_the_texts_is_no_typo(kb: KnowledgeBase) -> None:
    understood = understand(kb, "aetna warfarin", TODAY)

    assert understood.corrected == ()
    assert understood.not_understood == ("warfarin",)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in March 2026", "2026-03-01", "2026-03-31"),
        ("11/29/2026", "2026-11-29", "2026-11-29"),
        ("on 11/29/26", "2026-11-29", "2026-11-29"),
        ("2026-03-10", "2026-03-10", "2026-03-10"),
        ("Nov 29, 2026", "2026-11-29", "2026-11-29"),
        ("29 november 2026", "2026-11-29", "2026-11-29"),
        ("in 2025", "2025-01-01", "2025-12-31"),
        ("today", "2026-11-30", "2026-11-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("02/2026", "2026-02-01", "2026-02-28"),
    ],
)
def test_days_are_read_as_staff_write_them(text: str, first: str, last: str) -> None:
    found = days_in(f"64483 aetna {text} please", TODAY)

    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text", ["13/45/2026", "64483 2026", "may we bill", "in 12 months"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert days_in(text, TODAY) is None


def test_a_month_with_today_in_it_is_today(kb: KnowledgeBase) -> None:
    assert understand(kb, "aetna in november 2026", TODAY).day == TODAY


def test_what_changed_asks_of_a_span(kb: KnowledgeBase) -> None:
    asked = ask(kb, "what changed cigna between 2026-01-01 and 2026-06-30", TODAY)

    assert asked.path == "/changes?from=2026-01-01&to=2026-06-30&payer=cigna"


def test_choices_of_the_bar_hold_where_the_question_says_nothing(
    kb: KnowledgeBase,
) -> None:
    known = vocabulary(kb)
    quiet = understand(kb, "medicare epidural", TODAY)
    says = understand(kb, "medicare texas epidural", TODAY)

    assert named(with_choices(quiet, known, state="FL", place="24")) == {
        "payer": "medicare-part-b",
        "family": "epidural",
        "state": "FL",
        "place": "24",
        "contractor": "first-coast",
    }
    assert named(with_choices(says, known, state="FL"))["state"] == "TX"


def test_a_chip_can_be_taken_away_and_changed(kb: KnowledgeBase) -> None:
    understood = understand(kb, "64483 aetna how often", TODAY)
    payer = understood.all("payer")[0]

    assert without(understood, payer) == "64483 how often"
    assert instead(understood, payer, "Cigna") == "64483 Cigna how often"


@pytest.mark.parametrize(
    ("typed", "text", "path"),
    [
        ("aetna epi", "Aetna: Epidural", "/answer/aetna/epidural"),
        (
            "64483 cign",
            "Cigna Healthcare, commercial plans: 64483",
            "/answer/cigna/64483",
        ),
        ("florida bl", "Florida Blue", "/payer/florida-blue"),
        ("how of", "how often", ""),
        ("6449", "64490", "/code/64490"),
    ],
)
def test_the_first_suggestion_is_what_was_begun(
    kb: KnowledgeBase, typed: str, text: str, path: str
) -> None:
    first = suggest(kb, typed, TODAY)[0]

    assert first.text.startswith(text)
    assert first.path == path


def test_of_nothing_nothing_is_suggested(kb: KnowledgeBase) -> None:
    assert suggest(kb, "", TODAY) == suggest(kb, "q", TODAY) == ()
    assert suggest(kb, "zzqqkk", TODAY) == ()


@given(st.text(max_size=80))
def test_any_text_has_an_answer_that_can_be_said(kb: KnowledgeBase, text: str) -> None:
    understood = understand(kb, text, TODAY)
    suggest(kb, text, TODAY)

    assert {chip.kind for chip in understood.chips} <= set(LABELS)


@pytest.mark.parametrize(
    "text", ["", "?!", "\x00\u202e", "(" * 400, "64483" * 90, "a b " * 200]
)
def test_odd_text_is_answered_too(kb: KnowledgeBase, text: str) -> None:
    asked = ask(kb, text, TODAY)

    assert as_text(asked)
    assert as_json(asked)["understood"]


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abcd", 1),
        ("abc", "xyz", 3),
        ("a", "abcde", 3),
    ],
)
def test_distances_count_letters_to_change(one: str, other: str, far: int) -> None:
    assert distance(one, other, 2) == min(far, 3)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_distance_is_the_same_from_both_ends(one: str, other: str) -> None:
    assert distance(one, other, 6) == distance(other, one, 6)
    assert (distance(one, other, 6) == 0) == (one == other)
