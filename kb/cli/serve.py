"""``payerkb serve``: the knowledge base in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.options import database_option, stop


@click.command()
@database_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 for any that is free.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open a browser window.")
def serve(database: Path, host: str, port: int, *, open_browser: bool) -> None:
    """Serve the knowledge base to browsers on this machine.

    A database that `payerkb build` writes meanwhile is picked up by itself.
    """
    from kb.web.serve import ServeError  # noqa: PLC0415  (Datasette is slow to import)
    from kb.web.serve import serve as serve_site  # noqa: PLC0415

    try:
        serve_site(database, host, port, open_browser=open_browser)
    except ServeError as error:
        stop(str(error))
