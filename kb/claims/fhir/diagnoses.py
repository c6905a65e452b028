"""The diagnoses of a claim by the sequence that lines name them by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from kb.claims.fhir.codes import ICD9, ICD10, ICD10_ELSEWHERE
from kb.claims.fhir.nodes import codings, each, inside, sequences_at
from kb.claims.fhir.source import Source
from kb.claims.json.checks import Node, whole_at
from kb.claims.shapes import DIAGNOSIS, diagnosis_with_point, kind_of
from kb.claims.x12.codes import ICD10_FROM

_WRITE = "Write the ICD-10-CM code under `http://hl7.org/fhir/sid/icd-10-cm`."


class Diagnosis(NamedTuple):
    """One diagnosis; ``code`` is empty for what is not ICD-10-CM."""

    code: str
    path: str
    is_old: bool = False
    """Whether it is of ICD-9-CM."""
    is_wrong: bool = False
    """Whether it is a fault already."""


Diagnoses = Mapping[int, Diagnosis]


def diagnoses_of(source: Source) -> Diagnoses:
    """The claim's diagnoses by sequence, in the order of their sequence."""
    found: dict[int, Diagnosis] = {}
    for index, one in enumerate(each(source.node, "diagnosis"), 1):
        sequence = whole_at(one, "sequence", index)
        if sequence in found:
            text = "another diagnosis of the claim has this sequence"
            source.notes.fault(f"{one.at}sequence", text, "Number them 1, 2, 3.")
        found[sequence] = _diagnosis(one, source)
    codes = [one.code for one in found.values() if one.code]
    if len(set(codes)) < len(codes):
        source.notes.remark(
            f"{source.node.at}diagnosis", "a diagnosis stands twice on the claim"
        )
    return dict(sorted(found.items()))


def _diagnosis(one: Node, source: Source) -> Diagnosis:
    concept = inside(one, "diagnosisCodeableConcept")
    reference = inside(one, "diagnosisReference")
    found = source.bundle.find(reference, source.node, ("Condition",))
    if not concept.obj and found is not None:
        concept = inside(found.node, "code")
    of_system: dict[str, set[str]] = {}
    for coding in codings(concept):
        of_system.setdefault(coding.system, set()).add(coding.code)
    codes = of_system.get(ICD10) or of_system.get(ICD10_ELSEWHERE) or set()
    if len(codes) > 1:
        text = "more than one ICD-10-CM code in one diagnosis"
        source.notes.fault(concept.at, text, "Write each as a diagnosis of its own.")
    elif codes:
        code = _shaped(codes.pop(), concept, source)
        return Diagnosis(code, one.at, is_wrong=not code)
    return Diagnosis("", one.at, is_old=ICD9 in of_system, is_wrong=bool(codes))


def _shaped(code: str, concept: Node, source: Source) -> str:
    if DIAGNOSIS.fits(code):
        return diagnosis_with_point(code)
    reason = f"found {kind_of(code)}, expected {DIAGNOSIS.expected}"
    source.notes.fault(concept.at, reason, f"Write it as `{DIAGNOSIS.example}`.")
    return ""


def diagnoses_of_line(
    item: Node, diagnoses: Diagnoses, day: date | None, source: Source
) -> tuple[str, ...]:
    """The diagnoses that a line points to; all of the claim's where it points to none."""
    pointers = sequences_at(item, "diagnosisSequence")
    if not pointers:
        pointers = tuple(diagnoses)
        if len(pointers) > 1 and not source.past:
            text = "the line points to no diagnosis: all of the claim's are taken"
            source.notes.remark(f"{item.at}diagnosisSequence", text)
    found = [_pointed(item, pointer, diagnoses, day, source) for pointer in pointers]
    return tuple(dict.fromkeys(code for code in found if code))


def _pointed(
    item: Node, pointer: int, diagnoses: Diagnoses, day: date | None, source: Source
) -> str:
    one = diagnoses.get(pointer)
    if one is None:
        reason = "the claim has no diagnosis with this sequence"
        source.notes.fault(f"{item.at}diagnosisSequence", reason)
        return ""
    if one.code or one.is_wrong or source.past:
        return one.code
    if not one.is_old:
        source.notes.fault(
            one.path, "no ICD-10-CM code, and a line points to it", _WRITE
        )
    elif day is not None and day < ICD10_FROM:
        text = "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
        source.notes.remark(one.path, text)
    else:
        reason = "an ICD-9-CM diagnosis on a service of 2015-10-01 or later"
        source.notes.fault(one.path, reason, _WRITE)
    return ""
