"""Answers as people and programs read them, of a policy whose every word is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.claims.model import Claim
from kb.engine import Engine
from kb.engine.judge.answer import NotJudged
from kb.engine.program import CompiledPolicy
from kb.engine.report.claim_sentences import tell
from kb.engine.report.explain import explain
from kb.engine.report.in_full import trace_text
from kb.engine.report.screen import shortened
from kb.engine.report.words import ask_of, sentence
from kb.engine.rule_words import CitationWords, RuleWords
from kb.version import ENGINE_VERSION
from tests.kb.engine.columns.one_rule import claim, line
from tests.kb.engine.report import made
from tests.kb.engine.report.test_sentences import EVIDENCE, FIFTH
from tests.kb.engine.test_worked_policies import CHART, EPIDURALS, HISTORY

GOLDEN = Path(__file__).parents[1] / "golden"
SOURCE = CitationWords(
    "L1",
    "An example text",
    "limitations 7",
    "",
    "https://example.org/l1",
    "example",
    "2026-11-23",
)
TITLES = {
    "diagnosis-on-list": "The diagnosis must be on the covered list",
    "four-weeks": "Four weeks of pain and of simpler care come first",
    "sessions-per-region": "At most 4 sessions in a region in any 12 months",
    "one-region": "One spinal region in a session",
    "two-levels": "Two transforaminal levels in a session",
    "repeat-needs-relief": "A repeat needs proof that the last one helped",
    "provider-training": "A claim cannot show how a provider was trained",
}


def words(number: int, name: str, title: str) -> RuleWords:
    """A rule's words; each stands ten lines below the one before."""
    frequent = "deny-151" if name == "sessions-per-region" else ""
    return RuleWords(
        id=f"p@v#{name}",
        policy="p",
        name=name,
        title=title,
        sentence="",
        reason="frequency" if frequent else "necessity",
        carc="CO-151" if frequent else "CO-50",
        rarc=("N362",) if frequent else ("N115",),
        fix="Write line {line} off, or appeal with the records." if frequent else "",
        ask_of="",
        grade="example",
        file="example/esi.policy",
        line=10 * number,
        citations=(SOURCE,),
    )


WORDS = {
    f"p@v#{name}": words(n, name, title)
    for n, (name, title) in enumerate(TITLES.items(), 1)
}
ENGINE = replace(
    Engine.of(replace(EPIDURALS, database="sha256:0123456789abcdef")), words=WORDS
)


def epidural(on: str = "2026-03-10", **more: Any) -> Claim:
    one = line("64483", on, modifiers=("RT",), diagnoses=("M54.16",))
    return claim(one, **{"earlier": HISTORY, "facts": CHART, "id": "C-100", **more})


ZOSTER = line("64483", "2026-04-02", modifiers=("RT",), diagnoses=("B02.23",))
CLAIMS = {
    "denied": epidural(),
    "passed": epidural("2026-04-02"),
    "undecided": epidural("2026-04-02", facts={}, earlier=HISTORY[1:], known="partial"),
    "exempt": claim(ZOSTER, id="C-100"),
    "no-policy": claim(line("99213"), id="C-100", state="FL"),
    "void": replace(epidural(), frequency="void"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_the_text_that_a_person_reads(
    name: str, golden: Callable[[Path, str], None]
) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]])

    golden(GOLDEN / f"explain-{name}.txt", explain(answer, ENGINE))


@pytest.mark.parametrize("name", CLAIMS)
def test_the_text_with_all_that_was_asked(
    name: str, golden: Callable[[Path, str], None]
) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]])

    text = explain(answer, ENGINE, verbose=True)

    text = text.replace(f"engine {ENGINE_VERSION}", "engine VERSION")
    golden(GOLDEN / f"explain-{name}-verbose.txt", text)


@pytest.mark.parametrize("name", CLAIMS)
def test_no_line_is_wider_than_a_page(name: str) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]], trace=True)
    text = explain(answer, ENGINE, verbose=True) + trace_text(answer, ENGINE)

    assert max(len(line) for line in text.splitlines()) <= 88


@pytest.mark.parametrize("name", CLAIMS)
def test_what_to_do_stands_within_the_first_four_lines(name: str) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]])
    todo = tell(answer, ENGINE).claim.do
    first = " ".join(" ".join(explain(answer, ENGINE).splitlines()[:4]).split())

    assert todo in first


def test_a_headline_is_a_whole_sentence_however_long() -> None:
    reason = f"the policy {'of a long name ' * 20}begins on 2026-01-01"
    text = explain(made.answer(made.line("unknown", reason=reason)), made.ENGINE)

    assert "..." not in text
    assert sentence(reason) in " ".join(text.partition("  do ")[0].split())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("One is short.", "One is short."),
        (f"One. Two {'is long ' * 12}.", "One."),
        (
            f"Guidance is not needed: {'as the text says ' * 6}.",
            "Guidance is not needed.",
        ),
        (
            f"Line 3: {'as the text says ' * 4}; {'more ' * 9}.",
            f"Line 3: {'as the text says ' * 4}.",
        ),
        (f'Not "a; b (c; {"long " * 20}".', f'Not "a; b (c; {"long " * 20}".'),
    ],
)
def test_what_is_too_long_ends_where_a_sentence_or_a_clause_does(
    text: str, told: str
) -> None:
    assert shortened(text, 1) == told


@pytest.mark.parametrize(
    ("read_in", "told"),
    [(date(2026, 5, 7), True), (made.DAY, False), (None, False)],
)
def test_an_answer_by_a_later_text_says_so(read_in: date | None, told: bool) -> None:
    policy = CompiledPolicy("p@v", "p", "Epidurals", "", read_in=read_in)
    engine = replace(
        made.ENGINE, program=replace(made.ENGINE.program, policies=(policy,))
    )
    passed = made.line("pass", made.result("needed", "met", "pass"))
    passed = replace(passed, grounds=("p@v#needed",))

    text = explain(made.answer(passed), engine)

    assert ("By the text of 2026-05-07: Epidurals." in text) == told


def test_the_second_headline_stands_where_the_two_differ() -> None:
    denied = made.line("deny", FIFTH, billed="pass")
    alike = made.line("deny", FIFTH)
    told, short = (
        explain(made.answer(x), made.ENGINE).splitlines() for x in (denied, alike)
    )

    assert told[1] == "  as billed: nothing wrong on the claim"
    assert told[2] == short[1]


def test_the_chart_is_told_a_line_a_document() -> None:
    text = explain(made.answer(EVIDENCE), made.ENGINE)

    assert (
        "  chart    Procedure note: Write its flow.\n"
        "           Imaging report: Name the level.\n"
    ) in text


def test_a_line_that_nothing_judges_asks_nothing_of_the_chart() -> None:
    nobody = made.line("unknown", reason="no policy is loaded", chart=("pain",))
    text = explain(made.answer(nobody, EVIDENCE), made.ENGINE)

    assert "2 points of the chart decide" in text
    assert "Visit note" not in text


@pytest.mark.parametrize("name", ["passed", "exempt", "no-policy", "void"])
def test_a_plain_claim_fits_twelve_lines(name: str) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]])

    assert len(explain(answer, ENGINE).splitlines()) <= 12


def test_what_to_do_is_told_once() -> None:
    note = made.result("repeat", "not-met", "deny", because="the block gave 60 percent")
    text = explain(made.answer(made.line("deny", note)), made.ENGINE)

    assert text.count("Send the note.") == 1


def test_what_nobody_judged_is_told_by_reason_and_line() -> None:
    table = NotJudged("pairs", "no table of code pairs is loaded")
    rule = NotJudged("approval", "no loaded rule speaks of approval")
    often = NotJudged("frequency", "no loaded rule says how often")
    claim = made.answer(
        made.line("pass", not_judged=(table,)),
        made.line("pass", not_judged=(table, often, rule)),
    )
    text, whole = (
        " ".join(explain(claim, made.ENGINE, verbose=more).split())
        for more in (False, True)
    )

    assert (
        "not judged line 2: how often, approval (no loaded rule) no table of the day"
        " loaded: code pairs"
    ) in text
    assert (
        "not judged code pairs (no table loaded); line 2: how often, approval (no loaded"
        " rule)"
    ) in whole


def test_a_note_and_a_review_bring_what_their_author_wrote() -> None:
    noted = made.line("note", made.result("paid", "not-met", "note"))
    asked = made.line("review", made.result("advice", "not-met", "review"))

    assert "The plan pays 85 percent." in explain(made.answer(noted), made.ENGINE)
    assert "Six states do so." in explain(made.answer(asked), made.ENGINE)


def test_lines_that_cannot_both_stand_are_named() -> None:
    pair = made.result("pair", "not-met", "fix", with_lines=(1,))
    text = explain(made.answer(made.line("pass"), made.line("fix", pair)), made.ENGINE)

    assert "line 2 cannot stand beside line 1" in " ".join(text.split())


def test_a_denial_with_a_limit_fits_sixteen_lines() -> None:
    (answer,) = ENGINE.answer([CLAIMS["denied"]])

    assert len(explain(answer, ENGINE).splitlines()) <= 16


def test_more_is_told_only_where_it_is_asked_for() -> None:
    (answer,) = ENGINE.answer([CLAIMS["exempt"]])
    short, long = (explain(answer, ENGINE, verbose=v) for v in (False, True))

    for told in ("four-weeks (unless)", "consulted", "not applicable  repeat-needs"):
        assert told not in short
        assert told in long


def test_trace_tells_the_sum_of_a_rule_that_is_met() -> None:
    (answer,) = ENGINE.answer([CLAIMS["passed"]], trace=True)

    assert "counted 3 earlier + this 1 = 4, limit 4 sessions" in trace_text(
        answer, ENGINE
    )


@pytest.mark.parametrize(
    "name",
    ["history", "level", "side", "provider", "region", "npi", "plan-year-start", "state",
     "plan", "place", "diagnosis", "authorization", "received", "rule-ended"],
)  # fmt: skip
def test_what_is_missing_is_asked_for_in_a_sentence_of_its_own(name: str) -> None:
    ask = ask_of(name, ENGINE)

    assert ask.endswith(".")
    assert ask != f"Give the {name} on the claim."


def test_a_fact_without_a_question_is_still_asked_for() -> None:
    assert ask_of("pain-duration", ENGINE) == (
        "Give the pain-duration as the chart has it."
    )


def test_a_missing_fact_is_asked_for_in_its_own_words() -> None:
    facts = {**EPIDURALS.facts}
    facts["pain-duration"] = replace(facts["pain-duration"], ask="How long is it?")
    engine = Engine.of(replace(EPIDURALS, facts=facts))

    assert ask_of("pain-duration", engine) == "How long is it?"
