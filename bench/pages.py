"""The site's pages made anew: milliseconds of CPU for each kind of page and route.

    python -m bench.pages [DATABASE] [ROUNDS]

Each kind is asked at many addresses through the whole application, with nothing kept of an
earlier answer; the cached column is the same address asked again.  Wanted on a quiet
processor: a median of 30 ms for what is made anew, and 10 ms of CPU for each request on the
average (100 requests a second of one process).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import mean, quantiles
from time import process_time
from urllib.parse import quote, urlencode

from kb.http.asgi import App, Message
from kb.read.store import open_knowledge_base
from kb.web import answers
from kb.web.serve import make_datasette

QUESTIONS = (
    "aetna 64483 how often",
    "cigna epidural prior auth",
    "how many epidurals per year",
    "medicare florida facet ablation diagnoses",
    "does uhc cover kyphoplasty",
    "modifier for both sides medicare florida 64493",
    "timely filing humana",
    "RFA chart requirements uhc",
    "what changed at aetna",
    "who may bill 80307",
    "transforamnial epidural tricare",
    "denied CO-50 64635 aetna",
)
MOST = 40
"""Addresses of a kind."""
CLAIM = {
    "claim": "bench",
    "payer": "medicare-part-b",
    "state": "FL",
    "place": "11",
    "date": "2026-03-10",
    "lines": [{"code": "64483", "modifiers": ["RT"], "diagnoses": ["M54.16"]}],
}
OF_FORM = {
    "payer": "medicare-part-b",
    "state": "FL",
    "place": "11",
    "date": "2026-03-10",
    "lines[0].code": "64483",
    "lines[0].modifiers": "RT",
    "lines[0].diagnoses": "M54.16",
}
BODIES = {
    "/api/check": ("application/json", json.dumps(CLAIM).encode()),
    "/check": ("application/x-www-form-urlencoded", urlencode(OF_FORM).encode()),
}
"""What is sent to an address that begins with ``POST``: a claim that nobody's is."""
POST = "POST "
Addresses = dict[str, list[str]]


def addresses(database: Path) -> Addresses:
    """Addresses of every kind, spread over what is loaded."""
    with closing(open_knowledge_base(database)) as connection:

        def column(sql: str) -> list[str]:
            return [str(row[0]) for row in connection.execute(sql)]

        payers = column("SELECT id FROM payer ORDER BY id")
        codes = column("SELECT id FROM code WHERE kind = 'procedure' ORDER BY id")
        diagnoses = column("SELECT id FROM code WHERE kind = 'diagnosis' ORDER BY id")
        policies = column("SELECT DISTINCT policy FROM policy_version ORDER BY policy")
        rules = column("SELECT id FROM rule WHERE id NOT LIKE '%@always#%' ORDER BY id")
        sources = column("SELECT id FROM source ORDER BY id")
        files = column("SELECT DISTINCT file FROM policy_version ORDER BY file")
    families = ("epidural", "facet-ablation", "trigger-point", "stimulation")
    pairs = [f"{payer}/{family}" for payer in payers for family in families]
    compared = [
        f"payers={','.join(payers[at : at + 3])}&code=64483"
        for at in range(len(payers) - 3)
    ]
    asked = [quote(each) for each in QUESTIONS]
    of_rules = [_rule_path(each) for each in rules]
    kinds = {
        "/": ["/"],
        "/payer": [f"/payer/{each}?state=FL" for each in payers],
        "/answer": [f"/answer/{each}?state=FL" for each in pairs],
        "/api/answer": [f"/api/answer/{each}" for each in pairs],
        "/print": [f"/print/{each}?state=FL" for each in pairs],
        "/code": [f"/code/{each}" for each in codes],
        "/code.json": [f"/code/{each}.json" for each in codes],
        "/code of a diagnosis": [f"/code/{each}" for each in diagnoses],
        "/check": [f"/check?payer={each}" for each in payers],
        "POST /check": [f"{POST}/check"],
        "POST /api/check": [f"{POST}/api/check"],
        "/compare": [f"/compare?{each}" for each in compared],
        "/api/compare": [f"/api/compare?{each}" for each in compared],
        "/coverage": ["/coverage", "/coverage?state=FL", "/coverage?state=TX"],
        "/payers": ["/payers", "/payers?state=FL"],
        "/policies": ["/policies"],
        "/changes": [
            "/changes",
            *(f"/changes?from=2026-01-01&payer={p}" for p in payers),
        ],
        "/api/changes": [f"/api/changes?payer={each}" for each in payers],
        "/policy": [f"/policy/{each}" for each in policies],
        "/text": [f"/text/{each}" for each in files],
        "/rule": [f"/rule/{each}" for each in of_rules],
        "/api/rule": [f"/api/rule/{each}" for each in of_rules],
        "/source": [f"/source/{quote(each)}" for each in sources],
        "/sources": ["/sources"],
        "/gaps": ["/gaps"],
        "/more": ["/more"],
        "/search": [f"/search?q={each}" for each in asked],
        "/search.json": [f"/search.json?q={each}" for each in asked],
        "/api/ask": [f"/api/ask?q={each}" for each in asked],
        "/suggest.json": [f"/suggest.json?q={each[:9]}" for each in asked],
        "/kb tables": ["/kb/rule", "/kb/policy_version", "/kb/code"],
        "/kb JSON": ["/kb/rule.json?_size=20"],
    }
    return {kind: _spread(found) for kind, found in kinds.items()}


def _rule_path(rule: str) -> str:
    policy, _, name = rule.partition("#")
    return f"{policy}/{name}"


def _spread(found: list[str]) -> list[str]:
    step = max(1, len(found) // MOST)
    return list(islice(found[::step], MOST))


async def asked_of(app: App, address: str) -> tuple[int, int]:
    """Status and bytes of the answer of an application."""
    path, _, query = address.removeprefix(POST).partition("?")
    is_sent = address.startswith(POST)
    kind, body = BODIES[path] if is_sent else ("", b"")
    told = {"status": 0, "bytes": 0}

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        told["status"] = message.get("status", told["status"])
        told["bytes"] += len(message.get("body", b""))

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST" if is_sent else "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"content-type", kind.encode())],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    return told["status"], told["bytes"]


async def milliseconds(app: App, address: str) -> float:
    """CPU of one request."""
    begin = process_time()
    status, _ = await asked_of(app, address)
    assert status in {200, 301, 302}, (address, status)
    return (process_time() - begin) * 1000


async def measured(database: Path, rounds: int) -> None:
    """Print the table."""
    datasette = make_datasette(database)
    await datasette.invoke_startup()
    app = datasette.app()
    print(f"{'CPU, ms':24}{'first':>8}{'p50':>8}{'p95':>8}{'mean':>8}{'cached':>8}")
    for kind, found in addresses(database).items():
        first = await milliseconds(app, found[0])
        made, cached = [], []
        for _ in range(rounds):
            for address in found:
                answers.KEPT.clear()
                answers.KEPT_JSON.clear()
                made.append(await milliseconds(app, address))
                cached.append(await milliseconds(app, address))
        twenties = quantiles(made * 2, n=20)
        row = (first, twenties[9], twenties[18], mean(made), mean(cached))
        print(f"{kind:24}" + "".join(f"{each:8.1f}" for each in row), flush=True)
    datasette.close()


def main() -> None:
    """Print what the pages of a database cost."""
    given = sys.argv[1:]
    database = Path(given[0]) if given else Path("build/kb.db")
    print(f"{database}; load {os.getloadavg()[0]:.1f}")
    asyncio.run(measured(database, int(given[1]) if len(given) > 1 else 1))


if __name__ == "__main__":
    main()
