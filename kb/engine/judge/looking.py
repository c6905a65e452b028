"""Facts where their owners have them: on the line, on the claim, or of a procedure."""

from __future__ import annotations

from collections.abc import Callable

from kb.claims.model import FactValue
from kb.engine.judge.books import Page
from kb.engine.judge.counting import bearing
from kb.engine.judge.evidence import (
    ON_THE_CLAIM,
    Disagreement,
    Said,
    disagreement,
    place_of,
)
from kb.engine.judge.kleene import MET, Truth, unknown
from kb.engine.judge.situation import Situation

Found = tuple[FactValue | Disagreement | None, Truth]
"""A fact's value, or ``None`` with the unknown that says why."""
Look = Callable[[Situation], Found]


def looking_for(fact: str, scope: str | None) -> Look:
    """How to find the value of a fact where its owner has it."""
    lacking: Found = (None, unknown(fact))

    def on_claim(at: Situation) -> Found:
        value = at.claim.facts.get(fact)
        return lacking if value is None else (value, MET)

    def on_line(at: Situation) -> Found:
        value = at.claim_fact(fact, "line")
        return lacking if value is None else (value, MET)

    def of_procedure(at: Situation) -> Found:
        if at.each is None:
            return fact_of_last(fact, at)
        value = at.each.facts.get(fact)
        return lacking if value is None else (value, MET)

    return {"procedure": of_procedure, "line": on_line}.get(scope or "", on_claim)


def fact_of_last(name: str, at: Situation) -> Found:
    """A fact of the latest earlier session that the rule looks at.

    The claim's own word for it stands, unless what is known of that session says
    otherwise.  Without it the history must be complete, for a later session that is
    not seen could be the last one.
    """
    assert at.last is not None
    known = at.book(bearing(at.last, at.last.same)).until(at.day)
    said = at.claim.facts.get(name)
    if said is not None:
        others = [w for page in known.of_latest for w, _why in words_of(page, name)]
        found = disagreement([Said(ON_THE_CLAIM, said), *others])
        return (said if found is None else found), MET
    if not at.history_is_complete:
        return None, unknown("history")
    if not known.pages:
        return None, unknown(name)
    return fact_of_page(known.pages[-1], name)


def fact_of_page(page: Page, name: str) -> Found:
    """A fact of the session of a day, as its services tell it."""
    groups: frozenset[str] = frozenset().union(
        *(e.why for e in (*page.entries, *page.retold))
    )
    if not page.sure:
        return None, Truth(0, groups)
    words = words_of(page, name)
    sure = [word for word, why in words if not why]
    values = {word.value for word in sure}
    if len(values) > 1:
        return Disagreement(tuple(sure)), MET
    if {word.value for word, why in words if why} - values:
        return None, Truth(0, groups)
    return (values.pop(), MET) if values else (None, unknown(name))


def words_of(page: Page, name: str) -> list[tuple[Said, frozenset[str]]]:
    """What the services of a day say of a fact, and why it may not be meant."""
    return [
        (Said(place_of(event), event.facts[name]), why)
        for event, why in (*page.entries, *page.retold)
        if name in event.facts
    ]
