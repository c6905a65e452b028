"""Values of one policy: amounts by day and by case."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from dsl.base.diagnostics import Reporter
from dsl.base.did_you_mean import number_meant
from dsl.base.model import (
    DatedAmount,
    Span,
    Value,
)
from dsl.ir.parts import Amounts
from dsl.resolve.cited import resolved
from dsl.resolve.context import Context, reporting
from dsl.resolve.sizes import MOST_AMOUNTS
from dsl.resolve.values import days_of, iso, overlap, read_amount, read_span
from dsl.resolve.vocabulary import (
    Sited,
    citations_of,
    lines_of,
    prose_of,
)
from dsl.syntax import nodes as n


def dated_value(name: n.Word, context: Context, report: Reporter) -> Amounts | None:
    """The dated amounts of a named value that is the same in every case."""
    cases = cases_of(name, context, report)
    if not cases:  # not there, or its lines have faults of their own
        return None
    if set(cases) != {""}:
        report.at(
            name,
            "P035",
            f"`{name.text}` depends on the case. Only a test may use such a value "
            "(`conservative-care at least that-value`); here write one amount.",
        )
        return None
    return cases[""]


def cases_of(
    name: n.Word, context: Context, report: Reporter
) -> dict[str, Amounts] | None:
    """The dated amounts of a named value by the case in which they hold, in its order.

    The last case, an empty name, is every other.
    """
    sited = context.named(name.text, "value")
    if sited is None:
        report.at(
            name,
            "P010",
            f"There is no value `{name.text}`.",
            fix=context.near(name.text, "value") or number_meant(name.text),
        )
        return None
    if name.text not in context.values:
        context.values[name.text] = compile_value(sited, context)
    if name.text not in context.cases:
        found: dict[str, Amounts] = {}
        for dated in context.values[name.text].amounts:
            amount = replace(dated.amount, days=days_of(dated.span))
            found[dated.case] = (*found.get(dated.case, ()), amount)
        context.cases[name.text] = found
    return context.cases[name.text]


def compile_value(sited: Sited, context: Context) -> Value:
    """Read the dated amounts of a value."""
    amounts: list[DatedAmount] = []
    count = len(sited.report.found)
    report_for = reporting(sited)
    written = list(lines_of(sited.item, n.AmountLine))
    if len(written) > MOST_AMOUNTS:
        report_for(written[-1]).at(
            sited.item.name,
            "P037",
            f"`{sited.name}` has {len(written):,} lines; a value may have {MOST_AMOUNTS}.",
        )
    for line in written[:MOST_AMOUNTS]:
        report = report_for(line)
        amount = read_amount(line.amount, report)
        span = read_span(line.span, report) if line.span else Span()
        case = line.case.text if line.case else ""
        check_case(line, sited, context, report)
        if amount is not None:
            amounts.append(DatedAmount(amount, span, case))
    report = sited.report.within(*sited.report.trail, sited.name)
    order = {case: i for i, case in enumerate(dict.fromkeys(x.case for x in amounts))}
    order[""] = len(order)
    amounts.sort(key=lambda x: (order[x.case], iso(x.span.start) or ""))
    bad_before = len(sited.report.found) > count or sited.item.broken
    if amounts and amounts[-1].case and not bad_before:
        report.at(
            sited.item.name,
            "P035",
            f"`{sited.name}` does not say what holds in every other case. Write a last line, "
            "such as `4 weeks otherwise`.",
        )
    for one, other in pairwise(amounts):
        alike = one.case == other.case and not bad_before
        if alike and overlap(one.span, other.span):
            report.at(
                sited.item.name,
                "P028",
                f"Two amounts of `{sited.name}` hold on the same days.",
            )
    return Value(
        name=sited.name,
        title=sited.item.title.text,
        amounts=tuple(amounts),
        citations=resolved(citations_of(sited.item), sited, context, report),
        prose=prose_of(sited.item),
        place=sited.place(),
    )


def check_case(
    line: n.AmountLine, sited: Sited, context: Context, report: Reporter
) -> None:
    """Report an amount without days or case, or in a case that has no name."""
    if line.span is None and line.case is None and not line.otherwise:
        report.at(
            line.amount.number,
            "P035",
            f"`{sited.name}` does not say since when it is so, or in which case. Write the day "
            f"behind it: `{line.amount.number.text}"
            f"{f' {line.amount.unit.text}' if line.amount.unit else ''} from 2026-01-01`.",
        )
    if line.case is None or context.named(line.case.text, "define"):
        return
    fact = context.words.facts.get(line.case.text)
    if fact is None or fact.kind != "yes-no":
        report.at(
            line.case,
            "P035",
            f"`{line.case.text}` is no case. A case is a definition or a yes-no fact; "
            "give a longer test a name with `define`.",
            fix=context.near(line.case.text, "define", "fact"),
        )
