"""The options ``--history`` and ``--history-holds``: earlier services from files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.core import ParameterSource

from kb.cli.progress import progress_bar
from kb.history.files import HOLDS, files_of

if TYPE_CHECKING:
    from kb.claims.runs import Found
    from kb.engine import Engine
    from kb.history.known import KnownHistory
    from kb.history.reading import Notes

Command = TypeVar("Command", bound=Callable[..., None])


def history_option(command: Command) -> Command:
    """Give a command ``history`` (paths) and ``history_holds`` (a word of ``HOLDS``)."""
    files = click.option(
        "--history",
        type=click.Path(path_type=Path),
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


@dataclass(frozen=True, slots=True)
class GivenHistory:
    """What the files of ``--history`` tell, with what could not be read of them."""

    known: KnownHistory
    notes: Notes

    def fill(self, found: Iterable[Found]) -> Iterator[Found]:
        """Claims on their way to be answered, each with its earlier services.

        What could not be read of the files comes first.
        """
        from kb.history.runs import runs_with_history  # noqa: PLC0415  (asked for seldom)

        yield from self.notes.said()
        yield from runs_with_history(found, self.known)


def given_history(
    history: Sequence[Path], holds: str, engine: Engine
) -> GivenHistory | None:
    """The files of ``--history``, read; ``None`` where none was given.

    Raises ``kb.claims.ClaimFileError`` or ``kb.history.errors.HistoryError`` for a file that
    cannot be used, ``click.UsageError`` where options contradict.
    """
    if not history:
        source = click.get_current_context().get_parameter_source("history_holds")
        if source is ParameterSource.COMMANDLINE:
            message = (
                "--history-holds says what the files of --history hold: name them."
            )
            raise click.UsageError(message)
        return None
    if Path("-") in history:
        message = "--history reads files, not standard input."
        raise click.UsageError(message)
    from kb.history.reading import read_history  # noqa: PLC0415  (asked for seldom)

    with progress_bar() as progress:
        known, notes = read_history(
            files_of(history),
            engine.program.payers,
            engine.faults_in,
            engine.kinds,
            HOLDS[holds],
            progress,
        )
    return GivenHistory(known, notes)
