"""Claims with the earlier services of their patients, out of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from os import PathLike
from pathlib import Path

from kb.claims.runs import Found
from kb.engine.judge.evaluate import Engine
from kb.history.files import HOLDS, Holds, files_of
from kb.library.errors import GivenError
from kb.library.sources import ClaimsFile


def with_earlier(
    runs: Iterator[Found],
    history: ClaimsFile | Iterable[ClaimsFile],
    holds: Holds,
    engine: Engine,
) -> Iterator[Found]:
    """The runs with each claim's history filled; what was not read of the files first.

    Raises ``GivenError`` for a word that ``holds`` does not know, and as
    ``kb.history.reading.read_history`` does.
    """
    named = (history,) if isinstance(history, str | PathLike) else history
    files = [*map(Path, named)]
    if holds not in HOLDS:
        message = f"history_holds is one of {', '.join(HOLDS)}: what the files hold."
        raise GivenError(message)
    if not files:
        return runs
    # Only who looks up earlier services reads what finds them.
    from kb.history.reading import read_history  # noqa: PLC0415
    from kb.history.runs import runs_with_history  # noqa: PLC0415

    known, notes = read_history(
        files_of(files),
        engine.program.payers,
        engine.faults_in,
        engine.kinds,
        HOLDS[holds],
    )
    return chain(notes.said(), runs_with_history(runs, known))
