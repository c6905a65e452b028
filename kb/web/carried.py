"""Links of a finished page keep the state, the place and the day that are chosen.

They are added here, once for all templates: a link that forgot them would answer for
another state than the page it stands on.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qsl, urlencode

from kb.web.where import CARRIED, Where

HERE = "<carried>"
"""Where a link of a part that is kept gets them; text of a page never has such a bracket."""
AS_IS = "data-as-is"
"""Stands in links that keep nothing."""
_LINK = re.compile(
    r'(<a (?:[^>"]*(?:"[^"]*"[^>"]*)*?\s)?href="'
    r'/(?:payers?|code|answer|compare|coverage|print|check)(?:/[^"?#<]*+)?)'
    r'(?:\?([^"#]*))?((?:#[^"]*)?"[^>]*>)'
)


def carrying(html: str, where: Where) -> str:
    """The page with the choices in its links; a link's own choice stays."""
    chosen = {name: getattr(where, name) for name in CARRIED if getattr(where, name)}
    if not chosen:
        return html.replace(HERE, "")
    all_chosen = f"?{escape(urlencode(chosen))}"
    with_own: dict[str, str] = {}

    def with_choices(link: re.Match[str]) -> str:
        start, query, end = link.groups()
        if AS_IS in start or AS_IS in end:
            return link[0]
        if not query:
            return f"{start}{all_chosen}{end}"
        if query not in with_own:
            asked = parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True)
            with_own[query] = f"?{escape(urlencode(chosen | dict(asked)))}"
        return f"{start}{with_own[query]}{end}"

    return _LINK.sub(with_choices, html).replace(HERE, all_chosen)


def marked(part: str) -> str:
    """A part of a page, marked where ``carrying`` has only to put the choices."""

    def with_mark(link: re.Match[str]) -> str:
        start, query, end = link.groups()
        is_plain = not query and AS_IS not in start and AS_IS not in end
        return f"{start}{HERE}{end}" if is_plain else link[0]

    return _LINK.sub(with_mark, part)
