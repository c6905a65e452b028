"""Books: a patient's services sorted once for a question that many lines ask.

A book holds the services that a rule counts, by day, and for lines of the same groups;
so a line looks up its days and takes sums from the book, and reads no service again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple, cast

from kb.engine.judge.events import Event, Services, Values, group_values, same
from kb.engine.judge.tally import tally_of
from kb.engine.program import Program, belongs

Why = frozenset[str]
CERTAIN: Why = frozenset()
NOTHING = Decimal(0)
BUILT_IN = frozenset({"side", "level", "code", "provider"})
"""Groups that do not change from day to day."""


class Question(NamedTuple):
    """Which services count: of a code set, by their modifiers, in a line's groups."""

    scope: str | None
    groups: tuple[str, ...] = ()
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    denied: bool = False
    """Whether denied services count too."""


class Entry(NamedTuple):
    """A service that counts, or that may."""

    event: Event
    why: Why
    """The groups that are not known; none for a service that counts for certain."""


@dataclass(slots=True)
class Page:
    """One day of a book."""

    day: date
    entries: list[Entry] = field(default_factory=list)
    sure: list[Event] = field(default_factory=list)
    """The services of the entries that count for certain."""
    retold: list[Entry] = field(default_factory=list)
    """What histories say again of the day's services; it counts nothing."""

    def add(self, event: Event, why: Why) -> None:
        """Enter a service."""
        self.entries.append(Entry(event, why))
        if not why:
            self.sure.append(event)

    def amounts(self, unit: str, program: Program) -> tuple[Decimal, Decimal]:
        """What its services come to in a unit, at least and at most."""
        if unit == "session":
            return Decimal(bool(self.sure)), Decimal(bool(self.entries))
        sure = every = tally_of(unit, self.sure, program)
        if len(self.sure) < len(self.entries):
            every = tally_of(unit, (entry.event for entry in self.entries), program)
        return sure.least, every.most


class Ends(NamedTuple):
    """Running sums over the pages, each beginning with nothing."""

    least: list[Decimal]
    most: list[Decimal]


@dataclass(slots=True)
class Book:
    """The services that a question counts for lines of the same groups, day by day."""

    program: Program
    pages: list[Page]
    days: list[date]
    last_sure: list[int]
    """For each page the last one up to it with a service that is sure; -1 for none."""
    open_pages: dict[Why, list[int]]
    """Where services may count, by why that is not known."""
    notes: dict[Hashable, object] = field(default_factory=dict)

    def until(self, day: date, first: date | None = None) -> Stretch:
        """The days before ``day``, from ``first`` on when it is given."""
        end = bisect_left(self.days, day)
        start = 0 if first is None else min(bisect_left(self.days, first), end)
        return Stretch(self, start, end)

    def after(self, day: date) -> Stretch:
        """The days after ``day``."""
        return Stretch(self, bisect_right(self.days, day), len(self.days))

    def page(self, day: date) -> Page | None:
        """The page of a day; ``None`` when nothing of it counts."""
        at = bisect_left(self.days, day)
        found = at < len(self.days) and self.days[at] == day
        return self.pages[at] if found else None

    def running(self, unit: str) -> Ends:
        """Running sums of a unit, made once."""
        key = ("running", unit)
        if key not in self.notes:
            self.notes[key] = self._running(unit)
        return cast("Ends", self.notes[key])

    def _running(self, unit: str) -> Ends:
        amounts = [page.amounts(unit, self.program) for page in self.pages]
        return Ends(
            list(accumulate((least for least, _most in amounts), initial=NOTHING)),
            list(accumulate((most for _least, most in amounts), initial=NOTHING)),
        )


class Stretch(NamedTuple):
    """Days of a book in a row."""

    book: Book
    start: int
    end: int

    @property
    def pages(self) -> list[Page]:
        """Its days."""
        return self.book.pages[self.start : self.end]

    @property
    def sure(self) -> tuple[Event, ...]:
        """The services that count for certain, in order."""
        return tuple(event for page in self.pages for event in page.sure)

    @property
    def sure_days(self) -> list[date]:
        """The days with such a service."""
        return [page.day for page in self.pages if page.sure]

    @property
    def latest(self) -> tuple[Event, ...]:
        """Those of the latest such day."""
        place = self.book.last_sure[self.end - 1] if self.end else -1
        return tuple(self.book.pages[place].sure) if place >= self.start else ()

    @property
    def of_latest(self) -> list[Page]:
        """The days that may be the latest: back to the last with a sure service."""
        place = self.book.last_sure[self.end - 1] if self.end else -1
        return self.book.pages[max(place, self.start) : self.end]

    def total(self, unit: str, *, most: bool = False) -> Decimal:
        """What its days come to in a unit, at least or at most."""
        if self.start >= self.end:
            return NOTHING
        sums = self.book.running(unit)[most]
        return sums[self.end] - sums[self.start]

    def about(self, unit: str = "") -> Why:
        """The groups that could change an amount.

        A session counts once: what else may belong to a day that counts changes nothing.
        """
        if unit == "session":
            pages = (page for page in self.pages if not page.sure)
            return CERTAIN.union(*(e.why for page in pages for e in page.entries))
        held = (
            why
            for why, places in self.book.open_pages.items()
            if bisect_left(places, self.start) < bisect_left(places, self.end)
        )
        return CERTAIN.union(*held)


def book_of(
    services: Services, question: Question, line: Event, program: Program
) -> Book:
    """The book of a question for lines of the same groups as ``line``; kept for others."""
    if services.notes.get("program") is not program:
        services.notes.clear()
        services.notes["program"] = program
    groups = question.groups
    values = tuple([group_values(line, group, program) for group in groups])
    key = (question, values)
    found = services.notes.get(key)
    if found is None:
        found = services.notes[key] = write_book(services, question, values, program)
    return cast("Book", found)


def write_book(
    services: Services, question: Question, values: tuple[Values, ...], program: Program
) -> Book:
    """Sort a patient's services for a question."""
    asked = list(members(of_codes(services, question, program), question, program))
    # What is retold is no service of its own: it stands on the page of one.
    again = list(members(services.retold, question, program)) if asked else []
    groups = question.groups
    # Sets of other rules often hold the very same services.
    key = "book", groups, values, tuple(map(id, asked)), tuple(map(id, again))
    found = services.notes.get(key)
    if found is None:
        likeness = Likeness(groups, values, program)
        found = services.notes[key] = sorted_by_day(asked, again, likeness, program)
    return cast("Book", found)


def sorted_by_day(
    asked: list[Event], again: list[Event], likeness: Likeness, program: Program
) -> Book:
    """Services that count, and what is told of them again, day by day."""
    pages: dict[date, Page] = {}
    for event in asked:
        why = likeness.of(event)
        if why is not None:
            if event.date not in pages:
                pages[event.date] = Page(event.date)
            pages[event.date].add(event, why)
    for event in again:
        why = likeness.of(event)
        if why is not None and event.date in pages:
            pages[event.date].retold.append(Entry(event, why))
    return bound(list(pages.values()), program)


def bound(pages: list[Page], program: Program) -> Book:
    """Pages in the order of their days, with where to find what."""
    last_sure, open_pages = [], defaultdict(list)
    latest = -1
    for number, page in enumerate(pages):
        if page.sure:
            latest = number
        last_sure.append(latest)
        if len(page.sure) < len(page.entries):
            for why in {entry.why for entry in page.entries if entry.why}:
                open_pages[why].append(number)
    days = [page.day for page in pages]
    return Book(program, pages, days, last_sure, dict(open_pages))


def of_codes(
    services: Services, question: Question, program: Program
) -> Sequence[Event]:
    """The services with a code that is ever in the question's set, in order."""
    if question.scope is None:
        return services.events
    if "codes" not in services.notes:
        places: dict[str, list[int]] = defaultdict(list)
        for place, event in enumerate(services.events):
            places[event.code].append(place)
        services.notes["codes"] = places
    known = cast("dict[str, list[int]]", services.notes["codes"])
    codes = program.sets.get(question.scope, {})
    asked = [code for code in known if code in codes]
    if len(asked) == len(known):
        return services.events
    found = sorted(place for code in asked for place in known[code])
    return [services.events[place] for place in found]


def members(
    events: Iterable[Event], question: Question, program: Program
) -> Iterator[Event]:
    """The services with a code of the set on their day, and with the right modifiers."""
    everything = question.scope is None
    codes = {} if question.scope is None else program.sets.get(question.scope, {})
    has, lacks = question.has, question.lacks
    for event in events:
        if not everything and not belongs(codes, event.code, event.date):
            continue
        if event.denied and not question.denied:
            continue
        if (has or lacks) and not (
            has <= set(event.modifiers) and lacks.isdisjoint(event.modifiers)
        ):
            continue
        yield event


class Likeness:
    """Whether services share the groups of a line; asked once of each kind of service."""

    def __init__(
        self, groups: tuple[str, ...], values: tuple[Values, ...], program: Program
    ) -> None:
        self._groups = tuple(zip(groups, values, strict=True))
        self._program = program
        self._by_day = not BUILT_IN.issuperset(groups)
        self._found: dict[Hashable, Why | None] = {}

    def of(self, event: Event) -> Why | None:
        """The groups that are not known to be shared; ``None`` where one is not."""
        if not self._groups:
            return CERTAIN
        day = event.date if self._by_day else None
        kind = (event.code, event.modifiers, event.level, event.provider, day)
        if kind not in self._found:
            self._found[kind] = self._compared(event)
        return self._found[kind]

    def _compared(self, event: Event) -> Why | None:
        unsure = set()
        for group, value in self._groups:
            alike = same(value, event, group, self._program)
            if alike < 0:
                return None
            if alike == 0:
                unsure.add(group)
        return frozenset(unsure)
