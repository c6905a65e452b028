"""Questions: what can be asked, and what a wrong one is told."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from dsl.questions import Question, QuestionError, ask


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("show limits for 64493 under aetna",
         Question("show", "limits", code="64493", under="aetna")),
        ("show payers requiring auth for 63650 at place 24 as of 2026-01-01",
         Question("show", "payers requiring auth", code="63650", place="24",
                  as_of=date(2026, 1, 1))),
        ("what changed between 2025-01-01 and 2026-01-01 under aetna as markdown",
         Question("changed", under="aetna", since=date(2025, 1, 1), until=date(2026, 1, 1),
                  format="markdown")),
        ("compare aetna, medicare-part-b for 64483",
         Question("compare", names=("aetna", "medicare-part-b"), code="64483")),
        ("compare aetna cgs", Question("compare", names=("aetna", "cgs"))),
        ("what is missing for 64635 under medicare-part-b state OH",
         Question("missing", code="64635", under="medicare-part-b", state="OH")),
        ("  show   sources that expire  before 2027-03-01 ",
         Question("show", "sources", outcome="expire", before=date(2027, 3, 1))),
        ("show rules mentioning M54.16 that deny as sql",
         Question("show", "rules", mentioning="M54.16", outcome="deny", format="sql")),
        ("show gaps for esi", Question("show", "gaps", code="esi")),
        ("show rules that need auth", Question("show", "rules", outcome="needs-auth")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_question_is_read(text: str, question: Question) -> None:
    assert ask(text) == question


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shw limits", "Did you mean `show`?"),
        ("show limts for 64483", "Did you mean `limits`?"),
        ("show limits fro 64483", "Did you mean `for`?"),
        ("show policiesfor 64483", "Did you mean `policies`?"),
        ("show rules thatdeny", "Did you mean `that`?"),
        ("show limits asof 2026-01-01", "Did you mean `as`?"),
        ("show limits as xml", "table, csv, json, markdown, sql"),
        ("show limits as of 2026-13-01", "`2026-13-01` is no date"),
        ("show limits for 64483 for 64484", "`code` is said twice"),
        ("show limits for", "I expected a filter"),
        ("", "I expected a question"),
        ("delete policies", "I expected a question"),
    ],
)
def test_a_wrong_question_is_told_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(QuestionError) as found:
        ask(text)

    assert said in str(found.value)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_gives_another_error(text: str) -> None:
    try:
        found = ask(text)
    except QuestionError:
        return

    assert found.kind in ("show", "compare", "changed", "missing")


def test_the_grammar_has_no_conflict() -> None:
    Lark(
        files("dsl.syntax").joinpath("query.lark").read_text("utf-8"),
        parser="lalr",
        lexer="contextual",
        strict=True,
    )
