"""Checks of the files of words: what staff call things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase, digits

from dsl.base.model import Alias, Model
from dsl.base.phrases import phrase
from dsl.ir.states import STATES
from dsl.lint.registry import Asked, Finding, check
from dsl.load.words import TOPICS

FAMILIES = "family"
_SIGNS = f"{digits}{ascii_uppercase}"
"""What the two places of a modifier are made of."""


@check(
    "L080", "word-for-nothing", "error", "A word stands for something that is not there"
)
def word_for_nothing(asked: Asked) -> Iterator[Finding]:
    """Words whose payer, family, code, state, place or topic nobody declares."""
    known = _known(asked.model)
    for alias in asked.model.words:
        lost = [key for key in alias.target.split() if key not in known[alias.kind]]
        if alias.kind in known and lost:
            yield Finding(
                alias.place,
                f"`{alias.word}` stands for {alias.kind} {', '.join(lost)}, which is not "
                f"declared.{_choices(alias, known[alias.kind])}",
            )


def _known(model: Model) -> defaultdict[str, frozenset[str]]:
    """What each kind of word may stand for."""
    payers = frozenset(payer.key for payer in model.payers)
    lists = [*model.code_sets, *(s for p in model.policies for s in p.code_sets)]
    codes = frozenset(
        [*(m.code for s in lists for m in s.members), *(c.code for c in model.codes)]
    )
    families = (
        member.group
        for grouping in model.groupings
        if grouping.key == FAMILIES
        for member in grouping.members
    )
    return defaultdict(
        frozenset,
        {
            "payer": payers,
            "brand": payers,
            "line": frozenset(payer.line_of_business for payer in model.payers),
            "contractor": frozenset(each.key for each in model.contractors),
            "family": frozenset(families),
            "codes": codes,
            "narrow": codes,
            "modifier": frozenset(map("".join, product(_SIGNS, repeat=2))),
            "state": frozenset(STATES),
            "place": frozenset(f"{number:02}" for number in range(1, 100)),
            "topic": frozenset(TOPICS),
        },
    )


def _choices(alias: Alias, known: frozenset[str]) -> str:
    if alias.kind not in ("family", "topic", "line", "contractor"):
        return ""
    return f" Declared are: {', '.join(sorted(known))}."


@check("L081", "word-twice", "warning", "One word stands for two things")
def word_twice(asked: Asked) -> Iterator[Finding]:
    """Words that the files give two meanings; only the first is ever found."""
    seen: dict[str, Alias] = {}
    for alias in asked.model.words:
        first = seen.setdefault(phrase(alias.word), alias)
        if (first.kind, first.target) != (alias.kind, alias.target):
            yield Finding(
                alias.place,
                f"`{alias.word}` stands for {_meant(alias)} here and for {_meant(first)} in "
                f"{first.place.file}:{first.place.line}. Keep one.",
            )


@check("L082", "word-shadows-name", "warning", "A word hides the name of another payer")
def word_shadows_name(asked: Asked) -> Iterator[Finding]:
    """Words that are a payer's or contractor's own name and stand for something else."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    for payer in asked.model.payers:
        for name in (payer.key, payer.title, *payer.also_called):
            named[phrase(name)].add(payer.key)
    for contractor in asked.model.contractors:
        named[phrase(contractor.title)].add(contractor.key)
    for alias in asked.model.words:
        owners = named.get(phrase(alias.word), set())
        if owners and owners.isdisjoint(alias.target.split()):
            yield Finding(
                alias.place,
                f"`{alias.word}` is a name of {', '.join(sorted(owners))}, which it hides: "
                f"here it stands for {_meant(alias)}.",
            )


def _meant(alias: Alias) -> str:
    return "nothing (skip)" if alias.kind == "skip" else f"{alias.kind} {alias.target}"
