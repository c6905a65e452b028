"""Each test and duty of a compiled rule reaches everything that reads rules.

For every operation and duty of ``dsl/ir/rule.schema.json`` one made rule: its facts are listed,
its denial names what was found, it has a mutant of its own, and the policy's page shows it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from kb.build.compiler import build_folder
from kb.claims import read_json_value
from kb.mutation.mutants import Mutant, mutants_of
from kb.proofs.authoring_session import Workbook
from kb.read.store import Connection, KnowledgeBase
from kb.reference.duty_words import DUTIES
from kb.web.policy_pages import policy_page
from kb.web.render import html_of, site_folder

Json = dict[str, Any]
SHARED = """\
payer plan: Sample Plan
  line of business: commercial

reasons commercial: How plans name their reasons
  necessity: CO-50
  cite: BOOK

source BOOK: An invented manual
  grade: primary
  read on: 2026-11-23
  review by: 2027-02-23

fact pain-duration: How long it hurts
  kind: duration
  of: patient

fact tried-care: Simpler care was tried
  kind: yes-no
  of: patient

fact new-injury: A new injury
  kind: yes-no
  of: patient

fact why-again: Why it is done again
  kind: text
  of: claim

fact risk: Risk of harm
  kind: choice
  of: patient
  choices: low, high

fact film-date: Day of the film
  kind: date
  of: patient

codes supported: Diagnoses
  include: M54.16

codes beside: Codes of guidance
  include: 77003
"""
POLICY = """\
policy plan/{name}: The form {name}
  payer: plan
  in force: from 2025-01-01
  cite: BOOK

value care: Conservative care
  2 weeks when new-injury
  6 weeks otherwise

rule tried: The form
  for: 64483
  {lines}
  otherwise: deny for necessity
  cite: BOOK
"""
CLAIM: Json = {
    "claim": "C1",
    "patient": "p",
    "payer": "plan",
    "date": "2026-03-10",
    "place": "24",
    "chart": "complete",
    "fields": {"performer-npi": "1234567893", "billing-npi": "1245319599"},
    "facts": {
        "tried-care": "no",
        "new-injury": "no",
        "pain-duration": "9 days",
        "risk": "high",
        "film-date": "2020-01-01",
    },
    "lines": [
        {"line": 1, "code": "64483", "modifiers": ["59"], "diagnoses": ["M54.50"]},
        {"line": 2, "code": "77003", "modifiers": [], "diagnoses": ["M54.50"]},
    ],
    "history": {
        "state": "complete",
        "reach": "all-billers",
        "lines": [{"code": "64483", "date": "2026-03-01", "modifiers": []}],
    },
}


@dataclass(frozen=True, slots=True)
class Form:
    """A rule whose duty or test is of one form, and what must be seen of it."""

    lines: str
    found: str
    """What the denial says was found."""
    shown: str
    """Words of the policy's page."""
    facts: tuple[str, ...] = ()


FORMS = {
    "op and": Form(
        "require: tried-care and new-injury",
        "Simpler care was tried: no (yes is asked); A new injury: no (yes is asked)",
        "required is tried care and new injury",
        ("new-injury", "tried-care"),
    ),
    "op or": Form(
        "require: tried-care or new-injury",
        "none of these holds: Simpler care was tried: no (yes is asked); "
        "A new injury: no (yes is asked)",
        "required is tried care or new injury",
        ("new-injury", "tried-care"),
    ),
    "op not": Form(
        "require: risk is not high\n  when: pain-duration at most 3 weeks",
        "Risk of harm: high; high is not allowed",
        "required is not (risk high)",
        ("pain-duration", "risk"),
    ),
    "op at-least": Form(
        "require: at least 2 of\n    - tried-care\n    - new-injury\n    - risk is high",
        "1 of 3 hold: Simpler care was tried: no, A new injury: no; at least 2 are asked",
        "required is at least 2 of: tried care, new injury, risk high",
        ("new-injury", "risk", "tried-care"),
    ),
    "op if": Form(
        "require: pain-duration at least care",
        "How long it hurts: 9 days; at least 6 weeks are asked",
        "pain duration at least 2 weeks when new injury, else pain duration at least",
        ("new-injury", "pain-duration"),
    ),
    "op yes": Form(
        "require: tried-care",
        "Simpler care was tried: no; yes is asked",
        "required is tried care",
        ("tried-care",),
    ),
    "op documented": Form(
        "require: why-again is documented",
        "Why it is done again: not given; it must be documented",
        "required is why again documented",
        ("why-again",),
    ),
    "op compare": Form(
        "require: pain-duration at least 4 weeks",
        "How long it hurts: 9 days; at least 4 weeks are asked",
        "required is pain duration at least 4 weeks",
        ("pain-duration",),
    ),
    "op choice": Form(
        "require: risk is low",
        "Risk of harm: high; low is asked",
        "required is risk low",
        ("risk",),
    ),
    "op field": Form(
        "require: place is 11",
        "place of service: 24; 11 is asked",
        "required is place 11",
    ),
    "op date": Form(
        "require: date before 2026-01-01",
        "date of service: 2026-03-10; before 2026-01-01 is asked",
        "required is date before 2026-01-01",
    ),
    "op elapsed": Form(
        "require: film-date within 24 months",
        "Day of the film: 2020-01-01, 74 months and 9 days before the service of 2026-03-10; "
        "at most 24 months before it are asked",
        "film date at most 24 months before the date of service",
        ("film-date",),
    ),
    "op same-npi": Form(
        "require: performer-npi is billing-npi",
        "billing-npi and performer-npi: two providers; the same is asked",
        "billing-npi and performer-npi are the same",
    ),
    "op diagnosis": Form(
        "require: diagnosis in supported",
        'diagnosis M54.50 is not on the list "Diagnoses"',
        "required is a diagnosis in supported",
    ),
    "op modifier": Form(
        "require: modifier KX present",
        "the line has modifier 59; KX is asked",
        "required is modifier KX present",
    ),
    "op billed": Form(
        "require: billed on both sides",
        "64483-59 on 2026-03-10, no line of the other side; both sides are asked",
        "required is billed on both sides",
    ),
    "op earlier": Form(
        "require: no earlier 64483, in any 6 months",
        "64483 before 2026-03-10 in 6 months: 2026-03-01; none is allowed",
        "required is no earlier",
    ),
    "op same-day": Form(
        "require: no same-day beside",
        '77003 on line 2 on the same day; none of "Codes of guidance" is allowed',
        "required is no same-day beside",
    ),
    "duty require": Form(
        "require: tried-care",
        "Simpler care was tried: no; yes is asked",
        "required is tried care",
        ("tried-care",),
    ),
    "duty never": Form("covered: never", "64483 is not covered", "never covered"),
    "duty bill-as": Form(
        "bill as: 64484",
        "64484 names this service, not 64483",
        "billed as 64484 instead",
    ),
    "duty limit": Form(
        "limit: 1 session in any 12 months",
        "2nd session in 12 months, counting 64483; the limit is 1",
        "At most 1 session in any 12 months",
    ),
    "duty limit-by": Form(
        "limit by risk:\n    - low: 9 sessions in any 12 months\n"
        "    - high: 1 session in any 12 months",
        "Risk of harm: high; 2nd session in 12 months, counting 64483; the limit is 1",
        "By risk of harm: low: at most 9 sessions in any 12 months; high: at most 1 session",
        ("risk",),
    ),
    "duty interval": Form(
        "interval: at least 14 days between sessions",
        "9 days since 64483 on 2026-03-01, counting 64483; at least 14 days are asked",
        "At least 14 days between sessions",
    ),
    "duty not-with": Form(
        "not with: beside on same date, allowed with modifier 25",
        (
            "77003 on line 2 beside 64483 on the same day: allowed with modifier 25;"
            " the line has modifier 59"
        ),
        "not with beside on the same date, allowed with modifier 25",
    ),
}
UNWRITTEN = {"op always", "op never", "duty covers"}
"""The first two stand for a faulty line while a file has errors; no file that builds has
them.  What is covered without a policy never denies.
"""
NOT_OF_THE_FORM = {"outcome", "if-unknown", "when"}
WITHOUT_PARTS = {"duty never"}
"""Only the outcome of a rule that never covers can be another."""


def names_of_forms() -> set[str]:
    """Every operation and duty of the schema."""
    schema = json.loads(files("dsl.ir").joinpath("rule.schema.json").read_text("utf-8"))
    found: set[str] = set()
    for key, shape in schema["$defs"].items():
        for one in (shape, *shape.get("anyOf", ()), *shape.get("oneOf", ())):
            for kind in ("op", "duty"):
                said = one.get("properties", {}).get(kind, {})
                values = [said["const"]] if "const" in said else said.get("enum", ())
                found |= {f"{kind} {value}" for value in values if "$" not in key}
    return found


def test_every_form_of_the_schema_has_a_rule_here() -> None:
    assert {*FORMS} | UNWRITTEN == names_of_forms()


def slug(name: str) -> str:
    return name.replace(" ", "-")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forms")
    (folder / "shared.policy").write_text(SHARED, "utf-8")
    for name, form in FORMS.items():
        text = POLICY.format(name=slug(name), lines=form.lines)
        (folder / f"{slug(name)}.policy").write_text(text, "utf-8")
    report = build_folder(folder, folder / "forms.db")
    assert [d.render() for d in report.diagnostics if d.severity == "error"] == []
    return folder / "forms.db"


Opened = Callable[[Path], Connection]


@pytest.fixture(scope="module")
def book(database: Path) -> Workbook:
    return Workbook.open(database)


@pytest.fixture(params=FORMS)
def name(request: pytest.FixtureRequest) -> str:
    """Each form by its name."""
    return str(request.param)


def test_its_facts_are_listed(name: str, database: Path, opened: Opened) -> None:
    connection = opened(database)
    found = connection.execute(
        "SELECT fact FROM rule_fact WHERE rule LIKE ? ORDER BY fact",
        (f"plan/{slug(name)}@%",),
    ).fetchall()

    assert tuple(fact for (fact,) in found) == FORMS[name].facts


def test_its_denial_says_what_was_found(name: str, book: Workbook) -> None:
    (claim,) = read_json_value(CLAIM).claims
    (answer,) = book.engine.only(f"plan/{slug(name)}").answer([claim])
    (result,) = answer.lines[0].results

    assert result.status == "not-met"
    assert FORMS[name].found == result.because


def test_it_has_a_mutant_of_its_own(name: str, book: Workbook) -> None:
    (policy,) = (p for p in book.policies() if p.policy == f"plan/{slug(name)}")

    def is_of_the_form(mutant: Mutant) -> bool:
        own = mutant.operator not in NOT_OF_THE_FORM and mutant.subject != "policy"
        return own and "tried" in mutant.rules

    mutants = mutants_of(policy, book.engine.program, book.sites)
    found = [*filter(is_of_the_form, mutants)]
    assert bool(found) == (name not in WITHOUT_PARTS)


def text_of(page: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_its_page_shows_it_and_the_facts_that_it_asks_for(
    name: str, database: Path, opened: Opened
) -> None:
    connection = opened(database)
    page = policy_page(KnowledgeBase(connection), f"plan/{slug(name)}", None)
    shown = html_of(site_folder(), page, "", date(2026, 12, 1))
    article, below = shown.partition("</article>")[::2]
    documents = below.partition('id="documents"')[2].partition("<h2")[0]
    kind, form = name.split(" ", 1)
    duty = form if kind == "duty" else "require"

    assert FORMS[name].shown in text_of(shown)
    assert f'<span class="chip">{DUTIES[duty]}</span>' in article
    assert [f for f in FORMS[name].facts if f not in documents] == []
    assert ('id="limits"' in shown) == (duty in ("limit", "limit-by", "interval"))
