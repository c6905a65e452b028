"""The CRD service over HTTP, in this process."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import threading
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from kb.crd import server
from kb.crd.discovery import HOOKS
from kb.crd.exact import written
from kb.crd.server import CrdApp
from kb.crd.settings import CrdSettings
from kb.http.sockets import listening_socket
from kb.library.base import KnowledgeBase

from .asking import order, request
from .conftest import call

SIGN = "/cds-services/order-sign-crd"
TOKEN = "a-token-of-the-clinic"


@pytest.fixture
def app(base: KnowledgeBase) -> CrdApp:
    return CrdApp(base)


async def test_discovery_lists_both_hooks_with_what_each_wants(app: CrdApp) -> None:
    got = await call(app, "GET", "/cds-services")

    assert got.status == 200
    services = got.json["services"]
    assert [(s["hook"], s["id"]) for s in services] == [
        ("order-sign", "order-sign-crd"),
        ("order-dispatch", "order-dispatch-crd"),
    ]
    for service in services:
        assert service["description"]
        assert service["title"]
        assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"
        assert service["extension"]["davinci-crd.version"] == ["2.2"]
        for query in service["prefetch"].values():
            assert query.count("{{") == query.count("}}") >= 1
            assert query.partition("/")[0].partition("?")[0].isalpha()


async def test_an_order_is_answered(app: CrdApp) -> None:
    got = await call(app, "POST", SIGN, written(request(order())))

    assert got.status == 200
    assert got.headers["content-type"].startswith("application/json")
    assert got.headers["cache-control"] == "no-store"
    assert {*got.json} == {"cards", "systemActions"}


REFUSED = {
    "unknown service": ("POST", "/cds-services/none", {}, 404),
    "unknown page": ("GET", "/", {}, 404),
    "below a service": ("POST", f"{SIGN}/feedback", {}, 404),
    "the id alone": ("POST", "order-sign-crd", {}, 404),
    "GET of a service": ("GET", SIGN, {}, 405),
    "PUT of a service": ("PUT", SIGN, {}, 405),
    "POST of the list": ("POST", "/cds-services", {}, 405),
    "another's name": ("POST", SIGN, {"host": "evil.example"}, 400),
    "no name": ("POST", SIGN, {"host": ""}, 400),
    "a page of another site": ("POST", SIGN, {"origin": "https://evil.example"}, 403),
    "a page across": ("POST", SIGN, {"sec-fetch-site": "cross-site"}, 403),
    "too large by its length": ("POST", SIGN, {"content-length": "9" * 30}, 413),
}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"), REFUSED.values(), ids=REFUSED.keys()
)
async def test_what_is_not_served_is_refused_with_an_outcome(
    app: CrdApp, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    got = await call(app, method, path, b"{}", **headers)

    assert got.status == status
    assert got.headers["content-type"].startswith("application/fhir+json")
    (issue,) = got.json["issue"]
    assert got.json["resourceType"] == "OperationOutcome"
    assert issue["severity"] == "error"
    assert issue["diagnostics"].endswith(".")


async def test_a_body_that_is_too_large_is_not_read_to_its_end(
    base: KnowledgeBase,
) -> None:
    app = CrdApp(base, CrdSettings(max_body_bytes=1_000))
    body = written(request(order()))
    for length in ("10", "none", str(len(body))):
        got = await call(app, "POST", SIGN, body, content_length=length)
        assert got.status == 413
        assert "1,000 bytes" in got.json["issue"][0]["diagnostics"]


async def test_a_body_that_does_not_come_is_not_waited_for(base: KnowledgeBase) -> None:
    app = CrdApp(base, CrdSettings(body_seconds=0.01))
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": SIGN, "headers": []}
    await app(scope, receive, send)
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("depth", [*range(900, 1020, 7), 100_000])
async def test_whatever_its_depth_a_body_is_answered_or_refused(
    app: CrdApp, depth: int
) -> None:
    nested = "[" * depth + "]" * depth
    body = written(request(order(note="DEEP"))).replace(b'"DEEP"', nested.encode())
    assert (await call(app, "POST", SIGN, body)).status in {200, 400}


async def test_who_leaves_is_not_answered(app: CrdApp) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(
        {"type": "http", "method": "POST", "path": SIGN, "headers": []}, receive, send
    )
    assert sent == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer ", 401),
        ("", 401),
    ],
)
async def test_a_token_is_asked_for_where_there_is_one(
    base: KnowledgeBase, given: str, status: int
) -> None:
    app = CrdApp(base, CrdSettings(token=TOKEN))
    body = written(request(order()))
    got = await call(app, "POST", SIGN, body, authorization=given)

    assert got.status == status
    assert ("www-authenticate" in got.headers) is (status == 401)
    assert (await call(app, "GET", "/cds-services")).status == 200


async def test_nothing_of_a_failure_is_told_but_its_place(
    app: CrdApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: Any) -> Any:
        raise RuntimeError("W123456789")

    monkeypatch.setattr(server, "response_to", fail)
    got = await call(app, "POST", SIGN, written(request(order())))

    assert got.status == 500
    assert b"W123456789" not in got.body
    (record,) = caplog.records
    assert record.getMessage().startswith("RuntimeError at test_crd_server.py:")


async def test_nothing_that_is_asked_is_logged(
    app: CrdApp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await call(app, "POST", SIGN, written(request(order())))
    await call(app, "POST", SIGN, b"{")
    told = [r for r in caplog.records if r.name != "asyncio"]
    assert told == []


async def test_who_waits_too_long_is_told_to_come_again(base: KnowledgeBase) -> None:
    app = CrdApp(base, CrdSettings(at_once=1, may_wait=0))
    got = await call(app, "POST", SIGN, b"{}")
    assert got.status == 503


async def test_a_refusal_keeps_nothing_of_its_request(app: CrdApp) -> None:
    for _ in range(3):
        await call(app, "POST", "/none")
    assert server.NOT_HERE.__traceback__ is None


async def test_a_head_has_no_body(app: CrdApp) -> None:
    got = await call(app, "HEAD", "/cds-services")
    assert (got.status, got.body) == (200, b"")
    assert int(got.headers["content-length"]) > 1000


async def test_a_new_knowledge_base_answers_the_next_request(
    base: KnowledgeBase, epidural_database: Path, shipped_database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "kb.db"
    shutil.copy(epidural_database, path)
    own = KnowledgeBase.open(path)
    app = CrdApp(own)
    body = written(request(order("64493")))
    before = await call(app, "POST", SIGN, body)

    (tmp_path / "new.db").write_bytes(b"no database")
    (tmp_path / "new.db").replace(path)
    assert (await call(app, "POST", SIGN, body)).body == before.body

    shutil.copy(shipped_database, tmp_path / "new.db")
    (tmp_path / "new.db").replace(path)
    after = await call(app, "POST", SIGN, body)
    assert after.status == 200
    assert after.body != before.body
    health = (await call(app, "GET", "/health")).json
    assert health["database"] == base.database


async def test_the_life_of_the_application(app: CrdApp) -> None:
    said = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return said.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_it_is_served_over_a_socket(base: KnowledgeBase) -> None:
    body = written(request(order()))
    with listening_socket("127.0.0.1", 0) as listener:
        config = uvicorn.Config(CrdApp(base), log_level="critical", access_log=False)
        served = uvicorn.Server(config)
        thread = threading.Thread(target=served.run, args=([listener],), daemon=True)
        thread.start()
        try:
            port = listener.getsockname()[1]
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", SIGN, body)
            got = connection.getresponse()
            assert got.status == 200
            assert json.loads(got.read())["systemActions"]
            connection.close()
        finally:
            served.should_exit = True
            thread.join(timeout=60)


def test_every_hook_has_its_own_id() -> None:
    assert len({hook.id for hook in HOOKS}) == len(HOOKS) == 2
    assert replace(HOOKS[0]).prefetch["coverage"].endswith("&status=active")
