"""Institutional claims (837I): what is read of them, and what is left out and said."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pyx12.error_handler import errh_null
from pyx12.params import params
from pyx12.x12context import X12ContextReader

from kb.claims import (
    Claim,
    ReadResult,
    claim_to_json,
    read_claims,
    read_json_value,
    read_x12,
)

DATA = Path(__file__).parents[3] / "data" / "x12"
HOSPITAL = (DATA / "practice" / "hospital.837i").read_text()


def read(text: str) -> ReadResult:
    return read_x12([text.encode()], "ward.837i")


def in_words(claim: Claim) -> tuple[str, ...]:
    payer = claim.payer
    return (
        " ".join(
            [
                *(claim.id, claim.kind, payer.identifier, claim.plan, claim.state),
                *(claim.frequency, claim.replaces or "-", str(claim.charge)),
            ]
        ),
        *(
            f"{line.number} {'-'.join((line.code, *line.modifiers))} x{line.units}"
            f" {line.date} at {line.place or '?'} by {line.rendering or '?'}"
            f" {line.charge} {line.ndc or '-'}"
            for line in claim.lines
        ),
    )


GOLDEN = [
    (
        "WARD-1 facility 31777 commercial OH original - 2444",
        "1 62323 x1 2026-03-19 at 22 by 2022222220 1800 -",
        "3 77003-26-PO x1 2026-03-19 at 19 by 2066666662 300 -",
        "4 99214-25 x1 2026-03-18 at 22 by 2066666662 200 -",
        "5 J1030 x2 2026-03-19 at 22 by 2066666662 100 00009307301",
    ),
    (
        "WARD-3 facility 31777 commercial OH replacement MADEFIRST1 1800",
        "1 62323 x1 2026-03-18 at 22 by 2011111111 1800 -",
    ),
]


def test_an_institutional_claim_is_read_as_the_file_has_it() -> None:
    result = read(HOSPITAL)
    assert result.bad == ()
    assert [in_words(claim) for claim in result.claims] == GOLDEN
    assert [{line.diagnoses for line in claim.lines} for claim in result.claims] == [
        {("M48.062", "M54.16", "M96.1")},
        {("M48.062",)},
    ]


def test_what_is_left_out_is_said_once_a_claim() -> None:
    assert [(note.where, note.text, note.id) for note in read(HOSPITAL).remarks] == [
        (
            "ward.837i: segment 21 (CLM)",
            "1 line has no CPT or HCPCS code and is left out",
            "WARD-1",
        ),
        (
            "ward.837i: segment 22 (DTP)",
            "several days of service: the first is taken as its date",
            "WARD-1",
        ),
        (
            "ward.837i: segment 44 (CLM)",
            "no line has a CPT or HCPCS code: the claim is left out",
            "WARD-2",
        ),
    ]


def test_a_surgery_centers_claims() -> None:
    claims = read_claims(DATA / "practice" / "two-facility-claims.837i").claims
    assert [
        (claim.id, claim.kind, line.code, line.place)
        for claim in claims
        for line in claim.lines
    ] == [
        ("CENTER-1", "facility", "64483", "24"),
        ("CENTER-2", "facility", "63650", "24"),
    ]


def test_it_can_be_written_and_read_as_json() -> None:
    claims = read(HOSPITAL).claims
    again = read_json_value([claim_to_json(claim) for claim in claims])
    assert again.claims == claims
    assert again.remarks == ()


@pytest.mark.parametrize("name", ["hospital.837i", "two-facility-claims.837i"])
def test_pyx12_finds_as_many_claims_and_lines(name: str) -> None:
    text = (DATA / "practice" / name).read_text()
    theirs = X12ContextReader(params(), errh_null(), io.StringIO(text))
    claims = [one for one in theirs.iter_segments("2300") if one.id == "2300"]
    lines = sum(len([*claim.select("2400")]) for claim in claims)
    result = read(text)
    assert len(claims) == len({*(c.id for c in result.claims)} | left_out(result))
    assert lines == text.count("\nSV2*")


def left_out(result: ReadResult) -> set[str]:
    return {note.id for note in result.remarks if "the claim is left out" in note.text}


BILL_TYPES = {
    "surgery-center": ("83:A:1", "original", "24", ""),
    "inpatient": ("11:A:1", "original", "21", ""),
    "outpatient": ("13:A:1", "original", "22", ""),
    "hospital-part-b": ("12:A:1", "original", "", ""),
    "skilled-nursing": ("22:A:1", "original", "", ""),
    "critical-access": ("85:A:1", "original", "", ""),
    "void": ("13:A:8", "void", "22", "a void without REF*F8"),
    "interim": ("13:A:2", "original", "22", "an interim bill or late charges"),
    "late-charges": ("13:A:5", "original", "22", "an interim bill or late charges"),
    "no-qualifier": ("13::1", "original", "22", "CLM05-2 is empty"),
}


@pytest.mark.parametrize("name", BILL_TYPES)
def test_a_bill_type_tells_frequency_and_place(
    name: str, changed: Callable[..., str]
) -> None:
    bill, frequency, place, remark = BILL_TYPES[name]
    text = changed(HOSPITAL, "CLM*WARD-1", f"CLM*WARD-1*2444***{bill}**A*Y*Y")
    result = read(text)
    claim = result.claims[0]
    assert (claim.id, claim.frequency) == ("WARD-1", frequency)
    assert claim.lines[0].place == place
    said = any(note.text.startswith(remark) for note in result.remarks)
    assert said or not remark


BAD = {
    "place-of-service": (
        "CLM*WARD-1",
        "CLM*WARD-1*2444***22:B:1**A*Y*Y",
        "segment 21 (CLM)",
        "CLM05-2: an 837I has `A` there (bill type)",
    ),
    "bill-type": (
        "CLM*WARD-1",
        "CLM*WARD-1*2444***131:A:1**A*Y*Y",
        "segment 21 (CLM)",
        "CLM05-1: found 3 digits, expected the first two characters of a bill type",
    ),
    "frequency": (
        "CLM*WARD-1",
        "CLM*WARD-1*2444***13:A:X**A*Y*Y",
        "segment 21 (CLM)",
        "CLM05-3: expected 1 (original), 7 (replacement) or 8 (void)",
    ),
    "code": (
        "SV2*0361*HC:62323",
        "SV2*0361*HC:6232*1800*UN*1",
        "segment 30 (SV2)",
        "SV202-2: found 4 digits, expected a CPT or HCPCS code of five characters",
    ),
    "no-hcpcs": (
        "SV2*0361*HC:62323",
        "SV2*0361*HP:62323*1800*UN*1",
        "segment 30 (SV2)",
        "SV202-1: expected `HC`: only CPT and HCPCS codes are read",
    ),
    "measure": (
        "SV2*0361*HC:62323",
        "SV2*0361*HC:62323*1800*MJ*1",
        "segment 30 (SV2)",
        "SV204: expected `UN` (units) or `DA` (days)",
    ),
    "units": (
        "SV2*0361*HC:62323",
        "SV2*0361*HC:62323*1800*UN*0",
        "segment 30 (SV2)",
        "SV205: found 1 digit, expected a number above zero",
    ),
    "no-date": (
        "DTP*434*RD8*20260318-20260319",
        "",
        "segment 37 (SV2)",
        "neither the line (DTP*472) nor the claim (DTP*434) has a date",
    ),
    "two-dates": (
        "DTP*472",
        "DTP*472*D8*20260319~\nDTP*472*D8*20260320",
        "segment 30 (SV2)",
        "expected one date of service (DTP*472) in a line, found 2",
    ),
    "professional-service": (
        "SV2*0361*HC:62323",
        "SV1*HC:62323*1800*UN*1***1",
        "segment 21 (CLM)",
        "a service of professional claims (837P) among institutional claims (837I)",
    ),
    "no-line-before": (
        "LX*1",
        "",
        "segment 29 (SV2)",
        "out of place",
    ),
    "diagnosis-qualifier": (
        "HI*ABF:M5416*ABF:M961",
        "HI*ABF:M5416*XYZ:M961",
        "segment 26 (HI)",
        "HI02-1 is no qualifier of a diagnosis: expected `ABK` or `ABF`",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_named_and_the_other_claims_stay(
    name: str,
    changed: Callable[..., str],
    tells_nothing_of: Callable[[ReadResult, str], None],
) -> None:
    old, new, where, reason = BAD[name]
    text = changed(HOSPITAL, old, new)
    result = read(text)
    assert (f"ward.837i: {where}", reason) in [
        (bad.where, bad.reason) for bad in result.bad
    ]
    assert {bad.id for bad in result.bad} == {"WARD-1"}
    assert [claim.id for claim in result.claims] == ["WARD-3"]
    tells_nothing_of(result, text)


def test_an_institutional_service_in_a_professional_file(
    epidural: Path, changed: Callable[..., str]
) -> None:
    florida = (epidural / "florida-medicare.837").read_text()
    result = read(changed(florida, "SV1", "SV2*0490*HC:64483*450*UN*1"))
    assert [bad.reason for bad in result.bad] == [
        "a service of institutional claims (837I) among professional claims (837P)"
    ]


def test_without_a_version_the_services_tell_which_claim_it_is() -> None:
    result = read(HOSPITAL.replace("*005010X223A2", ""))
    assert [claim.kind for claim in result.claims] == ["facility", "facility"]


def test_a_total_that_is_not_the_sum_counts_lines_without_a_code(
    changed: Callable[..., str],
) -> None:
    text = changed(HOSPITAL, "SV2*0250", "SV2*0250**45*UN*1")
    said = {note.text for note in read(text).remarks if note.id == "WARD-1"}
    assert "the total charge is not the sum of the lines" in said


PERFORMERS = {
    "operating-physician": ("", "", "2022222220", "2066666662"),
    "none-operates": ("NM1*72", "", "", "2066666662"),
    "of-the-line": (
        "DTP*472",
        "DTP*472*D8*20260319~\nNM1*72*1*LINETEST*LEO****XX*2011111111",
        "2011111111",
        "2066666662",
    ),
    "renders": (
        "NM1*72",
        "NM1*72*1*OPERATOR*OLE****XX*2022222220~\nNM1*82*1*X*Y****XX*2033333339",
        "2033333339",
        "2033333339",
    ),
}


@pytest.mark.parametrize("name", PERFORMERS)
def test_who_performed_it(name: str, changed: Callable[..., str]) -> None:
    old, new, surgery, visit = PERFORMERS[name]
    text = changed(HOSPITAL, old, new) if old else HOSPITAL
    lines = {line.code: line.rendering for line in read(text).claims[0].lines}
    assert (lines["62323"], lines["99214"]) == (surgery, visit)


DRUGS = {
    "eleven-digits": ("LIN**N4*00009307301", "00009307301", ""),
    "in-parts": ("LIN**N4*00009-3073-01", "00009307301", ""),
    "ten-digits": ("LIN**N4*0009307301", "", "LIN03: expected an NDC of eleven"),
    "in-other-parts": ("LIN**N4*0009-3073-01", "", "LIN03: expected an NDC of"),
    "no-drug": ("LIN**UK*00009307301", "", ""),
    "two-drugs": (
        "LIN**N4*00009307301~\nLIN**N4*00009307302",
        "",
        "a line with several drugs (LIN)",
    ),
}


@pytest.mark.parametrize("name", DRUGS)
def test_the_drug_of_a_line(name: str, changed: Callable[..., str]) -> None:
    segment, ndc, remark = DRUGS[name]
    result = read(changed(HOSPITAL, "LIN**N4", segment))
    (line,) = (line for line in result.claims[0].lines if line.code == "J1030")
    assert line.ndc == ndc
    assert line.units == Decimal(2)
    said = any(note.text.startswith(remark) for note in result.remarks)
    assert said or not remark
