"""Files of earlier claims: what they tell, with what could not be read of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.claims.model import HistoryState, Reach
from kb.claims.read import ClaimFileError
from kb.history.database import Kept, write_kept
from kb.history.errors import HistoryError
from kb.history.reading import Notes, kept_from, no_faults, read_history, tellings_in

SOME: tuple[HistoryState, Reach] = ("partial", "own")


def line(number: int, **more: object) -> str:
    said = {
        "claim": f"C-{number}",
        "member": "m 1",
        "payer": "aetna",
        "date": "2025-03-01",
        "lines": [{"code": "64483"}],
    }
    return json.dumps(said | more) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "earlier.ndjson"
    path.write_text(
        line(1) + line(2, member=None) + "{\n" + line(3, charge="1"), "utf-8"
    )
    return path


def test_claims_are_told_with_faults_and_remarks_aside(file: Path) -> None:
    notes = Notes()
    assert [t.id for t in tellings_in(file, notes)] == ["C-1", "C-3"]
    assert {bad.where for bad in notes.bad} >= {"earlier.ndjson: line 3"}


def test_remarks_of_one_kind_are_one_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "zero.ndjson"
    free = [{"code": "64483", "charge": "0"}]
    path.write_text("".join(line(n, lines=free) for n in range(3)), "utf-8")
    notes = Notes()
    assert len([*tellings_in(path, notes)]) == 3
    (remark,) = notes.said()
    assert remark.id == "C-0"
    assert not hasattr(remark, "reason")
    assert str(remark).count("(3 such remarks)") == 1


def test_progress_is_told_of_each_file(file: Path) -> None:
    told: list[tuple[str, int, int]] = []
    for _ in tellings_in(file, Notes(), progress=lambda *said: told.append(said)):
        pass
    size = file.stat().st_size
    assert told == [("earlier.ndjson", size, size)]


def test_files_and_databases_are_read_together(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ndjson"
    other.write_text(line(9, date="2025-05-01"), "utf-8")
    source, tellings = kept_from(other, Notes())
    write_kept(tmp_path / "h.db", Kept().with_more(source, tellings), None)
    known, notes = read_history([file, tmp_path / "h.db"], (), no_faults, {}, SOME)
    assert len(notes.bad) == 1
    assert (known.seen.files, len(known.told["M1"])) == (2, 3)
    assert f"{known.seen.first} {known.seen.last}" == "2025-03-01 2025-05-01"
    again, _ = read_history([other, file], (), no_faults, {}, SOME)
    assert again.told == known.told
    assert again.sha256() == known.sha256()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ClaimFileError, match="There is no file"):
        read_history([tmp_path / "no.837"], (), no_faults, {}, SOME)
    (tmp_path / "h.db").write_bytes(b"SQLite format 3\0")
    with pytest.raises(HistoryError, match="no history database"):
        read_history([tmp_path / "h.db"], (), no_faults, {}, SOME)
