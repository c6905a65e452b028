"""Tests, duties and their short answers, as billing staff read them."""

from __future__ import annotations

from datetime import date

import pytest

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.duties import Duty
from dsl.ir.parts import (
    Amount,
    Calendar,
    Count,
    Counting,
    Days,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Rolling,
)
from dsl.ir.rule import Exemption, InForce, Last, Outcome, OutcomeName, Rule
from dsl.ir.tests import Test
from kb.plain.answers import answers_of, caveats_of
from kb.plain.aspects import aspect_of
from kb.plain.clauses import Names, SetWords, Speaker
from kb.plain.confined import Confined, asks_beyond, confines_of
from kb.plain.short import short_answer

DAY = date(2026, 6, 1)
MANY = frozenset(f"M54.{n}" for n in range(10, 20))
SETS = {
    "few": SetWords("", "64483, 64484", frozenset({"64483", "64484"})),
    "named": SetWords(
        "Injections through the nerve opening",
        "64479, 64480, 64483-64487",
        frozenset("1234567"),
    ),
    "dx": SetWords("", "M54.16", frozenset({"M54.16"})),
    "supports": SetWords("Diagnoses that support it", "M54.10-M54.19", MANY),
    "other": SetWords("Pain of cancer", "", MANY),
    "hospitals": SetWords("Hospitals", "21, 22", frozenset({"21", "22"})),
}
NAMES = Names({"risk": "Risk of harm", "age": "How old it is"}, SETS)
SAY = Speaker(NAMES, DAY)
WEEKS = (Amount(4, "week"),)
CARE = t.Compare("conservative-care", "claim", ">=", WEEKS)
RISK = t.Yes("risk", "patient")
NO_TOLERANCE = t.Yes("care-not-tolerated", "claim")
RELIEF = t.Compare("pain-relief", "procedure", ">=", (Amount(50, "percent"),))
LASTS = t.Compare("relief-duration", "procedure", ">=", (Amount(3, "month"),))
KX = t.Modifier("KX")


def earlier(least: int = 1, most: int | None = None) -> t.Earlier:
    return t.Earlier(
        "few", Count(least, most), ("region",), Rolling(12, "month"),
        None, None, None, None, None,
    )  # fmt: skip


SAID: list[tuple[Test, str]] = [
    (CARE, "at least 4 weeks of conservative care"),
    (t.Or((CARE, NO_TOLERANCE)),
     "at least 4 weeks of conservative care or conservative care that is not tolerated"),
    (t.And((RISK, t.Or((CARE, KX)))),
     "risk of harm and (at least 4 weeks of conservative care or modifier KX)"),
    (t.Not((RISK,)), "no risk of harm"),
    (t.Not((t.Or((RISK,)),)), "no risk of harm"),
    (t.Not((t.Or((RISK, KX)),)), "none of: risk of harm; modifier KX"),
    (t.Not((KX,)), "without modifier KX"),
    (t.Not((CARE,)), "less than 4 weeks of conservative care"),
    (t.Or((KX, t.Modifier("59"))), "modifier KX or 59"),
    (t.Compare("age", "claim", "<=", (Amount(3, "month"),)), "how old it is: at most 3 months"),
    (t.Diagnosis("dx", "any"), "a diagnosis M54.16"),
    (t.Diagnosis("supports", "primary"),
     "a first-listed diagnosis that supports it (10 codes)"),
    (t.Not((t.Diagnosis("other", "any"),)), "no diagnosis of “Pain of cancer” (10 codes)"),
    (t.Choice("image-guidance", "line", ("ct", "fluoroscopy")), "guidance by CT or fluoroscopy"),
    (t.Choice("risk", "line", ("too-high",)), "risk of harm: too high"),
    (t.Field("place", ("11", "24"), None), "in office (11) or surgery center (24)"),
    (t.Field("place", (), "hospitals"), "in hospitals"),
    (t.Field("authorization", ("approved",), None), "prior authorization approved"),
    (t.Field("network", ("out",), None), "out of network"),
    (t.Field("network", ("in",), None), "in network"),
    (t.Field("state", ("TX",), None), "in TX"),
    (earlier(2), "at least 2 earlier 64483, 64484 of the same region, in any 12 months"),
    (earlier(0, 0), "no earlier 64483, 64484 of the same region, in any 12 months"),
    (t.SameDay("few", Count(1, None), ()), "64483, 64484 on the same day"),
    (t.SameDay("named", Count(0, 0), ()),
     "no injections transforaminal (64479, 64480, 64483-64487) on the same day"),
    (t.Elapsed("after", "<=", (Amount(90, "day"),), clock="received"),
     "claim received at most 90 days after the service"),
    (t.Elapsed("before", "<=", (Amount(24, "month"),), fact="imaging-date"),
     "an MRI or CT at most 24 months before the service"),
    (t.SameNpi(("rendering-npi", "performer-npi")),
     "the rendering provider and who did the work are the same"),
    (t.AtLeast(2, (RELIEF, RISK)), ("at least 2 of: at least 50\N{NO-BREAK SPACE}% pain relief;"
     " risk of harm")),
    (t.If((RISK, CARE, KX)),
     "at least 4 weeks of conservative care if risk of harm, otherwise modifier KX"),
    (t.DateOfService(">", date(2024, 4, 1)), "a service after 2024-04-01"),
    (t.Documented("risk", "claim"), "risk of harm is documented"),
]  # fmt: skip


@pytest.mark.parametrize(("test", "words"), SAID, ids=lambda v: str(v)[:50])
def test_a_test_in_words(test: Test, words: str) -> None:
    assert SAY.test(test) == words


def limit(number: int, unit: str, window: object, per: tuple[str, ...] = ()) -> d.Limit:
    return d.Limit((Amount(number, "number"),), unit, per, window, None)  # type: ignore[arg-type]


COUNTED = Counting(("KX",), (), denied=True, own=False)
DUTIES: list[tuple[Duty, str, str]] = [
    (limit(4, "session", Rolling(12, "month"), ("spinal-region",)),
     "At most 4 sessions per region in any 12 months", "4 in 12 months"),
    (limit(1, "session", Calendar("year")), "At most 1 session in each calendar year", "1 a year"),
    (limit(2, "level", OneSession()), "At most 2 levels in one session", "2 levels"),
    (limit(1, "unit", OneDate()), "At most 1 unit on one day", "1 unit a day"),
    (limit(2, "session", Lifetime()), "At most 2 sessions in a lifetime", "2 in a lifetime"),
    (limit(3, "session", PlanYear()), "At most 3 sessions in each plan year", "3 a plan year"),
    (d.Interval((Amount(14, "day"),), "session", ("level", "side"), None),
     "At least 14 days between sessions per level and side", "14 days"),
    (d.Interval((Amount(1, "month"),), "session", (), COUNTED),
     "At least 1 month between sessions (counting those with modifier KX, denied ones too)",
     "1 month"),
    (d.NotWith("few", ("level",), ("59", "XS")),
     "Not on the same day as 64483, 64484 of the same level, unless modifier 59 or XS says why",
     "Not with 64483, 64484 of the same level"),
    (d.Require(t.SameDay("few", Count(1, None), ("level",))),
     "64483, 64484 on the same day of the same level",
     "Only with 64483, 64484 of the same level"),
    (d.Require(t.Not((t.SameDay("few", Count(1, None), ()),))),
     "No 64483, 64484 on the same day", "Not with 64483, 64484"),
    (d.BillAs("few"), "Bill 64483, 64484 instead", "64483, 64484"),
    (d.Covers(), "Covered, no policy of its own is needed", "Yes"),
    (d.NeverCovered(), "Not covered", "Not covered"),
    (d.Require(t.And((RELIEF, LASTS))),
     "At least 50\N{NO-BREAK SPACE}% pain relief and relief for at least 3 months",
     "50\N{NO-BREAK SPACE}% relief for 3 months"),
    (d.Require(t.Or((t.And((CARE, RISK)), NO_TOLERANCE))),
     ("At least 4 weeks of conservative care and risk of harm, or conservative care that is not"
     " tolerated"), "4 weeks"),
    (d.Require(t.Not((t.Billed("on-both-sides"),))), "Not billed on both sides", "No"),
    (d.Require(t.Field("authorization", ("approved",), None)), "Prior authorization approved",
     "Required"),
    (d.Require(t.Diagnosis("supports", "any")), "A diagnosis that supports it (10 codes)",
     "M54.10-M54.19"),
    (d.Require(t.Not((t.Choice("indication", "claim", ("axial-pain",)),))), "No axial pain",
     "Not axial pain"),
    (d.Require(t.Modifier("50")), "Modifier 50", "Modifier 50"),
    (d.Require(t.Not((KX,))), "Without modifier KX", "No modifier KX"),
    (d.Require(t.Field("place", ("11",), None)), "In office (11)", "Place 11"),
    (d.LimitBy("risk", "patient", (
        d.Case("low", limit(1, "session", Calendar("year"))),
        d.Case("too-high", limit(3, "session", Calendar("year"))),
     )),
     ("By risk of harm: low: at most 1 session in each calendar year; too high: at most 3"
     " sessions in each calendar year"), "1 a year or 3 a year"),
]  # fmt: skip


def rule(duty: Duty | None, **more: object) -> Rule:
    given: dict[str, object] = {
        "ir": "1.0", "policy": "a/b", "version": "a/b@", "rule": "r", "kind": "rule",
        "in_force": InForce(Days(), "service", ended=False), "scope": None, "claims": None,
        "last": None, "when": None, "unless": None, "exceptions": (), "duty": duty,
        "otherwise": Outcome("deny", "", "", ()), "if_unknown": None,
        "if_when_unknown": None, "advisory": False,
    }  # fmt: skip
    return Rule(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(("duty", "words", "short"), DUTIES, ids=lambda v: str(v)[:50])
def test_a_duty_in_words_and_in_big_type(duty: Duty, words: str, short: str) -> None:
    asked = rule(duty)

    assert SAY.duty(duty) == words
    assert short_answer(asked, aspect_of(asked), SAY) == short


@pytest.mark.parametrize(
    ("duty", "outcome", "short"),
    [
        (d.NeverCovered(), "review", "A person decides"),
        (
            d.Require(t.Field("authorization", ("approved",), None)),
            "review",
            "May be required",
        ),
        (
            d.Require(t.Field("authorization", ("approved",), None)),
            "needs-auth",
            "Required",
        ),
    ],
)
def test_what_a_person_decides_is_no_plain_answer(
    duty: Duty, outcome: OutcomeName, short: str
) -> None:
    asked = rule(duty, otherwise=Outcome(outcome, "", "", ()))

    assert short_answer(asked, aspect_of(asked), SAY) == short


def test_a_rule_is_said_with_when_and_unless_and_its_ways_out() -> None:
    asked = rule(
        d.Require(CARE),
        claims="professional",
        when=RISK,
        unless=KX,
        exceptions=(
            Exemption("plain", Days(), RISK, ()),
            Exemption("counted", Days(), RELIEF, ()),
        ),
    )
    (said,) = answers_of(
        asked, "A wait", {"plain": "Not in danger", "counted": "Helped"}, NAMES
    )

    assert said.sentence == "At least 4 weeks of conservative care"
    assert said.condition == (
        "on professional claims; when risk of harm; unless modifier KX;"
        " except: Not in danger;"
        " except: Helped (at least 50\N{NO-BREAK SPACE}% pain relief)"
    )
    assert said.in_some_cases


def test_without_a_number_the_author_speaks() -> None:
    (said,) = answers_of(
        rule(d.Require(RISK), last=Last("few", (), modifier="KX")),
        "simpler care",
        {},
        NAMES,
    )

    assert said.sentence == "Conservative care"


def test_an_amount_with_dates_is_said_on_its_days() -> None:
    old = Amount(4, "week", Days(None, date(2025, 12, 31)))
    new = Amount(6, "week", Days(date(2026, 1, 1), None))
    asked = rule(d.Require(t.Compare("conservative-care", "claim", ">=", (old, new))))
    said = list(answers_of(asked, "", {}, NAMES))

    assert [(each.days, each.short) for each in said] == [
        (Days(None, date(2025, 12, 31)), "4 weeks"),
        (Days(date(2026, 1, 1), None), "6 weeks"),
    ]


TEXAS = t.Field("state", ("TX",), None)
OFFICE = t.Field("place", ("11",), None)
CONFINED: list[tuple[Test | None, Test | None, tuple[Confined, ...]]] = [
    (None, None, ()),
    (OFFICE, None, (Confined("place", "only", ("11",)),)),
    (t.Field("place", (), "hospitals"), None, (Confined("place", "only", ("21", "22")),)),
    (t.Not((OFFICE,)), None, (Confined("place", "but", ("11",)),)),
    (None, OFFICE, (Confined("place", "but", ("11",)),)),
    (t.And((RISK, OFFICE)), None, (Confined("place", "only", ("11",)),)),
    (t.Or((RISK, OFFICE)), None, ()),
    (None, t.And((RISK, OFFICE)), ()),
    (t.And((TEXAS, OFFICE)), None,
     (Confined("place", "only", ("11",)), Confined("state", "only", ("TX",)))),
    (t.Never(), None, (Confined("place", "only", ()), Confined("state", "only", ()))),
    (None, t.Or((OFFICE, RISK)), (Confined("place", "but", ("11",)),)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "unless", "left"), CONFINED, ids=lambda v: str(v)[:40]
)
def test_where_a_rule_can_apply_at_all(
    when: Test | None, unless: Test | None, left: tuple[Confined, ...]
) -> None:
    assert confines_of(rule(d.NeverCovered(), when=when, unless=unless), SETS) == left


@pytest.mark.parametrize(
    ("test", "more"),
    [
        (None, False),
        (t.And((TEXAS, t.Not((OFFICE,)))), False),
        (t.Or((TEXAS, RISK)), True),
    ],
)
def test_place_and_state_are_no_cases(test: Test | None, more: bool) -> None:
    assert asks_beyond(test) is more


def test_caveats_are_sentences_of_doubt_but_not_of_the_first_day() -> None:
    prose = (
        "eviCore decides. Which codes left was not read. The first day was not found; we"
        " answer from 2026-01-01. Two digests disagree."
    )

    assert caveats_of(prose) == "Which codes left was not read. Two digests disagree."
