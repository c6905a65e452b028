"""Claims that differ by number and patient alone are written once, with the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kb.claims.model import Amount, Claim, ClaimLine, History, HistoryLine, PayerNamed
from kb.claims.runs import Run
from kb.engine import Engine
from kb.evaluate.alike import MOST, Alike, key_of
from kb.evaluate.fhir import Responses
from kb.evaluate.forms import Lines, Rows
from kb.evaluate.keeping import kept
from kb.evaluate.work import Bench, Done
from tests.everyday.claims import DAYS, everyday

LINE = ClaimLine(1, "64483", date(2026, 3, 10), ("RT",), Decimal(1))
CLAIM = Claim("C-1", "P-1", PayerNamed("aetna"), (LINE,), fields={"sex": "female"})
NAMES = ("{}", "=1+{}", 'a "{}", b', "é\n{}", "<{}&\ue000")


class Never(Alike):
    """Keeps nothing."""

    def put(self, key: object, kept: object) -> None:
        pass


def test_bytes_are_those_of_each_claim_answered_by_itself(engine: Engine) -> None:
    forms = (Lines(), Rows(), Responses())
    claims = [claim for day in DAYS for claim in everyday(day)[::5]]
    part = [
        Run((replace(claim, id=name.format(f"{claim.id}-{at}"), patient=f"P-{at}"),))
        for at, name in enumerate(NAMES)
        for claim in claims
    ]
    done = [Bench(engine, forms, alike=alike).do(part) for alike in (Alike(), Never())]
    assert told(done[0]) == told(done[1])


def told(done: Done) -> tuple[object, ...]:
    return done.found, done.texts, kept(done.summary)


def line(claim: Claim, **changes: object) -> Claim:
    return replace(claim, lines=(replace(LINE, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, payer=PayerNamed("cigna")),
        lambda c: replace(c, fields={"sex": "male"}),
        lambda c: replace(c, facts={"relief": Amount(Decimal(80), "percent")}),
        lambda c: replace(c, state="FL"),
        lambda c: replace(c, frequency="void"),
        lambda c: replace(c, authorization="approved"),
        lambda c: line(c, date=date(2026, 3, 11)),
        lambda c: line(c, units=Decimal("1.0")),
        lambda c: line(c, facts={"consent": True}),
        lambda c: line(c, charge=Decimal(450)),
    ],
)
def test_another_claim_is_not_alike(change: Callable[[Claim], Claim]) -> None:
    assert key_of(Run((change(CLAIM),))) != key_of(Run((CLAIM,)))


def test_number_and_patient_alone_are_no_difference() -> None:
    other = replace(CLAIM, id="C-2", patient="P-2", member="M2", birth=date(1948, 2, 3))
    assert key_of(Run((other,))) == key_of(Run((CLAIM,))) is not None


EARLIER = HistoryLine("64483", date(2026, 1, 1), claim="C-0")


@pytest.mark.parametrize(
    "run",
    [
        Run((CLAIM, replace(CLAIM, id="C-2"))),
        Run((CLAIM,), (replace(CLAIM, id="C-2"),)),
        Run((replace(CLAIM, history=History("complete", lines=(EARLIER,))),)),
        Run((replace(CLAIM, frequency="replacement", replaces="C-1"),)),
    ],
)
def test_a_claim_beside_others_has_no_like(run: Run) -> None:
    assert key_of(run) is None


def test_of_many_claims_the_last_are_kept(engine: Engine) -> None:
    made = Bench(engine, ()).alike
    found = Bench(engine, ())
    found.do([Run((CLAIM,))])
    (one,) = found.alike._kept.values()
    for at in range(MOST + 1):
        made.put(at, one)
        assert made.get(0) or at > MOST
    assert made.get(1) is None
    assert len(made._kept) == MOST
