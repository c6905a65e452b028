"""What may be asked of Datasette's table pages: its own words and the table's columns.

Datasette answers what it does not know as if it had not been asked, or lets SQLite find
the fault; here it is refused before anything is asked of the database.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from kb.web.page import PageProblem

Columns = Mapping[str, Collection[str]]
"""The columns of each table."""

TABLE_PAGE = re.compile(r"/kb/(?P<table>[A-Za-z_0-9]+)(?:\.json|\.csv)?")
OF_COLUMNS = frozenset(
    {"_facet", "_facet_array", "_facet_date", "_sort", "_sort_desc", "_col", "_nocol"}
)
"""Words whose value is a column."""
OF_NUMBERS = frozenset({"_size", "_facet_size"})
SHAPES = frozenset({"arrays", "objects", "array", "arrayfirst", "object"})
PLAIN = frozenset(
    {"_next", "_nofacet", "_nosuggest", "_nocount", "_labels", "_label", "_nl", "_extra",
     "_stream", "_dl", "_header", "_json", "_json_infinity", "_sort_by_desc"}
)  # fmt: skip
OPERATORS = frozenset(
    {"exact", "not", "contains", "notcontains", "endswith", "startswith", "gt", "gte", "lt",
     "lte", "like", "notlike", "glob", "in", "notin", "arraycontains", "arraynotcontains",
     "date", "isnull", "notnull", "isblank", "notblank"}
)  # fmt: skip
FORM_FIELD = re.compile(r"_filter_(?P<what>column|op|value)(_[0-9]{1,2})?")
NUMBER = re.compile(r"[0-9]{1,6}|max")


def objection(path: str, query: str, columns: Columns) -> PageProblem | None:
    """What is wrong with the address of a table page; nothing where it can be asked."""
    page = TABLE_PAGE.fullmatch(path)
    own = columns.get(page["table"], ()) if page else ()
    if page and not own:
        return None  # There is no such table: that is said below.
    for name, value in parse_qsl(query, keep_blank_values=True):
        if not is_known(name, value, own):
            return refusal(own)
    return None


def is_known(name: str, value: str, own: Collection[str]) -> bool:
    """Whether a word of the address and its value can be asked."""
    if name in PLAIN:
        return True
    if name == "_shape":
        return value in SHAPES
    if name in OF_NUMBERS:
        return not value or NUMBER.fullmatch(value) is not None
    if name in OF_COLUMNS:
        return not value or value in own
    if found := FORM_FIELD.fullmatch(name):
        return found["what"] != "column" or not value or value in own
    column, _, operator = name.partition("__")
    return column in own and (not operator or operator in OPERATORS)


def refusal(own: Collection[str]) -> PageProblem:
    """The problem, with all that may be asked; nothing of the address is repeated."""
    words = ", ".join(sorted(OF_COLUMNS | OF_NUMBERS | PLAIN | {"_shape"}))
    said = f"Known here are {words}"
    if own:
        said += (
            f"; a column ({', '.join(own)}), perhaps with one of "
            f"{', '.join(f'__{each}' for each in sorted(OPERATORS))}"
        )
    return PageProblem(400, "This address asks for something unknown", f"{said}.")
