"""The hooks that Datasette calls; ``site/plugins/payer_site.py`` hands them over."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Generator, Sequence
from functools import partial, wraps
from typing import Any

from datasette import Forbidden, NotFound, hookimpl
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request, Response

from kb.http.asgi import App
from kb.web.answers import (
    DATABASE,
    frame_for_tables,
    problem_of,
    problem_response,
    site_of,
)
from kb.web.check.routes import ROUTES as CHECK_ROUTES
from kb.web.guard import NOT_FOUND, guarded, is_of_tables
from kb.web.page import PageProblem
from kb.web.parameters import Handler, unknown_asked
from kb.web.render import asset_path
from kb.web.routes import ROUTES
from kb.web.service import ROUTES as SERVICE_ROUTES
from kb.web.watch import watch_database

__all__ = [
    "asgi_wrapper",
    "extra_template_vars",
    "forbidden",
    "handle_exception",
    "register_routes",
    "startup",
]

TOO_SLOW = PageProblem(
    400,
    "This question takes too long",
    "Ask for less: fewer facets, a narrower filter.",
)
UNFIT = PageProblem(
    400,
    "This address asks for nothing that exists",
    "A value of it does not fit: a facet of lists over plain text, or a word for a yes or no.",
)
HEAVY_COLUMNS = (
    *("ir", "text", "prose_html", "prose_text", "claim", "expect", "body"),
    *("ir_sha256", "sha256"),
)
"""Columns that are long, and for programs: a table shows them when it is asked to."""
CLOSED = PageProblem(403, "Not open", "This part is not open to readers.")


@hookimpl
def register_routes() -> Sequence[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Our pages come before Datasette's own."""
    return [
        (pattern, refusing_unknown(handler))
        for pattern, handler in (*CHECK_ROUTES, *SERVICE_ROUTES, *ROUTES)
    ]


def refusing_unknown(handler: Handler) -> Handler:
    """The handler behind a look at what its address asks."""

    @wraps(handler)
    async def answer(datasette: Any, request: Request) -> Response:  # noqa: ANN401
        problem = unknown_asked(handler, request.args)
        if problem is not None:
            return problem_response(datasette, request.path, problem)
        return await handler(datasette, request)

    return answer


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:  # noqa: ANN401
    """Nothing passes the guard unseen."""
    return lambda app: guarded(app, datasette)


@hookimpl
def startup(datasette: Any) -> None:  # noqa: ANN401
    """Watch the database's file while serving."""
    datasette.add_background_task(watch_database, name="watch the knowledge base")


@hookimpl
def extra_template_vars(datasette: Any, request: Request) -> Callable[..., Any]:  # noqa: ANN401
    """Datasette's own pages stand in our frame."""

    async def frame() -> dict[str, Any]:
        return {
            "frame": await frame_for_tables(datasette, request),
            "asset": partial(asset_path, site_of(datasette)),
            "query": "",
            "content": "",
            "described": described(datasette),
            "heavy": HEAVY_COLUMNS,
        }

    return frame


def described(datasette: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """What the configuration says of each table, in its order."""
    databases = (datasette.config or {}).get("databases", {})
    found: dict[str, dict[str, Any]] = databases.get(DATABASE, {}).get("tables", {})
    return found


@hookimpl
def forbidden(datasette: Any, request: Request) -> Awaitable[Response]:  # noqa: ANN401
    """What is closed says so, without Datasette's debug details."""
    return _told(datasette, request, CLOSED)


@hookimpl(wrapper=True)
def handle_exception(
    datasette: Any,  # noqa: ANN401
    request: Request,
    exception: Exception,
) -> Generator[None, object, list[Awaitable[Response]]]:
    """Our page in place of every other handler's.

    Datasette's own would print the local variables of the request to the console.
    """
    yield
    # What is served is a checked copy: the fault is in what was asked of its tables.
    is_unfit = isinstance(exception, sqlite3.Error | ValueError)
    if is_unfit and is_of_tables(request.path):
        return [_told(datasette, request, UNFIT)]
    return [_told(datasette, request, _problem(exception))]


def _problem(exception: Exception) -> PageProblem:
    if isinstance(exception, NotFound):
        return NOT_FOUND
    if isinstance(exception, Forbidden):
        return CLOSED
    if isinstance(exception, QueryInterrupted):
        return TOO_SLOW
    status = getattr(exception, "status", 500)
    if isinstance(exception, Base400) or 400 <= status < 500:
        return PageProblem(
            400, "This address asks for nothing that exists", "Check its last part."
        )
    return problem_of(exception)


async def _told(datasette: Any, request: Request, problem: PageProblem) -> Response:  # noqa: ANN401
    return problem_response(datasette, request.path, problem)
