"""Real 837 files that nobody here wrote: what is read is what they hold."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kb.claims import ReadResult, claim_to_json, read_claims, read_json_value

DATA = Path(__file__).parents[3] / "data" / "x12"
SAMPLES = sorted((DATA / "linuxforhealth").glob("*.837*"))
OTHER_SEPARATOR = {
    "demo.cob.2ndary.example4.837",
    "demo.example11.837",
    "demo.example12.837",
    "demo.example6.837",
    "demo.example9.837",
}

# file: claim id, payer id, filing, state, then lines as number code-modifiers units
# place date
GOLDEN = {
    "demo.ambulance.example5.837": (
        "051068 123245 MB CO",
        "1 A0427-RH 1 41 2005-02-08",
        "2 A0425-RH 21 41 2005-02-08",
        "3 A0422-RH 1 41 2005-02-08",
        "4 A0382-RH 1 41 2005-02-08",
    ),
    "demo.autoaccident.837": (
        "900000032 999888777 AM CA",
        "1 99201 1 11 2005-10-31",
        "2 26010 1 11 2005-10-31",
    ),
    "demo.cob.example3.A.837": (
        "26407789 999996666 CI FL",
        "1 99213 1 11 2005-10-03",
        "2 90782 1 11 2005-10-03",
        "3 J3301 1 11 2005-10-03",
    ),
    "demo.cob.example3.B.837": (
        "26407789 567890 CI FL",
        "1 99213 1 11 2005-10-03",
        "2 90782 1 11 2005-10-03",
        "3 J3301 1 11 2005-10-03",
    ),
    "demo.cob.example3.C.837": (
        "26407789 567890 CI FL",
        "1 99213 1 11 2005-10-03",
        "2 90782 1 11 2005-10-03",
        "3 J3301 1 11 2005-10-03",
    ),
    "demo.cob.example4.837": (
        "101KEN6055 10234 MB PA",
        "1 99203-25 1 11 2005-01-19",
    ),
    "demo.drug.example10.1.837": (
        "CLMNO12345 PLANID12345 CI NV",
        "1 90782 1 11 2004-07-11",
        "2 J1550 1 11 2004-07-11",
    ),
    "demo.drug.example10.2.837": (
        "CLMNO12345 PLANID12345 CI IL",
        "1 S9500 7 12 2004-02-01",
        "2 S5001 7 12 2004-02-01",
        "3 S5000 14 12 2004-02-01",
        "4 S5000 7 12 2004-02-01",
        "5 S5000 14 12 2004-02-01",
        "6 S5000 7 12 2004-02-01",
    ),
    "demo.drug.example10.3.837": (
        "CLMNO12345 PLANID12345 CI IL",
        "1 S9500 7 12 2004-02-01",
        "2 J0696 56 12 2004-02-01",
        "3 J7051 28 12 2004-02-01",
        "4 J3490 7 12 2004-02-01",
        "5 J3490 14 12 2004-02-01",
        "6 J3490 7 12 2004-02-01",
    ),
    "demo.example1.837": (
        "26463774 999996666 CI FL",
        "1 99213 1 11 2006-10-03",
        "2 87070 1 11 2006-10-03",
        "3 99214 1 11 2006-10-10",
        "4 86663 1 11 2006-10-10",
    ),
    "demo.example2.837": (
        "26462967 741234 HM FL",
        "1 99213 1 11 2006-10-03",
        "2 87072 1 11 2006-10-03",
        "3 99214 1 11 2006-10-10",
        "4 86663 1 11 2006-10-10",
    ),
    "demo.example7.837": (
        "R03996273 #01 99999 MB IN",
        "1 E1390-RR 1 11 2005-03-21",
        "2 E0431-RR 1 11 2005-03-21",
    ),
    "demo.example8.837": (
        "SMI123 99999 MB IN",
        "1 K0001-RR-KH-BR 1 12 2005-03-21",
    ),
}


def named(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("name", GOLDEN)
def test_professional_claim_is_read_as_the_file_has_it(
    name: str, linuxforhealth: Path
) -> None:
    (claim,) = read_claims(linuxforhealth / name).claims
    first, *lines = GOLDEN[name]
    payer = claim.payer
    assert f"{claim.id} {payer.identifier} {payer.filing} {claim.state}" == first
    assert [
        f"{line.number} {'-'.join((line.code, *line.modifiers))}"
        f" {line.units.normalize():f} {line.place} {line.date}"
        for line in claim.lines
    ] == lines


@pytest.mark.parametrize("name", GOLDEN)
def test_a_claim_file_says_nothing_of_history_or_chart(
    name: str, linuxforhealth: Path
) -> None:
    (claim,) = read_claims(linuxforhealth / name).claims
    assert (claim.history.state, claim.chart, claim.facts) == ("unknown", "partial", {})
    assert claim.authorization is None


@pytest.mark.parametrize("name", sorted(OTHER_SEPARATOR))
def test_composites_with_another_separator_than_the_isa_names(
    name: str, linuxforhealth: Path
) -> None:
    result = read_claims(linuxforhealth / name)
    assert result.claims == ()
    (bad,) = result.bad
    assert "component separator that the ISA names" in bad.reason
    assert "ISA16" in bad.fix


@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if path.suffix == ".837i"], ids=named
)
def test_institutional_claims_are_refused_in_one_sentence(path: Path) -> None:
    result = read_claims(path)
    assert result.claims == ()
    assert [bad.reason for bad in result.bad] == [
        "institutional claims (837I): only X12 837P and payerkb's own JSON are read"
    ]


@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if path.suffix == ".837"], ids=named
)
def test_every_claim_of_a_file_is_given_or_reported(
    path: Path, tells_nothing_of: Callable[[ReadResult, str], None]
) -> None:
    result = read_claims(path)
    given = len(result.claims) + len({bad.claim for bad in result.bad})
    assert given == path.read_text().count("\nCLM*")
    tells_nothing_of(result, path.read_text())


@pytest.mark.parametrize("name", GOLDEN)
def test_a_plain_split_finds_the_same_codes_and_dates(
    name: str, linuxforhealth: Path
) -> None:
    text = (linuxforhealth / name).read_text()
    (claim,) = read_claims(linuxforhealth / name).claims
    codes = re.findall(r"SV1\*HC:(\w{5})", text)
    days = re.findall(r"DTP\*472\*R?D8\*(\d{4})(\d\d)(\d\d)", text)
    assert [line.code for line in claim.lines] == codes
    assert [line.date for line in claim.lines] == [
        date(*map(int, parts)) for parts in days
    ]


def test_icd9_diagnoses_are_left_out_and_said(linuxforhealth: Path) -> None:
    result = read_claims(linuxforhealth / "demo.example1.837")
    assert {line.diagnoses for line in result.claims[0].lines} == {()}
    assert [note.text for note in result.remarks] == [
        "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
    ]


def test_a_range_of_days_is_said_once_with_the_first_lines(
    linuxforhealth: Path,
) -> None:
    remarks = read_claims(linuxforhealth / "demo.drug.example10.2.837").remarks
    (said,) = [note for note in remarks if "several days" in note.text]
    assert said.where == "demo.drug.example10.2.837: segment 25 (DTP)"
    assert said.text.endswith("; the same at segments 29, 37, 45 and 2 more")


@pytest.mark.parametrize(
    ("name", "rendering"),
    [
        pytest.param("demo.cob.example4.837", "9090909090", id="rendering-provider"),
        pytest.param("demo.example1.837", "1912301953", id="billing-renders"),
        pytest.param(
            "demo.cob.example3.C.837", "1999996666", id="not-the-other-payers"
        ),
    ],
)
def test_rendering_provider(name: str, rendering: str, linuxforhealth: Path) -> None:
    (claim,) = read_claims(linuxforhealth / name).claims
    assert {line.rendering for line in claim.lines} == {rendering}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_claim_read_from_x12_can_be_written_and_read_as_json(
    name: str, linuxforhealth: Path
) -> None:
    claims = read_claims(linuxforhealth / name).claims
    again = read_json_value([claim_to_json(claim) for claim in claims])
    assert again.claims == claims
