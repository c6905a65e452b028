"""An overlay may change or drop the scenarios that it inherits."""

from __future__ import annotations

import pytest

from dsl.base.model import Scenario

from .conftest import load

BASE = """\
policy medicare/esi: Shared
  status: shared
  cite: X12
rule acute: No new pain
  for: 64483
  require: not new-patient
  otherwise: deny for necessity
  cite: X12
scenario complete-chart: All is on paper
  claim: date 2026-03-10
  line 1: 64483-RT, dx M54.16
  line 2: 64484-RT, dx M54.16
  earlier: 64483-RT on 2025-03-10
  chart: new-patient no
  expect: line 1 pass
  expect: line 2 unknown
scenario other: Another
  like: complete-chart
  chart: new-patient yes
  expect: line 1 deny by acute
scenario third: Like the other
  like: other
  expect: line 1 deny by acute
"""
OVERLAY = """\
policy medicare/cgs/esi: Overlay
  based on: medicare/esi
  payer: medicare-part-b
  in force: from 2026-01-01
  cite: X12
"""
NEW_PATIENT = """\
fact new-patient: A new patient
  kind: yes-no
  of: claim
fact seen: Seen before
  kind: yes-no
  of: claim
"""


def scenarios(overlay: str) -> dict[str, Scenario]:
    loaded = load(NEW_PATIENT, BASE, OVERLAY + overlay)
    assert [d.render() for d in loaded.diagnostics if d.severity == "error"] == []
    (policy,) = (p for p in loaded.model.policies if p.path == "medicare/cgs/esi")
    return {scenario.name: scenario for scenario in policy.scenarios}


def faults(overlay: str) -> list[str]:
    found = load(NEW_PATIENT, BASE, OVERLAY + overlay).diagnostics
    return [d.message for d in found if d.severity == "error"]


def test_what_a_change_says_is_put_over_what_the_scenario_said() -> None:
    found = scenarios(
        "change complete-chart: All is on paper here\n  claim: place 11\n"
        "  line 2: 64484-LT, dx M54.17\n  chart: seen yes\n  expect: line 1 met by acute\n"
    )
    changed, like = found["complete-chart"], found["other"]

    assert changed.title == "All is on paper here"
    assert (changed.claim["date"], changed.claim["place"]) == ("2026-03-10", "11")
    assert changed.claim["facts"] == {"new-patient": "no", "seen": "yes"}
    assert [(x["code"], x["modifiers"]) for x in changed.claim["lines"]] == [
        ("64483", ["RT"]),
        ("64484", ["LT"]),
    ]
    assert [row["date"] for row in changed.claim["history"]["lines"]] == ["2025-03-10"]
    assert [(x["line"], x["status"]) for x in changed.expect] == [(1, "met")]
    assert like.claim["facts"] == {"new-patient": "yes", "seen": "yes"}


def test_earlier_services_take_the_place_of_those_that_were_there() -> None:
    found = scenarios(
        "change complete-chart: Other history\n  earlier: 64483-RT on 2025-09-01\n"
    )
    rows = found["complete-chart"].claim["history"]["lines"]

    assert [row["date"] for row in rows] == ["2025-09-01"]
    assert len(found["complete-chart"].expect) == 2


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        (
            "change complete-chart: No\n  covered: never\n  cite: X12\n",
            "`complete-chart` is a scenario: a change of it gives lines of a scenario",
        ),
        (
            "change acute: No\n  chart: seen yes\n",
            "`acute` is no scenario: a change of it gives no line of one",
        ),
    ],
)
def test_a_change_of_another_kind_is_told(overlay: str, said: str) -> None:
    (found,) = faults(overlay)

    assert found.startswith(said)


def test_a_dropped_scenario_takes_those_along_that_are_like_it() -> None:
    found = scenarios("drop complete-chart: Not here\n  cite: X12\n")

    assert found == {}


def test_an_own_scenario_cannot_be_like_one_that_is_dropped() -> None:
    (found,) = faults(
        "drop complete-chart: Not here\n  cite: X12\n"
        "scenario own: Own\n  like: complete-chart\n  expect: line 1 pass\n"
    )

    assert "There is no other scenario `complete-chart`" in found
