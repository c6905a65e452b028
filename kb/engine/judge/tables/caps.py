"""Unit caps (MUE): the most units of a code on a line, or of a provider's day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kb.engine.judge.answer import Outcome
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.day import Beside, beside, lines_of
from kb.engine.judge.tables.finding import (
    SURGERY_CENTER,
    Finding,
    after_its_end,
    by_which,
    in_words,
    weighed,
)
from kb.tables.model import Setting, Tables, UnitCap

BY_LINE = 1
ON_RECORDS = 3
SIDES = frozenset({"RT", "LT"})
PAID_50 = "1"
"""The fee schedule's indicator of codes whose second side modifier 50 tells."""


def caps_of(at: Situation, setting: Setting, tables: Tables) -> Iterator[Finding]:
    """What the caps say of a line."""
    cap = tables.unit_cap(setting, at.line.code, at.day)
    if cap is None:
        return
    if cap.units == 0:
        yield finding(
            cap,
            at,
            "deny",
            "not payable in this setting",
            "Do not bill it here, or write it off.",
        )
        return
    others = [] if cap.indicator == BY_LINE else same_code(at)
    sure = at.line.units + sum_of(one for one in others if one.sure)
    every = at.line.units + sum_of(others)
    if every <= cap.units and at.day < cap.edition.first_day:
        # What a later table would not allow is looked up; what it allows is not known yet.
        return
    if every <= cap.units:
        yield finding(cap, at, "pass", f"{told(every)} of {cap.units}")
        return
    said = (
        f"{told(every)} {'on the line' if cap.indicator == BY_LINE else f'on {at.day}'}"
    )
    if are_two_sides(at, others, tables):
        said += ", right and left on two lines"
        yield finding(cap, at, "fix", said, on_one_line(cap, at), others)
        return
    if sure <= cap.units:
        said += ", some perhaps of another provider"
        yield finding(cap, at, "review", said, what_to_do(cap, at), others)
        return
    outcome: Outcome = "review" if cap.indicator == ON_RECORDS else "fix"
    yield finding(cap, at, outcome, said, what_to_do(cap, at), others)


def same_code(at: Situation) -> list[Beside]:
    """The other services of the code on the day; on a surgery center's claim of the side.

    A center's own claim has two lines for two sides, each with the units of one; the
    physician's has one line with modifier 50, at the center too.
    """
    mine = SIDES.intersection(at.line.modifiers)
    own = at.claim.kind == "facility" and at.line.place == SURGERY_CENTER
    apart = own and len(mine) == 1
    return [
        one
        for one in beside(at)
        if one.event.code == at.line.code
        and not (apart and SIDES.intersection(one.event.modifiers) == SIDES - mine)
    ]


def are_two_sides(at: Situation, others: list[Beside], tables: Tables) -> bool:
    """Whether the day holds one unit right and one left of a code that 50 tells both of.

    That is so on a physician's claim: a facility's has a line for each side.
    """
    if at.claim.kind != "professional" or len(others) != 1 or not others[0].sure:
        return False
    mine = SIDES.intersection(at.line.modifiers)
    theirs = SIDES.intersection(others[0].event.modifiers)
    row = tables.indicators(at.line.code, at.day)
    single = at.line.units == others[0].event.units == 1 and len(mine) == 1
    return (
        single
        and mine | theirs == SIDES
        and row is not None
        and row.bilateral == PAID_50
    )


def on_one_line(cap: UnitCap, at: Situation) -> str:
    """How a physician bills both sides; at a surgery center also whose two lines are."""
    own = "; two lines are only for the surgery center's own claim (type facility)"
    more = own if at.line.place == SURGERY_CENTER else ""
    first = after_its_end(cap.edition, at.day)
    return f"{first}Bill both sides on one line with modifier 50 and one unit{more}."


def sum_of(services: Iterator[Beside] | list[Beside]) -> Decimal:
    """The units of services; modifier 50 on a line makes no more of them."""
    return sum((one.event.units for one in services), Decimal(0))


def told(units: Decimal) -> str:
    """``1 unit``, ``2 units``."""
    return f"{units.normalize():f} unit{'' if units == 1 else 's'}"


def what_to_do(cap: UnitCap, at: Situation) -> str:
    """How to bill within the cap, and whether records help."""
    within = f"{'1 unit' if cap.units == 1 else f'{cap.units} units'} at most"
    first = after_its_end(cap.edition, at.day)
    if cap.indicator == BY_LINE:
        return (
            f"{first}Bill {within} on a line; what was given apart stands on a line of its"
            " own with the modifier that says how."
        )
    if cap.indicator == ON_RECORDS:
        return (
            f"{first}Correct the units if fewer were given; else send them with the records:"
            f" over {told(Decimal(cap.units))} all of the day are denied, and more may be paid"
            " on appeal."
        )
    return (
        f"{first}Correct the units: {within}, or all of the day are denied, and no records"
        " help."
    )


def finding(
    cap: UnitCap,
    at: Situation,
    outcome: Outcome,
    because: str,
    do: str = "",
    others: list[Beside] | None = None,
) -> Finding:
    """What a cap says of a line."""
    outcome = outcome if outcome == "pass" else weighed(outcome, cap.edition, at.day)
    within = "on a line" if cap.indicator == BY_LINE else "in a day"
    return Finding(
        edition=cap.edition,
        entry=cap.code,
        question="units",
        reason="units",
        status="met" if outcome == "pass" else "not-met",
        outcome=outcome,
        title=(
            f"At most {told(Decimal(cap.units))} of {cap.code} {within}"
            f" ({in_words(cap.edition)})"
        ),
        because=by_which(because, cap.edition, at.day),
        do=do,
        with_lines=lines_of(at, others or []),
        codes=(cap.code,),
    )
