"""Words for what a reason names: values, numbers, days apart, codes and lists of codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dsl.ir.parts import Amount as RuleAmount
from dsl.ir.parts import Count, Lifetime, OneDate, OneSession, Rolling
from kb.claims.model import Amount, FactValue
from kb.engine.judge import windows
from kb.engine.judge.answer import Arithmetic
from kb.engine.judge.books import BUILT_IN
from kb.engine.judge.evidence import Disagreement
from kb.engine.judge.windows import Span
from kb.engine.program import Program, belongs

NOT_GIVEN = "not given"
NOT_SEEN = "not known, for the history may not be complete"
CAUSES = (NOT_GIVEN, NOT_SEEN)
"""Why a value is not known."""
NO_AMOUNT = "no amount is in force on the date"
COMPARED = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
OPPOSITE = {">=": "<", "<=": ">", ">": "<=", "<": ">="}
BUILT_IN_WORDS = {"side": "on the {} side", "level": "at {}", "code": "of {}"}
SIDES = {"RT": "right", "LT": "left"}
SHORT = 3
"""A name of so few letters is an abbreviation."""
MOST_CODES = 6
"""So many codes of a list without a title are named; of more, their number."""


def shown(value: FactValue | Disagreement | None) -> str:
    """A fact's value as people write it."""
    if value is None:
        return NOT_GIVEN
    if isinstance(value, Disagreement):
        return in_places(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        return number_words(f"{value.number.normalize():f}", value.unit)
    return str(value)


def in_places(found: Disagreement) -> str:
    """Each value with where it is said, those of one place together."""
    places: dict[str, list[str]] = {}
    for place, value in found.words:
        places.setdefault(place, []).append(shown(value))
    return ", ".join(
        f"{' and '.join(dict.fromkeys(values))} {place}"
        for place, values in places.items()
    )


def amount_words(amount: RuleAmount) -> str:
    """An amount of a rule: ``4 weeks``, ``50 percent``, ``3``."""
    return number_words(amount.amount, amount.unit)


def number_words(number: object, unit: str) -> str:
    """A number with its unit."""
    if unit in ("number", "percent"):
        return f"{number} {unit}".removesuffix(" number")
    return many(number, unit)


def many(number: object, unit: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number} {unit}{'' if str(number) == '1' else 's'}"


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    teen = number % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def either(words: Iterable[str]) -> str:
    """``a, b or c``."""
    return listed(words, "or")


def listed(words: Iterable[str], last: str = "and") -> str:
    """``a, b and c``; ``none`` of no words, as of a list whose only word was taken out."""
    said = list(words)
    if not said:
        return "none"
    *first, end = said
    return f"{', '.join(first)} {last} {end}" if first else end


def asked(what: str, number: object = 1) -> str:
    """``at least 4 weeks are asked``; ``at least 80 percent is asked``; ``none is allowed``."""
    if what.startswith("none"):
        return f"{what} is allowed"
    plural = str(number) != "1" and "percent" not in what
    return f"{what} {'are' if plural else 'is'} asked"


def count_words(count: Count) -> str:
    """How many are asked for: ``none``, ``at least 2``, ``exactly 1``."""
    least, most = count.least, count.most
    if most == 0:
        return "none"
    if most is None:
        return f"at least {least}"
    return f"exactly {least}" if least == most else f"at most {most}"


def other_count(count: Count) -> str:
    """How many must be there so that a count does not hold."""
    least, most = count.least, count.most
    if most is None:
        return "none" if least == 1 else f"at most {least - 1}"
    if least == 0:
        return f"at least {most + 1}"
    return f"anything but {count_words(count)}"


def window_words(window: Span) -> str:
    """A window after a number of services: ``in 12 months``, ``on this date``."""
    match window:
        case OneDate() | OneSession():
            return "on this date"
        case Lifetime():
            return "in a lifetime"
        case Rolling():
            return f"in {many(window.n, window.unit)}"
        case _:
            return f"in {windows.in_words(window)}"


def distance(day: date, service: date, amount: RuleAmount) -> str:
    """How far a day lies from the service: ``24 months and 1 day before``, ``on``."""
    if day == service:
        return "on"
    unit = amount.unit
    early, late = min(day, service), max(day, service)
    whole = wholes(early, late, unit)
    parts = [many(whole, unit)] if whole else []
    start = windows.later(early, RuleAmount(whole, unit))
    if rest := (late - start).days:
        parts.append(many(rest, "day"))
    return f"{' and '.join(parts)} {'before' if day < service else 'after'}"


def wholes(early: date, late: date, unit: str) -> int:
    """How many whole days, weeks, months or years lie between two days."""
    if unit in ("day", "week"):
        return (late - early).days // (7 if unit == "week" else 1)
    months = (late.year - early.year) * 12 + late.month - early.month
    if windows.months_after(early, months) > late:
        months -= 1
    return months // 12 if unit == "year" else months


# ---------- names ----------


def spoken(key: str) -> str:
    """A contractor as people call it: ``First Coast``, ``NGS``."""
    return " ".join(
        word.upper() if len(word) <= SHORT else word.capitalize()
        for word in key.split("-")
    )


def fact_title(key: str, program: Program) -> str:
    """What a fact is called; its key with blanks where nobody gives it a title."""
    fact = program.facts.get(key)
    return (fact.title if fact else "") or key.replace("-", " ")


def list_words(key: str | None, day: date, program: Program) -> str:
    """A list of codes by its title, else by its codes on a day."""
    if key is None:
        return "every code"
    if title := program.titles.get(key):
        return f'"{title}"'
    members = program.sets.get(key, {})
    codes = sorted(code for code in members if belongs(members, code, day))
    if not codes:
        return "a list that is empty on the date"
    if len(codes) > MOST_CODES:
        return f"the {len(codes)} listed codes"
    return either(codes)


def services_words(key: str | None, day: date, program: Program) -> str:
    """The services of a list as the subject of a sentence: title, else codes."""
    return list_words(key, day, program).strip('"')


def code_words(code: str, program: Program) -> str:
    """A procedure code with the name that the tables give it."""
    facts = program.codes.get(code)
    return f"{code} ({inside(facts.label)})" if facts and facts.label else code


def group_words(found: Arithmetic, *, built_in: bool) -> str:
    """The groups of a sum in words: ``lumbar-sacral``; those built in: ``on the right side``.

    Those that are not known are left out, and who did it, whose number names a person.
    """
    told = [
        built_in_words(group, value) if built_in else value
        for group, value in found.per
        if value != "not known"
        and group != "provider"
        and (group in BUILT_IN) == built_in
    ]
    return (" " if built_in else ", ").join(told)


def built_in_words(group: str, value: str) -> str:
    """``on the right side``, ``at L4-L5``, ``of 64483``."""
    shown = side_words(value) if group == "side" else value
    return BUILT_IN_WORDS.get(group, f"of {group} {{}}").format(shown)


def side_words(value: str) -> str:
    """``left and right`` of ``LT and RT``."""
    return " ".join(SIDES.get(word, word) for word in value.split())


def inside(name: str) -> str:
    """A name inside a sentence: ``imaging report``, but ``MRI report``."""
    ordinary = name[1:2].islower() or name.startswith("A ")
    return name[0].lower() + name[1:] if ordinary else name
