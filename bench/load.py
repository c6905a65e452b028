"""The site under load: many clients at once, pages made anew, files swapped beneath them.

    python -m bench.load [--database FILE] [--clients 50] [--seconds 4]
    python -m bench.load --clients 200 --seconds 120 --swap OTHER.db --swaps 5

The first form asks each kind of page in turn, every address for a day of its own so that none
is kept: one client alone, then many, while another asks for a kept page some times a second.
Wanted: a median of 30 ms for one client; of 50, 100 requests a second, and kept pages within
50 ms at the 95th percentile.  The second form asks all kinds together while the file is
swapped: an answer that is no page, or that says it is of another file than its ETag, is a
fault (exit code 1).  The processor is shared with the clients: what a request costs is the
server's own CPU.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import monotonic

from bench.pages import BODIES, POST, addresses

FIRST, DAYS = date(2026, 1, 1), 330
CACHED = "/payers"
BETWEEN_CACHED = 0.05
"""Seconds between two askings for a kept page."""
UNDATED = (POST, "/api/ask", "/kb", "/search.json", "/suggest.json", "/check")
"""What is never kept, or takes no day."""
VERSIONED = "/policy/"
"""A page that a day may not have; it is asked with a place in its stead."""
SECONDS_OF_START = 60
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_TAG = re.compile(rb'etag: W/"([0-9a-f]+)-', re.IGNORECASE)
_CONTENT = re.compile(rb'SHA-256 of its content">([0-9a-f]+)<')


@dataclass(slots=True)
class Told:
    """What clients were answered."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    contents: set[tuple[bytes, bytes]] = field(default_factory=set)
    """Files by their ETag, with the content that their pages name."""
    errors: int = 0

    def p(self, twentieth: int) -> float:
        """Milliseconds within which so many twentieths were answered."""
        return quantiles(self.seconds * 2, n=20)[twentieth - 1] * 1000


class Client:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, address: str) -> tuple[int, bytes, bytes]:
        """Status, head and body of an answer."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.port
            )
        self.writer.write(_sent(address))
        head = await self.reader.readuntil(b"\r\n\r\n")
        if length := _LENGTH.search(head):
            body = await self.reader.readexactly(int(length[1]))
        else:
            body = b"".join([part async for part in self._chunks(self.reader)])
        return int(head.split()[1]), head, body

    async def _chunks(self, reader: asyncio.StreamReader):  # type: ignore[no-untyped-def]  # noqa: ANN202
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readline()
        await reader.readline()

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def _sent(address: str) -> bytes:
    """The bytes of a request."""
    if not address.startswith(POST):
        return f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    kind, body = BODIES[address.removeprefix(POST)]
    head = f"{address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def dated(found: list[str]) -> Iterator[str]:
    """The addresses again and again, each time for another day."""
    for number in count():
        address, turn = found[number % len(found)], number // len(found)
        start = f"{address}{'&' if '?' in address else '?'}"
        if address.startswith(UNDATED) or "on=" in address:
            yield address
        elif address.startswith(VERSIONED):
            yield f"{start}place={turn}"
        else:
            yield f"{start}on={FIRST + timedelta(days=turn % DAYS)}"


async def asking(
    port: int, found: Iterator[str], until: float, told: Told, rest: float = 0
) -> None:
    """Ask one address after the other, with a rest of so many seconds between two."""
    client = Client(port)
    while monotonic() < until:
        begin = monotonic()
        try:
            status, head, body = await client.ask(next(found))
        except (OSError, asyncio.IncompleteReadError, ValueError):
            told.errors += 1
            client.close()
            continue
        told.seconds.append(monotonic() - begin)
        told.statuses[status] += 1
        tag, content = _TAG.search(head), _CONTENT.search(body)
        if tag and content:
            told.contents.add((tag[1], content[1]))
        if rest:
            await asyncio.sleep(rest)
    client.close()


async def alone(port: int, found: Iterator[str], seconds: float) -> Told:
    """What one client was told of the addresses."""
    made = Told()
    await asking(port, found, monotonic() + seconds, made)
    return made


async def loaded(
    port: int, shared: Iterator[str], clients: int, seconds: float
) -> tuple[Told, Told]:
    """What many clients were told of the addresses, and one of a page that is kept."""
    made, kept, until = Told(), Told(), monotonic() + seconds
    waiting = Client(port)
    await waiting.ask(CACHED)
    waiting.close()
    await asyncio.gather(
        *(asking(port, shared, until, made) for _ in range(clients)),
        asking(port, iter(lambda: CACHED, ""), until, kept, BETWEEN_CACHED),
    )
    return made, kept


@contextmanager
def served(database: Path) -> Iterator[tuple[int, int]]:
    """The port and the process of a site over a file."""
    command = (str(Path(sys.executable).with_name("payerkb")), "serve", "--port", "0")
    process = subprocess.Popen(
        [*command, "--database", str(database)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield int(line.rpartition(":")[2].partition("/")[0]), process.pid
    finally:
        process.terminate()
        process.wait(SECONDS_OF_START)


def cpu_of(process: int) -> float:
    """CPU seconds of a process until now."""
    parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def each_kind(database: Path, clients: int, seconds: float, only: str) -> None:
    """The table of kinds."""
    print(f"{clients} clients; load {os.getloadavg()[0]:.1f}")
    heads = ("1 client", "a second", "p50", "p95", "kept p95", "CPU ms", "not 200")
    print(f"{'':24}" + "".join(f"{each:>11}" for each in heads))
    with served(database) as (port, process):
        for kind, found in addresses(database).items():
            if only not in kind:
                continue
            shared = dated(found)
            one = asyncio.run(alone(port, shared, seconds / 2))
            before = cpu_of(process)
            made, kept = asyncio.run(loaded(port, shared, clients, seconds))
            cpu = (cpu_of(process) - before) * 1000 / max(len(made.seconds), 1)
            bad = sum(made.statuses.values()) - made.statuses[200] - made.statuses[302]
            row = (
                f"{one.p(10):.1f}",
                f"{len(made.seconds) / seconds:.0f}",
                *(f"{each:.0f}" for each in (made.p(10), made.p(19), kept.p(19))),
                *(f"{cpu:.1f}", bad + made.errors + kept.errors),
            )
            print(f"{kind:24}" + "".join(f"{each:>11}" for each in row), flush=True)
    print(f"load {os.getloadavg()[0]:.1f}")


async def swapping(
    here: Path, files: Iterable[Path], swaps: int, seconds: float
) -> None:
    """Put one file after the other in the place of the one that is served."""
    both = list(files)
    for number in range(swaps):
        await asyncio.sleep(seconds / (swaps + 1))
        new = here.with_suffix(".new")
        shutil.copy(both[(number + 1) % 2], new)
        new.replace(here)


def while_swapped(args: argparse.Namespace) -> int:
    """All kinds at once over a file that is swapped; 1 when something was wrong."""
    found = [
        each
        for kind, own in addresses(args.database).items()
        if not kind.startswith("/kb")
        for each in own
    ]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "kb.db"
        shutil.copy(args.database, here)
        with served(here) as (port, process):

            async def both() -> Told:
                files = (args.database, args.swap)
                swaps = swapping(here, files, args.swaps, args.seconds)
                (made, _), _ = await asyncio.gather(
                    loaded(port, dated(found), args.clients, args.seconds), swaps
                )
                return made

            made = asyncio.run(both())
            cpu = cpu_of(process) * 1000 / len(made.seconds)
            memory = Path(f"/proc/{process}/status").read_text().partition("VmHWM:")[2]
    tags = {tag for tag, _ in made.contents}
    torn = len(made.contents) - len(tags)
    print(
        f"{args.clients} clients, {args.seconds:.0f} s, {args.swaps} swaps:"
        f" {len(made.seconds)} answers {dict(made.statuses)}, {made.errors} errors,"
        f" {len(tags)} files, {torn} torn; p50 {made.p(10):.0f} ms, p95 {made.p(19):.0f} ms,"
        f" {cpu:.1f} ms CPU each, at most {memory.split()[0]} kB"
    )
    faults = sum(count for status, count in made.statuses.items() if status >= 500)
    return 1 if faults or made.errors or torn else 0


def main() -> int:
    """Print what clients found."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--database", type=Path, default=Path("build/kb.db"))
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--swap", type=Path)
    parser.add_argument("--swaps", type=int, default=5)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    with suppress(KeyboardInterrupt):
        if args.swap is not None:
            return while_swapped(args)
        each_kind(args.database, args.clients, args.seconds, args.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
