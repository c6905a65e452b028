"""What tests and duties count and measure: amounts, numbers, windows, groups."""

from __future__ import annotations

from typing import Literal

from dsl.base.diagnostics import did_you_mean, listed
from dsl.compile.compiling import Compiling
from dsl.ir.parts import (
    Amount,
    Amounts,
    Calendar,
    Count,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Rolling,
    Unit,
    Window,
)
from dsl.resolve.code_lists import set_of
from dsl.resolve.dated_values import dated_value
from dsl.resolve.values import (
    DURATION_UNITS,
    is_name,
    read_amount,
    read_number,
)
from dsl.resolve.vocabulary import (
    GROUPS_OF_A_LINE,
)
from dsl.syntax import nodes as n

RollingUnit = Literal["day", "month"]
CALENDAR_UNITS: tuple[Literal["year", "quarter", "month"], ...] = (
    "year", "quarter", "month",
)  # fmt: skip
A_YEAR: tuple[int, RollingUnit] = (12, "month")
ROLLING_SIZES: dict[str, tuple[int, RollingUnit]] = {
    "day": (1, "day"), "week": (7, "day"), "month": (1, "month"),
}  # fmt: skip


def amounts(
    node: n.AmountNode, units: frozenset[Unit], what: str, at: Compiling
) -> Amounts:
    """Dated amounts of a literal or a value, whose units must be of the family."""
    found: Amounts = ()
    if node.unit is None and is_name(node.number):
        found = dated_value(node.number, at.context, at.report) or ()
    elif amount := read_amount(node, at.report):
        found = (amount,)
    return in_family(found, node, units, what, at)


def in_family(
    found: Amounts,
    node: n.AmountNode,
    units: frozenset[Unit],
    what: str,
    at: Compiling,
) -> Amounts:
    """The amounts, or none (reported) when a unit is of another family."""
    for amount in found:
        if amount.unit not in units:
            example = {
                "duration": "4 weeks",
                "percent": "50 percent",
                "money": "500 dollars",
            }.get(what, "4")
            at.report.at(
                node.unit or node.number,
                "P018",
                f"A {what} does not compare with "
                f"{'a bare number' if amount.unit == 'number' else amount.unit}; "
                f"write it like `{example}`.",
                fix=with_unit(node, amount, units),
            )
            return ()
    return found


def with_unit(node: n.AmountNode, amount: Amount, units: frozenset[Unit]) -> str:
    """A bare number with the only unit that it can have; nothing where there are several."""
    bare = node.unit is None and not is_name(node.number) and len(units) == 1
    unit = next(iter(units)) if bare and amount.unit == "number" else ""
    plural = {"percent": "percent", "dollar": "dollars"}.get(unit, "")
    return f"{node.number.text} {plural}" if plural else ""


def compile_count(count: n.Count, at: Compiling) -> Count:
    """How many: a lower and perhaps an upper end."""
    if count.kind == "no" or count.number is None:
        return Count(0, 0)
    number = read_number(count.number, at.report)
    if not isinstance(number, int):
        return Count(0, None)
    if count.kind == "at-least" and number == 0:
        at.report.at(count.number, "P033", "At least 0 is always true; leave it out.")
    return Count(
        least=0 if count.kind == "at-most" else number,
        most=None if count.kind == "at-least" else number,
    )


def groups(words: n.Words, at: Compiling) -> tuple[str, ...]:
    """What must be the same, or what is counted apart: groupings and line groups."""
    known = (*at.context.words.groupings, *GROUPS_OF_A_LINE)
    for word in words:
        if word.text not in known and word.text != "patient":
            at.report.at(
                word,
                "P010",
                f"`{word.text}` is no grouping. Known are: {listed(sorted(known))}.",
                fix=did_you_mean(word.text, known),
            )
    return tuple(word.text for word in words if word.text in known)


def procedures(of: n.Word, slot: str, at: Compiling) -> str:
    """Key of a list of procedures."""
    return set_of(
        (of,), (), at.next_slot(slot), "procedure", at.sited, at.context, at.report
    )


def duration(node: n.AmountNode, at: Compiling) -> Amounts:
    """An amount of time."""
    return amounts(node, DURATION_UNITS, "duration", at)


def compile_window(window: n.WindowNode, at: Compiling) -> Window:
    """A window of time."""
    if window.kind == "lifetime":
        return Lifetime()
    if window.kind == "rolling":
        return compile_rolling(window, at)
    words = [word.text for word in window.words]
    if window.kind == "calendar":
        if words == ["plan", "year"]:
            return PlanYear()
        for unit in CALENDAR_UNITS:
            if words == ["calendar", unit]:
                return Calendar(unit)
        at.report.at(
            window.words[0],
            "P025",
            "A calendar window is written `in each calendar year` (quarter, month) or `in each "
            "plan year`; a moving one `in any 12 months`. Write one of them.",
        )
        return Lifetime()
    if words[0] not in ("session", "date"):
        at.report.at(
            window.words[0],
            "P025",
            f"`one {words[0]}` is no window; write `in one session` or `on one date`.",
        )
    return OneSession() if words[0] == "session" else OneDate()


def compile_rolling(window: n.WindowNode, at: Compiling) -> Window:
    """``in any 12 months``; weeks become days, years months."""
    number_word, unit_word = window.words
    amount = read_amount(n.AmountNode(number_word, unit_word), at.report)
    if amount is None or not isinstance(amount.amount, int):
        return Lifetime()
    size, unit = ROLLING_SIZES.get(amount.unit, A_YEAR)
    if amount.unit == "percent" or amount.amount == 0:
        at.report.at(
            unit_word,
            "P018",
            "A window is a number of days, weeks, months or years. Write it like `12 months`.",
        )
    return Rolling(amount.amount * size, unit)
