"""Every check of the linter has a page, and its examples do what the page says."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from dsl.lint import CHECKS, lint
from dsl.load.folder import load_texts
from kb.cli import main

PAGES = Path(__file__).parents[2] / "docs" / "messages"
FRAME = ("frame.policy", (PAGES / "frame.policy").read_text("utf-8"))
HEAD = """\
policy sample/injections: Injections
  payer: sample
  in force: from 2026-01-01
  cite: DOC, page 1

codes injections: Injections
  include: 64483

"""
DAY = date(2027, 6, 1)


def page(code: str) -> str:
    return (PAGES / f"{code}.md").read_text("utf-8")


def examples(code: str, which: str) -> list[str]:
    return re.findall(rf"```(?:policy|words) {which}\n(.*?)```", page(code), re.DOTALL)


def is_words(block: str) -> bool:
    """Whether an example is of a file of words, whose lines are items."""
    return re.match(r"[a-z]+( [^\n:]*)?: ", block) is not None and "\n  " not in block


def found_in(blocks: list[str]) -> set[str]:
    """Codes of the checks that find something in the blocks."""
    shared = all(re.match(r"(source|fact|payer|contractor) ", b) for b in blocks)
    whole = any(b.startswith("policy ") for b in blocks) or (
        shared and not any("rule " in b for b in blocks)
    )
    texts = [
        (f"{i}.words", block)
        if is_words(block)
        else (f"{i}.policy", block if whole else HEAD + block)
        for i, block in enumerate(blocks)
    ]
    loaded = load_texts([FRAME, *texts])
    assert [d.render() for d in loaded.diagnostics] == []
    found = lint(loaded.model, DAY).diagnostics
    return {d.code for d in found if d.file != FRAME[0]}


def test_every_check_has_a_page_and_every_page_a_check() -> None:
    assert {path.stem for path in PAGES.glob("L*.md")} == set(CHECKS)


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_what_to_avoid_is_found(code: str) -> None:
    assert code in found_in(examples(code, "avoid"))


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_what_to_prefer_is_not(code: str) -> None:
    assert code not in found_in(examples(code, "prefer"))


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_page_says_its_name_level_and_reason(code: str) -> None:
    check = CHECKS[code]
    text = page(code)

    assert text.startswith(
        f"# {code} {check.name}\n\n{check.title}. Level: {check.level}."
    )
    for heading in ("## Avoid", "## Prefer", "## Why"):
        assert heading in text


def test_a_page_is_printed_and_an_unknown_check_is_named() -> None:
    told = CliRunner().invoke(main, ["lint", "--explain", "l012"])
    unknown = CliRunner().invoke(main, ["lint", "--explain", "L999"])

    assert told.exit_code == 0
    assert told.output.startswith("# L012 rule-never-objects")
    assert "```policy avoid" not in told.output
    assert unknown.exit_code == 2
    assert "There is no check L999" in unknown.output


def test_sarif_carries_the_pages(tmp_path: Path) -> None:
    (tmp_path / "frame.policy").write_text(FRAME[1], "utf-8")
    (tmp_path / "p.policy").write_text(HEAD + examples("L020", "avoid")[0], "utf-8")
    done = CliRunner().invoke(main, ["lint", str(tmp_path), "--format", "sarif"])
    run = json.loads(done.output)["runs"][0]
    helps = {r["id"]: r["help"]["markdown"] for r in run["tool"]["driver"]["rules"]}

    assert set(helps) == set(CHECKS)
    assert "## Why" in helps["L020"]
    assert {r["ruleId"] for r in run["results"]} <= set(CHECKS)
