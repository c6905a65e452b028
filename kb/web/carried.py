"""Links of a finished page keep the state, the place and the day that are chosen.

They are added here, once for all templates: a link that forgot them would answer for
another state than the page it stands on.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qsl, urlencode

from kb.web.where import CARRIED, Where

_LINK = re.compile(
    r'(<a (?![^>]*\bdata-as-is\b)[^>]*?\bhref=")'
    r"(/(?:payers?|code|answer|compare|coverage|print|check)(?:/[^\"?#]*)?)"
    r'(?:\?([^"#]*))?(#[^"]*)?"'
)


def carrying(html: str, where: Where) -> str:
    """The page with the choices in its links; a link's own choice stays."""
    chosen = {name: getattr(where, name) for name in CARRIED if getattr(where, name)}
    if not chosen:
        return html

    all_chosen = escape(urlencode(chosen))

    def with_choices(link: re.Match[str]) -> str:
        start, path, query, anchor = link.groups(default="")
        if not query:
            return f'{start}{path}?{all_chosen}{anchor}"'
        asked = dict(parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True))
        full = urlencode(chosen | asked)
        return f'{start}{path}?{escape(full)}{anchor}"'

    return _LINK.sub(with_choices, html)
