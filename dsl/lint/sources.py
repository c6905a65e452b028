"""Checks of sources and citations."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.base.model import Citation, Grade, Rule
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import deciding, own_rules
from dsl.resolve.vocabulary import GRADES

LONGEST_QUOTE = 300


def citations(asked: Asked) -> Iterator[Citation]:
    """Every citation of the model."""
    model = asked.model
    for policy in model.policies:
        yield from policy.citations
        if policy.first_day.stated:
            yield policy.first_day.stated
        for code_set in policy.code_sets:
            yield from code_set.citations
        for value in policy.values:
            yield from value.citations
        for rule in policy.rules:
            yield from rule.citations
            for exception in rule.exceptions:
                yield from exception.citations
    for words in (
        *(payer.citations for payer in model.payers),
        *(contractor.citations for contractor in model.contractors),
        *(code.citations for code in model.codes),
        *(code_set.citations for code_set in model.code_sets),
    ):
        yield from words


@check("L001", "source-overdue", "warning", "A source is past its review day")
def source_overdue(asked: Asked) -> Iterator[Finding]:
    """Sources whose review day is over on the day asked for."""
    for source in asked.model.sources:
        if asked.today and source.review_by and source.review_by < asked.today:
            yield Finding(
                source.place,
                f"`{source.key}` was to be read again by {source.review_by}. "
                "Read it, mend what changed, and set both days.",
                f"read on: {asked.today}",
            )


@check("L002", "source-without-url", "note", "A source has no address")
def source_without_url(asked: Asked) -> Iterator[Finding]:
    """Sources that a reader cannot open."""
    for source in asked.model.sources:
        if not source.url and source.grade not in ("example", "recalled"):
            yield Finding(source.place, f"`{source.key}` has no `url:` to open it by.")


@check("L003", "source-unused", "note", "A source that nothing cites")
def source_unused(asked: Asked) -> Iterator[Finding]:
    """Sources that no rule, list or word stands on."""
    used = {citation.source for citation in citations(asked)}
    for source in asked.model.sources:
        if source.key not in used:
            yield Finding(source.place, f"Nothing cites `{source.key}`.")


@check("L004", "citation-without-passage", "note", "A citation names no passage")
def citation_without_passage(asked: Asked) -> Iterator[Finding]:
    """Rules that cite a whole document."""
    for _policy, rule in own_rules(asked.model):
        for citation in rule.citations:
            if not citation.passage:
                yield Finding(
                    rule.place,
                    f"`{rule.name}` cites the whole of `{citation.source}`. "
                    "Say which passage, so that a reader finds it.",
                    f"cite: {citation.source}, limitations 1",
                )


@check("L005", "quote-too-long", "warning", "A quote is longer than one sentence")
def quote_too_long(asked: Asked) -> Iterator[Finding]:
    """Quotes that copy more of a payer's text than a short sentence."""
    for _policy, rule in own_rules(asked.model):
        for citation in rule.citations:
            if len(citation.quote) > LONGEST_QUOTE:
                yield Finding(
                    rule.place,
                    f"The quote of `{rule.name}` has {len(citation.quote)} characters. "
                    f"Quote one short sentence, at most {LONGEST_QUOTE}.",
                )


@check("L006", "deny-on-recalled", "warning", "A denial stands on memory alone")
def deny_on_recalled(asked: Asked) -> Iterator[Finding]:
    """Rules that would deny but can only advise."""
    for _policy, rule in own_rules(asked.model):
        if rule.grade == "recalled" and rule.outcome == "deny":
            yield Finding(
                rule.place,
                f"`{rule.name}` denies, but its source is recalled: it will only ask for "
                "a review. Find a source, or say so.",
                "otherwise: review",
            )


@check("L007", "policy-without-citation", "warning", "A policy cites nothing")
def policy_without_citation(asked: Asked) -> Iterator[Finding]:
    """Policies whose head names no document."""
    for policy in deciding(asked.model):
        if not policy.citations:
            yield Finding(policy.place, f"`{policy.path}` cites no document.")


@check("L008", "weaker-citation", "note", "A citation lowers the grade of its rule")
def weaker_citation(asked: Asked) -> Iterator[Finding]:
    """Rules that cite a better source than the one that their grade comes from."""
    grades = {source.key: source.grade for source in asked.model.sources}
    for _policy, rule in own_rules(asked.model):
        better = [c.source for c in rule.citations if above(grades[c.source], rule)]
        lower = [c.source for c in rule.citations if grades[c.source] == rule.grade]
        if better and lower:
            yield Finding(
                rule.place,
                f"`{rule.name}` is {rule.grade} because it cites `{lower[0]}`, though "
                f"`{better[0]}` is {grades[better[0]]}. If one sentence of `{better[0]}` says "
                f"all of it, quote that below its `cite:`; or leave `{lower[0]}` out.",
                "quote: ...",
            )


def above(grade: Grade, rule: Rule) -> bool:
    """Whether a source is known better than the rule that cites it."""
    return GRADES.index(grade) < GRADES.index(rule.grade)
