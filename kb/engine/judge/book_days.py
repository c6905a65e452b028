"""One day of a book: what counts up to a line, and what stands beside it.

The lines of a claim are taken in the order of their numbers, after the history of the
day.  Between claims of a run there is no order: each counts all lines of the others,
so that neither stands before the other by its name or its place in a file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import NamedTuple, TypeVar, cast

from kb.engine.judge.books import CERTAIN, Book, Entry, Why
from kb.engine.judge.events import Event
from kb.engine.judge.tally import Tally, tally_of

HISTORY = ""
Made = TypeVar("Made")


@dataclass(slots=True)
class Sums:
    """What some services of one day come to."""

    sure: Tally
    every: Tally
    whys: dict[Why, int] = field(default_factory=dict)
    """How many of them only may count, by why."""

    def copy(self) -> Sums:
        """Sums of their own."""
        return Sums(self.sure.copy(), self.every.copy(), self.whys.copy())

    def add(self, entry: Entry, times: int = 1) -> None:
        """Count a service; with ``times`` -1 take it away again."""
        self.every.add(entry.event, times)
        if entry.why:
            self.whys[entry.why] = self.whys.get(entry.why, 0) + times
        else:
            self.sure.add(entry.event, times)

    def with_line(self, line: Event) -> Sums:
        """The sums with a line, which itself always counts."""
        found = self.copy()
        found.add(Entry(line, CERTAIN))
        return found

    @property
    def about(self) -> Why:
        """The groups that are not known of the services that may count."""
        return CERTAIN.union(*(why for why, number in self.whys.items() if number))


class Steps(NamedTuple):
    """A claim's lines of a day, and the sums before each of them and after all."""

    numbers: list[int]
    sums: list[Sums]
    certain: frozenset[int]
    """The places of the lines that count for certain, which only stand for themselves."""


class Others(NamedTuple):
    """The services of a line's day without the line."""

    sure: int
    maybe: int
    about: Why


NO_OTHERS = Others(0, 0, CERTAIN)


def today(book: Book, unit: str, line: Event) -> Sums:
    """A line's day up to and with it, all lines of other claims included."""
    return _up_to(book, unit, line, alone=False)


def alone(book: Book, unit: str, line: Event) -> Sums:
    """The same as if no other claim of the run had lines on the day."""
    return _up_to(book, unit, line, alone=True)


class Beside(NamedTuple):
    """The lines of other claims of the run that count on a line's day."""

    first: tuple[tuple[str, int], ...]
    """Claim and number of some of them, in order of the names."""
    number: int
    """How many they are."""


def beside(book: Book, line: Event, most: int) -> Beside:
    """The lines of other claims on a line's day; at most so many by name."""
    given = _kept(book, ("given", line.date), lambda: _given(book, line.date))
    own = _by_claim(book, line.date).get(line.claim, [])
    others = (name for name in given if name[0] != line.claim)
    number = len(given) - sum(not entry.why for entry in own)
    return Beside(tuple(islice(others, most)), number)


def _given(book: Book, day: date) -> list[tuple[str, int]]:
    """The lines of the run that count for certain on a day, by claim and number."""
    page = book.page(day)
    events = page.sure if page else []
    return sorted((event.claim, event.line) for event in events if event.line)


def staying(book: Book, unit: str, line: Event) -> Sums:
    """What the lines of other claims on a line's day come to."""
    claims = _by_claim(book, line.date)
    rest = _whole_day(book, unit, line.date).copy()
    for entry in (*claims.get(HISTORY, ()), *claims.get(line.claim, ())):
        rest.add(entry, -1)
    return rest


def others_today(book: Book, line: Event) -> Others:
    """The services of a line's day, but for the line itself."""
    if book.page(line.date) is None:
        return NO_OTHERS
    whys = _whole_day(book, "line", line.date).whys.copy()
    sure = _whole_day(book, "line", line.date).sure.lines
    own = _entry_of(book, line)
    if own is not None and own.why:
        whys[own.why] -= 1
    elif own is not None:
        sure -= 1
    about = CERTAIN.union(*(why for why, number in whys.items() if number))
    return Others(sure, sum(whys.values()), about)


def codes_beside(book: Book, line: Event) -> list[str]:
    """The codes of the services that may stand beside a line on its day."""
    codes: Counter[str] = _kept(
        book, ("codes", line.date), lambda: _codes(book, line.date)
    )
    own = line.code if _entry_of(book, line) else ""
    return sorted(code for code, n in codes.items() if n > (code == own))


def _codes(book: Book, day: date) -> Counter[str]:
    return Counter(entry.event.code for entry in _entries(book, day))


def _up_to(book: Book, unit: str, line: Event, *, alone: bool) -> Sums:
    claims = _by_claim(book, line.date)
    if not claims or (len(claims) == 1 and _is_alone(claims.get(line.claim), line)):
        # A line counts itself for certain: at least and at most are the same.
        only = tally_of(unit, (line,), book.program)
        return Sums(only, only)
    numbers, sums, certain = _kept(
        book,
        ("steps", unit, line.date, line.claim, alone),
        lambda: _steps(book, unit, line, alone=alone),
    )
    place = bisect_left(numbers, line.line)
    if place in certain and numbers[place] == line.line:
        return sums[place + 1]
    return sums[place].with_line(line)


def _is_alone(own: list[Entry] | None, line: Event) -> bool:
    """Whether a line is all that its claim has of a day."""
    return own is not None and len(own) == 1 and own[0].event.line == line.line


def _steps(book: Book, unit: str, line: Event, *, alone: bool) -> Steps:
    claims = _by_claim(book, line.date)
    own = claims.get(line.claim, [])
    if alone or claims.keys() <= {HISTORY, line.claim}:
        now = _summed(book, unit, claims.get(HISTORY, []))
    else:
        now = _whole_day(book, unit, line.date).copy()
        for entry in own:
            now.add(entry, -1)
    sums = [now]
    for entry in own:
        now = now.copy()
        now.add(entry)
        sums.append(now)
    certain = frozenset(i for i, entry in enumerate(own) if not entry.why)
    return Steps([entry.event.line for entry in own], sums, certain)


def _whole_day(book: Book, unit: str, day: date) -> Sums:
    """The sums of all services of a day."""
    return _kept(
        book, ("day", unit, day), lambda: _summed(book, unit, _entries(book, day))
    )


def _summed(book: Book, unit: str, entries: Iterable[Entry]) -> Sums:
    found = Sums(Tally(unit, book.program), Tally(unit, book.program))
    for entry in entries:
        found.add(entry)
    return found


def _entry_of(book: Book, line: Event) -> Entry | None:
    """The line as a service of its day; ``None`` where it does not count for others."""
    own = _by_claim(book, line.date).get(line.claim, [])
    place = bisect_left(own, line.line, key=lambda entry: entry.event.line)
    found = place < len(own) and own[place].event.line == line.line
    return own[place] if found else None


def _by_claim(book: Book, day: date) -> dict[str, list[Entry]]:
    """The services of a day by claim, in order; those of the history have none."""
    return _kept(book, ("claims", day), lambda: _sorted_by_claim(_entries(book, day)))


def _sorted_by_claim(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.event.claim if entry.event.line else HISTORY].append(entry)
    return found


def _entries(book: Book, day: date) -> list[Entry]:
    """The services of a day; a denied one never counts on its own day."""
    page = book.page(day)
    return [e for e in page.entries if not e.event.denied] if page else []


def _kept(book: Book, key: Hashable, make: Callable[[], Made]) -> Made:
    """What ``make`` gives, made once for a book."""
    if key not in book.notes:
        book.notes[key] = make()
    return cast("Made", book.notes[key])
