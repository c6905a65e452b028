"""The loops of 837 transactions: which claim stands under which subscriber.

A loop is named as in the implementation guide (``2010B``, ``2310``), without the
last letter where the entity code of its NM1 tells the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from kb.claims.x12.segments import Segment, SegmentFault


class Loop(NamedTuple):
    """The segments of one loop, the one that opens it first."""

    name: str
    segments: list[Segment]

    def first(self, segment_id: str, qualifier: str = "") -> Segment | None:
        """The first segment of that id and, when given, that first element."""
        for segment in self.segments:
            if segment.elements[0] == segment_id and (
                not qualifier or segment.element(1) == qualifier
            ):
                return segment
        return None

    @property
    def entity(self) -> str:
        """The entity code of a loop that an NM1 opens: ``82``."""
        return self.segments[0].element(1)


@dataclass(slots=True)
class ClaimLoops:
    """The loops of one claim and those that it stands under."""

    number: int
    """Its place among the claims of the file, from 1."""
    version: str
    above: list[Loop]
    """Billing provider, subscriber and patient."""
    own: list[Loop]
    faults: list[SegmentFault] = field(default_factory=list)
    cut: bool = False
    """Whether the file ended inside it."""
    written: str = ""
    """The day on which its transaction was written (BHT04), as ``20260311``."""


_LEVELS = {"20": "2000A", "22": "2000B", "23": "2000C"}
_PARENT = {"2000B": "2000A", "2000C": "2000B"}
_NM1_OPENS = {
    "2000A": "2010A",
    "2010A": "2010A",
    "2000B": "2010B",
    "2010B": "2010B",
    "2000C": "2010C",
    "2010C": "2010C",
    "2300": "2310",
    "2310": "2310",
    "2320": "2330",
    "2330": "2330",
    "2400": "2420",
    "2410": "2420",
    "2420": "2420",
    "2430": "2420",
    "2440": "2420",
}
_IN_LINES = {"LIN": "2410", "SVD": "2430", "LQ": "2440"}
_BEFORE_LINES = ("2300", "2310", "2320", "2330")

_HOME_OF_ENTITY = {
    "85": ("2010A", "2330"),
    "IL": ("2010B", "2330"),
    "PR": ("2010B", "2330"),
    "QC": ("2010C", "2330"),
}
_HOME = {
    "SBR": ("2000B", "2320"),
    "PAT": ("2000B", "2000C"),
    "DMG": ("2010B", "2010C", "2320", "2330"),
}
_ONLY_IN_A_LINE = frozenset(
    {"SV1", "SV2", "SV3", "SV5", "LIN", "CTP", "SVD", "LQ", "FRM"}
)
_ONLY_IN_A_CLAIM = frozenset({"HI", "LX", "SV1", "SV2", "SV3"})
_ENVELOPE_SEGMENTS = {"ISA", "GS", "ST", "SE", "GE", "IEA"}
_HEADER_SEGMENTS = {"BHT", "HL", "PRV", "CUR", "NM1", "N2", "N3", "N4", "REF", "PER"}
_PERSON_SEGMENTS = {"SBR", "PAT", "DMG"}
_CLAIM_SEGMENTS = {"CLM", "DTP", "CL1", "DN1", "DN2", "PWK", "CN1", "AMT", "K3", "NTE"}
_CLAIM_DETAIL = {"CR1", "CR2", "CR3", "CRC", "HI", "QTY", "HCP", "MEA", "PS1", "HSD"}
_OTHER_PAYER_SEGMENTS = {"CAS", "OI", "MIA", "MOA"}
_LINE_SEGMENTS = {"LX", "SV1", "SV2", "SV3", "SV5", "TOO"}
_LINE_DETAIL = {"LIN", "CTP", "SVD", "LQ", "FRM"}
SEGMENTS = frozenset().union(
    _ENVELOPE_SEGMENTS,
    _HEADER_SEGMENTS,
    _PERSON_SEGMENTS,
    _CLAIM_SEGMENTS,
    _CLAIM_DETAIL,
    _OTHER_PAYER_SEGMENTS,
    _LINE_SEGMENTS,
    _LINE_DETAIL,
)

_ANYWHERE = (
    SEGMENTS
    - {"HL", "CLM", "BHT", "NM1", "HI", "LX"}
    - _HOME.keys()
    - _ONLY_IN_A_LINE
    - _ONLY_IN_A_CLAIM
    - _IN_LINES.keys()
)
"""Segments that open no loop and are out of place in none."""

_BETWEEN_CLAIMS = frozenset({"CLM", "HL", "BHT"})
"""Segments that are no part of a claim."""

_NO_HL = "An HL segment before it may be missing: send the whole claim again."
_NO_LX = "An LX segment before it may be missing: send the whole claim again."
_NO_CLM = "A CLM segment before it may be missing: send the whole claim again."


def known_segment(segment_id: str) -> str:
    """The id when it is one of an 837, else empty: anything else may be a name."""
    return segment_id if segment_id in SEGMENTS else ""


@dataclass(slots=True)
class _Level:
    """An open level of the HL hierarchy."""

    id: str
    loops: list[Loop]
    spoiled: str = ""
    """Why it may be two levels or nobody's; empty for a sound one."""
    untold: SegmentFault | None = None
    """Its fault, until a claim under it has told it."""


@dataclass(slots=True)
class ClaimsReader:
    """Takes the segments of one 837 transaction and gives its claims."""

    version: str
    number: int = 0
    levels: list[_Level] = field(default_factory=list)
    claim: ClaimLoops | None = None
    strayed: bool = False
    written: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    """HL01 of each level so far, and what it is."""

    def take(self, segments: Iterable[Segment]) -> Iterator[ClaimLoops | SegmentFault]:
        """Take the next segments; give what is complete or wrong by each."""
        for segment in segments:
            segment_id = segment.elements[0]
            if segment_id in _ANYWHERE and self._put_anywhere(segment):
                continue
            if self.claim is not None and segment_id not in _BETWEEN_CLAIMS:
                self._put_in_claim(segment, self.claim)
            elif found := self._take(segment):
                yield from found

    def _put_anywhere(self, segment: Segment) -> bool:
        """Put a segment that is out of place nowhere into the open loop.

        Not into that of another payer's people, where some providers may not stand.
        """
        if self.claim is not None:
            name, loop = self.claim.own[-1]
        elif self.levels and not self.strayed:
            name, loop = self.levels[-1].loops[-1]
        else:
            return False
        if name == "2330":
            return False
        loop.append(segment)
        return True

    def _take(self, segment: Segment) -> Sequence[ClaimLoops | SegmentFault]:
        segment_id = segment.elements[0]
        if segment_id == "CLM":
            ended = self.end_claim()
            self._open_claim(segment)
            return ended
        if segment_id == "HL":
            return [*self.end_claim(), *self._open_level(segment)]
        if segment_id == "BHT":
            self.written = segment.element(4)
        elif self.levels and not self.strayed:
            return self._put_in_level(segment, self.levels[-1])
        return ()

    def end_claim(self, *, cut: bool = False) -> Sequence[ClaimLoops]:
        """Give the open claim, if there is one."""
        ended, self.claim = self.claim, None
        if ended is None:
            return ()
        ended.cut = cut
        return (ended,)

    def end(self, *, cut: bool) -> Sequence[ClaimLoops | SegmentFault]:
        """Give the open claim and the faults that no claim has told."""
        return [*self.end_claim(cut=cut), *_untold(self.levels)]

    def _open_level(self, segment: Segment) -> Sequence[SegmentFault]:
        self.strayed = False
        name = _LEVELS.get(segment.element(3), "")
        above = self._levels_above(name, segment.element(2))
        level = _Level(segment.element(1), [Loop(name or "2000B", [segment])])
        if above is None:
            reason = self._why_no_level(name, segment.element(2))
            level.untold = SegmentFault(segment.position, "HL", reason, _NO_HL)
            level.spoiled = f"{_called(segment)}: {reason}"
            name = name or "2000B"
            above = [level for level in self.levels if level.loops[0].name < name]
        self.kinds[segment.element(1)] = name
        untold = _untold(self.levels[len(above) :])
        self.levels = [*above, level]
        return untold

    def _levels_above(self, name: str, parent: str) -> list[_Level] | None:
        """The open levels that a new one stands under; ``None`` when it cannot."""
        if name == "2000A":
            return []
        for index, level in enumerate(self.levels):
            if level.id == parent and level.loops[0].name == _PARENT.get(name):
                return self.levels[: index + 1]
        return None

    def _why_no_level(self, name: str, parent: str) -> str:
        """What is wrong with HL02 or HL03 of a level that stands under none."""
        if not name:
            return (
                "HL03: expected 20 (billing provider), 22 (subscriber) or 23 (patient)"
            )
        called, above = _CALLED[name], _CALLED[_PARENT[name]]
        if not parent:
            found = "is empty"
        elif parent not in self.kinds:
            found = "names no level that stands before it"
        elif self.kinds[parent] != _PARENT[name]:
            found = f"names a {_CALLED[self.kinds[parent]]}"
        else:
            found = f"names a {above} whose part of the file is over"
        return f"HL02 {found}: a {called} gives there the HL01 of its {above}"

    def _open_claim(self, segment: Segment) -> None:
        self.strayed = False
        self.number += 1
        above = [loop for level in self.levels for loop in level.loops]
        self.claim = ClaimLoops(
            self.number, self.version, above, [Loop("2300", [segment])]
        )
        self.claim.written = self.written
        spoiled = next((level.spoiled for level in self.levels if level.spoiled), "")
        if spoiled:
            reason = f"it cannot be told whose claim this is: {spoiled}"
            for level in self.levels:
                level.untold = None
            self.claim.faults.append(
                SegmentFault(segment.position, "CLM", reason, _NO_HL)
            )

    def _put_in_claim(self, segment: Segment, claim: ClaimLoops) -> None:
        current = claim.own[-1].name
        segment_id = segment.elements[0]
        entity = segment.element(1) if segment_id == "NM1" else ""
        name, missing = _standing(segment_id, entity, current)
        if name:
            claim.own.append(Loop(name, [segment]))
        else:
            claim.own[-1].segments.append(segment)
        if name or current == "2330":
            displaced = _provider_after_payer(claim.own[-1], segment)
            if displaced is not None:
                claim.faults.append(displaced)
                return
        if missing:
            claim.faults.append(_fault_of_place(segment, missing))
            if self.levels and _is_of_a_level(segment):
                self.levels[-1].spoiled = f"{_called(segment)}: out of place"

    def _put_in_level(self, segment: Segment, level: _Level) -> Sequence[SegmentFault]:
        segment_id = segment.elements[0]
        if segment_id in _ONLY_IN_A_CLAIM:
            self.strayed = True
            reason = "a part of a claim stands before any CLM"
            return (SegmentFault(segment.position, segment_id, reason, _NO_CLM),)
        current = level.loops[-1].name
        name = _NM1_OPENS[current] if segment_id == "NM1" else ""
        if name:
            level.loops.append(Loop(name, [segment]))
        else:
            level.loops[-1].segments.append(segment)
        entity = segment.element(1) if segment_id == "NM1" else ""
        missing = _missing_before(segment_id, entity, name or current)
        if not missing:
            return ()
        level.spoiled = f"{_called(segment)}: out of place"
        return (_fault_of_place(segment, missing),)


def _untold(levels: Iterable[_Level]) -> list[SegmentFault]:
    return [level.untold for level in levels if level.untold is not None]


_CALLED = {"2000A": "billing provider", "2000B": "subscriber", "2000C": "patient"}


def _called(segment: Segment) -> str:
    """``segment 14 (HL)``; an id that no 837 has is not shown."""
    known = known_segment(segment.id)
    return f"segment {segment.position}" + (f" ({known})" if known else "")


@lru_cache
def _standing(segment_id: str, entity: str, current: str) -> tuple[str, str]:
    """The loop that a segment of a claim opens, and what may be missing before it."""
    name = _loop_opened_in_claim(segment_id, current)
    return name, _missing_before(segment_id, entity, name or current)


def _loop_opened_in_claim(segment_id: str, current: str) -> str:
    if segment_id == "NM1":
        return _NM1_OPENS[current]
    if segment_id == "LX":
        return "2400"
    if segment_id == "SBR" and current in _BEFORE_LINES:
        return "2320"
    if segment_id in _IN_LINES and current not in _BEFORE_LINES:
        return _IN_LINES[segment_id]
    return ""


def _is_of_a_level(segment: Segment) -> bool:
    """Whether a segment out of place shows that an HL before it may be missing."""
    return segment.id in _HOME or segment.id == "NM1"


_AFTER_PAYER = (
    "a provider with its own number or address stands after another payer's SBR,"
    " where only that payer's numbers of it may stand"
)
_MOVE_IT = "Put the claim's providers before the SBR of the other payer."
_PAYERS_PEOPLE = frozenset({"IL", "PR", "QC"})


def _provider_after_payer(loop: Loop, segment: Segment) -> SegmentFault | None:
    """The fault of a claim's provider that stands among another payer's (2330).

    The guide gives those neither an NPI nor an address.
    """
    if loop.name != "2330" or loop.entity in _PAYERS_PEOPLE:
        return None
    opener = loop.segments[0]
    own = segment is opener and segment.element(9)
    address = segment.id in ("N3", "N4") and not opener.element(9)
    if not own and not (address and loop.first(segment.id) is segment):
        return None
    return SegmentFault(segment.position, segment.id, _AFTER_PAYER, _MOVE_IT)


def _fault_of_place(segment: Segment, missing: str) -> SegmentFault:
    if segment.id not in SEGMENTS:
        reason = "a segment that an 837 does not have"
        return SegmentFault(segment.position, "", reason, missing)
    return SegmentFault(segment.position, segment.id, "out of place", missing)


@lru_cache
def _missing_before(segment_id: str, entity: str, loop: str) -> str:
    """What may be missing before a segment of that loop; empty where it may stand."""
    if segment_id not in SEGMENTS:
        return "Send the claim again."
    homes = _HOME.get(segment_id)
    if segment_id == "NM1":
        homes = _HOME_OF_ENTITY.get(entity)
    if homes is not None and loop not in homes:
        return _NO_HL
    if segment_id == "HI" and loop != "2300":
        return _NO_CLM
    return _NO_LX if segment_id in _ONLY_IN_A_LINE and loop in _BEFORE_LINES else ""
