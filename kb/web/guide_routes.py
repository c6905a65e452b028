"""The addresses of the guide's own pages, and what each asks of the knowledge base."""

from __future__ import annotations

from collections.abc import Callable

from datasette.utils.asgi import Request, Response

from kb.read.knowledge_base import KnowledgeBase
from kb.web.answers import Site, answer_file, answer_json, answer_page
from kb.web.changes_page import (
    CALENDAR_AHEAD,
    Asked,
    Found,
    asked_days,
    changes_json,
    changes_page,
    found_changes,
)
from kb.web.feeds import atom, calendar, json_feed
from kb.web.home_page import home_page, more_page, policies_page
from kb.web.page import File, asked_day
from kb.web.parameters import takes
from kb.web.payers_page import payers_page
from kb.web.where import where_of


def _day(request: Request) -> str:
    return str(request.args.get("on") or "").strip()


def _asked(request: Request) -> Asked:
    return asked_days(request.args, where_of(request.path, request.args).payer)


@takes("as-of")
async def home(datasette: Site, request: Request) -> Response:
    """``/``."""
    return await answer_page(
        datasette,
        request,
        lambda kb: home_page(kb, asked_day(request.args.get("as-of"))),
    )


@takes("as-of")
async def more(datasette: Site, request: Request) -> Response:
    """``/more``."""
    return await answer_page(
        datasette,
        request,
        lambda kb: more_page(kb, asked_day(request.args.get("as-of"))),
    )


@takes("on")
async def payers(datasette: Site, request: Request) -> Response:
    """``/payers?on=2026-03-10``."""
    return await answer_page(
        datasette, request, lambda kb: payers_page(kb, asked_day(_day(request)))
    )


@takes()
async def policies(datasette: Site, request: Request) -> Response:
    """``/policies``."""
    return await answer_page(datasette, request, policies_page)


@takes("from", "to", "payer")
async def changes(datasette: Site, request: Request) -> Response:
    """``/changes?from=2026-06-01&to=2026-12-31&payer=aetna``."""
    return await answer_page(
        datasette, request, lambda kb: changes_page(kb, _asked(request))
    )


@takes("from", "to", "payer")
async def changes_for_programs(datasette: Site, request: Request) -> Response:
    """``/changes.json``, with the same choices."""
    return await answer_json(
        datasette, request, lambda kb: changes_json(kb, _asked(request))
    )


@takes("from", "to", "payer")
async def changes_atom(datasette: Site, request: Request) -> Response:
    """``/changes.atom``."""
    return await _feed(datasette, request, atom)


@takes("from", "to", "payer")
async def changes_feed(datasette: Site, request: Request) -> Response:
    """``/changes.feed.json``."""
    return await _feed(datasette, request, json_feed)


@takes("from", "to", "payer")
async def changes_calendar(datasette: Site, request: Request) -> Response:
    """``/changes.ics``: without days of its own it looks a year ahead."""
    return await _feed(datasette, request, calendar)


async def _feed(
    datasette: Site, request: Request, made: Callable[[Found, str], File]
) -> Response:
    def build(kb: KnowledgeBase) -> File:
        asked = _asked(request)
        if made is calendar and not asked.has_days:
            asked = asked.until(CALENDAR_AHEAD)
        return made(found_changes(kb, asked), site)

    site = f"{request.scheme}://{request.host}"
    return await answer_file(datasette, request, build)


GUIDE_ROUTES = (
    (r"^/$", home),
    (r"^/more$", more),
    (r"^/payers$", payers),
    (r"^/policies$", policies),
    (r"^/changes\.json$", changes_for_programs),
    (r"^/changes\.atom$", changes_atom),
    (r"^/changes\.feed\.json$", changes_feed),
    (r"^/changes\.ics$", changes_calendar),
    (r"^/changes$", changes),
)
