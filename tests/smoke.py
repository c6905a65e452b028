"""Does the site come up?  ``python -m tests.smoke build/kb.db`` says so, or why not.

It starts ``payerkb serve`` on a free port as a person would, fetches a few pages, and
stops it again.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

PAGES = {
    "/": ("Medicare", "Aetna"),
    "/payer/medicare-part-b": ("Medicare Part B", "64483"),
    "/code/64483": ("64483", "sessions"),
    "/search?q=64483": ("64483",),
}
"""Pages with words that must stand on them."""

PATIENCE = 60.0
"""Seconds until the first page must be there."""

DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine itself, whatever proxy the environment names."""


class SmokeError(Exception):
    """The site did not come up, or a page is not what it should be."""


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """The address of the site while it is served."""
    port = free_port()
    words = ["serve", "--database", str(database), "--port", str(port)]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", *words], stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: IO[str]) -> None:
    """Return when the site answers; raise when it ends, or does not in time."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None:
        try:
            with DIRECTLY.open(address, timeout=10):
                return
        except urllib.error.HTTPError:
            return  # it answers; which page is wrong is said later
        except OSError:
            if time.monotonic() > deadline:
                message = f"payerkb serve did not answer within {PATIENCE:.0f} seconds."
                raise SmokeError(f"{message}\n{text_of(log)}") from None
            time.sleep(0.1)
    message = f"payerkb serve ended with code {process.returncode}:"
    raise SmokeError(f"{message}\n{text_of(log)}")


def text_of(log: IO[str]) -> str:
    """What the server said."""
    log.seek(0)
    return log.read().strip()


def fault_of(address: str, words: tuple[str, ...]) -> str:
    """What is wrong with a page; empty when nothing is."""
    try:
        with DIRECTLY.open(address, timeout=30) as answer:
            page = answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return f"status {error.code}, expected 200"
    except OSError as error:
        return f"no answer: {error}"
    missing = [word for word in words if word not in page]
    return f"does not hold the words {', '.join(missing)}" if missing else ""


def main() -> int:
    """Look at every page; 0 when all are there, 1 with what is wrong, 2 for bad usage."""
    if len(sys.argv) != 2:
        print("Usage: python -m tests.smoke DATABASE", file=sys.stderr)
        return 2
    try:
        with serving(Path(sys.argv[1])) as address:
            faults = {path: fault_of(address + path, w) for path, w in PAGES.items()}
    except SmokeError as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 1
    for path, fault in faults.items():
        print(f"smoke: {path:<26}{fault or 'ok'}")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
