"""Since when policies answer, said honestly, and what a payer's earlier days lack."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kb.read.card_store import holdings
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer, Policy
from kb.read.store import policy_versions
from kb.reference.days import span_words


def in_force_words(policy: Policy) -> str:
    """``in force from 2026-01-01``; of a day that stands in for one, that it does."""
    if policy.stand_in and policy.from_day:
        last = f" through {policy.through_day}" if policy.through_day else ""
        return f"first day not found; answers from {policy.from_day}{last}"
    words = f"in force {span_words(policy.from_day, policy.through_day)}"
    return f"{words}, by the text of {policy.read_in}" if policy.read_in else words


def earlier_silence(kb: KnowledgeBase, payer: Payer, day: date) -> str:
    """That policies of the payer begin only after the day; empty where none does."""
    own = list(_own_policies(kb, payer))
    text = day.isoformat()
    later = [each for each in own if (each.from_day or "") > text]
    begun = {each.policy for each in own if (each.from_day or "") <= text}
    waiting = {each.policy for each in later} - begun
    if not waiting:
        return ""
    number = len({each.policy for each in own})
    first = min(each.from_day or "" for each in own)
    noun = "policy is" if number == 1 else "policies are"
    begin = "begins" if len(waiting) == 1 else "begin"
    return (
        f"{number} {noun} loaded for {payer.title}, the earliest from {first}:"
        f" {len(waiting)} of them {begin} after {text}."
    )


def _own_policies(kb: KnowledgeBase, payer: Payer) -> Iterable[Policy]:
    held = holdings(kb).get(payer.id, ())
    found = policy_versions(kb, (each.version for each in held if not each.followed_by))
    return (each for each in found.values() if not each.any_payer)
