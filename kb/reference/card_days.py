"""From which day on a card is as it is: what is made for one day holds for others too."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kb.read.card_store import answers_of, days_of_change, holdings
from kb.read.families import days_of_families
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Day

ONE_DAY = timedelta(days=1)


def unchanged_since(kb: KnowledgeBase, day: str) -> str:
    """The last day up to ``day`` on which anything of the base begins, or has ended.

    Between two such days every card stays the same.  Empty: nothing did before.
    """
    return last_up_to(days_of_change(kb), day)


def unchanged_for(kb: KnowledgeBase, payer_id: str, day: str) -> str:
    """The same of the cards of one payer: of what holds for it, and of the families."""
    return last_up_to(kb.items(_read_days, [payer_id])[payer_id], day)


def last_up_to(days: tuple[str, ...], day: str) -> str:
    """The last of some days that is not after ``day``; empty for none."""
    at = bisect_right(days, day)
    return days[at - 1] if at else ""


def _read_days(kb: KnowledgeBase, payer_ids: list[str]) -> dict[str, tuple[str, ...]]:
    return {each: tuple(sorted(_days_of(kb, each))) for each in payer_ids}


def _days_of(kb: KnowledgeBase, payer_id: str) -> set[str]:
    own = holdings(kb).get(payer_id, ())
    days = set(days_of_families(kb))
    days.update(_begun((each.from_day, each.through_day) for each in own))
    for answers in answers_of(kb, (each.version for each in own)).values():
        days.update(_begun(answers.spans))
    return days


def _begun(spans: Iterable[tuple[Day, Day]]) -> Iterator[str]:
    """The first day of each span, and the first one after it."""
    for first, last in spans:
        if first:
            yield first
        if last:
            yield (date.fromisoformat(last) + ONE_DAY).isoformat()
