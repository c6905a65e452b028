"""Whose an earlier claim is, as ``docs/history.md`` settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.claims.identity import person_token
from kb.claims.model import (
    BadClaim,
    Claim,
    History,
    HistoryLine,
    HistoryState,
    PayerNamed,
    Reach,
    Remark,
)
from kb.claims.past import Told
from kb.history.known import (
    NO_MEMBER,
    NOT_ALL,
    KnownHistory,
    known_history,
    with_history,
)
from tests.kb.history.earlier import (
    AETNA,
    BORN,
    BORN_LATER,
    NOBODY,
    PAYERS,
    TODAY,
    UHC,
    UHC_BY_NAME,
    child,
    claim,
    day,
    past,
)

UNKNOWN_PAYER = PayerNamed(name="Village Health Cooperative")
UNKNOWN_FILED = PayerNamed(name="Village Health Cooperative", filing="MB")


def found(*told: Told, of: Claim | None = None) -> tuple[int, int]:
    """How many services are counted for a claim, and how many remarks are made."""
    filled, remarks = with_history(of or claim(), known_history(told, PAYERS))
    return len(filled.history.lines), len(remarks)


COUNTED, ANOTHERS, OPEN = (1, 0), (0, 0), (0, 1)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([past(on=day(1))], COUNTED),
        ([past(on=day(1), birth=BORN)], COUNTED),
        ([claim("C-0", day(1))], COUNTED),
        ([claim("C-0", day(1), birth=None)], COUNTED),
        ([past(on=day(1), member="M2")], ANOTHERS),
        ([past(on=day(1), member="M2", birth=BORN)], ANOTHERS),
        ([past(on=day(1), birth=BORN_LATER)], ANOTHERS),
        # The payer: by id and by name, of the brand, another, one that nobody knows.
        ([past(on=day(1), payer=UHC_BY_NAME)], COUNTED),
        ([past(on=day(1), payer=PayerNamed(key="uhc-medicare-advantage"))], COUNTED),
        ([past(on=day(1), payer=PayerNamed(name="AARP"))], COUNTED),
        ([past(on=day(1), payer=NOBODY)], COUNTED),
        ([past(on=day(1), payer=UNKNOWN_PAYER)], COUNTED),
        ([past(on=day(1), payer=UNKNOWN_FILED)], COUNTED),
        ([past(on=day(1), payer=AETNA)], ANOTHERS),
        ([past(on=day(1), payer=AETNA, birth=BORN)], ANOTHERS),
        # A family under one member id.
        ([past(on=day(1)), child("K", day(2))], OPEN),
        ([past(on=day(1), birth=BORN), child("K", day(2))], COUNTED),
        ([child("K", day(2))], ANOTHERS),
        ([past("K", on=day(2)), child("K", day(2))], ANOTHERS),
        ([past(on=day(1)), past("P", on=day(1), birth=BORN_LATER)], OPEN),
        # Somebody of another payer has the id too, and the earlier claim names none.
        ([past(on=day(1), payer=NOBODY), past("P", on=day(1), payer=AETNA)], OPEN),
        ([past(on=day(1), payer=UHC), past("P", on=day(1), payer=AETNA)], COUNTED),
        # The claim and its remittance: one service, known by the claim's birth date.
        ([claim("C-0", day(1)), past("C-0", day(1)), child("K", day(2))], COUNTED),
    ],
)
def test_an_earlier_claim_is_the_subscribers(
    told: list[Told], expected: tuple[int, int]
) -> None:
    assert found(*told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([child("C-0", day(1))], COUNTED),
        ([past(on=day(1))], OPEN),
        ([past(on=day(1), birth=BORN_LATER)], COUNTED),
        ([past(on=day(1), birth=BORN_LATER), child("T", day(2), "Bob")], OPEN),
        ([child("T", day(2), "Bob")], ANOTHERS),
        ([claim("C-0", day(1), birth=BORN_LATER)], OPEN),
        ([child("C-0", day(1)), past("C-0", day(1))], COUNTED),
        ([claim("C-0", day(1))], ANOTHERS),
    ],
)
def test_an_earlier_claim_is_the_dependants(
    told: list[Told], expected: tuple[int, int]
) -> None:
    assert found(*told, of=child()) == expected


def test_a_claim_without_a_birth_date_is_nobodys_where_two_are_known() -> None:
    told: list[Told] = [
        past("A", day(1), birth=BORN),
        past("B", day(2), birth=BORN_LATER),
    ]
    assert found(*told, of=claim(birth=None)) == OPEN
    assert found(told[0], of=claim(birth=None)) == COUNTED


def test_patients_that_a_json_file_names_are_told_apart_by_their_names() -> None:
    def of_json(identifier: str, on: date, patient: str) -> Claim:
        made = claim(identifier, on)
        return replace(made, patient=patient, birth=None, member="")

    earlier = [of_json("A", day(1), "P-7"), of_json("B", day(2), "P-8")]
    assert found(*earlier, of=of_json("C", TODAY, "P-7")) == COUNTED


def of_person(identifier: str, on: date, number: str) -> Claim:
    """A claim of a table that numbers persons and tells no birth date."""
    made = claim(identifier, on, birth=None)
    return replace(made, patient=person_token(number))


@pytest.mark.parametrize(
    ("told", "of", "counted"),
    [
        ([of_person("T", day(1), "1")], of_person("C-1", TODAY, "1"), COUNTED),
        ([of_person("T", day(1), "2")], of_person("C-1", TODAY, "1"), ANOTHERS),
        ([of_person("T", day(1), "1")], claim(), COUNTED),
        ([claim("K", day(1))], of_person("C-1", TODAY, "1"), COUNTED),
        ([of_person("T", day(1), "1"), of_person("U", day(2), "2")], claim(), OPEN),
    ],
)
def test_a_person_that_a_table_numbers_is_one_person(
    told: list[Told], of: Claim, counted: tuple[int, int]
) -> None:
    assert found(*told, of=of) == counted


def test_an_open_claim_makes_a_complete_history_partial() -> None:
    told: list[Told] = [past(on=day(1)), child("K", day(2))]
    known = known_history(told, PAYERS, state="complete", reach="all-billers")
    filled, (remark,) = with_history(claim(), known)
    assert filled.history.state == "partial"
    assert remark == Remark(
        "history",
        "1 earlier claim under this member id may be another person's, for not all tell"
        " birth date and given name: it is not counted, and the history stays open",
        id="C-1",
    )
    childs, remarks = with_history(child(), known)
    assert (childs.history.state, len(remarks)) == ("partial", 1)


def test_what_is_known_reaches_as_far_as_it_is_said_to() -> None:
    told = [past(on=day(1))]
    few, _ = with_history(claim(), known_history(told, PAYERS, files=2))
    assert (few.history.state, few.history.reach) == ("partial", "own")
    assert few.history.read_from == (
        "2 files of this practice, perhaps not all, 2025-01-02 .. 2025-01-02"
    )
    known = known_history(told, state="complete", reach="all-billers", files=1)
    every, _ = with_history(claim(), known)
    assert (every.history.state, every.history.reach) == ("complete", "all-billers")
    assert every.history.read_from == (
        "1 file of all practices, all that there is, 2025-01-02 .. 2025-01-02"
    )


def test_a_claim_without_a_member_id_has_no_history_from_files() -> None:
    nobodys = replace(claim(), member="", patient="claim:C-1")
    known = known_history([past(on=day(1))], state="complete", reach="all-billers")
    filled, (remark,) = with_history(nobodys, known)
    assert filled == nobodys
    assert remark.text == NO_MEMBER


@pytest.mark.parametrize(
    ("me", "told", "counted"),
    [
        (claim(), claim(), 0),
        (claim(), past("C-1", TODAY), 0),
        (claim("C-1#3"), past("C-1", TODAY), 0),
        (claim(), past("C-1", day(1)), 1),
        (claim(), past("C-2", TODAY), 1),
        (claim(), replace(claim("F"), kind="facility"), 0),
        (replace(claim("F"), kind="facility"), claim(), 0),
        (claim(), replace(claim("F", day(1)), kind="facility"), 1),
        (claim(), past("C-2", date(2026, 3, 11)), 0),
        # What it corrects, by its number, or where it names the payer's.
        (claim("C-2", frequency="replacement", replaces="C-1"), past("C-1", TODAY), 0),
        (claim("C-2", frequency="replacement", replaces="ICN9"), past("C-1", TODAY), 0),
        (claim("C-2", frequency="replacement", replaces="ICN9"), past("C-1", day(1)), 1),
    ],
)  # fmt: skip
def test_a_claim_is_never_its_own_history(me: Claim, told: Told, counted: int) -> None:
    filled, _ = with_history(me, known_history([told], PAYERS))
    assert len(filled.history.lines) == counted


def test_a_number_used_again_on_another_day_is_not_taken_for_the_claim() -> None:
    """The engine drops lines of the history that bear the number of a claim it answers."""
    filled, _ = with_history(claim(), known_history([past("C-1", day(1))], PAYERS))
    (line,) = filled.history.lines
    assert line.claim == "C-1 of 2025-01-02"


def own(state: HistoryState = "partial", reach: Reach = "all-billers") -> History:
    line = HistoryLine("64483", day(1), ("RT",), level="L4-L5", claim="OLD")
    made = History(lines=(line,))
    return replace(made, state=state, reach=reach)


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ([], ["64483"]),
        ([past("OLD", day(1))], ["64483"]),
        ([past("", day(1))], ["64483"]),
        ([past("NEW", day(2))], ["64483", "64483"]),
        ([past("OLD", day(1), codes=["64483", "64484"])], ["64483", "64484"]),
        ([past("OLD", day(1), modifiers=("LT",))], ["64483", "64483"]),
    ],
)
def test_lines_that_the_claim_brings_are_kept_and_not_doubled(
    told: list[Told], codes: list[str]
) -> None:
    mine = claim(history=own())
    filled, _ = with_history(mine, known_history(told, PAYERS))
    assert filled.history.lines[0] == mine.history.lines[0]
    assert [line.code for line in filled.history.lines] == codes


def test_a_history_that_the_claim_calls_complete_is_so_until_files_know_more() -> None:
    mine = claim(history=own("complete"))
    same, remarks = with_history(mine, known_history([past("OLD", day(1))], PAYERS))
    assert (same.history.state, remarks) == ("complete", ())
    more, (remark,) = with_history(mine, known_history([past("N", day(2))], PAYERS))
    assert (more.history.state, remark.text) == ("partial", NOT_ALL)
    own_only = claim(history=own("complete", "own"))
    every = known_history(
        [past("N", day(2))], PAYERS, state="complete", reach="all-billers"
    )
    filled, remarks = with_history(own_only, every)
    assert (filled.history.state, filled.history.reach) == ("complete", "all-billers")
    assert remarks == ()


def test_what_readers_could_not_read_is_no_history() -> None:
    told: list[Told] = [
        BadClaim("x", "y"),
        Remark("x", "y"),
        past("N", day(1), member=""),
    ]
    assert known_history(told) == KnownHistory(brands=known_history([]).brands)
