"""Rules over columns: one row of a table is one point of ``docs/ir.md``."""

from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Amount, Facts
from tests.kb.engine.columns.one_rule import (
    OPEN,
    Json,
    amount,
    claim,
    earlier,
    facts,
    headlines,
    ir,
    limit,
    line,
    past,
    program,
    require,
    rolling,
    statuses,
)

YEAR = rolling(12, "month")
FOUR = ["2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01"]
PERCENT = {"op": "compare", "fact": "pain-relief", "of": "procedure", "cmp": ">="}
RELIEF = {**PERCENT, "amount": amount(50, "percent")}


def relief(percent: int) -> Facts:
    return facts(pain_relief=Amount(Decimal(percent), "percent"))


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2026-03-10", "not-met"), ("2026-04-01", "not-met"), ("2026-04-02", "met")],
)
def test_a_rolling_limit_frees_on_the_anniversary(on: str, expected: Any) -> None:
    rule = program(ir(limit(4, "session", YEAR, "region")))
    history = [past(day) for day in FOUR]
    assert statuses(rule, claim(line(on=on), earlier=history)) == [expected]


@pytest.mark.parametrize(
    ("history", "state", "reach", "expected"),
    [
        ([], "complete", "all-billers", "met"),
        ([], "complete", "own", "unknown"),
        ([], "partial", "all-billers", "unknown"),
        ([], "unknown", "all-billers", "unknown"),
        (FOUR[:1], "partial", "all-billers", "not-met"),
        (FOUR[:1], "complete", "own", "not-met"),
    ],
)
def test_incomplete_history_can_only_prove_a_limit_exceeded(
    history: Any, state: Any, reach: Any, expected: Any
) -> None:
    rule = program(ir(limit(1, "session", YEAR)))
    one = claim(earlier=[past(day) for day in history], known=state, reach=reach)
    assert statuses(rule, one) == [expected]


@pytest.mark.parametrize(
    ("code", "per", "expected"),
    [
        ("64483", "region", "not-met"),
        ("64484", "region", "not-met"),
        ("64479", "region", "met"),
        ("62323", "region", "unknown"),
        ("64484", "code", "met"),
        ("64484", "level", "unknown"),
        ("64484", "provider", "unknown"),
    ],
)
def test_an_event_of_unknown_group_adds_to_the_upper_end_only(
    code: str, per: str, expected: Any
) -> None:
    rule = program(ir(limit(1, "session", YEAR, per)))
    assert statuses(rule, claim(earlier=[past("2026-01-05", code)])) == [expected]


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("RT",), ("RT",), "not-met"),
        (("RT",), ("LT",), "met"),
        (("RT",), ("50",), "not-met"),
        (("RT",), (), "unknown"),
        ((), ("RT",), "unknown"),
    ],
)
def test_sides_come_from_modifiers(mine: Any, theirs: Any, expected: Any) -> None:
    rule = program(ir(limit(1, "session", YEAR, "side")))
    one = claim(line(modifiers=mine), earlier=[past("2026-01-05", "64483", *theirs)])
    assert statuses(rule, one) == [expected]


SESSION = {"kind": "session"}


@pytest.mark.parametrize(
    ("unit", "count", "lines", "expected"),
    [
        ("line", 1, [("64483", ("RT",), 1, ""), ("64484", ("RT",), 1, "")], 1),
        ("unit", 3, [("64483", ("RT",), 1, ""), ("64484", ("RT",), 3, "")], 1),
        ("level", 1, [("64483", ("RT",), 1, ""), ("64483", ("LT",), 1, "")], 0),
        ("level", 2, [("64483", ("50",), 1, ""), ("64484", ("50",), 2, "")], 1),
        ("level", 1, [("64483", (), 1, "L4-L5"), ("64484", (), 1, "L4-L5")], 0),
        ("level", 1, [("64483", (), 1, "L4-L5"), ("64484", (), 9, "L4-L5")], 1),
        ("injection", 1, [("64483", ("RT",), 5, ""), ("64483", ("LT",), 1, "")], 1),
        ("injection", 1, [("64483", ("50",), 1, "")], 1),
        ("region", 1, [("64483", (), 1, ""), ("64484", (), 1, "")], 0),
        ("region", 1, [("64483", (), 1, ""), ("64479", (), 1, "")], 1),
    ],
)
def test_units_of_a_session_are_counted_in_order_of_lines(
    unit: str, count: Any, lines: Any, expected: Any
) -> None:
    """``expected`` lines fail, the later ones."""
    rule = program(ir(limit(count, unit, SESSION)))
    one = claim(
        *(
            line(code, modifiers=modifiers, units=Decimal(units), level=level, number=n)
            for n, (code, modifiers, units, level) in enumerate(lines, 1)
        ),
        known="unknown",
    )
    kept = len(lines) - expected
    assert statuses(rule, one) == ["met"] * kept + ["not-met"] * expected


@pytest.mark.parametrize(
    ("unit", "equal"),
    [
        ("line", "not-met"),
        ("unit", "not-met"),
        ("injection", "not-met"),
        ("level", "unknown"),  # without sides they may be two sides of one level
    ],
)
def test_claims_of_one_date_stand_equal_in_any_file_order(
    unit: str, equal: str
) -> None:
    rule = program(ir(limit(1, unit, {"kind": "date"})))
    first, second = claim(id="A"), claim(id="B")
    assert statuses(rule, first, second) == [equal, equal]
    assert statuses(rule, second, first) == [equal, equal]
    assert statuses(rule, first) == ["met"]


def test_the_lines_of_a_claim_are_taken_by_their_numbers() -> None:
    rule = program(ir(limit(7, "line", {"kind": "date"})))
    many = claim(*(line(number=n) for n in range(1, 10)), id="A")
    assert statuses(rule, many) == ["met"] * 7 + ["not-met"] * 2
    assert statuses(rule, many, claim(id="B"))[:8] == ["met"] * 6 + ["not-met"] * 2


@pytest.mark.parametrize(
    ("on", "state", "expected"),
    [
        ("2026-02-24", "complete", "met"),
        ("2026-02-25", "complete", "not-met"),
        ("2026-02-25", "partial", "not-met"),
        ("2026-02-24", "partial", "unknown"),
        ("2026-03-10", "complete", "met"),
    ],
)
def test_an_interval_looks_at_the_latest_earlier_session(
    on: str, state: Any, expected: Any
) -> None:
    duty = {
        "duty": "interval",
        "least": amount(14, "day"),
        "between": "session",
        "counting": None,
        "per": ["region"],
    }
    one = claim(earlier=[past("2025-01-01"), past(on)], known=state)
    assert statuses(program(ir(duty)), one) == [expected]


@pytest.mark.parametrize(
    ("other", "modifiers", "expected"),
    [
        ("77003", (), "not-met"),
        ("77003", ("59",), "met"),
        ("64484", (), "met"),
    ],
)
def test_not_with_looks_at_the_date_of_service(
    other: str, modifiers: Any, expected: Any
) -> None:
    duty = {
        "duty": "not-with",
        "set": "guidance",
        "same": [],
        "unless_modifier": ["59"],
    }
    one = claim(line(modifiers=modifiers), line(other, number=2))
    assert statuses(program(ir(duty)), one)[0] == expected


@pytest.mark.parametrize(
    ("test", "history", "expected"),
    [
        (earlier(1), ["2026-03-09"], "met"),
        (earlier(1), ["2026-03-10"], "not-met"),
        (earlier(2), ["2026-01-01", "2026-01-01"], "not-met"),
        (earlier(0, 0), [], "met"),
        (earlier(1, 1), ["2026-01-01", "2026-01-02"], "not-met"),
        (earlier(1, window=rolling(1, "month")), ["2026-02-10"], "not-met"),
        (earlier(1, window=rolling(1, "month")), ["2026-02-11"], "met"),
        (earlier(1, before=amount(14, "day")), ["2026-02-25"], "not-met"),
        (earlier(1, before=amount(14, "day")), ["2026-02-24"], "met"),
        (earlier(2, apart=amount(14, "day")), ["2026-01-01", "2026-01-14"], "not-met"),
        (earlier(2, apart=amount(14, "day")), ["2026-01-01", "2026-01-15"], "met"),
        (
            earlier(2, apart=amount(14, "day")),
            ["2026-01-01", "2026-01-10", "2026-01-16"],
            "met",
        ),
    ],
)
def test_earlier_sessions_are_counted_by_date(
    test: Json, history: Any, expected: Any
) -> None:
    rule = program(ir(require(test)))
    assert statuses(rule, claim(earlier=[past(d) for d in history])) == [expected]


@pytest.mark.parametrize(
    ("given", "expected", "headline"),
    [
        ([relief(60), relief(50)], "met", "pass"),
        ([relief(60), relief(49)], "not-met", "deny"),
        ([relief(60), {}], "unknown", "needs-evidence"),
    ],
)
def test_each_asks_the_facts_of_every_event(
    given: Any, expected: Any, headline: str
) -> None:
    rule = program(ir(require(earlier(2, each=RELIEF))))
    days = ("2026-01-01", "2026-02-01")
    history = [past(on, facts=told) for on, told in zip(days, given, strict=True)]
    assert statuses(rule, claim(earlier=history)) == [expected]
    assert headlines(rule, claim(earlier=history)) == [headline]


@pytest.mark.parametrize(
    ("history", "own", "state", "expected"),
    [
        ([past("2026-01-01", facts=relief(60))], {}, "complete", "met"),
        (
            [past("2026-01-01", facts=relief(60)), past("2026-02-01")],
            {},
            "complete",
            "unknown",
        ),
        ([past("2026-01-01", facts=relief(40))], relief(60), "complete", "unknown"),
        ([past("2026-01-01", facts=relief(60))], {}, "partial", "unknown"),
        (
            [
                past("2026-01-01", facts=relief(60)),
                past("2026-01-01", "64484", facts=relief(40)),
            ],
            {},
            "complete",
            "unknown",
        ),
    ],
)
def test_procedure_facts_are_those_of_the_last_session(
    history: Any, own: Any, state: Any, expected: Any
) -> None:
    last = {"set": "esi", "same": ["region"]}
    rule = program(ir(require(RELIEF), last=last))
    assert statuses(rule, claim(earlier=history, facts=own, known=state)) == [expected]


ALWAYS, NEVER = {"op": "always"}, {"op": "never"}
UNKNOWN = {"op": "yes", "fact": "new-patient", "of": "patient"}


def exception(when: Json, *own: Json) -> Json:
    return {"name": "x", "in_force": OPEN, "when": when, "exceptions": list(own)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "not-met"),
        ({"when": NEVER}, "not-applicable"),
        ({"when": UNKNOWN}, "unknown"),
        ({"when": UNKNOWN, "duty": require(ALWAYS)}, "met"),
        ({"when": UNKNOWN, "unless": ALWAYS}, "met"),
        ({"unless": ALWAYS}, "exempt"),
        ({"unless": UNKNOWN}, "unknown"),
        ({"exceptions": [exception(ALWAYS)]}, "exempt"),
        ({"exceptions": [exception(ALWAYS, exception(ALWAYS))]}, "not-met"),
        ({"exceptions": [exception(ALWAYS, exception(UNKNOWN))]}, "unknown"),
        ({"kind": "gap", "duty": None}, "gap"),
        ({"kind": "gap", "duty": None, "when": NEVER}, "not-applicable"),
        ({"scope": "guidance"}, ""),
        ({"claims": "facility"}, ""),
    ],
)
def test_the_status_of_a_rule(changes: Json, expected: Any) -> None:
    rule = program(ir(**{"duty": {"duty": "never"}, **changes}))
    assert statuses(rule, claim()) == [expected]


@pytest.mark.parametrize(
    ("on", "expected"), [("2025-06-30", "met"), ("2025-07-01", "")]
)
def test_a_code_that_left_a_list_is_out_of_scope(on: str, expected: Any) -> None:
    rule = program(ir(require(ALWAYS), scope="until-june"))
    assert statuses(rule, claim(line(on=on))) == [expected]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({}, "not-met"),
        ({"from": "2026-04-01"}, "not-applicable"),
        ({"through": "2026-01-01"}, "unknown"),
        ({"through": "2026-01-01", "ended": True}, "not-applicable"),
    ],
)
def test_a_rule_that_is_over_is_unknown_unless_its_author_ended_it(
    span: Json, expected: Any
) -> None:
    force = {**OPEN, "clock": "service", "ended": False, **span}
    rule = program(ir({"duty": "never"}, in_force=force))
    assert statuses(rule, claim()) == [expected]


EVIDENCE = require(UNKNOWN)
APPROVAL = require(
    {"op": "field", "field": "authorization", "in": ["approved"], "set": None}
)
DIAGNOSIS = require({"op": "diagnosis", "set": "sciatica", "which": "any"})
AUTH = {"outcome": "needs-auth", "reason": "", "carc": "", "rarc": []}
REVIEW = {"outcome": "review", "reason": "", "carc": "", "rarc": []}


@pytest.mark.parametrize(
    ("rule", "headline"),
    [
        (ir(EVIDENCE), "needs-evidence"),
        (ir(EVIDENCE, if_unknown=REVIEW), "review"),
        (ir(EVIDENCE, advisory=True), "review"),
        (ir(APPROVAL), "unknown"),
        (ir(APPROVAL, otherwise=AUTH), "needs-auth"),
        (ir(DIAGNOSIS), "unknown"),
        (ir({"duty": "never"}), "deny"),
        (ir({"duty": "never"}, advisory=True), "review"),
        (ir(None, kind="gap"), "deny"),
        (ir(require(ALWAYS)), "pass"),
        (ir(require(ALWAYS), scope=None), "unknown"),
    ],
)
def test_what_a_rule_gives_the_headline(rule: Json, headline: str) -> None:
    assert headlines(program(rule), claim()) == [headline]


@pytest.mark.parametrize(
    ("policy", "more", "headline"),
    [
        ({}, {}, "pass"),
        ({"payer": ""}, {}, "unknown"),
        ({}, {"payer": "examplecare"}, "unknown"),
        ({"states": frozenset({"CA"})}, {"state": "CA"}, "pass"),
        ({"states": frozenset({"CA"})}, {"state": "OH"}, "unknown"),
        ({"states": frozenset({"CA"})}, {}, "unknown"),
        ({"plans": frozenset({"commercial"})}, {"plan": "commercial"}, "pass"),
    ],
)
def test_no_line_passes_without_a_policy_of_its_payer(
    policy: Json, more: Json, headline: str
) -> None:
    rule = program(ir(require(ALWAYS)), **policy)
    assert headlines(rule, claim(**more)) == [headline]
