"""The typed answer says what the brief JSON says, key by key."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from kb.claims import read_json_value
from kb.engine import Engine
from kb.engine.report.brief import BRIEF_SCHEMA, brief_json
from kb.library import (
    Answer,
    AnsweredLine,
    DecidingRule,
    LimitLeft,
    OpenQuestion,
    TableEdition,
    Window,
)

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "kb/engine/findings-brief.schema.json").read_text("utf-8"))
DEFINED = SCHEMA["$defs"]
LINE = DEFINED["line"]["properties"]
API = (ROOT / "docs/api.md").read_text("utf-8")
OBJECTS = [
    (Answer, SCHEMA),
    (AnsweredLine, DEFINED["line"]),
    (DecidingRule, LINE["rules"]["items"]),
    (LimitLeft, DEFINED["limit"]),
    (OpenQuestion, DEFINED["open_question"]),
    (TableEdition, DEFINED["table"]),
    (Window, DEFINED["limit"]["properties"]["window"]),
]


@pytest.fixture(scope="module")
def engine(epidural_database: Path) -> Engine:
    return Engine.open(epidural_database)


def brief_answers(engine: Engine) -> list[dict[str, Any]]:
    """Of claims that between them fill every part of a brief answer."""
    example = json.loads((ROOT / "docs/examples/fifth-session.json").read_text("utf-8"))
    line = example["lines"][0]
    units = {**example, "claim": "U", "lines": [{**line, "code": "J0702", "units": 90}]}
    bare = {**example, "claim": "B", "history": {"state": "unknown"}}
    foreign = {**example, "claim": "F", "payer": "nobody-known"}
    claims = read_json_value([example, units, bare, foreign]).claims
    return [brief_json(one, engine) for one in engine.answer(claims)]


def test_an_answer_gives_back_the_json_that_it_came_of(engine: Engine) -> None:
    given = brief_answers(engine)
    assert [Answer.of(one).to_json() for one in given] == given
    assert [list(Answer.of(one).to_json()) for one in given] == [*map(list, given)]


def test_the_answers_tried_fill_every_part(engine: Engine) -> None:
    lines = [line for one in brief_answers(engine) for line in one["lines"]]
    limits = [limit for line in lines for limit in line["limits"]]
    assert any(limit["dates"] and limit["next_date"] for limit in limits)
    assert any(limit["possible"] is None for limit in limits)
    assert any(line["not_judged"] for line in lines)
    assert any(rule["codes"] for line in lines for rule in line["rules"])
    assert any(rule["table"] for line in lines for rule in line["rules"])


@pytest.mark.parametrize(("typed", "schema"), OBJECTS)
def test_a_class_has_the_keys_of_its_object(
    typed: type, schema: dict[str, Any]
) -> None:
    assert is_dataclass(typed)
    names = {"first": "from"} if typed is Window else {}
    assert [names.get(f.name, f.name) for f in fields(typed)] == [*schema["properties"]]


def test_every_field_has_its_line_on_the_page() -> None:
    for typed, _ in OBJECTS:
        (section,) = re.findall(
            rf"^### `{typed.__name__}`$(.*?)(?=^##|\Z)", API, re.MULTILINE | re.DOTALL
        )
        assert is_dataclass(typed)
        told = re.findall(r"^\| `(\w+)`", section, re.MULTILINE)
        assert told == [field.name for field in fields(typed)]


def test_the_page_names_the_version() -> None:
    assert BRIEF_SCHEMA in API
