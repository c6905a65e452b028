"""Clauses: what a single test of a rule found on a line, and what it asks for.

Each form has one function here.  It gives the value as claim, history and chart gave it
with the number of the rule beside it; the sentence around them is made in ``reasons``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from dsl.ir import tests as t
from dsl.ir.parts import FactScope
from kb.engine.judge import wording
from kb.engine.judge.amounts import on_day
from kb.engine.judge.counting import bearing
from kb.engine.judge.looking import looking_for
from kb.engine.judge.situation import Situation
from kb.engine.judge.wording import NO_AMOUNT, NOT_GIVEN, asked
from kb.engine.program import Program, belongs

FIELDS = {"place": "place of service", "authorization": "approval"}
CLOCKS = {"received": "claim received", "requested": "approval requested"}


ASKED, BARRED = 1, -1
"""Whether a test is asked for, or asked not to hold: an odd number of ``not`` is around it."""


class Clause(NamedTuple):
    """What was found, and what is asked of it; nothing is asked where the value says all."""

    found: str
    wanted: str = ""
    absent: bool = False
    """Whether it was not found: an exception that does not hold explains no denial."""

    @property
    def sentence(self) -> str:
        """Both, as a sentence of its own."""
        return f"{self.found}; {self.wanted}" if self.wanted else self.found

    @property
    def part(self) -> str:
        """Both, as one of several parts of a sentence."""
        return f"{self.found} ({self.wanted})" if self.wanted else self.found


Words = Callable[[Situation, int], Clause]
"""The clause of a single test that is asked for (``ASKED``) or barred (``BARRED``)."""


# ---------- facts ----------


def fact_found(fact: str, of: FactScope | None, program: Program) -> Callable[..., str]:
    """A fact by its title with its value, and of which earlier service it tells."""
    title, look = wording.fact_title(fact, program), looking_for(fact, of)

    def found(at: Situation) -> str:
        value, why = look(at)
        unseen = value is None and "history" in why.about
        which = of_which(at) if of == "procedure" else ""
        return f"{title}{which}: {wording.NOT_SEEN if unseen else wording.shown(value)}"

    return found


def of_which(at: Situation) -> str:
    """The earlier service of which a fact tells, as far as it is known."""
    if at.each is not None:
        return f" ({at.each.code} on {at.each.date})"
    if at.last is None:
        return ""
    latest = at.book(bearing(at.last, at.last.same)).until(at.day).latest
    return f" ({latest[0].code} on {latest[0].date})" if latest else ""


def yes(test: t.Yes, program: Program) -> Words:
    """A yes-no fact."""
    found = fact_found(test.fact, test.of, program)
    return lambda at, so: Clause(found(at), asked("yes" if so > 0 else "no"))


def documented(test: t.Documented, program: Program) -> Words:
    """A fact that must be given, whatever it is."""
    found = fact_found(test.fact, test.of, program)
    wanted = {ASKED: "it must be documented", BARRED: "it must not be there"}
    return lambda at, so: Clause(found(at), wanted[so])


def choice(test: t.Choice, program: Program) -> Words:
    """A fact that is one of some words."""
    found, words = (
        fact_found(test.fact, test.of, program),
        wording.either(test.values),
    )
    wanted = {ASKED: asked(words), BARRED: f"{words} is not allowed"}
    return lambda at, so: Clause(found(at), wanted[so])


def compared(test: t.Compare, program: Program) -> Words:
    """A measured fact beside the number that is asked of it."""
    found = fact_found(test.fact, test.of, program)
    amount_on = on_day(test.amount, lambda amount: amount)

    def words(at: Situation, so: int) -> Clause:
        amount = amount_on(at.day)
        if amount is None:
            return Clause(found(at), NO_AMOUNT)
        cmp = wording.COMPARED[test.cmp if so > 0 else wording.OPPOSITE[test.cmp]]
        wanted = f"{cmp} {wording.amount_words(amount)}"
        return Clause(found(at), asked(wanted, amount.amount))

    return words


def elapsed(test: t.Elapsed, program: Program) -> Words:
    """Another day, how far it lies from the service, and how far it may or must."""
    title = CLOCKS.get(test.clock or "") or wording.fact_title(test.fact or "", program)
    look = looking_for(test.fact or "", test.of)
    amount_on = on_day(test.amount, lambda amount: amount)

    def words(at: Situation, so: int) -> Clause:
        value = look(at)[0] if test.clock is None else at.clock_day(test.clock)
        amount = amount_on(at.day)
        if amount is None:
            return Clause(f"{title}: {wording.shown(value)}", NO_AMOUNT)
        cmp = wording.COMPARED[test.cmp if so > 0 else wording.OPPOSITE[test.cmp]]
        wanted = f"{cmp} {wording.amount_words(amount)} {test.side}"
        if not isinstance(value, date):
            limit = asked(f"{wanted} the service", amount.amount)
            return Clause(f"{title}: {wording.shown(value)}", limit)
        far = wording.distance(value, at.day, amount)
        found = f"{title}: {value}, {far} the service of {at.day}"
        return Clause(found, asked(f"{wanted} it", amount.amount))

    return words


# ---------- the claim ----------


def field_found(test: t.Field, program: Program) -> Words:
    """A claim field, and which values it may have."""
    name = test.name
    label = FIELDS.get(name, name)

    def words(at: Situation, so: int) -> Clause:
        found = f"{label}: {at.field_value(name) or NOT_GIVEN}"
        wanted = wording.either(test.values) if test.values else ""
        if test.set:
            wanted = wording.list_words(test.set, at.day, program)
        return Clause(found, asked(wanted) if so > 0 else f"{wanted} is not allowed")

    return words


def diagnoses(test: t.Diagnosis, program: Program) -> Words:
    """The diagnoses that the line points to, and the list that they are held against."""
    members = program.sets.get(test.set, {})
    first = test.which == "primary"

    def words(at: Situation, so: int) -> Clause:
        pointed = at.line.diagnoses[:1] if first else at.line.diagnoses
        name = "first diagnosis" if first else "diagnosis"
        title = wording.list_words(test.set, at.day, program)
        if not pointed:
            return Clause(f"{name}: {NOT_GIVEN}", asked(title))
        inside = [code for code in pointed if belongs(members, code, at.day)]
        told = inside or pointed
        several = len(told) > 1
        what = f"{'diagnoses' if several else name} {wording.listed(told)}"
        where = f"on the list {title}" if title.startswith('"') else f"among {title}"
        found = f"{what} {'are' if several else 'is'} {'' if inside else 'not '}{where}"
        barred = inside and so < 0
        wanted = "no diagnosis on it is allowed" if barred else ""
        return Clause(found, wanted, absent=so < 0 and not inside)

    return words


def modifiers(test: t.Modifier, _program: Program) -> Words:
    """The modifiers of the line, and the one that must or must not be there."""
    wanted = {
        ASKED: asked(test.modifier),
        BARRED: f"{test.modifier} is not allowed",
    }

    def words(at: Situation, so: int) -> Clause:
        return Clause(f"the line has {carried(at.line.modifiers)}", wanted[so])

    return words


def carried(found: tuple[str, ...]) -> str:
    """``modifier 50``, ``modifiers KX and 50``, ``no modifier``."""
    plural = "s" if len(found) > 1 else ""
    return f"modifier{plural} {wording.listed(found)}" if found else "no modifier"


def service_day(test: t.DateOfService, _program: Program) -> Words:
    """The date of service beside the day that bounds it."""
    before = test.cmp == "<"

    def words(at: Situation, so: int) -> Clause:
        side = "before" if before is (so > 0) else "after"
        bound = f"{side} {test.day}" if so > 0 else f"{side} {test.day} or on it"
        return Clause(f"date of service: {at.day}", asked(bound))

    return words


def providers(test: t.SameNpi, _program: Program) -> Words:
    """Whether two providers of the claim are one; their numbers name people and stay out."""
    one, other = test.fields

    def words(at: Situation, so: int) -> Clause:
        lacking = [name for name in test.fields if not at.field_value(name)]
        if lacking:
            return Clause(f"{wording.listed(lacking)}: {NOT_GIVEN}")
        same = at.field_value(one) == at.field_value(other)
        found = f"{one} and {other}: {'the same' if same else 'two providers'}"
        return Clause(found, asked("the same" if so > 0 else "not the same"))

    return words


def constant(test: t.Always | t.Never, _program: Program) -> Words:
    """A test that nothing can change."""
    found = f"this {'always' if isinstance(test, t.Always) else 'never'} holds"
    return lambda _at, _so: Clause(found)
