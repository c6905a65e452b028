"""Lines of a claim that a rule finds standing together where they should not."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ir import duties as d
from dsl.ir.rule import Rule
from dsl.ir.tests import Billed, SameDay
from dsl.ir.walk import walk
from kb.engine.judge import windows
from kb.engine.judge.beside import on_the_other_side, told_before
from kb.engine.judge.books import Question
from kb.engine.judge.counting import question_of
from kb.engine.judge.situation import Situation


def lines_beside(tree: Rule, at: Situation) -> tuple[int, ...]:
    """The other lines of the claim, by number, that a broken rule counts with this one."""
    if len(at.claim.lines) == 1:
        return ()
    numbers = {number for asked in questions(tree) for number in on_day(asked, at)}
    numbers.update(as_billed(tree, at))
    return tuple(sorted(numbers))


def as_billed(tree: Rule, at: Situation) -> Iterator[int]:
    """The claim's other lines that repeat this one, or bill its other side."""
    parts = (part for part in (tree.when, tree.duty) if part is not None)
    for node in (node for part in parts for node in walk(part)):
        if not isinstance(node, Billed):
            continue
        found = told_before(at) if node.how == "once" else on_the_other_side(at)
        for event in found.sure:
            if event.claim == at.claim.id and event.line > 0:
                yield event.line


def questions(tree: Rule) -> Iterator[Question]:
    """Which services of the date the duty looks at."""
    match tree.duty:
        case d.NotWith() as duty:
            yield Question(duty.set, duty.same)
        case d.Limit() as duty:
            yield from of_one_date(duty, tree.scope)
        case d.LimitBy() as duty:
            for case in duty.cases:
                yield from of_one_date(case.limit, tree.scope)
        case d.Require() as duty:
            for node in walk(duty):
                if isinstance(node, SameDay):
                    yield Question(node.set, node.same)


def of_one_date(limit: d.Limit, scope: str | None) -> Iterator[Question]:
    """The services of a limit of one date: over time, the history decides."""
    if windows.is_one_date(limit.window):
        yield question_of(limit.per, limit.counting, scope)


def on_day(asked: Question, at: Situation) -> Iterator[int]:
    """The numbers of the claim's other lines that count on its date for certain."""
    page = at.book(asked).page(at.day)
    for event in page.sure if page else ():
        if event.claim == at.claim.id and event.line not in (0, at.line.number):
            yield event.line
