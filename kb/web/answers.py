"""From a request to a response: one read of the knowledge base, then the template.

Whatever goes wrong becomes a clear page (or JSON) without details; what the log gets
is the kind of the error and the place in the code, never a value or an address.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from datasette.database import DatasetteClosedError
from datasette.utils.asgi import Request, Response

from kb.read.store import Connection, KnowledgeBase, content_of
from kb.web.carried import carrying
from kb.web.frame import Frame, frame_of
from kb.web.page import File, Page, PageProblem, asked_day
from kb.web.render import fingerprint, html_of

Site = Any
"""A ``Datasette``, which is not typed."""
DATABASE = "kb"
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
BuildFile = Callable[[KnowledgeBase], File]


def site_of(datasette: Any) -> Path:  # noqa: ANN401  (Datasette is not typed)
    """The configuration directory that the templates come from."""
    return Path(datasette.template_dir).parent


async def answer_page(datasette: Any, request: Request, build: Build) -> Response:  # noqa: ANN401
    """The page that ``build`` makes of the knowledge base, or what went wrong."""
    try:
        today = asked_day(request.args.get("as-of"))
        content, _ = await in_knowledge(datasette, lambda _kb: None)
        kept = KEPT.get(_key(datasette, request, content, today))
        if kept is None:
            content, (page, frame) = await in_knowledge(
                datasette, _framed(request, build)
            )
            html = html_of(site_of(datasette), page, content, today, frame)
            html = carrying(html, frame.where)
            kept = Kept(html, page.status, may_store=page.may_store)
            if page.may_store and content:
                KEPT[_key(datasette, request, content, today)] = kept
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    tag = f'"{content[:16]}-{fingerprint(site_of(datasette))[:8]}-{today}"'
    caching = _caching(tag, may_store=kept.may_store)
    if kept.may_store and request.headers.get("if-none-match") == tag:
        return Response("", status=304, headers=caching)
    headers = {"Content-Security-Policy": STRICT_POLICY, **caching}
    return Response.html(kept.html, status=kept.status, headers=headers)


def _framed(
    request: Request, build: Build
) -> Callable[[KnowledgeBase], tuple[Page, Frame]]:
    """The page with its frame, both read from the same knowledge base."""

    def both(kb: KnowledgeBase) -> tuple[Page, Frame]:
        frame = frame_of(kb, request.path, request.args, request.query_string)
        return build(kb), frame

    return both


async def frame_for_tables(datasette: Any, request: Request) -> Frame:  # noqa: ANN401
    """The frame of a page that Datasette makes itself."""
    try:
        _, frame = await in_knowledge(
            datasette, lambda kb: frame_of(kb, request.path, {})
        )
    except (sqlite3.Error, DatasetteClosedError):
        return Frame()
    return frame  # type: ignore[no-any-return]


async def answer_redirect(
    datasette: Any,  # noqa: ANN401
    choose: Callable[[KnowledgeBase], str],
) -> Response:
    """To the page that ``choose`` names, or what went wrong."""
    try:
        _, address = await in_knowledge(datasette, choose)
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    return Response.redirect(address, headers={"Cache-Control": "no-store"})


async def redirect_to_any(
    datasette: Any,  # noqa: ANN401
    choose: Callable[[KnowledgeBase], str],
) -> Response | None:
    """To the page that ``choose`` names; ``None`` when it names none, or cannot be asked."""
    try:
        _, address = await in_knowledge(datasette, choose)
    except (sqlite3.Error, DatasetteClosedError):
        return None  # the page that is made instead tells what is wrong
    if not address:
        return None
    return Response.redirect(address, headers={"Cache-Control": "no-store"})


async def answer_file(datasette: Any, request: Request, build: BuildFile) -> Response:  # noqa: ANN401
    """A file that other programs read (a feed, a calendar, a list), or what went wrong."""
    try:
        content, made = await in_knowledge(datasette, build)
    except Exception as error:
        return problem_response(datasette, request.path, problem_of(error))
    tag = f'"{content[:16]}-{asked_day(None)}"'
    caching = _caching(tag, may_store=True)
    if request.headers.get("if-none-match") == tag:
        return Response("", status=304, headers=caching)
    headers = {**caching, "Content-Security-Policy": BARE_POLICY, **made.headers}
    return Response(made.text, headers=headers, content_type=made.content_type)


async def answer_json(datasette: Any, request: Request, build: BuildJson) -> Response:  # noqa: ANN401
    """The JSON that ``build`` makes of the knowledge base, or what went wrong."""
    may_store = not request.args.get("q")
    try:
        content, _ = await in_knowledge(datasette, lambda _kb: None)
        key = _key(datasette, request, content, asked_day(None))
        text = KEPT_JSON.get(key)
        if text is None:
            content, found = await in_knowledge(datasette, build)
            text = _json_text({"content": content, **found})
            if may_store and content:
                KEPT_JSON[_key(datasette, request, content, asked_day(None))] = text
    except Exception as error:
        return problem_json(problem_of(error))
    return json_response(text, 200, "no-cache" if may_store else "no-store")


async def in_knowledge(
    datasette: Any,  # noqa: ANN401
    build: Callable[[KnowledgeBase], Any],
) -> tuple[str, Any]:
    """The content hash and what ``build`` makes, from one and the same database."""

    def read(connection: Connection) -> tuple[str, Any]:
        knowledge = KnowledgeBase(connection, database.read)
        return content_of(knowledge), build(knowledge)

    try:
        database = datasette.get_database(DATABASE)
    except KeyError:
        message = f"No database named {DATABASE} is being served."
        raise sqlite3.OperationalError(message) from None
    found: tuple[str, Any] = await database.execute_fn(read)
    return found


def _key(datasette: Any, request: Request, content: str, today: date) -> Key:  # noqa: ANN401
    site = site_of(datasette)
    return content, fingerprint(site), today, request.full_path


def _caching(tag: str, *, may_store: bool) -> dict[str, str]:
    """Pages are asked for again each time, and come whole only when they changed."""
    if not may_store:
        return {"Cache-Control": "no-store"}
    return {"Cache-Control": "no-cache", "ETag": tag}


def problem_of(error: Exception) -> PageProblem:
    """What a reader is told of an error; the log gets its kind and place."""
    if isinstance(error, PageProblem):
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
    headers = {"Content-Security-Policy": STRICT_POLICY, "Cache-Control": "no-store"}
    return Response.html(html, status=problem.status, headers=headers)


def problem_json(problem: PageProblem) -> Response:
    """The same for programs."""
    error = {
        "status": problem.status,
        "title": problem.title,
        "message": problem.message,
    }
    return json_response(_json_text({"error": error}), problem.status, "no-store")


def _json_text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def json_response(text: str, status: int, caching: str) -> Response:
    """Text that is JSON already, as an answer to a program."""
    return Response(
        text,
        status=status,
        headers={
            "Cache-Control": caching,
            "Content-Security-Policy": BARE_POLICY,
        },
        content_type="application/json; charset=utf-8",
    )
