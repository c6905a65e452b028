"""Remittances (835) as a payer writes them, for made claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from kb.calibrate.fates import Fate
from kb.claims.model import Claim, ClaimLine

CHARGE = Decimal(100)
"""Billed for each line; a paid line is paid whole."""
TOLD = date(2027, 1, 4)


class Answered(NamedTuple):
    """A claim with the name of its payer and what became of its lines."""

    payer: str
    claim: Claim
    fates: Sequence[Fate]


def remittance_text(answered: Iterable[Answered], told: date = TOLD) -> str:
    """An interchange with a remittance for each payer."""
    isa = f"{'':10}*00*{'':10}*ZZ*{'PAYER':15}*ZZ*{'SENDER':15}*{told:%y%m%d}*0900"
    segments = [
        f"ISA*00*{isa}*^*00501*000000001*0*P*:",
        f"GS*HP*PAYER*SENDER*{told:%Y%m%d}*0900*1*X*005010X221A1",
    ]
    by_payer = groupby(
        sorted(answered, key=lambda one: one.payer), lambda one: one.payer
    )
    number = 0
    for number, (payer, claims) in enumerate(by_payer, 1):
        own = [*transaction(payer, claims, f"{number:04}", told)]
        segments += [*own, f"SE*{len(own) + 1}*{number:04}"]
    return "~\n".join([*segments, f"GE*{number}*1", "IEA*1*000000001", ""])


def transaction(
    payer: str, claims: Iterable[Answered], number: str, told: date
) -> Iterator[str]:
    """One remittance, but for its end."""
    yield f"ST*835*{number}*005010X221A1"
    yield f"BPR*I*0*C*NON************{told:%Y%m%d}"
    yield f"TRN*1*{number}*1999999992"
    yield f"N1*PR*{payer}"
    yield "N1*PE*A PRACTICE*XX*2000000028"
    yield "LX*1"
    for one in claims:
        yield from of_claim(one)


def of_claim(one: Answered) -> Iterator[str]:
    """The segments of one claim."""
    lines = [*zip(one.claim.lines, one.fates, strict=True)]
    paid = sum(CHARGE for _line, fate in lines if fate.status == "paid")
    yield f"CLP*{one.claim.id}*1*{CHARGE * len(lines)}*{paid}*0*12*N-{one.claim.id}*11*1"
    yield f"NM1*QC*1*DOE*JANE****MI*{one.claim.member or 'M0'}"
    for line, fate in lines:
        yield from of_line(line, fate)


def of_line(line: ClaimLine, fate: Fate) -> Iterator[str]:
    """The segments of one service."""
    billed = ":".join(["HC", line.code, *line.modifiers[:4]])
    paid = CHARGE if fate.status == "paid" else Decimal(0)
    yield f"SVC*{billed}*{CHARGE}*{paid}**{line.units}"
    yield f"DTM*472*{line.date:%Y%m%d}"
    if fate.status == "denied":
        yield f"CAS*CO*{fate.carcs[0]}*{CHARGE}"
        yield from (f"LQ*HE*{remark}" for remark in fate.rarcs)
