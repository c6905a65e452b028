"""A knowledge base file to the program and the words of its rules.

Plain sqlite3 and few large reads: this runs at every start of the command line.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from functools import partial

from dsl.ir.codec import decode_rule
from kb.database.opening import hash_of
from kb.engine.program import (
    CodeFacts,
    CompiledPolicy,
    CompiledRule,
    FactWords,
    PayerWords,
    Program,
    RulesToRead,
    with_deferrals,
)
from kb.engine.rows import KeptOpen, day, days, of_our_shape, several
from kb.engine.rule_words import WordsToRead, read_rule_words
from kb.engine.set_rows import SetsToRead, read_groupings, read_sets, read_titles

RuleRow = tuple[str, str, str, str, str, str, int]
"""Id, policy version, name, title, the tree as JSON text, and the fix."""
RULE_ROWS = "SELECT id, policy_version, name, title, ir, fix, carried FROM rule"


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


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """The table of versions and counts."""
    return dict(connection.execute("SELECT key, value FROM meta").fetchall())


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
