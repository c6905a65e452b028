"""The page that a question means which names a payer, a document, a code or a topic alone."""

from __future__ import annotations

from urllib.parse import urlencode

from kb.asking.answered import CardAnswer, Table
from kb.asking.subjects import (
    place_of,
    state_of,
)
from kb.asking.tables import choices, of_topic, table_of
from kb.asking.topics import (
    CELLS,
    payer_wide,
)
from kb.asking.understood import (
    BRAND,
    CODES,
    DIAGNOSIS,
    DOCUMENT,
    MODIFIER,
    SPAN,
    STATE,
    Chip,
    Understood,
)
from kb.read.store import KnowledgeBase
from kb.reference.cards import cards_of_payer

BROAD = frozenset(topic for topic, cells in CELLS.items() if cells) | {"drug"}
"""Topics of every procedure: alone they answer nothing."""


def payer_alone(
    kb: KnowledgeBase, understood: Understood, payer: Chip
) -> tuple[str, str, tuple[CardAnswer, ...], tuple[Table, ...]]:
    """A payer without a procedure: its page, and its cells by family for what is asked."""
    path = f"/payer/{payer.value}"
    if state := understood.one(STATE):
        path += f"?state={state.value}"
    if understood.one(MODIFIER) and not understood.topics:
        title, _, tables = of_topic(kb, understood, payer.value)
        return f"{payer.label}: {title}", path, (), tables
    if not understood.topics or is_about_the_unknown(understood):
        return payer.label, path, (), ()
    cards = cards_of_payer(
        kb, payer.value, understood.day, state_of(kb, understood), place_of(understood)
    )
    if wide := payer_wide(understood, cards):
        of_all = CardAnswer(
            cards[0],
            payer.label,
            path,
            wide,
            (),
            (),
            wants_rows=False,
            documents=(),
            verdicts=(),
        )
        return payer.label, path, (of_all,), ()
    table = table_of(kb, understood, payer.label, cards, by_payer=False)
    return payer.label, path, (), (table,)


def is_about_the_unknown(understood: Understood) -> bool:
    """Whether what is asked is asked of something that nothing here knows."""
    words = [each for each in understood.not_understood if each.isalpha()]
    return bool(words) and BROAD.issuperset(understood.topics)


def changes(understood: Understood, payers: list[Chip]) -> tuple[str, str]:
    """The page of what changed, at one payer or all, in the span that is asked about."""
    span = understood.one(SPAN)
    asked = {"from": span.values[0], "to": span.values[1]} if span else {}
    if payers:
        asked["payer"] = payers[0].value
    whose = f" at {payers[0].label}" if payers else ""
    return f"What changed{whose}", "/changes" + (
        f"?{urlencode(asked)}" if asked else ""
    )


def page(
    kb: KnowledgeBase, understood: Understood, subjects: list[str]
) -> tuple[str, str, tuple[Table, ...]]:
    """The page of what is named alone: a document, a code, a diagnosis, a topic."""
    for kind, where in ((DOCUMENT, "source"), (DIAGNOSIS, "code")):
        chip = understood.one(kind)
        if chip is not None and chip.known:
            return chip.label, f"/{where}/{chip.value}", ()
    if subjects:
        chip = understood.one(CODES)
        return (chip.label if chip else subjects[0]), f"/code/{subjects[0]}", ()
    brand = understood.one(BRAND)
    if brand and not understood.topics:
        return f"{brand.label}: which payer?", "", (choices(kb, brand),)
    if is_about_the_unknown(understood) and not brand:
        return "", "", ()
    return of_topic(kb, understood)
