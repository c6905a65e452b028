"""Files that are packed with gzip or zip, unpacked as they are read.

Nothing is written to disk.  What was read before a fault of the archive stays.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import SEEK_END
from typing import IO, BinaryIO

from dsl.errors import PayerkbError
from kb.claims.model import BadClaim, Claim, Remark, renamed
from kb.claims.past import Told

Tell = Callable[[Iterator[bytes], str], Iterator[Told]]
"""Gives what the bytes of an unpacked file tell, by its name."""

MOST_TIMES = 300
"""A file that unpacks to more than so many times its size is given up ..."""
MUCH = 100_000_000
"""... once more bytes than these came out of it: claims pack 10 to 100 times smaller."""
_AT_ONCE = 4096
"""Packed bytes that are unpacked in one step: at most 4 MB come out of them."""
_CHUNK = 1 << 16
_AGAIN = "Copy or download it again."
_UNPACK = "Unpack it first."
_JUNK = ("__MACOSX/", ".DS_Store")
"""Members that systems add and nobody sent."""
_WORKBOOK = "[Content_Types].xml"
_ENCRYPTED = 1
"""The flag of a member that has a password."""
_LONGEST = 100
_END = struct.Struct("<4s6xH10x")
"""The end of a zip archive: its signature, and how many files it holds."""
_END_SIGNATURE = b"PK\x05\x06"
_MANY = 0xFFFF
"""Stands for a number that has no room there."""
_DAMAGED = "the file in the zip archive is damaged: what was read of it may be wrong"
_TWICE = "another file of the archive has a claim of this id: `#` and a number are added to it"


class BrokenArchiveError(PayerkbError):
    """An archive cannot be unpacked any further; ``fix`` says what to do."""

    def __init__(self, reason: str, fix: str = _AGAIN) -> None:
        super().__init__(reason)
        self.fix = fix


def told_of_gzip(chunks: Iterator[bytes], name: str, tell: Tell) -> Iterator[Told]:
    """What a gzip file tells; ``tell`` reads what is in it."""
    try:
        yield from tell(unpacked(chunks), name)
    except BrokenArchiveError as broken:
        yield BadClaim(name, str(broken), broken.fix)


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes that a gzip file holds, of all its parts.

    Raises ``BrokenArchiveError`` where it is cut or damaged, or unpacks to too much.
    """
    part = zlib.decompressobj(zlib.MAX_WBITS | 16)
    size = _Size()
    begun = False
    for chunk in chunks:
        for at in range(0, len(chunk), _AT_ONCE):
            piece = chunk[at : at + _AT_ONCE]
            size.packed += len(piece)
            while piece:
                if part.eof:
                    piece = piece.lstrip(b"\0")
                    if not piece:
                        break
                    part = zlib.decompressobj(zlib.MAX_WBITS | 16)
                begun = True
                out = _inflated(part, piece)
                yield out
                size.count(out)
                piece = part.unused_data
    if begun and not part.eof:
        raise BrokenArchiveError("the gzip file ends before its end")


def _inflated(part: zlib._Decompress, piece: bytes) -> bytes:
    try:
        return part.decompress(piece)
    except zlib.error:
        reason = "the gzip file is damaged: what was read of its last part may be wrong"
        raise BrokenArchiveError(reason) from None


class _Size:
    """How much was unpacked out of how much."""

    def __init__(self) -> None:
        self.packed = 0
        self.unpacked = 0

    def count(self, piece: bytes) -> None:
        """Count a piece; raises ``BrokenArchiveError`` when it all becomes too much."""
        self.unpacked += len(piece)
        if self.unpacked > MUCH and self.unpacked > MOST_TIMES * self.packed:
            reason = (
                f"unpacks to more than {MUCH // 1_000_000} MB and more than {MOST_TIMES}"
                " times its size: the rest is not read"
            )
            raise BrokenArchiveError(reason, _UNPACK)


def told_of_zip(file: BinaryIO, name: str, tell: Tell) -> Iterator[Told]:
    """What each file in a zip archive tells, one after the other.

    ``file`` can be read from any place.  A claim whose id another file of the archive
    has gets ``#`` and a number behind it, with a remark.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        yield BadClaim(
            name, "the zip archive is damaged or ends before its end", _AGAIN
        )
        return
    with archive:
        if _WORKBOOK in archive.namelist():
            fix = "Save the table in it as CSV, with every column as text."
            yield BadClaim(name, "an Excel workbook or another Office file", fix)
            return
        members = [info for info in archive.infolist() if _was_sent(info)]
        if not members:
            yield BadClaim(name, "the zip archive holds no file", _AGAIN)
        if not _lists_all(archive, file):
            reason = "the archive's list of its files is damaged: some are missing"
            yield BadClaim(name, reason, _AGAIN)
        size = _Size()
        size.packed = file.seek(0, SEEK_END)
        seen: dict[str, int] = {}
        for info in members:
            label = (
                f"{name}: {_shown(info.filename)}" if name else _shown(info.filename)
            )
            told = _told_of_member(archive, info, label, size, tell)
            yield from _of_own_ids(told, seen, label)


def _lists_all(archive: zipfile.ZipFile, file: BinaryIO) -> bool:
    """Whether as many members were found as the archive says at its end."""
    file.seek(-(_END.size + len(archive.comment)), SEEK_END)
    signature, number = _END.unpack(file.read(_END.size))
    if signature != _END_SIGNATURE or number == _MANY:
        return True
    return bool(number == len(archive.infolist()))


def _was_sent(info: zipfile.ZipInfo) -> bool:
    # `is_dir` fails for a member without a name.
    is_folder = info.filename.endswith("/")
    return not is_folder and not any(junk in info.filename for junk in _JUNK)


def _shown(name: str) -> str:
    """The name of a member, with nothing in it that moves a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[-_LONGEST:]


def _told_of_member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    label: str,
    size: _Size,
    tell: Tell,
) -> Iterator[Told]:
    try:
        with _opened(archive, info) as member:
            yield from tell(_chunks_of(member, size), label)
    except BrokenArchiveError as broken:
        yield BadClaim(label, str(broken), broken.fix)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """The member to be read; raises ``BrokenArchiveError``."""
    if info.flag_bits & _ENCRYPTED:
        raise BrokenArchiveError("encrypted: its password is not asked for", _UNPACK)
    try:
        return archive.open(info)
    except NotImplementedError:
        raise BrokenArchiveError(
            "packed by a method that is not read", _UNPACK
        ) from None
    except (zipfile.BadZipFile, ValueError, OSError):
        # What an archive says of itself may be anything, as a place below zero.
        raise BrokenArchiveError(_DAMAGED) from None


def _chunks_of(member: IO[bytes], size: _Size) -> Iterator[bytes]:
    """The bytes of a member; raises ``BrokenArchiveError``."""
    try:
        while chunk := member.read(_CHUNK):
            yield chunk
            size.count(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError):
        raise BrokenArchiveError(_DAMAGED) from None


def _of_own_ids(
    told: Iterator[Told], seen: dict[str, int], label: str
) -> Iterator[Told]:
    """The same, each claim with an id that no claim of the archive had before."""
    for one in told:
        if not isinstance(one, Claim):
            yield one
            continue
        times = seen[one.id] = seen.get(one.id, 0) + 1
        if times == 1:
            yield one
            continue
        yield Remark(label, _TWICE, id=one.id)
        yield renamed(one, f"{one.id}#{times}")
