"""Remittances (835) as earlier claims: what was done, paid, denied, taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyx12.error_handler import errh_null
from pyx12.params import params
from pyx12.x12context import X12ContextReader

from kb.claims import BadClaim, Remark, read_claims
from kb.claims.model import ReadResult
from kb.claims.past import Adjustment, PastClaim, PastLine
from kb.claims.x12.decided import status_of
from kb.claims.x12.reader import tell_x12

DATA = Path(__file__).parents[3] / "data" / "x12" / "remittance"
PAYMENTS = (DATA / "payments.835").read_text()
LEFT_OUT = "no service (SVC) has a CPT or HCPCS code: the claim is left out"


def told(text: str | bytes) -> tuple[list[PastClaim], list[BadClaim], list[Remark]]:
    content = text if isinstance(text, bytes) else text.encode()
    found = list(tell_x12([content], "paid.835"))
    return (
        [one for one in found if isinstance(one, PastClaim)],
        [one for one in found if isinstance(one, BadClaim)],
        [one for one in found if isinstance(one, Remark)],
    )


def in_words(line: PastLine) -> str:
    service = line.service
    code = "-".join((service.code, *service.modifiers))
    reasons = " ".join(f"{a.group}{a.reason}={a.amount}" for a in line.adjustments)
    return (
        f"{code} {service.date} x{service.units} {service.status} {line.charge}"
        f"/{line.paid} {reasons} {' '.join(line.remarks)}"
    ).rstrip()


GOLDEN = [
    (
        "RA-1 original - PAY-1 MADEONE022",
        "64483-RT 2026-03-03 x1 paid 450/200 CO45=200 PR2=50",
        "64484-RT 2026-03-03 x1 paid 200/60 CO45=125 CO253=0 PR2=15 N19",
    ),
    (
        "RA-2 original - PAY-2 MADEONE022",
        "64483-LT 2026-03-10 x1 denied 450/0 CO197=450 N706",
    ),
    (
        "RA-3 original - PAY-3 MADEONE022",
        "99214 2026-03-11 x1 paid 180/0 PR1=180 MA01",
    ),
    (
        "RA-1 void - PAY-1 MADEONE022",
        "64483-RT 2026-03-03 x1 paid -450/-200 CO45=-200 PR2=-50",
        "64484-RT 2026-03-03 x1 paid -200/-60 CO45=-125 PR2=-15",
    ),
    (
        "RA-1 replacement PAY-1 PAY-9 MADEONE022",
        "64483-RT 2026-03-03 x1 paid 450/200 CO45=200 PR2=50",
        "64484-RT 2026-03-03 x2 denied 200/0 CO97=200 M15",
    ),
    (
        "RA-4 original - PAY-5 MADEONE023",
        "62323 2026-03-12 x1 denied 600/0 CO50=0",
        "77003-26 2026-03-12 x1 denied 300/0 CO50=0",
    ),
    ("PAY-7 original - PAY-7 MADEONE023", "20610-LT 2026-03-20 x1 paid 100/63 CO45=37"),
]


def test_each_claim_of_a_remittance_is_told_as_the_file_has_it() -> None:
    past, bad, _ = told(PAYMENTS)
    assert bad == []
    assert [
        (
            " ".join(
                (
                    one.id,
                    one.frequency,
                    one.replaces or "-",
                    one.payers_number,
                    one.member,
                )
            ),
            *map(in_words, one.lines),
        )
        for one in past
    ] == GOLDEN
    assert {one.told for one in past} == {date(2026, 4, 2)}
    assert {line.service.claim for line in past[0].lines} == {"RA-1"}


def test_what_was_left_out_or_settled_is_a_remark() -> None:
    _, _, remarks = told(PAYMENTS)
    assert [(note.where, note.text, note.id) for note in remarks] == [
        (
            "paid.835: segment 63 (DTM)",
            "several days of service: the first is taken as its date",
            "RA-4",
        ),
        (
            "paid.835: segment 67 (SVC)",
            "a service without CPT or HCPCS code is left out",
            "RA-4",
        ),
        ("paid.835: segment 68 (CLP)", LEFT_OUT, "RA-5"),
        (
            "paid.835: segment 72 (CLP)",
            "CLP01 is empty or 0: the payer's number (CLP07) is taken",
            "0",
        ),
        (
            "paid.835: segment 75 (DTM)",
            "several days of service: the first is taken as its date",
            "0",
        ),
    ]


def test_payer_and_renderer() -> None:
    past, _, _ = told(PAYMENTS)
    payer = past[0].payer
    assert (payer.name, payer.identifier) == ("MADE-UP KEY PLAN", "31777")
    assert payer.filing == "CI"
    assert past[0].lines[0].service.rendering == "2022222220"
    assert past[-1].lines[0].service.rendering == "2033333339"


def test_the_payers_number_stands_in_ref_2u_where_n104_is_empty(
    changed: Callable[..., str],
) -> None:
    text = changed(
        PAYMENTS, "N1*PR", "N1*PR*MADE-UP KEY PLAN~\nREF*EO*1~\nREF*2U*31777"
    )
    past, bad, _ = told(text)
    assert bad == []
    assert past[0].payer.identifier == "31777"


def test_pyx12_finds_as_many_claims_and_services() -> None:
    theirs = X12ContextReader(params(), errh_null(), io.StringIO(PAYMENTS))
    claims = [one for one in theirs.iter_segments("2100") if one.id == "2100"]
    past, _, remarks = told(PAYMENTS)
    left_out = [note for note in remarks if note.text == LEFT_OUT]
    without_code = [note for note in remarks if "without CPT" in note.text]
    assert len(claims) == len(past) + len(left_out)
    assert sum(len([*claim.select("2110")]) for claim in claims) == sum(
        len(one.lines) for one in past
    ) + len(without_code)


def test_two_interchanges_with_other_separators() -> None:
    past, bad, remarks = told((DATA / "two-senders.835").read_bytes())
    assert (bad, remarks) == ([], [])
    assert [(one.id, one.payer.identifier, one.told) for one in past] == [
        ("RB-1", "31777", date(2026, 4, 2)),
        ("RB-2", "31888", date(2026, 3, 30)),
    ]
    assert (
        in_words(past[1].lines[0]) == "99214 2026-03-11 x1 paid 180/60 CO45=100 PR3=20"
    )


def test_where_claims_are_wanted_a_remittance_is_one_fault() -> None:
    result = read_claims(DATA / "payments.835")
    assert result.claims == ()
    assert [(bad.reason, bad.fix) for bad in result.bad] == [
        (
            "7 earlier claims that the payer has answered, no claims to check",
            "Give it with --history.",
        )
    ]


def test_a_file_may_hold_claims_and_a_remittance(epidural: Path) -> None:
    claims = (epidural / "florida-medicare.837").read_bytes()
    found = list(tell_x12([claims, PAYMENTS.encode()]))
    kinds = [type(one).__name__ for one in found if not isinstance(one, Remark)]
    assert kinds == ["Claim"] * 3 + ["PastClaim"] * 7


def reasons(words: str) -> list[Adjustment]:
    """``CO-45 290, PR-1 160`` as adjustments."""
    found = []
    for word in filter(None, words.split(", ")):
        reason, amount = word.split(" ")
        group, _, code = reason.partition("-")
        assert group in ("CO", "OA", "PI", "PR")
        found.append(Adjustment(group, code, Decimal(amount)))  # type: ignore[arg-type]
    return found


STATUS = {
    "paid": ("128", "CO-45 290, PR-2 32", "1", "paid"),
    "paid-though-the-claim-says-denied": ("128", "CO-45 322", "4", "paid"),
    "taken-back": ("-128", "CO-45 -290, PR-2 -32", "22", "paid"),
    "deductible": ("0", "PR-1 180", "1", "paid"),
    "coinsurance": ("0", "CO-45 100, PR-2 80", "1", "paid"),
    "copayment": ("0", "PR-3 80", "1", "paid"),
    "deductible-and-benefit-used-up": ("0", "PR-1 80, PR-119 100", "1", "paid"),
    "the-first-payer-paid-it-all": ("0", "OA-23 90", "2", "paid"),
    "capitation": ("0", "CO-24 90", "1", "paid"),
    "paid-to-the-patient": ("0", "OA-100 90", "1", "paid"),
    "nothing-above-the-fee-schedule": ("0", "CO-45 90", "1", "paid"),
    "moved-to-another-line": ("0", "OA-94 -90, CO-45 180", "1", "paid"),
    "no-authorization": ("0", "CO-197 450", "1", "denied"),
    "not-necessary": ("0", "CO-50 450", "1", "denied"),
    "not-necessary-the-patient-signed": ("0", "PR-50 450", "1", "denied"),
    "bundled": ("0", "CO-97 250", "1", "denied"),
    "priced-then-denied": ("0", "CO-45 290, CO-197 160", "1", "denied"),
    "a-deductible-of-nothing": ("0", "CO-197 450, PR-1 0", "1", "denied"),
    "too-often": ("0", "CO-119 450", "1", "denied"),
    "a-denial-taken-back": ("0", "CO-197 -450", "22", "denied"),
    "reporting-code": ("0", "CO-246 0", "1", "denied"),
    "patient-unknown": ("0", "PR-31 450", "4", "denied"),
    "denied-without-a-reason": ("0", "", "4", "denied"),
    "waits": ("0", "OA-133 450", "1", "pending"),
    "no-reason": ("0", "", "1", "unknown"),
}


@pytest.mark.parametrize("name", STATUS)
def test_what_the_payer_decided(name: str) -> None:
    paid, adjustments, state, expected = STATUS[name]
    assert status_of(Decimal(paid), reasons(adjustments), state) == expected


@pytest.mark.parametrize(
    ("state", "expected"), [("5", "pending"), ("23", "unknown"), ("4", "denied")]
)
def test_the_state_of_the_whole_claim(
    state: str, expected: str, changed: Callable[..., str]
) -> None:
    text = changed(PAYMENTS, "CLP*RA-2", f"CLP*RA-2*{state}*450*0*0*CI*PAY-2*11*1")
    (claim,) = (one for one in told(text)[0] if one.id == "RA-2")
    assert [line.service.status for line in claim.lines] == [expected]


OF_THE_CLAIM = {
    "denied": ("CAS*CO*50*900", "denied", "CO50=0"),
    "deductible": ("CAS*PR*1*900", "paid", "PR1=0"),
    "none": ("", "unknown", ""),
}


@pytest.mark.parametrize("name", OF_THE_CLAIM)
def test_an_adjustment_of_the_whole_claim_decides_lines_without_one(
    name: str, changed: Callable[..., str]
) -> None:
    segment, status, told_of_line = OF_THE_CLAIM[name]
    text = changed(PAYMENTS, "CAS*CO*50", segment)
    (claim,) = (one for one in told(text)[0] if one.id == "RA-4")
    words = f"62323 2026-03-12 x1 {status} 600/0 {told_of_line}".rstrip()
    assert in_words(claim.lines[0]) == words


def test_a_predetermination_is_nothing_that_was_done(
    changed: Callable[..., str],
) -> None:
    text = changed(PAYMENTS, "CLP*RA-2", "CLP*RA-2*25*450*0*0*CI*PAY-2*11*1")
    past, bad, remarks = told(text)
    assert "RA-2" not in {one.id for one in past}
    assert bad == []
    assert "a predetermination (CLP02 25): nothing was done, it is left out" in {
        note.text for note in remarks
    }


def test_a_reversal_without_services_still_takes_its_claim_back(
    changed: Callable[..., str],
) -> None:
    text = PAYMENTS
    for segment in ("SVC*HC:64483:RT*-450", "SVC*HC:64484:RT*-200"):
        at = text.index(segment)
        end = text.index("SVC" if segment.endswith("450") else "CLP", at + 1)
        text = text[:at] + text[end:]
    past, bad, _ = told(changed(text, "REF*F8", "REF*F8*PAY-1"))
    assert bad == []
    (void,) = (one for one in past if one.frequency == "void")
    assert (void.id, void.lines) == ("RA-1", ())


BAD = {
    "state": (
        "CLP*RA-2",
        "CLP*RA-2*X*450*0*0*CI*PAY-2*11*1",
        "segment 26 (CLP)",
        "CLP02: found 1 capital letter, expected the state of the claim",
    ),
    "paid": (
        "SVC*HC:64483:LT",
        "SVC*HC:64483:LT*450*none**0",
        "segment 28 (SVC)",
        "SVC03: found 4 small letters, expected dollars",
    ),
    "code": (
        "SVC*HC:64483:LT",
        "SVC*HC:6448*450*0**0",
        "segment 28 (SVC)",
        "SVC01-2: found 4 digits, expected a CPT or HCPCS code of five characters",
    ),
    "group": (
        "CAS*CO*197",
        "CAS*XX*197*450",
        "segment 30 (CAS)",
        "CAS01: expected CO, OA, PI or PR",
    ),
    "day": (
        "DTM*472*20260310",
        "DTM*472*202603",
        "segment 29 (DTM)",
        "DTM02: expected a date as `20260310`",
    ),
    "no-day": (
        "DTM*472*20260310",
        "",
        "segment 28 (SVC)",
        (
            "the day of this service is missing (DTM*472, DTM*150, or DTM*232 of the"
            " claim)"
        ),
    ),
    "two-days": (
        "DTM*472*20260310",
        "DTM*472*20260310~\nDTM*472*20260311",
        "segment 28 (SVC)",
        "expected one date of service, found 2",
    ),
    "no-service-before": (
        "SVC*HC:64483:LT",
        "",
        "segment 28 (DTM)",
        "out of place; the same at segment 30",
    ),
    "no-claim-before": (
        "CLP*RA-3",
        "",
        "segment 32 (NM1)",
        "out of place; the same at segment 33",
    ),
    "unknown-segment": (
        "LQ*HE*N706",
        "OMICRONTEST*HE",
        "segment 31",
        "a segment that an 835 does not have",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_fault_costs_the_claim_and_no_other(
    name: str,
    changed: Callable[..., str],
    tells_nothing_of: Callable[[ReadResult, str], None],
) -> None:
    old, new, where, reason = BAD[name]
    text = changed(PAYMENTS, old, new)
    past, bad, remarks = told(text)
    first = bad[0]
    assert (first.where, first.reason) == (f"paid.835: {where}", reason)
    spoilt = {"RA-2", "RA-3"} if name == "no-claim-before" else {"RA-2"}
    assert {one.id for one in bad} == {"RA-2"}
    whole, _, _ = told(PAYMENTS)
    assert past == [one for one in whole if one.id not in spoilt]
    tells_nothing_of(ReadResult((), tuple(bad), tuple(remarks)), text)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            "CLP*RA-1*1*650*260",
            "",
            "a part of a claim stands before any CLP",
            id="no-first-claim",
        ),
        pytest.param(
            "N1*PR",
            "",
            "the payer (N1*PR) of this remittance is missing",
            id="no-payer",
        ),
        pytest.param(
            "SE*",
            "SE*5*0001",
            "its count is wrong: there are 78 segments",
            id="count",
        ),
    ],
)
def test_faults_of_the_whole_remittance(old: str, new: str, reason: str) -> None:
    found = [one for one in PAYMENTS.split("~\n") if one]
    at = next(i for i, one in enumerate(found) if one.startswith(old))
    found[at : at + 1] = [new] if new else []
    _, bad, _ = told("~\n".join(found) + "~\n")
    assert reason in {one.reason for one in bad}


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_cut_remittance_says_so(size: int) -> None:
    text = PAYMENTS[: PAYMENTS.index("CAS*CO*97")]
    chunks = [text.encode()[i : i + size] for i in range(0, len(text), size)]
    found = list(tell_x12(chunks))
    assert [one.id for one in found if isinstance(one, PastClaim)] == [
        *("RA-1", "RA-2", "RA-3", "RA-1")
    ]
    assert "the file ends before this claim does" in {
        one.reason for one in found if isinstance(one, BadClaim)
    }


BALANCE = {
    "service": (
        "CAS*CO*197",
        "CAS*CO*197*440",
        "charge, adjustments and payment do not balance",
    ),
    "claim": (
        "CLP*RA-2",
        "CLP*RA-2*1*460*0*0*CI*PAY-2*11*1",
        "the claim's charge (CLP03) is not the sum of its services",
    ),
}


@pytest.mark.parametrize("name", BALANCE)
def test_what_does_not_balance_is_said(name: str, changed: Callable[..., str]) -> None:
    old, new, said = BALANCE[name]
    past, bad, remarks = told(changed(PAYMENTS, old, new))
    assert (len(past), bad) == (7, [])
    assert (said, "RA-2") in {(note.text, note.id) for note in remarks}


BILLED = {
    "code-and-modifier": ("HC:62323", "HC:64483:LT:59", "64483-LT-59"),
    "no-code-in-svc06": ("HC:64483:LT", "NU:0361", "64483-LT"),
    "as-paid": ("HC:64483:LT", "", "64483-LT"),
}


@pytest.mark.parametrize("name", BILLED)
def test_the_billed_procedure_is_what_was_done(
    name: str, changed: Callable[..., str]
) -> None:
    paid, billed, expected = BILLED[name]
    text = changed(PAYMENTS, "SVC*HC:64483:LT", f"SVC*{paid}*450*0**0*{billed}")
    (claim,) = (one for one in told(text)[0] if one.id == "RA-2")
    assert in_words(claim.lines[0]).startswith(f"{expected} ")


def test_a_billed_code_that_is_none_is_left_out(changed: Callable[..., str]) -> None:
    text = changed(PAYMENTS, "SVC*HC:64483:LT", "SVC*HC:99199*450*0**0*HC:644")
    past, bad, remarks = told(text)
    assert bad == []
    assert "RA-2" not in {one.id for one in past}
    assert {note.text for note in remarks if note.id == "RA-2"} == {
        "a service without CPT or HCPCS code is left out",
        LEFT_OUT,
    }


UNITS = {
    "paid": ("2", "", "2", False),
    "billed": ("1", "3", "3", False),
    "left-out": ("", "", "1", False),
    "none-paid-though-accepted": ("0", "", "1", True),
    "part": ("1.5", "", "1.5", False),
}


@pytest.mark.parametrize("name", UNITS)
def test_units(name: str, changed: Callable[..., str]) -> None:
    paid, billed, expected, said = UNITS[name]
    text = changed(
        PAYMENTS, "SVC*HC:99214*180", f"SVC*HC:99214*180*0**{paid}**{billed}"
    )
    past, _, remarks = told(text)
    (claim,) = (one for one in past if one.id == "RA-3")
    assert claim.lines[0].service.units == Decimal(expected)
    texts = {note.text for note in remarks if note.id == "RA-3"}
    assert texts == ({"SVC05 counts 0 units: one is taken"} if said else set())
