"""A rule as an answer: its question, its sentence and its conditions, span by span.

An amount with dates changes the words on its days, so a rule is said once for each span
on which they stay the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import Amount, Days
from dsl.ir.rule import Exemption, Rule
from dsl.ir.walk import Node, exemptions, find, nodes, walk
from kb.plain.aspects import aspect_of
from kb.plain.clauses import Names, Speaker
from kb.plain.confined import asks_beyond
from kb.plain.short import short_answer
from kb.plain.trade import in_trade_words, sentence_case

TOLD_BY_THE_TREE = (
    t.Compare,
    t.Earlier,
    t.Diagnosis,
    t.Elapsed,
    t.AtLeast,
    t.Choice,
    t.SameDay,
    t.Billed,
)
"""Requirements with these are said from their tree, others by their author's title."""
LONGEST_WAY_OUT = 90
"""Letters of an exception's test that stand behind its title."""
CAVEAT = re.compile(
    r"\b(not (?:read|found|known|clear|said|stated|seen|checked|told)|nobody|unclear|ours"
    r"|disagree\w*|differ\w*|proposed|draft|digest|accounts?|by others|look \w+ \w+ up)\b",
    re.IGNORECASE,
)
FIRST_DAY = re.compile(
    r"\bfirst day\b|\bwe answer from\b|\bearlier (?:versions?|claims?)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“])")


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule answers on a span of days."""

    days: Days
    aspect: str
    short: str
    sentence: str
    condition: str
    in_some_cases: bool
    """Whether it applies in some cases only, beside its codes, exceptions and place."""
    lists: tuple[str, ...]
    """Keys of the lists of diagnoses that it asks for."""


def answers_of(
    rule: Rule, title: str, ways_out: dict[str, str], names: Names
) -> Iterator[Said]:
    """The rule said for each span; ``ways_out`` are the titles of its exceptions."""
    aspect = aspect_of(rule)
    for days in spans_of(rule):
        say = Speaker(names, days.start or date.min)
        yield Said(
            days=days,
            aspect=aspect,
            short=short_answer(rule, aspect, say),
            sentence=sentence_of(rule, title, say),
            condition="; ".join(conditions_of(rule, ways_out, say)),
            in_some_cases=asks_beyond(rule.when),
            lists=tuple(dict.fromkeys(each.set for each in find(rule, t.Diagnosis))),
        )


def sentence_of(rule: Rule, title: str, say: Speaker) -> str:
    """The rule as a sentence without its full stop, its numbers in it."""
    author = sentence_case(in_trade_words(title))
    match rule.duty:
        case None | d.NeverCovered() | d.Covers():
            return author
        case d.Require(test) if not any(
            isinstance(each, TOLD_BY_THE_TREE) for each in walk(test)
        ):
            return author
    return say.duty(rule.duty) + say.last(rule.last)


def conditions_of(rule: Rule, ways_out: dict[str, str], say: Speaker) -> Iterator[str]:
    """When the rule applies and when not, beside its codes."""
    if rule.claims:
        yield f"on {rule.claims} claims"
    if rule.when:
        yield f"when {say.whole(rule.when)}"
    if rule.unless:
        yield f"unless {say.whole(rule.unless)}"
    for way_out in exemptions(rule.exceptions):
        yield f"except: {_way_out(way_out, ways_out, say)}"


def _way_out(way_out: Exemption, titles: dict[str, str], say: Speaker) -> str:
    title = in_trade_words(titles.get(way_out.name, ""))
    if title and not any(
        isinstance(each, TOLD_BY_THE_TREE) for each in walk(way_out.when)
    ):
        return title
    said = say.whole(way_out.when)
    amounts = any(True for node in walk(way_out.when) for _ in amounts_in(node))
    if title and len(said) > LONGEST_WAY_OUT and not amounts:
        return title  # codes alone in the test: its page has them
    return f"{title} ({said})" if title else said


def spans_of(rule: Rule) -> Iterator[Days]:
    """The spans of the rule's days on which its words stay the same."""
    given = rule.in_force.days
    starts = {
        day
        for node in nodes(rule)
        for amount in amounts_in(node)
        for day in _changes(amount.days)
        if given.hold(day) and day != given.start
    }
    first = given.start
    for start in sorted(starts):
        yield Days(first, start - timedelta(days=1))
        first = start
    yield Days(first, given.end)


def amounts_in(node: Node) -> Iterator[Amount]:
    """The dated amounts that stand right in a node."""
    match node:
        case d.Limit(count=amounts) | d.Interval(least=amounts):
            yield from amounts
        case t.Compare(amount=amounts) | t.Elapsed(amount=amounts):
            yield from amounts
        case t.Earlier(before=before, apart=apart):
            yield from before or ()
            yield from apart or ()


def _changes(days: Days) -> Iterator[date]:
    if days.start is not None:
        yield days.start
    if days.end is not None:
        yield days.end + timedelta(days=1)


def caveats_of(prose: str) -> str:
    """The sentences of a policy's explanation that say what was not read or is in doubt.

    What it says of its first day is left out: that stands in the policy's days.
    """
    return " ".join(
        sentence
        for sentence in sentences_of(prose)
        if CAVEAT.search(sentence) and not FIRST_DAY.search(sentence)
    )


def sentences_of(prose: str) -> Iterable[str]:
    """The sentences of a plain text."""
    return _SENTENCE.split(" ".join(prose.split()))
