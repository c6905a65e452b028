"""A hundred planted faults: found in one run a file, without noise, each with what to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.base.diagnostics import Diagnostic
from dsl.load.folder import load_texts
from tests.dsl.suggest.planted_faults import FILES, GOOD, POLICY, SHARED, planted

GOLDEN = Path(__file__).parents[1] / "golden" / "planted"


def errors(text: str) -> list[Diagnostic]:
    loaded = load_texts([SHARED, (POLICY, text)])
    return [d for d in loaded.diagnostics if d.severity == "error"]


def test_the_good_text_is_good() -> None:
    assert errors(GOOD) == []


def test_there_are_ten_files_of_ten_faults() -> None:
    assert [len(faults) for faults in FILES.values()] == [10] * 10


@pytest.mark.parametrize("name", FILES)
def test_every_fault_is_found_and_nothing_else_is_said(name: str) -> None:
    text, lines = planted(name)

    assert sorted({d.line for d in errors(text)}) == sorted(lines)


@pytest.mark.parametrize("name", FILES)
def test_every_message_tells_what_to_write(name: str) -> None:
    for found in errors(planted(name)[0]):
        assert found.fix or "rite " in found.message or "xpected" in found.message, (
            found.render()
        )


@pytest.mark.parametrize("name", FILES)
def test_the_messages_of_a_file(name: str, golden: Callable[[Path, str], None]) -> None:
    said = "\n\n".join(found.render() for found in errors(planted(name)[0]))

    golden(GOLDEN / f"{name}.txt", f"{said}\n")
