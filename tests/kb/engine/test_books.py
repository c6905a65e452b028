"""Work that is counted: twice the lines of a patient are at most twice the work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kb.claims.model import Claim
from kb.engine.judge import books, tally
from kb.engine.judge.evaluate import evaluate
from kb.engine.program import belongs
from tests.kb.engine.columns.one_rule import (
    amount,
    claim,
    earlier,
    ir,
    limit,
    line,
    past,
    require,
    rolling,
)
from tests.kb.engine.one_line import program

YEAR = rolling(12, "month")
INTERVAL = {
    "duty": "interval",
    "least": amount(14, "day"),
    "between": "session",
    "per": ["region"],
    "counting": None,
}
RULES = [
    limit(4, "line", YEAR, "region"),
    limit(4, "level", {"kind": "session"}, "side"),
    limit(2, "region", {"kind": "date"}),
    limit(2, "session", YEAR, "region"),
    INTERVAL,
    {"duty": "not-with", "set": "esi", "same": ["side"], "unless_modifier": []},
    require(earlier(1, same=["region"], window=YEAR)),
    require({"op": "same-day", "set": "esi", "count": {"min": 1, "max": None}, "same": []}),
]  # fmt: skip
FIRST = date(2010, 1, 1)


def day(number: int) -> str:
    return str(FIRST + timedelta(days=number * 100))


def lines_of_one_day(number: int) -> list[Claim]:
    codes = ("64483", "64484", "64479", "62323")
    return [claim(*(line(codes[n % 4], number=n + 1) for n in range(number)))]


def claims_of_one_patient(number: int) -> list[Claim]:
    return [claim(line(on=day(n)), id=f"C{n}") for n in range(number)]


def claims_of_one_day(number: int) -> list[Claim]:
    return [claim(id=f"C{n}") for n in range(number)]


def lines_of_history(number: int) -> list[Claim]:
    return [claim(earlier=[past(day(n % 50)) for n in range(number)])]


def work_of(claims: list[Claim], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a service is looked at, compared or added while claims are answered."""
    looked = 0

    def counting(of: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            nonlocal looked
            looked += 1
            return of(*given, **named)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(tally.Tally, "add", counting(tally.Tally.add))
        patch.setattr(books.Likeness, "of", counting(books.Likeness.of))
        patch.setattr(books, "belongs", counting(belongs))
        evaluate(program(*(ir(duty) for duty in RULES)), claims)
    return looked


@pytest.mark.parametrize(
    "claims",
    [lines_of_one_day, claims_of_one_patient, claims_of_one_day, lines_of_history],
)
def test_twice_the_lines_are_twice_the_work(
    claims: Callable[[int], list[Claim]], monkeypatch: pytest.MonkeyPatch
) -> None:
    once, twice = (work_of(claims(n), monkeypatch) for n in (100, 200))

    assert once > 100
    assert twice <= 2 * once + 50
