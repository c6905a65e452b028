"""What a line says beside its outcome: as billed, grounds, limits, chart, not judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Amount
from kb.engine import Engine
from kb.engine.columns.arrays import evaluate_columns
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.judge.answer import HEADLINE_ORDER, LineAnswer, NotJudged
from kb.engine.program import PayerWords, Program
from tests.kb.engine.columns.one_rule import (
    PAYER,
    Json,
    amount,
    claim,
    earlier,
    ir,
    limit,
    line,
    past,
    require,
    rolling,
)
from tests.kb.engine.one_line import ALWAYS, NEVER, UNKNOWN, lines_of, program

YEAR = rolling(12, "month")
BASELINE = {
    "op": "compare", "fact": "baseline", "of": "line", "cmp": ">=",
    "amount": amount(30),
}  # fmt: skip
SCIATICA = {"op": "diagnosis", "set": "sciatica", "which": "any"}
CHANGED = {"op": "yes", "fact": "approach-changed", "of": "claim"}
NOT_WITH_GUIDANCE: Json = {
    "duty": "not-with",
    "set": "guidance",
    "same": [],
    "unless_modifier": [],
}


def field(name: str, *values: str) -> Json:
    return {"op": "field", "field": name, "in": list(values), "set": None}


def no(test: Json) -> Json:
    return {"op": "not", "of": [test]}


def both(*tests: Json) -> Json:
    return {"op": "and", "of": list(tests)}


def either(*tests: Json) -> Json:
    return {"op": "or", "of": list(tests)}


def outcome(name: str, reason: str = "") -> Json:
    return {"outcome": name, "reason": reason, "carc": "", "rarc": []}


def answer(*rules: Json, **more: Any) -> LineAnswer:
    return lines_of(program(*rules), claim(**more))[0]


def by_columns(answers: Program, *lines: Any, **more: Any) -> tuple[str, str]:
    """The two headlines of the first line from the columns."""
    batch = batch_from_claims([claim(*lines, **more)])
    found = evaluate_columns(answers, batch)
    first = int(batch.lines.number.argmin())
    return HEADLINE_ORDER[found.headline[first]], HEADLINE_ORDER[found.as_billed[first]]


# ---------- as billed ----------


@pytest.mark.parametrize(
    ("rules", "more", "both_headlines"),
    [
        ([require(UNKNOWN)], {}, ("needs-evidence", "pass")),
        ([require(ALWAYS)], {}, ("pass", "pass")),
        ([require(NEVER)], {}, ("deny", "deny")),
        ([require(UNKNOWN), require(NEVER)], {}, ("deny", "deny")),
        ([require(SCIATICA)], {}, ("unknown", "unknown")),
        ([require(both(SCIATICA, UNKNOWN))], {}, ("needs-evidence", "unknown")),
        ([require(field("place", "11"))], {}, ("unknown", "unknown")),
        (
            [require(ALWAYS), limit(1, "session", YEAR)],
            {"known": "unknown"},
            ("unknown", "pass"),
        ),
        (
            [require(ALWAYS), limit(1, "session", YEAR, "side")],
            {"earlier": [past("2026-02-01")]},
            ("unknown", "unknown"),
        ),
        ([limit(1, "session", YEAR)], {"known": "unknown"}, ("unknown", "unknown")),
    ],
    ids=[
        "chart alone", "met", "broken", "broken beside the chart", "the claim's own",
        "chart and claim", "place", "no history given", "side", "nothing asked",
    ],
)  # fmt: skip
def test_as_billed_leaves_the_chart_aside(
    rules: list[Json], more: Json, both_headlines: tuple[str, str]
) -> None:
    known = program(*(ir(duty) for duty in rules))
    (found,) = lines_of(known, claim(**more))

    assert (found.outcome, found.as_billed) == both_headlines
    assert by_columns(known, **more) == both_headlines


def test_a_claim_is_as_billed_what_its_strictest_line_is() -> None:
    known = program(ir(require(UNKNOWN)), ir({"duty": "never"}, scope="guidance"))
    (found,) = Engine.of(known).answer([claim(line(), line("77003", number=2))])

    assert [x.as_billed for x in found.lines] == ["pass", "deny"]
    assert found.as_billed == "deny"


def test_a_void_claim_is_a_note_both_ways() -> None:
    (found,) = Engine.of(program(ir(require(NEVER)))).answer([claim(frequency="void")])

    assert (found.outcome, found.as_billed) == ("note", "note")
    assert found.lines[0].not_judged == ()


# ---------- grounds ----------


@pytest.mark.parametrize(
    ("duty", "reason", "founded"),
    [
        (require(SCIATICA), "diagnosis", True),
        (require(SCIATICA), "", True),
        (require(SCIATICA), "coding", False),
        (require(CHANGED), "necessity", True),
        (require(CHANGED), "provider", False),
        (require(BASELINE), "necessity", True),
        (require({**BASELINE, "cmp": "<="}), "necessity", False),
        (require(no({**BASELINE, "cmp": "<"})), "necessity", True),
        (require(no(SCIATICA)), "necessity", False),
        (require(no(CHANGED)), "necessity", False),
        (require(both(no(CHANGED), SCIATICA)), "necessity", True),
        (require(earlier(1)), "necessity", True),
        (require(earlier(0, 4)), "necessity", False),
        (require(no(earlier(5))), "necessity", False),
        (require(field("place", "11")), "necessity", False),
        (require(field("authorization", "approved")), "authorization", True),
        (limit(4, "session", YEAR), "frequency", False),
        (limit(4, "session", YEAR), "necessity", False),
        (NOT_WITH_GUIDANCE, "necessity", False),
    ],
    ids=str,
)
def test_only_what_asks_for_the_service_is_a_ground(
    duty: Json, reason: str, *, founded: bool
) -> None:
    rule = ir(duty, otherwise=outcome("deny", reason))
    of_line = line(diagnoses=("M54.16",), place="11", authorization="approved")
    # Each test is met by the one or by the other of these charts.
    charts = [{"approach-changed": yes} for yes in (True, False)]
    found = []
    for chart in charts:
        for number in (10, 90):
            told = {**chart, "baseline": number_of(number)}
            (one,) = lines_of(
                program(rule), claim(of_line, facts=told, earlier=[past("2025-12-01")])
            )
            if one.results[0].status == "met":
                found.append(one)

    codes = replace(of_line, diagnoses=("M17.11",))
    found += [
        one
        for one in lines_of(
            program(rule), claim(codes, facts={"approach-changed": True})
        )
        if one.results[0].status == "met"
    ]
    assert found
    for one in found:
        assert bool(one.grounds) is founded
        assert one.outcome == ("pass" if founded else "unknown")


def number_of(number: int) -> Amount:
    return Amount(Decimal(number), "number")


def test_a_gap_about_criteria_stops_a_pass() -> None:
    met = ir(require(ALWAYS))
    gap = ir(None, kind="gap", rule="criteria", otherwise=outcome("unknown"))
    found = answer(met, gap)

    assert (found.outcome, found.as_billed) == ("unknown", "unknown")
    assert found.grounds == ("p@v#0",)
    assert NotJudged("necessity", "criteria", "p@v#1") in found.not_judged
    assert by_columns(program(met, gap)) == ("unknown", "unknown")


def test_a_way_out_grounds_only_where_it_asks_itself() -> None:
    open_ = {"facts": {"approach-changed": True}}
    by_chart = ir(require(UNKNOWN), unless=CHANGED)
    by_place = ir(require(UNKNOWN), unless=field("place", "11"))
    at_place = claim(line(place="11"))

    assert answer(by_chart, **open_).grounds == ("p@v#0",)
    assert lines_of(program(by_place), at_place)[0].outcome == "unknown"
    assert lines_of(program(by_place), at_place)[0].grounds == ()


# ---------- limits ----------


@pytest.mark.parametrize(
    ("before", "known", "status", "counted", "left"),
    [
        ([], "complete", "met", 0, 1),
        (["2026-01-05"], "complete", "met", 1, 0),
        (["2026-01-05", "2026-02-05"], "complete", "not-met", 2, 0),
        (["2026-01-05"], "unknown", "unknown", 1, 0),
    ],
)
def test_a_limit_tells_what_is_left_kept_or_not(
    before: list[str], known: str, status: str, counted: int, left: int | None
) -> None:
    found = answer(
        ir(limit(2, "session", YEAR)), earlier=[past(on) for on in before], known=known
    )
    (one,) = found.limits

    assert (one.rule, one.status) == ("p@v#0", status)
    assert (one.arithmetic.counted, one.arithmetic.limit) == (counted, 2)
    assert one.left == left


def test_an_interval_has_its_dates_and_nothing_left() -> None:
    apart = {
        "duty": "interval", "least": amount(14, "day"), "between": "session", "per": [],
        "counting": None,
    }  # fmt: skip
    kept = answer(ir(apart), earlier=[past("2026-02-01")]).limits[0]
    broken = answer(ir(apart), earlier=[past("2026-03-01")]).limits[0]

    assert (kept.status, kept.left) == ("met", None)
    assert [x.date for x in kept.arithmetic.events] == [date(2026, 2, 1)]
    assert (broken.status, broken.arithmetic.next_date) == (
        "not-met", date(2026, 3, 15),
    )  # fmt: skip


def test_a_limit_that_does_not_apply_is_not_told() -> None:
    assert answer(ir(limit(2, "session", YEAR), when=NEVER)).limits == ()


# ---------- chart ----------


def test_the_most_deciding_fact_is_asked_first() -> None:
    found = answer(
        ir(require(UNKNOWN), otherwise=outcome("review")),
        ir(require(both(CHANGED, BASELINE))),
        ir(require(BASELINE)),
    )

    assert found.chart == ("baseline", "approach-changed", "new-patient")


def test_nothing_is_asked_that_can_change_nothing() -> None:
    denied = answer(ir(require(UNKNOWN)), ir({"duty": "never"}))
    reviewed = answer(
        ir(require(UNKNOWN), otherwise=outcome("review"), if_unknown=outcome("note")),
        ir(require(CHANGED)),
        ir({"duty": "never"}, otherwise=outcome("review")),
    )

    assert denied.results[0].about == ("new-patient",)
    assert denied.chart == ()
    assert reviewed.chart == ("approach-changed",)


def test_a_branch_is_asked_after_the_fact_that_chooses_it() -> None:
    chosen = either(both(UNKNOWN, BASELINE), both(no(UNKNOWN), CHANGED))
    condition = ir(require(BASELINE), when=UNKNOWN)

    for rule in (ir(require(chosen)), condition):
        assert answer(rule).chart == ("new-patient",)
        assert answer(rule, facts={"new-patient": True}).chart == ("baseline",)
    assert answer(ir(require(chosen))).results[0].about == (
        "approach-changed", "baseline", "new-patient",
    )  # fmt: skip


def test_a_repeat_is_not_asked_about_while_no_earlier_service_is_known() -> None:
    repeat = ir(require(BASELINE), when=earlier(1))

    assert answer(repeat, known="unknown").chart == ()
    assert answer(repeat, known="unknown", earlier=[past("2026-01-05")]).chart == (
        "baseline",
    )


# ---------- lines that stand together ----------


def test_lines_that_cannot_stand_together_are_named() -> None:
    known = program(ir(NOT_WITH_GUIDANCE), ir(limit(1, "line", {"kind": "date"})))
    given = claim(line(), line("77003", number=2), line("64484", number=3))
    first, _guidance, third = lines_of(known, given)

    assert first.results[0].with_lines == (2,)
    assert third.results[1].with_lines == (1,)
    assert lines_of(known, claim())[0].results[0].with_lines == ()


# ---------- not judged ----------


def silence(found: LineAnswer) -> dict[str, str]:
    return {one.question: one.why for one in found.not_judged}


def test_a_line_without_any_policy_has_nothing_judged() -> None:
    (found,) = lines_of(program(ir(require(ALWAYS))), claim(line("77003")))

    assert silence(found) == {"everything": found.reason}


def test_a_policy_that_begins_later_is_named_with_its_day() -> None:
    later = program(ir(require(ALWAYS)), days=(date(2026, 4, 1), None))
    (found,) = lines_of(later, claim())

    assert found.reason == "p begins on 2026-04-01; the service was on 2026-03-10"


def test_a_first_day_that_was_not_found_is_told_as_such() -> None:
    later = program(ir(require(ALWAYS)), days=(date(2026, 4, 1), None), stand_in=True)
    (found,) = lines_of(later, claim())

    assert found.reason == (
        "p is loaded from 2026-04-01 (first day not found); the service was on 2026-03-10"
    )


@pytest.mark.parametrize(("units", "headline"), [(1, "pass"), (2, "unknown")])
def test_units_that_a_later_cap_would_not_allow_do_not_pass(
    units: int, headline: str
) -> None:
    cap = ir(limit(1, "unit", {"kind": "date"}))
    now = program(ir(require(ALWAYS)))
    caps = replace(
        program(cap, days=(date(2026, 4, 1), None)).policies[0],
        id="caps@v",
        policy="caps",
    )
    known = replace(now, policies=(*now.policies, caps))
    billed = line(units=Decimal(units))
    (found,) = lines_of(known, claim(billed))

    assert (found.outcome, found.as_billed) == (headline, headline)
    assert by_columns(known, billed) == (headline, headline)
    assert silence(found)["units"].startswith("units are not judged") == (units > 1)


def test_questions_that_no_rule_asks_are_named_once() -> None:
    found = answer(ir(require(CHANGED), otherwise=outcome("deny", "necessity")))

    assert silence(found) == {
        "diagnosis": "no loaded rule asks for a diagnosis",
        "frequency": "no loaded rule says how often",
        "approval": "no loaded rule speaks of approval",
        "units": "no table of unit caps is loaded",
        "pairs": "no table of code pairs is loaded",
    }


@pytest.mark.parametrize(
    ("rule", "more", "question", "why"),
    [
        (
            ir(limit(1, "session", YEAR)),
            {"known": "unknown"},
            "frequency",
            "no history is given",
        ),
        (
            ir(limit(1, "session", YEAR)),
            {"reach": "own"},
            "frequency",
            "the history holds this practice's services only",
        ),
        (
            ir(limit(1, "session", YEAR, "side")),
            {"earlier": [past("2026-02-01")]},
            "frequency",
            "the claim does not say the side",
        ),
        (
            ir(require(SCIATICA), otherwise=outcome("deny", "diagnosis")),
            {},
            "diagnosis",
            "the claim does not say the diagnosis",
        ),
        (
            ir(require(field("place", "11")), otherwise=outcome("fix", "modifier")),
            {},
            "modifiers",
            "the claim does not say the place of service",
        ),
    ],
    ids=["no history", "own history", "side", "diagnosis", "place"],
)
def test_what_the_claim_does_not_say_is_named(
    rule: Json, more: Json, question: str, why: str
) -> None:
    assert silence(answer(rule, **more))[question] == why


def test_what_the_chart_leaves_open_is_on_the_checklist_instead() -> None:
    assert "necessity" not in silence(answer(ir(require(CHANGED))))


def test_a_service_that_is_never_covered_has_no_open_questions() -> None:
    assert answer(ir({"duty": "never"})).not_judged == ()


# ---------- fields left out ----------

PHYSICIAN = field("performer", "physician")


def test_a_field_left_out_is_no_dead_end_where_every_value_gives_the_same() -> None:
    reviewed = {"otherwise": outcome("review")}
    known = program(
        ir(require(ALWAYS)),
        ir(require(PHYSICIAN), **reviewed),
        ir(require(no(PHYSICIAN)), **reviewed),
    )
    (found,) = lines_of(known, claim())

    assert (found.outcome, found.as_billed, found.reason) == ("review", "review", "")
    assert by_columns(known) == ("review", "review")


def test_else_the_reason_says_what_each_value_gives() -> None:
    known = program(
        ir(require(ALWAYS)),
        ir(require(field("performer", "physician", "nurse-practitioner"))),
    )
    (found,) = lines_of(known, claim())

    assert found.outcome == "unknown"
    assert found.reason == (
        "the claim does not say who performed it; another: deny; "
        "nurse-practitioner or physician: pass"
    )
    assert by_columns(known) == ("unknown", "unknown")


@pytest.mark.parametrize("business", ["commercial", ""])
def test_a_payer_of_one_line_of_business_supplies_its_plan(business: str) -> None:
    known = replace(
        program(ir(require(ALWAYS)), plans=frozenset({"commercial"})),
        payers=(
            PayerWords(PAYER, PAYER, business),
            PayerWords("other", "other", "commercial"),
        ),
    )
    alone = Engine.of(known).answer([claim()])[0]
    told = Engine.of(known).answer([claim(plan="commercial")])[0]

    assert (alone.lines == told.lines) is bool(business)
    assert by_columns(known) == (alone.outcome, alone.as_billed)
    assert alone.receipt.claim != told.receipt.claim


def test_plans_that_are_no_lines_of_business_are_not_guessed() -> None:
    known = replace(
        program(ir(require(ALWAYS)), plans=frozenset({"gold"})),
        payers=(PayerWords(PAYER, PAYER, "commercial"),),
    )

    assert "its plan" in lines_of(known, claim())[0].reason
