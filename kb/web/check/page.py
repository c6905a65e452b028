"""The page of the claim check: the form left, its answer right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kb.claims.json.writer import claim_to_json
from kb.claims.model import BadClaim
from kb.engine.judge.evaluate import Engine
from kb.plain.trade import PLACES
from kb.web.check.checked import Checked, checked
from kb.web.check.fields import WISH, Fields, claim_of, fields_of, payer_words
from kb.web.check.form import WORDS, Form, form_of
from kb.web.check.view import shown, would_pass
from kb.web.page import Page

MOST_SHOWN = 25
"""So many claims of a file are shown whole."""
MOST_FAULTS = 50
MOST_LINES_IN_FORM = 50
AT_ITEM = re.compile(r"\[[0-9]+\]$")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser sent: the fields of the form, or a file."""

    fields: Fields
    file: bytes | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read, and the field that it is about."""

    field: str
    where: str
    claim: str
    reason: str
    fix: str


def empty_page(fields: Fields, engine: Engine) -> Page:
    """The form before it was sent; a payer that a link names by its key by its title."""
    if payer := fields.get("payer"):
        fields = {**fields, "payer": payer_words(payer, "", engine.program)}
    return made(form_of(fields, engine), None, engine)


def answer_page(sent: Sent, engine: Engine) -> Page:
    """The form as it was sent with its answer; of a file, what it holds."""
    if sent.file is None:
        content = json.dumps(claim_of(sent.fields, engine.program)).encode()
        found = checked(content, engine)
        form = form_of(sent.fields, engine, by_field(faults_of(found.bad)))
        return made(form, found, engine, asks=bool(sent.fields.get(WISH)))
    found = checked(sent.file, engine)
    return made(
        form_of(form_of_file(found, engine), engine), found, engine, of_file=True
    )


def form_of_file(found: Checked, engine: Engine) -> dict[str, str]:
    """The form filled in with the one claim of a file; empty where there are several."""
    if len(found.claims) != 1 or len(found.claims[0].lines) > MOST_LINES_IN_FORM:
        return {}
    return fields_of(claim_to_json(found.claims[0]), engine.program)


def made(
    form: Form,
    found: Checked | None,
    engine: Engine,
    *,
    of_file: bool = False,
    asks: bool = False,
) -> Page:
    """The page of a form with what was found.

    ``asks`` for what would make the one claim pass, which takes longer than its answer.
    """
    answers = found.answers if found else ()
    faults = faults_of(found.bad) if found else ()
    told = [shown(answer, engine) for answer in answers[:MOST_SHOWN]]
    if found and asks and len(told) == 1:
        told = [replace(told[0], would_pass=would_pass(found.claims[0], engine))]
    status = 422 if found and not answers else 200
    context = {
        "form": form,
        "found": found is not None,
        "of_file": of_file,
        "answers": told,
        "more": len(answers) - MOST_SHOWN,
        "outcomes": counted([answer.outcome for answer in answers]),
        "faults": faults[:MOST_FAULTS],
        "more_faults": len(faults) - MOST_FAULTS,
        "remarks": found.remarks[:MOST_FAULTS] if found else (),
        "places": PLACES,
        **WORDS,
    }
    return Page("kb/check.html", context, status, may_store=False)


def counted(outcomes: Iterable[str]) -> dict[str, int]:
    """How many claims have which outcome."""
    found: dict[str, int] = {}
    for outcome in outcomes:
        found[outcome] = found.get(outcome, 0) + 1
    return found


def faults_of(bad: Iterable[BadClaim]) -> tuple[Fault, ...]:
    """Faults with the fields that they are about."""
    return tuple(
        Fault(AT_ITEM.sub("", one.where), one.where, one.claim, one.reason, one.fix)
        for one in bad
    )


def by_field(faults: Iterable[Fault]) -> Mapping[str, tuple[str, ...]]:
    """What is wrong in each field."""
    found: dict[str, tuple[str, ...]] = {}
    for fault in faults:
        said = f"{fault.reason}. {fault.fix}".strip()
        found[fault.field] = (*found.get(fault.field, ()), said)
    return found
