"""One procedure said in words that stand apart: ``ablation of the SI joint``.

A family holds procedures that payers judge differently (injection and ablation of one
joint, trial and implant of one stimulator); its name beside the word for one of them names
that one, wherever the word stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dsl.base.phrases import atoms, phrase
from kb.asking.understood import CODES, FAMILY, Chip
from kb.asking.vocabulary import Vocabulary
from kb.plain.trade import codes_words

_TWO_THINGS = re.compile(
    r"[+&]|\b(?:and|or|plus|vs|versus|before|after|then|between|followed|beside)\b",
    re.IGNORECASE,
)
"""What stands between two procedures that are both meant."""


def joined_apart(
    chips: Sequence[Chip], known: Vocabulary, text: str
) -> tuple[Chip, ...]:
    """The chips, those of a family narrowed by a word elsewhere in the question."""
    if _TWO_THINGS.search(text):
        return tuple(chips)
    loose = _loose_words(chips, text)
    found: list[Chip] = []
    spent: set[str] = set()
    for chip in chips:
        beside = [*_families_beside(chip, chips), *loose]
        narrowed = next(_narrowed(chip, beside, known), None)
        if narrowed is None:
            found.append(chip)
        else:
            meant, word = narrowed
            found.append(meant)
            spent.add(word)
    return tuple(
        chip for chip in found if chip.kind != FAMILY or chip.typed not in spent
    )


def _narrowed(
    chip: Chip, words: Iterable[str], known: Vocabulary
) -> Iterator[tuple[Chip, str]]:
    """The codes of a name with one of some words, and that word."""
    if chip.kind not in (FAMILY, CODES) or any(map(str.isdigit, chip.typed)):
        return
    for word in words:
        for both in (f"{chip.typed} {word}", f"{word} {chip.typed}"):
            meaning = known.phrases.get(phrase(both))
            if meaning is None or meaning.kind != CODES:
                continue
            codes = tuple(code for code in meaning.targets if code in known.codes)
            if set(codes) == set(chip.values):
                yield chip, word
            elif codes:
                yield Chip(CODES, codes, f"{both}: {codes_words(codes)}", both), word


def _families_beside(chip: Chip, chips: Sequence[Chip]) -> list[str]:
    return [
        other.typed for other in chips if other is not chip and other.kind == FAMILY
    ]


def _loose_words(chips: Sequence[Chip], text: str) -> list[str]:
    """The words of a question that no chip was made of."""
    used = {atom for chip in chips for atom in atoms(chip.typed)}
    return [atom for atom in dict.fromkeys(atoms(text)) if atom not in used]
