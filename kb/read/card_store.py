"""What cards say: rules as answers, whose policies hold for a payer, and until when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.read.knowledge_base import KnowledgeBase, Row, grouped
from kb.read.records import Day

SAME_DAY = "same-day"


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule (or gap) as it answers a question, on the days on which its words stay."""

    rule: str
    policy_version: str
    position: int
    name: str
    title: str
    kind: str
    """``rule`` or ``gap``."""
    duty: str
    outcome: str
    grade: str
    fix: str
    for_all: bool
    """Whether it is for every line of the payer's claims."""
    carried: bool
    """Whether a payer that follows its payer follows it."""
    aspect: str
    short: str
    sentence: str
    condition: str
    caveat: str
    sources: tuple[str, ...]
    """Keys of what it cites."""
    confined: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Field, ``only`` or ``but``, values: where alone it can apply."""
    in_some_cases: bool
    """Whether it applies in some cases only, beside its codes and exceptions."""
    lists: tuple[str, ...]
    """Ids of the lists of diagnoses that it asks for."""
    facts: tuple[str, ...]
    """Ids of the facts that it may ask for."""
    from_day: Day
    through_day: Day


@dataclass(frozen=True, slots=True)
class Scoped:
    """An answer for a code, on the days on which the code is in its scope."""

    answer: Answer
    from_day: Day
    through_day: Day


@dataclass(frozen=True, slots=True)
class Answers:
    """All that a policy version says."""

    all: tuple[Answer, ...]
    for_all: tuple[Answer, ...]
    """Those for every line, whatever its code."""
    by_code: dict[str, tuple[Scoped, ...]]
    beside: dict[str, tuple[Scoped, ...]]
    """By code: rules for other codes that forbid or ask for it on the same day."""
    codes: dict[str, tuple[str, ...]]
    """By rule: the codes that it is for on any day."""
    spans: frozenset[tuple[Day, Day]]
    """The first and last days of all of these, without those that are open at both ends."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A policy version that holds for a payer."""

    payer: str
    version: str
    followed_by: str
    """The version of the payer's own policy that follows this one; empty: it need not."""
    from_day: Day
    through_day: Day
    states: tuple[str, ...]
    """Where it holds; empty: everywhere."""
    plans: tuple[str, ...]


def holdings(kb: KnowledgeBase) -> dict[str, tuple[Holding, ...]]:
    """By payer: every policy version that holds for it on some day."""
    return kb.once(_holdings)


def _holdings(kb: KnowledgeBase) -> dict[str, tuple[Holding, ...]]:
    found: dict[str, list[Holding]] = {}
    for row in kb.rows("SELECT * FROM card_policy ORDER BY payer, rowid"):
        row["states"] = tuple(json.loads(row["states"]))
        row["plans"] = tuple(json.loads(row["plans"]))
        found.setdefault(row["payer"], []).append(Holding(**row))
    return {payer: tuple(own) for payer, own in found.items()}


def days_of_change(kb: KnowledgeBase) -> tuple[str, ...]:
    """Every day on which anything of the build begins, or has just ended, in order."""
    return kb.once(_days_of_change)


def _days_of_change(kb: KnowledgeBase) -> tuple[str, ...]:
    # The rows of all tables are much to import for those who never ask.
    from kb.database.table_rows import DATED  # noqa: PLC0415

    changes = " UNION ".join(
        f"SELECT {day} AS day FROM {table}"  # noqa: S608
        for table in DATED
        for day in ("from_day", "date(through_day, '+1 day')")
    )
    return tuple(day for day in kb.column(f"{changes} ORDER BY day") if day)


def answers_of(kb: KnowledgeBase, versions: Iterable[str]) -> dict[str, Answers]:
    """By policy version: its rules as answers, in their order."""
    return kb.items(_read_answers, versions)


_ANSWERS = """
SELECT a.rule, r.policy_version, r.position, r.name, r.title, r.kind, r.duty, r.outcome,
  r.grade, r.fix, r.code_set IS NULL AS for_all, r.carried, a.aspect, a.short, a.sentence,
  a.condition, a.caveat, a.sources, a.confined,
  a.in_some_cases, a.lists, a.from_day, a.through_day,
  (SELECT json_group_array(fact) FROM rule_fact WHERE rule = r.id) AS facts
FROM rule r JOIN card_answer a ON a.rule = r.id
WHERE r.policy_version IN (SELECT value FROM json_each(?))
ORDER BY r.policy_version, r.position, a.from_day
"""
_CODES = """
WITH wanted AS (SELECT id FROM rule
  WHERE policy_version IN (SELECT value FROM json_each(?)))
SELECT 'for' AS how, c.rule, c.code, c.from_day, c.through_day
FROM wanted w JOIN rule_code c ON c.rule = w.id
UNION ALL
SELECT 'beside', n.rule, m.code, m.from_day, m.through_day
FROM wanted w JOIN rule_mention n ON n.rule = w.id
JOIN code_set_member m ON m.code_set = n.code_set
WHERE n.use IN ('not-with', 'same-day')
ORDER BY code
"""


def _read_answers(kb: KnowledgeBase, versions: list[str]) -> dict[str, Answers]:
    wanted = json.dumps(versions)
    how = grouped(kb.rows(_CODES, wanted), "how")
    codes, beside = grouped(how["for"], "rule"), grouped(how["beside"], "rule")
    of_version: dict[str, list[Answer]] = {version: [] for version in versions}
    for row in kb.rows(_ANSWERS, wanted):
        of_version[row["policy_version"]].append(_answer(row))
    return {
        version: Answers(
            all=tuple(own),
            for_all=tuple(each for each in own if each.for_all),
            by_code=_by_code(own, codes),
            beside=_by_code((each for each in own if each.aspect == SAME_DAY), beside),
            codes={
                each.rule: tuple(
                    dict.fromkeys(row["code"] for row in codes.get(each.rule, ()))
                )
                for each in own
            },
            spans=_spans(own, codes, beside),
        )
        for version, own in of_version.items()
    }


def _spans(
    own: Iterable[Answer], *of_codes: dict[str, list[Row]]
) -> frozenset[tuple[Day, Day]]:
    found = {(each.from_day, each.through_day) for each in own}
    for codes in of_codes:
        for each in own:
            rows = codes.get(each.rule, ())
            found.update((row["from_day"], row["through_day"]) for row in rows)
    return frozenset(found - {(None, None)})


def _answer(row: Row) -> Answer:
    row["sources"] = tuple(json.loads(row["sources"]))
    row["confined"] = tuple(
        (field, how, tuple(values))
        for field, how, values in json.loads(row["confined"])
    )
    row["lists"] = tuple(json.loads(row["lists"]))
    row["facts"] = tuple(sorted(json.loads(row["facts"])))
    for column in ("for_all", "carried", "in_some_cases"):
        row[column] = bool(row[column])
    return Answer(**row)


def _by_code(
    own: Iterable[Answer], codes: dict[str, list[Row]]
) -> dict[str, tuple[Scoped, ...]]:
    found: dict[str, list[Scoped]] = {}
    for answer in own:
        for code, scoped in _scoped(answer, codes.get(answer.rule, ())):
            found.setdefault(code, []).append(scoped)
    return {code: tuple(each) for code, each in found.items()}


def _scoped(answer: Answer, codes: Iterable[Row]) -> Iterator[tuple[str, Scoped]]:
    for row in codes:
        yield row["code"], Scoped(answer, row["from_day"], row["through_day"])
