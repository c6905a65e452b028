"""Answers of several policies as the rows of a card: the same words once, best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.plain.trade import codes_words, plan_words
from kb.read.card_store import Answer, Holding
from kb.read.records import Policy
from kb.reference.wording import fix_words, weakest

FEW_STATES = 6
CASES = frozenset({"repeat", "sides"})
"""Questions that are about a case themselves: that an answer is for that case is no limit."""
WEAK_OUTCOMES = frozenset({"review", "note", "unknown"})


@lru_cache(maxsize=4096)
def _codes_words(codes: tuple[str, ...]) -> str:
    return codes_words(codes)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer with whose it is and for which codes of the subject."""

    answer: Answer
    policy: Policy
    holding: Holding
    codes: frozenset[str]
    own_codes: tuple[str, ...] = ()
    """Of a rule for other codes that only names these: what it is for."""

    @property
    def sentence(self) -> str:
        """The answer's, with the codes that it is for where those are others."""
        words = self.answer.sentence
        return f"{_codes_words(self.own_codes)}: {words}" if self.own_codes else words


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as a card shows it, of all policies that give it in the same words."""

    aspect: str
    short: str
    """Its own answer in big type."""
    sentence: str
    """With its numbers, without a full stop."""
    condition: str
    """When it applies, where, and when not; empty: always."""
    outcome: str
    """What follows where it is not met."""
    grade: str
    """The weakest of those who say it."""
    source: str
    """Key of the first source that it cites; empty: it cites none."""
    sources: tuple[str, ...]
    caveat: str
    """What its author was not sure of."""
    fix: str
    path: str
    """Of its rule, from the site's root."""
    title: str
    """The author's own heading."""
    codes: tuple[str, ...]
    """The codes of the subject that it is for; none: every line, whatever its code."""
    lists: tuple[str, ...]
    """Ids of the lists of diagnoses that it asks for."""
    narrowed: bool
    """Whether it is for some states, plans or cases only."""
    partial: bool
    """Whether it is for some only of the codes that the payer's answers usually are for."""
    draft: bool
    """Whether its policy is only proposed, or an old text."""
    coverage: bool
    """Whether its policy decides coverage, not only how to bill."""
    anyone: bool
    """Whether its policy is for any payer, not this one's."""
    follows: str
    """Title of the payer whose policy it is, where this payer follows that one."""
    rules: tuple[str, ...]
    """Ids of the rules that say it."""
    policies: tuple[str, ...]
    """Ids of their policy versions."""

    @property
    def is_general(self) -> bool:
        """Whether it holds for all codes, everywhere and in every case but its exceptions."""
        return not self.partial and not self.narrowed

    @property
    def is_firm(self) -> bool:
        """Whether it decides by itself: read, in force, and no matter for a person."""
        return (
            self.grade != "recalled"
            and self.outcome not in WEAK_OUTCOMES
            and not self.draft
        )

    @property
    def codes_words(self) -> str:
        """The codes that it is for, neighbours as ranges; empty for all of the subject."""
        return _codes_words(self.codes) if self.partial else ""


def usual_codes(spoken: Iterable[Spoken], codes: frozenset[str]) -> frozenset[str]:
    """The codes that most coverage rules are for; all, where no coverage rule names any."""
    counts = Counter(
        each.codes
        for each in spoken
        if each.codes and not each.own_codes and each.policy.decides == "coverage"
    )
    most = max(counts.values(), default=0)
    often = sorted((each for each in counts if counts[each] == most), key=sorted)
    return max(often, key=len, default=codes)


def rows_of(
    spoken: Iterable[Spoken], usual: frozenset[str], given: Mapping[str, str]
) -> list[Row]:
    """The rows of a card, what is firm and general first.

    A row is partial that is for some of the ``usual`` codes only, and narrowed where it
    can apply in some states or places only and none is ``given``.
    """
    alike = saying_the_same(spoken)
    everywhere = _contractors(spoken_one for same in alike for spoken_one in same)
    rows = (_row(same, usual, given, everywhere) for same in alike)
    return sorted(rows, key=best_first)


def saying_the_same(spoken: Iterable[Spoken]) -> list[list[Spoken]]:
    """What is said, once for all who say it: each becomes one row."""
    alike: dict[object, list[Spoken]] = {}
    for each in spoken:
        answer = each.answer
        key = (
            answer.aspect,
            each.sentence,
            answer.condition,
            answer.outcome,
            each.codes,
            each.policy.status == "draft",
        )
        alike.setdefault(key, []).append(each)
    return [*alike.values()]


def firm(same: list[Spoken]) -> bool:
    """Whether the row of these would be firm (``Row.is_firm``)."""
    first = same[0]
    return (
        first.answer.outcome not in WEAK_OUTCOMES
        and first.policy.status != "draft"
        and _grade(same) != "recalled"
    )


def _grade(same: list[Spoken]) -> str:
    if not same[0].answer.grade:
        return ""
    return weakest(each.answer.grade for each in same)


def _contractors(spoken: Iterable[Spoken]) -> frozenset[str]:
    return frozenset(each.policy.contractor for each in spoken) - {""}


def _row(
    same: list[Spoken],
    usual: frozenset[str],
    given: Mapping[str, str],
    everywhere: frozenset[str],
) -> Row:
    first = same[0]
    answer, policy = first.answer, first.policy
    where = _where(same, given["state"], everywhere)
    elsewhere = any(
        how == "only" and not given[field] for field, how, _ in answer.confined
    )
    cases = answer.in_some_cases and answer.aspect not in CASES
    sources = tuple(dict.fromkeys(key for each in same for key in each.answer.sources))
    return Row(
        aspect=answer.aspect,
        short=_short(first),
        sentence=first.sentence,
        condition="; ".join(filter(None, [where, answer.condition])),
        outcome=answer.outcome,
        grade=_grade(same),
        source=sources[0] if sources else "",
        sources=sources,
        caveat=answer.caveat,
        fix=fix_words(answer.fix),
        path=f"/policy/{policy.id}#rule-{answer.rule.partition('#')[2]}",
        title=answer.title,
        codes=tuple(sorted(first.codes)),
        lists=answer.lists,
        narrowed=bool(where) or elsewhere or cases,
        partial=bool(first.codes) and not usual <= first.codes,
        draft=policy.status == "draft",
        coverage=policy.decides == "coverage",
        anyone=all(each.policy.any_payer for each in same),
        follows=(
            policy.payer_title if all(each.holding.followed_by for each in same) else ""
        ),
        rules=tuple(dict.fromkeys(each.answer.rule for each in same)),
        policies=tuple(dict.fromkeys(each.policy.id for each in same)),
    )


def _short(spoken: Spoken) -> str:
    """The short answer from where the card stands.

    Codes that are kept apart are so both ways; a code that another asks for owes nothing.
    """
    short = spoken.answer.short
    if not spoken.own_codes:
        return short
    if not short.startswith("Not with"):
        return ""
    _, same, groups = short.partition(" of the same ")
    return f"Not with {_codes_words(spoken.own_codes)}{same}{groups}"


def _where(same: list[Spoken], state: str, everywhere: frozenset[str]) -> str:
    """States, contractors and plans of policies that are not for all of the payer's."""
    contractors = {
        each.policy.contractor: each.policy.contractor_title for each in same
    }
    parts = []
    if "" not in contractors and not state and frozenset(contractors) != everywhere:
        parts.append(", ".join(sorted(contractors.values())))
    if "" in contractors and not state and all(each.holding.states for each in same):
        found = sorted({name for each in same for name in each.holding.states})
        few = len(found) <= FEW_STATES
        parts.append(f"in {', '.join(found)}" if few else f"in {len(found)} states")
    if all(each.holding.plans for each in same):
        plans = sorted({plan for each in same for plan in each.holding.plans})
        parts.append(f"on {plan_words(plans)}")
    return "; ".join(parts)


def best_first(row: Row) -> tuple[bool, ...]:
    """What sorts rows: firm ones first, then the most general."""
    return (
        not row.is_firm,
        not row.codes,
        row.partial,
        row.narrowed,
        bool(row.condition),
        not row.coverage,
    )
