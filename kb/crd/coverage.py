"""A Coverage as the engine knows it: which payer, which plan, whose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.claims.identity import member_in
from kb.claims.model import PayerNamed
from kb.claims.shapes import TEXT
from kb.claims.x12.codes import PLAN
from kb.crd.exact import Json
from kb.crd.resources import Resources, codings, day, items, key_of, text
from kb.engine.payers import by_names
from kb.engine.program import Program

SOURCE_OF_PAYMENT = "https://nahdo.org/sopt"
FILING = "https://codesystem.x12.org/005010/1032"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PLANS = {
    **{(SOURCE_OF_PAYMENT, code): plan for plan, codes in {
        "medicare": ("12", "121"),
        "medicare-advantage": ("11", "111", "112", "113", "119"),
        "medicaid": ("2", "21", "211", "212", "213", "219", "22"),
        "tricare": ("311",),
        "commercial": ("51", "511", "512", "513", "521"),
        "workers-compensation": ("95",),
        "auto": ("96",),
    }.items() for code in codes},
    **{(FILING, code): plan for code, plan in PLAN.items()},
    (ACT, "WCBPOL"): "workers-compensation",
    (ACT, "AUTOPOL"): "auto",
}  # fmt: skip
"""Codes of ``Coverage.type`` that say the kind of plan; the others leave it open."""


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
            if number := shaped(text(identifier, "value")):
                yield PayerNamed(identifier=number, name=name)
        if name:
            yield PayerNamed(name=name)


def shaped(value: str) -> str:
    """A text as a claim may hold it; empty for any other."""
    return value if TEXT.fits(value) else ""


def plan_of(coverage: Json) -> str:
    """The kind of plan; empty where the type says none, or several."""
    found = {PLANS.get(each, "") for each in codings(items(coverage, "type"))} - {""}
    return found.pop() if len(found) == 1 else ""
