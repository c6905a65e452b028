"""Epidural claims as a practice sends them in 837P."""

from pathlib import Path

from kb.claims import PayerNamed, read_claims


def test_florida_medicare(epidural: Path) -> None:
    result = read_claims(epidural / "florida-medicare.837")
    assert (result.bad, result.remarks) == ((), ())
    assert [
        (
            claim.id,
            claim.state,
            claim.plan,
            line.code,
            line.modifiers,
            line.place,
            line.diagnoses,
        )
        for claim in result.claims
        for line in claim.lines
    ] == [
        ("FL-OFFICE-1", "FL", "medicare", "64483", ("RT",), "11", ("M54.16",)),
        ("FL-ASC-1", "FL", "medicare", "64483", ("RT",), "24", ("M54.16", "M51.16")),
        ("FL-ASC-1", "FL", "medicare", "64484", ("RT",), "24", ("M54.16",)),
        ("FL-STENOSIS-1", "FL", "medicare", "64483", ("RT",), "11", ("M48.061",)),
    ]
    assert {claim.payer for claim in result.claims} == {
        PayerNamed("", "SYNMB", "SYNTHETIC MEDICARE PART B FLORIDA", "MB")
    }
    assert len({claim.patient for claim in result.claims}) == 3
    assert [claim.fields["sex"] for claim in result.claims] == [
        "female",
        "male",
        "female",
    ]


def test_two_claims_of_one_patient_have_one_patient(epidural: Path) -> None:
    first, second = read_claims(epidural / "two-claims-one-patient.837").claims
    assert first.patient == second.patient
    assert (first.id, second.id) == ("FL-FIRST", "FL-SECOND")
    assert first.lines[0].modifiers != second.lines[0].modifiers


def test_a_bad_segment_loses_its_claim_alone(epidural: Path) -> None:
    result = read_claims(epidural / "bad-among-good.837")
    assert [claim.id for claim in result.claims] == ["FL-GOOD-1", "FL-GOOD-2"]
    (bad,) = result.bad
    assert bad.where == "bad-among-good.837: segment 41 (SV1)"
    assert bad.claim == "claim 2"
    assert bad.reason == "SV104: found 3 capital letters, expected a number above zero"


def test_alabama_blue_cross_for_a_dependant(epidural: Path) -> None:
    (claim,) = read_claims(epidural / "alabama-blue-cross.837").claims
    assert claim.payer == PayerNamed(
        "", "SYNBC", "SYNTHETIC BLUE CROSS OF ALABAMA", "BL"
    )
    assert (claim.plan, claim.state, claim.authorization) == ("", "AL", "approved")
    assert claim.fields["sex"] == "female"
    assert claim.lines[0].modifiers == ("50",)


def test_replacement_and_void_name_the_original(epidural: Path) -> None:
    claims = read_claims(epidural / "replacement-and-void.837").claims
    assert [(claim.frequency, claim.replaces) for claim in claims] == [
        ("replacement", "SYNICN0001"),
        ("void", "SYNICN0002"),
    ]
