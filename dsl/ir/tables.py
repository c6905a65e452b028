"""The tables of forms in ``docs/ir.md``, made from the registry of forms.

``python -m dsl.ir.tables docs/ir.md`` writes them anew between their marks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Literal, Union, get_args, get_origin, get_type_hints

from dsl.ir.forms import DUTIES, TESTS, Form, Part
from dsl.ir.parts import Role
from dsl.ir.schema import EITHER

HEAD = ("shape", "meaning", "unknown when", "as written")
SHAPES: dict[Role, str] = {
    Role.FACT: "F",
    Role.SCOPE: "SCOPE",
    Role.AMOUNTS: "AMOUNT",
    Role.WINDOW: "WINDOW",
    Role.SET: "SET",
    Role.GROUPS: "[GROUP]",
    Role.MODIFIER: "MODIFIER",
    Role.MODIFIERS: "[MODIFIER]",
    Role.TEST: "TEST",
    Role.TESTS: "[TEST]",
    Role.COUNT: "COUNT",
    Role.NUMBER: "n",
    Role.CMP: "CMP",
    Role.WORDS: "[WORD]",
    Role.WORD: "WORD",
    Role.DAY: "D",
    Role.CASES: '[{"choice": WORD, "limit": LIMIT}]',
    Role.COUNTING: "COUNTING",
}
"""How the page writes what a field of a role holds."""
FEW = 2
"""Words that are more than these are listed below the table, not in a shape."""


def table(forms: tuple[Form, ...], key: str) -> str:
    """A table of forms; ``key`` tells a test (``op``) from a duty (``duty``)."""
    rows = [HEAD, ("---",) * len(HEAD), *(row(form, key) for form in forms)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def row(form: Form, key: str) -> tuple[str, str, str, str]:
    """One form: its shape, its meaning, when it is unknown, how it is written."""
    example = f"`{form.example}`" if form.example else ""
    return f"`{shape(form, key)}`", form.meaning, form.unknown_when, example


def shape(form: Form, key: str) -> str:
    """The JSON of a form, what its fields hold told by a word."""
    hints = get_type_hints(form.kind)
    keys = {
        part.key: f'"{part.key}": {held(part, hints[part.name])}' for part in form.parts
    }
    groups = [[keys.pop(name) for name in group] for group in EITHER.get(form.name, ())]
    either = [", or ".join(", ".join(group) for group in groups)] if groups else []
    return "{" + ", ".join([f'"{key}": "{form.name}"', *keys.values(), *either]) + "}"


def held(part: Part, hint: object) -> str:
    """What one field holds; ``or null`` where that may be missing."""
    kinds = get_args(hint) if get_origin(hint) in (Union, type(int | None)) else (hint,)
    told = [kind for kind in kinds if kind is not NoneType]
    # Null is one of the values that COUNTING stands for.
    nullable = len(told) < len(kinds) and part.role is not Role.COUNTING
    words = shape_of(part, told[0])
    return f"{words} or null" if nullable and not part.optional else words


def shape_of(part: Part, kind: object) -> str:
    """By the literal words of its type where they are few, by its length, or by its role."""
    if get_origin(kind) is Literal and len(get_args(kind)) <= FEW:
        return " or ".join(f'"{word}"' for word in get_args(kind))
    if get_origin(kind) is tuple and part.role in (Role.TESTS, Role.WORDS):
        members, inner = get_args(kind), SHAPES[part.role].strip("[]")
        if Ellipsis not in members:
            return f"[{', '.join([inner] * len(members))}]"
    return SHAPES[part.role]


def tables() -> Iterator[tuple[str, str]]:
    """Each table by the name of its marks."""
    yield "tests", table(TESTS, "op")
    yield "duties", table(DUTIES, "duty")


def with_tables(page: str) -> str:
    """The page with its tables made anew."""
    for name, text in tables():
        begin, end = (
            f"<!-- {name}: made by dsl.ir.tables -->",
            f"<!-- end of {name} -->",
        )
        if begin in page:
            before, _begin, rest = page.partition(begin)
            _old, _end, after = rest.partition(end)
            page = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.write_text(with_tables(place.read_text("utf-8")), "utf-8")
