"""Claims to our JSON, so that reading it gives the equal claim."""

from __future__ import annotations

from decimal import Decimal

from kb.claims.facts import fact_to_json
from kb.claims.json.checks import Json
from kb.claims.model import (
    Claim,
    ClaimLine,
    Facts,
    History,
    HistoryLine,
    PayerNamed,
)

_NO_HISTORY = History()


def claim_to_json(claim: Claim) -> Json:
    """The JSON object of ``claim`` as ``docs/claim.md`` tells it.

    What is empty is left out, but for diagnoses: a line says which it points to,
    because a line that says nothing points to all of the claim's.
    """
    return _given(
        claim=claim.id,
        patient=claim.patient,
        type=claim.kind,
        payer=_payer(claim.payer),
        plan=claim.plan,
        state=claim.state,
        frequency=claim.frequency,
        replaces=claim.replaces,
        received=claim.received.isoformat() if claim.received else None,
        requested=claim.requested.isoformat() if claim.requested else None,
        authorization=claim.authorization,
        fields=dict(claim.fields),
        chart=claim.chart,
        facts=_facts(claim.facts),
        lines=[_line(line) for line in claim.lines],
        history=_history(claim.history),
        birth=claim.birth.isoformat() if claim.birth else None,
        charge=_money(claim.charge),
        member=claim.member,
    )


def _given(**values: object) -> Json:
    return {
        key: value for key, value in values.items() if value or isinstance(value, list)
    }


def _payer(payer: PayerNamed) -> str | Json:
    if not (payer.identifier or payer.name or payer.filing):
        return payer.key
    return _given(
        key=payer.key, id=payer.identifier, name=payer.name, filing=payer.filing
    )


def _line(line: ClaimLine) -> Json:
    return _given(
        line=line.number,
        code=line.code,
        modifiers=list(line.modifiers),
        units=_units(line.units),
        date=line.date.isoformat(),
        place=line.place,
        diagnoses=list(line.diagnoses),
        level=line.level,
        rendering=line.rendering,
        authorization=line.authorization,
        facts=_facts(line.facts),
        charge=_money(line.charge),
        ndc=line.ndc,
    )


def _history(history: History) -> Json | None:
    if history == _NO_HISTORY:
        return None
    return {
        "state": history.state,
        "reach": history.reach,
        "lines": [_earlier(line) for line in history.lines],
    }


def _earlier(line: HistoryLine) -> Json:
    return _given(
        date=line.date.isoformat(),
        code=line.code,
        modifiers=list(line.modifiers),
        units=_units(line.units),
        diagnoses=list(line.diagnoses),
        level=line.level,
        status=line.status,
        claim=line.claim,
        rendering=line.rendering,
        facts=_facts(line.facts),
    )


def _units(units: Decimal) -> int | str:
    """A decimal goes as text: a JSON number may lose its last digits on the way."""
    return int(units) if units == units.to_integral_value() else f"{units:f}"


def _money(dollars: Decimal | None) -> str | None:
    """Dollars as text, so that no cent is lost on the way."""
    return None if dollars is None else f"{dollars:f}"


def _facts(facts: Facts) -> Json:
    return {key: fact_to_json(value) for key, value in facts.items()}
