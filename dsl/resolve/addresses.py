"""Addresses of documents: of the web and nothing else, since pages make links of them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from dsl.base.diagnostics import Reporter
from dsl.syntax import nodes as n

PLAIN = re.compile(r"[^\s<>\"'`\\{}|^]+")
"""What an address is written with; browsers read a backslash as a slash."""
HOST = re.compile(
    r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE
)
LIKE_A_HOST = re.compile(r"(//)?[a-z0-9-]+(\.[a-z0-9-]+)+([:/?#]|$)", re.IGNORECASE)


def is_web_address(text: str) -> bool:
    """Whether a text is an address of http or https with a host, and no name before it."""
    if not PLAIN.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        known_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    web = parts.scheme in ("http", "https") and "@" not in parts.netloc
    return web and known_port and HOST.fullmatch(parts.hostname or "") is not None


def read_address(item: n.Item, text: n.Word, report: Reporter) -> str:
    """The address of a source; one that is not of the web is reported, and is none."""
    if is_web_address(text.text):
        return text.text
    with_scheme = "https://" + text.text.removeprefix("//")
    likely = LIKE_A_HOST.match(text.text) and is_web_address(with_scheme)
    report.at(
        text,
        "P038",
        f"The address of `{item.name.text}` is no address of the web. Write `https://` or "
        "`http://`, a host and a path, without blanks; leave the line out if there is none.",
        fix=f"url: {with_scheme}" if likely else "",
    )
    return ""
