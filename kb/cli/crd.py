"""``payerkb crd serve``: coverage requirements of orders, for an EHR."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kb.cli.options import database_option, stop

TOKEN = "PAYERKB_CRD_TOKEN"  # noqa: S105  (the variable's name)
SHORTEST = 16


@click.group()
def crd() -> None:
    """Answer an EHR what payers' rules ask of an order (CDS Hooks, Da Vinci CRD)."""


@crd.command()
@database_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8002,
    show_default=True,
    help="Port to listen on; 0 for any that is free.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name by which clients reach the service, as crd.example.org; may be repeated.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with the token that every request must bring (or $PAYERKB_CRD_TOKEN)."
    " Without one only this machine can be served.",
)
@click.option(
    "--max-body-bytes",
    type=click.IntRange(1_000, 200_000_000),
    default=2_000_000,
    show_default=True,
    help="The most that is taken in a request.",
)
def serve(
    database: Path,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    token_file: Path | None,
    max_body_bytes: int,
) -> None:
    """Serve coverage requirements of orders to an EHR.

    GET /cds-services lists the hooks (order-sign, order-dispatch) and what each wants
    prefetched; an order that is posted comes back with coverage-information, and with a
    card where there is something to do. No call is made to anybody, and nothing that is
    asked is logged or kept. A database that `payerkb build` writes meanwhile is picked up
    with the next request. docs/crd.md tells the rest.
    """
    from kb.crd.serve import serve_crd  # noqa: PLC0415  (a server is slow to import)
    from kb.crd.settings import CrdSettings  # noqa: PLC0415
    from kb.http.sockets import ServeError  # noqa: PLC0415

    settings = CrdSettings(
        host=host,
        port=port,
        hosts=tuple(name.lower() for name in hosts),
        token=token_of(token_file),
        max_body_bytes=max_body_bytes,
    )
    try:
        serve_crd(database, settings)
    except ServeError as error:
        stop(str(error))


def token_of(file: Path | None) -> str:
    """The token that a file or the environment gives; empty where neither does."""
    if file is None:
        token, source = os.environ.get(TOKEN, "").strip(), f"${TOKEN}"
        if not token:
            return ""
    else:
        source = str(file)
        try:
            token = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            stop(f"{file} cannot be read: it should hold the token alone.")
    if len(token) < SHORTEST or not token.isascii() or len(token.split()) != 1:
        stop(f"{source}: a token is one word of {SHORTEST} or more letters and digits.")
    return token
