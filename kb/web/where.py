"""What a reader looks at: payer, procedure, state, place and day, as an address says it.

Every page of the guide takes these from its path or its query, shows them in the bar under
the box and hands them on to the pages it leads to.  A day that is today is never said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import unquote, urlencode

from kb.reference.days import BadDay, day_of

_NAMED = re.compile(
    r"/(?:payer/(?P<payer>[^/]+)|code/(?P<code>[^/]+)"
    r"|(?:answer|print)/(?P<whose>[^/]+)/(?P<subject>[^/]+))"
)
_CODE = re.compile(r"[A-Z]?\d[\dA-Z.]*")


@dataclass(frozen=True, slots=True)
class Where:
    """What is chosen; an empty text chooses nothing."""

    payer: str = ""
    code: str = ""
    family: str = ""
    state: str = ""
    place: str = ""
    on: str = ""
    """The day of service, empty for today."""

    @property
    def subject(self) -> str:
        """The code, else the family."""
        return self.code or self.family

    def address(self, path: str, *names: str) -> str:
        """``path`` with the named choices that are made in its query."""
        return adding(path, **{name: getattr(self, name) for name in names})

    def today(self) -> Where:
        """The same for services of today."""
        return replace(self, on="")


def adding(address: str, **more: str) -> str:
    """The address with more in its query; what is empty adds nothing."""
    query = urlencode({name: value for name, value in more.items() if value})
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


CHOICES = tuple(each.name for each in fields(Where))
"""The names of the parameters that every page of the guide takes."""
CARRIED = ("state", "place", "on")
"""Those that a link to another payer or procedure keeps."""


def where_of(path: str, args: Mapping[str, str]) -> Where:
    """What an address is about: its path before its query; what is no day is left out."""
    asked = {name: str(args.get(name) or "").strip() for name in CHOICES}
    named = _NAMED.fullmatch(path.removeprefix("/api").removesuffix(".json"))
    found = named.groupdict() if named else {}
    if payer := found.get("payer") or found.get("whose"):
        asked["payer"] = unquote(payer)
    if subject := found.get("code") or found.get("subject"):
        asked |= subject_of(unquote(subject))
    asked["state"] = asked["state"].upper()[:2]
    asked["on"] = day_asked(asked["on"])
    return Where(**asked)


def subject_of(written: str) -> dict[str, str]:
    """A procedure as it was written: a code, or the key of a family."""
    if _CODE.fullmatch(written.upper()):
        return {"code": written.upper(), "family": ""}
    return {"code": "", "family": written.lower()}


def day_asked(text: str) -> str:
    """The day of an address, empty when it is today's or none."""
    try:
        found = day_of(text)
    except BadDay:
        return ""
    return "" if found == day_of(None) else found.isoformat()


def day_shown(where: Where) -> date:
    """The day that a page about this answers for."""
    return day_of(where.on)
