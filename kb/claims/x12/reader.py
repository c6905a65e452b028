"""Claims and earlier claims from X12 files, one after the other as they come.

Segments (``segments``) are sorted into envelopes (``envelope``), transactions
(``transactions``), the loops of each kind (``loops``, ``remittance``) and claims
(``claim``, ``past``); each step streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.model import (
    BadClaim,
    Claim,
    Read,
    ReadResult,
    Remark,
    read_result,
    renamed,
)
from kb.claims.past import Told, answerable
from kb.claims.x12 import loops as claims
from kb.claims.x12 import remittance
from kb.claims.x12.alike import ClaimKinds
from kb.claims.x12.alike_past import PastKinds
from kb.claims.x12.claim import claim_from_loops, identifier_of
from kb.claims.x12.envelope import transactions_of
from kb.claims.x12.loops import ClaimLoops
from kb.claims.x12.notes import Notes
from kb.claims.x12.past import past_from, sent_number
from kb.claims.x12.remittance import Remitted
from kb.claims.x12.segments import SegmentFault, segments_of
from kb.claims.x12.straight import straight_claim
from kb.claims.x12.transactions import parts_of

_KNOWN = claims.SEGMENTS | remittance.SEGMENTS


def read_x12(chunks: Iterable[bytes], name: str = "") -> ReadResult:
    """The claims of an X12 file given as chunks of bytes.  Never raises for bytes.

    ``name`` is the file's name, for the places of faults.
    """
    return read_result(stream_x12(chunks, name))


def stream_x12(chunks: Iterable[bytes], name: str = "") -> Iterator[Read]:
    """Each claim, fault and remark as soon as its segments have been read.

    Each fault of a bad claim is one ``BadClaim``; earlier claims are one together.
    """
    return answerable(tell_x12(chunks, name), name)


def tell_x12(chunks: Iterable[bytes], name: str = "") -> Iterator[Told]:
    """The same with each earlier claim that a remittance (835) tells of."""
    seen: set[str] = set()
    kinds, past_kinds = ClaimKinds(), PastKinds()
    empty = True
    for found in parts_of(transactions_of(segments_of(chunks))):
        empty = False
        if isinstance(found, ClaimLoops):
            claim, notes = _claim_of(found, kinds)
            if claim is None or notes is not None or claim.id in seen:
                yield from _told_claim(found, claim, notes or Notes(), name, seen)
            else:
                seen.add(claim.id)
                yield claim
        elif isinstance(found, Remitted):
            yield from _read_past(found, name, past_kinds)
        else:
            yield _bad(found, name)
    if empty:
        fix = "Give a file of claims (837P, 837I), or a remittance (835) as history."
        yield BadClaim(name, "the file holds no claim", fix)


def _read_past(remitted: Remitted, name: str, kinds: PastKinds) -> Iterator[Told]:
    like = kinds.like(remitted)
    past, notes = like or past_from(remitted)
    if past is not None and like is None:
        kinds.keep(past, notes, remitted)
    if notes.faults or notes.remarks:
        yield from _told(notes, name, f"claim {remitted.number}", sent_number(remitted))
    if past is not None:
        yield past


def _told(notes: Notes, name: str, position: str, sent: str) -> Iterator[Read]:
    for fault in notes.faults:
        yield _bad(fault, name, position, sent)
    for remark in notes.remarks:
        where = _place(name, remark.position, remark.id)
        yield Remark(where, remark.text, position, sent)


def _claim_of(
    loops: ClaimLoops, kinds: ClaimKinds
) -> tuple[Claim | None, Notes | None]:
    """The claim, ``None`` when it has faults, in the fastest way that knows it.

    No notes where nothing has to be said of it.
    """
    if like := kinds.like(loops):
        return like
    claim, notes = straight_claim(loops), None
    if claim is None:
        claim, notes = claim_from_loops(loops)
        if claim is not None and not (notes.faults or notes.remarks):
            notes = None
    if claim is not None:
        kinds.keep(claim, notes, loops.own[0].segments[0])
    return claim, notes


def _told_claim(
    loops: ClaimLoops, claim: Claim | None, notes: Notes, name: str, seen: set[str]
) -> Iterator[Read]:
    if claim is not None and claim.id in seen:
        claim = renamed(claim, f"{claim.id}#{loops.number}")
        text = "CLM01 was there before: the claim's position is added to its id"
        notes.remark(loops.own[0].segments[0], text)
    if notes.faults or notes.remarks:
        yield from _told(notes, name, f"claim {loops.number}", identifier_of(loops))
    if claim is None:
        return
    seen.add(claim.id)
    yield claim


def _bad(
    fault: SegmentFault, name: str, position: str = "", sent: str = ""
) -> BadClaim:
    where = _place(name, fault.position, fault.id)
    return BadClaim(where, fault.reason, fault.fix, position, sent)


def _place(name: str, position: int, segment_id: str) -> str:
    """``claims.837: segment 31 (SV1)``; an id that no such file has is not shown."""
    known = segment_id if segment_id in _KNOWN else ""
    place = f"segment {position} ({known})" if known else f"segment {position}"
    return f"{name}: {place}" if name else place
