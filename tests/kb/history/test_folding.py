"""What was really done, of several tellings of one member's claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from kb.claims.model import Claim, HistoryLine
from kb.claims.past import PastClaim, PastLine, Told
from kb.history.folding import folded, once_each
from kb.history.known import told_by
from kb.history.telling import packed
from tests.kb.history.earlier import BORN, claim, day, past


def done(*told: Told) -> list[tuple[str, str, str]]:
    """Day, code and status of each service, of one patient; whatever the order told in."""
    answers = {
        tuple(
            (f"{line.date:%m-%d}", line.code, line.status)
            for line in once_each(folded(map(packed, told_by(order))))
        )
        for order in permutations(told)
    }
    (only,) = answers
    return list(only)


PAID, SENT = "paid", "unknown"
DAY = day(0)
FIRST = ("01-01", "64483", PAID)
SECOND = ("01-01", "64484", PAID)
NEXT = ("01-02", "64483", PAID)
BILLED = ("01-01", "64483", SENT)
ADDED = ("01-01", "64484", SENT)
MOVED = ("01-02", "64483", SENT)
REFUSED = ("01-01", "64483", "denied")
ICN = "202501012233"
D1, D2, D3 = date(2025, 2, 1), date(2025, 2, 15), date(2025, 3, 1)


def reversal(told: date, charge: str = "300") -> PastClaim:
    made = past("A", DAY, frequency="void", told=told, charge=charge)
    return replace(made, lines=tuple(map(negative, made.lines)))


def negative(line: PastLine) -> PastLine:
    assert line.charge is not None
    assert line.paid is not None
    return replace(line, charge=-line.charge, paid=-line.paid)


def instead(
    number: str, on: date = DAY, codes: Sequence[str] = ("64483",), replaces: str = ICN
) -> Claim:
    return claim(number, on, codes, frequency="replacement", replaces=replaces)


def taken_back(number: str, on: date = DAY, replaces: str = "") -> Claim:
    return claim(number, on, frequency="void", replaces=replaces)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([past("A", DAY)], [FIRST]),
        ([past("A", DAY), past("A", DAY)], [FIRST]),
        ([past("A", DAY, codes=["64483", "64483"])], [FIRST, FIRST]),
        ([claim("A", DAY)], [BILLED]),
        ([claim("A", DAY), past("A", DAY)], [FIRST]),
        ([claim("A", DAY), past("A", DAY, status="denied")], [REFUSED]),
        ([claim("A", DAY, ["64483", "64484"]), past("A", DAY)], [FIRST, ADDED]),
        ([claim("A", DAY), past("A", DAY, ["64483", "64484"])], [FIRST, SECOND]),
        # Answers: the later one stands; a reversal undoes, its correction stands.
        ([past("A", DAY, status="denied", told=D1), past("A", DAY, told=D2)], [FIRST]),
        (
            [past("A", DAY, told=D1), past("A", DAY, status="denied", told=D2)],
            [REFUSED],
        ),
        ([past("A", DAY, told=D1), reversal(D2)], []),
        ([claim("A", DAY), past("A", DAY, told=D1), reversal(D2)], []),
        (
            [
                past("A", DAY, told=D1),
                reversal(D2),
                past("A", DAY, status="denied", told=D2),
            ],
            [REFUSED],
        ),
        (
            [
                past("A", DAY, told=D1),
                reversal(D2),
                past("A", DAY, told=D2, charge="250"),
            ],
            [FIRST],
        ),
        ([reversal(D2), past("A", DAY, told=D2, charge="250")], [FIRST]),
        ([reversal(D2), past("A", DAY, told=D3)], [FIRST]),
        ([past("A", DAY, told=D1), past("A", DAY, told=D1, frequency="void")], []),
        ([reversal(D2)], []),
        ([past("A", DAY, told=D1), reversal(D2), past("A", DAY, told=D2)], [FIRST]),
        # A claim sent in parts, and a number that is used again on another day.
        (
            [past("A", DAY, ["64483"], told=D1), past("A", DAY, ["64484"], told=D2)],
            [FIRST, SECOND],
        ),
        ([past("A", DAY), past("A", day(1))], [FIRST, NEXT]),
        ([past("A", DAY), taken_back("A", day(1))], [FIRST]),
        # Frequency 7 and 8.
        ([claim("A", DAY), instead("A", DAY, ["64484"])], [ADDED]),
        ([claim("A", DAY), instead("A", day(1))], [MOVED]),
        (
            [claim("A", DAY), claim("A", day(2)), instead("A", day(2))],
            [BILLED, ("01-03", "64483", SENT)],
        ),
        ([claim("A", DAY), instead("B", day(1), replaces="A")], [MOVED]),
        ([claim("A", DAY), instead("B", DAY, replaces=ICN)], [BILLED]),
        ([claim("A", DAY), taken_back("A", DAY)], []),
        ([claim("A", DAY), past("A", DAY), taken_back("A", DAY)], []),
        ([claim("A", DAY), taken_back("B", DAY, replaces="A")], []),
        ([claim("A", DAY), taken_back("B", DAY, replaces=ICN)], []),
        (
            [past("A", DAY, number=ICN), past("B", DAY), taken_back("C", DAY, ICN)],
            [FIRST],
        ),
        ([past("A", DAY, told=D1), replace(reversal(D2), lines=())], []),
        (
            [past("A", DAY), past("A", day(1)), replace(reversal(D2), lines=())],
            [FIRST, NEXT],
        ),
        (
            [past("A", DAY, told=D1), reversal(D2), instead("A", DAY, replaces=ICN)],
            [BILLED],
        ),
        # Two may be meant: none is taken out.
        (
            [
                claim("A", DAY),
                claim("B", DAY, ["64483", "99213"]),
                taken_back("C", DAY, replaces=ICN),
            ],
            [BILLED, BILLED, ("01-01", "99213", SENT)],
        ),
        # Denied and billed again under another number; the other side is another service.
        ([past("A", DAY, status="denied"), past("B", DAY)], [FIRST]),
        ([past("A", DAY, status="denied"), claim("B", DAY)], [BILLED]),
        (
            [
                past("A", DAY, status="denied", modifiers=("LT",)),
                past("B", DAY, modifiers=("RT",)),
            ],
            [REFUSED, FIRST],
        ),
        # A facility and a professional bill one procedure.
        ([claim("A", DAY), replace(claim("F", DAY), kind="facility")], [BILLED]),
        (
            [
                claim("A", DAY),
                past("A", DAY, status="denied"),
                replace(claim("F", DAY), kind="facility"),
            ],
            [BILLED],
        ),
        (
            [
                past("F", DAY, status="denied"),
                replace(claim("F", DAY), kind="facility"),
                past("A", DAY),
            ],
            [FIRST],
        ),
        ([replace(claim("F", DAY), kind="facility")], [BILLED]),
        # Without a number.
        ([past("", DAY), past("A", DAY)], [FIRST]),
        ([past("", DAY), past("A", DAY, status="denied")], [FIRST]),
        ([past("", DAY), past("", day(1))], [FIRST, NEXT]),
    ],
)
def test_what_was_done(told: list[Told], expected: list[tuple[str, str, str]]) -> None:
    assert done(*told) == expected


def test_a_row_of_negative_amounts_takes_its_line_back() -> None:
    whole = past("A", DAY, ["64483", "64484"])
    minus = map(negative, past("A", DAY, ["64484"]).lines)
    assert done(replace(whole, lines=(*whole.lines, *minus))) == [FIRST]


def test_the_claim_says_what_was_done_and_the_remittance_whether_it_was_paid() -> None:
    sent = claim("A", DAY, modifiers=("RT",))
    (line,) = sent.lines
    sent = replace(sent, lines=(replace(line, level="L4-L5", rendering="1234567893"),))
    (one,) = folded(map(packed, told_by([sent, past("A", DAY)])))
    assert one.lines == (
        HistoryLine(
            "64483", DAY, ("RT",), level="L4-L5", status="paid", claim="A",
            rendering="1234567893",
        ),
    )  # fmt: skip
    assert one.birth == BORN


def test_each_side_has_the_answer_to_it() -> None:
    right, left = claim("A", DAY, modifiers=("RT",)), claim("A", DAY, modifiers=("LT",))
    both = replace(right, lines=(*right.lines, *left.lines))
    answers = [
        past("A", DAY, modifiers=("LT",), status="denied", told=D1),
        past("A", DAY, modifiers=("RT",), told=D1),
    ]
    (one,) = folded(map(packed, told_by([both, *answers])))
    assert [(x.modifiers, x.status) for x in one.lines] == [
        (("LT",), "denied"),
        (("RT",), "paid"),
    ]
