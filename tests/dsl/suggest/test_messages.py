"""Messages: what an author sees when a file is wrong, as golden files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.base.diagnostics import CATALOGUE
from dsl.load.folder import load_texts

GOLDEN = Path(__file__).parents[1] / "golden"
SHARED = ("shared.policy", (GOLDEN / "shared.policy").read_text("utf-8"))
FILES = sorted((GOLDEN / "messages").glob("*.policy"))


def messages(path: Path) -> str:
    loaded = load_texts([SHARED, (path.name, path.read_text("utf-8"))])
    return "\n\n".join(d.render() for d in loaded.diagnostics) + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_messages_of_a_bad_file(
    path: Path, golden: Callable[[Path, str], None]
) -> None:
    golden(path.with_suffix(".txt"), messages(path))


def test_all_ten_planted_faults_are_found_without_noise() -> None:
    path = GOLDEN / "messages" / "ten-faults.policy"
    loaded = load_texts([SHARED, (path.name, path.read_text("utf-8"))])
    planted = {2, 3, 8, 10, 13, 16, 17, 24, 25, 26, 27, 33, 38, 40, 42, 49,
               55, 56, 57, 58}  # fmt: skip

    assert {d.line for d in loaded.diagnostics} == planted


def test_every_code_that_is_used_is_in_the_catalogue() -> None:
    seen = {
        d.code
        for path in FILES
        for d in load_texts([SHARED, (path.name, path.read_text("utf-8"))]).diagnostics
    }

    assert seen <= set(CATALOGUE)
    assert len(seen) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_message_underlines_what_it_is_about(path: Path) -> None:
    loaded = load_texts([SHARED, (path.name, path.read_text("utf-8"))])

    for diagnostic in loaded.diagnostics:
        assert diagnostic.source.strip()
        assert diagnostic.render().split("\n")[1].strip(" ^") == ""
        assert diagnostic.message.endswith((".", ")"))


def test_a_shared_file_alone_has_no_faults() -> None:
    assert load_texts([SHARED]).diagnostics == ()
