"""Operators on code lists: one code less, a near code more, a member's days moved.

A list is one text whatever number of rules name it, so it changes for all of them.
Long lists are sampled, always alike: the first code, the last, and a few between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.ir import walk
from dsl.ir.duties import BillAs
from dsl.ir.rule import Rule
from kb.engine.program import CompiledPolicy, Members, Program, holds
from kb.mutation.days import days_of, moves, pair_of
from kb.mutation.words import ARROW

SAMPLE = 5
"""How many codes of one list are tried at most."""
PROCEDURE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
STEPPED = re.compile(r"(.*?)(\d{1,3})")


@dataclass(frozen=True, slots=True)
class ListEdit:
    """A code list with one change."""

    key: str
    members: Members
    code: str
    """The one code that it is about."""
    change: str


def lists_of(policy: CompiledPolicy) -> dict[str, frozenset[str]]:
    """The code lists of a policy, each with the names of the rules that use it.

    A list that only serves gaps which note, or only names the code to bill instead, is
    left out: no outcome hangs on which codes it holds.
    """
    found: dict[str, set[str]] = {}
    telling: set[str] = set()
    for rule in policy.rules:
        named = walk.sets(rule.tree)
        for key in named:
            found.setdefault(key, set()).add(rule.name)
        if rule.tree.kind != "gap" or rule.tree.otherwise.outcome != "note":
            telling |= named - right_codes(rule.tree)
    return {key: frozenset(found[key]) for key in sorted(telling)}


def right_codes(rule: Rule) -> frozenset[str]:
    """The lists that name the code to bill instead."""
    return frozenset(duty.set for duty in walk.find(rule, BillAs))


def list_edits(
    key: str, kind: str, policy: CompiledPolicy, program: Program
) -> Iterator[ListEdit]:
    """Every change of one list; ``kind`` as the code list has it (``procedure`` ...)."""
    members = program.sets.get(key, {})
    for code in sample(sorted(members)):
        if len(members) > 1:
            left = {c: days for c, days in members.items() if c != code}
            yield ListEdit(key, left, code, f"without {code}")
    for code in near_codes(sorted(members), kind, own_procedures(policy, program)):
        yield ListEdit(key, {**members, code: ((None, None),)}, code, f"with {code}")
    yield from day_edits(key, members, policy)


def sample(codes: list[str]) -> list[str]:
    """The first, the last and a few between, evenly."""
    if len(codes) <= SAMPLE:
        return codes
    last = len(codes) - 1
    return [codes[round(i * last / (SAMPLE - 1))] for i in range(SAMPLE)]


def own_procedures(policy: CompiledPolicy, program: Program) -> set[str]:
    """The procedures that the lists of a policy name, near misses among them.

    Those of other policies are no matter: a policy's score must not change with them.
    """
    named = (program.sets.get(key, {}) for key in lists_of(policy))
    return {code for members in named for code in members if PROCEDURE.fullmatch(code)}


def near_codes(codes: list[str], kind: str, procedures: set[str]) -> list[str]:
    """The nearest codes below the first and above the last that are not on the list.

    Procedures: of those that the policy knows.  Diagnoses: by counting on the last
    digits, as ranges do.  Other kinds (places) are few, and none is near.
    """
    if not codes:
        return []
    if kind == "procedure":
        known = sorted(procedures - set(codes))
        below = [code for code in known if code < codes[0]][-1:]
        above = [code for code in known if code > codes[-1]][:1]
        return below + above
    if kind == "diagnosis":
        found = (stepped(codes[0], -1, codes), stepped(codes[-1], 1, codes))
        return [code for code in found if code]
    return []


def stepped(code: str, step: int, codes: list[str]) -> str:
    """The diagnosis next to this one that is not on the list; empty when there is none."""
    match = STEPPED.fullmatch(code)
    if match is None:
        return ""
    digits = match[2]
    number = int(digits) + step
    while 0 <= number < 10 ** len(digits):
        near = f"{match[1]}{number:0{len(digits)}}"
        if near not in codes:
            return near
        number += step
    return ""


def day_edits(key: str, members: Members, policy: CompiledPolicy) -> Iterator[ListEdit]:
    """Each date of the list moved, for the first code that has it."""
    seen: set[tuple[str, str]] = set()
    for code in sorted(members):
        for position, days in enumerate(members[code]):
            for move in moves(days_of(days)):
                words = f"{move.end} {move.day}{ARROW}{move.moved}"
                if (move.end, words) in seen or not holds(policy.days, move.matters_on):
                    continue
                seen.add((move.end, words))
                spans = list(members[code])
                spans[position] = pair_of(move.of(days_of(days)))
                changed = {**members, code: tuple(spans)}
                yield ListEdit(key, changed, code, f"{code} {words}")
