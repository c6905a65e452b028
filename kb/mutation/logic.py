"""Operators on the logic of a rule: comparisons, groups of tests, what is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from dsl.ir.forms import parts_of
from dsl.ir.parts import Amount, Cmp, Counting, Role
from dsl.ir.places import Place
from dsl.ir.tests import And, Diagnosis, Not, Or, Test
from kb.mutation.edits import (
    Edit,
    any_number,
    edit,
    kind_of,
    lists_in,
    may_be_missing,
    parts_in,
    without,
    words_in,
)
from kb.mutation.words import (
    ARROW,
    CMP_WORDS,
    amount_words,
    events_words,
    name_of_set,
    subject_words,
    test_words,
)

OTHER_COMPARISON: dict[Cmp, Cmp] = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
OTHER_MODIFIER = {"RT": "LT", "LT": "RT", "50": "RT", "59": "XU"}


def comparison_edits(place: Place) -> Iterator[Edit]:
    """``at least`` for ``more than``, ``at most`` for ``less than``, and back.

    A day compared with is moved instead, which says the same.
    """
    if any(parts_in(place.node, Role.DAY)):
        return
    for part in parts_in(place.node, Role.CMP):
        cmp: Cmp = getattr(place.node, part.name)
        other = OTHER_COMPARISON[cmp]
        words = f"{subject_words(place.node)} {CMP_WORDS[cmp]}{ARROW}{CMP_WORDS[other]}"
        yield edit("comparison", place, part.name, other, words)


def and_or_edits(place: Place) -> Iterator[Edit]:
    """``and`` for ``or``, and back."""
    node = place.node
    if isinstance(node, And | Or) and len(node.of) > 1:
        other = Or(node.of) if isinstance(node, And) else And(node.of)
        one, two = ("and", "or") if isinstance(node, And) else ("or", "and")
        words = f"{one}{ARROW}{two} in: {test_words(node)}"
        yield edit("and-or", place, (), other, words)


def not_edits(place: Place) -> Iterator[Edit]:
    """A ``not`` removed."""
    if isinstance(place.node, Not):
        (inner,) = place.node.of
        words = f"{test_words(place.node)}{ARROW}{test_words(inner)}"
        yield edit("not", place, (), inner, words)


def turned_edits(place: Place) -> Iterator[Edit]:
    """The opposite of a test that has nothing else to change.

    Below a ``not`` it would be the same as the ``not`` removed.
    """
    test, kind = place.node, kind_of(place.node)
    if isinstance(test, Test) and only_turns(kind) and not place.under_not:
        opposite = Not((test,))
        words = f"{test_words(test)}{ARROW}{test_words(opposite)}"
        yield edit("not", place, (), opposite, words)


@cache
def only_turns(kind: type) -> bool:
    """Whether no field of a form can say something else: a fact asked for, fixed words."""
    return all(
        part.role in (Role.FACT, Role.SCOPE, Role.WORD)
        or (part.role is Role.WORDS and not any_number(kind, part.name))
        for part in parts_of(kind)
    )


def part_edits(place: Place) -> Iterator[Edit]:
    """One test of a group dropped; a group that counts changes its number instead."""
    node = place.node
    if isinstance(node, And | Or) and len(node.of) > 1:
        for position, part in enumerate(node.of):
            left = without(node.of, position)
            yield edit("part", place, "of", left, f"dropped: {test_words(part)}")


def group_edits(place: Place) -> Iterator[Edit]:
    """One group of ``per`` or ``same`` dropped."""
    for name, groups in lists_in(place.node, Role.GROUPS):
        for position, group in enumerate(groups):
            words = f"dropped: {name} {group}"
            if isinstance(place.node, Test):
                words += f" of {events_words(place.node)}"
            yield edit("group", place, name, without(groups, position), words)


def filter_edits(place: Place) -> Iterator[Edit]:
    """What narrows a count of earlier services, or the last one, dropped."""
    kind = kind_of(place.node)
    for role in (Role.MODIFIER, Role.AMOUNTS, Role.TEST):
        for part in parts_in(place.node, role):
            if may_be_missing(kind, part.name):
                narrowing = filter_words(place, part.name, role)
                words = f"dropped: {narrowing}, of {events_words(place.node)}"
                yield edit("filter", place, part.name, None, words)


def filter_words(place: Place, name: str, role: Role) -> str:
    """What narrows a count of earlier services."""
    if role is Role.MODIFIER:
        modifier: str = getattr(place.node, name)
        return modifier_words(name, modifier)
    if role is Role.TEST:
        test: Test = getattr(place.node, name)
        return f"{name} with {test_words(test)}"
    amounts: tuple[Amount, ...] = getattr(place.node, name)
    return f"at least {' or '.join(map(amount_words, amounts))} {name}"


def modifier_words(name: str, modifier: str) -> str:
    """``with modifier KX``, or ``without`` it where the field is called so."""
    return f"{'without' if name == 'without' else 'with'} modifier {modifier}"


def modifier_edits(place: Place) -> Iterator[Edit]:
    """Another modifier; an allowed one dropped."""
    for name, modifier in words_in(place.node, Role.MODIFIER):
        other = OTHER_MODIFIER.get(modifier, "59")
        said = "without modifier" if name == "without" else "modifier"
        words = f"{said} {modifier}{ARROW}{other}"
        yield edit("modifier", place, name, other, words)
    for name, allowed in lists_in(place.node, Role.MODIFIERS):
        for position, modifier in enumerate(allowed):
            words = f"dropped: allowed with modifier {modifier}"
            left = without(allowed, position)
            yield edit("modifier", place, name, left, words)


def counting_edits(place: Place) -> Iterator[Edit]:
    """A modifier that decides what counts dropped; ``denied too`` and ``own claims`` too."""
    for part in parts_in(place.node, Role.COUNTING):
        counting: Counting = getattr(place.node, part.name)
        for words, changed in less_counted(counting):
            said = f"dropped: counting {words}"
            yield edit("counting", place, part.name, changed, said)


def less_counted(counting: Counting) -> Iterator[tuple[str, Counting]]:
    """One thing that decides what counts, in words, and the rest without it."""
    kept, left_out = counting.with_modifiers, counting.without_modifiers
    for position, modifier in enumerate(kept):
        changed = replace(counting, with_modifiers=without(kept, position))
        yield f"with modifier {modifier}", changed
    for position, modifier in enumerate(left_out):
        changed = replace(counting, without_modifiers=without(left_out, position))
        yield f"without modifier {modifier}", changed
    if counting.denied:
        yield "denied ones too", replace(counting, denied=False)
    if counting.own:
        yield "own claims", replace(counting, own=False)


def choice_edits(place: Place) -> Iterator[Edit]:
    """One of several words that a choice or a claim field may have dropped."""
    for name, words in lists_in(place.node, Role.WORDS):
        for position, word in enumerate(words):
            said = f"{subject_words(place.node)} without {word}"
            yield edit("choice", place, name, without(words, position), said)


def diagnosis_edits(place: Place) -> Iterator[Edit]:
    """Any diagnosis of the line for its first one, and back."""
    node = place.node
    if isinstance(node, Diagnosis):
        other = "primary" if node.which == "any" else "any"
        said = {"any": "diagnosis", "primary": "primary diagnosis"}
        words = f"{said[node.which]}{ARROW}{said[other]} in {name_of_set(node.set)}"
        yield edit("diagnosis", place, "which", other, words)
