"""What lines and claims say, and what to do about them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from kb.engine import Engine, LineAnswer
from kb.engine.judge.answer import NotJudged, Searched
from kb.engine.report.claim_sentences import tell
from kb.engine.report.sentences import do_line, say_line
from tests.kb.engine.columns.random_cases import random_case
from tests.kb.engine.report.made import ENGINE, answer, limit, line, result, total
from tests.seeds import fresh

FIFTH = result(
    "sessions", "not-met", "deny", arithmetic=total(4, next_date=date(2026, 6, 10))
)
ASKED = result("needed", "unknown", "needs-evidence", about=("contrast", "imaging"))
EVIDENCE = line(
    "needs-evidence", ASKED, billed="pass", chart=("contrast", "imaging"),
    limits=(limit(total(1), 2),),
)  # fmt: skip
NO_POLICY = "no policy is loaded for 64483 under medicare-part-b in FL on 2026-03-10"
OPEN = line("unknown", reason=NO_POLICY)
LINES = {
    "limit": (
        line("deny", FIFTH),
        "5th session in the lumbar-sacral region in 12 months; the limit is 4.",
        "Write it off, or appeal with the records; next from 2026-06-10.",
    ),
    "value": (
        line(
            "deny",
            result("repeat", "not-met", "deny", because="the block gave 60 percent"),
        ),
        "A repeat needs proof: the block gave 60 percent.",
        "Send the note.",
    ),
    "pair": (
        line("fix", result("pair", "not-met", "fix", with_lines=(2, 3))),
        "Not with its column one code; line 1 cannot stand beside lines 2-3.",
        "Take it off.",
    ),
    "evidence": (
        EVIDENCE,
        (
            "Nothing wrong on the claim; 2 points of the chart decide. Session 2 of 4 in the"
            " lumbar-sacral region since 2025-03-11; 2 left."
        ),
        "Have ready: procedure note (write its flow); imaging report (name the level).",
    ),
    "one-point": (
        line("needs-evidence", ASKED, billed="unknown", chart=("imaging",)),
        (
            "Nothing wrong found; open: no loaded policy says whether 64483 is covered as"
            " billed here; 1 point of the chart decides."
        ),
        "Have ready: imaging report (name the level).",
    ),
    "approval": (
        line(
            "needs-auth",
            result("approval", "unknown", "needs-auth", about=("authorization",)),
        ),
        "Approval comes first: the claim shows no approval.",
        (
            "Put the approval's number on the claim; if there is none, ask eviCore, by its"
            " portal."
        ),
    ),
    "review": (
        line("review", result("advice", "not-met", "review")),
        "Hospitals are asked first.",
        "Have a person check it against L1 before it is sent.",
    ),
    "no-policy": (
        OPEN,
        "No policy is loaded for 64483 under Medicare Part B in FL on 2026-03-10.",
        "Ask the payer whether it covers 64483.",
    ),
    "field": (
        line("unknown", result("plan", "unknown", "unknown", about=("plan",))),
        "Open for want of plan: A plan's own rule.",
        "Give the kind of plan.",
    ),
    "not-judged": (
        line(
            "unknown",
            not_judged=(
                NotJudged("diagnosis", "a gap"),
                NotJudged("necessity", "a gap"),
                NotJudged("pairs", "no table"),
            ),
        ),
        "Not judged: diagnosis, necessity (a gap); code pairs (no table).",
        "Check it by the payer's own policy.",
    ),
    "pass": (
        line("pass", grounds=("p@v#needed", "p@v#sessions")),
        'Covered by "Epidurals".',
        "",
    ),
    "note": (
        line("note", result("paid", "not-met", "note")),
        "A practitioner is paid less.",
        "",
    ),
    "void": (
        line("note", reason="the claim is void: no rule was asked"),
        "The claim is void: no rule was asked.",
        "",
    ),
}


@pytest.mark.parametrize(("given", "say", "do"), LINES.values(), ids=LINES)
def test_a_line_says_what_was_found_and_what_to_do(
    given: LineAnswer, say: str, do: str
) -> None:
    assert (say_line(given, ENGINE), do_line(given, ENGINE)) == (say, do)


@pytest.mark.parametrize("given", [one for one, _say, _do in LINES.values()])
def test_a_claim_of_one_line_says_what_the_line_says(given: LineAnswer) -> None:
    told = tell(answer(given), ENGINE).claim.say

    assert say_line(given, ENGINE).startswith(told)
    assert tell(answer(given), ENGINE).claim.do == do_line(given, ENGINE)


def test_the_worst_line_speaks_for_the_claim() -> None:
    claim = answer(line("pass"), line("deny", FIFTH), EVIDENCE)

    assert tell(claim, ENGINE).claim.say.startswith("Line 2: 5th session")
    assert tell(claim, ENGINE).claim.do.startswith("Write it off")


def test_one_cause_of_several_lines_is_said_once_with_their_codes() -> None:
    other = line("unknown", code="64484", reason=NO_POLICY.replace("64483", "64484"))

    assert tell(answer(OPEN, other, line("pass")), ENGINE).claim.say == (
        "Lines 1-2: No policy is loaded for 64483 and 64484 under Medicare Part B in FL"
        " on 2026-03-10. Line 3 passes."
    )


def test_a_point_that_two_lines_need_is_counted_once() -> None:
    other = line("needs-evidence", ASKED, billed="pass", chart=("imaging", "pain"))

    said = tell(answer(EVIDENCE, other), ENGINE).claim.say
    assert said.startswith("Nothing wrong on the claim; 3 points of the chart decide.")


def test_sentences_of_every_form_are_whole() -> None:
    for seed in map(fresh, range(60)):
        case = random_case(seed)
        engine = Engine.of(case.program)
        for found in engine.answer(case.claims):
            told = tell(found, engine)
            for said in (told.claim, *told.lines):
                assert said.say.endswith((".", "?", "!")), seed
                assert not re.search(r"\{|\}|\.\.|None|\(\)|  ", said.say), seed
                assert not re.search(r"\{|\}|None|\(\)|  ", said.do), seed


def test_an_unknown_payer_is_to_be_named() -> None:
    found = answer(line("unknown", reason="no loaded payer goes by this name"))
    told = tell(replace(found, searched=Searched("", "", "", ())), ENGINE)

    assert told.claim == told.lines[0]
    assert told.claim.do == "Check the payer's id and name on the claim."


def test_what_the_claim_itself_gives_to_look_at_is_told_before_the_chart() -> None:
    advice = result("advice", "not-met", "review")
    both = line("needs-evidence", ASKED, advice, billed="review", chart=("imaging",))
    told = tell(answer(EVIDENCE, both), ENGINE).claim

    assert told.say == (
        "A person must look at it; 2 points of the chart decide. Line 2: Hospitals are"
        " asked first."
    )
    assert told.do == (
        "Have ready: procedure note (write its flow); imaging report (name the level)."
        " Have a person check it against L1 before it is sent."
    )


def test_many_documents_are_counted_and_not_named() -> None:
    facts = ("contrast", "imaging", "pain", "therapy")
    claim = answer(line("needs-evidence", ASKED, billed="pass", chart=facts))

    assert tell(claim, ENGINE).claim.do == (
        "Check the chart for the 4 listed points before the claim is sent."
    )
