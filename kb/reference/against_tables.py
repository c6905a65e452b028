"""Where the billing rules of Medicare's policies and CMS's tables say different things.

What a rule keeps apart is held against the pairs, what it caps against the unit caps, on
one day.  Rows that ship are not the whole table: what they lack contradicts nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dsl.ir.duties import Limit, NotWith
from kb.engine.judge import windows
from kb.engine.judge.amounts import on_day
from kb.engine.judge.tables.finding import BINDING, business_of, in_words, is_whole
from kb.engine.program import (
    CompiledRule,
    Program,
    codes_on,
    holds,
)
from kb.tables.model import Kind, Pair, Setting, Tables

NO_MODIFIER = 0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A rule and a table that differ, with the codes that show it."""

    rule: str
    """Row id of the rule."""
    table: str
    """``NCCI pairs 2026 Q4``."""
    what: str
    codes: tuple[str, ...]
    """``64635 with 64450``, or a code."""


def contradictions(
    program: Program, tables: Tables, day: date
) -> Iterator[Contradiction]:
    """Each rule with what a table says otherwise, its codes together."""
    for policy in program.policies:
        binds = business_of(policy.payer, program) == BINDING
        # What a policy of coverage keeps apart is not needed together: no edit of claims.
        if binds and not policy.coverage and holds(policy.days, day):
            for rule in policy.rules:
                if rule.tree.in_force.days.hold(day):
                    yield from of_rule(rule, program, tables, day)


def of_rule(
    rule: CompiledRule,
    program: Program,
    tables: Tables,
    day: date,
) -> Iterator[Contradiction]:
    """What tables say otherwise than one rule."""
    scope = program.sets.get(rule.tree.scope or "", {})
    codes = codes_on(scope, day)
    setting = (
        Setting.HOSPITAL if rule.tree.claims == "facility" else Setting.PRACTITIONER
    )
    match rule.tree.duty:
        case NotWith() as duty:
            others = codes_on(program.sets.get(duty.set, {}), day)
            found = of_pairs(duty, codes, others, setting, tables, day)
        case Limit() as limit if caps_units(limit):
            found = of_units(limit, codes, setting, tables, day)
        case _:
            return
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for table, what, shown in found:
        told[table, what].append(shown)
    for (table, what), names in told.items():
        yield Contradiction(rule.id, table, what, tuple(names))


Said = Iterator[tuple[str, str, str]]
"""The table, what it says, and of which codes."""


def of_pairs(
    duty: NotWith,
    codes: tuple[str, ...],
    others: tuple[str, ...],
    setting: Setting,
    tables: Tables,
    day: date,
) -> Said:
    """The pairs of a rule that no table has, has turned, or lets go by otherwise."""
    edition = tables.edition(Kind.PAIRS, setting, day)
    for code in codes:
        for other in others:
            pair = tables.pair(setting, code, other, day) if code != other else None
            if pair is not None:
                what = otherwise(pair, code, duty)
                if what:
                    yield in_words(pair.edition), what, f"{code} with {other}"
            elif code != other and edition is not None and is_whole(edition):
                yield in_words(edition), "has no such pair", f"{code} with {other}"


def otherwise(pair: Pair, code: str, duty: NotWith) -> str:
    """What a pair says otherwise than a rule; empty where they agree."""
    if pair.denied != code:
        return "takes the other code off"
    if pair.indicator == NO_MODIFIER and duty.unless_modifier:
        return "lets no modifier help"
    if pair.indicator != NO_MODIFIER and not duty.unless_modifier:
        return "lets a modifier help"
    return ""


def caps_units(limit: Limit) -> bool:
    """Whether a limit caps the units of each code on one date."""
    return (
        limit.unit == "unit"
        and limit.per == ("code",)
        and limit.counting is None
        and windows.is_one_date(limit.window)
    )


def of_units(
    limit: Limit, codes: tuple[str, ...], setting: Setting, tables: Tables, day: date
) -> Said:
    """The codes for which a table has another cap."""
    most = on_day(limit.count, lambda amount: Decimal(str(amount.amount)))(day)
    for code in codes:
        cap = tables.unit_cap(setting, code, day)
        if cap is not None and most is not None and cap.units != most:
            yield in_words(cap.edition), f"has {cap.units}, the rule {most:f}", code
