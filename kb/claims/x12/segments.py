"""X12 segments from bytes, as they come, with the separators that each ISA names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import chain, count, repeat
from typing import NamedTuple

_ISA_ELEMENTS = 16
_LONGEST_ISA = 400
_LONGEST_SEGMENT = 100_000
_BLANK = "\r\n\t \x1a\0"
"""What may stand between segments: DOS programs end a file with the byte 1A."""
_BYTE_ORDER_MARK = "\xef\xbb\xbf"

_NO_ISA = "the file does not begin with an ISA segment"
_BAD_ISA = "the ISA does not name its separators"
_ENDLESS = "no segment ends within 100,000 characters"
_CUT = "the file ends inside a segment"
_ISA_FIX = "Begin with a whole ISA: 16 elements, a separator, a segment terminator."
_CUT_FIX = "Get the whole file: it ends with an IEA segment and its terminator."


class Segment(NamedTuple):
    """One segment: its place in the file, counted from 1, and its elements.

    ``elements[0]`` is the segment id, so ``elements[3]`` of ``SV1`` is SV103.
    """

    position: int
    elements: tuple[str, ...]
    component: str
    """The character between the components of a composite element."""

    @property
    def id(self) -> str:
        """The segment's id: ``SV1``."""
        return self.elements[0]

    def element(self, number: int) -> str:
        """The element of that number, empty when the segment is shorter."""
        return self.elements[number] if number < len(self.elements) else ""

    def components(self, number: int) -> list[str]:
        """The components of a composite element."""
        return self.element(number).split(self.component)


class SegmentFault(NamedTuple):
    """What is wrong at a segment; its texts hold no value of the file."""

    position: int
    id: str
    reason: str
    fix: str = ""


class Separators(NamedTuple):
    """The characters that an ISA names."""

    element: str
    component: str
    segment: str


_segment_of: Callable[[Iterable[object]], Segment] = partial(tuple.__new__, Segment)


def segments_of(chunks: Iterable[bytes]) -> Iterator[list[Segment] | SegmentFault]:
    """The segments of a file of one or more interchanges, in order, some at a time.

    Line breaks are no part of a segment unless they end it.  A file that ends
    inside a segment gives a fault last.  Bytes are taken as Latin-1, which any
    bytes are; ``as_utf8`` gives a single value back as it was meant.
    """
    separators: Separators | None = None
    known = _Known("")
    position = 0
    rest = ""
    for text in _texts(chunks):
        rest = (rest + text).lstrip(_BLANK)
        switched = bool(rest)
        while switched:
            if separators is None or rest.startswith("ISA"):
                if text and len(rest) < _LONGEST_ISA:
                    break
                separators = separators_of(rest)
            if separators is None:
                reason = _BAD_ISA if rest.startswith("ISA") else _NO_ISA
                yield SegmentFault(position + 1, "", reason, _ISA_FIX)
                return
            pieces, rest, switched = _pieces_of(rest, separators)
            rest = rest.lstrip(_BLANK)
            if known.separator != separators.element:
                known = _Known(separators.element)
            if pieces:
                yield _segments_in(pieces, position, separators, known)
            position += len(pieces)
        if len(rest) > _LONGEST_SEGMENT:
            yield SegmentFault(position + 1, "", _ENDLESS, _ISA_FIX)
            return
    if separators is not None and rest:
        last = _last_segment(rest, position + 1, separators)
        yield [last] if isinstance(last, Segment) else last


class _Known(dict[str, tuple[str, ...]]):
    """The elements of segments by their text: most stand in a file again and again."""

    MOST = 8192
    LONGEST = 200

    def __init__(self, separator: str) -> None:
        super().__init__()
        self.separator = separator

    def __missing__(self, piece: str) -> tuple[str, ...]:
        found = tuple(piece.split(self.separator))
        if len(piece) <= self.LONGEST:
            if len(self) >= self.MOST:
                self.clear()
            self[piece] = found
        return found


def _segments_in(
    pieces: list[str], before: int, separators: Separators, known: _Known
) -> list[Segment]:
    """The segments of texts; ``before`` is the position of the one before them."""
    elements = map(known.__getitem__, pieces)
    # What a named tuple's own constructor does in Python is half of the time here.
    return list(
        map(_segment_of, zip(count(before + 1), elements, repeat(separators.component)))
    )


def as_utf8(value: str) -> str:
    """A value read as Latin-1, as the UTF-8 that it was; unchanged when it was not."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def _texts(chunks: Iterable[bytes]) -> Iterator[str]:
    """Chunks as text, without a byte order mark, then an empty text for the end."""
    texts = (chunk.decode("latin-1") for chunk in chunks)
    first = next(texts, "").removeprefix(_BYTE_ORDER_MARK)
    yield from (text for text in chain((first,), texts) if text)
    yield ""


def separators_of(text: str) -> Separators | None:
    """The separators that the ISA at the start of ``text`` names."""
    if not text.startswith("ISA"):
        return None
    element = text[3:4]
    end = 3
    for _ in range(_ISA_ELEMENTS - 1):
        end = text.find(element, end + 1, _LONGEST_ISA)
        if end < 0:
            return None
    component, segment = text[end + 1 : end + 2], text[end + 2 : end + 3]
    found = {element, component, segment}
    if len(found) < 3 or any(mark.isalnum() or mark in ("", " ") for mark in found):
        return None
    if element in _BLANK or component in _BLANK:
        return None
    return Separators(element, component, segment)


def _pieces_of(text: str, separators: Separators) -> tuple[list[str], str, bool]:
    """Whole segments, the text after them, and whether that is a new interchange.

    A new interchange may have other separators, so it is split by itself.
    """
    if not _next_interchange(separators.segment).search(text):
        *raw, rest = _on_one_line(text, separators.segment).split(separators.segment)
        return [clean for one in raw if (clean := one.strip(_BLANK))], rest, False
    *raw, rest = text.split(separators.segment)
    pieces: list[str] = []
    for index, piece in enumerate(raw):
        if index and piece.lstrip(_BLANK).startswith("ISA"):
            return (
                pieces,
                separators.segment.join((piece, *raw[index + 1 :], rest)),
                True,
            )
        clean = _without_line_breaks(piece)
        if clean:
            pieces.append(clean)
    return pieces, rest, bool(raw) and rest.lstrip(_BLANK).startswith("ISA")


@lru_cache
def _next_interchange(terminator: str) -> re.Pattern[str]:
    """An ISA after the end of a segment."""
    return re.compile(f"{re.escape(terminator)}[{_BLANK}]*ISA")


def _on_one_line(text: str, terminator: str) -> str:
    """The text without line breaks, but for one that ends segments."""
    for mark in "\r\n":
        if mark != terminator:
            text = text.replace(mark, "")
    return text


def _without_line_breaks(piece: str) -> str:
    clean = piece.strip(_BLANK)
    if "\n" in clean or "\r" in clean:
        return clean.replace("\r", "").replace("\n", "")
    return clean


def _last_segment(
    rest: str, position: int, separators: Separators
) -> Segment | SegmentFault:
    """What stands after the last terminator; an IEA needs none, nothing follows it."""
    elements = tuple(_without_line_breaks(rest).split(separators.element))
    if elements[0] == "IEA" and len(elements) == 3:
        return Segment(position, elements, separators.component)
    return SegmentFault(position, "", _CUT, _CUT_FIX)
