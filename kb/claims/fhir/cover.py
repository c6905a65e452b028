"""The coverage that a claim is billed to: who pays, by which plan, who is the member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from kb.claims.authorization import may_be_issued
from kb.claims.fhir.codes import (
    FILING,
    NPI,
    PAYMENT_SOURCES,
    PLAN_OF_POLICY,
    PLAN_OF_SOURCE,
    POLICY_TYPES,
    plain_system,
)
from kb.claims.fhir.nodes import Coding, codings, each, inside, word
from kb.claims.fhir.references import Resource
from kb.claims.fhir.source import Source
from kb.claims.json.checks import Node, wrong
from kb.claims.model import Authorization, PayerNamed
from kb.claims.shapes import FILING as INDICATOR
from kb.claims.shapes import TEXT
from kb.claims.x12.codes import PLAN

_NO_COVER = "no insurance: neither member, plan nor authorization is known from it"


class Cover(NamedTuple):
    """The focal insurance of a claim, and its coverage where that is here."""

    insurance: Node
    reference: Node
    found: Resource | None


def focal_cover(source: Source) -> Cover | None:
    """The coverage that the claim is billed to; ``None`` when it names none."""
    insurances = each(source.node, "insurance")
    path = f"{source.node.at}insurance"
    if not insurances:
        if not source.past:
            source.notes.remark(path, _NO_COVER)
        return None
    focal = [one for one in insurances if one.obj.get("focal") is True]
    if len(insurances) == 1:
        focal = list(insurances)
    if len(focal) != 1:
        reason = f"{len(focal)} of {len(insurances)} insurances are focal, expected one"
        source.notes.fault(
            path, reason, "Write `focal` true at the one that is billed."
        )
        return None
    reference = inside(focal[0], "coverage")
    found = source.bundle.find(reference, source.node, ("Coverage",))
    if found is None and not source.past:
        text = (
            "the coverage is not in the file: neither member nor plan is known from it"
        )
        source.notes.remark(reference.at, text)
    return Cover(focal[0], reference, found)


def payer_of(source: Source, cover: Cover | None) -> PayerNamed:
    """Who pays: the payor of the coverage, else the insurer of the claim.

    A coverage of which only a name for people is told is taken by that name.
    """
    named = [_of_insurer(source)]
    if cover is not None:
        named.insert(0, _of_cover(source, cover))
        named.append(PayerNamed(name=_plain(cover.reference, "display")))
    payer = next((one for one in named if one.name or one.identifier), PayerNamed())
    if not (payer.name or payer.identifier) and not source.past:
        source.notes.remark(
            source.node.at, "neither a coverage nor `insurer` names the payer"
        )
    return replace(payer, filing=_filing(cover))


def _of_insurer(source: Source) -> PayerNamed:
    return _organization(source, inside(source.node, "insurer"), source.node)


def _of_cover(source: Source, cover: Cover) -> PayerNamed:
    if cover.found is None:
        return PayerNamed()
    payors = each(cover.found.node, "payor")
    if len(payors) > 1:
        source.notes.fault(f"{cover.found.node.at}payor", "more than one payor")
    return next(
        (_organization(source, one, cover.found.holder) for one in payors), PayerNamed()
    )


def _organization(source: Source, reference: Node, holder: Node) -> PayerNamed:
    found = source.bundle.find(reference, holder, ("Organization",))
    identifiers = [inside(reference, "identifier")]
    name = _plain(reference, "display")
    if found is not None:
        identifiers = [*each(found.node, "identifier"), *identifiers]
        name = _plain(found.node, "name") or name
    identifier = _payer_id(identifiers)
    if identifier and not name and not any(map(str.isdigit, identifier)):
        # Medicare's own files say `CMS`: a name, where the others have a number.
        return PayerNamed(name=identifier)
    return PayerNamed(identifier=identifier, name=name)


def _payer_id(identifiers: Iterable[Node]) -> str:
    """The first identifier that is not the number of a provider or of a taxpayer."""
    for one in identifiers:
        types = {coding.code.upper() for coding in codings(inside(one, "type"))}
        if plain_system(word(one, "system")) != NPI and not types & {
            "NPI",
            "TAX",
            "EN",
        }:
            value = _plain(one, "value")
            if value:
                return value
    return ""


def _plain(node: Node, key: str) -> str:
    """The text at ``key``; a fault when no name or number looks so."""
    text = word(node, key)
    if not text or TEXT.fits(text):
        return text
    node.faults.append(wrong(node.at + key, text, TEXT.expected))
    return ""


def _filing(cover: Cover | None) -> str:
    """The claim filing indicator, where the coverage is called by one of X12's."""
    codes = {coding.code for coding in _types(cover) if coding.system == FILING}
    return codes.pop() if len(codes) == 1 and all(map(INDICATOR.fits, codes)) else ""


def _types(cover: Cover | None) -> tuple[Coding, ...]:
    if cover is None or cover.found is None:
        return ()
    return codings(inside(cover.found.node, "type"))


def plan_of(cover: Cover | None) -> str:
    """The plan kind, where the type of the coverage says it without doubt."""
    plans = {_plan(coding) for coding in _types(cover)} - {""}
    return plans.pop() if len(plans) == 1 else ""


def _plan(coding: Coding) -> str:
    if coding.system == FILING:
        return PLAN.get(coding.code, "")
    if coding.system == POLICY_TYPES:
        return PLAN_OF_POLICY.get(coding.code, "")
    if coding.system in PAYMENT_SOURCES:
        begins = [begin for begin in PLAN_OF_SOURCE if coding.code.startswith(begin)]
        return PLAN_OF_SOURCE[begins[0]] if begins else ""
    return ""


def authorization_of(source: Source, cover: Cover | None) -> Authorization | None:
    """``approved`` when the focal insurance gives an authorization number."""
    if cover is None:
        return None
    return approved_by(cover.insurance, "preAuthRef", source)


def approved_by(node: Node, key: str, source: Source) -> Authorization | None:
    """``approved`` when a number stands at ``key``, a text or a list of texts."""
    given = node.obj.get(key)
    numbers = given if isinstance(given, list) else [given]
    found: Authorization | None = None
    for index, number in enumerate(numbers):
        path = f"{node.at}{key}[{index}]" if isinstance(given, list) else node.at + key
        if number is None:
            continue
        if not isinstance(number, str):
            node.faults.append(wrong(path, number, "an authorization number, a text"))
        elif may_be_issued(number.strip()):
            found = "approved"
        else:
            text = "no number but a word, zeros or one repeated sign"
            source.notes.remark(path, f"{text}: it is not taken as an approval")
    return found
