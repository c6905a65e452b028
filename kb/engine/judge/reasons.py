"""Why: the first condition that decided, in plain words.

Each clause says what the claim gave, and what was asked of it: the value, the day, the
age and the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from kb.claims.model import Amount, FactValue
from kb.engine.judge import windows
from kb.engine.judge.answer import Arithmetic, Status
from kb.engine.judge.book_days import codes_beside
from kb.engine.judge.books import Question
from kb.engine.judge.conditions import ask, earlier_days, fact_of_last, find_fact
from kb.engine.judge.counting import bearing
from kb.engine.judge.evidence import Disagreement
from kb.engine.judge.situation import Situation, amount_on

Json = dict[str, Any]
COMPARED = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
NO_AMOUNT = "no amount is in force on the date"


def because(
    ir: Json, status: Status, arithmetic: Arithmetic | None, at: Situation
) -> str:
    """The reason of a status, as a clause; empty when the sum says it all."""
    duty = ir["duty"]
    if duty is None:
        return ""
    if duty["duty"] == "never":
        return "this is never covered"
    if duty["duty"] == "require":
        wanted = {"not-met": -1, "unknown": 0}.get(status, 1)
        return first_words(duty["test"], wanted, at, denied=False)
    if duty["duty"] == "not-with":
        beside = codes_beside(at.book(Question(duty["set"])), at.event)
        return f"{' and '.join(beside)} on the same date" if beside else ""
    tied = either_may_go(arithmetic) if arithmetic and arithmetic.tied_with else ""
    if duty["duty"] == "limit-by":
        return "; ".join(filter(None, (fact_found(duty, at), tied)))
    return tied if arithmetic else NO_AMOUNT


def either_may_go(found: Arithmetic) -> str:
    """Which lines of other claims stand equal to this one."""
    names = [f"line {number} of claim {claim}" for claim, number in found.tied]
    if found.tied_with > len(names):
        names.append(f"{found.tied_with - len(names)} more")
    return (
        f"together with {' and '.join(names)} on the same day this is over the limit,"
        " without it is not: they stand equal, and either may go"
    )


def said_twice(about: Iterable[str], at: Situation) -> tuple[str, ...]:
    """Each fact of these on which claim and history disagree, with what each says."""
    if at.last is None:
        return ()
    found = ((name, fact_of_last(name, at)[0]) for name in sorted(about))
    return tuple(
        f"{name} is said twice: {shown(value)}"
        for name, value in found
        if isinstance(value, Disagreement)
    )


def first_words(node: Json, wanted: int, at: Situation, *, denied: bool) -> str:
    """The words of the first single test below a node that has the wanted value.

    ``denied``: an odd number of ``not`` stands around the node, its opposite is asked. No
    single test decides how many of a group hold: the group itself then speaks.
    """
    if ask(node, at).value != wanted:
        return ""
    match node["op"]:
        case "not":
            return first_words(node["of"][0], -wanted, at, denied=not denied)
        case "and" | "or":
            parts = node["of"]
        case "if":
            case, then, other = node["of"]
            branches = {1: [then], 0: [case, then, other], -1: [other]}
            parts = branches[ask(case, at).value]
        case op:
            return WORDS[op](node, at, "asked is not" if denied else "asked is")
    found = (first_words(part, wanted, at, denied=denied) for part in parts)
    return next(filter(None, found), "")


def fact_found(node: Json, at: Situation, _asked: str = "") -> str:
    """A fact with its value."""
    value, _why = find_fact(node, at)
    return f"{node['fact']}: {shown(value)}"


def compared(node: Json, at: Situation, asked: str) -> str:
    """A measured fact beside what is asked of it."""
    amount = amount_on(node["amount"], at.day)
    if amount is None:
        return f"{node['fact']}: {NO_AMOUNT}"
    wanted = f"{COMPARED[node['cmp']]} {amount_words(amount)}"
    return f"{fact_found(node, at)}, {asked} {wanted}"


def amount_words(amount: Json) -> str:
    """An amount of a rule: ``4 weeks``, ``50 percent``, ``3``."""
    number, unit = amount["amount"], amount["unit"]
    if unit in ("number", "percent"):
        return f"{number} {unit}".removesuffix(" number")
    return many(number, unit)


def many(number: object, unit: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number} {unit}{'' if str(number) == '1' else 's'}"


def elapsed(node: Json, at: Situation, asked: str) -> str:
    """Another day, how far it lies from the service, and how far it may or must."""
    if "clock" in node:
        name, day = node["clock"], at.clock_day(node["clock"])
        said = shown(day)
    else:
        name = node["fact"]
        value, _why = find_fact(node, at)
        day = value if isinstance(value, date) else None
        said = shown(value)
    amount = amount_on(node["amount"], at.day)
    if amount is None:
        return f"{name}: {NO_AMOUNT}"
    limit = f"{COMPARED[node['cmp']]} {amount_words(amount)} {node['side']} it"
    if day is None:
        return f"{name}: {said}, {asked} {limit}".removesuffix(" it") + " the service"
    far = distance(day, at.day, amount["unit"])
    return f"{name}: {said}, {far} the date of service {at.day}, {asked} {limit}"


def distance(day: date, service: date, unit: str) -> str:
    """How far a day lies from the service: ``24 months and 1 day before``, ``on``."""
    if day == service:
        return "on"
    early, late = min(day, service), max(day, service)
    whole = wholes(early, late, unit)
    parts = [many(whole, unit)] if whole else []
    start = windows.later(early, {"amount": whole, "unit": unit})
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


def field_found(node: Json, at: Situation, _asked: str) -> str:
    """A claim field with its value."""
    return f"{node['field']}: {at.field_value(node['field']) or 'not given'}"


def diagnoses(_node: Json, at: Situation, _asked: str) -> str:
    """The diagnoses that the line points to."""
    return f"diagnosis: {', '.join(at.line.diagnoses) or 'none given'}"


def modifiers(_node: Json, at: Situation, _asked: str) -> str:
    """The modifiers of the line."""
    return f"modifiers: {', '.join(at.line.modifiers) or 'none'}"


def service_day(node: Json, at: Situation, asked: str) -> str:
    """The date of service beside the day that bounds it."""
    side = "before" if node["cmp"] == "<" else "after"
    return f"date of service {at.day}, {asked} {side} {node['date']}"


def providers(node: Json, at: Situation, asked: str) -> str:
    """Whether two providers of the claim are one; their numbers name people and stay out."""
    names = node["fields"]
    if lacking := [name for name in names if not at.field_value(name)]:
        return ", ".join(f"{name}: not given" for name in lacking)
    same = at.field_value(names[0]) == at.field_value(names[1])
    found = "the same" if same else "two providers"
    return f"{names[0]} and {names[1]}: {found}, {asked} the same"


def earlier(node: Json, at: Situation, asked: str) -> str:
    """The dates of the earlier services that count, and how many may or must."""
    window = at.window(node["window"]) if node["window"] else None
    if node["window"] and window is None:
        return "plan-year-start: not given"
    days = (day.isoformat() for day in earlier_days(node, window, at).sure)
    found = ", ".join(sorted(days)) or "none that counts"
    within = f" in {windows.in_words(window)}" if window else ""
    return f"earlier services: {found}, {asked} {count_words(node['count'])}{within}"


def same_day(node: Json, at: Situation, asked: str) -> str:
    """The codes beside the line that count, and how many may or must."""
    codes = codes_beside(at.book(bearing(node, node["same"])), at.event)
    found = ", ".join(codes) or "none that counts"
    wanted = count_words(node["count"])
    return f"other services of the day: {found}, {asked} {wanted}"


def count_words(count: Json) -> str:
    """How many are asked for: ``none``, ``at least 2``, ``exactly 1``."""
    least, most = count["min"], count["max"]
    if most == 0:
        return "none"
    if most is None:
        return f"at least {least}"
    return f"exactly {least}" if least == most else f"at most {most}"


def how_many(node: Json, at: Situation, asked: str) -> str:
    """How many parts of a group hold, and what is found where the others look."""
    values = [ask(part, at).value for part in node["of"]]
    held = f"{sum(value > 0 for value in values)} of {len(values)} hold"
    lacking = [
        first_words(part, value, at, denied=False)
        for part, value in zip(node["of"], values, strict=True)
        if value <= 0
    ]
    return "; ".join([f"{held}, {asked} at least {node['count']}", *lacking])


def constant(node: Json, _at: Situation, _asked: str) -> str:
    """A test that nothing can change."""
    return f"this {'always' if node['op'] == 'always' else 'never'} holds"


def shown(value: FactValue | Disagreement | None) -> str:
    """A fact's value as people write it."""
    if value is None:
        return "not given"
    if isinstance(value, Disagreement):
        return in_places(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        return amount_words(
            {"amount": f"{value.number.normalize():f}", "unit": value.unit}
        )
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


WORDS: dict[str, Callable[[Json, Situation, str], str]] = {
    "at-least": how_many,
    "always": constant,
    "never": constant,
    "yes": fact_found,
    "documented": fact_found,
    "choice": fact_found,
    "compare": compared,
    "elapsed": elapsed,
    "field": field_found,
    "date": service_day,
    "same-npi": providers,
    "diagnosis": diagnoses,
    "modifier": modifiers,
    "earlier": earlier,
    "same-day": same_day,
}
