"""The day from which one more is allowed, where a line uses a limit up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.judge.answer import LimitState
from tests.kb.engine.columns.one_rule import (
    amount,
    claim,
    ir,
    limit,
    line,
    past,
    rolling,
    statuses,
)
from tests.kb.engine.one_line import lines_of, program

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
WINDOWS = (
    rolling(12, "month"),
    rolling(90, "day"),
    {"kind": "calendar", "unit": "year"},
)


def apart(days: int) -> dict[str, Any]:
    return {
        "duty": "interval", "least": amount(days, "day"), "between": "session", "per": [],
        "counting": None,
    }  # fmt: skip


def state(duty: dict[str, Any], *before: date, known: str = "complete") -> LimitState:
    """What the rule leaves on the line of today."""
    given_claim = claim(earlier=[past(day.isoformat()) for day in before], known=known)
    return lines_of(program(ir(duty)), given_claim)[0].limits[0]


def status_on(duty: dict[str, Any], day: date, *before: date) -> str:
    """What the columns say of one more session on a day."""
    later = claim(
        line(on=day.isoformat()),
        earlier=[past(seen.isoformat()) for seen in (*before, TODAY)],
    )
    return statuses(program(ir(duty)), later)[0]


@pytest.mark.parametrize(
    ("before", "known", "left", "on"),
    [
        pytest.param([], "complete", 1, None, id="some-left"),
        pytest.param(["2025-06-01"], "complete", 0, "2026-06-01", id="used-up"),
        pytest.param(["2025-06-01", "2025-09-01"], "complete", 0, "2026-06-01", id="broken"),
        pytest.param(["2025-06-01"], "partial", 0, None, id="more-may-count"),
        pytest.param(["2025-06-01", "2026-05-01"], "complete", 0, "2027-03-10", id="later"),
    ],
)  # fmt: skip
def test_a_limit_tells_when_one_more_is_allowed(
    before: list[str], known: str, left: int | None, on: str | None
) -> None:
    days = [date.fromisoformat(day) for day in before]
    found = state(limit(2, "session", rolling(12, "month")), *days, known=known)

    assert found.left == left
    assert found.next_date == (date.fromisoformat(on) if on else None)


def test_a_lifetime_frees_nothing() -> None:
    found = state(limit(1, "session", {"kind": "lifetime"}))

    assert (found.left, found.next_date) == (0, None)


@pytest.mark.parametrize(
    ("before", "on"),
    [([], "2026-03-24"), (["2026-03-01"], "2026-03-15"), (["2026-03-20"], "2026-04-03")],
    ids=["kept", "broken", "a-later-one"],
)  # fmt: skip
def test_an_interval_tells_the_next_day(before: list[str], on: str) -> None:
    found = state(apart(14), *(date.fromisoformat(day) for day in before))

    assert found.next_date == date.fromisoformat(on)


@given(
    ago=st.lists(st.integers(1, 500), max_size=4, unique=True),
    most=st.integers(1, 4),
    window=st.sampled_from(WINDOWS),
)
def test_one_more_is_allowed_on_that_day_and_not_before(
    ago: list[int], most: int, window: dict[str, Any]
) -> None:
    """The columns agree with what the interpreter tells."""
    duty = limit(most, "session", window)
    before = [TODAY - days * DAY for days in ago]
    found = state(duty, *before)
    if found.status == "met" and found.next_date is not None:
        assert found.left == 0
        assert status_on(duty, found.next_date, *before) == "met"
        # A second service of today would be the same session.
        if found.next_date > TODAY + DAY:
            assert status_on(duty, found.next_date - DAY, *before) == "not-met"
        assert status_on(duty, TODAY + DAY, *before) == (
            "met" if found.next_date == TODAY + DAY else "not-met"
        )
