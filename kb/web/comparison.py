"""One code across payers: the questions down, the payers and contractors across.

Policies whose answers are the same word for word share a column, so that what
differs is what one sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.policy_store import code_sets
from kb.records import CodeDetail, CodeList, CodeRule, Policy
from kb.store import Connection, policies
from kb.web.aspects import ASPECTS, Aspect, aspect_of
from kb.web.days import holds_on
from kb.web.reference import (
    Cell,
    Entry,
    entry_of,
    in_force_on,
    rule_path,
)

ABOUT_THE_CODE = frozenset({"for", "every", "same-day", "not-with"})


@dataclass(frozen=True, slots=True)
class Column:
    """Policies with the same answers about the code."""

    policies: tuple[Policy, ...]
    cells: tuple[Cell, ...]
    gaps: tuple[tuple[str, str], ...]
    """Title and path of each open point."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question with every column's answers."""

    aspect: Aspect
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table of a procedure code."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The questions that at least one column answers, then the others."""
        rows = [
            Row(aspect, tuple(column.cells[place] for column in self.columns))
            for place, aspect in enumerate(ASPECTS)
        ]
        return tuple(row for row in rows if any(cell.entries for cell in row.cells))

    @property
    def unanswered(self) -> tuple[Aspect, ...]:
        """The questions that no loaded policy answers for the code."""
        answered = {row.aspect.key for row in self.rows}
        return tuple(aspect for aspect in ASPECTS if aspect.key not in answered)


def compare_policies(
    connection: Connection, detail: CodeDetail, day: date
) -> Comparison:
    """What every policy in force on a day says of a procedure code."""
    by_policy: dict[str, list[CodeRule]] = {}
    for use in detail.rules:
        if use.use in ABOUT_THE_CODE and _holds(use, day):
            by_policy.setdefault(use.policy.id, []).append(use)
    columns: dict[object, Column] = {}
    for uses in by_policy.values():
        column = _column(connection, uses, day)
        key = _words_of(column)
        if key in columns:
            merged = columns[key].policies + column.policies
            column = Column(merged, columns[key].cells, columns[key].gaps)
        columns[key] = column
    return Comparison(tuple(columns.values()))


def _holds(use: CodeRule, day: date) -> bool:
    return holds_on(use.from_day, use.through_day, day) and in_force_on(use.rule, day)


def _column(connection: Connection, uses: list[CodeRule], day: date) -> Column:
    policy = uses[0].policy
    rules = list({use.rule.id: use.rule for use in uses}.values())
    named = {rule.code_set for rule in rules} | {
        key for rule in rules for key in _sets_named(rule.ir)
    }
    sets = {each.id: each for each in code_sets(connection, named - {""})}
    answers: dict[str, list[Entry]] = {aspect.key: [] for aspect in ASPECTS}
    banned_by = {use.rule.id for use in uses if use.use in {"same-day", "not-with"}}
    for rule in rules:
        if rule.kind == "rule":
            key = "same-day" if rule.id in banned_by else aspect_of(rule)
            main = "" if rule.id in banned_by else rule.code_set
            answers[key].append(entry_of(policy, rule, sets, main, day))
    cells = tuple(Cell(aspect, tuple(answers[aspect.key])) for aspect in ASPECTS)
    gaps = [
        (rule.title, rule_path(policy, rule)) for rule in rules if rule.kind == "gap"
    ]
    return Column((policy,), cells, tuple(gaps))


def _sets_named(tree: object) -> Iterable[str]:
    if isinstance(tree, dict):
        if isinstance(tree.get("set"), str):
            yield tree["set"]
        for part in tree.values():
            yield from _sets_named(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _sets_named(part)


def _words_of(column: Column) -> object:
    """The column as it reads, without where its rules stand."""
    policy = column.policies[0]
    return (
        policy.payer,
        tuple(
            (entry.text, tuple(detail.text for detail in entry.details), entry.outcome)
            for cell in column.cells
            for entry in cell.entries
        ),
        tuple(title for title, _ in column.gaps),
    )


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """Whether the list of a policy holds a diagnosis on a day."""

    policy: Policy
    title: str
    path: str
    holds: bool


def diagnosis_lists(
    connection: Connection, detail: CodeDetail, day: date
) -> tuple[ListAnswer, ...]:
    """Every diagnosis list that a rule requires, of every policy in force on a day."""
    holding = {each.id for each in detail.lists if _list_holds(each, day)}
    found: dict[tuple[str, str], ListAnswer] = {}
    for policy in policies(connection, on=day.isoformat()):
        for rule, set_id, title, name in _required_lists(connection, policy.id):
            answer = ListAnswer(
                policy=policy,
                title=title or name,
                path=f"/policy/{policy.id}#rule-{rule}",
                holds=set_id in holding,
            )
            found.setdefault((policy.id, set_id), answer)
    return tuple(found.values())


def _list_holds(found: CodeList, day: date) -> bool:
    return holds_on(found.from_day, found.through_day, day)


def _required_lists(
    connection: Connection, version_id: str
) -> list[tuple[str, str, str, str]]:
    """Rule name, list, its title and name, where a duty asks for the diagnosis."""
    return connection.execute(
        """SELECT DISTINCT r.name, s.id, s.title, s.name
        FROM rule r, json_tree(r.ir, '$.duty') t JOIN code_set s ON s.id = t.value
        WHERE r.policy_version = ? AND t.key = 'set' AND s.kind = 'diagnosis'
        ORDER BY r.position, s.id""",
        (version_id,),
    ).fetchall()


def other_uses(detail: CodeDetail, day: date) -> tuple[CodeRule, ...]:
    """Rules that name the code otherwise than being for it: look back, modifiers."""
    seen: dict[tuple[str, str], CodeRule] = {}
    for use in detail.rules:
        if use.use not in ABOUT_THE_CODE and _holds(use, day):
            seen.setdefault((use.rule.id, use.use), use)
    return tuple(seen.values())
