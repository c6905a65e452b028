"""The words that begin an item or a line: what every stage of the language shares."""

from __future__ import annotations

ITEM_KINDS = (
    "policy", "payer", "contractor", "reasons", "source", "fact", "grouping", "code",
    "codes", "value", "define", "rule", "exception", "gap", "change", "drop", "scenario",
)  # fmt: skip
"""The kinds of items, as their first word names them."""
RULE_LINES = (
    "for", "claims", "looking at", "when", "unless", "require", "covered", "bill as", "limit",
    "limit by", "interval", "not with", "otherwise", "if unknown",
    "if when unknown", "counting", "not carried", "fix",
    "grade", "in force", "cite", "quote",
)  # fmt: skip
"""Labels of a rule."""
LINES_OF: dict[str, tuple[str, ...]] = {
    "policy": (
        "based on", "payer", "contractor", "states", "plans", "status", "defers to",
        "delegated to", "decides", "in force", "first day", "read in", "not carried", "cite",
    ),
    "payer": ("line of business", "ids", "filing", "also called", "cite"),
    "contractor": ("payer", "states", "cite"),
    "reasons": ("cite",),
    "source": (
        "publisher", "url", "version", "grade", "read on", "review by", "stands for",
    ),
    "fact": ("kind", "of", "choices", "where", "ask"),
    "grouping": ("cite",),
    "code": ("add-on to", "global", "imaging", "sides", "cite"),
    "codes": ("include", "exclude", "cite"),
    "value": ("cite",),
    "define": ("means", "cite"),
    "rule": RULE_LINES,
    "gap": RULE_LINES,
    "exception": RULE_LINES,
    "change": (
        *RULE_LINES, "include", "exclude", "means",
        "claim", "line", "lines", "earlier", "chart", "expect",
    ),
    "drop": ("in force", "cite"),
    "scenario": (
        "like", "claim", "line", "lines", "earlier", "chart", "expect", "cite",
    ),
}  # fmt: skip
"""The labels that an item of each kind may have."""
REASON_KINDS = (
    "necessity", "diagnosis", "frequency", "bundled", "authorization", "modifier",
    "place", "provider", "filing", "documentation", "units", "coding", "other",
)  # fmt: skip
"""Kinds of reasons of a denial: what `deny for` names."""
TEXT_LABELS = (
    "publisher",
    "url",
    "version",
    "also called",
    "delegated to",
    "where",
    "ask",
    "fix",
    "quote",
)
"""Labels whose content is free text."""
