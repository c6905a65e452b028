"""What contradicts itself in an 837P: each is told, and none is answered as if it fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.claims import Claim, ReadResult, read_x12

Changed = Callable[..., str]


@pytest.fixture
def florida(epidural: Path) -> str:
    return (epidural / "florida-medicare.837").read_text()


def read(text: str) -> ReadResult:
    return read_x12([text.encode()])


def faults(result: ReadResult) -> list[tuple[str, str]]:
    return [(bad.id, bad.reason) for bad in result.bad]


def remarks(result: ReadResult) -> list[tuple[str, str]]:
    return [(note.id, note.text) for note in result.remarks]


def first(result: ReadResult) -> Claim:
    return next(claim for claim in result.claims if claim.id == "FL-OFFICE-1")


ID = "FL-OFFICE-1"


@pytest.mark.parametrize(
    ("diagnoses", "reason"),
    [
        pytest.param(
            "HI*ABK:M5416*M48061*ABF:M961",
            "HI02-1 is no qualifier of a diagnosis: expected `ABK` or `ABF`",
            id="no-qualifier",
        ),
        pytest.param(
            "HI*M5416*M961",
            "HI01-1 is no qualifier of a diagnosis: expected `ABK` or `ABF`",
            id="no-qualifier-at-all",
        ),
        pytest.param(
            "HI*ABK:M5416:ABF:M48061*ABF:M961",
            "HI01 holds more than one diagnosis: expected a qualifier and a code",
            id="two-in-one",
        ),
        pytest.param(
            "HI*ABK:M5416*ABX:M48061*ABF:M961",
            "HI02-1 is no qualifier of a diagnosis: expected `ABK` or `ABF`",
            id="another-qualifier",
        ),
        pytest.param(
            "HI*ABK:M5416*BG:09*ABF:M961",
            "HI02-1 is no qualifier of a diagnosis: expected `ABK` or `ABF`",
            id="condition-among-diagnoses",
        ),
        pytest.param(
            "HI*ABK:M5416**ABF:M961",
            "SV107 points to position 2 of HI, which is empty",
            id="empty-element",
        ),
        pytest.param(
            "HI*ABK*ABF:M961",
            "HI01-2: found an empty text, expected an ICD-10-CM code, a capital letter"
            " first",
            id="qualifier-without-code",
        ),
    ],
)
def test_a_diagnosis_that_cannot_be_read_is_a_fault_and_shifts_no_pointer(
    diagnoses: str, reason: str, florida: str, changed: Changed
) -> None:
    text = changed(florida, "HI", diagnoses)
    text = changed(text, "SV1", "SV1*HC:64483:RT*450*UN*1***2")
    result = read(text)
    assert faults(result)[0] == (ID, reason)
    assert {claim for claim, _ in faults(result)} == {ID}
    assert len(result.claims) == 2


def test_an_empty_element_that_no_line_points_to_keeps_the_positions(
    florida: str, changed: Changed
) -> None:
    text = changed(florida, "HI", "HI*ABK:M5416**ABF:M961**")
    text = changed(text, "SV1", "SV1*HC:64483:RT*450*UN*1***3:1")
    assert first(read(text)).lines[0].diagnoses == ("M96.1", "M54.16")


NO_NUMBER = (
    "REF*G1 holds a word, zeros or one repeated sign, no number: it is not taken as an"
    " approval"
)


@pytest.mark.parametrize(
    "word",
    [
        "NPR",
        "NONE",
        "N/A",
        "na",
        "PENDING",
        "0000000",
        "000-000",
        "9999999999",
        "NOT REQUIRED",
        "pending 3/10",
        "APPLIED 0311",
        "-",
    ],
)
@pytest.mark.parametrize("after", ["CLM", "DTP*472"])
def test_a_word_is_no_authorization_number(
    word: str, after: str, florida: str, changed: Changed
) -> None:
    place = next(s for s in florida.split("~\n") if s.startswith(after))
    result = read(changed(florida, after, f"{place}~\nREF*G1*{word}"))
    claim = first(result)
    assert (claim.authorization, claim.lines[0].authorization) == (None, None)
    assert remarks(result) == [(ID, NO_NUMBER)]


@pytest.mark.parametrize("number", ["A123456789", "0000012", "NA-20260311", "12 34"])
def test_a_number_is_an_authorization(
    number: str, florida: str, changed: Changed
) -> None:
    clm = "CLM*FL-OFFICE-1*450***11:B:1*Y*A*Y*Y"
    result = read(changed(florida, "CLM", f"{clm}~\nREF*G1*{number}"))
    assert first(result).authorization == "approved"
    assert result.remarks == ()


def test_a_lines_own_renderer_without_npi_is_not_the_claims(
    florida: str, changed: Changed
) -> None:
    text = changed(florida, "REF*6R", "NM1*82*1*LINETEST*LEO~\nREF*G2*X1")
    result = read(text)
    assert first(result).lines[0].rendering == ""
    assert remarks(result) == [
        (ID, "the line's rendering provider (NM1*82) has no NPI: it stays unknown")
    ]


OTHER = "SBR*S*18*******CI~\nOI***Y***Y~\nNM1*IL*1*O*P****MI*SYN2~\nNM1*PR*2*Q*****PI*X"


@pytest.mark.parametrize(
    "provider",
    [
        pytest.param("NM1*82*1*R*S****XX*1222222220", id="rendering"),
        pytest.param("NM1*DQ*1*R*S****XX*1222222220", id="supervising"),
        pytest.param(
            "NM1*77*2*R*****XX*1222222220~\nN3*1 WAY~\nN4*A*GA*1", id="facility"
        ),
        pytest.param("NM1*77*2*R~\nN3*1 WAY~\nN4*ATLANTA*GA*30301", id="address-only"),
    ],
)
def test_a_provider_after_another_payer_is_a_fault(
    provider: str, florida: str, changed: Changed
) -> None:
    result = read(changed(florida, "LX*1", f"{OTHER}~\n{provider}~\nLX*1"))
    ((claim, reason),) = faults(result)
    assert claim == ID
    assert reason.startswith("a provider with its own number or address stands after")
    assert len(result.claims) == 2


def test_providers_of_the_claim_are_kept(florida: str, changed: Changed) -> None:
    text = changed(
        florida,
        "NM1*82",
        "NM1*DN*1*A*B****XX*1444444446~\nNM1*82*1*C*D****XX*1111111112",
    )
    text = changed(
        text,
        "PRV*PE",
        "PRV*PE*PXC*363LF0000X~\nNM1*DQ*1*E*F****XX*1222222220",
    )
    text = changed(text, "REF*6R", "NM1*DK*1*A*B****XX*1444444446")
    assert first(read(text)).fields == {
        "sex": "female",
        "billing-npi": "1234567893",
        "supervising-npi": "1222222220",
        "ordering-npi": "1444444446",
        "referring-npi": "1444444446",
        "taxonomy": "363LF0000X",
        "specialty": "nurse-practitioner",
        "performer-npi": "1111111112",
        "performer": "nurse-practitioner",
    }


def test_without_a_supervisor_nobody_says_who_performed(florida: str) -> None:
    fields = first(read(florida)).fields
    assert fields["specialty"] == "interventional-pain-medicine"
    assert not {"performer", "performer-npi"} & fields.keys()


def test_a_supervisor_of_one_line_is_not_the_claims(
    florida: str, changed: Changed
) -> None:
    text = changed(florida, "REF*6R", "NM1*DQ*1*E*F****XX*1222222220", 2)
    (claim,) = [each for each in read(text).claims if each.id == "FL-ASC-1"]
    assert "supervising-npi" not in claim.fields


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("11:A:1", "CLM05-2 is `A` (bill type of a facility)"),
        ("11:X:1", "CLM05-2 is 1 capital letter"),
    ],
)
def test_another_facility_qualifier_is_a_fault(
    place: str, reason: str, florida: str, changed: Changed
) -> None:
    text = changed(florida, "CLM", f"CLM*{ID}*450***{place}*Y*A*Y*Y")
    expected = f"{reason}: an 837P has `B` there (place of service)"
    assert faults(read(text)) == [(ID, expected)]


def test_an_empty_facility_qualifier_is_said(florida: str, changed: Changed) -> None:
    result = read(changed(florida, "CLM", f"CLM*{ID}*450***11::1*Y*A*Y*Y"))
    assert first(result).lines[0].place == "11"
    assert remarks(result) == [
        (ID, "CLM05-2 is empty: an 837P has `B` there (place of service)")
    ]


BILLING = "a subscriber gives there the HL01 of its billing provider"


@pytest.mark.parametrize(
    ("level", "found"),
    [
        ("HL*3**22*0", f"HL02 is empty: {BILLING}"),
        ("HL*3*2*22*0", f"HL02 names a subscriber: {BILLING}"),
        ("HL*3*9*22*0", f"HL02 names no level that stands before it: {BILLING}"),
        (
            "HL*3*1*77*0",
            "HL03: expected 20 (billing provider), 22 (subscriber) or 23 (patient)",
        ),
    ],
)
def test_what_hl02_names_is_told_with_the_claim(
    level: str, found: str, florida: str, changed: Changed
) -> None:
    result = read(changed(florida, "HL*3", level))
    told = f"it cannot be told whose claim this is: segment 29 (HL): {found}"
    assert faults(result) == [("FL-ASC-1", told)]
    assert len(result.claims) == 2


def test_a_wrong_level_without_a_claim_is_told_by_itself(
    florida: str, changed: Changed
) -> None:
    text = changed(florida, "HL*3", "HL*9**22*0~\nHL*3*1*22*0")
    assert faults(read(text)) == [("", f"HL02 is empty: {BILLING}")]


@pytest.mark.parametrize(
    "end",
    [b"\x1a", b"\r\n\x1a", b"\0\0", b"\x1a\n"],
    ids=["1a", "crlf-1a", "nul", "lf"],
)
def test_bytes_after_the_last_segment_are_nothing(end: bytes, florida: str) -> None:
    result = read_x12([florida.encode() + end])
    assert (result.bad, len(result.claims)) == ((), 3)


def test_two_dos_files_in_one(florida: str) -> None:
    other = florida.replace("000000001", "000000002").encode()
    result = read_x12([florida.encode() + b"\x1a" + other])
    assert (result.bad, len(result.claims)) == ((), 6)


def with_segment(old: str, new: str) -> Callable[[str, Changed], str]:
    return lambda text, changed: changed(text, old, new)


CLM = "CLM*FL-OFFICE-1*450***11:B:1*Y*A*Y*Y"
REMARKED = {
    "total": (
        with_segment("CLM", "CLM*FL-OFFICE-1*999***11:B:1*Y*A*Y*Y"),
        "the total charge is not the sum of its lines",
    ),
    "diagnosis-twice": (
        with_segment("HI", "HI*ABK:M5416*ABF:M5416"),
        "a diagnosis stands twice on the claim",
    ),
    "too-many-diagnoses": (
        with_segment(
            "HI", "HI*ABK:M5416" + "".join(f"*ABF:M4{n}" for n in range(10, 22))
        ),
        "the claim has 13 diagnoses, and its form room for 12",
    ),
    "referral": (
        with_segment("CLM", f"{CLM}~\nREF*9F*A12345~\nREF*G1*A12345"),
        "REF*G1 repeats the number of the referral: it is not taken as an approval",
    ),
    "void": (
        with_segment("CLM", "CLM*FL-OFFICE-1*450***11:B:8*Y*A*Y*Y"),
        "a void without REF*F8 does not say what it takes back",
    ),
    "npi": (
        with_segment("NM1*82", "NM1*82*1*C*D****XX*1111111113"),
        (
            "NPI of the rendering provider, line 1: its check digit is wrong, so nobody has"
            " this number"
        ),
    ),
    "npi-of-the-referrer": (
        with_segment(
            "NM1*82", "NM1*82*1*C*D****XX*1111111112~\nNM1*DN*1*C*D****XX*1111111113"
        ),
        (
            "NPI of the referring provider: its check digit is wrong, so nobody has this"
            " number"
        ),
    ),
    "first-with-f8": (
        with_segment("CLM", f"{CLM}~\nREF*F8*ICN1"),
        "REF*F8 names an earlier claim, but CLM05-3 says that this one is an original",
    ),
    "point": (
        with_segment("HI", "HI*ABK:M54.16"),
        "a diagnosis has its point, which an 837 leaves out: it is read as meant",
    ),
    "modifier-twice": (
        with_segment("SV1", "SV1*HC:64483:RT:RT*450*UN*1***1"),
        "line 1 has a modifier twice",
    ),
    "birth": (
        with_segment("DMG", "DMG*D8*19480231*F"),
        "DMG02: expected a birth date as year, month, day together",
    ),
}


@pytest.mark.parametrize("name", REMARKED)
def test_a_contradiction_is_told_with_the_claims_number(
    name: str,
    florida: str,
    changed: Changed,
    tells_nothing_of: Callable[[ReadResult, str], None],
) -> None:
    change, text = REMARKED[name]
    file = change(florida, changed)
    result = read(file)
    assert remarks(result) == [(ID, text)]
    assert {note.claim for note in result.remarks} == {"claim 1"}
    assert len(result.claims) == 3
    tells_nothing_of(result, file)


def test_a_charge_of_zero_is_told(florida: str, changed: Changed) -> None:
    text = changed(florida, "SV1", "SV1*HC:64483:RT*0*UN*1***1")
    text = changed(text, "CLM", "CLM*FL-OFFICE-1*0***11:B:1*Y*A*Y*Y")
    assert remarks(read(text)) == [(ID, "line 1 has a charge of zero")]


SECOND = "LX*2~\nSV1*HC:64483:RT*450*UN*1***1~\nDTP*472*D8*20260310"
TOTAL = "CLM*FL-OFFICE-1*900***11:B:1*Y*A*Y*Y"


@pytest.mark.parametrize(
    ("second", "told"),
    [
        pytest.param(SECOND, True, id="equal"),
        pytest.param(SECOND.replace(":RT", ":LT"), False, id="another-side"),
        pytest.param(SECOND.replace(":RT", ":RT:76"), False, id="repeated-on-purpose"),
        pytest.param(SECOND.replace("0310", "0309"), False, id="another-day"),
        pytest.param(SECOND.replace("64483", "64484"), False, id="another-code"),
    ],
)
def test_an_exact_duplicate_is_told(
    second: str, told: bool, florida: str, changed: Changed
) -> None:
    text = changed(changed(florida, "REF*6R", second), "CLM", TOTAL)
    expected = (
        "line 2 repeats line 1: the same code, day and modifiers, an exact duplicate"
    )
    assert remarks(read(text)) == ([(ID, expected)] if told else [])


def test_a_line_control_number_twice_is_told(florida: str, changed: Changed) -> None:
    text = changed(florida, "REF*6R", "REF*6R*FL-ASC-1-1", 3)
    text = changed(text, "REF*6R", "REF*6R*FL-ASC-1-1", 2)
    assert remarks(read(text)) == [
        ("FL-ASC-1", "another line of the claim has this control number (REF*6R)")
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            "DTP*472",
            "DTP*472*D8*20991231",
            "the service stands after the day on which the file was written",
            id="future",
        ),
        pytest.param(
            "DTP*472",
            "DTP*472*D8*19380101",
            "the service stands before the patient's birth",
            id="before-birth",
        ),
        pytest.param(
            "HI",
            "HI*BK:7244",
            "ICD-9-CM diagnoses (BK, BF) on a service of 2015-10-01 or later",
            id="icd-9",
        ),
        pytest.param(
            "CLM",
            "CLM*FL-OFFICE-1*many***11:B:1*Y*A*Y*Y",
            "CLM02: found 4 small letters, expected dollars from zero",
            id="charge",
        ),
    ],
)
def test_a_claim_that_cannot_be_so_is_bad(
    old: str, new: str, reason: str, florida: str, changed: Changed
) -> None:
    result = read(changed(florida, old, new))
    assert faults(result) == [(ID, reason)]
    assert len(result.claims) == 2


def test_icd_9_of_an_old_claim_is_left_out(florida: str, changed: Changed) -> None:
    text = changed(florida, "HI", "HI*BK:7244")
    text = changed(text, "DTP*472", "DTP*472*D8*20150930")
    assert remarks(read(text)) == [
        (ID, "ICD-9-CM diagnoses are left out: ICD-10-CM is read")
    ]


def test_charges_and_birth_date_reach_the_claim(florida: str) -> None:
    claim = first(read(florida))
    assert (str(claim.charge), str(claim.lines[0].charge)) == ("450", "450")
    assert str(claim.birth) == "1948-02-03"
