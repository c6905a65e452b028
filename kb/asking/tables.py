"""Questions of several payers, or of several procedures: their answers side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsl.load.words import TOPICS
from kb.asking.answered import Table, TableRow
from kb.asking.diagnoses import verdicts
from kb.asking.pairs import rows_of_both
from kb.asking.speakers import speakers
from kb.asking.subjects import card_path, place_of, state_of, subject_words
from kb.asking.topics import asked_cells, first_cells, naming, said_of
from kb.asking.understood import DIAGNOSIS, MODIFIER, Chip, Understood
from kb.asking.vocabulary import vocabulary
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, cards_of_code


def of_payers(
    kb: KnowledgeBase,
    understood: Understood,
    subjects: Sequence[str],
    only: frozenset[str] | None,
) -> Table:
    """What payers say of a procedure; ``only`` keeps some of them."""
    subject = subjects[0]
    beside = subjects[1:] if "together" in understood.topics else ()
    state = state_of(kb, understood)
    cards = cards_of_code(kb, subject, understood.day, state, place_of(understood))
    chosen = [each for each in cards if only is None or each.payer.id in only]
    if state:
        # Medicare's contractors are all that a state decides between.
        chosen.sort(key=lambda each: each.payer.line_of_business != "medicare")
    title = subject_words(chosen[0]) if chosen else subject
    return table_of(kb, understood, title, chosen, by_payer=True, beside=beside)


def table_of(
    kb: KnowledgeBase,
    understood: Understood,
    title: str,
    cards: Iterable[Card],
    *,
    by_payer: bool,
    beside: Sequence[str] = (),
) -> Table:
    """The cells of several cards that a question asks for, a card a row.

    With ``beside`` what is said of these procedures on the same day instead.
    """
    rows: list[TableRow] = []
    silent: list[str] = []
    columns: tuple[str, ...] = ()
    diagnosis = understood.one(DIAGNOSIS)
    for made in cards:
        cells = [*map(naming, asked_cells(understood, made) or first_cells(made))]
        columns = tuple(cell.aspect.title for cell in cells)
        name = made.payer.title if by_payer else made.subject.title
        said = tuple(said_of(cell) for cell in cells)
        if beside:
            columns = (f"With {', '.join(beside)}",)
            said = _said_of_both(rows_of_both(kb, made, beside))
        elif diagnosis is not None:
            columns, said = (diagnosis.value,), _on_lists(kb, made, diagnosis)
        if all(each in ("", "not known") for each in said):
            silent.append(name)
        else:
            rows.append(TableRow(name, card_path(made, understood), said))
    return Table(title, columns, tuple(rows), tuple(silent))


def _said_of_both(rows: Sequence[Row]) -> tuple[str, ...]:
    """What the rows about two procedures say, the first with how many more."""
    if not rows:
        return ("",)
    more = len(rows) - 1
    return (rows[0].sentence + (f"; and {more} more" if more else ""),)


def _on_lists(kb: KnowledgeBase, made: Card, diagnosis: Chip) -> tuple[str, ...]:
    """What the lists of a card say of a diagnosis, in one word where they agree."""
    held = {each.holds for each in verdicts(kb, made, diagnosis.values)}
    if not held:
        return ("",)
    if held == {True, False}:
        return ("on some of its lists",)
    return ("on the list",) if held == {True} else ("not on the list",)


def choices(kb: KnowledgeBase, brand: Chip) -> Table:
    """The payers that a name stands for, to choose from."""
    known = vocabulary(kb)
    rows = tuple(
        TableRow(known.payers[key].title, f"/payer/{key}", ()) for key in brand.values
    )
    return Table(f"{brand.label}: which payer?", (), rows, ())


def of_topic(
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
