"""A rule's tree goes to JSON and back without a change, and the JSON fits the schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from dsl.ir import schema
from dsl.ir.codec import (
    IrError,
    decode_duty,
    decode_rule,
    decode_test,
    encode_duty,
    encode_rule,
    encode_test,
)
from dsl.ir.duties import Duty
from dsl.ir.forms import DUTIES, TESTS, Form
from dsl.ir.tests import Test
from tests.dsl.ir.made import some_duties, some_tests

SCHEMA = json.loads(files("dsl.ir").joinpath("rule.schema.json").read_text("utf-8"))
Json = dict[str, Any]
NEVER: Json = {
    "ir": "1.0", "policy": "a/b", "version": "a/b@", "rule": "r", "kind": "rule",
    "in_force": {"from": None, "through": None, "clock": "service", "ended": False},
    "scope": None, "claims": None, "last": None, "when": None, "unless": None,
    "exceptions": [], "duty": {"duty": "never"},
    "otherwise": {"outcome": "deny", "reason": "", "carc": "", "rarc": []},
    "if_unknown": None, "if_when_unknown": None, "advisory": False,
}  # fmt: skip


def part(name: str) -> Draft202012Validator:
    """The schema of a test or of a duty."""
    return Draft202012Validator({**SCHEMA["$defs"][name], "$defs": SCHEMA["$defs"]})


@given(some_tests(2))
def test_tests_go_to_json_and_back(node: Test) -> None:
    told = encode_test(node)
    assert decode_test(json.loads(json.dumps(told))) == node
    assert list(part("test").iter_errors(told)) == []


@given(some_duties())
def test_duties_go_to_json_and_back(node: Duty) -> None:
    told = encode_duty(node)
    assert decode_duty(json.loads(json.dumps(told))) == node
    assert list(part("duty").iter_errors(told)) == []


def test_a_rule_goes_to_json_and_back() -> None:
    inner = {
        "name": "e", "in_force": {"from": "2026-01-01", "through": None},
        "when": {"op": "always"}, "exceptions": [],
    }  # fmt: skip
    told = NEVER | {
        "last": {"set": "a#b", "same": ["side"], "modifier": "KX"},
        "unless": {"op": "modifier", "modifier": "59"},
        "exceptions": [inner | {"name": "o", "exceptions": [inner]}],
    }
    assert encode_rule(decode_rule(told)) == told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"duty": {"duty": "perhaps"}}, "there is no form 'perhaps'"),
        ({"when": {"op": "yes", "of": "claim"}}, "missing or of another kind ('fact')"),
        ({"in_force": None}, "missing or of another kind"),
        ({"when": {"op": "and", "of": 5}}, "missing or of another kind"),
        ({"when": {"op": "date", "cmp": "<", "date": "soon"}}, "soon"),
    ],
)
def test_another_shape_is_told(change: Json, said: str) -> None:
    with pytest.raises(IrError) as told:
        decode_rule(NEVER | change)
    assert said in str(told.value)


def test_the_schema_is_the_one_that_the_registry_makes() -> None:
    made = schema.as_text()
    kept = files("dsl.ir").joinpath("rule.schema.json").read_text("utf-8")
    assert made == kept, "make it anew with: python -m dsl.ir.schema"


@pytest.mark.parametrize("form", [*TESTS, *DUTIES], ids=lambda form: form.name)
def test_a_form_says_what_it_means(form: Form) -> None:
    assert form.meaning
    assert form.unknown_when
    assert form.example or form.name in ("always", "never")
