"""What is said, and with which exit code the program leaves, when it cannot go on.

An exception's own text may quote a claim, so only the texts that are written for people
are printed: those of our own errors and what the system says of a file.  Of every other
error its kind and its place in our code are named.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

import click

FAILED = 2
INTERRUPTED = 130
READER_GONE = 141
"""As a shell counts a program that was stopped by the pipe it wrote to."""
OURS = frozenset({"dsl", "kb"})
ENDING_SIGNALS = ("SIGTERM", "SIGHUP")


@contextmanager
def told(*, debug: bool) -> Iterator[None]:
    """Whatever goes wrong meanwhile is one sentence on standard error and an exit code.

    With ``debug`` the trace stands above the sentence; it may hold values of a claim.
    What was printed is written through first: a full disk is a failure like others.
    """
    try:
        if sys.stdout is None:
            raise click.ClickException(
                "Standard output is closed. Send it to a file, or to /dev/null."
            )
        try:
            yield
        finally:
            if not sys.stdout.closed:  # the editor's server closes it at its end
                sys.stdout.flush()
    except (SystemExit, click.exceptions.Exit):
        raise
    except BaseException as error:
        if debug:
            say_trace(error)
        code = say(error)
        silence(sys.stdout)
        silence(sys.stderr)
        raise SystemExit(code) from None


def say(error: BaseException) -> int:
    """Say on standard error what went wrong; the exit code to leave with."""
    if isinstance(error, BrokenPipeError):
        return READER_GONE
    with suppress(OSError):  # nobody may be left to hear it
        if isinstance(error, click.ClickException):
            error.show()
        else:
            click.echo(sentence(error), err=True)
    both = error, error.__cause__  # click raises its own error from an interrupt
    return (
        INTERRUPTED if any(isinstance(e, KeyboardInterrupt) for e in both) else FAILED
    )


def sentence(error: BaseException) -> str:
    """What went wrong and what to do, in one line, without a value of a claim."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return "Stopped before the end."
        case MemoryError():
            return (
                "This needs more memory than there is. "
                "Give fewer claims or policies at a time."
            )
        case RecursionError():
            return (
                f"Something is nested too deeply to be followed (at {place_of(error)}). "
                "Write it in fewer levels."
            )
        case UnicodeEncodeError():
            return (
                f"What is to be printed cannot be written as {error.encoding}. "
                "Set PYTHONUTF8=1, and name files in UTF-8."
            )
        case sqlite3.Error():
            return (
                f"SQLite could not go on ({sqlite_name(error)} at {place_of(error)}). "
                "If it is the knowledge base: payerkb build --force"
            )
        case OSError():
            return os_sentence(error)
        case _ if is_for_people(error):
            return str(error)
    return (
        f"This is a fault of the program: {type(error).__name__} at {place_of(error)}. "
        "Please report this line. With payerkb --debug it shows its trace, "
        "which may hold values of a claim."
    )


def os_sentence(error: OSError) -> str:
    """What the system said, and of which file."""
    said = error.strerror or type(error).__name__
    where = os.fsdecode(error.filename) if is_path(error.filename) else ""
    shown = f"{where}: {said}" if where else f"Reading or writing failed: {said}"
    room = " Make room, and run it again." if error.errno == errno.ENOSPC else ""
    return f"{shown}.{room}"


def is_path(name: object) -> bool:
    """Whether an error's file name is one; a number is an open file's handle."""
    return isinstance(name, str | bytes | os.PathLike)


def is_for_people(error: BaseException) -> bool:
    """Whether the text of an error was written by us, to be read."""
    kind = type(error)
    return kind.__module__.partition(".")[0] in OURS and kind.__name__[0] != "_"


def sqlite_name(error: sqlite3.Error) -> str:
    """SQLite's name of what happened; its text may quote what somebody typed."""
    return getattr(error, "sqlite_errorname", None) or type(error).__name__


def place_of(error: BaseException) -> str:
    """``module:line`` where our code was when it happened."""
    found = "payerkb"
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in OURS and module != __name__:
            found = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def say_trace(error: BaseException) -> None:
    """Print the trace on standard error."""
    from traceback import print_exception  # noqa: PLC0415  (only when asked for)

    with suppress(OSError):
        print_exception(error)


def silence(stream: TextIO | None) -> None:
    """Drop what a stream could not get rid of, else Python complains when it ends."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


@contextmanager
def unwound_by_signals() -> Iterator[None]:
    """A signal that ends the program lets it first remove its temporary files.

    The exit code is 128 and the signal's number, as shells count.  A signal that the
    caller chose to ignore (``nohup``) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    meant = [getattr(signal, name) for name in ENDING_SIGNALS if hasattr(signal, name)]
    taken = [each for each in meant if signal.getsignal(each) is signal.SIG_DFL]
    for each in taken:
        signal.signal(each, _leave)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
