"""A Coverage as the engine knows it: which payer, which plan, whose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.claims.fhir.codes import (
    FILING,
    NPI,
    PAYMENT_SOURCES,
    PLAN_OF_POLICY,
    PLAN_OF_SOURCE,
    POLICY_TYPES,
    plain_system,
)
from kb.claims.identity import member_in
from kb.claims.model import PayerNamed
from kb.claims.shapes import TEXT
from kb.claims.x12.codes import PLAN
from kb.crd.exact import Json
from kb.crd.resources import Resources, codings, day, items, key_of, text
from kb.engine.payers import by_names
from kb.engine.program import Program

NOT_OF_A_PAYER = frozenset({"NPI", "TAX", "EN"})
"""Types of identifiers that are of a provider or a taxpayer."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A Coverage whose payer this knowledge base has."""

    resource: Json
    payer: PayerNamed
    plan: str
    member: str
    """Capitals and digits of the subscriber's id; empty when not given."""

    @property
    def reference(self) -> str:
        """``Coverage/1``."""
        return key_of(self.resource)

    def holds_on(self, service: date) -> bool:
        """Whether the Coverage's own period has the day; a period not given has each."""
        start = day(self.resource, "period", "start")
        end = day(self.resource, "period", "end")
        return (start is None or start <= service) and (end is None or service <= end)


def covered(coverage: Json, known: Resources, program: Program) -> Covered | None:
    """The Coverage, where it names a payer of the program; else nothing.

    A name or number that several payers of a brand go by is one of theirs: the engine
    says which it may be.
    """
    for named in payers_named(coverage, known):
        if by_names(named, program.payers):
            return Covered(
                coverage,
                named,
                plan_of(coverage),
                member_in(text(coverage, "subscriberId")),
            )
    return None


def payers_named(coverage: Json, known: Resources) -> Iterator[PayerNamed]:
    """How a Coverage names its payers: each number with the name, then the name alone."""
    for payor in items(coverage, "payor"):
        payer = known.referred(payor, coverage) or {}
        name = shaped(text(payer, "name") or text(payor, "display"))
        for identifier in (*items(payer, "identifier"), *items(payor, "identifier")):
            number = shaped(text(identifier, "value"))
            if number and is_of_payer(identifier):
                yield PayerNamed(identifier=number, name=name)
        if name:
            yield PayerNamed(name=name)


def is_of_payer(identifier: Json) -> bool:
    """Whether an identifier may be a payer's: no NPI, no number of a taxpayer."""
    types = {code.upper() for _, code in codings(items(identifier, "type"))}
    system = plain_system(text(identifier, "system"))
    return system != NPI and not types & NOT_OF_A_PAYER


def shaped(value: str) -> str:
    """A text as a claim may hold it; empty for any other."""
    return value if TEXT.fits(value) else ""


def plan_of(coverage: Json) -> str:
    """The kind of plan; empty where the type says none, or several."""
    found = {plan_in(*each) for each in codings(items(coverage, "type"))} - {""}
    return found.pop() if len(found) == 1 else ""


def plan_in(system: str, code: str) -> str:
    """The kind of plan that a code says; empty for those that leave it open."""
    if system == FILING:
        return PLAN.get(code, "")
    if system == POLICY_TYPES:
        return PLAN_OF_POLICY.get(code, "")
    begins = [begin for begin in PLAN_OF_SOURCE if code.startswith(begin)]
    fits = system in PAYMENT_SOURCES and begins
    return PLAN_OF_SOURCE[begins[0]] if fits else ""
