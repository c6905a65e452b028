"""Laws of a history that hold whatever the files tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.claims.model import Claim, History
from kb.claims.past import PastClaim, Told
from kb.history.known import known_history, with_history
from kb.history.telling import packed, telling_of, tellings_of, unpacked
from tests.kb.history.earlier import (
    AETNA,
    BORN,
    BORN_LATER,
    NOBODY,
    PAYERS,
    UHC,
    UHC_BY_NAME,
    claim,
    day,
    past,
)

NUMBERS = st.sampled_from(["A", "B", "C-1", ""])
DAYS = st.integers(0, 3).map(day)
CODES = st.lists(st.sampled_from(["64483", "64484"]), min_size=1, max_size=2)
SIDES = st.sampled_from([(), ("RT",), ("LT",)])
BIRTHS = st.sampled_from([BORN, BORN_LATER, None])
GIVEN = st.sampled_from(["", "Ann"])
PAYER = st.sampled_from([UHC, UHC_BY_NAME, AETNA, NOBODY])
FREQUENCY = st.sampled_from(["original", "original", "replacement", "void"])
TOLD = st.sampled_from([None, date(2025, 2, 1), date(2025, 3, 1)])
claims = st.builds(
    claim, NUMBERS.filter(bool), DAYS, CODES, payer=PAYER, birth=BIRTHS, given=GIVEN,
    frequency=FREQUENCY, replaces=NUMBERS, modifiers=SIDES,
)  # fmt: skip
answers = st.builds(
    past, NUMBERS, DAYS, CODES, status=st.sampled_from(["paid", "denied"]), payer=PAYER,
    birth=BIRTHS, frequency=FREQUENCY, replaces=NUMBERS, told=TOLD, modifiers=SIDES,
    charge=st.sampled_from(["300", "250"]),
)  # fmt: skip
ME = st.builds(claim, st.just("ME"), birth=BIRTHS, given=GIVEN)
stories = st.lists(claims | answers, max_size=6)


few = settings(max_examples=40)
"""Stories are slow to draw, and short ones tell all."""


def history(told: Iterable[Told], me: Claim) -> History:
    filled, _ = with_history(me, known_history(told, PAYERS))
    return filled.history


@few
@given(stories, ME, st.randoms())
def test_the_order_of_files_changes_nothing(
    told: list[Told],
    me: Claim,
    random: st.Random,  # type: ignore[name-defined]
) -> None:
    mixed = list(told)
    random.shuffle(mixed)
    assert history(mixed, me) == history(told, me)


@few
@given(stories, ME, st.integers(0, 6))
def test_telling_twice_changes_nothing(told: list[Told], me: Claim, part: int) -> None:
    assert history([*told[part:], *told], me) == history(told, me)


@few
@given(stories, stories, ME)
def test_another_patients_history_changes_nothing(
    told: list[Told], others: list[Claim | PastClaim], me: Claim
) -> None:
    elsewhere = [replace(each, member="M2") for each in others]
    assert history([*told, *elsewhere], me) == history(told, me)


@few
@given(stories, st.lists(st.builds(past, st.just("NEW"), DAYS, CODES), max_size=2), ME)
def test_one_more_service_of_the_patient_only_raises_what_counts(
    told: list[Told], more: list[PastClaim], me: Claim
) -> None:
    """Under a number of its own and the patient's own birth date it is no correction."""
    of_me = [replace(each, birth=me.birth) for each in more]
    before, after = history(told, me), history([*told, *of_me], me)
    assert counted(before) <= counted(after)


def counted(history: History) -> set[tuple[date, str]]:
    return {(x.date, x.code) for x in history.lines if x.status != "denied"}


@few
@given(stories, ME)
def test_nobody_sees_the_claim_that_is_asked_about(
    told: list[Claim | PastClaim], me: Claim
) -> None:
    itself = replace(
        me, id="C-1", lines=tuple(replace(x, date=day(1)) for x in me.lines)
    )
    seen = history(told, itself)
    assert all(line.claim != "C-1" for line in seen.lines)


@given(claims)
def test_a_claim_is_kept_as_it_was_told(told: Claim) -> None:
    telling = telling_of(told)
    assert packed(unpacked(packed(telling))) == packed(telling)
    assert sorted(unpacked(packed(telling)).lines, key=repr) == sorted(
        telling.lines, key=repr
    )


@given(answers)
def test_an_answer_is_kept_as_it_was_told(told: PastClaim) -> None:
    for telling in tellings_of(told):
        kept = unpacked(packed(telling))
        assert packed(kept) == packed(telling)
        assert replace(kept, lines=()) == replace(telling, lines=())
