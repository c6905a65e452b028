"""Three-valued logic: the laws, and what an unknown is about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.engine.kleene import (
    MET,
    NOT_MET,
    Truth,
    all_of,
    any_of,
    at_least,
    negated,
    unknown,
)

UNKNOWNS = st.sets(st.sampled_from("abc"), min_size=1).map(
    lambda names: unknown(*names)
)
TRUTHS = st.one_of(st.just(MET), st.just(NOT_MET), UNKNOWNS)
MANY = st.lists(TRUTHS, max_size=5)


@given(MANY)
def test_and_is_the_minimum_and_or_the_maximum(parts: list[Truth]) -> None:
    assert all_of(parts).value == min((p.value for p in parts), default=1)
    assert any_of(parts).value == max((p.value for p in parts), default=-1)


@given(MANY)
def test_de_morgan(parts: list[Truth]) -> None:
    assert negated(all_of(parts)) == any_of(negated(p) for p in parts)


@given(TRUTHS)
def test_not_not_is_nothing(one: Truth) -> None:
    assert negated(negated(one)) == one


@given(MANY, st.integers(0, 6))
def test_at_least_counts_what_is_met_and_what_may_be(
    parts: list[Truth], count: int
) -> None:
    met = sum(p.value > 0 for p in parts)
    open_ones = sum(p.value == 0 for p in parts)
    expected = 1 if met >= count else -1 if met + open_ones < count else 0

    assert at_least(count, parts).value == expected


@given(MANY)
def test_an_unknown_is_about_its_unknown_parts_and_a_definite_truth_about_nothing(
    parts: list[Truth],
) -> None:
    names = frozenset().union(*(p.about for p in parts if p.value == 0))

    for found in (all_of(parts), any_of(parts)):
        assert found.about == (names if found.value == 0 else frozenset())


def test_only_what_can_still_decide_is_asked_for() -> None:
    """``(a or met) and b``: a cannot change it any more."""
    assert all_of([any_of([unknown("a"), MET]), unknown("b")]) == unknown("b")
