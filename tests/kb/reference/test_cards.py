"""Cards of small invented policies: whose they are, where, when, and how well known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.build.compiler import build_folder
from kb.plain.headings import ASPECTS
from kb.read.knowledge_base import KnowledgeBase
from kb.read.store import open_knowledge_base
from kb.reference.cards import (
    Card,
    card,
    card_of_contractor,
    cards_of_code,
    cards_of_payer,
    codes_of_payer,
    policies_in_force,
)
from kb.reference.comparison import compare
from kb.reference.first_days import earlier_silence, in_force_words

DAY = date(2026, 6, 1)
WORDS = """\
payer sample: Sample
  line of business: commercial
payer leader: Leader
  line of business: medicare
payer led: Led
  line of business: medicare-advantage
payer nobody: Nobody
  line of business: commercial
contractor east: East
  payer: leader
  states: FL, NY
contractor west: West
  payer: leader
  states: CA
grouping family: Families
  epidural: 62323, 64479, 64483
  trigger-point: 20552
source DOC: A guide
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01
source MEMORY: What we remember
  grade: recalled
fact risk: Risk of harm
  kind: yes-no
  of: patient
  ask: Write the risk.
fact waited: How long it was waited
  kind: duration
  of: claim
"""
SAMPLE = """\
policy sample/esi: Epidurals
  payer: sample
  first day: not found
  in force: from 2025-01-01
  cite: DOC
  | Which levels count was not read. The rest is plain.
codes esi: Epidurals
  include: 64479, 64483
rule four: Four a year
  for: 64483
  in force: from 2025-01-01 through 2025-12-31, then ended
  limit: 4 sessions in any 12 months
  otherwise: deny for necessity
  cite: DOC
rule two: Two a year
  for: esi
  in force: from 2026-01-01
  limit: 2 sessions in any 12 months
  otherwise: deny for necessity
  cite: DOC
rule safe: No harm
  for: esi
  in force: from 2026-01-01
  require: not risk
  otherwise: review
  cite: DOC
  | Who says so was not found.
rule waits: A wait in the office
  for: esi
  when: place is 11
  require: waited at least 4 weeks
  otherwise: deny for necessity
  cite: DOC
rule texas: A wait in Texas
  for: esi
  when: state is TX
  require: waited at least 5 weeks
  otherwise: deny for necessity
  cite: DOC
rule beside: Not beside
  for: 20552
  not with: 64483 on same date
  otherwise: deny for necessity
  cite: DOC
gap training: Not on a claim
  for: 64483
  in force: from 2025-01-01 through 2025-12-31, then ended
  cite: DOC
"""
BILLING = """\
policy sample/approval: Approval
  payer: sample
  decides: billing
  delegated to: Somebody, by telephone
  in force: from 2026-01-01
  cite: DOC
rule approval: Approved first
  for: 62323, 64479, 64483
  require: authorization is approved
  otherwise: needs auth
  fix: Ask by {date}.
  cite: DOC
rule filing: In time
  require: received at most 90 days after service
  otherwise: deny for necessity
  cite: DOC
"""
DRAFT = """\
policy sample/draft: What is proposed
  payer: sample
  status: draft
  in force: from 2026-03-01
  cite: DOC
rule apart: Apart
  for: 64483
  interval: at least 14 days between sessions
  otherwise: deny for necessity
  cite: DOC
"""
LEADER = """\
policy leader/{who}: Of {who}
  payer: leader
{more}  in force: from 2026-01-01
  cite: DOC
{rule}"""
LIMIT = """\
rule often: Often
  for: 64483
  limit: {most} sessions in any 12 months
  otherwise: deny for necessity
  cite: DOC
"""
CAP = """\
rule cap: Cap
  for: 64483
  not carried: by defers to
  limit: 1 line on one date
  otherwise: deny for necessity
  cite: DOC
rule apart: Apart
  for: 64483
  interval: at least 7 days between sessions
  otherwise: deny for necessity
  cite: MEMORY
"""
LED = """\
policy led/coverage: As the leader
  payer: led
  defers to: leader
  in force: from 2026-02-01
  cite: DOC
"""
ANYBODY = """\
policy shared/any: For anybody
  payer: any
  decides: billing
  in force: from 2020-01-01
  cite: DOC
rule pair: A pair
  for: 62323
  not with: 64479 on same date
  otherwise: fix
  cite: DOC
"""
FILES = {
    "words": WORDS,
    "sample": SAMPLE,
    "billing": BILLING,
    "draft": DRAFT,
    "east": LEADER.format(
        who="east", more="  contractor: east\n", rule=LIMIT.format(most=4)
    ),
    "west": LEADER.format(
        who="west", more="  contractor: west\n", rule=LIMIT.format(most=5)
    ),
    "national": LEADER.format(who="national", more="", rule=CAP),
    "led": LED,
    "anybody": ANYBODY,
}
Show = Callable[..., Card]


def built(folder: Path) -> Path:
    """The invented policies, compiled."""
    for name, text in FILES.items():
        (folder / f"{name}.policy").write_text(text, "utf-8")
    report = build_folder(folder, folder / "kb.db")
    assert [d.render() for d in report.diagnostics if d.severity == "error"] == []
    return folder / "kb.db"


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with closing(
        open_knowledge_base(built(tmp_path_factory.mktemp("cards")))
    ) as opened:
        yield KnowledgeBase(opened)


@pytest.fixture
def show(kb: KnowledgeBase) -> Show:
    def shown(
        payer: str, subject: str, day: date = DAY, state: str = "", place: str = ""
    ) -> Card:
        found = card(kb, payer, subject, day, state, place)
        assert found is not None
        return found

    return shown


def shorts(found: Card) -> dict[str, tuple[str, str]]:
    return {
        cell.aspect.key: (cell.short, cell.known)
        for cell in found.cells
        if cell.known != "silent"
    }


def test_policies_of_a_payer_make_one_card(show: Show) -> None:
    found = show("sample", "64483")

    assert shorts(found) == {
        "covered": ("If criteria are met", "known"),
        "approval": ("Required", "known"),
        "limit": ("2 in 12 months", "known"),
        "interval": ("14 days", "partly"),
        "wait": ("4 weeks, 5 weeks", "partly"),
        "chart": ("Required", "partly"),
        "same-day": ("Not with 20552", "known"),
        "filing": ("90 days", "known"),
    }
    assert [cell.aspect for cell in found.cells] == [*ASPECTS]
    assert {each.title for each in found.policies} == {
        "Epidurals",
        "Approval",
        "What is proposed",
    }
    assert len(found.searched) == 4
    assert [each.id for each in found.sources] == ["DOC"]


@pytest.mark.parametrize(
    ("day", "limits", "asks", "gaps"),
    [
        (date(2024, 12, 31), [], [], []),
        (
            date(2025, 1, 1),
            ["At most 4 sessions in any 12 months"],
            0,
            ["Not on a claim"],
        ),
        (
            date(2025, 12, 31),
            ["At most 4 sessions in any 12 months"],
            0,
            ["Not on a claim"],
        ),
        (date(2026, 1, 1), ["At most 2 sessions in any 12 months"], 1, []),
    ],
)
def test_only_what_is_in_force_on_the_day_is_shown(
    day: date, limits: list[str], asks: int, gaps: list[str], show: Show
) -> None:
    found = show("sample", "64483", day)
    asked = [ask for each in found.documents for ask in each.asks]

    assert [row.sentence for row in found.cell("limit").rows] == limits
    assert ("Write the risk." in asked) == bool(asks)
    assert [row.sentence for row in found.gaps] == gaps


def test_a_silent_cell_says_what_was_searched_and_whom_to_ask(show: Show) -> None:
    cell = show("sample", "64483").cell("sides")

    assert (cell.known, cell.short, cell.rows) == ("silent", "", ())
    assert cell.searched == "No loaded rule says: 4 policies searched."
    assert cell.ask == "Ask Sample, or Somebody, by telephone."


def test_a_row_is_for_some_codes_of_a_family(show: Show) -> None:
    family = show("sample", "epidural")

    assert family.usual == ("64479", "64483")
    assert [row.partial for row in family.cell("limit").rows] == [False]
    assert [row.codes_words for row in family.cell("interval").rows] == ["64483"]


@pytest.mark.parametrize(
    ("state", "place", "waits"),
    [
        ("", "", ["4 weeks", "5 weeks"]),
        ("TX", "", ["4 weeks", "5 weeks"]),
        ("FL", "", ["4 weeks"]),
        ("", "11", ["4 weeks", "5 weeks"]),
        ("FL", "24", []),
        ("TX", "24", ["5 weeks"]),
    ],
)
def test_state_and_place_leave_out_what_cannot_apply(
    state: str, place: str, waits: list[str], show: Show
) -> None:
    found = show("sample", "64483", state=state, place=place)

    assert sorted(row.short for row in found.cell("wait").rows) == waits


def test_an_answer_of_the_place_asked_for_is_no_partial_one(show: Show) -> None:
    assert show("sample", "64483", state="FL", place="11").cell("wait").known == "known"
    assert show("sample", "64483", state="FL").cell("wait").known == "partly"


def test_a_rule_for_another_code_stands_under_the_same_day(show: Show) -> None:
    (row,) = show("sample", "64483").cell("same-day").rows

    assert row.sentence == "20552: Not on the same day as 64483"
    assert row.codes == ("64483",)


def test_caveats_are_the_rules_own_or_their_policys_doubts(show: Show) -> None:
    found = show("sample", "64483")

    assert found.cell("chart").rows[0].caveat == "Who says so was not found."
    assert found.cell("limit").rows[0].caveat == "Which levels count was not read."
    assert found.cell("approval").rows[0].caveat == ""
    assert found.cell("approval").rows[0].fix == "Ask by the date of service."


def test_contractors_speak_for_their_states(show: Show) -> None:
    anywhere = show("leader", "64483").cell("limit")
    florida = show("leader", "64483", state="FL").cell("limit")

    assert [(row.short, row.condition) for row in anywhere.rows] == [
        ("4 in 12 months", "East"),
        ("5 in 12 months", "West"),
    ]
    assert anywhere.known == "partly"
    assert [(row.short, row.condition) for row in florida.rows] == [
        ("4 in 12 months", "")
    ]
    assert florida.known == "known"


def test_a_contractor_has_a_card_of_its_own(kb: KnowledgeBase) -> None:
    found = card_of_contractor(kb, "leader", "west", "64483", DAY)

    assert found is not None
    assert found.cell("limit").short == "5 in 12 months"
    assert found.cell("interval").short == "7 days"
    assert card_of_contractor(kb, "nothing", "west", "64483", DAY) is None


def test_who_follows_has_what_is_carried_from_its_own_first_day(show: Show) -> None:
    found = show("led", "64483", state="FL")

    assert found.is_led
    assert {row.follows for row in found.cell("limit").rows} == {"Leader"}
    assert found.cell("limit").short == "4 in 12 months"
    assert found.cell("session").rows == ()
    assert show("led", "64483", date(2026, 1, 31), "FL").is_silent


def test_what_is_remembered_is_partly_known(show: Show) -> None:
    cell = show("leader", "64483", state="FL").cell("interval")

    assert (cell.known, cell.rows[0].grade) == ("partly", "recalled")


def test_a_policy_for_anybody_makes_nobody_speak(show: Show) -> None:
    found = show("nobody", "epidural")

    assert found.is_silent
    assert found.cell("same-day").rows[0].anyone


def test_payers_stand_side_by_side(kb: KnowledgeBase) -> None:
    found = compare(kb, cards_of_code(kb, "64483", DAY), DAY)

    assert [[each.payer.id for each in same] for same in found.groups] == [
        ["leader"],
        ["sample"],
    ]
    assert [(each.title, each.payer_title) for each in found.followers] == [
        ("Led", "Leader")
    ]
    assert [each.payer.id for each in found.silent] == ["nobody"]
    assert found.others == ()


def test_rules_beside_the_eight_questions_stand_apart(kb: KnowledgeBase) -> None:
    found = compare(kb, cards_of_code(kb, "20552", DAY), DAY)

    assert [each.payer.id for each in found.others] == ["sample"]
    assert found.groups == ()


def test_a_payer_has_a_card_for_each_family(kb: KnowledgeBase) -> None:
    found = cards_of_payer(kb, "sample", DAY)

    assert [each.subject.key for each in found] == ["epidural", "trigger-point"]
    assert cards_of_payer(kb, "nothing", DAY) == ()


@pytest.mark.parametrize(
    ("payer", "subject"),
    [("nothing", "64483"), ("sample", "nothing"), ("sample", ""), ("sample", "99999")],
)
def test_what_is_not_loaded_has_no_card(
    payer: str, subject: str, kb: KnowledgeBase
) -> None:
    assert card(kb, payer, subject, DAY) is None


def test_codes_are_found_in_any_case(kb: KnowledgeBase) -> None:
    assert cards_of_code(kb, "nothing", DAY) == ()
    assert codes_of_payer(kb, "sample", DAY) == ("20552", "62323", "64479", "64483")
    assert codes_of_payer(kb, "nobody", DAY) == ()
    assert {each.title for each in policies_in_force(kb, "led", DAY, "CA")} == {
        "As the leader",
        "Of west",
        "Of national",
        "For anybody",
    }


def test_a_first_day_that_was_not_found_is_said(show: Show) -> None:
    found = {
        each.title: in_force_words(each) for each in show("sample", "64483").policies
    }

    assert found == {
        "Epidurals": "first day not found; answers from 2025-01-01",
        "Approval": "in force from 2026-01-01",
        "What is proposed": "in force from 2026-03-01",
    }


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (
            date(2025, 6, 1),
            (
                "3 policies are loaded for Sample, the earliest from 2025-01-01:"
                " 2 of them begin after 2025-06-01."
            ),
        ),
        (
            date(2026, 2, 1),
            (
                "3 policies are loaded for Sample, the earliest from 2025-01-01:"
                " 1 of them begins after 2026-02-01."
            ),
        ),
        (DAY, ""),
    ],
)
def test_days_before_policies_begin_are_explained(
    day: date, words: str, kb: KnowledgeBase, show: Show
) -> None:
    assert earlier_silence(kb, show("sample", "64483").payer, day) == words
