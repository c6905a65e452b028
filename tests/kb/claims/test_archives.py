"""Files packed with gzip and zip: read as what is in them, and never trusted."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from kb.claims import Run, archives, read_claims, stream_runs
from kb.claims.model import ReadResult, read_result
from kb.claims.read import stream_chunks
from tests.kb.claims.rows.tables import row, table

OURS = b"".join(
    json.dumps(
        {
            "claim": f"J-{n}",
            "payer": "aetna",
            "date": "2026-03-10",
            "lines": [{"code": "64483"}],
        }
    ).encode()
    + b"\n"
    for n in range(3)
)
TABLE = table(row(), row(claim_id="C-2", person_id="0008"), row(claim_id="C-3"))


@pytest.fixture
def x12(epidural: Path) -> bytes:
    return (epidural / "florida-medicare.837").read_bytes()


def packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def read(content: bytes, pieces: int = 1 << 16) -> ReadResult:
    chunks = (content[at : at + pieces] for at in range(0, len(content), pieces))
    return read_result(stream_chunks(chunks, "file"))


def ids(result: ReadResult) -> list[str]:
    return [claim.id for claim in result.claims]


@pytest.mark.parametrize("pieces", [3, 1000, 1 << 16])
def test_gzip_is_read_as_what_is_in_it(x12: bytes, pieces: int) -> None:
    for content in (x12, OURS, TABLE):
        assert read(gzip.compress(content), pieces) == read(content)


def test_gzip_of_several_parts_is_one_file() -> None:
    first, rest = OURS[:50], OURS[50:]
    content = gzip.compress(first) + gzip.compress(rest) + b"\0" * 20
    assert read(content) == read(OURS)


def test_zip_is_read_file_by_file_in_order(x12: bytes) -> None:
    content = packed(
        ("b.csv", TABLE), ("folder/", b""), ("a.837", x12), ("__MACOSX/._a.837", b"x"),
        ("c.ndjson", OURS),
    )  # fmt: skip
    expected = [*ids(read(TABLE)), *ids(read(x12)), *ids(read(OURS))]
    assert ids(read(content)) == expected
    assert read(content).bad == ()


def test_the_name_of_the_file_in_the_archive_stands_in_places() -> None:
    spoilt = table(row(hcpcs_code="640"))
    (bad,) = read(packed(("new/a.csv", spoilt))).bad
    assert bad.where == "file: new/a.csv: row 2, hcpcs_code"


def test_a_file_without_a_name_is_read_too() -> None:
    nameless = packed(("a.csv", TABLE)).replace(b"a.csv", b"\0.csv")
    assert ids(read(nameless)) == ids(read(TABLE))


def test_a_fault_in_one_file_of_an_archive_leaves_the_others() -> None:
    content = packed(("a.pdf", b"%PDF-1.7"), ("b.csv", TABLE))
    result = read(content)
    assert [bad.where for bad in result.bad] == ["file: a.pdf"]
    assert ids(result) == ["C-1", "C-2", "C-3"]


def test_claims_of_one_id_in_two_files_are_both_answered() -> None:
    result = read(packed(("a.csv", TABLE), ("b.csv", table(row()))))
    assert ids(result) == ["C-1", "C-2", "C-3", "C-1#2"]
    assert [(remark.where, remark.id) for remark in result.remarks] == [
        ("file: b.csv", "C-1")
    ]


@pytest.mark.parametrize(
    "content",
    [
        packed(("a.zip", packed(("b.csv", TABLE)))),
        packed(("a.csv.gz", gzip.compress(TABLE))),
        gzip.compress(packed(("a.csv", TABLE))),
        gzip.compress(gzip.compress(TABLE)),
    ],
)
def test_an_archive_inside_an_archive_is_refused(content: bytes) -> None:
    result = read(content)
    assert [bad.reason for bad in result.bad] == ["an archive inside an archive"]
    assert result.claims == ()


def test_a_gzip_file_cut_anywhere_gives_what_stood_before(x12: bytes) -> None:
    for content in (OURS, TABLE, x12):
        whole = gzip.compress(content)
        everything = ids(read(content))
        for at in range(2, len(whole), 7):
            result = read(whole[:at])
            assert ids(result) == everything[: len(result.claims)]
            assert result.bad[-1].reason == "the gzip file ends before its end"


def test_the_last_claim_of_a_cut_table_is_not_taken_for_whole() -> None:
    """The rows that are missing may have been its."""
    rows = table(*(row(claim_line_number=str(n)) for n in range(1, 900)))
    result = read(gzip.compress(rows, compresslevel=0)[:-500])
    assert result.claims == ()


def test_a_damaged_gzip_file_says_that_what_was_read_may_be_wrong() -> None:
    content = bytearray(gzip.compress(OURS))
    content[-6] ^= 1
    assert "may be wrong" in read(bytes(content)).bad[-1].reason


@pytest.mark.parametrize("at", range(0, 700, 13))
def test_a_zip_archive_cut_or_spoilt_anywhere_ends_in_words(at: int) -> None:
    whole = packed(("a.csv", TABLE), ("b.ndjson", OURS))
    spoilt = bytearray(whole)
    spoilt[at % len(whole)] ^= 255
    for content in (whole[: at % len(whole)], bytes(spoilt)):
        result = read(content)
        assert all(bad.reason for bad in result.bad)
        assert result.bad or len(result.claims) == 6


def test_an_encrypted_file_is_said_to_be_one() -> None:
    content = bytearray(packed(("a.csv", TABLE)))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + at] |= 1
    (bad,) = read(bytes(content)).bad
    assert bad.reason.startswith("encrypted")


def test_a_workbook_is_no_archive_of_claims() -> None:
    (bad,) = read(packed(("[Content_Types].xml", b"<x/>"), ("xl/a.xml", b"<x/>"))).bad
    assert "Excel workbook" in bad.reason
    assert "CSV" in bad.fix


def test_an_empty_archive_holds_no_file() -> None:
    (bad,) = read(packed()).bad
    assert bad.reason == "the zip archive holds no file"


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little is much already."""
    monkeypatch.setattr(archives, "MUCH", 100_000)


@pytest.mark.usefixtures("little")
def test_what_unpacks_to_far_more_than_it_is_is_given_up() -> None:
    bomb = OURS + b" " * 10_000_000
    for content in (gzip.compress(bomb), packed(("a", TABLE), ("b", bomb))):
        result = read(content)
        assert "more than 300 times its size" in result.bad[-1].reason
        assert ids(result)[-3:] == ["J-0", "J-1", "J-2"]


@pytest.mark.usefixtures("little")
def test_a_table_that_packs_well_is_no_bomb() -> None:
    rows = table(*(row(claim_id=f"C-{n}") for n in range(2000)))
    assert len(read(gzip.compress(rows)).claims) == 2000


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda content: packed(("a", content))]
)
def test_a_patient_who_comes_back_in_a_packed_file(
    pack: object, tmp_path: Path
) -> None:
    assert callable(pack)
    path = tmp_path / "claims"
    path.write_bytes(pack(TABLE))
    runs = [run for run in stream_runs(path) if isinstance(run, Run)]
    assert [[c.id for c in run.claims] for run in runs] == [["C-1"], ["C-2"], ["C-3"]]
    assert [[c.id for c in run.others] for run in runs] == [["C-3"], [], ["C-1"]]


def test_a_packed_file_may_come_through_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (gzip.compress(TABLE), packed(("a.csv", TABLE))):
        out, into = os.pipe()
        with os.fdopen(into, "wb") as stream:
            stream.write(content)
        with os.fdopen(out) as stream:
            monkeypatch.setattr("sys.stdin", stream)
            assert ids(read_claims("-")) == ["C-1", "C-2", "C-3"]


def test_a_zip_archive_beyond_the_limit_has_to_be_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.claims.read.MOST_BYTES", 100)
    (bad,) = read(packed(("a.csv", TABLE))).bad
    assert "through a pipe" in bad.reason
