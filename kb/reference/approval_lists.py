"""What a payer's loaded lists of approval say of a code that they do not name here.

A rule that asks for approval names the codes of its list, and where alone it asks.  A code
that no rule in force names for a place and state is on none of the lists that are loaded:
that is no promise that nobody asks, but more than "not known".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.plain.trade import place_words
from kb.read.card_store import Answer, Answers, Holding
from kb.read.records import Policy

APPROVAL = "approval"
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Silence:
    """What stands where no rule asks for approval."""

    short: str
    """In the place of ``not known``; empty: the payer has no list that is loaded."""
    searched: str
    """A sentence with the lists."""


NO_LIST = Silence("", "")


def silence_of(
    held: Sequence[tuple[Holding, Policy, Answers]], codes: frozenset[str]
) -> Silence:
    """What the lists of a payer say of some codes that none of them asks approval for here.

    ``held`` are the payer's policies of the day, those of other states too.
    """
    lists: dict[str, None] = {}
    elsewhere: dict[str, None] = {}
    national = [each for each in held if not each[1].contractor]
    for holding, policy, answers in national or held:
        if policy.any_payer or not any(map(_asks, answers.all)):
            continue
        title = policy.title.removesuffix(f" ({policy.payer_title})")
        lists[title] = None
        for where in _where(holding, answers, codes):
            elsewhere[f"{where} ({title})"] = None
    if elsewhere:
        return Silence(
            "no loaded list asks it here", f"Asked only {'; '.join(elsewhere)}."
        )
    if not lists:
        return NO_LIST
    return Silence("on no loaded list", f"Looked through: {_named(lists)}.")


def _asks(answer: Answer) -> bool:
    return answer.aspect == APPROVAL and answer.kind == "rule" and not answer.for_all


def _where(holding: Holding, answers: Answers, codes: frozenset[str]) -> Iterator[str]:
    """Where alone the rules that name the codes ask."""
    found = {
        scoped.answer
        for code in codes
        for scoped in answers.by_code.get(code, ())
        if _asks(scoped.answer)
    }
    if found and holding.states:
        yield "in " + ", ".join(holding.states)
        return
    for answer in sorted(found, key=lambda each: each.position):
        parts = []
        for field, how, values in answer.confined:
            if how == "only" and field == "place":
                parts.append("in " + " or ".join(map(place_words, values)))
            if how == "only" and field == "state":
                parts.append("in " + ", ".join(values))
        if parts:
            yield ", ".join(parts)


def _named(titles: Iterable[str]) -> str:
    names = [*titles]
    more = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
