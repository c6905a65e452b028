"""Lines under the tables: a payer without a policy, so that only the tables speak."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Claim, ClaimLine, History, HistoryLine, PayerNamed
from kb.engine import Engine
from kb.engine.judge.answer import ClaimAnswer, LineAnswer
from kb.engine.program import CodeFacts, PayerWords, Program
from kb.tables.model import Kind, Setting, Tables
from kb.tables.shipped_rows import shipped_rows
from tests.kb.tables.in_memory import EDITIONS, HASH, InMemory, edition

DAY = date(2026, 11, 3)
PROGRAM = Program(
    payers=(
        PayerWords("part-b", "Medicare", "medicare"),
        PayerWords("own", "A payer of its own", "commercial"),
        PayerWords("wc", "Workers' compensation", "workers-compensation"),
    ),
    codes={"64479": CodeFacts(sides="paired"), "64483": CodeFacts(sides="paired")},
)
TABLES = InMemory(
    pairs={
        ("62323", "64483"): 1,
        ("20553", "20552"): 0,
        ("64493", "99213"): 1,
        ("27096", "64493"): 9,
    },
    caps={
        "20553": (1, 2),
        "64483": (1, 2),
        "J1100": (10, 3),
        "81003": (2, 1),
        "36415": (0, 2),
    },
    hospital_caps={"20553": (2, 2)},
    add_ons={"64484": (1, "64483"), "77001": (2, "CCCCC"), "99153": (3, "99152")},
    diagnoses={"M54.5": ("M54.50", "M54.51"), "M54.50": (), "M54.16": ()},
    schedule={
        "62323": {"bilateral": "9", "professional_technical": "0", "assistant": "1"},
        "64483": {"bilateral": "1", "professional_technical": "0", "assistant": "0"},
        "63655": {"assistant": "2"},
        "93005": {"assistant": "9", "professional_technical": "3"},
        "77003": {"bilateral": "0", "professional_technical": "1"},
        "7700326": {},
    },
)


def line(number: int, code: str, *modifiers: str, **more: Any) -> ClaimLine:
    values = {"units": Decimal(1), "place": "11", **more}
    return ClaimLine(number, code, values.pop("date", DAY), modifiers, **values)


def claim(*lines: ClaimLine, payer: str = "part-b", **more: Any) -> Claim:
    values = {"id": "C", "patient": "P", **more}
    return Claim(payer=PayerNamed(key=payer), lines=lines, **values)


def answer(given: Claim, *others: Claim, tables: Tables = TABLES) -> ClaimAnswer:
    engine = Engine.of(PROGRAM).with_tables(tables)
    (found,) = engine.answer([given], others=others)
    return found


def line_answers(
    *lines: ClaimLine, tables: Tables = TABLES, **more: Any
) -> tuple[LineAnswer, ...]:
    return answer(claim(*lines, **more), tables=tables).lines


def told(found: LineAnswer) -> list[tuple[str, str]]:
    """Which row says what, in order."""
    return [
        (one.rule.removeprefix("tables/"), one.outcome)
        for one in found.results
        if one.status == "not-met"
    ]


PTP = "ptp-practitioner@2026-Q4"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("62323",), ("64483",), "fix"),
        (("62323",), ("64483", "59"), "pass"),
        (("62323", "XS"), ("64483",), "pass"),
        (("62323",), ("64483", "RT"), "review"),
        (("62323", "RT"), ("64483",), "fix"),
        (("62323", "RT"), ("64483", "RT"), "review"),
        (("62323", "RT"), ("64483", "LT"), "pass"),
        (("62323", "50"), ("64483", "51"), "fix"),
        (("62323",), ("64483", "25"), "fix"),
        (("20553",), ("20552",), "deny"),
        (("20553",), ("20552", "59"), "deny"),
        (("64493",), ("99213",), "fix"),
        (("64493",), ("99213", "25"), "pass"),
        (("64493", "RT"), ("99213",), "fix"),
        (("64493", "RT"), ("99213", "25"), "pass"),
        (("27096",), ("64493",), "pass"),
        (("62323",), ("20552",), "pass"),
    ],
)
def test_of_a_pair_the_second_code_goes_unless_a_modifier_says_that_they_were_apart(
    first: tuple[str, ...], second: tuple[str, ...], expected: str
) -> None:
    for one, other in ((1, 2), (2, 1)):
        answers = line_answers(line(one, *first), line(other, *second))
        kept, gone = (found for found in answers)
        outcomes = [
            r.outcome for r in gone.results if r.rule.startswith(f"tables/{PTP}")
        ]

        assert (outcomes or ["pass"]) == [expected]
        assert not [r for r in kept.results if r.rule.startswith(f"tables/{PTP}")]


def test_a_pair_names_its_line_edition_and_hash_and_what_could_help() -> None:
    _paid, denied = line_answers(line(1, "62323"), line(2, "64483"))
    (pair,) = (r for r in denied.results if r.status == "not-met")

    assert pair.with_lines == (1,)
    assert pair.table is not None
    assert (pair.table.edition, pair.table.sha256) == ("2026 Q4", HASH)
    assert "RT and LT" in pair.do
    assert "XS" in pair.do
    assert "otherwise take line 2 off" in pair.do


def test_a_visit_is_told_of_its_own_modifier() -> None:
    _paid, denied = line_answers(line(1, "64493"), line(2, "99213"))

    assert [r.do for r in denied.results if r.status == "not-met"] == [
        (
            "Add modifier 25 to line 2 if the note shows a visit of its own; otherwise take"
            " line 2 off."
        )
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "fix"),
        ({"rendering": "1"}, "review"),
        ({"date": date(2026, 11, 4)}, "pass"),
    ],
)
def test_a_pair_is_of_one_patient_provider_and_day(
    other: dict[str, Any], expected: str
) -> None:
    given = claim(line(1, "64483", rendering="2"))
    paid = claim(line(1, "62323", **other), id="B")
    (found,) = answer(given, paid).lines

    assert (told(found) or [("", "pass")])[0][1] == expected
    (alone,) = answer(given, replace(paid, patient="Q")).lines
    assert told(alone) == []


@pytest.mark.parametrize(
    ("reach", "rendering", "status", "expected"),
    [
        ("own", "", "paid", "fix"),
        ("all-billers", "", "paid", "review"),
        ("all-billers", "2", "paid", "fix"),
        ("all-billers", "1", "paid", "review"),
        ("own", "", "denied", "pass"),
    ],
)
def test_a_pair_reaches_into_the_history_of_the_day(
    reach: Any, rendering: str, status: Any, expected: str
) -> None:
    paid = HistoryLine("62323", DAY, rendering=rendering, status=status)
    history = History("complete", reach, (paid,))
    (found,) = line_answers(line(1, "64483", rendering="2"), history=history)

    assert (told(found) or [("", "pass")])[0][1] == expected


def test_beside_a_paid_second_code_the_first_is_looked_at() -> None:
    paid = HistoryLine("64483", DAY, status="paid")
    (found,) = line_answers(
        line(1, "62323"), history=History("complete", "own", (paid,))
    )

    assert told(found) == [(f"{PTP}#62323-64483", "review")]


MUE = "mue-practitioner@2026-Q4"


@pytest.mark.parametrize(
    ("lines", "kind", "expected"),
    [
        ([("20553", 1)], "professional", ["pass"]),
        ([("20553", 2)], "professional", ["fix"]),
        ([("20553", 1), ("20553", 1)], "professional", ["fix", "fix"]),
        ([("20553", 2)], "facility", ["pass"]),
        ([("J1100", 11)], "professional", ["review"]),
        ([("J1100", 6), ("J1100", 5)], "professional", ["review", "review"]),
        ([("81003", 2), ("81003", 2)], "professional", ["pass", "pass"]),
        ([("81003", 3)], "professional", ["fix"]),
        ([("36415", 1)], "professional", ["deny"]),
        ([("99999", 50)], "professional", ["pass"]),
    ],
)
def test_units_are_capped_by_line_or_by_day(
    lines: list[tuple[str, int]], kind: Any, expected: list[str]
) -> None:
    given = [
        line(n, code, units=Decimal(units)) for n, (code, units) in enumerate(lines, 1)
    ]
    answers = line_answers(*given, kind=kind)

    outcomes = [[outcome for _row, outcome in told(one)] or ["pass"] for one in answers]
    assert [one for (one,) in outcomes] == expected


def test_modifier_50_on_one_line_is_one_unit() -> None:
    (found,) = line_answers(line(1, "64483", "50"))

    assert told(found) == []


@pytest.mark.parametrize(
    ("kind", "place", "expected"),
    [
        ("facility", "24", "pass"),
        ("professional", "24", "fix"),
        ("professional", "11", "fix"),
    ],
)
def test_only_a_surgery_centers_own_claim_has_two_lines_for_two_sides(
    kind: Any, place: str, expected: str
) -> None:
    right, _left = line_answers(
        line(1, "64483", "RT", place=place),
        line(2, "64483", "LT", place=place),
        kind=kind,
    )

    assert ([outcome for _row, outcome in told(right)] or ["pass"]) == [expected]


@pytest.mark.parametrize(
    ("place", "modifier", "told_to_do"),
    [
        ("11", "LT", "Bill both sides on one line with modifier 50 and one unit."),
        ("24", "LT", "only for the surgery center's own claim (type facility)."),
        ("11", "RT", "Correct the units: 1 unit at most"),
    ],
)
def test_two_sides_of_a_physician_are_one_line(
    place: str, modifier: str, told_to_do: str
) -> None:
    right, _other = line_answers(
        line(1, "64483", "RT", place=place), line(2, "64483", modifier, place=place)
    )
    said = [x.do for x in right.results if x.rule.startswith("tables/mue")]

    assert any(told_to_do in one for one in said)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["64484", "64483"], "pass"),
        (["64484"], "fix"),
        (["64484", "64479"], "fix"),
        (["77001", "36556"], "review"),
        (["99153"], "review"),
        (["99153", "99152"], "pass"),
    ],
)
def test_an_add_on_stands_beside_its_first_code(
    codes: list[str], expected: str
) -> None:
    first, *_rest = line_answers(*(line(n, c) for n, c in enumerate(codes, 1)))
    rows = [one.outcome for one in first.results if one.rule.startswith("tables/aoc")]

    assert rows == [expected]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("M54.50", "pass"), ("M54.5", "fix"), ("M54.99", "fix")],
)
@pytest.mark.parametrize("payer", ["part-b", "own"])
def test_a_header_or_a_code_of_no_edition_is_for_no_payer(
    code: str, expected: str, payer: str
) -> None:
    (found,) = line_answers(line(1, "62323", diagnoses=(code,)), payer=payer)
    rows = [outcome for row, outcome in told(found) if row.startswith("icd10cm")]

    assert (rows or ["pass"]) == [expected]


def test_a_header_names_the_longer_codes() -> None:
    (found,) = line_answers(line(1, "62323", diagnoses=("M54.5",)))
    (header,) = (r for r in found.results if r.status == "not-met")

    assert header.do.endswith("supports: M54.50 or M54.51.")


@pytest.mark.parametrize(
    ("billed", "place", "expected"),
    [
        (("62323", "50"), "11", "fix"),
        (("64483", "50"), "11", "pass"),
        (("62323", "26"), "11", "fix"),
        (("93005", "TC"), "11", "fix"),
        (("77003", "26"), "22", "pass"),
        (("77003", "TC"), "22", "review"),
        (("77003",), "22", "fix"),
        (("77003",), "11", "pass"),
        (("64483", "80"), "22", "review"),
        (("62323", "AS"), "22", "deny"),
        (("63655", "80"), "22", "pass"),
        (("93005", "82"), "22", "fix"),
    ],
)
def test_a_modifier_fits_the_indicators_of_its_code(
    billed: tuple[str, ...], place: str, expected: str
) -> None:
    (found,) = line_answers(line(1, *billed, place=place))
    rows = [outcome for row, outcome in told(found) if row.startswith("pfs")]

    assert (rows or ["pass"]) == [expected]


def test_what_binds_medicare_is_only_told_of_another_payer() -> None:
    found = answer(claim(line(1, "62323"), line(2, "64483"), payer="own")).lines[1]

    assert found.results == ()
    assert found.outcome == "unknown"


@pytest.mark.parametrize("payer", ["part-b", "own", "wc"])
def test_without_an_edition_of_the_day_nothing_is_decided(payer: str) -> None:
    late = date(2027, 11, 3)
    answers = line_answers(
        line(1, "62323", "50", date=late, diagnoses=("M54.5",)),
        line(2, "64483", date=late, units=Decimal(9)),
        line(3, "64484", date=late),
        payer=payer,
    )

    assert [told(one) for one in answers] == [[], [], []]


def shipped_only(day: date) -> list[tuple[str, str]]:
    _paid, denied = line_answers(
        line(1, "62323", date=day), line(2, "64483", date=day), tables=shipped_rows()
    )
    return told(denied)


def test_shipped_rows_decide_in_their_quarter_and_ask_to_look_after_it() -> None:
    row = "ptp-practitioner@2024-Q3#62323-64483"

    assert shipped_only(date(2024, 9, 30)) == [(row, "fix")]
    assert shipped_only(date(2024, 10, 1)) == [(row, "review")]
    assert shipped_only(date(2024, 6, 30)) == []


def test_an_edition_read_for_an_earlier_day_says_so() -> None:
    history = edition(
        Kind.PAIRS, Setting.PRACTITIONER, (date(2027, 1, 1), date(2027, 3, 31))
    )

    class OfHistory(InMemory):
        def edition(self, kind: Kind, setting: Setting, day: date) -> Any:
            return (
                history if kind is Kind.PAIRS else super().edition(kind, setting, day)
            )

    tables = OfHistory(pairs={("62323", "64483"): 1}, editions=EDITIONS)
    _paid, denied = line_answers(line(1, "62323"), line(2, "64483"), tables=tables)

    assert [r.because for r in denied.results if r.status == "not-met"] == [
        "no modifier says that they were apart; read from the history in the table"
    ]


def test_the_receipt_names_the_editions() -> None:
    receipt = answer(claim(line(1, "62323", diagnoses=("M54.50",)))).receipt

    assert dict(receipt.editions)["ptp practitioner 2026 Q4"] == HASH
    assert dict(receipt.editions)["icd10cm all FY2027"] == HASH


def test_a_void_claim_is_not_held_against_tables() -> None:
    given = claim(line(1, "20553", units=Decimal(9)), frequency="void", replaces="B")

    assert answer(given).outcome == "note"
