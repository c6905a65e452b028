"""One card per payer and procedure, as of a day: all that its policies in force answer.

A card is merged from every policy that holds for the payer: its own, those of its
contractors, those for any payer, and those of a payer that it follows.  Its cells come in
the fixed order of ``kb.plain.aspects.ASPECTS``.  A cell is ``silent`` only where no rule
in force of any of these policies answers.  Cards are made in ``card_making``, and kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from cachetools import LRUCache

from kb.plain.trade import in_trade_words
from kb.read.card_store import answers_of, holdings
from kb.read.families import days_of_families, families, family_title
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer, Policy
from kb.read.store import payers
from kb.reference.card_days import last_up_to, unchanged_for
from kb.reference.card_making import NOT_KNOWN, Asked, Card, Cell, Subject

__all__ = [
    "NOT_KNOWN",
    "Card",
    "Cell",
    "Subject",
    "card",
    "card_of_contractor",
    "cards_of_code",
    "cards_of_payer",
    "codes_of_payer",
    "family_subjects",
    "policies_in_force",
    "procedure_labels",
    "spokesmen",
    "subject_of",
]

MOST_CARDS = 3000
"""Kept in memory, of some 10 kB each: all payers and families, and the codes last asked for."""
MOST_ASKED = 4000
"""Payers with a state, a place and a day, whose policies in force are kept together."""


_Spot = tuple[str, str, str, str, str]
"""Payer, first day on which all was as it is, contractor, and what is alike of state and place."""


class _Cards:
    """Cards that were made of a build, for every thread."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made: LRUCache[tuple[str, ...], Card] = LRUCache(maxsize=MOST_CARDS)
        self.asked: LRUCache[_Spot, Asked] = LRUCache(maxsize=MOST_ASKED)


def _no_cards(_kb: KnowledgeBase) -> _Cards:
    return _Cards()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and when cards are asked for."""

    day: date
    state: str = ""
    place: str = ""
    contractor: str | None = None


def _kept(kb: KnowledgeBase, payer: Payer, about: Subject, at: _Place) -> Card:
    """The card, made once for all days between two on which something changes.

    And once for all states and places that the payer's policies tell not apart.
    """
    cards = kb.once(_no_cards)
    spot = _spot(kb, payer, at, cards)
    with cards.lock:
        found = cards.made.get((about.key, *spot))
    if found is None:
        found = _policies_at(kb, payer, at, cards, spot).card(kb, about)
        with cards.lock:
            cards.made[about.key, *spot] = found
    if (found.day, found.state, found.place) == (at.day, at.state, at.place):
        return found
    return replace(found, day=at.day, state=at.state, place=at.place)


def _spot(kb: KnowledgeBase, payer: Payer, at: _Place, cards: _Cards) -> _Spot:
    """What is the same for all days, states and places that are alike to a payer."""
    since = unchanged_for(kb, payer.id, at.day.isoformat())
    contractor = "any" if at.contractor is None else f"={at.contractor}"
    spot = payer.id, since, contractor, "", ""
    if not at.state and not at.place:
        return spot
    everywhere = replace(at, state="", place="")
    found = _policies_at(kb, payer, everywhere, cards, spot)
    alike = found.alike("state", at.state), found.alike("place", at.place)
    return payer.id, since, contractor, *alike


def _policies_at(
    kb: KnowledgeBase, payer: Payer, at: _Place, cards: _Cards, spot: _Spot
) -> Asked:
    """The policies in force there, gathered once for all cards."""
    with cards.lock:
        found = cards.asked.get(spot)
    if found is None:
        found = Asked(kb, payer, at.day, at.state, at.place, at.contractor)
        with cards.lock:
            cards.asked[spot] = found
    return found


def spokesmen(
    kb: KnowledgeBase, day: date, state: str = "", place: str = ""
) -> tuple[Asked, ...]:
    """For each payer, by its title, what speaks for it there on that day."""
    kb.once(_all_answers)
    at = _Place(day, state, place)
    return tuple(_asked(kb, each, at) for each in payers(kb))


def _asked(kb: KnowledgeBase, payer: Payer, at: _Place) -> Asked:
    """The policies in force there, by whatever spot they are kept."""
    cards = kb.once(_no_cards)
    return _policies_at(kb, payer, at, cards, _spot(kb, payer, at, cards))


def card(
    kb: KnowledgeBase,
    payer_id: str,
    subject: str,
    day: date,
    state: str = "",
    place: str = "",
) -> Card | None:
    """The card of a payer for a family or code; ``None`` for an unknown payer or subject.

    ``subject`` is the key of a family (``epidural``) or a procedure code (``64483``);
    ``state`` two letters, ``place`` a place of service; empty asks for all of them.
    """
    payer, about = _payer(kb, payer_id), subject_of(kb, subject, day)
    at = _Place(day, state, place)
    return _kept(kb, payer, about, at) if payer and about else None


def cards_of_payer(
    kb: KnowledgeBase, payer_id: str, day: date, state: str = "", place: str = ""
) -> tuple[Card, ...]:
    """A card for each family of procedures, silent ones too; none for an unknown payer."""
    payer, at = _payer(kb, payer_id), _Place(day, state, place)
    if payer is None:
        return ()
    return tuple(_kept(kb, payer, each, at) for each in family_subjects(kb, day))


def cards_of_code(
    kb: KnowledgeBase, subject: str, day: date, state: str = "", place: str = ""
) -> tuple[Card, ...]:
    """A card for each payer, by its title; none for an unknown family or code."""
    about = subject_of(kb, subject, day)
    if about is None:
        return ()
    kb.once(_all_answers)
    at = _Place(day, state, place)
    return tuple(_kept(kb, each, about, at) for each in payers(kb))


def _all_answers(kb: KnowledgeBase) -> int:
    """Read what every policy says in one go; how many there are."""
    held = holdings(kb).values()
    return len(answers_of(kb, (each.version for own in held for each in own)))


def card_of_contractor(
    kb: KnowledgeBase, payer_id: str, contractor: str, subject: str, day: date
) -> Card | None:
    """What holds where one contractor of a payer decides, in any of its states."""
    payer, about = _payer(kb, payer_id), subject_of(kb, subject, day)
    if payer is None or about is None:
        return None
    return _kept(kb, payer, about, _Place(day, contractor=contractor))


def _payer(kb: KnowledgeBase, payer_id: str) -> Payer | None:
    return next((each for each in payers(kb) if each.id == payer_id), None)


def family_subjects(kb: KnowledgeBase, day: date) -> tuple[Subject, ...]:
    """Every family of procedures with its codes of the day, in order."""
    since = last_up_to(days_of_families(kb), day.isoformat())
    return kb.items(_read_subjects, [since])[since]


def _read_subjects(
    kb: KnowledgeBase, days: list[str]
) -> dict[str, tuple[Subject, ...]]:
    """By the first of some days on which they stay the same: the families."""
    return {
        since: tuple(
            Subject(key, family_title(key), codes, is_family=True)
            for key, codes in families(
                kb, date.fromisoformat(since) if since else date.min
            ).items()
        )
        for since in days
    }


def subject_of(kb: KnowledgeBase, key: str, day: date) -> Subject | None:
    """A family, or a procedure code, by its key; ``None`` when neither is loaded."""
    for each in family_subjects(kb, day):
        if each.key == key:
            return each
    label = procedure_labels(kb).get(key.upper())
    if label is None:
        return None
    return Subject(key.upper(), label, frozenset({key.upper()}), is_family=False)


def procedure_labels(kb: KnowledgeBase) -> dict[str, str]:
    """Every procedure code with our words for it, which may be none."""
    return kb.once(_procedure_labels)


def _procedure_labels(kb: KnowledgeBase) -> dict[str, str]:
    return {
        row["id"]: in_trade_words(row["label"])
        for row in kb.rows("SELECT id, label FROM code WHERE kind = 'procedure'")
    }


def policies_in_force(
    kb: KnowledgeBase, payer_id: str, day: date, state: str = ""
) -> tuple[Policy, ...]:
    """Every policy that holds for a payer, those for any payer and followed ones too."""
    payer = _payer(kb, payer_id)
    if payer is None:
        return ()
    return tuple(_asked(kb, payer, _Place(day, state)).policies.values())


def codes_of_payer(
    kb: KnowledgeBase, payer_id: str, day: date, state: str = ""
) -> tuple[str, ...]:
    """The procedure codes that rules of a payer's own policies in force are for."""
    own = [
        each.id
        for each in policies_in_force(kb, payer_id, day, state)
        if not each.any_payer
    ]
    text = day.isoformat()
    return tuple(
        sorted(
            {
                code
                for answers in answers_of(kb, own).values()
                for code, scoped in answers.by_code.items()
                if any(
                    (each.from_day or "") <= text <= (each.through_day or "9999")
                    for each in scoped
                )
            }
        )
    )
