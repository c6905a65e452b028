"""The parts of a sentence that answers: whose it is, of what, a rule with its case, its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby

from kb.asking.cell_words import SOME, cases_of, time_of, where_of
from kb.asking.settling import MEDICARE
from kb.asking.understood import CODES, CONTRACTOR, Understood
from kb.asking.vocabulary import Vocabulary
from kb.plain.trade import codes_words, in_trade_words, mid_sentence
from kb.reference.card_rows import Row
from kb.reference.cards import Card

MOST_CLAUSES = 3
"""Rules that one sentence holds; a card has the others."""
LONGEST_CASE = 160
"""Letters of a case that stand in a sentence; a longer one is in the rows below."""
FEW_CONTRACTORS = 2
GROUNDS = {"primary": "", "secondary": "told by others", "recalled": "told from memory"}
NAMES = frozenset(
    {"Carelon", "Medicare", "Modic", "Optum", "Oswestry", "Part", "Prime"}
)
"""Names that sentences begin with, beside those of who approves for a payer."""
OF_SPINE = ("623", "6447", "6448", "6449", "6463", "021")
"""How codes begin that are done at levels of the spine."""
_PLURALS = {
    "sacroiliac": "sacroiliac joint procedures",
}


def payer_named(understood: Understood, made: Card) -> str:
    """A payer, with the contractor that decides where the question is asked."""
    contractor = understood.one(CONTRACTOR)
    if contractor is None or not any(each.contractor for each in made.policies):
        return made.payer.title
    return f"{made.payer.title} ({contractor.label})"


def subject_named(understood: Understood, made: Card, known: Vocabulary) -> str:
    """A procedure as the question calls it, with its code."""
    subject = made.subject
    if subject.is_family:
        return _PLURALS.get(subject.key, mid_sentence(subject.title))
    chip = next(
        (each for each in understood.all(CODES) if each.value == subject.key), None
    )
    typed = chip.typed if chip else ""
    mended = {each.typed for each in understood.corrected}
    if not typed or any(map(str.isdigit, typed)) or mended & {*typed.split()}:
        words = in_trade_words(known.codes.get(subject.key, ("", ""))[1])
        return f"{subject.key} ({mid_sentence(words)})" if words else subject.key
    return f"{typed} ({subject.key})"


def clause(row: Row, made: Card) -> str:
    """A rule with the codes that it is for, where and when: ``at most 4 a year, unless …``."""
    return clauses([row], made)


def clauses(rows: Iterable[Row], made: Card, head: str = "") -> str:
    """Several rules, each once, as much as a sentence holds; codes and places are said once.

    ``head`` stands before what the first rule says.
    """
    kept = {clause_key(row, made): row for row in reversed([*rows])}
    said = [*kept][::-1]
    fit = how_many_fit([" ".join(each) for each in said])
    parts = []
    for of_whom, same in groupby(said[:fit], key=_of_whom):
        whom = f"{of_whom}: " if of_whom else ""
        parts.append(whom + "; ".join(words for _, words in same))
    told = "; ".join(parts)
    begins = head and not said[0][0] and said[0][1].startswith(BEGINNINGS[head])
    return (head if begins else "") + told + and_more(said, fit)


BEGINNINGS = {"first, ": "", "it asks for ": "a diagnosis"}
"""What may stand before rules, and how what it fits begins."""


def how_many_fit(parts: Sequence[str], longest: int = 300) -> int:
    """How many parts one sentence of some letters holds: one at least."""
    sums = list(accumulate(len(part) for part in parts[:MOST_CLAUSES]))
    return max(1, sum(total <= longest for total in sums))


def clause_key(row: Row, made: Card) -> tuple[str, str]:
    """For which codes and where a rule is, and what it says when."""
    of_whom = ", ".join(filter(None, [_codes(row, made), _where(row)]))
    return of_whom, sentence_words(row, made) + case_words(row)


def _of_whom(said: tuple[str, str]) -> str:
    return said[0]


def and_more(said: Sequence[object], most: int) -> str:
    """How many things a sentence leaves to the rows below it."""
    more = len(said) - most
    return f"; and {more} more" if more > 0 else ""


def case_words(row: Row) -> str:
    """When a rule applies, behind it; nothing that its heading says already."""
    cases = "" if time_of(row) else cases_of(row)
    if len(cases) > LONGEST_CASE:
        cases = SOME
    said = _WITH.sub(_with, ", ".join(filter(None, cases.split("; "))))
    return f", {_THAT.sub(_without_that, said)}" if said else ""


_THAT = re.compile(
    r"\b(when|unless) (conservative care|an earlier injection) that (is|was|failed)\b"
)


_WITH = re.compile(r"\bwhen (without )?(?=modifier)")


def _with(found: re.Match[str]) -> str:
    """``when modifier KX``, ``when without modifier KX`` as one says them."""
    return found[1] or "with "


def _without_that(found: re.Match[str]) -> str:
    """``unless care that is not tolerated`` as a clause: ``unless care is not tolerated``."""
    return f"{found[1]} {found[2]} {found[3]}"


def begun_small(sentence: str, made: Card) -> str:
    """A sentence behind a colon; names keep their letter."""
    first = sentence.partition(" ")[0].rstrip(",:")
    approving = {each.delegated_to.partition(" ")[0] for each in made.searched}
    return sentence if first in NAMES | approving else mid_sentence(sentence)


def sentence_words(row: Row, made: Card) -> str:
    """A rule behind a colon; a region is one of the spine where the procedure is done there."""
    of_spine = any(code.startswith(OF_SPINE) for code in made.subject.codes)
    words = begun_small(row.sentence, made)
    return words.replace("per region", "per spinal region") if of_spine else words


def sources_of(rows: Sequence[Row]) -> str:
    """``L33906, told by others``: what stands behind some rules, each document once."""
    graded = {row.source: row.grade for row in reversed(rows) if row.source}
    said = [
        ", ".join(filter(None, [source, GROUNDS.get(grade, grade)]))
        for source, grade in reversed(graded.items())
    ]
    return "; ".join(said[:MOST_CLAUSES])


def whom_to_ask(made: Card) -> str:
    """The payer, and who approves in its place where a policy names somebody."""
    deciding = {p.contractor_title for p in made.searched if p.contractor}
    asked = next((each.delegated_to for each in made.searched if each.delegated_to), "")
    if len(deciding) == 1:
        return deciding.pop()
    if deciding and made.payer.id == MEDICARE:
        return "the contractor of the state"
    asked = asked.partition(";")[0]
    return made.payer.title + (f", or {asked}" if asked else "")


def searched_words(made: Card) -> str:
    """``8 policies were searched``."""
    number = len(made.searched)
    return f"{number} {'policy was' if number == 1 else 'policies were'} searched"


def _codes(row: Row, made: Card) -> str:
    """The codes of a rule that is for a part of the procedures only."""
    few = made.subject.is_family and 2 * len(row.codes) < len(made.subject.codes)
    if not row.codes or not (row.partial or few):
        return ""
    return f"for {codes_words(row.codes)}"


def _where(row: Row) -> str:
    """Contractors, states or plans of a rule, as it begins; many contractors by their number."""
    where = where_of(row)
    names, _, rest = where.partition("; ")
    if not names or names.startswith(("in ", "on ")):
        return where
    several = names.split(", ")
    if len(several) > FEW_CONTRACTORS:
        names = f"{len(several)} of Medicare's contractors"
    return ", ".join(filter(None, [f"under {names}", rest]))
