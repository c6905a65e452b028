"""Whether a payer's reason for a denial is of a rule's kind."""

from __future__ import annotations

from typing import NamedTuple

from kb.calibrate.codes import CARCS, number_of
from kb.calibrate.fates import Fate
from kb.engine.load import RuleWords


class Kind(NamedTuple):
    """How a rule says why it denies."""

    carc: str
    """The number that it gives, as ``151``; empty where the policy gives none."""
    rarcs: frozenset[str]
    reason: str
    """As its policy names it: ``frequency``; empty where it names none."""


def kind_of(words: RuleWords) -> Kind:
    """The kind of a rule."""
    return Kind(number_of(words.carc), frozenset(words.rarc), words.reason)


def of_its_kind(fate: Fate, kind: Kind) -> bool:
    """Whether a denial may be this rule's: the same CARC, or one of the same sort.

    A remark code tells apart what one CARC says of many things, where both give some.
    """
    remarks = kind.rarcs.intersection(fate.rarcs)
    if kind.carc in fate.carcs:
        return bool(remarks) or not (kind.rarcs and fate.rarcs)
    return any(
        carc in CARCS and kind.reason in CARCS[carc].reasons for carc in fate.carcs
    )


def in_its_words(fate: Fate, kind: Kind) -> bool:
    """Whether a denial gives the very CARC of a rule; true where one gives none."""
    return not kind.carc or not fate.carcs or kind.carc in fate.carcs
