"""What changes between two days: the page, the same as JSON, feeds and a calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.read.records import Source
from kb.read.store import KnowledgeBase, payers
from kb.reference.changes import KINDS, Change, Kind, changes_between, due_between
from kb.reference.days import day_of
from kb.web.api import Json
from kb.web.page import Page, PageProblem, asked_day, not_loaded

LOOK_BACK = timedelta(days=183)
LOOK_AHEAD = timedelta(days=91)
CALENDAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days, and of whom."""

    first: date
    last: date
    payer: str
    has_days: bool
    """Whether the address names the days; else they move on with today."""

    def until(self, ahead: timedelta) -> Asked:
        """The same through a day that lies so far ahead of today."""
        return replace(self, last=day_of(None) + ahead)


@dataclass(frozen=True, slots=True)
class Found:
    """What changes, and what is to be read again."""

    asked: Asked
    changes: tuple[Change, ...]
    due: tuple[Source, ...]

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(each for each in self.changes if each.kind == kind)


def asked_days(args: Mapping[str, str], payer: str) -> Asked:
    """The days in an address; without them the last six months and the next three.

    Raises ``PageProblem`` for what is no day, and for a last day before the first.
    """
    written = [str(args.get(name) or "").strip() for name in ("from", "to")]
    today = day_of(None)
    first = asked_day(written[0]) if written[0] else today - LOOK_BACK
    last = asked_day(written[1]) if written[1] else max(today + LOOK_AHEAD, first)
    if last < first:
        message = "The last day lies before the first. Write the earlier one first."
        raise PageProblem(400, "Which days?", message)
    return Asked(first, last, payer, has_days=any(written))


def found_changes(kb: KnowledgeBase, asked: Asked) -> Found:
    """What changes on the days that are asked for."""
    if asked.payer and asked.payer not in {each.id for each in payers(kb)}:
        raise not_loaded("payer")
    changed = changes_between(kb, asked.first, asked.last, asked.payer)
    return Found(asked, changed, due_between(kb, asked.first, asked.last))


def changes_page(kb: KnowledgeBase, asked: Asked) -> Page:
    """The changes by kind, the sharpest first."""
    found = found_changes(kb, asked)
    title = next((each.title for each in payers(kb) if each.id == asked.payer), "")
    return Page(
        "kb/changes.html",
        {
            "first": asked.first.isoformat(),
            "last": asked.last.isoformat(),
            "payer": asked.payer,
            "payer_title": title,
            "groups": {
                KINDS[kind]: alike(found.of(kind)) for kind in KINDS if found.of(kind)
            },
            "number": len(found.changes),
            "due": found.due,
        },
    )


@dataclass(frozen=True, slots=True)
class Alike:
    """One change in the texts of several: contractors of a payer, or payers of one house."""

    title: str
    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The one that speaks for all."""
        return self.changes[0]

    @property
    def payers(self) -> tuple[tuple[str, str], ...]:
        """Key and title of each payer."""
        named = ((one.policy.payer, one.policy.payer_title) for one in self.changes)
        return tuple(dict.fromkeys(named))

    @property
    def whose(self) -> tuple[tuple[str, str], ...]:
        """The page of each one's change, and whose text it is."""
        return tuple(
            (each.path, each.policy.contractor_title or each.policy.payer_title)
            for each in self.changes
        )


def alike(found: Iterable[Change]) -> tuple[Alike, ...]:
    """Changes in their order; those of one day that say the same under one title in one."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for each in found:
        title = _OF_WHOM.sub("", each.title)
        key = (title, each.day, each.text, each.was, each.is_dated, each.grade)
        groups.setdefault(key, []).append(each)
    return tuple(
        Alike(str(title) if len(own) > 1 else own[0].title, tuple(own))
        for (title, *_), own in groups.items()
    )


_OF_WHOM = re.compile(r" \([^()]+\)$")
"""At the end of a title: the contractor or payer whose text it is."""


def changes_json(kb: KnowledgeBase, asked: Asked) -> Json:
    """The same for programs."""
    found = found_changes(kb, asked)
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "payer": asked.payer or None,
        "changes": [change_json(each) for each in found.changes],
        "sources_due": [
            {"source": each.id, "title": each.title, "review_by": each.review_by}
            for each in found.due
        ],
    }


def change_json(change: Change) -> Json:
    """One change."""
    seen = change.witness
    return {
        "id": change.key,
        "day": change.day,
        "kind": change.kind,
        "payer": change.policy.payer or None,
        "contractor": change.policy.contractor or None,
        "policy": change.policy.id,
        "title": change.title,
        "text": change.text or None,
        "was": change.was or None,
        "day_is_the_payers": change.is_dated,
        "grade": change.grade or None,
        "path": change.path,
        "worked_claim": (
            {"title": seen.title, "outcome": seen.outcome, "path": seen.path}
            if seen
            else None
        ),
    }
