"""What is found while one claim is read from its segments: faults and remarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from kb.claims.near import MOST_TOLD
from kb.claims.shapes import TEXT, Shape, kind_of
from kb.claims.x12.segments import Segment, SegmentFault, as_utf8

ALSO = "; the same at segment"
"""Before the other places of a fault or remark."""


class SegmentRemark(NamedTuple):
    """What was left out or settled at a segment; holds no value of the file."""

    position: int
    id: str
    text: str


Told = TypeVar("Told", SegmentFault, SegmentRemark)


def _alike(told: list[Told], cause: Callable[[Told], str]) -> list[list[Told]]:
    groups: dict[str, list[Told]] = {}
    for one in told:
        groups.setdefault(cause(one), []).append(one)
    return list(groups.values())


def _also_at(
    first: SegmentFault | SegmentRemark, others: Sequence[SegmentFault | SegmentRemark]
) -> str:
    places = sorted({other.position for other in others} - {first.position})
    if not places:
        return ""
    more = len(places) - MOST_TOLD
    also = f" and {more:,} more" if more > 0 else ""
    told = ", ".join(map(str, places[:MOST_TOLD]))
    return f"{ALSO}{'s' if len(places) > 1 else ''} {told}{also}"


@dataclass(slots=True)
class Notes:
    """The faults and remarks of one claim, in the order of their finding."""

    faults: list[SegmentFault] = field(default_factory=list)
    remarks: list[SegmentRemark] = field(default_factory=list)

    def fault(self, segment: Segment, reason: str, fix: str = "") -> None:
        """Say what is wrong at ``segment``."""
        self.faults.append(SegmentFault(segment.position, segment.id, reason, fix))

    def remark(self, segment: Segment, text: str) -> None:
        """Say what was left out or settled at ``segment``."""
        self.remarks.append(SegmentRemark(segment.position, segment.id, text))

    def one_a_cause(self) -> None:
        """Tell faults, and remarks, of one reason once, with the other places."""
        self.faults = [
            first._replace(reason=first.reason + _also_at(first, others))
            for first, *others in _alike(self.faults, lambda fault: fault.reason)
        ]
        self.remarks = [
            first._replace(text=first.text + _also_at(first, others))
            for first, *others in _alike(self.remarks, lambda remark: remark.text)
        ]

    def shaped(self, segment: Segment, value: str, shape: Shape, name: str) -> str:
        """``value`` when it has its shape; else a fault that names the element."""
        if shape.fits(value):
            return value
        reason = f"{name}: found {kind_of(value)}, expected {shape.expected}"
        self.fault(segment, reason, f"Write it as `{shape.example}`.")
        return ""

    def text(self, segment: Segment, value: str, name: str) -> str:
        """``value`` as the plain text that it is, empty when it is empty or a fault."""
        text = as_utf8(value).strip()
        return self.shaped(segment, text, TEXT, name) if text else ""
