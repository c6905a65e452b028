"""Broken 837P files: each fault is named with its segment, good claims stay."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.claims import ReadResult, read_x12

EPIDURAL = Path(__file__).parents[3] / "data" / "x12" / "epidural"
FLORIDA = (EPIDURAL / "florida-medicare.837").read_text()
ALABAMA = (EPIDURAL / "alabama-blue-cross.837").read_text()
OFFICE, ASC, STENOSIS = "FL-OFFICE-1", "FL-ASC-1", "FL-STENOSIS-1"


def segments(text: str) -> list[str]:
    return [segment for segment in text.split("~\n") if segment]


def read(text: str) -> ReadResult:
    return read_x12([text.encode()], "broken.837")


# id: old segment, new segment, which of them, where, reason, the good claims left
FAULTS = {
    "service-date-missing": (
        "DTP*472",
        "",
        1,
        "segment 25 (LX)",
        "expected one date of service (DTP*472) in a line, found 0",
        (ASC, STENOSIS),
    ),
    "service-date-no-date": (
        "DTP*472",
        "DTP*472*D8*20261340",
        1,
        "segment 27 (DTP)",
        "DTP03: expected a date as `20260310` (D8), or two with a hyphen (RD8)",
        (ASC, STENOSIS),
    ),
    "service-date-other-form": (
        "DTP*472",
        "DTP*472*D6*260310",
        1,
        "segment 27 (DTP)",
        "DTP03: expected a date as `20260310` (D8), or two with a hyphen (RD8)",
        (ASC, STENOSIS),
    ),
    "service-dates-reversed": (
        "DTP*472",
        "DTP*472*RD8*20260312-20260310",
        1,
        "segment 27 (DTP)",
        "DTP03: the last day stands before the first",
        (ASC, STENOSIS),
    ),
    "units-no-number": (
        "SV1",
        "SV1*HC:64483:RT*450*UN*1,5***1",
        1,
        "segment 26 (SV1)",
        "SV104: found a text of 3 characters, expected a number above zero",
        (ASC, STENOSIS),
    ),
    "units-zero": (
        "SV1",
        "SV1*HC:64483:RT*450*UN*0***1",
        1,
        "segment 26 (SV1)",
        "SV104: found 1 digit, expected a number above zero",
        (ASC, STENOSIS),
    ),
    "units-missing": (
        "SV1",
        "SV1*HC:64483:RT*450*UN****1",
        1,
        "segment 26 (SV1)",
        "SV104: found an empty text, expected a number above zero",
        (ASC, STENOSIS),
    ),
    "unit-measure": (
        "SV1",
        "SV1*HC:64483:RT*450*F2*1***1",
        1,
        "segment 26 (SV1)",
        "SV103: expected `UN` (units) or `MJ` (minutes)",
        (ASC, STENOSIS),
    ),
    "pointer-beyond-the-diagnoses": (
        "SV1",
        "SV1*HC:64483:RT*450*UN*1***1:3",
        1,
        "segment 26 (SV1)",
        "SV107: expected positions in the claim's 1 diagnoses (HI)",
        (ASC, STENOSIS),
    ),
    "pointer-no-number": (
        "SV1",
        "SV1*HC:64483:RT*450*UN*1***A",
        1,
        "segment 26 (SV1)",
        "SV107: expected positions in the claim's 1 diagnoses (HI)",
        (ASC, STENOSIS),
    ),
    "procedure-code": (
        "SV1",
        "SV1*HC:6448*450*UN*1***1",
        1,
        "segment 26 (SV1)",
        "SV101-2: found 4 digits, expected a CPT or HCPCS code of five characters",
        (ASC, STENOSIS),
    ),
    "procedure-qualifier": (
        "SV1",
        "SV1*ER:64483*450*UN*1***1",
        1,
        "segment 26 (SV1)",
        "SV101-1: expected `HC`: only CPT and HCPCS codes are read",
        (ASC, STENOSIS),
    ),
    "modifier": (
        "SV1",
        "SV1*HC:64483:RIGHT*450*UN*1***1",
        1,
        "segment 26 (SV1)",
        (
            "SV101 modifier: found 5 capital letters,"
            " expected a modifier of two capitals or digits"
        ),
        (ASC, STENOSIS),
    ),
    "line-place": (
        "SV1",
        "SV1*HC:64483*450*UN*1*OFFICE**1",
        1,
        "segment 26 (SV1)",
        "SV105: found 6 capital letters, expected a place of service of two digits",
        (ASC, STENOSIS),
    ),
    "service-missing": (
        "SV1",
        "",
        1,
        "segment 25 (LX)",
        "expected one SV1 in a line, found 0",
        (ASC, STENOSIS),
    ),
    "line-opener-missing": (
        "LX",
        "",
        2,
        "segment 43 (SV1)",
        "out of place",
        (OFFICE, STENOSIS),
    ),
    "line-number": (
        "LX",
        "LX*A",
        1,
        "segment 25 (LX)",
        "LX01: expected the number of the line, from 1",
        (ASC, STENOSIS),
    ),
    "line-number-again": (
        "LX",
        "LX*1",
        3,
        "segment 47 (LX)",
        "another line of the claim has this number",
        (OFFICE, STENOSIS),
    ),
    "no-lines": (
        "CLM",
        "CLM*X*1***11:B:1*Y*A*Y*Y~\nHL*99*1*22*0",
        1,
        "segment 21 (CLM)",
        "the claim has no service line (LX)",
        (ASC, STENOSIS),
    ),
    "diagnosis": (
        "HI",
        "HI*ABK:54.16",
        1,
        "segment 22 (HI)",
        (
            "HI01-2: found a text of 5 characters,"
            " expected an ICD-10-CM code, a capital letter first"
        ),
        (ASC, STENOSIS),
    ),
    "claim-missing": (
        "CLM",
        "",
        1,
        "segment 21 (HI)",
        "a part of a claim stands before any CLM",
        (ASC, STENOSIS),
    ),
    "claim-id-missing": (
        "CLM",
        "CLM**450***11:B:1*Y*A*Y*Y",
        1,
        "segment 21 (CLM)",
        (
            "CLM01: found an empty text,"
            " expected a text of at most 100 characters without line breaks"
        ),
        (ASC, STENOSIS),
    ),
    "place": (
        "CLM",
        "CLM*X*450***1:B:1*Y*A*Y*Y",
        1,
        "segment 21 (CLM)",
        "CLM05-1: found 1 digit, expected a place of service of two digits",
        (ASC, STENOSIS),
    ),
    "frequency": (
        "CLM",
        "CLM*X*450***11:B:4*Y*A*Y*Y",
        1,
        "segment 21 (CLM)",
        "CLM05-3: expected 1 (original), 7 (replacement) or 8 (void)",
        (ASC, STENOSIS),
    ),
    "replacement-of-nothing": (
        "CLM",
        "CLM*X*450***11:B:7*Y*A*Y*Y",
        1,
        "segment 21 (CLM)",
        "a replacement has to say what it replaces",
        (ASC, STENOSIS),
    ),
    "replacement-of-an-empty-number": (
        "CLM",
        "CLM*X*450***11:B:7*Y*A*Y*Y~\nREF*F8* ",
        1,
        "segment 21 (CLM)",
        "a replacement has to say what it replaces",
        (ASC, STENOSIS),
    ),
    "institutional-place": (
        "CLM",
        "CLM*X*450***11:A:1*Y*A*Y*Y",
        1,
        "segment 21 (CLM)",
        (
            "CLM05-2 is `A` (bill type of a facility): an 837P has `B` there (place of"
            " service)"
        ),
        (ASC, STENOSIS),
    ),
    "dental-line": (
        "SV1",
        "SV3*AD:D0150*450",
        1,
        "segment 21 (CLM)",
        "a dental claim (837D): of X12 only 837P, 837I and 835 are read",
        (ASC, STENOSIS),
    ),
    "rendering-npi": (
        "NM1*82",
        "NM1*82*1*RENDERER*RITA****XX*99",
        1,
        "segment 23 (NM1)",
        "NM109: found 2 digits, expected an NPI of ten digits",
        (ASC, STENOSIS),
    ),
    "payer-missing": (
        "NM1*PR",
        "",
        1,
        "segment 20 (CLM)",
        "the payer (NM1*PR) of this claim is missing",
        (ASC, STENOSIS),
    ),
    "payer-nameless": (
        "NM1*PR",
        "NM1*PR*2",
        1,
        "segment 20 (NM1)",
        "the payer has neither name (NM103) nor id (NM109)",
        (ASC, STENOSIS),
    ),
    "filing-indicator": (
        "SBR",
        "SBR*P*18*******MEDICARE",
        1,
        "segment 15 (SBR)",
        (
            "SBR09: found 8 capital letters,"
            " expected a claim filing indicator of one or two characters"
        ),
        (ASC, STENOSIS),
    ),
    "subscriber-missing": (
        "NM1*IL",
        "",
        1,
        "segment 20 (CLM)",
        "the subscriber (NM1*IL) of this claim is missing",
        (ASC, STENOSIS),
    ),
    "subscriber-information-missing": (
        "SBR",
        "",
        1,
        "segment 20 (CLM)",
        "the SBR of this claim's subscriber is missing",
        (ASC, STENOSIS),
    ),
    "billing-provider-missing": (
        "NM1*85",
        "",
        1,
        "segment 20 (CLM)",
        "the billing provider (NM1*85) of this claim is missing",
        (),
    ),
    "state": (
        "N4",
        "N4*TAMPA*FLA*33601",
        1,
        "segment 12 (N4)",
        "N402: found 3 capital letters, expected a state of two capital letters",
        (ASC,),
    ),
    "unknown-segment": (
        "REF*6R",
        "ALPHATEST*6R*1",
        1,
        "segment 28",
        "a segment that an 837 does not have",
        (ASC, STENOSIS),
    ),
    "level-without-parent": (
        "HL*3",
        "HL*3*7*22*0",
        1,
        "segment 36 (CLM)",
        (
            "it cannot be told whose claim this is: segment 29 (HL): HL02 names no level"
            " that stands before it: a subscriber gives there the HL01 of its billing"
            " provider"
        ),
        (OFFICE, STENOSIS),
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "number", "where", "reason", "good"),
    FAULTS.values(),
    ids=FAULTS.keys(),
)
def test_fault_is_named_and_good_claims_stay(
    old: str,
    new: str,
    number: int,
    where: str,
    reason: str,
    good: tuple[str, ...],
    changed: Callable[..., str],
    tells_nothing_of: Callable[[ReadResult, str], None],
) -> None:
    text = changed(FLORIDA, old, new, number)
    result = read(text)
    assert (f"broken.837: {where}", reason) in [
        (bad.where, bad.reason) for bad in result.bad
    ]
    assert tuple(claim.id for claim in result.claims) == good
    tells_nothing_of(result, FLORIDA)


def test_every_fault_of_a_claim_is_reported(changed: Callable[..., str]) -> None:
    text = changed(FLORIDA, "SV1", "SV1*HC:6448:RIGHT*450*XX*none***9")
    reasons = [bad.reason.split(":")[0] for bad in read(text).bad]
    assert reasons == ["SV101-2", "SV101 modifier", "SV103", "SV104", "SV107"]


def test_a_missing_hl_gives_no_claim_to_the_wrong_patient(
    changed: Callable[..., str],
) -> None:
    text = changed(FLORIDA, "HL*3", "")
    result = read(text)
    assert [claim.id for claim in result.claims] == [STENOSIS]
    assert [bad.reason for bad in result.bad if "whose claim" in bad.reason]


def test_a_missing_patient_level_gives_no_claim_to_the_subscriber(
    changed: Callable[..., str],
) -> None:
    result = read(changed(ALABAMA, "HL*3", ""))
    assert result.claims == ()
    (bad,) = [bad for bad in result.bad if bad.claim]
    assert bad.reason.startswith("it cannot be told whose claim this is: segment ")


def test_a_missing_patient_name_gives_no_claim_to_the_subscriber(
    changed: Callable[..., str],
) -> None:
    result = read(changed(ALABAMA, "NM1*QC", ""))
    assert result.claims == ()
    assert "the patient (NM1*QC) of this claim is missing" in [
        bad.reason for bad in result.bad
    ]


def test_a_missing_clm_joins_no_two_claims(changed: Callable[..., str]) -> None:
    two = (EPIDURAL / "two-claims-one-patient.837").read_text()
    result = read(changed(two, "CLM", "", 2))
    assert result.claims == ()
    assert {bad.claim for bad in result.bad} == {"claim 1"}


def test_cut_inside_a_claim() -> None:
    text = FLORIDA[: FLORIDA.index("CLM*FL-STENOSIS-1") + 60]
    result = read(text)
    assert [claim.id for claim in result.claims] == [OFFICE, ASC]
    assert [(bad.reason, bad.claim) for bad in result.bad] == [
        ("the file ends inside a segment", ""),
        ("the file ends before its SE, GE, IEA", ""),
        ("the file ends before this claim does", "claim 3"),
        ("the claim has no service line (LX)", "claim 3"),
    ]


def test_cut_after_the_last_claim_loses_no_claim() -> None:
    result = read(FLORIDA[: FLORIDA.index("GE*")])
    assert [claim.id for claim in result.claims] == [OFFICE, ASC, STENOSIS]
    assert [bad.reason for bad in result.bad] == ["the file ends before its GE, IEA"]


def test_a_missing_se_is_reported_and_its_claims_are_read() -> None:
    found = [item for item in segments(FLORIDA) if not item.startswith("SE*")]
    result = read("~\n".join(found) + "~\n")
    assert [claim.id for claim in result.claims] == [OFFICE, ASC, STENOSIS]
    assert [(bad.where, bad.reason) for bad in result.bad] == [
        ("broken.837: segment 66 (GE)", "SE is missing before this segment")
    ]


@pytest.mark.parametrize("index", range(len(segments(FLORIDA))))
def test_no_segment_is_lost_unnoticed(index: int) -> None:
    found = segments(FLORIDA)
    del found[index]
    assert read("~\n".join(found) + "~\n").bad != ()


@pytest.mark.parametrize("end", range(0, len(FLORIDA) - 2, 7))
def test_no_cut_goes_unnoticed_and_whole_claims_stay_as_they_are(end: int) -> None:
    whole = read(FLORIDA).claims
    result = read(FLORIDA[:end])
    assert result.bad != ()
    assert result.claims == whole[: len(result.claims)]


def test_another_transaction_is_reported_once() -> None:
    text = FLORIDA.replace("ST*837*0001*005010X222A1", "ST*270*0001*005010X279A1")
    result = read(text)
    assert result.claims == ()
    assert [(bad.where, bad.reason) for bad in result.bad] == [
        (
            "broken.837: segment 3 (ST)",
            "an eligibility question (270): of X12 only 837P, 837I and 835 are read",
        )
    ]


def test_another_version_is_reported_once() -> None:
    result = read(FLORIDA.replace("*005010X222A1", "*004010X098A1"))
    assert result.claims == ()
    assert [bad.reason for bad in result.bad] == [
        (
            "claims of a version of 837 other than 005010X222 and 005010X223: of X12 only"
            " 837P, 837I and 835 are read"
        )
    ]


def test_a_file_without_claims() -> None:
    head, tail = segments(FLORIDA)[:13], ["SE*12*0001", "GE*1*1", "IEA*1*000000001"]
    result = read("~\n".join(head + tail) + "~\n")
    assert [bad.reason for bad in result.bad] == ["the file holds no claim"]
