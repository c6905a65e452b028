"""What nobody judged on a line, question by question, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dsl.ir import duties as d
from dsl.ir.rule import Rule
from dsl.ir.tests import Diagnosis
from dsl.ir.walk import find
from kb.engine.judge import windows
from kb.engine.judge.answer import NotJudged, Question
from kb.engine.judge.billed import left_to_the_claim
from kb.engine.judge.interpret import Judged
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledPolicy, CompiledRule


class Heard(NamedTuple):
    """A rule in scope on a line, and what it came to."""

    policy: CompiledPolicy
    rule: CompiledRule
    judged: Judged


Loud = Mapping[int, Heard]
"""The rules that say anything on a line, by their places in scope and in that order."""


class Asked(NamedTuple):
    """The rules on a line that answer a question."""

    places: tuple[int, ...]
    by_rules: bool
    """Whether any is more than a declared gap."""


Asking = Mapping[Question, Asked]
"""The rules on a line that answer each question."""
NOBODY = Asked((), by_rules=False)


ORDER: tuple[Question, ...] = (
    "diagnosis", "necessity", "frequency", "approval", "modifiers", "units", "pairs",
    "provider",
)  # fmt: skip
OF_COVERAGE: tuple[Question, ...] = ("diagnosis", "necessity", "frequency")
BY_REASON: dict[str, Question] = {
    "authorization": "approval",
    "bundled": "pairs",
    "coding": "modifiers",
    "diagnosis": "diagnosis",
    "documentation": "necessity",
    "frequency": "frequency",
    "modifier": "modifiers",
    "necessity": "necessity",
    "provider": "provider",
    "units": "units",
    "": "necessity",
}
"""What a rule is about by its kind of reason, where its duty does not say."""
UNASKED: dict[Question, str] = {
    "diagnosis": "no loaded rule asks for a diagnosis",
    "necessity": "no loaded rule asks for a finding of the chart",
    "frequency": "no loaded rule says how often",
    "approval": "no loaded rule speaks of approval",
    "units": "no table of unit caps is loaded",
    "pairs": "no table of code pairs is loaded",
}
"""Why a question that matters on every line was not asked."""
WITHOUT_APPROVAL = "medicare"
"""The line of business that approves nothing beforehand, but for what its rules name."""
NAMES = {
    "npi": "the NPI of each provider",
    "place": "the place of service",
    "performer": "who performed it",
    "network": "whether the provider is in the network",
    "received": "the day on which it was received",
    "requested": "the day on which approval was asked for",
    "plan-year-start": "the month and day on which the plan year begins",
}


def not_judged(
    at: Situation,
    loud: Loud,
    asking: Asking,
    reason: str,
    too_many: str = "",
) -> tuple[NotJudged, ...]:
    """The questions that nothing answered.

    ``reason`` is why the line cannot pass, ``too_many`` why its units are in doubt.
    """
    if any(never_covered(one) for one in loud.values()):
        # Nothing else would help a service that is not covered at all.
        return ()
    found = []
    for question in ORDER:
        if too_many and question == "units":
            found.append(NotJudged(question, too_many))
            continue
        why = why_not(question, asking.get(question, NOBODY), loud, at, reason)
        if why is not None:
            found.append(why)
    return tuple(found)


def never_covered(one: Heard) -> bool:
    """Whether a rule is broken that denies the service whatever is shown."""
    tree = one.rule.tree
    broken = one.judged.result.status == "not-met"
    return (
        broken
        and tree.otherwise.outcome == "deny"
        and isinstance(tree.duty, d.NeverCovered)
    )


def asking_of(rules: Iterable[tuple[CompiledRule, CompiledPolicy]]) -> Asking:
    """Which rules answer each question, each by its place among them."""
    found: dict[Question, list[int]] = defaultdict(list)
    by_rules: set[Question] = set()
    for place, (rule, policy) in enumerate(rules):
        for question in questions_of(rule, policy):
            found[question].append(place)
            if rule.tree.kind == "rule":
                by_rules.add(question)
    return {
        question: Asked(tuple(places), question in by_rules)
        for question, places in found.items()
    }


def questions_of(rule: CompiledRule, policy: CompiledPolicy) -> frozenset[Question]:
    """What a rule of a policy answers; kept with it."""
    key = "questions of coverage" if policy.coverage else "questions"
    found = rule.notes.get(key)
    if not isinstance(found, frozenset):
        said = frozenset(questions(rule.tree)) - unspoken(policy)
        found = rule.notes[key] = said
    return found


def unspoken(policy: CompiledPolicy) -> frozenset[Question]:
    """What a policy never answers: one about billing says nothing of coverage."""
    return frozenset() if policy.coverage else frozenset(("diagnosis", "necessity"))


def questions(tree: Rule) -> Iterable[Question]:
    """What a rule answers, by its duty, its kind of reason and what it reads."""
    match tree.duty:
        case None:
            return ("necessity",)
        case d.NotWith():
            return ("pairs",)
        case d.Limit() as limit:
            return of_limit(limit)
        case d.LimitBy() as by:
            return {one for case in by.cases for one in of_limit(case.limit)}
        case d.Interval():
            return ("frequency",)
    question = BY_REASON.get(tree.otherwise.reason)
    if question == "necessity" and any(find(tree, Diagnosis)):
        return ("necessity", "diagnosis")
    return () if question is None else (question,)


def of_limit(limit: d.Limit) -> tuple[Question, ...]:
    """A limit over time says how often; one of billed units on a date caps units."""
    if not windows.is_one_date(limit.window):
        return ("frequency",)
    return ("units",) if limit.unit == "unit" else ()


def why_not(
    question: Question, asked: Asked, heard: Loud, at: Situation, reason: str
) -> NotJudged | None:
    """Why a question has no answer; ``None`` where it has one, or does not matter."""
    # A rule that lets its unknown pass is not missed.
    loud = [
        heard[place]
        for place in asked.places
        if place in heard and heard[place].judged.result.outcome != "pass"
    ]
    for one in loud:
        if one.judged.result.status == "gap":
            return NotJudged(question, one.rule.title or one.rule.name, one.rule.id)
    for one in loud:
        why = why_open(one, at) if one.judged.result.status == "unknown" else ""
        if why:
            return NotJudged(question, why)
    if asked.by_rules:
        return None
    if reason and question in OF_COVERAGE:
        return NotJudged(question, reason)
    if question == "approval" and approves_nothing(at):
        return None
    return NotJudged(question, UNASKED[question]) if question in UNASKED else None


def why_open(one: Heard, at: Situation) -> str:
    """What claim or history would have to say; empty where only the chart is asked."""
    missing = left_to_the_claim(one.judged.to_ask, at.program)
    if missing == {"rule-ended"}:
        return "the rule's last day is over, and no later text is loaded"
    if missing:
        return f"the claim does not say {' and '.join(in_words(n) for n in sorted(missing))}"
    if "history" in one.judged.to_ask:
        return history_in_words(at)
    return ""


def in_words(name: str) -> str:
    """A field or a group as people call it."""
    return NAMES.get(name, f"the {name.replace('-', ' ')}")


def history_in_words(at: Situation) -> str:
    """How much of the earlier services is known."""
    history = at.claim.history
    if history.state == "complete":
        return "the history holds this practice's services only"
    looked_up = history.lines or history.read_from
    return "the history is not complete" if looked_up else "no history is given"


def approves_nothing(at: Situation) -> bool:
    """Whether the payer is of the line that approves nothing beforehand."""
    payers = at.program.payers
    return at.payer in at.program.once(
        "payers that approve nothing",
        lambda: {p.key for p in payers if p.line_of_business == WITHOUT_APPROVAL},
    )
