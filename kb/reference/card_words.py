"""The words over the rows of a cell: its answer in big type, and what silence means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from kb.read.records import Payer, Policy
from kb.reference.card_rows import Row

Known = Literal["known", "partly", "silent"]
MOST_SHORT = 2
REQUIRED = "Required"
SOMETIMES = "Required in some cases"
CONDITIONS = frozenset(
    {"diagnosis", "limit", "interval", "session", "wait", "repeat", "chart", "imaging"}
)
"""Questions whose rules say under which conditions a coverage policy covers."""


BETWEEN = {"same-day": " · "}
"""What stands between two answers, where each may be a list of codes."""


def short_of(aspect: str, rows: list[Row]) -> tuple[str, Known]:
    """The answer in big type over the rows of a cell, and how well it is known."""
    if not rows:
        return "", "silent"
    if aspect == "covered":
        return _covered(rows)
    best = rows[0]
    peers = [row for row in rows if _ground(row) == _ground(best)]
    if best.partial:  # the answers for other codes are no answers of these
        peers = [row for row in peers if row.codes == best.codes]
    if aspect == "approval" and best.is_firm and not best.is_general:
        return SOMETIMES, "partly"
    words = list(dict.fromkeys(row.short for row in peers if row.short))
    words = [each for each in words if each != REQUIRED] or words
    more = len(words) - MOST_SHORT
    between = BETWEEN.get(aspect, ", ")
    short = between.join(words[:MOST_SHORT]) + (f" and {more} more" if more > 0 else "")
    return (
        short or best.sentence,
        "known" if best.is_firm and best.is_general else "partly",
    )


def _ground(row: Row) -> tuple[bool, bool, bool, bool, bool]:
    return row.is_firm, bool(row.codes), row.partial, row.narrowed, row.coverage


def _covered(rows: list[Row]) -> tuple[str, Known]:
    """Yes, no, on conditions, or for a person to decide."""
    plain = [row for row in rows if row.is_general and row.codes and not row.condition]
    firm = [row for row in plain if row.is_firm]
    if any(row.short == "Not covered" for row in firm):
        return "Not covered", "known"
    if any(row.short == CONDITIONAL for row in rows):
        some = any(row.outcome == "deny" and row.partial for row in rows)
        return ("On conditions, some codes not" if some else "On conditions"), "known"
    if firm:
        return firm[0].short, "known"
    if plain:
        return plain[0].short, "partly"
    return ("Partly not" if rows[0].short == "Not covered" else rows[0].short), "partly"


CONDITIONAL = "On conditions"


def covered_row(rows: Iterable[Row]) -> Row | None:
    """That a coverage policy covers on its conditions, where rules of it name the codes."""
    found = [
        row
        for row in rows
        if row.aspect in CONDITIONS and row.coverage and row.codes and row.is_firm
    ]
    if not found:
        return None
    whole = next((row for row in found if not row.partial), found[0])
    return replace(
        whole,
        aspect="covered",
        short=CONDITIONAL,
        sentence="Covered where the conditions of its policy are met",
        condition="",
        narrowed=False,
        lists=(),
        outcome="",
        fix="",
        caveat="",
        path=whole.path.partition("#")[0],
        title="",
        rules=(),
    )


def silence_words(payer: Payer, searched: Mapping[str, Policy]) -> tuple[str, str]:
    """What was looked through without an answer, and whom to ask."""
    number = len(searched)
    noun = "policy" if number == 1 else "policies"
    asked = next(
        (each.delegated_to for each in searched.values() if each.delegated_to), ""
    )
    also = f", or {asked}" if asked else ""
    return (
        f"No loaded rule says: {number} {noun} searched.",
        f"Ask {payer.title}{also}.",
    )
