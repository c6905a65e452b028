"""The addresses of the guide's own pages, and what each asks of the knowledge base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from kb.read.knowledge_base import KnowledgeBase
from kb.web.answers import (
    Site,
    answer_file,
    answer_json,
    answer_page,
    in_knowledge,
    problem_of,
    problem_page,
)
from kb.web.card_json import card_json
from kb.web.changes_page import (
    CALENDAR_AHEAD,
    Asked,
    Found,
    asked_days,
    changes_json,
    changes_page,
    found_changes,
)
from kb.web.compare_page import (
    compare_csv,
    compare_json,
    compare_page,
    payers_asked,
)
from kb.web.coverage_page import coverage_json, coverage_page
from kb.web.feeds import atom, calendar, json_feed
from kb.web.go import procedure_written
from kb.web.home_page import home_page, more_page, policies_page
from kb.web.page import File, asked_day
from kb.web.parameters import takes
from kb.web.payers_page import payers_page
from kb.web.print_page import print_page
from kb.web.rule_page import latest_of, rule_json, rule_page
from kb.web.where import CHOICES, Where, where_of

OF_CHANGES = ("from", "to")


def _day(request: Request) -> str:
    return str(request.args.get("on") or "").strip()


def _asked(request: Request) -> Asked:
    return asked_days(request.args, where_of(request.path, request.args).payer)


@takes(*CHOICES, "as-of")
async def home(datasette: Site, request: Request) -> Response:
    """``/``."""
    return await answer_page(
        datasette,
        request,
        lambda kb: home_page(kb, asked_day(request.args.get("as-of"))),
    )


@takes(*CHOICES, "as-of")
async def more(datasette: Site, request: Request) -> Response:
    """``/more``."""
    return await answer_page(
        datasette,
        request,
        lambda kb: more_page(kb, asked_day(request.args.get("as-of"))),
    )


@takes(*CHOICES)
async def payers(datasette: Site, request: Request) -> Response:
    """``/payers?on=2026-03-10``."""
    return await answer_page(
        datasette,
        request,
        lambda kb: payers_page(kb, asked_day(_day(request)), chosen(kb, request).state),
    )


@takes(*CHOICES)
async def policies(datasette: Site, request: Request) -> Response:
    """``/policies``."""
    return await answer_page(datasette, request, policies_page)


@takes(*CHOICES, *OF_CHANGES)
async def changes(datasette: Site, request: Request) -> Response:
    """``/changes?from=2026-06-01&to=2026-12-31&payer=aetna``."""
    return await answer_page(
        datasette, request, lambda kb: changes_page(kb, _asked(request))
    )


@takes(*CHOICES, *OF_CHANGES)
async def changes_for_programs(datasette: Site, request: Request) -> Response:
    """``/changes.json``, with the same choices."""
    return await answer_json(
        datasette, request, lambda kb: changes_json(kb, _asked(request))
    )


@takes(*CHOICES, *OF_CHANGES)
async def changes_atom(datasette: Site, request: Request) -> Response:
    """``/changes.atom``."""
    return await _feed(datasette, request, atom)


@takes(*CHOICES, *OF_CHANGES)
async def changes_feed(datasette: Site, request: Request) -> Response:
    """``/changes.feed.json``."""
    return await _feed(datasette, request, json_feed)


@takes(*CHOICES, *OF_CHANGES)
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


@takes("payers", *CHOICES)
async def compare(datasette: Site, request: Request) -> Response:
    """``/compare?payers=aetna,cigna&code=64483``."""
    return await answer_page(
        datasette, request, lambda kb: compare_page(kb, *_compared(kb, request))
    )


@takes("payers", *CHOICES)
async def compare_for_programs(datasette: Site, request: Request) -> Response:
    """``/compare.json``."""
    return await answer_json(
        datasette, request, lambda kb: compare_json(kb, *_compared(kb, request))
    )


@takes("payers", *CHOICES)
async def compare_as_csv(datasette: Site, request: Request) -> Response:
    """``/compare.csv``."""
    return await answer_file(
        datasette, request, lambda kb: compare_csv(kb, *_compared(kb, request))
    )


def _compared(kb: KnowledgeBase, request: Request) -> tuple[Where, tuple[str, ...]]:
    return chosen(kb, request), payers_asked([str(request.args.get("payers") or "")])


@takes(*CHOICES)
async def coverage(datasette: Site, request: Request) -> Response:
    """``/coverage?state=FL``."""
    return await answer_page(
        datasette, request, lambda kb: coverage_page(kb, chosen(kb, request))
    )


@takes(*CHOICES)
async def coverage_for_programs(datasette: Site, request: Request) -> Response:
    """``/coverage.json``."""
    return await answer_json(
        datasette, request, lambda kb: coverage_json(kb, chosen(kb, request))
    )


@takes(*CHOICES)
async def answer_for_programs(datasette: Site, request: Request) -> Response:
    """``/api/answer/PAYER/CODE-or-FAMILY``, ``/answer/....json``."""
    return await answer_json(
        datasette, request, lambda kb: card_json(kb, chosen(kb, request))
    )


@takes(*CHOICES)
async def rule(datasette: Site, request: Request) -> Response:
    """``/rule/POLICY/NAME``: the latest; ``/rule/POLICY@FIRST-DAY/NAME``: that version's."""
    path = unquote(request.url_vars["path"])
    try:
        latest = await in_knowledge(datasette, lambda kb: latest_of(kb, path))
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    if latest:
        return Response.redirect(latest)
    return await answer_page(
        datasette, request, lambda kb: rule_page(kb, path, _day_shown(request))
    )


@takes(*CHOICES)
async def rule_for_programs(datasette: Site, request: Request) -> Response:
    """``/rule/POLICY/NAME.json``."""
    path = unquote(request.url_vars["path"])
    return await answer_json(
        datasette, request, lambda kb: rule_json(kb, path, _day_shown(request))
    )


@takes(*CHOICES)
async def sheet(datasette: Site, request: Request) -> Response:
    """``/print/PAYER/FAMILY-or-CODE``: one page of paper."""
    return await answer_page(
        datasette, request, lambda kb: print_page(kb, chosen(kb, request))
    )


def _day_shown(request: Request) -> str:
    """The day of service that is asked for, or today."""
    return asked_day(_day(request)).isoformat()


def chosen(kb: KnowledgeBase, request: Request) -> Where:
    """What the address chooses; a problem for a day that is none.

    A code that is written as a family's title is that family.
    """
    asked_day(_day(request))
    where = where_of(request.path, request.args)
    written = str(request.args.get("code") or "").strip()
    return replace(where, **procedure_written(kb, written)) if written else where


GUIDE_ROUTES = (
    (r"^/print/(?P<payer>[^/]+)/(?P<subject>[^/]+)$", sheet),
    (r"^/answer/(?P<payer>[^/]+)/(?P<subject>[^/]+)\.json$", answer_for_programs),
    (r"^/api/answer/(?P<payer>[^/]+)/(?P<subject>[^/]+)$", answer_for_programs),
    (r"^/api/rule/(?P<path>.+/[^/]+)$", rule_for_programs),
    (r"^/api/compare$", compare_for_programs),
    (r"^/api/changes$", changes_for_programs),
    (r"^/rule/(?P<path>.+/[^/]+)\.json$", rule_for_programs),
    (r"^/rule/(?P<path>.+/[^/]+)$", rule),
    (r"^/compare\.json$", compare_for_programs),
    (r"^/compare\.csv$", compare_as_csv),
    (r"^/compare$", compare),
    (r"^/coverage\.json$", coverage_for_programs),
    (r"^/coverage$", coverage),
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
