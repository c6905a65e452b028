"""What the tables say of codes on a day, in sentences."""

from __future__ import annotations

from datetime import date

import pytest

from kb.tables.layers import Layered
from kb.tables.model import Kind, Setting, Tables
from kb.tables.shipped_rows import shipped_rows
from kb.tables.standing import notices, standings
from kb.tables.telling import (
    Told,
    merged,
    told_by,
    told_of_add_on,
    told_of_code,
    told_of_diagnosis,
    told_of_pair,
    told_of_pairs,
    told_of_schedule,
    told_of_units,
)
from tests.kb.tables.in_memory import InMemory, edition

DAY = date(2026, 11, 2)
WHOLE = InMemory(
    pairs={("62323", "64483"): 1, ("80307", "80305"): 0, ("11111", "22222"): 9},
    caps={"64483": (1, 2), "64484": (4, 3), "20552": (1, 1), "99999": (0, 2)},
    add_ons={"64484": (1, "64483"), "22515": (3, "22513 22514"), "77003": (2, "")},
    diagnoses={"M54.5": ("M54.50", "M54.51", "M54.59"), "M54.16": ()},
    schedule={"64483": {"global_days": "000", "bilateral": "1"}, "62323": {}},
)


def says(told: object) -> list[str]:
    return [one.says for one in told]  # type: ignore[attr-defined]


def test_the_pairs_of_a_code_stand_together() -> None:
    others = ("64483", "80305", "80307", "22222", "62323", "20610")

    def of(code: str) -> set[str]:
        return {one.says for one in told_of_pairs(WHOLE, code, others, DAY)}

    apart = "unless a modifier says truly that they were apart"
    assert of("62323") == {f"Not paid beside 62323, {apart}: 64483."}
    assert of("64483") == {f"64483 is not paid beside these, {apart}: 62323."}
    assert of("80307") == {"Not paid beside 80307, whatever the modifier: 80305."}
    assert of("11111") == of("20610") == set()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            "64483",
            "62323",
            "64483 is not paid beside 62323, unless a modifier says truly",
        ),
        (
            "62323",
            "64483",
            "64483 is not paid beside 62323, unless a modifier says truly",
        ),
        ("80305", "80307", "80305 is not paid beside 80307, and no modifier helps."),
        ("11111", "22222", "11111 and 22222 are no pair: by this table both are paid."),
        ("64483", "20610", "64483 and 20610 are no pair: by this table both are paid."),
    ],
)
def test_two_codes_of_a_day(one: str, other: str, expected: str) -> None:
    found = list(told_of_pair(WHOLE, one, other, DAY))

    assert [each.says.startswith(expected) for each in found] == [True, True]
    assert [each.by.split(", ")[1] for each in found] == [
        "practitioner",
        "outpatient hospital",
    ]
    assert all(each.answers and "sha256 ab12ab12ab12" in each.by for each in found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "64483",
            "At most 1 unit of 64483 a day, all lines together; more is never paid.",
        ),
        (
            "64484",
            "At most 4 units of 64484 a day, all lines together; more is paid on records only.",
        ),
        ("20552", "At most 1 unit of 20552 on a line; more need a line of their own."),
        ("99999", "99999 is not payable here: its cap is 0 units."),
        ("12345", "No cap of 12345 is published; CMS keeps some confidential."),
    ],
)
def test_units_of_a_code(code: str, expected: str) -> None:
    assert says(told_of_units(WHOLE, code, DAY)) == [expected, expected]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("64484", ["64484 is an add-on, paid only beside 64483."]),
        (
            "22515",
            [
                (
                    "22515 is an add-on, paid only beside 22513 or 22514, "
                    "or another that the contractor takes."
                )
            ],
        ),
        ("77003", ["77003 is an add-on: the contractor decides beside which codes."]),
        ("64483", []),
    ],
)
def test_what_stands_beside_an_add_on(code: str, expected: list[str]) -> None:
    assert says(told_of_add_on(WHOLE, code, DAY)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "M54.5",
            "M54.5 is a heading and cannot be billed: bill M54.50, M54.51 or M54.59.",
        ),
        ("M54.16", "M54.16 is valid: it can be billed."),
        ("M99.99X", "M99.99X is no code of ICD-10-CM on this day."),
    ],
)
def test_a_diagnosis(code: str, expected: str) -> None:
    assert says(told_of_diagnosis(WHOLE, code, DAY)) == [expected]


def test_a_schedule_without_indicators_says_nothing() -> None:
    assert says(told_of_schedule(WHOLE, "62323", DAY)) == []
    (found,) = told_of_schedule(WHOLE, "64483", DAY)

    assert "global 000" in found.says
    assert "modifier 50 (bilateral 1)" in found.says


@pytest.mark.parametrize(
    "tables",
    [
        InMemory(editions=()),
        shipped_rows(),
        InMemory(
            editions=tuple(
                edition(kind, whose, whole=False)
                for kind in (Kind.PAIRS, Kind.UNIT_CAPS, Kind.DIAGNOSES)
                for whose in Setting
            )
        ),
    ],
    ids=["none", "shipped", "a piece"],
)
def test_what_a_part_of_a_table_lacks_is_not_known(tables: Tables) -> None:
    silent = [
        *told_of_pair(tables, "12345", "54321", DAY),
        *told_of_units(tables, "12345", DAY),
        *told_of_diagnosis(tables, "Z99.9", DAY),
    ]

    assert len(silent) == 5
    assert not any(one.answers for one in silent)
    unknown = ("Nothing is known of", "No bundling edit of 12345 with 54321 is among")
    assert all(one.says.startswith(unknown) for one in silent)


def test_a_row_of_an_edition_that_is_over_says_so() -> None:
    found, _hospital = told_of_pair(shipped_rows(), "64483", "62323", DAY)

    assert found.answers
    assert "it ended 2024-09-30: look it up in the current one" in found.by


def test_a_day_before_an_edition_is_of_its_history() -> None:
    one = edition(Kind.PAIRS, Setting.PRACTITIONER)

    assert "read from its history" in told_by(one, date(2026, 5, 1))
    assert "read from its history" not in told_by(one, DAY)


def test_a_sentence_stands_once_with_all_its_tables() -> None:
    assert merged(
        [
            Told("units", "At most 1.", "one", answers=True),
            Told("units", "At most 1.", "two", answers=True),
            Told("units", "At most 2.", "three", answers=True),
        ]
    ) == (
        Told("units", "At most 1.", "one; two", answers=True),
        Told("units", "At most 2.", "three", answers=True),
    )
    assert len(told_of_code(WHOLE, "64483", DAY)) == 2


@pytest.mark.parametrize(
    ("today", "ends"),
    [
        (date(2026, 12, 10), False),
        (date(2026, 12, 11), True),
        (date(2026, 12, 31), True),
    ],
)
def test_an_end_is_told_three_weeks_before(today: date, *, ends: bool) -> None:
    found = [one for one in notices(WHOLE, today) if "NCCI pairs, practitioner" in one]

    assert bool(found) is ends
    if ends:
        assert "2026 Q4 end on 2026-12-31" in found[0]
        assert "payerkb import ptp" in found[0]


def test_rows_that_ship_are_looked_up_after_their_end() -> None:
    found = [*notices(shipped_rows(), date(2026, 12, 11))]

    assert found
    assert all("of later days they only say what to look up" in one for one in found)
    assert [*notices(shipped_rows(), date(2026, 12, 10))] == []


def test_no_end_is_told_where_the_next_edition_is_loaded() -> None:
    editions = (
        edition(Kind.ADD_ONS),
        edition(
            Kind.ADD_ONS, days=(date(2027, 1, 1), date(2027, 3, 31)), name="2027 Q1"
        ),
    )
    tables = InMemory(editions=editions)

    assert not [
        one for one in notices(tables, date(2026, 12, 30)) if "2026 Q4 end" in one
    ]


def test_what_is_lacking_is_told_beside_what_was_imported() -> None:
    only = InMemory(editions=(edition(Kind.ADD_ONS),))

    assert len([*notices(Layered(only, shipped_rows()), DAY)]) == 4
    # Nobody who imports nothing is told each day what he lacks.
    assert [*notices(shipped_rows(), date(2025, 11, 2))] == []
    assert not any(one.imported for one in standings(shipped_rows(), DAY))
