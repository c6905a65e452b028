"""Files of earlier claims read side by side tell what they tell one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.claims import ClaimFileError
from kb.engine import Engine
from kb.evaluate import earlier
from kb.evaluate.earlier import Earlier, is_worth_it, read_earlier
from kb.evaluate.knowledge import Knowledge
from kb.history.files import HOLDS
from kb.history.reading import read_history

X12 = Path(__file__).parents[2] / "data" / "x12"


@pytest.mark.slow  # two processes open the knowledge base
def test_files_are_read_side_by_side(
    engine: Engine, shipped_database: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.837"
    bad.write_text("no claims", "utf-8")
    paths = [*sorted(X12.rglob("*.835")), bad, *sorted(X12.rglob("*.837"))]
    known, notes = read_history(
        paths, engine.program.payers, engine.faults_in, engine.kinds, HOLDS["own"]
    )
    expected = Earlier(known, tuple(notes.said()))
    assert expected.said
    assert known.told
    knowledge = Knowledge(shipped_database)
    told: list[tuple[int, int]] = []

    def progress(_name: str, done: int, of: int) -> None:
        told.append((done, of))

    found = read_earlier(paths, knowledge, engine, HOLDS["own"], 2, progress)
    assert found == expected
    assert found.known.sha256() == known.sha256()
    assert told == [(number, len(paths)) for number in range(1, len(paths) + 1)]

    with pytest.raises(ClaimFileError, match="There is no file"):
        read_earlier([*paths, tmp_path / "none"], knowledge, engine, HOLDS["own"], 2)


@pytest.mark.parametrize(
    ("sizes", "worth"),
    [([], False), ([9], False), ([9, 1], False), ([9, 4], True), ([2, 2, 2], True)],
)
def test_other_processes_are_for_several_large_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int], *, worth: bool
) -> None:
    monkeypatch.setattr(earlier, "WORTH_IT", 3)
    paths = [tmp_path / f"{number}.837" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(b" " * size)
    assert is_worth_it([*paths, tmp_path / "none"]) is worth
