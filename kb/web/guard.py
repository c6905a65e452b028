"""What stands before every request: only reading, no debug pages, safe headers."""

from __future__ import annotations

import re
from typing import Any

from kb.http.asgi import App, Headers, Message, Receive, Scope, Send
from kb.web import tables
from kb.web.answers import DATABASE, WANTED_METHOD, problem_of, problem_response
from kb.web.csv_reply import CsvReply
from kb.web.hosts import FOREIGN, STRANGE_HOST, is_from_here, is_known_host
from kb.web.packing import Packing, Prefixed
from kb.web.page import PageProblem
from kb.web.serving import serving_of
from kb.web.settings import Settings

NOT_FOUND = PageProblem(404, "Not found", "There is no such page.")
LEFT = PageProblem(400, "Not whole", "The connection was closed before all was sent.")
"""Told to nobody: who left does not read it, and that is no mistake to be logged."""
POSTED_TO = frozenset({"/check", "/api/check"})
"""Where claims are sent to; all else is only read."""
LONGEST_NAME = 255
"""No file system has longer names."""
OPEN_FOLDER = "/-/static/"
SCHEMA_PAGE = re.compile(r"/kb/(?:[a-z_]+/)?-/schema(?:\.json)?")
CLOSED_PAGES = frozenset({"/.json", "/-"})
LOOSE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""For Datasette's own table pages, which have scripts and styles inside."""
SAFE_HEADERS = {
    b"content-security-policy": LOOSE_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}


def guarded(app: App, datasette: Any) -> App:  # noqa: ANN401  (Datasette is not typed)
    """The application behind the guard."""
    served = serving_of(datasette)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        with served.visits.one():
            await answer(without_prefix(scope, served.settings.prefix), receive, send)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        safe_send = _Reply(on_its_way(send, scope, served.settings), scope)
        problem = _objection(scope, datasette)
        receive = to_its_end(receive)
        if problem is None:
            try:
                if is_of_tables(scope["path"]):
                    async with served.tables.turn():
                        await app(scope, receive, safe_send)
                else:
                    await app(seen_by_datasette(scope), receive, safe_send)
            except Exception as error:
                if safe_send.is_started:
                    raise
                problem = problem_of(error)
        if problem is not None:
            response = problem_response(datasette, scope["path"], problem)
            await response.asgi_send(safe_send)

    return guard


def to_its_end(receive: Receive) -> Receive:
    """What is received; ``LEFT`` is raised where the sender leaves in the middle of it.

    Datasette's own reading takes it for granted that nobody does.
    """
    is_whole = False

    async def received() -> Message:
        nonlocal is_whole
        message = await receive()
        if message["type"] == "http.request":
            is_whole = not message.get("more_body", False)
        elif not is_whole:
            raise LEFT
        return message

    return received


def on_its_way(send: Send, scope: Scope, settings: Settings) -> Send:
    """What an answer passes last: packed, and below a proxy's prefix."""
    accepted = dict(scope.get("headers") or ()).get(b"accept-encoding", b"")
    if settings.gzip and scope["method"] != "HEAD" and b"gzip" in accepted:
        send = Packing(send)
    return Prefixed(send, settings.prefix) if settings.prefix else send


def without_prefix(scope: Scope, prefix: str) -> Scope:
    """The request as it is without a proxy, whether that one takes its prefix off or not."""
    path: str = scope["path"]
    if not prefix or not f"{path}/".startswith(f"{prefix}/"):
        return scope
    raw = scope.get("raw_path") or path.encode()
    cut = len(prefix.encode())
    return {**scope, "path": path[len(prefix) :] or "/", "raw_path": raw[cut:] or b"/"}


def _objection(scope: Scope, datasette: Any) -> PageProblem | None:  # noqa: ANN401
    headers = dict(scope.get("headers") or ())
    host = headers.get(b"host", b"localhost").decode("latin-1")
    if not is_known_host(host, serving_of(datasette).settings):
        return STRANGE_HOST
    path: str = scope["path"]
    if scope["method"] == "POST" and path in POSTED_TO:
        return None if is_from_here(headers, host) else FOREIGN
    if scope["method"] not in {"GET", "HEAD"}:
        return WANTED_METHOD
    if is_closed(path) or any(len(part) > LONGEST_NAME for part in path.split("/")):
        return NOT_FOUND
    if not is_of_tables(path):
        return None
    columns = getattr(datasette.databases.get(DATABASE), "columns", {})
    return tables.objection(path, scope["query_string"].decode("latin-1"), columns)


def is_of_tables(path: str) -> bool:
    """Whether Datasette makes the page."""
    return path == "/kb" or path.startswith(("/kb/", "/kb."))


def seen_by_datasette(scope: Scope) -> Scope:
    """The request without the origin of a form, which was looked at here.

    Datasette would compare its scheme too, which a proxy may have changed.
    """
    if scope["method"] != "POST":
        return scope
    headers = [pair for pair in scope["headers"] if pair[0] != b"origin"]
    return {**scope, "headers": headers}


def is_closed(path: str) -> bool:
    """Whether a page of Datasette is none of this site's."""
    if path.startswith(OPEN_FOLDER) or SCHEMA_PAGE.fullmatch(path):
        return False
    return "/-/" in f"{path}/" or path in CLOSED_PAGES


class _Reply:
    """Sends on, with the headers that are missing, no body to a HEAD request, safe CSV."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self.send = send
        self.is_head = scope["method"] == "HEAD"
        is_static = scope["path"].startswith("/static/")
        self.is_named = is_static and b"v=" in scope["query_string"]
        self.is_started = False
        self.is_table = scope["path"].endswith(".csv")
        self.csv: CsvReply | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_started = True
            is_kept = self.is_named and message["status"] in {200, 304}
            headers = _completed(message.get("headers", ()), is_named=is_kept)
            kind = dict(headers).get(b"content-type", b"")
            # Datasette calls a table's CSV plain text, unless it is to be saved.
            if kind.startswith((b"text/csv", b"text/plain")) and self.is_table:
                self.csv = CsvReply()
                headers = [pair for pair in headers if pair[0] != b"content-length"]
            message = {**message, "headers": headers}
        elif self.is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        elif self.csv is not None and message["type"] == "http.response.body":
            more = message.get("more_body", False)
            body = self.csv.rewritten(message.get("body", b""), more=more)
            message = {**message, "body": body}
        await self.send(message)


def _completed(given: Any, *, is_named: bool) -> Headers:  # noqa: ANN401
    """The headers with those that are missing; a named file may be kept for ever."""
    headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
    if is_named:
        headers = [pair for pair in headers if pair[0] != b"cache-control"]
        headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
    present = {name for name, _ in headers}
    headers += [pair for pair in SAFE_HEADERS.items() if pair[0] not in present]
    if not any(name == b"vary" and b"ccept-" in value for name, value in headers):
        headers.append((b"vary", b"Accept-Encoding"))
    if b"cache-control" not in present and not is_named:
        headers.append((b"cache-control", b"no-cache"))
    return headers
