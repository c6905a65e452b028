"""One rule of one policy, and claims of one patient, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kb.claims.model import Claim, ClaimLine, Facts, History, HistoryLine, PayerNamed
from kb.engine.columns.arrays import STATUSES, evaluate_columns
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.judge.answer import HEADLINE_ORDER
from kb.engine.program import (
    CodeFacts,
    CompiledPolicy,
    CompiledRule,
    Days,
    Program,
)

Json = dict[str, Any]

PAYER = "medicare-part-b"
ALWAYS: tuple[Days, ...] = ((None, None),)
OPEN = {"from": None, "through": None}
SETS: dict[str, dict[str, tuple[Days, ...]]] = {
    "esi": {"64479": ALWAYS, "64483": ALWAYS, "64484": ALWAYS, "62323": ALWAYS},
    "guidance": {"77003": ALWAYS},
    "until-june": {"64483": ((None, date(2025, 6, 30)),)},
    "sciatica": {"M54.16": ALWAYS},
}
REGIONS: dict[str, tuple[tuple[str, Days], ...]] = {
    "64479": (("cervical", (None, None)),),
    "64483": (("lumbar", (None, None)),),
    "64484": (("lumbar", (None, None)),),
    "62323": (("lumbar", (None, None)), ("sacral", (None, None))),
}
CODES = {
    "64479": CodeFacts(sides="paired"),
    "64483": CodeFacts(sides="paired"),
    "64484": CodeFacts(add_on=True, sides="paired"),
    "62323": CodeFacts(sides="single"),
}


def amount(number: object, unit: str = "number", **days: str) -> list[Json]:
    """One amount that always counts, or on the days given."""
    return [{"amount": number, "unit": unit, **OPEN, **days}]


def limit(count: object, unit: str, window: Json, *per: str) -> Json:
    return {
        "duty": "limit",
        "count": amount(count),
        "unit": unit,
        "per": list(per),
        "window": window,
        "counting": None,
    }


def rolling(number: int, unit: str) -> Json:
    return {"kind": "rolling", "n": number, "unit": unit}


def require(test: Json) -> Json:
    return {"duty": "require", "test": test}


def earlier(least: int, most: int | None = None, **changes: Any) -> Json:
    return {
        "op": "earlier",
        "set": "esi",
        "count": {"min": least, "max": most},
        "same": [],
        "window": None,
        "before": None,
        "apart": None,
        "modifier": None,
        "without": None,
        "each": None,
        **changes,
    }


def ir(duty: Json | None, **changes: Any) -> Json:
    return {
        "ir": "1.0",
        "policy": "p",
        "version": "p@v",
        "rule": "r",
        "kind": "rule",
        "in_force": {**OPEN, "clock": "service", "ended": False},
        "scope": "esi",
        "claims": None,
        "last": None,
        "when": None,
        "unless": None,
        "exceptions": [],
        "duty": duty,
        "otherwise": {"outcome": "deny", "reason": "", "carc": "", "rarc": []},
        "if_unknown": None,
        "if_when_unknown": None,
        "advisory": False,
        **changes,
    }


def program(*rules: Json, **policy: Any) -> Program:
    compiled = tuple(
        CompiledRule.of(f"p@v#{n}", "p@v", tree["rule"], tree["rule"], tree)
        for n, tree in enumerate(rules)
    )
    one = CompiledPolicy("p@v", "p", "p", PAYER, rules=compiled)
    return Program(
        policies=(replace(one, **policy),),
        sets=SETS,
        groupings={"region": REGIONS},
        codes=CODES,
    )


def line(code: str = "64483", on: str = "2026-03-10", **more: Any) -> ClaimLine:
    number = more.pop("number", 1)
    return ClaimLine(number, code, date.fromisoformat(on), **more)


def past(on: str, code: str = "64483", *modifiers: str, **more: Any) -> HistoryLine:
    if "units" in more:
        more["units"] = Decimal(more["units"])
    return HistoryLine(code, date.fromisoformat(on), modifiers, **more)


def claim(
    *lines: ClaimLine,
    earlier: Sequence[HistoryLine] = (),
    known: Any = "complete",
    reach: Any = "all-billers",
    **more: Any,
) -> Claim:
    return Claim(
        id=more.pop("id", "C1"),
        patient=more.pop("patient", "P1"),
        payer=PayerNamed(key=more.pop("payer", PAYER)),
        lines=lines or (line(),),
        history=History(known, reach, tuple(earlier)),
        **more,
    )


def facts(**values: Any) -> Facts:
    return {name.replace("_", "-"): value for name, value in values.items()}


def statuses(answers: Program, *claims: Claim) -> list[str]:
    """Status of the first rule by claim and line number, in that order."""
    batch = batch_from_claims(claims)
    column = evaluate_columns(answers, batch).rules[0]
    of_line = dict(zip(column.lines.tolist(), column.status.tolist(), strict=True))
    rank = batch.claims.rank[batch.lines.claim]
    order = sorted(range(len(rank)), key=lambda n: (rank[n], batch.lines.number[n]))
    return [STATUSES[of_line[n]] if n in of_line else "" for n in order]


def headlines(answers: Program, *claims: Claim) -> list[str]:
    """Headline of each line by claim and line number."""
    batch = batch_from_claims(claims)
    result = evaluate_columns(answers, batch).headline
    rank = batch.claims.rank[batch.lines.claim]
    order = sorted(range(len(rank)), key=lambda n: (rank[n], batch.lines.number[n]))
    return [HEADLINE_ORDER[result[n]] for n in order]
