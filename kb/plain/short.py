"""The answer in big type: a number with its unit, a code, yes or no."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import (
    Amounts,
    Calendar,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Rolling,
    Window,
    amount_on,
)
from dsl.ir.rule import Rule
from dsl.ir.walk import walk
from kb.plain.aspects import SIDE_MODIFIERS
from kb.plain.clauses import Speaker, amount_words, same_words
from kb.plain.phrases import CHOSEN
from kb.plain.trade import sentence_case

SIGN = {">=": "", "<=": "at most ", ">": "over ", "<": "under "}
BOTH_SIDES = "Both sides"
UNDECIDED = frozenset({"review", "note", "unknown"})
UNITS = {"line": "line", "unit": "unit"}
PERCENT_OF_RELIEF = frozenset({"pain-relief"})
LENGTH_OF_RELIEF = frozenset({"relief-duration"})
RELIEF_AND_LENGTH = 2
NOUNS = {
    "pain-relief": "relief",
    "function-gain": "function",
    "trial-relief": "relief",
    "pain-score": "of 10",
    "provocative-tests": "tests",
}
WORDED = {
    "fracture-age": "fracture {} old",
    "life-expectancy": "{} to live",
    "trial-length": "trial of {}",
}
"""What an amount is of, where the heading alone would say something else."""


def short_answer(rule: Rule, aspect: str, say: Speaker) -> str:
    """A few words for a rule that answers an aspect."""
    duty = rule.duty
    match duty:
        case d.Limit():
            return _limit(duty, say)
        case d.LimitBy():
            return " or ".join(
                dict.fromkeys(_limit(case.limit, say) for case in duty.cases)
            )
        case d.Interval():
            return say.amount(duty.least)
        case d.NotWith():
            return f"Not with {say.names.short_codes(duty.set)}{same_words(duty.same)}"
        case d.BillAs():
            return say.names.short_codes(duty.set)
        case d.Covers():
            return "Yes"
        case d.NeverCovered():
            return _never(rule, aspect)
        case d.Require(test):
            return _required(rule, test, aspect, say)
    return ""


def _limit(duty: d.Limit, say: Speaker) -> str:
    number = say.amount(duty.count)
    unit = "" if duty.unit == "session" else f" {UNITS.get(duty.unit, duty.unit)}"
    plural = "s" if unit and number != "1" else ""
    return f"{number}{unit}{plural}{_in(duty.window)}"


def _in(window: Window) -> str:
    match window:
        case Rolling(n=n, unit=unit):
            return f" in {n} {unit}{'' if n == 1 else 's'}"
        case Calendar(unit=unit):
            return f" a {unit}"
        case PlanYear():
            return " a plan year"
        case Lifetime():
            return " in a lifetime"
        case OneDate():
            return " a day"
        case OneSession():
            return ""


def _never(rule: Rule, aspect: str) -> str:
    if aspect in ("same-day", "modifiers", "coding"):
        return "No"
    undecided = rule.otherwise.outcome in UNDECIDED
    return "A person decides" if undecided else "Not covered"


def _required(rule: Rule, test: t.Test, aspect: str, say: Speaker) -> str:
    found: str | None = None
    match aspect:
        case "approval":
            undecided = rule.otherwise.outcome in UNDECIDED
            sure = "Required in some cases" if _is_one_of_several(test) else "Required"
            return "May be required" if undecided else sure
        case "diagnosis":
            found = _diagnoses(test, say) or _chosen(test, say)
        case "sides" | "modifiers":
            found = _sides(test) or _modifiers(test)
        case "place":
            found = _places(test, say)
        case "imaging":
            found = _chosen(test, say)
        case "same-day":
            found = _beside(test, say)
    return found or _numbers(test, say) or "Required"


def _is_one_of_several(test: t.Test) -> bool:
    """Whether an approval is one way to meet a rule, beside another fact."""
    return isinstance(test, t.Or) and not any(
        isinstance(node, t.Field) for node in walk(test)
    )


def _sides(test: t.Test) -> str | None:
    match test:
        case t.And(of=(one,)) | t.Or(of=(one,)):
            return _sides(one)
        case t.Not(of=(one,)):
            return "No" if _sides(one) == BOTH_SIDES else None
        case t.Billed(how="on-both-sides"):
            return BOTH_SIDES
        case t.Yes(fact="bilateral-indicated"):
            return "If indicated"
    return None


def _diagnoses(test: t.Test, say: Speaker) -> str | None:
    keys = [node.set for node in walk(test) if isinstance(node, t.Diagnosis)]
    if not keys:
        return None
    banned = isinstance(test, t.Not)
    codes = say.names.short_codes(keys[0])
    return f"Not {codes}" if banned else codes


def _chosen(test: t.Test, say: Speaker) -> str | None:
    nodes = [node for node in walk(test) if isinstance(node, t.Choice)]
    if len(nodes) != 1:
        return None
    words = say.test(nodes[0])
    head = CHOSEN.get(nodes[0].fact, "{}").partition("{}")[0]
    short = words.removeprefix(head)
    return f"Not {short}" if isinstance(test, t.Not) else sentence_case(short)


def _modifiers(test: t.Test) -> str | None:
    nodes = [node.modifier for node in walk(test) if isinstance(node, t.Modifier)]
    if not nodes:
        return None
    sides = [each for each in nodes if each in SIDE_MODIFIERS] or nodes
    denied = isinstance(test, t.Not)
    words = " or ".join(dict.fromkeys(sides))
    return f"No modifier {words}" if denied else f"Modifier {words}"


def _places(test: t.Test, say: Speaker) -> str | None:
    for node in walk(test):
        if isinstance(node, t.Field) and node.name == "place":
            words = (
                ", ".join(node.values)
                if node.values
                else say.names.sets[str(node.set)].codes
            )
            return f"Not {words}" if isinstance(test, t.Not) else f"Place {words}"
    return None


def _beside(test: t.Test, say: Speaker) -> str | None:
    found = [node for node in walk(test) if isinstance(node, t.SameDay)]
    if not found:
        return None
    first = found[0]
    forbids = isinstance(test, t.Not) or first.count.most == 0
    how = "Not with" if forbids else "Only with"
    return f"{how} {say.names.short_codes(first.set)}{same_words(first.same)}"


def _numbers(test: t.Test, say: Speaker) -> str | None:
    """The first amounts: those of a first group that are asked together."""
    way = _first_way(test)
    found = list(dict.fromkeys(_amounts(way, say)))
    relief = [
        *_of_facts(way, PERCENT_OF_RELIEF, say),
        *_of_facts(way, LENGTH_OF_RELIEF, say),
    ]
    if len(relief) == RELIEF_AND_LENGTH:
        return " for ".join(relief)
    return " · ".join(found[:2]) if found else None


def _of_facts(test: t.Test, facts: frozenset[str], say: Speaker) -> Iterator[str]:
    """The amounts of some facts; of an earlier service's own facts none."""
    parts = test.of if isinstance(test, t.And) else (test,)
    for part in parts:
        if isinstance(part, t.Compare) and part.fact in facts:
            yield from _amounts(part, say)


def _first_way(test: t.Test) -> t.Test:
    while isinstance(test, t.Or):
        with_amounts = [
            part
            for part in test.of
            if any(isinstance(n, t.Compare) for n in walk(part))
        ]
        test = with_amounts[0] if with_amounts else test.of[0]
    return test


def _amounts(test: t.Test, say: Speaker) -> Iterator[str]:
    for node in walk(test):
        match node:
            case t.Earlier(count=count) if count.most != 0:
                yield f"{count.least} before"
            case t.Compare(fact=fact, amount=amounts):
                words = WORDED.get(fact, f"{{}} {NOUNS.get(fact, '')}".rstrip())
                yield from (
                    words.format(_at_least(node.cmp, amount))
                    for amount in _on(amounts, say)
                    # A bare number says nothing without what it counts.
                    if words != "{}" or not amount.isdecimal()
                )
            case t.Elapsed(amount=amounts):
                yield from _on(amounts, say)


def _at_least(sign: str, amount: str) -> str:
    """``over 50 %``; any amount at all is ``some``."""
    nothing = sign == ">" and amount.split(maxsplit=1)[0] == "0"
    return "some" if nothing else f"{SIGN[sign]}{amount}"


def _on(amounts: Amounts, say: Speaker) -> Iterator[str]:
    amount = amount_on(amounts, say.day)
    if amount is not None:
        yield amount_words(amount)
