"""Which payer and policies a claim is under, and what silence is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kb.claims.model import Claim, ClaimLine, PayerNamed
from kb.engine.evaluate import evaluate
from kb.engine.program import (
    CompiledPolicy,
    CompiledRule,
    PayerWords,
    Program,
    with_deferrals,
)
from kb.engine.select import find_payer, normalised, select

DAY = date(2026, 3, 10)
MEDICARE = PayerWords("medicare-part-b", "Medicare", "medicare", filing=frozenset({"MB"}),
                      names=frozenset({"medicare"}))  # fmt: skip
AETNA = PayerWords("aetna", "Aetna", "commercial", frozenset({"60054"}), frozenset({"CI"}),
                   frozenset({"aetna", "aetnainc"}))  # fmt: skip
OTHER = PayerWords("other", "Other", "commercial", filing=frozenset({"CI"}))
PROGRAM = Program(payers=(MEDICARE, AETNA, OTHER))


@pytest.mark.parametrize(
    ("named", "key"),
    [
        (PayerNamed(key="aetna"), "aetna"),
        (PayerNamed(identifier="60054", filing="MB"), "aetna"),
        (PayerNamed(name="AETNA, Inc."), "aetna"),
        (PayerNamed(name="Somebody", filing="MB"), "medicare-part-b"),
        (PayerNamed(filing="CI"), ""),
        (PayerNamed(key="cigna"), ""),
        (PayerNamed(), ""),
    ],
)
def test_a_payer_is_found_by_key_id_name_or_a_filing_indicator_of_its_own(
    named: PayerNamed, key: str
) -> None:
    found, reason = find_payer(named, PROGRAM)

    assert found == key
    assert bool(reason) == (not key)


def test_the_reason_never_repeats_the_name() -> None:
    _key, reason = find_payer(PayerNamed(name="JANE ROE", identifier="X1"), PROGRAM)

    assert "ROE" not in reason
    assert "X1" in reason


def test_names_are_compared_without_case_and_marks() -> None:
    assert normalised("Blue-Cross & Blue Shield, of X.") == "bluecrossblueshieldofx"


def rule(version: str) -> CompiledRule:
    ir: dict[str, Any] = {
        "ir": "1.0", "policy": "p", "version": version, "rule": "kept", "kind": "rule",
        "in_force": {"from": None, "through": None, "clock": "service", "ended": False},
        "scope": "esi", "claims": None, "last": None, "when": None, "unless": None,
        "exceptions": [], "duty": {"duty": "require", "test": {"op": "always"}},
        "otherwise": {"outcome": "deny", "reason": "", "carc": "", "rarc": []},
        "if_unknown": None, "advisory": False,
    }  # fmt: skip
    return CompiledRule(f"{version}#kept", version, "kept", "Kept", ir)


def policy(version: str, **more: object) -> CompiledPolicy:
    base = CompiledPolicy(
        version,
        version.partition("@")[0],
        "P",
        "medicare-part-b",
        rules=(rule(version),),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def claim(**more: object) -> Claim:
    base = Claim(
        "C1",
        "P1",
        PayerNamed(key="medicare-part-b"),
        (ClaimLine(1, "64483", DAY),),
        state="OH",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def answered(given: Claim, *policies: CompiledPolicy) -> tuple[str, str]:
    program = replace(
        PROGRAM, policies=policies, sets={"esi": {"64483": ((None, None),)}}
    )
    line = evaluate(program, [given])[0].lines[0]
    return line.outcome, line.reason


OHIO = policy("ohio@2020", states=frozenset({"OH"}))
PLAN = policy("plan@2020", plans=frozenset({"hmo"}))


@pytest.mark.parametrize(
    ("given", "policies", "outcome", "reason"),
    [
        (claim(), (OHIO,), "pass", ""),
        (claim(state="KY"), (OHIO,), "unknown", "no policy is loaded for 64483"),
        (claim(state=""), (OHIO,), "unknown", "does not give its state"),
        (claim(), (PLAN,), "unknown", "does not give its plan"),
        (claim(plan="hmo"), (PLAN,), "pass", ""),
        (claim(plan="ppo"), (PLAN,), "unknown", "no policy is loaded"),
        (claim(payer=PayerNamed(key="aetna")), (OHIO,), "unknown", "no policy is loaded"),
        (claim(payer=PayerNamed()), (OHIO,), "unknown", "names no payer"),
        (claim(), (policy("any@2020", payer=""),), "unknown", "no policy is loaded"),
        (claim(lines=(ClaimLine(1, "99213", DAY),)), (OHIO,), "unknown", "for 99213"),
        (claim(), (policy("old@2020", days=(None, date(2026, 3, 9))),), "unknown",
         "old ended on 2026-03-09"),
        (claim(), (policy("old@2020", days=(None, date(2026, 3, 9)), ended=True),), "unknown",
         "no policy is loaded"),
        (claim(), (policy("old@2020", days=(None, DAY)),), "pass", ""),
        (claim(), (policy("new@2026", days=(date(2026, 3, 11), None)),), "unknown",
         "no policy is loaded"),
    ],
)  # fmt: skip
def test_a_pass_needs_a_policy_of_that_payer_for_that_code_place_and_day(
    given: Claim, policies: tuple[CompiledPolicy, ...], outcome: str, reason: str
) -> None:
    found, why = answered(given, *policies)

    assert found == outcome
    assert reason in why
    assert bool(why) == bool(reason)


def test_a_version_in_force_stands_in_for_one_that_ended() -> None:
    old = policy("p@2020", days=(None, date(2025, 12, 31)))
    new = policy("p@2026", days=(date(2026, 1, 1), None))
    found = select(claim(), DAY, replace(PROGRAM, policies=(old, new)))

    assert [p.id for p in found.policies] == ["p@2026"]
    assert found.ended == ()


def test_a_policy_that_defers_brings_the_others_for_its_plans_and_days() -> None:
    advantage = CompiledPolicy(
        "ma@2021", "ma", "MA", "aetna", plans=frozenset({"hmo"}), defers_to="medicare-part-b",
        days=(date(2021, 1, 1), None),
    )  # fmt: skip
    followed = with_deferrals((OHIO, advantage))[2]

    assert (followed.id, followed.payer) == ("ohio@2020", "aetna")
    assert (followed.states, followed.plans) == (frozenset({"OH"}), frozenset({"hmo"}))
    assert followed.days == (date(2021, 1, 1), None)


def test_policies_that_never_meet_are_not_followed() -> None:
    advantage = CompiledPolicy(
        "ma@2021",
        "ma",
        "MA",
        "aetna",
        states=frozenset({"CA"}),
        defers_to="medicare-part-b",
    )

    assert with_deferrals((OHIO, advantage)) == (OHIO, advantage)
