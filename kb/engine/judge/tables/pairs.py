"""NCCI pairs: two codes of one day of which the second is not paid beside the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kb.engine.judge.answer import Outcome
from kb.engine.judge.events import sides_of
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.day import Beside, beside, lines_of
from kb.engine.judge.tables.finding import (
    Finding,
    after_its_end,
    by_which,
    in_words,
    listed,
    weighed,
)
from kb.tables.model import Pair, Setting, Tables, is_visit

ANATOMIC = frozenset(
    [
        *("E1", "E2", "E3", "E4", "FA", "TA", "LT", "RT", "LC", "LD", "RC", "LM", "RI"),
        *(f"F{finger}" for finger in range(1, 10)),
        *(f"T{toe}" for toe in range(1, 10)),
    ]
)
OF_VISITS = frozenset({"24", "25", "57"})
"""They say that a visit was apart, and stand on visits only."""
OF_PROCEDURES = frozenset({"58", "78", "79", "27", "59", "91", "XE", "XS", "XP", "XU"})
ASSOCIATED = ANATOMIC | OF_VISITS | OF_PROCEDURES
"""The modifiers that may let both codes of a pair be paid."""
NEVER_APPLIES = 9
Billed = tuple[str, tuple[str, ...]]
"""A code and its modifiers."""
NO_MODIFIER = 0


def pairs_of(at: Situation, setting: Setting, tables: Tables) -> Iterator[Finding]:
    """What the pairs say of a line: that it goes, or that a paid one of before would."""
    by_code: dict[str, list[Beside]] = defaultdict(list)
    for one in beside(at):
        if one.event.code != at.line.code:
            by_code[one.event.code].append(one)
    for code, others in by_code.items():
        pair = tables.pair(setting, at.line.code, code, at.day)
        if pair is None or pair.indicator == NEVER_APPLIES:
            continue
        if pair.denied == at.line.code:
            yield of_denied(pair, others, at)
        elif all(one.event.line == 0 for one in others):
            yield of_earlier(pair, others, at)


def of_denied(pair: Pair, others: list[Beside], at: Situation) -> Finding:
    """A line whose code the pair takes into another of the day."""
    open_ = [one for one in others if not apart(pair, one, at)]
    if not open_:
        return finding(pair, at, "pass", "a modifier says that they were apart")
    sure = [one for one in open_ if one.sure]
    told = sure or open_
    why, outcome = why_open(pair, told, at), outcome_of(pair, told, at)
    if not sure:
        why, outcome = "whether the same provider gave both is not known", "review"
    return finding(
        pair,
        at,
        weighed(outcome, pair.edition, at.day),
        why,
        do=after_its_end(pair.edition, at.day) + what_to_do(pair, at),
        with_lines=lines_of(at, told),
    )


def of_earlier(pair: Pair, others: list[Beside], at: Situation) -> Finding:
    """A line beside which a service of the history would not have been paid."""
    if all(apart(pair, one, at) for one in others):
        return finding(pair, at, "pass", "a modifier says that they were apart")
    return finding(
        pair,
        at,
        "review",
        f"{pair.denied} stands in the history of the day",
        do=f"Look how {pair.denied} of {at.day} was paid before this is sent.",
    )


def apart(pair: Pair, other: Beside, at: Situation) -> bool:
    """Whether a modifier on either line says that the services were apart."""
    event = other.event
    return said_apart(
        pair.indicator,
        (at.line.code, at.line.modifiers),
        (event.code, event.modifiers),
    )


def said_apart(indicator: int, one: Billed, other: Billed) -> bool:
    """Whether a modifier on either of two codes lets both be paid.

    Sides do so where both carry one and they differ: one side told twice is one site, and
    of a line without a side nobody knows where it was.
    """
    if indicator == NO_MODIFIER:
        return False
    mine, theirs = associated(*one), associated(*other)
    if (mine | theirs) - ANATOMIC:
        return True
    return bool(mine and theirs) and mine != theirs


def associated(code: str, modifiers: tuple[str, ...]) -> frozenset[str]:
    """The modifiers of a line that count for pairs."""
    allowed = ASSOCIATED if is_visit(code) else ASSOCIATED - OF_VISITS
    return allowed.intersection(modifiers)


def outcome_of(pair: Pair, others: list[Beside], at: Situation) -> Outcome:
    """Never both: deny. Perhaps apart: the claim can be corrected."""
    if pair.indicator == NO_MODIFIER:
        return "deny"
    mine = associated(at.line.code, at.line.modifiers)
    return "review" if mine and others else "fix"


def why_open(pair: Pair, others: list[Beside], at: Situation) -> str:
    """Why the pair is not let go by."""
    if pair.indicator == NO_MODIFIER:
        return "no modifier helps"
    mine = associated(at.line.code, at.line.modifiers)
    if mine and others:
        event = others[0].event
        both = mine == associated(event.code, event.modifiers)
        return (
            f"{'both carry' if both else 'only this one carries'} "
            f"{listed(sorted(mine), 'and')}, which does not say that they were apart"
        )
    return "no modifier says that they were apart"


def what_to_do(pair: Pair, at: Situation) -> str:
    """Which line goes, and which modifier would help where it is true."""
    off = f"take line {at.line.number} off"
    if pair.indicator == NO_MODIFIER:
        return f"{off[0].upper()}{off[1:]}, or write it off; no modifier helps."
    if is_visit(pair.denied):
        return (
            f"Add modifier 25 to line {at.line.number} if the note shows a visit of its"
            f" own; otherwise {off}."
        )
    codes = at.program.codes
    two_sided = sides_of((), codes.get(pair.denied)) is None
    sides = "RT and LT for two sides, " if two_sided else ""
    return (
        f"If the note shows that they were apart, say how: {sides}XS another site, XE"
        f" another session, XP another provider, 59 where none of these fits; otherwise {off}."
    )


def finding(
    pair: Pair,
    at: Situation,
    outcome: Outcome,
    because: str,
    do: str = "",
    with_lines: tuple[int, ...] = (),
) -> Finding:
    """What a pair says of a line."""
    return Finding(
        edition=pair.edition,
        entry=f"{pair.paid}-{pair.denied}",
        question="pairs",
        reason="bundled",
        status="met" if outcome == "pass" else "not-met",
        outcome=outcome,
        title=f"{pair.denied} goes into {pair.paid} ({in_words(pair.edition)})",
        because=by_which(because, pair.edition, at.day),
        do=do,
        with_lines=with_lines,
        codes=(pair.paid, pair.denied),
    )
