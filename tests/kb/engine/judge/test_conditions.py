"""Every form of test, asked by the interpreter: met, not met, and unknown about what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from kb.claims.model import Amount, Facts
from tests.kb.engine.columns.one_rule import (
    Json,
    amount,
    claim,
    earlier,
    facts,
    ir,
    line,
    past,
    require,
    rolling,
)
from tests.kb.engine.one_line import ALWAYS, NEVER, UNKNOWN, asked, said

OTHER = {"op": "yes", "fact": "approach-changed", "of": "claim"}
YEAR = rolling(12, "month")


def of(number: object, unit: Literal["day", "month", "percent", "number"]) -> Amount:
    return Amount(Decimal(str(number)), unit)


def duration(cmp: str, number: object, unit: str) -> Json:
    return {
        "op": "compare",
        "fact": "pain-duration",
        "of": "claim",
        "cmp": cmp,
        "amount": amount(number, unit),
    }


def relief(cmp: str, percent: int, **days: str) -> Json:
    return {
        "op": "compare",
        "fact": "pain-relief",
        "of": "procedure",
        "cmp": cmp,
        "amount": amount(percent, "percent", **days),
    }


def helped(percent: object) -> Facts:
    return facts(pain_relief=of(percent, "percent"))


def answered(test: Json, *lines: Any, **more: Any) -> str:
    """What a rule that asks for nothing but this test says of line 1."""
    last = more.pop("last", None)
    return said(asked(ir(require(test), last=last), claim(*lines, **more)))


# ---------- logic ----------


def join(op: str, *parts: Json, **more: Any) -> Json:
    return {"op": op, "of": list(parts), **more}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (ALWAYS, "met"),
        (NEVER, "not-met"),
        (join("and", ALWAYS, ALWAYS), "met"),
        (join("and", UNKNOWN, NEVER), "not-met"),
        (join("and", UNKNOWN, ALWAYS, OTHER), "unknown about approach-changed, new-patient"),
        (join("or", UNKNOWN, ALWAYS), "met"),
        (join("or", UNKNOWN, NEVER), "unknown about new-patient"),
        (join("and", join("or", UNKNOWN, ALWAYS), OTHER), "unknown about approach-changed"),
        (join("not", NEVER), "met"),
        (join("not", UNKNOWN), "unknown about new-patient"),
        (join("at-least", ALWAYS, UNKNOWN, NEVER, count=1), "met"),
        (join("at-least", ALWAYS, UNKNOWN, NEVER, count=2), "unknown about new-patient"),
        (join("at-least", ALWAYS, UNKNOWN, NEVER, count=3), "not-met"),
    ],
    ids=str,
)  # fmt: skip
def test_tests_are_joined(test: Json, expected: str) -> None:
    assert answered(test) == expected


# ---------- facts ----------


@pytest.mark.parametrize(
    ("given", "expected"),
    [(True, "met"), (False, "not-met"), (None, "unknown about new-patient")],
)
def test_a_yes_no_fact(given: bool | None, expected: str) -> None:
    told = {} if given is None else {"new-patient": given}

    assert answered(UNKNOWN, facts=told) == expected


@pytest.mark.parametrize(
    ("given", "chart", "expected"),
    [
        (True, "partial", "met"),
        (False, "partial", "met"),
        (None, "complete", "not-met"),
        (None, "partial", "unknown about new-patient"),
    ],
)
def test_a_fact_is_documented_when_it_is_given_at_all(
    given: bool | None, chart: str, expected: str
) -> None:
    told = {} if given is None else {"new-patient": given}
    test = {"op": "documented", "fact": "new-patient", "of": "patient"}

    assert answered(test, facts=told, chart=chart) == expected


@pytest.mark.parametrize(
    ("given", "test", "expected"),
    [
        ("none", {"op": "choice", "in": ["low", "high"]}, "not-met"),
        ("none", {"op": "documented"}, "not-met"),
        ("high", {"op": "documented"}, "met"),
        (None, {"op": "choice", "in": ["low", "high"]}, "unknown about opioid-risk"),
        (None, {"op": "documented"}, "unknown about opioid-risk"),
    ],
)
def test_none_of_the_choices_is_known_and_is_none_of_them(
    given: str | None, test: Json, expected: str
) -> None:
    told: Facts = {} if given is None else {"opioid-risk": given}

    assert (
        answered({**test, "fact": "opioid-risk", "of": "claim"}, facts=told) == expected
    )


@pytest.mark.parametrize(
    ("value", "test", "expected"),
    [
        (of(28, "day"), duration(">=", 4, "week"), "met"),
        (of(27, "day"), duration(">=", 4, "week"), "not-met"),
        (of(28, "day"), duration(">", 4, "week"), "not-met"),
        (of(28, "day"), duration("<=", 4, "week"), "met"),
        (of(29, "day"), duration("<=", 4, "week"), "not-met"),
        (of(27, "day"), duration("<", 4, "week"), "met"),
        (of(28, "day"), duration("<", 4, "week"), "not-met"),
        (of(12, "month"), duration(">=", 1, "year"), "met"),
        (of(11, "month"), duration(">=", 1, "year"), "not-met"),
        (of(3, "month"), duration(">=", 89, "day"), "met"),
        (of(3, "month"), duration(">=", 90, "day"), "unknown about pain-duration"),
        (of(3, "month"), duration(">=", 92, "day"), "unknown about pain-duration"),
        (of(3, "month"), duration(">=", 93, "day"), "not-met"),
        (of(92, "day"), duration(">=", 3, "month"), "met"),
        (of(91, "day"), duration(">=", 3, "month"), "met"),
        (of(91, "day"), duration("<=", 3, "month"), "met"),
        (of(91, "day"), duration(">", 3, "month"), "not-met"),
        (of(90, "day"), duration(">=", 3, "month"), "unknown about pain-duration"),
        (of(84, "day"), duration(">=", 3, "month"), "unknown about pain-duration"),
        (of(83, "day"), duration(">=", 3, "month"), "not-met"),
        (of(182, "day"), duration(">=", 6, "month"), "met"),
        (of(168, "day"), duration(">=", 6, "month"), "unknown about pain-duration"),
        (of(364, "day"), duration(">=", 1, "year"), "met"),
        (of(336, "day"), duration(">=", 1, "year"), "not-met"),
        (of(3, "month"), duration(">=", 13, "week"), "met"),
        (of(3, "month"), duration(">=", 12, "week"), "met"),
        (of(5, "number"), duration(">=", 4, "week"), "unknown about pain-duration"),
        (None, duration(">=", 4, "week"), "unknown about pain-duration"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_measured_fact(value: Amount | None, test: Json, expected: str) -> None:
    told = {} if value is None else {"pain-duration": value}

    assert answered(test, facts=told) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", "met"),
        ("2026-01-01", "unknown about rule-ended"),
        ("2026-02-01", "not-met"),
    ],
)
def test_the_amount_of_the_date_of_service_counts(on: str, expected: str) -> None:
    weeks = [
        *amount(4, "week", through="2025-12-31"),
        *amount(6, "week", **{"from": "2026-02-01"}),
    ]
    test = {**duration(">=", 4, "week"), "amount": weeks}

    assert (
        answered(test, line(on=on), facts={"pain-duration": of(35, "day")}) == expected
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"opioid-risk": "high"}, "met"),
        ({"opioid-risk": "low"}, "not-met"),
        ({}, "unknown about opioid-risk"),
    ],
    ids=str,
)
def test_a_choice(given: Facts, expected: str) -> None:
    test = {"op": "choice", "fact": "opioid-risk", "of": "claim", "in": ["high"]}

    assert answered(test, facts=given) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-03-09", "not-met"),
        ("2025-03-10", "met"),
        ("2026-03-10", "met"),
        ("2026-03-11", "not-met"),
        (None, "unknown about imaging-date"),
    ],
)
def test_a_film_of_the_same_day_a_year_before_is_not_older_than_a_year(
    on: str | None, expected: str
) -> None:
    test = {
        "op": "elapsed",
        "fact": "imaging-date",
        "of": "claim",
        "side": "before",
        "cmp": "<=",
        "amount": amount(12, "month"),
    }
    told = {"imaging-date": date.fromisoformat(on)} if on else {}

    assert answered(test, facts=told) == expected


def test_a_fact_of_a_line_is_the_lines_own_before_the_claims() -> None:
    test = {
        "op": "compare",
        "fact": "baseline",
        "of": "line",
        "cmp": ">=",
        "amount": amount(5),
    }
    high, low = facts(baseline=of(6, "number")), facts(baseline=of(4, "number"))

    assert answered(test, line(facts=high), facts=low) == "met"
    assert answered(test, line(facts=low), facts=high) == "not-met"
    assert answered(test, facts=high) == "met"


# ---------- the claim and the line ----------


def field(name: str, *wanted: str, key: str | None = None) -> Json:
    return {"op": "field", "field": name, "in": list(wanted), "set": key}


@pytest.mark.parametrize(
    ("test", "more", "expected"),
    [
        (field("place", "11"), {"place": "11"}, "met"),
        (field("place", "11"), {"place": "24"}, "not-met"),
        (field("place", "11"), {}, "unknown about place"),
        (field("level", "C2-C3"), {"level": "C2-C3"}, "met"),
        (field("level", "C2-C3"), {"level": "C3-C4"}, "not-met"),
        (field("level", "C2-C3"), {}, "unknown about level"),
        (field("authorization", "approved"), {"authorization": "approved"}, "met"),
        (field("authorization", "approved"), {"authorization": "none"}, "not-met"),
        (field("authorization", "approved"), {}, "unknown about authorization"),
    ],
    ids=str,
)
def test_a_field_of_the_line(test: Json, more: Json, expected: str) -> None:
    assert answered(test, line(**more)) == expected


@pytest.mark.parametrize(
    ("test", "more", "expected"),
    [
        (field("state", "FL"), {"state": "FL"}, "met"),
        (field("state", "FL"), {"state": "OH"}, "not-met"),
        (field("state", "FL"), {}, "unknown about state"),
        (field("plan", "commercial"), {"plan": "commercial"}, "met"),
        (field("plan", "commercial"), {}, "unknown about plan"),
        (field("payer", "medicare-part-b"), {}, "met"),
        (field("sex", "female"), {"fields": {"sex": "female"}}, "met"),
        (field("sex", "female"), {"fields": {"sex": "male"}}, "not-met"),
        (field("sex", "female"), {}, "unknown about sex"),
        (field("authorization", "approved"), {"authorization": "approved"}, "met"),
    ],
    ids=str,
)
def test_a_field_of_the_claim(test: Json, more: Json, expected: str) -> None:
    assert answered(test, **more) == expected


def test_a_lines_own_authorization_goes_before_the_claims() -> None:
    test = field("authorization", "approved")
    one = line(authorization="denied")

    assert answered(test, one, authorization="approved") == "not-met"


@pytest.mark.parametrize(
    ("on", "expected"), [("2025-06-30", "met"), ("2025-07-01", "not-met")]
)
def test_a_place_in_a_set_is_one_on_the_date_of_service(on: str, expected: str) -> None:
    # The set of codes stands for any dated set: `64483` left it on 2025-06-30.
    test = field("place", key="until-june")

    assert answered(test, line("64479", on, place="64483")) == expected


@pytest.mark.parametrize(
    ("cmp", "day", "expected"),
    [
        ("<", "2026-03-11", "met"),
        ("<", "2026-03-10", "not-met"),
        (">", "2026-03-09", "met"),
        (">", "2026-03-10", "not-met"),
    ],
)
def test_a_date_before_or_after(cmp: str, day: str, expected: str) -> None:
    assert answered({"op": "date", "cmp": cmp, "date": day}) == expected


@pytest.mark.parametrize(
    ("rendering", "supervising", "expected"),
    [
        ("1234567893", "1234567893", "met"),
        ("1234567893", "1993999998", "not-met"),
        ("", "1993999998", "unknown about npi"),
        ("1234567893", "", "unknown about npi"),
    ],
)
def test_two_providers_are_the_same(
    rendering: str, supervising: str, expected: str
) -> None:
    test = {"op": "same-npi", "fields": ["rendering-npi", "supervising-npi"]}
    given = {"supervising-npi": supervising} if supervising else {}

    assert answered(test, line(rendering=rendering), fields=given) == expected


@pytest.mark.parametrize(
    ("which", "given", "expected"),
    [
        ("any", ("M54.16",), "met"),
        ("any", ("M96.1", "M54.16"), "met"),
        ("any", ("M96.1",), "not-met"),
        ("any", (), "unknown about diagnosis"),
        ("primary", ("M54.16", "M96.1"), "met"),
        ("primary", ("M96.1", "M54.16"), "not-met"),
        ("primary", (), "unknown about diagnosis"),
    ],
)
def test_a_diagnosis(which: str, given: tuple[str, ...], expected: str) -> None:
    test = {"op": "diagnosis", "set": "sciatica", "which": which}

    assert answered(test, line(diagnoses=given)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [(("RT", "KX"), "met"), (("RT",), "not-met"), ((), "not-met")],
)
def test_a_modifier(given: tuple[str, ...], expected: str) -> None:
    assert (
        answered({"op": "modifier", "modifier": "KX"}, line(modifiers=given))
        == expected
    )


# ---------- other services ----------


@pytest.mark.parametrize(
    ("test", "seen", "complete", "partial"),
    [
        (earlier(2), 1, "not-met", "unknown about history"),
        (earlier(2), 2, "met", "met"),
        (earlier(0, 0), 0, "met", "unknown about history"),
        (earlier(0, 0), 1, "not-met", "not-met"),
        (earlier(0, 1), 1, "met", "unknown about history"),
        (earlier(0, 1), 2, "not-met", "not-met"),
        (earlier(1, 1), 0, "not-met", "unknown about history"),
        (earlier(1, 1), 1, "met", "unknown about history"),
        (earlier(1, 1), 2, "not-met", "not-met"),
    ],
    ids=lambda value: str(value["count"]) if isinstance(value, dict) else str(value),
)
def test_incomplete_history_proves_one_direction_only(
    test: Json, seen: int, complete: str, partial: str
) -> None:
    history = [past(f"2026-01-{n:02}") for n in range(1, seen + 1)]

    assert answered(test, earlier=history) == complete
    for known, reach in (
        ("partial", "all-billers"),
        ("unknown", "all-billers"),
        ("complete", "own"),
    ):
        assert answered(test, earlier=history, known=known, reach=reach) == partial


@pytest.mark.parametrize(
    ("test", "history", "expected"),
    [
        (earlier(1), [past("2026-03-10")], "not-met"),
        (earlier(1), [past("2026-03-11")], "not-met"),
        (earlier(1), [past("2026-03-09", "77003")], "not-met"),
        (earlier(1), [past("2026-03-09", status="denied")], "not-met"),
        (earlier(1), [past("2026-03-09", status="pending")], "met"),
        (earlier(2), [past("2026-01-01"), past("2026-01-01", "64484")], "not-met"),
        (earlier(1, window=YEAR), [past("2025-03-11")], "met"),
        (earlier(1, window=YEAR), [past("2025-03-10")], "not-met"),
        (earlier(1, before=amount(14, "day")), [past("2026-02-24")], "met"),
        (earlier(1, before=amount(14, "day")), [past("2026-02-25")], "not-met"),
        (
            earlier(1, before=amount(14, "day", through="2026-01-01")),
            [past("2026-02-24")],
            "unknown about rule-ended",
        ),
        (earlier(1, modifier="KX"), [past("2026-01-01", "64483", "KX")], "met"),
        (earlier(1, modifier="KX"), [past("2026-01-01")], "not-met"),
        (earlier(1, same=["region"]), [past("2026-01-01", "64484")], "met"),
        (earlier(1, same=["region"]), [past("2026-01-01", "64479")], "not-met"),
        (earlier(1, same=["region"]), [past("2026-01-01", "62323")], "unknown about region"),
        (earlier(1, same=["code"]), [past("2026-01-01", "64484")], "not-met"),
        (
            earlier(2, apart=amount(14, "day")),
            [past("2026-01-01"), past("2026-01-15")],
            "met",
        ),
        (
            earlier(2, apart=amount(14, "day")),
            [past("2026-01-01"), past("2026-01-14")],
            "not-met",
        ),
    ],
    ids=lambda value: str(value)[:70],
)  # fmt: skip
def test_what_counts_as_an_earlier_session(
    test: Json, history: Any, expected: str
) -> None:
    assert answered(test, earlier=history) == expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("L4-L5", "L4-L5", "met"),
        ("L4-L5", "L5-S1", "not-met"),
        ("L4-L5", "", "unknown about level"),
        ("", "L4-L5", "unknown about level"),
    ],
)
def test_a_level_that_is_not_given_is_unknown(
    mine: str, theirs: str, expected: str
) -> None:
    history = [past("2026-01-01", level=theirs)]

    assert (
        answered(earlier(1, same=["level"]), line(level=mine), earlier=history)
        == expected
    )


@pytest.mark.parametrize(
    ("code", "mine", "theirs", "expected"),
    [
        ("64483", ("RT",), ("RT",), "met"),
        ("64483", ("RT",), ("LT",), "not-met"),
        ("64483", ("RT",), ("50",), "met"),
        ("64483", ("50",), ("RT",), "unknown about side"),
        ("64483", ("RT",), (), "unknown about side"),
        ("62323", (), (), "met"),
    ],
)
def test_the_same_side(
    code: str, mine: tuple[str, ...], theirs: tuple[str, ...], expected: str
) -> None:
    one = line(code, modifiers=mine)
    history = [past("2026-01-01", code, *theirs)]

    assert answered(earlier(1, same=["side"]), one, earlier=history) == expected


def test_a_group_that_cannot_change_the_number_is_not_asked_for() -> None:
    test = earlier(1, same=["level"])
    sure, open_one = past("2026-01-01", level="L4-L5"), past("2026-02-01")

    assert answered(test, line(level="L4-L5"), earlier=[sure, open_one]) == "met"


@pytest.mark.parametrize(
    ("reliefs", "expected"),
    [
        ((80, 80), "met"),
        ((80, 79), "not-met"),
        ((80, None), "unknown about pain-relief"),
        ((79, None), "not-met"),
    ],
)
def test_each_asks_every_session_for_its_own_facts(
    reliefs: tuple[int | None, ...], expected: str
) -> None:
    history = [
        past(f"2026-01-{n:02}", facts=helped(percent) if percent else {})
        for n, percent in enumerate(reliefs, 1)
    ]

    assert answered(earlier(2, each=relief(">=", 80)), earlier=history) == expected


def test_a_session_whose_facts_fall_short_is_not_asked_for_its_group() -> None:
    test = earlier(1, same=["level"], each=relief(">=", 80))
    poor, good = (past("2026-01-01", facts=helped(n)) for n in (79, 80))

    assert answered(test, line(level="L4-L5"), earlier=[poor]) == "not-met"
    assert answered(test, line(level="L4-L5"), earlier=[good]) == "unknown about level"


@pytest.mark.parametrize(
    ("other", "same", "expected"),
    [
        (line("77003", number=2), [], "met"),
        (line("77003", "2026-03-11", number=2), [], "not-met"),
        (line("64484", number=2), [], "not-met"),
        (line("77003", number=2, level="L4-L5"), ["level"], "unknown about level"),
    ],
    ids=["beside it", "another day", "another code", "level not given"],
)
def test_other_lines_of_the_day(other: Any, same: list[str], expected: str) -> None:
    test = {
        "op": "same-day",
        "set": "guidance",
        "count": {"min": 1, "max": None},
        "same": same,
    }

    assert answered(test, line(), other, known="unknown") == expected


LAST = {"set": "esi", "same": ["region"]}


@pytest.mark.parametrize(
    ("history", "more", "expected"),
    [
        ([past("2026-01-01", facts=helped(50))], {}, "met"),
        ([past("2026-01-01", facts=helped(49))], {}, "not-met"),
        ([past("2025-01-01", facts=helped(49)), past("2026-01-01", facts=helped(50))], {}, "met"),
        (
            [past("2025-01-01", facts=helped(50)), past("2026-01-01")],
            {},
            "unknown about pain-relief",
        ),
        ([past("2025-01-01", facts=helped(50)), past("2026-01-01", "64479")], {}, "met"),
        ([past("2026-01-01")], {"facts": helped(60)}, "met"),
        ([past("2026-01-01", facts=helped(60))], {"known": "partial"}, "unknown about history"),
        ([past("2026-01-01", "62323", facts=helped(60))], {}, "unknown about region"),
        (
            [past("2026-01-01", facts=helped(60)), past("2026-01-01", "62323", facts=helped(40))],
            {},
            "unknown about region",
        ),
        (
            [past("2026-01-01", facts=helped(60)), past("2026-01-01", "62323", facts=helped(60))],
            {},
            "met",
        ),
        ([], {}, "unknown about pain-relief"),
        (
            [past("2026-01-01", facts=helped(60)), past("2026-01-01", "64484", facts=helped(40))],
            {},
            "unknown about pain-relief",
        ),
    ],
    ids=[
        "enough", "too little", "the later counts", "the later says nothing",
        "another region", "the claim says so", "a later one may be unseen",
        "region not known", "one of the day may say otherwise", "and says the same",
        "no session", "lines disagree",
    ],
)  # fmt: skip
def test_facts_of_the_last_session(history: Any, more: Json, expected: str) -> None:
    found = answered(relief(">=", 50), earlier=history, last=LAST, **more)

    assert found == expected


@pytest.mark.parametrize(
    ("told_by", "expected"),
    [
        ({}, "not-met"),
        ({"modifier": "KX"}, "met"),
        ({"without": "59"}, "met"),
        ({"modifier": "59"}, "not-met"),
        ({"without": "KX"}, "not-met"),
        ({"modifier": "XU"}, "unknown about pain-relief"),
    ],
)
def test_the_last_session_may_be_told_by_its_modifiers(
    told_by: Json, expected: str
) -> None:
    history = [
        past("2025-01-01", "64483", "KX", facts=helped(60)),
        past("2026-01-01", "64483", "59", facts=helped(40)),
    ]
    found = answered(relief(">=", 50), earlier=history, last=LAST | told_by)

    assert found == expected
