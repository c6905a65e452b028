"""Parts of a rule in the words of the language, for what a mutant changed."""

from __future__ import annotations

from dsl.ir import sentences
from dsl.ir.forms import NAME_OF
from dsl.ir.parts import Amount, Count, Role, Window
from dsl.ir.places import Held
from dsl.ir.sentences import CMP_WORDS
from dsl.ir.tests import Elapsed, Test
from kb.mutation.edits import kind_of, words_in

ARROW = " -> "
AMOUNT_WORDS = {
    "count": "limit",
    "least": "interval of at least",
    "before": "earlier by at least",
    "apart": "apart by at least",
}


def name_of_set(key: str) -> str:
    """The name of a code set, without its policy: ``esi``."""
    return key.rpartition("#")[2]


def test_words(test: Test) -> str:
    """A test in words."""
    return sentences.Sayer(name_of_set).test(test)


def window_words(window: Window) -> str:
    """A window in words."""
    return sentences.window_words(window)


def count_words(count: Count) -> str:
    """A count in words."""
    return sentences.count_words(count)


def amount_words(amount: Amount) -> str:
    """One amount: ``4 weeks``, ``50 percent``, ``4``."""
    number, unit = str(amount.amount), amount.unit
    if unit == "number":
        return number
    plural = "" if unit == "percent" or number == "1" else "s"
    return f"{number} {unit}{plural}"


def form_words(node: Held) -> str:
    """The name of a node's form: ``same-day``; ``last`` for whose facts a rule looks at."""
    kind = kind_of(node)
    return NAME_OF.get(kind, kind.__name__.lower())


def subject_words(node: Held) -> str:
    """What a node is about: its fact, the day or the field of the claim, else its form."""
    if isinstance(node, Elapsed) and node.clock is not None:
        return node.clock
    fact = next((fact for _name, fact in words_in(node, Role.FACT)), None)
    field = next((word for _name, word in words_in(node, Role.WORD)), None)
    return fact or field or form_words(node)


def role_words(node: Held, name: str) -> str:
    """What an amount of a node is: ``pain-duration at least``, ``limit``."""
    for _name, cmp in words_in(node, Role.CMP):
        return f"{subject_words(node)} {CMP_WORDS[cmp]}"
    return AMOUNT_WORDS.get(name, f"{subject_words(node)} {name.replace('_', ' ')}")


def events_words(node: Held) -> str:
    """What a node counts or looks at: ``earlier esi``, ``same-day esi``, ``last esi``."""
    sets = [name_of_set(key) for _name, key in words_in(node, Role.SET)]
    return " ".join((form_words(node), *sets))


__all__ = [
    "ARROW",
    "CMP_WORDS",
    "amount_words",
    "count_words",
    "events_words",
    "form_words",
    "name_of_set",
    "role_words",
    "subject_words",
    "test_words",
    "window_words",
]
