"""What a pain practice sends on a weekday: twenty kinds of claims to twelve payers.

Each is as an 837P brings it: codes, modifiers, units, diagnoses that fit, place, day,
providers and plan; no facts of the chart and no history.  Nothing in them is a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from kb.claims import Claim, read_json_value

DAYS = (date(2025, 6, 10), date(2026, 11, 10))
"""A Tuesday in each of two years."""
OFFICE, CENTER = "11", "24"
RENDERING, BILLING = "2000000010", "2000000028"
"""NPIs that nobody was given, with right check digits."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What was done: lines as ``code-modifiers`` with their units, and for what."""

    name: str
    lines: tuple[tuple[str, int], ...]
    diagnoses: tuple[str, ...]
    place: str = OFFICE


@dataclass(frozen=True, slots=True)
class PayerAsked:
    """A payer as claims name it, with where its patients live."""

    payer: str
    plan: str
    state: str


KINDS = (
    Kind("a new patient's visit", (("99204", 1),), ("M54.50", "M54.16")),
    Kind(
        "a visit and an epidural",
        (("99214-25", 1), ("64483-RT", 1)),
        ("M54.16", "M51.16"),
    ),
    Kind("urine drug tests", (("80307", 1), ("G0482", 1)), ("Z79.891", "G89.4")),
    Kind(
        "trigger points under ultrasound",
        (("20553", 1), ("76942", 1)),
        ("M79.18",),
    ),
    Kind("a sacroiliac joint", (("27096-RT", 1), ("J3301", 4)), ("M53.3",)),
    Kind(
        "ablation of two lumbar joints on both sides",
        (("64635-50", 1), ("64636-50", 1)),
        ("M47.816",),
    ),
    Kind("a stimulator's trial", (("63650", 2),), ("M96.1", "G89.4")),
    Kind("an interlaminar epidural in a center", (("62323", 1),), ("M54.16",), CENTER),
    Kind(
        "facet blocks of two levels on both sides",
        (("64490-KX-50", 1), ("64491-KX-50", 1)),
        ("M47.812",),
    ),
    Kind(
        "a knee under ultrasound",
        (("20611-RT", 1), ("J3301", 4)),
        ("M17.11",),
    ),
    Kind(
        "a visit with an injection into a muscle",
        (("99213-25", 1), ("96372", 1), ("J1885", 2)),
        ("M54.50",),
    ),
    Kind("a visit with its complexity", (("99214", 1), ("G2211", 1)), ("G89.4",)),
    Kind("a nerve of the thigh", (("64450-LT", 1),), ("G57.12",)),
    Kind("occipital nerves on both sides", (("64405-50", 1),), ("M54.81",)),
    Kind(
        "a pump filled",
        (("62370", 1), ("J2274-KD", 20)),
        ("G89.4", "Z45.49"),
    ),
    Kind(
        "a stimulator put in",
        (("63685", 1), ("63650", 2)),
        ("M96.1", "G89.4"),
        CENTER,
    ),
    Kind(
        "a visit and a stimulator programmed",
        (("99213-25", 1), ("95972", 1)),
        ("G89.4", "Z45.42"),
    ),
    Kind(
        "epidurals of two levels on both sides",
        (("64483-50", 1), ("64484-50", 1)),
        ("M54.16",),
    ),
    Kind(
        "botulinum for migraine",
        (("64615", 1), ("J0585", 155), ("J0585-JW", 45)),
        ("G43.709",),
    ),
    Kind("genicular nerves ablated", (("64624-RT", 1),), ("M17.11",)),
)
PAYERS = (
    PayerAsked("medicare-part-b", "medicare", "FL"),
    PayerAsked("medicare-part-b", "medicare", "TX"),
    PayerAsked("medicare-part-b", "medicare", "NY"),
    PayerAsked("uhc", "commercial", "OH"),
    PayerAsked("aetna", "commercial", "PA"),
    PayerAsked("cigna", "commercial", "CT"),
    PayerAsked("bcbs-texas", "commercial", "TX"),
    PayerAsked("anthem", "commercial", "OH"),
    PayerAsked("bcbs-alabama", "commercial", "AL"),
    PayerAsked("humana-medicare-advantage", "medicare-advantage", "FL"),
    PayerAsked("fidelis-care", "medicaid", "NY"),
    PayerAsked("Florida Blue", "commercial", "FL"),
)


def everyday(day: date) -> tuple[Claim, ...]:
    """The claims of one day, a patient each; every claim is one that the reader takes."""
    read = read_json_value([*as_json(day)])
    assert not read.bad, read.bad[0]
    return read.claims


def as_json(day: date) -> Iterator[dict[str, object]]:
    """The claims of one day, in the order of kinds, then payers."""
    numbers = count(1)
    for kind in KINDS:
        for asked in PAYERS:
            number = next(numbers)
            yield {
                "claim": f"DAY-{day.year}-{number:03}",
                "patient": f"P-{number:03}",
                "payer": named(asked.payer),
                "plan": asked.plan,
                "state": asked.state,
                "place": kind.place,
                "date": day.isoformat(),
                "diagnoses": list(kind.diagnoses),
                "fields": {"billing-npi": BILLING, "performer": "physician"},
                "lines": [line(*billed) for billed in kind.lines],
            }


def named(payer: str) -> object:
    """A payer by our key, or by the name that stands on the claim."""
    return {"name": payer} if " " in payer else payer


def line(billed: str, units: int) -> dict[str, object]:
    """A line as it is billed: ``64483-RT``."""
    code, *modifiers = billed.split("-")
    return {
        "code": code,
        "modifiers": modifiers,
        "units": units,
        "rendering": RENDERING,
    }
