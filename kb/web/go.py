"""Where a change of the choices leads: the page about what is now chosen."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from kb.read.families import families, family_title
from kb.read.knowledge_base import KnowledgeBase
from kb.reference.days import day_of
from kb.web.compare_page import payers_asked
from kb.web.frame import STAYING
from kb.web.where import CARRIED, CHOICES, Where, adding, subject_of, where_of


def destination(kb: KnowledgeBase, args: Mapping[str, str]) -> str:
    """The address of the page about the choices in the bar.

    ``at`` names the page that was left, ``shown`` the day that stood there for today:
    unchanged, it still means today, whenever the form is sent.
    """
    written = str(args.get("code") or "").strip()
    asked = {**{name: str(args.get(name) or "") for name in CHOICES}, "family": ""}
    if args.get("shown") and args.get("shown") == asked["on"]:
        asked["on"] = ""
    asked |= procedure_written(kb, written) if written else {"code": ""}
    where = where_of("/", asked)
    if written and not where.subject:
        return adding("/search", q=written)
    at = str(args.get("at") or "")
    if at == "/compare":
        compared = ",".join(payers_asked(written_in(args, "payers"))) or where.payer
        here = where.address(at, "code", "family", *CARRIED)
        return adding(here, payers=compared)
    if at in STAYING:
        return where.address(at, *CHOICES)
    return where.address(_page_about(where), *CARRIED, *_family_of(where))


def written_in(args: Mapping[str, str], name: str) -> list[str]:
    """Every value of a parameter that a form may send several times."""
    many = getattr(args, "getlist", None)
    return many(name) if many else [str(args.get(name) or "")]


def _page_about(where: Where) -> str:
    payer, code = quote(where.payer, safe=""), quote(where.code, safe="")
    if payer and code:
        return f"/answer/{payer}/{code}"
    if payer:
        return f"/payer/{payer}"
    if code:
        return f"/code/{code}"
    return "/compare" if where.family else "/"


def _family_of(where: Where) -> tuple[str, ...]:
    return ("family",) if where.family else ()


def procedure_written(kb: KnowledgeBase, written: str) -> dict[str, str]:
    """The code or family that was written, by its key or its title."""
    found = subject_of(written)
    if found["code"]:
        return found
    known = families(kb, day_of(None))  # a family that ended is no way to ask
    titles = {family_title(each).lower(): each for each in known}
    key = titles.get(written.lower(), found["family"])
    return {"code": "", "family": key if key in known else ""}
