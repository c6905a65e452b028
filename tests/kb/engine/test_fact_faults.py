"""Python refuses facts that the command line refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import ClaimFactsError, Engine
from kb.claims import read_json_value
from tests.kb.engine.columns.one_rule import Json

CLAIM: Json = {
    "claim": "C1",
    "payer": "aetna",
    "lines": [{"code": "64483", "date": "2026-03-10"}],
}


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"pain-duraton": "30 weeks"},
            (
                "facts.pain-duraton: no policy has a fact of this name. "
                "Did you mean `pain-duration`?"
            ),
        ),
        (
            {"pain-duration": "long"},
            (
                "facts.pain-duration: found a word, expected a duration as `30 weeks` or "
                "`3 months`."
            ),
        ),
        (
            {"pain-duration": "long", "unheard-of-thing": True},
            (
                "facts: no policy has a fact of this name (a text of 16 characters). "
                "Leave it out. (2 such faults)"
            ),
        ),
    ],
)
def test_a_fact_that_no_policy_knows_is_refused(
    facts: Json, told: str, engine: Engine
) -> None:
    (claim,) = read_json_value({**CLAIM, "facts": facts}).claims

    with pytest.raises(ClaimFactsError) as found:
        engine.answer([claim])

    assert str(found.value) == told
    assert {bad.id for bad in found.value.bad} == {"C1"}
    assert len([*engine.faults_of([claim])]) == len(facts)


def test_sound_facts_are_answered_and_others_where_nobody_asks(engine: Engine) -> None:
    sound = read_json_value({**CLAIM, "facts": {"pain-duration": "30 weeks"}}).claims
    other = read_json_value({**CLAIM, "facts": {"pain-duraton": "30 weeks"}}).claims

    assert len(engine.answer(sound)) == 1
    assert len(engine.taking_any_facts().answer(other)) == 1
