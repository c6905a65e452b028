"""A question answered: rows, what was searched, and what is not known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from sqlite3 import Connection

from dsl.questions import Question, ask
from kb.questions.names import resolved
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
    question = resolved(connection, ask(text))
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
    from kb.engine import Engine  # noqa: PLC0415
    from kb.reference.audit import conflicts  # noqa: PLC0415  (only this question answers claims)

    found = conflicts(connection, Engine.reading(connection))
    return json.dumps([asdict(one) for one in found])


# Of the policy versions in force on the day ``:day``, those that a question is about.
IN_FORCE = (
    "v.status <> 'shared' AND (v.from_day IS NULL OR v.from_day <= :day)"
    " AND (v.through_day IS NULL OR v.through_day >= :day)"
)
ASKED = (
    "(:all OR EXISTS (SELECT 1 FROM json_each(:asked) AS a WHERE"
    " a.value IN (v.payer, v.contractor, v.policy) OR v.policy LIKE a.value || '/%'"
    " OR (v.contractor IS NULL AND v.payer = (SELECT payer FROM contractor"
    " WHERE id = a.value))))"
)
MOST_NAMED = 8


def searched(connection: Connection, question: Question, made: Plan) -> tuple[str, ...]:
    """What was looked through."""
    asked = asked_about(question)
    (policies, payers), *_ = connection.execute(
        f"SELECT count(*), count(DISTINCT v.payer) FROM policy_version AS v"
        f" WHERE {IN_FORCE} AND {ASKED}",
        {
            "day": made.as_of.isoformat(),
            "all": not asked,
            "asked": json.dumps(asked),
        },
    ).fetchall()
    known = f", as known on {question.known_on}" if question.known_on else ""
    who = f"under {', '.join(asked)}" if asked else f"of {payers} payers"
    if question.kind == "changed":
        return (f"changes from {question.since} to {question.until} {who}",)
    noun = "policy" if policies == 1 else "policies"
    return (f"{policies} {noun} {who} in force on {made.as_of}{known}",)


def not_known(
    connection: Connection, question: Question, made: Plan
) -> tuple[str, ...]:
    """What the loaded policies cannot say."""
    found = []
    day = made.as_of.isoformat()
    if question.code:
        silent = silent_payers(connection, question, day)
        if silent:
            found.append(f"no policy loaded for {question.code}: {named(silent)}")
    found += [
        f"{payer} follows {other}: ask under {other} too"
        for payer, other in followed(connection, question, day)
    ]
    if question.kind == "show" and question.thing.startswith("payers requiring"):
        found.append("a loaded policy without such a rule says nothing about approval")
    if question.thing == "conflicts":
        found.append("conflicts that no worked claim shows")
    return tuple(found)


def asked_about(question: Question) -> list[str]:
    """The payers, contractors or policies that a question names; none: it is about all."""
    return [question.under] if question.under else list(question.names)


def silent_payers(connection: Connection, question: Question, day: str) -> list[str]:
    """Payers asked about, or all, without a rule for the code, that follow nobody."""
    asked = asked_about(question)
    return [
        str(payer)
        for (payer,) in connection.execute(
            "SELECT p.id FROM payer AS p WHERE NOT EXISTS ("
            " SELECT 1 FROM policy_version AS v JOIN rule AS r ON r.policy_version = v.id"
            " LEFT JOIN rule_code AS c ON c.rule = r.id"
            " LEFT JOIN code_set AS s ON s.id = r.code_set"
            f" WHERE v.payer = p.id AND {IN_FORCE} AND (s.name = :code"
            " OR c.code IN (SELECT value FROM json_each(:codes))))"
            " AND NOT EXISTS (SELECT 1 FROM policy_version AS v"
            f" WHERE v.payer = p.id AND v.defers_to IS NOT NULL AND {IN_FORCE})"
            " AND (:all OR p.id IN (SELECT value FROM json_each(:asked))) ORDER BY p.id",
            {
                "code": question.code,
                "codes": json.dumps(question.codes),
                "day": day,
                "all": not asked,
                "asked": json.dumps(asked),
            },
        ).fetchall()
    ]


def followed(
    connection: Connection, question: Question, day: str
) -> list[tuple[str, str]]:
    """Payers asked about that follow another payer's policies, with whose."""
    asked = asked_about(question)
    return connection.execute(
        "SELECT DISTINCT v.payer, v.defers_to FROM policy_version AS v"
        f" WHERE v.defers_to IS NOT NULL AND {IN_FORCE}"
        " AND v.payer IN (SELECT value FROM json_each(:asked)) ORDER BY 1, 2",
        {"day": day, "asked": json.dumps(asked)},
    ).fetchall()


def named(names: list[str]) -> str:
    """Names, the first few of many."""
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    first = ", ".join(names[:MOST_NAMED])
    return f"{first} and {len(names) - MOST_NAMED} more payers"
