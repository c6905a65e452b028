"""A compiled rule in one plain sentence, made from its tree alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.forms import TESTS, Form
from dsl.ir.parts import (
    Amounts,
    Calendar,
    Count,
    Counting,
    Lifetime,
    OneSession,
    PlanYear,
    Rolling,
    Window,
)
from dsl.ir.rule import Last, Rule

UNIT_WORDS = {"session": "session", "line": "claim line", "unit": "unit"}
CMP_WORDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
OUTCOME_WORDS = {
    "deny": "denied",
    "fix": "to be corrected",
    "needs-auth": "waiting for an authorization",
    "needs-evidence": "waiting for records",
    "review": "for a person to review",
    "note": "noted",
}
SetName = Callable[[str], str]


def sentence(rule: Rule, set_name: SetName) -> str:
    """The rule in one sentence; ``set_name`` gives the name to show for a set."""
    say = Sayer(set_name)
    scope = f"For {set_name(rule.scope)}" if rule.scope else "For every line"
    if rule.claims:
        scope += f" on {rule.claims} claims"
    parts = [scope]
    if rule.when:
        parts.append(f"when {say.test(rule.when)}")
    if rule.duty is None:
        return ", ".join(parts) + ": a claim cannot show this."
    if isinstance(rule.duty, d.Covers):
        excused = f", unless {say.test(rule.unless)}" if rule.unless else ""
        return ", ".join(parts) + f": {say.duty(rule.duty)}{excused}."
    text = ", ".join(parts) + ": " + say.duty(rule.duty)
    if rule.unless:
        text += f", unless {say.test(rule.unless)}"
    text += last_words(rule.last, set_name)
    outcome = rule.otherwise
    ending = OUTCOME_WORDS.get(outcome.outcome, outcome.outcome)
    codes = " ".join([outcome.carc, *outcome.rarc]).strip()
    return f"{text}; otherwise {ending}{f' ({codes})' if codes else ''}."


def last_words(last: Last | None, set_name: SetName) -> str:
    """Of which earlier service the rule speaks, where its modifiers tell; else nothing."""
    if last is None or (last.modifier is None and last.without is None):
        return ""
    words = "".join(f", same {group}" for group in last.same)
    words += f", with modifier {last.modifier}" if last.modifier is not None else ""
    words += f", without modifier {last.without}" if last.without is not None else ""
    return f" (of the last {set_name(last.set)}{words})"


def amount_words(amounts: Amounts) -> str:
    """An amount, or dated amounts, in words."""
    parts = []
    for amount in amounts:
        text = str(amount.amount)
        if amount.unit != "number":
            plural = "s" if amount.amount != 1 and amount.unit != "percent" else ""
            text += f" {amount.unit}{plural}"
        if len(amounts) > 1 and amount.days.start:
            text += f" from {amount.days.start}"
        if len(amounts) > 1 and amount.days.end:
            text += f" through {amount.days.end}"
        parts.append(text)
    return " or ".join(parts) or "an amount"


def window_words(window: Window) -> str:
    """A window in the words of the language."""
    match window:
        case Rolling():
            plural = "s" if window.n != 1 else ""
            return f"in any {window.n} {window.unit}{plural}"
        case Calendar():
            return f"in each calendar {window.unit}"
        case Lifetime():
            return "in a lifetime"
        case PlanYear():
            return "in each plan year"
        case OneSession():
            return "in one session"
    return "on one date"


def per_words(groups: tuple[str, ...]) -> str:
    """``per region per side``, with a blank before each."""
    return "".join(f" per {group}" for group in groups)


def counting_words(counting: Counting | None) -> str:
    """Which services count, in brackets; nothing for the usual ones."""
    if counting is None:
        return ""
    parts = [f"with {modifier}" for modifier in counting.with_modifiers]
    parts += [f"without {modifier}" for modifier in counting.without_modifiers]
    parts += ["denied ones too"] if counting.denied else []
    parts += ["own claims"] if counting.own else []
    return f" (counting those {', '.join(parts)})"


def count_words(count: Count) -> str:
    """A count in words."""
    low, high = count.least, count.most
    if high == 0:
        return "no"
    if high is None:
        return f"at least {low}"
    return f"exactly {low}" if low == high else f"at most {high}"


def fact_words(key: str | None) -> str:
    """A fact by its key with blanks for dashes."""
    return str(key).replace("-", " ")


@dataclass(frozen=True, slots=True)
class Sayer:
    """Says tests and duties; holds what gives sets their names."""

    set_name: SetName

    def duty(self, duty: d.Duty) -> str:
        """A duty in words."""
        return DUTY_WORDS[type(duty)](duty, self)

    def test(self, test: t.Test) -> str:
        """A test in words."""
        return TEST_WORDS[type(test)](test, self)

    def tests(self, tests: tuple[t.Test, ...], word: str) -> str:
        """Several tests with a word between; inner groups in brackets."""
        parts = [
            f"({self.test(part)})"
            if isinstance(part, t.And | t.Or)
            else self.test(part)
            for part in tests
        ]
        return f" {word} ".join(parts)


# ---------- duties ----------


def say_limit(duty: d.Limit, _say: Sayer) -> str:
    """At most so many in a window."""
    number = amount_words(duty.count)
    unit = UNIT_WORDS.get(duty.unit, duty.unit)
    plural = "" if number == "1" else "s"
    per, window = per_words(duty.per), window_words(duty.window)
    counted = counting_words(duty.counting)
    return f"at most {number} {unit}{plural}{per} {window}{counted}"


def say_limit_by(duty: d.LimitBy, say: Sayer) -> str:
    """A limit for each choice of a fact."""
    cases = (f"{case.choice}: {say.duty(case.limit)}" for case in duty.cases)
    return f"by {fact_words(duty.fact)}, " + ", ".join(cases)


def say_interval(duty: d.Interval, _say: Sayer) -> str:
    """So long between sessions."""
    least, per = amount_words(duty.least), per_words(duty.per)
    return f"at least {least} between sessions{per}"


def say_not_with(duty: d.NotWith, say: Sayer) -> str:
    """Not beside other codes."""
    text = f"not with {say.set_name(duty.set)} on the same date"
    text += "".join(f" and the same {group}" for group in duty.same)
    if duty.unless_modifier:
        text += f", allowed with modifier {' or '.join(duty.unless_modifier)}"
    return text


# ---------- tests ----------


def say_if(test: t.If, say: Sayer) -> str:
    """One test in a case, another in every other."""
    case, then, other = map(say.test, test.of)
    return f"{then} when {case}, else {other}"


def say_at_least(test: t.AtLeast, say: Sayer) -> str:
    """At least n of."""
    return f"at least {test.count} of: {', '.join(map(say.test, test.of))}"


def say_not(test: t.Not, say: Sayer) -> str:
    """Not."""
    (part,) = test.of
    match part:
        case t.Diagnosis():
            return f"no diagnosis in {say.set_name(part.set)}"
        case t.Modifier():
            return f"modifier {part.modifier} absent"
    return f"not ({say.test(part)})"


def say_compare(test: t.Compare, _say: Sayer) -> str:
    """A measured fact."""
    return f"{fact_words(test.fact)} {CMP_WORDS[test.cmp]} {amount_words(test.amount)}"


def say_field(test: t.Field, say: Sayer) -> str:
    """A claim field."""
    values = say.set_name(test.set) if test.set else " or ".join(test.values)
    return f"{test.name} {values}"


def say_date(test: t.DateOfService, _say: Sayer) -> str:
    """The date of service."""
    return f"date {'after' if test.cmp == '>' else 'before'} {test.day}"


def say_elapsed(test: t.Elapsed, _say: Sayer) -> str:
    """How far another day lies from the date of service."""
    day = test.clock or fact_words(test.fact)
    amount = f"{CMP_WORDS[test.cmp]} {amount_words(test.amount)}"
    return f"{day} {amount} {test.side} the date of service"


def say_same_npi(test: t.SameNpi, _say: Sayer) -> str:
    """Two providers that are one."""
    one, other = test.fields
    return f"{one} and {other} are the same"


def say_diagnosis(test: t.Diagnosis, say: Sayer) -> str:
    """A diagnosis."""
    which = "primary diagnosis" if test.which == "primary" else "a diagnosis"
    return f"{which} in {say.set_name(test.set)}"


def say_earlier(test: t.Earlier, say: Sayer) -> str:
    """A count of earlier sessions."""
    parts = [f"{count_words(test.count)} earlier {say.set_name(test.set)}"]
    parts += [f"same {group}" for group in test.same]
    if test.window:
        parts.append(window_words(test.window))
    return ", ".join([*parts, *narrowed_words(test, amount_words, say.test)])


def narrowed_words(
    test: t.Earlier, amount: Callable[[Amounts], str], say: Callable[[t.Test], str]
) -> Iterator[str]:
    """What an earlier service must be, beside its codes and its window."""
    if test.before:
        yield f"at least {amount(test.before)} before"
    if test.apart:
        yield f"at least {amount(test.apart)} apart"
    if test.modifier:
        yield f"with modifier {test.modifier}"
    if test.without:
        yield f"without modifier {test.without}"
    if test.each:
        yield f"each with {say(test.each)}"


def say_same_day(test: t.SameDay, say: Sayer) -> str:
    """A count of other lines of the day."""
    same = "".join(f", same {group}" for group in test.same)
    return f"{count_words(test.count)} same-day {say.set_name(test.set)}{same}"


DUTY_WORDS: dict[type, Callable[..., str]] = {
    d.Require: lambda duty, say: f"required is {say.test(duty.test)}",
    d.NeverCovered: lambda _duty, _say: "never covered",
    d.BillAs: lambda duty, say: f"billed as {say.set_name(duty.set)} instead",
    d.Covers: lambda _duty, _say: "covered without a policy of its own",
    d.Limit: say_limit,
    d.LimitBy: say_limit_by,
    d.Interval: say_interval,
    d.NotWith: say_not_with,
}


def in_its_words(form: Form) -> Callable[..., str]:
    """The words of a form that its declaration gives."""
    return lambda test, _say: form.say(test)


TEST_WORDS: dict[type, Callable[..., str]] = {
    **{form.kind: in_its_words(form) for form in TESTS if form.words},
    t.And: lambda test, say: say.tests(test.of, "and"),
    t.Or: lambda test, say: say.tests(test.of, "or"),
    t.Not: say_not,
    t.AtLeast: say_at_least,
    t.If: say_if,
    t.Compare: say_compare,
    t.Choice: lambda test, _say: f"{fact_words(test.fact)} {' or '.join(test.values)}",
    t.Field: say_field,
    t.DateOfService: say_date,
    t.Elapsed: say_elapsed,
    t.SameNpi: say_same_npi,
    t.Diagnosis: say_diagnosis,
    t.Earlier: say_earlier,
    t.SameDay: say_same_day,
}
