"""Requests of an EHR answered in this process: body in, body out, by the ASGI application.

    python -m bench.crd

The knowledge base is the shipped one; each request is an order-sign with some orders under
Medicare or a commercial plan.  No socket is opened: what is measured is the answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from kb.build.compiler import build_folder
from kb.crd.server import CrdApp
from kb.library.base import KnowledgeBase

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs/examples/crd-request.json"
SIGN = "/cds-services/order-sign-crd"
RUNS = 400
ORDERS = (1, 5, 50)


def body_of(orders: int) -> bytes:
    """The request of the documentation with so many orders."""
    body = json.loads(EXAMPLE.read_text("utf-8"))
    (entry,) = body["context"]["draftOrders"]["entry"]
    body["context"]["draftOrders"]["entry"] = [
        {"resource": {**entry["resource"], "id": str(number)}}
        for number in range(orders)
    ]
    return json.dumps(body).encode()


async def seconds_of(app: CrdApp, body: bytes, runs: int) -> list[float]:
    """The seconds of each request, in ascending order."""
    found = []
    for _ in range(runs):
        start = perf_counter()
        status = await posted(app, body)
        found.append(perf_counter() - start)
        assert status == 200, status
    return sorted(found)


async def posted(app: CrdApp, body: bytes) -> int:
    """The status of one request."""
    sent: list[Any] = []

    async def receive() -> Any:  # noqa: ANN401
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": SIGN, "headers": []}
    await app(scope, receive, send)
    return int(sent[0]["status"])


def main() -> int:
    """Measure and print one row a size."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "kb.db"
        build_folder(ROOT / "policies", database)
        app = CrdApp(KnowledgeBase.open(database))
        print("| orders | requests a second | p50 ms | p99 ms |")
        print("|---|---|---|---|")
        for orders in ORDERS:
            body = body_of(orders)
            asyncio.run(seconds_of(app, body, 5))
            runs = max(20, RUNS // orders)
            found = asyncio.run(seconds_of(app, body, runs))
            rate, middle = runs / sum(found), median(found) * 1000
            slow = found[int(runs * 0.99)] * 1000
            print(f"| {orders} | {rate:,.0f} | {middle:.2f} | {slow:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
