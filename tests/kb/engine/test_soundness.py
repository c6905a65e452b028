"""Soundness of unknown: what is answered with facts missing holds however they come out.

Random programs and claims are answered, then what the claims leave open is filled in
at random (facts, levels, more history before the first line), and answered again: a
status that was definite must be the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsl.ir.tests import Billed
from dsl.ir.walk import find
from kb.claims.model import Claim, ClaimLine, Facts, History, HistoryLine
from kb.engine.judge.evaluate import evaluate
from kb.engine.judge.events import sides_of
from tests.kb.engine.columns import random_cases as cases
from tests.kb.engine.test_more_information import KINDS, levels_of, lines_of_a_day
from tests.seeds import fresh

DEFINITE = frozenset({"met", "not-met", "exempt", "not-applicable"})
CASES, COMPLETIONS = 2500, 4
PATIENT_FACTS = [n for n, w in cases.FACTS.items() if w.scope != "procedure"]
PROCEDURE_FACTS = [n for n, w in cases.FACTS.items() if w.scope == "procedure"]


def statuses(case: cases.Case) -> dict[tuple[str, int, str], str]:
    return {
        (answer.claim, line.number, result.rule): result.status
        for answer in evaluate(case.program, case.claims)
        for line in answer.lines
        for result in line.results
    }


def filled(dice: cases.Dice, facts: Facts, names: list[str], known: Facts) -> Facts:
    missing = [n for n in names if n not in facts and n not in known]
    more = {
        n: cases._value(dice, cases.FACTS[n]) for n in missing if dice.random() < 0.7
    }
    return {**facts, **more}


FREE_LEVELS = ("C3-C4", "C4-C5", "C5-C6", "C6-C7", "L1-L2", "L2-L3", *cases.LEVELS[1:])
Line = ClaimLine | HistoryLine
Days = dict[date, list[Line]]
"""The lines of a patient by day, with those that a completion gave a level."""


def complete_level(dice: cases.Dice, line: Line, of: Days) -> str:
    """A level where none is given, one at which its count takes the line to be.

    What a code does not name is counted as another level than its side names and than
    any of other codes: a claim that names such a one is another claim, not the same
    with more said.  One that only the other side of its code names may be chosen.
    """
    beside = of[line.date]
    if line.level or not tells_each_level(line, beside):
        return line.level
    taken = {other.level for other in beside if apart(line, other)}
    free = [level for level in FREE_LEVELS if level not in taken]
    if not free:
        return ""
    found = dice.choice(free)
    beside.append(replace(line, level=found))
    return found


def tells_each_level(line: Line, beside: list[Line]) -> bool:
    """Whether one level is what the line lacks.

    A line of several units has no single one.  Nor is one line's level its own where
    the other side of its code tells none: right and left are then one level together.
    """
    unnamed = [other for other in beside if not other.level]
    others = [x for x in beside if not apart(line, x) and (not x.level or x.units > 1)]
    return not others and all(other.units == 1 for other in unnamed)


def apart(line: Line, other: Line) -> bool:
    """Whether two lines of a day cannot be at one level."""
    mine, others = (sides_of(x.modifiers, None) for x in (line, other))
    return line.code != other.code or not mine or not others or bool(mine & others)


def complete_line(dice: cases.Dice, line: ClaimLine, of: Days) -> ClaimLine:
    return replace(line, level=complete_level(dice, line, of))


def names_said(claims: tuple[Claim, ...], patient: str) -> dict[date, set[str]]:
    """The facts that any line, billed or past, says of a patient's day."""
    said: dict[date, set[str]] = defaultdict(set)
    for claim in claims:
        if claim.patient == patient:
            lines: list[Line] = [*claim.lines, *claim.history.lines]
            for line in lines:
                said[line.date] |= set(line.facts)
    return said


def complete_history(
    dice: cases.Dice,
    claim: Claim,
    first: int,
    of: Days,
    said_by_day: dict[date, set[str]],
) -> History:
    """The history with more in it; nothing is added that somebody says of that day.

    Claims and histories of a patient speak of the same sessions: a value of its own in
    each would be a contradiction, which leaves open what was decided.
    """
    history = claim.history
    # What is said of a session on one of its lines is true of the session; where its
    # lines disagree nothing is added, or the completion would contradict the claim.
    of_day: dict[date, Facts] = {}
    disputed: dict[date, Facts] = defaultdict(dict)
    for line in history.lines:
        said = of_day.setdefault(line.date, {})
        disputed[line.date] |= {
            name: value
            for name, value in line.facts.items()
            if said.get(name, value) != value
        }
        of_day[line.date] = {**line.facts, **said}
    own = {day: set(facts) for day, facts in of_day.items()}
    of_day = {
        day: {
            name: value
            for name, value in filled(dice, facts, PROCEDURE_FACTS, claim.facts).items()
            if name not in disputed[day]
            and name not in claim.facts
            and (name in own[day] or name not in said_by_day[day])
        }
        for day, facts in of_day.items()
    }
    for day, facts in of_day.items():
        said_by_day[day] |= set(facts)
    lines = [
        replace(
            line,
            level=complete_level(dice, line, of),
            facts={**of_day[line.date], **line.facts},
        )
        for line in history.lines
    ]
    if history.state == "complete":
        return replace(history, lines=tuple(lines))
    start = min(x.date for x in claim.lines) - timedelta(days=first)
    for _ in range(dice.randrange(4)):
        line = cases._history_line(dice)
        day = start - timedelta(days=dice.choice((0, 13, 14, 30, 200, 364, 366)))
        # What the claim says of the last procedure stays the only word for it.
        told = {n: v for n, v in line.facts.items() if n not in claim.facts}
        lines.append(replace(line, date=day, claim="", status="paid", facts=told))
    return History("complete", "all-billers", tuple(lines))


def complete(seed: int, case: cases.Case, choice: int) -> cases.Case:
    dice = cases.Dice(seed * 1000 + choice)
    days = [x.date for claim in case.claims for x in claim.lines]
    # Added services lie before every line of the run, so that no line's own date changes.
    first = (max(days) - min(days)).days + 1
    claims = []
    lines_of: dict[str, Days] = defaultdict(lambda: defaultdict(list))
    for claim in case.claims:
        given: list[Line] = [*claim.lines, *claim.history.lines]
        for line in given:
            lines_of[claim.patient][line.date].append(line)
    said_of = {c.patient: names_said(case.claims, c.patient) for c in case.claims}
    for claim in case.claims:
        of = lines_of[claim.patient]
        open_chart = claim.chart != "complete"
        lines = claim.lines
        if not by_side(case):
            lines = tuple(complete_line(dice, line, of) for line in lines)
        facts = (
            filled(dice, claim.facts, PATIENT_FACTS, {}) if open_chart else claim.facts
        )
        if any(n in line.facts for line in claim.lines for n in PATIENT_FACTS):
            facts = claim.facts
        history = (
            complete_history(dice, claim, first, of, said_of[claim.patient])
            if open_chart
            else claim.history
        )
        claims.append(replace(claim, lines=lines, facts=facts, history=history))
    return cases.Case(case.program, tuple(claims))


def by_side(case: cases.Case) -> bool:
    """Whether a rule reads which sides are billed.

    It takes lines without a level for the sides of one level, where a count takes them
    for levels of their own: no level that a completion names would suit both.
    """
    return any(
        test.how == "on-both-sides"
        for policy in case.program.policies
        for rule in policy.rules
        for test in find(rule.tree, Billed)
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("start", range(0, CASES, 500), ids=lambda n: f"seeds-{n}")
def test_a_definite_answer_holds_under_every_completion(start: int) -> None:
    """Ten thousand completions of random claims."""
    checked = 0
    for seed in map(fresh, range(start, start + 500)):
        case = cases.random_case(seed)
        before = statuses(case)
        for choice in range(COMPLETIONS):
            after = statuses(complete(seed, case, choice))
            for key, status in before.items():
                if status in DEFINITE:
                    checked += 1
                    assert kept(status, after[key]), (
                        seed,
                        choice,
                        key,
                        status,
                        after[key],
                    )

    assert checked > 1000


def kept(before: str, after: str) -> bool:
    """Whether a definite status is still true.

    A rule that is met while its way out is unknown may turn out exempt, and one met
    while its own condition is unknown not applicable: all three object to nothing.
    """
    silent = {"met", "exempt", "not-applicable"}
    return before == after or (before in silent and after in silent)


def test_completions_do_fill_something_in() -> None:
    changed = sum(
        complete(seed, case := cases.random_case(seed), 0).claims != case.claims
        for seed in map(fresh, range(500))
    )

    assert changed > 200


@given(st.lists(KINDS, min_size=1, max_size=5), st.integers(0, 99))
@example([("64484", ("50",), 1, ""), ("64484", ("LT",), 1, "L2-L3")], 0)
@example([("64483", (), 1, ""), ("64484", (), 1, "L2-L3")], 0)
@example([("64483", ("RT",), 1, ""), ("64483", ("LT",), 1, "")], 0)
def test_levels_are_completed_within_what_was_counted(
    kinds: list[Any], seed: int
) -> None:
    lines = lines_of_a_day(kinds)
    of: Days = {lines[0].date: [*lines]}
    dice = cases.Dice(seed)
    least, most = levels_of(lines)

    fewest, highest = levels_of([complete_line(dice, line, of) for line in lines])

    assert least <= fewest <= highest <= most
