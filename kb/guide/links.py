"""Links of a finished page lead to the files of the guide, relative to where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from kb.guide.addresses import Addresses

_LINK = re.compile(r'<a\b([^>]*?)\bhref="(/[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_FORM = re.compile(r'<form class="choose" action="/(?!go)[^>]*>.*?</form>', re.DOTALL)
_HEAD = re.compile(r'<link rel="alternate"[^>]*>\n?')
_ASSET = re.compile(r'\b(src|href)="/(static/[^"?]*)[^"]*"')
_CLAIM = re.compile(r' action="/check#answer"')
_GO = re.compile(r' action="/(?:go|search)"')
ABSENT = "only where the site itself is served"


def leading_to(html: str, addresses: Addresses, root: str) -> str:
    """The page with its links to places of the guide; ``root`` leads to its folder.

    A link to what the guide does not have becomes plain text, and a form that only a
    server can answer is left out.
    """
    html = _HEAD.sub("", _FORM.sub("", html))
    html = _ASSET.sub(lambda found: f'{found[1]}="{root}{found[2]}"', html)
    html = _CLAIM.sub(' action="#answer"', html)
    html = _GO.sub(f' action="{root}search.html"', html)
    return _LINK.sub(_leading(addresses, root), html)


def _leading(addresses: Addresses, root: str) -> Callable[[re.Match[str]], str]:
    def led(found: re.Match[str]) -> str:
        before, address, after, words = found.groups()
        place = addresses.place_of(unescape(address))
        if not place:
            return f'<span class="absent" title="{ABSENT}">{words}</span>'
        return f'<a{before}href="{root}{escape(place)}"{after}>{words}</a>'

    return led
