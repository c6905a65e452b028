"""JSON on lines of its own is what Python's own writer makes of it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

import pytest

from kb.indented import indented


class Word(StrEnum):
    ONE = "one"


VALUES: tuple[Any, ...] = (
    {},
    [],
    (),
    "",
    'a "quote", a \\ and a \x01, zwölf, \u2028',
    0,
    -12,
    1.5,
    1e300,
    None,
    True,
    False,
    Word.ONE,
    {"a": {}, "b": [], "c": ()},
    {"é": [1, [2, ({"x": None},)], "y"], 'q"': {"z": {"w": False, "v": 2.0}}},
)


@pytest.mark.parametrize("indent", [1, 2])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_bytes_are_those_of_pythons_writer(value: Any, indent: int) -> None:
    wanted = json.dumps(value, indent=indent, ensure_ascii=False)
    assert indented(value, indent) == wanted


@pytest.mark.parametrize(
    "value",
    [{1, 2}, {"a": object()}, [b"x"], {1: "a"}],
    ids=["set", "object", "bytes", "number-as-key"],
)
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        indented(value)
