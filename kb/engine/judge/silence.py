"""What nobody judged on a line, question by question, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
    at: Situation, heard: Iterable[Heard], reason: str, too_many: str = ""
) -> tuple[NotJudged, ...]:
    """The questions that nothing answered.

    ``reason`` is why the line cannot pass, ``too_many`` why its units are in doubt.
    """
    rules = list(heard)
    if reason and not any(one.rule.tree.scope for one in rules):
        return (NotJudged("everything", reason),)
    if any(never_covered(one) for one in rules):
        # Nothing else would help a service that is not covered at all.
        return ()
    asked: dict[Question, list[Heard]] = defaultdict(list)
    for one in rules:
        for question in questions_of(one.rule, one.policy):
            asked[question].append(one)
    found = (
        NotJudged(question, too_many)
        if too_many and question == "units"
        else why_not(question, asked[question], at, reason)
        for question in ORDER
    )
    return tuple(one for one in found if one is not None)


def never_covered(one: Heard) -> bool:
    """Whether a rule denies the service whatever is shown."""
    tree, status = one.rule.tree, one.judged.result.status
    denied = tree.otherwise.outcome == "deny" and status == "not-met"
    return denied and isinstance(tree.duty, d.NeverCovered)


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
    question: Question, asked: list[Heard], at: Situation, reason: str
) -> NotJudged | None:
    """Why a question has no answer; ``None`` where it has one, or does not matter."""
    for one in asked:
        if one.judged.result.status == "gap" and one.judged.result.outcome != "pass":
            return NotJudged(question, one.rule.title or one.rule.name, one.rule.id)
    for one in asked:
        why = why_open(one, at)
        if why:
            return NotJudged(question, why)
    if any(one.rule.tree.kind == "rule" for one in asked):
        return None
    if reason and question in OF_COVERAGE:
        return NotJudged(question, reason)
    if question == "approval" and approves_nothing(at):
        return None
    return NotJudged(question, UNASKED[question]) if question in UNASKED else None


def why_open(one: Heard, at: Situation) -> str:
    """What claim or history would have to say; empty where only the chart is asked.

    A rule that lets its unknown pass is not missed.
    """
    result = one.judged.result
    if result.status != "unknown" or result.outcome == "pass":
        return ""
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
    return "the history is not complete" if history.lines else "no history is given"


def approves_nothing(at: Situation) -> bool:
    """Whether the payer is of the line that approves nothing beforehand."""
    return any(
        payer.key == at.payer and payer.line_of_business == WITHOUT_APPROVAL
        for payer in at.program.payers
    )
