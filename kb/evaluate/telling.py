"""The summary of many answers, as text for people and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from kb.claims.causes import Causes, json_of_causes, text_of_causes
from kb.engine import Engine
from kb.engine.judge.answer import HEADLINE_ORDER
from kb.engine.report.words import payer_title
from kb.evaluate.summary import (
    AT_STAKE,
    About,
    Finding,
    Json,
    Summary,
)

SCHEMA = "payerkb-evaluate-summary/1.0"
MOST_RULES = 20
"""Rules that the text names."""
NO_PAYER = "payer not found"


def in_order(summary: Summary) -> list[tuple[About, Finding]]:
    """The findings, first those worth most, of these the gravest."""
    return sorted(
        summary.findings.items(),
        key=lambda one: (
            -one[1].dollars if one[0].outcome in AT_STAKE else Decimal(0),
            HEADLINE_ORDER.index(one[0].outcome),
            -one[1].lines,
            one[0],
        ),
    )


def at_stake(summary: Summary) -> list[tuple[About, Finding]]:
    """The findings whose dollars are lost unless somebody acts, worth most first."""
    return [one for one in in_order(summary) if one[0].outcome in AT_STAKE]


def counted(outcomes: Counter[str]) -> str:
    """``1 deny, 2 pass``: the gravest first."""
    return ", ".join(
        f"{outcomes[outcome]:,} {outcome}"
        for outcome in HEADLINE_ORDER
        if outcomes[outcome]
    )


def money(dollars: Decimal) -> str:
    """``$1,234.50``."""
    return f"${dollars:,.2f}"


def payer_name(payer: str, engine: Engine) -> str:
    """The title of a payer; says where none was found."""
    return payer_title(payer, engine) if payer else NO_PAYER


def text_of(summary: Summary, engine: Engine) -> str:
    """The summary for people."""
    return "\n".join(_lines(summary, engine)) + "\n"


def _lines(summary: Summary, engine: Engine) -> Iterator[str]:
    claims, lines = summary.answers, summary.lines.total()
    yield f"{claims:,} claim{'' if claims == 1 else 's'} answered, {lines:,} lines"
    if claims:
        yield f"  claims     {counted(summary.claims)}"
        yield f"  as billed  {counted(summary.as_billed)}"
        yield f"  lines      {counted(summary.lines)}"
        yield ""
        yield "By payer"
        for payer, outcomes in sorted(
            summary.payers.items(), key=lambda one: (-one[1].total(), one[0])
        ):
            name = payer_name(payer, engine)
            yield f"  {name}: {outcomes.total():,} ({counted(outcomes)})"
    yield from _worth(summary, engine)
    yield from _causes("Not read", summary.bad)
    yield from _causes("Left out or settled while reading", summary.remarks)


def _worth(summary: Summary, engine: Engine) -> Iterator[str]:
    found = at_stake(summary)
    if not found:
        return
    yield ""
    total = summary.at_stake()
    yield f"To save: {money(total)} billed on lines that deny or have to be fixed"
    if summary.uncharged:
        yield f"  ({summary.uncharged:,} lines say no charge and count as nothing)"
    for about, finding in found[:MOST_RULES]:
        lines = f"{finding.lines:,} line{'' if finding.lines == 1 else 's'}"
        name = payer_name(about.payer, engine)
        yield f"  {money(finding.dollars):>14}  {lines}  {about.outcome}  {name}"
        yield f"  {'':>14}  {finding.title or about.reason}"
    if len(found) > MOST_RULES:
        yield f"  and {len(found) - MOST_RULES:,} more; --json and an .html have them"
    if sum((x.dollars for _, x in found), Decimal(0)) != total:
        yield "  A line that two rules deny counts with both, once in the sum."


def _causes(title: str, causes: Causes) -> Iterator[str]:
    if causes:
        yield ""
        yield title
        yield from text_of_causes(causes)


def json_of(summary: Summary, engine: Engine) -> Json:
    """The summary for programs; dollars are text, so that no cent is lost."""
    return {
        "schema": SCHEMA,
        "database": engine.program.database,
        "claims": summary.answers,
        "outcomes": _ordered(summary.claims),
        "as_billed": _ordered(summary.as_billed),
        "lines": _ordered(summary.lines),
        "lines_as_billed": _ordered(summary.lines_as_billed),
        "payers": [
            {
                "payer": payer or None,
                "title": payer_name(payer, engine),
                "outcomes": _ordered(outcomes),
                "dollars": {
                    outcome: f"{summary.dollars[payer, outcome]:f}"
                    for outcome in HEADLINE_ORDER
                    if (payer, outcome) in summary.dollars
                },
            }
            for payer, outcomes in sorted(summary.payers.items())
        ],
        "at_stake": f"{summary.at_stake():f}",
        "lines_without_charge": summary.uncharged,
        "findings": [
            {
                "payer": about.payer or None,
                "outcome": about.outcome,
                "rule": about.rule or None,
                "title": finding.title or about.reason,
                "source": finding.source,
                "lines": finding.lines,
                "dollars": f"{finding.dollars:f}",
            }
            for about, finding in in_order(summary)
        ],
        "not_read": json_of_causes(summary.bad),
        "remarks": json_of_causes(summary.remarks),
    }


def _ordered(outcomes: Counter[str]) -> dict[str, int]:
    return {
        outcome: outcomes[outcome] for outcome in HEADLINE_ORDER if outcomes[outcome]
    }
