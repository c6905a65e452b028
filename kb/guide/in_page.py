"""What runs in the page: the unchanged reader of claims and engine, answering a form or a file.

Pyodide imports this module and nothing of the site's server; it must need no package but
``dsl``, ``kb`` and the templates' jinja2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from kb.database.opening import open_knowledge_base
from kb.engine.judge.evaluate import Engine
from kb.engine.report.findings import report
from kb.reference.days import LIGHT_WORDS, light
from kb.reference.wording import outcome_words
from kb.tables.shipped_rows import shipped_hash, shipped_rows
from kb.web.check.checked import checked
from kb.web.check.page import Sent, answer_page
from kb.web.page import Page

READ_AT = re.compile(r'href="/((?:policy|source)/[^"]*)"')
CHECK_TEMPLATE = "kb/check.html"


@dataclass(frozen=True, slots=True)
class Desk:
    """An engine with the templates that show its answers."""

    engine: Engine
    templates: Environment

    def page(self, fields: Mapping[str, str], file: bytes | None = None) -> str:
        """The page of a form as it was filled in, or of a file, with its answer."""
        sent = Sent(dict(fields), file if file is None else bytes(file))
        return html_of(self.templates, answer_page(sent, self.engine))

    def findings(self, content: bytes, name: str) -> str:
        """What ``payerkb check-claim --json`` prints of a file of that name."""
        found = checked(bytes(content), self.engine, name)
        told = report(found.answers, found.bad, self.engine, found.remarks)
        return f"{json.dumps(told, indent=2, ensure_ascii=False)}\n"


def open_desk(database: str, templates: str) -> Desk:
    """The desk over the knowledge base at a path, with the templates of a folder.

    Raises ``kb.database.opening.KnowledgeBaseError`` when the file is none or damaged.
    """
    engine = Engine.reading(open_knowledge_base(Path(database)))
    engine = engine.with_tables(shipped_rows(), shipped_hash())
    return Desk(engine, environment(Path(templates)))


def environment(folder: Path) -> Environment:
    """The templates of the claim check with the filters that they use."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "light": _light,
        "outcome": outcome_words,
        "policy_lines": str.splitlines,
    }
    made.tests["web_address"] = lambda text: str(text or "").startswith("https://")
    made.globals |= {"lights": LIGHT_WORDS, "grades": {}, "asset": lambda name: name}
    return made


@pass_context
def _light(context: Context, review_by: str | None) -> str:
    return light(review_by, context["today"])


def html_of(templates: Environment, page: Page) -> str:
    """The page as HTML; its links lead to the pages of the guide."""
    context = {"today": date.min, **page.context}
    html = templates.get_template(page.template).render(context)
    return READ_AT.sub(r'href="read.html?\1"', html)
