"""Where a rule of a policy and a whole table contradict each other: both are told.

Rows that ship are not the whole table, and contradict nobody by what they lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dsl.ir import duties as d
from kb.engine.judge.answer import RuleResult
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.doubles import of_pairs, of_units
from kb.engine.judge.tables.finding import Finding, in_words, is_whole, setting_of
from kb.engine.program import CompiledRule, belongs
from kb.tables.model import Edition, Kind, Tables

Rules = Mapping[str, CompiledRule]
"""The rules of policies in scope on a line, by id."""


def with_contradictions(
    found: Iterable[Finding],
    results: Iterable[RuleResult],
    at: Situation,
    rules: Rules,
    tables: Tables,
) -> list[Finding]:
    """The findings, with what the policies let stand and the tables do not, and the reverse."""
    given, policies = list(found), list(results)
    told = [let_stand(one, policies, at, rules) for one in given]
    return [*told, *not_in_table(given, policies, at, rules, tables)]


def let_stand(
    found: Finding, results: list[RuleResult], at: Situation, rules: Rules
) -> Finding:
    """An objection of a table, with a policy's rule that is kept on the same codes."""
    if found.status != "not-met" or found.edition.shipped:
        return found
    for result in results:
        rule = rules.get(result.rule)
        if rule and result.status == "met" and same_codes(rule, found, at):
            title = rule.title or rule.name.replace("-", " ")
            said = f'{found.because}; the policy\'s rule "{title}" lets it stand'
            return replace(found, because=said.removeprefix("; "))
    return found


def same_codes(rule: CompiledRule, found: Finding, at: Situation) -> bool:
    """Whether a rule asks of the same codes what a table asks."""
    if found.question == "units":
        return of_units(rule.tree)
    duty = rule.tree.duty
    if found.question != "pairs" or not isinstance(duty, d.NotWith):
        return False
    members = at.program.sets.get(duty.set, {})
    return any(
        belongs(members, code, at.day) for code in found.codes if code != at.line.code
    )


def not_in_table(
    found: list[Finding],
    results: list[RuleResult],
    at: Situation,
    rules: Rules,
    tables: Tables,
) -> Iterator[Finding]:
    """A note for each objection of a policy that a whole table does not share."""
    for kind, alike in ((Kind.PAIRS, of_pairs), (Kind.UNIT_CAPS, of_units)):
        edition = tables.edition(kind, setting_of(at), at.day)
        if edition is None or not is_whole(edition):
            continue
        for result in results:
            if result.status != "not-met" or result.outcome == "note":
                continue
            rule = rules.get(result.rule)
            if rule is None or not alike(rule.tree):
                continue
            if kind is Kind.PAIRS:
                yield from no_pair(result, found, at, edition)
            else:
                yield from kept_caps(found)


def no_pair(
    result: RuleResult, found: list[Finding], at: Situation, edition: Edition
) -> Iterator[Finding]:
    """The codes beside a line that a policy keeps apart and no pair does."""
    spoken = {code for one in found if one.question == "pairs" for code in one.codes}
    others = {line.number: line.code for line in at.claim.lines}
    for code in sorted({others[n] for n in result.with_lines if n in others}):
        if code in spoken:
            continue
        yield note(
            edition,
            "pairs",
            f"{at.line.code}-{code}",
            f"No pair of {at.line.code} and {code} ({in_words(edition)})",
            (at.line.code, code),
        )


def kept_caps(found: list[Finding]) -> Iterator[Finding]:
    """A cap that is kept although a policy's is not."""
    for one in found:
        if one.question == "units" and one.status == "met":
            yield note(one.edition, "units", f"{one.entry}-kept", one.title, one.codes)


def note(
    edition: Edition, question: str, entry: str, title: str, codes: tuple[str, ...]
) -> Finding:
    """A note that a table does not object to what a policy objects to."""
    return Finding(
        edition=edition,
        entry=entry,
        question="units" if question == "units" else "pairs",
        reason="",
        status="not-met",
        outcome="note",
        title=title,
        because="the policy objects, the table does not",
        codes=codes,
    )
