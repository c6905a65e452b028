"""What CMS's tables say of the codes of a question: pairs, units, sides, validity."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kb.asking.understood import (
    BRAND,
    CODES,
    DIAGNOSIS,
    MODIFIER,
    PAYER,
    SUBJECTS,
    Understood,
)
from kb.read.store import KnowledgeBase
from kb.tables.model import Tables
from kb.tables.telling import (
    Told,
    merged,
    told_of_add_on,
    told_of_code,
    told_of_diagnosis,
    told_of_pair,
    told_of_schedule,
    told_of_units,
)

HEADING = "CMS's tables, which decide for Medicare and which other payers may take over"
CODE_SET = "The code set of diagnoses, which every payer takes"
MOST_CODES = 3
OF_SCHEDULE = frozenset({"sides", "modifiers"})


def told_by_cms(kb: KnowledgeBase, understood: Understood) -> tuple[Told, ...]:
    """What the tables answer of a question; nothing where it asks them nothing."""
    return merged(
        (
            *_of_procedures(kb.cms, understood),
            *_of_diagnoses(kb.cms, understood),
        )
    )


def _of_procedures(tables: Tables, understood: Understood) -> Iterator[Told]:
    """Codes together where several are named, else what is asked of each."""
    chips = understood.all(CODES)
    # One trade word stands for codes that are alternatives, not billed together.
    named = (
        value for chip in chips for value in chip.values[: 1 if chips[1:] else None]
    )
    codes = [*dict.fromkeys(named)][:MOST_CODES]
    topics, day = set(understood.topics), understood.day
    alone = not topics and not understood.all(PAYER, BRAND)
    if len(chips) > 1 and ("together" in topics or alone):
        for one, other in combinations(codes, 2):
            yield from told_of_pair(tables, one, other, day)
    for code in codes:
        if alone and len(codes) == 1:
            yield from told_of_code(tables, code, day)
        if "units" in topics:
            yield from told_of_units(tables, code, day)
        if "together" in topics:
            yield from told_of_add_on(tables, code, day)
        if topics & OF_SCHEDULE or understood.all(MODIFIER):
            yield from told_of_schedule(tables, code, day)


def _of_diagnoses(tables: Tables, understood: Understood) -> Iterator[Told]:
    """Whether diagnoses may be billed; beside other questions only that they may not."""
    beside = understood.all(*SUBJECTS, PAYER, BRAND)
    for chip in understood.all(DIAGNOSIS):
        found = tables.diagnosis(chip.value, understood.day)
        if not beside or (found is not None and not found.billable):
            yield from told_of_diagnosis(tables, chip.value, understood.day)


def told_lines(told: tuple[Told, ...]) -> Iterator[str]:
    """The same as lines of text: a sentence, and which table says it."""
    if told:
        of_codes = all(each.question == "diagnosis" for each in told)
        yield f"{CODE_SET if of_codes else HEADING}:"
    for each in told:
        yield f"- {each.says} [{each.by}]"


def told_json(told: tuple[Told, ...]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "question": each.question,
            "says": each.says,
            "table": each.by,
            "answers": each.answers,
        }
        for each in told
    ]
