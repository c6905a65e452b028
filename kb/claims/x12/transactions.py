"""The transactions of an X12 file, each taken by the reader of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.formats import NOT_READ_X12, other_transaction
from kb.claims.x12.envelope import Closed, Event, Opened
from kb.claims.x12.loops import ClaimLoops, ClaimsReader
from kb.claims.x12.remittance import RemittanceReader, Remitted
from kb.claims.x12.segments import SegmentFault

Part = ClaimLoops | Remitted | SegmentFault
"""A claim, an earlier claim, or what is wrong between them."""
_GIVE = "Give claims (837P, 837I), or a remittance (835) as history."


def parts_of(events: Iterable[Event]) -> Iterator[Part]:
    """The claims and earlier claims of all transactions that are read.

    A transaction of another kind gives one fault.
    """
    number = 0
    reader: ClaimsReader | RemittanceReader | None = None
    for event in events:
        match event:
            case Opened(segment, version):
                reader = _reader_of(segment.element(1), version, number)
                if reader is None:
                    other = other_transaction(segment.element(1), version)
                    reason = f"{other}: {NOT_READ_X12}"
                    yield SegmentFault(segment.position, "ST", reason, _GIVE)
            case Closed(_, cut):
                if reader is not None:
                    yield from reader.end(cut=cut)
                    number = reader.number
                reader = None
            case SegmentFault():
                yield event
            case _ if reader is not None:
                yield from reader.take(event)


def _reader_of(
    transaction: str, version: str, number: int
) -> ClaimsReader | RemittanceReader | None:
    """The reader of a transaction; ``None`` for one that is not read."""
    if other_transaction(transaction, version):
        return None
    if transaction == "835":
        return RemittanceReader(number)
    return ClaimsReader(version, number)
