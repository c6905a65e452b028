"""Every policy text in the documents is one that the language reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.questions import ask
from dsl.syntax.parser import parse

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "language").glob("*.md"))]


def fences(language: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for i, block in enumerate(
            re.findall(rf"```{language}[^\n]*\n(.*?)```", text, re.DOTALL)
        ):
            yield f"{page.name}-{i}", block


@pytest.mark.parametrize(("name", "text"), list(fences("policy")), ids=lambda v: v[:20])
def test_policy_texts_are_read(name: str, text: str) -> None:
    errors = [
        d.render() for d in parse(text, name).diagnostics if d.severity == "error"
    ]

    assert errors == []


def test_there_are_texts_and_the_questions_of_the_help_are_questions() -> None:
    help_text = (ROOT / "kb" / "cli" / "query.py").read_text("utf-8")
    questions = re.findall(
        r"^    ((?:show|compare|what) [^|\n]+)$", help_text, re.MULTILINE
    )

    assert len(list(fences("policy"))) >= 3
    assert len(questions) >= 6
    assert all(ask(question) for question in questions)


def test_the_cheat_sheet_fits_on_a_page_and_names_every_command_of_authors() -> None:
    text = (ROOT / "docs" / "language" / "cheat-sheet.md").read_text("utf-8")

    assert len(text.splitlines()) <= 90
    for command in ("check", "fmt", "test", "coverage", "mutate", "twins", "lint"):
        assert f"`{command}`" in text
    for kind in ("policy", "source", "fact", "codes", "value", "define", "rule",
                 "exception", "gap", "scenario"):  # fmt: skip
        assert f"\n{kind} " in text
