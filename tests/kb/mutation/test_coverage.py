"""What scenarios have shown of rules, ways out and dates."""

from __future__ import annotations

from collections.abc import Callable

from kb.proofs.authoring_session import Workbook
from kb.proofs.coverage import PolicyCoverage, cover_policy

OpenBook = Callable[[str], Workbook]
RULE = """\
rule wait: Four weeks first
  for: esi
  in force: from 2025-07-01
  require: pain-duration at least 4 weeks
  unless: diagnosis in zoster
  otherwise: deny for necessity
  if unknown: needs evidence
  cite: BOOK

exception hurt to wait: A new injury needs no wait
  when: acute-injury
  cite: BOOK

gap training: Not on a claim
  for: esi
  when: place is 24
  cite: BOOK

"""
PLAIN = """\
scenario plain: Long enough
  claim: date 2026-03-10, place 11
  line 1: 64483-RT, dx M54.16
  chart: pain-duration 30 weeks, acute-injury no
  expect: line 1 met by wait

"""
REST = """\
scenario short: Not long enough
  like: plain
  chart: pain-duration 1 weeks
  expect: line 1 deny by wait

scenario silent: Not written
  like: plain
  chart: pain-duration unknown
  expect: line 1 needs evidence by wait about pain-duration

scenario shingles: Exempt
  like: short
  line 1: 64483-RT, dx B02.23
  expect: line 1 exempt by wait

scenario hurt: Exempt too
  like: short
  claim: place 24
  chart: acute-injury yes
  expect: line 1 exempt by wait

scenario first-day: The first day of the rule
  like: plain
  claim: date 2025-07-01
  expect: line 1 met by wait

scenario day-before: The day before
  like: plain
  claim: date 2025-06-30
  expect: line 1 not applicable by wait

scenario policy-first-day: The first day of the policy
  like: plain
  claim: date 2025-01-01
  expect: line 1 not applicable by wait

scenario policy-day-before: The day before
  like: plain
  claim: date 2024-12-31
  expect: line 1 unknown
"""


def cover(book: Workbook) -> PolicyCoverage:
    (policy,) = book.policies()
    return cover_policy(policy, book.engine.program, book.scenarios(policy))


def test_everything_shown_is_a_hundred_percent(open_book: OpenBook) -> None:
    found = cover(open_book(RULE + PLAIN + REST))
    (wait, _training) = found.rules

    assert found.missing == ()
    assert found.percent == 100.0
    assert wait.counts["met"] == 2
    assert wait.counts["exempt"] == 2
    assert wait.named == 8
    assert wait.ways_out == {"unless": 1, "hurt": 1}


def test_what_is_missing_is_listed_in_words(open_book: OpenBook) -> None:
    found = cover(open_book(RULE + PLAIN))

    assert found.missing == (
        ("wait", "never not met"),
        ("wait", "never unknown"),
        ("wait", "unless never used"),
        ("wait", "hurt never used"),
        ("training", "never gap"),
        ("policy", "in force from 2025-01-01: no scenario on 2024-12-31"),
        ("policy", "in force from 2025-01-01: no scenario on 2025-01-01"),
        ("wait", "in force from 2025-07-01: no scenario on 2025-06-30"),
        ("wait", "in force from 2025-07-01: no scenario on 2025-07-01"),
    )
    assert found.percent == 10.0


def test_a_rule_that_asks_for_no_fact_need_not_be_unknown(open_book: OpenBook) -> None:
    found = cover(
        open_book(
            "rule never-here: Never\n  for: esi\n  covered: never\n"
            "  otherwise: deny for necessity\n  cite: BOOK\n"
        )
    )

    assert found.rules[0].wanted == ("not-met",)


def test_dates_of_codes_and_values_have_two_sides(open_book: OpenBook) -> None:
    found = cover(
        open_book(
            "codes later: Later codes\n  include: 64479\n"
            "  include from 2026-01-01: 64490\n\n"
            "value wait: A wait\n  4 weeks through 2025-12-31\n"
            "  6 weeks from 2026-01-01\n  cite: BOOK\n\n"
            "rule tried: A rule\n  for: later\n  require: pain-duration at least wait\n"
            "  otherwise: deny for necessity\n  cite: BOOK\n\n"
            "scenario last: On the last day\n  claim: date 2025-12-31\n"
            "  line 1: 64479-RT\n  chart: pain-duration 4 weeks\n"
            "  expect: line 1 met by tried\n\n"
            "scenario new-code: The new code\n  like: last\n  claim: date 2026-01-01\n"
            "  line 1: 64490-RT\n  expect: line 1 not met by tried\n"
        )
    )
    dates = {(x.subject, x.what): [seen for _day, seen in x.sides] for x in found.dates}

    assert dates["tried", "4 weeks through 2025-12-31"] == [True, True]
    assert dates["tried", "6 weeks from 2026-01-01"] == [True, True]
    assert dates["later", "64490 from 2026-01-01"] == [False, True]


def test_days_by_date_received_are_seen_by_that_date(open_book: OpenBook) -> None:
    found = cover(
        open_book(
            "rule late: A rule\n  for: esi\n  in force: from 2026-01-01 by date-received\n"
            "  require: modifier KX present\n"
            "  otherwise: deny for necessity\n  cite: BOOK\n\n"
            "scenario on: On the day\n  claim: date 2025-12-01, received 2026-01-01\n"
            "  line 1: 64479-KX\n  expect: line 1 met by late\n"
        )
    )
    sides = {x.what: x.sides for x in found.dates if x.subject == "late"}

    assert [s for _d, s in sides["in force from 2026-01-01"]] == [False, True]
