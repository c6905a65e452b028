"""What a scenario expects of its lines, of rules and of sums."""

from __future__ import annotations

from dsl.base.diagnostics import Reporter
from dsl.base.model import Json
from dsl.compile.scenario_lines import line_number
from dsl.compile.single_tests import CLAIM_DAYS
from dsl.resolve.codes import CARC
from dsl.resolve.context import Context
from dsl.resolve.values import iso, read_date, read_number
from dsl.resolve.vocabulary import (
    CLAIM_FIELDS,
    reason_code_meant,
)
from dsl.syntax import nodes as n

ABOUT = (
    *CLAIM_FIELDS, *CLAIM_DAYS, "history", "level", "side", "diagnosis", "rule-ended",
    "npi", "plan-year-start",
)  # fmt: skip
"""What an expectation may be about beside facts and groupings."""


STATUSES = ("met", "not met", "exempt", "not applicable", "not in scope", "gap")


def expectations(line: n.Expect, context: Context, report: Reporter) -> list[Json]:
    """What must come out, as ``docs/ir.md`` tells: of each rule that the line names."""
    is_status = line.result in STATUSES
    result = line.result.replace(" ", "-")
    for rule in line.by if line.under is None else ():
        check_rule_name(rule, context, report)
    words = context.words
    for word in line.about:
        known = word.text in words.facts or word.text in words.groupings
        if not known and word.text not in ABOUT:
            report.at(
                word,
                "P010",
                f"`{word.text}` is no fact.",
                fix=context.near(word.text, "fact", also=(*words.groupings, *ABOUT)),
            )
    if line.carc is not None and not CARC.fullmatch(line.carc.text):
        report_no_carc(line.carc, line.result, report)
    if is_status and not line.by:
        report.at(
            line.line or n.Word("expect", 0, 1),
            "P031",
            f"`{line.result}` is the status of a rule; say which. Write `{line.result} by` and "
            "the name of the rule.",
        )
    number = line_number(line.line, report) if line.line else None
    counted = read_number(line.counted, report) if line.counted else None
    found: Json = {
        "line": number,
        "outcome": result if result and not is_status else None,
        "status": result if is_status else None,
        "carc": line.carc.text if line.carc else None,
        "by": None,
        "under": line.under.text if line.under else None,
        "about": sorted(word.text for word in line.about),
        "counted": counted,
        "next_date": iso(read_date(line.next_date, report)) if line.next_date else None,
    }
    return [{**found, "by": rule.text} for rule in line.by] or [found]


def report_no_carc(word: n.Word, result: str, report: Reporter) -> None:
    """Report what stands where a reason code may stand, or is the end of a longer word."""
    before = report.text_of(word.line)[: word.column - 1]
    if before.endswith(result.rpartition(" ")[2]):
        whole = before.split()[-1] + word.text
        report.at(
            n.Word(whole, word.line, word.column - len(whole) + len(word.text)),
            "P001",
            f"I cannot read `{whole}` here. I expected an outcome, such as `{result}`.",
            fix=result.rpartition(" ")[2],
        )
        return
    report.at(
        word,
        "P012",
        f"`{word.text}` is no reason code; write it like CO-151.",
        fix=reason_code_meant(word.text),
    )


def check_rule_name(word: n.Word, context: Context, report: Reporter) -> None:
    """Report an expectation about a rule that is not there."""
    assert context.effective
    kinds = ("rule", "gap")
    if not any(word.text in context.of_kind(kind) for kind in kinds):
        near = context.near(word.text, *kinds)
        message = (
            f"There is no rule `{word.text}` here. Write the name of a rule or gap."
        )
        report.at(word, "P010", message, fix=near)
