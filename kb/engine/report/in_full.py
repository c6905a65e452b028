"""Rules in full: status, sum, reason and source, as ``--trace`` gives them."""

from __future__ import annotations

from kb.engine.judge.answer import Arithmetic, ClaimAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.report.line_text import source
from kb.engine.report.screen import labelled, plain
from kb.engine.report.words import title_of, words_of

LABELS = {"not-met": "not met", "not-applicable": "not applicable"}
INDENT = 6


def trace_text(answer: ClaimAnswer, engine: Engine) -> str:
    """Every rule of every line with all that is behind its status."""
    lines = []
    for line in answer.lines:
        lines += ["", f"trace of line {line.number}"]
        for result in line.results:
            lines += in_full(result, engine)
    return "\n".join(lines) + "\n"


def in_full(result: RuleResult, engine: Engine) -> list[str]:
    """A rule with its status, sum, reason and source."""
    words = words_of(result.rule, engine)
    status = LABELS.get(result.status, result.status)
    adds = "" if result.outcome == "pass" else f" -> {result.outcome}"
    found = labelled(status, f"{words.name}: {title_of(words)}{adds}", (2, 10))
    if result.arithmetic:
        found += sums(result.arithmetic)
    if result.because:
        found += plain(result.because, INDENT)
    if result.about:
        found += plain(f"about: {', '.join(result.about)}", INDENT)
    return found + source(result.rule, engine)


def sums(found: Arithmetic) -> list[str]:
    """The sum of a limit or an interval."""
    per = ", ".join(f"{group} {value}" for group, value in found.per)
    start = found.window_start or "ever"
    window = f"{found.convention}: {start} .. {found.window_end}"
    lines = plain(f"{per}, {window}" if per else window, INDENT)
    if found.limit is not None:
        total = found.counted + found.this
        unit = f"{found.unit}s" if found.limit != 1 else found.unit
        this = f"{found.this} of this day" if found.tied else f"this {found.this}"
        counted = f"counted {found.counted} earlier + {this} = {total}"
        lines += plain(f"{counted}, limit {found.limit} {unit}", INDENT)
        if found.possible is None:
            lines += plain("history is not complete: there may be more", INDENT)
        elif found.possible > found.counted:
            more = f"up to {found.possible} earlier, where a group is not known"
            lines += plain(more, INDENT)
    lines += event_columns(found)
    if found.next_date:
        why = (
            f" ({found.leaves} leaves the window)"
            if found.leaves and found.limit
            else ""
        )
        lines += plain(f"next eligible date {found.next_date}{why}", INDENT)
    return lines + (plain(found.remark, INDENT) if found.remark else [])


def event_columns(found: Arithmetic) -> list[str]:
    """The services that counted, two a row."""
    shown = [f"{e.date}  {'-'.join([e.code, *e.modifiers])}" for e in found.events]
    rows = [shown[i : i + 2] for i in range(0, len(shown), 2)]
    indent = " " * (INDENT + 2)
    return [indent + "".join(f"{cell:<27}" for cell in row).rstrip() for row in rows]
