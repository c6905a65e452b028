"""What each operator makes of a rule, in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.mutation.mutants import mutants_of
from kb.proofs.authoring_session import Workbook

OpenBook = Callable[[str], Workbook]
OUTCOME = "outcome: otherwise deny -> review"
RULES = {
    "limit": (
        "limit: 4 sessions per region in any 12 months",
        """
        outcome: otherwise deny -> review
        number: limit 4 -> 5 sessions
        number: limit 4 -> 3 sessions
        number: in any 12 months -> in any 13 months
        number: in any 12 months -> in any 11 months
        unit: in any 12 months -> in any 12 days
        window: in any 12 months -> in each calendar year
        window: in any 12 months -> in a lifetime
        group: dropped: per region
        """,
    ),
    "limit by a choice": (
        """limit by risk:
    - low: 4 sessions in any 12 months
    - moderate: 2 units in a lifetime
    - high: 1 session on one date""",
        """
        outcome: otherwise deny -> review
        number: low: limit 4 -> 5 sessions
        number: low: limit 4 -> 3 sessions
        number: low: in any 12 months -> in any 13 months
        number: low: in any 12 months -> in any 11 months
        unit: low: in any 12 months -> in any 12 days
        window: low: in any 12 months -> in each calendar year
        window: low: in any 12 months -> in a lifetime
        number: moderate: limit 2 -> 3 units
        number: moderate: limit 2 -> 1 units
        number: high: limit 1 -> 2 sessions
        number: high: limit 1 -> 0 sessions
        """,
    ),
    "which services count": (
        """limit: 1 session in a lifetime
  counting: with modifier KX, without modifier 59, denied too, own claims""",
        """
        outcome: otherwise deny -> review
        number: limit 1 -> 2 sessions
        number: limit 1 -> 0 sessions
        counting: dropped: counting with modifier KX
        counting: dropped: counting without modifier 59
        counting: dropped: counting denied ones too
        counting: dropped: counting own claims
        """,
    ),
    "another day": (
        "require: imaging-date within 24 months",
        """
        outcome: otherwise deny -> review
        number: imaging-date at most 24 months -> 25 months
        number: imaging-date at most 24 months -> 23 months
        unit: imaging-date at most 24 months -> 24 weeks
        comparison: imaging-date at most -> less than
        """,
    ),
    "limit in a calendar year": (
        "limit: 2 units in each calendar year",
        """
        outcome: otherwise deny -> review
        number: limit 2 -> 3 units
        number: limit 2 -> 1 units
        window: in each calendar year -> in any 12 months
        window: in each calendar year -> in a lifetime
        """,
    ),
    "limit in a lifetime": (
        "limit: 1 session in a lifetime",
        """
        outcome: otherwise deny -> review
        number: limit 1 -> 2 sessions
        number: limit 1 -> 0 sessions
        """,
    ),
    "interval": (
        "interval: at least 14 days between sessions per region",
        """
        outcome: otherwise deny -> review
        number: interval of at least 14 days -> 15 days
        number: interval of at least 14 days -> 13 days
        unit: interval of at least 14 days -> 14 weeks
        group: dropped: per region
        """,
    ),
    "at least": (
        "require: pain-duration at least 4 weeks",
        """
        outcome: otherwise deny -> review
        number: pain-duration at least 4 weeks -> 5 weeks
        number: pain-duration at least 4 weeks -> 3 weeks
        unit: pain-duration at least 4 weeks -> 4 months
        comparison: pain-duration at least -> more than
        """,
    ),
    "less than": (
        "require: pain-duration less than 3 months",
        """
        outcome: otherwise deny -> review
        number: pain-duration less than 3 months -> 4 months
        number: pain-duration less than 3 months -> 2 months
        unit: pain-duration less than 3 months -> 3 weeks
        comparison: pain-duration less than -> at most
        """,
    ),
    "never below zero": (
        "require: relief more than 0 percent\n  looking at: last esi",
        """
        outcome: otherwise deny -> review
        number: relief more than 0 percent -> 1 percent
        comparison: relief more than -> at least
        """,
    ),
    "and": (
        "require: imaging-done and acute-injury",
        """
        outcome: otherwise deny -> review
        and-or: and -> or in: imaging done and acute injury
        part: dropped: imaging done
        part: dropped: acute injury
        not: imaging done -> not (imaging done)
        not: acute injury -> not (acute injury)
        """,
    ),
    "not": (
        "require: not imaging-done",
        """
        outcome: otherwise deny -> review
        not: not (imaging done) -> imaging done
        """,
    ),
    "at least n of": (
        (
            "require: at least 2 of\n    - imaging-done\n    - acute-injury\n"
            "    - risk in low, high"
        ),
        """
        outcome: otherwise deny -> review
        at-least: at least 2 of -> at least 3 of
        at-least: at least 2 of -> at least 1 of
        not: imaging done -> not (imaging done)
        not: acute injury -> not (acute injury)
        choice: risk without low
        choice: risk without high
        """,
    ),
    "when and unless": (
        "when: place is 24\n  unless: diagnosis in zoster\n  covered: never",
        """
        when: dropped: when place 24
        unless: dropped: unless a diagnosis in zoster
        outcome: otherwise deny -> review
        choice: place without 24
        diagnosis: diagnosis -> primary diagnosis in zoster
        """,
    ),
    "modifier": (
        "when: modifier RT present\n  require: primary diagnosis in zoster",
        """
        when: dropped: when modifier RT present
        outcome: otherwise deny -> review
        modifier: modifier RT -> LT
        diagnosis: primary diagnosis -> diagnosis in zoster
        """,
    ),
    "not with": (
        "not with: esi on same date and same level, allowed with modifier 59",
        """
        outcome: otherwise deny -> review
        group: dropped: same level
        modifier: dropped: allowed with modifier 59
        """,
    ),
    "earlier services": (
        (
            "when: exactly 1 earlier esi, same region, in any 6 months, at least 14 days "
            "before, each with relief at least 50 percent\n  covered: never"
        ),
        """
        when: dropped: when exactly 1 earlier esi, same region, in any 6 months, \
at least 14 days before, each with relief at least 50 percent
        outcome: otherwise deny -> review
        number: earlier by at least 14 days -> 15 days
        number: earlier by at least 14 days -> 13 days
        number: exactly 1 earlier esi -> exactly 2
        number: exactly 1 earlier esi -> no
        number: in any 6 months -> in any 7 months
        number: in any 6 months -> in any 5 months
        unit: in any 6 months -> in any 6 days
        unit: earlier by at least 14 days -> 14 weeks
        window: in any 6 months -> in each calendar quarter
        window: in any 6 months -> at any time
        group: dropped: same region of earlier esi
        filter: dropped: at least 14 days before, of earlier esi
        filter: dropped: each with relief at least 50 percent, of earlier esi
        number: relief at least 50 percent -> 51 percent
        number: relief at least 50 percent -> 49 percent
        comparison: relief at least -> more than
        """,
    ),
    "no earlier": (
        "when: no earlier esi\n  covered: never",
        """
        when: dropped: when no earlier esi
        outcome: otherwise deny -> review
        number: no earlier esi -> at most 1
        """,
    ),
    "dates": (
        (
            "in force: from 2025-07-01 through 2026-06-30\n"
            "  when: date after 2025-08-31\n  covered: never"
        ),
        """
        when: dropped: when date after 2025-08-31
        outcome: otherwise deny -> review
        date: in force from 2025-07-01 -> 2025-07-02
        date: in force from 2025-07-01 -> 2025-06-30
        date: in force through 2026-06-30 -> 2026-07-01
        date: in force through 2026-06-30 -> 2026-06-29
        date: date after 2025-08-31 -> 2025-09-01
        date: date after 2025-08-31 -> 2025-08-30
        """,
    ),
    "days of the policy are not the rule's": (
        "in force: from 2025-01-01\n  covered: never",
        "outcome: otherwise deny -> review",
    ),
    "kind of claim and unknowns": (
        "claims: professional\n  if unknown: needs evidence\n  require: imaging-done",
        """
        when: dropped: professional claims only
        outcome: otherwise deny -> review
        if-unknown: if unknown needs-evidence -> note
        not: imaging done -> not (imaging done)
        """,
    ),
    "a recalled rule reviews either way": (
        "grade: recalled\n  if unknown: needs evidence\n  require: imaging-done",
        """
        if-unknown: if unknown needs-evidence -> note
        not: imaging done -> not (imaging done)
        """,
    ),
}


def changes(book: Workbook, subject: str = "tried") -> list[str]:
    (policy,) = book.policies()
    return [
        f"{mutant.operator}: {mutant.change}"
        for mutant in mutants_of(policy, book.engine.program, book.sites)
        if mutant.subject == subject
    ]


@pytest.mark.parametrize(("lines", "expected"), RULES.values(), ids=RULES)
def test_a_rule_is_changed_in_each_way_that_its_parts_allow(
    open_rule: OpenBook, lines: str, expected: str
) -> None:
    wanted = [line.strip() for line in expected.strip().splitlines()]

    assert changes(open_rule(f"  {lines}")) == wanted


def test_an_exception_is_dropped_and_its_own_tests_are_changed(
    open_book: OpenBook,
) -> None:
    book = open_book(
        "rule tried: A rule\n  for: esi\n  require: imaging-done\n"
        "  otherwise: deny for necessity\n  cite: BOOK\n\n"
        "exception hurt to tried: A way out\n"
        "  when: risk in low, high\n  cite: BOOK\n"
    )
    (policy,) = book.policies()
    places = {
        mutant.change: mutant.site.line
        for mutant in mutants_of(policy, book.engine.program, book.sites)
    }

    assert changes(book) == [
        "exception: dropped: exception hurt",
        OUTCOME,
        "not: imaging done -> not (imaging done)",
        "choice: risk without low",
        "choice: risk without high",
    ]
    assert places["risk without low"] > places[OUTCOME.partition(": ")[2]]


def test_a_dated_value_moves_only_where_another_amount_then_holds(
    open_book: OpenBook,
) -> None:
    book = open_book(
        "value wait: A wait\n  4 weeks through 2025-12-31\n  6 weeks from 2026-01-01\n"
        "  cite: BOOK\n\n"
        "rule tried: A rule\n  for: esi\n  require: pain-duration at least wait\n"
        "  otherwise: deny for necessity\n  cite: BOOK\n"
    )

    assert [change for change in changes(book) if change.startswith("date")] == [
        "date: pain-duration at least 4 weeks through 2025-12-31 -> 2026-01-01",
        "date: pain-duration at least 4 weeks through 2025-12-31 -> 2025-12-30",
        "date: pain-duration at least 6 weeks from 2026-01-01 -> 2026-01-02",
    ]


def test_a_gap_changes_only_in_when_it_speaks_and_what_it_asks(
    open_book: OpenBook,
) -> None:
    book = open_book(
        "gap tried: Not on a claim\n  for: esi\n  when: place is 24\n  cite: BOOK\n"
    )

    assert changes(book) == [
        "when: dropped: when place 24",
        "outcome: otherwise note -> review",
        "choice: place without 24",
    ]
    assert changes(book, "esi") == []


def test_a_list_loses_codes_and_gains_near_ones(open_rule: OpenBook) -> None:
    book = open_rule("  require: diagnosis in zoster")

    assert changes(book, "zoster") == [
        "code: without B02.23",
        "code: without B02.29",
        "code: with B02.22",
        "code: with B02.30",
    ]
    assert changes(book, "esi") == [
        "code: without 64479",
        "code: without 64480",
        "code: without 64483",
        "code: without 64484",
    ]


def test_days_of_codes_and_of_the_policy_move(open_book: OpenBook) -> None:
    book = open_book(
        "codes later: Later codes\n  include: 64479\n"
        "  include from 2026-01-01: 64490\n\n"
        "rule tried: A rule\n  for: later\n  covered: never\n"
        "  otherwise: deny for necessity\n  cite: BOOK\n"
    )

    assert [c for c in changes(book, "later") if c.startswith("date")] == [
        "date: 64490 from 2026-01-01 -> 2026-01-02",
        "date: 64490 from 2026-01-01 -> 2025-12-31",
    ]
    assert changes(book, "policy") == [
        "date: in force from 2025-01-01 -> 2025-01-02",
        "date: in force from 2025-01-01 -> 2024-12-31",
    ]


def test_mutants_share_everything_but_what_they_change(open_rule: OpenBook) -> None:
    book = open_rule("  limit: 4 sessions in any 12 months")
    (policy,) = book.policies()
    before = repr(policy)

    for mutant in mutants_of(policy, book.engine.program, book.sites):
        assert mutant.sets or repr(mutant.policy) != before

    assert repr(policy) == before
