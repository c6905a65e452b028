"""A command run as a child: how it ended, how long it took, how much memory it used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

COMMAND = Path(sys.executable).with_name("payerkb")
MEGABYTE = 1_000_000
BUFFER = 65_536


PATIENCE = 20
"""How many seconds of the clock one of the processor may be: machines are shared."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended."""

    code: int
    """Its exit code; negative: the signal that ended it."""
    seconds: float
    """Of the processor: the same however busy the machine is."""
    megabytes: float
    """The most memory that it held at once."""
    stdout: str
    """Its first 64 KB."""
    stderr: str
    timed_out: bool = False


def measured(
    command: Sequence[object],
    folder: Path | None = None,
    *,
    seconds: int = 600,
    memory: int | None = None,
) -> Run:
    """Run a command to its end, or until it has taken ``seconds`` of the processor.

    Each part of the command is given as its text.  ``memory`` is how many MB of address
    space it may have.  What it writes goes to files, so that no pipe holds it up.
    """
    limits = [f"ulimit -t {seconds}"]
    if memory is not None:
        limits.append(f"ulimit -v {memory * MEGABYTE // 1024}")
    limited = ["sh", "-c", "; ".join([*limits, 'exec "$0" "$@"']), *map(str, command)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            limited, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        # What sleeps takes nothing of the processor, and would never be ended.
        timer = threading.Timer(
            seconds * PATIENCE, os.kill, (child.pid, signal.SIGKILL)
        )
        timer.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        finally:
            timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = [start_of(file) for file in (out, err)]
    kilobytes = used.ru_maxrss if sys.platform != "darwin" else used.ru_maxrss / 1024
    return Run(
        code=child.returncode,
        seconds=used.ru_utime + used.ru_stime,
        megabytes=kilobytes / 1024,
        stdout=texts[0],
        stderr=texts[1],
        timed_out=child.returncode in (-signal.SIGXCPU, -signal.SIGKILL),
    )


def start_of(file: IO[bytes]) -> str:
    """The first part of what was written to a file, as text."""
    file.seek(0)
    return file.read(BUFFER).decode("utf-8", "replace")
