"""``payerkb check-claim`` with tables: imported and named, missing, none of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from kb.tables.model import Kind
from tests.kb.tables.samples import imported, pairs_file

Run = Callable[..., Result]
CLAIM = {
    "claim": "A",
    "payer": "medicare-part-b",
    "state": "FL",
    "place": "11",
    "date": "2026-11-03",
    "lines": [
        {"code": "64635", "diagnoses": ["M47.816"]},
        {"code": "64450", "modifiers": ["59"], "diagnoses": ["G57.12"]},
    ],
}


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(CLAIM), "utf-8")
    return file


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    rows = (("64635", "64450", "20100101", "*", "0", "Misuse of column two"),)
    file = tmp_path / "own-tables.db"
    imported(file, Kind.PAIRS, pairs_file(tmp_path, rows))
    return file


def pair_of(result: Result) -> dict[str, Any]:
    """What the pairs say of the second line."""
    _first, second = json.loads(result.stdout)["answers"][0]["lines"]
    (found,) = (f for f in second["findings"] if f["table"])
    assert isinstance(found, dict)
    return found


def test_a_named_database_of_tables_decides(
    payerkb: Run, claim: Path, tables: Path
) -> None:
    result = payerkb("check-claim", claim, "--json", "--tables", tables)
    pair = pair_of(result)

    assert pair["outcome"] == "deny"
    assert pair["table"]["edition"] == "2026 Q4"
    assert len(pair["table"]["sha256"]) == 64
    editions = json.loads(result.stdout)["answers"][0]["receipt"]["editions"]
    assert editions["ptp practitioner 2026 Q4"] == pair["table"]["sha256"]


def test_without_any_only_the_rows_that_ship_speak(payerkb: Run, claim: Path) -> None:
    result = payerkb("check-claim", claim, "--json")
    (answer,) = json.loads(result.stdout)["answers"]

    assert list(answer["receipt"]["editions"]) == ["shipped rows"]
    assert not [f for line in answer["lines"] for f in line["findings"] if f["table"]]


def test_the_brief_form_names_the_edition(
    payerkb: Run, claim: Path, tables: Path
) -> None:
    said = payerkb("check-claim", claim, "--ndjson", "--tables", tables).stdout
    answer = json.loads(said.splitlines()[0])["answer"]

    (rule,) = answer["lines"][1]["rules"]
    assert rule["rule"] == "tables/ptp-practitioner@2026-Q4#64635-64450"
    assert rule["table"]["edition"] == "2026 Q4"


def test_the_text_names_edition_and_hash(
    payerkb: Run, claim: Path, tables: Path
) -> None:
    said = payerkb("check-claim", claim, "--tables", tables).stdout

    assert "64450 goes into 64635 (NCCI pairs 2026 Q4): no modifier helps" in said
    assert "NCCI pairs practitioner 2026 Q4, 64635-64450 (primary, sha256 " in said


@pytest.mark.parametrize("content", [None, b"not a database"])
def test_a_named_database_that_cannot_be_used_is_refused(
    payerkb: Run, claim: Path, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "other.db"
    if content is not None:
        file.write_bytes(content)
    result = payerkb("check-claim", claim, "--tables", file)

    assert result.exit_code == 2
    assert str(file) in result.stderr
