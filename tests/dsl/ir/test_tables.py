"""The tables of ``docs/ir.md`` are those that the registry of forms makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.ir.forms import DUTIES, TEST_OF, TESTS
from dsl.ir.tables import shape, with_tables

PAGE = Path(__file__).parents[3] / "docs" / "ir.md"


def test_the_page_has_the_tables_of_the_registry() -> None:
    page = PAGE.read_text("utf-8")
    assert with_tables(page) == page, "make it: python -m dsl.ir.tables docs/ir.md"
    assert all(f'"op": "{form.name}"' in page for form in TESTS)
    assert all(f'"duty": "{form.name}"' in page for form in DUTIES)


def test_what_stands_around_the_tables_stays() -> None:
    page = "above\n<!-- duties: made by dsl.ir.tables -->\nold\n<!-- end of duties -->\nbelow"
    made = with_tables(page)
    assert made.startswith("above\n")
    assert made.endswith("\nbelow")
    assert "\nold\n" not in made


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("if", '{"op": "if", "of": [TEST, TEST, TEST]}'),
        ("field", '{"op": "field", "field": WORD, "in": [WORD], "set": SET or null}'),
        ("date", '{"op": "date", "cmp": "<" or ">", "date": D}'),
        (
            "elapsed",
            (
                '{"op": "elapsed", "side": "after" or "before", "cmp": CMP, '
                '"amount": AMOUNT, "clock": "received" or "requested", '
                'or "fact": F, "of": SCOPE}'
            ),
        ),
    ],
)
def test_a_shape_tells_what_each_key_holds(form: str, shown: str) -> None:
    assert shape(TEST_OF[form], "op") == shown
