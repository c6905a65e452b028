"""An interval that holds its share, and a strength that grows with what is unusual."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.calibrate.statistics import excess, wilson


@pytest.mark.parametrize(
    ("number", "of", "low", "high"),
    # As Wilson's formula gives them, to four digits (Newcombe 1998, table I, and by hand).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718), (0, 0, 0.0, 1.0), (20, 20, 0.8389, 1.0)],
)  # fmt: skip
def test_wilsons_interval(number: int, of: int, low: float, high: float) -> None:
    found = wilson(number, of)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(
    st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
)
def test_the_share_lies_in_its_interval(counted: tuple[int, int]) -> None:
    number, of = counted
    low, high = wilson(number, of)

    assert 0 <= low <= number / of + 1e-12
    assert number / of - 1e-12 <= high <= 1


@pytest.mark.parametrize(("number", "of"), [(0, 10), (1, 10), (5, 100), (0, 0)])
def test_what_is_not_more_than_usual_is_no_excess(number: int, of: int) -> None:
    assert excess(number, of, 0.1) == 0


@given(st.integers(2, 500), st.floats(0.01, 0.5), st.data())
def test_more_of_the_same_number_is_stronger(
    of: int, usual: float, data: st.DataObject
) -> None:
    more = data.draw(st.integers(1, of))

    assert excess(more, of, usual) >= excess(more - 1, of, usual)


def test_the_strength_is_twice_the_logarithm_of_the_likelihoods() -> None:
    # 9 of 10 where 1 of 10 is usual: 2 * (9 ln 9 + ln (1/9))
    assert excess(9, 10, 0.1) == pytest.approx(35.155, abs=0.001)
