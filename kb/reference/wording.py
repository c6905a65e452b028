"""Short words for pages: duties, outcomes, fixes, claims and expectations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

Json = dict[str, Any]

OUTCOMES: dict[str, str] = {
    "deny": "The payer's text denies this line as it stands.",
    "fix": "The claim can be corrected; the fix says how.",
    "needs-auth": "An approval must come before the service.",
    "needs-evidence": "The chart must show something that was not given.",
    "review": "A person must decide: the text leaves room, or its source is weak.",
    "unknown": "Nothing loaded can decide this. It is not a pass.",
    "note": "Worth knowing; it does not change the answer.",
    "pass": "Every loaded rule in scope was met. It is not a promise of payment.",
}
GRADES: dict[str, str] = {
    "primary": "read in the payer's own words",
    "secondary": "read in somebody else's account",
    "recalled": "from memory, not read: never decides by itself",
    "example": "made up for an example",
}
_PLACEHOLDERS = (
    (re.compile(r"\bline \{line\}"), "the line"),
    (re.compile(r"\{line\}"), "the line"),
    (re.compile(r"\{next-date\}"), "the first eligible date"),
    (re.compile(r"\{date\}"), "the date of service"),
)


def outcome_words(outcome: str) -> str:
    """``needs evidence`` for ``needs-evidence``."""
    return outcome.replace("-", " ")


def weakest(grades: Iterable[str]) -> str:
    """The grade that a reader should trust least."""
    order = list(GRADES)
    return max(grades, key=order.index)


@lru_cache(maxsize=8192)
def fix_words(fix: str) -> str:
    """The fix without a claim at hand: its places for values said in words."""
    for pattern, words in _PLACEHOLDERS:
        fix = pattern.sub(words, fix)
    return fix


def claim_words(claim: Json) -> Iterator[str]:
    """A worked claim, one sentence a part; facts under their keys."""
    where = [f"place {claim['place']}"] if claim.get("place") else []
    where += [str(claim[key]) for key in ("state", "plan") if claim.get(key)]
    kind = claim.get("type") or "professional"
    yield f"{kind.capitalize()} claim, {claim.get('date', 'no date')}: " + (
        ", ".join([claim["payer"], *where])
    )
    if claim.get("authorization"):
        yield f"Approval: {claim['authorization']}"
    for number, line in enumerate(claim["lines"], 1):
        yield f"Line {line.get('line', number)}: {_line_words(line)}"
    if claim.get("facts"):
        yield f"Chart: {_facts_words(claim['facts'])}"
    yield from _history_words(claim.get("history") or {})


def _line_words(line: Json) -> str:
    parts = ["-".join([line["code"], *line.get("modifiers", ())])]
    if line.get("units", 1) != 1:
        parts.append(f"{line['units']} units")
    parts += [str(line[key]) for key in ("date", "level", "place") if line.get(key)]
    if line.get("diagnoses"):
        parts.append(f"diagnosis {' '.join(line['diagnoses'])}")
    if line.get("facts"):
        parts.append(_facts_words(line["facts"]))
    return ", ".join(parts)


def _history_words(history: Json) -> Iterator[str]:
    lines = history.get("lines", ())
    state = history.get("state", "unknown")
    if not lines:
        empty = state == "complete"
        yield "History: no earlier service" if empty else f"History: {state}"
        return
    yield f"History ({state}): " + "; ".join(_line_words(line) for line in lines)


def _facts_words(facts: Json) -> str:
    return ", ".join(f"{key} {_value_words(value)}" for key, value in facts.items())


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def expectation_words(expected: Json) -> str:
    """One expectation without its rule: ``line 1: deny (CO-50), counted 3``."""
    parts = []
    answer = expected["outcome"] or expected["status"]
    if answer:
        whose = f"line {expected['line']}" if expected["line"] else "the claim"
        parts.append(f"{whose}: {outcome_words(answer)}")
    if expected["carc"]:
        parts.append(str(expected["carc"]))
    if expected["about"]:
        parts.append(f"asks for {', '.join(expected['about'])}")
    if expected["counted"] is not None:
        parts.append(f"counted {expected['counted']}")
    if expected["next_date"]:
        parts.append(f"next eligible {expected['next_date']}")
    return ", ".join(parts)
