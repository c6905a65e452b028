"""Which codes the levels of a question are billed with, in sentences.

The parts of the back are the lists of the words ``cervical``, ``thoracic`` and ``lumbar``
that authors keep; which code is for a further level is told by the codes themselves
(``add-on to``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dsl.base.phrases import phrase
from dsl.load.words import TOPICS
from kb.asking.settling import is_typed
from kb.asking.spine import LUMBAR, Spine, levels_words, region_of, spine_of
from kb.asking.understood import CODES, FAMILY, LEVEL, TOPIC, Chip, Understood
from kb.asking.vocabulary import Vocabulary, vocabulary
from kb.read.families import families
from kb.read.store import KnowledgeBase

LOW, HIGH = "the low back", "the neck or mid-back"
BY_JOINT = ("facet-injection", "facet-ablation")
BY_BODY = ("vertebral-augmentation", "basivertebral")
MOST_LISTED = 6
_PLACES = ("first", "second", "third")
BOTH_SIDES = (
    "Both sides of one level are that level's code, not a code for a further level."
)
JUNCTION = ("T12-L1", "L1-L2")
"""Two levels that lie in two parts of the back and have rules of their own."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The codes that a question is about, and where on the back each is for."""

    codes: frozenset[str]
    of_part: dict[str, frozenset[str]]
    further: dict[str, tuple[str, ...]]
    """The codes for further levels, by the code of the first."""
    known: Vocabulary


def codes_of_levels(kb: KnowledgeBase, understood: Understood) -> tuple[str, ...]:
    """What codes the named levels take; nothing where no level or no procedure is named."""
    chip = understood.one(LEVEL)
    asked = _asked(kb, understood)
    if chip is None or not asked.codes:
        return ()
    spine = spine_of(chip)
    family = _family(kb, understood, asked)
    told = (*_elsewhere(asked, understood, spine), *_said(asked, spine, family))
    both = "sides" in understood.topics and family not in BY_BODY
    return (*told, BOTH_SIDES) if told and both else told


def several(understood: Understood) -> Chip | None:
    """What several levels ask where nothing else is asked: how many in one session."""
    level = understood.one(LEVEL)
    if level is None or len(level.values) == 1:
        return None
    return Chip(TOPIC, ("session",), TOPICS["session"], level.typed)


def further_codes(kb: KnowledgeBase, understood: Understood) -> tuple[str, ...]:
    """The codes of further levels, where both sides of several are asked about.

    A payer may bill the two sides of an add-on otherwise than those of its first code.
    """
    level = understood.one(LEVEL)
    if level is None or understood.one(FAMILY) or "sides" not in understood.topics:
        return ()  # the card of a family has its further codes
    parts = _by_part(spine_of(level).levels)
    if len(parts) != 1 or not several(understood):
        return ()
    asked = _asked(kb, understood)
    own = asked.codes & asked.of_part[next(iter(parts))]
    firsts = sorted(own & asked.further.keys())
    return asked.further[firsts[0]][:1] if len(firsts) == 1 else ()


def _said(asked: _Asked, spine: Spine, family: str) -> Iterator[str]:
    """The sentences about the levels, or what must be written to get them."""
    if spine.singles:
        yield from _of_singles(asked, spine, family)
    elif family in BY_BODY:
        yield f"{levels_words(spine.levels)}: write the vertebrae that are treated (L1, L2)."
    elif set(spine.levels) >= set(JUNCTION) and family in BY_JOINT:
        yield (
            "T12-L1 is billed with the mid-back and L1-L2 with the low back; of the two "
            "together payers have rules of their own: see below."
        )
    else:
        for part, levels in _by_part(spine.levels).items():
            yield from _of_part(asked, part, levels, family)


def _of_singles(asked: _Asked, spine: Spine, family: str) -> Iterator[str]:
    named = levels_words(spine.singles)
    if family in BY_JOINT:
        yield (
            f"Facet procedures are billed by joint: write the joints (L4-5, L5-S1) instead "
            f"of {named}."
        )
    elif family in BY_BODY:
        parts = _by_part(spine.singles)
        if len(parts) == 1:
            yield from _of_part(asked, next(iter(parts)), spine.singles, family)
        else:
            yield from _of_bodies(asked, spine.singles)
    elif len(spine.singles) > 1:
        yield f"{named} may be one level or several: write L4-5, or L4-5 and L5-S1."


def _of_bodies(asked: _Asked, bodies: Sequence[str]) -> Iterator[str]:
    """Vertebrae of two parts of the back whose further ones share one code."""
    firsts = sorted(asked.codes & asked.further.keys())
    shared = {asked.further[code] for code in firsts}
    if len(shared) == 1:
        yield (
            f"{levels_words(bodies)} are {len(bodies)} vertebrae: {' or '.join(firsts)} for "
            f"the first, {', '.join(*shared)} for each further one."
        )


def _by_part(levels: Sequence[str]) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for level in levels:
        part = LOW if region_of(level) == LUMBAR else HIGH
        parts.setdefault(part, []).append(level)
    return parts


def _of_part(
    asked: _Asked, part: str, levels: Sequence[str], family: str
) -> Iterator[str]:
    """The codes of levels that lie in one part of the back."""
    own = asked.codes & asked.of_part[part]
    firsts = sorted(own & asked.further.keys())
    further = {code for codes in asked.further.values() for code in codes}
    alone = sorted(own - further - set(firsts))
    if len(firsts) == 1 and (not alone or family in (*BY_JOINT, *BY_BODY)):
        noun = "vertebra" if family in BY_BODY else "level"
        yield _of_chain(part, levels, (firsts[0], *asked.further[firsts[0]]), noun)
    elif firsts or alone:
        named = [_label(code, asked) for code in (*firsts, *alone)]
        yield (
            f"{levels_words(levels)} {'are' if levels[1:] else 'is'} of {part}. Codes there: "
            f"{'; '.join(named[:MOST_LISTED])}."
        )


def _label(code: str, asked: _Asked) -> str:
    further = asked.further.get(code, ())
    beyond = f" ({', '.join(further)} for further levels)" if further else ""
    return f"{code} {asked.known.codes[code][1]}{beyond}"


def _of_chain(
    part: str, levels: Sequence[str], chain: tuple[str, ...], noun: str
) -> str:
    """``L4-L5 and L5-S1 are 2 levels of the low back: 64483 for the first, ...``."""
    named, count = levels_words(levels), len(levels)
    if count == 1:
        return f"{named} is one {noun} of {part}: {chain[0]}."
    plural = {"level": "levels", "vertebra": "vertebrae"}[noun]
    said = [f"{chain[0]} for the first"]
    if len(chain) == 2:
        times = "" if count == 2 else f", {count - 1} units in all"
        said.append(f"{chain[1]} for each further one{times}")
    else:
        last = min(count, len(chain))
        said += [f"{chain[at]} for the {_PLACES[at]}" for at in range(1, last)]
        if count > len(chain):
            said[-1] += " and all beyond"
    return f"{named} are {count} {plural} of {part}: {', '.join(said)}."


def _elsewhere(asked: _Asked, understood: Understood, spine: Spine) -> Iterator[str]:
    """Codes that are typed and are for the other part of the back."""
    parts = set(_by_part((*spine.levels, *spine.singles)))
    if len(parts) > 1:
        return
    (part,) = parts
    other = HIGH if part == LOW else LOW
    for chip in understood.all(CODES):
        code = chip.value
        elsewhere = asked.of_part[other] - asked.of_part[part]
        if is_typed(chip) and code in elsewhere and code not in JUNCTION_CODES:
            yield (
                f"{code} is for {other}: {levels_words((*spine.levels, *spine.singles))} "
                f"is of {part}."
            )


JUNCTION_CODES = frozenset({"64494"})
"""Of the low back, and beside 64490 for T12-L1 with L1-L2 (JE-CHECKLIST, facet joints)."""


def _family(kb: KnowledgeBase, understood: Understood, asked: _Asked) -> str:
    """The family of procedures that is asked about."""
    if chip := understood.one(FAMILY):
        return chip.value
    of_family = families(kb, understood.day)
    return next((name for name, codes in of_family.items() if asked.codes <= codes), "")


def _asked(kb: KnowledgeBase, understood: Understood) -> _Asked:
    known = vocabulary(kb)
    of_family = families(kb, understood.day)
    codes = {code for chip in understood.all(CODES) for code in chip.values}
    if not codes:
        codes = {
            code
            for chip in understood.all(FAMILY)
            for code in of_family.get(chip.value, ())
        }
    return _Asked(
        frozenset(codes),
        {LOW: _part(known, LUMBAR), HIGH: _part(known, "cervical", "thoracic")},
        kb.once(_further),
        known,
    )


def _part(known: Vocabulary, *words: str) -> frozenset[str]:
    meanings = (known.phrases.get(phrase(word)) for word in words)
    return frozenset(code for each in meanings if each for code in each.targets)


def _further(kb: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in kb.rows("SELECT base, code FROM code_add_on ORDER BY base, code"):
        found[row["base"]] = (*found.get(row["base"], ()), row["code"])
    return found
