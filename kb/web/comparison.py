"""One code across payers: the questions down, the payers and contractors across.

Neighbours of one payer whose answers are the same word for word share a cell, so
that what differs is what one sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from kb.policy_store import code_sets
from kb.records import CodeDetail, CodeList, CodeRule, Policy
from kb.store import Connection, policies
from kb.web.aspects import ASPECTS, OPEN_POINTS, Aspect, aspect_of
from kb.web.days import holds_on
from kb.web.reference import Cell, Entry, entry_of, in_force_on, rule_path
from kb.web.wording import weakest

ABOUT_THE_CODE = frozenset({"for", "every", "same-day", "not-with"})


@dataclass(frozen=True, slots=True)
class Column:
    """What one policy says of the code."""

    policy: Policy
    cells: tuple[Cell, ...]
    gaps: tuple[Entry, ...]

    @property
    def label(self) -> str:
        """Who speaks, in short."""
        return self.policy.contractor_title or self.policy.payer_title or "Any payer"


@dataclass(frozen=True, slots=True)
class SharedCell:
    """The answers of neighbouring columns; ``across`` counts them."""

    entries: tuple[Entry, ...]
    across: int
    label: str
    """Who gives them: ``CGS Administrators, Palmetto GBA``."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question with the answers of every column, from left to right."""

    key: str
    title: str
    cells: tuple[SharedCell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table of a procedure code."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The questions that at least one column answers, and the open points."""
        rows = [
            _row(aspect, self.columns, [column.cells[place] for column in self.columns])
            for place, aspect in enumerate(ASPECTS)
        ]
        gaps = [Cell(OPEN_POINTS, column.gaps) for column in self.columns]
        rows.append(_row(OPEN_POINTS, self.columns, gaps))
        return tuple(row for row in rows if any(cell.entries for cell in row.cells))

    @property
    def unanswered(self) -> tuple[Aspect, ...]:
        """The questions that no loaded policy answers for the code."""
        answered = {row.key for row in self.rows}
        return tuple(aspect for aspect in ASPECTS if aspect.key not in answered)


def _row(aspect: Aspect, columns: tuple[Column, ...], cells: list[Cell]) -> Row:
    pairs = zip(columns, cells, strict=True)
    runs = [
        list(run)
        for _, run in groupby(
            pairs, lambda pair: (pair[0].policy.payer, _words_of(pair[1].entries))
        )
    ]
    everybody = Counter(column.policy.payer for column in columns)
    cells_shared = tuple(
        _shared(run, of=everybody[run[0][0].policy.payer]) for run in runs
    )
    return Row(aspect.key, aspect.title, cells_shared)


def _shared(run: list[tuple[Column, Cell]], of: int) -> SharedCell:
    alike = zip(*(cell.entries for _, cell in run), strict=True)
    entries = tuple(
        replace(same[0], grade=weakest(each.grade for each in same)) for same in alike
    )
    labels = ", ".join(dict.fromkeys(column.label for column, _ in run))
    if 1 < of == len(run):
        labels = f"{run[0][0].policy.payer_title or 'Any payer'}, all {of}"
    return SharedCell(entries, len(run), labels)


def _words_of(
    entries: tuple[Entry, ...],
) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """The answers as they read, without where their rules stand."""
    return tuple(
        (entry.text, tuple(detail.text for detail in entry.details), entry.outcome)
        for entry in entries
    )


def compare_policies(
    connection: Connection, detail: CodeDetail, day: date
) -> Comparison:
    """What every policy in force on a day says of a procedure code."""
    by_policy: dict[str, list[CodeRule]] = {}
    for use in detail.rules:
        if use.use in ABOUT_THE_CODE and _holds(use, day):
            by_policy.setdefault(use.policy.id, []).append(use)
    columns = [_column(connection, uses, day) for uses in by_policy.values()]
    return Comparison(tuple(_alike_together(columns)))


def _alike_together(columns: list[Column]) -> Iterator[Column]:
    """The columns of each payer so that those with the same words are neighbours."""
    for _, own in groupby(columns, lambda column: column.policy.payer):
        yield from sorted(
            own, key=lambda column: [_words_of(cell.entries) for cell in column.cells]
        )


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
    in_scope = {use.rule.id for use in uses if use.use in {"for", "every"}}
    for rule in rules:
        main = rule.code_set if rule.id in in_scope else ""
        entry = entry_of(policy, rule, sets, main, day)
        answers.setdefault(aspect_of(rule), []).append(entry)
    cells = tuple(Cell(aspect, tuple(answers[aspect.key])) for aspect in ASPECTS)
    return Column(policy, cells, tuple(answers.get(OPEN_POINTS.key, ())))


def _sets_named(tree: object) -> Iterable[str]:
    if isinstance(tree, dict):
        if isinstance(tree.get("set"), str):
            yield tree["set"]
        for part in tree.values():
            yield from _sets_named(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _sets_named(part)


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """Whether the list of a policy holds a diagnosis on a day."""

    policy: Policy
    title: str
    path: str
    holds: bool | None
    """``None``: the policy has no list that is loaded."""


def diagnosis_lists(
    connection: Connection, detail: CodeDetail, day: date
) -> tuple[ListAnswer, ...]:
    """Every diagnosis list that a rule requires, of every policy in force on a day."""
    holding = {each.id for each in detail.lists if _list_holds(each, day)}
    found: dict[tuple[str, str], ListAnswer] = {}
    for policy in policies(connection, on=day.isoformat()):
        required = _required_lists(connection, policy.id)
        if not required:
            path = f"/policy/{policy.id}"
            found[policy.id, ""] = ListAnswer(policy, "", path, holds=None)
        for rule, set_id, title, name in required:
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


def other_uses(detail: CodeDetail, shown: Iterable[str], day: date) -> list[CodeRule]:
    """Rules that name the code otherwise than being for it, but those ``shown``."""
    seen: dict[tuple[str, str], CodeRule] = {}
    for use in detail.rules:
        if use.use not in ABOUT_THE_CODE and _holds(use, day):
            seen.setdefault((use.rule.id, use.use), use)
    paths = set(shown)
    return [
        use for use in seen.values() if rule_path(use.policy, use.rule) not in paths
    ]
