"""The straight reader gives the careful one's claim, or none."""

import json
from typing import Any

import pytest
from hypothesis import given

from kb.claims import claim_to_json
from kb.claims.json.checks import JsonObject
from kb.claims.json.claim import claim_from_object
from kb.claims.json.straight import straight_claim
from tests.kb.claims.claims_in_json import BASE, GOOD, LINE, claims, spoiled_claims

DOUBTED = {"nulls", "line-nulls", "payer-object", "replacement", "void", "pointers"}
"""Good claims that are rare enough to be read with care."""


@pytest.mark.parametrize("name", GOOD)
def test_a_plain_claim_is_read_straight(name: str) -> None:
    found = straight_claim(GOOD[name])
    assert (found is None) == (name in DOUBTED)
    assert found is None or (found, []) == claim_from_object(GOOD[name])


@given(claims())
def test_any_good_claim_is_the_careful_readers(claim: Any) -> None:
    found = straight_claim(claim_to_json(claim))
    assert found in (None, claim)


@given(spoiled_claims())
def test_what_is_spoiled_is_never_read_otherwise(claim: Any) -> None:
    found = straight_claim(claim)
    assert found is None or (found, []) == claim_from_object(claim)


@pytest.mark.parametrize(
    "claim",
    [
        BASE | {"note": None},
        BASE | {"lines": [LINE | {"units": True}]},
        BASE | {"lines": [LINE | {"units": "0.0"}]},
        BASE | {"lines": [LINE | {"units": ""}]},
        BASE | {"lines": [LINE, LINE | {"line": 1}]},
        BASE | {"facts": {"A b": None}},
        BASE | {"birth": "2026-03-11"},
        BASE | {"fields": {"sex": ""}},
        BASE | {"state": ["FL"]},
        JsonObject(BASE),
    ],
    ids=json.dumps,
)
def test_what_is_in_doubt_is_left_to_the_careful_reader(claim: Any) -> None:
    assert straight_claim(claim) is None


def test_words_that_stand_for_nothing_are_left_out() -> None:
    claim = BASE | {"plan": "unknown", "fields": {"network": "unknown", "sex": "male"}}
    found = straight_claim(claim)
    assert found is not None
    assert (found.plan, found.fields) == ("", {"sex": "male"})
