"""What machines ask a site: whether it lives, what robots may read, how its JSON looks.

Also where an address leads that people write by hand and that names nothing.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote

from datasette.utils.asgi import Request, Response

from kb.claims.model import PayerNamed
from kb.engine.payers import find_payer
from kb.read.store import KnowledgeBase
from kb.version import __version__
from kb.web.answers import (
    NO_STORE,
    answer_json,
    in_knowledge,
    json_response,
    problem_json,
    problem_of,
    problem_page,
    served_by,
)
from kb.web.check.checked import engine_of
from kb.web.openapi import description
from kb.web.page import not_loaded
from kb.web.parameters import takes
from kb.web.where import CHOICES

ROBOTS = "User-agent: *\nDisallow: /\n"
LISTS = {
    "payer": "/payers",
    "code": "/",
    "policies": "/policies",
    "policy": "/policies",
}


@takes()
async def health(datasette: Any, request: Request) -> Response:  # noqa: ANN401, ARG001
    """``/health``: 200 while a knowledge base is served."""
    try:
        database = served_by(datasette)
    except Exception as error:
        return problem_json(problem_of(error))
    found = {
        "status": "ok",
        "version": __version__,
        "database": database.sha256,
        "content": database.content,
    }
    return json_response(f"{json.dumps(found)}\n", 200, NO_STORE)


@takes()
async def robots(datasette: Any, request: Request) -> Response:  # noqa: ANN401, ARG001
    """``/robots.txt``: nothing of this is for search engines."""
    return Response.text(ROBOTS)


@takes()
async def openapi(datasette: Any, request: Request) -> Response:  # noqa: ANN401
    """``/api/openapi.json``: what programs can ask, and what they get."""
    return await answer_json(datasette, request, lambda _kb: description())


@takes(*CHOICES)
async def to_its_list(datasette: Any, request: Request) -> Response:  # noqa: ANN401, ARG001
    """``/payer`` and others that name none: the list of all."""
    return Response.redirect(with_query(LISTS[request.path.strip("/")], request))


@takes(*CHOICES)
async def payer_by_name(datasette: Any, request: Request) -> Response:  # noqa: ANN401
    """``/payer/AETNA``, ``/payer/Blue Cross of Texas``: the payer of that name."""
    name = unquote(request.url_vars["payer"]).strip()
    try:
        key = await in_knowledge(datasette, lambda kb: payer_called(kb, name))
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    return Response.redirect(with_query(f"/payer/{key}", request))


def payer_called(kb: KnowledgeBase, name: str) -> str:
    """The key of the payer of a name; a ``PageProblem`` where it is nobody's, or several's."""
    program = engine_of(kb).program
    for called in (name.lower(), name):
        key, _why = find_payer(PayerNamed(key=called), program)
        if key:
            return key
    raise not_loaded("payer")


@takes(*CHOICES)
async def code_as_written(datasette: Any, request: Request) -> Response:  # noqa: ANN401, ARG001
    """``/code/ 64483 ``, ``/code/m54.16``: the code as it is written."""
    code = "".join(unquote(request.url_vars["code"]).split()).upper()
    ending = request.url_vars["ending"] or ""
    return Response.redirect(with_query(f"/code/{quote(code)}{ending}", request))


def with_query(path: str, request: Request) -> str:
    """The path with what was asked besides."""
    return f"{path}?{request.query_string}" if request.query_string else path


ROUTES = (
    (r"^/health$", health),
    (r"^/robots\.txt$", robots),
    (r"^/api/openapi\.json$", openapi),
    (r"^/(?:payer|code|policy)/?$", to_its_list),
    (r"^/policies/$", to_its_list),
    (r"^/payer/(?P<payer>(?=[^/]*(?:[A-Z_ ]|%20|\+))[^/]+)$", payer_by_name),
    (
        r"^/code/(?P<code>(?=[^/]*(?: |%20|%09|\+))[^/]*?[0-9A-Za-z][^/]*?)(?P<ending>\.json)?$",
        code_as_written,
    ),
)
