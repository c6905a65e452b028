"""Diagnosis codes: those that are headers, or no codes at all, on the date of service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kb.engine.judge.answer import Outcome
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.finding import (
    Finding,
    after_its_end,
    by_which,
    in_words,
    is_whole,
    listed,
    weighed,
)
from kb.tables.model import Edition, Kind, Setting, Tables


def diagnoses_of(at: Situation, tables: Tables) -> Iterator[Finding]:
    """What the table says of the diagnoses that a line points to."""
    edition = tables.edition(Kind.DIAGNOSES, Setting.ALL, at.day)
    whole = edition if is_whole(edition) else None
    for code in dict.fromkeys(at.line.diagnoses):
        found = tables.diagnosis(code, at.day)
        if found is None and whole is not None:
            yield finding(
                whole,
                at,
                code,
                f"{code} is no diagnosis code",
                "Correct the diagnosis code by the note and the edition of the day.",
            )
        elif found is not None and not found.billable:
            longer = f": {listed(found.longer)}" if found.longer else ""
            yield finding(
                found.edition,
                at,
                code,
                f"{code} is a heading, not a code to bill",
                f"Bill the longer code that the note supports{longer}.",
            )


def outcome_of_diagnosis(code: str, day: date, tables: Tables) -> Outcome:
    """What a diagnosis comes to on a day, as ``diagnoses_of`` finds it."""
    found = tables.diagnosis(code, day)
    if found is not None:
        return "pass" if found.billable else weighed("fix", found.edition, day)
    edition = tables.edition(Kind.DIAGNOSES, Setting.ALL, day)
    return "fix" if is_whole(edition) else "pass"


def finding(edition: Edition, at: Situation, code: str, title: str, do: str) -> Finding:
    """What the table says of a diagnosis."""
    return Finding(
        edition=edition,
        entry=code,
        question="codes",
        reason="diagnosis",
        status="not-met",
        outcome=weighed("fix", edition, at.day),
        because=by_which("", edition, at.day).removeprefix("; "),
        title=f"{title} ({in_words(edition)})",
        do=after_its_end(edition, at.day) + do,
        codes=(code,),
    )
