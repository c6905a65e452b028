"""Claims as canonical JSON text: keys in order, no blanks, for a claim's hash.

The bytes are those of ``claim_to_json`` with sorted keys, which a test holds; written
directly they cost a tenth, and every answer has the hash of its claim.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

from kb.claims.facts import fact_to_json
from kb.claims.model import (
    Claim,
    ClaimLine,
    Facts,
    FactValue,
    History,
    HistoryLine,
    PayerNamed,
)


def canonical_text(claim: Claim) -> str:
    """The claim's canonical JSON."""
    received, requested, birth = claim.received, claim.requested, claim.birth
    return (
        "{"
        f"{_word('authorization', claim.authorization)}"
        f"{_word('birth', birth.isoformat() if birth else None)}"
        f"{_dollars(claim.charge)}"
        f"{_word('chart', claim.chart)}"
        f"{_word('claim', claim.id)}"
        f"{_facts(claim.facts)}"
        f"{_object('fields', claim.fields)}"
        f"{_word('frequency', claim.frequency)}"
        f"{_history(claim.history)}"
        f'"lines":[{",".join(map(_line, claim.lines))}],'
        f"{_word('member', claim.member)}"
        f"{_word('patient', claim.patient)}"
        f"{_payer(claim.payer)}"
        f"{_word('plan', claim.plan)}"
        f"{_word('received', received.isoformat() if received else None)}"
        f"{_word('replaces', claim.replaces)}"
        f"{_word('requested', requested.isoformat() if requested else None)}"
        f"{_word('state', claim.state)}"
        f'"type":{quoted(claim.kind)}'
        "}"
    )


def _word(key: str, value: str | None) -> str:
    return f'"{key}":{quoted(value)},' if value else ""


def _object(key: str, words: dict[str, str]) -> str:
    if not words:
        return ""
    told = ",".join(f"{quoted(name)}:{quoted(words[name])}" for name in sorted(words))
    return f'"{key}":{{{told}}},'


def _facts(facts: Facts) -> str:
    if not facts:
        return ""
    told = ",".join(f"{quoted(key)}:{_fact(facts[key])}" for key in sorted(facts))
    return f'"facts":{{{told}}},'


def _fact(value: FactValue) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return quoted(str(fact_to_json(value)))


def _payer(payer: PayerNamed) -> str:
    if not (payer.identifier or payer.name or payer.filing):
        return _word("payer", payer.key)
    named = (
        f"{_word('filing', payer.filing)}{_word('id', payer.identifier)}"
        f"{_word('key', payer.key)}{_word('name', payer.name)}"
    )
    return f'"payer":{{{named[:-1]}}},'


def _line(line: ClaimLine) -> str:
    return (
        "{"
        f"{_word('authorization', line.authorization)}"
        f"{_dollars(line.charge)}"
        f"{_word('code', line.code)}"
        f'"date":"{line.date.isoformat()}","diagnoses":{_words(line.diagnoses)},'
        f"{_facts(line.facts)}"
        f"{_word('level', line.level)}"
        f'{_number(line.number)}"modifiers":{_words(line.modifiers)},'
        f"{_word('ndc', line.ndc)}"
        f"{_word('place', line.place)}"
        f"{_word('rendering', line.rendering)}"
        f'"units":{_units(line.units)}'
        "}"
    )


def _history(history: History) -> str:
    if not history.lines and history == History():
        return ""
    lines = ",".join(map(_earlier, history.lines))
    return (
        f'"history":{{"lines":[{lines}],"reach":{quoted(history.reach)},'
        f'"state":{quoted(history.state)}}},'
    )


def _earlier(line: HistoryLine) -> str:
    return (
        "{"
        f"{_word('claim', line.claim)}"
        f"{_word('code', line.code)}"
        f'"date":"{line.date.isoformat()}","diagnoses":{_words(line.diagnoses)},'
        f"{_facts(line.facts)}"
        f"{_word('level', line.level)}"
        f'"modifiers":{_words(line.modifiers)},'
        f"{_word('rendering', line.rendering)}"
        f"{_word('status', line.status)}"
        f'"units":{_units(line.units)}'
        "}"
    )


@lru_cache(maxsize=1024)
def _words(words: tuple[str, ...]) -> str:
    return f"[{','.join(map(quoted, words))}]"


def _number(number: int) -> str:
    return f'"line":{number},' if number else ""


def _units(units: Decimal) -> str:
    if units == 1:
        return "1"
    if units == units.to_integral_value():
        return str(int(units))
    return f'"{units:f}"'


def _dollars(dollars: Decimal | None) -> str:
    return "" if dollars is None else f'"charge":"{dollars:f}",'
