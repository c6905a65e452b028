"""A point of the chart says how it must be, as the rules that ask for it want it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kb.engine import Engine
from kb.engine.report.checklist import checklist
from kb.engine.report.lists import in_short
from tests.kb.engine.columns.one_rule import Json, claim, ir, line, require
from tests.kb.engine.one_line import FACTS, program
from tests.kb.engine.report import made

NEEDED = {"outcome": "needs-evidence", "reason": "", "carc": "", "rarc": []}
RISK: Json = {"op": "choice", "fact": "opioid-risk", "of": "claim", "in": ["low"]}
NEW: Json = {"op": "yes", "fact": "new-patient", "of": "patient"}
CHANGED: Json = {"op": "yes", "fact": "approach-changed", "of": "claim"}


def all_of(*parts: Json) -> Json:
    return {"op": "and", "of": list(parts)}


def any_of(*parts: Json) -> Json:
    return {"op": "or", "of": list(parts)}


def no(part: Json) -> Json:
    return {"op": "not", "of": [part]}


def chart(duty: Json, **more: Any) -> str:
    """What the chart must show for a rule, a document after the other."""
    told = program(ir(duty, if_unknown=NEEDED, **more))
    facts = {
        key: replace(words, where="Note", ask="Write it.")
        for key, words in FACTS.items()
    }
    fix = made.words("0", "A modifier", fix="Add KX to line {line}.")
    engine = replace(Engine.of(replace(told, facts=facts)), words={fix.id: fix})
    (answer,) = engine.answer([claim(line())])
    return "; ".join(in_short(one) for one in checklist(answer.lines, engine))


@pytest.mark.parametrize(
    ("duty", "told"),
    [
        (require(NEW), "Note: Write it."),
        (require(no(NEW)), "Note: no new patient"),
        (require(RISK), "Note: opioid risk (low)"),
        (require(all_of(NEW, no(CHANGED))), "Note: no approach changed, new patient"),
        (require(any_of(NEW, CHANGED)), "Note: approach changed or new patient"),
    ],
)
def test_a_point_says_how_it_must_be(duty: Json, told: str) -> None:
    assert chart(duty) == told


def test_what_only_opens_a_rule_says_what_is_to_be_done_then() -> None:
    needs_modifier = require({"op": "modifier", "modifier": "KX"})

    assert chart(needs_modifier, when=NEW) == "Note: if new patient: Add KX to line 1."


def test_what_a_prohibition_names_must_not_be() -> None:
    assert chart({"duty": "never"}, when=NEW) == "Note: no new patient"
