"""Fact values in JSON, and facts against the kinds that policies give them."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kb.claims import Claim, check_facts, read_json_value
from kb.claims.facts import FactError, fact_from_json, fact_to_json
from kb.claims.model import Amount


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        (True, True),
        ("yes", True),
        (False, False),
        ("no", False),
        ("30 weeks", Amount(Decimal(210), "day")),
        ("1 day", Amount(Decimal(1), "day")),
        ("3 months", Amount(Decimal(3), "month")),
        ("1.5 years", Amount(Decimal(18), "month")),
        ("60 percent", Amount(Decimal(60), "percent")),
        ("60%", Amount(Decimal(60), "percent")),
        ("4", Amount(Decimal(4), "number")),
        (4, Amount(Decimal(4), "number")),
        (4.5, Amount(Decimal("4.5"), "number")),
        (Decimal("0.25"), Amount(Decimal("0.25"), "number")),
        ("low", "low"),
        ("30 wks", "30 wks"),
        ("2026-01-31", date(2026, 1, 31)),
        ("unknown", None),
        (None, None),
    ],
)
def test_fact_value(value: Any, fact: Any) -> None:
    assert fact_from_json(value) == fact
    if fact is not None:
        assert fact_from_json(fact_to_json(fact)) == fact


@pytest.mark.parametrize(
    "value",
    [[], {}, "", " ", "2026-13-01", -1, float("inf"), float("nan"), "x" * 101, "a\nb"],
    ids=repr,
)
def test_no_fact_value(value: Any) -> None:
    with pytest.raises(FactError):
        fact_from_json(value)


KINDS = {
    "approach-changed": ("yes-no", ()),
    "pain-duration": ("duration", ()),
    "pain-relief": ("percent", ()),
    "pain-score": ("number", ()),
    "opioid-risk": ("choice", ("low", "moderate", "high")),
    "mri-on": ("date", ()),
    "remark": ("text", ()),
}
GOOD = {
    "approach-changed": "yes",
    "pain-duration": "30 weeks",
    "pain-relief": "60 percent",
    "pain-score": 7,
    "opioid-risk": "low",
    "mri-on": "2026-01-31",
    "remark": "as before",
}


def claim_with(facts: dict[str, Any], place: str = "claim") -> Claim:
    line: dict[str, Any] = {"code": "64483"}
    claim: dict[str, Any] = {
        "claim": "C-1",
        "payer": "aetna",
        "date": "2026-03-10",
        "lines": [line],
    }
    if place == "claim":
        claim["facts"] = facts
    elif place == "line":
        line["facts"] = facts
    else:
        earlier = {"date": "2025-12-01", "code": "64483", "facts": facts}
        claim["history"] = {"lines": [earlier]}
    (read,) = read_json_value(claim).claims
    return read


def test_facts_of_their_kind_are_no_fault() -> None:
    assert check_facts(claim_with(GOOD), KINDS) == []


@pytest.mark.parametrize(
    ("given", "choices", "faults"),
    [
        ("none", ("low", "high"), 0),
        ("none", ("none", "high"), 0),
        ("nobody", ("low",), 1),
    ],
)
def test_none_of_its_choices_is_a_value_of_a_choice(
    given: str, choices: tuple[str, ...], faults: int
) -> None:
    kinds = {"opioid-risk": ("choice", choices)}
    assert len(check_facts(claim_with({"opioid-risk": given}), kinds)) == faults


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("claim", "facts"),
        ("line", "lines[0].facts"),
        ("earlier", "history.lines[0].facts"),
    ],
)
def test_a_fact_that_nobody_knows(place: str, path: Path) -> None:
    (bad,) = check_facts(claim_with({"pain-durations": "30 weeks"}, place), KINDS)
    assert (bad.where, bad.reason, bad.fix) == (
        f"{path}.pain-durations",
        "no policy has a fact of this name",
        "Did you mean `pain-duration`?",
    )


def test_a_fact_like_none() -> None:
    (bad,) = check_facts(claim_with({"zzz": True}), KINDS)
    assert bad.fix == "Leave it out."


@pytest.mark.parametrize(
    ("key", "value", "reason", "fix"),
    [
        ("approach-changed", "maybe", "found a word, expected true or false", ""),
        (
            "pain-duration",
            "60 percent",
            "found a percentage, expected a duration as `30 weeks` or `3 months`",
            "",
        ),
        (
            "pain-relief",
            "60",
            "found a number, expected a percentage as `60 percent`",
            "",
        ),
        (
            "pain-score",
            "7 weeks",
            "found a duration, expected a number as `4`",
            "",
        ),
        (
            "opioid-risk",
            "hihg",
            "found another word, expected one of `low`, `moderate`, `high`, `none`",
            "Did you mean `high`?",
        ),
        (
            "opioid-risk",
            True,
            "found yes or no, expected one of `low`, `moderate`, `high`, `none`",
            "",
        ),
        ("mri-on", True, "found yes or no, expected a date as `2026-01-31`", ""),
        (
            "pain-score",
            "2026-01-31",
            "found a date, expected a number as `4`",
            "",
        ),
    ],
)
def test_a_fact_of_another_kind(key: str, value: Any, reason: str, fix: str) -> None:
    (bad,) = check_facts(claim_with({key: value}), KINDS)
    assert (bad.where, bad.reason, bad.fix) == (f"facts.{key}", reason, fix)


def test_every_fault_is_given() -> None:
    facts = {"pain-duration": True, "pain-relief": "low", "unheard-of": 1}
    assert len(check_facts(claim_with(facts), KINDS)) == 3
