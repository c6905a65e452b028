"""Three-valued truth over columns."""

import itertools
from typing import Any

import numpy as np
import pytest

from kb.engine.columns.truth import (
    APPROVAL,
    CHART,
    CLAIM,
    Truth,
    all_of,
    any_of,
    at_least,
    in_pieces,
    negation,
    untold,
)

VALUES = (-1, 0, 1)


def truth(*values: int, about: int = CHART) -> Truth:
    return Truth(np.array(values, np.int8), about)


@pytest.mark.parametrize(("left", "right"), list(itertools.product(VALUES, VALUES)))
def test_and_is_the_least_and_or_the_greatest(left: int, right: int) -> None:
    assert all_of([truth(left), truth(right)]).value.tolist() == [min(left, right)]
    assert any_of([truth(left), truth(right)]).value.tolist() == [max(left, right)]
    assert negation(truth(left)).value.tolist() == [-left]


@pytest.mark.parametrize("values", list(itertools.product(VALUES, repeat=3)))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_at_least_is_known_when_every_completion_agrees(
    values: Any, count: Any
) -> None:
    options = [(value,) if value else (-1, 1) for value in values]
    met = {sum(v > 0 for v in full) >= count for full in itertools.product(*options)}
    expected = 0 if len(met) == 2 else 1 if met == {True} else -1
    found = at_least(count, [truth(value) for value in values])
    assert found.value.tolist() == [expected]


def test_an_unknown_is_about_all_its_unknown_parts_and_no_other() -> None:
    chart = truth(0, 0, 1, 0)
    approval = truth(0, 1, 0, -1, about=APPROVAL)
    found = all_of([chart, approval])
    assert found.value.tolist() == [0, 0, 0, -1]
    assert np.broadcast_to(found.about, 4).tolist() == [
        CHART | APPROVAL,
        CHART,
        APPROVAL,
        0,
    ]


def test_pieces_leave_the_rest_unknown() -> None:
    first = np.array([True, False, False])
    second = np.array([False, True, False])
    found = in_pieces([(first, truth(1, 1, 1)), (second, truth(0, 0, 0))], untold(3))
    assert found.value.tolist() == [1, 0, 0]
    assert np.asarray(found.about).tolist()[1:] == [CHART, CLAIM]
