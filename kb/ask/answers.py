"""Questions answered: the cells of cards that they ask for, or the page that they mean.

``ask`` reads a question (``kb.ask.reader``) and answers from the merged cards
(``kb.reference.cards``).  What nothing loaded answers says so, with what was searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from dsl.load.words import TOPICS
from kb.ask.diagnoses import ListVerdict, verdicts
from kb.ask.find import Found, find
from kb.ask.pairs import rows_of_both
from kb.ask.reader import understand
from kb.ask.speakers import speakers
from kb.ask.topics import (
    asked_cells,
    first_cells,
    naming,
    other_cells,
    payer_wide,
    said_of,
    topic_rows,
)
from kb.ask.understood import (
    BRAND,
    CODES,
    CONTRACTOR,
    DIAGNOSIS,
    DOCUMENT,
    FAMILY,
    MODIFIER,
    PAYER,
    PLACE,
    SPAN,
    STATE,
    Chip,
    Understood,
)
from kb.ask.vocabulary import Vocabulary, vocabulary
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, Cell, card, cards_of_code, cards_of_payer
from kb.reference.documents import Document

MOST_CARDS = 3
"""Payers times procedures of one question that are answered in full."""
MOST_HITS = 8
MOST_OPEN = 3


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What one payer says of one procedure, the cells that are asked for first."""

    card: Card
    title: str
    path: str
    asked: tuple[Cell, ...]
    others: tuple[Cell, ...]
    """The other cells in which a rule names the procedure."""
    rows: tuple[Row, ...]
    """Rows that speak of what is asked where no cell is its own (drug, units, two codes)."""
    wants_rows: bool
    """Whether such rows are what was asked for."""
    documents: tuple[Document, ...]
    verdicts: tuple[ListVerdict, ...]
    """Whether the lists of diagnoses hold the diagnosis that was asked about."""

    @property
    def open_points(self) -> tuple[Row, ...]:
        """What the policies leave open about the procedure, not about every line."""
        return tuple(gap for gap in self.card.gaps if gap.codes)[:MOST_OPEN]

    @property
    def shows_others(self) -> bool:
        """Whether what else is known is shown: nothing else was asked, or nobody answers it."""
        answered = any(cell.known != "silent" for cell in self.asked)
        return not (answered or self.rows or self.documents or self.verdicts)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One payer, or one procedure, with the cells that are asked for."""

    title: str
    path: str
    said: tuple[str, ...]
    """A short answer a column."""


@dataclass(frozen=True, slots=True)
class Table:
    """Payers of one procedure, or procedures of one payer, side by side."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    silent: tuple[str, ...]
    """Those of which nothing loaded answers any of the columns."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, how it was understood, and its answer."""

    understood: Understood
    title: str
    """What the answer is about; empty when nothing could be answered."""
    path: str
    """The page that shows it, from the site's root; empty for none."""
    cards: tuple[CardAnswer, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    """What a reader must know: what is not loaded, what was not used, which is meant."""
    hits: tuple[Found, ...]
    """What full-text search finds."""

    @property
    def is_answered(self) -> bool:
        """Whether a card, a table or a page answers."""
        return bool(self.cards or self.tables or self.path)


def ask(kb: KnowledgeBase, text: str, today: date | None = None) -> Asked:
    """Answer a question in one's own words; any text has an answer, if only that none is.

    ``today`` is the day when the question names none; that of the clock in UTC by default.
    """
    understood = understand(kb, text, today or datetime.now(UTC).date())
    return answer(kb, understood)


def answer(kb: KnowledgeBase, understood: Understood) -> Asked:
    """Answer a question as it was understood; for chips that a person has changed."""
    known = vocabulary(kb)
    notes = [*_notes(understood, known)]
    unloaded = [chip for chip in understood.chips if not chip.known]
    subjects = _subjects(kb, understood)
    payers = [chip for chip in understood.all(PAYER) if chip.known]
    cards: tuple[CardAnswer, ...] = ()
    tables: tuple[Table, ...] = ()
    title, path = "", ""
    if any(chip.kind in (PAYER, BRAND) for chip in unloaded):
        pass  # another payer's answer would be taken for this one's
    elif "changed" in understood.topics:
        title, path = _changes(understood, payers)
    elif payers and subjects:
        cards = _cards(kb, understood, payers, subjects)
        title = cards[0].title if len(cards) == 1 else "Side by side"
        path = cards[0].path if len(cards) == 1 else ""
    elif payers:
        title, path, cards, tables = _of_payer(kb, understood, payers[0])
    elif subjects and (brand := understood.one(BRAND)):
        tables = _of_payers(kb, understood, subjects[0], frozenset(brand.values))
        title = tables[0].title
    elif subjects and _wants_table(understood, subjects[0]):
        tables = _of_payers(kb, understood, subjects[0], None)
        title, path = tables[0].title, _subject_path(subjects[0])
    else:
        title, path, tables = _page(kb, understood, subjects)
    return Asked(
        understood=understood,
        title=title,
        path=path,
        cards=cards,
        tables=tables,
        notes=(*notes, *_siblings(payers, known), *_silences(cards, tables)),
        hits=find(kb, understood, MOST_HITS),
    )


def _subjects(kb: KnowledgeBase, understood: Understood) -> list[str]:
    """Keys of codes and families that are asked about; a family beside its codes is not."""
    codes = [chip for chip in understood.all(CODES) if chip.known]
    named = {code for chip in codes for code in chip.values}
    of_family = families(kb, understood.day)
    found = [
        chip.value
        for chip in understood.chips
        if (chip in codes and not _said_by_another(chip, codes))
        or (chip.kind == FAMILY and named.isdisjoint(of_family.get(chip.value, ())))
    ]
    return list(dict.fromkeys(found))


def _said_by_another(chip: Chip, codes: list[Chip]) -> bool:
    """Whether another code of the question says more exactly what a trade word says."""
    own = set(chip.values)
    return any(other is not chip and set(other.values) < own for other in codes)


def _cards(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> tuple[CardAnswer, ...]:
    pairs = [(payer.value, subject) for payer in payers for subject in subjects]
    found = []
    for payer, subject in pairs[:MOST_CARDS]:
        made = card(
            kb,
            payer,
            subject,
            understood.day,
            _state(kb, understood),
            _place(understood),
        )
        if made is not None:
            found.append(_card_answer(kb, understood, made, subjects))
    if _asks_pairs(understood, subjects):
        return tuple(each for each in found if each.rows) or tuple(found[:1])
    return tuple(found)


def _asks_pairs(understood: Understood, subjects: list[str]) -> bool:
    """Whether the question is of procedures together."""
    return "together" in understood.topics and len(subjects) > 1


def _card_answer(
    kb: KnowledgeBase, understood: Understood, made: Card, subjects: list[str]
) -> CardAnswer:
    asked = asked_cells(understood, made)
    rows = topic_rows(understood, made)
    title = f"{made.payer.title}: {_subject_words(made)}"
    if _asks_pairs(understood, subjects):
        others = [each for each in subjects if each != made.subject.key]
        asked = tuple(cell for cell in asked if cell.aspect.key != "same-day")
        rows = (*rows_of_both(kb, made, others), *rows)
        title += f" with {', '.join(others)}"
    diagnosis = understood.one(DIAGNOSIS)
    return CardAnswer(
        card=made,
        title=title,
        path=_card_path(made),
        asked=asked,
        others=other_cells(made, asked),
        rows=rows,
        wants_rows=bool(understood.topics),
        documents=made.documents if "chart" in understood.topics else (),
        verdicts=verdicts(kb, made, diagnosis.values) if diagnosis else (),
    )


def _subject_words(made: Card) -> str:
    subject = made.subject
    if subject.is_family:
        return subject.title
    return f"{subject.key} {subject.title}".strip()


def _card_path(made: Card) -> str:
    asked = {"state": made.state, "place": made.place}
    said = urlencode({key: value for key, value in asked.items() if value})
    return f"/answer/{made.payer.id}/{made.subject.key}" + (f"?{said}" if said else "")


def _state(kb: KnowledgeBase, understood: Understood) -> str:
    """The state asked about, or one of the contractor that is named instead."""
    if state := understood.one(STATE):
        return state.value
    contractor = understood.one(CONTRACTOR)
    if contractor is None:
        return ""
    return next(iter(vocabulary(kb).contractors[contractor.value][1]), "")


def _place(understood: Understood) -> str:
    place = understood.one(PLACE)
    return place.value if place else ""


def _wants_table(understood: Understood, subject: str) -> bool:
    """A question about all payers; a code alone is its page."""
    narrowed = understood.topics or understood.one(MODIFIER, DIAGNOSIS)
    return bool(narrowed) or not _is_code(subject)


def _of_payer(
    kb: KnowledgeBase, understood: Understood, payer: Chip
) -> tuple[str, str, tuple[CardAnswer, ...], tuple[Table, ...]]:
    """A payer without a procedure: its page, and its cells by family for what is asked."""
    path = f"/payer/{payer.value}"
    if state := understood.one(STATE):
        path += f"?state={state.value}"
    if not understood.topics:
        return payer.label, path, (), ()
    cards = cards_of_payer(
        kb, payer.value, understood.day, _state(kb, understood), _place(understood)
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
    table = _table(kb, understood, payer.label, cards, by_payer=False)
    return payer.label, path, (), (table,)


def _of_payers(
    kb: KnowledgeBase, understood: Understood, subject: str, only: frozenset[str] | None
) -> tuple[Table, ...]:
    cards = cards_of_code(
        kb, subject, understood.day, _state(kb, understood), _place(understood)
    )
    chosen = [each for each in cards if only is None or each.payer.id in only]
    title = _subject_words(chosen[0]) if chosen else subject
    return (_table(kb, understood, title, chosen, by_payer=True),)


def _table(
    kb: KnowledgeBase,
    understood: Understood,
    title: str,
    cards: tuple[Card, ...] | list[Card],
    *,
    by_payer: bool,
) -> Table:
    rows: list[TableRow] = []
    silent: list[str] = []
    columns: tuple[str, ...] = ()
    diagnosis = understood.one(DIAGNOSIS)
    for made in cards:
        cells = [*map(naming, asked_cells(understood, made) or first_cells(made))]
        columns = tuple(cell.aspect.title for cell in cells)
        name = made.payer.title if by_payer else made.subject.title
        said = tuple(said_of(cell) for cell in cells)
        if diagnosis is not None:
            columns, said = (diagnosis.value,), _on_lists(kb, made, diagnosis)
        if all(each in ("", "not known") for each in said):
            silent.append(name)
        else:
            rows.append(TableRow(name, _card_path(made), said))
    return Table(title, columns, tuple(rows), tuple(silent))


def _on_lists(kb: KnowledgeBase, made: Card, diagnosis: Chip) -> tuple[str, ...]:
    """What the lists of a card say of a diagnosis, in one word where they agree."""
    held = {each.holds for each in verdicts(kb, made, diagnosis.values)}
    if not held:
        return ("",)
    if held == {True, False}:
        return ("on some of its lists",)
    return ("on the list",) if held == {True} else ("not on the list",)


def _subject_path(subject: str) -> str:
    return f"/code/{subject}" if _is_code(subject) else ""


def _is_code(subject: str) -> bool:
    """Whether a subject is a code, not a family: families have no digits."""
    return any(map(str.isdigit, subject))


def _changes(understood: Understood, payers: list[Chip]) -> tuple[str, str]:
    span = understood.one(SPAN)
    asked = {"from": span.values[0], "to": span.values[1]} if span else {}
    if payers:
        asked["payer"] = payers[0].value
    whose = f" at {payers[0].label}" if payers else ""
    return f"What changed{whose}", "/changes" + (
        f"?{urlencode(asked)}" if asked else ""
    )


def _page(
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
    if brand := understood.one(BRAND):
        return f"{brand.label}: which payer?", "", (_choices(kb, brand),)
    return _of_topic(kb, understood)


def _choices(kb: KnowledgeBase, brand: Chip) -> Table:
    """The payers that a name stands for, to choose from."""
    known = vocabulary(kb)
    rows = tuple(
        TableRow(known.payers[key].title, f"/payer/{key}", ()) for key in brand.values
    )
    return Table(f"{brand.label}: which payer?", (), rows, ())


def _of_topic(
    kb: KnowledgeBase, understood: Understood
) -> tuple[str, str, tuple[Table, ...]]:
    """A question that names neither payer nor procedure: who speaks of it."""
    modifier = understood.one(MODIFIER)
    topic = understood.topics[0] if understood.topics else ""
    if not topic and modifier is None:
        return "", "", ()
    asked = modifier.value if modifier else ""
    found = speakers(kb, topic, understood.day.isoformat(), asked)
    title = modifier.label.capitalize() if modifier else TOPICS[topic]
    path = f"/code/{asked}" if asked in vocabulary(kb).codes else ""
    rows = tuple(TableRow(each.title, each.path, (each.says,)) for each in found)
    return (
        title,
        path,
        (Table(f"{title.rstrip('?')}: who says what of it", ("",), rows, ()),),
    )


def _notes(understood: Understood, known: Vocabulary) -> list[str]:
    """What is named and not loaded."""
    return [_not_loaded(chip, known) for chip in understood.chips if not chip.known]


def _not_loaded(chip: Chip, known: Vocabulary) -> str:
    if chip.kind in (PAYER, BRAND):
        keys = dict.fromkeys((*chip.values, *chip.others))
        loaded = ", ".join(known.payers[key].title for key in keys)
        return f"{chip.label} is not loaded. That is no answer about it. Loaded are: {loaded}."
    if chip.kind == DOCUMENT:
        return f"No document {chip.value} is loaded."
    return (
        f"No rule or list that is loaded names {chip.value}. That is no answer to whether it "
        "is covered."
    )


def _siblings(payers: list[Chip], known: Vocabulary) -> list[str]:
    """The other payers that the same name may mean."""
    return [
        f"{chip.typed} may also mean "
        f"{' or '.join(known.payers[key].title for key in chip.others)}: name it to ask of it."
        for chip in payers
        if chip.others
    ]


def _silences(cards: tuple[CardAnswer, ...], tables: tuple[Table, ...]) -> list[str]:
    """What a reader must know to read an absence."""
    return [
        *(
            f"No loaded rule of {each.card.payer.title} speaks of this; "
            f"{len(each.card.searched)} policies were searched."
            for each in cards
            if not (each.asked or each.rows or each.documents or each.card.is_silent)
            and each.wants_rows
        ),
        *(
            f"No loaded rule of {each.card.payer.title} names {_subject_words(each.card)}; "
            f"{len(each.card.searched)} policies were searched. That is no answer to whether "
            "it is covered."
            for each in cards
            if each.card.is_silent and each.title != each.card.payer.title
        ),
        *(
            f"Nothing loaded answers this about {table.title}."
            for table in tables
            if not table.rows
        ),
    ]
