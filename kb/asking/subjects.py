"""What a question is about, as cards and pages name it."""

from __future__ import annotations

from urllib.parse import urlencode

from kb.asking.understood import (
    CODES,
    CONTRACTOR,
    FAMILY,
    PLACE,
    STATE,
    Chip,
    Understood,
)
from kb.asking.vocabulary import vocabulary
from kb.read.families import families, family_title
from kb.read.store import KnowledgeBase
from kb.reference.cards import Card


def card_path(made: Card, understood: Understood) -> str:
    """The page of a card; today is never written into an address."""
    day = "" if made.day == understood.today else made.day.isoformat()
    asked = {"state": made.state, "place": made.place, "on": day}
    said = urlencode({key: value for key, value in asked.items() if value})
    return f"/answer/{made.payer.id}/{made.subject.key}" + (f"?{said}" if said else "")


def subject_words(made: Card) -> str:
    """What a card is about, in words."""
    subject = made.subject
    if subject.is_family:
        return subject.title
    return f"{subject.key} {subject.title}".strip()


def state_of(kb: KnowledgeBase, understood: Understood) -> str:
    """The state asked about, or one of the contractor that is named instead."""
    if state := understood.one(STATE):
        return state.value
    contractor = understood.one(CONTRACTOR)
    if contractor is None:
        return ""
    return next(iter(vocabulary(kb).contractors[contractor.value][1]), "")


def place_of(understood: Understood) -> str:
    """The place of service asked about, or nothing."""
    place = understood.one(PLACE)
    return place.value if place else ""


def is_code(subject: str) -> bool:
    """Whether a subject is a code, not a family: families have no digits."""
    return any(map(str.isdigit, subject))


def page_of(subject: str) -> str:
    """The page of a code, or all payers of a family side by side."""
    return f"/code/{subject}" if is_code(subject) else f"/compare?family={subject}"


def subject_title(kb: KnowledgeBase, subject: str) -> str:
    """A code with its label, or a family as people read it."""
    if not is_code(subject):
        return family_title(subject)
    return f"{subject} {vocabulary(kb).codes[subject][1]}".strip()


def subjects_of(kb: KnowledgeBase, understood: Understood) -> list[str]:
    """Keys of codes and families that are asked about; a family beside its codes is not."""
    codes = [chip for chip in understood.all(CODES) if chip.known]
    named = {code for chip in codes for code in chip.values}
    of_family = families(kb, understood.day) if named else {}
    found = [
        chip.value
        for chip in understood.chips
        if (chip in codes and not _said_by_another(chip, codes))
        or (chip.kind == FAMILY and named.isdisjoint(of_family.get(chip.value, ())))
    ]
    text = understood.text.casefold()
    typed = {chip.value for chip in codes if chip.value.casefold() in text}
    # What was typed as a code is what is asked about, a word beside it second.
    return sorted(dict.fromkeys(found), key=lambda subject: subject not in typed)


def _said_by_another(chip: Chip, codes: list[Chip]) -> bool:
    """Whether another code of the question says more exactly what a trade word says."""
    own = set(chip.values)
    return any(other is not chip and set(other.values) < own for other in codes)
