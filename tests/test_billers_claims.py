"""Ordinary claims that a biller of pain medicine checked: what the first lines must say.

Each row has its twin, which differs in what decides and is told otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kb import Engine
from kb.claims import read_json_value
from kb.engine.judge.answer import ClaimAnswer
from kb.engine.report.explain import explain

Json = dict[str, Any]

EPIDURAL: Json = {
    "indication": "radicular-pain", "concordant-imaging": True, "severe-enough": True,
    "baseline-scale": True, "pain-duration": "12 weeks", "conservative-care": "6 weeks",
    "image-guidance": "fluoroscopy", "contrast-used": True, "same-scale": True,
    "images-kept": True, "bilateral-indicated": True,
}  # fmt: skip
FIRST = 6
"""So many lines of the text are what a biller reads first."""


def claim(state: str, place: str, *lines: Json, **more: Any) -> Json:
    """A claim of Medicare of 2026-11-10, its history complete and empty."""
    told = {
        "claim": "B-1", "payer": "medicare-part-b", "state": state, "place": place,
        "date": "2026-11-10", "type": "professional", "diagnoses": ["M54.16"],
        "lines": list(lines), "history": {"state": "complete", "lines": []},
    }  # fmt: skip
    return told | more


def line(code: str, *modifiers: str, **more: Any) -> Json:
    return {"code": code, "modifiers": list(modifiers), **more}


@dataclass(frozen=True)
class Case:
    """A claim, what it comes to, and what its first lines say and do not say."""

    name: str
    claim: Json
    outcome: str
    says: tuple[str, ...]
    never: tuple[str, ...] = field(default=())


RIGHT_AND_LEFT = (line("64483", "RT"), line("64483", "LT"))
ONE_LINE = "Bill both sides on one line with modifier 50 and one unit"
FACET = {"diagnoses": ["M47.816"]}
NO_KX = (line("64493", "50"), line("64494", "50"))
KX = "add KX to lines 1-2; without KX it counts as treatment."
TO_FIND = {"facts": {"facet-purpose": "diagnostic"}}
TO_TREAT = {"facts": {"facet-purpose": "therapeutic"}}
ON_BOTH = {"diagnoses": ["M54.16", "M79.18"], "facts": EPIDURAL}
TRIGGER_POINTS = line("20553", pointers=[2])
BESIDE_EPIDURAL = (line("64483", "LT", pointers=[1]), TRIGGER_POINTS)
WISER = "Texas is a WISeR state: give the UTN, or expect review before payment"
DRUG = (line("62323", level="L4-L5"), line("J1100", units=10))
SINGLE_DOSE = "If the vial was for one dose, add JZ to line 2"
SEVERAL_DOSES = line("J1100", units=10, facts={"single-dose-container": False})
TESTED: Json = {
    "date": "2026-11-24",
    "diagnoses": ["Z79.891"],
    "facts": {"opioid-therapy": True, "opioid-risk": "moderate"},
}
EARLIER = [{"date": day, "code": "80307"} for day in ("2026-11-03", "2026-11-12")]
UHC: Json = {"payer": "uhc", "diagnoses": ["M47.816"], "fields": {"network": "in"}}
HEAT = {"facts": {"ablation-technique": "conventional-radiofrequency"}}

CASES = [
    Case(
        "two sides of a physician in a surgery center",
        claim("CA", "24", *RIGHT_AND_LEFT),
        "fix",
        (f"{ONE_LINE}; two lines are only for the surgery center's own claim",),
    ),
    Case(
        "two sides of a physician in the office",
        claim("TX", "11", *RIGHT_AND_LEFT, facts=EPIDURAL),
        "fix",
        (f"{ONE_LINE}.",),
    ),
    Case(
        "two sides of the center itself",
        claim("PA", "24", *RIGHT_AND_LEFT, facts=EPIDURAL, type="facility"),
        "note",
        ("Covered by",),
        ("modifier 50",),
    ),
    Case(
        "modifier 50 of the center itself",
        claim("PA", "24", line("64483", "50"), facts=EPIDURAL, type="facility"),
        "fix",
        ("Bill line 1 as two lines",),
        ("does not say which", "PRIORITY"),
    ),
    Case(
        "a diagnostic block without KX",
        claim("NC", "11", *(x | TO_FIND for x in NO_KX), **FACET),
        "fix",
        (KX,),
        ("denied", "two good diagnostic blocks"),
    ),
    Case(
        "a block of unsaid purpose without KX",
        claim("NC", "11", *NO_KX, **FACET),
        "needs-evidence",
        ("KX on every line of a diagnostic block.", KX),
    ),
    Case(
        "a block for treatment without KX",
        claim("NC", "11", *(x | TO_TREAT for x in NO_KX), **FACET),
        "deny",
        ("Treatment by injection needs two good diagnostic blocks",),
        ("add KX to lines",),
    ),
    Case(
        "trigger points beside an epidural",
        claim("FL", "11", *BESIDE_EPIDURAL, **ON_BOTH),
        "deny",
        ("Take line 2 off; modifier 59 does not make it payable beside the epidural.",),
        ("take line 1 off",),
    ),
    Case(
        "trigger points beside an epidural, with 59",
        claim("FL", "11", line("64483", "LT"), line("20553", "59"), **ON_BOTH),
        "deny",
        ("Take line 2 off; modifier 59 does not",),
    ),
    Case(
        "a facet block beside an epidural",
        claim("FL", "11", line("64483", "RT"), line("64493", "RT", "KX"), **ON_BOTH),
        "deny",
        ("diagnos",),
    ),
    Case(
        "an epidural in a state of WISeR",
        claim("TX", "11", line("64483", "RT"), facts=EPIDURAL),
        "note",
        (f"  {WISER}",),
    ),
    Case(
        "an epidural in another state",
        claim("FL", "11", line("64483", "RT"), facts=EPIDURAL),
        "note",
        ("Covered by",),
        ("WISeR",),
    ),
    Case(
        "an epidural of WISeR with its UTN",
        claim(
            "TX", "11", line("64483", "RT"), facts=EPIDURAL, authorization="approved"
        ),
        "note",
        ("Covered by",),
        ("WISeR",),
    ),
    Case(
        "an epidural of WISeR in a surgery center",
        claim("TX", "24", line("64483", "RT"), facts=EPIDURAL),
        "note",
        (
            "the UTN is for the facility's claim; without one expect review before payment",
        ),
    ),
    Case(
        "a drug without JZ or JW",
        claim("GA", "11", *DRUG, facts=EPIDURAL),
        "needs-evidence",
        ("  Line 2: JZ or JW where the container was for one dose.", SINGLE_DOSE),
    ),
    Case(
        "a drug from a vial for several doses",
        claim("GA", "11", DRUG[0], SEVERAL_DOSES, facts=EPIDURAL),
        "note",
        ("J1100 follows the procedure: no loaded text names the drug.",),
        ("Ask the payer", "JZ"),
    ),
    Case(
        "a drug alone",
        claim("GA", "11", SEVERAL_DOSES),
        "unknown",
        ("Ask the payer whether it covers J1100",),
    ),
    Case(
        "a drug beside a visit alone",
        claim("GA", "11", line("99213"), SEVERAL_DOSES),
        "unknown",
        ("Ask the payer whether it covers J1100",),
    ),
    Case(
        "an evaluation that found an objection",
        claim(
            "OH",
            "24",
            line("63650", facts={"stimulation-stage": "trial"}),
            payer="aetna",
            facts={"psychological-evaluation": False},
        ),
        "deny",
        ("  A psychological evaluation found no objection: no; yes is asked.",),
    ),
    Case(
        "a third drug test of an opioid patient",
        claim(
            "KY",
            "11",
            line("80307"),
            **TESTED,
            history={"state": "complete", "lines": EARLIER},
        ),
        "needs-evidence",
        (
            "3rd session in 180 days; the limit is 2, unless the chart shows the testing",
        ),
        ("abstinent",),
    ),
    Case(
        "a second drug test of an opioid patient",
        claim(
            "KY",
            "11",
            line("80307"),
            **TESTED,
            history={"state": "complete", "lines": EARLIER[:1]},
        ),
        "pass",
        ("2",),
        ("unless the chart shows",),
    ),
    Case(
        "a third level, and two that lack their UTN",
        claim(
            "IL",
            "22",
            *(line(x, "KX", "RT") for x in ("64493", "64494", "64495")),
            **FACET,
        ),
        "deny",
        ("Take line 3 off", "Lines 1-2: Put the UTN on the claim"),
    ),
    Case(
        "a third level in the office",
        claim(
            "IL",
            "11",
            *(line(x, "KX", "RT") for x in ("64493", "64494", "64495")),
            **FACET,
        ),
        "deny",
        ("Take line 3 off",),
        ("UTN",),
    ),
    Case(
        "fluoroscopy beside ablation",
        claim("GA", "24", line("64635", "RT", **HEAT), line("77003", "26"), **UHC),
        "fix",
        ("Take line 2 off: the procedure's code includes the guidance.",),
        ("No policy is loaded",),
    ),
    Case(
        "a first ablation in a surgery center",
        claim("GA", "24", line("64635", "RT", **HEAT), **UHC),
        "needs-evidence",
        ("where an office was looked for",),
        ("next from",),
    ),
]


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def answered(told: Json, engine: Engine) -> ClaimAnswer:
    """The engine's answer to a claim in JSON."""
    found = read_json_value(told)
    assert not found.bad, found.bad
    (answer,) = engine.answer(found.claims)
    return answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_first_lines_say_what_a_biller_needs(case: Case, engine: Engine) -> None:
    answer = answered(case.claim, engine)
    text = explain(answer, engine)
    head = " ".join(" ".join(text.splitlines()[1:FIRST]).split())

    assert answer.outcome == case.outcome, text
    for said in case.says:
        assert " ".join(said.split()) in head, text
    for said in case.never:
        assert said not in text.partition("\n  not judged")[0], text
    assert "..." not in head


def test_a_drug_that_follows_its_procedure_stays_open_on_its_own_line(
    engine: Engine,
) -> None:
    told = claim("GA", "11", DRUG[0], SEVERAL_DOSES, facts=EPIDURAL)
    answer = answered(told, engine)

    assert [x.outcome for x in answer.lines] == ["note", "unknown"]
    assert not answer.lines[1].grounds


def test_the_usual_gaps_stand_in_one_short_line(engine: Engine) -> None:
    answer = answered(claim("FL", "11", line("64483", "RT"), facts=EPIDURAL), engine)
    text, whole = (explain(answer, engine, verbose=more) for more in (False, True))

    assert "no table of the day loaded: code pairs" in text
    assert "2 points that no claim shows" in " ".join(text.split())
    assert "lowest effective dose" not in text
    assert "lowest effective dose" in whole
