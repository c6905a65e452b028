"""The lexers: nothing lost, nothing unknown, and the words of the grammar."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Generic, Keyword, Literal, Name, String, Text

from dsl.base.labels import ITEM_KINDS
from dsl.format.highlight import PolicyLexer, QueryLexer, grammar_words, labels
from dsl.load.policy_files import policy_files_in

ROOT = Path(__file__).parents[3]
FILES = [file.path for file in policy_files_in(ROOT / "policies").files]


def tokens(text: str) -> list[tuple[object, str]]:
    return list(PolicyLexer(stripnl=False).get_tokens(text))


@pytest.mark.parametrize("path", FILES[::5], ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_policy_is_kept_to_the_letter_and_has_no_unknown_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    found = tokens(text)

    assert "".join(value for _kind, value in found) == text
    assert not [value for kind, value in found if kind is Error]
    odd = [value for kind, value in found if kind is Text and value.isalnum()]
    assert odd == []


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("rule two-levels: Two levels", Keyword.Declaration, "rule"),
        ("rule two-levels: Two levels", Name.Class, "two-levels"),
        ("rule two-levels: Two levels", Generic.Heading, " Two levels"),
        ("exception other to rule-one: Way", Name.Class, "rule-one"),
        ("  limit: 4 sessions per region in any 12 months", Name.Attribute, "limit"),
        ("  if unknown: needs evidence", Name.Attribute, "if unknown"),
        ("  limit by opioid-risk:", Name.Attribute, "limit by"),
        ("  line 1: 64483-RT, dx M54.16", Name.Constant, "M54.16"),
        ("  in force: from 2026-01-01", Literal.Date, "2026-01-01"),
        (
            "  fix: Ask for 64483 # not a comment",
            String,
            " Ask for 64483 # not a comment",
        ),
        ("  require: all of # a comment", Comment.Single, " # a comment"),
        ("  | prose with 64483", String.Doc, "  | prose with 64483"),
        ("  require: modifier KX present", Keyword, "present"),
    ],
)
def test_parts_of_a_line(line: str, kind: object, value: str) -> None:
    assert (kind, value) in tokens(line)


def test_the_words_are_those_of_the_grammar() -> None:
    text = (ROOT / "dsl" / "syntax" / "policy.lark").read_text("utf-8")

    assert set(grammar_words("policy.lark")) == set(
        re.findall(r'"([a-z][a-z-]*)"', text)
    )
    assert set(ITEM_KINDS) <= set(grammar_words("policy.lark"))
    assert {"limit by", "if unknown", "expect"} <= set(labels())


def test_a_question_in_colours() -> None:
    found = list(
        QueryLexer().get_tokens("show limits for 64483 under aetna as of 2026-01-01")
    )

    assert (Keyword, "limits") in found
    assert (Name.Constant, "64483") in found
    assert (Literal.Date, "2026-01-01") in found


@pytest.mark.parametrize("name", ["payerkb-policy", "payerkb-query"])
def test_pygments_knows_them_where_payerkb_is_installed(name: str) -> None:
    try:
        assert get_lexer_by_name(name)
    except Exception:
        assert name in {*PolicyLexer.aliases, *QueryLexer.aliases}
