"""Makes one call to the system fail: the ``number``-th of those that a command makes."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

SYSTEM_CALLS = {
    "open": (builtins, "open"),
    "io.open": (io, "open"),
    "os.open": (os, "open"),
    "os.write": (os, "write"),
    "os.fsync": (os, "fsync"),
    "os.replace": (os, "replace"),
    "os.rename": (os, "rename"),
    "os.mkdir": (os, "mkdir"),
    "os.unlink": (os, "unlink"),
    "os.rmdir": (os, "rmdir"),
    "os.chmod": (os, "chmod"),
    "os.stat": (os, "stat"),
    "os.listdir": (os, "listdir"),
    "os.scandir": (os, "scandir"),
    "sqlite3.connect": (sqlite3, "connect"),
}
"""Every call by which the program reads and writes, and where it is looked up.

Of an opened file each ``read``, ``write``, ``flush`` counts, and of a database each
``execute`` and ``executemany``.
"""
READING_AND_WRITING = ("read", "readline", "readinto", "write", "flush")
ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES)


@dataclass
class Fault:
    """Counts the calls; the one with this number fails (none when it is 0)."""

    number: int
    made: int = 0
    failed: str = ""

    def meet(self, call: str) -> bool:
        """Count a call; whether it is the one to fail."""
        if threading.current_thread() is not threading.main_thread():
            return False
        self.made += 1
        if self.made != self.number:
            return False
        self.failed = call
        return True

    def error(self, path: object = None) -> OSError:
        """What the system says."""
        code = ERRORS[self.number % len(ERRORS)]
        return OSError(code, os.strerror(code), path)


class _File:
    """An open file whose reading and writing are counted."""

    def __init__(self, file: Any, fault: Fault) -> None:
        self._file, self._fault = file, fault

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._file, name)
        if name not in READING_AND_WRITING:
            return found
        return counted(found, f"file.{name}", self._fault)

    def __enter__(self) -> _File:
        self._file.__enter__()
        return self

    def __exit__(self, *left: Any) -> None:
        self._file.__exit__(*left)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


def counted(call: Callable[..., Any], name: str, fault: Fault) -> Callable[..., Any]:
    """The call, counted; files that it opens are counted too."""

    def run(*given: Any, **named: Any) -> Any:
        if fault.meet(name):
            raise fault.error()
        made = call(*given, **named)
        return _File(made, fault) if name in {"open", "io.open"} else made

    return run


def counted_connect(fault: Fault) -> Callable[..., sqlite3.Connection]:
    """``sqlite3.connect`` with every statement counted."""
    connect = sqlite3.connect

    def refuse(call: str) -> None:
        if fault.meet(f"sqlite3.{call}"):
            raise sqlite3.OperationalError("disk I/O error")

    def run(
        *given: Any, factory: Any = sqlite3.Connection, **named: Any
    ) -> sqlite3.Connection:
        refuse("connect")

        class Counted(factory):  # type: ignore[misc]
            def execute(self, *words: Any) -> sqlite3.Cursor:
                refuse("execute")
                return super().execute(*words)  # type: ignore[no-any-return]

            def executemany(self, *words: Any) -> sqlite3.Cursor:
                refuse("executemany")
                return super().executemany(*words)  # type: ignore[no-any-return]

        return connect(*given, factory=Counted, **named)

    return run


@contextmanager
def failing(number: int) -> Iterator[Fault]:
    """The call with this number fails meanwhile, counted from 1; 0 counts only."""
    fault = Fault(number)
    with _patched(fault, list(SYSTEM_CALLS.items())):
        yield fault


@contextmanager
def _patched(fault: Fault, calls: list[tuple[str, tuple[Any, str]]]) -> Iterator[None]:
    if not calls:
        yield
        return
    (name, (module, attribute)), *others = calls
    real = getattr(module, attribute)
    made = (
        counted_connect(fault)
        if name == "sqlite3.connect"
        else counted(real, name, fault)
    )
    with _patched(fault, others), patch.object(module, attribute, made):
        yield
