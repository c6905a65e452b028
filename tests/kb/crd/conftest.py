"""The CRD service over the shipped policies, asked without a socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.crd.answer import response_to
from kb.crd.exact import parsed, written
from kb.crd.request import read_request
from kb.engine import Engine
from kb.http.asgi import App
from kb.library.base import KnowledgeBase

TODAY = date(2026, 3, 3)
Json = dict[str, Any]
Ask = Callable[..., Json]


@pytest.fixture(scope="session")
def base(shipped_database: Path) -> KnowledgeBase:
    return KnowledgeBase.open(shipped_database)


@pytest.fixture(scope="session")
def engine(base: KnowledgeBase) -> Engine:
    return base.engine.taking_any_facts()


@pytest.fixture(scope="session")
def ask(engine: Engine) -> Ask:
    """The response to a request, as a client parses it."""

    def asked(body: Json, on: date = TODAY) -> Json:
        request = read_request(written(body), body["hook"])
        return dict(json.loads(written(response_to(request, engine, on))))

    return asked


@dataclass(frozen=True)
class Got:
    """What an application answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return parsed(self.body)


async def call(
    app: App,
    method: str,
    path: str,
    body: bytes = b"",
    **headers: str,
) -> Got:
    """Ask an application in this process."""
    given = {"host": "127.0.0.1:8002", "content-length": str(len(body)), **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in given.items()
        ],
    }
    sent: list[Any] = []
    pieces = [body[:7], body[7:]]

    async def receive() -> Any:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    return Got(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        b"".join(message["body"] for message in rest),
    )
