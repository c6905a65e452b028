"""What lies on the shelf is what other claims see of a claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kb.claims.model import Amount, Claim, ClaimLine, PayerNamed
from kb.claims.runs import as_others_see
from kb.evaluate.shelf import Shelf, distinct, read, written

LINE = ClaimLine(
    1,
    "64483",
    date(2026, 3, 10),
    ("RT",),
    Decimal("1.5"),
    "24",
    ("M54.16",),
    "L4-L5",
    "1234567893",
    "approved",
    {
        "relief": Amount(Decimal("80.0"), "percent"),
        "imaging": date(2026, 1, 2),
        "consent": True,
        "approach": "transforaminal",
    },
    Decimal("450.00"),
)
CLAIM = Claim("C-1", "P-1", PayerNamed("aetna"), (LINE,), frequency="original")


@pytest.mark.parametrize(
    "claim",
    [
        CLAIM,
        replace(CLAIM, lines=(LINE, replace(LINE, number=2, charge=None, facts={}))),
        replace(CLAIM, frequency="replacement", replaces="C-0"),
        replace(CLAIM, id="a\ud800\n\u2028'", patient="ü"),
    ],
)
def test_a_claim_is_read_as_others_see_it(claim: Claim) -> None:
    assert read(written(claim)) == as_others_see(claim)


def test_a_patient_has_the_claims_of_the_patient_whatever_their_order() -> None:
    other = replace(CLAIM, id="C-2")
    found = []
    for claims in ([CLAIM, other], [other, CLAIM]):
        with Shelf() as shelf:
            shelf.put([*claims, replace(CLAIM, patient="P-2")])
            found.append(shelf.of("P-1"))
    assert found[0] == found[1] == tuple(sorted(map(written, (CLAIM, other))))


def names(others: list[Claim], own: list[Claim]) -> list[str]:
    rows = sorted(map(written, others))
    return [claim.id for claim in distinct(rows, own)]


def test_a_claim_is_none_of_its_own_others() -> None:
    assert names([CLAIM, replace(CLAIM, id="C-2")], [CLAIM]) == ["C-2"]


def test_the_same_claim_told_twice_is_one() -> None:
    other = replace(CLAIM, id="C-2")
    assert names([CLAIM, other, other, CLAIM], [CLAIM]) == ["C-2"]


def test_another_claim_of_the_same_number_has_one_of_its_own() -> None:
    other = replace(CLAIM, lines=(replace(LINE, code="64490"),))
    third = replace(CLAIM, id="C-2")
    assert names([CLAIM, other, third], [CLAIM]) == ["C-1#2", "C-2"]
