"""Claims from a file or from standard input, whichever format it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from kb.claims.json_reader import read_json
from kb.claims.model import BadClaim, ReadResult
from kb.claims.x12 import read_x12

_CHUNK = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMATS = "Give an X12 837P file or JSON claims."


class ClaimFileError(Exception):
    """A claim file cannot be opened or read; its text says why and what to give."""


def read_claims(path: str | Path) -> ReadResult:
    """The claims of the file at ``path``, or of standard input for ``-``.

    Raises ``ClaimFileError`` when there is no readable file; whatever a readable
    file holds gives a ``ReadResult``.
    """
    if str(path) == "-":
        return read_stream(sys.stdin.buffer, "standard input")
    file = Path(path)
    if file.is_dir():
        raise ClaimFileError(f"{file} is a folder. Name a claim file in it.")
    try:
        with file.open("rb") as stream:
            return read_stream(stream, file.name)
    except FileNotFoundError:
        raise ClaimFileError(f"There is no file {file}. Check its name.") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name is not one"
        raise ClaimFileError(f"{file} cannot be read: {why}.") from None


def read_stream(stream: BinaryIO, name: str = "") -> ReadResult:
    """The claims of a binary stream; its first bytes tell the format."""
    chunks = _chunks(stream)
    first = next(chunks, b"")
    start = first.removeprefix(_BYTE_ORDER_MARK).lstrip()
    everything = chain((first,), chunks)
    if start.startswith(b"ISA"):
        return read_x12(everything, name)
    if start.startswith((b"{", b"[")):
        return _read_json(everything, name)
    return ReadResult((), (_not_a_claim_file(start, name),))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _read_json(chunks: Iterable[bytes], name: str) -> ReadResult:
    content = b"".join(chunks)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        place = f"{name}: line {line}" if name else f"line {line}"
        bad = BadClaim(place, "not UTF-8 text", "Save the file as UTF-8.")
        return ReadResult((), (bad,))
    return read_json(text, name)


def _not_a_claim_file(start: bytes, name: str) -> BadClaim:
    if not start:
        return BadClaim(name, "the file is empty", _FORMATS)
    if start.startswith((b"GS", b"ST")):
        reason = "X12 without its ISA segment, which names the separators"
        return BadClaim(name, reason, "Give the whole file, from its ISA on.")
    if b"\0" in start:
        return BadClaim(name, "a binary file, not claims", _FORMATS)
    reason = "neither X12 (begins with ISA) nor JSON (begins with { or [)"
    return BadClaim(name, reason, _FORMATS)
