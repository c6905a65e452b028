"""Rules, their scopes, citations, facts, exceptions and scenarios, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from dsl.base.model import CodeSet, Exception_, Policy, Rule, Scenario
from dsl.ir.codec import encode_rule
from kb.build.prose import read_prose
from kb.build.references import Mentions, mentions_in
from kb.database.policy_rows import (
    RuleCitationRow,
    RuleCodeRow,
    RuleExceptionRow,
    RuleFactRow,
    RuleMentionRow,
    RuleRow,
    ScenarioRow,
)
from kb.database.row_values import (
    canonical_json,
    citation_rows,
    day_text,
    earlier_day,
    later_day,
    sha256_of,
)
from kb.database.table_rows import Rows


def mentions_by_rule(policies: Iterable[Policy]) -> dict[str, Mentions]:
    """What each rule names, by its row id."""
    return {
        rule_id: mentions_in(rule.tree)
        for policy in policies
        for rule_id, rule in zip(rule_ids(policy), policy.rules, strict=True)
    }


def rule_rows(
    policies: Sequence[Policy],
    code_sets: Mapping[str, CodeSet],
    mentions: Mapping[str, Mentions],
) -> Rows:
    """Rows of every rule of every policy version."""
    tables: dict[str, list[tuple[object, ...]]] = {
        "rule": [],
        "rule_code": [],
        "rule_citation": [],
        "rule_fact": [],
        "rule_mention": [],
        "rule_exception": [],
    }
    for policy in policies:
        ids = rule_ids(policy)
        for position, (rule_id, rule) in enumerate(zip(ids, policy.rules, strict=True)):
            tables["rule"].append(_rule_row(rule_id, policy, position + 1, rule))
            tables["rule_code"] += scope_rows(rule_id, rule, code_sets)
            tables["rule_citation"] += citation_rows(
                RuleCitationRow, rule_id, rule.citations
            )
            tables["rule_fact"] += [
                RuleFactRow(rule_id, fact) for fact in mentions[rule_id].facts
            ]
            tables["rule_mention"] += _mention_rows(rule_id, mentions[rule_id])
            tables["rule_exception"] += _exception_rows(rule_id, rule.exceptions)
    return dict(tables)


def _mention_rows(rule_id: str, named: Mentions) -> Iterator[RuleMentionRow]:
    for use, code_set in named.code_sets:
        yield RuleMentionRow(rule_id, use, code_set, None)
    for mention in named.codes:
        yield RuleMentionRow(rule_id, mention.use, None, mention.code)


def rule_ids(policy: Policy) -> list[str]:
    """Row ids of a policy's rules, in their order.

    The first version of a name has the plain id, a later one its first day too.
    """
    earliest: dict[str, date] = {}
    for rule in policy.rules:
        start = rule.span.start or date.min
        earliest[rule.name] = min(start, earliest.get(rule.name, start))
    return [
        _rule_id(policy.version, rule, earliest[rule.name]) for rule in policy.rules
    ]


def _rule_id(version: str, rule: Rule, earliest: date) -> str:
    plain = f"{version}#{rule.name}"
    start = rule.span.start or date.min
    return plain if start == earliest else f"{plain}@{start.isoformat()}"


def _rule_row(rule_id: str, policy: Policy, position: int, rule: Rule) -> RuleRow:
    ir = canonical_json(encode_rule(rule.tree))
    days = rule.tree.in_force.days
    return RuleRow(
        id=rule_id,
        policy_version=policy.version,
        position=position,
        name=rule.name,
        title=rule.title,
        kind=rule.tree.kind,
        duty=rule.duty,
        from_day=day_text(days.start),
        through_day=day_text(days.end),
        code_set=rule.scope,
        outcome=rule.outcome,
        reason=rule.reason,
        carc=rule.carc,
        rarc=canonical_json(rule.rarc),
        fix=rule.fix,
        grade=rule.grade,
        sentence=rule.sentence,
        text=rule.text,
        prose_html=read_prose(rule.prose).html,
        prose_text=read_prose(rule.prose).text,
        ir=ir,
        ir_sha256=sha256_of(ir),
        carried=int(rule.carried),
        origin=rule.origin,
        file=rule.place.file,
        line=rule.place.line,
        end_line=rule.place.end_line,
    )


def scope_rows(
    rule_id: str, rule: Rule, code_sets: Mapping[str, CodeSet]
) -> list[RuleCodeRow]:
    """The rule's scope, one row a code and span, cut to the rule's days.

    Days of another clock (date received) say nothing of dates of service, so they
    cut nothing.
    """
    if rule.scope is None or rule.scope not in code_sets:
        return []
    in_force = rule.tree.in_force
    by_service = in_force.clock == "service"
    first = day_text(in_force.days.start) if by_service else None
    last = day_text(in_force.days.end) if by_service else None
    rows = []
    for member in code_sets[rule.scope].members:
        start = later_day(first, day_text(member.span.start))
        end = earlier_day(last, day_text(member.span.end))
        if start is None or end is None or start <= end:
            rows.append(RuleCodeRow(rule_id, member.code, start, end))
    return rows


def _exception_rows(
    rule_id: str, exceptions: Iterable[Exception_]
) -> Iterator[RuleExceptionRow]:
    for position, exception in enumerate(exceptions, 1):
        yield RuleExceptionRow(
            rule=rule_id,
            position=position,
            name=exception.name,
            title=exception.title,
            of=exception.of,
            sentence=exception.sentence,
            text=exception.text,
            prose_html=read_prose(exception.prose).html,
            citations=canonical_json(
                [
                    {
                        "source": cited.source,
                        "passage": cited.passage,
                        "quote": cited.quote,
                    }
                    for cited in exception.citations
                ]
            ),
            file=exception.place.file,
            line=exception.place.line,
        )


def scenario_rows(policies: Iterable[Policy]) -> Rows:
    """Rows of the worked claims."""
    return {
        "scenario": [
            _scenario_row(policy, position, scenario)
            for policy in policies
            for position, scenario in enumerate(policy.scenarios, 1)
        ]
    }


def _scenario_row(policy: Policy, position: int, scenario: Scenario) -> ScenarioRow:
    return ScenarioRow(
        id=f"{policy.version}#{scenario.name}",
        policy_version=policy.version,
        position=position,
        name=scenario.name,
        title=scenario.title,
        claim=canonical_json(scenario.claim),
        expect=canonical_json(scenario.expect),
        prose_html=read_prose(scenario.prose).html,
        origin=scenario.origin,
        file=scenario.place.file,
        line=scenario.place.line,
        end_line=scenario.place.end_line,
    )
