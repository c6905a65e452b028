"""The nine invariants of coverage-information, crd-ci-q1 to q9, as the CRD guide has them.

They are FHIRPath in the guide.  The one evaluator for Python wants an older dateutil than
this project's, so they are written out here.  Each was held against that evaluator, with
its R4 model and the guide's own expressions, on answers and 1,500 damaged ones: they agree,
but that q3 is held here in both directions, as its words say, and q7 needs no terminology.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
DECISIONS = ("covered", "pa-needed", "doc-needed")


def values(extension: Json, url: str) -> list[Any]:
    """The values of the sub-extensions of a name."""
    return [
        next((part[key] for key in part if key.startswith("value")), None)
        for part in extension["extension"]
        if part["url"] == url
    ]


def decided(extension: Json, word: str) -> bool:
    """Whether any of the three decisions is this word."""
    return any(word in values(extension, each) for each in DECISIONS)


def broken(extension: Json) -> list[str]:
    """The invariants that an extension breaks."""
    info = values(extension, "info-needed")
    purposes = values(extension, "doc-purpose")
    reasons = values(extension, "reason")
    approval = values(extension, "pa-needed")
    documents = values(extension, "doc-needed")
    satisfied = values(extension, "satisfied-pa-id")
    kept = {
        "crd-ci-q1": not values(extension, "questionnaire") or bool(documents),
        "crd-ci-q2": "not-covered" not in values(extension, "covered") or not approval,
        # The description says `if and only if`, its expression only the one half.
        "crd-ci-q3": decided(extension, "conditional") == bool(info),
        # Without `satisfied` its left side is empty, and so is what that implies: no
        # extension with `withpa` makes the whole true.
        "crd-ci-q4": "withpa" not in purposes,
        "crd-ci-q5": ("satisfied" in approval) == bool(satisfied),
        "crd-ci-q6": "OTH" not in info or bool(reasons),
        # No code of ours is from the guide's list of reasons, so there must be a text.
        "crd-ci-q7": all(reason.get("text") for reason in reasons),
        "crd-ci-q8": not [p for p in purposes if p != "conditional"] or bool(reasons),
        "crd-ci-q9": not decided(extension, "indeterminate") or bool(reasons),
    }
    return [name for name, holds in kept.items() if not holds]
