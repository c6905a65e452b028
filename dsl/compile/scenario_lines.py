"""Lines of a scenario to the JSON of its claim: what is billed, what was done before."""

from __future__ import annotations

import re

from dsl.base.diagnostics import Reporter
from dsl.base.model import Json
from dsl.compile.scenario_pairs import LINE_PAIRS, check_fact, value_of
from dsl.resolve.codes import BILLED
from dsl.resolve.context import Context
from dsl.resolve.values import iso, read_date, read_number
from dsl.syntax import nodes as n

EARLIER_PAIRS = ("dx", "units", "level", "rendering", "status", "claim")


OWN_FIELDS = ("place", "state", "plan", "payer", "authorization")


def split_billed(word: n.Word, report: Reporter) -> tuple[str, list[str]]:
    """A code with its modifiers: ``64483-RT-59``."""
    match = BILLED.fullmatch(word.text)
    if not match:
        report.at(
            word,
            "P012",
            f"`{word.text}` is no billed code. Write the code, then modifiers after "
            "hyphens: 64483-RT-59.",
            fix=billed_meant(word.text),
        )
        return word.text, []
    return match[1], [m for m in match[2].split("-") if m]


def billed_meant(text: str) -> str:
    """A billed code with hyphens before its modifiers; nothing where it is not one then."""
    spaced = re.sub(r"[^0-9A-Z]", "", text.upper())
    parts = re.fullmatch(r"(\d{4}[0-9A-Z]|[A-Z]\d{4})((?:[0-9A-Z]{2})*)", spaced)
    return "-".join([parts[1], *re.findall("..", parts[2])]) if parts else ""


def report_unmatched(line: n.Billed, report: Reporter) -> None:
    """Report ``lines 1-3:`` with fewer or more codes than lines."""
    codes = line.unmatched
    report.at(
        codes[-1],
        "P031",
        f"Each of these lines has a code of its own, in order; here "
        f"{'is one code' if len(codes) == 1 else f'are {len(codes)} codes'}. Write as many "
        "codes as lines: `lines 1-3: 64483, 64484, 64484, dx M54.16`.",
    )


def line_number(word: n.Word, report: Reporter) -> int | str | None:
    """The number of a line; a range that does not go upwards is reported."""
    if "-" in word.text:
        report.at(
            word,
            "P033",
            f"`{word.text}` is no range of lines. Write the first and the last with a hyphen "
            "between, as in `lines 1-3`, or each with commas: `lines 1, 3`.",
        )
        return None
    return read_number(word, report)


def line_json(line: n.Billed, context: Context, report: Reporter) -> Json:
    """One claim line."""
    if line.unmatched:
        report_unmatched(line, report)
    code, modifiers = split_billed(line.code, report)
    number = line_number(line.number, report)
    found: Json = {"line": number or 1, "code": code, "modifiers": modifiers}
    put_pairs(found, line.pairs, LINE_PAIRS, context, report)
    return found


def earlier_json(line: n.EarlierLine, context: Context, report: Reporter) -> list[Json]:
    """One row of the history for each date."""
    code, modifiers = split_billed(line.code, report)
    rows = []
    for day in line.dates:
        row: Json = {
            "date": iso(read_date(day, report)),
            "code": code,
            "modifiers": modifiers,
            "status": "paid",
        }
        put_pairs(row, line.pairs, EARLIER_PAIRS, context, report)
        rows.append(row)
    return rows


def put_pairs(
    row: Json,
    pairs: tuple[n.Pair, ...],
    known: tuple[str, ...],
    context: Context,
    report: Reporter,
) -> None:
    """Write the pairs of a claim line or of an earlier service."""
    for pair in pairs:
        key = pair.name.text
        if key == "dx":
            row["diagnoses"] = [word.text for word in pair.values]
        elif key == "date":
            row["date"] = iso(read_date(pair.values[0], report))
        elif key == "units":
            row["units"] = read_number(pair.values[0], report) or 1
        elif key in known:
            row[key] = value_of(pair)
        else:
            check_fact(pair, context, report)
            if value_of(pair) != "unknown":
                row.setdefault("facts", {})[key] = value_of(pair)
