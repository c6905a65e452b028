"""Rows of Tuva's medical_claim table: what each cell becomes, and what is wrong with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kb.claims.identity import patient_token
from kb.claims.model import BadClaim, Claim, ClaimLine, PayerNamed, Remark
from kb.claims.past import PastClaim, Told
from kb.claims.rows.tuva import told_of_rows
from tests.kb.claims.rows.tables import Cells, row


def told(*rows: Cells) -> list[Told]:
    return list(told_of_rows(rows, "t.csv", first=2))


def claim(*rows: Cells) -> Claim:
    (found,) = (one for one in told(*rows) if isinstance(one, Claim))
    return found


def past(*rows: Cells) -> PastClaim:
    (found,) = (one for one in told(*rows) if isinstance(one, PastClaim))
    return found


def faults(*rows: Cells) -> list[BadClaim]:
    found = told(*rows)
    assert all(isinstance(one, BadClaim) for one in found)
    return [one for one in found if isinstance(one, BadClaim)]


def test_every_column_has_its_place() -> None:
    found = claim(
        row(
            hcpcs_code="g0260",
            hcpcs_modifier_1="50",
            hcpcs_modifier_3="rt",
            hcpcs_modifier_5="59",
            claim_line_start_date="2026-03-11",
            service_unit_quantity="2.0",
            rendering_npi="2000000028",
            billing_npi="2000000010",
            in_network_flag="0",
            service_state="FL",
            charge_amount="450",
            diagnosis_code_3="M48.061",
        )
    )
    line = ClaimLine(
        number=1,
        code="G0260",
        date=date(2026, 3, 11),
        modifiers=("50", "RT", "59"),
        units=Decimal(2),
        place="11",
        diagnoses=("M54.16", "M48.061"),
        rendering="2000000028",
        charge=Decimal(450),
    )
    assert found == Claim(
        id="C-1",
        patient=found.patient,
        payer=PayerNamed(name="Medicare"),
        lines=(line,),
        plan="medicare",
        state="FL",
        fields={"billing-npi": "2000000010", "network": "out"},
        member="00A9",
    )


@pytest.mark.parametrize(
    ("payer", "named"),
    [
        ("Aetna", PayerNamed(name="Aetna")),
        ("aetna", PayerNamed(name="aetna")),
        ("medicare-part-b", PayerNamed(key="medicare-part-b")),
        ("87726", PayerNamed(identifier="87726")),
    ],
)
def test_a_payer_goes_by_its_name_unless_it_is_a_key_or_an_id(
    payer: str, named: PayerNamed
) -> None:
    assert claim(row(payer=payer)).payer == named


@pytest.mark.parametrize(
    ("plan", "kind"),
    [("Medicare Advantage", "medicare-advantage"), ("PPO", "ppo"), ("Gold 2026", "")],
)
def test_a_plan_is_told_only_by_its_kind(plan: str, kind: str) -> None:
    assert claim(row(plan=plan)).plan == kind


@pytest.mark.parametrize(
    "written", ["20260310", "2026-03-10 00:00:00", "2026-03-10T00:00:00Z"]
)
def test_a_day_may_be_written_as_databases_write_it(written: str) -> None:
    assert claim(row(claim_start_date=written)).lines[0].date == date(2026, 3, 10)


def test_rows_that_stand_together_are_one_claim() -> None:
    found = told(
        row(), row(claim_line_number="2", hcpcs_code="64484"), row(claim_id="C-2")
    )
    assert [(c.id, len(c.lines)) for c in found if isinstance(c, Claim)] == [
        ("C-1", 2),
        ("C-2", 1),
    ]


def test_rows_of_a_claim_that_stand_apart_are_a_fault() -> None:
    found = told(row(), row(claim_id="C-2"), row(claim_line_number="2"))
    (fault,) = (one for one in found if isinstance(one, BadClaim))
    assert (fault.where, fault.id) == ("t.csv: row 4, claim_id", "C-1")
    assert fault.fix.startswith("Sort the table by claim_id")


def test_people_are_told_apart_though_they_share_a_member_id() -> None:
    parent, child = row(), row(claim_id="C-2", person_id="0008")
    first, second = (c for c in told(parent, child) if isinstance(c, Claim))
    assert first.patient != second.patient
    assert first.member == second.member


def test_a_person_whose_number_is_the_member_id_is_told_as_in_other_files() -> None:
    found = claim(row(person_id="00A9", birth_date="1950-05-01"))
    assert found.patient == patient_token("00A9", "19500501")
    assert found.birth == date(1950, 5, 1)


def test_a_row_of_a_facility_without_a_procedure_is_no_line() -> None:
    rows = (
        row(
            claim_type="institutional", bill_type_code="0831", place_of_service_code=""
        ),
        row(claim_type="institutional", bill_type_code="0831", hcpcs_code=""),
    )
    found = claim(*rows)
    assert (found.kind, len(found.lines), found.lines[0].place) == ("facility", 1, "24")


def test_a_department_off_campus_is_told_by_its_modifier() -> None:
    cells = row(
        claim_type="institutional",
        bill_type_code="0131",
        place_of_service_code="",
        hcpcs_modifier_1="PO",
    )
    assert claim(cells).lines[0].place == "19"


@pytest.mark.parametrize(
    ("bill_type", "place", "frequency"),
    [
        ("0131", "22", "original"),
        ("837", "24", "replacement"),
        ("0721", "", "original"),
        ("", "", "original"),
    ],
)
def test_a_bill_type_tells_place_and_frequency_where_it_is_certain(
    bill_type: str, place: str, frequency: str
) -> None:
    cells = row(
        claim_type="institutional", bill_type_code=bill_type, place_of_service_code=""
    )
    found = claim(cells)
    assert (found.lines[0].place, found.frequency) == (place, frequency)


SPOILED = "scientific notation"


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"rendering_npi": "2.00000002E9"}, "rendering_npi", SPOILED),
        ({"claim_id": "1.00002E+15"}, "claim_id", SPOILED),
        ({"member_id": "9E+11"}, "member_id", SPOILED),
        ({"hcpcs_code": "640"}, "hcpcs_code", "found 3 digits"),
        ({"place_of_service_code": "1"}, "place_of_service_code", "found 1 digit"),
        ({"claim_start_date": "03/10/2026"}, "claim_start_date", "year-month-day"),
        ({"claim_start_date": "2026-02-30"}, "claim_start_date", "year-month-day"),
        ({"claim_start_date": ""}, "claim_line_start_date", "missing"),
        ({"service_unit_quantity": "0"}, "service_unit_quantity", "zero"),
        ({"service_unit_quantity": "one"}, "service_unit_quantity", "3 small letters"),
        ({"charge_amount": "$450"}, "charge_amount", "a text of 4 characters"),
        ({"diagnosis_code_1": "7244"}, "diagnosis_code_1", "ICD-10-CM"),
        ({"diagnosis_code_type": "icd-9-cm"}, "diagnosis_code_type", "2015-10-01"),
        ({"claim_type": ""}, "claim_type", "missing"),
        ({"claim_type": "dental"}, "claim_type", "`institutional`"),
        ({"payer": ""}, "payer", "missing"),
        ({"claim_id": ""}, "claim_id", "missing"),
        ({"hcpcs_code": ""}, "hcpcs_code", "missing"),
        ({"claim_line_number": "0"}, "claim_line_number", "whole number"),
    ],
)
def test_a_wrong_cell_is_a_fault_of_its_row_and_column(
    cells: Cells, column: str, said: str
) -> None:
    (fault,) = faults(row(**cells))
    assert fault.where == f"t.csv: row 2, {column}"
    assert said in fault.reason
    secrets = [value for value in cells.values() if len(value) > 2]
    assert not any(secret in fault.reason + fault.fix for secret in secrets)


def test_a_spoiled_row_costs_its_claim_and_no_other() -> None:
    found = told(row(), row(claim_id="C-2", hcpcs_code="640"), row(claim_id="C-3"))
    assert [one.id for one in found if not isinstance(one, PastClaim)] == [
        "C-1",
        "C-2",
        "C-3",
    ]
    assert isinstance(found[1], BadClaim)


@pytest.mark.parametrize("column", ["member_id", "payer", "claim_type"])
def test_rows_of_a_claim_may_not_name_two(column: str) -> None:
    (fault,) = faults(row(), row(**{"claim_line_number": "2", column: "Aetna"}))[:1]
    assert fault.where == f"t.csv: row 3, {column}"


def test_what_one_row_of_a_claim_leaves_out_another_says() -> None:
    silent = {"claim_line_number": "2", "member_id": "", "payer": ""}
    for rows in ((row(), row(**silent)), (row(**silent), row())):
        assert (claim(*rows).member, claim(*rows).payer.name) == ("00A9", "Medicare")


def test_a_claim_that_nobody_has_answered_is_no_earlier_one() -> None:
    assert not any(isinstance(one, PastClaim) for one in told(row()))


@pytest.mark.parametrize(
    ("amounts", "status"),
    [
        ({"paid_amount": "90"}, "paid"),
        ({"paid_amount": "0", "allowed_amount": "90"}, "paid"),
        ({"paid_amount": "0", "deductible_amount": "90"}, "paid"),
        ({"paid_amount": "0", "allowed_amount": "0"}, "unknown"),
        ({"paid_amount": "0"}, "unknown"),
        ({"paid_date": "2026-04-01"}, "unknown"),
    ],
)
def test_what_was_paid_is_told_where_the_amounts_leave_no_doubt(
    amounts: Cells, status: str
) -> None:
    found = past(row(**amounts))
    assert [line.service.status for line in found.lines] == [status]


def test_a_line_without_a_cent_beside_a_paid_one_was_denied() -> None:
    answered = {"paid_amount": "0", "allowed_amount": "0", "paid_date": "2026-04-01"}
    found = past(
        row(paid_amount="90"),
        row(claim_line_number="2", hcpcs_code="64484", **answered),
    )
    assert [line.service.status for line in found.lines] == ["paid", "denied"]
    assert found.told == date(2026, 4, 1)


BACK = {"service_unit_quantity": "-1", "paid_amount": "-90"}


def test_what_is_taken_back_is_history_only() -> None:
    remark, void = told(row(**BACK))
    assert isinstance(remark, Remark)
    assert isinstance(void, PastClaim)
    assert void.frequency == "void"
    assert void.lines[0].service.units == 1


def test_a_row_taken_back_and_billed_anew_counts_once() -> None:
    corrected = row(paid_amount="80", hcpcs_modifier_1="RT")
    found = told(row(paid_amount="90"), row(**BACK), corrected)
    assert [type(one) for one in found] == [Claim, PastClaim]
    assert claim(row(paid_amount="90"), row(**BACK), corrected).lines[0].modifiers == (
        "RT",
    )


def test_money_taken_back_takes_no_service_back() -> None:
    found = past(row(paid_amount="90"), row(claim_line_number="2", paid_amount="-10"))
    assert [line.paid for line in found.lines] == [90]


def test_a_table_without_rows_says_so() -> None:
    (fault,) = faults()
    assert "holds no claim" in fault.reason
