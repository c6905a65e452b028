"""The transactions of an X12 file, each taken by the reader of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.formats import NOT_READ_X12, other_transaction
from kb.claims.x12.envelope import Event, Opened
from kb.claims.x12.loops import ClaimLoops, ClaimsReader
from kb.claims.x12.remittance import RemittanceReader, Remitted
from kb.claims.x12.segments import Segment, SegmentFault

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
        if isinstance(event, list):
            if reader is not None:
                yield from reader.take(event)
        elif isinstance(event, SegmentFault):
            yield event
        elif isinstance(event, Opened):
            transaction = event.segment.element(1)
            reader = _reader_of(transaction, event.version, number)
            if reader is None:
                yield _not_read(event.segment, event.version)
        else:
            if reader is not None:
                yield from reader.end(cut=event.cut)
                number = reader.number
            reader = None


def _not_read(opener: Segment, version: str) -> SegmentFault:
    other = other_transaction(opener.element(1), version)
    return SegmentFault(opener.position, "ST", f"{other}: {NOT_READ_X12}", _GIVE)


def _reader_of(
    transaction: str, version: str, number: int
) -> ClaimsReader | RemittanceReader | None:
    """The reader of a transaction; ``None`` for one that is not read."""
    if other_transaction(transaction, version):
        return None
    if transaction == "835":
        return RemittanceReader(number)
    return ClaimsReader(version, number)
