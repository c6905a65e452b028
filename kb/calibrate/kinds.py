"""Whether a payer's reason for a denial is of a rule's kind."""

from __future__ import annotations

from typing import NamedTuple

from kb.asking.denial_codes import DENIALS
from kb.calibrate.fates import Fate
from kb.engine.rule_words import RuleWords


class Kind(NamedTuple):
    """How a rule says why it denies."""

    carc: str
    """The number that it gives, as ``151``; empty where the policy gives none."""
    rarcs: frozenset[str]
    reason: str
    """As its policy names it: ``frequency``; empty where it names none."""


def kind_of(words: RuleWords) -> Kind:
    """The kind of a rule."""
    return Kind(words.carc.rpartition("-")[2], frozenset(words.rarc), words.reason)


def of_its_kind(fate: Fate, kind: Kind) -> bool:
    """Whether a denial may be this rule's: the same CARC, or one of the same sort."""
    return kind.carc in fate.carcs or any(
        carc in DENIALS and kind.reason in DENIALS[carc].kinds for carc in fate.carcs
    )


def in_its_remarks(fate: Fate, kind: Kind) -> bool:
    """Whether the remark codes let a denial be this rule's.

    They tell apart what one CARC says of many things, where both give that one and some.
    """
    told_apart = kind.carc in fate.carcs and bool(kind.rarcs and fate.rarcs)
    return not told_apart or not kind.rarcs.isdisjoint(fate.rarcs)
