"""What is replaced is closed after those who may hold it, and no earlier."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from functools import partial

import pytest

from kb.web.visits import Visits


@pytest.mark.parametrize(
    ("events", "closed"),
    [
        ("replace", ["replace"]),
        ("A replace", []),
        ("A replace -A", ["replace"]),
        ("A replace B -A", ["replace"]),
        ("A replace B -B", []),
        ("A B replace -A", []),
        ("A replace B again -B", []),
        ("A replace B again -A", ["replace"]),
        ("A replace B again -A -B", ["replace", "again"]),
        ("A replace again -A", ["replace", "again"]),
        ("A -A B replace -B", ["replace"]),
    ],
)
def test_the_replaced_is_closed_when_all_before_it_have_their_answers(
    events: str, closed: list[str]
) -> None:
    visits, found, going_on = Visits(), list[str](), dict[str, ExitStack]()
    for event in events.split():
        if event.startswith("-"):
            going_on[event[1:]].close()
        elif event.isupper():
            going_on[event] = ExitStack()
            going_on[event].enter_context(visits.one())
        else:
            visits.close_after(partial(found.append, event))
    assert found == closed


def test_an_answer_that_fails_is_over_too() -> None:
    visits, found = Visits(), list[str]()
    with suppress(ValueError), visits.one():
        visits.close_after(partial(found.append, "closed"))
        raise ValueError
    assert found == ["closed"]
