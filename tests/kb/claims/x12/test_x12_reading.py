"""What a claim takes from its segments, case by case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kb.claims import ReadResult, read_x12


@pytest.fixture
def florida(epidural: Path) -> str:
    return (epidural / "florida-medicare.837").read_text()


@pytest.fixture
def alabama(epidural: Path) -> str:
    return (epidural / "alabama-blue-cross.837").read_text()


def read(text: str) -> ReadResult:
    result = read_x12([text.encode()])
    assert result.bad == ()
    return result


SERVICE = "SV1*HC:64483:RT*450*UN*1***1"


@pytest.mark.parametrize(
    ("service", "units"),
    [
        pytest.param("SV1*HC:64483*450*UN*2***1", "2", id="units"),
        pytest.param("SV1*HC:64483*450*UN*.5***1", "0.5", id="no-zero-first"),
        pytest.param("SV1*HC:01992*450*MJ*61.00***1", "61", id="minutes-as-given"),
    ],
)
def test_units(
    service: str, units: str, florida: str, changed: Callable[..., str]
) -> None:
    claim = read(changed(florida, "SV1", service)).claims[0]
    assert claim.lines[0].units == Decimal(units)


@pytest.mark.parametrize(
    ("service", "place"),
    [
        pytest.param(SERVICE, "11", id="of-the-claim"),
        pytest.param("SV1*HC:64483:RT*450*UN*1*22**1", "22", id="of-the-line"),
    ],
)
def test_place(
    service: str, place: str, florida: str, changed: Callable[..., str]
) -> None:
    claim = read(changed(florida, "SV1", service)).claims[0]
    assert claim.lines[0].place == place


@pytest.mark.parametrize(
    ("pointers", "diagnoses"),
    [
        pytest.param("2:1", ("M51.16", "M54.16"), id="in-pointer-order"),
        pytest.param("1:1", ("M54.16",), id="each-once"),
    ],
)
def test_pointers(
    pointers: str, diagnoses: tuple[str, ...], florida: str, changed: Callable[..., str]
) -> None:
    service = f"SV1*HC:64483:RT*450*UN*1***{pointers}"
    claim = read(changed(florida, "SV1", service, 2)).claims[1]
    assert claim.lines[0].diagnoses == diagnoses


def test_a_line_that_points_to_no_diagnosis_is_said(
    florida: str, changed: Callable[..., str]
) -> None:
    result = read(changed(florida, "SV1", "SV1*HC:64483:RT*450*UN*1"))
    assert result.claims[0].lines[0].diagnoses == ()
    assert [(note.where, note.text, note.claim) for note in result.remarks] == [
        (
            "segment 26 (SV1)",
            "SV107 is empty: the line points to no diagnosis",
            "claim 1",
        )
    ]


def test_anaesthesia_and_condition_codes_are_no_diagnoses(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "HI", "HI*BP:64483~\nHI*ABK:M5416~\nHI*BG:09")
    assert read(text).claims[0].lines[0].diagnoses == ("M54.16",)


def test_the_first_of_several_days_is_the_date(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "DTP*472", "DTP*472*RD8*20260310-20260312")
    result = read(text)
    assert result.claims[0].lines[0].date == date(2026, 3, 10)
    assert [note.where for note in result.remarks] == ["segment 27 (DTP)"]


def test_a_range_of_one_day_is_a_date(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "DTP*472", "DTP*472*RD8*20260310-20260310")
    assert read(text).remarks == ()


@pytest.mark.parametrize(
    ("segment", "claim_has", "line_has"),
    [
        pytest.param("HI*ABK:M5416~\nREF*G1*OK77", "approved", None, id="claim"),
        pytest.param("HI*ABK:M5416~\nREF*G1*", None, None, id="empty-number"),
        pytest.param("HI*ABK:M5416~\nREF*9F*77", None, None, id="referral"),
        pytest.param("HI*ABK:M5416", None, None, id="nothing-said"),
    ],
)
def test_authorization_of_the_claim(
    segment: str,
    claim_has: str | None,
    line_has: str | None,
    florida: str,
    changed: Callable[..., str],
) -> None:
    claim = read(changed(florida, "HI", segment)).claims[0]
    assert (claim.authorization, claim.lines[0].authorization) == (claim_has, line_has)


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        pytest.param("REF*G1*OK77", "approved", id="this-payers"),
        pytest.param("REF*G1*OK77**2U:SYNBC", None, id="another-payers"),
    ],
)
def test_authorization_of_a_line(
    segment: str, expected: Any, florida: str, changed: Callable[..., str]
) -> None:
    claim = read(changed(florida, "REF*6R", segment)).claims[0]
    assert (claim.authorization, claim.lines[0].authorization) == (None, expected)


OTHER_PAYER = (
    "LX*1",
    (
        "SBR*S*18*******CI~\nAMT*D*80~\nOI***Y*P**Y~\n"
        "NM1*IL*1*OTHERTEST*OLGA****MI*SYN2~\nN3*9 INVENTED LANE~\nN4*RENO*NV*89501~\n"
        "NM1*PR*2*SYNTHETIC SECOND PAYER*****PI*SYN2P~\n"
        "REF*G1*NOTOURS~\nREF*F8*NOTOURS~\n"
        "NM1*82*1~\nREF*G2*X1~\nNM1*77*2~\nLX*1"
    ),
)


def test_another_payers_loops_change_nothing(
    florida: str, changed: Callable[..., str]
) -> None:
    assert read(changed(florida, *OTHER_PAYER)).claims == read(florida).claims


def test_another_payers_adjudication_changes_nothing(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(
        florida,
        "REF*6R",
        "SVD*SYN2P*80*HC:99999**9~\nCAS*CO*42*3~\nDTP*573*D8*20260328~\nAMT*EAF*1",
    )
    assert read(text).claims == read(florida).claims


def test_drug_and_form_loops_change_nothing_but_the_drug(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(
        florida,
        "REF*6R",
        "LIN**N4*00026063512~\nCTP****10*ML~\nREF*XZ*1~\nNM1*DK*1*ORDERTEST*ORA~\n"
        "REF*G2*X~\nLQ*UT*04.03~\nFRM*1**056",
    )
    (first, *others), plain = read(text).claims, read(florida).claims
    line = replace(first.lines[0], ndc="")
    assert first.lines[0].ndc == "00026063512"
    assert (replace(first, lines=(line, *first.lines[1:])), *others) == plain


def test_rendering_provider_of_the_line_wins(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "REF*6R", "NM1*82*1*LINETEST*LEO****XX*1222222220")
    claims = read(text).claims
    assert claims[0].lines[0].rendering == "1222222220"
    assert claims[1].lines[0].rendering == "1111111112"


def test_billing_provider_renders_when_nobody_else_is_named(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "NM1*82", "")
    assert read(text).claims[0].lines[0].rendering == "1234567893"


def test_a_provider_without_npi_has_none(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "NM1*82", "NM1*82*1*RENDERER*RITA")
    assert read(text).claims[0].lines[0].rendering == ""


@pytest.mark.parametrize(
    ("facility", "state"),
    [
        pytest.param(
            "NM1*77*2*X~\nN3*1 WAY~\nN4*ATLANTA*GA*30301", "GA", id="facility"
        ),
        pytest.param("NM1*77*2*X~\nN3*1 WAY", "FL", id="facility-without-address"),
        pytest.param("NM1*PW*2~\nN3*1 WAY~\nN4*ATLANTA*GA*30301", "FL", id="pick-up"),
    ],
)
def test_state_of_service(
    facility: str, state: str, florida: str, changed: Callable[..., str]
) -> None:
    claim = read(changed(florida, "PRV*PE", facility)).claims[0]
    assert claim.state == state


def test_state_is_not_that_of_the_pay_to_address(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(
        florida, "REF*EI", "REF*EI*999999999~\nNM1*87*2~\nN3*P~\nN4*RENO*NV*89501"
    )
    assert read(text).claims[0].state == "FL"


@pytest.mark.parametrize(
    ("filing", "plan"),
    [
        ("MB", "medicare"),
        ("16", "medicare-advantage"),
        ("CI", "commercial"),
        ("MC", "medicaid"),
        ("WC", "workers-compensation"),
        ("BL", ""),
        ("", ""),
    ],
)
def test_plan_is_said_only_where_the_filing_indicator_says_it(
    filing: str, plan: str, florida: str, changed: Callable[..., str]
) -> None:
    claim = read(changed(florida, "SBR", f"SBR*P*18*******{filing}")).claims[0]
    assert (claim.payer.filing, claim.plan) == (filing, plan)


def test_patient_token_holds_nothing_of_the_patient(florida: str) -> None:
    claim = read(florida).claims[0]
    assert claim.patient.startswith("P-")
    assert not {"SYNMBI0001", "19480203", "ADA"} & {claim.patient, claim.patient[2:]}


@pytest.mark.parametrize(
    ("member", "birth", "same"),
    [
        pytest.param("SYN-MBI 0001", "19480203", True, id="id-with-punctuation"),
        pytest.param("SYNMBI0001", "19480204", False, id="other-birth-date"),
        pytest.param("SYNMBI0009", "19480203", False, id="other-member-id"),
    ],
)
def test_patient_token_is_made_of_member_id_and_birth_date(
    member: str, birth: str, same: bool, florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "NM1*IL", f"NM1*IL*1*NEWNAME*ADA****MI*{member}")
    text = changed(text, "DMG", f"DMG*D8*{birth}*F")
    before, after = read(florida).claims[0], read(text).claims[0]
    assert (before.patient == after.patient) is same


def test_twins_who_share_a_member_id_are_two_patients(
    alabama: str, changed: Callable[..., str]
) -> None:
    twin = changed(alabama, "NM1*QC", "NM1*QC*1*THETATEST*TINA")
    assert read(twin).claims[0].patient != read(alabama).claims[0].patient


def test_a_claim_without_member_id_is_its_own_patient(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "NM1*IL", "NM1*IL*1*ALPHATEST*ADA")
    result = read(text)
    assert result.claims[0].patient == "claim:FL-OFFICE-1"
    assert "its own patient" in result.remarks[0].text


def test_a_missing_birth_date_is_said(
    florida: str, changed: Callable[..., str]
) -> None:
    result = read(changed(florida, "DMG", ""))
    assert result.claims[0].patient != read(florida).claims[0].patient
    assert [(note.where, note.claim) for note in result.remarks] == [
        ("segment 16 (NM1)", "claim 1")
    ]
    assert "member id alone" in result.remarks[0].text


def test_a_void_need_not_name_the_original(
    florida: str, changed: Callable[..., str]
) -> None:
    claim = read(changed(florida, "CLM", "CLM*X*450***11:B:8*Y*A*Y*Y")).claims[0]
    assert (claim.frequency, claim.replaces) == ("void", "")


def test_claims_with_one_id_are_told_apart(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "CLM", "CLM*FL-OFFICE-1*450***11:B:1*Y*A*Y*Y", 2)
    result = read(text)
    assert [claim.id for claim in result.claims][:2] == ["FL-OFFICE-1", "FL-OFFICE-1#2"]
    (said,) = [note for note in result.remarks if "was there before" in note.text]
    assert said.claim == "claim 2"


def test_a_claim_id_in_utf8_stays_itself(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "CLM", "CLM*Ä-1*450***11:B:1*Y*A*Y*Y")
    assert read(text).claims[0].id == "Ä-1"


def test_a_payer_name_in_latin1_stays_readable(
    florida: str, changed: Callable[..., str]
) -> None:
    text = changed(florida, "NM1*PR", "NM1*PR*2*SALUD DE PEÑA*****PI*SYN")
    result = read_x12([text.encode("latin-1")])
    assert result.claims[0].payer.name == "SALUD DE PEÑA"
