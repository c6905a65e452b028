"""Who speaks of a topic at all: for questions that name neither payer nor procedure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.asking.topics import CELLS, SPOKEN
from kb.read.store import KnowledgeBase, Row


@dataclass(frozen=True, slots=True)
class Speaker:
    """A payer with what it says of a topic."""

    payer: str
    title: str
    path: str
    """Of its first rule."""
    says: str
    """That rule, and how many more."""


_RULES = """
SELECT p.id AS key, p.title AS payer, v.id AS version, r.name AS name, a.aspect,
  a.sentence, r.title, r.id
FROM card_answer a JOIN rule r ON r.id = a.rule
JOIN policy_version v ON v.id = r.policy_version JOIN payer p ON p.id = v.payer
WHERE r.kind = 'rule' AND v.status <> 'shared'
  AND (a.from_day IS NULL OR a.from_day <= :day)
  AND (a.through_day IS NULL OR :day <= a.through_day)
ORDER BY p.title, v.decides, v.id, r.position
"""
_OF_MODIFIER = (
    "SELECT DISTINCT rule FROM rule_mention WHERE use = 'modifier' AND code = :code"
)


def speakers(
    kb: KnowledgeBase, topic: str, day: str, modifier: str = ""
) -> tuple[Speaker, ...]:
    """Payers with rules in force about a topic; with ``modifier`` only those that name it."""
    keys = CELLS.get(topic, ())
    rows = kb.rows(_RULES, day=day)
    if modifier:
        naming = frozenset(kb.column(_OF_MODIFIER, code=modifier))
        rows = [row for row in rows if row["id"] in naming]
    elif topic in SPOKEN:
        says = SPOKEN[topic]
        rows = [row for row in rows if says.search(f"{row['title']} {row['sentence']}")]
    else:
        rows = [row for row in rows if row["aspect"] in keys]
    by_payer: dict[str, list[Row]] = {}
    for row in rows:
        by_payer.setdefault(row["payer"], []).append(row)
    return tuple(_speaker(payer, own) for payer, own in by_payer.items())


def _speaker(payer: str, rows: Iterable[Row]) -> Speaker:
    sentences = list(dict.fromkeys(row["sentence"] for row in rows))
    first = next(iter(rows))
    more = len(sentences) - 1
    says = sentences[0] + (f"; and {more} more" if more else "")
    path = f"/policy/{first['version']}#rule-{first['id'].partition('#')[2]}"
    return Speaker(first["key"], payer, path, says)
