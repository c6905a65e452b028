"""The JSON Schema of the compiled rule: every form passes, near misses do not."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]

SCHEMA: Json = json.loads(
    files("dsl.ir").joinpath("rule.schema.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

WEEKS = [{"amount": 4, "unit": "week", "from": None, "through": None}]
FOUR = [{"amount": 4, "unit": "number", "from": None, "through": None}]
DATED = [
    {"amount": 6, "unit": "number", "from": None, "through": "2021-12-31"},
    {"amount": 4, "unit": "number", "from": "2022-01-01", "through": None},
]
YES = {"op": "yes", "fact": "imaging-done", "of": "line"}
YEAR = {"kind": "rolling", "n": 12, "unit": "month"}
EARLIER: Json = {
    "op": "earlier",
    "set": "a/b@2022-01-01#esi",
    "count": {"min": 1, "max": None},
    "same": ["region"],
    "window": None,
    "before": None,
    "apart": None,
    "modifier": None,
    "without": None,
    "each": None,
}
RULE: Json = {
    "ir": "1.0",
    "policy": "medicare/sample/esi",
    "version": "medicare/sample/esi@2021-12-05",
    "rule": "sessions-per-region",
    "kind": "rule",
    "in_force": {
        "from": "2021-12-05",
        "through": None,
        "clock": "service",
        "ended": False,
    },
    "scope": "medicare/sample/esi@2021-12-05#esi",
    "claims": None,
    "last": None,
    "when": None,
    "unless": None,
    "exceptions": [],
    "duty": {"duty": "never"},
    "otherwise": {
        "outcome": "deny",
        "reason": "frequency",
        "carc": "CO-151",
        "rarc": ["N362", "M25"],
    },
    "if_unknown": None,
    "if_when_unknown": None,
    "advisory": False,
}
TESTS: dict[str, Json] = {
    "and": {"op": "and", "of": [YES, {"op": "always"}]},
    "or": {"op": "or", "of": [YES]},
    "not": {"op": "not", "of": [{"op": "or", "of": [YES, YES]}]},
    "at least": {"op": "at-least", "count": 2, "of": [YES, YES, {"op": "never"}]},
    "always": {"op": "always"},
    "never": {"op": "never"},
    "yes": YES,
    "documented": {"op": "documented", "fact": "pain-relief", "of": "procedure"},
    "compare": {
        "op": "compare",
        "fact": "pain-duration",
        "of": "patient",
        "cmp": ">=",
        "amount": WEEKS,
    },
    "compare a decimal": {
        "op": "compare",
        "fact": "dose",
        "of": "claim",
        "cmp": "<",
        "amount": [{"amount": "0.5", "unit": "number", "from": None, "through": None}],
    },
    "choice": {"op": "choice", "fact": "opioid-risk", "of": "patient", "in": ["high"]},
    "field in words": {
        "op": "field",
        "field": "place",
        "in": ["24", "11"],
        "set": None,
    },
    "field in a set": {
        "op": "field",
        "field": "place",
        "in": [],
        "set": "shared#offices",
    },
    "date": {"op": "date", "cmp": "<", "date": "2025-12-31"},
    "diagnosis": {"op": "diagnosis", "set": "shared#zoster", "which": "any"},
    "primary diagnosis": {
        "op": "diagnosis",
        "set": "shared#zoster",
        "which": "primary",
    },
    "modifier": {"op": "modifier", "modifier": "KX"},
    "billed": {"op": "billed", "how": "once"},
    "earlier": EARLIER,
    "earlier with all": EARLIER
    | {
        "count": {"min": 0, "max": 2},
        "window": YEAR,
        "before": WEEKS,
        "apart": WEEKS,
        "modifier": "KX",
        "each": {"op": "and", "of": [YES]},
    },
    "same day": {
        "op": "same-day",
        "set": "shared#guidance",
        "count": {"min": 1, "max": None},
        "same": ["level", "side"],
    },
}
LIMIT: Json = {
    "duty": "limit",
    "count": FOUR,
    "unit": "session",
    "per": ["region"],
    "window": YEAR,
    "counting": None,
}
DUTIES: dict[str, Json] = {
    "require": {"duty": "require", "test": YES},
    "never": {"duty": "never"},
    "covers": {"duty": "covers"},
    "bill as": {"duty": "bill-as", "set": "shared#guidance"},
    "limit": LIMIT,
    "limit by dates": LIMIT | {"count": DATED},
    "limit in days": LIMIT | {"window": {"kind": "rolling", "n": 365, "unit": "day"}},
    "limit in a calendar year": LIMIT
    | {"window": {"kind": "calendar", "unit": "year"}},
    "limit in a plan year": LIMIT | {"window": {"kind": "plan-year"}},
    "limit that counts others": LIMIT
    | {"counting": {"with": ["KX"], "without": ["59"], "denied": True, "own": False}},
    "limit by a choice": {
        "duty": "limit-by",
        "fact": "opioid-risk",
        "of": "patient",
        "cases": [{"choice": "low", "limit": LIMIT}],
    },
    "limit in a quarter": LIMIT | {"window": {"kind": "calendar", "unit": "quarter"}},
    "limit in a lifetime": LIMIT | {"window": {"kind": "lifetime"}, "unit": "unit"},
    "limit in a session": LIMIT | {"window": {"kind": "session"}, "unit": "level"},
    "limit on a date": LIMIT | {"window": {"kind": "date"}, "unit": "injection"},
    "interval": {
        "duty": "interval",
        "least": WEEKS,
        "between": "session",
        "per": [],
        "counting": None,
    },
    "not with": {
        "duty": "not-with",
        "set": "shared#guidance",
        "same": ["level"],
        "unless_modifier": ["59", "XS"],
    },
}
WAY_OUT: Json = {
    "name": "failed-first",
    "in_force": {"from": None, "through": "2025-12-31"},
    "when": YES,
    "exceptions": [],
}


def faults(rule: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(rule)]


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "payerkb-rule/1.0"


def test_every_object_is_closed_and_complete() -> None:
    shapes = [SCHEMA, *SCHEMA["$defs"].values()]
    objects = [shape for shape in shapes if shape.get("type") == "object"]
    assert len(objects) > 25
    for shape in objects:
        assert shape["additionalProperties"] is False
        assert set(shape["required"]) == set(shape["properties"])
        assert shape["description"].endswith(".")


@pytest.mark.parametrize("duty", DUTIES.values(), ids=DUTIES)
def test_every_duty_passes(duty: Json) -> None:
    assert faults(RULE | {"duty": duty}) == []


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_every_test_passes_wherever_it_stands(test: Json) -> None:
    assert faults(RULE | {"when": test, "unless": test}) == []
    assert faults(RULE | {"duty": {"duty": "require", "test": test}}) == []
    assert faults(RULE | {"exceptions": [WAY_OUT | {"when": test}]}) == []


WHOLE: dict[str, Json] = {
    "a gap": {"kind": "gap", "duty": None},
    "no scope": {"scope": None},
    "one kind of claim": {"claims": "facility"},
    "an owner of procedure facts": {"last": {"set": "a#b", "same": ["region"]}},
    "an owner told apart by modifiers": {
        "last": {"set": "a#b", "same": [], "modifier": "KX", "without": "59"}
    },
    "nested exceptions": {"exceptions": [WAY_OUT | {"exceptions": [WAY_OUT]}]},
    "if unknown": {
        "if_unknown": {
            "outcome": "needs-evidence",
            "reason": "",
            "carc": "",
            "rarc": [],
        }
    },
    "days of receipt": {
        "in_force": {
            "from": None,
            "through": "2026-01-01",
            "clock": "received",
            "ended": True,
        }
    },
    "a CARC with a letter": {"otherwise": RULE["otherwise"] | {"carc": "PR-B7"}},
}


@pytest.mark.parametrize("part", WHOLE.values(), ids=WHOLE)
def test_every_part_of_a_rule_passes(part: Json) -> None:
    assert faults(RULE | part) == []


@pytest.mark.parametrize("key", RULE)
def test_nothing_may_be_missing(key: str) -> None:
    assert faults({name: value for name, value in RULE.items() if name != key})


def spoiled(shape: Json) -> list[tuple[str, Json]]:
    """The shape with each key missing, each value of a wrong type, and one key more."""
    made: list[tuple[str, Json]] = [("one key more", shape | {"extra": 1})]
    for key in shape:
        rest = copy.deepcopy(shape)
        del rest[key]
        made.append((f"without {key}", rest))
        made.append((f"wrong {key}", shape | {key: 3.5}))
    return made


SPOILED_TESTS = [
    pytest.param(bad, id=f"{name}: {what}")
    for name, test in TESTS.items()
    for what, bad in spoiled(test)
]
SPOILED_DUTIES = [
    pytest.param(bad, id=f"{name}: {what}")
    for name, duty in DUTIES.items()
    for what, bad in spoiled(duty)
]


@pytest.mark.parametrize("test", SPOILED_TESTS)
def test_spoiled_tests_fail(test: Json) -> None:
    assert faults(RULE | {"when": test})


@pytest.mark.parametrize("duty", SPOILED_DUTIES)
def test_spoiled_duties_fail(duty: Json) -> None:
    assert faults(RULE | {"duty": duty})


NEAR_MISSES: dict[str, Json] = {
    "other version": {"ir": "2.0"},
    "a gap with a duty": {"kind": "gap"},
    "a rule without a duty": {"duty": None},
    "a day that is none": {"in_force": RULE["in_force"] | {"from": "2021-02-30"}},
    "a day in other words": {"in_force": RULE["in_force"] | {"from": "12/05/2021"}},
    "an unknown clock": {"in_force": RULE["in_force"] | {"clock": "processed"}},
    "an empty scope": {"scope": ""},
    "an unknown outcome": {"otherwise": RULE["otherwise"] | {"outcome": "denied"}},
    "a CARC without its group": {"otherwise": RULE["otherwise"] | {"carc": "151"}},
    "a RARC of digits": {"otherwise": RULE["otherwise"] | {"rarc": ["362"]}},
    "an unknown test": {"when": {"op": "xor", "of": [YES, YES]}},
    "an empty group": {"when": {"op": "and", "of": []}},
    "not with two parts": {"when": {"op": "not", "of": [YES, YES]}},
    "at least none": {"when": {"op": "at-least", "count": 0, "of": [YES]}},
    "a field with nothing": {"when": TESTS["field in words"] | {"in": []}},
    "a field with both": {"when": TESTS["field in words"] | {"set": "shared#offices"}},
    "an unknown field": {"when": TESTS["field in words"] | {"field": "colour"}},
    "a small modifier": {"when": {"op": "modifier", "modifier": "kx"}},
    "a float": {"duty": LIMIT | {"count": [FOUR[0] | {"amount": 4.5}]}},
    "a limit of weeks": {"duty": LIMIT | {"count": WEEKS}},
    "a limit without amounts": {"duty": LIMIT | {"count": []}},
    "an interval of percent": {
        "duty": DUTIES["interval"] | {"least": [WEEKS[0] | {"unit": "percent"}]}
    },
    "a calendar week": {
        "duty": LIMIT | {"window": {"kind": "calendar", "unit": "week"}}
    },
    "a window of no days": {"duty": LIMIT | {"window": YEAR | {"n": 0}}},
    "a lifetime with a unit": {
        "duty": LIMIT | {"window": {"kind": "lifetime", "unit": "year"}}
    },
    "the same group twice": {"duty": LIMIT | {"per": ["region", "region"]}},
    "an exception without a test": {"exceptions": [WAY_OUT | {"when": None}]},
    "an exception with a clock": {"exceptions": [WAY_OUT | {"clock": "service"}]},
}


@pytest.mark.parametrize("part", NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_near_misses_fail(part: Json) -> None:
    assert faults(RULE | part)
