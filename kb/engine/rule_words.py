"""What answers say of rules besides their status, read out of a file when first asked for."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from kb.engine.rows import KeptOpen, of_our_shape


@dataclass(frozen=True, slots=True)
class CitationWords:
    """A citation with what its source is."""

    source: str
    title: str
    passage: str
    quote: str
    url: str
    grade: str
    read_on: str
    version: str = ""
    """Which text was read, as its publisher names it: ``effective 2025-10-01``."""


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What an answer says of a rule besides its status."""

    id: str
    policy: str
    name: str
    title: str
    sentence: str
    reason: str
    carc: str
    rarc: tuple[str, ...]
    fix: str
    ask_of: str
    """Who decides approvals in the payer's place; empty when it does so itself."""
    grade: str
    file: str
    line: int
    citations: tuple[CitationWords, ...] = field(default=())
    prose: str = ""
    """What its author wrote beside it, as plain text."""
    policy_title: str = ""
    notes: dict[str, str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Texts that are the same in every answer, made once; a changed copy begins without."""


WordsRow = tuple[
    str, str, str, str, str, str, str, str, str, str, str, str, int, str, str
]
"""The columns of a rule's words, ``rarc`` as JSON text; its id comes first."""
CitedRow = tuple[str, str, str, str, str, str, str, str, str]
"""A rule's id and the columns of a citation."""


Words = tuple[list[WordsRow], list[CitedRow]]
"""Rows of words, and those of the citations of the same rules."""


class WordsToRead(Mapping[str, RuleWords]):
    """The words of rules by row id, each read out of its row when first asked for."""

    def __init__(
        self,
        words: Words = ([], []),
        later: Callable[[str | None], Words] | None = None,
    ) -> None:
        """``later`` gives rows that are not at hand: of a rule, or of all for ``None``."""
        self._rows: dict[str, WordsRow] = {}
        self._cited: dict[str, list[CitedRow]] = {}
        self._read: dict[str, RuleWords] = {}
        self._later = later
        self._take(words)

    def _take(self, words: Words) -> None:
        rows, cited = words
        by_rule: dict[str, list[CitedRow]] = defaultdict(list)
        for row in cited:
            by_rule[row[0]].append(row)
        self._cited.update(by_rule)
        self._rows.update((row[0], row) for row in rows)

    def _take_all(self) -> None:
        if self._later is not None:
            self._take(self._later(None))
            self._later = None

    def __getitem__(self, rule: str) -> RuleWords:
        """The words of a rule.

        Raises ``kb.database.opening.KnowledgeBaseError`` when they are of another shape.
        """
        found = self._read.get(rule)
        if found is None:
            if self._later is not None and rule not in self._rows:
                self._take(self._later(rule))
            row = self._rows[rule]
            with of_our_shape():
                found = words_of_row(row, self._cited.get(rule, ()))
            self._read[rule] = found
        return found

    def __iter__(self) -> Iterator[str]:
        """The row ids of all rules."""
        self._take_all()
        return iter(self._rows)

    def __len__(self) -> int:
        """How many rules there are."""
        self._take_all()
        return len(self._rows)


def words_of_row(row: WordsRow, cited: Iterable[CitedRow]) -> RuleWords:
    """The words of a rule out of its row and those of its citations."""
    (identity, policy, name, title, sentence, reason, carc, rarc, fix, ask_of, grade,
     file, line, prose, policy_title) = row  # fmt: skip
    citations = tuple(CitationWords(*words) for _rule, *words in cited)
    return RuleWords(
        identity, policy, name, title, sentence, reason, carc, tuple(json.loads(rarc)),
        fix, ask_of, grade, file, line, citations, prose, policy_title,
    )  # fmt: skip


CITED_ROWS = (
    "SELECT c.rule, c.source, s.title, c.passage, c.quote, s.url, s.grade,"
    " coalesce(s.read_on, ''), s.version FROM rule_citation AS c"
    " JOIN source AS s ON s.id = c.source"
)
WORDS_ROWS = (
    "SELECT r.id, v.policy, r.name, r.title, r.sentence, r.reason, r.carc, r.rarc,"
    " r.fix, v.delegated_to, r.grade, r.file, r.line, r.prose_text, v.title"
    " FROM rule AS r JOIN policy_version AS v ON v.id = r.policy_version"
)
IN_ORDER = " ORDER BY c.rule, c.position"


def read_rule_words(
    connection: sqlite3.Connection, later: KeptOpen | None = None
) -> WordsToRead:
    """The words of every rule, by row id."""
    if later is not None:
        return WordsToRead(later=partial(words_later, later))
    cited = connection.execute(CITED_ROWS + IN_ORDER).fetchall()
    return WordsToRead((connection.execute(WORDS_ROWS).fetchall(), cited))


def words_later(file: KeptOpen, rule: str | None) -> Words:
    """The rows of a rule's words out of a file; of all rules for ``None``."""
    if rule is None:
        return file.rows(WORDS_ROWS), file.rows(CITED_ROWS + IN_ORDER)
    cited = f"{CITED_ROWS} WHERE c.rule = ?{IN_ORDER}"
    return file.rows(f"{WORDS_ROWS} WHERE r.id = ?", rule), file.rows(cited, rule)
