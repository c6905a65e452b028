"""Claims of a file that are alike but for number, patient and days are read once.

A practice bills the same services over and over.  What was read of the first such claim,
where nothing had to be said of it, is kept as a kind, under all that the readers look at;
the next one of the kind takes from its own segments whose it is, its number and its days.
Whatever is not as plain as the first is no hit, and is read with care.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kb.claims.identity import member_in, patient_token
from kb.claims.model import Claim, ClaimLine
from kb.claims.shapes import TEXT
from kb.claims.x12.line import day_in
from kb.claims.x12.loops import ClaimLoops, Loop
from kb.claims.x12.notes import ALSO, Notes
from kb.claims.x12.providers import billing_taxonomy
from kb.claims.x12.segments import Segment

MOST = 4096
"""Kinds that are kept; then they are gathered anew."""
_MOST_DAYS = 64
_READ_REFERENCES = frozenset({"G1", "9F", "F8"})
_UNREAD = frozenset(
    {"NTE", "K3", "PWK", "AMT", "CRC", "CR1", "CR2", "CR3", "CN1", "CL1", "QTY"}
    | {"MEA", "PS1", "HCP", "HSD", "FRM", "PER"}
)
"""Segments of a claim at which no reader looks."""
_OTHER_PAYERS = frozenset({"2320", "2330", "2430", "2440"})
"""Loops of which readers only ask whether a service stands in them by mistake."""
_ONE_DAY = {"D8": 1, "RD8": 2}


@dataclass(slots=True)
class _Own:
    """What a claim has of its own beside its kind."""

    id: str
    member: str
    birth: str
    given: str
    days: tuple[str, ...]
    """Each once, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A claim as the first of its kind, with the place of each line's day."""

    claim: Claim
    places: tuple[int, ...]
    """Of each line, which of the claim's days is its own."""
    remarks: tuple[str, ...]
    """What has to be said of it, all at its first segment."""
    on_days: dict[tuple[str, ...], tuple[ClaimLine, ...]] = field(default_factory=dict)

    def lines(self, days: tuple[str, ...]) -> tuple[ClaimLine, ...]:
        """The lines on these days, which are days."""
        found = self.on_days.get(days)
        if found is None:
            found = tuple(
                _line_on(line, _day(days[place]))
                for line, place in zip(self.claim.lines, self.places, strict=True)
            )
            if len(self.on_days) >= _MOST_DAYS:
                self.on_days.clear()
            self.on_days[days] = found
        return found


@dataclass(slots=True)
class ClaimKinds:
    """The kinds of claims that were met in a file."""

    kept: dict[Hashable, _Kind] = field(default_factory=dict)
    last: tuple[Hashable, _Own] | None = None
    """Of the claim that was asked for last, where it may be the first of a kind."""

    def like(self, loops: ClaimLoops) -> tuple[Claim, Notes | None] | None:
        """The claim and its notes, if it is of a kind that was met; else it has to be read."""
        self.last = _told_apart(loops)
        if self.last is None:
            return None
        key, own = self.last
        kind = self.kept.get(key)
        claim = None if kind is None else _claim_of(kind, own, loops.written)
        if kind is None or claim is None:
            return None
        if not kind.remarks:
            return claim, None
        notes = Notes()
        for text in kind.remarks:
            notes.remark(loops.own[0].segments[0], text)
        return claim, notes

    def keep(self, claim: Claim, notes: Notes | None, opener: Segment) -> None:
        """Keep what was read of the claim asked for last, if it may be read so again."""
        if self.last is None or not said_of_all(notes, opener):
            return
        key, own = self.last
        places = places_of([line.date for line in claim.lines], own.days)
        if places is None or claim.birth is None:
            return
        if len(self.kept) >= MOST:
            self.kept.clear()
        texts = tuple(remark.text for remark in notes.remarks) if notes else ()
        self.kept[key] = _Kind(claim, places, texts)


def said_of_all(notes: Notes | None, opener: Segment) -> bool:
    """Whether the notes name no other segment than the one that opens the claim."""
    if notes is None:
        return True
    return not notes.faults and all(
        remark.position == opener.position and ALSO not in remark.text
        for remark in notes.remarks
    )


def places_of(lines: Iterable[date], days: Sequence[str]) -> tuple[int, ...] | None:
    """Which of the days each line has; ``None`` where it has another."""
    known = {day_in(text): place for place, text in enumerate(days)}
    found = [known.get(day) for day in lines]
    places = tuple(place for place in found if place is not None)
    return places if len(places) == len(found) else None


def _line_on(like: ClaimLine, day: date) -> ClaimLine:
    """The line on another day; `replace` takes twice as long."""
    return ClaimLine(
        like.number,
        like.code,
        day,
        like.modifiers,
        like.units,
        like.place,
        like.diagnoses,
        like.level,
        like.rendering,
        like.authorization,
        like.facts,
        like.charge,
        like.ndc,
    )


def _day(text: str) -> date:
    day = day_in(text)
    assert day is not None
    return day


def _claim_of(kind: _Kind, own: _Own, written: str) -> Claim | None:
    born = day_in(own.birth)
    days = [day_in(text) for text in own.days]
    known = [day for day in days if day is not None]
    if born is None or len(known) < len(days) or (known and min(known) < born):
        return None
    until = day_in(written)
    if until is not None and known and max(known) > until:
        return None
    like = kind.claim
    return Claim(
        own.id,
        patient_token(own.member, own.birth, own.given),
        like.payer,
        kind.lines(own.days),
        like.kind,
        like.plan,
        like.state,
        like.frequency,
        like.replaces,
        like.received,
        like.requested,
        like.authorization,
        like.fields,
        like.chart,
        like.facts,
        like.history,
        born,
        like.charge,
        own.member,
    )


def _told_apart(loops: ClaimLoops) -> tuple[Hashable, _Own] | None:
    """What the claim's kind hangs on, and what is its own; ``None`` for a rare one."""
    if loops.faults or loops.cut:
        return None
    opener = loops.own[0].segments[0]
    key: list[Hashable] = [loops.version, opener.component]
    person = _persons(loops.above, key)
    if person is None:
        return None
    days: list[str] = []
    if not _of_claim(loops.own, key, days):
        return None
    identifier = opener.element(1).strip()
    if not (identifier.isascii() and TEXT.fits(identifier)):
        return None
    member, birth, given = person
    return tuple(key), _Own(identifier, member, birth, given, tuple(days))


def _persons(above: Sequence[Loop], key: list[Hashable]) -> tuple[str, str, str] | None:
    """The patient's member id, birth date and given name; all else goes to the key."""
    subscriber: Loop | None = None
    dependant: Loop | None = None
    for loop in above:
        name, segments = loop
        opened = segments[0].elements
        if opened[0] == "HL":
            filed = loop.first("SBR") if name == "2000B" else None
            taxonomy = billing_taxonomy((loop,))
            key.append((name, filed.element(9) if filed else None, taxonomy))
            continue
        entity = opened[1] if len(opened) > 1 else ""
        if entity == "IL" and name == "2010B" and subscriber is None:
            subscriber = loop
        elif entity == "QC" and name == "2010C" and dependant is None:
            dependant = loop
        else:
            key.append(name)
            key += [segment.elements for segment in segments]
    if subscriber is None or len(subscriber.segments[0].elements) < 10:
        return None
    member = member_in(subscriber.segments[0].elements[9])
    about = (dependant or subscriber).first("DMG")
    if about is None or not member:
        return None
    key.append((dependant is None, about.element(3)))
    given = dependant.segments[0].element(4) if dependant else ""
    return member, about.element(2), given


def _of_claim(own: Sequence[Loop], key: list[Hashable], days: list[str]) -> bool:
    """Add what the readers look at to the key, days by their place among ``days``.

    Whether it could be done: lines whose control numbers repeat are rare.
    """
    controls: set[str] = set()
    for name, segments in own:
        key.append(name)
        for segment in segments:
            elements = segment.elements
            segment_id = elements[0]
            if segment_id in _UNREAD:
                continue
            if segment_id == "DTP":
                key.append(_dated(elements, days))
            elif name in _OTHER_PAYERS:
                key.append(segment_id)
            elif segment_id == "CLM":
                key.append((segment.element(2), segment.element(5)))
            elif segment_id == "REF" and name in ("2300", "2400"):
                qualifier = segment.element(1)
                if qualifier in _READ_REFERENCES:
                    key.append(elements)
                elif qualifier == "6R":
                    number = segment.element(2)
                    if number in controls:
                        return False
                    controls.add(number)
            else:
                key.append(elements)
    return True


def _dated(elements: tuple[str, ...], days: list[str]) -> Hashable:
    """What a date says beside its day; the day itself goes to ``days``."""
    if len(elements) != 4 or elements[1] not in ("472", "434"):
        return elements[1:2] if len(elements) == 4 else elements
    _, qualifier, form, text = elements
    first, *more = text.split("-")
    if _ONE_DAY.get(form) != 1 + len(more) or (more and more[0] != first):
        return elements
    if first not in days:
        days.append(first)
    return qualifier, form, days.index(first)
