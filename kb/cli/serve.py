"""``payerkb serve``: the knowledge base in the browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from kb.cli.options import database_option, stop


@click.command()
@database_option
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="PAYERKB_SETTINGS",
    help="A TOML file of settings, told in docs/serving.md (or $PAYERKB_SETTINGS).",
)
@click.option("--host", help="Address to listen on; by default 127.0.0.1.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, by default 8001; 0 for any that is free.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open a browser window.")
def serve(
    database: Path,
    file: Path | None,
    host: str | None,
    port: int | None,
    *,
    open_browser: bool,
) -> None:
    """Serve the knowledge base to browsers on this machine.

    A database that `payerkb build` writes meanwhile is picked up by itself. What is
    typed is never logged, and claims are answered without being kept.
    """
    from kb.http.sockets import ServeError  # noqa: PLC0415
    from kb.web.serve import serve as serve_site  # noqa: PLC0415  (Datasette is slow to import)
    from kb.web.settings import Settings, SettingsError, read_settings  # noqa: PLC0415

    try:
        settings = read_settings(file) if file else Settings()
        if host is not None:
            settings = replace(settings, host=host)
        if port is not None:
            settings = replace(settings, port=port)
        serve_site(database, settings, open_browser=open_browser)
    except (ServeError, SettingsError) as error:
        stop(str(error))
