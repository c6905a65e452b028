"""Templates to HTML: one strict environment, apart from Datasette's own."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from dsl.resolve.addresses import is_web_address
from kb.asking.group_words import group_lines
from kb.asking.topics import said_of
from kb.plain.trade import in_trade_words
from kb.read.records import Policy, Rule, Scenario
from kb.reference.days import LIGHT_WORDS, light, span_words
from kb.reference.first_days import in_force_words
from kb.reference.places import codes_on, rule_anchor, set_anchor
from kb.reference.wording import (
    GRADES,
    claim_words,
    expectation_words,
    fix_words,
    outcome_words,
)
from kb.web.answer_pages import list_path
from kb.web.escaping import escape
from kb.web.frame import Frame
from kb.web.highlight import lines_in_colours
from kb.web.page import Page
from kb.web.parts import Kept, made_anew


def site_folder() -> Path:
    """The configuration directory: in the wheel, or beside the package in a checkout."""
    packed = Path(str(files("kb"))) / "shipped" / "site"
    return packed if packed.is_dir() else packed.parents[2] / "site"


class Templates(Environment):
    """Templates that write text out without a mark of safety around each piece."""

    def _compile(self, source: str, filename: str) -> CodeType:
        # Jinja offers this hook; its code begins with one line of imports.
        head, line, rest = source.partition("\n")
        own = f"; from {escape.__module__} import escape"
        return super()._compile(f"{head}{own}{line}{rest}", filename)


@lru_cache(maxsize=4)
def environment(site: Path) -> Environment:
    """The templates of a configuration directory, with every filter that they use."""
    made = Templates(
        loader=FileSystemLoader(site / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "policy_lines": lines_in_colours,
        "anchor": rule_anchor,
        "set_anchor": set_anchor,
        "claim": claim_words,
        "expectation": expectation_words,
        "fix": fix_words,
        "light": _light,
        "outcome": outcome_words,
        "span": _span,
        "said": said_of,
        "group_lines": lambda told, of: list(group_lines(told, of)),
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "in_force": in_force_words,
        "trade": in_trade_words,
        "list_path": list_path,
        "codes_on": codes_on,
    }
    made.tests["web_address"] = _is_web_address
    made.globals |= {
        "grades": GRADES,
        "lights": LIGHT_WORDS,
        "text_path": text_path,
        "asset": partial(asset_path, site),
    }
    return made


def _is_web_address(text: str | None) -> bool:
    return is_web_address(text or "")


def _span(item: Any) -> str:  # noqa: ANN401  (any record with a first and a last day)
    return span_words(item.from_day, item.through_day)


@pass_context
def _light(context: Context, review_by: str | None) -> str:
    return light(review_by, context["today"])


def text_path(item: Rule | Scenario, policy: Policy) -> str:
    """Where an item stands: on the policy's own page, or on that of its file."""
    here = "" if item.file == policy.file else f"/text/{item.file}"
    return f"{here}#L{item.line}"


def asset_path(site: Path, name: str) -> str:
    """The address of a static file, which changes whenever the site does."""
    return f"/static/{name}?v={fingerprint(site)[:12]}"


@lru_cache(maxsize=4)
def fingerprint(site: Path) -> str:
    """SHA-256 over the templates and static files: changes when the site does."""
    digest = hashlib.sha256()
    for folder in ("templates", "static"):
        for path in sorted((site / folder).rglob("*.*")):
            digest.update(path.relative_to(site).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


NO_FRAME = Frame()


def html_of(
    site: Path,
    page: Page,
    content: str,
    today: date,
    frame: Frame = NO_FRAME,
    kept: Kept = made_anew,
) -> str:
    """The page as HTML; ``content`` is the hash of the knowledge base, or nothing.

    ``kept`` hands out the parts of it that were made before.
    """
    return html_by(environment(site), page, content, today, frame, kept)


def html_by(
    templates: Environment,
    page: Page,
    content: str,
    today: date,
    frame: Frame = NO_FRAME,
    kept: Kept = made_anew,
) -> str:
    """The same by templates that are given."""
    context = {
        "content": content,
        "today": today,
        "query": "",
        "frame": frame,
        "kept": kept,
        **page.context,
    }
    return templates.get_template(page.template).render(context)
