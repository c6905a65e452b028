"""Claims in JSON for tests of their readers: good ones, any ones, and spoiled ones."""

import copy
from datetime import date
from typing import Any

from hypothesis import strategies as st

from kb.claims import claim_to_json
from kb.claims.model import (
    Amount,
    Claim,
    ClaimLine,
    History,
    HistoryLine,
    PayerNamed,
)
from kb.claims.shapes import LEVELS

LINE = {"code": "64483"}
BASE = {"claim": "C-1", "payer": "aetna", "date": "2026-03-10", "lines": [LINE]}

GOOD = {
    "least": BASE,
    "nulls": BASE
    | {
        "patient": None,
        "type": None,
        "plan": None,
        "state": None,
        "place": None,
        "frequency": None,
        "replaces": None,
        "received": None,
        "authorization": None,
        "fields": None,
        "diagnoses": None,
        "chart": None,
        "facts": None,
        "history": None,
    },
    "line-nulls": BASE
    | {
        "lines": [
            LINE
            | {
                "line": None,
                "modifiers": None,
                "units": None,
                "date": None,
                "place": None,
                "diagnoses": None,
                "pointers": None,
                "level": None,
                "rendering": None,
                "authorization": None,
                "facts": None,
                "ndc": None,
            }
        ]
    },
    "drug": BASE | {"lines": [{"code": "J1030", "ndc": "00009307301"}]},
    "date-on-the-line": {
        "claim": "C",
        "payer": "aetna",
        "lines": [LINE | {"date": "2026-03-10"}],
    },
    "payer-object": BASE | {"payer": {"id": "1", "name": "N", "filing": "16"}},
    "replacement": BASE | {"frequency": "replacement", "replaces": "C-0"},
    "void": BASE | {"frequency": "void"},
    "pointers": BASE | {"diagnoses": ["M5416"], "lines": [LINE | {"pointers": [1]}]},
    "whole-as-decimal": BASE | {"lines": [LINE | {"line": 2.0, "units": 1.5}]},
    "units-text": BASE | {"lines": [LINE | {"units": "0.5"}]},
    "level": BASE | {"lines": [LINE | {"level": "L5-S1"}]},
    "facts": BASE | {"facts": {"a": True, "b": "30 weeks", "c": 4, "d": None}},
    "history": BASE
    | {
        "history": {
            "state": "complete",
            "reach": "own",
            "lines": [
                {
                    "date": "2025-01-31",
                    "code": "64483",
                    "status": "paid",
                    "claim": "C-0",
                }
            ],
        }
    },
}


KEYS = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5})?", fullmatch=True)
# No control characters: the `$` of Python's patterns lets a line break follow.
TEXTS = st.text(
    st.characters(exclude_categories=["C"], max_codepoint=0x2FFF),
    min_size=1,
    max_size=8,
).filter(str.strip)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
UNITS = st.decimals("0.001", 9999, places=3)
AMOUNTS = st.builds(
    Amount,
    st.decimals(0, 9999, places=2),
    st.sampled_from(["day", "month", "percent", "number"]),
)
WORDS = KEYS.filter(lambda word: word not in ("yes", "no", "unknown"))
FACTS = st.dictionaries(KEYS, st.booleans() | AMOUNTS | WORDS | DAYS, max_size=3)
CODES = st.from_regex(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}", fullmatch=True)
MODIFIERS = st.lists(st.sampled_from(["RT", "LT", "50", "KX", "59"]), max_size=4)
DIAGNOSES = st.lists(
    st.sampled_from(["M54.16", "M48.061", "G89", "Z3A.01"]), max_size=3
)
LEVEL = st.sampled_from(["", *LEVELS])
NPIS = st.from_regex(r"([0-9]{10})?", fullmatch=True)
AUTHORIZATIONS = st.sampled_from([None, "approved", "denied", "pending", "none"])
EARLIER = st.builds(
    HistoryLine,
    code=CODES,
    date=DAYS,
    modifiers=MODIFIERS.map(tuple),
    units=UNITS,
    diagnoses=DIAGNOSES.map(tuple),
    level=LEVEL,
    status=st.sampled_from(["paid", "denied", "pending", "unknown"]),
    claim=st.just("") | TEXTS,
    rendering=NPIS,
    facts=FACTS,
)
HISTORY = st.builds(
    History,
    state=st.sampled_from(["complete", "partial", "unknown"]),
    reach=st.sampled_from(["all-billers", "own"]),
    lines=st.lists(EARLIER, max_size=2).map(tuple),
)
CHARGES = st.none() | st.decimals(0, 1_000_000, places=2)
LINES = st.lists(
    st.builds(
        ClaimLine,
        number=st.integers(1, 999_999),
        code=CODES,
        date=DAYS,
        modifiers=MODIFIERS.map(tuple),
        units=UNITS,
        place=st.sampled_from(["", "11", "24"]),
        diagnoses=DIAGNOSES.map(tuple),
        level=LEVEL,
        rendering=NPIS,
        authorization=AUTHORIZATIONS,
        facts=FACTS,
        charge=CHARGES,
        ndc=st.from_regex(r"([0-9]{11})?", fullmatch=True),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line.number,
).map(tuple)
PAYERS = st.builds(PayerNamed, key=KEYS) | st.builds(
    PayerNamed,
    key=st.just("") | KEYS,
    identifier=TEXTS,
    name=st.just("") | TEXTS,
    filing=st.sampled_from(["", "MB", "16"]),
)
FREQUENCIES = st.just(("original", "")) | st.tuples(
    st.sampled_from(["replacement", "void"]), TEXTS
)


@st.composite
def claims(draw: Any) -> Claim:
    frequency, replaces = draw(FREQUENCIES)
    return Claim(
        id=draw(TEXTS),
        patient=draw(TEXTS),
        payer=draw(PAYERS),
        lines=draw(LINES),
        kind=draw(st.sampled_from(["professional", "facility"])),
        plan=draw(st.just("") | KEYS),
        state=draw(st.sampled_from(["", "FL", "AL"])),
        frequency=frequency,
        replaces=replaces,
        received=draw(st.none() | DAYS),
        authorization=draw(AUTHORIZATIONS),
        fields=draw(st.dictionaries(st.sampled_from(["sex", "network"]), KEYS)),
        chart=draw(st.sampled_from(["complete", "partial"])),
        birth=draw(st.none() | st.just(date(1899, 12, 31))),
        charge=draw(CHARGES),
        facts=draw(FACTS),
        history=draw(HISTORY),
    )


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        2,
        -1,
        1.5,
        "",
        "x",
        "RT",
        "11",
        "FL",
        "M5416",
        "64483",
        [],
        {},
        "2026-03-10",
        "2026-02-30",
        "unknown",
        "yes",
        "partial",
        "void",
        "approved",
        ["RT"],
        ["M54.16"],
        [1],
        [None],
        [{}],
        {"id": "1"},
        {"state": "complete"},
    ]
)
NEW_KEYS = st.sampled_from(
    [
        "claim",
        "date",
        "lines",
        "replaces",
        "frequency",
        "pointers",
        "diagnoses",
        "state",
        "facts",
        "units",
        "level",
        "history",
        "note",
        "payer",
        "key",
        "line",
    ]
)


def places_in(value: Any) -> list[Any]:
    """Every object and list inside a JSON value, itself included."""
    if not isinstance(value, dict | list):
        return []
    items = value.values() if isinstance(value, dict) else value
    return [value, *(place for item in items for place in places_in(item))]


@st.composite
def spoiled_claims(draw: Any) -> Any:
    """A good claim with one to three values changed, added or dropped."""
    claim = draw(st.sampled_from(list(GOOD.values())) | claims().map(claim_to_json))
    claim = copy.deepcopy(claim)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places_in(claim)))
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        action = draw(st.sampled_from(["change", "drop", "add"]))
        if action == "add" and isinstance(place, dict):
            place[draw(NEW_KEYS)] = copy.deepcopy(draw(VALUES))
        elif keys and action == "drop":
            del place[draw(st.sampled_from(keys))]
        elif keys:
            place[draw(st.sampled_from(keys))] = copy.deepcopy(draw(VALUES))
    return claim
