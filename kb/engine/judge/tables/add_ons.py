"""Add-on codes: paid only beside one of the codes that they add to."""

from __future__ import annotations

from collections.abc import Iterator

from kb.engine.judge.answer import Outcome
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.day import beside
from kb.engine.judge.tables.finding import (
    Finding,
    after_its_end,
    by_which,
    in_words,
    listed,
    weighed,
)
from kb.tables.model import AddOn, Tables

CONTRACTOR_DECIDES = 2
LIST_MAY_BE_LONGER = 3


def add_ons_of(at: Situation, tables: Tables) -> Iterator[Finding]:
    """What the table says of a line whose code is an add-on."""
    add_on = tables.add_on(at.line.code, at.day)
    if add_on is None:
        return
    if add_on.type == CONTRACTOR_DECIDES:
        yield finding(
            add_on,
            at,
            "review",
            "the contractor decides beside which codes",
            "Check that the code of the day that it adds to is one that the contractor takes.",
        )
        return
    first = [one for one in beside(at) if one.event.code in add_on.primaries]
    if any(one.sure for one in first):
        yield finding(add_on, at, "pass", f"{first[0].event.code} stands beside it")
        return
    lacking = not_billed(sorted(add_on.primaries), at)
    outcome: Outcome = "fix"
    if first:
        lacking, outcome = (
            f"{first[0].event.code} of the day may be of another provider",
            "review",
        )
    elif add_on.type == LIST_MAY_BE_LONGER:
        lacking, outcome = f"{lacking}; the contractor's list may be longer", "review"
    yield finding(add_on, at, outcome, lacking, what_to_do(at))


def not_billed(first: list[str], at: Situation) -> str:
    """``64483 is not billed on 2026-03-10``; of several, that none is."""
    if len(first) == 1:
        return f"{first[0]} is not billed on {at.day}"
    return f"none of {listed(first)} is billed on {at.day}"


def what_to_do(at: Situation) -> str:
    """How the add-on can stand."""
    return (
        "If the service that it adds to was given too, add its code; if not, bill the code"
        f" of what was done in place of line {at.line.number}."
    )


def finding(
    add_on: AddOn, at: Situation, outcome: Outcome, because: str, do: str = ""
) -> Finding:
    """What the table says of an add-on code."""
    met = outcome == "pass"
    return Finding(
        edition=add_on.edition,
        entry=add_on.code,
        question="add-ons",
        reason="coding",
        status="met" if met else "not-met",
        outcome=outcome if met else weighed(outcome, add_on.edition, at.day),
        title=f"{add_on.code} adds to a first code ({in_words(add_on.edition)})",
        because=by_which(because, add_on.edition, at.day),
        do="" if met else after_its_end(add_on.edition, at.day) + do,
        codes=(add_on.code,),
    )
