"""Claims from a file or from standard input, whichever format it holds.

The reader of a format is imported with the first file of it: a command for one claim in
our JSON starts without the others.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal

from dsl.errors import PayerkbError
from kb.claims.encodings import BYTE_ORDER_MARK, how_to_save, wide_encoding
from kb.claims.formats import GZIP, NOT_READ, PARQUET, ZIP, other_file
from kb.claims.json.reader import stream_json
from kb.claims.json.text import MOST_BYTES, first_part
from kb.claims.model import (
    BadClaim,
    Read,
    ReadResult,
    read_result,
)
from kb.claims.past import Told, answerable

_CHUNK = 1 << 16
_FORMATS = "Give an X12 file, JSON claims or a table of claims."
_NEITHER = (
    "neither X12 (begins with ISA) nor JSON (begins with { or [) nor a table that begins"
    " with the names of its columns"
)


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

    Earlier claims, as a remittance tells them, are no claims to answer.
    """
    return answerable(tell_chunks(chunks, name), name)


def tell_chunks(chunks: Iterator[bytes], name: str = "") -> Iterator[Told]:
    """The same with each earlier claim that the file tells of."""
    return tell_from(first_filled(chunks), chunks, name)


def tell_from(start: bytes, chunks: Iterator[bytes], name: str = "") -> Iterator[Told]:
    """The same of a file of which ``first_filled`` has taken the start."""
    match format_of(start):
        case "gzip":
            from kb.claims.archives import told_of_gzip  # noqa: PLC0415

            packed = chain((start,), chunks)
            yield from told_of_gzip(packed, name, _tell_unpacked)
        case "zip":
            from kb.claims.archives import told_of_zip  # noqa: PLC0415

            file = _file_of(start, chunks)
            if file is None:
                yield BadClaim(name, *_too_large("a zip archive"))
            else:
                yield from told_of_zip(file, name, _tell_unpacked)
        case _:
            yield from _tell(start, chunks, name)


def _tell_unpacked(chunks: Iterator[bytes], name: str) -> Iterator[Told]:
    """What a file tells that was packed."""
    start = first_filled(chunks)
    if format_of(start) in ("gzip", "zip"):
        reason = "an archive inside an archive"
        yield BadClaim(name, reason, "Unpack it, and give what is in it.")
    else:
        yield from _tell(start, chunks, name)


def _tell(start: bytes, chunks: Iterator[bytes], name: str) -> Iterator[Told]:
    everything = chain((start,), chunks)
    match format_of(start):
        case "x12":
            from kb.claims.x12.reader import tell_x12  # noqa: PLC0415

            yield from tell_x12(everything, name)
        case "json":
            yield from stream_json(everything, name)
        case "table":
            from kb.claims.rows.text import stream_table  # noqa: PLC0415

            yield from stream_table(everything, name)
        case "parquet":
            from kb.claims.rows.parquet import stream_parquet  # noqa: PLC0415

            file = _file_of(start, chunks)
            if file is None:
                yield BadClaim(name, *_too_large("a Parquet file"))
            else:
                yield from stream_parquet(file, name)
        case _:
            yield from _with_a_strange_start(everything, name)


def _file_of(start: bytes, chunks: Iterator[bytes]) -> BinaryIO | None:
    """A file that can be read from any place: its own, else its bytes in memory.

    ``None`` when these are too many.
    """
    if isinstance(chunks, Chunks) and chunks.stream.seekable():
        chunks.stream.seek(chunks.begin)
        return chunks.stream
    content = bytearray()
    for chunk in chain((start,), chunks):
        content += chunk
        if len(content) > MOST_BYTES:
            return None
    return BytesIO(bytes(content))


def _too_large(called: str) -> tuple[str, str]:
    reason = (
        f"{called} of more than {MOST_BYTES // 1_000_000} MB that comes through a pipe"
    )
    return (
        f"{reason} or out of an archive",
        "Give its path: then only parts of it are read.",
    )


Format = Literal["x12", "json", "table", "parquet", "gzip", "zip", ""]


def format_of(start: bytes) -> Format:
    """What a file is that begins so; empty when its first line does not tell."""
    if start.startswith(GZIP):
        return "gzip"
    if start.startswith(ZIP):
        return "zip"
    if start.startswith(PARQUET):
        return "parquet"
    if wide_encoding(start):
        return ""
    begin = start.removeprefix(BYTE_ORDER_MARK).lstrip()[:3]
    if begin == b"ISA":
        return "x12"
    if begin.startswith((b"{", b"[")):
        return "json"
    from kb.claims.rows.text import is_a_table  # noqa: PLC0415

    return "table" if is_a_table(start) else ""


class Chunks(Iterator[bytes]):
    """The bytes of a stream as they come, and the stream itself."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.stream = stream
        self.begin = stream.tell() if stream.seekable() else 0
        self._name = name
        # A raw pipe gives what is there; `read` would wait until a chunk is full.
        self._read = getattr(stream, "read1", stream.read)

    def __next__(self) -> bytes:
        try:
            chunk: bytes = self._read(_CHUNK)
        except OSError as error:
            named = self._name or "the file"
            raise ClaimFileError(f"{named} cannot be read: {_why(error)}.") from None
        if not chunk:
            raise StopIteration
        return chunk


def chunks_of(stream: BinaryIO, name: str = "") -> Chunks:
    """The bytes of a stream as they come, for a pipe without waiting for more.

    Raises ``ClaimFileError`` when reading fails.
    """
    return Chunks(stream, name)


def first_filled(chunks: Iterator[bytes]) -> bytes:
    """The chunks up to the first that is not blank, and that tells the format.

    A table is told by its header, which is read to its end.
    """
    found = b""
    for chunk in chunks:
        found += chunk
        filled = found.removeprefix(BYTE_ORDER_MARK).lstrip()
        if filled and (b"\n" in filled or len(found) > _CHUNK or format_of(found)):
            break
    return found


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
    from kb.claims.rows.layouts import HOW_TO_NAME  # noqa: PLC0415
    from kb.claims.rows.text import why_no_table  # noqa: PLC0415

    if missing := why_no_table(start):
        return BadClaim(name, missing, HOW_TO_NAME)
    if other := other_file(start):
        return BadClaim(name, f"{other}: {NOT_READ}", _FORMATS)
    if b"\0" in start:
        return BadClaim(name, "a binary file, not claims", _FORMATS)
    return BadClaim(name, _NEITHER, _FORMATS)
