"""A summary as JSON and back, for the journal of a work that may be stopped."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from decimal import Decimal

from kb.claims.causes import Cause
from kb.evaluate.summary import About, Finding, Json, Named, Summary


def kept(summary: Summary) -> Json:
    """All of a summary, as ``summary_of`` takes it back."""
    return {
        "claims": summary.claims,
        "as_billed": summary.as_billed,
        "lines": summary.lines,
        "lines_as_billed": summary.lines_as_billed,
        "payers": summary.payers,
        "dollars": [[*key, str(d)] for key, d in summary.dollars.items()],
        "uncharged": summary.uncharged,
        "findings": [
            [
                about,
                found.title,
                found.source,
                found.lines,
                str(found.dollars),
                found.first,
                str(found.first_dollars),
                [[str(dollars), *rest] for dollars, *rest in found.named],
            ]
            for about, found in summary.findings.items()
        ],
        "bad": {key: asdict(cause) for key, cause in summary.bad.items()},
        "remarks": {key: asdict(cause) for key, cause in summary.remarks.items()},
    }


def summary_of(told: Json) -> Summary:
    """The summary that ``kept`` told."""
    summary = Summary(
        Counter(told["claims"]),
        Counter(told["as_billed"]),
        Counter(told["lines"]),
        Counter(told["lines_as_billed"]),
        uncharged=told["uncharged"],
        bad={key: Cause(**cause) for key, cause in told["bad"].items()},
        remarks={key: Cause(**cause) for key, cause in told["remarks"].items()},
    )
    for payer, outcomes in told["payers"].items():
        summary.payers[payer].update(outcomes)
    for payer, outcome, dollars in told["dollars"]:
        summary.dollars[payer, outcome] = Decimal(dollars)
    for about, title, source, lines, dollars, first, worth, named in told["findings"]:
        summary.findings[About(*about)] = Finding(
            title, source, lines, Decimal(dollars), first, Decimal(worth),
            [Named(Decimal(one[0]), *one[1:]) for one in named],
        )  # fmt: skip
    return summary
