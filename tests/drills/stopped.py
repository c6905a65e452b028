"""The site started and stopped at any moment, under requests of every kind: it ends.

Run as ``python -m tests.drills.stopped [HOW_MANY]`` (200 in all).  Half of them are whole
processes that get a signal at a moment between their first instruction and some time
after they serve; half are served by a thread and told to end, as the tests do.  Meanwhile
clients ask for pages, keep connections open, send half a request, leave in the middle of
an upload, read a long answer slowly, ask for a websocket.  Each has to end in time, with
no traceback and with its port free.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import uvicorn

from kb.http.sockets import listening_socket
from kb.web.serve import make_datasette
from tests.drills.measured import COMMAND
from tests.drills.small_base import built
from tests.drills.table import Table
from tests.seeds import fresh, how_to_repeat

HOW_MANY = 200
PATIENCE = 60.0
"""Seconds in which a site has to end: it waits for its pages for 20 and for tasks for 5."""
GRACE = 2
"""Seconds that the site of a thread waits for its pages."""
CLIENTS = 6

HEAD = b"Host: localhost\r\n"
SENT = {
    "a page": b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a page, packed": b"GET /payers HTTP/1.1\r\nAccept-Encoding: gzip\r\n"
    + HEAD
    + b"\r\n",
    "a table": b"GET /kb/rule.csv?_stream=1 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "half a request": b"GET / HTTP/1.1\r\nHost: local",
    "half an upload": b"POST /api/check HTTP/1.1\r\nContent-Length: 900\r\n"
    + HEAD
    + b"\r\n{",
    "half a form": b"POST /check HTTP/1.1\r\nContent-Length: 900\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n" + HEAD + b"\r\n--x\r\n",
    "a websocket": b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    + HEAD
    + b"\r\n",
    "two at once": b"".join(
        b"GET /" + path + b" HTTP/1.1\r\n" + HEAD + b"\r\n"
        for path in (b"search?q=epidural", b"health")
    ),
    "nothing": b"",
}


def client(port: int, dice: Random, until: threading.Event) -> None:
    """Ask in some ways, one after the other, until the site is gone."""
    while not until.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as to:
            to.sendall(SENT[dice.choice(sorted(SENT))])
            to.settimeout(dice.choice((0.01, 0.2)))
            with suppress(TimeoutError):
                to.recv(dice.choice((1, 65_536)))
            if dice.random() < 0.3:
                until.wait(dice.uniform(0, 1.0))
        until.wait(0.01)


def with_clients(port: int, dice: Random, until: threading.Event) -> None:
    """Start the clients."""
    for _ in range(CLIENTS):
        own = Random(dice.random())
        threading.Thread(target=client, args=(port, own, until), daemon=True).start()


def by_thread(database: Path, dice: Random) -> str:
    """One site served by a thread and told to end; what is wrong."""
    made = make_datasette(database)
    listener = listening_socket("127.0.0.1", 0)
    until = threading.Event()
    with_clients(listener.getsockname()[1], dice, until)
    server = uvicorn.Server(
        uvicorn.Config(
            made.app(),
            log_level="critical",
            lifespan="on",
            timeout_graceful_shutdown=GRACE,
        )
    )
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve([listener])), daemon=True
    )
    thread.start()
    time.sleep(dice.choice((0, dice.uniform(0, 0.3), dice.uniform(0, 1.5))))
    server.should_exit = True
    thread.join(PATIENCE)
    stuck = thread.is_alive()
    if stuck:
        faulthandler.dump_traceback()
    until.set()
    made.close()
    listener.close()
    return "a site of a thread does not end" if stuck else ""


def by_process(database: Path, dice: Random) -> str:
    """One process that gets a signal at any moment; what is wrong."""
    with listening_socket("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    sent = dice.choice((signal.SIGINT, signal.SIGTERM))
    until = threading.Event()
    child = subprocess.Popen(
        [COMMAND, "serve", "-d", database, "--port", str(port)],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with_clients(port, dice, until)
    time.sleep(dice.uniform(0, 4))
    child.send_signal(sent)
    try:
        _, told = child.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGABRT)
        child.communicate()
        return f"a process does not end by {sent.name}"
    finally:
        until.set()
    # Before our first instruction an interrupt is answered by Python itself.
    if "Error" in told or ("Traceback" in told and "/kb/" in told):
        return f"{sent.name}, code {child.returncode}: {told[-400:]}"
    return ""


def main(how_many: int = HOW_MANY) -> int:
    """Start and stop sites; 1 when one did not end well."""
    table = Table(f"sites stopped ({how_to_repeat()} repeats the moments)")
    kinds = {"served by a thread": by_thread, "a process": by_process}
    with tempfile.TemporaryDirectory() as name:
        database = built(Path(name))
        for number, (kind, once) in enumerate(kinds.items()):
            dice = Random(fresh(number))
            told = [once(database, dice) for _ in range(how_many // len(kinds))]
            bad = [why for why in told if why]
            table.row(kind, len(told), len(bad), why=bad[0] if bad else "")
    return table.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
