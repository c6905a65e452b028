"""Many faults of one cause are told as the first few and their number."""

from __future__ import annotations

from kb.claims import BadClaim
from kb.cli.causes import Causes, of_claim


def test_the_first_of_a_cause_are_told_and_the_others_counted() -> None:
    causes = Causes()
    told = [causes.is_told(f"found {n} letters; the same at {n}") for n in range(1, 6)]
    assert told == [True, True, True, False, False]
    assert causes.others() == ["2 more like it: found 1 letters"]


def test_another_cause_is_told_by_itself() -> None:
    causes = Causes()
    assert all(causes.is_told("one cause") for _ in range(3))
    assert causes.is_told("another cause")
    assert causes.others() == []


def test_the_claims_number_stands_at_each_fault() -> None:
    assert of_claim(BadClaim("file", "why", claim="claim 3", id="C-1")) == "claim C-1: "
    assert of_claim(BadClaim("file", "why", claim="claim 3")) == "claim 3: "
    assert of_claim(BadClaim("file", "why")) == ""
