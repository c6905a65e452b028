"""What contradicts itself on a claim, whatever file it came from.

A payer's front door asks the same questions.  A fault makes it unsure whose claim it is
or when; a remark says what will be sent back although the claim can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.claims.model import Claim, ClaimLine
from kb.claims.near import MOST_TOLD
from kb.claims.npi import has_check_digit

_CHECK_DIGIT = "its check digit is wrong, so nobody has this number"
_MAY_STAND_TWICE = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU"})
"""Modifiers that say why a service stands twice."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One contradiction; ``line`` is the index of the line that shows it."""

    text: str
    line: int | None = None
    fix: str = ""
    """What to write instead; only a fault has it."""


def faults_of(claim: Claim) -> Iterator[Edit]:
    """Contradictions after which the claim cannot be answered."""
    born = claim.birth
    if born is None:
        return
    for index, line in enumerate(claim.lines):
        if line.date < born:
            reason = "the service stands before the patient's birth"
            yield Edit(reason, index, "Correct the date of service or the birth date.")
            return


def remarks_of(claim: Claim) -> Iterator[Edit]:
    """Contradictions that are told beside the answer, one for each kind."""
    yield from _sum_of_charges(claim)
    yield from _lines_without_charge(claim)
    yield from _repeated_lines(claim.lines)
    yield from _repeated_modifiers(claim.lines)
    yield from _wrong_numbers(claim)
    yield from _received_too_early(claim)


def _sum_of_charges(claim: Claim) -> Iterator[Edit]:
    # Of an institutional claim only the lines with a CPT or HCPCS code are here.
    if claim.kind == "facility":
        return
    charges = [line.charge for line in claim.lines if line.charge is not None]
    if claim.charge is None or len(charges) < len(claim.lines):
        return
    if sum(charges) != claim.charge:
        yield Edit("the total charge is not the sum of its lines")


def _lines_without_charge(claim: Claim) -> Iterator[Edit]:
    free = [index for index, line in enumerate(claim.lines) if line.charge == 0]
    if free:
        yield Edit(f"{_lines_called(claim, free)} a charge of zero", free[0])


def _repeated_lines(lines: tuple[ClaimLine, ...]) -> Iterator[Edit]:
    """Lines equal in code, day, modifiers, level and drug, without a word why."""
    first: dict[tuple[object, ...], ClaimLine] = {}
    repeated: list[tuple[int, ClaimLine, ClaimLine]] = []
    for index, line in enumerate(lines):
        modifiers = frozenset(line.modifiers)
        key = (line.code, line.date, modifiers, line.level, line.ndc)
        before = first.setdefault(key, line)
        if before is not line and not modifiers & _MAY_STAND_TWICE:
            repeated.append((index, line, before))
    if not repeated:
        return
    told = ", ".join(
        f"line {line.number} repeats line {before.number}"
        for _, line, before in repeated[:MOST_TOLD]
    )
    more = len(repeated) - MOST_TOLD
    also = f" and {more} more do so" if more > 0 else ""
    text = f"{told}{also}: the same code, day and modifiers, an exact duplicate"
    yield Edit(text, repeated[0][0])


def _repeated_modifiers(lines: tuple[ClaimLine, ...]) -> Iterator[Edit]:
    for index, line in enumerate(lines):
        if len(set(line.modifiers)) < len(line.modifiers):
            yield Edit(f"line {line.number} has a modifier twice", index)
            return


def _wrong_numbers(claim: Claim) -> Iterator[Edit]:
    told: set[str] = {""}
    for name, value in claim.fields.items():
        if name.endswith("-npi") and value not in told and not has_check_digit(value):
            called = name.removesuffix("-npi")
            yield Edit(f"NPI of the {called} provider: {_CHECK_DIGIT}")
            told.add(value)
    wrong = [
        index
        for index, line in enumerate(claim.lines)
        if line.rendering not in told and not has_check_digit(line.rendering)
    ]
    if wrong:
        which = _lines_called(claim, wrong).rpartition(" ")[0]
        yield Edit(f"NPI of the rendering provider, {which}: {_CHECK_DIGIT}", wrong[0])


def _received_too_early(claim: Claim) -> Iterator[Edit]:
    for index, line in enumerate(claim.lines):
        if claim.received is not None and claim.received < line.date:
            yield Edit("the payer received it before the service was given", index)
            return


def _lines_called(claim: Claim, indices: list[int]) -> str:
    """``line 2 has`` or ``lines 2, 3, 4 and 5 more have``."""
    numbers = [str(claim.lines[index].number) for index in indices]
    if len(numbers) == 1:
        return f"line {numbers[0]} has"
    more = len(numbers) - MOST_TOLD
    also = f" and {more} more" if more > 0 else ""
    return f"lines {', '.join(numbers[:MOST_TOLD])}{also} have"
