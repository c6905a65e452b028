"""Files of words beside the policies: what staff type, and what it stands for.

One line a thing: its kind, its name, and after a colon the words for it, parted by
commas; a line that begins with spaces goes on with the one before it.

    family epidural: epidural, ESI, epidural steroid injection
    codes 64483 64479: transforaminal, TFESI
    skip: the, does, please

A change of words changes no answer of a claim: they only find pages and cards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.base.diagnostics import Diagnostic
    from dsl.base.model import Alias

KINDS = (
    "payer", "brand", "line", "contractor", "family", "codes", "narrow", "state",
    "place", "modifier", "topic", "absent", "unloaded", "skip",
)  # fmt: skip
TOPICS = {
    "covered": "Covered?",
    "criteria": "On what conditions?",
    "approval": "Prior authorization?",
    "limit": "How often?",
    "interval": "How long between?",
    "session": "In one session?",
    "care": "Conservative care?",
    "repeat": "To repeat it?",
    "sides": "Both sides?",
    "global": "Days after it?",
    "modifiers": "Which modifier?",
    "diagnosis": "Which diagnosis?",
    "imaging": "Imaging?",
    "together": "Together on one day?",
    "chart": "What must the chart say?",
    "psychology": "Psychological evaluation?",
    "drug": "Which drug, how much?",
    "units": "How many units?",
    "provider": "Who may bill?",
    "anesthetist": "A nurse anesthetist?",
    "incident": "Incident to a physician?",
    "sedation": "Sedation?",
    "trial": "The trial?",
    "technique": "Which technique?",
    "notice": "A notice to the patient?",
    "place": "In which place?",
    "filing": "Filed by when?",
    "appeal": "Appealed by when?",
    "amount": "How much is paid?",
    "source": "In which document?",
    "network": "In the network?",
    "eligibility": "What does the plan pay?",
    "changed": "What changed?",
    "compared": "Side by side?",
}
"""What staff ask, by the names that files of words use."""
NAMELESS = ("absent", "unloaded", "skip")
"""``absent`` are payers that staff ask about and of which nothing is loaded, ``unloaded``
procedures."""
_EXAMPLE = "family epidural: epidural, ESI"


def read_words(text: str, path: str) -> tuple[list[Alias], list[Diagnostic]]:
    """The words of a file, and the lines of it that cannot be read."""
    # Whoever only asks for topics needs no model of policies.
    from dsl.base.diagnostics import Diagnostic  # noqa: PLC0415
    from dsl.base.model import Alias, Place  # noqa: PLC0415

    found: list[Alias] = []
    faults: list[Diagnostic] = []
    for lines in _items(text):
        first, source = lines[0]
        head, parted, _ = " ".join(line for _, line in lines).partition(":")
        fault = _fault_in(head, parted=bool(parted))
        if fault:
            faults.append(
                Diagnostic(
                    "P001",
                    fault,
                    path,
                    first,
                    width=max(1, len(source)),
                    source=source,
                )
            )
            continue
        kind, *names = head.split()
        for number, words in _after_colon(lines):
            place = Place(path, number, number)
            found += [
                Alias(word, kind, " ".join(names), place) for word in _words_in(words)
            ]
    return found, faults


def _items(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines of each item with their numbers."""
    item: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if item and not line[0].isspace():
            yield item
            item = []
        item.append((number, line))
    if item:
        yield item


def _after_colon(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    begun = False
    for number, line in lines:
        if begun:
            yield number, line
        elif ":" in line:
            begun = True
            yield number, line.partition(":")[2]


def _fault_in(head: str, *, parted: bool) -> str:
    """What is wrong with the part before the colon, or nothing."""
    kind, *names = head.split() or [""]
    if not parted:
        return f"This is no line of words. {_SHAPE}"
    if kind not in KINDS:
        return f"`{kind}` is no kind of word. Kinds are: {', '.join(KINDS)}."
    if (kind in NAMELESS) == bool(names):
        wanted = "takes no name" if names else "needs the name that its words stand for"
        return f"`{kind}` {wanted}. {_SHAPE}"
    return ""


_SHAPE = f"A line is a kind, a name, a colon and words: `{_EXAMPLE}`."


def _words_in(text: str) -> Iterator[str]:
    for word in text.split(","):
        if plain := " ".join(word.split()):
            yield plain
