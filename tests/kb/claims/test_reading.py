"""The first look at a file: claims read and not read, by cause, with the first places."""

from __future__ import annotations

from pathlib import Path

from kb.claims.reading import (
    Reading,
    json_of_reading,
    reading_in,
    reading_of,
    text_of_reading,
)
from kb.claims.rows.tuva import told_of_rows
from tests.kb.claims.rows.tables import Cells, row

ROWS = (
    row(paid_amount="90"),
    row(claim_line_number="2", hcpcs_code="64484", paid_amount="0", allowed_amount="0"),
    row(claim_id="C-2", hcpcs_code="640", rendering_npi="1"),
    row(claim_id="C-3", hcpcs_code="641"),
    row(claim_id="C-4"),
)


def of(*rows: Cells) -> Reading:
    return reading_in(told_of_rows(rows, "t.csv", first=2), "t.csv")


def test_what_was_read_is_counted_and_what_was_not_has_its_cause() -> None:
    found = [one for one in text_of_reading(of(*ROWS)) if "Export" not in one]
    assert found[0] == (
        "t.csv: 2 claims, 3 lines; 2 claims not read; 1 earlier claim that the payer has"
        " answered (services: 1 paid, 1 denied)"
    )
    assert found[1:7] == [
        " Not read",
        "  2 x found 3 digits, expected a CPT or HCPCS code of five characters",
        "      t.csv: row 4, hcpcs_code (claim C-2)",
        "      t.csv: row 5, hcpcs_code (claim C-3)",
        "  1 x found 1 digit, expected an NPI of ten digits",
        "      t.csv: row 4, rendering_npi (claim C-2)",
    ]


def test_files_put_together_are_counted_together() -> None:
    twice = Reading()
    for _ in range(2):
        twice.add(of(*ROWS))
    one, two = json_of_reading(of(*ROWS)), json_of_reading(twice)
    for counted in ("claims", "lines", "claims_not_read", "earlier_claims"):
        assert two[counted] == 2 * one[counted]
    assert two["services"] == {"paid": 2, "denied": 2}
    assert [cause["count"] for cause in two["not_read"]] == [4, 2]


def test_a_fault_of_the_file_is_no_claim(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()
    reading = reading_of(file)
    assert (reading.not_read, len(reading.faults)) == (0, 1)
