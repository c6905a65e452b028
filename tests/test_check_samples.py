"""``make check-samples`` tells what became of each file, whatever a folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.engine import Engine
from tests import check_samples

DATA = Path(__file__).parent / "data/x12"


@pytest.fixture
def said(
    shipped_database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    """What is said of a folder with good files, bad files and files of no claims."""
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    for name in ("practice/hmo-two-days.837", "practice/two-facility-claims.837i"):
        source = DATA / name
        (folder / source.name).write_bytes(source.read_bytes())
    (folder / "not-text.json").write_bytes(b"\xff\xfe{\x00")
    (folder / "README.md").write_text("no claims here")
    assert check_samples.main([str(tmp_path), str(shipped_database)]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        "deep/folder/hmo-two-days.837                                    1      3        0",
        "deep/folder/two-facility-claims.837i                            2      2        0",
        "not read: UTF-16 text, expected UTF-8 (not-text.json)",
        "3 files, 3 claims read, 1 not read; 0 files crashed the program.",
    ],
)
def test_each_file_is_told(said: str, words: str) -> None:
    assert words in said


def test_a_crash_is_told_and_the_other_files_are_tried(
    shipped_database: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(_engine: Engine, _claims: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "answer", answer)

    assert check_samples.main([str(DATA / "practice"), str(shipped_database)]) == 1
    said = capsys.readouterr().out
    assert "CRASHED: ZeroDivisionError" in said
    assert "two-facility-claims.837i" in said


@pytest.mark.parametrize("arguments", [[], ["no such folder"], ["a", "b", "c"]])
def test_bad_usage(arguments: list[str]) -> None:
    assert check_samples.main(arguments) == 2
