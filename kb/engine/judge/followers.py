"""Drugs that follow the procedure that they were given in.

A payer's text of a procedure seldom names the drug, so a line of a drug is open: nothing
loaded says that it is covered.  That alone does not make the claim an open question: what
is paid of it hangs on the procedure.  The line itself stays unknown, and passes on nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.engine.judge.answer import LineAnswer, Outcome
from kb.engine.judge.outcome import headline
from kb.engine.judge.undecided import NO_COVERAGE, NO_POLICY, NO_RULE

STEROIDS = (
    "J0702 J1010 J1020 J1030 J1040 J1100 J2650 J2920 J2930 J3300 J3301 J3302 J3303"
)
ANESTHETICS = "J0665 J2001 J2003 J2004 J2795"
CONTRAST = "Q9965 Q9966 Q9967"
DRUGS = frozenset(f"{STEROIDS} {ANESTHETICS} {CONTRAST}".split())
"""What is injected in a block or an epidural, and costs little beside it.

Botulinum, drugs for a pump, hyaluronan and others have texts of their own, and cost more
than the procedure: they are asked of the payer.
"""
UNNAMED = (NO_RULE, NO_COVERAGE, NO_POLICY)
"""How the reasons begin of a line that no text names."""
OTHER = re.compile(r"[JQ]\d{4}|99[2-4]\d\d")
"""Codes of drugs and of visits."""


def of_claim(lines: Sequence[LineAnswer]) -> Outcome:
    """The strictest of the lines, a drug that follows its procedure being a note."""
    return headline("note" if follows(x, lines) else x.outcome for x in lines)


def of_claim_billed(lines: Sequence[LineAnswer]) -> Outcome:
    """The same as billed."""
    return headline(
        "note" if follows_as_billed(x, lines) else x.as_billed for x in lines
    )


def follows(line: LineAnswer, lines: Sequence[LineAnswer]) -> bool:
    """Whether a line is open only because no text names the drug of a procedure."""
    open_for_it = line.outcome == "unknown" and line.reason.startswith(UNNAMED)
    return open_for_it and not is_asked(line) and given_with(line, lines)


def follows_as_billed(line: LineAnswer, lines: Sequence[LineAnswer]) -> bool:
    """The same without the chart."""
    return (
        line.as_billed == "unknown" and not is_asked(line) and given_with(line, lines)
    )


def is_asked(line: LineAnswer) -> bool:
    """Whether a rule of its own is open on the line."""
    return any(result.outcome == "unknown" for result in line.results)


def given_with(line: LineAnswer, lines: Sequence[LineAnswer]) -> bool:
    """Whether a line is of a drug, and a procedure of the day stands beside it."""
    beside = (other for other in lines if other.date == line.date)
    return line.code in DRUGS and any(is_procedure(other) for other in beside)


def is_procedure(line: LineAnswer) -> bool:
    """Whether a line is neither of a drug, by letter and digits, nor of a visit."""
    return OTHER.fullmatch(line.code) is None
