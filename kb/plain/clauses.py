"""Tests and duties said for billing staff, as of a day: the number, then what it counts.

Sentences of ``dsl.ir.sentences`` are for authors and name things as policies do; these
name nothing by a key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.forms import TESTS as FORMS
from dsl.ir.parts import Amount, Amounts, Cmp, Count, Rolling, Window, amount_on
from dsl.ir.rule import Last
from dsl.ir.sentences import in_its_words, narrowed_words, window_words
from kb.plain.phrases import CHOICE_WORDS, CHOSEN, DATED, MEASURED, TRUE
from kb.plain.trade import (
    in_trade_words,
    mid_sentence,
    place_words,
    plan_words,
    sentence_case,
)

CMP = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
UNITS = {"line": "claim line", "unit": "unit"}
PERFORMERS = "done by a {}"
FEW_CODES = 4
LONGEST_CODES = 48
SUPPORTING = "Diagnoses that support "
CONTRARY: dict[Cmp, Cmp] = {">=": "<", "<=": ">", ">": "<=", "<": ">="}


@dataclass(frozen=True, slots=True)
class SetWords:
    """What a list of codes is called."""

    title: str
    """Empty for a list that only stands in its rule."""
    codes: str
    """Its codes with neighbours as ranges."""
    members: frozenset[str]

    @property
    def number(self) -> int:
        """How many codes it has."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Names:
    """The titles of facts and lists, for sentences that must name no key."""

    facts: Mapping[str, str]
    sets: Mapping[str, SetWords]

    def fact(self, key: str) -> str:
        """A fact by its title, as it stands inside a sentence."""
        return mid_sentence(in_trade_words(self.facts.get(key, key.replace("-", " "))))

    def codes(self, key: str) -> str:
        """A list of procedures by its codes, or by its title where they are many."""
        words = self.sets[key]
        if words.number <= FEW_CODES or not words.title:
            return words.codes
        title = mid_sentence(in_trade_words(words.title)).removeprefix("every ")
        if len(words.codes) <= LONGEST_CODES:
            return f"{title} ({words.codes})"
        return title

    def short_codes(self, key: str) -> str:
        """The codes alone, or how many there are."""
        words = self.sets[key]
        if len(words.codes) <= LONGEST_CODES:
            return words.codes
        return f"{words.number} codes"

    def diagnosis(self, key: str) -> str:
        """A diagnosis of a list, by its codes, or by its title and size."""
        words = self.sets[key]
        if words.number <= FEW_CODES:
            return f"diagnosis {joined(tuple(sorted(words.members)))}"
        if not words.title:
            return f"diagnosis of a list of {words.number} codes"
        title = in_trade_words(words.title)
        if title.startswith(SUPPORTING):
            supported = title.removeprefix(SUPPORTING)
            return f"diagnosis that supports {supported} ({words.number} codes)"
        return f"diagnosis of “{title}” ({words.number} codes)"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says tests and duties on a day."""

    names: Names
    day: date

    def test(self, test: t.Test) -> str:
        """What is asked, as a part of a sentence."""
        return TESTS[type(test)](test, self)

    def whole(self, test: t.Test) -> str:
        """A test that stands by itself: its ways need no brackets around them."""
        if isinstance(test, t.Or) and not _all_modifiers(test.of):
            return ", or ".join(map(self.test, test.of))
        return self.test(test)

    def denied(self, test: t.Test) -> str:
        """That a test is not met, as a part of a sentence."""
        match test:
            case t.Not():
                return self.test(test.of[0])
            case t.Modifier():
                return f"without modifier {test.modifier}"
            case t.Diagnosis():
                return f"no {self.names.diagnosis(test.set)}"
            case t.SameNpi():
                return f"{_providers(test)} are not the same"
            case t.And(of=(one,)) | t.Or(of=(one,)):
                return self.denied(one)
            case t.And() | t.Or():
                joint = "none" if isinstance(test, t.Or) else "not all"
                return f"{joint} of: {'; '.join(map(self.test, test.of))}"
            case t.Field():
                return f"not {self.test(test)}"
            case t.Compare():
                return self.test(replace(test, cmp=CONTRARY[test.cmp]))
            case t.Billed():
                return f"not {self.test(test)}"
        return f"no {_bare(self.test(test))}"

    def duty(self, duty: d.Duty) -> str:
        """A duty as a sentence without its full stop."""
        return sentence_case(DUTIES[type(duty)](duty, self))

    def several(self, tests: tuple[t.Test, ...], joint: str) -> str:
        """Several tests; a group of another kind inside stands in brackets."""
        modifiers = [each.modifier for each in tests if isinstance(each, t.Modifier)]
        if joint == " or " and len(modifiers) == len(tests):
            return f"modifier {joined(tuple(modifiers))}"
        return joint.join(
            f"({self.test(part)})"
            if isinstance(part, t.And | t.Or | t.If) and not _all_modifiers(part.of)
            else self.test(part)
            for part in tests
        )

    def amount(self, amounts: Amounts) -> str:
        """The amount of the day with its unit."""
        found = amount_on(amounts, self.day)
        return amount_words(found) if found else "an amount that is not stated"

    def last(self, last: Last | None) -> str:
        """Which earlier service is looked at, where its modifiers tell."""
        if last is None:
            return ""
        parts = [f"with modifier {last.modifier}"] if last.modifier else []
        parts += [f"without modifier {last.without}"] if last.without else []
        return f" (of the last one {' '.join(parts)})" if parts else ""


def amount_words(amount: Amount) -> str:
    """``4 weeks``, ``50 %``, ``$20``."""
    number = str(amount.amount)
    if amount.unit == "percent":
        return f"{number}\N{NO-BREAK SPACE}%"
    if amount.unit == "dollar":
        return f"${number}"
    if amount.unit == "number":
        return number
    return f"{number} {amount.unit}{'' if number == '1' else 's'}"


def _all_modifiers(tests: tuple[t.Test, ...]) -> bool:
    return all(isinstance(each, t.Modifier) for each in tests)


def _bare(words: str) -> str:
    """Without the article that ``no`` takes the place of."""
    for article in ("a ", "an ", "the "):
        if words.startswith(article):
            return words.removeprefix(article)
    return words


def per_words(groups: tuple[str, ...]) -> str:
    """`` per region and side``: groups by the last word of their names."""
    names = [group.rpartition("-")[2] for group in groups]
    return f" per {' and '.join(names)}" if names else ""


def same_words(groups: tuple[str, ...]) -> str:
    """`` in the same region and side``."""
    names = [group.rpartition("-")[2] for group in groups]
    return f" of the same {' and '.join(names)}" if names else ""


def counted_words(count: Count, what: str) -> str:
    """``at least 2 earlier blocks``."""
    low, high = count.least, count.most
    if high == 0:
        return f"no {what}"
    if high is None:
        return f"at least {low} {what}"
    return f"exactly {low} {what}" if low == high else f"{low} to {high} {what}"


# ---------- duties ----------


def limit(duty: d.Limit, say: Speaker) -> str:
    """At most so many in a window."""
    number = say.amount(duty.count)
    unit = UNITS.get(duty.unit, duty.unit)
    words = f"at most {number} {unit}{'' if number == '1' else 's'}"
    return f"{words}{per_words(duty.per)} {_window(duty.window)}{_counting(duty)}"


def _window(window: Window) -> str:
    if isinstance(window, Rolling):
        return window_words(window)
    return window_words(window).replace("on one date", "on one day")


def _counting(duty: d.Limit | d.Interval) -> str:
    counting = duty.counting
    if counting is None:
        return ""
    parts = [f"with modifier {each}" for each in counting.with_modifiers]
    parts += [f"without modifier {each}" for each in counting.without_modifiers]
    parts += ["denied ones too"] if counting.denied else []
    parts += ["those of the own practice only"] if counting.own else []
    return f" (counting those {', '.join(parts)})" if parts else ""


def limit_by(duty: d.LimitBy, say: Speaker) -> str:
    """A limit for each choice of a fact."""
    cases = (f"{_choice(case.choice)}: {limit(case.limit, say)}" for case in duty.cases)
    return f"by {say.names.fact(duty.fact)}: {'; '.join(cases)}"


def interval(duty: d.Interval, say: Speaker) -> str:
    """So long between sessions."""
    least = say.amount(duty.least)
    return f"at least {least} between sessions{per_words(duty.per)}{_counting(duty)}"


def not_with(duty: d.NotWith, say: Speaker) -> str:
    """Not beside other codes."""
    text = f"not on the same day as {say.names.codes(duty.set)}"
    text += same_words(duty.same)
    if duty.unless_modifier:
        text += f", unless modifier {joined(duty.unless_modifier)} says why"
    return text


def joined(words: tuple[str, ...]) -> str:
    """``a, b or c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


# ---------- tests ----------


def yes(test: t.Yes, say: Speaker) -> str:
    """A yes-no fact."""
    return TRUE.get(test.fact) or say.names.fact(test.fact)


def documented(test: t.Documented, say: Speaker) -> str:
    """A fact that is given at all."""
    return f"{say.names.fact(test.fact)} is documented"


def compare(test: t.Compare, say: Speaker) -> str:
    """A measured fact."""
    words = f"{CMP[test.cmp]} {say.amount(test.amount)}"
    if test.fact in MEASURED:
        return MEASURED[test.fact].format(words)
    return f"{say.names.fact(test.fact)}: {words}"


def choice(test: t.Choice, say: Speaker) -> str:
    """A choice fact."""
    words = joined(tuple(map(_choice, test.values)))
    if test.fact in CHOSEN:
        return CHOSEN[test.fact].format(words)
    return f"{say.names.fact(test.fact)}: {words}"


def _choice(word: str) -> str:
    return CHOICE_WORDS.get(word, word.replace("-", " "))


def field(test: t.Field, say: Speaker) -> str:
    """A field of the claim."""
    if test.name == "place":
        if test.set is not None:
            listed = say.names.sets[test.set]
            return f"in {mid_sentence(listed.title or listed.codes)}"
        return f"in {joined(tuple(map(place_words, test.values)))}"
    words = joined(
        tuple(
            each if test.name in ("state", "level") else each.replace("-", " ")
            for each in test.values
        )
    )
    match test.name:
        case "authorization":
            return f"prior authorization {words}"
        case "network":
            return f"{words} of network" if words == "out" else f"{words} network"
        case "performer":
            return PERFORMERS.format(words)
        case "state":
            return f"in {words}"
        case "plan":
            return f"on {plan_words(test.values)}"
    return f"{test.name} {words}"


def date_of_service(test: t.DateOfService, _say: Speaker) -> str:
    """The date of service."""
    return f"a service {'after' if test.cmp == '>' else 'before'} {test.day}"


CLOCKS = {"received": "claim received", "requested": "approval requested"}


def elapsed(test: t.Elapsed, say: Speaker) -> str:
    """How far another day lies from the date of service."""
    fact = str(test.fact)
    what = CLOCKS[test.clock] if test.clock else DATED.get(fact) or say.names.fact(fact)
    return f"{what} {CMP[test.cmp]} {say.amount(test.amount)} {test.side} the service"


PROVIDERS = {
    "rendering-npi": "the rendering provider",
    "performer-npi": "who did the work",
    "supervising-npi": "the supervising provider",
    "billing-npi": "the billing provider",
}


def _providers(test: t.SameNpi) -> str:
    one, other = test.fields
    return f"{PROVIDERS[one]} and {PROVIDERS[other]}"


def diagnosis(test: t.Diagnosis, say: Speaker) -> str:
    """A diagnosis."""
    which = "a first-listed" if test.which == "primary" else "a"
    return f"{which} {say.names.diagnosis(test.set)}"


def earlier(test: t.Earlier, say: Speaker) -> str:
    """A count of earlier sessions."""
    parts = [
        counted_words(test.count, f"earlier {say.names.codes(test.set)}")
        + same_words(test.same)
    ]
    if test.window:
        parts.append(_window(test.window))
    return ", ".join([*parts, *narrowed_words(test, say.amount, say.test)])


def same_day(test: t.SameDay, say: Speaker) -> str:
    """A count of other lines of the day."""
    what = say.names.codes(test.set)
    same = same_words(test.same)
    if test.count.least == 1 and test.count.most is None:
        return f"{what} on the same day{same}"
    return f"{counted_words(test.count, what)} on the same day{same}"


def if_else(test: t.If, say: Speaker) -> str:
    """One test in a case, another in every other."""
    case, then, other = map(say.test, test.of)
    return f"{then} if {case}, otherwise {other}"


BILLED = {"once": "billed once", "on-both-sides": "billed on both sides"}
DUTIES: dict[type, Callable[..., str]] = {
    d.Require: lambda duty, say: say.whole(duty.test),
    d.NeverCovered: lambda _duty, _say: "not covered",
    d.BillAs: lambda duty, say: f"bill {say.names.codes(duty.set)} instead",
    d.Covers: lambda _duty, _say: "covered, no policy of its own is needed",
    d.Limit: limit,
    d.LimitBy: limit_by,
    d.Interval: interval,
    d.NotWith: not_with,
}
TESTS: dict[type, Callable[..., str]] = {
    # What its declaration says, where staff need no other words.
    **{form.kind: in_its_words(form) for form in FORMS if form.words},
    t.And: lambda test, say: say.several(test.of, " and "),
    t.Or: lambda test, say: say.several(test.of, " or "),
    t.Not: lambda test, say: say.denied(test.of[0]),
    t.AtLeast: lambda test, say: (
        f"at least {test.count} of: {'; '.join(map(say.test, test.of))}"
    ),
    t.If: if_else,
    t.Yes: yes,
    t.Documented: documented,
    t.Compare: compare,
    t.Choice: choice,
    t.Field: field,
    t.DateOfService: date_of_service,
    t.Elapsed: elapsed,
    t.SameNpi: lambda test, _say: f"{_providers(test)} are the same",
    t.Diagnosis: diagnosis,
    t.Modifier: lambda test, _say: f"modifier {test.modifier}",
    t.Billed: lambda test, _say: BILLED[test.how],
    t.Earlier: earlier,
    t.SameDay: same_day,
}
