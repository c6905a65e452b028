"""The linter's checks as pages of the site."""

from __future__ import annotations

from dsl.lint import CHECKS
from kb.build.prose import read_prose
from kb.read.message_pages import message_page
from kb.web.page import Page, not_loaded


def messages_page() -> Page:
    """Every check with its level."""
    checks = sorted(CHECKS.values(), key=lambda check: check.code)
    return Page("kb/messages.html", {"checks": checks})


def check_page(code: str) -> Page:
    """One check: what to avoid, what to write instead, why."""
    check = CHECKS.get(code.upper())
    if check is None:
        raise not_loaded("check")
    _title, _blank, text = message_page(check.code).partition("\n\n")
    # Prose stands two headings lower than it is written; here it is the whole page.
    html = read_prose(text).html.replace("h4>", "h2>")
    return Page("kb/message.html", {"check": check, "html": html})
