"""Serving the CRD answers until interrupted."""

from __future__ import annotations

import logging
from pathlib import Path

import uvicorn

from dsl.errors import PayerkbError
from kb.crd.server import CrdApp
from kb.crd.settings import CrdSettings
from kb.http.sockets import ServeError, address_of, is_loopback, listening_socket
from kb.library.base import KnowledgeBase

OPEN = (
    "Without a token only this machine may reach the service: give one with --token-file"
    " or $PAYERKB_CRD_TOKEN, or listen on 127.0.0.1."
)

STOPPING_SECONDS = 20
"""For how long orders that are being answered are waited for at the end."""


def serve_crd(database: Path, settings: CrdSettings) -> None:
    """Serve until interrupted; port 0 takes any free one.

    No request is logged.  Raises ``ServeError`` when the file is no knowledge base, when
    the address is not to be had, or when others could reach it without a token.
    """
    try:
        base = KnowledgeBase.open(database.resolve())
    except PayerkbError as error:
        raise ServeError(str(error)) from None
    with listening_socket(settings.host, settings.port) as listener:
        if not (settings.token or is_loopback(listener)):
            raise ServeError(OPEN)
        address = address_of(settings.host, listener)
        print(
            f"CRD services are at {address}cds-services  (Ctrl+C stops it)", flush=True
        )
        # What libraries log of an error is its trace, and that may hold what was asked.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            CrdApp(base, settings),
            log_level="critical",
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=STOPPING_SECONDS,
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            return  # uvicorn has finished what it was answering
