"""Random programs and claims over a small vocabulary, from a seed.

Small on purpose: few codes, days close together and at the ends of months, so that
windows, groups and same-day lines meet often.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from kb.claims.model import (
    Amount,
    Claim,
    ClaimLine,
    FactValue,
    History,
    HistoryLine,
    PayerNamed,
)
from kb.engine.program import (
    CodeFacts,
    CompiledPolicy,
    CompiledRule,
    Days,
    FactWords,
    PayerWords,
    Program,
)

Json = dict[str, Any]

CODES = ("64479", "64483", "64484", "64490", "64493", "77003", "80307")
DIAGNOSES = ("B02.23", "M54.12", "M54.16", "M96.1")
PAYERS = ("medicare-part-b", "examplecare")
STATES = ("CA", "OH")
PLANS = ("commercial", "medicare-advantage")
PLACES = ("11", "22", "24")
MODIFIERS = ((), (), ("RT",), ("LT",), ("50",), ("KX", "RT"), ("59",), ("LT", "KX"))
LEVELS = ("", "L4-L5", "L5-S1")
PROVIDERS = ("", "1234567893", "1993999998")
DAYS = tuple(
    [date(2024, 2, 28) + timedelta(days=n) for n in (0, 1, 2, 14, 32, 33, 62)]
    + [date(2024, 8, 30), date(2024, 8, 31), date(2024, 12, 31), date(2025, 1, 1)]
    + [date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 31), date(2025, 4, 1)]
)
FACTS: dict[str, FactWords] = {
    "pain-duration": FactWords("duration", "claim"),
    "new-patient": FactWords("yes-no", "patient"),
    "opioid-risk": FactWords("choice", "claim", choices=("low", "high")),
    "target": FactWords("choice", "line", choices=("low", "high")),
    "baseline": FactWords("number", "line"),
    "pain-relief": FactWords("percent", "procedure"),
    "relief-duration": FactWords("duration", "procedure"),
    "tolerated": FactWords("yes-no", "procedure"),
    "imaging-date": FactWords("date", "claim"),
}
SETS = ("esi", "facet", "dated", "guidance", "all")
CLOCKS = ("service",) * 10 + ("received", "requested")
GROUPS = ("region", "level", "side", "code", "provider")


@dataclass(frozen=True, slots=True)
class Case:
    """One program with claims to answer in one run."""

    program: Program
    claims: tuple[Claim, ...]


class Dice(Random):
    """Chance with a theme: every third case dwells on facts of the last session."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.dwells_on_last = seed % 3 == 0


def random_case(seed: int) -> Case:
    """The case of a seed; equal seeds give equal cases."""
    random = Dice(seed)
    return Case(_program(random), _claims(random))


def maybe(random: Dice, chance: float) -> bool:
    return random.random() < chance


def _days(random: Dice, chance: float = 0.4) -> Days:
    """Days that are open more often than not."""
    first, last = sorted(random.choices(DAYS, k=2))
    return (
        first if maybe(random, chance) else None,
        last if maybe(random, chance) else None,
    )


def _span(random: Dice, chance: float = 0.3) -> Json:
    first, last = _days(random, chance)
    return {
        "from": first.isoformat() if first else None,
        "through": last.isoformat() if last else None,
    }


def _program(random: Dice) -> Program:
    return Program(
        policies=tuple(_policy(random, n) for n in range(random.randint(1, 3))),
        sets=_sets(random),
        groupings={"region": _regions(random)},
        codes={
            code: CodeFacts(maybe(random, 0.3), random.choice(("paired", "single", "")))
            for code in CODES
            if maybe(random, 0.8)
        },
        facts=FACTS,
        payers=tuple(
            PayerWords(key, key, business, names=frozenset({key.replace("-", "")}))
            for key, business in zip(PAYERS, ("", PLANS[0]), strict=False)
        ),
        contractors={},
    )


def _sets(random: Dice) -> dict[str, dict[str, tuple[Days, ...]]]:
    always: tuple[Days, ...] = ((None, None),)
    some = dict.fromkeys(random.sample(CODES, 3), always)
    return {
        "esi": dict.fromkeys(CODES[:3], always),
        "facet": some,
        "dated": {
            code: tuple(_days(random) for _ in range(random.randint(1, 2)))
            for code in random.sample(CODES, 4)
        },
        "guidance": {"77003": always},
        "all": dict.fromkeys(CODES, always),
        "diagnoses": dict.fromkeys(random.sample(DIAGNOSES, 2), always),
        "dated-diagnoses": {code: (_days(random),) for code in DIAGNOSES[:3]},
        "facilities": {"22": always, "24": (_days(random),)},
    }


def _regions(random: Dice) -> dict[str, tuple[tuple[str, Days], ...]]:
    """Codes with one region, with several, with dated ones, and one without."""
    table: dict[str, tuple[tuple[str, Days], ...]] = {}
    for code in CODES[: random.randint(4, 6)]:
        several = random.choice((1, 1, 1, 2))
        table[code] = tuple(
            (region, _days(random, 0.3))
            for region in random.sample(("cervical", "lumbar", "sacral"), several)
        )
    return table


def _policy(random: Dice, number: int) -> CompiledPolicy:
    days = _days(random, 0.12)
    version = f"p{number}@v"
    count = random.randint(1, 3)
    rules = tuple(_rule(random, version, n, days) for n in range(count))
    return CompiledPolicy(
        id=version,
        policy=f"p{number}" if maybe(random, 0.8) else "p0",
        title=version,
        payer=random.choice((PAYERS[0],) * 5 + (PAYERS[1], "")),
        states=frozenset(random.sample(STATES, 1))
        if maybe(random, 0.3)
        else frozenset(),
        plans=frozenset(random.sample(PLANS, 1)) if maybe(random, 0.2) else frozenset(),
        days=days,
        ended=maybe(random, 0.3),
        coverage=maybe(random, 0.8),
        rules=rules,
    )


def _rule(random: Dice, version: str, number: int, days: Days) -> CompiledRule:
    """A rule; now and then another version of the policy's first one."""
    gap, name = maybe(random, 0.1), f"r{0 if maybe(random, 0.2) else number}"
    ir: Json = {
        "ir": "1.0",
        "policy": version.partition("@")[0],
        "version": version,
        "rule": name,
        "kind": "gap" if gap else "rule",
        "in_force": {
            **_within(random, days),
            "clock": random.choice(CLOCKS),
            "ended": maybe(random, 0.3),
        },
        "scope": random.choice((*SETS, "esi", "all", None)),
        "claims": random.choice((None, None, None, "professional", "facility")),
        "last": random.choice((None, _last(random))),
        "when": _test(random, 2) if maybe(random, 0.5) else None,
        "unless": _test(random, 1) if maybe(random, 0.3) else None,
        "exceptions": [
            _exception(random, n, 1) for n in range(random.choice((0, 0, 1, 2)))
        ],
        "duty": None if gap else _duty(random),
        "otherwise": {
            "outcome": random.choice(
                (
                    "deny",
                    "deny",
                    "fix",
                    "needs-auth",
                    "needs-evidence",
                    "review",
                    "note",
                )
            ),
            "reason": "",
            "carc": "",
            "rarc": [],
        },
        "if_unknown": {"outcome": "review", "reason": "", "carc": "", "rarc": []}
        if maybe(random, 0.15)
        else None,
        "if_when_unknown": {"outcome": "note", "reason": "", "carc": "", "rarc": []}
        if maybe(random, 0.15)
        else None,
        "advisory": maybe(random, 0.15),
    }
    if ir["last"] is None and "procedure" in str(ir):
        # The language lets no rule ask a procedure's fact without saying whose.
        ir["last"] = _last(random)
    return CompiledRule.of(f"{version}#{name}@{number}", version, name, name, ir)


def _last(random: Dice) -> Json:
    """Whose procedure facts a rule looks at; at times told apart by a modifier."""
    found: Json = {"set": random.choice(SETS), "same": _groups(random)}
    for key in ("modifier", "without"):
        if maybe(random, 0.2):
            found[key] = random.choice(("KX", "59", "RT"))
    return found


def _within(random: Dice, days: Days) -> Json:
    """A rule's own days, overlapped with its policy's."""
    own = _days(random, 0.15)
    first = max((d for d in (own[0], days[0]) if d), default=None)
    last = min((d for d in (own[1], days[1]) if d), default=None)
    return {
        "from": first.isoformat() if first else None,
        "through": last.isoformat() if last else None,
    }


def _exception(random: Dice, number: int, depth: int) -> Json:
    deeper = depth and maybe(random, 0.4)
    return {
        "name": f"x{number}",
        "in_force": _span(random, 0.2),
        "when": _test(random, 1),
        "exceptions": [_exception(random, number, depth - 1)] if deeper else [],
    }


def _groups(random: Dice) -> list[str]:
    return random.sample(GROUPS, random.choice((0, 1, 1, 1, 2)))


def _amounts(random: Dice, *choices: Json) -> list[Json]:
    """Amounts that follow one another, now and then with a hole between them."""
    open_: Json = {"from": None, "through": None}
    if maybe(random, 0.8):
        return [{**random.choice(choices), **open_}]
    place = random.randrange(len(DAYS) - 1)
    day, after = DAYS[place], DAYS[place + 1]
    if maybe(random, 0.5):
        after = day + timedelta(days=1)
    return [
        {**random.choice(choices), "from": None, "through": day.isoformat()},
        {**random.choice(choices), "from": after.isoformat(), "through": None},
    ]


def _amount(number: object, unit: str) -> Json:
    return {"amount": number, "unit": unit}


def _count(random: Dice) -> Json:
    least = random.choice((0, 0, 1, 1, 2))
    most = random.choice((None, None, least, least + 1))
    return (
        {"min": least, "max": most}
        if least or most is not None
        else {"min": 1, "max": None}
    )


def _window(random: Dice) -> Json:
    return random.choice(
        (
            {"kind": "rolling", "n": random.choice((1, 6, 12)), "unit": "month"},
            {"kind": "rolling", "n": random.choice((15, 30, 365)), "unit": "day"},
            {"kind": "calendar", "unit": random.choice(("year", "quarter", "month"))},
            {"kind": "lifetime"},
            {"kind": "plan-year"},
            {"kind": "session"},
            {"kind": "date"},
        )
    )


def _duty(random: Dice) -> Json:
    kind = random.choice(
        (
            "require",
            "require",
            "never",
            "covers",
            "bill-as",
            "limit",
            "limit",
            "limit",
            "limit-by",
            "interval",
            "interval",
            "not-with",
        )
    )
    if random.dwells_on_last:
        return {"duty": "require", "test": _fact_test(random, procedure=True)}
    if kind == "require":
        return {"duty": kind, "test": _test(random, 2)}
    if kind in ("never", "covers"):
        return {"duty": kind}
    if kind == "limit":
        return _limit(random)
    if kind == "limit-by":
        return _limit_by(random)
    if kind == "interval":
        return {
            "duty": kind,
            "least": _durations(random),
            "between": "session",
            "per": _groups(random),
            "counting": _counting(random),
        }
    if kind == "bill-as":
        return {"duty": kind, "set": random.choice((*SETS, "no-such-set"))}
    return {
        "duty": kind,
        "set": random.choice(SETS),
        "same": _groups(random),
        "unless_modifier": random.choice(([], [], ["59"], ["59", "KX"])),
    }


def _limit(random: Dice) -> Json:
    return {
        "duty": "limit",
        "count": _amounts(random, *(_amount(n, "number") for n in (1, 2, 3))),
        "unit": random.choice(
            ("session", "line", "unit", "level", "injection", "region")
        ),
        "per": _groups(random),
        "window": _window(random),
        "counting": _counting(random),
    }


def _limit_by(random: Dice) -> Json:
    fact, scope = random.choice((("opioid-risk", "claim"), ("target", "line")))
    return {
        "duty": "limit-by",
        "fact": fact,
        "of": scope,
        "cases": [{"choice": c, "limit": _limit(random)} for c in ("low", "high")],
    }


def _counting(random: Dice) -> Json | None:
    if maybe(random, 0.6):
        return None
    return {
        "with": random.choice(([], [], ["KX"], ["KX", "RT"])),
        "without": random.choice(([], [], ["KX"], ["59", "LT"])),
        "denied": maybe(random, 0.4),
        "own": maybe(random, 0.4),
    }


def _durations(random: Dice) -> list[Json]:
    return _amounts(
        random,
        _amount(14, "day"),
        _amount("1.5", "week"),
        _amount("0.5", "month"),
        _amount(30, "day"),
        _amount(2, "week"),
        _amount(1, "month"),
        _amount(6, "month"),
        _amount(1, "year"),
    )


def _test(random: Dice, depth: int) -> Json:
    if depth and maybe(random, 0.5):
        return _nested(random, depth)
    return random.choice(_LEAVES)(random)


def _nested(random: Dice, depth: int) -> Json:
    op = random.choice(("and", "or", "not", "at-least", "if"))
    if op == "if":
        return {"op": op, "of": [_test(random, depth - 1) for _ in range(3)]}
    if op == "not":
        return {"op": op, "of": [_test(random, depth - 1)]}
    parts = [_test(random, depth - 1) for _ in range(random.choice((2, 2, 3)))]
    if op == "at-least":
        return {"op": op, "count": random.randint(1, len(parts)), "of": parts}
    return {"op": op, "of": parts}


def _fact_test(random: Dice, *, procedure: bool | None = None) -> Json:
    """A test of a fact; of procedures only, of others only, or of either."""
    chosen = [
        (name, words)
        for name, words in FACTS.items()
        if procedure is None or procedure == (words.scope == "procedure")
    ]
    name, words = random.choice(chosen)
    tree: Json = {"fact": name, "of": words.scope}
    if maybe(random, 0.2):
        return {"op": "documented", **tree}
    if words.kind == "yes-no":
        return {"op": "yes", **tree}
    if words.kind == "date":
        return _elapsed_test(random, tree)
    if words.kind == "choice":
        return {"op": "choice", **tree, "in": [random.choice(words.choices)]}
    cmp = random.choice((">=", "<=", ">", "<"))
    return {
        "op": "compare",
        **tree,
        "cmp": cmp,
        "amount": _rule_amounts(random, words.kind),
    }


def _clock_test(random: Dice) -> Json:
    """A day of the claim that lies so long before or after the date of service."""
    return _elapsed_test(random, {"clock": random.choice(("received", "requested"))})


def _elapsed_test(random: Dice, day: Json) -> Json:
    """A day that lies so long before or after the date of service."""
    return {
        "op": "elapsed",
        **day,
        "side": random.choice(("before", "after")),
        "cmp": random.choice((">=", "<=", ">", "<")),
        "amount": _rule_amounts(random, "duration"),
    }


def _rule_amounts(random: Dice, kind: str) -> list[Json]:
    if kind == "duration":
        return _amounts(
            random,
            _amount(4, "week"),
            _amount(30, "day"),
            _amount(1, "month"),
            _amount(3, "month"),
        )
    unit = "percent" if kind == "percent" else "number"
    return _amounts(random, _amount(50, unit), _amount("80", unit))


def _field_test(random: Dice) -> Json:
    name, words = random.choice(
        (
            ("place", PLACES),
            ("state", STATES),
            ("plan", PLANS),
            ("payer", PAYERS),
            ("authorization", ("approved", "pending")),
            ("sex", ("female", "male")),
            ("level", LEVELS[1:]),
        )
    )
    key = "facilities" if name == "place" and maybe(random, 0.5) else None
    wanted = [] if key else [random.choice(words)]
    return {"op": "field", "field": name, "in": wanted, "set": key}


def _earlier(random: Dice) -> Json:
    return {
        "op": "earlier",
        "set": random.choice(SETS),
        "count": _count(random),
        "same": _groups(random),
        "window": _window(random) if maybe(random, 0.6) else None,
        "before": _durations(random) if maybe(random, 0.2) else None,
        "apart": _durations(random) if maybe(random, 0.2) else None,
        "modifier": "KX" if maybe(random, 0.2) else None,
        "without": "KX" if maybe(random, 0.1) else None,
        "each": _each(random) if maybe(random, 0.3) else None,
    }


def _same_npi(random: Dice) -> Json:
    others = random.choice(("supervising-npi", "performer-npi"))
    return {"op": "same-npi", "fields": sorted(("rendering-npi", others))}


def _fields(random: Dice) -> dict[str, str]:
    given = {
        "sex": ("female", "male"),
        "supervising-npi": PROVIDERS[1:],
        "plan-year-start": ("01-01", "02-29", "03-31", "09-01"),
    }
    return {name: random.choice(w) for name, w in given.items() if maybe(random, 0.5)}


def _each(random: Dice) -> Json:
    one = _fact_test(random, procedure=maybe(random, 0.9))
    if maybe(random, 0.7):
        return one
    other = _fact_test(random, procedure=True)
    return {
        "op": random.choice(("and", "or")),
        "of": [one, {"op": "not", "of": [other]}],
    }


def _same_day(random: Dice) -> Json:
    return {
        "op": "same-day",
        "set": random.choice(SETS),
        "count": _count(random),
        "same": _groups(random),
    }


def _diagnosis(random: Dice) -> Json:
    return {
        "op": "diagnosis",
        "set": random.choice(("diagnoses", "dated-diagnoses")),
        "which": random.choice(("any", "primary")),
    }


_LEAVES: tuple[Callable[[Dice], Json], ...] = (
    _clock_test,
    _fact_test,
    _fact_test,
    _fact_test,
    _field_test,
    _same_npi,
    _earlier,
    _earlier,
    _earlier,
    _same_day,
    _diagnosis,
    lambda random: {"op": "billed", "how": random.choice(("once", "on-both-sides"))},
    lambda random: {"op": "modifier", "modifier": random.choice(("KX", "59"))},
    lambda random: {
        "op": "date",
        "cmp": random.choice("<>"),
        "date": random.choice(DAYS).isoformat(),
    },
    lambda random: {"op": random.choice(("always", "never"))},
)


def _value(random: Dice, words: FactWords) -> FactValue:
    if words.kind == "yes-no":
        return maybe(random, 0.5)
    if words.kind == "choice":
        return random.choice((*words.choices, "none"))
    if words.kind == "date":
        return random.choice(DAYS)
    if words.kind == "duration":
        number, unit = random.choice(
            (
                (28, "day"),
                (30, "day"),
                (31, "day"),
                (1, "month"),
                (3, "month"),
                (91, "day"),
            )
        )
        return Amount(Decimal(number), unit)  # type: ignore[arg-type]
    return Amount(
        Decimal(random.choice((49, 50, 80, 90))),
        "percent" if words.kind == "percent" else "number",
    )


def _facts(random: Dice, chance: float, *scopes: str) -> dict[str, FactValue]:
    return {
        name: _value(random, words)
        for name, words in FACTS.items()
        if words.scope in scopes and maybe(random, chance)
    }


def _claims(random: Dice) -> tuple[Claim, ...]:
    shared = _history(random)
    claims = [_claim(random, n, shared) for n in range(random.choice((1, 1, 2, 3)))]
    random.shuffle(claims)
    return tuple(claims)


def _history(random: Dice) -> History:
    if random.dwells_on_last:
        days = random.sample(DAYS[:4], 2)
        return History(
            state="complete",
            lines=tuple(
                replace(_history_line(random), date=random.choice(days))
                for _ in range(random.randint(1, 4))
            ),
        )
    if maybe(random, 0.2):
        return History()
    return History(
        state=random.choice(("complete", "complete", "complete", "partial", "unknown")),
        reach=random.choice(("all-billers", "all-billers", "all-billers", "own")),
        lines=tuple(_history_line(random) for _ in range(random.randint(0, 6))),
    )


def _service(random: Dice) -> Json:
    return {
        "code": random.choice(CODES),
        "date": random.choice(DAYS),
        "modifiers": random.choice(MODIFIERS),
        "units": Decimal(random.choice(("1", "1", "1", "2", "0.5"))),
        "level": random.choice(LEVELS),
        "rendering": random.choice(PROVIDERS),
    }


def _history_line(random: Dice) -> HistoryLine:
    return HistoryLine(
        **_service(random),
        status=random.choice(("paid", "paid", "unknown", "pending", "denied")),
        claim=random.choice(("", "H1", "H2", "C0")),
        facts=_facts(random, 0.6, "procedure"),
    )


def _claim(random: Dice, number: int, shared: History) -> Claim:
    day = random.choice(DAYS)
    frequency = random.choice(("original",) * 8 + ("replacement", "void"))
    return Claim(
        id=f"C{number}",
        patient=random.choice(("P1", "P1", "P2")),
        payer=PayerNamed(key=random.choice((PAYERS[0],) * 6 + (PAYERS[1], ""))),
        lines=tuple(
            _line(random, n + 1, day) for n in range(random.choice((1, 1, 2, 3)))
        ),
        kind=random.choice(("professional", "professional", "facility")),
        plan=random.choice((*PLANS, "")),
        state=random.choice((*STATES, *STATES, "")),
        frequency=frequency,  # type: ignore[arg-type]
        replaces="" if frequency == "original" else random.choice(("H1", "C0", "C9")),
        received=random.choice((None, *DAYS)),
        requested=random.choice((None, *DAYS)),
        authorization=random.choice((None, None, "approved", "pending", "none")),
        fields=_fields(random),
        chart=random.choice(("complete", "partial")),
        facts=_facts(random, 0.5, "patient", "claim", "line")
        | _facts(random, 0.1, "procedure"),
        history=shared if maybe(random, 0.6) else _history(random),
    )


def _line(random: Dice, number: int, day: date) -> ClaimLine:
    service = _service(random)
    if maybe(random, 0.7):
        service["date"] = day
    return ClaimLine(
        number=number,
        **service,
        place=random.choice((*PLACES, "")),
        diagnoses=tuple(random.sample(DIAGNOSES, random.choice((0, 1, 1, 2)))),
        authorization=random.choice((None, None, None, "approved", "denied")),
        facts=_facts(random, 0.4, "line"),
    )
