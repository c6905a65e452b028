"""Two worked policies of the design, written by hand as compiled rules.

They are examples of forms, not what any payer says today.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Amount, ClaimLine, Facts, HistoryLine
from kb.engine.judge.answer import LineAnswer, RuleResult
from kb.engine.program import CodeFacts, CompiledRule, Days, FactWords, Program
from tests.kb.engine import one_line
from tests.kb.engine.columns.one_rule import (
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
from tests.kb.engine.one_line import lines_of

OPEN: tuple[Days, ...] = ((None, None),)
YEAR, SESSION = rolling(12, "month"), {"kind": "session"}
FACTS = {
    "pain-duration": FactWords("duration", "patient"),
    "conservative-care": FactWords("duration", "patient"),
    "pain-relief": FactWords("percent", "procedure"),
    "relief-duration": FactWords("duration", "procedure"),
    "function-gain": FactWords("percent", "procedure"),
    "approach-changed": FactWords("yes-no", "claim"),
    "reason-for-change": FactWords("text", "claim"),
}


def codes(*members: str, days: tuple[Days, ...] = OPEN) -> dict[str, tuple[Days, ...]]:
    return dict.fromkeys(members, days)


def compare(
    fact: str, number: int, unit: str, amounts: list[Json] | None = None
) -> Json:
    return {
        "op": "compare",
        "fact": fact,
        "of": FACTS[fact].scope,
        "cmp": ">=",
        "amount": amounts or amount(number, unit),
    }


def join(op: str, *parts: Json) -> Json:
    return {"op": op, "of": list(parts)}


def outcome(name: str, carc: str = "", *rarc: str) -> Json:
    return {"outcome": name, "reason": "", "carc": carc, "rarc": list(rarc)}


DENY, EVIDENCE = outcome("deny", "CO-50", "N115"), outcome("needs-evidence")
TOO_OFTEN = outcome("deny", "CO-151", "N362")


def named(name: str, duty: Json | None, scope: str, **more: Any) -> Json:
    return ir(duty, **{"rule": name, "scope": scope, "otherwise": DENY, **more})


def policy(*rules: Json, **more: Any) -> Program:
    """A policy of named rules over the sets, regions and codes of both examples."""
    known = one_line.program(*rules)
    compiled = tuple(
        CompiledRule.of(f"p@v#{rule['rule']}", "p@v", rule["rule"], rule["rule"], rule)
        for rule in rules
    )
    low, neck = (("lumbar-sacral", OPEN[0]),), (("cervical-thoracic", OPEN[0]),)
    regions: dict[str, tuple[tuple[str, Days], ...]] = {
        **dict.fromkeys(("64483", "64484", "62323", "64493", "64495", "64635"), low),
        **dict.fromkeys(("64479", "64480", "62321", "64490", "64633"), neck),
    }
    return replace(
        known,
        policies=(replace(known.policies[0], rules=compiled, **more),),
        sets=SETS,
        groupings={"region": regions},
        codes={
            code: CodeFacts(code in ("64480", "64484", "64495"), "paired")
            for code in regions
        },
        facts=FACTS,
    )


LEFT_IN_2024: Days = (date(2023, 7, 1), date(2024, 8, 15))
SETS = {
    "esi": codes("64479", "64480", "64483", "64484", "62321", "62323"),
    "transforaminal": codes("64479", "64480", "64483", "64484"),
    "esi-diagnoses": codes("B02.23", "M54.12", "M54.16"),
    "zoster": codes("B02.23"),
    "facet-diagnostic": codes("64490", "64493"),
    "facet-rfa": codes("64633", "64635"),
    "hospital-approval": {
        **codes("64490", "64493", "64633", "64635", days=((date(2023, 7, 1), None),)),
        **codes("64495", days=(LEFT_IN_2024,)),
    },
}

# ---------- policy 1: epidurals ----------

LAST_ESI = {"set": "esi", "same": ["region"]}
AGAIN: Json = {"same": ["region"], "window": YEAR}
HELPED = join(
    "or",
    join(
        "and",
        compare("pain-relief", 50, "percent"),
        compare("relief-duration", 3, "month"),
    ),
    compare("function-gain", 50, "percent"),
)
FAILED_FIRST = join(
    "and",
    earlier(1, 1, **AGAIN),
    earlier(1, same=["region"], before=amount(14, "day")),
    {"op": "yes", "fact": "approach-changed", "of": "claim"},
    {"op": "documented", "fact": "reason-for-change", "of": "claim"},
)
EPIDURALS = policy(
    named(
        "diagnosis-on-list",
        require({"op": "diagnosis", "set": "esi-diagnoses", "which": "any"}),
        "esi",
    ),
    named(
        "four-weeks",
        require(
            join(
                "and",
                compare("pain-duration", 4, "week"),
                compare("conservative-care", 4, "week"),
            )
        ),
        "esi",
        unless={"op": "diagnosis", "set": "zoster", "which": "any"},
        if_unknown=EVIDENCE,
    ),
    named(
        "sessions-per-region",
        limit(4, "session", YEAR, "region"),
        "esi",
        otherwise=TOO_OFTEN,
    ),
    named("one-region", limit(1, "region", SESSION), "esi", otherwise=TOO_OFTEN),
    named(
        "two-levels",
        limit(2, "level", SESSION, "region"),
        "transforaminal",
        otherwise=TOO_OFTEN,
    ),
    named(
        "repeat-needs-relief",
        require(HELPED),
        "esi",
        when=earlier(1, **AGAIN),
        last=LAST_ESI,
        if_unknown=EVIDENCE,
        exceptions=[
            {
                "name": "failed-first",
                "in_force": {"from": None, "through": None},
                "when": FAILED_FIRST,
                "exceptions": [],
            }
        ],
    ),
    named("provider-training", None, "esi", kind="gap", otherwise=outcome("note")),
)


def of(number: int, unit: Any) -> Amount:
    return Amount(Decimal(number), unit)


CHART: Facts = {"pain-duration": of(210, "day"), "conservative-care": of(56, "day")}
GOOD: Facts = {"pain-relief": of(60, "percent"), "relief-duration": of(3, "month")}
FOUR = ("2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01")
HISTORY = tuple(past(day, "64483", "RT", facts=GOOD) for day in FOUR)


def epidural(
    *lines: ClaimLine,
    on: str = "2026-03-10",
    history: tuple[HistoryLine, ...] = HISTORY,
    **more: Any,
) -> LineAnswer:
    """The answer to the last line of an epidural claim."""
    billed = lines or (line("64483", on, modifiers=("RT",), diagnoses=("M54.16",)),)
    given = {"facts": CHART, **more}
    return lines_of(EPIDURALS, claim(*billed, earlier=history, **given))[-1]


def rule(answer: LineAnswer, name: str) -> RuleResult:
    return next(x for x in answer.results if x.rule == f"p@v#{name}")


def test_a_fifth_session_in_twelve_months_is_denied() -> None:
    answer = epidural()
    found = rule(answer, "sessions-per-region")

    assert answer.outcome == "deny"
    assert [x.rule for x in answer.results if x.status == "not-met"] == [found.rule]
    assert found.arithmetic is not None
    assert (
        found.arithmetic.counted,
        found.arithmetic.this,
        found.arithmetic.limit,
    ) == (4, 1, 4)
    assert tuple(str(e.date) for e in found.arithmetic.events) == FOUR
    assert str(found.arithmetic.next_date) == "2026-04-02"
    assert str(found.arithmetic.leaves) == "2025-04-02"


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-04-01", "deny"), ("2026-04-02", "pass")]
)
def test_the_anniversary_is_the_first_free_day(on: str, expected: str) -> None:
    answer = epidural(on=on)

    assert answer.outcome == expected
    assert answer.open_points == ("p@v#provider-training",)


def test_sessions_of_another_region_do_not_count() -> None:
    neck = line("64479", "2026-03-10", modifiers=("RT",), diagnoses=("M54.12",))
    answer = epidural(neck)

    assert rule(answer, "sessions-per-region").status == "met"
    assert rule(answer, "repeat-needs-relief").status == "not-applicable"
    assert answer.outcome == "pass"


def test_four_sessions_of_a_year_are_none_of_the_next_calendar_year() -> None:
    by_year = limit(4, "session", {"kind": "calendar", "unit": "year"}, "region")
    known = policy(named("sessions", by_year, "esi"))
    (found,) = lines_of(known, claim(earlier=HISTORY), trace=True)

    # A limit that is kept covers nothing.
    assert (found.outcome, found.grounds) == ("unknown", ())
    assert found.results[0].arithmetic is not None
    assert found.results[0].arithmetic.counted == 0
    assert [x.left for x in found.limits] == [3]


def test_a_silent_chart_is_asked_for_evidence() -> None:
    care_only = {"conservative-care": CHART["conservative-care"]}
    answer = epidural(on="2026-04-02", facts=care_only)
    found = rule(answer, "four-weeks")

    assert (answer.outcome, found.outcome) == ("needs-evidence", "needs-evidence")
    assert found.about == ("pain-duration",)


def test_shingles_need_no_wait() -> None:
    zoster = line("64483", "2026-04-02", modifiers=("RT",), diagnoses=("B02.23",))
    found = rule(epidural(zoster, facts={}), "four-weeks")

    assert (found.status, found.exempt_by) == ("exempt", "unless")


def test_without_history_nothing_is_guessed() -> None:
    answer = epidural(on="2026-04-02", history=(), known="unknown")

    assert answer.outcome == "needs-evidence"
    for name in ("sessions-per-region", "repeat-needs-relief"):
        assert rule(answer, name).status == "unknown"
    assert rule(answer, "sessions-per-region").about == ("history",)
    assert rule(answer, "sessions-per-region").outcome == "unknown"


def test_known_sessions_prove_the_denial_although_history_is_partial() -> None:
    assert rule(epidural(known="partial"), "sessions-per-region").status == "not-met"


def test_a_third_level_is_denied_and_the_first_two_are_not() -> None:
    lines = [
        line("64483", modifiers=("RT",), diagnoses=("M54.16",), number=1),
        line("64484", modifiers=("RT",), diagnoses=("M54.16",), number=2),
        line("64484", modifiers=("RT",), diagnoses=("M54.16",), number=3),
    ]
    for number, expected in ((1, "met"), (2, "met"), (3, "not-met")):
        answer = epidural(*lines[:number], history=())
        assert rule(answer, "two-levels").status == expected


def test_a_second_region_of_the_session_is_denied() -> None:
    low = line("64483", modifiers=("RT",), diagnoses=("M54.16",))
    neck = line("64479", modifiers=("RT",), diagnoses=("M54.12",), number=2)

    assert rule(epidural(low, neck, history=()), "one-region").status == "not-met"


@pytest.mark.parametrize(
    ("facts", "chart", "status", "about"),
    [
        (
            {"approach-changed": True, "reason-for-change": "a text"},
            "partial",
            "exempt",
            (),
        ),
        ({"approach-changed": True}, "partial", "unknown", ("reason-for-change",)),
        ({"approach-changed": True}, "complete", "not-met", ()),
        ({"approach-changed": False}, "partial", "not-met", ()),
        ({}, "partial", "unknown", ("approach-changed", "reason-for-change")),
    ],
    ids=str,
)
def test_a_failed_first_try_may_be_repeated_differently(
    facts: Facts, chart: str, status: str, about: tuple[str, ...]
) -> None:
    failed = {"pain-relief": of(20, "percent"), "function-gain": of(10, "percent")}
    once = (past("2026-01-05", "64483", "RT", facts=failed),)
    answer = epidural(history=once, facts={**CHART, **facts}, chart=chart)
    found = rule(answer, "repeat-needs-relief")

    assert (found.status, found.about) == (status, about)
    assert found.exempt_by == ("failed-first" if status == "exempt" else "")


# ---------- policy 2: facet joints ----------

BLOCK_RELIEF = [
    *amount(50, "percent", through="2021-04-24"),
    *amount(80, "percent", **{"from": "2021-04-25"}),
]
SPOT = ["level", "side"]
KX_ONLY = {"with": ["KX"], "without": [], "denied": False, "own": False}
FACETS = policy(
    named(
        "two-blocks-first",
        require(
            earlier(
                2,
                set="facet-diagnostic",
                same=SPOT,
                modifier="KX",
                apart=amount(14, "day"),
                each=compare("pain-relief", 0, "", BLOCK_RELIEF),
            )
        ),
        "facet-rfa",
        when=earlier(0, 0, set="facet-rfa", same=["region", *SPOT]),
        if_unknown=EVIDENCE,
    ),
    named(
        "rfa-sessions",
        limit(2, "session", YEAR, "region"),
        "facet-rfa",
        otherwise=TOO_OFTEN,
    ),
    named(
        "block-sessions",
        {**limit(4, "session", YEAR, "region"), "counting": KX_ONLY},
        "facet-diagnostic",
        when={"op": "modifier", "modifier": "KX"},
        otherwise=TOO_OFTEN,
    ),
    named(
        "hospital-prior-approval",
        require(
            {"op": "field", "field": "authorization", "in": ["approved"], "set": None}
        ),
        "hospital-approval",
        when={"op": "field", "field": "place", "in": ["19", "22"], "set": None},
        otherwise=outcome("needs-auth", "CO-197"),
    ),
    named(
        "block-gap",
        {
            "duty": "interval",
            "least": amount(14, "day"),
            "between": "session",
            "per": SPOT,
            "counting": None,
        },
        "facet-diagnostic",
        otherwise=outcome("review"),
    ),
)


def block(on: str, percent: int, *modifiers: str, level: str = "L4-L5") -> HistoryLine:
    told: Facts = {"pain-relief": of(percent, "percent")}
    return past(on, "64493", *(modifiers or ("KX", "RT")), level=level, facts=told)


FIRST, SECOND = block("2026-04-01", 85), block("2026-04-16", 90)


def ablation(*blocks: HistoryLine, side: str = "RT", **more: Any) -> RuleResult:
    one = line(
        "64635",
        "2026-05-20",
        modifiers=(side,),
        diagnoses=("M47.816",),
        level="L4-L5",
        place="24",
    )
    answer = lines_of(FACETS, claim(one, earlier=blocks, **more))[0]
    return rule(answer, "two-blocks-first")


@pytest.mark.parametrize(
    ("blocks", "side", "expected"),
    [
        ((FIRST,), "RT", "not-met"),
        ((FIRST, SECOND), "RT", "met"),
        ((FIRST, SECOND), "LT", "not-met"),
        ((FIRST, block("2026-04-15", 90)), "RT", "met"),
        ((FIRST, block("2026-04-14", 90)), "RT", "not-met"),
        ((FIRST, block("2026-04-16", 80)), "RT", "met"),
        ((FIRST, block("2026-04-16", 79)), "RT", "not-met"),
        ((FIRST, block("2026-04-16", 90, "RT")), "RT", "not-met"),
        ((FIRST, block("2026-04-16", 90, level="L5-S1")), "RT", "not-met"),
    ],
    ids=[
        "one block", "two good blocks", "wrong side", "fourteen days", "thirteen days",
        "relief just enough", "relief just short", "without KX", "another level",
    ],
)  # fmt: skip
def test_two_positive_blocks_come_before_the_first_ablation(
    blocks: tuple[HistoryLine, ...], side: str, expected: str
) -> None:
    assert ablation(*blocks, side=side).status == expected


def test_a_block_without_its_score_asks_for_evidence() -> None:
    found = ablation(FIRST, replace(SECOND, facts={}))

    assert (found.status, found.outcome) == ("unknown", "needs-evidence")
    assert found.about == ("pain-relief",)


def test_a_second_ablation_needs_no_blocks() -> None:
    before = past("2025-05-20", "64635", "RT", level="L4-L5")

    assert ablation(before).status == "not-applicable"


@pytest.mark.parametrize(
    ("place", "authorization", "expected"),
    [
        ("22", "none", "needs-auth"),
        ("22", "approved", "pass"),
        ("22", None, "needs-auth"),
        ("24", "none", "unknown"),
    ],
)
def test_a_hospital_outpatient_service_needs_approval(
    place: str, authorization: Any, expected: str
) -> None:
    one = line(
        "64493",
        place=place,
        modifiers=("RT",),
        level="L4-L5",
        authorization=authorization,
    )

    assert lines_of(FACETS, claim(one))[0].outcome == expected


@pytest.mark.parametrize(
    ("on", "expected"), [("2024-08-15", "needs-auth"), ("2024-08-16", "unknown")]
)
def test_a_code_leaves_a_dated_list(on: str, expected: str) -> None:
    one = line("64495", on, place="22", authorization="none")
    (found,) = lines_of(FACETS, claim(one))

    assert found.outcome == expected
    assert bool(found.results) == (expected == "needs-auth")


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("KX", "RT"), ("KX", "RT"), "not-met"),
        (("KX", "RT"), ("RT",), "met"),
        (("RT",), ("KX", "RT"), "not-applicable"),
    ],
    ids=["a fifth one", "therapeutic ones before", "a therapeutic one"],
)
def test_only_blocks_with_kx_count_as_diagnostic(
    mine: tuple[str, ...], theirs: tuple[str, ...], expected: str
) -> None:
    blocks = [block(f"2026-0{n}-01", 90, *theirs) for n in (1, 2, 3, 4)]
    one = line("64493", "2026-05-20", modifiers=mine, level="L4-L5", place="24")
    answer = lines_of(FACETS, claim(one, earlier=blocks))[0]

    assert rule(answer, "block-sessions").status == expected


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-05-06", "unknown"), ("2026-05-07", "review")]
)
def test_two_weeks_lie_between_blocks_of_one_spot(on: str, expected: str) -> None:
    one = line("64493", "2026-05-20", modifiers=("RT",), level="L4-L5", place="24")

    assert lines_of(FACETS, claim(one, earlier=[block(on, 90)]))[0].outcome == expected
