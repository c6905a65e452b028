"""A site that is asked many times without a server."""

from __future__ import annotations

from datasette.app import Datasette


def with_one_app(made: Datasette) -> Datasette:
    """The site, whose client asks one application: by itself it makes one each time."""
    app = made.app()
    made.app = lambda: app
    return made
