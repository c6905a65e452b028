"""``docs/crd.md``: its example is what the service answers, its tables what it does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from kb.crd.answer import response_to
from kb.crd.discovery import HOOKS
from kb.crd.exact import written
from kb.crd.request import read_request
from kb.engine import Engine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/crd.md"
REQUEST = ROOT / "docs/examples/crd-request.json"
BLOCK = re.compile(r"^```json\n.*?^```$", re.MULTILINE | re.DOTALL)
TODAY = date(2026, 3, 3)


def shown(value: Any) -> str:
    """A value as the page shows it: what is short on one line."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    inner = re.compile(r"[{\[]\n\s*([^{}\[\]]*?)\n\s*[}\]]")
    before = ""
    while before != text:
        before = text
        text = inner.sub(one_line, text)
    return text


def one_line(found: re.Match[str]) -> str:
    whole = found[0]
    flat = whole[0] + " ".join(found[1].split()) + whole[-1]
    return flat if len(flat) < 100 else whole


def test_the_example_is_what_the_service_answers(
    golden: Callable[[Path, str], None], shipped_database: Path
) -> None:
    content = REQUEST.read_bytes()
    asked = read_request(content, "order-sign")
    response = response_to(asked, Engine.open(shipped_database), TODAY)
    answer = json.loads(
        re.sub(rb"payerkb-[0-9a-f]{32}", b"payerkb-...", written(response))
    )
    (card,) = answer["cards"]
    (action,) = answer["systemActions"]
    (extension,) = action["resource"]["extension"]
    blocks = iter([json.loads(content), card, extension])

    page = PAGE.read_text("utf-8")
    assert len(BLOCK.findall(page)) == 3
    golden(PAGE, BLOCK.sub(lambda _: f"```json\n{shown(next(blocks))}\n```", page))


def test_every_service_is_told() -> None:
    page = PAGE.read_text("utf-8")
    for hook in HOOKS:
        assert f"POST /cds-services/{hook.id}" in page
