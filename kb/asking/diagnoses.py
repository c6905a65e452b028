"""Whether the lists of diagnoses that a card's rules ask for hold a diagnosis."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.read.rule_store import rules
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card

if TYPE_CHECKING:
    from dsl.ir.tests import Test


@dataclass(frozen=True, slots=True)
class ListVerdict:
    """Whether a list that a rule asks for holds a diagnosis."""

    diagnosis: str
    holds: bool
    row: Row
    """The rule, as its card says it."""


def verdicts(
    kb: KnowledgeBase, made: Card, diagnoses: Sequence[str]
) -> tuple[ListVerdict, ...]:
    """What the lists of the card's rules say of each diagnosis.

    Only rules that ask for a diagnosis of a list, whatever else holds, say yes or no.
    """
    found = []
    for row in made.cell("diagnosis").rows:
        lists = [*_lists_asked(kb, row)]
        if lists:
            held = _held(kb, lists, made.day.isoformat())
            found += [ListVerdict(code, code in held, row) for code in diagnoses]
    return tuple(found)


def _lists_asked(kb: KnowledgeBase, row: Row) -> Iterator[str]:
    # Trees of rules are much to import for questions that name no diagnosis.
    from dsl.ir.duties import Require  # noqa: PLC0415

    for rule in rules(kb, row.rules).values():
        duty = rule.tree.duty
        if isinstance(duty, Require) and rule.tree.when is None:
            yield from _required(duty.test)


def _required(test: Test) -> Iterator[str]:
    """The lists of one of which a diagnosis must be, whatever else a test asks."""
    from dsl.ir.tests import And, Diagnosis, Or  # noqa: PLC0415

    if isinstance(test, Diagnosis):
        yield test.set
    elif isinstance(test, And) or (
        isinstance(test, Or) and all(isinstance(one, Diagnosis) for one in test.of)
    ):
        for one in test.of:
            yield from _required(one)


def _held(kb: KnowledgeBase, lists: list[str], day: str) -> frozenset[str]:
    return frozenset(
        kb.column(
            """SELECT code FROM code_set_member
            WHERE code_set IN (SELECT value FROM json_each(:lists))
              AND (from_day IS NULL OR from_day <= :day)
              AND (through_day IS NULL OR :day <= through_day)""",
            lists=json.dumps(lists),
            day=day,
        )
    )
