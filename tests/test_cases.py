"""Claims that people in this job met, told anew: the right answer of each is a row here.

The people, days and numbers are made up.  A row that waits for knowledge says what must
be told until then: never a pass in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kb import Engine
from kb.claims import read_json_value
from kb.engine.judge.answer import ClaimAnswer, LineAnswer
from kb.engine.report.claim_sentences import tell

Json = dict[str, Any]

SHOWN: Json = {
    "indication": "radicular-pain",
    "concordant-imaging": True,
    "severe-enough": True,
    "baseline-scale": True,
    "pain-duration": "26 weeks",
    "conservative-care": "10 weeks",
    "image-guidance": "fluoroscopy",
    "contrast-used": True,
    "same-scale": True,
    "active-rehab": True,
    "contraindication": False,
    "unapproved-injectate": False,
    "predetermined-series": False,
    "diagnostic-root-block": False,
}
"""A chart that shows all that First Coast asks of an epidural."""
LAST_RESORT: Json = {
    "late-option": True,
    "psychological-evaluation": True,
    "physical-evaluation": True,
}


@dataclass(frozen=True)
class Case:
    """A claim and what is right for it."""

    name: str
    claim: Json
    line: int
    outcomes: tuple[str, ...]
    """Outcomes of the line that are right."""
    by: str = ""
    """The rule that says so."""
    carc: str = ""
    waits_for: str = ""
    """The knowledge that is not loaded yet; the outcomes are those until then."""


def claim(day: str, *lines: Json, state: str = "FL", **more: Any) -> Json:
    """A claim of Medicare in an office, its history complete and empty."""
    history = {"state": "complete", "lines": []}
    return {
        "payer": "medicare-part-b", "plan": "medicare", "state": state, "place": "11",
        "date": day, "lines": list(lines), "history": history, **more,
    }  # fmt: skip


def line(code: str, *modifiers: str, **more: Any) -> Json:
    return {"code": code, "modifiers": list(modifiers), **more}


FACET_CHART: Json = {
    "axial-pain": True,
    "pain-duration": "30 weeks",
    "care-failed": True,
    "baseline-scale": True,
    "untreated-root-pain": False,
    "anterior-fusion": False,
    "other-pain-cause": False,
    "widespread-pain": False,
    "image-guidance": "fluoroscopy",
    "unapproved-injectate": False,
    "sedation-reason": "anxiety",
}
TRIGGER_CHART: Json = {
    "trigger-point-signs": "2",
    "tender-nodule": True,
    "injection-needed": True,
    "anesthetic-injected-alone": True,
    "baseline-scale": True,
    "several-regions-injected": False,
    "active-rehab": True,
    "same-scale": True,
}
TRIAL = {"facts": {"stimulation-stage": "trial"}}
REPLACED = {"facts": {"stimulation-stage": "replacement"}}

CASES = (
    Case(
        "a steroid without JZ",
        claim(
            "2026-10-14",
            line("64483", "LT"),
            line("J1100", units=8),
            diagnoses=["M54.17"],
            facts=SHOWN,
        ),
        2,
        ("needs-evidence",),
    ),
    Case(
        "botulinum for a headache",
        claim("2026-10-14", line("J0585", units=200), diagnoses=["R51.9"]),
        1,
        ("deny",),
    ),
    Case(
        "a second lead on a second line",
        claim(
            "2026-10-15",
            line("63650", **TRIAL),
            line("63650", **TRIAL),
            diagnoses=["G90.521"],
            facts=LAST_RESORT,
        ),
        2,
        ("fix",),
        by="billed-once",
        carc="CO-18",
    ),
    Case(
        "a second lead as units",
        claim(
            "2026-10-15",
            line("63650", units=2, **TRIAL),
            diagnoses=["M96.1"],
            facts=LAST_RESORT,
        ),
        1,
        ("pass", "note", "review"),
    ),
    Case(
        "a second lead with 59",
        claim(
            "2026-10-15",
            line("63650", **TRIAL),
            line("63650", "59", **TRIAL),
            diagnoses=["M96.1"],
            facts=LAST_RESORT,
        ),
        2,
        ("pass", "note", "review"),
    ),
    Case(
        "trigger points by number in August",
        claim(
            "2026-08-19",
            line("20553", units=7),
            state="NY",
            diagnoses=["M79.18"],
            facts=TRIGGER_CHART,
        ),
        1,
        ("fix",),
    ),
    Case(
        "stimulator leads by number in August",
        claim(
            "2026-08-19",
            line("63650", units=3, **TRIAL),
            diagnoses=["M96.1"],
            facts=LAST_RESORT,
        ),
        1,
        ("review",),
        by="63650",
        waits_for="the units of the third quarter of 2026",
    ),
    Case(
        "two stimulator leads in August",
        claim(
            "2026-08-19",
            line("63650", units=2, **TRIAL),
            diagnoses=["M96.1"],
            facts=LAST_RESORT,
        ),
        1,
        ("pass", "note", "review"),
    ),
    Case(
        "trigger points on two lines in August",
        claim(
            "2026-08-19",
            line("20553"),
            line("20553", "59"),
            state="NY",
            diagnoses=["M79.18"],
            facts=TRIGGER_CHART,
        ),
        2,
        ("deny", "fix"),
    ),
    Case(
        "trigger points by number in November",
        claim(
            "2026-11-19",
            line("20553", units=7),
            state="NY",
            diagnoses=["M79.18"],
            facts=TRIGGER_CHART,
        ),
        1,
        ("deny", "fix"),
        by="20553",
    ),
    Case(
        "anesthesia beside a facet block",
        claim(
            "2026-10-20",
            line("64493", "KX", "LT"),
            line("01938", "QZ", units=15),
            diagnoses=["M47.816"],
            place="24",
            facts=FACET_CHART,
        ),
        2,
        ("deny",),
        by="no-sedation",
        carc="CO-50",
    ),
    Case(
        "a visit beside an epidural, all written down",
        claim(
            "2026-10-21",
            line("99213", "25"),
            line("64483", "LT"),
            diagnoses=["M54.17"],
            facts=SHOWN,
        ),
        2,
        ("pass",),
    ),
    Case(
        "the genicular branches as three blocks",
        claim(
            "2026-11-27",
            line("64450", "LT", units=3),
            state="NV",
            diagnoses=["M17.12"],
            facts={
                "genicular-branches-blocked": True,
                "pain-duration": "60 weeks",
                "pain-evaluated": True,
                "metabolic-neuropathy": False,
                "block-for-operation": False,
            },
        ),
        1,
        ("fix",),
    ),
    Case(
        "an old generator out and a new one in",
        claim(
            "2026-10-23",
            line("63685", **REPLACED),
            line("63688", **REPLACED),
            diagnoses=["T85.113A", "G89.4"],
            place="24",
            facts={"device-worn-out": True, **LAST_RESORT},
        ),
        2,
        ("fix",),
    ),
    Case(
        "complexity beside 25",
        claim(
            "2026-10-26",
            line("99213", "25", diagnoses=["G89.29"]),
            line("G2211", diagnoses=["G89.29"]),
            line("20552", diagnoses=["M79.12"]),
            state="NY",
        ),
        2,
        ("fix",),
    ),
    Case(
        "peripheral leads under Anthem",
        claim(
            "2026-10-27",
            line("64555"),
            state="OH",
            payer="anthem",
            plan="commercial",
            place="24",
            diagnoses=["G57.72"],
        ),
        1,
        ("deny",),
    ),
    Case(
        "the largest panel every month",
        claim(
            "2026-10-28",
            line("G0483"),
            place="81",
            diagnoses=["Z79.891"],
            facts={"opioid-risk": "low", "opioid-therapy": True},
            history={
                "state": "complete",
                "lines": [
                    {"code": "G0483", "date": f"2026-{month:02}-12"}
                    for month in range(1, 10)
                ],
            },
        ),
        1,
        ("review",),
    ),
    Case(
        "facts on the line",
        claim("2026-10-29", line("64483", "LT", facts=SHOWN), diagnoses=["M54.17"]),
        1,
        ("pass", "note"),
    ),
    Case(
        "two sides on two lines in the office",
        claim(
            "2026-10-30",
            line("64483", "RT"),
            line("64483", "LT"),
            diagnoses=["M54.16"],
            facts={**SHOWN, "bilateral-indicated": True},
        ),
        1,
        ("fix", "deny"),
        by="one-line",
    ),
    Case(
        "one side on two lines",
        claim(
            "2026-10-30",
            line("64483", "LT"),
            line("64483", "LT"),
            diagnoses=["M54.16"],
            facts=SHOWN,
        ),
        2,
        ("fix", "deny"),
        by="billed-once",
        carc="CO-18",
    ),
    Case(
        "both sides on one line in a surgery center",
        claim(
            "2026-10-30",
            line("64483", "50"),
            diagnoses=["M54.16"],
            place="24",
            type="facility",
            facts={**SHOWN, "bilateral-indicated": True},
        ),
        1,
        ("fix",),
        by="no-fifty",
    ),
    Case(
        "both sides on two lines in a surgery center",
        claim(
            "2026-10-30",
            line("64483", "RT"),
            line("64483", "LT"),
            diagnoses=["M54.16"],
            place="24",
            type="facility",
            facts={**SHOWN, "bilateral-indicated": True},
        ),
        2,
        ("pass", "note", "review"),
    ),
    Case(
        "a further level at the same level",
        claim(
            "2026-11-02",
            line("64483", "LT", level="L4-L5"),
            line("64484", "LT", level="L4-L5"),
            diagnoses=["M54.16"],
            facts=SHOWN,
        ),
        2,
        ("fix",),
        by="apart-from-64483",
    ),
    Case(
        "a correction beside what it corrects",
        claim(
            "2026-11-03",
            line("64483", "LT", rendering="1234567893"),
            diagnoses=["M54.16"],
            facts=SHOWN,
            frequency="replacement",
            replaces="ICN-4711",
            history={
                "state": "complete",
                "lines": [
                    {
                        "code": "64483",
                        "date": "2026-11-03",
                        "modifiers": ["LT"],
                        "rendering": "1234567893",
                        "status": "paid",
                    }
                ],
            },
        ),
        1,
        ("pass", "note"),
    ),
)


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def answered(told: Json, engine: Engine) -> ClaimAnswer:
    """The engine's answer to a claim in JSON."""
    read = read_json_value({"claim": "T-1", **told})
    assert not read.bad
    (answer,) = engine.answer(read.claims)
    return answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_claim_that_somebody_met(case: Case, engine: Engine) -> None:
    answer = answered(case.claim, engine)
    found = answer.lines[case.line - 1]

    assert found.outcome in case.outcomes, why(found)
    if case.by:
        (result,) = [x for x in found.results if x.rule.endswith(f"#{case.by}")]
        assert result.status == "not-met", why(found)
        assert not case.carc or case.carc == engine.words[result.rule].carc


@pytest.mark.parametrize(
    ("rule", "sides", "beside"),
    [
        ("billed-once", ("LT", "RT", "LT"), {3: (1,)}),
        ("one-line", ("LT", "RT"), {1: (2,), 2: (1,)}),
    ],
)
def test_lines_that_are_billed_wrongly_together_are_named(
    rule: str,
    sides: tuple[str, ...],
    beside: dict[int, tuple[int, ...]],
    engine: Engine,
) -> None:
    lines = [line("64483", side) for side in sides]
    found = answered(claim("2026-10-30", *lines, diagnoses=["M54.16"]), engine)

    named = {
        one.number: result.with_lines
        for one in found.lines
        for result in one.results
        if result.rule.endswith(f"#{rule}") and result.status == "not-met"
    }

    assert named == beside


def test_units_above_a_later_cap_are_looked_up(engine: Engine) -> None:
    told = claim("2026-08-19", line("63650", units=3, **TRIAL), diagnoses=["M96.1"],
                 facts=LAST_RESORT)  # fmt: skip
    (found,) = answered(told, engine).lines
    (cap,) = [x for x in found.results if x.table and x.table.kind == "mue"]

    assert found.outcome == found.as_billed == "review"
    assert cap.because == "3 units on 2026-08-19; the table begins 2026-10-01"
    assert cap.do.startswith("Look it up in the table of 2026 Q3: ")
    assert "no edition loaded for 2026 Q3" in {
        x.why for x in found.not_judged if x.question == "units"
    }


def test_units_above_a_policys_later_cap_are_told_as_not_judged(engine: Engine) -> None:
    told = claim("2025-12-31", line("64483", "50", units=2), diagnoses=["M54.16"])
    (found,) = answered(told, replace(engine, tables=None)).lines

    assert found.as_billed == "unknown"
    (why_open,) = (x.why for x in found.not_judged if x.question == "units")
    assert "begins on 2026-01-01" in why_open
    assert "2 units" in why_open


def why(line: LineAnswer) -> str:
    """What the rules that object say, for a failure."""
    said = [
        f"{x.rule} {x.status} {x.outcome} {x.because}"
        for x in line.results
        if x.status in ("not-met", "unknown")
    ]
    return "\n".join([f"{line.outcome}: {line.reason}", *said])


def test_what_the_chart_gives_and_is_not_enough_stands_first(engine: Engine) -> None:
    facts = {**SHOWN, "conservative-care": "2 weeks"}
    told = claim("2026-10-30", line("64483", "RT"), diagnoses=["M54.16"], facts=facts)

    said = tell(answered(told, engine), engine).claim.say
    assert said.startswith("Not enough: how long non-invasive care was tried")
    assert "14 days (at least 4 weeks are asked)" in said


@pytest.mark.parametrize(
    ("code", "diagnosis", "told"),
    [
        ("64483", "M54.50", "every contractor's text gives deny"),
        (
            "62322",
            "M54.16",
            "First Coast or Novitas: review; CGS, NGS, Noridian, Palmetto or WPS: deny",
        ),
    ],
)
def test_without_a_state_each_contractor_is_asked(
    code: str, diagnosis: str, told: str, engine: Engine
) -> None:
    given = claim("2026-10-30", line(code), diagnoses=[diagnosis])
    without = {key: value for key, value in given.items() if key != "state"}
    (found,) = answered(without, engine).lines

    assert found.outcome == "unknown"
    assert found.reason.endswith(f"; {told}")


def test_a_further_level_beside_lines_without_a_side_is_open(engine: Engine) -> None:
    """The two lines of the first level may be its two sides."""
    lines = [line("64483"), line("64483", "59"), line("64484")]
    told = claim("2026-10-30", *lines, diagnoses=["M54.16"],
                 facts={**SHOWN, "bilateral-indicated": True})  # fmt: skip

    assert answered(told, engine).lines[2].outcome == "unknown"


def test_a_plan_left_out_is_the_payers_own(engine: Engine) -> None:
    told = claim("2026-11-04", line("64483", "LT"), payer="aetna", state="NJ",
                 diagnoses=["M54.17"])  # fmt: skip
    without = {key: value for key, value in told.items() if key != "plan"}

    answers = [
        answered({**without, **more}, engine) for more in ({}, {"plan": "commercial"})
    ]

    assert answers[0].outcome == answers[1].outcome
