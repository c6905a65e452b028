"""A drug's national code (NDC): eleven digits, as claims have it."""

from __future__ import annotations

import re

from kb.claims.shapes import NDC

_IN_PARTS = re.compile("([0-9]{4,5})-([0-9]{3,4})-([0-9]{1,2})")
_LENGTHS = (5, 4, 2)
_DIGITS_OF_A_LABEL = 10


def ndc_of_claim(text: str) -> str:
    """The eleven digits, of a code with or without its hyphens; else empty."""
    parts = text.split("-")
    whole = len(parts) == 1 or tuple(map(len, parts)) == _LENGTHS
    digits = "".join(parts)
    return digits if whole and NDC.fits(digits) else ""


def ndc_of_label(text: str) -> str:
    """The same, also of ten digits in three parts, as they stand on a label.

    One part is then short of a zero at its begin, and the hyphens say which.
    """
    found = _IN_PARTS.fullmatch(text)
    if found is None or sum(map(len, found.groups())) != _DIGITS_OF_A_LABEL:
        return ndc_of_claim(text)
    parts = zip(found.groups(), _LENGTHS, strict=True)
    return "".join(part.zfill(length) for part, length in parts)
