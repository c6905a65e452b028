"""Twins bill each code as the scenarios do; changes that print alike are told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb.engine.program import CodeFacts, Program
from kb.mutation.habits import habits_of
from kb.mutation.mutants import mutants_of, told_apart
from kb.proofs.authoring_session import Workbook

Json = dict[str, Any]
PROGRAM = Program(
    codes={code: CodeFacts() for code in ("64483", "64484", "64479", "64490")}
    | {"77003": CodeFacts(sides="single")},
    groupings={
        "region": {
            "64483": (("low-back", (None, None)),),
            "64484": (("low-back", (None, None)),),
            "64479": (("neck", (None, None)),),
            "64490": (("neck", (None, None)),),
        }
    },
)
LOW: Json = {
    "code": "64483", "modifiers": ["RT", "KX"], "level": "L4-L5", "diagnoses": ["M54.16"],
}  # fmt: skip
NECK: Json = {
    "code": "64479", "modifiers": ["LT"], "level": "C5-C6", "diagnoses": ["M54.12"],
}  # fmt: skip
CLAIM: Json = {"lines": [LOW, NECK], "history": {"lines": []}}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("64484", {"modifiers": ["RT"]}),
        ("64479", {"modifiers": ["RT"], "level": "C5-C6", "diagnoses": ["M54.12"]}),
        ("64490", {"modifiers": ["RT"], "level": "C5-C6", "diagnoses": ["M54.12"]}),
        ("64483", {}),
    ],
    ids=["same region", "other region", "a neighbour's level", "itself"],
)
def test_a_line_moves_to_another_code_with_all_that_goes_with_it(
    code: str, changed: Json
) -> None:
    habits = habits_of([CLAIM], PROGRAM)

    assert habits.billed(LOW, code) == {**LOW, "code": code, **changed}


def test_a_code_without_region_and_side_has_no_level_and_no_side() -> None:
    moved = habits_of([CLAIM], PROGRAM).billed(LOW, "77003")

    assert moved == {"code": "77003", "modifiers": [], "diagnoses": ["M54.16"]}


TWICE = """\
rule twice: Two counts of the same
  for: esi
  when: at least 1 earlier esi, same region
  require: at most 3 earlier esi, same region, in any 12 months
  otherwise: deny for frequency
  cite: BOOK
"""


def test_changes_that_print_alike_are_told_apart(
    open_book: Callable[[str], Workbook],
) -> None:
    book = open_book(TWICE)
    (policy,) = book.policies()
    found = told_apart(mutants_of(policy, book.engine.program, book.sites))
    dropped = [m.change for m in found if m.change.startswith("dropped: same region")]

    assert dropped == [
        "dropped: same region of earlier esi (in `when`)",
        "dropped: same region of earlier esi (in `require`)",
    ]
    printed = [(m.subject, m.change) for m in found]
    assert len(printed) == len(set(printed))
