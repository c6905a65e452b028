"""The options ``--history`` and ``--history-holds``: earlier services from files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kb.claims.model import HistoryState, Reach

if TYPE_CHECKING:
    from kb.claims.runs import Found
    from kb.engine import Engine
    from kb.history.known import KnownHistory
    from kb.history.reading import Notes

Command = TypeVar("Command", bound=Callable[..., None])
HOLDS: dict[str, tuple[HistoryState, Reach]] = {
    "some": ("partial", "own"),
    "own": ("complete", "own"),
    "all": ("complete", "all-billers"),
}
"""What may be said of the files: how complete they are, and whose."""


def history_option(command: Command) -> Command:
    """Give a command ``history`` (paths) and ``history_holds`` (a word of ``HOLDS``)."""
    files = click.option(
        "--history",
        type=click.Path(path_type=Path, allow_dash=True),
        multiple=True,
        metavar="FILE",
        help="Look up earlier services in FILE: claims, a remittance, a history database,"
        " or a folder of them. May be given several times.",
    )
    holds = click.option(
        "--history-holds",
        type=click.Choice([*HOLDS]),
        default="some",
        show_default=True,
        help="What these files hold: some claims of this practice, its own, all of them,"
        " or all that any practice billed.",
    )
    return files(holds(command))


def refuse_holds_without_history(history: Sequence[Path]) -> None:
    """Raise ``click.UsageError`` where it is said what files hold that are not given."""
    source = click.get_current_context().get_parameter_source("history_holds")
    given = source is not None and source.name == "COMMANDLINE"
    if given and not history:
        message = "--history-holds says what the files of --history hold: name them."
        raise click.UsageError(message)


def history_from(
    history: Sequence[Path], holds: str, engine: Engine
) -> tuple[KnownHistory, Notes]:
    """What the files tell, with what could not be read of them.

    Raises ``kb.claims.ClaimFileError`` or ``kb.history.errors.HistoryError`` for a file that
    cannot be used.
    """
    from kb.history.reading import read_history  # noqa: PLC0415  (asked for seldom)

    return read_history(
        files_of(history),
        engine.program.payers,
        engine.faults_in,
        engine.kinds,
        HOLDS[holds],
    )


def found_with_history(
    found: Iterable[Found], history: Sequence[Path], holds: str, engine: Engine
) -> Iterator[Found]:
    """Claims on their way to be answered with the earlier services that files tell.

    What could not be read of the files comes first.  Without files nothing is changed.
    Raises as ``history_from`` does, when the first is asked for.
    """
    if not history:
        yield from found
        return
    from kb.history.runs import runs_with_history  # noqa: PLC0415  (asked for seldom)

    known, notes = history_from(history, holds, engine)
    yield from notes.said()
    yield from runs_with_history(found, known)


def files_of(history: Iterable[Path]) -> list[Path]:
    """The files named, of a folder those in it, each once."""
    files = [
        file
        for path in history
        for file in (sorted(_in_folder(path)) if path.is_dir() else [path])
    ]
    return list(dict.fromkeys(files))


def _in_folder(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith("."):
            yield path
