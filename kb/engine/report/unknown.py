"""Why nobody can say yes or no of a line, and whom to ask then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.engine.judge.answer import LineAnswer, NotJudged
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.undecided import NO_COVERAGE, NO_POLICY, NO_RULE, NO_STATE, UNITS
from kb.engine.report.words import (
    GROUP_QUESTIONS,
    QUESTIONS,
    in_titles,
    sentence,
    words_of,
)

SHORTER = {
    "no loaded rule ": "no loaded rule",
    "no coverage policy is loaded": "no coverage policy loaded",
    "no policy is loaded": "no policy loaded",
    "no table of code pairs is loaded": "no table loaded",
    "no table of unit caps is loaded": "no table loaded",
}
"""Reasons beside their question, by how they begin."""
WITHOUT_TEXT = (NO_RULE, NO_COVERAGE, NO_POLICY)
"""Reasons of lines of which no text was read that says what the payer covers."""
OF_ANOTHER_DAY = (" begins on ", " begin on ", " ended on ", " loaded from ")
"""What the reason says where a text was read, but not that of the day."""
ON_CLAIM = {"diagnosis": "diagnosis", "place": "place of service"}
"""What stands on each claim, as people call it."""
AS_BILLED = re.compile(r"^no loaded rule (of .+) covers (\S+)(?= as billed here)")
"""How the reason begins of a line whose policies speak of its code in other cases."""
ASKING = re.compile(r"\s*\bAsk the plan\.$")
"""What the prose of a gap says at its end, and what to do says in full."""


def reason_in_words(line: LineAnswer, engine: Engine) -> str:
    """Why the line is open: what was looked for and not found, where a gap tells it."""
    sought = what_was_sought(line, engine)
    short = why_in_short(line, engine)
    return f"{short} {sought}" if sought and line.reason.startswith(NO_RULE) else short


def why_in_short(line: LineAnswer, engine: Engine) -> str:
    """The same, without what was looked for."""
    if line.reason.startswith(NO_RULE) and what_was_sought(line, engine):
        return f"What the payer asks for {line.code} was not found."
    said = in_titles(line.reason, engine)
    return sentence(
        AS_BILLED.sub(r"the loaded policies \1 do not say whether \2 is covered", said)
    )


def what_was_sought(line: LineAnswer, engine: Engine) -> str:
    """What the first declared gap of the code with a text says of what was looked for."""
    texts = (words_of(rule, engine).prose for rule in line.sought)
    return next((ASKING.sub("", " ".join(text.split())) for text in texts if text), "")


def told_by_reason(line: LineAnswer, engine: Engine) -> Iterator[str]:
    """The gaps whose text the reason of the line tells."""
    sought = what_was_sought(line, engine)
    if not sought or not line.reason.startswith(NO_RULE):
        return
    for rule in line.sought:
        if ASKING.sub("", " ".join(words_of(rule, engine).prose.split())) == sought:
            yield rule


def do_unknown(line: LineAnswer) -> str:
    """What to do about a line that is open for its reason; empty where nothing helps."""
    if line.reason.startswith(NO_STATE):
        return f"{GROUP_QUESTIONS['state']} Then check the claim again."
    if line.reason.startswith(WITHOUT_TEXT):
        approval = any(one.question == "approval" for one in line.not_judged)
        first = ", and whether it must be approved first" if approval else ""
        return f"Ask the payer whether it covers {line.code}{first}."
    if any(words in line.reason for words in OF_ANOTHER_DAY):
        return f"Look for the payer's text of {line.date}, or ask whether it covers {line.code}."
    return ""


def lacking_on_claim(lines: Iterable[LineAnswer]) -> dict[str, list[int]]:
    """What the claim itself does not say and rules ask for, with the lines."""
    found: dict[str, list[int]] = {}
    for line in lines:
        asked = {
            name for r in line.results if r.status == "unknown" for name in r.about
        }
        for name in (name for name in ON_CLAIM if name in asked):
            found.setdefault(name, []).append(line.number)
    return found


def by_reason(open_questions: Iterable[NotJudged]) -> list[str]:
    """``how often, approval (the claim gives no history)``: a reason, once."""
    asked: dict[str, list[str]] = {}
    for one in open_questions:
        asked.setdefault(short_reason(one.why), []).append(QUESTIONS[one.question])
    return [
        f"{', '.join(dict.fromkeys(names))} ({why})" for why, names in asked.items()
    ]


def short_reason(why: str) -> str:
    """A reason without what its question says already."""
    for kind, short in SHORTER.items():
        if why.startswith(kind):
            return short
    return why.removeprefix(UNITS)
