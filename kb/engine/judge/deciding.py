"""Deciding parts: the single tests of a tree that made it come out as it did.

Of a group that failed each part that failed is told, of one that is open each that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Never, TypeVar

from dsl.ir import tests as t
from dsl.ir.forms import TESTS
from dsl.ir.forms import Form as Declared
from dsl.ir.reading import read
from kb.engine.judge import clauses, services, wording
from kb.engine.judge.clauses import ASKED, Clause, Words
from kb.engine.judge.conditions import asking
from kb.engine.judge.services import Parts
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

Form = TypeVar("Form", bound=t.Test)


def parts_of(test: t.Test, program: Program) -> Parts:
    """The clauses of the single tests below one that have its value."""
    return read(REASONS[type(test)], test, program)


def joined(parts: list[Clause]) -> str:
    """One clause as a sentence, several as its parts.

    What is found once is said once, with all that is asked of it; what is not known for
    one cause is told together.
    """
    told = list(dict.fromkeys(parts))
    if len(told) == 1:
        return told[0].sentence
    wanted: dict[str, list[str]] = {}
    for part in told:
        wanted.setdefault(part.found, []).append(part.wanted)
    merged = [Clause(found, "; ".join(filter(None, w))) for found, w in wanted.items()]
    sentences = [part.part for part in merged if not open_cause(part)]
    for cause in wording.CAUSES:
        alike = [part for part in merged if open_cause(part) == cause]
        if len(alike) == 1:
            sentences.append(alike[0].part)
        elif alike:
            names = ", ".join(
                part._replace(found=part.found.removesuffix(f": {cause}")).part
                for part in alike
            )
            sentences.append(f"{cause}: {names}")
    return "; ".join(sentences)


def open_cause(part: Clause) -> str:
    """Why a value is not known; empty where it is."""
    return next((c for c in wording.CAUSES if part.found.endswith(f": {c}")), "")


def of_group(test: t.And | t.Or, program: Program) -> Parts:
    """All its parts that have the value of the group."""
    ask = asking(test, program)
    parts = tuple(parts_of(part, program) for part in test.of)

    def found(at: Situation, wanted: int, so: int) -> list[Clause]:
        if ask(at).value != wanted:
            return []
        return [clause for part in parts for clause in part(at, wanted, so)]

    return found


def fallen_short(test: t.Test, program: Program) -> Parts:
    """The clauses of what is given and not enough, where another way is still open.

    Two weeks of care where four are asked, or that care was not tolerated.
    """
    ask = asking(test, program)
    match test:
        case t.Or():
            ways = tuple(
                (asking(x, program), parts_of(x, program), fallen_short(x, program))
                for x in test.of
            )
        case t.And():
            ways = tuple(
                (asking(x, program), none_at_all, fallen_short(x, program))
                for x in test.of
            )
        case _:
            return none_at_all

    def found(at: Situation, _wanted: int, so: int) -> list[Clause]:
        if ask(at).value:
            return []
        told: list[Clause] = []
        for value_of, lost, still_open in ways:
            told += (lost if value_of(at).value < 0 else still_open)(at, -1, so)
        return told

    return found


def none_at_all(_at: Situation, _wanted: int, _so: int) -> list[Clause]:
    """No clause."""
    return []


def of_not(test: t.Not, program: Program) -> Parts:
    """The words of its part, which has the opposite value."""
    part = parts_of(test.of[0], program)
    return lambda at, wanted, so: part(at, -wanted, -so)


def of_if(test: t.If, program: Program) -> Parts:
    """The words of the case that holds; of any while that is not known."""
    ask, case = asking(test, program), asking(test.of[0], program)
    of_case, then, other = (parts_of(part, program) for part in test.of)

    def found(at: Situation, wanted: int, so: int) -> list[Clause]:
        if ask(at).value != wanted:
            return []
        holds = case(at).value
        if holds:
            return (then if holds > 0 else other)(at, wanted, so)
        both = [*then(at, wanted, so), *other(at, wanted, so)]
        return [*of_case(at, 0, ASKED), *both]

    return found


def how_many(test: t.AtLeast, program: Program) -> Parts:
    """How many parts of a group hold, and what is found where the others look."""
    ask = asking(test, program)
    parts = [(asking(part, program), parts_of(part, program)) for part in test.of]

    def found(at: Situation, wanted: int, so: int) -> list[Clause]:
        if ask(at).value != wanted:
            return []
        values = [ask(at).value for ask, _parts in parts]
        held = sum(value > 0 for value in values)
        count = test.count if so > 0 else test.count - 1
        counted = f"{'at least' if so > 0 else 'at most'} {count}"
        lacks = {-1, 0} if so > 0 else {1, 0}
        lacking = [
            clause.found
            for (_ask, words), value in zip(parts, values, strict=True)
            if value in lacks
            for clause in words(at, value, ASKED)
        ]
        told = f"{held} of {len(values)} hold"
        if lacking:
            told += f": {', '.join(dict.fromkeys(lacking))}"
        return [Clause(told, wording.asked(counted, count))]

    return found


def single(
    make: Callable[[Form, Program], Words],
) -> Callable[[Form, Program], Parts]:
    """The reasons of a form that is a single test, by the words for what it found."""

    def reason(test: Form, program: Program) -> Parts:
        ask, words = asking(test, program), make(test, program)

        def found(at: Situation, wanted: int, so: int) -> list[Clause]:
            return [words(at, so)] if ask(at).value == wanted else []

        return found

    return reason


def earlier(test: t.Earlier, program: Program) -> Words:
    """Earlier services, and what those lack that do not count."""
    each = parts_of(test.each, program) if test.each is not None else None
    return services.earlier(test, each, program)


def in_its_words(form: Declared) -> Callable[[t.Test, Program], Words]:
    """What a form found in the words of its declaration: whether it is so."""

    def stated(test: t.Test, program: Program) -> Words:
        ask = asking(test, program)

        def words(at: Situation, so: int) -> Clause:
            found = f"{form.say(test)}: {SO[ask(at).value]}"
            return Clause(found, wording.asked("yes" if so > 0 else "no"))

        return words

    return stated


SO = {1: "yes", 0: "not known", -1: "no"}
REASONS: dict[type[t.Test], Callable[[Never, Program], Parts]] = {
    **{form.kind: single(in_its_words(form)) for form in TESTS if form.words},
    t.And: of_group,
    t.Or: of_group,
    t.Not: of_not,
    t.If: of_if,
    t.AtLeast: how_many,
    t.Always: single(clauses.constant),
    t.Never: single(clauses.constant),
    t.Yes: single(clauses.yes),
    t.Documented: single(clauses.documented),
    t.Choice: single(clauses.choice),
    t.Compare: single(clauses.compared),
    t.Elapsed: single(clauses.elapsed),
    t.Field: single(clauses.field_found),
    t.DateOfService: single(clauses.service_day),
    t.SameNpi: single(clauses.providers),
    t.Diagnosis: single(clauses.diagnoses),
    t.Modifier: single(clauses.modifiers),
    t.Billed: single(services.billed),
    t.Earlier: single(earlier),
    t.SameDay: single(services.same_day),
}
