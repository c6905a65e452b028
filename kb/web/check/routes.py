"""``/check`` for people and ``/api/check`` for programs: claims in, answers out.

What is sent comes in a body, is held in memory while it is answered, and is gone then:
nothing of it stands in an address, a log or a cache.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from datasette.utils.asgi import BadRequest, PayloadTooLarge, Request, Response

from kb.engine import Engine
from kb.engine.report.texts import report_text
from kb.read.store import KnowledgeBase, content_of
from kb.reference.days import today
from kb.web.answers import (
    NO_STORE,
    STRICT_POLICY,
    json_response,
    problem_json,
    problem_of,
    problem_page,
    served_by,
    site_of,
)
from kb.web.check.checked import checked
from kb.web.check.page import Sent, answer_page, empty_page
from kb.web.frame import frame_of
from kb.web.page import PageProblem
from kb.web.parameters import takes
from kb.web.render import html_of
from kb.web.serving import serving_of

MOST_FIELDS = 12_000
OF_CONTEXT = {
    "payer": "payer",
    "plan": "plan",
    "state": "state",
    "place": "place",
    "on": "date",
    "code": "lines[0].code",
}
"""What a link may fill in: what other pages are about, nothing of a patient's claim."""
HEADERS = {
    "Content-Security-Policy": STRICT_POLICY,
    **NO_STORE,
    # With less, a browser says no more of where a form came from than `null`.
    "Referrer-Policy": "same-origin",
}
NOT_A_FORM = PageProblem(
    400,
    "The form could not be read",
    "Send it as application/x-www-form-urlencoded or multipart/form-data. "
    "For programs there is POST /api/check.",
)
GIVE_CLAIMS = PageProblem(
    405,
    "Claims come by POST",
    "POST the claims to this address: JSON, a JSON object a line, or X12.",
)


@takes(*OF_CONTEXT, "family")
async def check(datasette: Any, request: Request) -> Response:  # noqa: ANN401
    """``/check``: the form, and by POST the answer to what it says."""
    try:
        served = serving_of(datasette)
        sent = await sent_by(request, served.settings.max_body_bytes)
        async with served.checks.turn():
            database = served_by(datasette)
            html, status = await database.ask(
                lambda kb: page_for(datasette, kb, database.engine(kb), request, sent),
                aside=True,
            )
    except Exception as error:
        return problem_page(datasette, problem_of(error))
    return Response.html(html, status=status, headers=HEADERS)


@takes()
async def check_for_programs(datasette: Any, request: Request) -> Response:  # noqa: ANN401
    """``POST /api/check``: claims as JSON, JSON lines or X12; ``payerkb-findings`` out."""
    try:
        if request.method != "POST":
            raise GIVE_CLAIMS
        served = serving_of(datasette)
        content = await body_of(request, served.settings.max_body_bytes)
        async with served.checks.turn():
            database = served_by(datasette)
            text, status = await database.ask(
                lambda kb: findings(database.engine(kb), content), aside=True
            )
    except Exception as error:
        return problem_json(problem_of(error))
    return json_response(text, status, NO_STORE)


def findings(engine: Engine, content: bytes) -> tuple[str, int]:
    """The findings on some bytes; 422 when nothing of them could be answered."""
    found = checked(content, engine)
    text = report_text(found.answers, found.bad, engine, found.remarks)
    return f"{text}\n", 200 if found.answers else 422


def page_for(
    datasette: Any,  # noqa: ANN401
    kb: KnowledgeBase,
    engine: Engine,
    request: Request,
    sent: Sent | None,
) -> tuple[str, int]:
    """The page as HTML, and its status."""
    if sent is None:
        given = {field: request.args.get(name) for name, field in OF_CONTEXT.items()}
        page = empty_page({name: text for name, text in given.items() if text}, engine)
    else:
        page = answer_page(sent, engine)
    # The form has its own payer, state and day: the bar of the frame would be a second.
    frame = replace(frame_of(kb, request.path, request.args), payers=())
    html = html_of(site_of(datasette), page, content_of(kb), today(), frame)
    return html, page.status


async def sent_by(request: Request, most: int) -> Sent | None:
    """What a form was sent with; nothing where the page is only asked for."""
    if request.method != "POST":
        return None
    body = await body_of(request, most)

    async def once_more() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        # The body is in memory already, and no part of it may go to a disk.
        form = await Request(request.scope, once_more).form(
            files=True,
            max_fields=MOST_FIELDS,
            max_files=2,
            max_file_size=most,
            max_memory_file_size=most + 1,
            min_free_disk_bytes=0,
        )
    except (BadRequest, UnicodeError):
        raise NOT_A_FORM from None
    if len(form) > MOST_FIELDS:
        raise NOT_A_FORM
    fields: dict[str, str] = {}
    file: bytes | None = None
    with form:
        for name, value in form.items():
            if isinstance(value, str):
                fields.setdefault(name, value)
            elif value.size:
                file = await value.read()
    return Sent(fields, file)


async def body_of(request: Request, most: int) -> bytes:
    """The body, if it is not too large."""
    try:
        body: bytes = await request.post_body(most)
    except PayloadTooLarge:
        message = (
            f"At most {most:,} bytes are checked at once. Larger files are for the"
            " command line: payerkb check-claim."
        )
        raise PageProblem(413, "Too large", message) from None
    return body


ROUTES = (
    (r"^/check$", check),
    (r"^/api/check$", check_for_programs),
)
