"""The words over the rows of a cell: its answer in big type, and what silence means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from kb.plain.trade import codes_words
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


def short_of(aspect: str, rows: list[Row], codes: frozenset[str]) -> tuple[str, Known]:
    """The answer in big type over the rows of a cell, and how well it is known.

    ``codes`` are those that the card is about.
    """
    if not rows:
        return "", "silent"
    if aspect == "covered":
        return _covered(rows, codes)
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


def _covered(rows: list[Row], codes: frozenset[str]) -> tuple[str, Known]:
    """Yes, no, if its criteria are met, or for a person to decide."""
    plain = [row for row in rows if row.is_general and row.codes and not row.condition]
    firm = [row for row in plain if row.is_firm]
    if denied := _denied(firm):
        return _not_covered(denied, codes)
    if any(row.short == CONDITIONAL for row in rows):
        some = any(row.outcome == "deny" and row.partial for row in rows)
        return (CONDITIONAL_BUT if some else CONDITIONAL), "known"
    if firm:
        return firm[0].short, "known"
    if plain:
        return plain[0].short, "partly"
    if rows[0].short != NOT_COVERED:
        return rows[0].short, "partly"
    if rows[0].narrowed or not rows[0].codes:
        return NOT_ALWAYS, "partly"
    return _not_covered(_denied(row for row in rows if not row.narrowed), codes)


def _denied(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset().union(*(row.codes for row in rows if row.short == NOT_COVERED))


def _not_covered(denied: frozenset[str], codes: frozenset[str]) -> tuple[str, Known]:
    """A no for all that the card is about; for some of its codes it names which."""
    if denied >= codes:
        return NOT_COVERED, "known"
    return f"{NOT_COVERED}: {codes_words(denied)}", "partly"


NOT_COVERED, NOT_ALWAYS = "Not covered", "Not covered in some cases"


CONDITIONAL = "If criteria are met"
CONDITIONAL_BUT = f"{CONDITIONAL}, some codes not"


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
