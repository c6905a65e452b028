"""What a modifier says, and what Medicare asks of it, in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from kb.asking.answered import CardAnswer
from kb.asking.billing import MEDICARE
from kb.asking.pairs import rows_of_modifiers
from kb.asking.topics import OF_SIDES
from kb.asking.understood import BRAND, MODIFIER, PAYER, Understood
from kb.plain.trade import MODIFIERS
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.tables.model import is_visit

OF_A_VISIT = ("25",)
"""What is asked of a visit on the day of a procedure, though no modifier is typed."""
ABOUT = frozenset(
    {"modifiers", "units", "notice", "together", "covered", "drug", "chart"}
)
"""Topics beside which a modifier is asked about itself."""
MOST_RULES = 2
_RULES = """
SELECT DISTINCT r.id, r.title, r.fix, v.policy AS policy, r.outcome IN ('deny', 'fix') AS firm
FROM rule_mention m JOIN rule r ON r.id = m.rule
JOIN policy_version v ON v.id = r.policy_version
WHERE m.use = 'modifier' AND m.code IN (SELECT value FROM json_each(:modifiers))
  AND v.payer = :payer AND v.contractor IS NULL AND v.status <> 'shared' AND r.kind = 'rule'
  AND r.fix <> '' AND (v.from_day IS NULL OR v.from_day <= :day)
  AND (v.through_day IS NULL OR :day <= v.through_day)
  AND (:all OR r.code_set IS NULL OR EXISTS (SELECT 1 FROM rule_code c WHERE c.rule = r.id
    AND c.code IN (SELECT value FROM json_each(:codes))))
ORDER BY firm DESC, r.policy_version, r.position
"""


def modifiers_told(
    kb: KnowledgeBase,
    understood: Understood,
    subjects: Sequence[str],
    cards: Iterable[CardAnswer],
) -> Iterator[str]:
    """What each modifier of a question says, and Medicare's rules that name it.

    Beside a payer that has rules of its own Medicare's are not told.
    """
    asked = _asked(understood, subjects)
    if not asked or set(understood.topics) - ABOUT:
        return
    for each in asked:
        if each in MODIFIERS:
            yield f"{each}: {MODIFIERS[each]}."
    if any(rows_of_modifiers(kb, each.card, asked) for each in cards):
        return
    payers = [chip.value for chip in understood.all(PAYER, BRAND)]
    whose = "Medicare" if {*payers} <= {MEDICARE} else "Medicare, to compare"
    for title, fix, policy in _rules(kb, understood, asked, subjects):
        yield f"{whose}: {title}. {fix} [{policy}]"


def _asked(understood: Understood, subjects: Sequence[str]) -> list[str]:
    typed = [chip.value for chip in understood.all(MODIFIER)]
    asked = [each for each in typed if each not in OF_SIDES]
    if typed or "together" not in understood.topics or not any(map(is_visit, subjects)):
        return asked
    return [*OF_A_VISIT]


def _rules(
    kb: KnowledgeBase,
    understood: Understood,
    asked: Sequence[str],
    subjects: Sequence[str],
) -> Iterator[tuple[str, str, str]]:
    members = families(kb, understood.day)
    codes = sorted({c for each in subjects for c in members.get(each, {each})})
    named = (
        kb.rows(
            _RULES,
            modifiers=json.dumps(asked),
            payer=MEDICARE,
            day=understood.day.isoformat(),
            codes=json.dumps(codes),
            all=of_all,
        )
        # A modifier of visits is asked about beside the procedure that they come with.
        for of_all in (not codes, True)
    )
    rows = next(filter(None, named), [])
    for row in rows[:MOST_RULES]:
        fix = row["fix"].replace("line {line}", "the line")
        yield row["title"], fix, row["policy"]
