"""Prose of policy files: Markdown to safe HTML for pages, and to text for search.

Raw HTML stays text, links lead to http(s) or stay relative, images become
links, and headings stand two levels lower, because the page around them owns
the first two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST_PROSE = 20_000
"""Characters rendered; a policy's explanation is a page, not a book."""
CUT_MARK = "\n\n*(The text goes on in the policy file.)*"

_HEADINGS_LOWERED = 2
_DEEPEST_HEADING = 6
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.\-]*:")
_WEB = re.compile(r"^https?:", re.IGNORECASE)
_PLAIN_LINE = re.compile(r"[A-Za-z(][A-Za-z0-9 ,.;:()'\"/%$=?–—’“”-]*(?<! )")  # noqa: RUF001
"""A line in which Markdown has nothing to do: it starts with a letter or a bracket, and
does not end in a space."""


def leads_somewhere_safe(url: str) -> bool:
    """Whether a link may stay a link: http, https, or relative to this site."""
    if url.startswith("//"):
        return False
    return _WEB.match(url) is not None or _SCHEME.match(url) is None


def _make_reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.validateLink = leads_somewhere_safe  # type: ignore[method-assign]
    return reader


_READER = _make_reader()


def _lower_headings(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            level = min(int(token.tag[1:]) + _HEADINGS_LOWERED, _DEEPEST_HEADING)
            token.tag = f"h{level}"


def _shortened(prose: str) -> str:
    if len(prose) <= LONGEST_PROSE:
        return prose
    return prose[:LONGEST_PROSE] + CUT_MARK


def _is_one_plain_paragraph(prose: str) -> bool:
    return all(_PLAIN_LINE.fullmatch(line) for line in prose.split("\n"))


class Prose(NamedTuple):
    """One piece of prose for a page and for search."""

    html: str
    text: str
    """What it says without its marks, on one line."""


NO_PROSE = Prose("", "")


def read_markdown(prose: str) -> Prose:
    """``prose`` as the Markdown library reads it."""
    tokens = _READER.parse(_shortened(prose))
    _lower_headings(tokens)
    html = str(_READER.renderer.render(tokens, _READER.options, {}))
    return Prose(html, " ".join(" ".join(_texts_of(tokens)).split()))


@lru_cache(maxsize=8192)
def read_prose(prose: str) -> Prose:
    """``prose`` for a page and for search; both empty for empty prose.

    Most prose is a plain sentence or two, which needs no parser; the answer is the
    same as that of ``read_markdown``.
    """
    if not prose.strip():
        return NO_PROSE
    if len(prose) <= LONGEST_PROSE and _is_one_plain_paragraph(prose):
        html = "<p>" + prose.replace('"', "&quot;") + "</p>\n"
        return Prose(html, " ".join(prose.split()))
    return read_markdown(prose)


def _texts_of(tokens: Sequence[Token]) -> list[str]:
    texts: list[str] = []
    for token in tokens:
        if token.type == "inline":
            texts.append("".join(_inline_texts(token.children or ())))
        elif token.type in {"fence", "code_block"}:
            texts.append(token.content)
    return texts


def _inline_texts(tokens: Sequence[Token]) -> list[str]:
    breaks = {"softbreak", "hardbreak"}
    return [" " if token.type in breaks else token.content for token in tokens]
