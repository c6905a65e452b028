"""Values of a scenario's lines, held against what facts there are."""

from __future__ import annotations

import re

from dsl.base.diagnostics import Reporter, did_you_mean
from dsl.base.did_you_mean import value_meant
from dsl.base.model import Fact
from dsl.resolve.context import Context
from dsl.syntax import nodes as n

LINE_PAIRS = ("dx", "units", "place", "date", "level", "rendering", "authorization")
NO_CHOICE = "none"
"""What a choice fact may be besides its words: the chart gives none of them."""


def value_of(pair: n.Pair) -> str:
    """The words of a pair, as one text."""
    return " ".join(word.text for word in pair.values)


def check_fact(pair: n.Pair, context: Context, report: Reporter) -> None:
    """Report a fact that is not declared, or a value that it cannot have."""
    fact = context.words.facts.get(pair.name.text)
    if fact is None:
        near = context.near(pair.name.text, "fact", also=LINE_PAIRS)
        if pair.name.text in ("diagnosis", "diagnoses", "icd", "icd-10"):
            near = "dx"
        report.at(
            pair.name,
            "P010",
            f"`{pair.name.text}` is no fact. Write the name of a declared fact, or of a part "
            f"of a line: {', '.join(LINE_PAIRS)}.",
            fix=near,
        )
        return
    value = value_of(pair)
    shapes = {
        "yes-no": "yes|no",
        "duration": r"\d+(\.\d+)? (days?|weeks?|months?|years?)",
        "percent": r"\d+(\.\d+)? percent",
        "number": r"\d+(\.\d+)?",
        "money": r"\d+(\.\d\d?)? dollars?",
        "choice": "|".join(map(re.escape, (*fact.choices, NO_CHOICE))),
        "date": r"\d{4}-\d\d-\d\d",
        "text": ".+",
    }
    if value != "unknown" and not re.fullmatch(shapes[fact.kind], value):
        first = pair.values[0]
        report.at(
            n.Word(value, first.line, first.column),
            "P017",
            f"`{value}` is no value of `{fact.key}`, which is a {fact.kind}; "
            f"write it like {example_of(fact)}.",
            fix=did_you_mean(value, fact.choices) or value_meant(value, fact.kind),
        )


def example_of(fact: Fact) -> str:
    """A value that a fact could have, as a scenario writes it."""
    examples = {
        "yes-no": "yes",
        "duration": "4 weeks",
        "percent": "50 percent",
        "number": "4",
        "money": "500 dollars",
        "choice": " or ".join(dict.fromkeys((*fact.choices, NO_CHOICE))),
        "date": "2026-01-31",
        "text": "some words",
    }
    return f"`{examples[fact.kind]}`"
