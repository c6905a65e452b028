"""Claims that are alike but for their numbers and patients have the same answer.

A practice bills the same visit to the same payer many times a day.  What is written of such
a claim is made once, with a mark in place of its number, and kept while others like it come.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, fields
from operator import attrgetter

from kb.claims.model import Claim, ClaimLine
from kb.claims.runs import Run
from kb.engine import ClaimAnswer
from kb.evaluate.summary import SaidOfLine

MARK = "\ue000claim\ue001"
"""Stands for a claim's number in what is kept; of characters that nobody gives a meaning."""
MOST = 4096
OWN = frozenset({"id", "patient", "member", "birth", "fields", "facts", "lines"})
"""What of a claim is its own, or is no value to compare by; no rule asks for the first."""
OF_CLAIM = attrgetter(*(f.name for f in fields(Claim) if f.name not in OWN))
OF_LINE = attrgetter(*(f.name for f in fields(ClaimLine) if f.name != "facts"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written of a claim, for those like it."""

    answer: ClaimAnswer
    said: tuple[SaidOfLine, ...]
    """Of each line."""
    texts: tuple[str, ...]
    """In each form, with ``MARK`` for the claim's number."""


class Alike:
    """What was written of the last claims that may have their like."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """What was written of a claim of this key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep what was written; what was not asked for longest goes."""
        self._kept[key] = kept
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)


def key_of(run: Run) -> Hashable | None:
    """What claims that are alike have in common; ``None`` where a claim may have no like.

    Beside others of its patient, with a history that names claims, or where it corrects
    another, an answer may hang on how its claim is numbered.
    """
    if len(run.claims) != 1 or run.others:
        return None
    (claim,) = run.claims
    if claim.history.lines or claim.replaces:
        return None
    return (
        OF_CLAIM(claim),
        tuple(claim.fields.items()),
        repr(claim.facts) if claim.facts else "",
        claim.history.read_from,
        tuple(map(_of_line, claim.lines)),
    )


def _of_line(line: ClaimLine) -> Hashable:
    # Equal numbers may be written in two ways, 1 and 1.0.
    facts = repr(line.facts) if line.facts else ""
    return OF_LINE(line), str(line.units), str(line.charge), facts
