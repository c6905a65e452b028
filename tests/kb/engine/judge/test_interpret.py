"""The status of a rule, what it adds to a line, and what leads the line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.kb.engine.columns.one_rule import (
    OPEN,
    Json,
    amount,
    claim,
    ir,
    limit,
    line,
    past,
    require,
    rolling,
)
from tests.kb.engine.one_line import (
    ALWAYS,
    NEVER,
    UNKNOWN,
    asked,
    lines_of,
    program,
    said,
)

NOT_COVERED: Json = {"duty": "never"}
OTHER = {"op": "yes", "fact": "approach-changed", "of": "claim"}
AUTHORIZED = {"op": "field", "field": "authorization", "in": ["approved"], "set": None}
IN_OFFICE = {"op": "field", "field": "place", "in": ["11"], "set": None}


def exception(when: Json, *own: Json, name: str = "way-out", **span: str) -> Json:
    return {
        "name": name,
        "in_force": {**OPEN, **span},
        "when": when,
        "exceptions": list(own),
    }


def outcome(name: str) -> Json:
    return {"outcome": name, "reason": "", "carc": "", "rarc": []}


# ---------- status ----------


@pytest.mark.parametrize(
    ("when", "unless", "duty", "expected"),
    [
        (None, None, ALWAYS, "met"),
        (None, None, NEVER, "not-met"),
        (None, None, UNKNOWN, "unknown about new-patient"),
        (ALWAYS, None, NEVER, "not-met"),
        (NEVER, None, NEVER, "not-applicable"),
        (NEVER, None, UNKNOWN, "not-applicable"),
        (UNKNOWN, None, NEVER, "unknown about new-patient"),
        (UNKNOWN, None, ALWAYS, "met"),
        (UNKNOWN, None, OTHER, "unknown about approach-changed, new-patient"),
        (None, ALWAYS, NEVER, "exempt"),
        (None, ALWAYS, UNKNOWN, "exempt"),
        (None, NEVER, NEVER, "not-met"),
        (None, UNKNOWN, NEVER, "unknown about new-patient"),
        (None, UNKNOWN, ALWAYS, "met"),
        (UNKNOWN, ALWAYS, NEVER, "met"),
        (NEVER, ALWAYS, NEVER, "not-applicable"),
    ],
)
def test_a_rule_applies_is_excused_or_is_kept(
    when: Json | None, unless: Json | None, duty: Json, expected: str
) -> None:
    assert said(asked(ir(require(duty), when=when, unless=unless), claim())) == expected


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [
        ([exception(NEVER)], "not-met"),
        ([exception(ALWAYS)], "exempt"),
        ([exception(UNKNOWN)], "unknown about new-patient"),
        ([exception(NEVER), exception(ALWAYS)], "exempt"),
        ([exception(UNKNOWN), exception(ALWAYS)], "exempt"),
        ([exception(ALWAYS, exception(ALWAYS))], "not-met"),
        ([exception(ALWAYS, exception(NEVER))], "exempt"),
        ([exception(ALWAYS, exception(UNKNOWN))], "unknown about new-patient"),
        ([exception(NEVER, exception(UNKNOWN))], "not-met"),
        ([exception(ALWAYS, exception(ALWAYS, exception(ALWAYS)))], "exempt"),
        ([exception(ALWAYS, **{"from": "2026-03-11"})], "not-met"),
        ([exception(ALWAYS, **{"from": "2026-03-10"})], "exempt"),
        ([exception(ALWAYS, through="2026-03-10")], "exempt"),
        ([exception(ALWAYS, through="2026-03-09")], "not-met"),
        ([exception(ALWAYS, exception(ALWAYS, through="2026-03-09"))], "exempt"),
    ],
    ids=str,
)
def test_exceptions_and_exceptions_to_them(
    exceptions: list[Json], expected: str
) -> None:
    assert said(asked(ir(NOT_COVERED, exceptions=exceptions), claim())) == expected


def test_what_excuses_a_rule_is_named() -> None:
    two = [exception(UNKNOWN, name="first"), exception(ALWAYS, name="second")]

    assert asked(ir(NOT_COVERED, exceptions=two), claim()).exempt_by == "second"
    assert (
        asked(ir(NOT_COVERED, unless=ALWAYS, exceptions=two), claim()).exempt_by
        == "unless"
    )
    assert asked(ir(NOT_COVERED), claim()).exempt_by == ""


@pytest.mark.parametrize(
    ("changes", "code", "in_scope"),
    [
        ({}, "64483", True),
        ({}, "77003", False),
        ({"scope": None}, "77003", True),
        ({"claims": "professional"}, "64483", True),
        ({"claims": "facility"}, "64483", False),
    ],
    ids=str,
)
def test_the_scope_of_a_rule(changes: Json, code: str, *, in_scope: bool) -> None:
    (found,) = lines_of(program(ir(NOT_COVERED, **changes)), claim(line(code)))

    assert bool(found.results) is in_scope


@pytest.mark.parametrize(
    ("on", "in_scope"), [("2025-06-30", True), ("2025-07-01", False)]
)
def test_a_code_that_left_its_list_is_out_of_scope(on: str, *, in_scope: bool) -> None:
    rules = program(ir(require(ALWAYS), scope="until-june"))
    (found,) = lines_of(rules, claim(line(on=on)))

    assert bool(found.results) is in_scope
    assert found.outcome == ("pass" if in_scope else "unknown")


# ---------- in force ----------


def force(**changes: Any) -> Json:
    return {**OPEN, "clock": "service", "ended": False, **changes}


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (force(), "not-met"),
        (force(**{"from": "2026-03-10"}), "not-met"),
        (force(**{"from": "2026-03-11"}), "not-applicable"),
        (force(through="2026-03-10"), "not-met"),
        (force(through="2026-03-09"), "unknown about rule-ended"),
        (force(through="2026-03-09", ended=True), "not-applicable"),
    ],
    ids=str,
)
def test_the_days_of_a_rule(span: Json, expected: str) -> None:
    assert said(asked(ir(NOT_COVERED, in_force=span), claim())) == expected


def test_a_rule_that_is_over_asks_nothing_of_a_line_that_keeps_it() -> None:
    over = ir(require(ALWAYS), in_force=force(through="2026-03-09"))

    assert said(asked(over, claim())) == "met"


def test_a_rule_with_a_later_version_ends_with_it() -> None:
    first = ir(NOT_COVERED, in_force=force(through="2026-02-28"))
    later = ir(require(ALWAYS), in_force=force(**{"from": "2026-03-01"}))
    (found,) = lines_of(program(first, later), claim())

    assert [x.status for x in found.results] == ["not-applicable", "met"]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (date(2026, 3, 31), "not-applicable"),
        (date(2026, 4, 1), "not-met"),
        (None, "unknown about received"),
    ],
)
def test_a_rule_may_go_by_the_date_received(
    received: date | None, expected: str
) -> None:
    span = force(clock="received", **{"from": "2026-04-01"})

    assert (
        said(asked(ir(NOT_COVERED, in_force=span), claim(received=received)))
        == expected
    )


# ---------- outcomes ----------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ir(NOT_COVERED), "deny"),
        (ir(NOT_COVERED, otherwise=outcome("fix")), "fix"),
        (ir(require(ALWAYS)), "pass"),
        (ir(NOT_COVERED, unless=ALWAYS), "pass"),
        (ir(NOT_COVERED, when=NEVER), "pass"),
        (ir(require(UNKNOWN)), "needs-evidence"),
        (ir(require(UNKNOWN), otherwise=outcome("needs-auth")), "needs-evidence"),
        (ir(require(IN_OFFICE)), "unknown"),
        (ir(limit(1, "session", rolling(12, "month"))), "unknown"),
        (ir(require({"op": "and", "of": [UNKNOWN, IN_OFFICE]})), "needs-evidence"),
        (ir(require(AUTHORIZED)), "unknown"),
        (ir(require(AUTHORIZED), otherwise=outcome("needs-auth")), "needs-auth"),
        (ir(require(UNKNOWN), if_unknown=outcome("note")), "note"),
        (
            ir(require(IN_OFFICE), if_unknown=outcome("needs-evidence")),
            "needs-evidence",
        ),
        (ir(NOT_COVERED, when=UNKNOWN, if_when_unknown=outcome("note")), "note"),
        (
            ir(
                require(UNKNOWN),
                when=ALWAYS,
                if_unknown=outcome("review"),
                if_when_unknown=outcome("note"),
            ),
            "review",
        ),
        (ir(NOT_COVERED, when=UNKNOWN, if_unknown=outcome("review")), "review"),
        (ir(NOT_COVERED, in_force=force(through="2026-03-09")), "unknown"),
    ],
    ids=lambda value: str(value)[150:] if isinstance(value, dict) else value,
)
def test_what_a_status_adds(rule: Json, expected: str) -> None:
    assert asked(rule, claim(known="unknown")).outcome == expected


@pytest.mark.parametrize("said_of_it", ["deny", "fix", "needs-auth", "needs-evidence"])
def test_an_advisory_rule_says_at_most_review(said_of_it: str) -> None:
    strict = outcome(said_of_it)

    assert (
        asked(ir(NOT_COVERED, otherwise=strict, advisory=True), claim()).outcome
        == "review"
    )
    unknown = ir(require(IN_OFFICE), if_unknown=strict, advisory=True)
    assert asked(unknown, claim()).outcome == "review"


@pytest.mark.parametrize("weak", ["review", "note"])
def test_an_advisory_rule_may_say_less_than_review(weak: str) -> None:
    rule = ir(NOT_COVERED, otherwise=outcome(weak), advisory=True)

    assert asked(rule, claim()).outcome == weak


def test_the_gravest_outcome_leads_and_every_rule_is_shown() -> None:
    names = ["note", "review", "needs-evidence", "needs-auth", "fix", "deny"]
    rules = [ir(NOT_COVERED, rule=n, otherwise=outcome(n)) for n in names]
    for number in range(1, len(names) + 1):
        (found,) = lines_of(program(ir(require(ALWAYS)), *rules[:number]), claim())

        assert found.outcome == names[number - 1]
        assert len(found.results) == number + 1


def test_unknown_leads_a_note_and_follows_a_review() -> None:
    note, review = (ir(NOT_COVERED, otherwise=outcome(n)) for n in ("note", "review"))
    unknown = ir(require(IN_OFFICE))

    assert lines_of(program(note, unknown), claim())[0].outcome == "unknown"
    assert lines_of(program(review, unknown), claim())[0].outcome == "review"


# ---------- pass needs a rule that judged ----------


@pytest.mark.parametrize(
    ("rule", "headline"),
    [
        (ir(require(ALWAYS)), "pass"),
        (ir(NOT_COVERED, unless=ALWAYS), "unknown"),
        (ir(NOT_COVERED, when=NEVER), "unknown"),
        (ir(require(ALWAYS), scope=None), "unknown"),
        (ir(None, kind="gap", otherwise=outcome("note")), "unknown"),
        (ir(NOT_COVERED, otherwise=outcome("note")), "unknown"),
        (ir(require(NEVER), otherwise=outcome("note")), "unknown"),
        (ir(require(OTHER), otherwise=outcome("note")), "note"),
    ],
    ids=[
        "met",
        "a prohibition that lets go",
        "not applicable",
        "no codes",
        "gap",
        "a prohibition",
        "nothing asked",
        "broken",
    ],
)
def test_a_pass_needs_a_rule_for_the_code_that_asked(rule: Json, headline: str) -> None:
    (found,) = lines_of(program(rule), claim(facts={"approach-changed": False}))

    assert found.outcome == headline
    assert bool(found.reason) == (headline == "unknown")


def test_a_rule_for_any_payer_gives_no_pass_alone_but_denies() -> None:
    kept, broken = (
        program(ir(duty), payer="") for duty in (require(ALWAYS), NOT_COVERED)
    )

    assert lines_of(kept, claim())[0].outcome == "unknown"
    assert lines_of(broken, claim())[0].outcome == "deny"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (
            "FL",
            "no policy is loaded for 77003 under medicare-part-b in FL on 2026-03-10",
        ),
        ("", "no policy is loaded for 77003 under medicare-part-b on 2026-03-10"),
    ],
)
def test_a_line_without_a_policy_says_so(state: str, reason: str) -> None:
    (found,) = lines_of(program(ir(require(ALWAYS))), claim(line("77003"), state=state))

    assert (found.outcome, found.reason) == ("unknown", reason)


# ---------- gaps ----------


@pytest.mark.parametrize(
    ("changes", "status", "adds"),
    [
        ({}, "gap", "pass"),
        ({"otherwise": outcome("review")}, "gap", "review"),
        ({"otherwise": outcome("deny")}, "gap", "deny"),
        ({"otherwise": outcome("deny"), "advisory": True}, "gap", "review"),
        ({"when": UNKNOWN}, "gap", "pass"),
        ({"when": NEVER}, "not-applicable", "pass"),
        ({"unless": ALWAYS}, "exempt", "pass"),
        ({"unless": UNKNOWN}, "gap", "pass"),
        ({"when": UNKNOWN, "unless": ALWAYS}, "gap", "pass"),
    ],
    ids=str,
)
def test_a_gap_is_an_open_point(changes: Json, status: str, adds: str) -> None:
    gap = ir(None, **{"kind": "gap", "otherwise": outcome("note"), **changes})
    (found,) = lines_of(program(ir(require(ALWAYS)), gap), claim())

    assert (found.results[1].status, found.results[1].outcome) == (status, adds)
    assert found.open_points == (("p@v#1",) if status == "gap" else ())
    assert found.outcome == adds


@pytest.mark.parametrize("changes", [{}, {"when": NEVER}, {"unless": ALWAYS}], ids=str)
def test_a_gap_can_be_traced(changes: Json) -> None:
    gap = ir(None, kind="gap", otherwise=outcome("note"), **changes)
    (plain,), (traced,) = (
        lines_of(program(gap), claim(), trace=t) for t in (False, True)
    )

    assert traced.results[0].status == plain.results[0].status


# ---------- reasons and sums ----------

FOUR_WEEKS = {
    "op": "compare",
    "fact": "pain-duration",
    "of": "claim",
    "cmp": ">=",
    "amount": amount(4, "week"),
}


def test_reasons_and_sums_are_given_where_a_rule_objects_or_on_asking() -> None:
    rule = ir(limit(1, "session", rolling(12, "month")))
    over = [past("2026-01-05")]

    assert asked(rule, claim()).arithmetic is None
    assert asked(rule, claim(), trace=True).arithmetic is not None
    assert asked(rule, claim(earlier=over)).arithmetic is not None
    assert asked(rule, claim(known="unknown")).arithmetic is not None


def test_a_trace_changes_no_answer() -> None:
    rules = program(
        ir(limit(1, "session", rolling(12, "month"))),
        ir(require(FOUR_WEEKS)),
        ir(NOT_COVERED, unless=ALWAYS),
    )
    (plain,), (traced,) = (lines_of(rules, claim(), trace=t) for t in (False, True))

    assert traced.outcome == plain.outcome
    assert [x.status for x in traced.results] == [x.status for x in plain.results]
    assert [x.about for x in traced.results] == [x.about for x in plain.results]


@pytest.mark.parametrize(
    ("duty", "more", "because"),
    [
        (NOT_COVERED, {}, "64483 is not covered"),
        (
            require(FOUR_WEEKS),
            {},
            "pain duration: not given; at least 4 weeks are asked",
        ),
        (
            require(UNKNOWN),
            {"facts": {"new-patient": False}},
            "new patient: no; yes is asked",
        ),
        (
            require({"op": "and", "of": [ALWAYS, {"op": "not", "of": [UNKNOWN]}]}),
            {"facts": {"new-patient": True}},
            "new patient: yes; no is asked",
        ),
        (
            require({"op": "diagnosis", "set": "sciatica", "which": "any"}),
            {},
            "diagnosis: not given; M54.16 is asked",
        ),
        (require(IN_OFFICE), {}, "place of service: not given; 11 is asked"),
        (
            require({"op": "modifier", "modifier": "KX"}),
            {},
            "the line has no modifier; KX is asked",
        ),
        (
            require({"op": "date", "cmp": "<", "date": "2026-01-01"}),
            {},
            "date of service: 2026-03-10; before 2026-01-01 is asked",
        ),
        (
            {"duty": "not-with", "set": "guidance", "same": [], "unless_modifier": []},
            {},
            "77003 on line 2 beside 64483 on the same day; they do not go together",
        ),
        (
            {**limit(1, "session", rolling(12, "month")), "count": []},
            {},
            "no amount is in force on the date",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_reason_is_what_decided(duty: Json, more: Json, because: str) -> None:
    one = claim(line(), line("77003", number=2), **more)

    assert asked(ir(duty), one).because == because
