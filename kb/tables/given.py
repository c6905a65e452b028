"""What was given to be imported: files, and what lies in zips, within bounds.

Nothing is ever unpacked under a name of the zip.  A zip in a zip is copied into a
nameless temporary file, as deep as CMS nests them and no deeper; sizes are counted as
bytes come, whatever the zip says of itself.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from kb.tables.errors import TableFileError

DEEPEST = 3
"""Zips inside zips; the coverage database has two."""
MOST_MEMBERS = 2_000
MOST_BYTES = 6 << 30
"""Unpacked, of one given file.  The largest of CMS's are below two gigabytes."""
MOST_EXPANDED = 250
"""Times: text of a table packs 13 times, a sheet of equal rows some 100 times."""
SMALL_ENOUGH = 32 << 20
"""Bytes of which no ratio is asked."""
PIECE = 1 << 20

Progress = Callable[[int], None]
"""Called with the number of bytes that were read more."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was when the import began."""

    path: Path
    size: int
    changed: int
    sha256: str

    def refuse_if_changed(self) -> None:
        """Raise ``TableFileError`` when the file is no longer the one that was hashed."""
        if _stamp(self.path) != (self.size, self.changed):
            message = (
                f"{self.path} was changed while it was read. Import it again when "
                "nothing writes to it any more."
            )
            raise TableFileError(message)


@dataclass(frozen=True, slots=True)
class Member:
    """One file to read: a given one, or one in a zip, perhaps in a zip of it."""

    path: Path
    inside: tuple[str, ...] = ()
    size: int = 0

    @property
    def shown(self) -> str:
        """``ptp.zip > ccipra-f1.txt``: how messages call it."""
        return " > ".join((str(self.path), *self.inside))

    @property
    def name(self) -> str:
        """The last part of its own name."""
        return PurePosixPath(self.inside[-1]).name if self.inside else self.path.name

    @property
    def names(self) -> tuple[str, ...]:
        """Its own name and those of the zips around it, outermost first."""
        return (self.path.name, *(PurePosixPath(each).name for each in self.inside))


def given_file(path: Path) -> Given:
    """Hash a file; raises ``TableFileError`` when it cannot be read."""
    try:
        size, changed = _stamp(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from None
    if not size:
        message = f"{path} is empty. Get the file again."
        raise TableFileError(message)
    return Given(path, size, changed, digest)


def _stamp(path: Path) -> tuple[int, int]:
    if not path.is_file():
        there = "a folder" if path.is_dir() else "not there"
        message = f"{path} is {there}; a file is wanted, as CMS publishes it."
        raise TableFileError(message)
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def members_of(path: Path) -> list[Member]:
    """The file itself, or all files in a zip, in the order of their names.

    Raises ``TableFileError`` for a zip that is damaged or goes beyond the bounds.
    """
    with _in_words(str(path)):
        if not _is_archive(path):
            return [Member(path, size=path.stat().st_size)]
        with path.open("rb") as file:
            return sorted(_inside(file, Member(path)), key=lambda one: one.inside)


def _inside(file: BinaryIO, around: Member) -> Iterator[Member]:
    if len(around.inside) >= DEEPEST:
        message = (
            f"{around.shown}: zips are nested more than {DEEPEST} deep, which no file of "
            "CMS is. Unpack it yourself, look at what it holds, and give that."
        )
        raise TableFileError(message)
    with zipfile.ZipFile(file) as archive:
        for info in refuse_a_bad_zip(archive, around):
            one = Member(around.path, (*around.inside, info.filename), info.file_size)
            if info.filename.lower().endswith(".zip"):
                with _copied_out(archive, info, one) as inner:
                    yield from _inside(inner, one)
            else:
                yield one


def refuse_a_bad_zip(archive: zipfile.ZipFile, around: Member) -> list[zipfile.ZipInfo]:
    """The files in a zip; raises ``TableFileError`` when they go beyond the bounds."""
    infos = [each for each in archive.infolist() if not each.is_dir()]
    if len(infos) > MOST_MEMBERS:
        message = f"{around.shown} holds more than {MOST_MEMBERS} files; CMS's do not."
        raise TableFileError(message)
    if sum(each.file_size for each in infos) > MOST_BYTES:
        message = f"{around.shown} unpacks to more than {MOST_BYTES >> 30} gigabytes."
        raise TableFileError(message)
    for info in infos:
        where = f"{around.shown} > {info.filename}"
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in info.filename:
            message = f"{where}: its name leads out of the zip. CMS's names do not."
            raise TableFileError(message)
        if info.flag_bits & 1:
            message = f"{where} is encrypted; CMS's files are not."
            raise TableFileError(message)
        if info.file_size > max(SMALL_ENOUGH, info.compress_size * MOST_EXPANDED):
            message = (
                f"{where} unpacks to more than {MOST_EXPANDED} times its size: a zip "
                "made to fill memory or disk, not a table."
            )
            raise TableFileError(message)
    return infos


@contextmanager
def opened(
    member: Member, progress: Progress = lambda _bytes: None
) -> Iterator[BinaryIO]:
    """The bytes of a member; raises ``TableFileError`` when they do not come whole."""
    with _in_words(member.shown), ExitStack() as stack:
        file: BinaryIO = stack.enter_context(member.path.open("rb"))
        around = Member(member.path)
        for name in member.inside:
            archive = stack.enter_context(zipfile.ZipFile(file))
            around = Member(member.path, (*around.inside, name))
            if around == Member(member.path, member.inside):
                file = cast("BinaryIO", stack.enter_context(archive.open(name)))
            else:
                info = archive.getinfo(name)
                file = stack.enter_context(_copied_out(archive, info, around))
        counted = _Counted(file, member.shown, progress)
        yield cast("BinaryIO", stack.enter_context(io.BufferedReader(counted, PIECE)))


@contextmanager
def _copied_out(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Member
) -> Iterator[BinaryIO]:
    with (
        archive.open(info) as packed,
        tempfile.SpooledTemporaryFile(max_size=SMALL_ENOUGH) as file,
    ):
        counted = _Counted(cast("BinaryIO", packed), member.shown, lambda _bytes: None)
        while piece := counted.read(PIECE):
            file.write(piece)
        file.seek(0)
        yield cast("BinaryIO", file)


class _Counted(io.RawIOBase):
    """A stream that counts what it gives, and stops at the bound."""

    def __init__(self, inner: BinaryIO, shown: str, progress: Progress) -> None:
        super().__init__()
        self.inner = inner
        self.shown = shown
        self.progress = progress
        self.given = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Give the next bytes."""
        piece = self.inner.read(len(buffer))
        buffer[: len(piece)] = piece
        self.given += len(piece)
        if self.given > MOST_BYTES:
            message = f"{self.shown} unpacks to more than {MOST_BYTES >> 30} gigabytes."
            raise TableFileError(message)
        self.progress(len(piece))
        return len(piece)


def _is_archive(path: Path) -> bool:
    """A zip, but no workbook: that is a zip too."""
    with path.open("rb") as file:
        begins = file.read(4)
    return begins.startswith(b"PK") and path.suffix.lower() != ".xlsx"


@contextmanager
def _in_words(shown: str) -> Iterator[None]:
    """What a damaged zip or disk says, as a sentence that names the file."""
    again = "It is damaged, or was not fetched whole: get it again."
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeError) as error:
        raise TableFileError(f"{shown} cannot be unpacked: {error}. {again}") from None
    except NotImplementedError as error:
        message = f"{shown} is packed in a way that cannot be read: {error}."
        raise TableFileError(message) from None
    except OSError as error:
        raise _unreadable(shown, error) from None


def _unreadable(path: Path | str, error: OSError) -> TableFileError:
    return TableFileError(f"{path} cannot be read: {error.strerror or error}.")
