"""The editor folder: its grammar is that of the language, its files are what they must be."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from editors.vscode.textmate import GRAMMAR, grammar
from kb.cli import COMMANDS

ROOT = Path(__file__).parents[2]
VSCODE = ROOT / "editors" / "vscode"


def test_the_textmate_grammar_is_up_to_date() -> None:
    assert GRAMMAR.read_text("utf-8") == grammar(), (
        "run python -m editors.vscode.textmate"
    )


def test_its_patterns_are_regular_expressions_that_know_the_labels() -> None:
    patterns = json.loads(grammar())["patterns"]

    assert all(re.compile(pattern["match"]) for pattern in patterns)
    line = "  if unknown: note"
    named = [p for p in patterns if "name" in p]
    found = [p["name"] for p in named if re.search(p["match"], line)]
    assert found[0] == "entity.other.attribute-name"


def test_the_extension_names_files_that_are_there_and_starts_the_server() -> None:
    package = json.loads((VSCODE / "package.json").read_text("utf-8"))
    contributes = package["contributes"]
    named = [
        package["main"],
        contributes["languages"][0]["configuration"],
        contributes["grammars"][0]["path"],
    ]

    assert all((VSCODE / name).is_file() for name in named)
    assert 'args: ["lsp"]' in (VSCODE / "extension.js").read_text("utf-8")
    assert "lsp" in COMMANDS


def test_the_settings_in_the_document_can_be_read() -> None:
    text = (ROOT / "docs" / "editors.md").read_text("utf-8")
    (helix,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)

    assert tomllib.loads(helix)["language-server"]["payerkb"]["args"] == ["lsp"]
