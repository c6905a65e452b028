"""The names that a rule's tree holds."""

from __future__ import annotations

from typing import Any

import pytest

from dsl.ir.codec import decode_rule
from kb.build.references import mentions_in

EMPTY: dict[str, Any] = {
    "ir": "1.0",
    "policy": "own",
    "version": "own@",
    "rule": "r",
    "kind": "rule",
    "in_force": {"from": None, "through": None, "clock": "service", "ended": False},
    "claims": None,
    "if_unknown": None,
    "if_when_unknown": None,
    "advisory": False,
    "scope": "own#scope",
    "last": None,
    "when": None,
    "unless": None,
    "exceptions": [],
    "duty": None,
    "otherwise": {"outcome": "deny", "reason": "", "carc": "CO-50", "rarc": ["N115"]},
}
YES = {"op": "yes", "fact": "imaging-done", "of": "line"}
RISK = {"op": "choice", "fact": "opioid-risk", "of": "patient", "in": ["high"]}
EARLIER: dict[str, Any] = {
    "op": "earlier",
    "set": "own#esi",
    "count": {"min": 1, "max": None},
    "same": ["region"],
    "window": None,
    "before": None,
    "apart": None,
    "modifier": "KX",
    "without": None,
    "each": {"op": "documented", "fact": "pain-relief", "of": "procedure"},
}

CASES: list[tuple[str, dict[str, Any], list[str], list[object], list[object]]] = [
    ("nothing", {}, [], [], []),
    ("scope is no mention", {"duty": {"duty": "never"}}, [], [], []),
    ("a fact", {"when": YES}, ["imaging-done"], [], []),
    (
        "facts below not, or and exceptions, each once",
        {
            "when": {"op": "not", "of": [{"op": "or", "of": [YES, RISK]}]},
            "exceptions": [
                {
                    "name": "way-out",
                    "in_force": {"from": None, "through": None},
                    "when": YES,
                    "exceptions": [
                        {
                            "name": "inner",
                            "in_force": {"from": None, "through": None},
                            "when": {"op": "yes", "fact": "inner-fact", "of": "line"},
                            "exceptions": [],
                        }
                    ],
                }
            ],
        },
        ["imaging-done", "inner-fact", "opioid-risk"],
        [],
        [],
    ),
    (
        "earlier sessions with their modifier and own facts",
        {"unless": EARLIER},
        ["pain-relief"],
        [("earlier", "own#esi")],
        [("modifier", "modifier", "KX")],
    ),
    (
        "diagnoses",
        {"when": {"op": "diagnosis", "set": "own#dx", "which": "any"}},
        [],
        [("diagnosis", "own#dx")],
        [],
    ),
    (
        "places by code",
        {"when": {"op": "field", "field": "place", "in": ["24", "11"], "set": None}},
        [],
        [],
        [("place", "place", "11"), ("place", "place", "24")],
    ),
    (
        "places by list",
        {"when": {"op": "field", "field": "place", "in": [], "set": "own#offices"}},
        [],
        [("place", "own#offices")],
        [],
    ),
    (
        "words of other fields are no codes",
        {"when": {"op": "field", "field": "state", "in": ["FL"], "set": None}},
        [],
        [],
        [],
    ),
    (
        "not with, unless modifiers",
        {
            "duty": {
                "duty": "not-with",
                "set": "own#guidance",
                "same": [],
                "unless_modifier": ["59"],
            }
        },
        [],
        [("not-with", "own#guidance")],
        [("unless-modifier", "modifier", "59")],
    ),
    (
        "a dated fact before the service",
        {
            "unless": {
                "op": "elapsed",
                "fact": "treatment-start",
                "of": "patient",
                "side": "before",
                "cmp": ">=",
                "amount": [],
            },
        },
        ["treatment-start"],
        [],
        [],
    ),
    (
        "a day of the claim is no fact",
        {
            "when": {
                "op": "elapsed",
                "clock": "received",
                "side": "after",
                "cmp": "<=",
                "amount": [],
            }
        },
        [],
        [],
        [],
    ),
    (
        "the fact that a limit goes by",
        {
            "duty": {
                "duty": "limit-by",
                "fact": "opioid-risk",
                "of": "patient",
                "cases": [],
            }
        },
        ["opioid-risk"],
        [],
        [],
    ),
    (
        "owner of procedure facts",
        {"last": {"set": "own#esi", "same": ["region"]}},
        [],
        [("last", "own#esi")],
        [],
    ),
]


@pytest.mark.parametrize(
    ("tree", "facts", "sets", "codes"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_names_in_a_rule(
    tree: dict[str, Any], facts: list[str], sets: list[object], codes: list[object]
) -> None:
    assert mentions_in(decode_rule(EMPTY | tree)) == (facts, sets, codes)
