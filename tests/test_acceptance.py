"""What the program must answer, whatever else changes: claims as JSON, shipped policies."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb import Engine
from kb.claims import read_json_value
from kb.engine import ClaimAnswer, RuleResult

Json = dict[str, Any]

SESSIONS = ("2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01")
CHART = {
    "indication": "radicular-pain",
    "concordant-imaging": True,
    "severe-enough": True,
    "baseline-scale": True,
    "pain-duration": "30 weeks",
    "conservative-care": "8 weeks",
    "active-rehab": True,
    "contraindication": False,
    "image-guidance": "fluoroscopy",
    "contrast-used": True,
    "images-kept": True,
    "unapproved-injectate": False,
    "predetermined-series": False,
    "diagnostic-root-block": False,
    "steroid": "dexamethasone",
    "steroid-dose": "10",
}
BEYOND_A_YEAR = {
    "disabling-pain": True,
    "reason-to-continue": "declines surgery",
    "primary-care-notified": True,
}
RELIEF = {
    "pain-relief": "60 percent",
    "relief-duration": "4 months",
    "same-scale": True,
}
STATES = {
    "cgs": "KY OH",
    "first-coast": "FL PR VI",
    "ngs": "CT IL MA ME MN NH NY RI VT WI",
    "noridian": "AK AS AZ CA GU HI ID MP MT ND NV OR SD UT WA WY",
    "novitas": "AR CO DC DE LA MD MS NJ NM OK PA TX",
    "palmetto": "AL GA NC SC TN VA WV",
    "wps": "IA IN KS MI MO NE",
}
SUPPORTING_STENOSIS = {"first-coast", "novitas"}
ALL_IN_FORCE = "2026-09-10"


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def earlier(*days: str, **given: Any) -> list[Json]:
    """Sessions of the low back, each with relief on paper."""
    line = {"code": "64483", "modifiers": ["RT"], "level": "L4-L5", "facts": RELIEF}
    return [{**line, "date": day, **given} for day in days]


def lumbar(day: str = "2026-03-10", **given: Any) -> Json:
    """A Florida Medicare claim for a lumbar epidural with everything on paper."""
    line = {
        "code": "64483",
        "modifiers": ["RT"],
        "level": "L4-L5",
        "diagnoses": ["M54.16"],
        **given.pop("line", {}),
    }
    claim = {
        "claim": "C-1",
        "patient": "P-1",
        "payer": "medicare-part-b",
        "plan": "medicare",
        "state": "FL",
        "place": "11",
        "date": day,
        "facts": CHART,
        "lines": [line],
        "history": {"state": "complete", "lines": []},
    }
    return {**claim, **given}


def answer(engine: Engine, claim: Json) -> ClaimAnswer:
    read = read_json_value(claim)
    assert read.bad == ()
    (found,) = engine.answer(read.claims)
    return found


def result(found: ClaimAnswer, rule: str) -> RuleResult:
    (line,) = found.lines
    (only,) = [r for r in line.results if r.rule.partition("#")[2] == rule]
    return only


def with_history(*days: str, **given: Any) -> Json:
    return {"state": "complete", "lines": earlier(*days, **given)}


def test_the_fifth_session_in_twelve_months_is_denied_with_its_sum(
    engine: Engine,
) -> None:
    found = answer(engine, lumbar(history=with_history(*SESSIONS)))

    limit = result(found, "sessions-per-region")
    assert (found.outcome, limit.status, limit.outcome) == ("deny", "not-met", "deny")
    sums = limit.arithmetic
    assert sums is not None
    assert [str(event.date) for event in sums.events] == list(SESSIONS)
    assert sums.per == (("region", "lumbar-sacral"),)
    assert (sums.window_start, sums.window_end) == (
        date(2025, 3, 11),
        date(2026, 3, 10),
    )
    assert (sums.counted, sums.this, sums.limit, sums.unit) == (4, 1, 4, "session")
    assert (sums.next_date, sums.leaves) == (date(2026, 4, 2), date(2025, 4, 2))


def test_the_denial_carries_the_codes_of_the_remittance(engine: Engine) -> None:
    found = answer(engine, lumbar(history=with_history(*SESSIONS)))
    words = engine.words[result(found, "sessions-per-region").rule]
    assert (words.carc, words.rarc) == ("CO-151", ("N362",))
    assert words.citations[0].source == "L33906"


def test_the_last_day_before_the_next_eligible_date_is_denied(engine: Engine) -> None:
    claim = lumbar("2026-04-01", history=with_history(*SESSIONS))
    found = answer(engine, claim)
    assert found.outcome == "deny"
    assert result(found, "sessions-per-region").status == "not-met"


def test_the_next_eligible_date_passes_with_the_chart(engine: Engine) -> None:
    claim = lumbar(
        "2026-04-02",
        history=with_history(*SESSIONS),
        facts=CHART | BEYOND_A_YEAR,
    )
    found = answer(engine, claim)
    assert found.outcome == "pass"
    assert result(found, "sessions-per-region").status == "met"


def test_four_sessions_are_within_the_limit(engine: Engine) -> None:
    found = answer(engine, lumbar(history=with_history(*SESSIONS[1:])))
    assert found.outcome == "pass"


@pytest.mark.parametrize(
    "history",
    [
        pytest.param({"state": "unknown", "lines": []}, id="unknown"),
        pytest.param(None, id="left-out"),
        pytest.param(
            {"state": "partial", "lines": earlier(*SESSIONS[1:])}, id="partial"
        ),
        pytest.param(
            {"state": "complete", "reach": "own", "lines": earlier(*SESSIONS[1:])},
            id="this-practice-only",
        ),
    ],
)
def test_a_history_that_may_hold_more_leaves_the_limit_unknown(
    engine: Engine, history: Json | None
) -> None:
    limit = result(answer(engine, lumbar(history=history)), "sessions-per-region")
    assert (limit.status, limit.outcome) == ("unknown", "unknown")
    assert limit.about == ("history",)


def test_with_history_unknown_and_all_else_on_paper_the_claim_is_no_pass(
    engine: Engine,
) -> None:
    found = answer(engine, lumbar(history=None))
    assert found.outcome not in ("pass", "note", "deny")


def test_four_known_sessions_deny_even_when_there_may_be_more(engine: Engine) -> None:
    history = {"state": "partial", "lines": earlier(*SESSIONS)}
    found = answer(engine, lumbar(history=history))
    assert result(found, "sessions-per-region").status == "not-met"
    assert found.outcome == "deny"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"code": "64479", "level": "C5-C6"}, id="neck"),
        pytest.param({"status": "denied"}, id="denied"),
        pytest.param({"date": "2025-03-10"}, id="a-year-ago-to-the-day"),
    ],
)
def test_a_session_that_does_not_count(engine: Engine, other: Json) -> None:
    lines = [*earlier(*SESSIONS[1:]), {**earlier(SESSIONS[0])[0], **other}]
    claim = lumbar(
        history={"state": "complete", "lines": lines}, facts=CHART | BEYOND_A_YEAR
    )
    found = answer(engine, claim)
    limit = result(found, "sessions-per-region")
    assert limit.status == "met"
    assert found.outcome == "pass"


def test_a_neck_session_after_four_of_the_low_back_passes(engine: Engine) -> None:
    neck = {"code": "64479", "level": "C5-C6", "diagnoses": ["M54.12"]}
    found = answer(engine, lumbar(line=neck, history=with_history(*SESSIONS)))
    assert result(found, "sessions-per-region").status == "met"
    assert found.outcome == "pass"


@pytest.mark.parametrize(
    ("contractor", "state"),
    [
        (contractor, state)
        for contractor in STATES
        for state in STATES[contractor].split()
    ],
)
def test_stenosis_without_claudication_supports_at_two_contractors(
    engine: Engine, contractor: str, state: str
) -> None:
    line = {"diagnoses": ["M48.061"]}
    claim = lumbar(ALL_IN_FORCE, state=state, line=line, authorization="approved")
    found = answer(engine, claim)
    listed = result(found, "diagnosis-on-list")
    assert found.searched.contractor == contractor
    if contractor in SUPPORTING_STENOSIS:
        assert (listed.status, found.outcome) == ("met", "pass")
    else:
        assert (listed.status, found.outcome) == ("not-met", "deny")


def test_root_pain_supports_at_all_seven(engine: Engine) -> None:
    outcomes = {
        contractor: answer(
            engine,
            lumbar(ALL_IN_FORCE, state=states[:2], authorization="approved"),
        ).outcome
        for contractor, states in STATES.items()
    }
    assert outcomes == dict.fromkeys(STATES, "pass")


def test_the_answer_changes_with_the_state_alone(engine: Engine) -> None:
    line = {"diagnoses": ["M48.061"]}
    outcomes = {
        state: answer(engine, lumbar(state=state, line=line)).outcome
        for state in ("FL", "GA")
    }
    assert outcomes == {"FL": "pass", "GA": "deny"}


def test_without_a_state_no_contractor_is_guessed(engine: Engine) -> None:
    found = answer(engine, lumbar(state=None))
    assert found.outcome == "unknown"
    assert found.searched.contractor == ""


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"payer": "nobody-s-insurance"}, id="payer"),
        pytest.param({"line": {"code": "97110"}}, id="code"),
        pytest.param({"day": "2019-03-10"}, id="date"),
    ],
)
def test_what_no_policy_speaks_about_is_unknown(engine: Engine, given: Json) -> None:
    found = answer(engine, lumbar(**given))
    (line,) = found.lines
    assert found.outcome == "unknown"
    assert line.reason
