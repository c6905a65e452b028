"""The line of days: every name can be read, whatever stands beside it."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kb.web.check.timeline import LETTER, WIDTH, anchor_at, rows_of

MARKS = st.lists(
    st.tuples(st.integers(0, WIDTH), st.text("abc", min_size=3, max_size=16)),
    min_size=1,
    max_size=8,
).map(sorted)


def span(x: int, text: str) -> tuple[float, float]:
    """From where to where a name reaches."""
    wide = len(text) * LETTER
    start = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor_at(x)]
    return start, start + wide


@given(marks=MARKS)
def test_no_name_covers_another(marks: list[tuple[int, str]]) -> None:
    rows = rows_of([x for x, _ in marks], [text for _, text in marks])

    for (row, mark), (other, beside) in combinations(zip(rows, marks, strict=True), 2):
        if row == other:
            (start, end), (from_, to) = span(*mark), span(*beside)
            assert end < from_ or to < start
