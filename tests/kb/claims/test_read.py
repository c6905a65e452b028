"""One door for every format: the content tells what a file is."""

import io
import json
import sys
from pathlib import Path

import pytest

from kb.claims import ClaimFileError, read_claims, read_stream

CLAIM = {
    "claim": "C-1",
    "payer": "aetna",
    "date": "2026-03-10",
    "lines": [{"code": "64483"}],
}


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        pytest.param(json.dumps(CLAIM).encode(), ["C-1"], id="one-claim"),
        pytest.param(json.dumps([CLAIM]).encode(), ["C-1"], id="list"),
        pytest.param(
            b"\xef\xbb\xbf\r\n" + json.dumps(CLAIM).encode(), ["C-1"], id="bom"
        ),
    ],
)
def test_json_by_content(content: bytes, ids: list[str], tmp_path: Path) -> None:
    path = tmp_path / "claims.dat"
    path.write_bytes(content)
    assert [claim.id for claim in read_claims(path).claims] == ids


def test_x12_by_content(epidural: Path, tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    path.write_bytes((epidural / "florida-medicare.837").read_bytes())
    assert len(read_claims(str(path)).claims) == 3


def test_standard_input(epidural: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (epidural / "bad-among-good.837").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    result = read_claims("-")
    assert len(result.claims) == 2
    assert result.bad[0].where == "standard input: segment 41 (SV1)"


def test_a_file_larger_than_one_chunk(epidural: Path, tmp_path: Path) -> None:
    text = (epidural / "florida-medicare.837").read_text()
    head, rest = text.split("CLM*FL-OFFICE-1", 1)
    claim = "CLM*FL-OFFICE-1" + rest[: rest.index("HL*3")]
    many = "".join(claim.replace("OFFICE-1", f"MANY-{n}") for n in range(1000))
    tail = text[text.index("CLM*FL-OFFICE-1") :]
    path = tmp_path / "many.837"
    path.write_text(head + many + tail)
    result = read_claims(path)
    assert len(result.claims) == 1003
    assert [bad.reason for bad in result.bad] == [
        "its count is wrong: there are 8064 segments"
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b" \r\n", "the file is empty", id="blank"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\0\0", "a binary file, not claims", id="binary"
        ),
        pytest.param(
            b"name,member id\nJane Roe,MBI77",
            "neither X12 (begins with ISA) nor JSON (begins with { or [) nor a table that"
            " begins with the names of its columns",
            id="table",
        ),
        pytest.param(
            b"ST*837*0001~NM1*IL*1*ROE*JANE~",
            "X12 without its ISA segment, which names the separators",
            id="no-isa",
        ),
        pytest.param(
            b'{"claim": "\xff"}',
            "not UTF-8 text at line 1, column 12: perhaps Windows-1252 or Latin-1",
            id="latin1-json",
        ),
    ],
)
def test_no_claim_file(content: bytes, reason: str) -> None:
    (bad,) = read_stream(io.BytesIO(content), "given").bad
    assert bad.reason == reason
    assert bad.where.startswith("given")
    assert "ROE" not in f"{bad}".upper()
    assert bad.fix


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ClaimFileError, match=r"There is no file .*none\.837"):
        read_claims(tmp_path / "none.837")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ClaimFileError, match="is a folder"):
        read_claims(tmp_path)


def test_a_name_that_is_none() -> None:
    with pytest.raises(ClaimFileError, match="cannot be read"):
        read_claims("a\0b")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json" / "y.json"
    path.parent.write_text("{}")
    with pytest.raises(ClaimFileError, match="cannot be read: Not a directory"):
        read_claims(path)


def test_a_json_file_in_another_encoding_names_the_line() -> None:
    content = json.dumps(CLAIM).encode() + b'\n{"claim": "\xe9"}'
    (bad,) = read_stream(io.BytesIO(content), "given").bad
    assert bad.where == "given: line 2"
