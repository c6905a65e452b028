"""Parts of a rule in the words of the language, for what a mutant changed."""

from __future__ import annotations

from typing import Any

from dsl.ir import sentences
from dsl.ir.codec import decode_test, window_of
from dsl.ir.parts import Count
from dsl.ir.sentences import CMP_WORDS, Sayer

Json = dict[str, Any]
ARROW = " -> "


def name_of_set(key: str) -> str:
    """The name of a code set, without its policy: ``esi``."""
    return key.rpartition("#")[2]


def test_words(node: Json) -> str:
    """A test in words."""
    return Sayer(name_of_set).test(decode_test(node))


def count_words(count: Json) -> str:
    """A count in words."""
    return sentences.count_words(Count(count["min"], count["max"]))


def window_words(window: Json) -> str:
    """A window in words."""
    return sentences.window_words(window_of(window))


def amount_words(amount: Json) -> str:
    """One amount: ``4 weeks``, ``50 percent``, ``4``."""
    number, unit = str(amount["amount"]), amount["unit"]
    if unit == "number":
        return number
    plural = "" if unit == "percent" or number == "1" else "s"
    return f"{number} {unit}{plural}"


def role_words(node: Json, key: str) -> str:
    """What an amount of a node is: ``pain-duration at least``, ``limit``."""
    if key == "amount":
        return f"{node.get('fact') or node['clock']} {CMP_WORDS[node['cmp']]}"
    return {
        "count": "limit",
        "least": "interval of at least",
        "before": "earlier by at least",
        "apart": "apart by at least",
    }[key]


def events_words(node: Json) -> str:
    """What a test counts or a rule looks at: ``earlier esi``, ``same-day esi``, ``last esi``."""
    return f"{node.get('op', 'last')} {name_of_set(node['set'])}"


__all__ = [
    "ARROW",
    "CMP_WORDS",
    "amount_words",
    "count_words",
    "events_words",
    "name_of_set",
    "role_words",
    "test_words",
    "window_words",
]
