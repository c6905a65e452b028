"""Payers grouped by what they say: each stands in exactly one group."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SILENT = ""
"""What a payer says of which no loaded rule answers."""

_COUNTS = re.compile(r" and (?=\d)")
DOUBT = "not certain: "


@dataclass(frozen=True, slots=True)
class Saying:
    """One payer and what it says."""

    title: str
    path: str
    says: str
    """In plain words; empty where no loaded rule answers."""
    follows: bool = False
    """Whether it only follows Medicare in this."""
    is_medicare: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Payers that say the same."""

    says: str
    payers: tuple[Saying, ...]

    @property
    def named(self) -> tuple[Saying, ...]:
        """Those that say it by themselves."""
        return tuple(each for each in self.payers if not each.follows)

    @property
    def followers(self) -> tuple[Saying, ...]:
        """Those that only follow Medicare in it."""
        return tuple(each for each in self.payers if each.follows)


@dataclass(frozen=True, slots=True)
class Grouped:
    """One thing that was asked, answered for all payers."""

    title: str
    """What is asked, as the question has it."""
    first: str
    """What Medicare says, in a sentence; empty where it is not among the payers."""
    groups: tuple[Group, ...]
    """Medicare's first, then the biggest; those that say nothing are the last."""
    numbers: tuple[tuple[str, tuple[Group, ...]], ...] = ()
    """Numbers that the question names, with the groups whose answer holds each."""
    depends: bool = False
    """Whether yes or no was asked."""

    @property
    def known(self) -> tuple[Group, ...]:
        """The groups that say something."""
        return tuple(each for each in self.groups if each.says != SILENT)

    @property
    def silent(self) -> tuple[Saying, ...]:
        """The payers that say nothing."""
        return next((each.payers for each in self.groups if each.says == SILENT), ())


def groups_of(sayings: Iterable[Saying]) -> tuple[Group, ...]:
    """The payers by what they say: Medicare's group, then the biggest, silence last."""
    alike: dict[str, list[Saying]] = {}
    for each in sayings:
        alike.setdefault(each.says, []).append(each)
    groups = [Group(says, tuple(same)) for says, same in alike.items()]
    return tuple(sorted(groups, key=_order))


def _order(group: Group) -> tuple[bool, bool, int, str]:
    medicare = any(each.is_medicare for each in group.payers)
    return group.says == SILENT, not medicare, -len(group.payers), group.says


def holding(number: str, groups: Iterable[Group], near: str) -> tuple[Group, ...]:
    """What holds a number as its own, each part of an answer with all who say it.

    ``near`` is the pattern of what must follow the number: ``%``, or ``in``.
    """
    exact = re.compile(rf"(?<![\d.]){re.escape(number)}(?:{near})")
    said: dict[str, list[Saying]] = {}
    for group in groups:
        for part in parts_of(group.says):
            if exact.search(part):
                said.setdefault(part, []).extend(group.payers)
    return tuple(Group(part, tuple(same)) for part, same in said.items())


def parts_of(says: str) -> list[str]:
    """The things that an answer says, each with the doubt and the codes that it was said with."""
    doubt = DOUBT if says.startswith(DOUBT) else ""
    parts = says.removeprefix(DOUBT).split("; ")
    return [
        doubt + one
        for part in parts
        for one in ([part] if part.startswith("for ") else _COUNTS.split(part))
    ]
