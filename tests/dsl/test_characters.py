"""Characters that hide text or move it: refused at their place, and visible when printed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.generators import HEAD, rule
from dsl.base.characters import HIDDEN, disarmed, name_of, unix_ends
from dsl.format.formatter import FormatError, format_text
from dsl.questions import QuestionError, ask
from dsl.syntax.parser import parse

GOOD = HEAD + rule("few")
HIDDEN_ONES = {
    "\x00": "U+0000 (NULL)",
    "\x07": "U+0007 (BELL)",
    "\x0b": "U+000B (LINE TABULATION)",
    "\x0c": "U+000C (FORM FEED)",
    "\r": "U+000D (CARRIAGE RETURN)",
    "\x1b": "U+001B (ESCAPE)",
    "\x1c": "U+001C (a control character)",
    "\x7f": "U+007F (DELETE)",
    "\x85": "U+0085 (NEXT LINE)",
    "\x9b": "U+009B (CONTROL SEQUENCE INTRODUCER)",
    "\u00ad": "U+00AD (SOFT HYPHEN)",
    "\u061c": "U+061C (ARABIC LETTER MARK)",
    "\u200b": "U+200B (ZERO WIDTH SPACE)",
    "\u200d": "U+200D (ZERO WIDTH JOINER)",
    "\u200e": "U+200E (LEFT-TO-RIGHT MARK)",
    "\u200f": "U+200F (RIGHT-TO-LEFT MARK)",
    "\u2028": "U+2028 (LINE SEPARATOR)",
    "\u2029": "U+2029 (PARAGRAPH SEPARATOR)",
    "\u202e": "U+202E (RIGHT-TO-LEFT OVERRIDE)",
    "\u2060": "U+2060 (WORD JOINER)",
    "\u2066": "U+2066 (LEFT-TO-RIGHT ISOLATE)",
    "\ufe0f": "U+FE0F (VARIATION SELECTOR-16)",
    "\ufeff": "U+FEFF (ZERO WIDTH NO-BREAK SPACE)",
    "\U000e0041": "U+E0041 (TAG LATIN CAPITAL LETTER A)",
    "\ud800": "U+D800 (a control character)",
}
PLACES = {
    "a title": ("few: A rule", "few: A {}rule"),
    "a name": ("rule few", "rule fe{}w"),
    "a word": ("deny for frequency", "deny for fre{}quency"),
    "a comment": ("  covered", "  # left {}right\n  covered"),
    "prose": ("  limit:", "  | left {}right\n  limit:"),
    "a line of its own": ("  limit:", "  {}  \n  limit:"),
}


@pytest.mark.parametrize("hidden", HIDDEN_ONES, ids=HIDDEN_ONES.get)
@pytest.mark.parametrize("place", PLACES)
def test_a_hidden_character_is_one_error_at_its_place(hidden: str, place: str) -> None:
    good, bad = PLACES[place]
    text = GOOD.replace(good, bad.format(hidden))
    if text == GOOD:
        text = GOOD.replace("  limit:", bad.format(hidden).replace("covered", "limit:"))
    (found,) = parse(text, "a.policy").diagnostics
    lines = text.split("\n")

    assert found.code == "P036"
    assert found.message.startswith(HIDDEN_ONES[hidden])
    assert lines[found.line - 1][found.column - 1] == hidden
    assert HIDDEN.search(found.render()) is None
    with pytest.raises(FormatError):
        format_text(text)


@pytest.mark.parametrize("hidden", HIDDEN_ONES, ids=HIDDEN_ONES.get)
def test_a_question_with_a_hidden_character_is_refused(hidden: str) -> None:
    with pytest.raises(QuestionError) as refused:
        ask(f"show limits {hidden}for 64483")

    assert name_of(hidden) in str(refused.value)
    assert HIDDEN.search(str(refused.value)) is None


def test_the_underline_stands_below_a_character_that_is_made_visible() -> None:
    (found,) = parse(
        GOOD.replace("A rule", "\x1b[2JA\u202e rule"), "a.policy"
    ).diagnostics
    line, marks = found.render().split("\n")[:2]

    assert line.endswith("few: \\x1b[2JA\\u202e rule")
    assert marks.index("^") == line.index("\\x1b")
    assert marks.count("^") == len("\\x1b")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_file_has_the_ends_of_lines_of_any_system(ends: str) -> None:
    assert parse("\ufeff" + GOOD.replace("\n", ends)).diagnostics == ()
    assert unix_ends(GOOD.replace("\n", ends)) == GOOD


@given(st.text())
def test_what_is_printed_has_nothing_hidden_and_all_that_is_seen(text: str) -> None:
    shown = disarmed(text)

    assert HIDDEN.search(shown) is None
    assert HIDDEN.sub("", text) == text or shown != text
    assert disarmed(shown) == shown


@given(st.text())
def test_json_is_the_same_for_programs_when_it_is_disarmed(text: str) -> None:
    written = json.dumps(text, ensure_ascii=False)

    assert json.loads(disarmed(written)) == text
