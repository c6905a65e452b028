"""The parts of a remittance (835): its payer, the claims that it answers, their services.

Loops are named as in the implementation guide (``2100`` a claim, ``2110`` a service).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.claims.x12.loops import Loop
from kb.claims.x12.segments import Segment, SegmentFault

_NO_CLP = "A CLP segment before it may be missing: get the whole remittance again."
_NO_SVC = "An SVC segment before it may be missing: get the whole remittance again."
_OF_A_HEADER = frozenset(
    {"BPR", "TRN", "CUR", "REF", "DTM", "N1", "N3", "N4", "PER", "RDM"}
    | {"LX", "TS3", "TS2", "PLB"}
)
_OF_A_CLAIM = frozenset({"NM1", "MIA", "MOA", "PER"})
_OF_A_CLAIM_OR_SERVICE = frozenset({"CAS", "REF", "DTM", "AMT", "QTY"})
_OF_A_SERVICE = frozenset({"LQ"})
SEGMENTS = frozenset(
    {"CLP", "SVC"} | _OF_A_HEADER | _OF_A_CLAIM | _OF_A_CLAIM_OR_SERVICE | _OF_A_SERVICE
)
"""Segments that stand inside the transaction of a remittance."""
_DAYS_OF_A_SERVICE = frozenset({"150", "151", "472"})
_ENDS_A_CLAIM = frozenset({"LX", "PLB"})


@dataclass(slots=True)
class Header:
    """What a remittance says once for all of its claims."""

    payment: Segment | None = None
    """BPR, which has the day of payment."""
    made: Segment | None = None
    """DTM*405, the day on which the remittance was made."""
    payer: Loop | None = None
    """N1*PR and what follows it."""


@dataclass(slots=True)
class Remitted:
    """One claim that a remittance answers: CLP, and a loop for each SVC."""

    number: int
    """Its place among the claims of the file, from 1."""
    header: Header
    claim: Loop
    services: list[Loop] = field(default_factory=list)
    faults: list[SegmentFault] = field(default_factory=list)
    cut: bool = False
    """Whether the file ended inside it."""


@dataclass(slots=True)
class RemittanceReader:
    """Takes the segments of one 835 transaction and gives its claims."""

    number: int = 0
    header: Header = field(default_factory=Header)
    open: Remitted | None = None
    strayed: bool = False
    in_payer: bool = False

    def take(self, segments: Iterable[Segment]) -> Iterator[Remitted | SegmentFault]:
        """Take the next segments; give what is complete or wrong by each."""
        for segment in segments:
            yield from self._take(segment)

    def _take(self, segment: Segment) -> Sequence[Remitted | SegmentFault]:
        """Take the next segment; give what is complete or wrong by it."""
        segment_id = segment.elements[0]
        if segment_id in _ENDS_A_CLAIM:
            return self.end()
        if segment_id == "CLP":
            ended = self.end()
            self.number += 1
            self.open = Remitted(self.number, self.header, Loop("2100", [segment]))
            return ended
        if self.open is None:
            return self._put_in_header(segment)
        _put_in_claim(segment, self.open)
        return ()

    def end(self, *, cut: bool = False) -> Sequence[Remitted | SegmentFault]:
        """Give the open claim, if there is one."""
        self.strayed = False
        ended, self.open = self.open, None
        if ended is None:
            return ()
        ended.cut = cut
        return (ended,)

    def _put_in_header(self, segment: Segment) -> Sequence[SegmentFault]:
        segment_id = segment.elements[0]
        if segment_id not in _OF_A_HEADER:
            told = self.strayed
            self.strayed = True
            return () if told else (_stray(segment),)
        if segment_id == "BPR":
            self.header.payment = segment
        elif segment_id == "DTM" and segment.element(1) == "405":
            self.header.made = segment
        elif segment_id == "N1":
            self.in_payer = segment.element(1) == "PR"
            if self.in_payer:
                self.header.payer = Loop("1000A", [segment])
        elif self.in_payer and self.header.payer is not None:
            self.header.payer.segments.append(segment)
        return ()


def _stray(segment: Segment) -> SegmentFault:
    known = segment.id if segment.id in SEGMENTS else ""
    reason = "a part of a claim stands before any CLP" if known else _UNKNOWN
    return SegmentFault(segment.position, known, reason, _NO_CLP)


_UNKNOWN = "a segment that an 835 does not have"


def _put_in_claim(segment: Segment, remitted: Remitted) -> None:
    if segment.elements[0] == "SVC":
        remitted.services.append(Loop("2110", [segment]))
        return
    loop = remitted.services[-1] if remitted.services else remitted.claim
    fault = _fault_of_place(segment, loop)
    if fault is None:
        loop.segments.append(segment)
    else:
        remitted.faults.append(fault)


def _fault_of_place(segment: Segment, loop: Loop) -> SegmentFault | None:
    """The fault of a segment that shows that a CLP or an SVC is missing before it."""
    segment_id = segment.elements[0]
    position = segment.position
    if segment_id not in SEGMENTS:
        return SegmentFault(position, "", _UNKNOWN, "Get the remittance again.")
    if loop.name == "2110":
        allowed = segment_id in _OF_A_CLAIM_OR_SERVICE or segment_id in _OF_A_SERVICE
        return None if allowed else _misplaced(segment, _NO_CLP)
    if segment_id in _OF_A_SERVICE or (
        segment_id == "DTM" and segment.element(1) in _DAYS_OF_A_SERVICE
    ):
        return _misplaced(segment, _NO_SVC)
    second = segment_id == "NM1" and loop.first("NM1", segment.element(1))
    allowed = segment_id in _OF_A_CLAIM or segment_id in _OF_A_CLAIM_OR_SERVICE
    return None if allowed and not second else _misplaced(segment, _NO_CLP)


def _misplaced(segment: Segment, fix: str) -> SegmentFault:
    return SegmentFault(segment.position, segment.id, "out of place", fix)
