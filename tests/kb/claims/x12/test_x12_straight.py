"""The straight reader of professional claims gives the careful one's claim, or none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from kb.claims.x12.claim import claim_from_loops
from kb.claims.x12.envelope import transactions_of
from kb.claims.x12.loops import ClaimLoops
from kb.claims.x12.segments import segments_of
from kb.claims.x12.straight import straight_claim
from kb.claims.x12.transactions import parts_of
from tests.kb.claims.claims_in_x12 import CLAIM_IDS, TEXTS, spoiled_x12

PROFESSIONAL = [text for name, text in TEXTS.items() if name.endswith(".837")]
FLORIDA = TEXTS["florida-medicare.837"]


def loops_in(text: str) -> list[ClaimLoops]:
    parts = parts_of(transactions_of(segments_of([text.encode()])))
    return [part for part in parts if isinstance(part, ClaimLoops)]


def assert_alike(text: str) -> int:
    """How many claims are read straight; each as the careful reader reads it."""
    straight = 0
    for loops in loops_in(text):
        found = straight_claim(loops)
        if found is not None:
            careful, notes = claim_from_loops(loops)
            assert found == careful
            assert (notes.faults, notes.remarks) == ([], [])
            straight += 1
    return straight


@pytest.mark.parametrize("name", TEXTS)
def test_a_claim_is_the_careful_readers(name: str) -> None:
    straight = assert_alike(TEXTS[name])
    assert straight == 0 or not name.endswith(".837i")


@given(spoiled_x12(PROFESSIONAL, CLAIM_IDS))
@settings(max_examples=200)
def test_what_is_spoiled_is_never_read_otherwise(text: str) -> None:
    assert_alike(text)


STRAIGHT = {
    "as-it-is": ("", ""),
    "authorization": ("HI", "REF*G1*A1234567~\nHI*ABK:M5416*ABF:M961"),
    "referral": ("HI", "REF*9F*R1234567~\nHI*ABK:M5416*ABF:M961"),
    "drug": ("REF*6R", "LIN**N4*00009307301~\nCTP****1*ML"),
    "ordering-provider": ("NM1*82", "NM1*DK*1*X*Y****XX*1234567893"),
    "taxonomy": ("NM1*82", "NM1*82*1*X*Y****XX*1234567893~\nPRV*PE*PXC*208VP0014X"),
    "line-renderer": ("REF*6R", "NM1*82*1*X*Y****XX*1234567893"),
    "facility": ("NM1*82", "NM1*77*2*X~\nN3*1 WAY~\nN4*ATLANTA*GA*30301"),
}


@pytest.mark.parametrize("name", STRAIGHT)
def test_a_plain_claim_is_read_straight(name: str, changed: Callable[..., str]) -> None:
    old, new = STRAIGHT[name]
    text = changed(FLORIDA, old, new) if old else FLORIDA
    assert straight_claim(loops_in(text)[0]) is not None
    assert assert_alike(text) == 3


DOUBTED = {
    "replacement": ("CLM", "CLM*X*450***24:B:7*Y*A*Y*Y~\nREF*F8*1"),
    "no-member": ("NM1*IL", "NM1*IL*1*DOE*JANE"),
    "no-birth-date": ("DMG", "DMG*D8**F"),
    "total": ("CLM", "CLM*X*1***24:B:1*Y*A*Y*Y"),
    "wrong-date": ("DTP*472", "DTP*472*D8*20261310"),
    "two-dates": ("DTP*472", "DTP*472*D8*2026031~\nDTP*472*D8*20260310"),
    "range": ("DTP*472", "DTP*472*RD8*20260310-20260311"),
    "word-for-a-number": ("HI", "REF*G1*NPR~\nHI*ABK:M5416"),
    "old-diagnosis": ("HI", "HI*BK:7244"),
    "pointer": ("SV1", "SV1*HC:64483*450*UN*1***9"),
    "no-pointer": ("SV1", "SV1*HC:64483*450*UN*1"),
    "place": ("CLM", "CLM*X*450***24:A:1*Y*A*Y*Y"),
    "check-digit": ("NM1*82", "NM1*82*1*X*Y****XX*1234567890"),
    "renderer-without-number": ("REF*6R", "NM1*82*1*X*Y"),
}


@pytest.mark.parametrize("name", DOUBTED)
def test_what_is_in_doubt_is_left_to_the_careful_reader(
    name: str, changed: Callable[..., str]
) -> None:
    text = changed(FLORIDA, *DOUBTED[name])
    assert straight_claim(loops_in(text)[0]) is None
