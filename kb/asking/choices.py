"""Choices made beside a question: the state, place and day of the bar above the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsl.ir.states import STATES
from kb.asking.settling import settled
from kb.asking.understood import DAY, PLACE, SPAN, STATE, Chip, Understood
from kb.asking.vocabulary import Vocabulary

CHOSEN = ""
"""What was typed of a chip that was chosen."""


def with_choices(
    understood: Understood,
    known: Vocabulary,
    *,
    state: str = "",
    place: str = "",
    on: date | None = None,
) -> Understood:
    """The question with what is chosen, where it says nothing itself."""
    chips = [*understood.chips]
    if state in STATES and not understood.one(STATE):
        chips.append(Chip(STATE, (state,), STATES[state], CHOSEN))
    if place and not understood.one(PLACE):
        chips.append(Chip(PLACE, (place,), f"place {place}", CHOSEN))
    if on is not None and not understood.one(DAY, SPAN):
        chips.append(Chip(DAY, (on.isoformat(),), on.isoformat(), CHOSEN))
    return replace(understood, chips=settled(chips, known, understood.text))


def without(understood: Understood, chip: Chip) -> str:
    """The question without the words of a chip."""
    return _replaced(understood.text, chip.typed, "")


def instead(understood: Understood, chip: Chip, words: str) -> str:
    """The question with other words in place of a chip's."""
    return _replaced(understood.text, chip.typed, words)


def _replaced(text: str, typed: str, words: str) -> str:
    at = text.casefold().find(typed.casefold()) if typed else -1
    if at < 0:
        return text
    return " ".join((text[:at] + words + text[at + len(typed) :]).split())
