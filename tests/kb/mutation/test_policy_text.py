"""A changed claim, written as a scenario, compiles to that very claim."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kb.mutation.hints import Hints, hints_of
from kb.mutation.mutants import mutants_of
from kb.mutation.policy_text import (
    WIDTH,
    differences,
    expectation_text,
    scenario_text,
)
from kb.mutation.variants import variants
from kb.proofs.authoring_session import Workbook

OpenBook = Callable[[str], Workbook]
Json = dict[str, Any]
RULE = """\
rule tried: A rule
  for: esi
  looking at: last esi, same region
  when: at least 1 earlier esi, same region, in any 12 months
  require: any of
    - relief at least 50 percent
    - risk is low
    - imaging-done
    - imaging-date within 24 months
    - received at most 90 days after service
    - place in 11, 24
    - authorization is approved
    - sex is female
    - primary diagnosis in zoster
    - modifier RT present
  otherwise: deny for frequency
  cite: BOOK

scenario base: A claim with a bit of everything
  claim: date 2026-03-10, place 11, sex female
  line 1: 64483-RT, dx M54.16, level L4-L5
  earlier: 64483-RT on 2025-10-02 2025-11-02, level L4-L5, relief 60 percent
  earlier: 64479-LT on 2025-12-02, units 2, status denied
  chart: pain-duration 30 weeks, risk high
  expect: line 1 met by tried
"""
EMPTY: Json = {
    "line": 1, "outcome": None, "status": None, "carc": None, "by": None,
    "about": [], "counted": None, "next_date": None,
}  # fmt: skip


def every_hint(book: Workbook) -> Hints:
    (policy,) = book.policies()
    mutant = next(
        m
        for m in mutants_of(policy, book.engine.program, book.sites)
        if m.subject == "tried"
    )
    return hints_of(mutant, policy, book.engine.program)


def test_every_variant_can_be_said_by_a_scenario_like_another(
    open_book: OpenBook,
) -> None:
    book = open_book(RULE)
    (base,) = book.scenarios(book.policies()[0])
    claims = list(variants(base.source, every_hint(book)))
    texts = [
        scenario_text(
            f"twin-{n}", "A twin", "base",
            differences(base.source, claim), ["line 1 met by tried"],
        )
        for n, claim in enumerate(claims)
    ]  # fmt: skip
    again = open_book(RULE + "\n" + "\n".join(texts))
    found = {w.name: w.source for w in again.scenarios(again.policies()[0])}

    assert len(claims) > 50
    for n, claim in enumerate(claims):
        assert same(found[f"twin-{n}"], claim), texts[n]


def same(one: Json, other: Json) -> bool:
    def plain(claim: Json) -> str:
        rows = sorted(json.dumps(r, sort_keys=True) for r in claim["history"]["lines"])
        history = {**claim["history"], "lines": rows}
        return json.dumps({**claim, "claim": "", "history": history}, sort_keys=True)

    return plain(one) == plain(other)


def test_no_variant_is_the_claim_itself(open_book: OpenBook) -> None:
    book = open_book(RULE)
    (base,) = book.scenarios(book.policies()[0])
    alike = [x for x in variants(base.source, every_hint(book)) if x == base.source]

    assert alike == []


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"outcome": "needs-evidence"}, "line 1 needs evidence"),
        ({"status": "not-applicable", "by": "r"}, "line 1 not applicable by r"),
        (
            {"outcome": "unknown", "by": "r", "about": ["history", "side"]},
            "line 1 unknown by r about history, side",
        ),
        ({"counted": 0}, "counted 0"),
        ({"next_date": "2026-10-02"}, "next date 2026-10-02"),
    ],
)
def test_an_expectation_in_the_words_of_the_language(expected: Json, text: str) -> None:
    assert expectation_text({**EMPTY, **expected}) == text


def test_long_lines_go_on_after_a_comma() -> None:
    pairs = ", ".join(f"fact-number-{n} yes" for n in range(12))
    text = scenario_text("long", "Long", "base", [f"chart: {pairs}"], ["line 1 pass"])
    lines = text.splitlines()

    assert max(map(len, lines)) <= WIDTH + 1
    assert "".join(lines[2:-1]).replace(",    ", ", ").strip() == f"chart: {pairs}"
