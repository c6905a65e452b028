"""An answer as text for a terminal, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from kb.asking.answered import Asked, CardAnswer, Lead, Table
from kb.asking.cms import told_json, told_lines
from kb.asking.find import Found
from kb.asking.group_words import group_lines, groups_json
from kb.asking.topics import said_of
from kb.asking.understood import Chip, Understood
from kb.reference.card_rows import Row
from kb.reference.cards import Cell

WIDTH = 100
MOST_ROWS = 4
MOST_NAMED, MOST_DENIED = 6, 6
LABELS = {
    "absent": "payer", "unloaded": "procedure", "denial": "denied with",
    "payer": "payer", "contractor": "contractor", "brand": "which payer", "state": "state",
    "place": "place", "family": "procedure", "codes": "code", "diagnosis": "diagnosis",
    "modifier": "modifier", "document": "document", "topic": "asked", "day": "day",
    "span": "days", "level": "level",
}  # fmt: skip
GROUNDS = {"primary": "", "secondary": "told by others", "recalled": "from memory"}
ELSE = {
    "deny": "else denied",
    "fix": "else to be corrected",
    "review": "else it goes to review by hand",
    "needs-auth": "else approval is missing",
    "needs-evidence": "else records are asked for",
}
Json = dict[str, object]


def as_text(asked: Asked) -> str:
    """The answer for people: what was understood, the answer, what search finds."""
    lines = [*_lead_lines(asked.leads)]
    if asked.advice:
        lines += [*_wrapped(asked.advice), ""]
    lines += _understood_lines(asked.understood)
    if asked.understood.not_understood and not asked.is_found_whole:
        lines.append(f"not understood: {', '.join(asked.understood.not_understood)}")
    below = asked.cms_below
    cms = ["", *_wrapped(told_lines(below))] if below else []
    lines += cms if asked.tables_of_cms_first else []
    for each in asked.cards:
        lines += ["", *_card_lines(each)]
    for table in asked.tables:
        lines += ["", *_table_lines(table)]
    lines += [] if asked.tables_of_cms_first else cms
    if asked.path and not asked.cards:
        lines += ["", *wrap(f"{asked.title}  {asked.path}", WIDTH)]
    notes = (*asked.notes, *asked.readings, *asked.meanings)
    lines += [line for note in notes for line in ("", *wrap(note, WIDTH))]
    if not (asked.is_answered or asked.notes or asked.is_found_whole):
        lines += [
            "",
            "Nothing loaded answers this. That is no answer to whether it is covered.",
        ]
    silent = all(each.is_silent for each in asked.cards) and bool(
        asked.understood.topics
    )
    told = asked.cms or any(table.rows for table in asked.tables)
    if asked.hits and not told and (not asked.cards or silent):
        lines += ["", "Found by words:", *(_hit_line(hit) for hit in asked.hits)]
    return "\n".join(lines) + "\n"


def _lead_lines(leads: Iterable[Lead]) -> Iterator[str]:
    """The answer, with the documents that it rests on under it."""
    for each in leads:
        yield from wrap(each.say, WIDTH, subsequent_indent="  ")
        if each.source:
            yield from wrap(
                f"  Source: {each.source}.", WIDTH, subsequent_indent="    "
            )
    if leads:
        yield ""


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from wrap(line, WIDTH, subsequent_indent="  ")


def _understood_lines(understood: Understood) -> Iterator[str]:
    said = "; ".join(f"{LABELS[chip.kind]}: {chip.label}" for chip in understood.chips)
    yield from wrap(
        f"understood  {said or 'nothing'}", WIDTH, subsequent_indent=" " * 12
    )
    if understood.corrected:
        taken = ", ".join(
            f"{each.typed} as {each.taken_for}" for each in understood.corrected
        )
        yield f"taken       {taken}"


def _card_lines(each: CardAnswer) -> Iterator[str]:
    yield f"{each.title}  ({each.card.day.isoformat()})"
    for verdict in each.verdicts:
        holds = "is on the list" if verdict.holds else "is NOT on the list"
        text = f"- {verdict.diagnosis} {holds}: {_row_words(verdict.row)}"
        yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")
    if each.denied is not None:
        yield from _denied_lines(each.denied)
    for cell in each.asked:
        yield from _cell_lines(cell)
    for row in each.rows:
        yield from _row_lines(row)
    for document in each.documents:
        yield f"  {document.title}"
        for ask in document.asks:
            yield from wrap(
                ask, WIDTH, initial_indent="    - ", subsequent_indent="      "
            )
    if each.shows_open:
        for gap in each.open_points:
            yield from wrap(
                f"  Open: {gap.title}. [{_cited(gap)}]", WIDTH, subsequent_indent="    "
            )
    if each.shows_others:
        for cell in each.others:
            yield from wrap(
                f"  {cell.aspect.title:<22}{said_of(cell)}",
                WIDTH,
                subsequent_indent=" " * 24,
            )
    yield f"  {each.path}"


def _denied_lines(rows: tuple[Row, ...]) -> Iterator[str]:
    if not rows:
        yield "  No loaded rule of this payer denies so."
        return
    yield "  What may be behind it, and what to do:"
    for row in rows[:MOST_DENIED]:
        yield from _row_lines(row)
        if row.fix:
            yield from _do_lines(row)
    if len(rows) > MOST_DENIED:
        yield f"    and {len(rows) - MOST_DENIED} more"


def _do_lines(row: Row) -> Iterator[str]:
    yield from wrap(
        row.fix, WIDTH, initial_indent="      do: ", subsequent_indent=" " * 10
    )


def _cell_lines(cell: Cell) -> Iterator[str]:
    yield from wrap(
        f"{cell.aspect.title}: {said_of(cell)}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
    )
    for row in cell.rows[:MOST_ROWS]:
        yield from _row_lines(row)
        if cell.aspect.key == "sides" and row.outcome == "fix" and row.fix:
            yield from _do_lines(row)
    if len(cell.rows) > MOST_ROWS:
        yield f"    and {len(cell.rows) - MOST_ROWS} more"


def _row_lines(row: Row) -> Iterator[str]:
    text = f"- {_row_words(row)}"
    yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")


def _row_words(row: Row) -> str:
    codes = f"{row.codes_words}: " if row.codes_words else ""
    when = f" ({row.condition})" if row.condition else ""
    return f"{codes}{row.sentence}{when}. [{_cited(row)}]"


def _cited(row: Row) -> str:
    """``else denied; L38773, told by others``: the payer's own words need no remark."""
    source = ", ".join(filter(None, [row.source, GROUNDS.get(row.grade, row.grade)]))
    return "; ".join(filter(None, [ELSE.get(row.outcome, ""), source]))


def _table_lines(table: Table) -> Iterator[str]:
    yield table.title
    if table.groups:
        for each in table.groups:
            yield from _wrapped(
                f"  {line}" for line in group_lines(each, len(table.groups))
            )
        return
    for row in table.rows:
        named = zip(table.columns, row.said, strict=False)
        several = len(table.columns) > 1
        said = "; ".join(f"{name}: {one}" if several else one for name, one in named)
        line = f"  {row.title}: {said or row.path}"
        yield from wrap(line, WIDTH, subsequent_indent="      ")
    if table.silent:
        yield from wrap(_silent(table), WIDTH, subsequent_indent="      ")


def _silent(table: Table) -> str:
    """Whose rules answer nothing: by name while they are few."""
    names = table.silent
    if len(names) > MOST_NAMED:
        more = "more" if table.rows else "payers or procedures"
        return f"  not known of {len(names)} {more}: no loaded rule answers; that is not a no"
    return f"  not known: {', '.join(names)}"


def _hit_line(hit: Found) -> str:
    more = f" (and {hit.others} more alike)" if hit.others else ""
    without = f"  without: {', '.join(hit.without)}" if hit.without else ""
    return f"  {hit.kind:<7} {hit.title}, {hit.subtitle}{more}  {hit.path}{without}"


def as_json(asked: Asked) -> Json:
    """The answer for programs; its keys change only by additions."""
    return {
        "understood": understood_json(asked.understood),
        "title": asked.title,
        "path": asked.path,
        "lead": [
            {
                "say": each.say,
                "payer": each.payer,
                "known": each.known,
                "source": each.source or None,
            }
            for each in asked.leads
        ],
        "answers": [_card_json(each) for each in asked.cards],
        "tables": [_table_json(table) for table in asked.tables],
        "cms": told_json(asked.cms),
        "advice": list(asked.advice),
        "notes": [*asked.notes, *asked.readings, *asked.meanings],
        "hits": [
            {
                "kind": hit.kind,
                "title": hit.title,
                "subtitle": hit.subtitle,
                "path": hit.path,
                "others": hit.others,
                "without": list(hit.without),
            }
            for hit in asked.hits
        ],
    }


def understood_json(understood: Understood) -> Json:
    """What was understood, as chips."""
    return {
        "text": understood.text,
        "day": understood.day.isoformat(),
        "chips": [_chip_json(chip) for chip in understood.chips],
        "corrected": [
            {"typed": each.typed, "taken_for": each.taken_for}
            for each in understood.corrected
        ],
        "not_understood": list(understood.not_understood),
    }


def _chip_json(chip: Chip) -> Json:
    return {
        "kind": chip.kind,
        "values": list(chip.values),
        "label": chip.label,
        "typed": chip.typed,
        "known": chip.known,
        "others": list(chip.others),
    }


def _card_json(each: CardAnswer) -> Json:
    made = each.card
    return {
        "title": each.title,
        "path": each.path,
        "payer": made.payer.id,
        "subject": made.subject.key,
        "day": made.day.isoformat(),
        "state": made.state,
        "place": made.place,
        "asked": _cells_json(each.asked),
        "others": _cells_json(each.others),
        "rows": [_row_json(row) for row in each.rows],
        "denied": None
        if each.denied is None
        else [{**_row_json(row), "do": row.fix} for row in each.denied],
        "chart": [
            {"document": part.title, "asks": list(part.asks)} for part in each.documents
        ],
        "diagnoses": [
            {"code": one.diagnosis, "on_list": one.holds, "rule": _row_json(one.row)}
            for one in each.verdicts
        ],
    }


def _cells_json(cells: Iterable[Cell]) -> list[Json]:
    return [
        {
            "question": cell.aspect.key,
            "title": cell.aspect.title,
            "known": cell.known,
            "short": cell.short,
            "rows": [_row_json(row) for row in cell.rows],
            "searched": cell.searched,
            "ask": cell.ask,
        }
        for cell in cells
    ]


def _row_json(row: Row) -> Json:
    return {
        "text": row.sentence,
        "condition": row.condition,
        "codes": list(row.codes),
        "outcome": row.outcome,
        "grade": row.grade,
        "source": row.source or None,
        "caveat": row.caveat,
        "path": row.path,
        "rules": list(row.rules),
    }


def _table_json(table: Table) -> Json:
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": [
            {
                "title": row.title,
                "path": row.path,
                "said": list(row.said),
            }
            for row in table.rows
        ],
        "silent": list(table.silent),
        "groups": groups_json(table.groups),
    }
