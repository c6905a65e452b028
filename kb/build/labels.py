"""ICD-10-CM's own words for the diagnosis codes that the shipped policies name.

The file says its release; ``docs/labels.py`` makes it anew.  A code that is not in it has
no label, which says nothing about whether it is valid.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def diagnosis_labels() -> dict[str, str]:
    """Labels by code, with its point."""
    text = files("kb.build").joinpath("icd-10-cm.tsv").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    parted = (line.partition("\t") for line in lines)
    return {code: label for code, _, label in parted}
