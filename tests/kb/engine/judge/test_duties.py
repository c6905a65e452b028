"""Every form of duty, asked by the interpreter, and the sums that it shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Claim, ClaimLine
from kb.engine.judge.answer import Arithmetic, RuleResult
from tests.kb.engine.columns.one_rule import (
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
from tests.kb.engine.one_line import ALWAYS, NEVER, asked, lines_of, program, said

YEAR, SESSION = rolling(12, "month"), {"kind": "session"}
FOUR = ["2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01"]
NONE_COUNTED = {"with": [], "without": [], "denied": False, "own": False}


def interval(number: object, unit: str, *per: str, **more: Any) -> Json:
    return {
        "duty": "interval",
        "least": amount(number, unit),
        "between": "session",
        "per": list(per),
        "counting": None,
        **more,
    }


def kept(duty: Json, *lines: ClaimLine, **more: Any) -> str:
    """What a rule with this duty says of line 1."""
    return said(asked(ir(duty), claim(*lines, **more)))


def statuses(duty: Json, *claims: Any) -> list[str]:
    return [x.results[0].status for x in lines_of(program(ir(duty)), *claims)]


def sum_of(duty: Json, *lines: ClaimLine, **more: Any) -> Arithmetic:
    found = asked(ir(duty), claim(*lines, **more), trace=True).arithmetic
    assert found is not None
    return found


def days(*texts: str) -> list[Any]:
    return [past(text) for text in texts]


# ---------- require, never, not-with ----------


@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        (require(ALWAYS), "met"),
        (require(NEVER), "not-met"),
        ({"duty": "never"}, "not-met"),
        ({"duty": "covers"}, "met"),
    ],
    ids=str,
)
def test_a_test_and_never(duty: Json, expected: str) -> None:
    assert kept(duty) == expected


@pytest.mark.parametrize(
    ("mine", "other", "same", "expected"),
    [
        ((), line("77003", number=2), [], "not-met"),
        (("59",), line("77003", number=2), [], "met"),
        ((), line("77003", number=2, modifiers=("59",)), [], "not-met"),
        ((), line("77003", "2026-03-11", number=2), [], "met"),
        ((), line("64484", number=2), [], "met"),
        ((), line("77003", number=2), ["level"], "unknown about level"),
    ],
    ids=[
        "beside it", "allowed by its modifier", "the other's modifier allows nothing",
        "another day", "another code", "level not given",
    ],
)  # fmt: skip
def test_not_with_another_service_of_the_day(
    mine: tuple[str, ...], other: ClaimLine, same: list[str], expected: str
) -> None:
    duty = {
        "duty": "not-with",
        "set": "guidance",
        "same": same,
        "unless_modifier": ["59"],
    }

    assert kept(duty, line(modifiers=mine), other, known="unknown") == expected


# ---------- limits over time ----------


@pytest.mark.parametrize(
    ("window", "seen", "expected"),
    [
        (YEAR, "2025-03-10", "met"),
        (YEAR, "2025-03-11", "not-met"),
        (rolling(365, "day"), "2025-03-10", "met"),
        (rolling(365, "day"), "2025-03-11", "not-met"),
        ({"kind": "calendar", "unit": "year"}, "2025-12-31", "met"),
        ({"kind": "calendar", "unit": "year"}, "2026-01-01", "not-met"),
        ({"kind": "calendar", "unit": "month"}, "2026-02-28", "met"),
        ({"kind": "calendar", "unit": "month"}, "2026-03-01", "not-met"),
        ({"kind": "lifetime"}, "1999-01-01", "not-met"),
        (SESSION, "2026-03-09", "met"),
    ],
    ids=str,
)
def test_a_limit_holds_in_its_window(window: Json, seen: str, expected: str) -> None:
    assert kept(limit(1, "session", window), earlier=days(seen)) == expected


@pytest.mark.parametrize(
    ("start", "seen", "expected"),
    [
        ("02-01", "2026-01-31", "met"),
        ("02-01", "2026-02-01", "not-met"),
        ("04-01", "2025-04-01", "not-met"),
        ("04-01", "2025-03-31", "met"),
        (None, "2026-02-01", "unknown about plan-year-start"),
    ],
)
def test_a_plan_year_begins_where_the_claim_says(
    start: str | None, seen: str, expected: str
) -> None:
    fields = {"plan-year-start": start} if start else {}
    duty = limit(1, "session", {"kind": "plan-year"})

    assert kept(duty, fields=fields, earlier=days(seen)) == expected


@pytest.mark.parametrize(
    ("scope", "code", "expected"),
    [("esi", "64484", "not-met"), ("esi", "77003", "met"), (None, "77003", "not-met")],
)
def test_a_limit_counts_codes_of_the_rules_own_scope(
    scope: str | None, code: str, expected: str
) -> None:
    rule = ir(limit(1, "session", YEAR), scope=scope)

    assert asked(rule, claim(earlier=[past("2026-01-05", code)])).status == expected


def test_a_service_counts_when_its_code_was_on_the_list_on_its_own_date() -> None:
    rule = ir(limit(1, "session", YEAR), scope="until-june")
    of_may, of_july = (
        claim(line(on="2025-06-30"), earlier=[past(day)])
        for day in ("2025-05-30", "2025-07-01")
    )

    assert asked(rule, of_may).status == "not-met"
    assert asked(rule, of_july).status == "met"


@pytest.mark.parametrize(
    ("seen", "known", "reach", "expected"),
    [
        (3, "complete", "all-billers", "met"),
        (3, "partial", "all-billers", "unknown about history"),
        (3, "unknown", "all-billers", "unknown about history"),
        (3, "complete", "own", "unknown about history"),
        (4, "complete", "all-billers", "not-met"),
        (4, "partial", "all-billers", "not-met"),
        (4, "unknown", "all-billers", "not-met"),
        (4, "complete", "own", "not-met"),
    ],
)
def test_what_history_can_prove_of_a_limit(
    seen: int, known: str, reach: str, expected: str
) -> None:
    duty = limit(4, "session", YEAR, "region")

    assert kept(duty, earlier=days(*FOUR[:seen]), known=known, reach=reach) == expected


@pytest.mark.parametrize("known", ["complete", "partial", "unknown"])
def test_a_limit_in_one_session_needs_no_history(known: str) -> None:
    one = claim(line(), line(number=2), known=known)

    assert statuses(limit(1, "line", SESSION), one) == ["met", "not-met"]


@pytest.mark.parametrize(
    ("group", "event", "expected"),
    [
        ("region", past("2026-01-05", "64484"), "not-met"),
        ("region", past("2026-01-05", "64479"), "met"),
        ("region", past("2026-01-05", "62323"), "unknown about region"),
        ("level", past("2026-01-05", level="L4-L5"), "not-met"),
        ("level", past("2026-01-05", level="L5-S1"), "met"),
        ("level", past("2026-01-05"), "unknown about level"),
        ("side", past("2026-01-05", "64483", "RT"), "not-met"),
        ("side", past("2026-01-05", "64483", "LT"), "met"),
        ("side", past("2026-01-05"), "unknown about side"),
        ("code", past("2026-01-05"), "not-met"),
        ("code", past("2026-01-05", "64484"), "met"),
        ("provider", past("2026-01-05", rendering="1234567893"), "not-met"),
        ("provider", past("2026-01-05", rendering="1993999998"), "met"),
        ("provider", past("2026-01-05"), "unknown about provider"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_limit_per_group(group: str, event: Any, expected: str) -> None:
    mine = line(modifiers=("RT",), level="L4-L5", rendering="1234567893")

    assert kept(limit(1, "session", YEAR, group), mine, earlier=[event]) == expected


def test_an_open_group_on_a_date_that_counts_anyway_is_not_asked_for() -> None:
    """Two levels of one date are one session; the open one changes no number."""
    mine = line(level="L4-L5", rendering="1234567893")
    on_a_counted_date = [
        past("2026-01-05", level="L4-L5", rendering="1234567893"),
        past("2026-01-05", rendering="1234567893"),
    ]
    by_somebody = past("2026-02-05", level="L4-L5")
    duty = limit(2, "session", YEAR, "level", "provider")

    found = kept(duty, mine, earlier=[*on_a_counted_date, by_somebody])
    assert found == "unknown about provider"


@pytest.mark.parametrize(
    ("changes", "event", "expected"),
    [
        ({"with": ["KX"]}, past("2026-01-05", "64483", "KX"), "not-met"),
        ({"with": ["KX"]}, past("2026-01-05"), "met"),
        ({"without": ["KX"]}, past("2026-01-05", "64483", "KX"), "met"),
        ({"without": ["KX"]}, past("2026-01-05"), "not-met"),
        ({}, past("2026-01-05", status="denied"), "met"),
        ({"denied": True}, past("2026-01-05", status="denied"), "not-met"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "duty",
    [limit(1, "session", YEAR), interval(12, "month")],
    ids=["limit", "interval"],
)
def test_which_other_services_count(
    duty: Json, changes: Json, event: Any, expected: str
) -> None:
    counting = {**NONE_COUNTED, **changes}

    assert kept({**duty, "counting": counting}, earlier=[event]) == expected


@pytest.mark.parametrize(
    ("own", "expected"), [(True, "met"), (False, "unknown about history")]
)
@pytest.mark.parametrize(
    "duty", [limit(1, "session", YEAR), interval(14, "day")], ids=["limit", "interval"]
)
def test_a_payer_may_count_own_claims_only(
    duty: Json, *, own: bool, expected: str
) -> None:
    counting = {**NONE_COUNTED, "own": own}

    assert kept({**duty, "counting": counting}, reach="own") == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", "not-met"),
        ("2026-01-01", "unknown about rule-ended"),
        ("2026-02-01", "met"),
    ],
)
@pytest.mark.parametrize("duty", ["limit", "interval"])
def test_the_number_of_the_date_of_service_counts(
    duty: str, on: str, expected: str
) -> None:
    strict = amount(1 if duty == "limit" else 6, "month", through="2025-12-31")
    loose = amount(9 if duty == "limit" else 1, "month", **{"from": "2026-02-01"})
    rule = (
        {**limit(1, "session", YEAR), "count": [*strict, *loose]}
        if duty == "limit"
        else interval(1, "month", least=[*strict, *loose])
    )

    assert kept(rule, line(on=on), earlier=days("2025-12-01")) == expected


def test_a_limit_that_is_no_whole_number_is_rounded_down() -> None:
    duty = limit("1.5", "session", YEAR)

    assert kept(duty) == "met"
    assert kept(duty, earlier=days("2026-01-05")) == "not-met"


# ---------- limit by a choice ----------

LOW, HIGH = limit(1, "session", YEAR), limit(3, "session", YEAR)
BY_RISK = {
    "duty": "limit-by",
    "fact": "opioid-risk",
    "of": "claim",
    "cases": [{"choice": "low", "limit": LOW}, {"choice": "high", "limit": HIGH}],
}


@pytest.mark.parametrize(
    ("risk", "seen", "expected"),
    [
        ("low", 1, "not-met"),
        ("high", 1, "met"),
        ("high", 3, "not-met"),
        (None, 0, "met"),
        (None, 1, "unknown about opioid-risk"),
        (None, 2, "unknown about opioid-risk"),
        (None, 3, "not-met"),
    ],
)
def test_a_limit_by_a_choice(risk: str | None, seen: int, expected: str) -> None:
    told = {"opioid-risk": risk} if risk else {}

    assert kept(BY_RISK, facts=told, earlier=days(*FOUR[:seen])) == expected


@pytest.mark.parametrize("seen", [0, 1, 2])
def test_a_choice_that_is_not_known_leaves_no_number(seen: int) -> None:
    (found,) = lines_of(program(ir(BY_RISK)), claim(earlier=days(*FOUR[:seen])))
    (state,) = found.limits

    assert (state.left, state.next_date) == (None, None)
    assert [(word, x.limit) for word, x in state.arithmetic.choices] == [
        ("opioid-risk low", 1),
        ("opioid-risk high", 3),
    ]


@pytest.mark.parametrize(
    ("known", "unknown", "expected"),
    [
        (0, 0, ("met", 1, 0)),
        (1, 0, ("met", 0, 1)),
        (2, 0, ("not-met", 0, 2)),
        (0, 1, ("met", None, 0)),
        (0, 2, ("unknown", None, 0)),
        (1, 1, ("unknown", 0, 1)),
        (2, 1, ("not-met", 0, 2)),
    ],
)
def test_an_earlier_session_of_an_unknown_side_may_count(
    known: int, unknown: int, expected: tuple[str, int | None, int]
) -> None:
    rule = ir(limit(2, "session", rolling(12, "month"), "side"))
    earlier = [
        *(past(f"2026-01-0{n + 1}", "64483", "RT") for n in range(known)),
        *(past(f"2026-02-0{n + 1}") for n in range(unknown)),
    ]
    one = claim(line(modifiers=("RT",)), earlier=earlier)
    (found,) = lines_of(program(rule), one)
    (state,) = found.limits

    assert (state.status, state.left, state.arithmetic.counted) == expected
    assert state.arithmetic.possible == known + unknown


def test_a_choice_that_is_not_known_asks_what_its_cases_ask_too() -> None:
    found = kept(BY_RISK, known="partial", earlier=days(FOUR[0]))

    assert found == "unknown about history, opioid-risk"


# ---------- units ----------


def billed(code: str, units: object = 1, level: str = "", *modifiers: str) -> Json:
    return {
        "code": code,
        "units": Decimal(str(units)),
        "level": level,
        "modifiers": modifiers,
    }


RIGHT, LEFT, BOTH = (billed("64483", 1, "", m) for m in ("RT", "LT", "50"))


UNSAID = billed("64483")


@pytest.mark.parametrize(
    ("services", "least", "most"),
    [
        ([UNSAID, UNSAID], 1, 2),
        ([UNSAID] * 3, 2, 3),
        ([RIGHT, UNSAID], 1, 2),
        ([RIGHT, LEFT, UNSAID], 2, 2),
        ([BOTH, UNSAID], 2, 2),
        ([UNSAID, UNSAID, billed("64484")], 2, 3),
        ([billed("64484", 2), billed("64484")], 2, 3),
        ([billed("64483", 1, "L4-L5", "RT"), UNSAID], 1, 2),
    ],
    ids=str,
)
def test_a_line_without_a_side_may_be_the_other_side_of_another(
    services: list[Json], least: int, most: int
) -> None:
    lines = [line(number=n, **service) for n, service in enumerate(services, 1)]

    def last_status(count: int) -> str:
        return statuses(limit(count, "level", SESSION), claim(*lines))[-1]

    assert last_status(most) == "met"
    assert least == most or last_status(most - 1) == last_status(least) == "unknown"
    assert last_status(least - 1) == "not-met"


@pytest.mark.parametrize(
    ("unit", "services", "number"),
    [
        ("session", [RIGHT, LEFT], 1),
        ("line", [RIGHT, LEFT], 2),
        ("unit", [billed("64483", 2), billed("64484", 3)], 5),
        ("level", [RIGHT, LEFT], 1),
        ("level", [BOTH], 1),
        ("level", [billed("64483", 1, "", "RT"), billed("64484", 2, "", "RT")], 3),
        ("level", [billed("64483", 3, "", "50")], 1),
        ("level", [billed("64484", 3, "", "50")], 3),
        ("level", [billed("64483", 1, "L4-L5"), billed("64484", 4, "L4-L5")], 4),
        ("level", [billed("64483", 1, "L4-L5"), billed("64484", 1, "L4-L5")], 1),
        ("level", [billed("64483", 1, "L4-L5"), billed("64484", 2, "")], 3),
        (
            "level",
            [billed("64483", 1, "L4-L5", "RT"), billed("64483", 1, "L4-L5", "LT")],
            1,
        ),
        (
            "level",
            [billed("64483", 1, "L4-L5", "RT"), billed("64483", 1, "L5-S1", "LT")],
            2,
        ),
        ("level", [billed("64484", 1, "L4-L5", "RT"), billed("64484", 1, "", "RT")], 2),
        ("level", [billed("64483", 1, "L4-L5"), billed("64484", 1, "L5-S1")], 2),
        ("injection", [RIGHT, LEFT], 2),
        ("injection", [BOTH], 2),
        ("injection", [billed("64484", 2, "", "50")], 4),
        ("injection", [billed("64483", 5, "", "RT")], 1),
        ("region", [RIGHT, billed("64484")], 1),
        ("region", [RIGHT, billed("64479")], 2),
    ],
    ids=str,
)
@pytest.mark.parametrize("where", ["session", "window"])
def test_what_services_of_a_date_come_to(
    where: str, unit: str, services: list[Json], number: int
) -> None:
    """The limit is kept at the number and not one below it, today and in the past."""
    lines = [line(number=n, **service) for n, service in enumerate(services, 1)]
    history = [
        past(
            "2026-01-05", s["code"], *s["modifiers"], units=s["units"], level=s["level"]
        )
        for s in services
    ]
    this = line("64484", units=Decimal(0)) if unit == "unit" else line("64479")
    more = 0 if unit == "unit" else 1

    def last_status(count: int) -> str:
        if where == "session":
            return statuses(limit(count, unit, SESSION), claim(*lines))[-1]
        return kept(limit(count + more, unit, YEAR), this, earlier=history)

    assert last_status(number) == "met"
    assert last_status(number - 1) == "not-met"


def test_regions_that_are_not_known_make_a_range() -> None:
    one, other = line("64483"), line("62323", number=2)
    found = lines_of(program(ir(limit(1, "region", SESSION))), claim(one, other))

    assert [said(x.results[0]) for x in found] == ["met", "unknown about region"]


@pytest.mark.parametrize("names", ["AB", "BA"])
def test_claims_of_a_date_stand_equal_whatever_their_names(names: str) -> None:
    """The later lines of a claim fail; of two claims neither stands before the other."""
    duty = limit(2, "line", SESSION)
    two = claim(line(), line(number=2), id=names[0])
    one = claim(line(), id=names[1])
    of_two, of_one = ["met", "not-met"], ["not-met"]
    wanted = [*of_two, *of_one] if names == "AB" else [*of_one, *of_two]

    assert statuses(duty, two, one) == wanted
    assert statuses(duty, one, two) == wanted


EARLIER = days("2025-06-01", "2025-09-01", "2025-12-01")


def tie(names: str, number: int = 4, *more: Claim) -> list[RuleResult]:
    """Two claims of a day, one line each, under a limit of lines in 12 months."""
    given = [claim(line(), id=name, earlier=EARLIER) for name in names]
    found = lines_of(program(ir(limit(number, "line", YEAR))), *given, *more)
    return [x.results[0] for x in found]


@pytest.mark.parametrize("names", ["AB", "YX"])
def test_of_two_claims_of_a_day_over_a_limit_either_may_go(names: str) -> None:
    found = tie(names)

    for result, other in zip(found, sorted(names, reverse=True), strict=True):
        assert result.status == "not-met"
        assert result.because == (
            "5 lines (3 earlier and 2 of this day) in 12 months,"
            " counting 62323, 64479, 64483 or 64484; the limit is 4; "
            f"together with line 1 of claim {other} on the same day this is over the"
            " limit, without it is not: they stand equal, and either may go"
        )
        sums = result.arithmetic
        assert sums is not None
        assert (sums.counted, sums.this, sums.limit) == (3, 2, 4)


def test_both_are_met_or_denied_without_a_tie() -> None:
    assert [(r.status, r.because) for r in tie("AB", 5)] == [("met", "")] * 2
    denied = (
        "not-met",
        (
            "5 lines (3 earlier and 2 of this day) in 12 months,"
            " counting 62323, 64479, 64483 or 64484; the limit is 3"
        ),
    )
    assert [(r.status, r.because) for r in tie("AB", 3)] == [denied] * 2


def test_the_one_that_goes_may_come_when_there_is_room_beside_the_other() -> None:
    """What stays counts: the line that moves waits for the first of the year to leave."""
    for result in tie("AB"):
        assert result.arithmetic is not None
        assert str(result.arithmetic.next_date) == "2026-06-01"


def test_lines_of_one_claim_and_one_session_are_no_tie() -> None:
    two = claim(line(), line("64484", number=2), id="A", earlier=EARLIER)
    other = claim(line(), id="B", earlier=EARLIER)

    assert statuses(limit(4, "session", YEAR), two, other) == ["met"] * 3


def test_of_many_lines_that_stand_equal_five_are_named() -> None:
    more = [claim(line(), id=f"M{n}", earlier=EARLIER) for n in range(7)]
    first = tie("A", 4, *more)[0]

    assert "line 1 of claim M4 and 2 more" in first.because


def test_history_of_the_date_is_taken_before_the_claims_lines() -> None:
    same_day = [past("2026-03-10", claim="H1")]

    assert kept(limit(1, "line", SESSION), earlier=same_day) == "not-met"
    assert kept(limit(1, "session", YEAR), earlier=same_day) == "met"


# ---------- intervals ----------


@pytest.mark.parametrize(
    ("duty", "seen", "expected"),
    [
        (interval(14, "day"), "2026-02-24", "met"),
        (interval(14, "day"), "2026-02-25", "not-met"),
        (interval(2, "week"), "2026-02-24", "met"),
        (interval(2, "week"), "2026-02-25", "not-met"),
        (interval(1, "month"), "2026-02-10", "met"),
        (interval(1, "month"), "2026-02-11", "not-met"),
        (interval(1, "year"), "2025-03-10", "met"),
        (interval(1, "year"), "2025-03-11", "not-met"),
        (interval("0.5", "week"), "2026-03-06", "met"),
        (interval("0.5", "week"), "2026-03-07", "not-met"),
        (interval(14, "day"), "2026-03-10", "met"),
    ],
    ids=lambda value: str(value["least"][0]) if isinstance(value, dict) else value,
)
def test_the_first_free_day_after_an_interval(
    duty: Json, seen: str, expected: str
) -> None:
    assert kept(duty, earlier=days("2024-01-01", seen)) == expected


@pytest.mark.parametrize(
    ("seen", "complete", "partial"),
    [
        ("2026-02-24", "met", "unknown about history"),
        ("2026-02-25", "not-met", "not-met"),
    ],
)
def test_what_history_can_prove_of_an_interval(
    seen: str, complete: str, partial: str
) -> None:
    duty = interval(14, "day")

    assert kept(duty, earlier=days(seen)) == complete
    assert kept(duty, earlier=days(seen), known="partial") == partial
    assert kept(duty, earlier=days(seen), reach="own") == partial


def test_an_interval_asks_only_for_groups_of_sessions_that_are_too_close() -> None:
    mine = line(level="L4-L5", modifiers=("RT",))
    long_ago = past("2025-01-05", "64483", "RT")
    close = past("2026-03-05", "64483", level="L4-L5")
    duty = interval(14, "day", "level", "side")

    assert kept(duty, mine, earlier=[long_ago]) == "met"
    assert kept(duty, mine, earlier=[close]) == "unknown about side"
    assert kept(duty, mine, earlier=[long_ago, close]) == "unknown about side"


# ---------- sums ----------


def test_the_sum_of_a_limit() -> None:
    found = sum_of(
        limit(4, "session", YEAR, "region"), earlier=days("2025-03-10", *FOUR)
    )

    assert (found.unit, found.per) == ("session", (("region", "lumbar"),))
    assert (found.window_start, found.window_end) == (
        date(2025, 3, 11),
        date(2026, 3, 10),
    )
    assert found.convention == "any 12 months, looking back"
    assert (found.counted, found.possible, found.this, found.limit) == (4, 4, 1, 4)
    assert [str(e.date) for e in found.events] == FOUR
    assert (str(found.next_date), str(found.leaves)) == ("2026-04-02", "2025-04-02")


@pytest.mark.parametrize(
    ("known", "code", "counted", "possible"),
    [
        ("complete", "64483", 2, 2),
        ("complete", "62323", 1, 2),
        ("complete", "64479", 1, 1),
        ("partial", "64483", 2, None),
    ],
    ids=["all is known", "a region is open", "another region", "history is open"],
)
def test_a_sum_says_what_history_may_hold(
    known: str, code: str, counted: int, possible: int | None
) -> None:
    history = [past("2026-01-04"), past("2026-01-05", code)]
    found = sum_of(limit(9, "session", YEAR, "region"), earlier=history, known=known)

    assert (found.counted, found.possible) == (counted, possible)


@pytest.mark.parametrize(
    ("window", "history", "expected"),
    [
        (YEAR, ["2025-04-02"], ("2026-04-02", "2025-04-02")),
        (rolling(30, "day"), ["2026-03-01"], ("2026-03-31", "2026-03-01")),
        ({"kind": "calendar", "unit": "year"}, ["2026-01-05"], ("2027-01-01", "2026-01-05")),
        ({"kind": "calendar", "unit": "quarter"}, ["2026-01-05"], ("2026-04-01", "2026-01-05")),
        ({"kind": "calendar", "unit": "month"}, ["2026-03-05"], ("2026-04-01", "2026-03-05")),
        ({"kind": "lifetime"}, ["2026-03-05"], None),
        (YEAR, ["2025-03-20", "2025-04-02"], ("2026-04-02", "2025-04-02")),
        (YEAR, [], None),
    ],
    ids=str,
)  # fmt: skip
def test_the_next_eligible_date_of_a_limit(
    window: Json, history: list[str], expected: tuple[str, str] | None
) -> None:
    found = sum_of(limit(1, "session", window), earlier=days(*history))
    dates = found.next_date and (str(found.next_date), str(found.leaves))

    assert dates == expected


def test_the_next_eligible_date_of_a_plan_year() -> None:
    duty = limit(1, "session", {"kind": "plan-year"})
    given = {"plan-year-start": "07-01"}
    found = sum_of(duty, fields=given, earlier=days("2025-07-01"))

    assert str(found.next_date) == "2026-07-01"
    assert found.convention == "each plan year from 07-01"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], "2026-04-02"),
        (["2026-03-20"], "2026-06-10"),
        (["2026-03-20", "2026-04-20"], "2026-09-15"),
        (["2026-04-02"], "2026-04-02"),
    ],
)
def test_known_later_services_count_once_the_line_moves_past_them(
    later: list[str], expected: str
) -> None:
    duty = limit(4, "session", YEAR, "region")
    history = days(*FOUR, *later)
    found = sum_of(duty, earlier=history)

    assert str(found.next_date) == expected
    assert kept(duty, line(on=expected), earlier=history) == "met"


def test_no_day_will_do_for_a_line_that_is_too_much_by_itself() -> None:
    found = sum_of(
        limit(2, "unit", YEAR), line(units=Decimal(3)), earlier=days(FOUR[0])
    )

    assert (found.this, found.limit, found.next_date) == (3, 2, None)


@pytest.mark.parametrize(
    ("history", "expected", "waits_for"),
    [
        (["2026-03-01"], "2026-03-15", "2026-03-01"),
        (["2026-03-01", "2026-03-05"], "2026-03-19", "2026-03-05"),
        (["2026-03-01", "2026-03-12"], "2026-03-26", "2026-03-12"),
        (["2026-03-01", "2026-03-15"], "2026-03-15", "2026-03-01"),
        (["2026-02-24"], None, None),
    ],
)
def test_the_next_eligible_date_of_an_interval(
    history: list[str], expected: str | None, waits_for: str | None
) -> None:
    found = sum_of(interval(14, "day"), earlier=days(*history))

    assert (found.next_date and str(found.next_date)) == expected
    assert (found.leaves and str(found.leaves)) == waits_for


@pytest.mark.parametrize(
    ("event", "on", "remark"),
    [
        ("2023-03-15", "2024-03-10", ""),
        (
            "2023-03-15",
            "2024-03-11",
            (
                "2023-03-15 leaves this window on 2024-03-15; by anniversary it would be "
                "2024-03-15, by counting days 2024-03-14"
            ),
        ),
        (
            "2024-02-29",
            "2025-02-28",
            (
                "2024-02-29 leaves this window on 2025-03-01; by anniversary it would be "
                "2025-02-28, by counting days 2025-02-28"
            ),
        ),
        ("2025-04-02", "2026-04-01", ""),
    ],
    ids=["four days off", "three days off", "leap day", "conventions agree"],
)
def test_a_remark_where_conventions_differ_within_three_days(
    event: str, on: str, remark: str
) -> None:
    found = sum_of(limit(9, "session", YEAR), line(on=on), earlier=days(event))

    assert found.remark == remark


def test_a_window_of_days_has_no_other_conventions() -> None:
    duty = limit(9, "session", rolling(365, "day"))
    found = sum_of(duty, line(on="2024-03-13"), earlier=days("2023-03-15"))

    assert found.counted == 1
    assert found.remark == ""
