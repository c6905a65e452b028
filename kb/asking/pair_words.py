"""Whether two procedures go together on one day, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kb.asking.cell_words import where_of
from kb.asking.lead_cells import Said, doubt_of
from kb.asking.lead_words import MOST_CLAUSES, clause_key, clauses, how_many_fit
from kb.asking.pairs import names_any
from kb.reference.card_rows import Row
from kb.reference.card_words import Known
from kb.reference.cards import Card

NONE_OF = "None of: "
_FORBIDS = re.compile(
    r"(?:[\w ,-]+: )?(?:not (?:on the same day|with|beside)|none of|no )", re.IGNORECASE
)
_OF_THE_SAME = re.compile(r"\bof the same (?:level|side|joint|region)\b")
_UNLESS = re.compile(r"\bunless modifier")
_OF_CODES = re.compile(r"[0-9A-Z, -]+: ")
_SAME_DAY = " on the same day"


def said_of_both(rows: Sequence[Row], made: Card, others: Collection[str]) -> Said:
    """What rows that name two procedures come to; ``others`` are the codes beside the card's."""
    forbids = [row for row in rows if _forbids(row)]
    if not forbids:
        firm = tuple(row for row in rows if row.is_firm) or tuple(rows)
        told = clauses(firm, made) + doubt_of(firm, made)
        return Said(told, _known(firm), firm[:MOST_CLAUSES])
    # What the second one's rules say of the first is the same once more.
    forbids = [r for r in forbids if not _OF_CODES.match(r.sentence)] or forbids
    first = forbids[0]
    said = list(dict.fromkeys(_words(row, made, others) for row in forbids))
    told = "; ".join(said[: how_many_fit(said)])
    return Said(f"{_verdict(first)}: {told}", _known(forbids), tuple(forbids))


def _forbids(row: Row) -> bool:
    """Whether a rule by itself keeps one procedure apart from another."""
    denies = row.is_firm and row.outcome in ("deny", "fix")
    return denies and _FORBIDS.match(row.sentence) is not None


def _verdict(row: Row) -> str:
    if _OF_THE_SAME.search(row.sentence):
        return "not both everywhere"
    if _UNLESS.search(f"{row.sentence} {row.condition}"):
        return "not both on one day, unless they were truly apart"
    if row.narrowed and (where_of(row) or not _is_for_both(row)):
        return "not both on one day in some cases"
    return "not both on one day"


def _is_for_both(row: Row) -> bool:
    """Whether a rule's only case is that both are there; it may have exceptions."""
    cases = [each for each in row.condition.split("; ") if each.startswith("when ")]
    return bool(cases) and all(_SAME_DAY in each for each in cases)


def _known(rows: Sequence[Row]) -> Known:
    return "known" if any(row.is_firm and row.is_general for row in rows) else "partly"


def _words(row: Row, made: Card, others: Collection[str]) -> str:
    """A rule with its case; of a list of what it keeps apart only what was asked about."""
    of_whom, said = clause_key(row, made)
    head, listed, rest = said.partition(NONE_OF.lower())
    if not listed:
        head, listed, rest = said.partition(NONE_OF)
    own = (
        [part for part in rest.split("; ") if names_any(part, others)] if listed else []
    )
    kept = " and no ".join(part.removesuffix(_SAME_DAY) for part in own)
    words = f"{head}no {kept}" if own else said
    return f"{of_whom}: {words}" if of_whom else words
