"""How a line is billed beside the others of its day: once, and on which sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from dsl.ir.tests import Billed
from kb.engine.judge.books import Question
from kb.engine.judge.events import Event, sides_of
from kb.engine.judge.kleene import MET, NOT_MET, Truth, truth, unknown
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

SAME_CODE = Question(None, ("code",))
Found = Callable[[Situation], "Beside"]


class Beside(NamedTuple):
    """Services of a line's day that a test is about, and those that may be."""

    sure: tuple[Event, ...]
    maybe: tuple[Event, ...]


def ask_billed(test: Billed, _program: Program) -> Callable[[Situation], Truth]:
    """The line is billed once, or on both sides."""
    return once if test.how == "once" else on_both_sides


def once(at: Situation) -> Truth:
    """No service before the line is told in just its words."""
    found = told_before(at)
    if found.sure:
        return NOT_MET
    return unknown("provider") if found.maybe else MET


def told_before(at: Situation) -> Beside:
    """The services that a payer cannot tell from the line, and that stand before it.

    A payer sees code, day, modifiers and provider; the level stands on no claim form.
    Of the line's own claim those before it count; no claim stands before another.
    """
    told = frozenset(at.event.modifiers)
    equal = [e for e in of_its_code(at) if frozenset(e.modifiers) == told]
    sure: list[Event] = []
    maybe: list[Event] = []
    for event in equal:
        own = event.line > 0 and event.claim == at.claim.id
        if own and event.line > at.line.number:
            continue
        providers = {event.provider, at.event.provider}
        if len(providers) == 1 and (own or "" not in providers):
            sure.append(event)
        elif "" in providers:
            (sure if own else maybe).append(event)
    return Beside(tuple(sure), tuple(maybe))


def on_both_sides(at: Situation) -> Truth:
    """The line has both sides, or another line of its code and level has the other.

    What is billed counts: a line that names no side bills none.
    """
    both = sides_of(at.event.modifiers, None) == BOTH
    return truth(met=both or bool(on_the_other_side(at).sure))


BOTH = frozenset({"RT", "LT"})


def on_the_other_side(at: Situation) -> Beside:
    """The lines of the code, not of another level, that have a side the line lacks."""
    mine = sides_of(at.event.modifiers, None) or BOTH
    return Beside(
        tuple(
            event
            for event in not_elsewhere(of_its_code(at), at.event.level)
            if (sides_of(event.modifiers, None) or mine) - mine
        ),
        (),
    )


def not_elsewhere(events: Iterable[Event], level: str) -> Iterable[Event]:
    """The services that are at a level, or may be."""
    return (e for e in events if not level or not e.level or e.level == level)


def of_its_code(at: Situation) -> list[Event]:
    """The other services of the line's day with its code; a denied one is none."""
    page = at.book(SAME_CODE).page(at.day)
    own = (at.claim.id, at.line.number)
    return [
        event
        for event, _why in (page.entries if page else ())
        if not event.denied and (event.claim, event.line) != own
    ]
