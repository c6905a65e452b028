"""Every form of test and duty can be said, whatever its fields hold."""

from __future__ import annotations

import pytest
from hypothesis import given

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import Amount, Count, Counting, Days, Lifetime, Rolling
from dsl.ir.sentences import Sayer
from tests.dsl.ir.made import some_duties, some_tests

SAY = Sayer(lambda key: key.replace("-", " "))
WEEKS = (Amount(4, "week"),)
IMAGED = t.Yes("imaging-done", "line")
KX = t.Modifier("KX")


@given(some_tests(2))
def test_every_test_can_be_said(test: t.Test) -> None:
    assert SAY.test(test)


@given(some_duties())
def test_every_duty_can_be_said(duty: d.Duty) -> None:
    assert SAY.duty(duty)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (t.And((IMAGED, t.Or((KX, IMAGED)))),
         "imaging done and (modifier KX present or imaging done)"),
        (t.Not((KX,)), "modifier KX absent"),
        (t.Not((t.Diagnosis("cancer", "any"),)), "no diagnosis in cancer"),
        (t.Not((IMAGED,)), "not (imaging done)"),
        (t.If((KX, IMAGED, t.Never())), "imaging done when modifier KX present, else never"),
        (t.Compare("pain", "claim", ">=", WEEKS), "pain at least 4 weeks"),
        (t.Elapsed("after", "<=", WEEKS, clock="received"),
         "received at most 4 weeks after the date of service"),
        (t.Elapsed("before", "<", WEEKS, fact="imaging-date", of="claim"),
         "imaging date less than 4 weeks before the date of service"),
        (t.Field("place", (), "offices"), "place offices"),
        (t.Billed("on-both-sides"), "billed on both sides"),
        (t.SameDay("esi", Count(0, 0), ("side",)), "no same-day esi, same side"),
        (t.Earlier("esi", Count(2, None), ("side",), Rolling(12, "month"), None, WEEKS, "KX",
                   None, IMAGED),
         ("at least 2 earlier esi, same side, in any 12 months, at least 4 weeks apart, "
          "with modifier KX, each with imaging done")),
    ],
)  # fmt: skip
def test_a_test_in_words(test: t.Test, said: str) -> None:
    assert SAY.test(test) == said


FEWER = (
    Amount(6, "number", Days(None, None)),
    Amount(1, "number"),
)


@pytest.mark.parametrize(
    ("duty", "said"),
    [
        (d.Limit((Amount(1, "number"),), "session", ("side",), Lifetime(), None),
         "at most 1 session per side in a lifetime"),
        (d.Limit(FEWER, "line", (), Rolling(1, "day"),
                 Counting(("KX",), (), denied=True, own=False)),
         "at most 6 or 1 claim lines in any 1 day (counting those with KX, denied ones too)"),
        (d.Covers(), "covered without a policy of its own"),
        (d.BillAs("64454"), "billed as 64454 instead"),
        (d.NotWith("facets", ("side",), ("59", "XS")),
         "not with facets on the same date and the same side, allowed with modifier 59 or XS"),
    ],
)  # fmt: skip
def test_a_duty_in_words(duty: d.Duty, said: str) -> None:
    assert SAY.duty(duty) == said
