"""A question answered: rows, what was searched, and what is not known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from sqlite3 import Connection

from dsl.questions import Question, QuestionError, ask
from kb.questions.planner import Plan, plan

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, and what a reader must know to read their absence."""

    question: Question
    plan: Plan
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    searched: tuple[str, ...]
    """What was looked through, in sentences."""
    not_known: tuple[str, ...]
    """What no loaded policy can say, in sentences."""


def answer(connection: Connection, text: str, today: date) -> Answer:
    """Answer one question from the knowledge base.

    Raises ``QuestionError`` when it cannot be read or names something that is not there.
    """
    question = ask(text)
    check_names(connection, question)
    made = plan(question, today)
    if question.thing == "conflicts":
        made.parameters["conflicts"] = conflicts_found(connection)
    cursor = connection.execute(made.sql, made.parameters)
    columns = tuple(str(column[0]) for column in cursor.description)
    rows = tuple(tuple(row) for row in cursor.fetchall())
    return Answer(
        question=question,
        plan=made,
        columns=columns,
        rows=rows,
        searched=searched(connection, question, made),
        not_known=not_known(connection, question, made),
    )


def conflicts_found(connection: Connection) -> str:
    """Every conflict that the worked claims of the database show, as JSON."""
    from kb.audit import conflicts  # noqa: PLC0415  (only this question answers claims)
    from kb.engine import Engine  # noqa: PLC0415

    (_, _, file), *_ = connection.execute("PRAGMA database_list").fetchall()
    found = conflicts(connection, Engine.open(file))
    return json.dumps([asdict(one) for one in found])


def column(connection: Connection, sql: str, *values: str) -> list[str]:
    """The first column of a select."""
    return [str(row[0]) for row in connection.execute(sql, values).fetchall()]


def check_names(connection: Connection, question: Question) -> None:
    """Refuse payers that are not loaded: an empty table would read like a no."""
    known = column(
        connection,
        "SELECT id FROM payer UNION SELECT id FROM contractor UNION SELECT id FROM policy"
        " ORDER BY 1",
    )
    folders = {name.rpartition("/")[0] for name in known if "/" in name}
    for name in (*question.names, *([question.under] if question.under else [])):
        if name not in known and name not in folders:
            loaded = ", ".join(name for name in known if "/" not in name)
            raise QuestionError(
                f"No payer, contractor or policy `{name}` is loaded. That is no answer"
                f" about it. Loaded are: {loaded}."
            )


def searched(connection: Connection, question: Question, made: Plan) -> tuple[str, ...]:
    """What was looked through."""
    policies = column(
        connection,
        "SELECT count(*) FROM policy_version WHERE status <> 'shared'"
        " AND (from_day IS NULL OR from_day <= ?)"
        " AND (through_day IS NULL OR through_day >= ?)",
        made.as_of.isoformat(),
        made.as_of.isoformat(),
    )[0]
    payers = column(connection, "SELECT id FROM payer ORDER BY id")
    known = f", as known on {question.known_on}" if question.known_on else ""
    if question.kind == "changed":
        return (
            f"changes from {question.since} to {question.until}, {len(payers)} payers",
        )
    return (
        f"{policies} policies in force on {made.as_of}{known}, payers: {', '.join(payers)}",
    )


def not_known(
    connection: Connection, question: Question, made: Plan
) -> tuple[str, ...]:
    """What the loaded policies cannot say."""
    found = []
    if question.code:
        silent = column(
            connection,
            "SELECT id FROM payer WHERE id NOT IN (SELECT v.payer FROM policy_version AS v"
            " JOIN rule AS r ON r.policy_version = v.id JOIN rule_code AS c ON c.rule = r.id"
            " LEFT JOIN code_set AS s ON s.id = r.code_set"
            " WHERE (c.code = ?1 OR s.name = ?1) AND v.payer IS NOT NULL"
            " AND v.status <> 'shared' AND (v.from_day IS NULL OR v.from_day <= ?2)"
            " AND (v.through_day IS NULL OR v.through_day >= ?2)) ORDER BY id",
            question.code,
            made.as_of.isoformat(),
        )
        if silent:
            found.append(f"no policy loaded for {question.code}: {', '.join(silent)}")
    if question.kind == "show" and question.thing.startswith("payers requiring"):
        found.append("a loaded policy without such a rule says nothing about approval")
    if question.thing == "conflicts":
        found.append("conflicts that no worked claim shows")
    return tuple(found)
