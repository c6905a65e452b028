"""Claim files with the traits of other senders' files: what is read is what they hold."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kb.claims import ReadResult, claim_to_json, read_claims, read_json_value

DATA = Path(__file__).parents[3] / "data" / "x12"
SAMPLES = sorted((DATA / "practice").glob("*.837*"))
OTHER_SEPARATOR = {"separator-of-claim.837", "separator-everywhere.837"}

# file: claim id, payer id, filing, state, then lines as number code-modifiers units
# place date
GOLDEN = {
    "car-accident.837": (
        "CRASH-900 31313 AM CA",
        "1 99203 1 11 2026-01-20",
        "2 64490-RT 1 11 2026-01-20",
    ),
    "drugs-at-home.837": (
        "DRUG-2 MADEPLAN CI IL",
        "1 S9326 7 12 2026-02-01",
        "2 J2270 7 12 2026-02-01",
        "3 A4222 14 12 2026-02-01",
    ),
    "hmo-two-days.837": (
        "HMO-2 31741 HM FL",
        "1 99214-25 1 11 2026-03-03",
        "2 80305-QW 1 11 2026-03-03",
        "3 64483-LT 1 11 2026-03-17",
    ),
    "icd-9-of-2014.837": (
        "OLD-14 31777 CI FL",
        "1 99213-25 1 11 2014-03-10",
        "2 62311 1 11 2014-03-10",
        "3 99213 1 11 2014-03-24",
    ),
    "injected-drug.837": (
        "DRUG-1 MADEPLAN CI NV",
        "1 20610-LT 1 11 2026-03-11",
        "2 J1030 1 11 2026-03-11",
    ),
    "medicare-second.837": (
        "SECOND 55 31032 MB PA",
        "1 99499-25 1 11 2026-01-19",
    ),
    "stimulator-certificate.837": (
        "TENS 31 #02 31031 MB OH",
        "1 E0730-NU 1 12 2026-03-16",
        "2 A4595-KX 2 12 2026-03-16",
    ),
    "three-modifiers.837": (
        "CHAIR20 31033 MB IN",
        "1 K0001-RR-KH-BR 1 12 2026-03-21",
    ),
    "transfer-to-hospital.837": (
        "RIDE-7 31031 MB CO",
        "1 A0427-RH 1 41 2026-02-08",
        "2 A0425-RH 9 41 2026-02-08",
    ),
    "two-payers-first.837": (
        "COB-26 31777 CI FL",
        "1 99213-25 1 11 2026-03-03",
        "2 20610-LT 1 11 2026-03-03",
        "3 J3301 4 11 2026-03-03",
    ),
    "two-payers-second.837": (
        "COB-26 31888 CI FL",
        "1 99213-25 1 11 2026-03-03",
        "2 20610-LT 1 11 2026-03-03",
        "3 J3301 4 11 2026-03-03",
    ),
    "two-payers-after-payment.837": (
        "COB-26 31888 CI FL",
        "1 99213-25 1 11 2026-03-03",
        "2 20610-LT 1 11 2026-03-03",
        "3 J3301 4 11 2026-03-03",
    ),
}


def named(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("name", GOLDEN)
def test_professional_claim_is_read_as_the_file_has_it(
    name: str, practice: Path
) -> None:
    (claim,) = read_claims(practice / name).claims
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
    name: str, practice: Path
) -> None:
    (claim,) = read_claims(practice / name).claims
    assert (claim.history.state, claim.chart, claim.facts) == ("unknown", "partial", {})
    assert claim.authorization is None


@pytest.mark.parametrize("name", sorted(OTHER_SEPARATOR))
def test_composites_with_another_separator_than_the_isa_names(
    name: str, practice: Path
) -> None:
    result = read_claims(practice / name)
    assert result.claims == ()
    (bad,) = result.bad
    assert "component separator that the ISA names" in bad.reason
    assert "ISA16" in bad.fix


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
    name: str, practice: Path
) -> None:
    text = (practice / name).read_text()
    (claim,) = read_claims(practice / name).claims
    codes = re.findall(r"SV1\*HC:(\w{5})", text)
    days = re.findall(r"DTP\*472\*R?D8\*(\d{4})(\d\d)(\d\d)", text)
    assert [line.code for line in claim.lines] == codes
    assert [line.date for line in claim.lines] == [
        date(*map(int, parts)) for parts in days
    ]


def test_icd9_diagnoses_are_left_out_and_said(practice: Path) -> None:
    result = read_claims(practice / "icd-9-of-2014.837")
    assert {line.diagnoses for line in result.claims[0].lines} == {()}
    assert [note.text for note in result.remarks] == [
        "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
    ]


def test_a_range_of_days_is_said_once_with_the_first_lines(practice: Path) -> None:
    remarks = read_claims(practice / "drugs-at-home.837").remarks
    (said,) = [note for note in remarks if "several days" in note.text]
    assert said.where == "drugs-at-home.837: segment 25 (DTP)"
    assert said.text.endswith("; the same at segments 29, 37")


@pytest.mark.parametrize(
    ("name", "rendering"),
    [
        pytest.param("medicare-second.837", "2022222220", id="rendering-provider"),
        pytest.param("icd-9-of-2014.837", "2011111111", id="billing-renders"),
        pytest.param(
            "two-payers-after-payment.837", "2022222220", id="not-the-other-payers"
        ),
    ],
)
def test_rendering_provider(name: str, rendering: str, practice: Path) -> None:
    (claim,) = read_claims(practice / name).claims
    assert {line.rendering for line in claim.lines} == {rendering}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_claim_read_from_x12_can_be_written_and_read_as_json(
    name: str, practice: Path
) -> None:
    claims = read_claims(practice / name).claims
    again = read_json_value([claim_to_json(claim) for claim in claims])
    assert again.claims == claims
