"""What a question is about, as cards and pages name it."""

from __future__ import annotations

from urllib.parse import urlencode

from kb.asking.understood import CONTRACTOR, PLACE, STATE, Understood
from kb.asking.vocabulary import vocabulary
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
