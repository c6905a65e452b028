"""Typed rules to the JSON of ``docs/ir.md`` and back: the edge where ``Any`` ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from dsl.errors import PayerkbError
from dsl.ir.duties import Case, Duty, Limit
from dsl.ir.forms import DUTY_OF, NAME_OF, TEST_OF, Form
from dsl.ir.parts import (
    Amount,
    Calendar,
    Count,
    Counting,
    Days,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Role,
    Rolling,
    Window,
)
from dsl.ir.rule import Exemption, InForce, Last, Outcome, Rule
from dsl.ir.tests import Test

Json = dict[str, Any]
Coder = Callable[[Any], Any]


class IrError(PayerkbError, ValueError):
    """JSON that is no compiled rule; the text names what is wrong with it."""


# ---------- parts ----------


def days_json(days: Days) -> Json:
    """Days as ``from`` and ``through``."""
    return {"from": iso(days.start), "through": iso(days.end)}


def iso(day: date | None) -> str | None:
    """A day as text."""
    return day.isoformat() if day else None


def days_of(given: Mapping[str, Any]) -> Days:
    """Days out of ``from`` and ``through``."""
    return Days(day_of(given["from"]), day_of(given["through"]))


def day_of(text: str | None) -> date | None:
    """A day out of text."""
    return date.fromisoformat(text) if text is not None else None


def amount_json(amount: Amount) -> Json:
    """One dated amount."""
    return {"amount": amount.amount, "unit": amount.unit, **days_json(amount.days)}


def amount_of(given: Json) -> Amount:
    """One dated amount out of JSON."""
    return Amount(given["amount"], given["unit"], days_of(given))


WHOLE_WINDOWS: dict[str, Window] = {
    "plan-year": PlanYear(),
    "lifetime": Lifetime(),
    "session": OneSession(),
    "date": OneDate(),
}
WINDOW_KINDS = {type(window): kind for kind, window in WHOLE_WINDOWS.items()}


def window_json(window: Window) -> Json:
    """A window."""
    match window:
        case Rolling():
            return {"kind": "rolling", "n": window.n, "unit": window.unit}
        case Calendar():
            return {"kind": "calendar", "unit": window.unit}
        case _:
            return {"kind": WINDOW_KINDS[type(window)]}


def window_of(given: Json) -> Window:
    """A window out of JSON."""
    match given["kind"]:
        case "rolling":
            return Rolling(given["n"], given["unit"])
        case "calendar":
            return Calendar(given["unit"])
        case kind:
            return WHOLE_WINDOWS[kind]


def count_json(count: Count) -> Json:
    """A count."""
    return {"min": count.least, "max": count.most}


def counting_json(counting: Counting) -> Json:
    """Which services count."""
    return {
        "with": list(counting.with_modifiers),
        "without": list(counting.without_modifiers),
        "denied": counting.denied,
        "own": counting.own,
    }


def counting_of(given: Json) -> Counting:
    """Which services count, out of JSON."""
    return Counting(
        tuple(given["with"]), tuple(given["without"]), given["denied"], given["own"]
    )


def cases_json(cases: tuple[Case, ...]) -> list[Json]:
    """Limits by choice."""
    return [{"choice": case.choice, "limit": encode_duty(case.limit)} for case in cases]


def cases_of(given: list[Json]) -> tuple[Case, ...]:
    """Limits by choice, out of JSON."""
    return tuple(
        Case(case["choice"], cast("Limit", decode_duty(case["limit"])))
        for case in given
    )


# ---------- tests and duties ----------


def encode_test(test: Test) -> Json:
    """A test as JSON."""
    form = TEST_OF[NAME_OF[type(test)]]
    return {"op": form.name, **fields_json(test, form)}


def encode_duty(duty: Duty) -> Json:
    """A duty as JSON."""
    form = DUTY_OF[NAME_OF[type(duty)]]
    return {"duty": form.name, **fields_json(duty, form)}


def fields_json(node: Test | Duty, form: Form) -> Json:
    """The fields of a form by their keys."""
    found: Json = {}
    for part in form.parts:
        held = getattr(node, part.name)
        if held is None and part.optional:
            continue
        write = WRITE.get(part.role)
        found[part.key] = write(held) if write and held is not None else held
    return found


def decode_test(given: Json) -> Test:
    """A test out of JSON."""
    return cast("Test", node_of(given, TEST_OF, given.get("op")))


def decode_duty(given: Json) -> Duty:
    """A duty out of JSON."""
    return cast("Duty", node_of(given, DUTY_OF, given.get("duty")))


def node_of(given: Json, forms: Mapping[str, Form], name: object) -> Test | Duty:
    """A test or a duty out of JSON, by the form that its name declares."""
    form = forms.get(name) if isinstance(name, str) else None
    if form is None:
        raise IrError(f"there is no form {name!r}; known are {', '.join(forms)}")
    values = {}
    for part in form.parts:
        held = given.get(part.key) if part.optional else given[part.key]
        read = READ.get(part.role)
        values[part.name] = read(held) if read and held is not None else held
    make: Callable[..., Test | Duty] = form.kind
    return make(**values)


def amounts_json(amounts: tuple[Amount, ...]) -> list[Json]:
    """Dated amounts."""
    return [amount_json(amount) for amount in amounts]


def amounts_of(given: list[Json]) -> tuple[Amount, ...]:
    """Dated amounts out of JSON."""
    return tuple(amount_of(amount) for amount in given)


WRITE: dict[Role, Coder] = {
    Role.TEST: encode_test,
    Role.TESTS: lambda tests: [encode_test(test) for test in tests],
    Role.AMOUNTS: amounts_json,
    Role.WINDOW: window_json,
    Role.COUNT: count_json,
    Role.COUNTING: counting_json,
    Role.CASES: cases_json,
    Role.GROUPS: list,
    Role.WORDS: list,
    Role.MODIFIERS: list,
    Role.DAY: date.isoformat,
}
READ: dict[Role, Coder] = {
    Role.TEST: decode_test,
    Role.TESTS: lambda tests: tuple(map(decode_test, tests)),
    Role.AMOUNTS: amounts_of,
    Role.WINDOW: window_of,
    Role.COUNT: lambda count: Count(count["min"], count["max"]),
    Role.COUNTING: counting_of,
    Role.CASES: cases_of,
    Role.GROUPS: tuple,
    Role.WORDS: tuple,
    Role.MODIFIERS: tuple,
    Role.DAY: date.fromisoformat,
}


# ---------- rules ----------


def encode_rule(rule: Rule) -> Json:
    """A rule as JSON."""
    return {
        "ir": rule.ir,
        "policy": rule.policy,
        "version": rule.version,
        "rule": rule.rule,
        "kind": rule.kind,
        "in_force": {
            **days_json(rule.in_force.days),
            "clock": rule.in_force.clock,
            "ended": rule.in_force.ended,
        },
        "scope": rule.scope,
        "claims": rule.claims,
        "last": last_json(rule.last) if rule.last else None,
        "when": encode_test(rule.when) if rule.when else None,
        "unless": encode_test(rule.unless) if rule.unless else None,
        "exceptions": [exemption_json(e) for e in rule.exceptions],
        "duty": encode_duty(rule.duty) if rule.duty else None,
        "otherwise": outcome_json(rule.otherwise),
        "if_unknown": outcome_json(rule.if_unknown) if rule.if_unknown else None,
        "if_when_unknown": (
            outcome_json(rule.if_when_unknown) if rule.if_when_unknown else None
        ),
        "advisory": rule.advisory,
    }


def decode_rule(given: Json) -> Rule:
    """A rule out of JSON.

    Raises ``IrError`` when it has another shape.
    """
    try:
        return Rule(
            ir=given["ir"],
            policy=given["policy"],
            version=given["version"],
            rule=given["rule"],
            kind=given["kind"],
            in_force=InForce(
                days_of(given["in_force"]),
                given["in_force"]["clock"],
                given["in_force"]["ended"],
            ),
            scope=given["scope"],
            claims=given["claims"],
            last=last_of(given["last"]) if given["last"] else None,
            when=decode_test(given["when"]) if given["when"] else None,
            unless=decode_test(given["unless"]) if given["unless"] else None,
            exceptions=tuple(map(exemption_of, given["exceptions"])),
            duty=decode_duty(given["duty"]) if given["duty"] else None,
            otherwise=outcome_of(given["otherwise"]),
            if_unknown=outcome_of(given["if_unknown"]) if given["if_unknown"] else None,
            if_when_unknown=(
                outcome_of(given["if_when_unknown"])
                if given["if_when_unknown"]
                else None
            ),
            advisory=given["advisory"],
        )
    except IrError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IrError(
            f"a part of the rule is missing or of another kind ({error})"
        ) from None


def last_json(last: Last) -> Json:
    """Whose facts a rule looks at; modifiers only where they are named."""
    found: Json = {"set": last.set, "same": list(last.same)}
    if last.modifier is not None:
        found["modifier"] = last.modifier
    if last.without is not None:
        found["without"] = last.without
    return found


def last_of(given: Json) -> Last:
    """Whose facts a rule looks at, out of JSON."""
    return Last(
        given["set"], tuple(given["same"]), given.get("modifier"), given.get("without")
    )


def outcome_json(outcome: Outcome) -> Json:
    """What follows."""
    return {
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "carc": outcome.carc,
        "rarc": list(outcome.rarc),
    }


def outcome_of(given: Json) -> Outcome:
    """What follows, out of JSON."""
    return Outcome(
        given["outcome"], given["reason"], given["carc"], tuple(given["rarc"])
    )


def exemption_json(exemption: Exemption) -> Json:
    """An exception."""
    return {
        "name": exemption.name,
        "in_force": days_json(exemption.days),
        "when": encode_test(exemption.when),
        "exceptions": [exemption_json(e) for e in exemption.exceptions],
    }


def exemption_of(given: Json) -> Exemption:
    """An exception out of JSON."""
    return Exemption(
        given["name"],
        days_of(given["in_force"]),
        decode_test(given["when"]),
        tuple(map(exemption_of, given["exceptions"])),
    )
