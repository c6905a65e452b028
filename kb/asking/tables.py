"""Questions of several payers, or of several procedures: their answers side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dsl.load.words import TOPICS
from kb.asking.answered import Table, TableRow
from kb.asking.diagnoses import verdicts
from kb.asking.grouping import grouped, of_sentences
from kb.asking.groups import Grouped
from kb.asking.pair_words import NEVER_BOTH, said_of_both
from kb.asking.pairs import (
    asks_pairs,
    codes_of,
    rows_both_ways,
    rows_of_modifiers,
    rows_of_sedation,
)
from kb.asking.speakers import speakers
from kb.asking.subjects import (
    card_path,
    place_of,
    state_of,
    subject_title,
    subject_words,
)
from kb.asking.topics import (
    CELLS,
    NARROW_TOPICS,
    OF_SIDES,
    SPOKEN,
    asked_cells,
    first_cells,
    naming,
    said_of,
    speaking,
)
from kb.asking.understood import BRAND, DIAGNOSIS, MODIFIER, Chip, Understood
from kb.asking.vocabulary import vocabulary
from kb.plain.trade import sentence_case
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, cards_of_code
from kb.reference.territory import is_of_other_states

OF_DRUGS = frozenset({"drug", "units"})
"""Topics beside which a modifier is still what is asked about."""
MOST_GROUPED = 2
"""Things asked at once that are told by group."""
MOST_SENTENCES = 2
FEW_PAYERS = 6
"""Payers that are told one by one."""
MANY_ALIKE = 8
"""Payers of whom the same is said from which on one row stands for them."""


def of_payers(
    kb: KnowledgeBase,
    understood: Understood,
    subjects: Sequence[str],
    only: frozenset[str] | None,
) -> Table:
    """What payers say of a procedure; ``only`` keeps some of them."""
    subject = subjects[0]
    beside = subjects[1:] if asks_pairs(understood, subjects) else ()
    state = state_of(kb, understood)
    cards = cards_of_code(kb, subject, understood.day, state, place_of(understood))
    chosen = [each for each in cards if only is None or each.payer.id in only]
    chosen.sort(key=lambda each: each.payer.line_of_business != "medicare")
    if state:
        # A state decides between Medicare's contractors, and payers of other states go last.
        chosen.sort(key=lambda each: each.payer.line_of_business != "medicare")
        chosen.sort(key=lambda each: is_of_other_states(kb, each.payer.id, state))
    title = subject_words(chosen[0]) if chosen else subject
    table = table_of(kb, understood, title, chosen, by_payer=True, beside=beside)
    if only is not None and len(chosen) <= FEW_PAYERS:
        return table
    return replace(table, groups=_groups(kb, understood, chosen, beside))


def _groups(
    kb: KnowledgeBase,
    understood: Understood,
    cards: Sequence[Card],
    beside: Sequence[str],
) -> tuple[Grouped, ...]:
    """What is asked, payers together that say the same; none where much is asked at once."""
    diagnosis = understood.one(DIAGNOSIS)
    modifiers = [m.value for m in understood.all(MODIFIER) if m.value not in OF_SIDES]
    spoken = next((each for each in understood.topics if each in SPOKEN), "")
    keys = _keys(understood)
    title = TOPICS[spoken] if spoken else ""
    rows: list[tuple[Card, Sequence[Row]]]
    further: tuple[Grouped, ...] = ()
    if beside:
        title = f"With {', '.join(subject_title(kb, each) for each in beside)}"
        both = ((made, rows_both_ways(kb, made, beside)) for made in cards)
        of_both = (
            (made, _verdict_on_both(kb, made, same, beside), _all_follow(same))
            for made, same in both
        )
        return (of_sentences(understood, title, of_both),)
    if diagnosis is not None:
        lists = (
            (
                made,
                _on_lists_where(kb, made, diagnosis),
                _lists_follow(kb, made, diagnosis),
            )
            for made in cards
        )
        return (of_sentences(understood, diagnosis.value, lists),)
    if modifiers and not set(understood.topics) - OF_DRUGS:
        title = " or ".join(modifiers)
        rows = [(made, rows_of_modifiers(kb, made, modifiers)) for made in cards]
    elif spoken and (spoken in NARROW_TOPICS or not keys):
        rows = [(made, _speaking_once(kb, made, spoken)) for made in cards]
        further = grouped(kb, understood, cards, keys[:1])
    elif len(keys) <= MOST_GROUPED:
        return grouped(kb, understood, cards, keys)
    else:
        return ()
    told = ((made, _sentences(same), _all_follow(same)) for made, same in rows)
    return (of_sentences(understood, title, told), *further)


def _keys(understood: Understood) -> list[str]:
    """Keys of the cells that are asked for, those of both sides with their modifiers."""
    keys = [key for each in understood.topics for key in CELLS.get(each, ())]
    if any(chip.value in OF_SIDES for chip in understood.all(MODIFIER)):
        keys.append("sides")
    return list(dict.fromkeys(keys))


def _all_follow(rows: Sequence[Row]) -> bool:
    """Whether a payer only follows another one in what some rows say."""
    return bool(rows) and all(row.follows for row in rows)


def _verdict_on_both(
    kb: KnowledgeBase, made: Card, rows: Sequence[Row], beside: Sequence[str]
) -> str:
    """Whether a payer takes procedures on one day; empty where no rule says it."""
    if not rows:
        return ""
    others = codes_of(kb, made, beside)
    verdict = said_of_both(rows, made, others | made.subject.codes).body
    return verdict if verdict.startswith(NEVER_BOTH) else _sentences(rows)


def _sentences(rows: Sequence[Row]) -> str:
    """What rows say, each once, as much as a line holds."""
    said = list(dict.fromkeys(row.sentence for row in rows))
    return "; ".join(said[:MOST_SENTENCES]) + (
        "; and more" if len(said) > MOST_SENTENCES else ""
    )


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
    spoken = next((each for each in understood.topics if each in SPOKEN), "")
    modifiers = [m.value for m in understood.all(MODIFIER) if m.value not in OF_SIDES]
    for made in cards:
        asked = asked_cells(understood, made)
        cells = [*map(naming, asked or first_cells(made))]
        columns = tuple(cell.aspect.title for cell in cells)
        name = made.payer.title if by_payer else made.subject.title
        said = tuple(said_of(cell) for cell in cells)
        if beside:
            columns = (f"With {', '.join(beside)}",)
            said = _said_of(rows_both_ways(kb, made, beside))
        elif diagnosis is not None:
            columns, said = (diagnosis.value,), _on_lists(kb, made, diagnosis)
        elif modifiers and not set(understood.topics) - OF_DRUGS:
            columns = (" or ".join(modifiers),)
            said = _said_of(rows_of_modifiers(kb, made, modifiers))
        elif spoken and (spoken in NARROW_TOPICS or not asked):
            columns = (TOPICS[spoken],)
            said = _said_of(_speaking_once(kb, made, spoken))
        quiet = {"", *(cell.silence for cell in cells)}
        if quiet.issuperset(said):
            silent.append(name)
        else:
            rows.append(TableRow(name, card_path(made, understood), said))
    counted = bool(beside or modifiers or spoken in NARROW_TOPICS) and by_payer
    shown = _alike_folded(rows) if counted else rows
    return Table(title, columns, tuple(shown), tuple(silent))


def _alike_folded(rows: Sequence[TableRow]) -> list[TableRow]:
    """Many payers of whom the same is said in one row, behind those that say their own."""
    alike: dict[tuple[str, ...], list[TableRow]] = {}
    for row in rows:
        alike.setdefault(row.said, []).append(row)
    kept = [row for row in rows if len(alike[row.said]) < MANY_ALIKE]
    for said, same in alike.items():
        if len(same) >= MANY_ALIKE:
            first = same[0]
            title = f"{first.title} and {len(same) - 1} more payers"
            kept.append(TableRow(title, first.path, said))
    return kept


def _said_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """What rows say, the first with how many more."""
    if not rows:
        return ("",)
    more = len(rows) - 1
    return (rows[0].sentence + (f"; and {more} more" if more else ""),)


def _speaking_once(kb: KnowledgeBase, made: Card, topic: str) -> list[Row]:
    """The rows of a card that speak of a topic, each once."""
    if topic == "sedation" and (rows := rows_of_sedation(kb, made)):
        return list(rows)
    found = speaking(made, SPOKEN[topic], narrow=topic in NARROW_TOPICS)
    return list({row.path: row for row in found}.values())


def _on_lists(kb: KnowledgeBase, made: Card, diagnosis: Chip) -> tuple[str, ...]:
    """What the lists of a card say of a diagnosis, in one word where they agree."""
    held = {each.holds for each in verdicts(kb, made, diagnosis.values)}
    if not held:
        return ("",)
    if held == {True, False}:
        return ("on some of its lists",)
    return ("on the list",) if held == {True} else ("not on the list",)


def _on_lists_where(kb: KnowledgeBase, made: Card, diagnosis: Chip) -> str:
    """The same with the contractors whose lists they are, where not all have one."""
    said = _on_lists(kb, made, diagnosis)[0]
    policies = {
        p for one in verdicts(kb, made, diagnosis.values) for p in one.row.policies
    }
    own = [each for each in made.policies if each.id in policies]
    names = {each.contractor_title for each in own if each.contractor}
    if (
        not said
        or made.state
        or not names
        or len(names) == len(vocabulary(kb).contractors)
    ):
        return said
    return f"{said} of {', '.join(sorted(names))}"


def _lists_follow(kb: KnowledgeBase, made: Card, diagnosis: Chip) -> bool:
    """Whether the lists that decide are only those of a payer that this one follows."""
    held = verdicts(kb, made, diagnosis.values)
    return bool(held) and all(each.row.follows for each in held)


def choices(kb: KnowledgeBase, brand: Chip) -> Table:
    """The payers that a name stands for, to choose from."""
    known = vocabulary(kb)
    rows = tuple(
        TableRow(known.payers[key].title, f"/payer/{key}", ()) for key in brand.values
    )
    return Table(f"{brand.label}: which payer?", (), rows, ())


def of_topic(
    kb: KnowledgeBase, understood: Understood, payer: str = ""
) -> tuple[str, str, tuple[Table, ...]]:
    """A question that names no procedure: who speaks of it, or what one payer says."""
    modifier = understood.one(MODIFIER)
    topic = understood.topics[0] if understood.topics else ""
    if not topic and modifier is None:
        return "", "", ()
    asked = modifier.value if modifier else ""
    brand = understood.one(BRAND)
    found = [
        each
        for each in speakers(kb, topic, understood.day.isoformat(), asked)
        if (brand is None or each.payer in brand.values) and payer in ("", each.payer)
    ]
    title = sentence_case(modifier.label) if modifier else TOPICS[topic]
    path = f"/code/{asked}" if asked in vocabulary(kb).codes else ""
    rows = tuple(TableRow(each.title, each.path, (each.says,)) for each in found)
    return (
        title,
        path,
        (Table(f"{title.rstrip('?')}: who says what of it", ("",), rows, ()),),
    )
