"""How codes are billed, in sentences: both sides, in an office and in a surgery center."""

from __future__ import annotations

from collections.abc import Iterator

from kb.asking.understood import (
    BRAND,
    CODES,
    FAMILY,
    MODIFIER,
    PAYER,
    PLACE,
    Understood,
)
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.tables.telling import GLOBAL_DAYS

MEDICARE = "medicare-part-b"
MOST_CODES = 6
SURGERY_CENTER = "24"
OF_CENTERS = "medicare/national/surgery-center"
"""The policy whose rule tells how a surgery center bills two sides."""
_OF_SIDES = {
    "0": "no modifier 50: both sides pay no more than one (bilateral 0)",
    "1": "modifier 50 on one line with 1 unit, paid at 150 percent (bilateral 1)",
    "2": "no modifier 50: the price is for both sides already (bilateral 2)",
    "3": "modifier 50, both sides paid in full (bilateral 3)",
    "9": "no modifier 50: sides do not apply (bilateral 9)",
}


def billing_of(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """What is told of how codes are billed where no payer but Medicare is named."""
    yield from _days_after(kb, understood)
    yield from _in_a_center(understood)
    if all(chip.value == MEDICARE for chip in understood.all(PAYER, BRAND)):
        yield from _both_sides(kb, understood)


def _days_after(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """How many days after each code its payment includes, where that is asked."""
    if "global" not in understood.topics:
        return
    for code in _codes(kb, understood)[:MOST_CODES]:
        found = kb.cms.indicators(code, understood.day)
        if found is not None and found.global_days in GLOBAL_DAYS:
            said = GLOBAL_DAYS[found.global_days]
            yield f"Medicare, {code}: {said}. [Fee schedule, {found.edition.name}]"


def _in_a_center(understood: Understood) -> Iterator[str]:
    """That the list of what a surgery center is paid for is not kept."""
    in_center = any(chip.value == SURGERY_CENTER for chip in understood.all(PLACE))
    medicare = all(chip.value == MEDICARE for chip in understood.all(PAYER, BRAND))
    if in_center and medicare and "covered" in understood.topics:
        codes = [code for chip in understood.all(CODES) for code in chip.values]
        which = ", ".join(codes[:MOST_CODES]) or "it"
        yield (
            f"Whether Medicare pays a surgery center for {which} stands in CMS's list of "
            "procedures of surgery centers, which is not loaded."
        )


def _both_sides(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """Whether the fee schedule pays both sides, and how a surgery center bills them."""
    fifty = any(chip.value == "50" for chip in understood.all(MODIFIER))
    if not (fifty or "sides" in understood.topics):
        return
    in_center = any(chip.value == SURGERY_CENTER for chip in understood.all(PLACE))
    by_side: dict[tuple[str, str], list[str]] = {}
    for code in _codes(kb, understood):
        found = kb.cms.indicators(code, understood.day)
        if found is not None and found.bilateral in _OF_SIDES:
            key = found.bilateral, found.edition.name
            by_side.setdefault(key, []).append(code)
    if not in_center:
        for (side, edition), codes in by_side.items():
            yield (
                f"Medicare, both sides of {', '.join(codes)}: {_OF_SIDES[side]}. "
                f"[Fee schedule, {edition}]"
            )
    yield from _in_centers(kb, {code for codes in by_side.values() for code in codes})


def _in_centers(kb: KnowledgeBase, codes: set[str]) -> Iterator[str]:
    rows = kb.rows(
        """SELECT r.id, r.title, r.fix FROM rule r JOIN policy_version v
          ON v.id = r.policy_version
        WHERE v.id LIKE :policy || '@%' AND r.kind = 'rule' ORDER BY r.id""",
        policy=OF_CENTERS,
    )
    for row in rows:
        own = kb.column("SELECT code FROM rule_code WHERE rule = :rule", rule=row["id"])
        if codes.intersection(own):
            fix = row["fix"].replace("line {line}", "it")
            yield f"{row['title']}. {fix} [{OF_CENTERS}]"


def _codes(kb: KnowledgeBase, understood: Understood) -> list[str]:
    named = [code for chip in understood.all(CODES) for code in chip.values]
    members = families(kb, understood.day)
    of_families = [
        code
        for chip in understood.all(FAMILY)
        for code in sorted(members.get(chip.value, ()))
    ]
    return [*dict.fromkeys(named or of_families)]
