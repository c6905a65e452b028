"""Levels of the spine as staff write them: L4-5, C5/C6, L3-S1, L4 L5."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kb.asking.understood import LEVEL, Chip

CERVICAL, THORACIC, LUMBAR = "cervical", "thoracic", "lumbar"
_COLUMN = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 6)),
)
_AT = {name: at for at, name in enumerate(_COLUMN)}
_ROOTS = frozenset((*_COLUMN, "C8"))
_VERTEBRA = r"[CTLS]\d{1,2}"
_JOINED = re.compile(
    rf"(?<![\w.-])({_VERTEBRA})((?:\s?(?:-|\u2013|/|\bto\b|\bthru\b|\bthrough\b)\s?[CTLS]?\d{{1,2}}"
    rf"|{_VERTEBRA})*)(?![\w.]|-\w|\s*(?:joint|modifier)\b)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\s*(?:,|&|\+|\band\b)?\s*(\d{1,2})\s?[-/\u2013]\s?([CTLS]?\d{1,2})(?![\w.-])"
    r"(?!\s*(?:x|times|per|a|days?|weeks?|months?|years?|percent|%)\b)",
    re.IGNORECASE,
)
"""A further level whose letter was said before: ``C4-5, 5-6``; ``2-3 times`` is none."""
_PART = re.compile(r"([CTLS]?)(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spine:
    """The levels and the single vertebrae of a question, head to tail."""

    levels: tuple[str, ...]
    """Each as two neighbouring vertebrae: ``L4-L5``."""
    singles: tuple[str, ...]
    """Vertebrae, or the nerves named after them, that stand alone: ``L5``."""


def levels_in(text: str) -> tuple[list[Chip], str]:
    """The levels that a text names, and the text without them."""
    levels: set[str] = set()
    singles: set[str] = set()
    typed: list[str] = []
    rest, at = "", 0
    while found := _JOINED.search(text, at):
        said = [*_vertebrae(found[0])]
        if not said:
            rest += text[at : found.end()]
            at = found.end()
            continue
        start, end = found.start(), found.end()
        _add(said, levels, singles)
        while len(said) > 1 and (more := _MORE.match(text, end)):
            letter = said[-1][0]
            further = [*_vertebrae(f"{letter}{more[1]}-{more[2]}")]
            if len(further) != 2:
                break
            _add(further, levels, singles)
            said, end = further, more.end()
        typed.append(" ".join(text[start:end].split()))
        rest += text[at:start] + " "
        at = end
    if not typed:
        return [], text
    spine = Spine(_in_order(levels), _in_order(singles))
    return [_chip(spine, typed)], rest + text[at:]


def spine_of(chip: Chip) -> Spine:
    """The levels of a chip."""
    return Spine(
        tuple(each for each in chip.values if "-" in each),
        tuple(each for each in chip.values if "-" not in each),
    )


def region_of(level: str) -> str:
    """The part of the back that a level is billed in: that of its upper vertebra.

    So an opening or a joint between the last thoracic and the first lumbar vertebra is of
    the upper part (article A58993, coding guidance, of transforaminal epidurals; the
    facet codes are counted so too).
    """
    return {"C": CERVICAL, "T": THORACIC}.get(level[0], LUMBAR)


def levels_words(levels: Iterable[str]) -> str:
    """``L3-L4, L4-L5 and L5-S1``."""
    *others, last = levels
    return f"{', '.join(others)} and {last}" if others else last


def _vertebrae(text: str) -> Iterator[str]:
    """The vertebrae of one piece; none where one of them does not exist."""
    letter = ""
    found = []
    for part in _PART.finditer(text):
        letter = part[1].upper() or letter
        found.append(f"{letter}{int(part[2])}")
    if all(each in _ROOTS for each in found):
        yield from found


def _add(said: list[str], levels: set[str], singles: set[str]) -> None:
    if len(said) == 1:
        singles.add(said[0])
        return
    for one, other in pairwise(said):
        if one == other or not {one, other} <= _AT.keys():
            continue
        upper, lower = sorted((_AT[one], _AT[other]))
        column = _COLUMN[upper : lower + 1]
        levels |= {f"{a}-{b}" for a, b in pairwise(column)}


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: _AT.get(name.split("-")[0], 6.5)))


def _chip(spine: Spine, typed: list[str]) -> Chip:
    values = (*spine.levels, *spine.singles)
    count = len(spine.levels)
    counted = f", {count} levels" if count > 1 and not spine.singles else ""
    return Chip(LEVEL, values, f"{levels_words(values)}{counted}", " ".join(typed))
