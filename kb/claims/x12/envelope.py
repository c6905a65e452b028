"""The envelopes of X12: interchange (ISA), functional group (GS), transaction (ST).

Each trailer says how much it closes and repeats the control number of its
opener.  What does not agree is a fault; the segments inside are given all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kb.claims.x12.segments import Segment, SegmentFault


class _Envelope(NamedTuple):
    """One kind of envelope; the numbers are those of elements."""

    opener: str
    trailer: str
    control: int
    counted: str
    called: str


_ENVELOPES = (
    _Envelope("ISA", "IEA", 13, "functional groups", "an interchange"),
    _Envelope("GS", "GE", 6, "transactions", "a functional group"),
    _Envelope("ST", "SE", 2, "segments", "a transaction"),
)
_DEPTH_OF_OPENER = {kind.opener: depth for depth, kind in enumerate(_ENVELOPES)}
_DEPTH_OF_TRAILER = {kind.trailer: depth for depth, kind in enumerate(_ENVELOPES)}

_OF_ENVELOPES = _DEPTH_OF_OPENER.keys() | _DEPTH_OF_TRAILER.keys()
_DEEPEST = len(_ENVELOPES)

_OUTSIDE = "this and what follows stand outside a transaction"
_WHOLE = "Get the whole file again, or have it made anew by the billing system."


class Opened(NamedTuple):
    """A transaction begins; ``version`` is its implementation guide."""

    segment: Segment
    version: str


class Closed(NamedTuple):
    """A transaction ends at ``position``; ``cut`` when the file ended inside it."""

    position: int
    cut: bool


Event = list[Segment] | SegmentFault | Opened | Closed


@dataclass(slots=True)
class _Open:
    """An envelope that is open, with what it has counted so far."""

    kind: _Envelope
    control: str | None
    """``None`` when its opener is missing."""
    version: str = ""
    count: int = 0
    controls: set[str] = field(default_factory=set)


def transactions_of(runs: Iterable[list[Segment] | SegmentFault]) -> Iterator[Event]:
    """What stands inside the transactions of a file, and each envelope's faults."""
    stack: list[_Open] = []
    position = 0
    interchanges: set[str] = set()
    strayed = False
    for run in runs:
        if isinstance(run, SegmentFault):
            yield run
            continue
        inside: list[Segment] = []
        for segment in run:
            segment_id = segment.elements[0]
            if segment_id not in _OF_ENVELOPES and len(stack) == _DEEPEST:
                inside.append(segment)
                continue
            if inside:
                stack[-1].count += len(inside)
                yield inside
                inside = []
            position = segment.position
            if segment_id in _DEPTH_OF_OPENER:
                strayed = False
                yield from _open(segment, stack, interchanges)
            elif segment_id in _DEPTH_OF_TRAILER:
                strayed = False
                yield from _close(segment, stack)
            elif not strayed:
                strayed = True
                yield _fault(segment, _OUTSIDE)
        if inside:
            stack[-1].count += len(inside)
            position = inside[-1].position
            yield inside
    if stack:
        yield from _end(stack, position)


def _fault(segment: Segment, reason: str) -> SegmentFault:
    return SegmentFault(segment.position, segment.id, reason, _WHOLE)


def _open(
    segment: Segment, stack: list[_Open], interchanges: set[str]
) -> Iterator[Event]:
    depth = _DEPTH_OF_OPENER[segment.id]
    yield from _close_unended(segment, stack, depth)
    if len(stack) < depth:
        outer = _ENVELOPES[depth - 1]
        yield _fault(
            segment, f"stands outside {outer.called}: {outer.opener} is missing"
        )
        stack.extend(_Open(kind, None) for kind in _ENVELOPES[len(stack) : depth])
    control = segment.element(_ENVELOPES[depth].control).strip()
    if stack:
        stack[-1].count += 1
    seen = stack[-1].controls if stack else interchanges
    if control in seen:
        yield _fault(segment, "its control number was there before")
    seen.add(control)
    stack.append(_Open(_ENVELOPES[depth], control, _version_in(segment, stack)))
    if depth == len(_ENVELOPES) - 1:
        stack[-1].count = 1
        yield Opened(segment, stack[-1].version)


def _version_in(segment: Segment, stack: list[_Open]) -> str:
    match segment.id:
        case "GS":
            return segment.element(8)
        case "ST":
            return segment.element(3) or stack[-1].version
        case _:
            return ""


def _close(segment: Segment, stack: list[_Open]) -> Iterator[Event]:
    depth = _DEPTH_OF_TRAILER[segment.id]
    yield from _close_unended(segment, stack, depth + 1)
    if len(stack) <= depth:
        opener = _ENVELOPES[depth].opener
        yield _fault(segment, f"closes nothing: its {opener} is missing")
        return
    closed = stack.pop()
    yield from _faults_of_trailer(segment, closed)
    if depth == len(_ENVELOPES) - 1:
        yield Closed(segment.position, cut=False)


def _faults_of_trailer(segment: Segment, closed: _Open) -> Iterator[SegmentFault]:
    if closed.control is None:
        return
    kind = closed.kind
    found = closed.count + (1 if kind.trailer == "SE" else 0)
    said = segment.element(1)
    if not (
        said.isascii() and said.isdigit() and len(said) < 12 and int(said) == found
    ):
        reason = f"its count is wrong: there are {found} {kind.counted}"
        yield _fault(segment, reason)
    if segment.element(2).strip() != closed.control:
        yield _fault(segment, f"its control number is not that of its {kind.opener}")


def _close_unended(segment: Segment, stack: list[_Open], depth: int) -> Iterator[Event]:
    while len(stack) > depth:
        kind = stack.pop().kind
        yield _fault(segment, f"{kind.trailer} is missing before this segment")
        if kind.trailer == "SE":
            yield Closed(segment.position, cut=False)


def _end(stack: list[_Open], position: int) -> Iterator[Event]:
    missing = ", ".join(level.kind.trailer for level in reversed(stack))
    yield SegmentFault(position, "", f"the file ends before its {missing}", _WHOLE)
    if len(stack) == len(_ENVELOPES):
        yield Closed(position, cut=True)
