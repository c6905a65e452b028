"""A command run as a child: how it ended, how long it took, how much memory it used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

COMMAND = Path(sys.executable).with_name("payerkb")
MEGABYTE = 1_000_000
BUFFER = 65_536


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended."""

    code: int
    """Its exit code; negative: the signal that ended it."""
    seconds: float
    megabytes: float
    """The most memory that it held at once."""
    stdout: str
    """Its first 64 KB."""
    stderr: str
    timed_out: bool = False


def measured(
    command: Sequence[str | Path],
    folder: Path | None = None,
    *,
    seconds: float = 600,
    memory: int | None = None,
) -> Run:
    """Run a command to its end, or until it has taken ``seconds``.

    ``memory`` is how many MB of address space it may have.  What it writes goes to
    files, so that no pipe holds it up.
    """

    given = list(map(str, command))
    if memory is not None:
        limit = f'ulimit -v {memory * MEGABYTE // 1024}; exec "$0" "$@"'
        given = ["sh", "-c", limit, *given]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        child = subprocess.Popen(
            given,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        late = threading.Event()

        def stop() -> None:
            late.set()
            os.kill(child.pid, signal.SIGKILL)

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        finally:
            timer.cancel()
        lasted = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = [start_of(file) for file in (out, err)]
    kilobytes = used.ru_maxrss if sys.platform != "darwin" else used.ru_maxrss / 1024
    return Run(
        child.returncode, lasted, kilobytes / 1024, *texts, timed_out=late.is_set()
    )


def start_of(file: IO[bytes]) -> str:
    """The first part of what was written to a file, as text."""
    file.seek(0)
    return file.read(BUFFER).decode("utf-8", "replace")
