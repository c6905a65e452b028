"""What is counted of each rule, what speaks against it, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.calibrate.fates import Fate
from kb.calibrate.kinds import Kind, of_its_kind
from kb.calibrate.report import Limits, Report, RuleRow, report_of
from kb.calibrate.tables import denials_csv, report_json, rules_csv
from kb.calibrate.tally import Said, Silence, Stance, Tally
from kb.calibrate.words import report_text
from kb.engine.rule_words import RuleWords

PAID = Fate("paid", dollars=Decimal(10))
KINDS = {
    "often": Kind("151", frozenset({"N362"}), "frequency"),
    "needed": Kind("50", frozenset(), "necessity"),
    "sound": Kind("", frozenset(), "modifier"),
}
MET = Stance("met")


def denied(*carcs: str, rarcs: tuple[str, ...] = ()) -> Fate:
    return Fate("denied", carcs, rarcs, Decimal(10))


def said(
    *foretelling: str,
    silent: Iterable[str] = (),
    undecided: Iterable[str] = (),
    stance: Stance = MET,
    code: str = "64483",
    payer: str = "aetna",
) -> Said:
    return Said(
        payer,
        code,
        frozenset(foretelling),
        frozenset(undecided),
        frozenset(),
        frozenset(Silence(rule, stance) for rule in silent),
    )


Counted = tuple[Said, Fate, int]


def report(
    *counted: Counted, limits: Limits | None = None, patients: int = 1000
) -> Report:
    """The report of so many lines, of which each patient has one up to ``patients``."""
    limits = limits or Limits()
    tally = Tally(limits.fewest)
    number = 0
    for what, fate, lines in counted:
        for _ in range(lines):
            tally.hold(what, fate, f"P{number % patients}")
            number += 1
    return report_of(tally, KINDS.__getitem__, limits)


def row(found: Report, rule: str) -> RuleRow:
    (one,) = [row for row in found.rules if row.rule == rule]
    return one


SOUND: tuple[Counted, ...] = (
    (said("sound"), denied("4"), 190),
    (said("sound"), PAID, 10),
    (said(code="99213"), PAID, 1000),
)
"""A rule that the payer enforces, and visits of which nothing is said."""


def test_lines_that_the_payer_pays_speak_against_the_rule_that_denies_them() -> None:
    found = report(*SOUND, (said("often"), PAID, 38), (said("often"), denied("151"), 2))
    first = found.rules[0]

    assert [one.rule for one in found.suspicious] == ["often"]
    assert (first.foretold, first.denied, first.paid) == (40, 2, 38)
    assert (round(first.paid_share.low, 2), round(first.paid_share.high, 2)) == (
        0.83,
        0.99,
    )
    assert round(first.usual_paid, 2) == 0.05


def test_denials_of_its_kind_speak_against_the_rule_that_was_silent_on_them() -> None:
    at_its_limit = Stance("met", at_its_limit=True)
    found = report(
        *SOUND,
        (said(silent=["often"], stance=at_its_limit), denied("151"), 18),
        (said(silent=["often"], stance=at_its_limit), PAID, 2),
        (said(silent=["often"]), PAID, 400),
    )
    first = found.rules[0]

    assert [one.rule for one in found.suspicious] == ["often"]
    assert (first.missed, first.held, first.silent) == (18, 18, 20)


def test_a_payer_that_denies_a_code_whatever_is_said_has_a_rule_that_nobody_wrote() -> (
    None
):
    found = report(
        *SOUND,
        (said(silent=["often", "needed"]), denied("50"), 30),
        (said(silent=["often"]), denied("50"), 30),
        (said(), denied("50"), 30),
    )

    assert found.suspicious == ()
    assert [(one.carcs, one.lines, one.silent) for one in found.denials] == [
        (("50",), 90, 30)
    ]
    assert row(found, "needed").missed == 30
    assert row(found, "needed").held == 0


def test_lines_that_another_rule_denies_too_do_not_clear_a_rule() -> None:
    found = report(
        *SOUND,
        (said("often"), PAID, 12),
        (said("often", "needed"), denied("50"), 300),
        (said("needed"), denied("50"), 30),
    )

    assert [one.rule for one in found.suspicious] == ["often"]


def test_a_denial_that_waits_for_the_chart_says_nothing_of_any_rule() -> None:
    found = report(
        *SOUND, (said(undecided=["needed"], silent=["often"]), denied("50"), 50)
    )

    assert (found.waiting, found.denials, found.suspicious) == (50, (), ())
    assert (row(found, "needed").undecided, row(found, "needed").verdict) == (
        50,
        "undecided",
    )


def test_a_payer_that_gives_another_reason_is_told_as_such() -> None:
    found = report(
        *SOUND, (said("often"), denied("97"), 12), (said("often"), denied("151"), 9)
    )
    (other,) = found.other_words

    assert (other.rule, other.ours, other.theirs, other.lines) == (
        "often",
        "151",
        ("97",),
        12,
    )
    assert (row(found, "often").denied, row(found, "often").denied_otherwise) == (9, 12)
    assert row(found, "often").verdict == "agrees"


def test_the_reason_of_another_rule_on_the_line_is_no_other_word() -> None:
    found = report(*SOUND, (said("often", "needed"), denied("50"), 40))

    assert found.other_words == ()


def test_of_few_lines_nothing_is_claimed() -> None:
    found = report(*SOUND, (said("often"), PAID, 9))

    assert row(found, "often").verdict == "too few"
    assert found.suspicious == ()


def test_rows_of_few_patients_are_left_out() -> None:
    lines: tuple[Counted, ...] = (
        (said("often"), PAID, 100),
        (said(code="20610"), denied("96"), 100),
    )

    few, enough = report(*lines, patients=4), report(*lines, patients=5)

    assert (few.rules, few.denials) == ((), ())
    assert (few.rules_left_out, few.denials_left_out) == (1, 100)
    assert (len(enough.rules), len(enough.denials)) == (1, 1)


def test_lines_without_a_decision_are_counted_apart() -> None:
    found = report(
        (said("often"), Fate("pending"), 3), (said("often"), Fate("unknown"), 4)
    )

    assert (found.paid, found.denied, found.matching.not_final) == (0, 0, 7)


def test_the_weightiest_denials_stand_first() -> None:
    found = report(
        (said(code="20610"), denied("96", rarcs=("N130",)), 6),
        (said(code="20610", payer="cigna"), denied("96"), 8),
        (said(code="64483"), denied("242"), 7),
    )

    assert [(one.payer, one.carcs, one.lines) for one in found.denials] == [
        ("cigna", ("96",), 8),
        ("aetna", ("242",), 7),
        ("aetna", ("96",), 6),
    ]
    assert found.denials[0].words == ("it is not covered; the remark code says why",)
    assert found.denials[1].words == ()


@pytest.mark.parametrize(
    ("fate", "rule", "expected"),
    [
        (denied("151"), "often", True),
        (denied("151", rarcs=("N362",)), "often", True),
        (denied("151", rarcs=("M53",)), "often", True),
        (denied("119"), "often", True),
        (denied("97"), "often", False),
        (denied("4"), "sound", True),
        (denied("50"), "sound", False),
        (denied("999"), "needed", False),
        (denied(), "needed", False),
    ],
)
def test_kinds(fate: Fate, rule: str, expected: bool) -> None:
    assert of_its_kind(fate, KINDS[rule]) is expected


def test_a_remark_code_tells_denials_with_one_carc_apart() -> None:
    at_its_limit = Stance("met", at_its_limit=True)
    silent = said(silent=["often"], stance=at_its_limit)
    others = (*SOUND, (said(silent=["often"]), PAID, 400))

    alike = report(*others, (silent, denied("151", rarcs=("N362", "N1")), 20))
    apart = report(*others, (silent, denied("151", rarcs=("M53",)), 20))

    assert [one.rule for one in alike.suspicious] == ["often"]
    assert apart.suspicious == ()


@given(st.permutations(range(8)))
def test_the_order_of_claims_changes_nothing(order: list[int]) -> None:
    at_its_limit = Stance("met", at_its_limit=True)
    lines: list[Counted] = [
        *SOUND,
        (said("often", payer="cigna"), PAID, 13),
        (said("often", "needed"), denied("50"), 17),
        (said(silent=["often"], stance=at_its_limit), denied("151"), 19),
        (said(silent=["often", "needed"], payer="uhc"), denied("119"), 11),
        (said(silent=["often", "needed"]), PAID, 23),
    ]

    assert report(*(lines[at] for at in order)) == report(*lines)


def words(rule: str) -> RuleWords:
    return RuleWords(
        rule, "p", rule, f"Title of {rule}", "", "", "", (), "", "", "", "p.policy", 3
    )


@pytest.fixture(scope="module")
def found() -> Report:
    return report(
        *SOUND,
        (said("often"), PAID, 38),
        (said("often"), denied("151"), 2),
        (said("often"), denied("97"), 12),
        (said(code="20610"), denied("=1+1"), 8),
        (said("needed"), PAID, 6),
    )


def test_the_text_says_the_numbers_in_sentences(found: Report) -> None:
    text = "\n".join(report_text(found, words, str.title))

    assert "1. often  p.policy:3" in text
    assert (
        "It denied 52 lines; the payer paid 38 of them (95 percent: 60 to 83 of 100, where"
        in text
    )
    assert "and denied 12 for another reason" in text
    assert "may be wrong or too strict, or the payer does not enforce it" in text
    assert "1 rule: too few to say, under 10 lines." in text
    assert "we say 151, the payer 97: 12 lines" in text
    assert "Aetna  CARC =1+1: 8 lines, $80.00" in text


def test_tables_run_nothing_and_hold_no_patient(found: Report) -> None:
    rules, denials = rules_csv(found).splitlines(), denials_csv(found).splitlines()

    assert rules[0].startswith("rule,verdict,strength,foretold,denied")
    assert rules[1].startswith("often,suspicious,")
    assert denials[1] == "aetna,'=1+1,,8,80,0,20610"
    assert "P1" not in str(report_json(found))
