"""Tables of made-up claims with Tuva's columns, with all that can be wrong in them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random
from typing import Any

import pyarrow as pa

Row = dict[str, Any]


def medical_claims(persons: int) -> pa.Table:
    """Some claims of each person, who are told by their id, their member id, or neither.

    Epidurals within days of each other, so that claims of a person change each other's
    answers; every ninth claim has a fault.
    """
    rows: list[Row] = []
    for person in range(persons):
        for at in range(1 + person % 6):
            rows += claim(person, at)
    rows.append({**rows[0], "claim_id": None, "person_id": None, "member_id": None})
    return pa.Table.from_pylist(rows)


def claim(person: int, at: int) -> list[Row]:
    day = date(2026, 1, 5) + timedelta(days=person % 20 + 16 * at)
    faulty = (person + at) % 9 == 8
    head: Row = {
        "claim_id": f"C-{person}-{at}",
        "claim_type": "professional",
        "person_id": f"P{person}" if person % 3 else None,
        "member_id": (None, f"w-{person}a")[person % 2],
        "birth_date": date(1950, 1, 1) + timedelta(days=person),
        "payer": ("aetna", "bcbs-alabama")[person % 2],
        "plan": "commercial",
        "place_of_service_code": "24",
        "diagnosis_code_type": "icd-10-cm",
        "diagnosis_code_1": "M5416",
        "charge_amount": 0.0 if person % 7 == 0 else 450.5,
    }
    codes = ["64483", "64484"] if at % 2 else ["64483"]
    return [
        {
            **head,
            "claim_line_number": number,
            "claim_line_start_date": day,
            "hcpcs_code": "6448" if faulty else code,
            "hcpcs_modifier_1": "RT",
            "service_unit_quantity": 1,
        }
        for number, code in enumerate(codes, 1)
    ]


def in_any_order(table: pa.Table) -> pa.Table:
    """The same rows shuffled."""
    order = list(range(table.num_rows))
    Random(7).shuffle(order)
    return table.take(order)


def as_bytes(answers: pa.Table) -> bytes:
    """Rows of answers as text, in an order of their own."""
    rows = [json.dumps(row, default=str) for row in answers.to_pylist()]
    return "\n".join(sorted(rows)).encode()
