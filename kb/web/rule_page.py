"""A rule on a page of its own, at an address that stays: by policy and name."""

from __future__ import annotations

from dataclasses import dataclass

from kb.read.card_store import Answer, answers_of
from kb.read.policy_store import policy_contents, scenarios_of
from kb.read.records import Fact, Json, Policy, Rule, Scenario
from kb.read.store import KnowledgeBase, versions_of_policy
from kb.web.page import Page, not_loaded

CLAIMS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RuleFound:
    """A rule with all that its page tells."""

    policy: Policy
    rule: Rule
    answer: Answer | None
    """In the field's words; none for an open point."""
    codes: tuple[str, ...]
    """On any day; none: every line."""
    facts: tuple[Fact, ...]
    scenarios: tuple[Scenario, ...]
    """Those of its policy version in which its name stands."""
    versions: tuple[tuple[Policy, Rule], ...]
    """The rule in every version of its policy, first to last."""

    @property
    def worked(self) -> tuple[Scenario, ...]:
        """The worked claims on which the rule must speak; where it objects, first."""
        named = (each for each in self.scenarios if self._objects(each) is not None)
        return tuple(sorted(named, key=lambda each: not self._objects(each)))

    def _objects(self, scenario: Scenario) -> bool | None:
        """Whether the rule objects on a worked claim; ``None`` where it is not named."""
        own = [each for each in scenario.expect if each["by"] == self.rule.name]
        return any(each["outcome"] for each in own) if own else None


def rule_address(policy: str, rule: str) -> str:
    """The address of a rule in its latest version."""
    return f"/rule/{policy}/{rule}"


def split(path: str) -> tuple[str, str, str]:
    """Policy, first day of the version asked for (or nothing) and rule of an address."""
    policy, _, name = path.rpartition("/")
    policy, _, day = policy.partition("@")
    return policy, day, name


def latest_of(kb: KnowledgeBase, path: str) -> str:
    """Where an address of a version that is no longer loaded leads; else nothing."""
    policy, day, name = split(path)
    versions = versions_of_policy(kb, policy)
    known = {each.from_day or "" for each in versions}
    return rule_address(policy, name) if day and versions and day not in known else ""


def found_rule(kb: KnowledgeBase, path: str, on: str = "") -> RuleFound:
    """The rule at an address: of the version named, in force on a day, or the latest.

    Raises ``PageProblem`` when no version of its policy has such a rule.
    """
    policy, day, name = split(path)
    versions = versions_of_policy(kb, policy)
    having = [
        (content, rule)
        for content in policy_contents(kb, (each.id for each in versions))
        for rule in content.rules
        if rule.name == name
    ]
    having.sort(key=lambda each: (each[1].from_day or "", each[0].policy.id))
    asked = [each for each in having if not day or each[0].policy.from_day == day]
    if not asked:
        raise not_loaded("rule")
    in_force = [each for each in asked if on and _holds(each[1], on)]
    content, rule = (in_force or asked)[-1]
    listed = [each for each in content.code_sets if each.id == rule.code_set]
    return RuleFound(
        policy=content.policy,
        rule=rule,
        answer=_answer(kb, rule, on),
        codes=tuple(sorted({m.code for each in listed for m in each.members})),
        facts=tuple(each for each in content.facts if each.id in rule.facts),
        scenarios=scenarios_of(kb, content.policy.id, rule.name),
        versions=tuple((each.policy, one) for each, one in having),
    )


def _holds(rule: Rule, day: str) -> bool:
    return (rule.from_day or "") <= day <= (rule.through_day or "9999-12-31")


def _answer(kb: KnowledgeBase, rule: Rule, on: str) -> Answer | None:
    """The rule in the field's words: those of the day, where they change."""
    said = answers_of(kb, [rule.policy_version]).get(rule.policy_version)
    own = [each for each in said.all if each.rule == rule.id] if said else []
    of_day = [each for each in own if (each.from_day or "") <= on]
    return next(reversed(of_day or own), None)


def rule_page(kb: KnowledgeBase, path: str, on: str = "") -> Page:
    """Sentence, number, source with its words, fix, exceptions, examples, versions."""
    found = found_rule(kb, path, on)
    return Page(
        "kb/rule.html",
        {
            "found": found,
            "policy": found.policy,
            "rule": found.rule,
            "answer": found.answer,
            "codes": found.codes,
            "worked": found.worked[:CLAIMS_SHOWN],
            "more": max(len(found.worked) - CLAIMS_SHOWN, 0),
            "facts": found.facts,
        },
    )


def rule_json(kb: KnowledgeBase, path: str, on: str = "") -> Json:
    """The same for programs, with the rule's tree."""
    found = found_rule(kb, path, on)
    rule, answer = found.rule, found.answer
    return {
        "rule": rule.id,
        "address": rule_address(found.policy.policy, rule.name),
        "policy": found.policy.id,
        "payer": found.policy.payer or None,
        "contractor": found.policy.contractor or None,
        "title": rule.title,
        "short": answer.short if answer else None,
        "sentence": answer.sentence if answer else rule.sentence,
        "condition": (answer.condition or None) if answer else None,
        "from": rule.from_day,
        "through": rule.through_day,
        "outcome": rule.outcome,
        "carc": rule.carc or None,
        "rarc": list(rule.rarc),
        "fix": rule.fix or None,
        "grade": rule.grade,
        "codes": list(found.codes),
        "citations": [
            {
                "source": each.source,
                "title": each.title,
                "passage": each.passage or None,
                "quote": each.quote or None,
                "url": each.url or None,
                "grade": each.grade,
                "read_on": each.read_on,
            }
            for each in rule.citations
        ],
        "exceptions": [
            {"name": each.name, "title": each.title, "of": each.of or None}
            for each in rule.exceptions
        ],
        "facts": list(rule.facts),
        "worked_claims": [each.id for each in found.worked],
        "versions": [each.id for _, each in found.versions],
        "file": rule.file,
        "line": rule.line,
        "ir": rule.ir,
    }
