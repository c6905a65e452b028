"""Laws of three-valued logic, and that an unknown names just what could change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.engine.judge.kleene import (
    MET,
    NOT_MET,
    Truth,
    all_of,
    any_of,
    at_least,
    negated,
    truth,
    unknown,
)

ABOUT = st.frozensets(
    st.sampled_from(["history", "level", "pain-duration"]), min_size=1
)
TRUTHS = st.one_of(st.just(MET), st.just(NOT_MET), ABOUT.map(lambda a: Truth(0, a)))
LISTS = st.lists(TRUTHS, max_size=5)
Formula = tuple[Any, ...]


@pytest.mark.parametrize(
    ("join", "table"),
    [
        (all_of, {(1, 1): 1, (1, 0): 0, (1, -1): -1, (0, 0): 0, (0, -1): -1, (-1, -1): -1}),
        (any_of, {(1, 1): 1, (1, 0): 1, (1, -1): 1, (0, 0): 0, (0, -1): 0, (-1, -1): -1}),
    ],
    ids=["and", "or"],
)  # fmt: skip
def test_the_tables_of_strong_kleene(
    join: Callable[[Any], Truth], table: dict[tuple[int, int], int]
) -> None:
    of = {1: MET, 0: unknown("x"), -1: NOT_MET}
    for (one, other), expected in table.items():
        assert join([of[one], of[other]]).value == expected
        assert join([of[other], of[one]]).value == expected


@pytest.mark.parametrize(
    ("join", "expected"),
    [(all_of, MET), (any_of, NOT_MET), (lambda parts: at_least(0, parts), MET)],
    ids=["and", "or", "at least none"],
)
def test_of_nothing(join: Callable[[list[Truth]], Truth], expected: Truth) -> None:
    assert join([]) == expected


def alike(one: Truth, other: Truth) -> bool:
    """Whether two truths say the same, whatever they would ask first."""
    return (one.value, one.about) == (other.value, other.about)


@given(LISTS)
def test_de_morgan(parts: list[Truth]) -> None:
    assert alike(negated(all_of(parts)), any_of([negated(p) for p in parts]))
    assert alike(negated(any_of(parts)), all_of([negated(p) for p in parts]))


@given(TRUTHS)
def test_not_twice_is_nothing(one: Truth) -> None:
    assert negated(negated(one)) == one


@given(LISTS)
def test_and_is_the_least_and_or_the_greatest(parts: list[Truth]) -> None:
    values = [p.value for p in parts]

    assert all_of(parts).value == min(values, default=1)
    assert any_of(parts).value == max(values, default=-1)


@given(LISTS, st.randoms(use_true_random=False))
def test_order_changes_nothing(parts: list[Truth], chance: Any) -> None:
    other = chance.sample(parts, len(parts))

    assert all_of(other) == all_of(parts)
    assert any_of(other) == any_of(parts)
    assert at_least(2, other) == at_least(2, parts)


@given(LISTS)
def test_at_least_all_is_and_and_at_least_one_is_or(parts: list[Truth]) -> None:
    assert alike(at_least(len(parts), parts), all_of(parts))
    assert alike(at_least(1, parts), any_of(parts))


@pytest.mark.parametrize(
    ("met", "open_ones", "not_met", "expected"),
    [(2, 0, 1, 1), (1, 1, 1, 0), (1, 0, 2, -1), (0, 2, 1, 0), (0, 1, 2, -1), (2, 1, 0, 1)],
)  # fmt: skip
def test_at_least_two(met: int, open_ones: int, not_met: int, expected: int) -> None:
    parts = [MET] * met + [unknown("x")] * open_ones + [NOT_MET] * not_met

    assert at_least(2, parts).value == expected


@given(LISTS, st.integers(0, 6))
def test_at_least_counts_what_is_met_and_what_may_be(
    parts: list[Truth], number: int
) -> None:
    met = sum(p.value > 0 for p in parts)
    open_ones = sum(p.value == 0 for p in parts)
    expected = 1 if met >= number else -1 if met + open_ones < number else 0

    assert at_least(number, parts).value == expected


@given(LISTS)
def test_an_unknown_is_about_all_its_unknown_parts(parts: list[Truth]) -> None:
    names = frozenset().union(*(p.about for p in parts))

    for found in (all_of(parts), any_of(parts)):
        assert found.about == (names if found.value == 0 else frozenset())


@given(LISTS)
def test_only_an_unknown_is_about_something(parts: list[Truth]) -> None:
    for found in (all_of(parts), any_of(parts), at_least(2, parts)):
        assert bool(found.about) == (found.value == 0)


def test_what_is_decided_elsewhere_is_not_asked_for() -> None:
    a, b = unknown("a"), unknown("b")

    assert all_of([any_of([a, MET]), b]) == unknown("b")
    assert any_of([all_of([a, NOT_MET]), b]) == unknown("b")
    assert all_of([a, NOT_MET]) == NOT_MET


# A formula in which each unknown stands once, so that none can cancel another.
LEAVES: st.SearchStrategy[Any] = st.sampled_from(["met", "not met", "open"])
FORMULAS: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda part: ("not", part)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: ("and", *parts)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: ("or", *parts)),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda parts: ("at least 2", *parts)
        ),
    ),
    max_leaves=7,
)


def worth(formula: Formula | str, leaves: Iterator[Truth]) -> Truth:
    """The truth of a formula whose open leaves are taken in order."""
    if formula == "open":
        return next(leaves)
    if isinstance(formula, str):
        return truth(met=formula == "met")
    op, *parts = formula
    # Every part is asked, so that the leaves stay in order.
    found = [worth(part, leaves) for part in parts]
    if op == "not":
        return negated(found[0])
    if op == "at least 2":
        return at_least(2, found)
    return all_of(found) if op == "and" else any_of(found)


def open_leaves(formula: Formula | str) -> int:
    if isinstance(formula, str):
        return int(formula == "open")
    return sum(open_leaves(part) for part in formula[1:])


@given(FORMULAS)
@settings(max_examples=400, deadline=None)
def test_an_unknown_is_about_just_what_could_change_it(formula: Any) -> None:
    number = open_leaves(formula)
    found = worth(formula, (unknown(str(n)) for n in count()))
    completed = {
        choice: worth(formula, iter(truth(met=one) for one in choice)).value
        for choice in product((True, False), repeat=number)
    }
    matters = {
        str(n)
        for choice, value in completed.items()
        for n in range(number)
        if completed[(*choice[:n], not choice[n], *choice[n + 1 :])] != value
    }

    assert found.about == matters
    assert (found.value == 0) == (len(set(completed.values())) == 2)


@given(LISTS)
def test_what_is_asked_first_is_part_of_what_an_unknown_is_about(
    parts: list[Truth],
) -> None:
    for found in (all_of(parts), any_of(parts), any_of([all_of(parts), *parts])):
        assert found.to_ask <= found.about
        assert bool(found.to_ask) == bool(found.about)


def test_alternatives_wait_for_the_fact_that_chooses_between_them() -> None:
    trial = all_of([unknown("stage"), unknown("evaluation")])
    permanent = all_of([unknown("stage"), unknown("relief")])
    either = any_of([trial, permanent])

    assert either.about == {"stage", "evaluation", "relief"}
    assert either.to_ask == {"stage"}
    assert all_of([either, unknown("imaging")]).to_ask == {"stage", "imaging"}
    assert negated(either).to_ask == {"stage"}
    assert any_of([unknown("imaging"), unknown("fracture")]).to_ask == {
        "imaging",
        "fracture",
    }
