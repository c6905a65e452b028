"""Claims from a file or from standard input, whichever format it holds."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal

from dsl.errors import PayerkbError
from kb.claims.encodings import BYTE_ORDER_MARK, how_to_save, wide_encoding
from kb.claims.formats import NOT_READ, other_file
from kb.claims.json.reader import stream_json
from kb.claims.json.text import first_part
from kb.claims.model import BadClaim, Read, ReadResult, read_result
from kb.claims.past import Told, answerable
from kb.claims.x12.reader import tell_x12

_CHUNK = 1 << 16
_FORMATS = "Give an X12 837P file or JSON claims."


class ClaimFileError(PayerkbError):
    """A claim file cannot be opened or read; its text says why and what to give."""


def read_claims(path: str | Path) -> ReadResult:
    """The claims of the file at ``path``, or of standard input for ``-``.

    Raises ``ClaimFileError`` when there is no readable file; whatever a readable
    file holds gives a ``ReadResult``.
    """
    return read_result(stream_claims(path))


def stream_claims(path: str | Path) -> Iterator[Read]:
    """Each claim, fault and remark of a file as soon as it has been read.

    For files larger than memory: nothing is kept but the ids of the claims.  Raises
    ``ClaimFileError`` as ``read_claims`` does, when the first is asked for.
    """
    with opened(path) as (stream, name):
        yield from stream_chunks(chunks_of(stream, name), name)


def read_stream(stream: BinaryIO, name: str = "") -> ReadResult:
    """The claims of a binary stream; its first bytes tell the format."""
    return read_result(stream_chunks(chunks_of(stream, name), name))


@contextmanager
def opened(path: str | Path) -> Iterator[tuple[BinaryIO, str]]:
    """The file at ``path``, or standard input, and its name for places of faults.

    What fails while it is read from raises ``ClaimFileError`` too.
    """
    if str(path) == "-":
        if sys.stdin is None:
            raise ClaimFileError("There is no standard input. Name a claim file.")
        yield sys.stdin.buffer, "standard input"
        return
    file = Path(path)
    if file.is_dir():
        raise ClaimFileError(f"{file} is a folder. Name a claim file in it.")
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        raise ClaimFileError(f"There is no file {file}. Check its name.") from None
    except (OSError, ValueError) as error:
        raise ClaimFileError(f"{file} cannot be read: {_why(error)}.") from None
    with stream:
        yield stream, file.name


def _why(error: OSError | ValueError) -> str | None:
    return error.strerror if isinstance(error, OSError) else "its name is not one"


def can_be_read_twice(stream: BinaryIO) -> bool:
    """Whether the stream is a regular file, not a pipe, terminal or device."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def stream_chunks(chunks: Iterator[bytes], name: str = "") -> Iterator[Read]:
    """Each claim, fault and remark of a file's bytes as soon as it has been read.

    Earlier claims, as a remittance tells them, are one fault: they are no claims to answer.
    """
    return answerable(tell_chunks(chunks, name), name)


def tell_chunks(chunks: Iterator[bytes], name: str = "") -> Iterator[Told]:
    """The same with each earlier claim that the file tells of."""
    start = first_filled(chunks)
    everything = chain((start,), chunks)
    match format_of(start):
        case "x12":
            yield from tell_x12(everything, name)
        case "json":
            yield from stream_json(everything, name)
        case _:
            yield from _with_a_strange_start(everything, name)


Format = Literal["x12", "json", ""]


def format_of(start: bytes) -> Format:
    """What a file is that begins so; empty when its first line does not tell."""
    if wide_encoding(start):
        return ""
    begin = start.removeprefix(BYTE_ORDER_MARK).lstrip()[:3]
    if begin == b"ISA":
        return "x12"
    return "json" if begin.startswith((b"{", b"[")) else ""


def chunks_of(stream: BinaryIO, name: str = "") -> Iterator[bytes]:
    """The bytes of a stream as they come, for a pipe without waiting for more.

    Raises ``ClaimFileError`` when reading fails.
    """
    # A raw pipe gives what is there; `read` would wait until a chunk is full.
    read = getattr(stream, "read1", stream.read)
    try:
        while chunk := read(_CHUNK):
            yield chunk
    except OSError as error:
        named = name or "the file"
        raise ClaimFileError(f"{named} cannot be read: {_why(error)}.") from None


def first_filled(chunks: Iterator[bytes]) -> bytes:
    """The chunks up to the first that is not blank."""
    found: list[bytes] = []
    for chunk in chunks:
        found.append(chunk)
        if chunk.removeprefix(BYTE_ORDER_MARK).strip():
            break
    return b"".join(found)


def _with_a_strange_start(chunks: Iterator[bytes], name: str) -> Iterator[Told]:
    """A file whose first line is no claim; those after it may be claims."""
    start, per_line = first_part(chunks)
    if per_line:
        yield from stream_json(chain((start,), chunks), name)
    else:
        yield _not_a_claim_file(start.lstrip(), name)


def _not_a_claim_file(start: bytes, name: str) -> BadClaim:
    if not start:
        return BadClaim(name, "the file is empty", _FORMATS)
    if wide := wide_encoding(start):
        reason = f"{wide} text, expected UTF-8"
        return BadClaim(name, reason, how_to_save(wide))
    if start.startswith((b"GS", b"ST")):
        reason = "X12 without its ISA segment, which names the separators"
        return BadClaim(name, reason, "Give the whole file, from its ISA on.")
    if other := other_file(start):
        return BadClaim(name, f"{other}: {NOT_READ}", _FORMATS)
    if b"\0" in start:
        return BadClaim(name, "a binary file, not claims", _FORMATS)
    reason = "neither X12 (begins with ISA) nor JSON (begins with { or [)"
    return BadClaim(name, reason, _FORMATS)
