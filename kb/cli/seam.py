"""What every command prints goes through here: nothing printed can move a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from dsl.base.characters import disarmed


class Disarmed:
    """A stream of text on which hidden characters are shown as escapes.

    All commands are run inside it, so that a new one cannot forget it; texts come from
    policies, claims, questions and names of files, which others write.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write the text, what is hidden in it made visible."""
        return self.stream.write(disarmed(text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (as the stream has it)
        return getattr(self.stream, name)


@contextmanager
def disarmed_output() -> Iterator[None]:
    """Standard output and standard error disarmed, for as long as a command runs."""
    given = sys.stdout, sys.stderr
    # Who closed a stream has none; ``kb.cli.failures`` tells that.
    sys.stdout, sys.stderr = (
        cast("TextIO", Disarmed(stream)) if stream is not None else stream
        for stream in given
    )
    try:
        yield
    finally:
        sys.stdout, sys.stderr = given


def terminal() -> TextIO:
    """Standard error as it is, for a bar of progress, which has to move the terminal."""
    return cast("TextIO", getattr(sys.stderr, "stream", sys.stderr))
