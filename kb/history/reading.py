"""Files of earlier claims: what they tell, and what could not be read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kb.claims.facts import FactKinds
from kb.claims.model import BadClaim, Claim, HistoryState, Reach, Remark
from kb.claims.past import Told
from kb.claims.read import chunks_of, opened, tell_chunks
from kb.claims.runs import Check, checked
from kb.engine.program import PayerWords
from kb.history.database import (
    KeptTelling,
    Source,
    is_sqlite,
    read_kept,
)
from kb.history.known import KnownHistory, of_texts, told_by
from kb.history.telling import Telling, packed

_PIECE = 1 << 20
Progress = Callable[[str, int, int], None]
"""Called with a file's name, how many of its bytes are read, and how many there are."""
_OFTEN = 256
"""Tellings after which progress is told."""


def silent(_name: str, _done: int, _total: int) -> None:
    """No progress is told."""


@dataclass(slots=True)
class Notes:
    """What has to be said of files of earlier claims."""

    bad: list[BadClaim] = field(default_factory=list)
    remarks: dict[str, tuple[Remark, int]] = field(default_factory=dict)
    """By their text the first, and how many there are."""

    def take(self, told: Iterable[Told]) -> Iterator[Told]:
        """Keep faults and remarks, and give what tells of claims."""
        for one in told:
            if isinstance(one, BadClaim):
                self.bad.append(one)
            elif isinstance(one, Remark):
                first, number = self.remarks.get(one.text, (one, 0))
                self.remarks[one.text] = first, number + 1
            else:
                yield one

    def add(self, later: Notes) -> None:
        """Add what has to be said of later files."""
        self.bad += later.bad
        for text, (one, number) in later.remarks.items():
            first, before = self.remarks.get(text, (one, 0))
            self.remarks[text] = first, before + number

    def said(self) -> Iterator[BadClaim | Remark]:
        """All faults, and of each kind of remark the first with their number."""
        yield from self.bad
        yield from self.remarks_said()

    def remarks_said(self) -> Iterator[Remark]:
        """Of each kind of remark the first, with their number."""
        for first, number in self.remarks.values():
            more = f" ({number:,} such remarks)" if number > 1 else ""
            yield Remark(first.where, first.text + more, first.claim, first.id)


def no_faults(_: Claim) -> list[BadClaim]:
    """Finds nothing: for whoever does not know which facts there are."""
    return []


def tellings_in(
    path: Path, notes: Notes, check: Check = no_faults, progress: Progress = silent
) -> Iterator[Telling]:
    """What a file tells of claims with a member id; faults and remarks go to ``notes``.

    Raises ``kb.claims.ClaimFileError`` when it cannot be opened or read.
    """
    with opened(path) as (stream, name):
        told = _tellings(stream, name, notes, check)
        yield from _with_progress(told, stream, name, progress)


def _tellings(
    stream: BinaryIO, name: str, notes: Notes, check: Check
) -> Iterator[Telling]:
    told = notes.take(checked(tell_chunks(chunks_of(stream, name), name), check))
    yield from (telling for telling in told_by(told) if telling.member)


def _with_progress(
    found: Iterable[Telling], stream: BinaryIO, name: str, progress: Progress
) -> Iterator[Telling]:
    if not stream.seekable():
        yield from found
        return
    begin = stream.tell()
    size = stream.seek(0, SEEK_END)
    stream.seek(begin)
    for number, telling in enumerate(found):
        if number % _OFTEN == 0 and not stream.closed:
            progress(name, stream.tell(), size)
        yield telling


def kept_from(
    path: Path, notes: Notes, progress: Progress = silent
) -> tuple[Source, list[KeptTelling]]:
    """A file and what it tells, as the history database keeps it.

    Raises ``kb.claims.ClaimFileError`` when it cannot be opened or read.
    """
    with opened(path) as (stream, name):
        whole = stream if stream.seekable() else BytesIO(stream.read())
        source = Source(_sha256_of(whole), name)
        whole.seek(0)
        told = _tellings(whole, name, notes, no_faults)
        found = _with_progress(told, whole, name, progress)
        return source, [_kept(each, source.sha256) for each in found]


def _sha256_of(stream: BinaryIO) -> str:
    digest = sha256()
    while piece := stream.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _kept(telling: Telling, source: str) -> KeptTelling:
    days = telling.days
    return KeptTelling(
        telling.member,
        packed(telling),
        len(telling.lines),
        min(days).isoformat() if days else "",
        max(days).isoformat() if days else "",
        source,
    )


class FileTold(NamedTuple):
    """What one file, or a history database, tells."""

    files: int
    """How many files that is."""
    texts: list[tuple[str, str, tuple[date, ...]]]
    """Each telling as text, with its member id and days."""
    notes: Notes


def read_history(
    paths: Iterable[Path],
    payers: Sequence[PayerWords],
    check: Check,
    kinds: FactKinds,
    holds: tuple[HistoryState, Reach],
    progress: Progress = silent,
) -> tuple[KnownHistory, Notes]:
    """What files and history databases tell, with what could not be read of them.

    Raises ``kb.claims.ClaimFileError`` or ``HistoryError`` for a file that cannot be used.
    """
    told = (told_in(path, check, progress) for path in paths)
    return history_of(told, payers, kinds, holds)


def told_in(path: Path, check: Check, progress: Progress = silent) -> FileTold:
    """What a file tells, or a history database; raises as ``read_history`` does."""
    if is_sqlite(path):
        kept = read_kept(path)
        texts = [(t.member, t.text, tuple(_ends(t))) for t in kept.tellings]
        return FileTold(len(kept.sources), texts, Notes())
    notes = Notes()
    tellings = tellings_in(path, notes, check, progress)
    return FileTold(1, [(t.member, packed(t), tuple(t.days)) for t in tellings], notes)


def history_of(
    told: Iterable[FileTold],
    payers: Sequence[PayerWords],
    kinds: FactKinds,
    holds: tuple[HistoryState, Reach],
) -> tuple[KnownHistory, Notes]:
    """The history that files tell, and what has to be said of them, in their order."""
    notes = Notes()
    files = 0
    texts: list[tuple[str, str, tuple[date, ...]]] = []
    for each in told:
        files += each.files
        texts += each.texts
        notes.add(each.notes)
    state, reach = holds
    known = of_texts(texts, payers, state=state, reach=reach, files=files, kinds=kinds)
    return known, notes


def _ends(telling: KeptTelling) -> Iterator[date]:
    for day in (telling.first, telling.last):
        if day:
            yield date.fromisoformat(day)
