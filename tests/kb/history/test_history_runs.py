"""Claims that are answered together, with what is known of each of them."""

from __future__ import annotations

from datetime import date

import pytest

from kb.claims.model import BadClaim, Claim, Remark
from kb.claims.past import Told
from kb.claims.runs import Run, as_others_see
from kb.history.known import known_history
from kb.history.runs import runs_with_history
from tests.kb.history.earlier import PAYERS, TODAY, claim, day, past

FIRST, SECOND = claim("A", day(1), ["64483", "64484"]), claim("B", TODAY)
D1, D2 = date(2025, 2, 1), date(2025, 3, 1)


def seen_by_second(told: list[Told], run: Run) -> list[tuple[str, str]]:
    """Number and code of what the second claim is answered with, beside itself."""
    found = runs_with_history([run], known_history(told, PAYERS))
    (run,) = (r for r in found if isinstance(r, Run) and "B" in names(r.claims))
    (second,) = (c for c in run.claims if c.id == "B")
    others = [c for c in (*run.claims, *run.others) if c.id != "B"]
    beside = [(c.id, line.code) for c in others for line in c.lines]
    given_ids = {c.id for c in others} | {"B"}
    # The engine leaves out what the history tells again of claims that it is given.
    counted = [
        (line.claim, line.code)
        for line in second.history.lines
        if line.claim not in given_ids and line.status != "denied"
    ]
    return [*beside, *counted]


def names(claims: tuple[Claim, ...]) -> list[str]:
    return [each.id for each in claims]


BOTH = [("A", "64483"), ("A", "64484")]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], BOTH),
        ([FIRST], BOTH),
        ([past("A", day(1), ["64483", "64484"])], BOTH),
        ([past("A", day(1), ["64483", "64484"], status="denied")], []),
        ([past("A", day(1), ["64484"], status="denied")], [("A", "64483")]),
        ([past("A", day(1), told=D1), past("A", day(1), told=D2, frequency="void")], []),
        # The same number on another day, and one of another claim.
        ([past("A", day(2), status="denied")], BOTH),
        ([past("A", day(2))], [*BOTH, ("A of 2025-01-03", "64483")]),
        ([past("N", day(2))], [*BOTH, ("N", "64483")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "together",
    [Run((FIRST, SECOND)), Run((SECOND,), (as_others_see(FIRST),))],
    ids=["together", "apart"],
)
def test_a_claim_sees_the_others_as_they_stand(
    told: list[Told], expected: list[tuple[str, str]], together: Run
) -> None:
    assert seen_by_second(told, together) == expected


def test_every_claim_is_answered_and_what_was_not_read_is_passed_on() -> None:
    bad, remark = BadClaim("x", "y"), Remark("x", "y")
    denied = past("A", day(1), ["64483", "64484"], status="denied")
    known = known_history([denied], PAYERS)
    found = list(runs_with_history([bad, Run((FIRST, SECOND)), remark], known))
    assert (found[0], found[-1]) == (bad, remark)
    runs = [one for one in found if isinstance(one, Run)]
    assert [name for run in runs for name in names(run.claims)] == ["A", "B"]


def test_what_has_to_be_said_of_a_claim_stands_before_it() -> None:
    child = claim("K", day(3), birth=D1, given="Ann")
    known = known_history([past("N", day(2)), child], PAYERS)
    first, second = runs_with_history([Run((SECOND,))], known)
    assert isinstance(first, Remark)
    assert isinstance(second, Run)


def test_a_void_in_the_run_is_kept_so_that_the_engine_knows() -> None:
    void = claim("V", day(1), frequency="void", replaces="A")
    denied = past("A", day(1), ["64483", "64484"], status="denied")
    known = known_history([denied], PAYERS)
    runs = [*runs_with_history([Run((FIRST, void, SECOND))], known)]
    assert all(
        "V" in names((*run.claims, *run.others)) for run in runs if isinstance(run, Run)
    )
