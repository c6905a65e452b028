"""Serving the knowledge base: Datasette with our configuration directory."""

from __future__ import annotations

import logging
import socket
import sys
import webbrowser
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

from kb.http.sockets import ServeError, address_of, is_loopback, listening_socket
from kb.read.store import KnowledgeBaseError
from kb.web.answers import DATABASE
from kb.web.held import HeldDatabase
from kb.web.render import site_folder
from kb.web.serving import serving
from kb.web.settings import Settings

__all__ = [
    "ServeError",
    "address_of",
    "is_loopback",
    "listening_socket",
    "make_datasette",
    "serve",
]

STOPPING_SECONDS = 20
"""For how long pages that are being made are waited for when the site is to end."""
SWITCH_SECONDS = 0.001


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
        timeout_graceful_shutdown=STOPPING_SECONDS,
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
    finally:
        made.close()  # who interrupts twice waits for no page, but leaves nothing behind
