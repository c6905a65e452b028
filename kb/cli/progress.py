"""A bar of progress on a terminal, for commands that take long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

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


RateTold = Callable[[int, int, int], None]
"""Called with how many things are done, and how much of how much that is."""


@contextmanager
def rate_bar(things: str) -> Iterator[RateTold | None]:
    """A bar with the number of things done, their rate and the time left.

    ``None`` where standard error is no terminal.
    """
    if not is_terminal():
        yield None
        return
    from rich import progress  # noqa: PLC0415  (slow to import)
    from rich.console import Console  # noqa: PLC0415

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeRemainingColumn(),
    )
    console = Console(file=terminal())
    with progress.Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(f"reading {things}", total=None)
        begun = monotonic()

        def told(done: int, part: int, whole: int) -> None:
            rate = done / max(monotonic() - begun, 0.001)
            said = f"{done:,} {things}, {rate:,.0f} a second"
            bars.update(task, description=said, completed=part, total=whole)

        yield told


def say_nothing(_stage: str, _done: int, _total: int) -> None:
    """No progress is shown."""
