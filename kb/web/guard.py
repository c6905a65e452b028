"""What stands before every request: only reading, no debug pages, safe headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from kb.web.answers import WANTED_METHOD, problem_json, problem_page
from kb.web.page import PageProblem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

NOT_FOUND = PageProblem(404, "Not found", "There is no such page.")
OPEN_FOLDER = "/-/static/"
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

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        problem = _objection(scope["method"], scope["path"])
        safe_send = _with_headers(send, scope)
        if problem is None:
            await app(scope, receive, safe_send)
        elif scope["path"].endswith(".json"):
            await problem_json(problem).asgi_send(safe_send)
        else:
            response = await problem_page(datasette, problem)
            await response.asgi_send(safe_send)

    return guard


def _objection(method: str, path: str) -> PageProblem | None:
    if method not in {"GET", "HEAD"}:
        return WANTED_METHOD
    return NOT_FOUND if is_closed(path) else None


def is_closed(path: str) -> bool:
    """Whether a page of Datasette is none of this site's."""
    if path.startswith(OPEN_FOLDER):
        return False
    return "/-/" in f"{path}/" or path in CLOSED_PAGES


def _with_headers(send: Send, scope: Scope) -> Send:
    is_head = scope["method"] == "HEAD"
    is_named = scope["path"].startswith("/static/") and b"v=" in scope["query_string"]

    async def safe_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            cached = is_named and message["status"] in {200, 304}
            headers = _completed(message.get("headers", ()), is_named=cached)
            message = {**message, "headers": headers}
        elif is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return safe_send


def _completed(given: Any, *, is_named: bool) -> Headers:  # noqa: ANN401
    """The headers with those that are missing; a named file may be kept for ever."""
    headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
    if is_named:
        headers = [pair for pair in headers if pair[0] != b"cache-control"]
        headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
    present = {name for name, _ in headers}
    headers += [pair for pair in SAFE_HEADERS.items() if pair[0] not in present]
    if b"cache-control" not in present and not is_named:
        headers.append((b"cache-control", b"no-cache"))
    return headers
