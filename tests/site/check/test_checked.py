"""What is sent to the site is read as on the command line, but for packed files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kb.engine import Engine
from kb.web.check.checked import checked
from tests.kb.claims.rows.tables import row, table

TABLE = table(row(), row(claim_id="C-2"))


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def test_a_table_is_answered(engine: Engine) -> None:
    found = checked(TABLE, engine)
    assert [claim.id for claim in found.claims] == ["C-1", "C-2"]
    assert found.bad == ()


@pytest.mark.parametrize("content", [gzip.compress(TABLE), b"PK\x03\x04", b"PAR1"])
def test_what_may_be_large_in_memory_is_not_unpacked(
    content: bytes, engine: Engine
) -> None:
    found = checked(content, engine)
    assert found.claims == ()
    assert [bad.reason for bad in found.bad] == [
        "a packed file, which is not read over the web"
    ]
