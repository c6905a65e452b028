"""Checks of ``fix``: it speaks to somebody who holds a claim for a service already given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dsl.base.model import Rule
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import own_rules


class Wording(NamedTuple):
    """Words that a fix must not use, and what to write in their place."""

    words: re.Pattern[str]
    why: str
    write: str


NEXT = re.compile(r"Next (?:time|from)\b")
"""How a sentence about the next service begins; it may speak of what comes before one."""
SENTENCE = re.compile(r"(?<=[.;])\s+")
CODE = r"\b(?:[A-Z]\d{4}|\d{5}|\d{4}T)\b"
SCHEDULE = "Next from {next-date}."
WORDINGS = (
    Wording(
        re.compile(
            r"\bmove\b|\b(?:an)?other (?:date|day)\b|\bwait until\b|\boff this date\b"
            r"|\{next-date\}",
            re.IGNORECASE,
        ),
        "moves a service that was given",
        f"Write it off, or appeal with the records that show the need. {SCHEDULE}",
    ),
    Wording(
        re.compile(
            r"\b(?:ask|tell|get|have|obtain)\b.*\bbefore (?:the|this|such an?) "
            r"(?:services?|visits?|procedures?|injections?|tests?)\b"
            r"|\btold before\b|\bbefore \{date\}|\bask\b[^.;]*\bfirst\b",
            re.IGNORECASE,
        ),
        "asks for what had to be done before the service",
        "Next time tell the patient before the service.",
    ),
    Wording(
        re.compile(
            r"\bor use\b|^(?:do|perform|treat) |\blet the physician\b", re.IGNORECASE
        ),
        "asks for work to be done otherwise",
        "Send the procedure note that names the guidance.",
    ),
    Wording(
        re.compile(
            rf"^(?!.*\b(?:if|only where)\b).*\bbill\b[^;]*{CODE}", re.IGNORECASE
        ),
        "names a code to bill whatever was done",
        "If the first level was treated too, add 64483 for it.",
    ),
    Wording(
        re.compile(r"\bbill\b.*\binstead\b", re.IGNORECASE),
        "names other work in place of what was done",
        "Bill the code that names what was done, if the note shows it.",
    ),
)
MENDED = frozenset(
    {"coding", "modifier", "units", "bundled", "provider", "documentation"}
)
"""Kinds of reason that a correction of the claim mostly mends."""
NO_FIX = re.compile(r"^No fix: \S", re.MULTILINE)


@check(
    "L043",
    "fix-before-the-service",
    "warning",
    "A fix advises what can no longer be done",
)
def fix_before_the_service(asked: Asked) -> Iterator[Finding]:
    """Fixes that speak to somebody who has not yet given the service."""
    for _policy, rule in own_rules(asked.model):
        for sentence in SENTENCE.split(rule.fix):
            if found := misleading(sentence):
                yield Finding(
                    rule.place,
                    f"The `fix:` of `{rule.name}` {found.why}: {sentence} Who reads it holds "
                    "a claim for a service already given. Say what helps that claim; what "
                    "is for the next one begins with `Next time` or `Next from`.",
                    f"fix: {found.write}",
                )


def misleading(sentence: str) -> Wording | None:
    """The first wording that a sentence must not have; none in one about the next service."""
    if NEXT.match(sentence) and (
        "{next-date}" not in sentence or sentence.startswith(SCHEDULE[:-1])
    ):
        return None
    return next((one for one in WORDINGS if one.words.search(sentence)), None)


@check(
    "L044",
    "deny-for-what-a-correction-mends",
    "warning",
    "A denial that a correction of the claim would mend",
)
def deny_for_what_a_correction_mends(asked: Asked) -> Iterator[Finding]:
    """Denials for coding, modifiers, units and the like that do not say why not `fix`."""
    for _policy, rule in own_rules(asked.model):
        if rule.outcome == "deny" and rule.reason in MENDED and not says_why_not(rule):
            yield Finding(
                rule.place,
                f"`{rule.name}` denies for {rule.reason}. Write `otherwise: fix for "
                f"{rule.reason}` if a correction of the claim that changes nothing of what "
                "was done makes it payable; else say why not in a line of prose that "
                "begins with `No fix:`.",
                f"otherwise: fix for {rule.reason}",
            )


def says_why_not(rule: Rule) -> bool:
    """Whether the prose of a rule says why a correction does not help."""
    return bool(NO_FIX.search(rule.prose))
