"""A file in another format is refused in one sentence that says which format it is."""

from __future__ import annotations

import json

import pytest

from kb.claims import ReadResult, read_json
from kb.claims.model import read_result
from kb.claims.read import stream_chunks

READ = "only X12 and JSON are read (837P, 837I and 835; ours, FHIR, a clearinghouse's)"
READ_X12 = "of X12 only 837P, 837I and 835 are read"
ISA = (
    "ISA*00*          *00*          *ZZ*A              *ZZ*B              "
    "*260311*0915*^*00501*000000201*0*P*:~"
)


def x12(transaction: str, version: str) -> str:
    group = f"GS*XX*A*B*20260311*0915*1*X*{version}~"
    body = f"ST*{transaction}*0001*{version}~CLM*C1*1***83:A:1~CLM*C2*1***83:A:1~"
    return f"{ISA}{group}{body}SE*4*0001~GE*1*1~IEA*1*000000201~"


def read(text: str | bytes) -> ReadResult:
    content = text if isinstance(text, bytes) else text.encode()
    return read_result(stream_chunks(iter([content]), "file"))


FHIR = {"resourceType": "Patient", "name": [{"text": "Jane Roe"}]}
NO_CLAIM = "it holds no claim"

OTHERS: dict[str, tuple[str | bytes, str]] = {
    "837D": (x12("837", "005010X224A2"), "dental claims (837D)"),
    "4010": (
        x12("837", "004010X098A1"),
        "claims of a version of 837 other than 005010X222 and 005010X223",
    ),
    "835-4010": (
        x12("835", "004010X091A1"),
        "a remittance of a version other than 005010X221",
    ),
    "278": (x12("278", "005010X217"), "a request for approval (278)"),
    "unknown-transaction": (x12("ROE", ""), "a transaction other than 837 and 835"),
}
FILES: dict[str, tuple[str | bytes, str]] = {
    "hl7": ("MSH|^~\\&|A|B\r", "an HL7 version 2 message"),
    "xml": ("<?xml version='1.0'?><Bundle/>", "an XML or HTML file"),
    "pdf": (b"%PDF-1.7\n\0\1", "a PDF"),
    "tar": (b"a.837".ljust(257, b"\0") + b"ustar", "a tar archive"),
    "xz": (b"\xfd7zXZ\0", "a file compressed with xz"),
    "old-workbook": (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook or another Office file",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_format_is_named_in_one_sentence(name: str) -> None:
    content, called = OTHERS[name]
    result = read(content)
    read_are = READ_X12 if str(content).startswith("ISA") else READ
    assert [bad.reason for bad in result.bad] == [f"{called}: {read_are}"]
    assert (result.claims, result.remarks) == ((), ())


@pytest.mark.parametrize(
    ("text", "called"),
    [
        (json.dumps(FHIR), "a FHIR Patient"),
        (f"{json.dumps(FHIR)}\n" * 3, "a FHIR Patient (3 of them)"),
        (json.dumps({"resourceType": "Jane"}), "a FHIR resource"),
        (json.dumps({"resourceType": ["Jane"]}), "a FHIR resource"),
    ],
)
def test_a_resource_without_a_claim_is_named_in_one_sentence(
    text: str, called: str
) -> None:
    result = read(text)
    assert [bad.reason for bad in result.bad] == [f"{called}: {NO_CLAIM}"]
    assert (result.claims, result.remarks) == ((), ())


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_kind_is_named_in_one_sentence(name: str) -> None:
    content, called = FILES[name]
    result = read(content)
    assert [bad.reason for bad in result.bad] == [
        f"{called}: only X12, JSON, FHIR and tables of claims are read"
    ]
    assert (result.claims, result.remarks) == ((), ())


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("claim_id,code,date,units\nC-1,64483,2026-03-10,1\n", "a CSV table"),
        ('"ID","CODE","DATE","QTY"\r\n"1","64483"\r\n', "a CSV table"),
        ("claim\tcode\tdate\tunits\n", "a table with tabs"),
        ("claim;code;date;units\n", "a table with ;"),
    ],
)
def test_another_table_is_told_what_it_lacks(text: str, called: str) -> None:
    (bad,) = read(text).bad
    assert bad.reason.startswith(f"{called} without the columns `claim_")
    assert "Tuva's `medical_claim`" in bad.fix


@pytest.mark.parametrize("text", ["Jane Roe, 12 Elm, Tampa, FL\n", "hello", "a,b"])
def test_a_text_that_is_no_table_is_not_called_one(text: str) -> None:
    (bad,) = read(text).bad
    assert bad.reason.startswith("neither X12 (begins with ISA) nor JSON (begins with")


def test_our_claims_beside_another_format_are_read() -> None:
    ours = {"claim": "C-1", "payer": "aetna", "date": "2026-03-10"}
    ours_too = {**ours, "lines": [{"code": "64483"}]}
    result = read_json(f"{json.dumps(ours_too)}\n{json.dumps(FHIR)}\n")
    assert [claim.id for claim in result.claims] == ["C-1"]
    assert [bad.reason for bad in result.bad] == [f"a FHIR Patient: {NO_CLAIM}"]
