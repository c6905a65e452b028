"""What one cell of a card answers, as a sentence: yes, no, only if, a number, or not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.asking.answered import speaks_of_approval
from kb.asking.cell_words import full_words, rows_asked, time_of, where_of
from kb.asking.lead_words import (
    MOST_CLAUSES,
    and_more,
    begun_small,
    case_words,
    clause_key,
    clauses,
    how_many_fit,
    searched_words,
    sentence_words,
    whom_to_ask,
)
from kb.asking.topics import OF_ALL, with_rows
from kb.plain.trade import codes_words
from kb.reference.card_rows import Row
from kb.reference.card_words import CONDITIONAL, NOT_COVERED, SOMETIMES, Known
from kb.reference.cards import Card, Cell

LONGEST_CRITERIA = 320
LONGEST_CRITERION = 100
"""Letters of a criterion; of a longer one its short answer is told."""
NO_RULE = "no loaded rule says"
CRITERIA = {
    "wait": "conservative care and duration of pain",
    "diagnosis": "diagnosis",
    "imaging": "imaging",
    "chart": "findings in the chart",
    "limit": "how often",
}
"""Cells whose rules are criteria, as a sentence about coverage names them."""
WHAT = {
    "limit": "how often it covers {}",
    "interval": "how long to wait between sessions of {}",
    "session": "how much of {} may be done in one session",
    "wait": "what care must come before {}",
    "repeat": "what must hold to repeat {}",
    "sides": "how both sides of {} are billed",
    "diagnosis": "which diagnosis is asked for {}",
    "imaging": "what imaging is asked for {}",
    "same-day": "what may be done on the day of {}",
    "place": "where {} may be done",
    "modifiers": "which modifier is asked for {}",
    "provider": "who may bill {}",
    "filing": "how soon a claim must be there",
    "chart": "what the chart must show for {}",
}
"""What is not known where a cell is silent, of a procedure."""
HEADS = {"diagnosis": "it asks for ", "wait": "first, "}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence without whose it is, and the rows that it was made of."""

    body: str
    known: Known
    rows: tuple[Row, ...] = ()


def said_of_cell(cell: Cell, made: Card, name: str) -> Said:
    """The sentence of a cell; ``name`` is what the question calls the procedure."""
    key = cell.aspect.key
    if key in _OWN:
        return _OWN[key](cell, made, name)
    if key == "chart" and made.subject.codes:
        cell = naming_rows(cell)
    if cell.known == "silent":
        return not_known(WHAT[key].format(name), made)
    rows = rows_asked(cell)
    if of_every_service(cell):
        return Said(
            f"no loaded rule names {name}; of every service it says: {clauses(rows, made)}",
            cell.known,
            rows,
        )
    if key == "repeat":
        told = list(dict.fromkeys(_to_repeat(rows)))
        fit = how_many_fit(told)
        body = "; ".join(told[:fit]) + and_more(told, fit)
    else:
        body = clauses(rows, made, HEADS.get(key, ""))
    return Said(body + doubt_of(rows, made), cell.known, rows)


def _to_repeat(rows: Sequence[Row]) -> Iterator[str]:
    """What repeating asks for, the time that it is for said once."""
    before = ""
    for row in rows:
        yield full_words(row, before)
        before = time_of(row)


def not_known(what: str, made: Card) -> Said:
    """What was looked for, in how many policies, and whom to ask."""
    return Said(
        f"{NO_RULE} {what}; {searched_words(made)}. Ask {whom_to_ask(made)}",
        "silent",
    )


def nothing_named(made: Card, name: str, *, of_coverage: bool) -> Said:
    """That no rule of the payer names the procedure at all."""
    what = " to whether it is covered" if of_coverage else ""
    return Said(
        f"no loaded rule names {name}; {searched_words(made)}. That is no answer{what}:"
        f" ask {whom_to_ask(made)}",
        "silent",
    )


def of_every_service(cell: Cell) -> bool:
    """Whether no row of a cell that is about procedures names one."""
    return cell.aspect.key not in OF_ALL and not any(row.codes for row in cell.rows)


def doubt_of(rows: Sequence[Row], made: Card) -> str:
    """How sure a sentence is, where its rules do not decide by themselves."""
    if not rows or any(row.is_firm for row in rows):
        return ""
    if any(row.grade == "recalled" for row in rows):
        return f" (told from memory: ask {made.payer.title} before you rely on it)"
    if any(row.draft for row in rows):
        return " (only proposed, or an old text)"
    if all(row.outcome == "review" for row in rows):
        return " (else it goes to review by hand)"
    return ""


def _covered(cell: Cell, made: Card, name: str) -> Said:
    rows = cell.rows
    if cell.known == "silent":
        return not_known(f"whether it covers {name}", made)
    if of_every_service(cell):
        return Said(
            f"no loaded rule names {name}; of every service it says: {clauses(rows, made)}",
            cell.known,
            rows[:MOST_CLAUSES],
        )
    noes = tuple(
        row for row in rows if row.short == NOT_COVERED and row.codes and row.is_firm
    )
    if cell.short == NOT_COVERED:
        own = [row for row in noes if row.is_general and not row.condition] or noes
        return Said(
            f"no, it does not cover {name}: {clauses(own, made)}", "known", tuple(own)
        )
    if cell.short.startswith(CONDITIONAL):
        return _if_criteria(made, name, noes, rows)
    if cell.short.startswith(f"{NOT_COVERED}:"):
        others = f"no loaded rule says whether it covers other {name}"
        return Said(
            f"{_noes(noes or rows[:1], made)}; {others}", "partly", noes or rows[:1]
        )
    if cell.short.startswith(NOT_COVERED):
        body = f"{name}: not covered in some cases: {clauses(noes or rows[:1], made)}"
        return Said(body, "partly", noes or rows[:1])
    if cell.short == "Yes":
        return Said(f"yes: {clauses(rows, made)}", cell.known, rows[:MOST_CLAUSES])
    return Said(
        f"not settled, it goes to review by hand: {clauses(rows, made)}",
        cell.known,
        rows,
    )


def _if_criteria(
    made: Card, name: str, noes: Sequence[Row], rows: Sequence[Row]
) -> Said:
    """Which criteria must be met, in short, and what is never covered."""
    asked = [cell for key in CRITERIA for cell in _deciding(made.cell(key))]
    said = [_criterion(cell, made) for cell in asked]
    fit = how_many_fit(said, LONGEST_CRITERIA)
    met = "; ".join(said[:fit]) + and_more(said, fit)
    body = f"yes, it covers {name} if its criteria are met" + (
        f": {met}" if met else ""
    )
    if noes:
        body += f". But {_noes(noes, made)}"
    first = [cell.rows[0] for cell in asked[:MOST_CLAUSES]]
    return Said(body, "known", (*(first or rows[:1]), *noes[:1]))


def naming_rows(cell: Cell) -> Cell:
    """A cell with the rows only that name the procedure: others are for every claim."""
    return with_rows(cell, [row for row in cell.rows if row.codes])


def _deciding(cell: Cell) -> list[Cell]:
    """A cell with its rows that decide coverage by themselves; none without such rows."""
    rows = [row for row in cell.rows if row.codes and row.coverage and row.is_firm]
    return [with_rows(cell, rows)] if rows else []


def _criterion(cell: Cell, made: Card) -> str:
    """A criterion in a few words, with how much of it is in the rows only."""
    first = cell.rows[0]
    said = sentence_words(first, made)
    if len(said) > LONGEST_CRITERION:
        named = first.short[1:2].isdigit()
        words = first.short if named else begun_small(first.short, made)
        short = f": {words}" if cell.aspect.key != "chart" else ""
        said = f"{CRITERIA[cell.aspect.key]}{short}"
    codes = f"for {first.codes_words}: " if first.partial else ""
    others = {row.sentence for row in cell.rows} - {first.sentence}
    return f"{codes}{said}{_roughly_when(first)}" + (" and more" if others else "")


def _roughly_when(row: Row) -> str:
    """That a criterion is not for every case; the rows below say for which."""
    where = where_of(row)
    if where.startswith("on "):
        return f" {where}"
    if where:
        return " (depends on the state)"
    return " in some cases" if row.narrowed else ""


def _noes(noes: Sequence[Row], made: Card) -> str:
    """What is not covered: the codes with the reason, each once."""
    told: set[str] = set()
    said = []
    for row in noes:
        if not told.issuperset(row.codes):
            verb = "is" if len(row.codes) == 1 else "are"
            why = begun_small(row.sentence, made) + case_words(row)
            said.append(f"{codes_words(row.codes)} {verb} not covered ({why})")
        told.update(row.codes)
    fit = how_many_fit(said)
    return "; ".join(said[:fit]) + and_more(said, fit)


def _approval(cell: Cell, made: Card, name: str) -> Said:
    if cell.known == "silent":
        return _no_approval_known(cell, made, name)
    if of_every_service(cell):
        return Said(
            f"no loaded list names {name}; of every service it says: {clauses(cell.rows, made)}",
            cell.known,
            cell.rows,
        )
    own = [row for row in cell.rows if row.codes]
    firm = [row for row in own if row.is_firm]
    everywhere = [r for r in firm if not r.narrowed and r.short != SOMETIMES]
    cases = [row for row in firm if row not in everywhere]
    perhaps = [row for row in own if not row.is_firm]
    if everywhere:
        whom, told = _for_whom(everywhere, cases, made, name)
        return Said(
            f"yes, prior authorization is required for {whom}: {told}",
            "known" if everywhere[0].is_general else "partly",
            (*everywhere, *cases),
        )
    if perhaps and perhaps[0].is_general:
        return _perhaps(perhaps, cases, made, name)
    if cases:
        told = clauses(cases, made)
        return Said(
            f"prior authorization is required for {name} in some cases only: {told}",
            "partly",
            tuple(cases),
        )
    return _perhaps(perhaps, cases, made, name)


def _for_whom(
    everywhere: Sequence[Row], cases: Sequence[Row], made: Card, name: str
) -> tuple[str, str]:
    """For what approval is required, and by what rules: of a family's part its codes."""
    rows = [*everywhere, *cases]
    keys = {clause_key(row, made)[0] for row in rows}
    if len(keys) != 1 or not (codes := keys.pop()):
        return name, clauses(rows, made)
    told = list(dict.fromkeys(clause_key(row, made)[1] for row in rows))
    fit = how_many_fit(told)
    return codes.removeprefix("for "), "; ".join(told[:fit]) + and_more(told, fit)


def _perhaps(rows: Sequence[Row], cases: Sequence[Row], made: Card, name: str) -> Said:
    """Approval that nobody is sure of: ask before scheduling; and where it is sure."""
    whom = whom_to_ask(made)
    if all(row.grade == "recalled" for row in rows):
        why = f"the list was told from memory, so ask {whom} before scheduling"
    else:
        told = {row.sentence: row for row in reversed(rows)}
        old = " (only proposed, or an old text)" if rows[0].draft else ""
        why = f"{clauses([*told.values()][::-1], made)}{old}. Ask {whom} before scheduling"
    sure = f". It is required here: {clauses(cases, made)}" if cases else ""
    return Said(
        f"prior authorization may be required for {name}: {why}{sure}",
        "partly",
        (*rows, *cases),
    )


def _no_approval_known(cell: Cell, made: Card, name: str) -> Said:
    whom = whom_to_ask(made)
    if cell.says_nothing:
        return not_known(f"whether prior authorization is needed for {name}", made)
    looked = begun_small(cell.searched.rstrip("."), made)
    if cell.silence.startswith("on no"):
        head = f"no loaded list of prior authorization names {name}"
    else:
        head = f"no loaded list asks for prior authorization of {name} here"
    gap = next(
        (each for each in made.gaps if each.codes and speaks_of_approval(each)), None
    )
    is_open = f". Not settled: {begun_small(gap.title, made)}" if gap else ""
    return Said(f"{head} ({looked}){is_open}. That is no promise: ask {whom}", "silent")


def _provider(cell: Cell, made: Card, name: str) -> Said:
    """Who may bill: under the own number, and what work under a physician's number asks."""
    if cell.known == "silent":
        return not_known(WHAT["provider"].format(name), made)
    rows = rows_asked(cell)
    under = [row for row in rows if _UNDER_ANOTHER.search(row.condition)]
    own = [row for row in rows if row not in under]
    told = [clauses(own, made)] if own else []
    if under:
        said = list(dict.fromkeys(begun_small(row.sentence, made) for row in under))
        fit = how_many_fit(said)
        told.append(
            f"under a physician's number: {'; '.join(said[:fit])}" + and_more(said, fit)
        )
    if not own:
        told.append("no loaded rule is about the own number")
    return Said("; ".join(told) + doubt_of(rows, made), cell.known, rows)


_UNDER_ANOTHER = re.compile(
    r"who did the work and the rendering provider are (?:not the same|the same)"
)
"""How rules say that somebody else did the work than the one who is billed for."""


_OWN: dict[str, Callable[[Cell, Card, str], Said]] = {
    "provider": _provider,
    "covered": _covered,
    "approval": _approval,
}
