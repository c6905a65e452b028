"""Limits and intervals in a sentence."""

from __future__ import annotations

from datetime import date

import pytest

from kb.engine.judge.answer import Arithmetic
from kb.engine.judge.limits import limit_state
from kb.engine.report.counts import (
    broken,
    counted_dates,
    kept,
    limit_json,
    ordinal,
    said,
)
from tests.kb.engine.report.made import apart, limit, total


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(
            total(4),
            "5th session in the lumbar-sacral region in 12 months; the limit is 4",
            id="session",
        ),
        pytest.param(
            total(0, this=10, limit=1, unit="unit", per=(), convention="one date of service"),
            "10 units on one date; the limit is 1",
            id="units",
        ),
        pytest.param(
            total(1, limit=1, per=(("side", "RT"), ("level", "L4-L5")), convention="a lifetime"),
            "2nd session on the right side at L4-L5 in a lifetime; the limit is 1",
            id="groups",
        ),
        pytest.param(
            total(2, limit=2, per=(("code", "G0483"),), convention="each calendar year"),
            "3rd session of G0483 in the calendar year; the limit is 2",
            id="calendar",
        ),
        pytest.param(
            total(4, per=(("region", "not known"),)),
            "5th session (region not known) in 12 months; the limit is 4",
            id="group-not-known",
        ),
        pytest.param(
            apart(date(2026, 2, 28)),
            "10 days since the session of 2026-02-28; at least 14 days are asked",
            id="interval",
        ),
        pytest.param(
            apart(date(2026, 3, 9)),
            "1 day since the session of 2026-03-09; at least 14 days are asked",
            id="one-day",
        ),
        pytest.param(
            apart(date(2026, 3, 12)),
            "2 days before the session of 2026-03-12; at least 14 days are asked",
            id="a-later-one",
        ),
    ],
)  # fmt: skip
def test_what_is_broken_is_said_with_its_numbers(found: Arithmetic, told: str) -> None:
    assert broken(found) == told


@pytest.mark.parametrize(
    ("found", "left", "told"),
    [
        pytest.param(
            total(1), 2,
            "session 2 of 4 in the lumbar-sacral region since 2025-03-11; 2 left",
            id="some-left",
        ),
        pytest.param(
            total(3), 0,
            "session 4 of 4 in the lumbar-sacral region since 2025-03-11; none left",
            id="none-left",
        ),
        pytest.param(
            total(1, possible=3), 2,
            "session 2 of 4 in the lumbar-sacral region since 2025-03-11; 2 more may count",
            id="some-may-count",
        ),
        pytest.param(
            total(0, unit="level", this=2, per=()), 2,
            "2 of 4 levels since 2025-03-11; 2 left",
            id="levels",
        ),
        pytest.param(
            total(0, limit=1, window_start=None, convention="a lifetime", per=()), 0,
            "session 1 of 1 in a lifetime; none left",
            id="lifetime",
        ),
        pytest.param(
            apart(date(2025, 12, 1)), None,
            "at least 14 days between sessions; 99 days since that of 2025-12-01",
            id="interval",
        ),
        pytest.param(
            apart(), None,
            "at least 14 days between sessions; none before counts",
            id="interval-without-a-session",
        ),
    ],
)  # fmt: skip
def test_what_is_kept_says_what_is_left(
    found: Arithmetic, left: int | None, told: str
) -> None:
    assert kept(limit(found, left)) == told


def test_what_is_not_known_is_no_number_left() -> None:
    told = kept(limit(total(1, possible=None), 2, "unknown"))

    assert told.endswith(", as far as given")
    assert "left" not in told


def test_a_first_session_is_not_told_where_nobody_said_what_came_before() -> None:
    told = kept(limit(total(0, possible=None), 3, "unknown"))

    assert told == (
        "at most 4 sessions in the lumbar-sacral region since 2025-03-11;"
        " no earlier one is given"
    )


def test_a_limit_by_a_choice_that_nobody_gave_is_told_under_each() -> None:
    few, many = total(2)._replace(limit=2), total(2)
    found = few._replace(choices=(("opioid-risk low", few), ("opioid-risk high", many)))

    told = limit_json(limit_state("p@v#r", "unknown", found))

    assert told["say"].startswith(
        "if opioid risk low: 3rd session in the lumbar-sacral"
    )
    assert (
        "the limit is 2, if it holds here; if opioid risk high: session 3 of 4"
        in told["say"]
    )
    assert (told["limit"], told["left"], told["next_date"]) == (None, None, None)


@pytest.mark.parametrize(
    ("side", "told"),
    [("RT", "right"), ("LT", "left"), ("LT and RT", "left and right")],
)
def test_a_side_is_told_as_people_say_it(side: str, told: str) -> None:
    found = total(1)._replace(per=(("side", side),))

    assert f"on the {told} side" in kept(limit(found, 2))


def test_a_broken_limit_says_so_and_names_the_next_day() -> None:
    state = limit(total(4, next_date=date(2026, 6, 10)), 0, "not-met")

    assert said(state).startswith("5th session")
    assert limit_json(state)["next"] == "2026-06-10"


def test_a_limit_for_programs_counts_this_line_too() -> None:
    found = limit_json(limit(total(1), 2))

    assert (found["counted"], found["possible"], found["limit"], found["left"]) == (
        2, 2, 4, 2,
    )  # fmt: skip
    assert found["what"] == "sessions"
    assert found["group"] == {"region": "lumbar-sacral"}
    assert found["window"] == {"from": "2025-03-11", "through": "2026-03-10"}
    assert found["dates"] == ["2025-06-10"]


def test_an_interval_for_programs_has_no_number() -> None:
    found = limit_json(limit(apart(date(2025, 12, 1)), None))

    assert (found["limit"], found["left"]) == (None, None)
    assert found["what"] == "at least 14 days between sessions"


def test_days_name_their_year_once() -> None:
    assert counted_dates(total(4)) == (
        "2025-06-10, 09-15, 12-01, 2026-01-05 and this one (2025-03-11 .. 2026-03-10)"
    )
    assert counted_dates(total(0)) == ""


def test_many_days_are_counted() -> None:
    event = total(1).events[0]
    events = tuple(
        type(event)(date(2025, 4, n), event.code, event.modifiers) for n in range(1, 13)
    )

    assert counted_dates(total(12, events=events)).startswith("4 before, 2025-04-05, ")


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"),
     (13, "13th"), (21, "21st"), (22, "22nd"), (111, "111th")],
)  # fmt: skip
def test_ordinals(number: int, told: str) -> None:
    assert ordinal(number) == told
