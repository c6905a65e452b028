"""Remittances folded to the last word on each line, and found by claim and line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kb.calibrate.fates import Fate, Fates, Remittances
from kb.claims.model import Claim, ClaimLine, Frequency, HistoryLine, PayerNamed
from kb.claims.past import Adjustment, PastClaim, PastLine

DAY = date(2026, 3, 10)
LATER = date(2026, 3, 11)
MEDICARE = PayerNamed(key="medicare-part-b")
AETNA = PayerNamed(key="aetna")
NOBODY = PayerNamed(name="A SUPPLEMENT")


def billed(
    code: str = "64483", *modifiers: str, day: date = DAY, units: int = 1
) -> ClaimLine:
    return ClaimLine(1, code, day, modifiers, Decimal(units))


def claim(*lines: ClaimLine, member: str = "M1") -> Claim:
    return Claim("C-1", "P-1", MEDICARE, lines, member=member)


def line(
    status: str = "paid",
    code: str = "64483",
    *modifiers: str,
    day: date = DAY,
    units: int = 1,
    carcs: tuple[str, ...] = (),
) -> PastLine:
    service = HistoryLine(code, day, modifiers, Decimal(units))
    return PastLine(
        replace(service, status="denied" if status == "denied" else "paid"),
        Decimal(100),
        adjustments=tuple(Adjustment("CO", carc, Decimal(100)) for carc in carcs),
        remarks=("N362",),
    )


def past(
    *lines: PastLine,
    id: str = "C-1",  # noqa: A002  (as the claim has it)
    frequency: Frequency = "original",
    told: date | None = None,
    member: str = "M1",
    payer: PayerNamed = MEDICARE,
) -> PastClaim:
    return PastClaim(id, member, payer, lines, frequency=frequency, told=told)


DENIED = line("denied", carcs=("151", "45"))
PAID = line()


def fates(given: Claim, *told: PastClaim) -> Fates:
    remittances = Remittances()
    for one in told:
        remittances.add(one)
    return remittances.fates_of(given, is_medicare)


def is_medicare(payer: PayerNamed) -> bool | None:
    return None if payer == NOBODY else payer == MEDICARE


def statuses(given: Claim, *told: PastClaim) -> list[str | None]:
    return [fate and fate.status for fate in fates(given, *told).lines]


def test_a_denied_line_has_its_reasons_without_those_of_price() -> None:
    (found,) = fates(claim(billed()), past(DENIED)).lines

    assert found == Fate("denied", ("151",), ("N362",), Decimal(100))


def test_a_paid_line_has_no_reasons() -> None:
    (found,) = fates(claim(billed()), past(line(carcs=("45", "2")))).lines

    assert found == Fate("paid", (), (), Decimal(100))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([past(PAID), past(PAID, frequency="void")], None),
        ([past(PAID), past(PAID, frequency="void"), past(DENIED)], "denied"),
        ([past(DENIED), past(PAID)], "paid"),
        ([past(PAID, told=LATER), past(DENIED, told=DAY)], "paid"),
        ([past(DENIED), past(PAID, frequency="replacement")], "paid"),
        ([past(PAID), past(frequency="void")], None),
        # The second time the same line is sent says nothing of the first.
        ([past(PAID), past(line("denied", carcs=("18",)))], "paid"),
        ([past(line("denied", carcs=("18",)))], "denied"),
        ([past(PAID, id="C-2")], None),
        ([past(PAID, member="M2")], None),
        ([past(PAID, member="")], "paid"),
        ([past(PAID, payer=AETNA)], None),
        ([past(PAID, payer=NOBODY)], "paid"),
        ([past(DENIED), past(PAID, payer=NOBODY)], "denied"),
    ],
    ids=[
        "taken back", "taken back and denied", "corrected", "the later day counts",
        "replaced", "taken back without lines", "a duplicate", "only a duplicate",
        "another claim", "another patient", "no member id", "another payer",
        "a payer that is not known",
        "a second insurer",
    ],
)  # fmt: skip
def test_the_last_word_counts(told: list[PastClaim], expected: str | None) -> None:
    assert statuses(claim(billed()), *told) == [expected]


def test_a_correction_of_one_line_leaves_the_others() -> None:
    first = past(PAID, line("paid", "64484"))
    second = past(line("denied", "64484", carcs=("97",)))

    assert statuses(claim(billed(), billed("64484")), first, second) == [
        "paid",
        "denied",
    ]


@pytest.mark.parametrize(
    ("lines", "told", "expected"),
    [
        ([billed("64483", "RT"), billed("64483", "LT")],
         [line("denied", "64483", "LT"), line("paid", "64483", "RT")], ["paid", "denied"]),
        ([billed("64483", "50", "KX")], [line("denied", "64483", "KX", "50")], ["denied"]),
        ([billed(units=2), billed(units=1)],
         [line("denied", units=1), line("paid", units=2)], ["paid", "denied"]),
        ([billed(), billed()], [line("denied"), line("paid")], ["denied", "paid"]),
        ([billed("64483", "RT")], [line("denied", "64483")], ["denied"]),
        ([billed(units=3)], [line("denied", units=2)], ["denied"]),
        ([billed()], [line("denied", day=LATER)], [None]),
        ([billed()], [line("denied", "62323")], [None]),
    ],
    ids=["by modifier", "modifiers in any order", "by units", "alike in their order",
         "without its modifier", "units paid in part", "another day", "another code"],
)  # fmt: skip
def test_lines_are_found_by_what_is_closest(
    lines: list[ClaimLine], told: list[PastLine], expected: list[str | None]
) -> None:
    assert statuses(claim(*lines), past(*told)) == expected


def test_what_finds_nothing_is_counted() -> None:
    remittances = Remittances()
    for one in (
        past(PAID, line("paid", "99213")),
        past(PAID, id="C-9"),
        past(PAID, payer=AETNA),
    ):
        remittances.add(one)
    found = remittances.fates_of(claim(billed(), billed("64484")), MEDICARE.__eq__)

    assert [fate is None for fate in found.lines] == [False, True]
    assert (found.left, found.told, found.other_payer) == (1, True, 1)
    assert remittances.without_a_claim == 1


def test_a_remittance_of_another_patient_is_one_without_a_claim() -> None:
    remittances = Remittances()
    remittances.add(past(PAID, member="M2"))

    assert not remittances.fates_of(claim(billed()), MEDICARE.__eq__).told
    assert remittances.without_a_claim == 1
