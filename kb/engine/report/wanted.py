"""What a test asks of the chart: the values of facts with which it holds, or does not.

Each form gives its ways in the order in which its author wrote them, so that the usual one
comes before the exceptions.  What the chart cannot change asks nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, product
from typing import Never

from dsl.ir import tests as t
from dsl.ir.forms import TESTS
from dsl.ir.parts import Amount, Unit, amount_on
from dsl.ir.reading import read
from kb.claims.facts import NO_CHOICE, FactError, fact_from_json
from kb.claims.model import FactValue
from kb.engine.judge.windows import earlier
from kb.engine.program import Program

MOST_WAYS = 6
SHORTLY = timedelta(days=7)
"""How long before the service a day is taken that nothing measures."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be so."""

    name: str
    """A fact, or ``history`` or ``authorization``."""
    title: str
    words: str
    """How it has to be: ``yes``, ``at least 4 weeks``."""
    value: FactValue | None = None


Way = tuple[Need, ...]
Ways = tuple[Way, ...]
NOTHING: Ways = ((),)


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom ways are sought."""

    program: Program
    day: date

    def need(self, fact: str, words: str, value: FactValue) -> Ways:
        """One way that is one fact."""
        known = self.program.facts.get(fact)
        title = known.title if known and known.title else fact.replace("-", " ")
        return ((Need(fact, title, words, value),),)


def ways(test: t.Test, asking: Asking, *, holds: bool = True) -> Ways:
    """The first few ways in which a test holds (or does not) by the chart."""
    return read(WAYS[type(test)], test, asking, holds)


def together(parts: Iterable[Ways]) -> Ways:
    """Ways in which all parts are so."""
    combined = (sum(chosen, ()) for chosen in product(*parts))
    return tuple(islice((way for way in combined if is_one(way)), MOST_WAYS))


def one_of(parts: Iterable[Ways]) -> Ways:
    """Ways in which one of the parts is so: those that ask something of the chart."""
    asked = (way for part in parts for way in part if way)
    return tuple(islice(asked, MOST_WAYS)) or NOTHING


def is_one(way: Way) -> bool:
    """Whether no fact is to be two things."""
    values: dict[str, FactValue | None] = {}
    return all(values.setdefault(need.name, need.value) == need.value for need in way)


def of_and(test: t.And, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """All of its parts."""
    parts = [ways(part, asking, holds=holds) for part in test.of]
    return together(parts) if holds else one_of(parts)


def of_or(test: t.Or, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """One of its parts."""
    parts = [ways(part, asking, holds=holds) for part in test.of]
    return one_of(parts) if holds else together(parts)


def of_not(test: t.Not, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """Its part the other way."""
    return ways(test.of[0], asking, holds=not holds)


def of_if(test: t.If, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """Its case with what follows, or what follows without it."""
    case, then, other = test.of
    with_case = together([ways(case, asking), ways(then, asking, holds=holds)])
    without = together(
        [ways(case, asking, holds=False), ways(other, asking, holds=holds)]
    )
    return one_of([with_case, without])


def of_at_least(test: t.AtLeast, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """As many of its parts as are asked, the first ones; or none."""
    parts = [ways(part, asking, holds=holds) for part in test.of]
    return together(parts[: test.count] if holds else parts)


def of_yes(test: t.Yes, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """Yes, or no."""
    return asking.need(test.fact, "yes" if holds else "no", holds)


def of_documented(test: t.Documented, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """Whatever it is, if it is written down."""
    known = asking.program.facts.get(test.fact)
    if not holds or known is None:
        return NOTHING
    if known.kind == "date":
        return asking.need(test.fact, "written down", asking.day - SHORTLY)
    if known.kind == "choice":
        return one_of(
            asking.need(test.fact, said(word), word) for word in known.choices
        )
    values: dict[str, FactValue] = {"yes-no": True, "text": "written down"}
    value = values.get(known.kind) or value_at(
        Amount(1, UNITS.get(known.kind, "number"))
    )
    return asking.need(test.fact, "written down", value) if value else NOTHING


def of_choice(test: t.Choice, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """One of its words, or none."""
    if not holds:
        return asking.need(test.fact, "none of these", NO_CHOICE)
    return one_of(asking.need(test.fact, said(word), word) for word in test.values)


def of_compare(test: t.Compare, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """The number that it names, or one beside it."""
    amount = amount_on(test.amount, asking.day)
    if amount is None:
        return NOTHING
    upward = (test.cmp in (">=", ">")) == holds
    exact = (test.cmp in (">=", "<=")) == holds
    value = value_at(amount, 0 if exact else 1 if upward else -1)
    if value is None:
        return NOTHING
    words = (
        ("at least" if exact else "more than")
        if upward
        else ("at most" if exact else "less than")
    )
    return asking.need(test.fact, f"{words} {in_words(amount)}", value)


def of_elapsed(test: t.Elapsed, asking: Asking, holds: bool) -> Ways:  # noqa: FBT001
    """A day of the chart so long before the service."""
    amount = amount_on(test.amount, asking.day)
    if test.fact is None or amount is None or test.side != "before":
        return NOTHING
    within = (test.cmp in ("<=", "<")) == holds
    day = asking.day - SHORTLY if within else earlier(asking.day, amount) - SHORTLY
    words = "within" if within else "more than"
    before = f"{words} {in_words(amount)} before the service"
    return asking.need(test.fact, before, day)


def nothing(_test: t.Test, _asking: Asking, _holds: bool) -> Ways:  # noqa: FBT001
    """The chart has no part in it."""
    return NOTHING


UNITS: dict[str, Unit] = {
    "duration": "week",
    "percent": "percent",
    "number": "number",
    "money": "dollar",
}
WAYS: dict[type[t.Test], Callable[[Never, Asking, bool], Ways]] = {
    # A test that asks nothing of the chart is left as it is.
    **dict.fromkeys((form.kind for form in TESTS), nothing),
    t.And: of_and,
    t.Or: of_or,
    t.Not: of_not,
    t.If: of_if,
    t.AtLeast: of_at_least,
    t.Yes: of_yes,
    t.Documented: of_documented,
    t.Choice: of_choice,
    t.Compare: of_compare,
    t.Elapsed: of_elapsed,
}


def said(word: str) -> str:
    """A word of a choice as people say it."""
    return word.replace("-", " ")


def in_words(amount: Amount) -> str:
    """``4 weeks``, ``60 percent``, ``3``."""
    if amount.unit == "number":
        return f"{amount.amount}"
    plural = "" if amount.unit == "percent" or str(amount.amount) == "1" else "s"
    return f"{amount.amount} {amount.unit}{plural}"


def value_at(amount: Amount, more: int = 0) -> FactValue | None:
    """The value of an amount, or one unit beside it; nothing below zero."""
    unit = "" if amount.unit == "number" else f" {amount.unit}"
    try:
        return fact_from_json(f"{float(amount.amount) + more:g}{unit}")
    except FactError:
        return None
