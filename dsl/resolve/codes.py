"""Codes by their shape: CPT and HCPCS, ICD-10-CM, place of service, modifiers.

A code is a token, never a number.  Ranges step through the digits that differ and
are expanded at once, so that a new code edition changes no policy in silence.
"""

from __future__ import annotations

import re
from itertools import pairwise

from dsl.base.model import CodeKind

PROCEDURE = re.compile(r"\d{4}[0-9A-Z]|[A-Z]\d{4}")
DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")
PLACE = re.compile(r"\d\d")
VERTEBRAE = (
    [f"C{n}" for n in range(8)],
    [f"T{n}" for n in range(1, 13)],
    [f"L{n}" for n in range(1, 6)],
    [f"S{n}" for n in range(1, 6)],
)
MODIFIER = re.compile(r"[A-Z][A-Z0-9]|\d[A-Z]")
CARC = re.compile(r"(CO|PR|OA|PI)-[A-Z]?\d{1,3}")
RARC = re.compile(r"(MA|M|N)\d{1,4}")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
STATE = re.compile(r"[A-Z]{2}")
RANGE = re.compile(r"([A-Z0-9][A-Z0-9.]{2,7})-([A-Z0-9][A-Z0-9.]{2,7})")
BILLED = re.compile(r"(\d{4}[0-9A-Z]|[A-Z]\d{4})((?:-[0-9A-Z]{2})*)")
LONGEST_RANGE = 200


def kind_of(text: str) -> CodeKind | None:
    """The kind of code that has this shape, or ``None``."""
    if PROCEDURE.fullmatch(text):
        return "procedure"
    if DIAGNOSIS.fullmatch(text):
        return "diagnosis"
    if PLACE.fullmatch(text):
        return "place"
    if MODIFIER.fullmatch(text):
        return "modifier"
    return None


def expand_range(text: str) -> tuple[str, ...] | None:
    """All codes of ``64490-64495`` or ``M51.14-M51.17``; ``None`` if it is no range.

    Raises ValueError with a sentence for people when the ends do not belong together.
    """
    match = RANGE.fullmatch(text)
    if not match or not (kind_of(match[1]) and kind_of(match[2])):
        return None
    first, last = match[1], match[2]
    head, low, tail = split_steps(first)
    other_head, high, other_tail = split_steps(last)
    same = (head, tail, len(low)) == (other_head, other_tail, len(high))
    if not same or kind_of(first) != kind_of(last):
        raise ValueError(
            f"`{first}` and `{last}` differ in more than their last digits; "
            "a range steps through the last digits only. List the codes instead."
        )
    numbers = range(int(low), int(high) + 1)
    if not numbers or len(numbers) > LONGEST_RANGE:
        raise ValueError(
            f"The range `{text}` is empty or longer than {LONGEST_RANGE} codes."
        )
    return tuple(f"{head}{number:0{len(low)}d}{tail}" for number in numbers)


def split_steps(code: str) -> tuple[str, str, str]:
    """A code as the part before its stepping digits, those digits, and the rest.

    A diagnosis steps through its last digit only, a procedure through all digits.
    """
    if DIAGNOSIS.fullmatch(code) and not PROCEDURE.fullmatch(code):
        if code[-1].isdigit():
            return code[:-1], code[-1], ""
        raise ValueError(f"`{code}` does not end in a digit, so no range steps to it.")
    match = re.fullmatch(r"([A-Z]?)(\d+)([A-Z]?)", code)
    assert match
    return match[1], match[2], match[3]


def shape_hint(text: str) -> str:
    """What may be wrong with a word that is no code and no name."""
    if re.fullmatch(r"\d{3,4}", text):
        return f"`{text}` has {len(text)} characters; write all five of a CPT or HCPCS code."
    if re.fullmatch(r"[A-Z]\d[0-9A-Z]{2,5}", text):
        return f"A diagnosis code has a point after its third character: `{text[:3]}.{text[3:]}`."
    if re.fullmatch(r"[a-z]\d.*", text):
        return f"Codes are written with capital letters: `{text.upper()}`."
    return (
        "A procedure code has five characters (64483, G0480), a diagnosis code a point "
        "(M54.16), a place two digits (11), a modifier two characters (RT); names of "
        "lists are lower case."
    )


def is_level(text: str) -> bool:
    """Whether a text is a spinal level: two neighbouring vertebrae, head to tail.

    Some people have a sixth lumbar vertebra.
    """
    down = [vertebra for part in VERTEBRAE for vertebra in part]
    levels = {f"{upper}-{lower}" for upper, lower in pairwise(down)}
    return text in levels | {"L5-L6", "L6-S1"}
