"""From a request to a response: one read of the knowledge base, then the template.

Whatever goes wrong becomes a clear page (or JSON) without details; what the log gets
is the kind of the error and the place in the code, never a value or an address.
"""

from __future__ import annotations

import logging
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from cachetools import LRUCache
from datasette.database import DatasetteClosedError
from datasette.utils.asgi import Request, Response

from kb.indented import indented
from kb.read.store import KnowledgeBase, content_of
from kb.version import __version__
from kb.web.carried import carrying
from kb.web.frame import Frame, frame_of
from kb.web.held import HeldDatabase
from kb.web.page import File, Page, PageProblem, asked_day
from kb.web.parameters import key_of
from kb.web.parts import parts_of
from kb.web.render import fingerprint, html_of

Site = Any
"""A ``Datasette``, which is not typed."""
DATABASE = "kb"
NO_STORE = {"Cache-Control": "no-store"}
STRICT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
BARE_POLICY = "default-src 'none'; frame-ancestors 'none'"
UNREADABLE = PageProblem(
    503,
    "The knowledge base cannot be read",
    "Make it again with: payerkb build. This page then works by itself.",
)
BROKEN = PageProblem(
    500,
    "This page could not be made",
    "That is our mistake, not yours. The program's log says where it happened.",
)
WANTED_METHOD = PageProblem(405, "Read only", "This address only answers GET and HEAD.")
log = logging.getLogger("payerkb.site")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was answered."""

    html: str
    status: int
    may_store: bool


Key = tuple[str, str, date, str]
KEPT: LRUCache[Key, Kept] = LRUCache(maxsize=200)
"""The pages last asked for.  A page is the same as long as knowledge base, site and day
are; one with somebody's words in it (a search) is never kept."""
KEPT_JSON: LRUCache[Key, str] = LRUCache(maxsize=200)
"""The same of answers for programs."""

Build = Callable[[KnowledgeBase], Page]
BuildJson = Callable[[KnowledgeBase], dict[str, Any]]
Made = TypeVar("Made")
BuildFile = Callable[[KnowledgeBase], File]


def site_of(datasette: Any) -> Path:  # noqa: ANN401  (Datasette is not typed)
    """The configuration directory that the templates come from."""
    return Path(datasette.template_dir).parent


async def answer_page(datasette: Any, request: Request, build: Build) -> Response:  # noqa: ANN401
    """The page that ``build`` makes of the knowledge base, or what went wrong."""
    try:
        database, site = served_by(datasette), site_of(datasette)
        today = asked_day(request.args.get("as-of"))
        key = (database.sha256, fingerprint(site), today, key_of(request))
        kept = KEPT.get(key)
        if kept is None:
            kept = await database.ask(
                lambda kb: made_of(kb, request, build(kb), site, today)
            )
            if kept.may_store:
                KEPT[key] = kept
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    caching = caching_of(key, may_store=kept.may_store)
    if is_same(request, caching):
        return Response("", status=304, headers=caching)
    headers = {"Content-Security-Policy": STRICT_POLICY, **caching}
    return Response.html(kept.html, status=kept.status, headers=headers)


def made_of(
    kb: KnowledgeBase, request: Request, page: Page, site: Path, today: date
) -> Kept:
    """A page as HTML in its frame, both of the same knowledge base."""
    frame = frame_of(kb, request.path, request.args, request.query_string)
    kept = parts_of(kb).kept
    html = html_of(site, page, content_of(kb), today, frame, kept)
    return Kept(carrying(html, frame.where), page.status, may_store=page.may_store)


async def frame_for_tables(datasette: Any, request: Request) -> Frame:  # noqa: ANN401
    """The frame of a page that Datasette makes itself."""
    try:
        return await in_knowledge(datasette, lambda kb: frame_of(kb, request.path, {}))
    except (sqlite3.Error, DatasetteClosedError):
        return Frame()


async def answer_redirect(
    datasette: Any,  # noqa: ANN401
    choose: Callable[[KnowledgeBase], str],
) -> Response:
    """To the page that ``choose`` names, or what went wrong."""
    try:
        address = await in_knowledge(datasette, choose)
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    return Response.redirect(address, headers=NO_STORE)


async def redirect_to_any(
    datasette: Any,  # noqa: ANN401
    choose: Callable[[KnowledgeBase], str],
) -> Response | None:
    """To the page that ``choose`` names; ``None`` when it names none, or cannot be asked."""
    try:
        address = await in_knowledge(datasette, choose)
    except (sqlite3.Error, DatasetteClosedError):
        return None  # the page that is made instead tells what is wrong
    if not address:
        return None
    return Response.redirect(address, headers=NO_STORE)


async def answer_file(datasette: Any, request: Request, build: BuildFile) -> Response:  # noqa: ANN401
    """A file that other programs read (a feed, a calendar, a list), or what went wrong."""
    try:
        database = served_by(datasette)
        made = await database.ask(build)
    except Exception as error:
        return problem_response(datasette, request.path, problem_of(error))
    key = (database.sha256, __version__, asked_day(None), key_of(request))
    caching = caching_of(key, may_store=True)
    if is_same(request, caching):
        return Response("", status=304, headers=caching)
    headers = {**caching, "Content-Security-Policy": BARE_POLICY, **made.headers}
    return Response(made.text, headers=headers, content_type=made.content_type)


async def answer_json(datasette: Any, request: Request, build: BuildJson) -> Response:  # noqa: ANN401
    """The JSON that ``build`` makes of the knowledge base, or what went wrong."""
    may_store = not request.args.get("q")
    try:
        database = served_by(datasette)
        key = (database.sha256, __version__, asked_day(None), key_of(request))
        text = KEPT_JSON.get(key)
        if text is None:
            text = await database.ask(lambda kb: json_of(kb, build))
            if may_store:
                KEPT_JSON[key] = text
    except Exception as error:
        return problem_json(problem_of(error))
    caching = caching_of(key, may_store=may_store)
    if is_same(request, caching):
        return Response("", status=304, headers=caching)
    return json_response(text, 200, caching)


def json_of(kb: KnowledgeBase, build: BuildJson) -> str:
    """What ``build`` makes as text, with the hash of the policies."""
    return _json_text({"content": content_of(kb), **build(kb)})


async def in_knowledge(
    datasette: Any,  # noqa: ANN401
    build: Callable[[KnowledgeBase], Made],
) -> Made:
    """What ``build`` makes of the knowledge base that is served now."""
    return await served_by(datasette).ask(build)


def served_by(datasette: Any) -> HeldDatabase:  # noqa: ANN401
    """The knowledge base that is served now."""
    found = datasette.databases.get(DATABASE)
    if not isinstance(found, HeldDatabase):
        message = f"No database named {DATABASE} is being served."
        raise sqlite3.OperationalError(message)
    return found


def caching_of(key: Key, *, may_store: bool) -> dict[str, str]:
    """Answers are asked for again each time, and come whole only when they changed."""
    if not may_store:
        return {"Cache-Control": "no-store"}
    database, site, today, _asked = key
    # Weak: packed and unpacked it is the same answer, not the same bytes.
    tag = f'W/"{database.removeprefix("sha256:")[:16]}-{site[:8]}-{today}"'
    return {"Cache-Control": "no-cache", "ETag": tag}


def is_same(request: Request, caching: dict[str, str]) -> bool:
    """Whether who asks has the answer already."""
    given = request.headers.get("if-none-match") or ""
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return caching.get("ETag", "").removeprefix("W/") in tags - {""}


def problem_of(error: Exception) -> PageProblem:
    """What a reader is told of an error; the log gets its kind and place."""
    if isinstance(error, PageProblem):
        # Where it was raised holds the request, and some are raised again and again.
        error.__traceback__ = error.__context__ = None
        return error
    is_database = isinstance(error, sqlite3.Error | DatasetteClosedError)
    known = UNREADABLE if is_database else BROKEN
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    log.error("%s at %s", type(error).__name__, place)
    return known


def problem_response(
    datasette: Any,  # noqa: ANN401
    path: str,
    problem: PageProblem,
) -> Response:
    """What is wrong, as JSON for an address that ends so, else as a page."""
    if path.endswith(".json") or path.startswith("/api/"):
        return problem_json(problem)
    return problem_page(datasette, problem)


def problem_page(datasette: Any, problem: PageProblem) -> Response:  # noqa: ANN401
    """A page that says what is wrong and what to do."""
    context = {
        "status": problem.status,
        "title": problem.title,
        "message": problem.message,
    }
    page = Page("kb/problem.html", context, problem.status)
    html = html_of(site_of(datasette), page, "", asked_day(None))
    headers = {"Content-Security-Policy": STRICT_POLICY, **NO_STORE}
    return Response.html(html, status=problem.status, headers=headers)


def problem_json(problem: PageProblem) -> Response:
    """The same for programs."""
    error = {
        "status": problem.status,
        "title": problem.title,
        "message": problem.message,
    }
    return json_response(_json_text({"error": error}), problem.status, NO_STORE)


def _json_text(value: dict[str, Any]) -> str:
    return f"{indented(value)}\n"


def json_response(text: str, status: int, caching: dict[str, str]) -> Response:
    """Text that is JSON already, as an answer to a program."""
    return Response(
        text,
        status=status,
        headers={
            **caching,
            "Content-Security-Policy": BARE_POLICY,
        },
        content_type="application/json; charset=utf-8",
    )
