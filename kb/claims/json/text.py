"""JSON text to values, one document after the other, each with its place and faults.

A file is one claim, a list of claims, or one claim a line (NDJSON).  Lines come as
bytes and are decoded by themselves; the items of a list are parsed one at a time.
Nothing here knows what a claim holds but the keys that tell one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple, NoReturn

from kb.claims.encodings import (
    BYTE_ORDER_MARK,
    how_to_save,
    not_utf8,
    wide_encoding,
)
from kb.claims.json.checks import Fault, Faults, object_from_pairs
from kb.claims.shapes import TEXT

MOST_BYTES = 200_000_000
"""Size of a list of claims, or of one line, that is taken into memory."""
_WINDOW = 1 << 20
"""So much of a file is looked at to tell whether it holds a claim a line."""
_TOO_LARGE = f"more than {MOST_BYTES // 1_000_000} MB of JSON in one piece"
_ONE_A_LINE = "Write one claim a line (NDJSON): such a file may have any size."
_CHECK = "Check the commas, quotes and brackets there."


class Document(NamedTuple):
    """One claim's JSON value and its place before the path (``line 3: ``, ``[2].``)."""

    place: str
    value: Any
    faults: Faults
    id: str = ""
    """The claim's id, where the value cannot tell it."""


class _NotANumberError(ValueError):
    pass


def documents_of(chunks: Iterable[bytes]) -> Iterator[Document]:
    """The documents of a JSON text in UTF-8.  Never raises for bytes."""
    rest = iter(chunks)
    start, per_line = first_part(rest)
    yield from _documents_of(chain((start,), rest), per_line=per_line)


def documents_of_text(text: str) -> Iterator[Document]:
    """The documents of a JSON text that is given whole."""
    content = text.encode("utf-8", "surrogatepass").removeprefix(BYTE_ORDER_MARK)
    per_line = is_one_claim_a_line(content, complete=True)
    yield from _documents_of((content,), per_line=bool(per_line))


def _documents_of(everything: Iterable[bytes], *, per_line: bool) -> Iterator[Document]:
    if per_line:
        for number, line in enumerate(lines_of(everything), 1):
            if line.strip():
                yield from _documents_of_line(line, number)
    else:
        yield from _documents_of_whole(everything)


def documents_of_value(value: object) -> Iterator[Document]:
    """The documents of a value that is parsed already."""
    if not isinstance(value, list):
        yield Document("", value, [])
        return
    for index, item in enumerate(value):
        yield Document(f"[{index}]", item, [])


def is_one_claim_a_line(start: bytes, *, complete: bool) -> bool | None:
    """Whether the lines of a text are claims of their own, even if some are broken.

    ``None`` when more of the text than ``start`` has to be seen.  One claim spread
    over lines has no line that is a whole claim; a list begins with its bracket.
    """
    lines = start.split(b"\n")
    if not complete:
        lines.pop()
    filled = list(filter(None, map(bytes.strip, lines)))
    if len(filled) < 2:
        return False if complete else None
    if filled[0][:1] == b"[" and filled[0][1:].lstrip()[:1] in (b"", b"{"):
        return False
    objects = [line for line in filled if line[:1] == b"{" and line[-1:] == b"}"]
    # A resource inside another one may stand on a line of its own.
    marks = _OUR_MARKS if filled[0][-1:] in _OPEN else _MARKS
    if any(_is_a_claim(line, marks) for line in objects):
        return True
    if not complete and len(start) < _WINDOW:
        return None
    return len(objects) * 2 >= len(filled)


def _is_a_claim(line: bytes, marks: tuple[str, ...]) -> bool:
    value, _ = _parsed(line.decode("utf-8", "replace"), 0)
    return _holds_a_claim(value, marks)


_OUR_MARKS = ("lines", "payer")
_MARKS = (*_OUR_MARKS, "resourceType", "claimInformation")
"""Keys by which a whole claim is told, of ours and of other formats."""
_OPEN = (b"{", b"[", b",", b":")
"""Ends of a first line that is only the begin of a value."""


def _holds_a_claim(value: object, marks: tuple[str, ...] = _MARKS) -> bool:
    return isinstance(value, dict) and any(mark in value for mark in marks)


def first_part(chunks: Iterator[bytes]) -> tuple[bytes, bool]:
    """As much of a text as tells whether it holds a claim a line, and whether.

    A byte order mark is left out.
    """
    start = bytearray(next(chunks, b"").removeprefix(BYTE_ORDER_MARK))
    complete, few = False, True
    more = b"\n"
    while True:
        if complete or len(start) >= _WINDOW or (few and b"\n" in more):
            found = is_one_claim_a_line(bytes(start), complete=complete)
            if found is not None or len(start) > MOST_BYTES:
                return bytes(start), bool(found)
            few = start.count(b"\n") < 2
        more = next(chunks, b"")
        complete = not more
        start += more


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text without their line feeds; what is too long comes cut."""
    rest: list[bytes] = []
    held = 0
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        if held <= MOST_BYTES:
            rest.append(first)
            held += len(first)
        if others:
            yield b"".join(rest)
            yield from others[:-1]
            rest, held = [others[-1]], len(others[-1])
    yield b"".join(rest)


def _documents_of_line(line: bytes, number: int) -> Iterator[Document]:
    """The claim of a line; when it is broken, the claims that stand whole in it.

    One byte that is lost or spoilt at the end of a line joins it to the next.
    """
    found = _document_of_line(line, number)
    joined = _joined_claims(line) if found.faults else []
    if not joined:
        yield found
        return
    reason = f"{len(joined)} claims in one line"
    fault = Fault("", reason, "Write each on a line of its own.")
    yield Document(found.place, None, [fault])
    for piece in joined:
        yield _document_of_line(piece, number)


_MOST_BETWEEN = 4


def _joined_claims(line: bytes) -> list[bytes]:
    """The claims of a line that is nothing but claims, with a few bytes between."""
    text = line.decode("utf-8", "surrogateescape").strip().removeprefix("\ufeff")
    pieces: list[bytes] = []
    at = end = 0
    try:
        while 0 <= at <= end + _MOST_BETWEEN:
            value, end = _DECODER.raw_decode(text, at)
            if not _holds_a_claim(value):
                return []
            pieces.append(text[at:end].encode("utf-8", "surrogateescape"))
            at = text.find("{", end)
    except (ValueError, RecursionError):
        return []
    return pieces if at < 0 and len(pieces) > 1 else []


def _document_of_line(line: bytes, number: int) -> Document:
    place = f"line {number}: "
    if len(line) > MOST_BYTES:
        return Document(place, None, [Fault("", _TOO_LARGE, "")], id_in(line))
    if wide := wide_encoding(line):
        fault = Fault("", f"{wide} text, expected UTF-8", how_to_save(wide))
        return Document(place, None, [fault])
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode("utf-8")) + 1
        where = f"line {number}, column {column}"
        fault = Fault("", *not_utf8(line.rstrip(b"\r"), where))
        return Document(place, None, [fault], id_in(line))
    value, faults = _parsed(text.removeprefix("\ufeff"), number)
    return Document(place, value, faults, id_in(line) if faults else "")


_VALUE = rb'[ \t]*:[ \t]*"([^"\\]{1,100})"'
_ID = re.compile(
    rb'"(?:claim|patientControlNumber)"'
    + _VALUE
    + rb'|"resourceType"[ \t]*:[ \t]*"(?:Claim|ExplanationOfBenefit)"[ \t]*,[ \t]*"id"'
    + _VALUE
)


def id_in(broken: bytes) -> str:
    """The claim's id in a piece of JSON that cannot be parsed; empty if not plain.

    What stands after the history's begin may be the id of an earlier claim.
    """
    found = _ID.search(broken.partition(b'"history"')[0][:_WINDOW])
    text = (found[1] or found[2]).decode("utf-8", "replace") if found else ""
    return text if TEXT.fits(text) and text.isprintable() else ""


def _documents_of_whole(chunks: Iterable[bytes]) -> Iterator[Document]:
    content = _joined(chunks)
    if content is None:
        yield Document("", None, [Fault("", _TOO_LARGE, _ONE_A_LINE)])
        return
    # Bytes that are no UTF-8 become surrogates, so that other items are still read.
    text = content.decode("utf-8", "surrogateescape")
    del content
    begin = _after_blanks(text, 0)
    if text[begin : begin + 1] == "[":
        yield from _items_of(text, begin + 1)
        return
    faults = _strange_bytes(text, 0, len(text), 1)
    value, unread = (None, faults) if faults else _parsed(text, 0)
    yield Document("", value, unread, _id_of(text, 0, len(text), unread))


def _joined(chunks: Iterable[bytes]) -> bytes | None:
    """All of a text; ``None`` when it is too large."""
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > MOST_BYTES:
            return None
    return bytes(found)


def _items_of(text: str, at: int) -> Iterator[Document]:
    """The items of the list whose bracket stands before ``at``, as they are parsed."""
    try:
        for index, (begin, end, line, value) in enumerate(_values_of(text, at)):
            faults = _strange_bytes(text, begin, end, line)
            identifier = _id_of(text, begin, end, faults)
            at = end
            yield Document(f"[{index}]", value, faults, identifier)
    except (ValueError, RecursionError) as error:
        faults = [_fault_of(error, 0)]
        yield Document("", None, faults, _id_of(text, at, len(text), faults))


def _values_of(text: str, at: int) -> Iterator[tuple[int, int, int, Any]]:
    """Begin, end, line and value of each item; raises where the list is broken."""
    line, counted = 1, 0
    at = _after_blanks(text, at)
    first = at
    while not (at == first and text[at : at + 1] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        value, end = _DECODER.raw_decode(text, at)
        yield at, end, line, value
        at = _after_blanks(text, end)
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
        at = _after_blanks(text, at + 1)
    end = _after_blanks(text, at + 1)
    if end < len(text):
        raise json.JSONDecodeError("Extra data", text, end)


_BLANK = re.compile(r"[ \t\n\r]*")


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    assert found is not None
    return found.end()


def _id_of(text: str, at: int, end: int, faults: Faults) -> str:
    """The id in a piece of text that has faults, where it can be found."""
    if not faults:
        return ""
    return id_in(text[at : min(end, at + _WINDOW)].encode("utf-8", "surrogateescape"))


_STRANGE = re.compile("[\udc80-\udcff]")
_AROUND = 100


def _strange_bytes(text: str, at: int, end: int, line: int) -> Faults:
    """The fault of a piece of text, which begins in ``line``, that is no UTF-8."""
    if text.isascii() or (found := _STRANGE.search(text, at, end)) is None:
        return []
    spot = found.start()
    column = spot - text.rfind("\n", 0, spot)
    place = f"line {line + text.count(_LF, at, spot)}, column {column}"
    around = text[max(at, spot - _AROUND) : spot + _AROUND]
    return [Fault("", *not_utf8(around.encode("utf-8", "surrogateescape"), place))]


_LF = "\n"


def _parsed(text: str, line: int) -> tuple[Any, Faults]:
    """The JSON value of ``text``; ``line`` is its line in the file, 0 for all of it."""
    try:
        return _DECODER.decode(text), []
    except (ValueError, RecursionError) as error:
        return None, [_fault_of(error, line)]


def _fault_of(error: ValueError | RecursionError, line: int) -> Fault:
    match error:
        case json.JSONDecodeError():
            place = f"line {line or error.lineno}, column {error.colno}"
            reason = f"not JSON at {place}: {_in_words(error.msg)}"
        case _NotANumberError():
            reason = "not JSON: NaN and Infinity are no JSON numbers"
        case RecursionError():
            reason = "lists or objects stand too deep inside each other"
        case _:
            reason = "a number has more digits than a claim can hold"
    return Fault("", reason, _CHECK)


def _in_words(message: str) -> str:
    return message[:1].lower() + message[1:]


def _refuse_constant(_: str) -> NoReturn:
    raise _NotANumberError


_DECODER = json.JSONDecoder(
    object_pairs_hook=object_from_pairs, parse_constant=_refuse_constant
)
