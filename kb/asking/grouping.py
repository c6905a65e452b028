"""Questions that name no payer: what Medicare says, then the payers by what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.asking.cell_words import (
    AGAIN,
    FIRST_TIME,
    MOST_SAID,
    cases_of,
    cell_words,
    full_words,
    joined,
    rows_asked,
    time_of,
)
from kb.asking.followed import relief_before
from kb.asking.groups import Group, Grouped, Saying, groups_of, holding
from kb.asking.list_words import with_codes
from kb.asking.narrowing import BEFORE_FIRST, of_kind, time_asked
from kb.asking.subjects import card_path
from kb.asking.topics import naming
from kb.asking.understood import TOPIC, Chip, Understood
from kb.asking.vocabulary import vocabulary
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, Cell

MEDICARE = "medicare"
YES_OR_NO = frozenset({"covered", "approval"})
"""Questions of which payers say yes or no."""
ABLATION, BLOCK = "facet-ablation", "facet-injection"
OF_FIRST = frozenset({"covered", "criteria", "limit", "repeat"})
"""What else the words may ask that ask for the blocks before an ablation."""
_BLOCK = re.compile(r"\b(?:mbbs?|blocks?)\b", re.IGNORECASE)
_WITHOUT = re.compile(r"\b(?:without|before|prior to|w/o)\b", re.IGNORECASE)
_HOW_LONG = re.compile(
    r"\b(?:how (?:long|soon)|when|weeks?|months?|days?)\b", re.IGNORECASE
)
NEAR = {
    "repeat": "[ \xa0]?%| earlier",
    "limit": r" (?:\w+ )?(?:in|a) ",
    "interval": " (?:days?|weeks?|months?)",
    "wait": " (?:days?|weeks?|months?)",
}
"""By what is asked: the pattern of what follows a number that is its own."""
_SPAN = re.compile(r"\b(?:days?|weeks?|months?)\b")
_NUMBER = re.compile(r"(?<![\w.-])(\d{1,3})(?= ?%|[ ,?]|$)")


def of_blocks(
    understood: Understood, subjects: Sequence[str]
) -> tuple[Understood, list[str]]:
    """Blocks before an ablation are asked of the ablation: what is needed before the first."""
    blocks = BLOCK in subjects or _BLOCK.search(understood.text)
    before = ABLATION in subjects and _WITHOUT.search(understood.text)
    if not (blocks and before) or {*understood.topics} - OF_FIRST:
        return understood, list(subjects)
    kept = tuple(chip for chip in understood.chips if chip.kind != TOPIC)
    asked = Chip(TOPIC, ("repeat",), BEFORE_FIRST, "")
    return replace(understood, chips=(*kept, asked)), [ABLATION]


def grouped(
    kb: KnowledgeBase,
    understood: Understood,
    cards: Sequence[Card],
    keys: Sequence[str],
) -> tuple[Grouped, ...]:
    """For each cell that is asked: what Medicare says, and the payers by what they say."""
    return tuple(
        _grouped(kb, understood, cards, key) for key in _meant(keys, understood)
    )


def of_sentences(
    understood: Understood, title: str, told: Iterable[tuple[Card, str, bool]]
) -> Grouped:
    """The same of what rows of several cells say: of each card words and whether they follow."""
    sayings = tuple(
        _saying(made, understood, said, follows=follows) for made, said, follows in told
    )
    first = next((each for each in sayings if each.is_medicare), None)
    words = (first.says or "no loaded rule answers") if first else ""
    return Grouped(title, words, groups_of(sayings))


def without_numbers(understood: Understood, told: Iterable[Grouped]) -> Understood:
    """The question without the numbers that its answer took up."""
    taken = {number for each in told for number, _ in each.numbers}
    left = tuple(word for word in understood.not_understood if word not in taken)
    return replace(understood, not_understood=left)


def _meant(keys: Sequence[str], understood: Understood) -> list[str]:
    """Of what is asked only that which the words ask: how long, or with what relief."""
    if {"repeat", "interval"} <= {*keys}:
        other = "repeat" if _HOW_LONG.search(understood.text) else "interval"
        return [key for key in keys if key != other]
    return list(keys)


def _grouped(
    kb: KnowledgeBase, understood: Understood, cards: Sequence[Card], key: str
) -> Grouped:
    only = time_asked(understood, key)
    told = [(made, of_kind(cell_asked(made, key), understood.text)) for made in cards]
    sayings = tuple(
        _saying(made, understood, cell_words(cell, only), follows=_follows(cell))
        for made, cell in told
    )
    medicare = next((pair for pair in told if _is_medicare(pair[0])), None)
    groups = groups_of(sayings)
    return Grouped(
        title=FIRST_TIME if only == FIRST_TIME else _title(cards, key),
        first=_sentence(kb, *medicare, only) if medicare else "",
        groups=groups,
        numbers=_numbers(understood, groups, key),
        depends=key in YES_OR_NO,
    )


def _title(cards: Sequence[Card], key: str) -> str:
    return cards[0].cell(key).aspect.title if cards else ""


def cell_asked(made: Card, key: str) -> Cell:
    """The cell that answers; where no days between sessions are told, what limits them."""
    cell = naming(made.cell(key))
    if key != "interval" or not cell.says_nothing:
        return cell
    limit, again = naming(made.cell("limit")), naming(made.cell("repeat"))
    rows = (*limit.rows, *(row for row in again.rows if _is_time_between(row)))
    return replace(cell, known="partly", rows=rows) if rows else cell


def _is_time_between(row: Row) -> bool:
    """Whether a rule about repeating says how long relief must last."""
    return time_of(row) != FIRST_TIME and bool(_SPAN.search(row.short))


def _saying(made: Card, understood: Understood, says: str, *, follows: bool) -> Saying:
    return Saying(
        title=made.payer.title,
        path=card_path(made, understood),
        says=says,
        follows=follows,
        is_medicare=_is_medicare(made),
    )


def _is_medicare(made: Card) -> bool:
    return made.payer.line_of_business == MEDICARE


def _follows(cell: Cell) -> bool:
    return bool(cell.rows) and all(row.follows for row in cell.rows)


def _sentence(kb: KnowledgeBase, made: Card, cell: Cell, only: str) -> str:
    """What Medicare says, contractors that differ by name."""
    if cell.known == "silent":
        return "no loaded rule answers" if cell.says_nothing else cell.silence
    key, rows = cell.aspect.key, rows_asked(cell, only)
    if not any(row.is_firm for row in rows):
        return cell_words(cell, only)
    label = only if only == FIRST_TIME else AGAIN if key == "repeat" else ""
    said: dict[str, list[Row]] = {}
    for row in rows:
        said.setdefault(full_words(row, label), []).append(row)
    parts = [words + _conditions(kb, made, same) for words, same in said.items()]
    if key == "repeat":
        parts += [
            full_words(row).replace(FIRST_TIME, "before ablation", 1)
            for row in relief_before(kb, made)[:1]
        ]
    if key == "diagnosis":
        parts = [with_codes(kb, part, rows) for part in parts]
    more = len(parts) - MOST_SAID
    return "; ".join(parts[:MOST_SAID]) + (
        f"; {more} more on its page" if more > 0 else ""
    )


def _conditions(kb: KnowledgeBase, made: Card, rows: Sequence[Row]) -> str:
    """Who says it, and in which cases: of contractors that differ, by name."""
    cases = dict.fromkeys(cases_of(row) for row in rows)
    at = _at(kb, made, rows)
    if len(cases) == 1:
        return at + "".join(f" ({one})" for one in cases if one)
    apart = (
        f"; {one}{_at(kb, made, [row for row in rows if cases_of(row) == one])}"
        for one in cases
        if one
    )
    return at + "".join(apart)


def _at(kb: KnowledgeBase, made: Card, rows: Iterable[Row]) -> str:
    """The contractors that say it, unless one was asked about."""
    policies = {key for row in rows for key in row.policies}
    own = [each for each in made.policies if each.id in policies]
    names = {each.contractor_title for each in own if each.contractor}
    if made.state or not names or not all(each.contractor for each in own):
        return ""
    if names >= {
        each.contractor_title for each in made.searched if each.contractor
    } and len(names) == len(vocabulary(kb).contractors):
        return ", at every contractor"
    return f" ({joined(sorted(names))})"


def _numbers(
    understood: Understood, groups: Iterable[Group], key: str
) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """The bare numbers of a question that only its topic took up, with who says them."""
    taken = " ".join(chip.typed for chip in understood.chips if chip.kind != TOPIC)
    found = dict.fromkeys(_NUMBER.findall(understood.text))
    known = [each for each in groups if each.says]
    asked = [each for each in found if not re.search(rf"\b{each}\b", taken)]
    told = ((each, holding(each, known, NEAR.get(key, r"\b"))) for each in asked)
    return tuple((number, groups) for number, groups in told if groups)
