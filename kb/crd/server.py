"""The CRD service over HTTP: ``/cds-services`` and what is posted below it.

Nothing of a request is logged or kept: what is wrong goes back as an OperationOutcome,
without a value; the log gets the kind of a failure and its place in the code.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kb.crd.answer import response_to
from kb.crd.discovery import BY_ID, services
from kb.crd.exact import Json, written
from kb.crd.problem import CrdProblem, outcome_of
from kb.crd.request import read_request
from kb.crd.settings import CrdSettings
from kb.engine import Engine
from kb.http.asgi import Receive, Scope, Send
from kb.http.names import is_known_name
from kb.library.base import KnowledgeBase
from kb.reference.days import today
from kb.version import __version__

log = logging.getLogger("payerkb.crd")

SERVICES = "/cds-services"
JSON = b"application/json; charset=utf-8"
FHIR_JSON = b"application/fhir+json; charset=utf-8"
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]
READ = ("GET", "HEAD")
STRANGE = CrdProblem(
    400,
    "security",
    "This service does not go by that name: reach it by the address that it printed, or"
    " name it with --allow-host.",
)
FOREIGN = CrdProblem(403, "security", "A page of another site sent this.")
NO_TOKEN = CrdProblem(401, "login", "The Authorization header lacks the shared token.")
NOT_HERE = CrdProblem(
    404, "not-found", "There is no such service: GET /cds-services lists them."
)
BUSY = CrdProblem(
    503, "throttled", "Too many requests wait. Ask again in some seconds."
)
SLOW = CrdProblem(408, "incomplete", "The body did not come in time.")
TOO_DEEP = CrdProblem(400, "structure", "The body is nested too deep.")
BROKEN = CrdProblem(
    500, "exception", "The answer could not be made. That is our mistake, not yours."
)


class _GoneError(Exception):
    """The client left before its body was whole."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is sent."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(slots=True)
class CrdApp:
    """The ASGI application."""

    base: KnowledgeBase
    settings: CrdSettings = field(default_factory=CrdSettings)
    waiting: int = 0
    gate: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Make the turns."""
        self.gate = asyncio.Semaphore(self.settings.at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                reply = await self.reply(scope, receive)
            except _GoneError:
                return
            await _send(reply, send, is_head=scope["method"] == "HEAD")

    async def reply(self, scope: Scope, receive: Receive) -> Reply:
        """The answer to a request, whatever is wrong with it."""
        try:
            return await self.answer(scope, receive)
        except CrdProblem as problem:
            # Where it was raised holds the request, and some are raised again and again.
            problem.__traceback__ = problem.__context__ = None
            return refusal(problem)
        except _GoneError:
            raise
        except Exception as error:
            log.error("%s at %s", type(error).__name__, place_of(error))
            return refusal(BROKEN)

    async def answer(self, scope: Scope, receive: Receive) -> Reply:
        """The answer to a request; raises ``CrdProblem``."""
        headers = dict(scope["headers"])
        check_name(headers, self.settings)
        path = str(scope["path"])
        if path == "/health":
            check_method(scope, *READ)
            return self.health()
        if path.rstrip("/") == SERVICES:
            check_method(scope, *READ)
            return Reply(200, written(services()))
        hook = BY_ID.get(path.removeprefix(f"{SERVICES}/"))
        if hook is None or not path.startswith(f"{SERVICES}/"):
            raise NOT_HERE
        check_method(scope, "POST")
        check_token(headers, self.settings.token)
        content = await body_of(headers, receive, self.settings)
        return await self.in_turn(content, hook.name)

    def health(self) -> Reply:
        """Which knowledge base answers."""
        found = {
            "status": "ok",
            "version": __version__,
            "database": self.base.database,
        }
        return Reply(200, json.dumps(found).encode())

    async def in_turn(self, content: bytes, hook: str) -> Reply:
        """The answer to a body, beside the loop, so that nobody waits to be heard."""
        if self.waiting >= self.settings.may_wait:
            raise BUSY
        self.waiting += 1
        try:
            await self.gate.acquire()
        finally:
            self.waiting -= 1
        try:
            made = await asyncio.to_thread(
                lambda: answered(content, hook, self.base.engine, today())
            )
        finally:
            self.gate.release()
        return Reply(200, made)


def answered(content: bytes, hook: str, engine: Engine, day: date) -> bytes:
    """The response to a body as text; raises ``CrdProblem``."""
    try:
        return _answered(content, hook, engine, day)
    except RecursionError:
        raise TOO_DEEP from None


def _answered(content: bytes, hook: str, engine: Engine, day: date) -> bytes:
    request = read_request(content, hook)
    # An order brings no facts of the chart that could be of a wrong kind.
    return written(response_to(request, engine.taking_any_facts(), day))


# ---------- what a request must be ----------


def check_name(headers: Mapping[bytes, bytes], settings: CrdSettings) -> None:
    """Refuse names that are none of ours, and what a page of another site sends."""
    host = headers.get(b"host", b"localhost").decode("latin-1")
    if not is_known_name(host, {*settings.hosts, settings.host.lower()}):
        raise STRANGE
    site = headers.get(b"sec-fetch-site", b"none")
    if site not in (b"same-origin", b"none") or b"origin" in headers:
        raise FOREIGN


def check_method(scope: Scope, *allowed: str) -> None:
    """Refuse other methods than these."""
    if scope["method"] not in allowed:
        text = f"This address answers {' and '.join(allowed)} alone."
        raise CrdProblem(405, "not-supported", text)


def check_token(headers: Mapping[bytes, bytes], token: str) -> None:
    """Refuse who does not know the token, if there is one."""
    if not token:
        return
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    right = hmac.compare_digest(given.strip(), token.encode())
    if scheme.lower() != b"bearer" or not right:
        raise NO_TOKEN


async def body_of(
    headers: Mapping[bytes, bytes], receive: Receive, settings: CrdSettings
) -> bytes:
    """The body, if it is not too large and comes in time."""
    most = settings.max_body_bytes
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length[:20]) > most:
        raise too_large(most)
    content = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                content += message.get("body", b"")
                if len(content) > most:
                    raise too_large(most)
                more = message.get("more_body", False)
    except TimeoutError:
        raise SLOW from None
    return bytes(content)


def too_large(most: int) -> CrdProblem:
    """The problem of a body of more than so many bytes."""
    return CrdProblem(413, "too-long", f"At most {most:,} bytes are taken.")


# ---------- what goes out ----------


def refusal(problem: CrdProblem) -> Reply:
    """A problem as an answer."""
    outcome: Json = outcome_of(problem)
    headers = ((b"www-authenticate", b"Bearer"),) if problem.status == 401 else ()
    return Reply(problem.status, written(outcome), FHIR_JSON, headers)


async def _send(reply: Reply, send: Send, *, is_head: bool) -> None:
    headers = [
        (b"content-type", reply.content_type),
        (b"content-length", str(len(reply.body)).encode()),
        *HEADERS,
        *reply.headers,
    ]
    start = {"type": "http.response.start", "status": reply.status}
    await send({**start, "headers": headers})
    body = b"" if is_head else reply.body
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to the server's beginning and end."""
    while True:
        message = await receive()
        kind = str(message["type"])
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


def place_of(error: BaseException) -> str:
    """Where in the code something failed: file and line."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
