"""Many faults of one cause are told as the first few and their number."""

from __future__ import annotations

from kb.claims import BadClaim, Remark
from kb.claims.causes import (
    Causes,
    add_causes,
    count_cause,
    json_of_causes,
    more_like_them,
    of_claim,
    text_of_causes,
)


def causes_of(*found: BadClaim | Remark) -> Causes:
    causes: Causes = {}
    for one in found:
        count_cause(causes, one)
    return causes


FIVE = [
    BadClaim(f"row {n}", f"found {n} letters; the same at {n}", "Mend it.", id=f"C-{n}")
    for n in range(1, 6)
]


def test_the_first_of_a_cause_are_told_and_the_others_counted() -> None:
    causes = causes_of(*FIVE)
    assert list(text_of_causes(causes)) == [
        "  5 x found 1 letters",
        "      Mend it.",
        "      row 1 (claim C-1)",
        "      row 2 (claim C-2)",
        "      row 3 (claim C-3)",
    ]
    assert list(more_like_them(causes)) == ["2 more like it: found 1 letters"]


def test_programs_have_the_same() -> None:
    (cause,) = json_of_causes(causes_of(*FIVE))
    assert (cause["count"], cause["reason"]) == (5, "found 1 letters")
    assert cause["first"][2] == {"where": "row 3", "id": "C-3"}


def test_another_cause_is_told_by_itself_the_most_frequent_first() -> None:
    causes = causes_of(Remark("a", "once"), Remark("b", "twice"), Remark("c", "twice"))
    said = [line for line in text_of_causes(causes) if " x " in line]
    assert said == ["  2 x twice", "  1 x once"]
    assert list(more_like_them(causes)) == []


def test_causes_of_parts_put_together_are_those_of_the_whole() -> None:
    for at in range(6):
        causes = causes_of(*FIVE[:at])
        add_causes(causes, causes_of(*FIVE[at:]))
        assert causes == causes_of(*FIVE)


def test_the_claims_number_stands_at_each_fault() -> None:
    assert of_claim(BadClaim("file", "why", claim="claim 3", id="C-1")) == "claim C-1: "
    assert of_claim(BadClaim("file", "why", claim="claim 3")) == "claim 3: "
    assert of_claim(BadClaim("file", "why")) == ""
