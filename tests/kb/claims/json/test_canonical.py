"""Canonical text is the written claim with its keys in order, byte for byte."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from kb.claims import claim_to_json
from kb.claims.json.canonical import canonical_text
from kb.claims.model import Claim, ClaimLine, History, HistoryLine, PayerNamed
from tests.kb.claims.claims_in_json import claims

DAY = date(2026, 3, 10)


def in_order(claim: Claim) -> str:
    return json.dumps(claim_to_json(claim), sort_keys=True, separators=(",", ":"))


@given(claims())
def test_the_bytes_are_those_of_the_written_claim(claim: Any) -> None:
    assert canonical_text(claim) == in_order(claim)


@pytest.mark.parametrize(
    "claim",
    [
        Claim("", "", PayerNamed(), ()),
        Claim("C", "P", PayerNamed(key="a"), (), requested=DAY, fields={"sex": ""}),
        Claim("C", "P", PayerNamed(name="N"), (ClaimLine(0, "", DAY),)),
        Claim("C", "P", PayerNamed(), (), history=History(reach="own")),
        Claim("C", "P", PayerNamed(), (), history=History("complete")),
        Claim(
            'é\n"',
            "P",
            PayerNamed(key="a"),
            (ClaimLine(1, "64483", DAY, units=Decimal("2.00"), charge=Decimal(0)),),
            history=History(lines=(HistoryLine("64483", DAY, units=Decimal("0.50")),)),
        ),
    ],
    ids=range(6),
)
def test_what_is_left_out_is_left_out_alike(claim: Claim) -> None:
    assert canonical_text(claim) == in_order(claim)
