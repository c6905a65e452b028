"""Serving the knowledge base: Datasette with our configuration directory."""

from __future__ import annotations

import errno
import logging
import socket
import sys
import webbrowser
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

from dsl.errors import PayerkbError
from kb.read.store import KnowledgeBaseError
from kb.web.answers import DATABASE
from kb.web.held import HeldDatabase
from kb.web.render import site_folder
from kb.web.serving import serving
from kb.web.settings import Settings

LAST_PORT = 65535
SWITCH_SECONDS = 0.001


class ServeError(PayerkbError):
    """The site cannot be served; the text says why and what to do."""


def make_datasette(
    database: Path,
    site: Settings | None = None,
    **settings: Any,  # noqa: ANN401
) -> Datasette:
    """The site over the file ``database``, whatever its name; nothing listens yet.

    Raises ``ServeError`` when the file is no knowledge base.
    """
    made = Datasette([], config_dir=site_folder(), **settings)
    made.payerkb = serving(site or Settings())
    try:
        served = HeldDatabase(made, database.resolve())
    except KnowledgeBaseError as error:
        made.close()
        raise ServeError(str(error)) from None
    made.add_database(served, name=DATABASE)
    made.remove_database("_memory")
    return made


def serve(
    database: Path, settings: Settings | None = None, *, open_browser: bool = False
) -> None:
    """Serve until interrupted; port 0 takes any free one.

    No request is logged: an address may hold what somebody typed.  Raises
    ``ServeError`` when the file is no knowledge base or the address is not to be had.
    """
    settings = settings or Settings()
    made = make_datasette(database, settings)
    with listening_socket(settings.host, settings.port) as listener:
        address = address_of(settings.host, listener)
        print(f"payerkb is at {address}  (Ctrl+C stops it)", flush=True)
        if settings.prefix:
            print(f"A proxy shows it below {settings.prefix}", flush=True)
        if not is_loopback(listener):
            print("Every machine that reaches this one can read it.", flush=True)
        if open_browser:
            webbrowser.open(address)
        run_until_interrupted(made, listener)


def run_until_interrupted(made: Datasette, listener: socket.socket) -> None:
    """Answer what comes to the socket; ``ServeError`` when the site does not start."""
    # What libraries log of an error is its trace, and that may hold what was asked.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # Who sends what is made already waits no longer for a thread that makes something.
    sys.setswitchinterval(SWITCH_SECONDS)
    config = uvicorn.Config(
        made.app(),
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return  # its pages are finished: uvicorn raises the interrupt once more
    except SystemExit as left:
        if server.started:
            raise
        message = (
            "The site did not start. Make the knowledge base anew with "
            "payerkb build --force; if that does not help, please report it."
        )
        raise ServeError(message) from left


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that already accepts connections, so that a browser can come at once."""
    if not 0 <= port <= LAST_PORT:
        raise ServeError(_why_not(None, host, port))
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        # With its protocol named, the event loop sends small answers without delay.
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen()
        except OSError:
            made.close()
            raise
    except (OSError, UnicodeError) as error:
        raise ServeError(_why_not(error, host, port)) from None
    return made


def _why_not(error: Exception | None, host: str, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by another payerkb. "
            f"Choose another: payerkb serve --port {port + 1}"
        )
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return f"Port {port} needs more rights. Choose one above 1023."
    return (
        f"{host}, port {port}, is no address of this machine. "
        "Use 127.0.0.1 and a port from 1024 through 65535."
    )


def address_of(host: str, listener: socket.socket) -> str:
    """What to open in the browser."""
    shown = f"[{host}]" if ":" in host else host
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        shown = "localhost"
    return f"http://{shown}:{listener.getsockname()[1]}/"


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach the socket."""
    address = str(listener.getsockname()[0])
    return address.startswith("127.") or address == "::1"
