"""Which code a procedure is billed with: the answer to ``what cpt for genicular rfa``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dsl.base.phrases import phrase
from kb.asking.settling import is_typed
from kb.asking.understood import CODES, FAMILY, LEVEL, MODIFIER, Understood
from kb.asking.vocabulary import Vocabulary, vocabulary
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.tables.model import Setting
from kb.tables.telling import BY_LINE

MOST_CODES = 12
PARTS = ("cervical", "thoracic", "lumbar")
_ASKED = re.compile(
    r"\b(?:cpt|hcpcs|j[ -]?codes?|(?:billing|procedure|what|which|right|correct) codes?"
    r"|codes? (?:for|to bill|do we bill)|codes?(?= ?\??$))\b",
    re.IGNORECASE,
)
_APART = re.compile(r"\b(?:vs|versus|difference|replac\w+)\b", re.IGNORECASE)
"""What stands with two codes of which each says what it is for."""
_NOT_OF_PROCEDURES = re.compile(
    r"\b(?:dx|icd|diagnos\w*|denial|reason|remark|cpt code \d)", re.IGNORECASE
)


def asks_for_codes(understood: Understood) -> bool:
    """Whether a question asks nothing but with which code something is billed."""
    text = understood.text
    several = len(understood.all(CODES)) > 1
    asked = _ASKED.search(text) or (several and _APART.search(text))
    return (
        not understood.topics
        and not understood.one(LEVEL, MODIFIER)
        and bool(asked)
        and _NOT_OF_PROCEDURES.search(text) is None
    )


def code_names(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """A line for each code of what is named; none where nothing is, or a code is typed."""
    if not asks_for_codes(understood):
        return
    known = vocabulary(kb)
    typed = [chip.value for chip in understood.all(CODES) if is_typed(chip)]
    codes = [
        code
        for chip in understood.all(CODES)
        for code in _meant(chip.typed, chip.values)
    ]
    if typed:
        codes = [*typed, *codes]  # which of them is meant: each says what it is for
    if not codes:
        codes = _of_families(kb, understood, known)
    named = [code for code in dict.fromkeys(codes) if code in known.codes]
    for code in named[:MOST_CODES]:
        most = _most_units(kb, code, understood.day) if len(named) == 1 else ""
        yield f"{code}: {known.codes[code][1]}{most}."
    if len(named) > MOST_CODES:
        yield f"{len(named) - MOST_CODES} more codes stand on the page of the procedure."


def _most_units(kb: KnowledgeBase, code: str, day: date) -> str:
    """``, at most 1 unit a day (Medicare's cap)``; empty where no cap is known."""
    cap = kb.cms.unit_cap(Setting.PRACTITIONER, code, day)
    if cap is None or not cap.units:
        return ""
    units = f"{cap.units} unit{'' if cap.units == 1 else 's'}"
    return f", at most {units} a {'line' if cap.indicator == BY_LINE else 'day'} (Medicare's cap)"


def _meant(typed: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that a trade word stands for; none where a code itself was typed."""
    return () if values[0] in typed.upper() else values


def _of_families(
    kb: KnowledgeBase, understood: Understood, known: Vocabulary
) -> list[str]:
    """The codes of the named families, those of the named parts of the back where any."""
    members = families(kb, understood.day)
    codes = [
        code
        for chip in understood.all(FAMILY)
        for code in sorted(members.get(chip.value, ()))
    ]
    words = [word for word in PARTS if word in understood.text.casefold()]
    parts = {
        code
        for word in words
        if (meaning := known.phrases.get(phrase(word)))
        for code in meaning.targets
    }
    return [code for code in codes if code in parts] or codes
