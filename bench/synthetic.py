"""A synthetic practice: claim lines as arrays, and rules of ten kinds.

Nothing here is a payer's: codes, payers and limits are made up.  The shape is what
matters: many patients with a handful of lines each, code lists of four codes that
several rules share, about eleven rules in scope on each line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from kb.claims.model import Amount, FactValue
from kb.engine.columns.batch import (
    PROFESSIONAL,
    THOUSANDTHS,
    ClaimBatch,
    ClaimColumns,
    EventColumns,
    FactColumn,
    Indexes,
    LineColumns,
    Vocabularies,
    batch_from_arrays,
)
from kb.engine.program import CompiledPolicy, CompiledRule, Days, Program

Json = dict[str, Any]

KINDS = (
    "diagnosis",
    "approval",
    "frequency",
    "interval",
    "modifier",
    "units",
    "evidence",
    "step",
    "conflict",
    "place",
)
PAYERS = tuple(f"payer-{n:02}" for n in range(12))
PLACES = ("11", "19", "21", "22", "24")
FACILITIES = ("19", "21", "22")
REGIONS = ("cervical", "thoracic", "lumbar")
CODES = tuple(f"6{n:04}" for n in range(60))
DIAGNOSES = tuple(f"M{n // 10:02}.{n % 10}" for n in range(800))
MODIFIERS = ((), ("RT",), ("LT",), ("50",), ("26",), ("26", "RT"))
WORDS = ("", *PAYERS, *PLACES, "approved", "none")
WINDOWS: tuple[Json, ...] = (
    {"kind": "rolling", "n": 12, "unit": "month"},
    {"kind": "rolling", "n": 6, "unit": "month"},
    {"kind": "rolling", "n": 365, "unit": "day"},
    {"kind": "calendar", "unit": "year"},
)
FIRST_DAY, DAYS = 19_723, 1_000  # 2024-01-01
LINES_A_PATIENT = 5
ALWAYS: tuple[Days, ...] = ((None, None),)


@dataclass(frozen=True, slots=True)
class SyntheticRule:
    """A rule in the terms of hand-written SQL."""

    kind: str
    payer: int
    scope: int
    other: int
    """A second code list, or the diagnosis list."""
    number: int
    """Count, days or units, by kind."""
    window: int
    by_region: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """Code lists and diagnosis lists, each of numbers in their vocabulary."""

    codes: tuple[tuple[int, ...], ...]
    diagnoses: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """Columns as a reader would give them."""

    claims: ClaimColumns
    lines: LineColumns
    history: EventColumns
    words: Vocabularies
    pain: FactColumn


def synthetic_lists(lists: int, seed: int = 1) -> Lists:
    """``lists`` code lists of four codes, and 100 diagnosis lists of 60."""
    random = np.random.default_rng(seed)
    return Lists(
        tuple(_sample(random, len(CODES), 4) for _ in range(lists)),
        tuple(_sample(random, len(DIAGNOSES), 60) for _ in range(100)),
    )


def _sample(random: np.random.Generator, among: int, count: int) -> tuple[int, ...]:
    return tuple(sorted(random.choice(among, count, replace=False).tolist()))


def synthetic_rules(count: int, lists: Lists, seed: int = 2) -> list[SyntheticRule]:
    """``count`` rules, every kind and payer alike."""
    random = np.random.default_rng(seed)
    return [
        SyntheticRule(
            kind=KINDS[n % len(KINDS)],
            payer=n // len(KINDS) % len(PAYERS),
            scope=int(random.integers(len(lists.codes))),
            other=int(
                random.integers(
                    len(lists.diagnoses if n % len(KINDS) == 0 else lists.codes)
                )
            ),
            number=int(random.integers(1, 4)),
            window=int(random.integers(len(WINDOWS))),
            by_region=bool(random.integers(2)),
        )
        for n in range(count)
    ]


def synthetic_program(rules: list[SyntheticRule], lists: Lists) -> Program:
    """The rules as compiled policies, one policy a payer."""
    sets: dict[str, dict[str, tuple[Days, ...]]] = {
        f"codes-{n}": {CODES[code]: ALWAYS for code in codes}
        for n, codes in enumerate(lists.codes)
    }
    for n, diagnoses in enumerate(lists.diagnoses):
        sets[f"diagnoses-{n}"] = {DIAGNOSES[code]: ALWAYS for code in diagnoses}
    regions: dict[str, tuple[tuple[str, Days], ...]] = {
        code: ((REGIONS[n % len(REGIONS)], (None, None)),)
        for n, code in enumerate(CODES)
    }
    return Program(
        policies=tuple(_policy(n, rules) for n in range(len(PAYERS))),
        sets=sets,
        groupings={"region": regions},
    )


def _policy(payer: int, rules: list[SyntheticRule]) -> CompiledPolicy:
    version = f"{PAYERS[payer]}@2024-01-01"
    return CompiledPolicy(
        id=version,
        policy=PAYERS[payer],
        title=version,
        payer=PAYERS[payer],
        rules=tuple(
            CompiledRule.of(f"{n}", version, f"{n}", f"{n}", _ir(version, rule))
            for n, rule in enumerate(rules)
            if rule.payer == payer
        ),
    )


def _ir(version: str, rule: SyntheticRule) -> Json:
    when, duty = _WRITTEN[rule.kind](rule)
    return {
        "ir": "1.0",
        "policy": version.partition("@")[0],
        "version": version,
        "rule": rule.kind,
        "kind": "rule",
        "in_force": {"from": None, "through": None, "clock": "service", "ended": False},
        "scope": f"codes-{rule.scope}",
        "claims": None,
        "last": None,
        "when": when,
        "unless": None,
        "exceptions": [],
        "duty": duty,
        "otherwise": {"outcome": "deny", "reason": rule.kind, "carc": "", "rarc": []},
        "if_unknown": None,
        "if_when_unknown": None,
        "advisory": False,
    }


def _field(name: str, *words: str) -> Json:
    return {"op": "field", "field": name, "in": list(words), "set": None}


def _in_facility() -> Json:
    return _field("place", *FACILITIES)


def _per(rule: SyntheticRule) -> list[str]:
    return ["region"] if rule.by_region else []


def _amount(number: int, unit: str) -> list[Json]:
    return [{"amount": number, "unit": unit, "from": None, "through": None}]


def _required(test: Json, when: Json | None = None) -> tuple[Json | None, Json]:
    return when, {"duty": "require", "test": test}


def _limited(rule: SyntheticRule, unit: str, window: Json) -> tuple[None, Json]:
    return None, {
        "duty": "limit",
        "count": _amount(rule.number, "number"),
        "unit": unit,
        "per": _per(rule) if unit == "session" else [],
        "window": window,
        "counting": None,
    }


def _step(rule: SyntheticRule) -> tuple[Json | None, Json]:
    return _required(
        {
            "op": "earlier",
            "set": f"codes-{rule.other}",
            "count": {"min": min(rule.number, 2), "max": None},
            "same": _per(rule),
            "window": WINDOWS[0],
            "before": None,
            "apart": None,
            "modifier": None,
            "without": None,
            "each": None,
        }
    )


def _interval(rule: SyntheticRule) -> tuple[None, Json]:
    return None, {
        "duty": "interval",
        "least": _amount(14 * rule.number, "day"),
        "between": "session",
        "counting": None,
        "per": _per(rule),
    }


def _conflict(rule: SyntheticRule) -> tuple[None, Json]:
    return None, {
        "duty": "not-with",
        "set": f"codes-{rule.other}",
        "same": [],
        "unless_modifier": [],
    }


def _evidence(rule: SyntheticRule) -> tuple[Json | None, Json]:
    return _required(
        {
            "op": "compare",
            "fact": "pain-duration",
            "of": "claim",
            "cmp": ">=",
            "amount": _amount(4 * rule.number, "week"),
        }
    )


_WRITTEN: dict[str, Callable[[SyntheticRule], tuple[Json | None, Json]]] = {
    "diagnosis": lambda rule: _required(
        {"op": "diagnosis", "set": f"diagnoses-{rule.other}", "which": "any"}
    ),
    "approval": lambda _rule: _required(
        _field("authorization", "approved"), _in_facility()
    ),
    "frequency": lambda rule: _limited(rule, "session", WINDOWS[rule.window]),
    "interval": _interval,
    "modifier": lambda _rule: _required(
        {"op": "modifier", "modifier": "26"}, _in_facility()
    ),
    "units": lambda rule: _limited(rule, "unit", {"kind": "session"}),
    "evidence": _evidence,
    "step": _step,
    "conflict": _conflict,
    "place": lambda _rule: _required({"op": "not", "of": [_in_facility()]}),
}


def synthetic_practice(lines: int, seed: int = 3) -> Practice:
    """About ``lines`` claim lines, half as many lines of history, as arrays."""
    random = np.random.default_rng(seed)
    patients = max(lines // LINES_A_PATIENT, 1)
    claims = _claims(random, max(lines * 2 // 3, 1), patients)
    return Practice(
        claims=claims,
        lines=_lines(random, lines, len(claims.rank)),
        history=_history(random, lines // 2, patients),
        words=Vocabularies(
            codes=CODES,
            diagnoses=DIAGNOSES,
            words=WORDS,
            modifiers=MODIFIERS,
            values=_pain_values(),
        ),
        pain=_pain(random, len(claims.rank)),
    )


def synthetic_batch(practice: Practice) -> ClaimBatch:
    """The practice as the engine takes it."""
    return batch_from_arrays(
        practice.claims,
        practice.lines,
        practice.history,
        practice.words,
        claim_facts={"pain-duration": practice.pain},
    )


def _pain_values() -> tuple[FactValue, ...]:
    return tuple(Amount(Decimal(7 * weeks), "day") for weeks in range(30))


def _pain(random: np.random.Generator, claims: int) -> FactColumn:
    """Weeks of pain, told for six claims in ten; the value is its number of weeks."""
    rows = np.flatnonzero(random.random(claims) < 0.6)
    return FactColumn(rows, random.integers(0, 30, len(rows)).astype(np.int32))


def _whole(random: np.random.Generator, low: int, high: int, count: int) -> Indexes:
    return random.integers(low, high, count).astype(np.int32)


def _claims(random: np.random.Generator, count: int, patients: int) -> ClaimColumns:
    patient = _whole(random, 0, patients, count)
    yes = np.ones(count, np.bool_)
    return ClaimColumns(
        rank=random.permutation(count).astype(np.int32),
        patient=patient,
        record=patient,
        payer=(patient % len(PAYERS) + 1).astype(np.int32),
        state=np.zeros(count, np.int32),
        plan=np.zeros(count, np.int32),
        kind=np.full(count, PROFESSIONAL, np.int8),
        chart_complete=~yes,
        history_complete=patient % 5 != 0,
        own_history_complete=patient % 5 != 0,
        received=np.zeros(count, np.int32),
        requested=np.zeros(count, np.int32),
        counts=yes,
        asked=yes,
    )


def _lines(random: np.random.Generator, count: int, claims: int) -> LineColumns:
    """Lines of random claims; the day is the claim's own."""
    claim = np.sort(_whole(random, 0, claims, count))
    number = np.arange(count) - np.searchsorted(claim, claim) + 1
    day = _whole(random, FIRST_DAY, FIRST_DAY + DAYS, claims)
    pointers = random.integers(1, 3, count)
    start = np.concatenate(([0], np.cumsum(pointers)))
    approval = WORDS.index("approved") + _whole(random, 0, 2, claims)
    return LineColumns(
        claim=claim,
        number=number.astype(np.int32),
        day=day[claim],
        code=_whole(random, 0, len(CODES), count),
        place=_whole(random, 0, len(PLACES), count) + WORDS.index(PLACES[0]),
        modifiers=_whole(random, 0, len(MODIFIERS), count),
        units=random.integers(1, 4, count) * THOUSANDTHS,
        level=np.zeros(count, np.int32),
        rendering=np.zeros(count, np.int32),
        authorization=approval[claim].astype(np.int32),
        diagnosis_start=start,
        diagnosis=_whole(random, 0, len(DIAGNOSES), int(start[-1])),
    )


def _history(random: np.random.Generator, count: int, patients: int) -> EventColumns:
    return EventColumns(
        record=_whole(random, 0, patients, count),
        day=_whole(random, FIRST_DAY - 400, FIRST_DAY + DAYS, count),
        code=_whole(random, 0, len(CODES), count),
        modifiers=_whole(random, 0, len(MODIFIERS), count),
        units=random.integers(1, 4, count) * THOUSANDTHS,
        level=np.zeros(count, np.int32),
        rendering=np.zeros(count, np.int32),
        order=np.zeros(count, np.int64),
        line=np.full(count, -1, np.int32),
        denied=np.zeros(count, np.bool_),
    )
