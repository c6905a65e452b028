"""Pages of the guide as HTML: the site's templates in the guide's own frame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import DictLoader, Environment

from kb.guide.addresses import Addresses
from kb.guide.links import leading_to
from kb.guide.pages import Leaf
from kb.read.store import KnowledgeBase, content_of
from kb.web.frame import Frame, frame_of
from kb.web.render import environment, html_by
from kb.web.where import where_of

MAIN = re.compile(r'<main id="content"[^>]*>(.*)</main>', re.DOTALL)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Told:
    """What every page of a guide says of it."""

    day: str
    """The day that its answers are for when none is named."""
    sha256: str
    """Of the knowledge base's file."""
    checks: bool
    """Whether claims can be checked in it."""
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By payer that has contractors: its states."""
    engine_bytes: int = 0
    """What a browser loads before its first claim check."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """The PDF of each payer, by its place in the guide."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page within a pack."""

    title: str
    html: str


class Press:
    """Makes pages of one knowledge base."""

    def __init__(
        self, kb: KnowledgeBase, site: Path, addresses: Addresses, told: Told
    ) -> None:
        self.kb, self.addresses, self.told = kb, addresses, told
        self.templates = templates_of(site, told)

    def file(self, leaf: Leaf) -> str:
        """A page as a file of its own."""
        root = "../" * leaf.place.count("/")
        html = self._html(leaf, self._frame(leaf))
        return leading_to(html, self.addresses, root)

    def entry(self, leaf: Leaf) -> Entry:
        """A page as an entry of a pack: what stands between the parts of the frame."""
        path, asked = _asked(leaf)
        # The page that shows it has a frame of its own, so none is made here.
        html = self._html(leaf, Frame(where_of(path, asked), path, today=self.told.day))
        main, title = MAIN.search(html), TITLE.search(html)
        assert main
        assert title
        inner = leading_to(main[1].strip(), self.addresses, "")
        return Entry(unescape(title[1]), inner)

    def _html(self, leaf: Leaf, frame: Frame) -> str:
        page = leaf.build(self.kb)
        day = date.fromisoformat(self.told.day)
        return html_by(self.templates, page, content_of(self.kb), day, frame)

    def _frame(self, leaf: Leaf) -> Frame:
        path, asked = _asked(leaf)
        found = frame_of(self.kb, path, asked)
        # The form of the claim check has its own payer, state and day.
        return replace(found, payers=()) if path == "/check" else found


def _asked(leaf: Leaf) -> tuple[str, dict[str, str]]:
    """The path of a page on the site, and what stands behind it."""
    path, _, query = leaf.address.partition("?")
    return path, dict(parse_qsl(query))


def templates_of(site: Path, told: Told) -> Environment:
    """The site's templates, of which the guide replaces a few.

    All are read here: one of the guide's that cannot be read is an error, and not the
    site's of the same name in its place.  Raises ``OSError``.
    """
    texts = _texts(site / "templates") | _texts(site / "guide" / "templates")
    made = environment(site).overlay(loader=DictLoader(texts), auto_reload=False)
    made.globals = {**made.globals, "asset": asset_path, "guide": told}
    return made


def _texts(folder: Path) -> dict[str, str]:
    """The templates of a folder by their names."""
    found = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.*"))
    }
    if not found:
        message = f"No templates are in {folder}."
        raise FileNotFoundError(message)
    return found


def asset_path(name: str) -> str:
    """The address of a static file; links make it relative."""
    return f"/static/{name}"
