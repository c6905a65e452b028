"""What is found while one claim is read from its segments: faults and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from kb.claims.shapes import Shape, kind_of
from kb.claims.x12.segments import Segment, SegmentFault


class SegmentRemark(NamedTuple):
    """What was left out or settled at a segment; holds no value of the file."""

    position: int
    id: str
    text: str


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

    def shaped(self, segment: Segment, value: str, shape: Shape, name: str) -> str:
        """``value`` when it has its shape; else a fault that names the element."""
        if shape.fits(value):
            return value
        reason = f"{name}: found {kind_of(value)}, expected {shape.expected}"
        self.fault(segment, reason, f"Write it as `{shape.example}`.")
        return ""
