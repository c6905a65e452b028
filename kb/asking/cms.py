"""What CMS's tables say of the codes of a question: pairs, units, sides, validity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain, combinations, product

from kb.asking.answered import Lead
from kb.asking.settling import MEDICARE
from kb.asking.understood import (
    BRAND,
    CODES,
    DENIAL,
    DIAGNOSIS,
    FAMILY,
    MODIFIER,
    PAYER,
    PLACE,
    SUBJECTS,
    Understood,
)
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.tables.model import Tables
from kb.tables.shipped_rows import shipped_rows
from kb.tables.telling import (
    Told,
    merged,
    no_edit,
    told_of_add_on,
    told_of_code,
    told_of_diagnosis,
    told_of_pair,
    told_of_pairs,
    told_of_schedule,
    told_of_units,
)

HEADING = "CMS's tables, which decide for Medicare and which other payers may take over"
CODE_SET = "The code set of diagnoses, which every payer takes"
MOST_CODES = 3
MOST_OF_FAMILY = 8
ASKED_OF_CODES = frozenset({"units", "together"})
"""What a table answers of each code of a family."""
WHETHER = frozenset({"covered"})
"""Asked of two codes, whether they are paid is whether they go together."""
LOOKED_UP = "NCCI pairs, practitioner and outpatient hospital"
MOST_NAMED = 2
SURGERY_CENTER = "24"
OF_SCHEDULE = frozenset({"sides", "modifiers"})


def told_by_cms(kb: KnowledgeBase, understood: Understood) -> tuple[Told, ...]:
    """What the tables answer of a question; nothing where it asks them nothing."""
    return merged(
        (
            *_of_procedures(kb, understood),
            *_of_diagnoses(kb.cms, understood),
        )
    )


def decides(kb: KnowledgeBase, understood: Understood) -> bool:
    """Whether the tables decide for all payers that are named."""
    named = [chip.value for chip in understood.all(PAYER, BRAND)]
    return all(payer in kb.once(_bound) for payer in named)


def settles(kb: KnowledgeBase, understood: Understood, told: Iterable[Told]) -> bool:
    """Whether what the tables tell is all that was asked of the named payers."""
    asked = set(understood.topics)
    return (
        bool(asked)
        and asked <= ASKED_OF_CODES
        and decides(kb, understood)
        and any(one.answers for one in told)
    )


def leads_of_tables(
    kb: KnowledgeBase, understood: Understood, told: Iterable[Told]
) -> Iterator[Lead]:
    """What pairs and caps decide, first: for Medicare, and where no payer is named."""
    if not decides(kb, understood) or understood.one(DENIAL):
        return
    answers = [one for one in told if one.answers]
    pairs = [one for one in answers if one.question == "pairs"]
    for one in pairs[:MOST_NAMED]:
        yield Lead(f"Medicare, by CMS's pairs: {one.says}", MEDICARE, "known", one.by)
    if "units" not in understood.topics or understood.one(FAMILY):
        return
    if _DOSE.search(understood.text):
        return  # how many units the dose is stands first
    caps = [one for one in answers if one.question == "units"]
    typed = _UNITS.search(understood.text)
    for one in caps[:MOST_CODES]:
        most = _CAP.match(one.says)
        over = typed and most and int(most[1]) < int(typed[1] or typed[2]) <= MOST_TYPED
        verdict = f"{typed[1] or typed[2]} are too many: " if typed and over else ""
        yield Lead(
            f"Medicare, by CMS's caps: {verdict}{one.says}", MEDICARE, "known", one.by
        )


_UNITS = re.compile(r"\bx ?(\d{1,3})\b|\b(\d{1,3}) ?(?:x\b|units?\b)", re.IGNORECASE)
MOST_TYPED = 20
"""Units of a procedure that somebody may have billed; more are units of a drug."""
_DOSE = re.compile(r"\d ?(?:mg|mcg)\b", re.IGNORECASE)
_CAP = re.compile(r"At most (\d+) ")


def _bound(kb: KnowledgeBase) -> frozenset[str]:
    """The payers whose claims the tables decide."""
    rows = kb.connection.execute(
        "SELECT id FROM payer WHERE line_of_business = ?", ("medicare",)
    )
    return frozenset(payer for (payer,) in rows)


def _of_procedures(kb: KnowledgeBase, understood: Understood) -> Iterator[Told]:
    """Codes together where several are named, else what is asked of each."""
    tables, day = kb.cms, understood.day
    named = named_codes(kb, understood)
    topics = set(understood.topics)
    payers = understood.all(PAYER, BRAND)
    asks_others = bool(payers) and not decides(kb, understood)
    in_center = any(chip.value == SURGERY_CENTER for chip in understood.all(PLACE))
    if len(named) > 1 and (
        "together" in topics or (topics <= WHETHER and not asks_others)
    ):
        yield from _of_pairs(tables, named, day)
    codes = [*dict.fromkeys(chain.from_iterable(named))]
    alone = not topics and not understood.all(FAMILY, DIAGNOSIS) and len(codes) == 1
    for code in codes:
        if alone and not payers:
            yield from told_of_code(tables, code, day)
        if "units" in topics or (alone and payers and decides(kb, understood)):
            yield from told_of_units(tables, code, day)
        if "together" in topics:
            yield from told_of_add_on(tables, code, day)
        # A surgery center is paid by lists of its own, without modifier 50.
        if not in_center and (topics & OF_SCHEDULE or understood.all(MODIFIER)):
            yield from told_of_schedule(tables, code, day)


def _of_pairs(tables: Tables, named: list[list[str]], day: date) -> Iterator[Told]:
    """Each code of one thing with each of another; of several only what is known."""
    told = [
        one
        for some, others in combinations(named, 2)
        for pair in product(some, others)
        for one in told_of_pair(tables, *pair, day)
    ]
    known = [one for one in told if one.answers]
    if known:
        yield from known
    elif told:
        few = not named[2:] and all(len(codes) <= MOST_NAMED for codes in named)
        which = " with ".join(" or ".join(codes) for codes in named)
        says = no_edit(which if few else "these codes together")
        yield replace(told[0], says=says, by=LOOKED_UP)


def named_codes(kb: KnowledgeBase, understood: Understood) -> list[list[str]]:
    """The codes of each thing that is named, a family's where that is asked of codes."""
    chips = understood.all(CODES)
    # One trade word stands for codes that are alternatives, not billed together.
    found = [
        [*chip.values[: 1 if chips[1:] else MOST_CODES]] for chip in chips[:MOST_CODES]
    ]
    if ASKED_OF_CODES.intersection(understood.topics):
        members = families(kb, understood.day)
        found += [
            sorted(members.get(chip.value, ()))[:MOST_OF_FAMILY]
            for chip in understood.all(FAMILY)
        ]
    return found


def told_on_page(kb: KnowledgeBase, code: str, day: date) -> tuple[Told, ...]:
    """All that the tables say of a code, its pairs with codes of this field among it."""
    field = frozenset().union(*families(kb, day).values())
    shipped = {one for _whose, one, _other in shipped_rows().pairs}
    return merged(
        (
            *told_of_code(kb.cms, code, day),
            *told_of_pairs(kb.cms, code, field | shipped, day),
        )
    )


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
