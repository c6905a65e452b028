"""Limits and intervals in a sentence: how many counted, how many are left, until when."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from kb.engine.judge.answer import Arithmetic, LimitState
from kb.engine.judge.wording import built_in_words
from kb.engine.report.words import in_a_row

ONE_DATE = "one date of service"
WINDOWS = {"a lifetime": "in a lifetime", ONE_DATE: "on one date"}
MOST_DATES = 8


class LimitJson(TypedDict):
    """The state of a limit for programs."""

    rule: str
    status: str
    say: str
    what: str
    group: dict[str, str]
    counted: int
    possible: int | None
    limit: int | None
    left: int | None
    window: dict[str, str | None]
    dates: list[str]
    next: str | None
    next_date: str | None


def broken(found: Arithmetic) -> str:
    """``5th session in the lumbar-sacral region in 12 months; the limit is 4``."""
    if found.limit is None:
        return too_near(found)
    total = found.counted + found.this
    if found.unit == "session" and found.this == 1:
        counted = f"{ordinal(total)} session"
    else:
        counted = f"{total} {units(found.unit, total)}"
    where = " ".join(filter(None, (counted, group_words(found), window_words(found))))
    return f"{where}; the limit is {found.limit}"


def too_near(found: Arithmetic) -> str:
    """``10 days since the session of 2026-03-01; at least 14 days are asked``."""
    asked = found.convention.removesuffix(" between sessions")
    if not found.events:
        return f"a session is too near; {asked} are asked between sessions"
    last = max(event.date for event in found.events)
    where = group_words(found)
    apart = days_between(last, found.window_end)
    seen = " ".join(filter(None, (f"the session of {last}", where)))
    return f"{apart} {seen}; {asked} are asked"


def days_between(other: date, this: date) -> str:
    """``10 days since``, ``the same day as``, ``3 days before``."""
    days = (this - other).days
    if not days:
        return "the same day as"
    return f"{abs(days)} {units('day', abs(days))} {'since' if days > 0 else 'before'}"


def kept(state: LimitState) -> str:
    """``session 2 of 4 in the lumbar-sacral region since 2025-03-11; 2 left``."""
    found = state.arithmetic
    if found.choices:
        return by_choice(state)
    if found.limit is None:
        given_only = state.status == "unknown"
        next_one = next_words(state) if found.events else []
        return "; ".join([kept_apart(found, given_only=given_only), *next_one])
    total = found.counted + found.this
    open_ended = state.status == "unknown" and found.possible is None
    if open_ended and not found.counted:
        return first_as_far_as_given(found)
    if total > found.limit:
        return beyond(found)
    if found.unit == "session" and found.this == 1:
        counted = f"session {total} of {found.limit}"
    else:
        counted = f"{total} of {found.limit} {units(found.unit, found.limit)}"
    said = " ".join(filter(None, (counted, group_words(found), since_words(found))))
    if open_ended:
        return f"{said}, as far as given"
    return "; ".join([said, *rest_of(state)])


def by_choice(state: LimitState) -> str:
    """``low: 3rd session since 2025-03-11; the limit is 2, if it holds here; high: ...``."""
    told = (
        f"if {word.replace('-', ' ')}: {kept(state._replace(arithmetic=found))}"
        for word, found in state.arithmetic.choices
    )
    return "; ".join(told)


def beyond(found: Arithmetic) -> str:
    """``3rd session since 2025-03-11; the limit is 2, if it holds here``.

    The sum is over the limit, and only the chart tells whether the limit is asked.
    """
    total = found.counted + found.this
    nth = found.unit == "session" and found.this == 1
    counted = (
        f"{ordinal(total)} session" if nth else f"{total} {units(found.unit, total)}"
    )
    said = " ".join(filter(None, (counted, group_words(found), since_words(found))))
    return f"{said}; the limit is {found.limit}, if it holds here"


def first_as_far_as_given(found: Arithmetic) -> str:
    """``at most 4 sessions in the lumbar-sacral region since 2025-03-11; no earlier one is given``.

    Nobody is told that this is the first where nobody said what came before.
    """
    most = found.limit or 0
    counted = f"at most {most} {units(found.unit, most)}"
    said = " ".join(filter(None, (counted, group_words(found), since_words(found))))
    this = f", this is {found.this}" if found.this > 1 else ""
    return f"{said}{this}; no earlier one is given"


def rest_of(state: LimitState) -> list[str]:
    """What may still count, and what is left."""
    found = state.arithmetic
    said = []
    if found.possible is not None and found.possible > found.counted:
        said.append(f"{found.possible - found.counted} more may count")
    elif state.left is not None:
        said.append(f"{state.left or 'none'} left")
    return [*said, *next_words(state)]


def next_words(state: LimitState) -> list[str]:
    """``next from 2026-04-02``, where one more is allowed only then."""
    return [f"next from {state.next_date}"] if state.next_date else []


def kept_apart(found: Arithmetic, *, given_only: bool) -> str:
    """``14 days between sessions; the last was on 2026-02-20, 18 days before``."""
    if not found.events:
        known = "no earlier one is given" if given_only else "none before counts"
        return f"{found.convention}; {known}"
    last = max(event.date for event in found.events)
    near = days_between(last, found.window_end)
    return f"{found.convention}; {near} that of {last}"


def group_words(found: Arithmetic) -> str:
    """``in the lumbar-sacral region``; empty where nothing is counted apart."""
    said = []
    for group, value in found.per:
        if value == "not known":
            said.append(f"({group} not known)")
        else:
            # A payer's own regions are named after it: `alabama-region`.
            kind = "region" if group.endswith("-region") else group
            region = f"in the {value} region"
            said.append(region if kind == "region" else built_in_words(group, value))
    return " ".join(said)


def window_words(found: Arithmetic) -> str:
    """``in 12 months``, ``in a lifetime``, ``on one date``."""
    convention = found.convention
    if convention.startswith("any "):
        return f"in {convention[4:].partition(',')[0]}"
    if convention.startswith("each "):
        return f"in the {convention[5:]}"
    return WINDOWS.get(convention, convention)


def since_words(found: Arithmetic) -> str:
    """``since 2025-03-11``, or the window where it has no first day or only one."""
    start = found.window_start
    if start is None or found.convention == ONE_DATE:
        return window_words(found)
    return f"since {start}"


def counted_dates(found: Arithmetic) -> str:
    """``2025-04-02, 06-10, 12-01 and this one (2025-03-11 .. 2026-03-10)``.

    Empty where nothing earlier counted: the sentence says all.
    """
    days = sorted({event.date for event in found.events})
    if not days or found.limit is None:
        return ""
    shown = short_days(days[-MOST_DATES:])
    if more := len(days) - MOST_DATES:
        shown = [f"{more} before", *shown] if more > 0 else shown
    start = found.window_start or "ever"
    return f"{in_a_row([*shown, 'this one'])} ({start} .. {found.window_end})"


def short_days(days: list[date]) -> list[str]:
    """Days without a year that the day before them has named."""
    return [
        day.isoformat() if i == 0 or days[i - 1].year != day.year else f"{day:%m-%d}"
        for i, day in enumerate(days)
    ]


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``13th``."""
    teens = 10 <= number % 100 <= 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def units(unit: str, number: int) -> str:
    """``session``, ``sessions``."""
    return unit if number == 1 else f"{unit}s"


def limit_json(state: LimitState) -> LimitJson:
    """The state of a limit for programs; ``counted`` holds this line too."""
    found = state.arithmetic
    apart = found.limit is None
    limit = None if found.choices else found.limit
    return {
        "rule": state.rule,
        "status": state.status,
        "say": said(state),
        "what": found.convention if apart else f"{found.unit}s",
        "group": dict(found.per),
        "counted": found.counted + found.this,
        "possible": None if found.possible is None else found.possible + found.this,
        "limit": limit,
        "left": state.left,
        "window": {
            "from": found.window_start.isoformat() if found.window_start else None,
            "through": found.window_end.isoformat(),
        },
        "dates": [day.isoformat() for day in sorted({e.date for e in found.events})],
        "next": found.next_date.isoformat() if found.next_date else None,
        "next_date": state.next_date.isoformat() if state.next_date else None,
    }


def said(state: LimitState) -> str:
    """The sentence of a limit, kept or not."""
    return broken(state.arithmetic) if state.status == "not-met" else kept(state)


def is_told(state: LimitState) -> bool:
    """Whether staff ask for it: how often over time, not how much on one date."""
    return state.arithmetic.convention != ONE_DATE
