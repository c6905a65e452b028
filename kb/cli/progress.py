"""A bar of progress on a terminal, for commands that take long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kb.cli.options import is_terminal
from kb.cli.seam import terminal

Progress = Callable[[str, int, int], None]
"""Called with the stage of a work, how much of it is done, and how much it is."""


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for each stage on a terminal; nothing where the output goes elsewhere."""
    if not is_terminal():
        yield say_nothing
        return
    from rich.console import Console  # noqa: PLC0415  (slow to import)
    from rich.progress import Progress as Bars  # noqa: PLC0415

    with Bars(console=Console(file=terminal()), transient=True) as bars:
        tasks = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield progress


def say_nothing(_stage: str, _done: int, _total: int) -> None:
    """No progress is shown."""
