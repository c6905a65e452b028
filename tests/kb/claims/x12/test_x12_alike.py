"""What is read by its kind is what the careful readers read, in claims and in remittances."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from kb.claims.x12.alike import ClaimKinds
from kb.claims.x12.alike_past import PastKinds
from kb.claims.x12.claim import claim_from_loops
from kb.claims.x12.envelope import transactions_of
from kb.claims.x12.loops import ClaimLoops
from kb.claims.x12.past import past_from
from kb.claims.x12.remittance import Remitted
from kb.claims.x12.segments import segments_of
from kb.claims.x12.transactions import Part, parts_of
from tests.kb.claims.claims_in_x12 import CLAIM_IDS, TEXTS, spoiled_x12

REMITTANCES = {
    path.name: path.read_text()
    for path in sorted((Path(__file__).parents[3] / "data" / "x12").rglob("*.835"))
}
ALL = TEXTS | REMITTANCES
FLORIDA = TEXTS["florida-medicare.837"]
IDS = [*CLAIM_IDS, "CLP", "SVC", "DTM", "REF", "NM1", "DTP"]


def parts_in(text: str) -> list[Part]:
    return list(parts_of(transactions_of(segments_of([text.encode()]))))


class Readers:
    """The readers by kind, held against the careful ones."""

    def __init__(self) -> None:
        self.claims, self.past = ClaimKinds(), PastKinds()

    def read(self, text: str) -> int:
        """How many claims were of a known kind; each as the careful reader reads it."""
        return sum(self._is_known(part) for part in parts_in(text))

    def _is_known(self, part: Part) -> bool:
        if isinstance(part, ClaimLoops):
            claim, notes = claim_from_loops(part)
            like = self.claims.like(part)
            if like is None:
                if claim is not None:
                    self.claims.keep(claim, notes, part.own[0].segments[0])
                return False
            found, said = like
            assert found == claim
            remarks = said.remarks if said else []
            assert (remarks, []) == (notes.remarks, notes.faults)
            return True
        if not isinstance(part, Remitted):
            return False
        past, notes = past_from(part)
        told = self.past.like(part)
        if told is None:
            if past is not None:
                self.past.keep(past, notes, part)
            return False
        assert told == (past, notes)
        return True


@cache
def _met() -> Readers:
    met = Readers()
    for text in ALL.values():
        met.read(text)
    return met


def met() -> Readers:
    """Readers that have met every claim of the samples, and nothing else."""
    readers, known = Readers(), _met()
    readers.claims.kept |= known.claims.kept
    readers.past.kept |= known.past.kept
    return readers


@pytest.fixture
def readers() -> Readers:
    return met()


@pytest.mark.parametrize("name", ALL)
def test_a_claim_of_a_known_kind_is_the_careful_readers(
    name: str, readers: Readers
) -> None:
    readers.read(ALL[name])


def test_most_claims_of_the_samples_have_a_kind(readers: Readers) -> None:
    known = sum(readers.read(text) for text in ALL.values())
    whole = sum(
        isinstance(part, ClaimLoops | Remitted)
        for text in ALL.values()
        for part in parts_in(text)
    )
    assert known > whole / 3


@given(spoiled_x12(list(ALL.values()), IDS))
@settings(max_examples=200)
def test_what_is_spoiled_is_never_read_otherwise(text: str) -> None:
    readers = met()
    readers.read(text)
    readers.read(text)


OWN = {
    "number": ("CLM", "CLM*OTHER*450***11:B:1*Y*A*Y*Y"),
    "member": ("NM1*IL", "NM1*IL*1*ROE*MARY****MI*1ab-c2"),
    "birth-date": ("DMG", "DMG*D8*19500101*F"),
    "day": ("DTP*472", "DTP*472*D8*20260109"),
    "control-number": ("REF*6R", "REF*6R*ANOTHER"),
    "note": ("HI", "NTE*ADD*WORDS~\nHI*ABK:M5416"),
}


@pytest.mark.parametrize("name", OWN)
def test_what_is_its_own_hides_no_kind(
    name: str, changed: Callable[..., str], readers: Readers
) -> None:
    assert readers.read(changed(FLORIDA, *OWN[name])) == len(parts_in(FLORIDA))


OTHER = {
    "birth-after-the-service": ("DMG", "DMG*D8*20260401*F"),
    "no-birth-date": ("DMG", "DMG*D8**F"),
    "no-member": ("NM1*IL", "NM1*IL*1*DOE*JANE"),
    "day-that-is-none": ("DTP*472", "DTP*472*D8*20261310"),
    "day-after-the-file": ("DTP*472", "DTP*472*D8*20991231"),
    "no-number": ("CLM", "CLM**450***11:B:1*Y*A*Y*Y"),
}


@pytest.mark.parametrize("name", OTHER)
def test_what_has_to_be_told_is_left_to_the_careful_reader(
    name: str, changed: Callable[..., str], readers: Readers
) -> None:
    known = readers.read(changed(FLORIDA, *OTHER[name]))
    assert known == len(parts_in(FLORIDA)) - 1
