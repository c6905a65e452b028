"""A line ``if unknown:`` is needless only where every unknown gives the same by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.lint import lint
from dsl.load.folder import load_texts

FRAME = Path(__file__).parents[3] / "docs" / "messages" / "frame.policy"
POLICY = """\
policy sample/injections: Injections
  payer: sample
  in force: from 2026-01-01
  cite: DOC, page 1

codes injections: Injections
  include: 64483

rule asked: What the rule asks
  for: injections
{}
  cite: DOC, page 2
"""
WEEKS = "  require: pain-duration at least 4 weeks\n"
DENY = "  otherwise: deny for necessity\n"
EVIDENCE = "  if unknown: needs evidence"


def found_in(lines: str) -> list[int]:
    """Lines of the policy where the check finds something."""
    loaded = load_texts(
        [("frame.policy", FRAME.read_text("utf-8")), ("a.policy", POLICY.format(lines))]
    )
    assert [d.render() for d in loaded.diagnostics] == []
    return [d.line for d in lint(loaded.model).diagnostics if d.code == "L038"]


@pytest.mark.parametrize(
    "lines",
    [
        WEEKS + DENY + EVIDENCE,
        WEEKS + DENY + EVIDENCE + "  # the office can write it down",
        "  when: modifier KX absent\n" + WEEKS + DENY + EVIDENCE,
        "  require: authorization is approved\n  otherwise: needs auth\n  if unknown: needs auth",
        "  when: place in 11\n  covered: never\n" + DENY + "  if unknown: unknown",
        "  require: at least 1 earlier injections, in any 6 months\n"
        + DENY
        + "  if unknown: unknown",
    ],
)
def test_what_holds_anyway_is_found_where_it_stands(lines: str) -> None:
    at = next(
        n
        for n, line in enumerate(POLICY.format(lines).split("\n"), 1)
        if "if unknown" in line
    )
    assert found_in(lines) == [at]


@pytest.mark.parametrize(
    "lines",
    [
        WEEKS + DENY,
        WEEKS + DENY + "  if unknown: note",
        WEEKS + DENY + EVIDENCE + " for necessity",
        "  when: place in 11\n" + WEEKS + DENY + EVIDENCE,
        "  when: diagnosis in M54.16\n" + WEEKS + DENY + EVIDENCE,
        "  when: at least 1 earlier injections, in any 6 months\n"
        + WEEKS
        + DENY
        + EVIDENCE,
        "  looking at: last injections\n"
        + WEEKS
        + DENY
        + EVIDENCE
        + "\n  in force: from 2026-01-01 through 2026-06-30",
        "  in force: from 2026-01-01 through 2026-06-30\n" + WEEKS + DENY + EVIDENCE,
        "  in force: from 2026-01-01 by date-received\n" + WEEKS + DENY + EVIDENCE,
        "  limit: 2 sessions in any 6 months\n" + DENY + EVIDENCE,
    ],
)
def test_what_changes_an_answer_is_left(lines: str) -> None:
    assert found_in(lines) == []


def test_a_line_that_one_policy_needs_is_left_for_all() -> None:
    shared = POLICY.replace(
        "  payer: sample\n  in force: from 2026-01-01\n", "  status: shared\n"
    )
    overlay = (
        "policy sample/{}: Injections of one plan\n  based on: sample/injections\n"
        "  payer: sample\n  in force: from 2026-01-01{}\n  cite: DOC, page 1\n"
    )
    texts = [
        ("frame.policy", FRAME.read_text("utf-8")),
        ("a.policy", shared.format(WEEKS + DENY + EVIDENCE)),
        ("b.policy", overlay.format("open", "")),
    ]
    assert codes_of(texts) == {"L038"}
    texts.append(("c.policy", overlay.format("ended", " through 2026-06-30")))
    assert codes_of(texts) == set()


def codes_of(texts: list[tuple[str, str]]) -> set[str]:
    """The check's code where it finds anything in the texts."""
    loaded = load_texts(texts)
    assert [d.render() for d in loaded.diagnostics] == []
    return {d.code for d in lint(loaded.model).diagnostics} & {"L038"}
