"""The addresses of the site, and what each one asks of the knowledge base.

Days are read inside the function that builds the page, so that a bad one gets the
same clear page as anything else that is wrong.
"""

from __future__ import annotations

from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from kb.asking.saying import as_json
from kb.read.knowledge_base import KnowledgeBase
from kb.web.answer_pages import Where, payer_page
from kb.web.answer_pages import answer_page as card_page
from kb.web.answers import (
    Site,
    answer_json,
    answer_page,
    answer_redirect,
    redirect_to_any,
)
from kb.web.api import code_json, payers_json, search_json
from kb.web.code_page import code_page
from kb.web.go import destination
from kb.web.guide_routes import GUIDE_ROUTES
from kb.web.message_pages import check_page, messages_page
from kb.web.page import Page, asked_day
from kb.web.pages import (
    about_page,
    gaps_page,
    source_page,
    sources_page,
)
from kb.web.parameters import takes
from kb.web.policy_pages import policy_page, text_page
from kb.web.search_page import asked_of, exact_code, search_page, suggestions_json
from kb.web.where import CHOICES, where_of


def _asked(request: Request, name: str) -> str:
    return str(request.args.get(name) or "").strip()


def _in_path(request: Request, name: str) -> str:
    return unquote(request.url_vars[name])


@takes(*CHOICES, "at", "shown", "payers")
async def go(datasette: Site, request: Request) -> Response:
    """``/go?payer=aetna&code=64483``: to the page about these."""
    return await answer_redirect(datasette, lambda kb: destination(kb, request.args))


@takes(*CHOICES, "q", "kind")
async def find(datasette: Site, request: Request) -> Response:
    """``/search?q=``, perhaps with ``&kind=rule``; a code alone opens its page."""
    query, kind = _asked(request, "q"), _asked(request, "kind")
    where = where_of(request.path, request.args)
    opened = None
    if query and not kind:
        opened = await redirect_to_any(
            datasette, lambda kb: exact_code(kb, query, where)
        )
    return opened or await answer_page(
        datasette, request, lambda kb: search_page(kb, query, kind, where)
    )


@takes("q")
async def suggestions(datasette: Site, request: Request) -> Response:
    """``/suggest.json?q=``: what a half typed question may become."""
    query = _asked(request, "q")
    return await answer_json(
        datasette, request, lambda kb: suggestions_json(kb, query, asked_day(None))
    )


@takes(*CHOICES, "q")
async def find_json(datasette: Site, request: Request) -> Response:
    """``/search.json?q=``."""
    query = _asked(request, "q")
    return await answer_json(datasette, request, lambda kb: search_json(kb, query))


@takes("q")
async def ask_for_programs(datasette: Site, request: Request) -> Response:
    """``/api/ask?q=``: what ``payerkb ask --json`` prints."""
    query, where = _asked(request, "q"), where_of(request.path, request.args)
    return await answer_json(
        datasette, request, lambda kb: as_json(asked_of(kb, query, where))
    )


def _where(request: Request) -> Where:
    """State, place and day of an address."""
    return Where(
        asked_day(_asked(request, "on")),
        _asked(request, "state").upper(),
        _asked(request, "place"),
    )


@takes(*CHOICES)
async def payer(datasette: Site, request: Request) -> Response:
    """``/payer/ID?on=2026-03-10&state=FL``; with ``&family=epidural`` its answer."""
    payer_id, family = _in_path(request, "payer"), _asked(request, "family")

    def build(kb: KnowledgeBase) -> Page:
        if family:
            return card_page(kb, payer_id, family, _where(request))
        return payer_page(kb, payer_id, _where(request))

    return await answer_page(datasette, request, build)


@takes(*CHOICES)
async def answer(datasette: Site, request: Request) -> Response:
    """``/answer/PAYER/CODE-or-FAMILY?state=FL&place=24&on=2026-03-10``."""
    payer_id, subject = _in_path(request, "payer"), _in_path(request, "subject")
    return await answer_page(
        datasette,
        request,
        lambda kb: card_page(kb, payer_id, subject, _where(request)),
    )


@takes(*CHOICES)
async def payers_list(datasette: Site, request: Request) -> Response:
    """``/payers.json``."""
    return await answer_json(datasette, request, payers_json)


@takes(*CHOICES)
async def policy(datasette: Site, request: Request) -> Response:
    """``/policy/PATH``, ``/policy/PATH@DAY``, ``/policy/PATH?on=DAY``."""
    path, day = _in_path(request, "path"), _asked(request, "on")
    return await answer_page(
        datasette,
        request,
        lambda kb: policy_page(kb, path, asked_day(day) if day else None),
    )


@takes(*CHOICES)
async def text(datasette: Site, request: Request) -> Response:
    """``/text/FILE``."""
    path = _in_path(request, "path")
    return await answer_page(datasette, request, lambda kb: text_page(kb, path))


@takes(*CHOICES)
async def code(datasette: Site, request: Request) -> Response:
    """``/code/CODE?on=2026-03-10``."""
    code_id = _in_path(request, "code")
    return await answer_page(
        datasette,
        request,
        lambda kb: code_page(kb, code_id, _where(request)),
    )


@takes(*CHOICES)
async def code_for_programs(datasette: Site, request: Request) -> Response:
    """``/code/CODE.json?on=2026-03-10``."""
    code_id = _in_path(request, "code")
    return await answer_json(
        datasette,
        request,
        lambda kb: code_json(kb, code_id, asked_day(_asked(request, "on"))),
    )


@takes(*CHOICES, "as-of")
async def source(datasette: Site, request: Request) -> Response:
    """``/source/ID?as-of=2026-03-10``."""
    source_id = _in_path(request, "source")
    return await answer_page(datasette, request, lambda kb: source_page(kb, source_id))


@takes(*CHOICES, "as-of")
async def sources(datasette: Site, request: Request) -> Response:
    """``/sources?as-of=2026-03-10``."""
    return await answer_page(datasette, request, sources_page)


@takes(*CHOICES)
async def gaps(datasette: Site, request: Request) -> Response:
    """``/gaps``."""
    return await answer_page(datasette, request, gaps_page)


@takes(*CHOICES)
async def about(datasette: Site, request: Request) -> Response:
    """``/about``."""
    return await answer_page(datasette, request, lambda _kb: about_page())


@takes(*CHOICES)
async def messages(datasette: Site, request: Request) -> Response:
    """``/messages``."""
    return await answer_page(datasette, request, lambda _kb: messages_page())


@takes(*CHOICES)
async def message(datasette: Site, request: Request) -> Response:
    """``/message/L012``."""
    code = _in_path(request, "code")
    return await answer_page(datasette, request, lambda _kb: check_page(code))


ROUTES = (
    (r"^/go$", go),
    (r"^/search\.json$", find_json),
    (r"^/search$", find),
    (r"^/answer/(?P<payer>[^/]+)/(?P<subject>(?![^/]*\.json$)[^/]+)$", answer),
    (r"^/suggest\.json$", suggestions),
    (r"^/api/ask$", ask_for_programs),
    (r"^/api/search$", find_json),
    (r"^/payers\.json$", payers_list),
    (r"^/payer/(?P<payer>[^/]+)$", payer),
    (r"^/policy/(?P<path>.+)$", policy),
    (r"^/text/(?P<path>.+)$", text),
    (r"^/code/(?P<code>[^/]+)\.json$", code_for_programs),
    (r"^/code/(?P<code>[^/]+)$", code),
    (r"^/source/(?P<source>[^/]+)$", source),
    (r"^/sources$", sources),
    (r"^/gaps$", gaps),
    (r"^/about$", about),
    (r"^/messages$", messages),
    (r"^/message/(?P<code>[^/]+)$", message),
    *GUIDE_ROUTES,
)
