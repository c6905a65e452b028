"""Sentences that answer before any card: codes of levels, doses, documents, whom to ask."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape

from kb.asking.billing import MEDICARE, billing_of
from kb.asking.code_names import code_names
from kb.asking.coding import codes_of_levels
from kb.asking.understood import (
    ABSENT,
    BRAND,
    CODES,
    CONTRACTOR,
    DOCUMENT,
    PAYER,
    SUBJECTS,
    Chip,
    Understood,
)
from kb.asking.vocabulary import Vocabulary, vocabulary
from kb.plain.answers import sentences_of
from kb.read.store import KnowledgeBase
from kb.reference.cards import Card, policies_in_force

NOT_KEPT = {
    "amount": (
        "What a payer pays is not kept here: look it up in the payer's fee schedule (for "
        "Medicare in the contractor's)."
    ),
    "network": "Who is in a network is not kept here: ask the plan, or its directory.",
    "eligibility": (
        "What a patient's plan covers on a day, and what the patient pays, is not kept here: "
        "ask the plan for the patient's eligibility."
    ),
}
"""By topic: what no policy tells, and where it is told."""
MOST_POLICIES = 4
MOST_DOCUMENTS = 5
OFTEN = 4
"""A document is named that is cited at least once for so many times of the most cited."""
_TAG = re.compile(r"<[^>]*>")
_FILING = re.compile(r"filing|appeal|dispute", re.IGNORECASE)
_APPEAL = re.compile(r"appeal|reconsider|redetermin|dispute", re.IGNORECASE)
_DOSE = re.compile(r"(?<![\w.])(\d{1,4}(?:\.\d{1,2})?)\s?(mg|mcg)\b", re.IGNORECASE)
_UNIT = re.compile(r"(\d+(?:\.\d+)?) (mg|mcg) a unit")


def advice_on(kb: KnowledgeBase, understood: Understood) -> tuple[str, ...]:
    """What a question is told in sentences, whoever the payer is."""
    return (
        *billing_of(kb, understood),
        *codes_of_levels(kb, understood),
        *code_names(kb, understood),
        *_units_of_doses(understood, vocabulary(kb)),
        *(NOT_KEPT[each] for each in understood.topics if each in NOT_KEPT),
        *_who_approves(kb, understood),
        *_on_appeals(kb, understood),
        *_of_documents(kb, understood),
    )


def _units_of_doses(understood: Understood, known: Vocabulary) -> Iterator[str]:
    """``J3301 is billed by 10 mg: 80 mg are 8 units``, where the label tells the unit."""
    dose = _DOSE.search(understood.text)
    if dose is None:
        return
    codes = dict.fromkeys(chip.value for chip in understood.all(CODES) if chip.known)
    for code in codes:
        unit = _UNIT.search(known.codes[code][1])
        if unit is None or unit[2] != dose[2].lower():
            continue
        said = f"{code} is billed by {unit[1]} {unit[2]} a unit: {dose[0].lower()}"
        units, rest = divmod(float(dose[1]), float(unit[1]))
        if rest:
            yield f"{said} are {units:.0f} units and a part, billed as {units + 1:.0f}."
        else:
            yield f"{said} are {units:.0f} unit{'' if units == 1 else 's'}."


def _who_approves(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """To whom requests for approval go, where a payer's policy names somebody."""
    if "approval" not in understood.topics:
        return
    for chip in understood.all(PAYER):
        own = policies_in_force(kb, chip.value, understood.day)
        names = {
            each.delegated_to
            for each in own
            if each.payer == chip.value and each.delegated_to
        }
        for name in sorted(names):
            yield f"{chip.label}: requests go to {name}."


def _on_appeals(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """What a payer's policies explain about appeals: no claim tells their days."""
    if "appeal" not in understood.topics:
        return
    named = [chip.value for chip in understood.all(PAYER)]
    if not understood.one(PAYER, BRAND, ABSENT, *SUBJECTS):
        named = [*vocabulary(kb).payers]
        named.sort(key=lambda payer: payer != MEDICARE)
    for payer in named:
        for policy in policies_in_force(kb, payer, understood.day):
            if policy.payer != payer or not _FILING.search(policy.title):
                continue
            prose = unescape(_TAG.sub(" ", policy.prose_html))
            said = [
                each
                for each in sentences_of(prose)
                if _APPEAL.search(each) and "no rule" not in each
            ]
            if said:
                yield f"{policy.title}: {' '.join(said)}"


def _of_documents(kb: KnowledgeBase, understood: Understood) -> Iterator[str]:
    """The policies that rest on a document, with their states and first days."""
    keys = [chip.value for chip in understood.all(DOCUMENT) if chip.known]
    if not keys:
        return
    rows = kb.rows(
        """SELECT DISTINCT v.id, v.title, v.from_day,
          (SELECT group_concat(state, ', ') FROM (SELECT state FROM policy_state
            WHERE policy_version = v.id ORDER BY state)) AS states
        FROM policy_version v JOIN policy_citation c ON c.policy_version = v.id
        WHERE c.source IN (SELECT value FROM json_each(:keys)) ORDER BY v.id""",
        keys=json.dumps(keys),
    )
    for row in rows[:MOST_POLICIES]:
        where = f" in {row['states']}" if row["states"] else ""
        since = f", from {row['from_day']}" if row["from_day"] else ""
        yield f"{row['title']}{where}{since}."
    if len(rows) > MOST_POLICIES:
        yield f"{len(rows) - MOST_POLICIES} more policies rest on it."


def payers_of_documents(kb: KnowledgeBase, understood: Understood) -> list[Chip]:
    """The payer whose policies alone rest on a document that is named beside a procedure."""
    keys = [chip.value for chip in understood.all(DOCUMENT) if chip.known]
    if not keys:
        return []
    found = kb.column(
        """SELECT DISTINCT v.payer FROM policy_version v
        JOIN policy_citation c ON c.policy_version = v.id
        WHERE c.source IN (SELECT value FROM json_each(:keys)) AND v.status <> 'shared'""",
        keys=json.dumps(keys),
    )
    known = vocabulary(kb).payers
    return (
        [Chip(PAYER, (found[0],), known[found[0]].title, "")]
        if len(found) == 1 and found[0] in known
        else []
    )


def documents_of(understood: Understood, cards: Iterable[Card]) -> Iterator[str]:
    """The documents that the coverage rules of cards rest on, where they are asked for."""
    if "source" not in understood.topics:
        return
    contractor = understood.one(CONTRACTOR)
    for made in cards:
        rows = [row for cell in made.cells for row in cell.rows]
        cited = Counter(
            key for row in rows if row.coverage and row.codes for key in row.sources
        )
        most = max(cited.values(), default=0)
        # A document that one rule only points to is that of another procedure.
        often = {key for key, times in cited.items() if times * OFTEN >= most}
        named = [each for each in made.sources if each.id in often]
        if contractor and any(each.publisher == contractor.label for each in named):
            named = [each for each in named if each.publisher == contractor.label]
        said = [
            f"{each.id} ({each.publisher}{', ' + each.version if each.version else ''})"
            for each in sorted(named, key=lambda each: -cited[each.id])
        ]
        if said:
            more = len(said) - MOST_DOCUMENTS
            also = f"; and {more} more" if more > 0 else ""
            yield f"It stands in: {'; '.join(said[:MOST_DOCUMENTS])}{also}."
