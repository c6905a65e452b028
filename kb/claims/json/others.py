"""Other people's JSON among ours: which value is whose, and what is made of it.

Whose it is can be told without the readers of theirs, which a claim of ours never needs:
they are imported with the first value of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.claims.clearinghouse.recognising import is_of_a_clearinghouse
from kb.claims.fhir.recognising import is_fhir, resource_without_claims

if TYPE_CHECKING:
    from kb.claims.json.outcome import Outcome


def outcomes_of_others(value: object) -> Iterator[Outcome] | None:
    """What a value of another format tells; ``None`` for one of ours or of nobody."""
    if not isinstance(value, dict):
        return None
    if is_fhir(value):
        from kb.claims.fhir.reader import outcomes_of  # noqa: PLC0415

        return outcomes_of(value)
    if is_of_a_clearinghouse(value):
        from kb.claims.clearinghouse.claim import clearinghouse_claim  # noqa: PLC0415

        return iter((clearinghouse_claim(value),))
    return None


def without_claims(value: object) -> str:
    """What a value is that is known to hold no claim, as ``a FHIR Patient``; else empty."""
    return resource_without_claims(value)
