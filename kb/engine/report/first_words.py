"""What a biller is to hear first: what the claim lacks, though the chart is still open.

Three kinds of rules are open by the chart alone and yet tell what to do with the claim:
one that bars a service unless an exception is shown, one that asks for a modifier where
the chart has it so, and one that lets choose between approval and review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.walk import walk
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.report.chart_words import FACTS, only_opens
from kb.engine.report.checklist import fix_of_lines
from kb.engine.report.counts import broken
from kb.engine.report.words import (
    in_a_row,
    lines_named,
    sentence,
    title_of,
    words_of,
)

Holds = Callable[[RuleResult, Engine], bool]
Found = tuple[str, str]
"""A sentence, and what to do."""


def first_words(answer: ClaimAnswer, engine: Engine) -> Found:
    """The sentences of these rules and what to do, the gravest first; empty of none."""
    found = [
        *over_limits(answer, engine),
        *told(answer, engine, is_barred),
        *told(answer, engine, asks_a_correction),
    ]
    said = " ".join(dict.fromkeys(say for say, _do in found))
    todo = " ".join(dict.fromkeys(do for _say, do in found))
    return said, todo


def told(answer: ClaimAnswer, engine: Engine, holds: Holds) -> Iterator[Found]:
    """Each such rule once, with all the lines that it is open on."""
    on: dict[str, list[LineAnswer]] = {}
    for line in answer.lines:
        for result in line.results:
            if is_open(result) and holds(result, engine):
                on.setdefault(result.rule, []).append(line)
    for rule, lines in on.items():
        title = sentence(title_of(words_of(rule, engine)))
        every = len(lines) == len(answer.lines)
        named = lines_named([line.number for line in lines]).capitalize()
        say = title if every else f"{named}: {title}"
        yield say, fix_of_lines(rule, lines, engine)


def over_limits(answer: ClaimAnswer, engine: Engine) -> Iterator[Found]:
    """The limits that are passed, unless the chart shows what excuses it."""
    for line in answer.lines:
        for result in line.results:
            total = result.arithmetic
            if not is_open(result) or total is None or total.limit is None:
                continue
            over = total.counted + total.this > total.limit
            if over and not total.choices and is_excused_by(result, engine):
                facts = in_a_row([x.replace("-", " ") for x in result.about])
                unless = f"{broken(total)}, unless the chart shows the {facts}"
                every = len(answer.lines) == 1
                name = "" if every else f"Line {line.number}: "
                yield f"{name}{sentence(unless)}", ""


def is_open(result: RuleResult) -> bool:
    """Whether the chart decides a rule that its author does not let go."""
    return (result.status, result.outcome) == ("unknown", "needs-evidence")


def is_barred(result: RuleResult, engine: Engine) -> bool:
    """Whether a rule refuses the service as it stands, unless an exception is shown."""
    tree = engine.program.tree(result.rule)
    if tree is None or not isinstance(tree.duty, d.NeverCovered):
        return False
    return is_excused_by(result, engine)


def is_excused_by(result: RuleResult, engine: Engine) -> bool:
    """Whether a rule is open by nothing but what may excuse it."""
    tree = engine.program.tree(result.rule)
    if tree is None:
        return False
    ways_out = [tree.unless] if tree.unless is not None else []
    ways_out += [one.when for one in tree.exceptions]
    excusing = {fact for test in ways_out for fact in facts_of(test)}
    return bool(result.about) and excusing.issuperset(result.about)


def asks_a_correction(result: RuleResult, engine: Engine) -> bool:
    """Whether a rule is broken by the claim where one fact of the chart is so."""
    tree = engine.program.tree(result.rule)
    corrects = tree is not None and tree.otherwise.outcome == "fix"
    return corrects and any(only_opens(x, result.rule, engine) for x in result.about)


def facts_of(test: t.Test) -> Iterator[str]:
    """The facts of the chart below a test."""
    for node in walk(test):
        if isinstance(node, FACTS) and isinstance(fact := node.fact, str):
            yield fact
