"""Sums in a sentence: how many sessions of how many, how many days since the last."""

from __future__ import annotations

from collections.abc import Callable

from dsl.ir import duties as d
from kb.engine.judge import wording
from kb.engine.judge.amounts import on_day
from kb.engine.judge.answer import Arithmetic, Status
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

SumWords = Callable[[Situation, Status, Arithmetic], str]
"""What a sum says on a line of a status."""


def limit_words(scope: str | None, duty: d.Limit, program: Program) -> SumWords:
    """``5th lumbar-sacral session in 12 months; the limit is 4``."""

    def words(at: Situation, status: Status, found: Arithmetic) -> str:
        total, most = found.counted + found.this, found.limit
        span = at.window(duty.window)
        within = wording.window_words(span) if span else "in the plan year"
        of = of_what(scope, found, at, program)
        if status == "not-met":
            return f"{nth(found, total)} {within}{of}; the limit is {most}"
        if status == "unknown":
            counted = f"{counted_words(total, found)} known {within}{of}"
            return f"{counted}{at_most(found)}; the limit is {most}"
        unit = (
            f"{kind_of(found)} {total}"
            if found.this == 1
            else f"{kind_of(found)}s {total}"
        )
        return f"{unit} of {most} {within}{of}; {(most or 0) - total} left"

    return words


def nth(found: Arithmetic, total: int) -> str:
    """The session by its number; of other units how many come together."""
    if found.this == 1:
        return f"{wording.ordinal(total)} {kind_of(found)}"
    told = counted_words(total, found)
    if not found.counted:
        return told
    return f"{told} ({found.counted} earlier and {found.this} of this day)"


def kind_of(found: Arithmetic) -> str:
    """What is counted with its group: ``lumbar-sacral session``."""
    return f"{wording.group_words(found, built_in=False)} {found.unit}".strip()


def counted_words(total: int, found: Arithmetic) -> str:
    """``2 lumbar-sacral sessions``."""
    return wording.many(total, kind_of(found))


def of_what(
    scope: str | None, found: Arithmetic, at: Situation, program: Program
) -> str:
    """Of which side or level, and the services that are counted.

    `` on the right side, counting every covered epidural``.
    """
    what = (
        "every line"
        if scope is None
        else wording.inside(wording.services_words(scope, at.day, program))
    )
    groups = wording.group_words(found, built_in=True)
    if any(group == "code" for group, _value in found.per):
        return f" {groups}"
    return f"{groups and ' '}{groups}, counting {what}"


def at_most(found: Arithmetic) -> str:
    """How many more there may be, and why."""
    unknown = [group for group, value in found.per if value == "not known"]
    why = f", for its {wording.listed(unknown)} is not known" if unknown else ""
    if found.possible is None:
        return ", and the history may hold more"
    if found.possible > found.counted:
        return f", and up to {found.possible + found.this} may count{why}"
    if found.unit == "level":
        return f", and lines that name no level or side may be more{why}"
    return f", and this line may count more than once{why}"


def interval_words(scope: str | None, duty: d.Interval, program: Program) -> SumWords:
    """``10 days since 64483 on 2025-11-03; at least 14 days are asked``."""
    length_on = on_day(duty.least, lambda amount: amount)

    def words(at: Situation, status: Status, found: Arithmetic) -> str:
        length = length_on(at.day)
        assert length is not None
        wanted = wording.asked(
            f"at least {wording.amount_words(length)}", length.amount
        )
        group = wording.group_words(found, built_in=False)
        of = of_what(scope, found, at, program)
        if not found.events:
            known = "is known" if status == "unknown" else "counts"
            return f"no {kind_of(found)} before {at.day} {known}{of}; {wanted}"
        last = found.events[-1]
        if last.date == at.day:
            far = "0 days"
        else:
            far = wording.distance(last.date, at.day, length).removesuffix(" before")
        group = f", {group}" if group else ""
        said = f"{far} since {last.code} on {last.date}{group}{of}; {wanted}"
        if status == "unknown":
            said += "; a later session may not be known"
        return said

    return words
