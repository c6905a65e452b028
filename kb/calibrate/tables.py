"""The report as JSON and as CSV: every count of it, no claim and no patient."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from io import StringIO
from typing import Any

from kb.calibrate.report import DenialRow, Report, RuleRow
from kb.calibrate.words import sentences
from kb.cells import csv_cell

FORMAT = "payerkb-calibration/1.0"
RULE_COLUMNS = (
    "rule", "verdict", "strength", "foretold", "denied", "denied_otherwise", "paid",
    "paid_low", "paid_high", "usual_paid", "missed", "held", "silent", "held_low",
    "held_high", "usual_missed", "undecided", "advised",
)  # fmt: skip
DENIAL_COLUMNS = ("payer", "carc", "rarc", "lines", "dollars", "silent", "codes")
"""Columns of the two tables."""


def rule_json(row: RuleRow) -> dict[str, Any]:
    """A rule for programs; shares are of 1."""
    return {
        "rule": row.rule,
        "carc": row.carc,
        "reason": row.reason,
        "verdict": row.verdict,
        "strength": round(row.suspicion.strength, 1),
        "say": " ".join(sentences(row, str)),
        "foretold": row.foretold,
        "denied": row.denied,
        "denied_otherwise": row.denied_otherwise,
        "paid": row.paid,
        "paid_low": round(row.paid_share.low, 4),
        "paid_high": round(row.paid_share.high, 4),
        "usual_paid": round(row.usual_paid, 4),
        "missed": row.missed,
        "held": row.held,
        "silent": row.silent,
        "held_low": round(row.held_share.low, 4),
        "held_high": round(row.held_share.high, 4),
        "usual_missed": round(row.usual_missed, 4),
        "undecided": row.undecided,
        "advised": row.advised,
        "payers": [asdict(at) for at in row.payers],
    }


def denial_json(row: DenialRow) -> dict[str, Any]:
    """Denials that no rule foretells, for programs."""
    return {
        "payer": row.payer,
        "carc": list(row.carcs),
        "rarc": list(row.rarcs),
        "says": list(row.words),
        "lines": row.lines,
        "dollars": str(row.dollars),
        "silent": row.silent,
        "codes": [{"code": code, "lines": lines} for code, lines in row.codes],
    }


def report_json(report: Report) -> dict[str, Any]:
    """The whole report for programs."""
    return {
        "format": FORMAT,
        "matching": asdict(report.matching),
        "lines": {
            "paid": report.paid,
            "denied": report.denied,
            "denied_foretold": report.foretold_denied,
            "denied_undecided": report.waiting,
        },
        "limits": report.limits._asdict(),
        "rules": [rule_json(row) for row in report.rules],
        "denials": [denial_json(row) for row in report.denials],
        "other_words": [
            {"rule": x.rule, "ours": x.ours, "theirs": list(x.theirs), "lines": x.lines}
            for x in report.other_words
        ],
        "left_out": {
            "rules": report.rules_left_out,
            "denied_lines": report.denials_left_out,
        },
    }


def rules_csv(report: Report) -> str:
    """The rules as a table."""
    found = (rule_json(row) for row in report.rules)
    return csv_of(RULE_COLUMNS, ([row[name] for name in RULE_COLUMNS] for row in found))


def denials_csv(report: Report) -> str:
    """The denials that no rule foretells as a table."""
    return csv_of(
        DENIAL_COLUMNS,
        (
            [
                row.payer,
                " ".join(row.carcs),
                " ".join(row.rarcs),
                row.lines,
                row.dollars,
                row.silent,
                " ".join(code for code, _lines in row.codes),
            ]
            for row in report.denials
        ),
    )


def csv_of(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as text, safe to open in a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(csv_cell, row) for row in rows)
    return out.getvalue()
