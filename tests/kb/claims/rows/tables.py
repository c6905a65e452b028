"""Tables of claims for tests: rows of columns, and claims written as rows."""

from __future__ import annotations

import csv
import io
from typing import Literal

from kb.claims.model import Claim, ClaimLine

Cells = dict[str, str]


def row(**cells: str) -> Cells:
    """A row of a claim that nobody has answered; what is given comes in its place."""
    return {
        "claim_id": "C-1",
        "claim_line_number": "1",
        "claim_type": "professional",
        "person_id": "0007",
        "member_id": "00-a9",
        "payer": "Medicare",
        "plan": "medicare",
        "claim_start_date": "2026-03-10",
        "place_of_service_code": "11",
        "service_unit_quantity": "1",
        "hcpcs_code": "64483",
        "diagnosis_code_type": "icd-10-cm",
        "diagnosis_code_1": "M5416",
    } | cells


def table(
    *rows: Cells, separator: str = ",", end: str = "\n", quote: bool = False
) -> bytes:
    """The rows as a text with a header; columns in the order in which rows name them."""
    columns = list(dict.fromkeys(column for cells in rows for column in cells))
    out = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(
        out,
        columns,
        delimiter=separator,
        lineterminator=end,
        quoting=quoting,
        restval="",
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def rows_of(claim: Claim) -> list[Cells]:
    """A claim of ours as rows of ``medical_claim``, as far as that can hold it."""
    return [_row_of(claim, line) for line in claim.lines]


def _row_of(claim: Claim, line: ClaimLine) -> Cells:
    kind = "professional" if claim.kind == "professional" else "institutional"
    cells = {
        "claim_id": claim.id,
        "claim_line_number": str(line.number),
        "claim_type": kind,
        "person_id": claim.patient,
        "member_id": claim.member,
        "payer": claim.payer.key or claim.payer.identifier or claim.payer.name,
        "plan": claim.plan,
        "claim_line_start_date": line.date.isoformat(),
        "place_of_service_code": line.place,
        "service_unit_quantity": f"{line.units:f}",
        "hcpcs_code": line.code,
        "rendering_npi": line.rendering,
        "charge_amount": "" if line.charge is None else f"{line.charge:f}",
        "diagnosis_code_type": "icd-10-cm",
    }
    for at, modifier in enumerate(line.modifiers, 1):
        cells[f"hcpcs_modifier_{at}"] = modifier
    for at, diagnosis in enumerate(line.diagnoses, 1):
        cells[f"diagnosis_code_{at}"] = diagnosis.replace(".", "")
    return cells
