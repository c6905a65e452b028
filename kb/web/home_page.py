"""The first page, the page of everything else, and the list of policies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from kb.plain.trade import codes_words
from kb.read.families import families, family_title
from kb.read.records import Policy, Source
from kb.read.source_store import sources
from kb.read.store import KnowledgeBase, Row, contractors, payers, policies
from kb.reference.changes import Change, changes_between, who_decides
from kb.reference.days import LIGHT_WORDS, light
from kb.tables.standing import Standing, notices, standings
from kb.web.counts import counted
from kb.web.page import Page
from kb.web.states import STATES

LOOK_BACK = timedelta(days=183)
CHANGES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class OfDay:
    """What the first page says of a day; read when a template asks, which is once a day."""

    kb: KnowledgeBase
    day: date

    @property
    def families(self) -> list[dict[str, str]]:
        """The procedures by family, with their codes."""
        return [
            {"key": key, "title": family_title(key), "codes": codes_words(codes)}
            for key, codes in families(self.kb, self.day).items()
        ]

    @property
    def changes(self) -> list[Change]:
        """What changed of late."""
        found = changes_between(self.kb, self.day - LOOK_BACK, self.day)
        return _one_a_day_and_payer(found)[:CHANGES_SHOWN]

    @property
    def tables(self) -> tuple[Standing, ...]:
        """CMS's tables, as they stand."""
        return standings(self.kb.cms, self.day)

    @property
    def notices(self) -> tuple[str, ...]:
        """What of these tables is out of date."""
        return tuple(notices(self.kb.cms, self.day))

    @property
    def stale(self) -> int:
        """How many sources are overdue for review."""
        found = (light(each.review_by, self.day) for each in sources(self.kb))
        return sum(each == "stale" for each in found)


def home_page(kb: KnowledgeBase, today: date) -> Page:
    """The box, the reader's payers, the procedures, what changed of late."""
    return Page("kb/home.html", {"of_day": OfDay(kb, today), "counts": counted(kb)})


def _one_a_day_and_payer(found: tuple[Change, ...]) -> list[Change]:
    """The first change of each payer on each day: the page of changes has them all."""
    first = {(each.day, each.policy.payer): each for each in reversed(found)}
    return [each for each in found if each in first.values()]


def more_page(kb: KnowledgeBase, today: date) -> Page:
    """Everything that is no answer: policies, sources, tables, what is loaded."""
    found = sources(kb)
    dated = [each for each in found if each.review_by]
    return Page(
        "kb/more.html",
        {
            "counts": counted(kb),
            "procedures": kb.once(_procedures),
            "missing": kb.once(_states_missing),
            "oldest": min(dated, key=_review_day, default=None),
            "lights_count": dict.fromkeys(LIGHT_WORDS, 0)
            | Counter(light(each.review_by, today) for each in found),
        },
    )


def _procedures(kb: KnowledgeBase) -> list[Row]:
    """The codes that rules of deciding policies are for."""
    return kb.rows(
        """SELECT id, label FROM code WHERE id IN (
          SELECT c.code FROM rule_code c JOIN rule r ON r.id = c.rule
          JOIN policy_version v ON v.id = r.policy_version
          WHERE v.status <> 'shared') ORDER BY id"""
    )


def _review_day(found: Source) -> tuple[str, str]:
    return found.review_by or "", found.id


def _states_missing(kb: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """By payer with contractors: the states that none of them is loaded for."""
    found = {}
    for payer in payers(kb):
        own = {state for each in contractors(kb, payer.id) for state in each.states}
        if own and STATES - own:
            found[payer.title] = tuple(sorted(STATES - own))
    return found


def policies_page(kb: KnowledgeBase) -> Page:
    """Every policy version by payer, with its text and its tests."""
    return Page(
        "kb/policies.html",
        {"groups": kb.once(_by_payer), "worked": kb.once(_worked_claims)},
    )


def _by_payer(kb: KnowledgeBase) -> list[tuple[str, tuple[Policy, ...]]]:
    return [(who, tuple(own)) for who, own in groupby(policies(kb), who_decides)]


def _worked_claims(kb: KnowledgeBase) -> dict[str, int]:
    rows = kb.rows("SELECT policy_version, count(*) AS n FROM scenario GROUP BY 1")
    return {row["policy_version"]: row["n"] for row in rows}
