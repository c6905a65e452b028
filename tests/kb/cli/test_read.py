"""``payerkb read``: what files hold, before anything is asked of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.kb.claims.rows.tables import row, table

Run = Callable[..., Result]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.csv.gz"
    file.write_bytes(gzip.compress(table(row(), row(claim_id="C-2"))))
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.csv"
    file.write_bytes(table(row(claim_id="C-9", hcpcs_code="640")))
    return file


def test_a_file_that_is_read_whole(payerkb: Run, good: Path) -> None:
    result = payerkb("read", str(good))
    assert (result.exit_code, result.output) == (0, "good.csv.gz: 2 claims, 2 lines\n")


def test_what_is_not_read_is_told_by_cause(payerkb: Run, good: Path, bad: Path) -> None:
    result = payerkb("read", str(good), str(bad), "nowhere.837")
    assert result.exit_code == 2
    assert "bad.csv: row 2, hcpcs_code (claim C-9)" in result.stdout
    assert "There is no file nowhere.837" in result.stdout
    assert result.stdout.endswith("3 files: 2 claims, 2 lines; 1 claim not read\n")


def test_programs_have_each_file_and_all(payerkb: Run, good: Path, bad: Path) -> None:
    result = payerkb("read", str(good), str(bad), "--json")
    told = json.loads(result.stdout)
    assert told["schema"] == "payerkb-reading/1.0"
    assert [one["file"] for one in told["files"]] == ["good.csv.gz", "bad.csv"]
    assert (told["all"]["claims"], told["all"]["claims_not_read"]) == (2, 1)
    assert told["all"]["not_read"][0]["first"] == [
        {"where": "bad.csv: row 2, hcpcs_code", "id": "C-9"}
    ]
