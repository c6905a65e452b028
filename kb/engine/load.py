"""A knowledge base file to the program and the words of its rules.

Plain sqlite3 and few large reads: this runs at every start of the command line.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from threading import Lock
from typing import Any

from dsl.ir.codec import decode_rule
from kb.database.opening import KnowledgeBaseError, hash_of
from kb.engine.program import (
    ALWAYS,
    CodeFacts,
    CompiledPolicy,
    CompiledRule,
    Days,
    FactWords,
    Members,
    PayerWords,
    Program,
    RulesToRead,
    with_deferrals,
)

RuleRow = tuple[str, str, str, str, str, str, int]
"""Id, policy version, name, title, the tree as JSON text, and the fix."""
RULE_ROWS = "SELECT id, policy_version, name, title, ir, fix, carried FROM rule"


class KeptOpen:
    """A file that stays open for what is asked of it later, by one thread at a time.

    A claim is under few policies, so that most of a large file is never asked for.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._lock = connection, Lock()

    def rows(self, sql: str, *values: str) -> list[Any]:
        """The rows of a statement as plain tuples."""
        with self._lock:
            cursor = self._connection.cursor()
            cursor.row_factory = None
            return cursor.execute(sql, values).fetchall()


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


def load(
    connection: sqlite3.Connection, later: KeptOpen | None = None
) -> tuple[Program, WordsToRead]:
    """The program of a knowledge base, and the words of its rules by row id.

    Both are of what ``connection`` reads, and so is the hash that receipts name.  Out
    of a file that is kept open rules are read when a claim is under their policy, and
    their words when an answer says them.
    Raises ``kb.database.opening.KnowledgeBaseError`` when its rows are of another shape than this
    version writes them.
    """
    given, connection.row_factory = connection.row_factory, None
    try:
        with of_our_shape():
            program = Program(
                policies=with_deferrals(read_policies(connection, later)),
                sets=read_sets(connection) if later is None else SetsToRead(later),
                titles=read_titles(connection),
                groupings=read_groupings(connection),
                codes=read_codes(connection),
                facts=read_facts(connection),
                payers=read_payers(connection),
                contractors=read_contractors(connection),
                database=hash_of(connection),
                language=read_meta(connection).get("language", ""),
            )
            return program, read_rule_words(connection, later)
    finally:
        connection.row_factory = given


@contextmanager
def of_our_shape() -> Iterator[None]:
    """Tell rows that are not as this version writes them, as what they are.

    A changed file is refused before; what comes here was written so by another state
    of the program.
    """
    try:
        yield
    except (
        sqlite3.DatabaseError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        message = (
            "Rows of this knowledge base are of another shape than this payerkb reads "
            f"({type(error).__name__}). Build it again with: payerkb build --force"
        )
        raise KnowledgeBaseError(message) from None


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """The table of versions and counts."""
    return dict(connection.execute("SELECT key, value FROM meta").fetchall())


def day(text: str | None) -> date | None:
    """A day out of a column."""
    return date.fromisoformat(text) if text else None


def days(first: str | None, last: str | None) -> Days:
    """A span out of two columns."""
    return day(first), day(last)


def several(connection: sqlite3.Connection, sql: str) -> dict[str, list[str]]:
    """Values by key, out of rows of a key and a value."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in connection.execute(sql):
        found[key].append(value)
    return found


def read_policies(
    connection: sqlite3.Connection, later: KeptOpen | None = None
) -> tuple[CompiledPolicy, ...]:
    """All policy versions that decide, with their rules in order.

    One that has no rules and follows nobody only holds worked claims.
    """
    rules = rules_at_hand(connection) if later is None else rules_later(later)
    states = several(connection, "SELECT policy_version, state FROM policy_state")
    plans = several(connection, "SELECT policy_version, plan FROM policy_plan")
    versions = connection.cursor()
    versions.row_factory = sqlite3.Row
    versions.execute(
        "SELECT * FROM policy_version WHERE status <> 'shared' ORDER BY id"
    )
    return tuple(
        CompiledPolicy(
            id=row["id"],
            policy=row["policy"],
            title=row["title"],
            payer=row["payer"] or "",
            contractor=row["contractor"] or "",
            states=frozenset(states.get(row["id"], ())),
            plans=frozenset(plans.get(row["id"], ())),
            days=days(row["from_day"], row["through_day"]),
            ended=bool(row["ended"]),
            draft=row["status"] == "draft",
            stand_in=bool(row["stand_in"]),
            read_in=day(row["read_in"]),
            carried=bool(row["carried"]),
            defers_to=row["defers_to"] or "",
            coverage=row["decides"] == "coverage",
            rules=rules.get(row["id"], NO_RULES),
        )
        for row in versions
        if row["id"] in rules or row["defers_to"]
    )


NO_RULES = RulesToRead(0, tuple)


def rules_at_hand(connection: sqlite3.Connection) -> dict[str, RulesToRead]:
    """The rules of each policy version out of rows that are all read now."""
    rows: dict[str, list[RuleRow]] = defaultdict(list)
    for row in connection.execute(f"{RULE_ROWS} ORDER BY policy_version, position"):
        rows[row[1]].append(row)
    return {
        version: RulesToRead(
            len(own), partial(read_rules, own), sum(not row[-1] for row in own)
        )
        for version, own in rows.items()
    }


def rules_later(file: KeptOpen) -> dict[str, RulesToRead]:
    """How many rules each policy version has, and where to read them."""
    found = file.rows(
        "SELECT policy_version, count(*), count(*) - sum(carried) FROM rule"
        " GROUP BY policy_version"
    )
    return {
        version: RulesToRead(
            number,
            partial(rules_of_version, file, version),
            own_only,
            partial(rules_with_word, file, version),
        )
        for version, number, own_only in found
    }


def rules_of_version(file: KeptOpen, version: str) -> tuple[CompiledRule, ...]:
    """The rules of a policy version in order."""
    return read_rules(
        file.rows(f"{RULE_ROWS} WHERE policy_version = ? ORDER BY position", version)
    )


def rules_with_word(
    file: KeptOpen, version: str, word: str
) -> tuple[CompiledRule, ...]:
    """Those of them whose tree has a word in it as text."""
    sql = f"{RULE_ROWS} WHERE policy_version = ? AND instr(ir, ?) ORDER BY position"
    return read_rules(file.rows(sql, version, word))


def read_rules(rows: list[RuleRow]) -> tuple[CompiledRule, ...]:
    """Rules out of their rows.

    Raises ``kb.database.opening.KnowledgeBaseError`` when one is of another shape.
    """
    with of_our_shape():
        return tuple(
            CompiledRule(
                identity,
                version,
                name,
                title,
                decode_rule(json.loads(ir)),
                fix,
                carried=bool(carried),
            )
            for identity, version, name, title, ir, fix, carried in rows
        )


MEMBER_ROWS = "SELECT code_set, code, from_day, through_day FROM code_set_member"
OWN_MEMBER_ROWS = f"{MEMBER_ROWS} WHERE code_set >= ? AND code_set < ?"
MemberRow = tuple[str, str, str | None, str | None]
Sets = dict[str, dict[str, tuple[Days, ...]]]


def read_sets(connection: sqlite3.Connection) -> Sets:
    """Code sets with their members' days."""
    return sets_of(connection.execute(MEMBER_ROWS))


def sets_of(rows: Iterable[MemberRow]) -> Sets:
    """The same out of rows."""
    found: Sets = defaultdict(dict)
    for key, code, first, last in rows:
        members = found[key]
        if code in members or first or last:
            members[code] = (*members.get(code, ()), days(first, last))
        else:
            members[code] = ALWAYS
    return dict(found)


class SetsToRead(Mapping[str, Members]):
    """Code sets out of a file that is kept open: those of a policy when one is asked for."""

    def __init__(self, file: KeptOpen) -> None:
        self._file = file
        self._read: Sets = {}

    def __getitem__(self, key: str) -> Members:
        """The members of a set.

        Raises ``kb.database.opening.KnowledgeBaseError`` when they are of another shape.
        """
        found = self.get(key)
        if not found:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Members | None = None) -> Members:  # type: ignore[override]
        """The members of a set; ``default``, or none, of one that is not there."""
        found = self._read.get(key)
        if found is None:
            # The key of a policy's own set begins with its version.
            owner, mark, _name = key.partition("#")
            last = owner + chr(ord(mark) + 1) if mark else key + "\0"
            with of_our_shape():
                self._keep(self._file.rows(OWN_MEMBER_ROWS, owner + mark, last))
            found = self._read.setdefault(key, {})
        return found or default or {}

    def _keep(self, rows: Iterable[MemberRow]) -> None:
        for key, members in sets_of(rows).items():
            self._read.setdefault(key, members)

    def __iter__(self) -> Iterator[str]:
        """The keys of all sets."""
        self._keep(self._file.rows(MEMBER_ROWS))
        return iter([key for key, members in self._read.items() if members])

    def __len__(self) -> int:
        """How many sets there are."""
        return sum(1 for _ in self)


def read_titles(connection: sqlite3.Connection) -> dict[str, str]:
    """The titles of code sets; a list inside a rule only repeats the rule's."""
    return dict(
        connection.execute("SELECT id, title FROM code_set WHERE name NOT LIKE '%/%'")
    )


def read_groupings(
    connection: sqlite3.Connection,
) -> dict[str, dict[str, tuple[tuple[str, Days], ...]]]:
    """Groupings with the groups of each code."""
    found: dict[str, dict[str, tuple[tuple[str, Days], ...]]] = {}
    for grouping, group, code, first, last in connection.execute(
        "SELECT code_grouping, code_group, code, from_day, through_day"
        " FROM code_group_member"
    ):
        members = found.setdefault(grouping, {})
        members[code] = (*members.get(code, ()), (group, days(first, last)))
    return found


def read_codes(connection: sqlite3.Connection) -> dict[str, CodeFacts]:
    """What counting needs to know of codes, and their names."""
    add_ons = {code for (code,) in connection.execute("SELECT code FROM code_add_on")}
    rows = connection.execute(
        "SELECT id, sides, label FROM code WHERE kind = 'procedure'"
    )
    return {
        code: CodeFacts(code in add_ons, sides, label) for code, sides, label in rows
    }


def read_facts(connection: sqlite3.Connection) -> dict[str, FactWords]:
    """Facts with their wording."""
    choices = several(
        connection, "SELECT fact, choice FROM fact_choice ORDER BY fact, position"
    )
    rows = connection.execute(
        "SELECT id, kind, scope, title, where_found, ask FROM fact"
    )
    return {
        key: FactWords(kind, scope, title, where, ask, tuple(choices.get(key, ())))
        for key, kind, scope, title, where, ask in rows
    }


def read_payers(connection: sqlite3.Connection) -> tuple[PayerWords, ...]:
    """Payers with the names that claims use for them."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, value, payer in connection.execute(
        "SELECT kind, value, payer FROM payer_match"
    ):
        names[payer, kind].add(value)
    rows = connection.execute(
        "SELECT id, title, line_of_business FROM payer ORDER BY id"
    )
    return tuple(
        PayerWords(
            key=key,
            title=title,
            line_of_business=business,
            identifiers=frozenset(names[key, "identifier"]),
            filing=frozenset(names[key, "filing"]),
            names=frozenset(names[key, "name"]),
        )
        for key, title, business in rows
    )


def read_contractors(
    connection: sqlite3.Connection,
) -> dict[str, tuple[str, frozenset[str]]]:
    """Contractors with their payer and states."""
    states = several(connection, "SELECT contractor, state FROM contractor_state")
    rows = connection.execute("SELECT id, payer FROM contractor ORDER BY id")
    return {key: (payer, frozenset(states.get(key, ()))) for key, payer in rows}


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
