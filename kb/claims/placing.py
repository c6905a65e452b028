"""Facts in the place of their owner: a claim's fact that is written on a line.

A chart is one for all lines, so a fact of patient or claim on a line is said of the
claim, unless another place says otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kb.claims.model import BadClaim, Claim, FactValue

Scopes = Mapping[str, str]
"""Fact -> whose it is: ``patient``, ``claim``, ``line`` or ``procedure``."""
OF_THE_CLAIM = frozenset({"patient", "claim"})


def with_facts_in_place(claim: Claim, scopes: Scopes) -> Claim:
    """The claim with what its lines say alike of patient and claim among its own facts."""
    more = {
        fact: values[0]
        for fact, values in _said_on_lines(claim, scopes).items()
        if fact not in claim.facts and _alike(values)
    }
    return replace(claim, facts={**claim.facts, **more}) if more else claim


def misplaced_facts(claim: Claim, scopes: Scopes) -> Iterator[BadClaim]:
    """Facts in a place where they cannot count, each with the place that is right."""
    if not (claim.history.lines or any(line.facts for line in claim.lines)):
        return
    said = _said_on_lines(claim, scopes)
    for fact, values in said.items():
        own = claim.facts.get(fact)
        if not _alike(values if own is None else [*values, own]):
            yield _fault(
                claim, _first_line_with(claim, fact), fact, "is told in two ways"
            )
    for index, line in enumerate(claim.history.lines):
        for fact in line.facts:
            if scopes.get(fact) in OF_THE_CLAIM:
                where = f"history.lines[{index}].facts.{fact}"
                yield _fault(
                    claim, where, fact, "does not belong to an earlier service"
                )


def _said_on_lines(claim: Claim, scopes: Scopes) -> dict[str, list[FactValue]]:
    """The values of patient's and claim's facts that lines give."""
    found: dict[str, list[FactValue]] = defaultdict(list)
    for line in claim.lines:
        for fact, value in line.facts.items():
            if scopes.get(fact) in OF_THE_CLAIM:
                found[fact].append(value)
    return found


def _alike(values: list[FactValue]) -> bool:
    return all(value == values[0] for value in values)


def _first_line_with(claim: Claim, fact: str) -> str:
    index = next(i for i, line in enumerate(claim.lines) if fact in line.facts)
    return f"lines[{index}].facts.{fact}"


def _fault(claim: Claim, where: str, fact: str, what: str) -> BadClaim:
    reason = f"`{fact}` is a fact of the whole claim and {what}"
    return BadClaim(
        where, reason, "Write it once, in the claim's `facts`.", id=claim.id
    )
