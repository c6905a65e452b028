"""The shipped payers are found as claims name them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kb.claims import PayerNamed
from kb.engine import Engine
from kb.engine.payers import find_payer
from kb.engine.program import Program

USUAL = {
    "aetna": ("AETNA", "AETNA LIFE INSURANCE CO"),
    "aetna-better-health-ohio": ("AETNA BETTER HEALTH OF OHIO", "AETNA BETTER HEALTH OHIO"),
    "aetna-medicare-advantage": ("AETNA MEDICARE", "AETNA"),
    "ambetter": ("AMBETTER", "CELTIC INSURANCE COMPANY"),
    "amerigroup": ("AMERIGROUP", "AMERIGROUP CORP"),
    "anthem": ("ANTHEM BCBS", "ANTHEM BLUE CROSS & BLUE SHIELD"),
    "anthem-medicare-advantage": ("ANTHEM MEDIBLUE", "ANTHEM BCBS"),
    "arizona-medicaid": ("AHCCCS", "ARIZONA MEDICAID"),
    "az-blue": ("BCBS OF ARIZONA", "AZ BLUE"),
    "az-blue-medicare-advantage": ("AZ BLUE MEDICARE ADVANTAGE", "BCBSAZ"),
    "bcbs-alabama": ("BLUE CROSS BLUE SHIELD OF ALABAMA", "BCBS AL"),
    "bcbs-illinois": ("BLUE CROSS AND BLUE SHIELD OF ILLINOIS", "BCBSIL"),
    "bcbs-massachusetts": ("BCBS OF MASSACHUSETTS", "BCBSMA"),
    "bcbs-north-carolina-medicare-advantage": ("BLUE MEDICARE HMO", "BCBS NC"),
    "bcbs-north-dakota": ("BCBS OF NORTH DAKOTA", "BCBSND"),
    "bcbs-south-carolina": ("BLUECROSS BLUESHIELD OF SC", "BCBS SOUTH CAROLINA"),
    "bcbs-texas": ("BCBS TX", "BLUE CROSS BLUE SHIELD OF TEXAS"),
    "capital-blue": ("CAPITAL BLUE CROSS", "CAPITAL BLUECROSS"),
    "caresource-ohio": ("CARESOURCE OHIO", "CARESOURCE OF OHIO"),
    "cigna": ("CIGNA", "CIGNA HEALTH AND LIFE INS CO"),
    "cigna-medicare-advantage": ("CIGNA MEDICARE", "CIGNA HEALTHCARE"),
    "clover": ("CLOVER HEALTH", "CLOVER INSURANCE CO"),
    "emblemhealth": ("EMBLEMHEALTH", "GROUP HEALTH INC"),
    "fep": ("FEP", "BCBS FEDERAL EMPLOYEE PROGRAM"),
    "fidelis-care": ("FIDELIS CARE", "NEW YORK QUALITY HEALTHCARE CORP"),
    "florida-blue": ("FLORIDA BLUE", "BCBS OF FLORIDA"),
    "florida-medicaid": ("FLORIDA MEDICAID", "MEDICAID FLORIDA"),
    "harvard-pilgrim": ("HARVARD PILGRIM HEALTH CARE", "HPHC"),
    "healthpartners": ("HEALTHPARTNERS", "HEALTH PARTNERS INC"),
    "healthy-blue-louisiana": ("HEALTHY BLUE LOUISIANA", "HEALTHY BLUE LA"),
    "highmark": ("HIGHMARK", "HIGHMARK BLUE SHIELD"),
    "highmark-delaware-medicaid": ("HIGHMARK HEALTH OPTIONS", "HIGHMARK HEALTH OPTIONS DELAWARE"),
    "highmark-medicare-advantage": ("FREEDOM BLUE PPO", "HIGHMARK"),
    "home-state-health": ("HOME STATE HEALTH", "HOME STATE HEALTH PLAN"),
    "horizon": ("HORIZON BCBS OF NJ", "HORIZON BCBSNJ"),
    "horizon-nj-health": ("HORIZON NJ HEALTH", "HORIZON BCBSNJ"),
    "humana": ("HUMANA", "HUMANA INS CO"),
    "humana-medicare-advantage": ("HUMANA GOLD PLUS", "HUMANA"),
    "humana-virginia-medicaid": ("HUMANA VIRGINIA MEDICAID", "HUMANA HEALTHY HORIZONS IN VIRGINIA"),
    "iehp": ("IEHP", "INLAND EMPIRE HEALTH PLAN"),
    "independence": ("INDEPENDENCE BLUE CROSS", "KEYSTONE HEALTH PLAN EAST"),
    "medicare-part-b": ("MEDICARE PART B", "NOVITAS SOLUTIONS INC"),
    "molina": ("MOLINA HEALTHCARE", "MOLINA HEALTHCARE OF TEXAS"),
    "molina-marketplace": ("MOLINA MARKETPLACE", "MOLINA HEALTHCARE"),
    "molina-medicare-advantage": ("MOLINA MEDICARE", "MOLINA HEALTHCARE"),
    "new-york-workers-compensation": ("NYSIF", "NEW YORK STATE INSURANCE FUND"),
    "oscar": ("OSCAR HEALTH", "OSCAR INSURANCE CORP"),
    "partnership-healthplan": ("PARTNERSHIP HEALTHPLAN OF CALIFORNIA", "PARTNERSHIP HEALTH PLAN"),
    "premera": ("PREMERA BLUE CROSS", "PREMERA"),
    "priority-health": ("PRIORITY HEALTH", "PRIORITYHEALTH"),
    "priority-health-medicare-advantage": ("PRIORITY HEALTH MEDICARE", "PRIORITY HEALTH"),
    "qualcare": ("QUALCARE", "QUALCARE INC"),
    "railroad-medicare": ("RAILROAD MEDICARE", "PALMETTO GBA RAILROAD MEDICARE"),
    "regence": ("REGENCE BCBS OF OREGON", "REGENCE BLUESHIELD"),
    "superior-healthplan": ("SUPERIOR HEALTHPLAN", "SUPERIOR HEALTH PLAN"),
    "texas-workers-compensation": ("TEXAS MUTUAL INSURANCE CO", "TDI-DWC"),
    "tricare": ("TRICARE EAST", "HUMANA MILITARY"),
    "uhc": ("UNITED HEALTHCARE", "UNITED HEALTHCARE INSURANCE CO"),
    "uhc-community-plan": ("UHC COMMUNITY PLAN", "UNITEDHEALTHCARE"),
    "uhc-exchange": ("UNITEDHEALTHCARE INDIVIDUAL EXCHANGE", "UHC EXCHANGE"),
    "uhc-medicare-advantage": ("AARP MEDICARE ADVANTAGE", "UNITEDHEALTHCARE"),
    "uhc-oxford": ("OXFORD HEALTH PLANS", "UHC OXFORD"),
    "umr": ("UMR", "UNITED MEDICAL RESOURCES"),
    "washington-lni": ("WASHINGTON L&I", "LABOR & INDUSTRIES"),
    "wellsense": ("WELLSENSE HEALTH PLAN", "BMC HEALTHNET PLAN"),
}  # fmt: skip
"""Each payer with two names as claims write them; the plan is the payer's own."""


@pytest.fixture(scope="module")
def program(shipped_database: Path) -> Program:
    with closing(sqlite3.connect(shipped_database)) as connection:
        return Engine.reading(connection).program


@pytest.fixture(scope="module")
def plans(program: Program) -> dict[str, str]:
    return {payer.key: payer.line_of_business for payer in program.payers}


def test_every_payer_has_two_usual_names(plans: dict[str, str]) -> None:
    assert plans.keys() == USUAL.keys()
    assert all(len(set(names)) == 2 for names in USUAL.values())


@pytest.mark.parametrize("key", USUAL)
def test_a_payer_is_found_by_its_usual_names(
    key: str, program: Program, plans: dict[str, str]
) -> None:
    for name in USUAL[key]:
        assert find_payer(PayerNamed(name=name), program, plans[key]) == (key, "")


def test_each_name_and_id_finds_its_payer_or_says_between_which(
    program: Program,
) -> None:
    for payer in program.payers:
        named = [PayerNamed(identifier=each) for each in payer.identifiers]
        named += [PayerNamed(name=each) for each in payer.names]
        for each in named:
            key, reason = find_payer(each, program, payer.line_of_business)
            assert key == payer.key or payer.key in reason


IDS = [
    ("60054", "commercial", "aetna"),
    ("60054", "medicare-advantage", "aetna-medicare-advantage"),
    ("62308", "commercial", "cigna"),
    ("61101", "medicare-advantage", "humana-medicare-advantage"),
    ("61101", "commercial", "humana"),
    ("87726", "commercial", "uhc"),
    ("87726", "medicaid", "uhc-community-plan"),
    ("87726", "medicare-advantage", "uhc-medicare-advantage"),
    ("39026", "", "umr"),
    ("06111", "commercial", "uhc-oxford"),
    ("84980", "", "bcbs-texas"),
    ("00834", "commercial", "anthem"),
    ("09102", "medicare", "medicare-part-b"),
    ("LIFE1", "medicare-advantage", "uhc-medicare-advantage"),
]


@pytest.mark.parametrize(("identifier", "plan", "key"), IDS)
def test_ids_of_public_payer_lists(
    identifier: str, plan: str, key: str, program: Program
) -> None:
    assert find_payer(PayerNamed(identifier=identifier), program, plan) == (key, "")


OPEN = [
    (
        PayerNamed(name="UNITEDHEALTHCARE", identifier="87726"),
        "",
        (
            "the claim's payer may be uhc (commercial) or uhc-community-plan (medicaid)"
            " or uhc-medicare-advantage (medicare-advantage): the claim does not give its"
            " plan, on which that depends (SBR09 in an 837, `Coverage.type` in FHIR)"
        ),
    ),
    (
        PayerNamed(name="HUMANA", identifier="61101", filing="MC"),
        "medicaid",
        (
            "the claim's plan is medicaid, and what is loaded by its payer's name or id"
            " is humana (commercial) and humana-medicare-advantage (medicare-advantage)"
        ),
    ),
    (
        PayerNamed(name="BCBS TX", filing="16"),
        "medicare-advantage",
        (
            "the claim's plan is medicare-advantage, and what is loaded by its payer's"
            " name or id is bcbs-texas (commercial)"
        ),
    ),
    (
        PayerNamed(name="UMR", identifier="60054"),
        "commercial",
        (
            "the claim gives the id of aetna (commercial) and aetna-medicare-advantage"
            " (medicare-advantage) and the name of umr (commercial)"
        ),
    ),
    (
        PayerNamed(key="united-healthcare-ins"),
        "",
        (
            "the claim's payer may be uhc (commercial) or uhc-medicare-advantage"
            " (medicare-advantage): the claim does not give its plan, on which that"
            " depends (SBR09 in an 837, `Coverage.type` in FHIR)"
        ),
    ),
    (
        PayerNamed(key="uhcc"),
        "",
        (
            "no loaded payer goes by the key given. Did you mean uhc (commercial) or"
            " uhc-community-plan (medicaid) or uhc-medicare-advantage"
            " (medicare-advantage)?"
        ),
    ),
    (PayerNamed(name="CEDAR MUTUAL"), "", "no loaded payer goes by the name given"),
]


@pytest.mark.parametrize(("named", "plan", "reason"), OPEN, ids=str)
def test_what_is_open_is_said(
    named: PayerNamed, plan: str, reason: str, program: Program
) -> None:
    assert find_payer(named, program, plan) == ("", reason)


def test_railroad_medicare_has_no_contractor_of_the_state(program: Program) -> None:
    payers = {payer for payer, _states in program.contractors.values()}
    assert "railroad-medicare" not in payers


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("AETNA BETTER HEALTH OF FLORIDA", "aetna"),
        ("UNITED HEALTCARE", "uhc"),
        ("CIGNAA", "cigna"),
        ("BLUE CROSS BLUE SHIELD OF TEXSA", "bcbs-texas"),
    ],
)
def test_the_nearest_names_are_told(name: str, meant: str, program: Program) -> None:
    key, reason = find_payer(PayerNamed(name=name), program)
    assert key == ""
    assert f"Did you mean {meant} (" in reason or f" or {meant} (" in reason
    assert name not in reason
