"""What a question comes to: cards, tables, notes and what full-text search finds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.asking.diagnoses import ListVerdict
from kb.asking.find import Found
from kb.asking.groups import Grouped
from kb.asking.understood import Understood
from kb.reference.card_rows import Row
from kb.reference.card_words import Known
from kb.reference.cards import Card, Cell
from kb.reference.documents import Document
from kb.tables.telling import Told

MOST_OPEN = 3
_OF_APPROVAL = re.compile(r"approv|authoriz", re.IGNORECASE)
"""What is open about approval, where only lists of it are silent."""
FEW = 3
"""A place that lacks one word of so many holds most of them."""


def speaks_of_approval(gap: Row) -> bool:
    """Whether what a policy leaves open is whether approval is needed."""
    return _OF_APPROVAL.search(gap.title) is not None


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
    is_pair: bool = False
    """Whether the rows are of procedures together."""
    denied: tuple[Row, ...] | None = None
    """The rows whose rules deny as the remittance did; ``None`` where none was asked about."""

    @property
    def open_points(self) -> tuple[Row, ...]:
        """What the policies leave open about the procedure, not about every line."""
        if not self.is_of_subject:
            return ()
        gaps = [gap for gap in self.card.gaps if gap.codes]
        if not any(cell.says_nothing for cell in self.asked) and not self.shows_others:
            gaps = [gap for gap in gaps if speaks_of_approval(gap)]
        return tuple(gaps[:MOST_OPEN])

    @property
    def is_of_subject(self) -> bool:
        """Whether a procedure was asked about, not what a payer wants of every claim."""
        return self.title != self.card.payer.title

    @property
    def is_silent(self) -> bool:
        """Whether nothing that was asked is known."""
        answered = any(not cell.says_nothing for cell in self.asked)
        told = self.rows or self.documents or self.verdicts or self.denied
        return not (answered or told)

    @property
    def shows_open(self) -> bool:
        """Whether open points are shown: something that was asked is not known."""
        return self.shows_others or any(cell.known == "silent" for cell in self.asked)

    @property
    def shows_others(self) -> bool:
        """Whether what else is known is shown: nothing else was asked, or nobody answers it."""
        return self.is_silent and self.is_of_subject


@dataclass(frozen=True, slots=True)
class Lead:
    """The answer to one thing that was asked, in a sentence."""

    say: str
    """With whose it is, its number, its condition and how sure it is."""
    payer: str
    """Key of the payer."""
    known: Known
    source: str
    """The documents that it rests on and how well they are known; empty where none is."""


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
    groups: tuple[Grouped, ...] = ()
    """What is asked of no payer by name, payers that say the same together."""


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
    leads: tuple[Lead, ...]
    """The answer first: a sentence for each payer and thing that was asked."""
    notes: tuple[str, ...]
    """What a reader must know: what is not loaded, what was not used, which is meant."""
    meanings: tuple[str, ...]
    """Which other payers a name may mean."""
    readings: tuple[str, ...]
    """How letters were read that stand for several things."""
    hits: tuple[Found, ...]
    """What full-text search finds."""
    cms: tuple[Told, ...] = ()
    """What CMS's tables say of the codes."""
    advice: tuple[str, ...] = ()
    """What stands before all else: what a denial says, which codes the levels take."""

    @property
    def cms_below(self) -> tuple[Told, ...]:
        """What CMS's tables say that no sentence above has said."""
        said = [lead.say for lead in self.leads]
        return tuple(
            one for one in self.cms if not any(lead.endswith(one.says) for lead in said)
        )

    @property
    def tables_of_cms_first(self) -> bool:
        """Whether CMS's tables answer before what payers say: units, and pairs alone."""
        return self._is_told_of_pairs_alone or "units" in self.understood.topics

    @property
    def _is_told_of_pairs_alone(self) -> bool:
        """Whether of codes together nobody but CMS's pairs, or their absence, tells anything."""
        of_pairs = any(each.question == "pairs" for each in self.cms)
        groups = [told for table in self.tables for told in table.groups]
        return of_pairs and not self.cards and not any(told.known for told in groups)

    @property
    def is_found_whole(self) -> bool:
        """Whether one place holds most of the words, and nothing else answers."""
        if self.is_answered or not self.hits:
            return False
        lacking = len(self.hits[0].without)
        return lacking * FEW <= len(self.understood.not_understood)

    @property
    def is_answered(self) -> bool:
        """Whether a card, a table, a page or a sentence answers."""
        told = any(each.answers for each in self.cms)
        return bool(self.cards or self.tables or self.path or self.advice or told)
