"""Corrections: claims that replace or void another, and what they take out of a history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kb.claims.model import Claim, History

Corrections = Mapping[str, Sequence[Claim]]
"""Patient -> the claims of the run that replace or void another."""


def corrections_of(claims: Iterable[Claim]) -> Corrections:
    """The corrections of each patient."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.frequency != "original":
            found[claim.patient].append(claim)
    return found


def corrected_services(
    history: History, corrections: Iterable[Claim]
) -> frozenset[tuple[date, str]]:
    """Days and codes whose lines without a claim's number a correction stands for.

    Where the history names the claim that is corrected, only its lines are meant.
    """
    named = {line.claim for line in history.lines if line.claim}
    return frozenset(
        (line.date, line.code)
        for claim in corrections
        if claim.replaces not in named
        for line in claim.lines
    )
