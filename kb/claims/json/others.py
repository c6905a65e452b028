"""Other people's JSON among ours: which value is whose, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterator

from kb.claims.clearinghouse.claim import clearinghouse_claim, is_of_a_clearinghouse
from kb.claims.fhir.reader import is_fhir, outcomes_of, resource_without_claims
from kb.claims.json.outcome import Outcome


def outcomes_of_others(value: object) -> Iterator[Outcome] | None:
    """What a value of another format tells; ``None`` for one of ours or of nobody."""
    if not isinstance(value, dict):
        return None
    if is_fhir(value):
        return outcomes_of(value)
    if is_of_a_clearinghouse(value):
        return iter((clearinghouse_claim(value),))
    return None


def without_claims(value: object) -> str:
    """What a value is that is known to hold no claim, as ``a FHIR Patient``; else empty."""
    return resource_without_claims(value)
