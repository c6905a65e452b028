"""What a table says of one claim line, and how much weight it has there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.engine.judge.answer import Outcome, Question, Status
from kb.engine.judge.situation import Situation
from kb.engine.program import Program
from kb.tables.model import Edition, Kind, Setting

NAMES: dict[Kind, str] = {
    Kind.PAIRS: "NCCI pairs",
    Kind.UNIT_CAPS: "unit caps (MUE)",
    Kind.ADD_ONS: "NCCI add-on codes",
    Kind.DIAGNOSES: "ICD-10-CM",
    Kind.INDICATORS: "fee schedule",
}
"""Tables as people call them."""
BINDING = "medicare"
"""The line of business whose claims CMS's tables decide."""
SURGERY_CENTER = "24"
WITHOUT_CODE_SETS = frozenset({"workers-compensation"})
"""Lines of business that the code sets of HIPAA do not bind."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a table says of a line."""

    edition: Edition
    entry: str
    """Which row of it, as an address: ``62323-64483``."""
    question: Question
    reason: str
    """The kind of reason that a policy would give."""
    status: Status
    outcome: Outcome
    title: str
    because: str = ""
    do: str = ""
    with_lines: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    """The codes that it speaks of, to know a policy's rule that says the same."""

    @property
    def rule(self) -> str:
        """Its id, in the form of a rule's: ``tables/ptp-practitioner@2026-Q4#...``."""
        one = self.edition
        name = one.name.replace(" ", "-")
        return f"tables/{one.kind}-{one.setting}@{name}#{self.entry}"


def setting_of(at: Situation) -> Setting:
    """Whose tables a line is held against: a surgery center's are the practitioner's."""
    hospital = at.claim.kind == "facility" and at.line.place != SURGERY_CENTER
    return Setting.HOSPITAL if hospital else Setting.PRACTITIONER


def binds(edition: Edition, day: date) -> bool:
    """Whether an edition decides on a day: what ships does on its own days only."""
    return not edition.shipped or edition.first_day <= day <= edition.last_day


def is_whole(edition: Edition | None) -> bool:
    """Whether what an edition lacks says something: not of what ships, nor of a piece."""
    return edition is not None and edition.whole and not edition.shipped


def weighed(outcome: Outcome, edition: Edition, day: date) -> Outcome:
    """The outcome where the edition decides; a review where it does not."""
    return outcome if binds(edition, day) else "review"


def business_of(payer: str, program: Program) -> str:
    """The line of business of a payer; empty where it is not known."""
    lines: dict[str, str] = program.once(
        "lines of business",
        lambda: {one.key: one.line_of_business for one in program.payers},
    )
    return lines.get(payer, "")


def in_words(edition: Edition) -> str:
    """``NCCI pairs 2026 Q4``."""
    return f"{NAMES[edition.kind]} {edition.name}"


def by_which(because: str, edition: Edition, day: date) -> str:
    """Why, with what the edition is to the day where it is not its own."""
    if day < edition.first_day:
        if edition.shipped:
            return f"{because}; the table begins {edition.first_day}"
        return f"{because}; read from the history in the table"
    if not binds(edition, day):
        return f"{because}; the table ended {edition.last_day}"
    return because


def of_day(kind: Kind, day: date) -> str:
    """The edition that a day asks for: ``2026 Q4``, of diagnoses ``FY2027``."""
    if kind is Kind.DIAGNOSES:
        return f"FY{day.year + (day.month > SEPTEMBER)}"
    return f"{day.year} Q{(day.month + 2) // 3}"


SEPTEMBER = 9


def listed(names: Iterable[str], last: str = "or") -> str:
    """``a, b or c``; of many the first."""
    found = list(names)
    if len(found) > MOST_LISTED:
        return f"{', '.join(found[:MOST_LISTED])} and {len(found) - MOST_LISTED} more"
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


MOST_LISTED = 8


def after_its_end(edition: Edition, day: date) -> str:
    """What to do first where the edition is over, or not begun; empty where it decides."""
    if binds(edition, day):
        return ""
    return f"Look it up in the table of {of_day(edition.kind, day)}: "
