"""The files of claims that are given together: opened, measured, told apart."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from kb.claims.read import Chunks, opened

_PIECE = 1 << 20


@dataclass(slots=True)
class Source:
    """One file of claims, which can be read as often as one likes."""

    path: Path
    name: str
    """How places of faults name it: its name, with its folder where two have one name."""
    size: int
    kept: BinaryIO | None = None
    """What came through a pipe."""
    at: int = 0
    """How many of its bytes the last reading has taken."""

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The file from its beginning.

        Raises ``kb.claims.ClaimFileError`` when it is not there or cannot be read.
        """
        self.at = 0
        if self.kept is not None:
            self.kept.seek(0)
            yield self.kept
            return
        with opened(self.path) as (stream, _):
            yield stream

    def chunks(self, stream: BinaryIO) -> Iterator[bytes]:
        """Its bytes as they come; ``at`` goes along."""
        return _Counted(self, stream)

    def sha256(self) -> str:
        """The hash of its bytes."""
        with self.open() as stream:
            digest = hashlib.sha256()
            while piece := stream.read(_PIECE):
                digest.update(piece)
            return digest.hexdigest()


class _Counted(Chunks):
    """The bytes of a source, which counts them."""

    def __init__(self, source: Source, stream: BinaryIO) -> None:
        super().__init__(stream, source.name)
        self._source = source

    def __next__(self) -> bytes:
        source = self._source
        try:
            chunk = super().__next__()
        except StopIteration:
            source.at = source.size
            raise
        source.at = min(source.at + len(chunk), source.size)
        return chunk


@contextmanager
def sources_given(paths: Iterable[Path]) -> Iterator[tuple[Source, ...]]:
    """The files, for as long as they are read; see ``sources_of``."""
    sources = sources_of(paths)
    try:
        yield sources
    finally:
        for source in sources:
            if source.kept is not None:
                source.kept.close()


def sources_of(paths: Iterable[Path]) -> tuple[Source, ...]:
    """The files, each opened once to see that it is there.

    ``-`` is standard input; it is copied to a file without a name, because claims of one
    patient are looked for twice.  Raises ``kb.claims.ClaimFileError`` for the first that
    cannot be opened.
    """
    given = list(paths)
    names = Counter(path.name for path in given)
    return tuple(
        _source(path, str(path) if names[path.name] > 1 else path.name)
        for path in given
    )


def _source(path: Path, name: str) -> Source:
    with opened(path) as (stream, said):
        if str(path) != "-" and stream.seekable():
            return Source(path, name, stream.seek(0, 2))
        kept = TemporaryFile()  # noqa: SIM115  (closed with the source)
        shutil.copyfileobj(stream, kept)
        return Source(path, said, kept.tell(), kept)
