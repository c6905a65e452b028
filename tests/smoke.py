"""Does the site come up?  ``python -m tests.smoke build/kb.db`` says so, or why not.

It starts ``payerkb serve`` on a free port as a person would, fetches a few pages, and
stops it again.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PAGES = {
    "/": ("Medicare", "Aetna"),
    "/payer/medicare-part-b": ("Medicare Part B", "Epidural injections", "4 in 12"),
    "/answer/medicare-part-b/64483": ("Covered?", "4 in 12 months"),
    "/check": ("Check a claim",),
    "/code/64483": ("64483", "sessions"),
    "/search?q=64483": ("64483",),
}
"""Pages with words that must stand on them."""

PATIENCE = 300.0
"""Seconds until a page must be there."""
ADDRESS = re.compile(r"payerkb is at (http://\S+)/ ")

DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine itself, whatever proxy the environment names."""


class SmokeError(Exception):
    """The site did not come up, or a page is not what it should be."""


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """The address of the site while it is served."""
    words = ["serve", "--database", str(database), "--port", "0"]
    command = [sys.executable, "-m", "kb", *words]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            yield address_said_by(process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def address_said_by(process: subprocess.Popen[str], log: IO[str]) -> str:
    """Where the site says that it is; raise when it ends without a word."""
    assert process.stdout
    said = ADDRESS.match(process.stdout.readline())
    if said is None:
        code = process.wait()
        raise SmokeError(f"payerkb serve ended with code {code}:\n{text_of(log)}")
    return said.group(1)


def text_of(log: IO[str]) -> str:
    """What the server said."""
    log.seek(0)
    return log.read().strip()


def fault_of(address: str, words: tuple[str, ...]) -> str:
    """What is wrong with a page; empty when nothing is."""
    try:
        with DIRECTLY.open(address, timeout=PATIENCE) as answer:
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
        print(f"smoke: {path:<34}{fault or 'ok'}")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
