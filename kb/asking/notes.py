"""What a reader must know beside an answer: what is not loaded, silent or read two ways."""

from __future__ import annotations

from kb.asking.answered import CardAnswer, Table
from kb.asking.denials import sentences_of, told_apart
from kb.asking.understood import (
    ABSENT,
    BRAND,
    DENIAL,
    DOCUMENT,
    PAYER,
    SUBJECTS,
    UNLOADED,
    Chip,
    Understood,
)
from kb.asking.vocabulary import Vocabulary

MOST_LOADED = 6
"""Payers of a name that are told where the one that was meant is not loaded."""
LETTERS = {
    "PA": "PA may be prior authorization (write: prior auth), a physician assistant (write: "
    "PA-C) or Pennsylvania (write: in Pennsylvania)."
}
"""Letters that staff write for several things."""


def notes_on(understood: Understood, known: Vocabulary) -> list[str]:
    """What is named and not loaded."""
    return [
        _not_loaded(chip, known)
        for chip in understood.chips
        if not chip.known and chip.kind != DENIAL
    ]


def denials_on(understood: Understood, *, is_shown: bool) -> list[str]:
    """What each denial says; without rows that deny so, what must be named to see them."""
    denials = understood.all(DENIAL)
    said = [*map(sentences_of, told_apart(denials))]
    payer, subject = understood.one(PAYER, BRAND), understood.one(*SUBJECTS)
    lacking = [
        words
        for words, chip in (("the payer", payer), ("the code", subject))
        if chip is None
    ]
    if any(chip.known for chip in denials) and lacking and not is_shown:
        named = " and ".join(lacking)
        said.append(f"Name {named} to see which of its rules deny so.")
    return said


def nothing_is_known(cards: tuple[CardAnswer, ...], tables: tuple[Table, ...]) -> bool:
    """Whether neither card nor table knows what was asked."""
    return not tables and all(each.is_silent for each in cards)


def _not_loaded(chip: Chip, known: Vocabulary) -> str:
    if chip.kind == ABSENT:
        return f"{chip.label} is not loaded. That is no answer about it."
    if chip.kind == UNLOADED:
        return f"Nothing is loaded about {chip.label}. That is no answer to whether it is covered."
    if chip.kind in (PAYER, BRAND):
        keys = dict.fromkeys((*chip.values, *chip.others))
        titles = [known.payers[key].title for key in keys]
        more = len(titles) - MOST_LOADED
        also = f"; and {more} more" if more > 0 else ""
        loaded = "; ".join(titles[:MOST_LOADED]) + also
        return f"{chip.label} is not loaded. That is no answer about it. Loaded are: {loaded}."
    if chip.kind == DOCUMENT:
        return f"No document {chip.value} is loaded."
    return (
        f"No rule or list that is loaded names {chip.value}. That is no answer to whether it "
        "is covered."
    )


def siblings_of(
    payers: list[Chip], known: Vocabulary, shown: set[str]
) -> tuple[str, ...]:
    """The other payers that the same name may mean, but those that are shown."""
    others = {
        chip.typed: [known.payers[k].title for k in chip.others if k not in shown]
        for chip in payers
    }
    return tuple(
        f"{typed} may also mean {' or '.join(titles)}: name it to ask of it."
        for typed, titles in others.items()
        if titles
    )


def other_readings(understood: Understood) -> tuple[str, ...]:
    """What two letters were taken for that stand for other things too."""
    read = next((c for c in understood.chips if c.typed.upper() in LETTERS), None)
    if read is None:
        return ()
    return (
        (
            f"{read.typed} was read as {read.label.rstrip('?')}. "
            f"{LETTERS[read.typed.upper()]}"
        ),
    )


def silences_of(tables: tuple[Table, ...]) -> list[str]:
    """What a reader must know to read an absence in tables; leads say it of cards."""
    return [
        f"No loaded rule speaks of this: {table.title}."
        for table in tables
        if not table.rows and not table.groups
    ]
