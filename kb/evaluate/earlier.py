"""Earlier claims that a work is answered with: read once, looked up where it is answered."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.claims.model import BadClaim, HistoryState, Reach, Remark
from kb.engine import Engine
from kb.evaluate.knowledge import Knowledge
from kb.history.known import KnownHistory
from kb.history.reading import FileTold, Progress, history_of, silent, told_in

WORTH_IT = 4 << 20
"""Bytes of earlier claims from which on other processes are worth their start."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the files of earlier claims tell."""

    known: KnownHistory
    said: tuple[BadClaim | Remark, ...] = ()
    """What could not be read of them, and what was left out."""

    @property
    def without_tellings(self) -> KnownHistory:
        """All that a process has to know that is told with each run what is told of it."""
        return replace(self.known, told={})


def read_earlier(
    paths: Sequence[Path],
    knowledge: Knowledge,
    engine: Engine,
    holds: tuple[HistoryState, Reach],
    workers: int,
    progress: Progress = silent,
) -> Earlier:
    """What files of earlier claims tell, several of them read side by side.

    ``progress`` is told how many of the files are read.
    Raises ``kb.claims.ClaimFileError`` or ``kb.history.errors.HistoryError`` for the first
    file that cannot be used.
    """
    told = _told_side_by_side(paths, knowledge, min(workers, len(paths)), progress)
    known, notes = history_of(told, engine.program.payers, engine.kinds, holds)
    return Earlier(known, tuple(notes.said()))


def is_worth_it(paths: Sequence[Path]) -> bool:
    """Whether several processes read these files sooner than one."""
    sizes = [path.stat().st_size for path in paths if path.is_file()]
    # One large file among small ones is still read by one process.
    return len(sizes) > 1 and sum(sizes) - max(sizes) > WORTH_IT


def _told_side_by_side(
    paths: Sequence[Path], knowledge: Knowledge, workers: int, progress: Progress
) -> Iterator[FileTold]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, _open, (knowledge,)) as pool:
        for number, told in enumerate(pool.imap(_told, paths), 1):
            progress("earlier claims", number, len(paths))
            yield told


_here: list[Engine] = []
"""The engine of a process that reads."""


def _open(knowledge: Knowledge) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program ends its workers itself
    _here.append(knowledge.engine())


def _told(path: Path) -> FileTold:
    return told_in(path, _here[0].faults_in)
