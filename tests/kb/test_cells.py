"""Cells that other programs open are text, and numbers stay numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.cells import csv_cell, markdown_cell
from kb.web.csv_reply import CsvReply


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('=HYPERLINK("http://evil.example","look")', None),
        ("+cmd|' /C calc'!A0", None),
        ("-2+3", None),
        ("@SUM(A1)", None),
        ("\t=1", None),
        ("\r=1", None),
        ("-", None),
        ("- 4 sessions", None),
        ("-4", "-4"),
        ("+4.50", "+4.50"),
        ("-.5", "-.5"),
        ("-1e5", "-1e5"),
        (-4, -4),
        (None, None),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_that_begins_like_a_formula_begins_with_an_apostrophe(
    cell: object, written: object
) -> None:
    harmless = written if written is not None or cell is None else f"'{cell}"

    assert csv_cell(cell) == harmless


def test_a_markdown_cell_makes_no_html_no_link_and_no_other_cell() -> None:
    assert (
        markdown_cell("a|b \\| <b>c</b> & [d](javascript:e)\nf")
        == "a\\|b \\\\\\| &lt;b&gt;c&lt;/b&gt; &amp; \\[d](javascript:e) f"
    )


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8"), max_size=5), min_size=2, max_size=3
        )
    ),
    st.integers(1, 9),
)
def test_the_csv_of_a_table_is_rewritten_however_it_is_cut(
    rows: list[list[str]], size: int
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    body = out.getvalue().encode()
    reply = CsvReply()
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    sent = b"".join(reply.rewritten(part, more=True) for part in parts)
    sent += reply.rewritten(b"", more=False)
    read = list(csv.reader(io.StringIO(sent.decode(), newline="")))

    assert read == [[csv_cell(cell) for cell in row] for row in rows]
