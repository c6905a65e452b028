"""Why: the first condition that decided, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.claims.model import Amount, FactValue
from kb.engine.answer import Arithmetic, Status
from kb.engine.book_days import codes_beside
from kb.engine.books import Question
from kb.engine.conditions import ask, fact_of_last, find_fact
from kb.engine.evidence import Disagreement
from kb.engine.situation import Situation, amount_on

Json = dict[str, Any]
COMPARED = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


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
        leaf = first_leaf(duty["test"], wanted, at)
        return words(leaf, at) if leaf else ""
    if duty["duty"] == "not-with":
        beside = codes_beside(at.book(Question(duty["set"])), at.event)
        return f"{' and '.join(beside)} on the same date" if beside else ""
    if arithmetic is None:
        return "no amount is in force on the date"
    return either_may_go(arithmetic) if arithmetic.tied_with else ""


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


def first_leaf(node: Json, wanted: int, at: Situation) -> Json | None:
    """The first single test below a node that has the wanted value."""
    if ask(node, at).value != wanted:
        return None
    if node["op"] == "not":
        return first_leaf(node["of"][0], -wanted, at) or node
    if node["op"] in ("and", "or", "at-least", "if"):
        return next(
            (x for part in node["of"] if (x := first_leaf(part, wanted, at))), node
        )
    return node


def words(node: Json, at: Situation) -> str:
    """What was found where a test looked."""
    match node["op"]:
        case "diagnosis":
            given = ", ".join(at.line.diagnoses) or "none given"
            return f"diagnosis: {given}"
        case "modifier":
            return f"modifiers: {', '.join(at.line.modifiers) or 'none'}"
        case "field":
            return f"{node['field']}: {at.field_value(node['field']) or 'not given'}"
        case "compare":
            return compared(node, at)
        case "yes" | "choice" | "documented":
            value, _why = find_fact(node, at)
            return f"{node['fact']}: {shown(value)}"
        case "earlier":
            return "earlier services"
        case "same-day":
            return "other services of the day"
        case "date":
            return f"date of service {at.day}"
        case _:
            return "none of its tests decides alone"


def compared(node: Json, at: Situation) -> str:
    """A measured fact beside what is asked of it."""
    value, _why = find_fact(node, at)
    amount = amount_on(node["amount"], at.day)
    if amount is None:
        return f"{node['fact']}: no amount is in force on the date"
    unit = "" if amount["unit"] == "number" else f" {amount['unit']}"
    plural = "s" if unit and unit != " percent" and str(amount["amount"]) != "1" else ""
    wanted = f"{COMPARED[node['cmp']]} {amount['amount']}{unit}{plural}"
    return f"{node['fact']}: {shown(value)}, asked is {wanted}"


def shown(value: FactValue | Disagreement | None) -> str:
    """A fact's value as people write it."""
    if value is None:
        return "not given"
    if isinstance(value, Disagreement):
        return in_places(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        unit = "" if value.unit == "number" else f" {value.unit}"
        plural = "s" if unit and unit != " percent" and value.number != 1 else ""
        return f"{value.number.normalize():f}{unit}{plural}"
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
