"""What each word of an item stands for: a fact, a code list, a source, a rule ..."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dsl.syntax import nodes as n

KINDS_OF_ROLE: dict[str, tuple[str, ...]] = {
    "codes": ("codes", "code"),
    "fact": ("fact",),
    "test": ("define", "fact"),
    "value": ("value",),
    "source": ("source",),
    "grouping": ("grouping",),
    "rule": ("rule", "gap", "exception"),
    "scenario": ("scenario",),
    "policy": ("policy",),
    "payer": ("payer",),
    "contractor": ("contractor",),
    "changed": ("codes", "value", "define", "rule", "gap"),
}
"""For each role the kinds of items that a word in it may name."""
ROLE_OF_LABEL = {
    "based on": "policy", "payer": "payer", "defers to": "payer", "contractor": "contractor",
    "like": "scenario", "add-on to": "codes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A word with its role; an item's own name has the role ``name``."""

    word: n.Word
    role: str
    item: n.Item


Roles = Iterator[tuple[n.Word, str]]


def spots(item: n.Item) -> Iterator[Spot]:
    """Every word of an item that names something."""
    own = "changed" if item.kind in ("change", "drop") else "name"
    yield Spot(item.name, own, item)
    if item.to is not None:
        yield Spot(item.to, "rule", item)
    for line in item.lines:
        for word, role in roles_of(line):
            yield Spot(word, role, item)


def spot_at(items: tuple[n.Item, ...], line: int, column: int) -> Spot | None:
    """The word that covers a 1-based place."""
    for item in items:
        if item.line <= line <= item.end_line:
            for spot in spots(item):
                start = spot.word.column
                if spot.word.line == line and start <= column <= start + len(
                    spot.word.text
                ):
                    return spot
    return None


def roles_of(node: object) -> Roles:
    """The words below a node with their roles."""
    found = WALKERS.get(type(node))
    if found is not None:
        yield from found(node)


def each(words: n.Words, role: str) -> Roles:
    """Words that share a role."""
    return ((word, role) for word in words)


def of_words_line(line: n.WordsLine) -> Roles:
    """``based on: ...`` and its like."""
    return each(line.words, ROLE_OF_LABEL.get(line.label, ""))


def of_group(line: n.GroupLine) -> Roles:
    """``neck: 64479`` in a grouping."""
    return each(line.words, "codes")


def of_amount_line(line: n.AmountLine) -> Roles:
    """The case of an amount."""
    return each((line.case,) if line.case else (), "test")


def of_for(line: n.For) -> Roles:
    """``for: esi except 62322``."""
    return each((*line.words, *line.excepted), "codes")


def of_looking_at(line: n.LookingAt) -> Roles:
    """``looking at: last esi, same region``."""
    yield line.of, "codes"
    yield from each(line.same, "grouping")


def of_limit_by(line: n.LimitBy) -> Roles:
    """``limit by opioid-risk:`` with its cases."""
    yield line.fact, "fact"
    for _choice, limit in line.cases:
        yield from each(limit.per, "grouping")


def of_interval(line: n.Interval) -> Roles:
    """``interval: at least 14 days between sessions per region``."""
    yield from of_amount(line.least)
    yield from each(line.per, "grouping")


def of_not_with(line: n.NotWith) -> Roles:
    """``not with: facet-injections on same date``."""
    yield from each(line.words, "codes")
    yield from each(line.same, "grouping")


def of_pairs(line: Any) -> Roles:  # noqa: ANN401  (three kinds of lines have pairs)
    """The facts and diagnoses of a scenario's line."""
    for pair in line.pairs:
        yield pair.name, "fact"
        if pair.name.text == "dx":
            yield from each(pair.values, "codes")


def of_billed(line: n.Billed | n.EarlierLine) -> Roles:
    """``line 1: 64483-RT``: the code before its modifiers."""
    code = line.code.text.partition("-")[0]
    yield n.Word(code, line.code.line, line.code.column), "codes"
    yield from of_pairs(line)


def of_expect(line: n.Expect) -> Roles:
    """``expect: line 1 deny by rule under policy about fact``."""
    yield from each(line.by, "rule")
    if line.under:
        yield line.under, "policy"
    yield from each(line.about, "fact")


def of_amount(node: n.AmountNode) -> Roles:
    """An amount, which may be a value's name."""
    if node.unit is None and node.number.text[:1].isalpha():
        yield node.number, "value"


def of_named(test: Any) -> Roles:  # noqa: ANN401  (several tests ask one fact)
    """A test of a fact, perhaps against an amount."""
    yield test.name, "fact"
    if isinstance(test, n.Compare | n.ElapsedTest):
        yield from of_amount(test.amount)


def of_one_of(test: n.OneOf) -> Roles:
    """``place in offices``: the name and perhaps a list."""
    yield test.name, "fact"
    if test.name.text == "place":
        yield from each(test.values, "codes")


def of_earlier(test: n.Earlier) -> Roles:
    """A count of earlier services."""
    yield test.of, "codes"
    yield from each(test.same, "grouping")
    for compare in test.each:
        yield from of_named(compare)


def of_same_day(test: n.SameDay) -> Roles:
    """A count of other lines of the day."""
    yield test.of, "codes"
    yield from each(test.same, "grouping")


def of_parts(test: n.Joined | n.Group) -> Roles:
    """Tests below a test."""
    for part in test.parts:
        yield from roles_of(part)


WALKERS: dict[type, Callable[[Any], Roles]] = {
    n.WordsLine: of_words_line,
    n.FirstDay: lambda line: each((line.ref,) if line.ref else (), "source"),
    n.Cite: lambda line: each((line.ref,), "source"),
    n.Members: lambda line: each(line.words, "codes"),
    n.GroupLine: of_group,
    n.AmountLine: of_amount_line,
    n.For: of_for,
    n.LookingAt: of_looking_at,
    n.TestLine: lambda line: roles_of(line.test),
    n.Limit: lambda line: each(line.per, "grouping"),
    n.LimitBy: of_limit_by,
    n.Interval: of_interval,
    n.NotWith: of_not_with,
    n.BillAs: lambda line: each(line.words, "codes"),
    n.Pairs: of_pairs,
    n.Billed: of_billed,
    n.EarlierLine: of_billed,
    n.Expect: of_expect,
    n.Joined: of_parts,
    n.Group: of_parts,
    n.Yes: lambda test: each((test.name,), "test"),
    n.Documented: of_named,
    n.OneOf: of_one_of,
    n.Compare: of_named,
    n.ElapsedTest: of_named,
    n.WithinTest: of_named,
    n.DiagnosisTest: lambda test: each(test.words, "codes"),
    n.Earlier: of_earlier,
    n.SameDay: of_same_day,
}
