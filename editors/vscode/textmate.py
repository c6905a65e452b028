"""Writes the TextMate grammar from the language's words.

Run it as ``python -m editors.vscode.textmate`` after a change of the grammar.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from dsl.base.labels import ITEM_KINDS
from dsl.format.highlight import CODE, DATE, TEXT_LABELS, grammar_words, labels, spaced
from kb.whole_files import write_whole

GRAMMAR = Path(__file__).parent / "syntaxes" / "payerkb-policy.tmLanguage.json"


def grammar() -> str:
    """The grammar as JSON."""
    kinds = "|".join(sorted(ITEM_KINDS, key=len, reverse=True))
    keywords = "|".join(
        map(re.escape, sorted(grammar_words("policy.lark"), key=len, reverse=True))
    )
    patterns = [
        {"name": "comment.line.number-sign", "match": r"^\s*#.*$"},
        {"name": "string.unquoted.prose", "match": r"^\s*\|.*$"},
        {
            "match": rf"^({kinds})\s+([^\s:]+)(?:\s+(to)\s+([^\s:]+))?\s*:(.*)$",
            "captures": {
                "1": {"name": "keyword.declaration"},
                "2": {"name": "entity.name.type"},
                "3": {"name": "keyword.operator.word"},
                "4": {"name": "entity.name.type"},
                "5": {"name": "markup.heading"},
            },
        },
        {
            "match": rf"^\s*({spaced(TEXT_LABELS)})\s*:(.*)$",
            "captures": {
                "1": {"name": "entity.other.attribute-name"},
                "2": {"name": "string.unquoted"},
            },
        },
        {
            "name": "entity.other.attribute-name",
            "match": rf"^\s*({spaced(labels())})(?=\s*:|\s+\S+\s*:)",
        },
        {"name": "comment.line.number-sign", "match": r"\s#.*$"},
        {"name": "constant.other.date", "match": DATE},
        {"name": "constant.other.code", "match": CODE},
        {"name": "constant.numeric", "match": r"\b\d+(?:\.\d+)?\b"},
        {"name": "keyword.control", "match": rf"\b(?:{keywords})\b(?![-/])"},
    ]
    made = {
        "name": "payerkb policy",
        "scopeName": "source.payerkb-policy",
        "patterns": patterns,
    }
    return json.dumps(made, indent=2) + "\n"


if __name__ == "__main__":
    write_whole(GRAMMAR, grammar())
