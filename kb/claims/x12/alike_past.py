"""Earlier claims of remittances that are alike but for numbers, patient and days, read once.

As ``kb.claims.x12.alike`` does with claims: under all that the reader of remittances looks
at, what it made of the first such claim is kept.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date

from kb.claims.identity import member_in
from kb.claims.model import HistoryLine
from kb.claims.past import PastClaim, PastLine
from kb.claims.shapes import TEXT
from kb.claims.x12.alike import MOST, places_of, said_of_all
from kb.claims.x12.line import day_in
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.past import told_on
from kb.claims.x12.remittance import Remitted

_READ_DAYS = frozenset({"472", "150", "151", "232", "233"})
_READ_REFERENCES = frozenset({"F8", "HPI"})
_READ_OF_CLAIM = (2, 3, 6, 9)
_UNREAD = frozenset({"AMT", "QTY", "PER"})


@dataclass(frozen=True, slots=True)
class _Own:
    """What an earlier claim has of its own beside its kind."""

    id: str
    payers_number: str
    member: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    past: PastClaim
    places: tuple[int, ...]
    """Of each line, which of the claim's days is its own."""
    remarks: tuple[str, ...]


@dataclass(slots=True)
class PastKinds:
    """The kinds of earlier claims that were met in a file."""

    kept: dict[Hashable, _Kind] = field(default_factory=dict)
    last: tuple[Hashable, _Own] | None = None
    """Of the claim that was asked for last, where it may be the first of a kind."""

    def like(self, remitted: Remitted) -> tuple[PastClaim, Notes] | None:
        """The claim and its notes, if it is of a kind that was met; else it has to be read."""
        self.last = _told_apart(remitted)
        if self.last is None:
            return None
        key, own = self.last
        kind = self.kept.get(key)
        told = told_on(remitted.header)
        past = None if kind is None else _past_of(kind, own, told)
        if kind is None or past is None:
            return None
        notes = Notes()
        for text in kind.remarks:
            notes.remark(remitted.claim.segments[0], text)
        return past, notes

    def keep(self, past: PastClaim, notes: Notes, remitted: Remitted) -> None:
        """Keep what was read of the claim asked for last, if it may be read so again."""
        if self.last is None or not said_of_all(notes, remitted.claim.segments[0]):
            return
        key, own = self.last
        places = places_of((line.service.date for line in past.lines), own.days)
        if places is None:
            return
        if len(self.kept) >= MOST:
            self.kept.clear()
        texts = tuple(remark.text for remark in notes.remarks)
        self.kept[key] = _Kind(past, places, texts)


def _past_of(kind: _Kind, own: _Own, told: date | None) -> PastClaim | None:
    days = [day for day in map(day_in, own.days) if day is not None]
    if len(days) < len(own.days):
        return None
    like = kind.past
    return PastClaim(
        own.id,
        own.member,
        like.payer,
        tuple(
            _line_of(line, days[place], own.id)
            for line, place in zip(like.lines, kind.places, strict=True)
        ),
        like.frequency,
        like.replaces,
        like.birth,
        told,
        own.payers_number,
    )


def _line_of(line: PastLine, day: date, claim: str) -> PastLine:
    like = line.service
    service = HistoryLine(
        like.code,
        day,
        like.modifiers,
        like.units,
        like.diagnoses,
        like.level,
        like.status,
        claim,
        like.rendering,
        like.facts,
    )
    return PastLine(service, line.charge, line.paid, line.adjustments, line.remarks)


def _told_apart(remitted: Remitted) -> tuple[Hashable, _Own] | None:
    """What the claim's kind hangs on, and what is its own; ``None`` for a rare one."""
    payer = remitted.header.payer
    if remitted.faults or remitted.cut or payer is None:
        return None
    opener = remitted.claim.segments[0]
    sent, number = opener.element(1).strip(), opener.element(7).strip()
    member = _member(remitted.claim)
    if not (member and sent.strip("0") and _is_plain(sent)):
        return None
    if number and not _is_plain(number):
        return None
    days: list[str] = []
    key: list[Hashable] = [opener.component]
    key += [segment.elements for segment in payer.segments]
    key += map(opener.element, _READ_OF_CLAIM)
    _of_loop(remitted.claim, key, days)
    for service in remitted.services:
        key.append(service.segments[0].elements)
        _of_loop(service, key, days)
    return tuple(key), _Own(sent, number, member, tuple(days))


def _is_plain(text: str) -> bool:
    return text.isascii() and TEXT.fits(text)


def _member(claim: Loop) -> str:
    named = {"IL": "", "QC": ""}
    for segment in claim.segments:
        if segment.elements[0] == "NM1" and segment.element(1) in named:
            named[segment.element(1)] = member_in(segment.element(9))
    return named["IL"] or named["QC"]


def _of_loop(loop: Loop, key: list[Hashable], days: list[str]) -> None:
    """Add what the reader looks at after the loop's first segment to the key."""
    for segment in loop.segments[1:]:
        elements = segment.elements
        segment_id = elements[0]
        if segment_id in _UNREAD:
            continue
        qualifier = elements[1] if len(elements) > 1 else ""
        if segment_id == "DTM":
            if qualifier in _READ_DAYS:
                key.append((qualifier, _place_of(segment.element(2), days)))
        elif segment_id == "NM1":
            if qualifier not in ("QC", "IL"):
                key.append(elements)
        elif segment_id != "REF" or qualifier in _READ_REFERENCES:
            key.append(elements)


def _place_of(day: str, days: list[str]) -> int:
    if day not in days:
        days.append(day)
    return days.index(day)
